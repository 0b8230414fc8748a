"""The night's report in a browser: overview, units, coverage of looks, rules, quality."""

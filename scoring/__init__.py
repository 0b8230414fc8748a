"""What the scheme makes of evidence: points, ranges, grades, alerts. Pure."""

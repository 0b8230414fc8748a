"""Workbooks that units hand in: template, reading with row-level faults, summaries. Imports only core."""

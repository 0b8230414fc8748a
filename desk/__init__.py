"""The office's desk in a browser: another face over the same use cases as the command line (docs/desk.md)."""

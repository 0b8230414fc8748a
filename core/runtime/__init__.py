"""The machine the program runs on: paths, locks, atomic writes, Chromium, packages, diagnostics."""

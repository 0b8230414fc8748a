"""Portals of chance: columns of government sites composed from a grammar of what real sites do, with their truth.

A `Shape` is one choice on every axis (`shape.py`); `Column` (`column.py`) is the site it makes, over the nights of
`story.py`, whose records are the truth; `PortalServer` serves it on loopback; `person.py` checks in a real browser that
a citizen can read it; `tally.py` holds what a reader said against the truth and prints the table.
"""

"""Markup that takes a parser long, or more than it can hold."""

LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "行政处罚">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 11))
    + "]>"
    "<html><body><p>&a10;</p></body></html>"
)

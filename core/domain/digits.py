"""The one door from foreign digits to a number: as many as any true figure has, and no more.

`int()` refuses more than 4,300 digits with a ValueError, and takes ² for a digit that it cannot read.
"""

MAX_DIGITS = 18


def whole_number(text: str) -> int | None:
    """`text` as a whole number, not negative; None for anything that is not 1 to MAX_DIGITS decimal digits."""
    return int(text) if text.isdecimal() and len(text) <= MAX_DIGITS else None

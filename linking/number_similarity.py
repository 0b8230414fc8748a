"""Parts of document numbers, and the slips that turn one into another. Pure."""

import re
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from core.domain.digits import MAX_DIGITS

NEIGHBOURS = 10
NEAR = 2  # edits between two numbers that may be one, mistyped
# a longer serial is no serial, and the slips of one of thousands of digits would fill the memory
_PARTS = re.compile(rf"^(.*〔)(\d{{4}})(〕)(\d{{1,{MAX_DIGITS}}})(号.*)$")


@lru_cache(maxsize=1 << 16)
def serial_of(number: str) -> str:
    """Year and serial of a normalised document number, `2026-15`; "" for a number of another form."""
    match = _PARTS.match(number)
    return f"{match[2]}-{match[4]}" if match else ""


_LOOSE = str.maketrans("", "", "〔〕()第字")


@lru_cache(maxsize=1 << 16)
def loose(number: str) -> str:
    """A number without the marks that are left out or added at will: brackets, 第, 字."""
    return number.translate(_LOOSE).removesuffix("号")


@lru_cache(maxsize=1 << 16)
def stubs_of(number: str) -> tuple[str, ...]:
    """Year and serial, and what is left of them without one digit: numbers one slip of the serial apart share one."""
    year, _, serial = serial_of(number).partition("-")
    stubs = {serial, *(serial[:n] + serial[n + 1 :] for n in range(len(serial)))} if serial else ()
    return tuple(sorted(f"{year}-{stub}" for stub in stubs))


def are_near(left: str, right: str) -> bool:
    """Whether two numbers are a few edits apart."""
    return DamerauLevenshtein.distance(left, right, score_cutoff=NEAR) <= NEAR


def are_neighbours(left: str, right: str) -> bool:
    """Whether two numbers of one year may have been given out one soon after the other: serials less than ten apart."""
    (year, _, serial), (other, _, another) = (serial_of(number).partition("-") for number in (left, right))
    return year == other and bool(serial and another) and abs(int(serial) - int(another)) < NEIGHBOURS


def slips_of(number: str) -> frozenset[str]:
    """The numbers one edit of the serial away from `number`, and those of the years beside it. Symmetric."""
    match = _PARTS.match(number)
    if match is None:
        return frozenset()
    head, year, close, serial, tail = match.groups()
    edits = {serial[:n] + d + serial[n + 1 :] for n in range(len(serial)) for d in "0123456789"}
    edits |= {serial[:n] + d + serial[n:] for n in range(len(serial) + 1) for d in "0123456789"}
    edits |= {serial[:n] + serial[n + 1 :] for n in range(len(serial))}
    edits |= {serial[:n] + serial[n + 1] + serial[n] + serial[n + 2 :] for n in range(len(serial) - 1)}
    years = {f"{head}{int(year) + step}{close}{serial}{tail}" for step in (-1, 1)}
    return frozenset(years | {f"{head}{year}{close}{e}{tail}" for e in edits - {serial, ""} if e[0] != "0"})

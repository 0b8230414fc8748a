"""Long lists a page at a time, on the server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest

ROWS = 50
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Paged(Generic[T]):
    """One page of a list of `total` rows; `earlier` and `later`: addresses, "" for none."""

    rows: Sequence[T]
    total: int
    number: int
    pages: int
    earlier: str
    later: str


def page_of(request: HttpRequest, rows: Sequence[T], total: int | None = None, size: int | None = None) -> Paged[T]:
    """The page that is asked for, of `size` rows (`ROWS`); with `total`, `rows` are those of the page alone."""
    count, size = len(rows) if total is None else total, size or ROWS
    pages = max(1, -(-count // size))
    number = number_of(request, pages)
    shown = rows[(number - 1) * size : number * size] if total is None else rows
    return Paged(
        shown, count, number, pages, _address(request, number - 1, pages), _address(request, number + 1, pages)
    )


def number_of(request: HttpRequest, pages: int = 10**9) -> int:
    """The number of the page that is asked for, the first for nonsense."""
    return min(max(whole_number(request.GET.get("page", "")), 1), pages)


def whole_number(written: str) -> int:
    """What somebody wrote for a number, 0 for nonsense: `isdigit` alone takes ² and ٣, and a million figures."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 9 else 0


def _address(request: HttpRequest, number: int, pages: int) -> str:
    if not 1 <= number <= pages:
        return ""
    kept = {name: value for name, value in request.GET.items() if name != "page"}
    return f"{request.path}?{urlencode(kept | {'page': str(number)})}"

"""What a site is: a function from a request and a view of the town to an answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from simulation.world import Posting, World


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as it arrived; `query` and `form` hold the first value of each name."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: str = ""  # as it came

    def value(self, name: str, default: str = "") -> str:
        """A form field, else a query parameter."""
        return self.form.get(name) or self.query.get(name) or default


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteAnswer:
    """One answer. `claimed_length` is sent in the body's stead where a site lies about it."""

    body: bytes
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    claimed_length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The town at one moment, as one portal of one site shows it. `base` is the site's own address."""

    world: World
    at: datetime
    base: str
    portal: str

    def rows(self) -> tuple[Posting, ...]:
        """The portal's list at this moment."""
        return self.world.rows(self.portal, self.at)

    def row(self, row: str) -> Posting | None:
        """The row called `row` if it stands."""
        return next((p for p in self.rows() if p.row == row), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a request is for: a portal's list page (`page` from 1) or something else of it (`page` 0)."""

    portal: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Site:
    """One host. `route` says which portal a request is for, or None for what belongs to no portal."""

    name: str
    route: Callable[[Request], Target | None]
    answer: Callable[[Request, Target, View], SiteAnswer | None]


def cut(rows: tuple[Posting, ...], page: int, size: int) -> tuple[Posting, ...]:
    """The rows of page `page` (from 1)."""
    return rows[(page - 1) * size : page * size]


def page_count(total: int, size: int) -> int:
    """How many pages `total` rows fill; an empty list still has one."""
    return max(1, -(-total // size))


def html(text: str, encoding: str = "utf-8", *, bom: bool = False, declared: str = "; charset=utf-8") -> SiteAnswer:
    """An HTML answer; `declared` is what the Content-Type says of the charset."""
    body = (b"\xef\xbb\xbf" if bom else b"") + text.encode(encoding)
    return SiteAnswer(body=body, content_type=f"text/html{declared}")


def json_answer(text: str) -> SiteAnswer:
    """A JSON answer."""
    return SiteAnswer(body=text.encode(), content_type="application/json; charset=utf-8")

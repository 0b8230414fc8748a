"""How well block pages are told from genuine ones: `python -m tests.support.blocked_corpus [-v]` prints a table.

Two layers. Words: `why_not_genuine` alone. Door: what a look, and a reader of details, do with an answer (status,
then the family's positive proof); a block page is tried at the door of every portal that has a page among the cases.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from crawler.fetching.block_detection import why_not_genuine
from tests.support.blocked_pages import Page, at_detail, at_list, hosts, own_host, pages


@cache
def why(page: Page) -> str | None:
    """What the words say."""
    return why_not_genuine(page.response)


@cache
def entered(page: Page) -> tuple[str, ...]:
    """The portals that would take a block page for their list; `…#detail`: for a detail of theirs."""
    lists = [(page.portal.id, own_host(page))] if page.portal else []
    lists += [(host.portal.id, host) for host in hosts("list")]
    return (
        *(name for name, host in lists if at_list(host, page.response)),
        *(f"{host.portal.id}#detail" for host in hosts("detail") if at_detail(host, page.response)),
    )


@cache
def let_in(page: Page) -> bool:
    """Whether a genuine page passes its own door, a list with as many rows as it has."""
    if page.part == "list":
        read = at_list(own_host(page), page.response)
        return read is not None and page.rows in {None, len(read.rows)}
    return page.part != "detail" or at_detail(own_host(page), page.response) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Counts over block pages: recognised by words, named right, taken for a list, taken for a detail."""

    pages: int
    recognised: int
    named: int
    as_list: int
    as_detail: int

    @property
    def recall(self) -> float:
        """The share recognised by words."""
        return self.recognised / self.pages


def score(some: Iterable[Page]) -> Score:
    """Counts over some block pages."""
    every = list(some)
    return Score(
        pages=len(every),
        recognised=sum(why(page) is not None for page in every),
        named=sum(why(page) in page.slugs for page in every),
        as_list=sum(any(not way.endswith("#detail") for way in entered(page)) for page in every),
        as_detail=sum(any(way.endswith("#detail") for way in entered(page)) for page in every),
    )


def blocked() -> list[Page]:
    """Every block page."""
    return [page for page in pages() if page.blocked]


def genuine() -> list[Page]:
    """Every genuine page."""
    return [page for page in pages() if not page.blocked]


def kinds() -> dict[tuple[str, str], list[Page]]:
    """Block pages by source and kind, real ones first."""
    found: dict[tuple[str, str], list[Page]] = {}
    for page in sorted(blocked(), key=lambda page: (not page.real, page.kind)):
        found.setdefault(("real" if page.real else "made", page.kind), []).append(page)
    return found


def table() -> str:
    """Everything in one table."""
    groups = {f"{source} {kind}": some for (source, kind), some in kinds().items()}
    for real in (True, False):
        for held in (False, True):
            name = f"= {'real' if real else 'made'}, {'held out' if held else 'known'}"
            groups[name] = [page for page in blocked() if (page.real, page.held_out) == (real, held)]
    head = f"{'block pages':<24}{'n':>5}{'by words':>10}{'recall':>8}{'named':>7}{'as list':>9}{'as detail':>11}"
    return "\n".join([head, *(_line(name, score(some)) for name, some in groups.items()), "", *_genuine_lines()])


def _line(name: str, made: Score) -> str:
    return (
        f"{name:<24}{made.pages:>5}{made.recognised:>10}{made.recall:>8.2f}{made.named:>7}"
        f"{made.as_list:>9}{made.as_detail:>11}"
    )


def _genuine_lines() -> Iterator[str]:
    yield f"{'genuine pages':<24}{'n':>5}{'alarms':>10}{'prec.':>8}{'refused':>16}{'prec.':>11}"
    for real in (True, False):
        for held in (False, True):
            some = [page for page in genuine() if (page.real, page.held_out) == (real, held)]
            blocks = [page for page in blocked() if (page.real, page.held_out) == (real, held)]
            if some:
                alarms, refused = sum(map(bool, map(why, some))), sum(not let_in(page) for page in some)
                words, door = sum(map(bool, map(why, blocks))), len(blocks)
                name = f"= {'real' if real else 'made'}, {'held out' if held else 'known'}"
                yield (
                    f"{name:<24}{len(some):>5}{alarms:>10}{words / (words + alarms):>8.2f}"
                    f"{refused:>16}{door / (door + refused):>11.2f}"
                )


def faults() -> Iterator[str]:
    """Line by line what is wrong: not recognised, misnamed, taken in, called blocked, refused."""
    for page in pages():
        name = f"{page.name}{' (held out)' if page.held_out else ''}"
        if page.blocked and why(page) not in page.slugs:
            yield f"{name}: {why(page)}, not {'/'.join(page.slugs)}"
        if page.blocked and entered(page):
            yield f"{name}: taken in by {', '.join(entered(page))}"
        if not page.blocked and why(page):
            yield f"{name}: genuine, called {why(page)}"
        if not page.blocked and not let_in(page):
            yield f"{name}: genuine, refused at its door"


if __name__ == "__main__":
    print(table())
    if "-v" in sys.argv:
        print("\n".join(faults()))

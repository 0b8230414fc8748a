"""What a drawn page says to whoever sees it, and what its markup says beside: by words alone, without pager or rows.

Pure. It tells whether what a family read off a list or a detail is seen there, however the family came by it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from core.domain.models import Finding, Sighting
from core.domain.text import mask_identities, tight
from crawler.extract.markup import hides, tree_of
from crawler.two_readings import said_of

_SHORTEST = 4  # characters of a value that names something
_TEXT = "text"  # the field that holds a page's own words where no record was read
_UNSAID = frozenset({"script", "style"})


@dataclass(frozen=True, slots=True)
class Words:
    """A page's words without blanks, identity numbers masked: those that are seen, and all of them.

    A title shown at the pointer (`title`) is seen where its element is.
    """

    seen: str
    all: str


def words_on(markup: str) -> Words:
    """The words of a drawn page as `page.js` marked it. Raises NotGenuine and Unparsed."""
    seen: list[str] = []
    every: list[str] = []
    _gather(tree_of(markup), seen, every, shown=True)
    return Words(seen=_plain(seen), all=_plain(every))


def _plain(parts: Iterable[str]) -> str:
    return mask_identities(tight("".join(parts)))[0]


def _gather(root: HtmlElement, seen: list[str], every: list[str], *, shown: bool) -> None:
    """The words of a tree in their order; without recursion, for trees are deep."""
    todo: list[tuple[HtmlElement | str, bool]] = [(root, shown)]
    while todo:
        item, visible = todo.pop()
        if isinstance(item, str):
            every.append(item)
            if visible:
                seen.append(item)
            continue
        if not isinstance(item.tag, str) or item.tag in _UNSAID:
            continue
        visible = visible and not hides(item)
        parts: list[tuple[HtmlElement | str, bool]] = [(item.text or "", visible)]
        for child in item:
            parts += [(child, visible), (child.tail or "", visible)]
        parts.append((f"\n{item.get('title') or ''}\n", visible))
        todo.extend(reversed(parts))


@dataclass(frozen=True, slots=True)
class Unseen:
    """Rows that are read and not seen: their titles, and the keys of those that can be told apart."""

    titles: tuple[str, ...]
    keys: tuple[str, ...]


def unseen_rows(rows: Sequence[Sighting], words: Words) -> Unseen | None:
    """Of rows that stood there, those that a person does not see; None where the page does not speak of them.

    A page that holds less than half of the titles anywhere is another page, or says them otherwise. Of rows with one
    title as many are unseen as it is seen too seldom.
    """
    titled = [(title, row) for row in rows if len(title := said_of(row)[0]) >= _SHORTEST]
    held = sum(title in words.all for title, _ in titled)
    if not titled or held * 2 < len(titled):
        return None
    asked = Counter(title for title, _ in titled)
    short = {title: count - words.seen.count(title) for title, count in asked.items()}
    return Unseen(
        titles=tuple(title for title in asked if short[title] > 0),
        keys=tuple(row.row_key for title, row in titled if short[title] >= asked[title]),
    )


def is_unseen(findings: Sequence[Finding], words: Words) -> bool | None:
    """Whether of what was read off a detail less than half is seen; None where the page holds nothing of it."""
    said = {tight(value) for finding in findings for value in _values(finding)}
    held = [value for value in said if len(value) >= _SHORTEST and value in words.all]
    return sum(value in words.seen for value in held) * 2 < len(held) if held else None


def _values(finding: Finding) -> Iterable[str]:
    return (finding.number_text, finding.name, *(value for label, value in finding.fields if label != _TEXT))

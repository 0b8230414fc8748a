"""From an element that a person points at to the CSS by which a family finds it again, here and on other pages. Pure.

A class says what an element is, a place only where it stands: classes are preferred, and a place is the last resort
that always holds. Names that CSS cannot take as they stand are never used. What is made is tried on the page: a
selector that does not find the element is never given.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from cssselect import SelectorError
from lxml import etree
from lxml.html import HtmlElement

from core.domain.text import tight
from crawler.extract.markup import is_plain_name, is_silent, words_of
from crawler.extract.selectors import select
from crawler.families.parsing.drawn_lists import css_path
from crawler.families.parsing.pager_rows import is_pager_row

MOST_ELEMENTS = 20_000  # of a page that can be pointed at, the first ones
MOST_DEEP = 200  # levels of a page, below which nothing can be pointed at: a selector has as many steps
MOST_GROUPS = 4  # lists that an element may be a row of
_NEAR = 24  # levels above an element at which its row is looked for
_WEIGHED = 60  # rows on which a selector inside a row is tried
_ROWS = frozenset({"li", "tr", "div", "dl", "dd", "dt", "p", "a", "article", "section", "table", "tbody"})
_INLINE = frozenset({"span", "font", "b", "strong", "em", "i", "u", "label", "small", "big"})
_POOR = 4  # times as many rows as a list has, in another around the same element: it is none
_WHOLE = frozenset({"html", "body"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RowGroup:
    """A list that an element stands in: CSS of its box, of a row inside it; its rows, and the one pointed at."""

    container: str
    items: str
    rows: tuple[HtmlElement, ...]
    row: HtmlElement


def elements_of(tree: HtmlElement) -> list[HtmlElement]:
    """The page's elements in their order; an element is named by its place among them."""
    found: list[HtmlElement] = []
    depth = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if event == "start" and depth <= MOST_DEEP:
            found.append(element)
            if len(found) == MOST_ELEMENTS:
                break
    return found


def meant_by(element: HtmlElement) -> HtmlElement:
    """What is meant where a word is pointed at: the cell or link that says no more, not the font around the word."""
    words = tight(words_of(element))
    while element.tag in _INLINE and (above := element.getparent()) is not None and above.tag not in _WHOLE:
        if tight(words_of(above)) != words:
            break
        element = above
    return element


# ---------------------------------------------------------------- rows


def row_groups(tree: HtmlElement, element: HtmlElement) -> list[RowGroup]:
    """The lists that an element is, or stands in, a row of, the likeliest first; where nothing like it stands
    beside it, or around it, the nearest that could be the only row.

    Each finds the row itself and every sibling of its shape (tag and classes). Where boxes of one shape stand side by
    side, the list of all of them comes right behind that of its own box.
    """
    found = [(group, _worth(group)) for row in _line(tree, element) if (group := _group(tree, row)) is not None]
    best = max((worth for _, worth in found), default=0)
    several = [(group, worth) for group, worth in found if worth > 1 and worth * _POOR >= best] or found[:1]
    ordered = [group for group, _ in sorted(several, key=lambda each: -each[1])]
    return [each for group in ordered for each in (group, *_beside(tree, group))][:MOST_GROUPS]


def _line(tree: HtmlElement, element: HtmlElement) -> Iterator[HtmlElement]:
    """An element and what it stands in, up to the page's body, of the tags that rows have."""
    for each in (element, *islice(element.iterancestors(), _NEAR)):
        if each is tree or each.tag in _WHOLE or each.getparent() is None:
            return
        if each.tag in _ROWS:
            yield each


def _group(tree: HtmlElement, row: HtmlElement) -> RowGroup | None:
    """The siblings of a row that are rows as it is, by the selector that takes fewest others along."""
    box = row.getparent()
    container = place_of(tree, box)
    beside = [each for each in box if isinstance(each.tag, str) and each.tag == row.tag]
    alike = {each for each in beside if _is_alike(each, row)}
    best: tuple[tuple[int, int, int], str, tuple[HtmlElement, ...]] | None = None
    for number, css in enumerate(_row_selectors(row)):
        rows = tuple(found) if row in (found := _found(box, css)) else ()
        order = (len(set(rows) - alike), -len(alike & set(rows)), number)
        if rows and (best is None or order < best[0]):
            best = order, css, rows
    return None if best is None else RowGroup(container=container, items=best[1], rows=best[2], row=row)


def _row_selectors(row: HtmlElement) -> Iterator[str]:
    yield f":scope > {_tag(row)}"
    for name in _classes(row):
        yield f":scope > {_tag(row)}.{name}"


def _is_alike(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether two siblings say something, and lead somewhere or not, alike; a list's pager is no row of it."""
    return bool(words_of(one)) and _leads(one) == _leads(other) and not is_pager_row(one)


def _leads(element: HtmlElement) -> bool:
    return next(element.iter("a"), None) is not None


def _worth(group: RowGroup) -> int:
    return sum(_is_alike(row, group.row) for row in group.rows[:_WEIGHED])


def _beside(tree: HtmlElement, group: RowGroup) -> Iterator[RowGroup]:
    """The list in pieces: the rows of every box beside its own that is of one shape with it."""
    box = group.row.getparent()
    around = box.getparent()
    if box is tree or around is None or box.tag in _WHOLE:
        return
    for name in (*_classes(box), ""):
        container = f"{place_of(tree, around)} > {_tag(box)}{f'.{name}' if name else ''}"
        rows = tuple(row for each in _found(tree, container) for row in _found(each, group.items))
        if group.row in rows and len(rows) > len(group.rows):
            yield RowGroup(container=container, items=group.items, rows=rows, row=group.row)
            return


# ---------------------------------------------------------------- parts of a row


def part_of(rows: Sequence[HtmlElement], row: HtmlElement, element: HtmlElement) -> str:
    """CSS inside a row whose first find is the element, and that finds something in most other rows; "" for the row
    itself."""
    if element is row:
        return ""
    tried = [row, *(each for each in rows[:_WEIGHED] if each is not row)]
    best: tuple[tuple[int, int, int], str] | None = None
    for number, css in enumerate(_part_selectors(row, element)):
        found = [_found(each, css) for each in tried]
        if not found[0] or found[0][0] is not element:
            continue
        order = (-sum(map(bool, found)), sum(map(len, found)), number)
        if best is None or order < best[0]:
            best = order, css
    assert best is not None  # its place always finds it
    return best[1]


def _part_selectors(row: HtmlElement, element: HtmlElement) -> Iterator[str]:
    for name in _classes(element):
        yield f".{name}"
        yield f"{_tag(element)}.{name}"
    yield _tag(element)
    yield _steps(row, element, by_tag=True)
    yield _steps(row, element, by_tag=False)


# ---------------------------------------------------------------- places on the page


def place_of(tree: HtmlElement, element: HtmlElement) -> str:
    """CSS that finds this element alone: by ids and classes where they do, else by its place."""
    if element is tree:
        return ":scope"
    try:
        css = css_path(tree, element)
    except SelectorError:  # a tag that is none: <o:p>
        css = ""
    if css and _found(tree, css) == [element]:
        return css
    return _steps(tree, element, by_tag=False)


def next_link(tree: HtmlElement, link: HtmlElement) -> str:
    """CSS of the link that turns the page: by what it is called, since its place changes from page to page."""
    around = link.getparent()
    near = [f".{name} > " for name in _classes(around)] if around is not None else []
    named = [f"{_tag(link)}.{name}" for name in _classes(link)]
    said = [f'{_tag(link)}[{name}="{words}"]' for name in ("title", "rel") if (words := link.get(name) or "").isalnum()]
    last = [f"{box}{_tag(link)}:last-child" for box in near]
    for css in (*named, *said, *(f"{box}{each}" for box in near for each in named), *last):
        if _found(tree, css) == [link]:
            return css
    return place_of(tree, link)


def _steps(top: HtmlElement, element: HtmlElement, *, by_tag: bool) -> str:
    """The way from `top` down to an element by places alone: it finds this one and no other."""
    line = [element]
    while line[0].getparent() is not top and line[0].getparent() is not None:
        line.insert(0, line[0].getparent())
    return " > ".join([":scope", *(_place(each, by_tag=by_tag) for each in line)])


def _place(element: HtmlElement, *, by_tag: bool) -> str:
    tag = _tag(element) if by_tag else "*"
    if tag == "*":
        return f"*:nth-child({1 + sum(1 for _ in element.itersiblings('*', preceding=True))})"
    before = element.itersiblings(element.tag, preceding=True)
    return f"{tag}:nth-of-type({1 + sum(1 for _ in before)})"


def _tag(element: HtmlElement) -> str:
    return str(element.tag) if is_plain_name(str(element.tag)) else "*"


def _classes(element: HtmlElement) -> list[str]:
    """The classes that can stand in a selector, without those that only count (row3, on12)."""
    names = dict.fromkeys((element.get("class") or "").split())
    return [name for name in names if is_plain_name(name) and name.isascii() and not name[-1].isdigit()][:5]


def _found(element: HtmlElement, css: str) -> list[HtmlElement]:
    try:
        return select(element, css)
    except SelectorError:
        return []


# ---------------------------------------------------------------- the page as text


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """An element that says something itself: its number, its words (cut), what it is in Chinese."""

    number: int
    words: str
    what: str


_WHAT = {"a": "链接", "td": "格", "th": "表头", "li": "条", "button": "按钮", "h1": "标题", "h2": "标题", "h3": "标题",
         "option": "选项", "label": "标签", "img": "图片", "input": "按钮"}  # fmt: skip
_SHOWN = 80  # characters of an element's words


def what(element: HtmlElement) -> str:
    """What an element is, for people."""
    return _WHAT.get(str(element.tag), "文字")


def spoken(elements: Sequence[HtmlElement], find: str = "") -> Iterator[Spoken]:
    """Every element that says something itself, each meaning once; with `find`, those that say that."""
    numbers = {element: number for number, element in enumerate(elements)}
    told: set[HtmlElement] = set()
    for element in elements:
        if not _says(element) or is_silent(element):
            continue
        meant = meant_by(element)
        words = words_of(meant) or (element.get("alt") or element.get("title") or element.get("value") or "")
        if meant in told or meant not in numbers or (find and tight(find) not in tight(words)):
            continue
        told.add(meant)
        yield Spoken(number=numbers[meant], words=words[:_SHOWN], what=what(meant))


def _says(element: HtmlElement) -> bool:
    own: Iterable[str | None] = (element.text, *(child.tail for child in element))
    if element.tag in {"head", "title", "html", "noscript"}:
        return False
    if element.tag in {"img", "input"}:
        return bool(element.get("alt") or element.get("value")) and element.get("type") != "hidden"
    return any(text and text.strip() for text in own)

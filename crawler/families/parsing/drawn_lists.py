"""Where the list stands on a drawn page, by its structure: siblings of one shape that say what decisions say. Pure.

No class name or site system is known here. A candidate is the children of one kind in one place; it counts by how many
of them carry a title of some length, a day, words of an act, and a place to press. Menus, footers and link lists say
short things without days.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from core.domain.text import parse_day, plain, tight
from crawler.citizen.drawn import PRESS
from crawler.extract.markup import is_hidden, is_plain_name, plain_class, words_of
from crawler.extract.selectors import select
from crawler.families.parsing.pager_rows import is_pager_row
from crawler.families.parsing.short_days import is_short_day

LEAST_ROWS = 2
_NO_ACTS = 0.25  # what a list is worth, as a part, in which no row names an act or a party
_ASIDE_WORTH = 0.2  # of a list that stands where menus and link lists do
_ROWS = frozenset({"li", "tr", "div", "dl", "dd", "dt", "p", "a", "article", "section", "table", "tbody"})
_ACT = re.compile(
    r"许可|处罚|决定|罚字|罚决|准予|备案|[〔\[【（(](?:19|20)\d\d[〕\]】）)]|\d+\s*号|公司|个体|商行|经营部|超市|餐饮"
)
_ASIDE = re.compile(
    r"(?:^|[\s_-])(?:nav\w*|menu\w*|foot\w*|header|crumb\w*|breadcrumb\w*|friend\w*|sidebar|banner)(?:$|[\s_-])",
    re.I,
)
_GENERIC = re.compile(
    r"[\[（(]?(?:查看|详情|详细|查看详情|查看全文|阅读全文|更多|点击查看|more|view|detail)s?[\])）>]*", re.I
)
_DAY = re.compile(r"(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}")
_WINDOW = 400  # rows of one place that are weighed


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnList:
    """A list found: CSS of its box, of a row inside it, of the title in a row ("": the link's words); its rows."""

    container: str
    items: str
    title: str
    rows: tuple[HtmlElement, ...]
    score: float


def find_lists(tree: HtmlElement) -> list[DrawnList]:
    """Every place that may be the column's list, the likeliest first."""
    found = [_list_of(tree, box, rows, score) for box, rows, score in _places(tree)]
    return sorted((one for one in found if one is not None), key=lambda one: -one.score)


def _places(tree: HtmlElement) -> Iterator[tuple[HtmlElement, list[HtmlElement], float]]:
    for box in tree.iter():
        if not isinstance(box.tag, str) or is_hidden(box):
            continue
        for rows in _groups(box):
            score = _score(rows) * (_ASIDE_WORTH if _is_aside(box) else 1)
            if score > 0:
                yield box, rows, score


def _groups(box: HtmlElement) -> list[list[HtmlElement]]:
    """The children of one kind that say something; of a table its body's rows, or its own."""
    kinds: defaultdict[str, list[HtmlElement]] = defaultdict(list)
    for child in box:
        if not isinstance(child.tag, str) or child.tag not in _ROWS or child.get("hidden") is not None:
            continue
        if words_of(child) and not is_pager_row(child):
            kinds[child.tag].append(child)
    return [rows for rows in kinds.values() if len(rows) >= LEAST_ROWS]


def _is_aside(box: HtmlElement) -> bool:
    line = [box, *box.iterancestors()]
    return any(
        e.tag in {"nav", "footer", "header", "aside", "select"}
        or _ASIDE.search(f"{e.get('class') or ''} {e.get('id') or ''}")
        for e in line
        if isinstance(e.tag, str) and e.tag not in {"html", "body"}
    )


def _score(rows: Sequence[HtmlElement]) -> float:
    """How much a place is a list of decisions; 0 for one that is none."""
    weighed = rows[:_WINDOW]
    points = [_points(row) for row in weighed]
    good = [value for value in points if value >= 2]
    if len(good) < max(LEAST_ROWS, len(weighed) // 2):
        return 0
    acts = sum(bool(_ACT.search(plain(words_of(row)))) for row in weighed) / len(weighed)
    return sum(good) * (_NO_ACTS + acts)


def _points(row: HtmlElement) -> float:
    """What one row has of a decision's: a title of some length and a place to press are the least."""
    words = plain(words_of(row))
    title = tight(_title(row))
    places = _presses(row)
    if len(title) < 6 or len(words) > 1500:
        return 0
    cells = row.tag == "tr" and len(row) >= 3
    if not places and not cells:
        return 0
    dated = has_day(row)
    acts = bool(_ACT.search(words))
    if not dated and not acts:
        return 1
    several = max(0, len({tight(words_of(p)) for p in places if len(tight(words_of(p))) >= 8}) - 1)
    return 1 + dated + 1.5 * acts + 0.5 * bool(places) - 1.5 * several


def has_day(row: HtmlElement) -> bool:
    """Whether a day stands in a row, with or without its year, in one element or several."""
    words = words_of(row)
    if parse_day(words) or _DAY.search(words):
        return True
    return any(is_short_day(words_of(e)) for e in row.iterdescendants() if isinstance(e.tag, str) and len(e) == 0)


def _presses(row: HtmlElement) -> list[HtmlElement]:
    """What can be pressed in a row, or the row itself."""
    return [
        e
        for e in row.iter()
        if isinstance(e.tag, str)
        and not is_hidden(e)
        and ((e.tag == "a" and (e.get("href") or e.get("onclick"))) or e.get(PRESS) is not None or e.get("onclick"))
    ]


def _title(row: HtmlElement) -> str:
    element = _title_element(row)
    return (element.get("title") or words_of(element)) if element is not None else words_of(row)


def _title_element(row: HtmlElement) -> HtmlElement | None:
    """What names the row: its longest link, unless that only says 查看; then the longest of its small elements."""
    links = [a for a in row.iter("a") if not is_hidden(a)]
    link = max(links, key=lambda a: len(tight(a.get("title") or words_of(a))), default=None)
    if link is not None and len(tight(words_of(link))) >= 6 and not _GENERIC.fullmatch(tight(words_of(link))):
        return link
    small = [
        e
        for e in row.iterdescendants()
        if isinstance(e.tag, str) and e.tag != "a" and not _parts(e) and not is_hidden(e)
    ]
    named = [e for e in small if not parse_day(words_of(e)) or len(tight(words_of(e))) > 14]
    return max(named, key=lambda e: len(tight(words_of(e))), default=link)


def _parts(element: HtmlElement) -> bool:
    return any(
        isinstance(e.tag, str) and e.tag not in {"b", "i", "em", "font", "strong", "span", "br"} for e in element
    )


def _list_of(tree: HtmlElement, box: HtmlElement, rows: list[HtmlElement], score: float) -> DrawnList | None:
    container = css_path(tree, box)
    items = f":scope > {_tag(rows[0])}"  # a table in a row has rows of its own
    boxes = select(tree, container)
    if boxes != [box] or not set(rows) <= set(select(box, items)):
        return None
    return DrawnList(container=container, items=items, title=title_css(rows), rows=tuple(rows), score=score)


def title_css(rows: Sequence[HtmlElement]) -> str:
    """CSS of the title where no link says it; "" where the link does, or a column's label."""
    first = _title_element(rows[-1])
    if first is None or first.tag == "a":
        return ""
    css = _cell_css(rows[-1], first) if rows[-1].tag == "tr" else _by_class(first)
    return css if css not in ("", "*") and all(select(row, css) for row in rows) else ""


def _cell_css(row: HtmlElement, element: HtmlElement) -> str:
    """A cell by its place in a table's row, with what is named inside a lone one; "" under a head of labels."""
    cells = list(row.iterchildren("td"))
    if any(line.find("th") is not None for line in row.getparent()):
        return ""
    if len(cells) == 1 and cells[0] in element.iterancestors():  # browsers take what stands beside a cell, too
        inner = [f"td:nth-of-type({place})" for place in _places_of(cells[0], element)]
        return " ".join(inner) or _tag(element)
    place = next((n for n, cell in enumerate(cells, 1) if element in cell.iter()), 0)
    return f":scope > td:nth-of-type({place})" if place else ""


def _places_of(cell: HtmlElement, element: HtmlElement) -> list[int]:
    """The places of the cells between a cell and an element in it, in their own rows."""
    line = [element, *element.iterancestors()]
    inside = [each for each in line[: line.index(cell)] if each.tag == "td"]
    return [1 + sum(1 for _ in each.itersiblings("td", preceding=True)) for each in reversed(inside)]


def css_path(tree: HtmlElement, element: HtmlElement) -> str:
    """The shortest path by ids, classes and places that leads to one element alone."""
    steps: list[str] = []
    at: HtmlElement | None = element
    while at is not None and at.tag != "html":
        steps.insert(0, _step(at))
        css = " > ".join(steps)
        if ("#" in css or "." in css or at.tag == "body") and select(tree, css) == [element]:
            return css
        at = at.getparent()
    return " > ".join(map(_place, _line(element)))


def _place(element: HtmlElement) -> str:
    """An element by its place among its like; one whose tag cannot stand in CSS by that among all."""
    tag = _tag(element)
    like = "*" if tag == "*" else element.tag
    place = 1 + sum(1 for _ in element.itersiblings(like, preceding=True))
    return f"*:nth-child({place})" if tag == "*" else f"{tag}:nth-of-type({place})"


def _tag(element: HtmlElement) -> str:
    """The tag as CSS names it; * for one like Word's `o:p`, which CSS would take for something else."""
    return str(element.tag) if is_plain_name(str(element.tag)) else "*"


def _line(element: HtmlElement) -> list[HtmlElement]:
    line = [element, *element.iterancestors()]
    return [e for e in reversed(line) if e.tag not in {"html"}]


def _step(element: HtmlElement) -> str:
    name = element.get("id") or ""
    if is_plain_name(name) and not re.search(r"\d{3,}", name):
        return f"{_tag(element)}#{name}"
    return _by_class(element)


def _by_class(element: HtmlElement) -> str:
    first = plain_class(element)
    return f"{_tag(element)}.{first}" if first else _tag(element)

"""What an element that a person points at could be of a column's TOML, and what would then be read of the page.

Pure over the page's text: nothing is asked for, nothing kept. What is offered is read by the family itself before it is
shown, and is no more than a proposal for the form (docs/desk.md §5).
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement
from pydantic import ValidationError

from core.domain.config import Portal
from core.domain.errors import ConfigError
from core.domain.look_reasons import sentence
from core.domain.text import tight
from crawler.discovery.html_signatures import citizen_options, html_reading
from crawler.discovery.pointing import (
    RowGroup,
    Spoken,
    elements_of,
    meant_by,
    next_link,
    part_of,
    place_of,
    row_groups,
    spoken,
    what,
)
from crawler.discovery.propose import Proposal, marker_of
from crawler.extract.markup import tree_of, words_of
from crawler.extract.selectors import select
from crawler.families import parser_of
from crawler.families.parsing.drawn_lists import DrawnList, title_css
from crawler.families.parsing.listing import is_day, leads
from crawler.families.parsing.next_links import next_href
from crawler.families.parsing.page_claims import number_at
from crawler.families.parsing.pager_rows import rows_in
from crawler.families.parsing.table_rows import table_of
from crawler.pages import ListPage, ListRow, NotGenuine, PageRequest, Response, Unparsed
from pipeline.portal_trial import facts_of
from pipeline.portal_tries import MARKER
from reporting import wording
from reporting.evidence_package.redact import mask

PAGES = {"plain": "html-list", "drawn": "citizen"}  # kinds of pages that are kept: which family reads a list there
COLUMNS = ("决定文书号", "行政相对人名称", "决定日期", "决定机关", "案件名称", "项目名称", "发布日期")
OUTLINE = 120  # elements of a page's words at once
_ROWS, _WORDS, _ABOVE = 3, 80, 6  # rows shown; characters of words; elements around one that can be pointed at instead
_MARKER = range(2, 31)  # characters of words that tell a column's pages
_NO_LIST = "还没有指列表的一行，先记下这一项"
Facts = dict[str, object]
Outcome = ListPage | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a family makes of the page by some options: rows, the first ones (day, title), or why it makes nothing."""

    rows: int = 0
    undated: int = 0
    first: tuple[tuple[str, str], ...] = ()
    told: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One thing that the element could be. `css`: how it is found again; `found`: how many elements that finds.

    `changes`: what of the draft's facts would be otherwise (None: taken away). `read`: by the draft so changed.
    """

    key: str
    word: str
    css: str
    found: int
    changes: dict[str, object]
    read: Read


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The element pointed at, what stands around it, and what it could be. `rows`: numbers of the likeliest list's."""

    element: Spoken
    around: tuple[Spoken, ...]
    offers: tuple[Offer, ...]
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A page as text from some place on, and what was pointed at. `more`: whether further elements say something."""

    outline: tuple[Spoken, ...] = ()
    more: bool = False
    chosen: Chosen | None = None
    why: str = ""


def changed(facts: Mapping[str, object], changes: Mapping[str, object]) -> Facts:
    """The facts as changed; None takes one away."""
    merged = {**facts, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def answer(
    text: str, kind: str, toml: str, changes: Mapping[str, object], number: int | None, find: str, start: int
) -> Answer:
    """What a page says from its `start`-th element on, and what its element `number` could be of the draft `toml` with
    what has been pointed at before (`changes`). `kind`: one of PAGES.
    """
    try:
        tree = tree_of(text)
    except (NotGenuine, Unparsed):
        return Answer(why="这一页读不出来")
    elements = elements_of(tree)
    said = list(islice(spoken(elements, find), start, start + OUTLINE + 1))
    bench = _Bench(text, kind, tree, elements, changed(tomllib.loads(toml), changes))
    known = number is not None and 0 <= number < len(elements)
    return Answer(
        outline=tuple(map(_masked, said[:OUTLINE])),
        more=len(said) > OUTLINE,
        chosen=bench.chosen(elements[number or 0]) if known else None,
    )


def _masked(said: Spoken) -> Spoken:
    return Spoken(number=said.number, words=mask(said.words), what=said.what)


@dataclass(frozen=True, slots=True)
class _Bench:
    """A page with the facts by which it is read now."""

    text: str
    kind: str
    tree: HtmlElement
    elements: Sequence[HtmlElement]
    facts: Facts

    @property
    def options(self) -> Facts:
        """The draft's, where they are of the family that reads this kind of page; else none."""
        options = self.facts.get("options")
        fits = self.facts.get("family") == PAGES[self.kind] and isinstance(options, dict)
        return dict(options) if fits and isinstance(options, dict) else {}

    def chosen(self, element: HtmlElement) -> Chosen:
        """The element, and all that it could be."""
        element = meant_by(element)
        groups = row_groups(self.tree, element)
        numbers = {each: number for number, each in enumerate(self.elements)}
        around = [each for each in islice(element.iterancestors(), _ABOVE) if each in numbers and each.tag != "html"]
        return Chosen(
            element=_spoken(element, numbers[element]),
            around=tuple(_spoken(each, numbers[each]) for each in around),
            offers=tuple(self.offers(element, groups)),
            rows=tuple(numbers[row] for row in groups[0].rows if row in numbers) if groups else (),
        )

    def offers(self, element: HtmlElement, groups: Sequence[RowGroup]) -> Iterator[Offer]:
        """Parts of a row of the list that the draft reads come first, then lists, then what the page says of itself."""
        rows = self._rows()
        row = next((each for each in rows if each in {element, *element.iterancestors()}), None)
        if row is not None:
            yield from self._parts(element, row, rows)
        if row is None and self.options:
            yield from self._beside(element)
        around = set(rows[0].iterancestors()) if rows else set()
        for number, group in enumerate(group for group in groups if around.isdisjoint(group.rows)):
            changes, outcome = self._list(group)
            css = f"{group.container}　{group.items}"
            yield Offer(
                key=f"row{number}",
                word="列表的一行",
                css=mask(css),
                found=len(group.rows),
                changes=changes,
                read=_read(outcome),
            )
        words = tight(words_of(element))
        if row is None and len(words) in _MARKER and not any(len(group.rows) > 2 for group in groups):
            yield self._offer("marker", MARKER, words, self.text.count(words), {"marker": words})

    def _rows(self) -> list[HtmlElement]:
        """The rows of the list that the draft reads now."""
        box, items = self.options.get("container"), self.options.get("items", "li")
        return rows_in(self.tree, str(box), str(items)) if box else []

    def _list(self, group: RowGroup) -> tuple[Facts, Outcome]:
        """What would be otherwise if this were the list, its pager and totals found by themselves; what is read so."""
        found = DrawnList(
            container=group.container, items=group.items, title=title_css(group.rows), rows=group.rows, score=0
        )
        if self.kind == "drawn":
            options = citizen_options(found)
        else:
            _, options = html_reading(self.tree, found) or ("", {"pager": "none", **citizen_options(found)})
        base = changed(self.facts, {"family": PAGES[self.kind], "options": options, "citizen": None, "hosts": None})
        marker = str(self.facts.get("marker") or "") or marker_of(_response(base, self.text))
        outcome = outcome_of(base | {"marker": marker}, self.text)
        page = outcome if isinstance(outcome, ListPage) else ListPage(rows=())
        proposal = Proposal(family=PAGES[self.kind], options=options, marker=marker, why="", page=page)
        told = facts_of(proposal, base)
        fresh: Facts = {"rendered": None, "hosts": None, "citizen": None}
        return {**fresh, **told, "marker": marker, "options": options}, outcome

    def _parts(self, element: HtmlElement, row: HtmlElement, rows: Sequence[HtmlElement]) -> Iterator[Offer]:
        """What an element could be inside a row."""
        css = part_of(rows, row, element)
        if not css:
            return
        key, word = ("dates", "日期") if is_day(element) else ("title", "标题")
        yield self._with(key, f"每一行的{word}", css, rows, {key: css})
        link = next((each for each in (element, *element.iterancestors()) if each.tag == "a"), None)
        if link is not None and link is not row and row in link.iterancestors() and leads(link.get("href") or ""):
            css = part_of(rows, row, link)
            yield self._with("link", "每一行通到详情的链接", css, rows, {"link": css})
        yield from self._columns(element, row)

    def _with(self, key: str, word: str, css: str, rows: Sequence[HtmlElement], more: Facts) -> Offer:
        found = sum(bool(select(row, css)) for row in rows)
        return self._offer(key, word, css, found, {"options": self.options | more})

    def _columns(self, element: HtmlElement, row: HtmlElement) -> Iterator[Offer]:
        """What a cell's column could be, of a table without a head that says it."""
        cells = list(row.iterchildren("td"))
        place = next((n for n, cell in enumerate(cells) if cell in {element, *element.iterancestors()}), None)
        table = next(row.iterancestors("table"), None)
        if place is None or table is None or row.tag != "tr" or table_of(table).labels:
            return
        known = self.options.get("columns")
        labels = [str(label) for label in known] if isinstance(known, (list, tuple)) else []
        labels += [""] * (len(cells) - len(labels))
        for number, word in enumerate(COLUMNS):
            columns = [word if n == place else label for n, label in enumerate(labels)]
            css = f"第 {place + 1} 列"
            yield self._offer(
                f"column{number}", f"这一列是{word}", css, len(cells), {"options": self.options | {"columns": columns}}
            )

    def _beside(self, element: HtmlElement) -> Iterator[Offer]:
        """What an element outside the rows could say of the whole list; a drawn page's is found by pressing."""
        if self.kind == "drawn":
            return
        link = next((each for each in (element, *element.iterancestors()) if each.tag == "a"), None)
        if link is not None and leads(link.get("href") or ""):
            css = "" if self._says_next(link) else next_link(self.tree, link)
            without = {name: value for name, value in self.options.items() if name not in ("next", "pager")}
            css, option = css or words_of(link), {"next": css} if css else {}
            yield self._offer("next", "下一页", css, 1, {"options": without | {"pager": "next", **option}})
        css = place_of(self.tree, element)
        try:
            total = number_at(self.tree, css)
        except NotGenuine:
            total = None
        if total is not None:
            yield self._offer("total", f"总条数（{total}）", css, 1, {"options": self.options | {"total": css}})

    def _says_next(self, link: HtmlElement) -> bool:
        """Whether the link's own words say that it leads on, so that it is found by these."""
        try:
            return next_href(self.tree, first=True)[0] == (link.get("href") or "").strip()
        except (NotGenuine, Unparsed):
            return False

    def _offer(self, key: str, word: str, css: str, found: int, changes: Facts) -> Offer:
        facts = changed(self.facts, changes)
        read = _read(outcome_of(facts, self.text) if facts.get("options") else _NO_LIST)
        return Offer(key=key, word=word, css=mask(css), found=found, changes=changes, read=read)


def _spoken(element: HtmlElement, number: int) -> Spoken:
    return Spoken(number=number, words=mask(words_of(element))[:_WORDS], what=what(element))


# ---------------------------------------------------------------- what the family would read


def outcome_of(facts: Mapping[str, object], text: str) -> Outcome:
    """The page as the family that the facts name reads it, or why it does not, in Chinese."""
    try:
        return _parsed(facts, text)
    except (NotGenuine, Unparsed) as error:
        said = f"{error.reason}:{error.detail}" if error.detail else str(error.reason)
        return mask(sentence(said))
    except ConfigError as error:
        return str(error)
    except ValidationError as error:
        return str(error.errors()[0]["msg"])


def _read(page: Outcome) -> Read:
    if isinstance(page, str):
        return Read(why=page)
    told = [
        *([f"网页写明共 {page.total} 条"] if page.total is not None else []),
        *([f"网页写明共 {page.pages} 页"] if page.pages is not None else []),
        *([f"下一页：{wording.safe(address)}" for name, address in page.carry if name == "next"]),
        *(["看不出列表到哪里为止：可以再指“下一页”或总条数"] if _is_open(page) else []),
    ]
    return Read(
        rows=len(page.rows),
        undated=sum(row.listed_on is None for row in page.rows),
        first=tuple(map(_told, page.rows[:_ROWS])),
        told=tuple(told),
    )


def _is_open(page: ListPage) -> bool:
    """Whether nothing on the page says where the list ends."""
    return page.total is None and page.pages is None and page.end is None and not page.carry


def _told(row: ListRow) -> tuple[str, str]:
    return str(row.listed_on or ""), mask(row.title)[:_WORDS]


def _parsed(facts: Mapping[str, object], text: str) -> ListPage:
    portal = Portal.model_validate({**facts, "enabled": True})
    return parser_of(portal).parse_list(_response(facts, text))


def _response(facts: Mapping[str, object], text: str) -> Response:
    url, drawn = str(facts["url"]), facts.get("family") == "citizen"
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    address = f"{url}#page=1" if drawn else url
    request = PageRequest(url=address, rendered=drawn)
    return Response(url=address, status=200, body=text.encode("utf-8", "replace"), headers=headers, request=request)

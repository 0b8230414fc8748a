"""The grammar: every axis an enumeration of what real government sites do, and a Shape, one choice on each.

Written from docs/domain.md §2 and from pages of real sites, not from what the families of this program read.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from random import Random
from typing import get_type_hints


class Transport(StrEnum):
    """How the rows come to the page."""

    HTML = "html"
    FRAME = "frame"  # the column is a shell around an iframe
    NESTED = "frame-in-frame"
    FORM = "form-post"  # page n is had by posting a form with a hidden page number
    JSON_GET = "json-get"
    JSON_POST = "json-post"
    XML = "xml"
    JSONP = "jsonp"
    SCRIPT = "script-variable"  # every row stands in the page, as a script's array
    FRAGMENT = "html-fragment"  # a script fetches ready markup


class Markup(StrEnum):
    """What a list of rows is made of."""

    UL = "ul"
    TABLE = "table"
    HEADLESS = "table-headless"
    CARDS = "cards"
    DL = "dl"
    NESTED = "nested-tables"
    RECORDS = "records"  # a table whose rows are the records: there are no details


class Around(StrEnum):
    """What stands beside the list."""

    BARE = "bare"
    NEWS = "news"  # a longer list of dated news
    BUSY = "busy"  # menus, news, friend links, a foot
    QUERY = "query-form"  # a search form with a 验证码
    SLIDES = "slide-show"  # pictures with arrows that can be pressed, above the list; below it some at their end
    TEMPLATE = "template-box"  # a search box that still shows {{keyword}}
    SISTER = "sister-column"  # the other kind of decision, listed on the same page
    TABS = "tabs"  # the same, behind a tab that is not pressed
    COLUMNS = "several-columns"  # three columns of different kinds, each under its heading, this one between the others


class Titles(StrEnum):
    """What a row is called."""

    FULL = "party-and-number"
    PARTY = "party"
    NUMBER = "number"
    CUT = "cut"  # ends in …, whole in the title attribute


class Extent(StrEnum):
    """What the page says of its extent."""

    NONE = "none"
    TOTAL = "total"  # 共 N 条
    PAGES = "pages"  # 第 x/y 页
    SLASH = "slash"  # 1/3
    BOTH = "both"


class Pager(StrEnum):
    """How a person turns the page."""

    ONE = "one-page"
    NUMBERS = "numbers"
    GUILLEMET = "numbers-»"
    NEXT = "下一页"
    NEXT_SHORT = "下页"
    ONWARD = "往后"
    ENGLISH = "Next"
    IMAGE = "image"
    SELECT = "select"
    MORE = "加载更多"
    SEE_MORE = "查看更多"
    SCROLL = "scroll"
    BOOTSTRAP = "ul.pagination"
    A_NEXT = "a.next"
    TABLE_ROW = "table-row"  # the last row of the list's own table
    CREATE_PAGE = "createPageHTML"
    NSETPAGE = "nsetpage"
    JPAGE = "jpage"
    LAYPAGE = "laypage"
    DEEP = "numbers-deep"  # every number in boxes of its own
    ELEMENT = "element-ui"  # buttons and items that only scripts listen to, without a word
    JUMP = "number-box"  # the page's number is typed, and a button pressed


class Address(StrEnum):
    """What a pager's link says."""

    INDEX = "index_2"
    ZERO = "index_1"
    PAGE = "?page="
    PAGE_NO = "?pageNo="
    OFFSET = "?offset="
    CALL = "javascript:"
    CLICK = "onclick"


class Dates(StrEnum):
    """How a row writes its day."""

    ISO = "2026-08-01"
    SLASHES = "2026/8/1"
    HAN = "2026年8月1日"
    BRACKETS = "[2026-08-01]"
    SHORT = "08-01"
    SHORT_BRACKETS = "[08-01]"
    SPLIT = "split"  # day and month-year in elements of their own
    TWO = "two"  # the decision's beside the publication's
    NONE = "none"
    MILLIS = "milliseconds"  # as a number in JSON, made a date by the script


class Meaning(StrEnum):
    """What the list's day is."""

    PUBLISHED = "published"
    DECIDED = "decided"


class Link(StrEnum):
    """How a row leads to its detail."""

    RELATIVE = "relative"
    ABSOLUTE = "absolute"
    ELSEWHERE = "other-path"
    CLICK = "onclick"
    WINDOW = "window.open"
    DATA_ID = "data-id"
    CALL = "javascript:"
    ROW_CLICK = "row-onclick"
    VIEW = "view-word"  # the title is plain text; a word 查看 beside it is the link
    POST = "post"
    DIALOG = "dialog"  # a script fetches it and shows it above the list
    DIALOG_JSON = "dialog-json"  # the same of an interface's answer, whose members the script names
    DIALOG_TOKEN = "dialog-token"  # the same, answered only to the token that the list page's script sends
    PANEL = "panel"  # it stands in the page beside its row, and is shown by a press
    HOST = "other-host"
    FILE = "file"  # the row leads straight to an attachment
    NONE = "none"  # the row is the record


class Layout(StrEnum):
    """How a detail page says what was decided."""

    TWO = "two-column"
    FOUR = "four-column"
    LINES = "label-lines"
    DL = "dl"
    PROSE = "prose"
    SIGNED = "prose-signed"
    FILE = "title-and-file"
    SUBTABLE = "sub-tables"
    PARTIES = "several-parties"
    FINES = "fines-by-party"  # the same, each party with a fine of its own
    WORD = "word-spans"  # Word's HTML: a word cut into spans


class File(StrEnum):
    """The kind of attachment, where there is one."""

    XLSX = "xlsx"
    XLS = "xls"
    DOCX = "docx"
    CSV = "csv"
    PDF = "pdf"
    SCAN = "scanned-pdf"  # a picture of a letter: no program reads what it says

    @property
    def suffix(self) -> str:
        """How a file of this kind is called."""
        return "pdf" if self is File.SCAN else self.value


class Parties(StrEnum):
    """Upon whom it is decided, and how they are published."""

    FIRMS = "firms"
    MASKED = "persons-某"  # 张某某, with a masked identity number
    STARRED = "persons-*"  # 李*


class Paging(StrEnum):
    """How an interface gives a list's pages."""

    NUMBERED = "as-asked"
    CURSOR = "cursor"  # each answer names the next
    EVERYTHING = "everything"  # whatever page and length it is asked for
    OWN = "own-length"  # pages longer than asked


class Labels(StrEnum):
    """Whose words the labels are."""

    NATIONAL_2018 = "national-2018"
    NATIONAL_2015 = "national-2015"
    LOCAL = "local"
    OTHER_LOCAL = "other-local"
    FINANCE = "finance"


class Stamp(StrEnum):
    """What stands beside a detail's title."""

    LABELLED = "labelled"
    UNLABELLED = "unlabelled"
    EMPTY = "empty"
    NONE = "none"


class Charset(StrEnum):
    """How the bytes are written and declared."""

    UTF8 = "utf-8"
    BOM = "utf-8-bom"
    GB = "gb18030-as-gb2312"
    SILENT = "gb18030-undeclared"


class Life(StrEnum):
    """What happens to the column over the nights, beside new rows on top."""

    GROWS = "grows"
    ARTICLE = "article-grows"
    ATTACHMENT = "attachment-replaced"
    REDATED = "re-dated"
    PINNED = "pinned"
    PINNED_BEYOND = "pinned-beyond-count"  # the pinned row stands above a list that is counted and paged without it
    REMOVED = "removed-and-back"
    RENUMBERED = "renumbered"
    EDITED = "edited"
    HIDDEN_STYLE = "hidden-by-style"
    HIDDEN_CLASS = "hidden-by-class"


class Outage(StrEnum):
    """What the site does on the third night."""

    NONE = "none"
    BLOCK = "block-page"
    ERROR = "500"
    TIMEOUT = "timeout"
    STALE = "stale-cache"
    EMPTY = "empty-column"
    CAPTCHA = "captcha"
    DETAILS_ERROR = "details-500"  # the list answers, its details do not
    DETAILS_BLOCK = "details-blocked"


class Matter(StrEnum):
    """What is decided."""

    PENALTY = "penalty"
    LICENCE = "licence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One choice on every axis; `seed` chooses names and numbers. Printed as one line, and made again from it."""

    matter: Matter = Matter.PENALTY
    transport: Transport = Transport.HTML
    paging: Paging = Paging.NUMBERED
    markup: Markup = Markup.UL
    around: Around = Around.BARE
    titles: Titles = Titles.FULL
    extent: Extent = Extent.TOTAL
    pager: Pager = Pager.ONE
    address: Address = Address.INDEX
    dates: Dates = Dates.ISO
    meaning: Meaning = Meaning.PUBLISHED
    link: Link = Link.RELATIVE
    layout: Layout = Layout.TWO
    file: File = File.XLSX
    parties: Parties = Parties.FIRMS
    labels: Labels = Labels.NATIONAL_2018
    stamp: Stamp = Stamp.LABELLED
    charset: Charset = Charset.UTF8
    life: Life = Life.GROWS
    outage: Outage = Outage.NONE
    seed: int = 0

    @property
    def scripted(self) -> bool:
        """Whether scripts draw the rows."""
        return self.transport not in {Transport.HTML, Transport.FRAME, Transport.NESTED, Transport.FORM}

    @property
    def framed(self) -> bool:
        """Whether the list stands in a frame."""
        return self.transport in {Transport.FRAME, Transport.NESTED}

    @property
    def has_page(self) -> bool:
        """Whether a row leads to a page (not a file, not nothing)."""
        return self.link not in {Link.FILE, Link.NONE}

    @property
    def has_file(self) -> bool:
        """Whether the records stand in an attachment."""
        return self.link is Link.FILE or (self.has_page and self.layout is Layout.FILE)

    @property
    def adds_pages(self) -> bool:
        """Whether turning the page adds rows below those shown."""
        return self.pager in {Pager.MORE, Pager.SEE_MORE, Pager.SCROLL}

    @property
    def ends_visibly(self) -> bool:
        """Whether a person sees that nothing follows the last page: a count, or a pager that stops.

        A site that shows everything on page after page ends where it says how many rows there are.
        """
        if self.paging is Paging.EVERYTHING:
            return self.extent in {Extent.TOTAL, Extent.BOTH} or self.pager is Pager.ONE
        return self.extent is not Extent.NONE or self.pager is not Pager.ONE

    @property
    def has_own_details(self) -> bool:
        """Whether what a row leads to is asked for by itself."""
        return self.link not in {Link.NONE, Link.PANEL}

    @property
    def has_dialogue(self) -> bool:
        """Whether a row's detail is shown above the list."""
        return self.link in {Link.DIALOG, Link.DIALOG_JSON, Link.DIALOG_TOKEN}

    @property
    def has_second_parties(self) -> bool:
        """Whether some decisions are upon two parties."""
        return self.layout in {Layout.PARTIES, Layout.FINES}

    @property
    def is_scanned(self) -> bool:
        """Whether the records stand in pictures, which say nothing to a program."""
        return self.has_file and self.file is File.SCAN

    def line(self) -> str:
        """The shape as one line: what is as in the simplest site is left out."""
        said = [f"{f.name}={getattr(self, f.name)}" for f in fields(self) if getattr(self, f.name) != f.default]
        return " ".join(said) or "simplest"


SIMPLEST = Shape()
AXES: dict[str, type[StrEnum]] = {name: of for name, of in get_type_hints(Shape).items() if name != "seed"}
ORDINARY: dict[str, str] = {name: str(getattr(SIMPLEST, name)) for name in AXES} | {"pager": Pager.NEXT}
ODD = 0.5  # of the choices


def from_line(line: str) -> Shape:
    """The shape that `line()` printed; ValueError for what names no axis or no choice."""
    words = dict(word.partition("=")[::2] for word in line.split() if word != "simplest")
    if unknown := words.keys() - AXES.keys() - {"seed"}:
        raise ValueError(f"no such axis: {', '.join(sorted(unknown))}")
    return shape_from(words, int(words.get("seed", "0")))


def shape_from(choices: Mapping[str, str], seed: int) -> Shape:
    """The sound shape of the choices named by axis, all others as in the simplest site; ValueError for no choice."""
    words = {name: str(getattr(SIMPLEST, name)) for name in AXES} | dict(choices)
    made = Shape(
        matter=Matter(words["matter"]),
        transport=Transport(words["transport"]),
        paging=Paging(words["paging"]),
        markup=Markup(words["markup"]),
        around=Around(words["around"]),
        titles=Titles(words["titles"]),
        extent=Extent(words["extent"]),
        pager=Pager(words["pager"]),
        address=Address(words["address"]),
        dates=Dates(words["dates"]),
        meaning=Meaning(words["meaning"]),
        link=Link(words["link"]),
        layout=Layout(words["layout"]),
        file=File(words["file"]),
        parties=Parties(words["parties"]),
        labels=Labels(words["labels"]),
        stamp=Stamp(words["stamp"]),
        charset=Charset(words["charset"]),
        life=Life(words["life"]),
        outage=Outage(words["outage"]),
        seed=seed,
    )
    return settled(made)


def shape_of(random: Random, seed: int) -> Shape:
    """A shape drawn on every axis, then made sound: half the time what is ordinary, else evenly.

    A site is rarely odd in every way at once; drawn evenly on all axes no shape would be ordinary in any.
    """
    drawn = {n: random.choice(list(of)) if random.random() < ODD else ORDINARY[n] for n, of in AXES.items()}
    return shape_from(drawn, seed)


def shapes(count: int, seed: int) -> list[Shape]:
    """`count` shapes; the same for the same seed."""
    return [shape_of(Random(f"{seed}/{n}"), seed * 100_000 + n) for n in range(count)]


def smallest(shape: Shape, still: Callable[[Shape], bool]) -> Shape:
    """The shape with every choice as in the simplest site that `still` holds without; each call may be costly.

    Its other choices are needed: none of them can be given up by itself.
    """
    for axis in AXES:
        words = {name: str(getattr(shape, name)) for name in AXES} | {axis: str(getattr(SIMPLEST, axis))}
        smaller = shape_from(words, shape.seed)
        if len(smaller.line()) < len(shape.line()) and still(smaller):
            return smallest(smaller, still)
    return shape


_PATHS = frozenset({Address.INDEX, Address.ZERO, Address.PAGE, Address.PAGE_NO, Address.OFFSET})
_OWN_ADDRESS = {Pager.CREATE_PAGE: Address.ZERO, Pager.NSETPAGE: Address.INDEX, Pager.LAYPAGE: Address.PAGE}
_ROWS_OF_TABLES = frozenset({Markup.TABLE, Markup.HEADLESS, Markup.RECORDS})


def settled(shape: Shape) -> Shape:
    """The shape with choices that no site combines brought into accord; a settled shape stays as it is."""
    for rule in _RULES:
        shape = rule(shape)
    return shape


_INTERFACES = frozenset({Transport.JSON_GET, Transport.JSON_POST})
_FORWARD = frozenset({Pager.NEXT, Pager.NEXT_SHORT, Pager.ONWARD, Pager.ENGLISH, Pager.IMAGE, Pager.A_NEXT})


def _pagings_fit(s: Shape) -> Shape:
    """Only interfaces page otherwise than asked; a cursor leads forward alone; what adds rows would show them twice."""
    if s.paging is not Paging.NUMBERED and s.transport not in _INTERFACES:
        return replace(s, paging=Paging.NUMBERED)
    if s.paging is Paging.CURSOR and s.pager not in _FORWARD and not s.adds_pages:
        return replace(s, pager=Pager.NEXT)
    if s.paging in {Paging.EVERYTHING, Paging.OWN} and s.adds_pages:
        return replace(s, pager=Pager.NEXT)
    return replace(s, paging=Paging.NUMBERED) if s.pager is Pager.ONE and s.paging is Paging.OWN else s


def _records_have_no_details(s: Shape) -> Shape:
    if s.markup is Markup.RECORDS:
        return replace(s, link=Link.NONE)
    if s.link is Link.NONE:
        return replace(s, markup=Markup.RECORDS)
    if s.link is Link.ROW_CLICK and s.markup not in _ROWS_OF_TABLES:
        return replace(s, markup=Markup.TABLE)
    return s


def _added_rows_are_fetched(s: Shape) -> Shape:
    """A list that grows below is drawn by script, into what can take up rows below."""
    return replace(s, transport=Transport.FRAGMENT) if s.adds_pages and not s.scripted else s


def _platforms_bring_their_transport(s: Shape) -> Shape:
    if s.pager is Pager.JPAGE:
        return replace(s, transport=Transport.XML, extent=Extent.TOTAL)
    if s.pager in {Pager.CREATE_PAGE, Pager.NSETPAGE} and not s.framed:
        return replace(s, transport=Transport.HTML)
    if s.pager is Pager.LAYPAGE and s.transport is Transport.FORM:
        return replace(s, transport=Transport.HTML)
    if s.pager is Pager.TABLE_ROW and s.markup not in _ROWS_OF_TABLES:
        return replace(s, markup=Markup.TABLE, link=s.link)
    return s


def _addresses_fit(s: Shape) -> Shape:
    """A script turns a page by a call; a platform's pager writes its own addresses; one page has none."""
    if s.pager in {Pager.ONE, Pager.JPAGE}:
        return replace(s, address=Address.CALL if s.scripted else Address.INDEX)
    if s.pager in {Pager.ELEMENT, Pager.JUMP}:
        return replace(s, address=Address.CLICK)
    if (s.scripted or s.transport is Transport.FORM) and s.address in _PATHS:
        return replace(s, address=Address.CALL)
    if not s.scripted and s.pager in _OWN_ADDRESS:
        return replace(s, address=_OWN_ADDRESS[s.pager])
    return s


def _dates_fit(s: Shape) -> Shape:
    if s.dates is Dates.MILLIS and s.transport not in {Transport.JSON_GET, Transport.JSON_POST, Transport.JSONP}:
        return replace(s, dates=Dates.ISO)
    if s.dates in {Dates.NONE, Dates.TWO}:
        return replace(s, meaning=Meaning.PUBLISHED)
    return s


def _labels_fit(s: Shape) -> Shape:
    return replace(s, labels=Labels.LOCAL) if s.labels is Labels.FINANCE and s.matter is Matter.LICENCE else s


def _details_fit(s: Shape) -> Shape:
    """What no row of this shape shows is as in the simplest site; an interface's members have no layout."""
    if s.layout is Layout.FINES and (s.matter is Matter.LICENCE or s.parties is not Parties.FIRMS):
        s = replace(s, layout=Layout.PARTIES)
    if s.link is Link.DIALOG_JSON:
        s = replace(s, layout=Layout.TWO, stamp=Stamp.NONE)
    if not s.has_page:
        s = replace(s, layout=Layout.TWO, stamp=Stamp.LABELLED)
    if s.link is Link.NONE and s.titles is not Titles.FULL:
        s = replace(s, titles=Titles.FULL)
    return s if s.has_file else replace(s, file=File.XLSX)


def _lives_fit(s: Shape) -> Shape:
    """An article grows where a page holds tables of records; an attachment is replaced where there is one."""
    if s.is_scanned and s.life in {Life.ATTACHMENT, Life.ARTICLE}:  # a letter's picture is one letter
        return replace(s, life=Life.GROWS)
    if s.outage in {Outage.DETAILS_ERROR, Outage.DETAILS_BLOCK} and not s.has_own_details:
        s = replace(s, outage=Outage.NONE)
    if s.life is Life.PINNED_BEYOND and s.markup is Markup.RECORDS:  # nothing there says that a row is pinned
        return replace(s, life=Life.PINNED)
    if s.life is Life.ATTACHMENT and not s.has_file:
        return replace(s, life=Life.ARTICLE) if s.has_page else replace(s, life=Life.EDITED)
    if s.life is Life.ARTICLE and (not s.has_page or s.has_file):
        return replace(s, life=Life.ATTACHMENT if s.has_file else Life.GROWS)
    return s


_RULES: tuple[Callable[[Shape], Shape], ...] = (
    _added_rows_are_fetched, _platforms_bring_their_transport, _pagings_fit, _records_have_no_details, _addresses_fit,
    _dates_fit, _labels_fit, _details_fit, _lives_fit,
)  # fmt: skip

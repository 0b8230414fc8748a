"""A list as a person reads it in a browser: drawn, its pages turned and its rows opened by pressing.

The family of last resort (`crawler.citizen`): it needs no knowledge of how a site is built, and costs a browser's
sitting a page. Rows are read as html-list reads them. The end is what a person sees: numbers that the page states, a
next page that cannot be pressed, or a press that brings nothing.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from html import escape

from lxml import html
from lxml.html import HtmlElement

from core.domain.config import Portal
from core.domain.digits import whole_number
from core.domain.look_reasons import EndProof, LookReason
from core.domain.text import plain
from crawler.citizen.drawn import LEADS, PRESSED, SENDS, SENT_AS, SENT_WITH, SHOWN
from crawler.citizen.pressed import Pressed
from crawler.extract.detail import read_detail
from crawler.extract.files import is_file
from crawler.extract.markup import text_of, tree_of, words_of
from crawler.families.parsing.items import ListOptions, read_items
from crawler.families.parsing.json_details import decisions_in, is_data
from crawler.families.parsing.listing import is_day, link_of, require_end, require_marker, says_empty
from crawler.families.parsing.pager_rows import rows_in
from crawler.families.parsing.pager_signs import signs_of
from crawler.families.parsing.press_controls import Onward, Way, onward
from crawler.pages import (
    Detail,
    ListPage,
    ListRow,
    NotGenuine,
    PageRequest,
    PagerSign,
    Response,
    SignKind,
    Sitting,
    Unparsed,
)

_OWN_PAGE = re.compile(r"(?:第|页次|页码|当前页?|page|^\D*)\s*[:：]?\s*(\d+)\s*页?\s*(?:[/／]|of|共)", re.I)
_TURNED = re.compile(r"#page=(\d{1,4})$")  # as `page_request` writes it
_NO_TEXT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what a tree takes for no text
_FORM = "application/x-www-form-urlencoded"
_PRESSABLE = frozenset({SignKind.NEXT, SignKind.MORE, SignKind.LAST, SignKind.BOX, SignKind.NEAR})


class CitizenOptions(ListOptions):
    """Where the rows stand (as html-list has it); what the page says of its numbers is found by itself.

    `render_details`: details too exist only after their scripts ran.
    """

    render_details: bool = False


def page_request(portal: Portal, options: CitizenOptions, page: int, _before: ListPage | None) -> PageRequest:
    """The column's own address, and how often a person turns the page there."""
    sitting = Sitting(page=page, box=options.container, rows=options.items)
    return PageRequest(url=f"{portal.url}#page={page}", rendered=True, sitting=sitting)


def parse_list(portal: Portal, options: CitizenOptions, response: Response) -> ListPage:
    """The rows of the page as it was seen, and what a person would press on it."""
    text = text_of(response)
    require_marker(portal, text)
    tree = tree_of(text)
    number = int(m[1]) if (m := _TURNED.search(response.url)) else 1
    said = tree.getroottree().getroot().get(PRESSED, "")
    if said in {Pressed.MISSING, Pressed.FAILED}:
        raise NotGenuine(LookReason.PRESS_FAILED, f"page {number}")
    shown = _shown_beside(tree)
    _drop_unseen(tree)
    _open_by_leads(tree, options)
    listed = read_items(portal, options, tree, response.url)
    require_end(text, options.end, listed.tag)
    rows = tuple(
        _led(portal, options, row, element, shown.get(element, ""))
        for row, element in zip(listed.rows, listed.elements, strict=True)
    )
    address = response.url.partition("#")[0]
    signs = signs_of(tree, address, listed.elements)
    stated = stated_in(signs)
    allowed = portal.may_be_empty and number == 1 and stated.total is None
    if not rows and not (listed.empty or stated.total == 0 or allowed):
        raise NotGenuine(LookReason.BLANK_SKELETON)
    if said == Pressed.UNCHANGED:  # the page before this one is the last, unless it says that there is more
        more = tuple(sign for sign in signs if sign.kind not in _PRESSABLE)
        proof = EndProof.PRESSED if _says_the_end(tree, listed.elements, number - 1) else None
        return ListPage(rows=(), total=stated.total, last=True, end=proof, signs=more)
    step = onward(tree, listed.elements, number)
    end = _end(step, said)
    if said == Pressed.FILLED and stated.page == stated.pages:  # 第3/3页 of a list that was loaded into one page
        signs = tuple(sign for sign in signs if sign.kind is not SignKind.PAGES)
        stated = replace(stated, page=None, pages=None)
    # what can still be pressed on the last page is pressed: it must bring nothing
    pages = None if step.control is not None and stated.page == stated.pages else stated.pages
    return ListPage(
        rows=rows,
        total=stated.total if rows else 0,
        pages=pages,
        page=stated.page,
        last=step.control is None or step.control.way is Way.MORE,
        end=end,
        signs=tuple(sign for sign in signs if not (end and sign.kind in _PRESSABLE)),
        mixed=listed.mixed,
        hidden=listed.hidden,
        unknown_labels=listed.unknown,
    )


@dataclass(frozen=True, slots=True)
class Stated:
    """What a page says of its list: how many rows and pages it has, and which page it is."""

    total: int | None = None
    pages: int | None = None
    page: int | None = None


def stated_in(signs: Iterable[PagerSign]) -> Stated:
    """What the signs state as one: where two of a kind differ, nothing; pages only with the page's own number."""
    all_signs = list(signs)
    totals = {sign.rows for sign in all_signs if sign.kind is SignKind.TOTAL}
    pages = {sign.pages for sign in all_signs if sign.kind is SignKind.PAGES}
    own = {whole_number(m[1]) for s in all_signs if s.kind is SignKind.PAGES if (m := _OWN_PAGE.search(s.words))}
    known = len(pages) == len(own) == 1
    return Stated(
        total=totals.pop() if len(totals) == 1 else None,
        pages=pages.pop() if known else None,
        page=own.pop() if known else None,
    )


def _end(step: Onward, said: str) -> EndProof | None:
    """By what a person sees that nothing follows; None where something can be pressed, or nothing was ever."""
    if step.control is not None and step.control.way is not Way.MORE:
        return None
    if said == Pressed.FILLED:
        return EndProof.PRESSED
    return EndProof.LAST_PAGE if step.ended else None


def _says_the_end(tree: HtmlElement, rows: Iterable[HtmlElement], page: int) -> bool:
    """Whether a press that brought nothing on page `page` ends the list; the very first one only where it was the one
    thing to press: it has turned no page yet."""
    step = onward(tree, rows, page)
    return step.proves and (page > 1 or step.alone)


def _drop_unseen(tree: HtmlElement) -> None:
    """Take away what nobody sees: it neither stands there nor says anything; a press that shows it is another page."""
    for element in tree.xpath("//body//*[@hidden]"):
        element.drop_tree()


def _shown_beside(tree: HtmlElement) -> dict[HtmlElement, str]:
    """What pressing a row shows, by row, taken out of the page that shows it to nobody who does not press."""
    found: dict[HtmlElement, str] = {}
    for box in tree.xpath(f"//*[@{SHOWN}]"):
        row = box.getparent()
        found[row] = "".join(str(html.tostring(part, encoding="unicode")) for part in box)
        row.remove(box)
    return found


def _open_by_leads(tree: HtmlElement, options: CitizenOptions) -> None:
    """Make of every press that leads somewhere a link that does; a row that leads nowhere is named by what it says."""
    for place in tree.xpath(f"//*[@{LEADS}]"):
        _link(place, place.get(LEADS))
    for row in rows_in(tree, options.container, options.items):
        said = words_of(row)
        if link_of(row, options.link) is None and said and not says_empty(said) and row.find(".//th") is None:
            _link(row, f"{_NOWHERE}{_hash(plain(words_of(row)))}")


def _link(place: HtmlElement, address: str) -> None:
    """Let a place lead to an address: itself where it is a link, else its longest part, not the day beside it."""
    parts = list(place.iter("a")) or list(place.iter("td")) or _titled(place) or [place]
    inside = max(parts, key=lambda e: len(words_of(e)))
    if inside.tag == "a":
        inside.set("href", _NO_TEXT.sub("", address))
        return
    link = inside.makeelement("a", {"href": _NO_TEXT.sub("", address)})
    link.text, inside.text = _NO_TEXT.sub("", inside.text or ""), None
    link.extend(list(inside))
    inside.append(link)


def _titled(place: HtmlElement) -> list[HtmlElement]:
    """The one part of a place that says more than a day, where all it says stands in parts."""
    parts = [part for part in place.iterchildren("*") if words_of(part)]
    more = [part for part in parts if not is_day(part)]
    return more if len(more) == 1 < len(parts) and not (place.text or "").strip() else []


_NOWHERE = "http://nowhere.invalid/"


def _led(portal: Portal, options: CitizenOptions, row: ListRow, element: HtmlElement, shown: str) -> ListRow:
    """A row with how its detail is had: by its address, by what a press would have sent, or shown at a press."""
    if row.url.startswith(_NOWHERE):
        alone = replace(row, key=row.url.removeprefix(_NOWHERE), url=portal.url, detail=None, shown=shown)
        return _filed(alone) if shown else alone
    if shown:  # known by what the press fetches, read as it is drawn
        return replace(_asked_as(row, element), detail=None, shown=shown)
    if options.render_details and row.detail is not None:
        return replace(row, detail=replace(row.detail, rendered=True))
    return _asked_as(row, element)


def _asked_as(row: ListRow, element: HtmlElement) -> ListRow:
    """A row with what a press would have sent to have its detail."""
    sender = next((e for e in element.iter() if isinstance(e.tag, str) and _sends(e)), None)
    if sender is not None and row.detail is not None:
        added = tuple((name, str(value)) for name, value in json.loads(sender.get(SENT_WITH) or "{}").items())
        if sender.get(SENDS) is None:
            return replace(row, detail=replace(row.detail, headers=added))
        sends, media = sender.get(SENDS), sender.get(SENT_AS) or _FORM
        key = _hash(f"{row.detail.url}|{sends}")
        headers = (("Content-Type", media), *added)
        request = PageRequest(url=row.detail.url, method="POST", body=sends.encode(), headers=headers)
        return replace(row, key=key, url=f"{row.url}#id={key}", detail=request)
    return row


def _sends(element: HtmlElement) -> bool:
    return element.get(SENDS) is not None or element.get(SENT_WITH) is not None


def _filed(row: ListRow) -> ListRow:
    """A row whose press shows nothing but the link of an attachment leads there."""
    detail = _detail_shown(row)
    if detail.records or len(detail.files) != 1:
        return row
    (file,) = detail.files
    return replace(row, url=file.url, detail=file, shown="")


def _detail_shown(row: ListRow) -> Detail:
    """What pressing a row shows, read as a page."""
    body = f"<html><body><h1>{escape(row.title)}</h1>{row.shown}</body></html>".encode()
    kind = (("Content-Type", "text/html; charset=utf-8"),)
    try:
        return read_detail(Response(url=row.url, status=200, body=body, headers=kind, request=PageRequest(url=row.url)))
    except (NotGenuine, Unparsed):
        return Detail(records=())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def parse_detail(portal: Portal, _options: CitizenOptions, response: Response | None, row: ListRow) -> Detail:
    """The detail page by labels, or data by its members; of a row that leads nowhere what it shows at a press, or says.

    What a press shows beside attachments is not read: they are not asked for again while their row stays as it is.
    """
    if response is None and row.shown:
        detail = _detail_shown(row)
        return Detail(records=()) if detail.files else detail
    if response is None and row.url == portal.url:
        return Detail(records=(row.fields,), title=row.title)
    if response is not None and not is_file(response) and is_data(text := text_of(response)):
        records = decisions_in(text)
        if not records:
            raise NotGenuine(LookReason.JSON_REFUSED)
        return Detail(records=records)
    return read_detail(response)

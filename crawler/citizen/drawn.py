"""One document of a drawn page: its frames in their places, only what a person sees, addresses made whole. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import html
from lxml.html import HtmlElement

from crawler.extract.markup import tree_of
from crawler.extract.style_rules import DRAWN, STYLED, shows_nothing
from crawler.pages import NotGenuine, Unparsed

MARK, UNSEEN, PRESS, DEAD, HREF = "data-cx", "data-cx-unseen", "data-cx-press", "data-cx-dead", "data-cx-href"
HEARS = "data-cx-hears"
LEADS, SENDS, SENT_AS = "data-cx-leads", "data-cx-sends", "data-cx-sent-as"  # address, body, the body's media type
SENT_WITH = "data-cx-sent-with"  # headers that the page's script adds, as JSON
SHOWN = "data-cx-shown"  # on a box in a row: what pressing the row shows, in its markup
FRAME = "data-cx-frame"
PRESSED = "data-cx-pressed"  # on the root: what came of the presses (`Pressed`)
_KEPT = frozenset({"colspan", "rowspan"})  # of what a press shows
_NAMES = (MARK, HREF)  # what can be pressed is kept: by it the page is read


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame's markup as `page.js` gave it; `inside`: the mark of what holds it, "" for the page itself."""

    markup: str
    url: str
    inside: str = ""


def document_of(frames: Mapping[int, Frame]) -> HtmlElement:
    """The page with its frames in their places; a frame that cannot be read stays an empty one."""
    trees: dict[int, HtmlElement] = {}
    for number, frame in frames.items():
        try:
            trees[number] = tree_of(frame.markup)
        except (NotGenuine, Unparsed):
            if not number:
                raise
    for number, tree in sorted(trees.items(), reverse=True):
        if number:
            _put(trees, tree, frames[number])
    return _as_seen(trees[0])


def _put(trees: Mapping[int, HtmlElement], tree: HtmlElement, frame: Frame) -> None:
    holder = next((e for t in trees.values() for e in t.iter("iframe", "frame") if e.get(MARK) == frame.inside), None)
    if holder is None:
        return
    box = html.Element("div", {FRAME: frame.url, MARK: frame.inside})
    if holder.get(UNSEEN) is not None:
        box.set(UNSEEN, "")
    body = tree.find("body")
    whole = body if body is not None else tree
    box.text = whole.text
    box.extend(list(whole))
    box.tail = holder.tail
    holder.getparent().replace(holder, box)


def _as_seen(tree: HtmlElement) -> HtmlElement:
    """Addresses as the browser resolved them; what nobody sees is hidden by its own markup, as families look for it."""
    tree.getroottree().getroot().set(DRAWN, "")
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        element.attrib.pop(STYLED, None)
        if element.get(HREF):
            element.set("href", element.get(HREF))
        if element.attrib.pop(UNSEEN, None) is not None:
            element.set("hidden", "hidden")
        elif shows_nothing(element.get("style") or ""):  # it shows all the same: something else overrides it
            del element.attrib["style"]
    for definitions in tree.iter("dl"):
        _pair(definitions)
    return tree


def put_shown(row: HtmlElement, markup: str) -> None:
    """Keep beside a row what pressing it shows: words, tables and addresses, without what changes with every visit."""
    box = html.Element("div", {SHOWN: "", "hidden": "hidden"})
    for part in html.fragments_fromstring(markup, no_leading_text=True):
        box.append(part)
    for element in box.iterdescendants():
        if isinstance(element.tag, str):
            href = element.get(HREF)
            for name in set(element.attrib) - _KEPT:
                del element.attrib[name]
            if href:
                element.set("href", href)
    row.append(box)


def _pair(definitions: HtmlElement) -> None:
    """Put each term of a list with what is said of it into a box of their own, as HTML has it: they are one row."""
    box: HtmlElement | None = None
    for part in list(definitions):
        if part.tag == "dt":
            box = html.Element("div")
            part.addprevious(box)
        if part.tag in {"dt", "dd"} and box is not None:
            box.append(part)


def text_of_document(tree: HtmlElement) -> str:
    """The document as it is kept: without the names that only served to press."""
    for element in tree.iter():
        if isinstance(element.tag, str):
            for name in _NAMES:
                element.attrib.pop(name, None)
    return "<!DOCTYPE html>\n" + str(html.tostring(tree, encoding="unicode"))

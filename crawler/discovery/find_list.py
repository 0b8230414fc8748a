"""Where the list stands on an unknown page: the element whose children most often carry a link and a date."""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from core.domain.text import parse_day, tight
from crawler.extract.markup import is_plain_name, plain_class, words_of

_LISTS = ("ul", "ol", "tbody", "table", "div", "dl")
LEAST_ROWS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list found on a page, as CSS: `container`, `items` below it, `dates` inside an item ("" for none)."""

    container: str
    items: str
    dates: str
    rows: int


def find_listing(root: HtmlElement) -> Listing | None:
    """The list whose items most often have a link and a date; None where none has three."""
    best: Listing | None = None
    for element in root.iter(*_LISTS):
        items = _items(element)
        if len(items) < LEAST_ROWS or (best is not None and len(items) <= best.rows):
            continue
        css = css_of(element)
        below = f"{css} > {items[0].tag}" if css else ""
        if css and len(root.cssselect(below)) == sum(child.tag == items[0].tag for child in element):
            best = Listing(container=css, items=below, dates=_dates_css(items), rows=len(items))
    return best


def _items(element: HtmlElement) -> list[HtmlElement]:
    """The children of one kind that carry a link and a date."""
    children = [child for child in element if isinstance(child.tag, str)]
    tags = {child.tag for child in children}
    groups = [[c for c in children if c.tag == tag and _is_item(c)] for tag in tags]
    return max(groups, key=len, default=[])


def _is_item(element: HtmlElement) -> bool:
    links = [a for a in element.iter("a") if len(tight(a.get("title") or words_of(a))) >= 4]
    outside = words_of(element)
    for link in links:
        outside = outside.replace(words_of(link), " ", 1)
    return len(links) >= 1 and parse_day(outside) is not None


def _dates_css(items: Sequence[HtmlElement]) -> str:
    """The element that is nothing but a date in every item, by its class or tag; "" where there is none."""
    for element in items[0].iterdescendants():
        if (
            not isinstance(element.tag, str)
            or parse_day(words_of(element)) is None
            or len(tight(words_of(element))) > 22
        ):
            continue
        name = plain_class(element)
        css = f".{name}" if name else element.tag
        if all(item.cssselect(css) for item in items):
            return str(css)
    return ""


def css_of(element: HtmlElement) -> str:
    """A selector for one element by its id or class, or those of an element above it; "" where none names it."""
    name = plain_class(element)
    if (known := element.get("id")) and is_plain_name(known):
        return f"{element.tag}#{known}"
    if name:
        return f"{element.tag}.{name}"
    above = element.getparent()
    if above is None or above.tag in {"html", "body"}:
        return f"body > {element.tag}" if above is not None and above.tag == "body" else ""
    outer = css_of(above)
    return f"{outer} > {element.tag}" if outer else ""

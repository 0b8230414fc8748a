"""An answer's text, tree and visible words."""

import re
from typing import cast

from lxml.etree import ParserError, XPath
from lxml.html import HtmlElement

from core.domain.look_reasons import LookReason
from core.domain.text import plain
from crawler.extract.bounded_parser import parse_bounded
from crawler.extract.charset import decode
from crawler.extract.style_rules import STYLED, marked_by_rules, shows_nothing
from crawler.pages import NotGenuine, Response

_PLAIN_NAME = re.compile(r"[A-Za-z][\w-]*")  # an id or a class that CSS takes as it stands
_NEVER_DRAWN = frozenset({"template", "noscript"})  # where scripts run, as they do for a citizen
SILENT = frozenset({"script", "style", "template"})
_WORDS = XPath(f".//text()[not({' or '.join(f'ancestor::{tag}' for tag in sorted(SILENT))})]")


def text_of(response: Response) -> str:
    """The answer as text."""
    return decode(response.body, response.header("Content-Type")).text


def tree_of(text: str) -> HtmlElement:
    """Parsed HTML; NotGenuine for a text without any markup or content, Unparsed for one that would lose some of it."""
    stripped = re.sub(r"^\s*<\?xml[^>]*\?>", "", text.replace("\x00", ""))
    if not stripped.strip():
        raise NotGenuine(LookReason.EMPTY_BODY)
    try:
        return marked_by_rules(parse_bounded(stripped))
    except ParserError:
        raise NotGenuine(LookReason.EMPTY_BODY) from None


def is_hidden(element: HtmlElement) -> bool:
    """Whether an element never shows, by its own markup or style or by those of what it stands in."""
    return any(hides(each) for each in (element, *element.iterancestors()))


def hides(element: HtmlElement) -> bool:
    """Whether an element's own markup or style hides it, or a rule of the page's own `<style>`."""
    if not isinstance(element.tag, str):
        return False
    hidden = element.get("hidden")
    marked = (hidden is not None and hidden != "until-found") or element.tag in _NEVER_DRAWN
    return marked or element.get(STYLED) is not None or shows_nothing(element.get("style") or "")


def words_of(element: HtmlElement) -> str:
    """An element's visible text; pieces of one word are joined as they stand, never with a blank between."""
    if len(element) == 0:  # most are asked for one word: a cell, a link
        return plain(element.text or "") if element.text and not is_silent(element) else ""
    return plain("".join(cast("list[str]", _WORDS(element))))


def is_silent(element: HtmlElement) -> bool:
    """Whether what an element holds is no text of the page: a script's, a style's, a template's."""
    return (
        not isinstance(element.tag, str)
        or element.tag in SILENT
        or next(element.iterancestors(*SILENT), None) is not None
    )


def is_plain_name(name: str) -> bool:
    """Whether an id or a class can stand in a selector as it is."""
    return _PLAIN_NAME.fullmatch(name) is not None


def plain_class(element: HtmlElement) -> str:
    """The first of an element's classes that can stand in a selector; "" where none can."""
    return next((name for name in (element.get("class") or "").split() if is_plain_name(name)), "")

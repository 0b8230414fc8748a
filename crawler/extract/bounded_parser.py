"""HTML parsed within bounds: what would take the parser for ever, or lose content in it, is refused.

libxml2 2.14 stops in silence at the first `</html>`, as pages pasted into pages have it: end tags of the page are
taken out before. It stops in silence at 256 levels of nesting (2,048 with `huge_tree`): all that follows is lost,
rows included.
Its time grows with the square of one element's attributes: a megabyte of them takes ten seconds.
"""

import re

from lxml import html as lxml_html
from lxml.etree import ElementDefaultClassLookup, ElementNamespaceClassLookup
from lxml.html import (
    FormElement,
    HtmlComment,
    HtmlElement,
    HTMLParser,
    HtmlProcessingInstruction,
    InputElement,
    LabelElement,
    SelectElement,
    TextareaElement,
)

from core.domain.look_reasons import LookReason
from crawler.pages import Unparsed

# lxml.html's own look-up asks Python for every element that is touched, for the sake of the few that are forms'
_ELEMENTS = ElementNamespaceClassLookup(
    ElementDefaultClassLookup(element=HtmlElement, comment=HtmlComment, pi=HtmlProcessingInstruction)
)
_ELEMENTS.get_namespace(None).update(
    {
        "form": FormElement,
        "input": InputElement,
        "select": SelectElement,
        "textarea": TextareaElement,
        "label": LabelElement,
    }
)
_LONG_TAG = re.compile(r"<[a-zA-Z][^<>]{4096,}")
_WORD = re.compile(r"[\s=]")  # what attributes are told apart by
_MOST_WORK = 10**9  # squared words of long tags: about a second
_CLOSED = re.compile(r"</(?:html|body)\s*>", re.I)
_HIDDEN = re.compile(  # unclosed, each takes the rest: a pattern that can fail there would read on at every start
    r"<script\b.*?(?:</script>|\Z)|<style\b.*?(?:</style>|\Z)|<!--.*?(?:-->|\Z)|<[^>]+(?:>|\Z)", re.S | re.I
)


def parse_bounded(text: str) -> HtmlElement:
    """The tree of an HTML text. Raises Unparsed (`too-deep`) rather than lose any of it, and lxml's ParserError."""
    if sum(len(_WORD.findall(tag)) ** 2 for tag in _LONG_TAG.findall(text)) > _MOST_WORK:
        raise Unparsed(LookReason.TOO_DEEP, "attributes")
    parser = HTMLParser(huge_tree=True)
    parser.set_element_class_lookup(_ELEMENTS)
    tree = lxml_html.fromstring(_CLOSED.sub("", text), parser=parser)
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise Unparsed(LookReason.TOO_DEEP, "nesting")
    return tree


def without_markup(text: str) -> str:
    """The text with scripts, styles, comments and tags taken out, in time that grows with its length alone."""
    return _HIDDEN.sub(" ", text)

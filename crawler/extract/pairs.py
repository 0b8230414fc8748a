"""Labelled values outside tables: definition lists, and "标签：值" lines."""

import re
from collections.abc import Iterator

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from core.text import plain
from crawler.extract.markup import words_of
from crawler.extract.tables import Pairs, is_label

_BREAKS = dict.fromkeys(
    ("br", "tr", "table", "p", "div", "li", "dd", "dt", "section", "article", "h1", "h2", "h3", "h4", "option"), "\n"
) | {"td": " ", "th": " "}
_SILENT = frozenset({"script", "style", "template"})
_SOURCE_BREAK = re.compile(r"[\r\n\t]+")
_LINE = re.compile(r"^[\s\d一二三四五六七八九十、.．（）()]*([^：:]{2,30})[：:]\s*(.*)$")


def definition_lists(root: HtmlElement) -> tuple[Pairs, ...]:
    """One record a `dl` whose terms are known labels."""
    found = []
    for listing in root.iter("dl"):
        terms = [words_of(term) for term in listing.iter("dt")]
        values = [words_of(value) for value in listing.iter("dd")]
        pairs = tuple((t.rstrip(":： "), v) for t, v in zip(terms, values, strict=False))
        if sum(is_label(label) for label, _ in pairs) >= 2:
            found.append(pairs)
    return tuple(found)


def labelled_lines(text: str) -> Pairs:
    """Lines "标签：值" whose label is known, in order."""
    return tuple(_lines(text))


def _lines(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        found = _LINE.match(plain(line))
        if found and is_label(found[1]):
            yield found[1].strip(), found[2].strip()


def text_lines(root: HtmlElement) -> str:
    """The visible text with a line break at every block and `br`, and nowhere else; a blank between cells."""
    parts: list[str] = []
    _collect(root, parts)
    return "\n".join(line for line in (plain(line) for line in "".join(parts).split("\n")) if line)


def _collect(root: HtmlElement, parts: list[str]) -> None:
    for event, element in _walk(root):
        if not isinstance(element.tag, str) or element.tag in _SILENT:
            if event == "end":
                parts.append(_flat(element.tail))
            continue
        parts.append(_BREAKS.get(element.tag, ""))
        if event == "start":
            parts.append(_flat(element.text))
        elif element is not root:
            parts.append(_flat(element.tail))


def _flat(text: str | None) -> str:
    """A text node as it shows: a line break in the source is a blank on the page."""
    return _SOURCE_BREAK.sub(" ", text or "")


def _walk(root: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    return iter(iterwalk(root, events=("start", "end", "comment", "pi")))

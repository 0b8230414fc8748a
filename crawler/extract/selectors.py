"""CSS selectors, each compiled once: lxml's own `cssselect` compiles at each call, longer than the search takes."""

from functools import lru_cache
from typing import cast

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement


@lru_cache(4096)
def _compiled(css: str) -> CSSSelector:
    return CSSSelector(css, translator="html")


def select(element: HtmlElement, css: str) -> list[HtmlElement]:
    """The elements in `element` that a selector names, in the page's order; SelectorError where it is none."""
    return cast("list[HtmlElement]", _compiled(css)(element))

"""What a page says of itself. A place is CSS (`div.pagebar@totalcount`) or a pattern (`/共\\s*(\\d+)\\s*条/`).

A pattern stands between slashes and has one group. It is looked for in the words that show, and in the scripts
where these do not say it; never in HTML comments. CSS may name an attribute behind an `@`.
"""

import codecs
import re
from typing import Annotated

from lxml.html import HtmlElement
from pydantic import AfterValidator

from core.domain.config_model import checked_css
from core.domain.digits import whole_number
from core.domain.look_reasons import LookReason
from crawler.extract.markup import words_of
from crawler.extract.selectors import select
from crawler.pages import NotGenuine

_NUMBER = re.compile(r"\d[\d,]*")
_JS_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'\w\\])//[^\n]*", re.S)


def _checked_place(place: str) -> str:
    if not is_pattern(place):
        checked_css(place.partition("@")[0])
        return place
    try:
        groups = re.compile(place[1:-1]).groups
    except re.error as error:
        raise ValueError(f"正则式有误：{place}（{error}）") from error
    if groups != 1:
        raise ValueError(f"正则式须有且只有一个括号组：{place}")
    return place


def _checked_charset(name: str) -> str:
    try:
        codecs.lookup(name)
    except LookupError:
        raise ValueError(f"没有这种编码：{name}") from None
    return name


Charset = Annotated[str, AfterValidator(_checked_charset)]
Place = Annotated[str, AfterValidator(_checked_place)]


def is_pattern(place: str) -> bool:
    """Whether a place is a pattern rather than CSS."""
    return len(place) > 2 and place.startswith("/") and place.endswith("/")


def scripts_of(tree: HtmlElement) -> str:
    """The page's scripts without their comments."""
    return _JS_COMMENT.sub("", "\n".join(tree.xpath("//script/text()")))


def said_at(tree: HtmlElement, place: str) -> list[str]:
    """What stands at a place: texts of one or more elements, or a pattern's groups; [] for nothing."""
    if is_pattern(place):
        pattern = re.compile(place[1:-1])
        return pattern.findall(words_of(tree)) or pattern.findall(scripts_of(tree))
    css, _, name = place.partition("@")
    return [element.get(name) or "" if name else words_of(element) for element in select(tree, css)]


def stated_number(digits: str) -> int:
    """The number that a page states in digits; NotGenuine for more of them than any list has rows."""
    number = whole_number(digits)
    if number is None:
        raise NotGenuine(LookReason.TOTAL_MISSING, f"{len(digits)} digits")
    return number


def number_at(tree: HtmlElement, place: str) -> int | None:
    """The one number at a place, None where nothing is said. Two that differ say nothing for sure: NotGenuine."""
    matches = [_NUMBER.search(text) for text in (said_at(tree, place) if place else ())]
    numbers = {stated_number(match[0].replace(",", "")) for match in matches if match}
    if len(numbers) > 1:
        raise NotGenuine(LookReason.TOTAL_MISSING, f"{place}: {sorted(numbers)}")
    return numbers.pop() if numbers else None

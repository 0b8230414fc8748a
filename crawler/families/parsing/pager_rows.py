"""A pager that stands among a list's own rows: the last row of a table, the last item of a list. Pure."""

import re

from lxml.html import HtmlElement

from core.domain.text import parse_day, tight
from crawler.extract.markup import words_of
from crawler.extract.selectors import select
from crawler.families.parsing.pager_signs import says, says_next

_CONTROLS = frozenset({"a", "button", "input", "select", "img"})
# what a pager says and nothing else, longest first; what is left of a row without it is no pager's
_SAYS = re.compile(
    r"总?(?:共|合计|总计)(?:有|计)?|总(?:记录|页|条)?数|上一?[页頁]|下一?[页頁]|[前后]一?[页頁]|[首尾末][页頁]|最后[页頁]?|第一[页頁]|往[前后]"
    r"|转到|跳转?[到至]?|到第|前往|确定|go|当前|现在|每[页頁](?:显示)?|显示|页次|页码|分为?|prev(?:ious)?|next|first|last|page|of"
    r"|加载更多|查看更多|点击加载更多|更多|没有更多(?:数据|内容)?了?|已(?:显示)?全部|已?到底了?|正在加载|记录|数据|信息"
    r"|[第页頁条項项行个件在]|\d+|[\W_]+",
    re.I,
)


def says_a_pager(words: str) -> bool:
    """Whether words are a pager's alone: numbers, 共3页, 下一页, 转到 …"""
    return not _SAYS.sub("", words)


def is_pager_row(item: HtmlElement) -> bool:
    """Whether something among the rows is the list's pager: it says a pager's words alone, and can be pressed or
    counts. An empty item is none, nor one with a day, or with a title to show that says more than its words."""
    words = tight(words_of(item))
    if not words:
        return any(says_next(link) for link in item.iter("a") if says(link) or len(link))
    if not says_a_pager(words) or parse_day(words):  # nearly every row: nothing more is looked at
        return False
    parts = [e for e in item.iter() if isinstance(e.tag, str)]
    if not all(says_a_pager(tight(e.get("title") or "")) for e in parts):
        return False
    return any(e.tag in _CONTROLS for e in parts) or re.search(r"[页頁条]", words) is not None


def rows_in(tree: HtmlElement, box: str, rows: str) -> list[HtmlElement]:
    """The elements that are rows by the CSS of their box and of a row in it, each once, without the list's pager."""
    found = dict.fromkeys(row for around in select(tree, box) for row in select(around, rows))
    return [row for row in found if not is_pager_row(row)]

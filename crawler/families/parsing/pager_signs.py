"""Signs that a list goes on: one judge of them for every family. Pure.

What a page says outside the list's own rows: totals and counts of pages, links that are numbers or lead to an address
that differs from the page's own by a number only, pager boxes, "more" in any wording, selects of numbers, pictures,
scripts that draw pages. In a JSON answer: members that count rows or pages, or say that more follows.

A sign is no proof of an end. Where the end is proved otherwise, a sign may contradict it (`PagerSign.contradicts`);
where only the operator's signature says that there is one page, any sign of more voids it (`PagerSign.is_more`).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from lxml import etree
from lxml.html import HtmlElement

from core.domain.digits import MAX_DIGITS, whole_number
from core.domain.json_types import Json
from core.domain.text import plain, tight
from core.domain.web_addresses import joined, parts_of
from crawler.extract.markup import words_of
from crawler.families.parsing.page_claims import scripts_of
from crawler.pages import PagerSign, SignKind

_WORDS = 30  # characters of a sign that are kept
_ROW = 6  # characters; what stands among the rows and says less is no row but a pager's link
_TOTALS = re.compile(
    r"(?:共(?!\s*\d[\d,]*\s*页)|检索到|查询到|搜索到|找到)(?:有|计|找到|检索到|查询到)?[\s约:：]*(\d[\d,]*)\s*[条件项个篇笔]"
    r"|(?<!访问)(?<!浏览)(?<!点击)(?:总记录|记录总|总条|总件|记录|总)数\s*(?:为|是)?\s*[:：]?\s*(\d[\d,]*)(?!\s*[\d,.]*\s*[页次万元人%])"
    r"|(?:合计|总计)\s*[:：]?\s*(\d[\d,]*)(?:\s*[条件项个篇笔]|(?!\s*[\d,.]*\s*[页次万元人%]))"
    r"|(?<![每第到至\-—~\d,])(?<![每第到至]\s)(\d[\d,]*)\s*条(?:记录|数据|信息|结果)"
    r"|\btotal(?:\s*(?:records?|rows|items|count))?\s*[:：]?\s*(\d[\d,]*)"
    r"|\bof\s+(\d[\d,]*)\s+(?:entries|records|items|rows)",
    re.I,
)
_SIZES = re.compile(r"每页(?:显示)?\s*[:：]?\s*(\d{1,4})\s*[条行件项]|(\d{1,4})\s*[条行]\s*[/／]\s*页")
_PAGE_COUNTS = re.compile(
    r"共\s*(?:有|计)?\s*(\d[\d,]*)\s*页|第\s*\d+\s*页?\s*[/／]\s*共?\s*(\d+)\s*页?|总页数\s*[:：]?\s*(\d+)"
    r"|(?:页次|页码|当前页?)\s*[:：]?\s*\d+\s*[/／]\s*(\d+)|\bpage\s+\d+\s*(?:of|/)\s*(\d+)",
    re.I,
)
_FRACTION = re.compile(r"[\[(（]?\s*(\d{1,4})\s*[/／]\s*(\d{1,4})\s*(?:页)?\s*[\])）]?")
_NUMBER = re.compile(r"[\[【(（<〈]?\s*(\d{1,3})\s*[\]】)）>〉]?")
_NTH = re.compile(r"第?\s*(\d{1,4})\s*页")
_NEXT = re.compile(
    r"[\[(（<]*\s*(?:下一?[页頁]|后一?[页頁]|往后|向后|下一?(?:批|组|屏)|后翻|翻[页頁]|next(?:\s*page)?|older)\s*[\])）>»›→▶]*"
    r"|>{1,2}|[›»→▶＞≫⟩]{1,2}|&gt;",
    re.I,
)
_LAST = re.compile(r"[\[(（]*\s*(?:尾[页頁]|末[页頁]|最后(?:一?[页頁])?|last(?:\s*page)?|>\||»\|)\s*[\])）>»]*", re.I)
_MORE = re.compile(
    r"[\[(（+＋]*\s*(?:(?:点击|点此|加载|查看|显示|浏览|阅读|展开|获取|载入|更早|下拉|上拉|继续)*(?:更多|更早|全部|历史)"
    r"(?:的?(?:数据|信息|记录|内容|公示|条目|结果|列表))?|(?:load|show|view|see|read)?\s*(?:more|all)|加载|展开)"
    r"\s*[.…>＞》»›\])）+＋▼↓]*",
    re.I,
)
_LOADS = re.compile(r"加载|载入|下拉|上拉|点击|点此|load", re.I)
_PAGER_CLASS = re.compile(
    r"pages?|pagers?|paging|paginat\S*|\S*pagination\S*|\S*paginator\S*|fenye\S*|fanye\S*|yema\S*|laypage\S*"
    r"|layui-laypage\S*"
    r"|page[-_]?(?:bar|nav|list|box|num|nums|number|links?|info|turn|div|area|con|wrap)s?|turn[-_]?page\S*"
    r"|\S+[-_]pagers?"
    r"|\S+[-_](?:page|paging|fenye)|kkpager\S*|digg|manu|scott",
    re.I,
)
_NEXT_CLASS = re.compile(
    r"(?:\S*[-_])?next(?:[-_]?page)?|pagenext|nextpage|(?:\S*[-_])?load[-_]?more|loadmore|more-btn", re.I
)
_NEXT_PICTURE = re.compile(r"next|xyy|xiayiye|xia_?ye|right|arrow_?r|下一?页|后一?页|往后|更多|more", re.I)
_SCRIPTED = re.compile(
    r"(createPageHTML|nsetpage|laypage|kkpager|pagination|paginator|jqPaginator|twbsPagination|createPage|showPages?"
    r"|setPage|getPage|gotoPage|toPage|PageBar|loadMore|nextPage|pageCount|countPage|_nPageCount|totalPages?"
    r"|totalRecords?|totalCount|recordCount|serverSide)\b",
    re.I,
)
_DEFINED = re.compile(r"function\s+[\w$]+\s*\([^)]*\)|[\w$]+\s*[:=]\s*function\s*\([^)]*\)")  # shared by a whole site
_SCRIPT_PAGES = re.compile(
    r"(?:createPageHTML\(\s*|(?:_nPageCount|countPage|pageCount|totalPages?)['\"]?\s*[=:]\s*['\"]?)(\d+)", re.I
)
_SCRIPT_ROWS = re.compile(
    r"(?:nsetpage\(\s*\d+\s*,\s*|(?:totalRecords?|totalCount|recordCount)['\"]?\s*[=:]\s*['\"]?)(\d+)", re.I
)
_IDLE = re.compile(r"#*!?(?:none|nogo|top|this|void)?|javascript:\s*(?:;|void\s*\(?\s*0?\s*\)?\s*;?)?", re.I)
_DISABLED = re.compile(r"(?:^|[\s_-])(?:disabled?|unable|nolink)(?:$|[\s_-])", re.I)
_STEM_NUMBER = re.compile(r"(?:[_\-]?\d+)(?=\.\w+$)|/\d+/?$")
_INDEX = re.compile(r"/(?:index|default)\.\w+$|/$", re.I)
_PAGE_PARAM = re.compile(
    r"(?:\w*[._])?(?:p|pn|pg|page\w*|\w*page|\w*pager|start\w*|offset|first|cur\w*|cpage|skip|from|currentindex)", re.I
)
_CJK = re.compile(r"[\u4e00-\u9fff]")
_CALENDAR = 25  # numbers up to 31: a month's days
_BESIDE = 3  # links; a box with as many beside the one asked about has a list of its own


# ---------------------------------------------------------------- HTML


@dataclass(frozen=True, slots=True)
class _Page:
    """A page without its rows: the elements outside them, in order."""

    url: str
    rows: frozenset[HtmlElement]
    outside: tuple[HtmlElement, ...]
    text: str
    small: dict[HtmlElement, str] = field(default_factory=dict)  # the words of small elements, once worked out


def signs_of(tree: HtmlElement, url: str, rows: Iterable[HtmlElement] = ()) -> tuple[PagerSign, ...]:
    """Every sign of more on a page outside the elements that are the list's rows; `url`: the page's own address."""
    page = _outside(tree, url, frozenset(row for row in rows if len(tight(words_of(row))) >= _ROW))
    found = (
        *_of_text(page),
        *_of_links(page),
        *_of_boxes(page),
        *_of_more(page),
        *_of_selects(page),
        *_of_scripts(scripts_of(tree)),
    )
    return tuple(dict.fromkeys(found))


def signs_of_text(text: str) -> tuple[PagerSign, ...]:
    """The signs in a text alone (a file's words): numbers of rows and of pages."""
    return tuple(dict.fromkeys((*_totals(text), *_page_counts(text))))


def _outside(tree: HtmlElement, url: str, rows: frozenset[HtmlElement]) -> _Page:
    elements, texts = [], []
    walk = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        if event == "start":
            if element in rows or element.tag in {"script", "style", "template"}:
                walk.skip_subtree()
                continue
            elements.append(element)
            texts.append(element.text or "")
        else:
            texts.append(element.tail or "")
    return _Page(url, rows, tuple(elements), plain(" ".join(text for text in texts if text.strip())))


def _clip(text: str) -> str:
    return plain(text)[:_WORDS]


def _numbers(pattern: re.Pattern[str], text: str) -> Iterator[tuple[str, int]]:
    """What a pattern found, and the number in whichever of its groups stands."""
    for match in pattern.finditer(text):
        number = next(group for group in match.groups() if group)
        yield _clip(match[0]), whole_number(number.replace(",", "")[:MAX_DIGITS]) or 0


def _of_text(page: _Page) -> Iterator[PagerSign]:
    yield from _totals(page.text)
    yield from _page_counts(page.text)
    for words, size in _numbers(_SIZES, page.text):
        yield PagerSign(kind=SignKind.SIZE, words=words, rows=size)
    for element in page.outside:
        match = _FRACTION.fullmatch(_short(element, page))
        if match and 0 < int(match[1]) <= int(match[2]):
            yield PagerSign(kind=SignKind.PAGES, words=_clip(match[0]), pages=int(match[2]))


def _totals(text: str) -> Iterator[PagerSign]:
    for words, number in _numbers(_TOTALS, text):
        yield PagerSign(kind=SignKind.TOTAL, words=words, rows=number)


def _page_counts(text: str) -> Iterator[PagerSign]:
    for words, number in _numbers(_PAGE_COUNTS, text):
        yield PagerSign(kind=SignKind.PAGES, words=words, pages=number)


def _short(element: HtmlElement, page: _Page) -> str:
    """A small element's words; "" for a large one, whose words its parts say, and for one that holds rows."""
    if (known := page.small.get(element)) is not None:
        return known
    words = "" if len(element) > 4 or any(child in page.rows for child in element) else words_of(element)
    page.small[element] = words if len(words) <= _WORDS else ""
    return page.small[element]


def says(link: HtmlElement) -> str:
    """A link's words; of a picture what it stands for."""
    pictures = " ".join(image.get("alt") or image.get("title") or "" for image in link.iter("img"))
    return words_of(link) or plain(link.get("title") or link.get("aria-label") or link.get("value") or pictures)


def says_next(link: HtmlElement) -> bool:
    """Whether a link's words, class or picture say that it leads to the next page."""
    return says_next_in_words(link) or _is_next(link)


def says_next_in_words(link: HtmlElement) -> bool:
    """Whether its words say so, or what its picture stands for."""
    return _NEXT.fullmatch(plain(says(link))) is not None


def says_more(words: str) -> bool:
    """Whether words say that more of the list can be had: 加载更多, 查看更多, 更多."""
    return _MORE.fullmatch(words) is not None


def is_disabled(link: HtmlElement) -> bool:
    """Whether a link, or what it stands in, is marked as one that leads nowhere."""
    above = link.getparent()
    classes = [link.get("class") or "", (above.get("class") or "") if above is not None else ""]
    return any(_DISABLED.search(name) for name in classes) or link.get("disabled") is not None


def goes(link: HtmlElement) -> str:
    """Where a link leads, a script's call included; "" for one that leads nowhere."""
    if is_disabled(link):
        return ""
    href = (link.get("href") or "").strip()
    call = (link.get("onclick") or "").strip()
    return href if not _IDLE.fullmatch(href) else f"javascript:{call}" if call else ""


def _target(link: HtmlElement, url: str) -> str:
    """The address that a link leads to, or its script's call; "" for nowhere and for the page itself."""
    href = goes(link)
    if not href or href.lower().startswith("javascript:"):
        return href
    address = joined(url, href).partition("#")[0]
    return "" if address == url.partition("#")[0] else address


def _of_links(page: _Page) -> Iterator[PagerSign]:
    links = [(link, _target(link, page.url)) for link in page.outside if link.tag in {"a", "button", "input", "area"}]
    numbered = [
        (match[1], link, target)
        for link, target in links
        if target and (match := _NUMBER.fullmatch(says(link)) or _NTH.fullmatch(says(link)))
    ]
    numbers = {int(number) for number, *_ in numbered}
    calendar = len([n for n in numbers if n <= 31]) >= _CALENDAR and max(numbers) <= 31
    for number, link, _ in () if calendar else numbered:
        if int(number) > 0:
            yield PagerSign(kind=SignKind.NUMBER, words=_clip(says(link)), pages=int(number))
    for link, target in links:
        if target:
            yield from _of_link(link, target, page)


def _of_link(link: HtmlElement, target: str, page: _Page) -> Iterator[PagerSign]:
    words = says(link)
    if _LAST.fullmatch(words):
        yield PagerSign(kind=SignKind.LAST, words=_clip(words))
    elif _NEXT.fullmatch(words) or (link.get("rel") or "").lower() == "next" or _is_next(link):
        yield PagerSign(kind=SignKind.NEXT, words=_clip(words) or _clip(_names_of(link)), scripted=_is_call(target))
    elif is_near(target, page.url, words):
        yield PagerSign(kind=SignKind.NEAR, words=_clip(target.rsplit("/", 1)[-1]))


def _is_call(target: str) -> bool:
    return target.lower().startswith("javascript:")


def _names_of(link: HtmlElement) -> str:
    pictures = [image.get("src") or "" for image in link.iter("img")]
    return " ".join([link.get("class") or "", *pictures]).strip()


def _is_next(link: HtmlElement) -> bool:
    """Whether a link's class or picture says that it leads on, and its words say nothing else."""
    if len(_CJK.findall(says(link))) > 4:
        return False
    if any(_NEXT_CLASS.fullmatch(name) for name in (link.get("class") or "").split()):
        return True
    pictures = [(image.get("src") or "").rsplit("/", 1)[-1] for image in link.iter("img")]
    return not words_of(link) and any(_NEXT_PICTURE.search(name) for name in pictures)


def is_near(target: str, url: str, words: str = "") -> bool:
    """Whether an address differs from a page's own by one number only, as the next page's does.

    A link with a name of its own (a column beside this one) counts only where the number is a page's.
    """
    if target.lower().startswith("javascript:"):
        return False
    there, here = parts_of(target), parts_of(url)
    if (there.netloc or here.netloc) != here.netloc:
        return False
    named = len(_CJK.findall(words)) >= 2 and not (_NTH.fullmatch(words) or _MORE.fullmatch(words))
    query, own = dict(parse_qsl(there.query, True)), dict(parse_qsl(here.query, True))
    changed = {name for name in {*query, *own} if query.get(name) != own.get(name)}
    if there.path == here.path:
        return len(changed) == 1 and _turns(changed.pop(), query, named=named)
    if changed or named:
        return False
    return _stem(there.path) == _stem(here.path) and there.path != here.path


def _turns(name: str, query: Mapping[str, str], *, named: bool) -> bool:
    return query.get(name, "").isdigit() and (not named or _PAGE_PARAM.fullmatch(name) is not None)


def _stem(path: str) -> str:
    """A path without the number that ends it: `/sgs/index_2.html`, `/sgs/2`, `/sgs/` are one list."""
    stem = _STEM_NUMBER.sub("", _INDEX.sub("/", path))
    return re.sub(r"/(?:index|default|list)?(?:\.\w+)?$", "", stem, flags=re.I)


def _of_boxes(page: _Page) -> Iterator[PagerSign]:
    """Boxes that are a pager by name and hold something that leads on; what wraps the rows is none."""
    for box in page.outside:
        names = f"{box.get('class') or ''} {box.get('id') or ''}".split()
        name = next((name for name in names if _PAGER_CLASS.fullmatch(name)), "")
        if not name or box.tag in {"a", "html", "body"} or not page.rows.isdisjoint(box.iter()):
            continue
        links = [link for link in box.iter("a", "button", "input", "select") if link.get("type") != "hidden"]
        leading = [link for link in links if link.tag in {"button", "select"} or _target(link, page.url)]
        if leading and all(len(words_of(link)) <= _ROW for link in leading if link.tag != "select"):
            yield PagerSign(kind=SignKind.BOX, words=_clip(name))


def _of_selects(page: _Page) -> Iterator[PagerSign]:
    """Selects of numbers that count from 1: a choice of pages, as 10, 20, 50 is none."""
    for select in page.outside:
        if select.tag == "select":
            matches = [_NTH.fullmatch(t) or _NUMBER.fullmatch(t) or _FRACTION.fullmatch(t) for t in _choices(select)]
            numbers = [int(match[1]) for match in matches if match]
            if len(numbers) > 1 and len(numbers) == len(matches) and numbers == list(range(1, len(numbers) + 1)):
                yield PagerSign(kind=SignKind.SELECT, words=_clip(words_of(select)), pages=len(numbers))


def _choices(select: HtmlElement) -> list[str]:
    return [words for option in select.iter("option") if (words := words_of(option))]


def _of_scripts(script: str) -> Iterator[PagerSign]:
    """Calls and variables of scripts that draw pages, with the number that they state."""
    for words, number in _numbers(_SCRIPT_PAGES, script):
        yield PagerSign(kind=SignKind.SCRIPT, words=words, pages=number)
    for words, number in _numbers(_SCRIPT_ROWS, script):
        yield PagerSign(kind=SignKind.SCRIPT, words=words, rows=number)
    rest = _DEFINED.sub("", _SCRIPT_ROWS.sub("", _SCRIPT_PAGES.sub("", script)))
    for match in _SCRIPTED.finditer(rest):
        yield PagerSign(kind=SignKind.SCRIPT, words=_clip(match[0]))


# ---------------------------------------------------------------- "more", by place and target


def _of_more(page: _Page) -> Iterator[PagerSign]:
    """更多 that is the list's own: not one that leads to another column beside the heading of another list."""
    for element in page.outside:
        if element.tag not in {"a", "button", "span", "div", "p", "li", "input", "em", "b", "i", "strong"}:
            continue
        words = says(element) if element.tag in {"a", "button", "input"} else _short(element, page)
        if not words or not _MORE.fullmatch(words) or _wraps_one(element):
            continue
        leads = element.tag == "a" and goes(element) and not goes(element).lower().startswith("javascript:")
        if (not leads and element.tag not in {"a", "button", "input"}) and not _acts(element):
            continue
        if _LOADS.search(words) or is_near(_target(element, page.url), page.url, words) or _is_own(element, page):
            yield PagerSign(kind=SignKind.MORE, words=_clip(words))


def _wraps_one(element: HtmlElement) -> bool:
    """Whether an element only wraps a link or button, which is asked about itself."""
    return element.tag not in {"a", "button", "input"} and next(element.iter("a", "button", "input"), None) is not None


def _acts(element: HtmlElement) -> bool:
    """Whether a plain element says by its words, class or call that it loads more."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return bool(
        _LOADS.search(words_of(element)) or element.get("onclick") or re.search(r"more|load", names, re.I)
    ) or "更多" in words_of(element)


def _is_own(element: HtmlElement, page: _Page) -> bool:
    """Whether 更多 belongs to this list by its place: nothing but this list stands where it stands.

    A heading's 更多 belongs to what follows the heading; any other to what it stands in or behind.
    """
    branch, above = element, element.getparent()
    while above is not None and page.rows.isdisjoint(above.iter()):
        branch, above = above, above.getparent()
    if above is None:
        return True
    if _is_heading(branch):
        return _holds_rows_first(branch.itersiblings(), page)
    return _links_beside(branch, element) < _BESIDE


def _is_heading(branch: HtmlElement) -> bool:
    if next(branch.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is not None and _links_beside(branch) <= _BESIDE:
        return True
    return bool(re.search(r"(?:^|[\s_-])(?:title|tit|head|hd|bt)(?:$|[\s_-])", branch.get("class") or "", re.I))


def _holds_rows_first(following: Iterable[HtmlElement], page: _Page) -> bool:
    """Whether of the boxes that follow, this list's is the first that is a list."""
    for box in following:
        if not isinstance(box.tag, str):
            continue
        if not page.rows.isdisjoint(box.iter()):
            return True
        if _links_beside(box) >= _BESIDE:
            return False
    return False


def _links_beside(box: HtmlElement, but: HtmlElement | None = None) -> int:
    return sum(link is not but for link in box.iter("a"))


# ---------------------------------------------------------------- JSON

_JSON_ROWS = re.compile(
    r"total|totals?(?:count|num|number|records?|rows?|size|elements|items|hits)"
    r"|(?:records?|rows?|items?|data|list)(?:count|total|num)"
    r"|count|sum|recordstotal|recordsfiltered|itotalrecords|itotaldisplayrecords|allcount|zs|zts|totalcnt|cnt",
)
_JSON_PAGES = re.compile(
    r"pages|total_?pages?|page_?counts?|pages?total|countpage|maxpage|lastpage|last_page|allpage|zys"
)
_JSON_MORE = re.compile(r"has_?(?:more|next)(?:_?page)?|more|next_?page|is_?more|next")
_JSON_LAST = re.compile(r"(?:is)?_?(?:last|end|finished|lastpage|last_page|nomore)")
_JSON_CURSOR = re.compile(
    r"(?:next)?_?(?:cursor|scroll_?id|page_?token|token|marker)(?:_?next)?|next_?(?:cursor|token|id|url|link)"
)
_DEPTH = 4


def signs_of_json(data: Json) -> tuple[PagerSign, ...]:
    """The claims of a JSON answer outside its rows, which stand in lists: counts, and words on what follows."""
    return tuple(dict.fromkeys(_claims(data, _DEPTH)))


def _claims(data: Json, depth: int) -> Iterator[PagerSign]:
    if not isinstance(data, dict) or not depth:
        return
    for name, value in data.items():
        yield from _claim(str(name), value)
        if isinstance(value, dict):
            yield from _claims(value, depth - 1)


def _claim(name: str, value: Json) -> Iterator[PagerSign]:
    key, number, words = name.lower(), _as_number(value), _clip(f"{name}={str(value)[:16]}")
    if number is not None and _JSON_ROWS.fullmatch(key.replace("_", "")):
        yield PagerSign(kind=SignKind.TOTAL, words=words, rows=number)
    elif number is not None and _JSON_PAGES.fullmatch(key):
        yield PagerSign(kind=SignKind.PAGES, words=words, pages=number)
    elif _JSON_LAST.fullmatch(key) and str(value).lower() == "false":
        yield PagerSign(kind=SignKind.FLAG, words=words)
    elif _JSON_MORE.fullmatch(key) and _says_yes(value):
        yield PagerSign(kind=SignKind.FLAG, words=words, pages=number if number and number > 1 else None)
    elif _JSON_CURSOR.fullmatch(key) and isinstance(value, str) and value and key not in {"token", "marker"}:
        yield PagerSign(kind=SignKind.FLAG, words=words)


def _as_number(value: Json) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return whole_number(value) if isinstance(value, str) and len(value) < 10 else None


def _says_yes(value: Json) -> bool:
    return value is True or str(value).lower() in {"true", "1", "yes", "y"} or (_as_number(value) or 0) > 1

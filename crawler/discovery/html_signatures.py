"""By which signs a page shows how its site is built: one function a family, to what its options would be.

Each takes a page as it came and gives (what spoke for it, in Chinese; options), or None. What they propose is tried
on the page itself (`crawler.discovery.propose`).
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from lxml.html import HtmlElement

from core.domain.text import parse_day, tight
from crawler.discovery.json_signatures import cmsweb_api, credit_json, json_api
from crawler.extract.markup import plain_class, text_of, tree_of, words_of
from crawler.extract.selectors import select
from crawler.families.cmsweb import CmswebOptions
from crawler.families.parsing.drawn_lists import DrawnList, find_lists
from crawler.pages import NotGenuine, Response, Unparsed

Reading = tuple[str, dict[str, object]]
Sign = Callable[[Response], Reading | None]
_NEXT = re.compile(r"[\[(<]*\s*(?:下一页|下页|后一页)\s*[\])>»›]*")
_CHOICES = 3  # lists of a page that are proposed
_PROXY = re.compile(r"[^\"'<>\s]*dataproxy\.jsp\?[^\"'<>\s]*")


def _cmsweb(response: Response) -> Reading | None:
    if "nsetpage(" not in text_of(response):
        return None
    root = tree_of(text_of(response))
    if any(select(root, css) for css in CmswebOptions().items):
        return "脚本里有 nsetpage(…)", {}
    found = _likeliest(root)
    if found is None:
        return None
    return "脚本里有 nsetpage(…)，列表容器是本站自己的", {"items": [_from_page(found)], **_dates(found)}


def _credit_static(response: Response) -> Reading | None:
    text = text_of(response)
    if "queryOfPreview(" not in text or not re.search(r"_\d+\.\w+$", urlsplit(response.url).path):
        return None
    return "列表链接为 queryOfPreview('…')", {"pinned": "img[src*='new.']"} if re.search(
        r"<img[^>]*new\.(?:png|gif)", text
    ) else {}


def _jpage(response: Response) -> Reading | None:
    """The datastore in the page; with its proxy's parameters where the page names them."""
    text = text_of(response)
    if "<datastore>" not in text.lower():
        return None
    match = _PROXY.search(text.replace("&amp;", "&"))
    if match is None:
        return "页面内嵌 <datastore>", {}
    query = dict(parse_qsl(urlsplit(match[0]).query, keep_blank_values=True))
    form = {k: v for k, v in query.items() if k in {"columnid", "unitid", "webid", "webname", "path"} and v}
    return "页面内嵌 <datastore>，分页走 dataproxy.jsp", {"mode": "dataproxy", "form": form}


def _trs(response: Response) -> Reading | None:
    text = text_of(response)
    if not re.search(r"createPageHTML\(|\b(?:_nPageCount|countPage)\s*=", text):
        return None
    found = _likeliest(tree_of(text))
    return ("脚本里有 createPageHTML(…)", _shape(found)) if found else None


def _shape(found: DrawnList) -> dict[str, object]:
    """A list's selectors as html-list and trs take them."""
    return {**citizen_options(found), **_dates(found)}


def _dates(found: DrawnList) -> dict[str, object]:
    """The element that is nothing but a date in every row, by its class or tag; {} where there is none."""
    for element in found.rows[0].iterdescendants():
        if not isinstance(element.tag, str) or not parse_day(words := words_of(element)) or len(tight(words)) > 22:
            continue
        name = plain_class(element)
        css = f".{name}" if name else element.tag
        if all(select(row, css) for row in found.rows):
            return {"dates": str(css)}
    return {}


def _likeliest(root: HtmlElement) -> DrawnList | None:
    return next(iter(find_lists(root)), None)


def _from_page(found: DrawnList) -> str:
    """CSS of a list's rows from the page on."""
    return f"{found.container} > {found.rows[0].tag}"


def _likely(root: HtmlElement) -> list[DrawnList]:
    """The lists of a page that are worth a try, the likeliest first."""
    lists = find_lists(root)
    return [found for found in lists[:_CHOICES] if found.score >= lists[0].score / 4]


def _html_list(response: Response) -> list[Reading]:
    """A list with a link to the next page, or none that is recognised; what the pager claims is taken along."""
    if response.request.rendered:
        return []
    root = tree_of(text_of(response))
    return [reading for found in _likely(root) if (reading := html_reading(root, found))]


def html_reading(root: HtmlElement, listing: DrawnList) -> Reading | None:
    """How html-list reads a list that was found on a page; None where the page is turned by a script alone."""
    claims = _claims(words_of(root))
    href = next((a.get("href") or "" for a in root.iter("a") if _NEXT.fullmatch(words_of(a))), None)
    if href is None:
        total = {"total": claims["total"]} if "total" in claims else {}
        options = {"pager": "none", **_shape(listing), **total}
        return ("没有认出翻页，不证明只有一页", options) if "下一页" not in words_of(root) else None
    if "__doPostBack" in href:
        return "ASP.NET，翻页用 __doPostBack", {"pager": "postback", **_shape(listing), **claims}
    return "翻页用“下一页”链接", {"pager": "next", **_shape(listing), **claims}


_CLAIMS: Mapping[str, tuple[str, ...]] = {
    "total": (r"共\s*(\d+)\s*条",),
    "pages": (r"共\s*(\d+)\s*页", r"第\s*\d+\s*页?\s*[/／]\s*(\d+)\s*页", r"(?<![\d/])\d+[/／](\d+)(?![\d/])"),
    "page": (r"第\s*(\d+)\s*(?:页|[/／])", r"(?<![\d/])(\d+)[/／]\d+(?![\d/])"),
}


def _claims(words: str) -> dict[str, object]:
    """Where a page says how many rows or pages the list has, and which page it is."""
    found = {name: next((f"/{p}/" for p in patterns if re.search(p, words)), "") for name, patterns in _CLAIMS.items()}
    if not (found["page"] and found["pages"]):
        found["page"] = found["pages"] = ""
    return {name: pattern for name, pattern in found.items() if pattern}


def _one_table(response: Response) -> Reading | None:
    if response.request.rendered or "<table" not in text_of(response).lower():
        return None
    return "记录都在一张表里，没有详情", {}


def _rendered(response: Response) -> Reading | None:
    """Json list in a DOM; where nothing else reads it, and without a pager nobody can say where it ends."""
    if not response.request.rendered:
        return None
    found = _likeliest(tree_of(text_of(response)))
    if found is None:
        return None
    items = _from_page(found)
    options = {"container": found.container, "items": items, "dates": "", **_dates(found), "ready": items}
    return "列表由脚本生成（分页选择器须人工填写）", {**options, "total": "", "pages": "", "page": ""}


def _citizen(response: Response) -> list[Reading]:
    """The likeliest lists of a drawn page by their structure alone, whatever the site is built with."""
    if not response.request.rendered:
        return []
    return [
        ("按网页上看得见的结构认出列表，用浏览器翻页", citizen_options(found))
        for found in _likely(tree_of(text_of(response)))
    ]


def citizen_options(found: DrawnList) -> dict[str, object]:
    """How the citizen's family reads a list that was found on a drawn page."""
    title = {"title": found.title} if found.title else {}
    return {"container": found.container, "items": found.items, **title}


SIGNS: Mapping[str, Sign] = {
    "cmsweb": _cmsweb,
    "credit-static": _credit_static,
    "hanweb-jpage": _jpage,
    "rendered-list": _rendered,
    "trs": _trs,
    "one-table": _one_table,
    "credit-json": credit_json,
    "cmsweb-api": cmsweb_api,
    "json-api": json_api,
}


_SEVERAL: Mapping[str, Callable[[Response], list[Reading]]] = {"html-list": _html_list, "citizen": _citizen}


def readings_of(family: str, response: Response) -> list[Reading]:
    """What speaks for `family` on this page with the options to read it by, likeliest first."""
    try:
        if several := _SEVERAL.get(family):
            return several(response)
        sign = SIGNS.get(family)
        found = sign(response) if sign else None
    except (NotGenuine, Unparsed):
        return []
    return [found] if found else []

"""By which signs a page shows how its site is built: one function a family, to what its options would be.

Each takes a page as it came and gives (what spoke for it, in Chinese; options), or None. What they propose is tried
on the page itself (`crawler.discovery.propose`).
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qsl, urlsplit

from crawler.discovery.find_list import Listing, find_listing
from crawler.discovery.json_signatures import cmsweb_api, credit_json, json_api
from crawler.extract.markup import text_of, tree_of, words_of
from crawler.families.cmsweb import CmswebOptions
from crawler.families.parsing.drawn_lists import find_lists
from crawler.pages import NotGenuine, Response, Unparsed

Sign = Callable[[Response], tuple[str, dict[str, object]] | None]
_NEXT = re.compile(r"[\[(<]*\s*(?:下一页|下页|后一页)\s*[\])>»›]*")
_CHOICES = 3  # lists of a page that are proposed
_PROXY = re.compile(r"[^\"'<>\s]*dataproxy\.jsp\?[^\"'<>\s]*")


def _cmsweb(response: Response) -> tuple[str, dict[str, object]] | None:
    if "nsetpage(" not in text_of(response):
        return None
    root = tree_of(text_of(response))
    if any(root.cssselect(css) for css in CmswebOptions().items):
        return "脚本里有 nsetpage(…)", {}
    listing = find_listing(root)
    if listing is None:
        return None
    dates = {"dates": listing.dates} if listing.dates else {}
    return "脚本里有 nsetpage(…)，列表容器是本站自己的", {"items": [listing.items], **dates}


def _credit_static(response: Response) -> tuple[str, dict[str, object]] | None:
    text = text_of(response)
    if "queryOfPreview(" not in text or not re.search(r"_\d+\.\w+$", urlsplit(response.url).path):
        return None
    return "列表链接为 queryOfPreview('…')", {"pinned": "img[src*='new.']"} if re.search(
        r"<img[^>]*new\.(?:png|gif)", text
    ) else {}


def _jpage(response: Response) -> tuple[str, dict[str, object]] | None:
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


def _trs(response: Response) -> tuple[str, dict[str, object]] | None:
    text = text_of(response)
    if not re.search(r"createPageHTML\(|\b(?:_nPageCount|countPage)\s*=", text):
        return None
    listing = find_listing(tree_of(text))
    return ("脚本里有 createPageHTML(…)", _shape(listing)) if listing else None


def _shape(listing: Listing) -> dict[str, object]:
    """A list's selectors as html-list and trs take them: items below the container."""
    items = listing.items.removeprefix(f"{listing.container} > ")
    return {"container": listing.container, "items": items, **({"dates": listing.dates} if listing.dates else {})}


def _html_list(response: Response) -> tuple[str, dict[str, object]] | None:
    """A list with a link to the next page, or none that is recognised; what the pager claims is taken along."""
    if response.request.rendered:
        return None
    root = tree_of(text_of(response))
    listing = find_listing(root)
    if listing is None:
        return None
    words, claims = words_of(root), {}
    for name, pattern in (
        ("total", r"共\s*(\d+)\s*条"),
        ("pages", r"共\s*(\d+)\s*页"),
        ("page", r"第\s*(\d+)\s*(?:页|/)"),
    ):
        if re.search(pattern, words):
            claims[name] = f"/{pattern}/"
    if "page" not in claims:
        claims.pop("pages", None)
    href = next((a.get("href") or "" for a in root.iter("a") if _NEXT.fullmatch(words_of(a))), None)
    if href is None:
        total = {"total": claims["total"]} if "total" in claims else {}
        options = {"pager": "none", **_shape(listing), **total}
        return ("没有认出翻页，不证明只有一页", options) if "下一页" not in words else None
    if "__doPostBack" in href:
        return "ASP.NET，翻页用 __doPostBack", {"pager": "postback", **_shape(listing), **claims}
    return "翻页用“下一页”链接", {"pager": "next", **_shape(listing), **claims}


def _one_table(response: Response) -> tuple[str, dict[str, object]] | None:
    if response.request.rendered or "<table" not in text_of(response).lower():
        return None
    return "记录都在一张表里，没有详情", {}


def _rendered(response: Response) -> tuple[str, dict[str, object]] | None:
    """Json list in a DOM; where nothing else reads it, and without a pager nobody can say where it ends."""
    if not response.request.rendered:
        return None
    listing = find_listing(tree_of(text_of(response)))
    if listing is None:
        return None
    options = {"container": listing.container, "items": listing.items, "dates": listing.dates, "ready": listing.items}
    return "列表由脚本生成（分页选择器须人工填写）", {**options, "total": "", "pages": "", "page": ""}


def _citizen(response: Response) -> list[tuple[str, dict[str, object]]]:
    """The likeliest lists of a drawn page by their structure alone, whatever the site is built with."""
    if not response.request.rendered:
        return []
    tree = tree_of(text_of(response))
    lists = find_lists(tree)
    return [
        (
            "按网页上看得见的结构认出列表，用浏览器翻页",
            {
                "container": found.container,
                "items": found.items,
                **({"title": found.title} if found.title else {}),
            },
        )
        for found in lists[:_CHOICES]
        if found.score >= lists[0].score / 4
    ]


SIGNS: Mapping[str, Sign] = {
    "cmsweb": _cmsweb,
    "credit-static": _credit_static,
    "hanweb-jpage": _jpage,
    "rendered-list": _rendered,
    "trs": _trs,
    "html-list": _html_list,
    "one-table": _one_table,
    "credit-json": credit_json,
    "cmsweb-api": cmsweb_api,
    "json-api": json_api,
}


def readings_of(family: str, response: Response) -> list[tuple[str, dict[str, object]]]:
    """What speaks for `family` on this page with the options to read it by, likeliest first."""
    try:
        if family == "citizen":
            return _citizen(response)
        sign = SIGNS.get(family)
        found = sign(response) if sign else None
    except (NotGenuine, Unparsed):
        return []
    return [found] if found else []

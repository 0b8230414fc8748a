"""A capture as a page to be photographed: what it showed, with a margin that says what it is, and the field marked."""

import json
from collections.abc import Iterable
from html import escape
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from core.domain.models import Capture
from core.domain.text import printable

_STRIP = (
    "position:static;display:block;background:#fff8dc;color:#000;border-bottom:3px solid #b00;padding:8px 12px;"
    "font:14px/1.6 'Noto Sans CJK SC',sans-serif;text-align:left;word-break:break-all"
)
_MARK = "outline:3px solid #c00 !important;background:#fff3a0 !important"
MAX_MARKS = 30


def page_of(
    capture: Capture, body: bytes, charset: str, needles: Iterable[str], days: Iterable[str] = ()
) -> tuple[str, int]:
    """(HTML without scripts, how many places are marked): the capture under its margin.

    `days` are marked only on a page that shows a needle: on a list they stand in other rows as well.
    """
    text = body.decode(charset, "replace").lstrip("\ufeff")
    wanted = [needle for needle in dict.fromkeys(needles) if len(needle) >= 2]
    if text.lstrip().startswith(("{", "[")):
        text = f"<html><body><pre style='white-space:pre-wrap'>{escape(_pretty(text))}</pre></body></html>"
    root: Any = lxml_html.document_fromstring(
        text.encode("utf-8") or b"<html></html>", parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
    )
    for element in root.cssselect("script, noscript, iframe, object, embed, link, meta[http-equiv], base"):
        element.drop_tree()
    marked = _mark(root, wanted)
    if marked and len(wanted) > 1 and _holds(root, "".join(wanted[0].split())):
        marked += _mark(root, list(days))
    holder = root.find("body")
    strip = lxml_html.fragment_fromstring(f'<div style="{_STRIP}">{margin(capture)}</div>')
    (holder if holder is not None else root).insert(0, strip)
    return "<!DOCTYPE html>" + etree.tostring(root, encoding="unicode", method="html"), marked


def margin(capture: Capture) -> str:
    """What stands above the page: address, time, hash, and that no network was used."""
    form = f"<br>请求内容：{escape(printable(capture.request_body[:300]))}" if capture.request_body else ""
    return (
        f"<b>网页存证</b>　{escape(capture.method)} {escape(printable(capture.url))}{form}"
        f"<br>接收时间：{capture.received_at:%Y-%m-%d %H:%M:%S}（北京时间）　状态：{capture.status}　"
        f"核查：{escape(capture.look)}<br>原件 SHA-256：{capture.sha256}<br>"
        "本图由存证还原，没有联网；个人信息已隐去；红框为与本决定有关之处。"
    )


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except ValueError:
        return text


def _mark(root: lxml_html.HtmlElement, needles: list[str]) -> int:
    """Outline the smallest elements whose words hold a needle."""
    count = 0
    for needle in needles:
        squeezed = "".join(needle.split())
        for element in list(root.iter()):
            if count >= MAX_MARKS:
                return count
            if not isinstance(element.tag, str) or element.tag in {"html", "head", "title", "style", "body", "pre"}:
                continue
            if not _holds(element, squeezed) or any(
                _holds(child, squeezed) for child in element if isinstance(child.tag, str)
            ):
                continue
            element.set("style", f"{element.get('style') or ''};{_MARK}")
            count += 1
    return count


def _holds(element: lxml_html.HtmlElement, squeezed: str) -> bool:
    return squeezed in "".join("".join(element.itertext()).split())

"""What a page says of itself: META of 国办发〔2017〕47号 in its real variants, and the visible publication date.

Names come in any case, attributes in any order and quoting; blocks may stand twice. 发布日期 and 发布时间 are the
publication's; 生成日期, 发文日期 and 成文日期 are the document's (docs/domain.md §2.9).
"""

import re

from lxml.html import HtmlElement

from core.domain.text import plain

_STAMP = r"((?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s*\d{1,2}:\d\d(?::\d\d)?)?)"
_PUBLISHED = re.compile(
    rf"(?:发布日期|发布时间|公示日期|公示时间|上网时间)(?:\s*(?P<colon>[：:])\s*|[^\S\n]*)[\[【(（]?[^\S\n]*(?:(?P<stamp>{_STAMP}))?"
)
_NEAR_TITLE = re.compile(rf"(?:^|[\s【\[|])(?:时间|日期)\s*[：:]\s*{_STAMP}")
_HEAD_WORDS = re.compile(r"来源|浏览|阅读|点击|字体|字号|作者|打印|访问")
_STAMP_LINE = re.compile(
    rf"^{_STAMP}(?:\s*\d{{1,2}}时\d{{1,2}}分)?\s*[|｜\]】)）]?\s*[【\[(（|｜]?\s*(?:信息)?(?:来源|作者|浏览|阅读|点击)",
    re.M,
)
_DOCUMENT = re.compile(rf"(?:生成日期|发文日期|成文日期|成文时间|发文时间|印发日期)\s*[：:]?\s*{_STAMP}")
_REBUILT = re.compile(rf"页面生成时间\s*[：:]?\s*{_STAMP}")


def meta_of(root: HtmlElement) -> tuple[tuple[str, str], ...]:
    """META names (lower case) and contents, each name once, the first that says something."""
    contents: dict[str, str] = {}
    for tag in root.iter("meta"):
        name, content = (tag.get("name") or "").strip().lower(), plain(tag.get("content") or "")
        if name and content and name not in contents:
            contents[name] = content
    rebuilt = _REBUILT.search(contents.get("others", ""))
    if rebuilt:
        contents["页面生成时间"] = rebuilt[1]
    return tuple(contents.items())


def visible_published(text: str) -> str:
    """The visible publication date as printed; "" for none.

    Without a colon it stands on the label's own line: below a column's head stands another column's first cell.
    A 发布日期 left empty is empty: a later one belongs to something else on the page. A bare 时间 or 日期 counts only
    beside the other words of an article's head; further down it dates what the text tells of. Without any label a day
    counts that opens the one line where 来源, 作者 or 浏览 follows it.
    """
    for match in _PUBLISHED.finditer(text):
        if match["stamp"]:
            return match["stamp"].strip()
        if match["colon"]:
            return ""
    bare = _NEAR_TITLE.search(text[:3000])
    if bare and _HEAD_WORDS.search(text[max(bare.start() - 60, 0) : bare.end() + 60]):
        return bare[1].strip()
    lines = _STAMP_LINE.findall(text)  # several: a list of articles
    return lines[0].strip() if len(lines) == 1 and lines[0] in text[:3000] else ""


def document_dates(text: str) -> tuple[str, ...]:
    """Every 生成/发文/成文日期 as printed."""
    return tuple(dict.fromkeys(printed.strip() for printed in _DOCUMENT.findall(text)))

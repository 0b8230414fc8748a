"""Recognising an unknown page: where its list stands, what words only it carries, how its family would read it.

A draft for a person to check, never a portal by itself: what is recognised is tried at once on the page, and a
family that cannot read the page is not proposed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.html import HtmlElement
from pydantic import ValidationError

from core.domain.config import Portal
from core.domain.errors import ConfigError
from core.domain.look_reasons import sentence
from core.domain.text import tight
from crawler.discovery.html_signatures import readings_of
from crawler.extract.markup import text_of, tree_of, words_of
from crawler.extract.meta_tags import meta_of
from crawler.families import FAMILIES, parser_of
from crawler.pages import ListPage, NotGenuine, Response, Unparsed

_CRUMB = 80  # characters; longer is no crumb
_POSITION = re.compile(r"(?:当前|您的|所在)位置")
_ARROW = re.compile(r"[\w）)]\s*[>＞»›]{1,2}\s*[\w（(]")
_EVERYWHERE = frozenset(
    {"首页", "网站首页", "末页", "尾页", "下一页", "上一页", "跳转", "更多", "列表", "正文", "返回", "详情"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A way to read a page. `page` is the page so read; `why` says in Chinese what spoke for the family."""

    family: str
    options: dict[str, object] = field(default_factory=dict)
    marker: str
    why: str
    page: ListPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A family that recognised a page and could not read it, and why, in Chinese."""

    family: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the families made of a page: those that read it, and those that could not."""

    proposals: tuple[Proposal, ...]
    refusals: tuple[Refusal, ...]


def tried_on(response: Response, base: dict[str, object]) -> Tried:
    """Every family that recognises the page and reads rows from it, surest first. `base`: the portal's other facts."""
    refused: list[Refusal] = []
    marker = marker_of(response)
    readable = []
    for name, (why, options) in ((family, one) for family in FAMILIES for one in readings_of(family, response)):
        try:
            words = marker or str(options.get("rows", "")).rpartition(".")[2]  # JSON carries names, no words of its own
            portal = Portal.model_validate({**base, "family": name, "marker": words, "options": options})
            page = parser_of(portal).parse_list(response)
        except (NotGenuine, Unparsed) as error:
            refused.append(Refusal(family=name, why=sentence(error.reason)))
            continue
        except ValidationError as error:
            refused.append(Refusal(family=name, why=str(error.errors()[0]["msg"])))
            continue
        except ConfigError as error:
            refused.append(Refusal(family=name, why=str(error)))
            continue
        if page.rows:
            readable.append(Proposal(family=name, options=options, marker=words, why=why, page=page))
    return Tried(proposals=tuple(sorted(readable, key=sureness, reverse=True)), refusals=tuple(refused))


def sureness(proposal: Proposal) -> tuple[bool, int, int]:
    """How sure a reading is: a total or a last page of its own, then rows with a date, then rows."""
    page = proposal.page
    ends = page.total is not None or page.pages is not None
    return ends, sum(row.listed_on is not None for row in page.rows), len(page.rows)


def marker_of(response: Response) -> str:
    """Words that this column's pages alone should carry: META ColumnName, the last crumb, the title's first part."""
    text = text_of(response)
    if text.lstrip("\ufeff \n\r\t").startswith(("{", "[")):
        return ""
    root = tree_of(text)
    text_of_page = tight(words_of(root))
    for words in _markers(root):
        if 2 <= len(words) <= 30 and words not in _EVERYWHERE and tight(words) in text_of_page:
            return words
    return ""


def _markers(root: HtmlElement) -> Iterator[str]:
    if name := dict(meta_of(root)).get("columnname"):
        yield name.strip()
    for element in root.iter("div", "p", "span", "td", "li", "nav", "h2", "h3"):
        words = words_of(element).strip()
        if len(words) < _CRUMB and (_POSITION.search(words) or _ARROW.search(words)):
            yield re.split(r"[>＞»›/:：]+", words.strip(" >＞»›/"))[-1].strip()
    for heading in root.xpath("//h1|//h2"):
        yield words_of(heading).strip()
    for title in root.xpath("//title"):
        yield re.split(r"[-_—|–\s]", words_of(title).strip())[0]

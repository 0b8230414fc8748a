"""The options of a JSON list: how it is asked for, where things stand in the answer, how a row leads to its detail."""

import codecs
import json
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from core.domain.config_model import Css, Frozen
from crawler.families.parsing.items import ListOptions
from crawler.families.parsing.json_calls import Call, filled, holes_in, is_json
from crawler.families.parsing.page_claims import Place

_PATH = re.compile(r"\$|[^.\[\]\s]+(?:\[\d+\])*(?:\.[^.\[\]\s]+(?:\[\d+\])*)*")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,40}")
_OURS = frozenset({"cookie", "authorization", "user-agent", "host", "content-length", "content-type"})
_TURNS = {"page": ("page", "page0"), "offset": ("offset", "first"), "cursor": ("cursor",), "none": ()}
_BESIDE = {"page": ("size",), "offset": ("end", "size", "page", "page0"), "cursor": ("size",), "none": ("size",)}


def _checked_path(path: str) -> str:
    if path and not _PATH.fullmatch(path):
        raise ValueError(f"不是数据里的位置（如 data.list、custom.data[0].infos，整个回答写 $）：{path}")
    return path


def _checked_headers(headers: dict[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER.fullmatch(name) or name.lower() in _OURS or not value.isprintable():
            raise ValueError(f"不能写这个请求头：{name}")
    return headers


def _checked_charset(charset: str) -> str:
    try:
        return codecs.lookup(charset).name
    except LookupError:
        raise ValueError(f"没有这种编码：{charset}") from None


def _several(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Where = Annotated[str, AfterValidator(_checked_path)]
Wheres = Annotated[tuple[Where, ...], BeforeValidator(_several)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_several)]
Headers = Annotated[dict[str, str], AfterValidator(_checked_headers)]
Charset = Annotated[str, AfterValidator(_checked_charset)]


class SuccessSign(Frozen):
    """What the answer says when all is well: the value at `path` is one of `values`."""

    path: Where
    values: tuple[str, ...]


class HtmlRows(ListOptions):
    """Rows as HTML or XML inside the JSON, at `path`; `total`, `pages`, `page`: where that says so, if not the JSON."""

    path: Where
    container: Css = "body"
    total: Place = ""
    pages: Place = ""
    page: Place = ""


class JsonApiOptions(Frozen):
    """A JSON list. The request (`path` … `size`), the answer (`ok` … `html`), a row (`id` … `ignore`), its detail.

    Templates know `{page}` (from 1), `{page0}`, `{offset}` (from 0), `{first}` (from 1), `{end}`, `{size}`,
    `{cursor}`; those of a row's address and of its detail `{id}` and the row's members. `size`: rows a page has.
    `columns`: names of a row's members where rows are arrays. `labels`: what a member is called; `ignore`: members
    that say nothing or something else every night (`*`: all of a row's).
    """

    path: str = ""
    method: Literal["GET", "POST"] = "GET"
    query: dict[str, str] = {}
    form: dict[str, str] = {}
    body: str = ""
    headers: Headers = {}
    charset: Charset = "utf-8"
    pager: Literal["page", "offset", "cursor", "none"] = "page"
    size: int = Field(default=15, ge=1)
    first_cursor: str = ""

    ok: SuccessSign | None = None
    rows: Where = ""
    total: Where = ""
    pages: Where = ""
    page: Where = ""
    page_base: Literal[0, 1] = 1
    has_more: Where = ""
    last: Where = ""
    cursor: Where = ""
    html: HtmlRows | None = None

    id: Wheres = ()
    url: Texts = ()
    title: Wheres = ()
    date: Wheres = ()
    pinned: Where = ""
    columns: tuple[str, ...] = ()
    labels: dict[str, str] = {}
    ignore: tuple[str, ...] = ()

    detail: Literal["none", "get", "post"] = "get"
    detail_path: str = ""
    detail_form: dict[str, str] = {}
    detail_body: str = ""
    detail_record: Where = ""

    def listing(self) -> Call:
        """How a page of the list is asked for."""
        return Call(
            path=self.path,
            post=self.method == "POST",
            query=self.query,
            form=self.form,
            body=self.body,
            headers=self.headers,
            charset=self.charset,
        )

    def detailed(self) -> Call:
        """How a row's detail is asked for."""
        return Call(
            path=self.detail_path,
            post=self.detail == "post",
            form=self.detail_form,
            body=self.detail_body,
            headers=self.headers,
            charset=self.charset,
        )

    @model_validator(mode="after")
    def _requests_are_whole(self) -> Self:
        """A request that cannot turn a page, or would be no JSON, is a mistake to be told before the night."""
        holes, turns, beside = self.listing().holes(), _TURNS[self.pager], _BESIDE[self.pager]
        if turns and not holes & set(turns):
            raise ValueError(f"path、query、form 或 body 里要有 {'或'.join(f'{{{name}}}' for name in turns)}")
        if strange := sorted(holes - {*turns, *beside}):
            raise ValueError(f"pager = {self.pager} 时不能用：{'、'.join(strange)}")
        if self.method == "GET" and (self.form or self.body):
            raise ValueError('form 和 body 只用于 method = "POST"')
        if (self.form and self.body) or (self.detail_form and self.detail_body):
            raise ValueError("form 与 body 只能写一个")
        first = {"cursor": self.first_cursor}
        for text in (self.body, self.detail_body):
            if text and not (is_json(text) and _reads(filled(text, lambda name: first.get(name, "1")))):
                raise ValueError(f"body 不是 JSON：{text[:60]}")
        return self

    @model_validator(mode="after")
    def _end_is_told(self) -> Self:
        """A list whose end nothing proves never proves an absence."""
        inside = (self.html.total, self.html.pages, self.html.page) if self.html else ("", "", "")
        total, pages, page = (a or b for a, b in zip((self.total, self.pages, self.page), inside, strict=True))
        if not self.rows and not self.html:
            raise ValueError("须写明 rows 或 html：列表在回答的哪里")
        if self.rows and self.html:
            raise ValueError("rows 与 html 只能写一个")
        if (self.pager == "cursor") != bool(self.cursor):
            raise ValueError('cursor 与 pager = "cursor" 要一起写')
        if self.pager in {"page", "offset"} and not (total or (pages and page) or self.has_more or self.last):
            raise ValueError("须写明 total、has_more、last，或 pages 与 page：否则无法确认已到最后一页")
        return self

    @model_validator(mode="after")
    def _rows_are_told_apart(self) -> Self:
        """A row needs a name that stays; a detail needs an address."""
        if self.html:
            return self
        if not self.id and not self.url:
            raise ValueError("须写明 id 或 url：否则条目没有可靠的标识")
        if self.detail == "post" and not self.detail_path:
            raise ValueError('detail = "post" 须写明 detail_path')
        if self.detail == "get" and not (self.detail_path or self.url):
            raise ValueError('detail = "get" 须写明 url 或 detail_path')
        if "id" in {name for text in self.url for name in holes_in(text)} and not self.id:
            raise ValueError("url 里用了 {id}，须写明 id")
        return self


def _reads(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True

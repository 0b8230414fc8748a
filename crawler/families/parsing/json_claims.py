"""What a JSON answer claims of its list: how many rows and pages, which page it is, whether more follows.

Claims that contradict each other, or the rows that came, are refused: a row may be lost between two pages.
"""

from dataclasses import dataclass, replace

from lxml.html import HtmlElement

from core.domain.json_types import Json
from core.domain.look_reasons import LookReason
from crawler.families.parsing.json_decoding import Absent, at_path, count, find_path, flag, said
from crawler.families.parsing.json_options import HtmlRows, JsonApiOptions, SuccessSign
from crawler.families.parsing.page_claims import number_at
from crawler.pages import NotGenuine, Unparsed

_STATES = frozenset({"code", "status", "errcode", "errno", "errorcode", "error_code", "resultcode", "retcode"})
_WELL = frozenset({"", "0", "00", "0000", "00000", "000000", "200", "ok", "success", "true"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """The answer's own word on its list; `page` counts from 1, `last` is that nothing follows."""

    total: int | None = None
    pages: int | None = None
    page: int | None = None
    last: bool | None = None


def require_well(options: JsonApiOptions, data: Json, *, strict: bool = True) -> None:
    """That the answer says what it says when all is well; without `ok`, that its code is one that only success has.

    Not `strict`: an answer that says nothing at `ok` is let pass.
    """
    if options.ok:
        _require_sign(options.ok, find_path(data, options.ok.path), strict=strict)
        return
    for name, value in data.items() if isinstance(data, dict) else ():
        if name.lower() in _STATES and said(value).strip().lower() not in _WELL:
            raise NotGenuine(LookReason.JSON_REFUSED, f"{name}={said(value)[:40]}，如属正常请写 ok")


def _require_sign(sign: SuccessSign, value: Json | Absent, *, strict: bool) -> None:
    if isinstance(value, Absent):
        if strict:
            raise NotGenuine(LookReason.JSON_REFUSED, f"{sign.path}=")
    elif said(value) not in sign.values:
        raise NotGenuine(LookReason.JSON_REFUSED, f"{sign.path}={said(value)[:40]}")


def claims_of(options: JsonApiOptions, data: Json) -> Claims:
    """Every claim that the options name in the JSON; NotGenuine for one that is not there."""
    page = _number(data, options.page)
    return Claims(
        total=_number(data, options.total),
        pages=_number(data, options.pages),
        page=None if page is None else page + 1 - options.page_base,
        last=_last(options, data),
    )


def with_inside(inside: HtmlRows, claims: Claims, tree: HtmlElement, *, empty: bool) -> Claims:
    """The claims with those of the HTML inside the JSON. `empty`: its list says in words that it holds nothing."""
    return replace(
        claims,
        total=_inside(tree, inside.total, empty) if inside.total else claims.total,
        pages=_inside(tree, inside.pages, empty) if inside.pages else claims.pages,
        page=number_at(tree, inside.page) if inside.page else claims.page,
    )


def with_pages(options: JsonApiOptions, claims: Claims) -> Claims:
    """The claims with the number of pages that the total makes, where the site does not say it."""
    if claims.pages is not None:
        return replace(claims, pages=max(claims.pages, 1))
    if claims.total is None or options.pager not in {"page", "offset"}:
        return claims
    return replace(claims, pages=max(-(-claims.total // options.size), 1))


def _number(data: Json, path: str) -> int | None:
    """The number at a path, None where the options name none."""
    number = count(at_path(data, path)) if path else None
    if path and number is None:
        raise NotGenuine(LookReason.JSON_REFUSED, path)
    return number


def _inside(tree: HtmlElement, place: str, empty: bool) -> int:
    """The number at a place of the HTML; none of it where the list says that it holds nothing."""
    number = number_at(tree, place)
    if number is None and not empty:
        raise NotGenuine(LookReason.TOTAL_MISSING, place)
    return number or 0


def _last(options: JsonApiOptions, data: Json) -> bool | None:
    """Whether nothing follows, by the answer's own word; None where it is not asked for one."""
    if options.pager == "none":
        return True
    words = [not _flag(data, options.has_more)] if options.has_more else []
    words += [_flag(data, options.last)] if options.last else []
    if len(set(words)) > 1:
        raise Unparsed(LookReason.NO_END_SIGN, f"{options.has_more}, {options.last}")
    return words[0] if words else None


def _flag(data: Json, path: str) -> bool:
    """The yes or no at a path; NotGenuine where there is none."""
    answer = flag(at_path(data, path))
    if answer is None:
        raise NotGenuine(LookReason.JSON_REFUSED, path)
    return answer


def cursor_of(options: JsonApiOptions, data: Json, last: bool | None) -> str:
    """The cursor of the page that follows, "" after the last.

    An absent cursor ends a list only where the answer says that it is the last page; a null or empty one does unless
    the answer says that more follows.
    """
    value = find_path(data, options.cursor)
    if last:
        return ""
    if isinstance(value, (Absent, dict, list, bool)):
        raise NotGenuine(LookReason.JSON_REFUSED, options.cursor)
    text = said(value)
    if (not text and last is False) or (text and text == options.first_cursor):
        raise Unparsed(LookReason.NO_END_SIGN, f"{options.cursor}={text}")
    return text


@dataclass(frozen=True, slots=True)
class Counted:
    """How the rows of an answer agree with what was asked for: `over`, more came; `short`, otherwise than it claims.

    `short` says what disagrees. A server that gives fewer than asked would skip rows between two pages; one that gives
    more skips none.
    """

    over: bool = False
    short: str = ""


def counted(options: JsonApiOptions, claims: Claims, rows: int, pinned: int = 0) -> Counted:
    """How many rows came beside what the claims say: a full page, what is left on the last one, or more than asked.

    `pinned`: how many of the rows are; a site counts them as others, or stands them above a list that it counts alone.
    """
    counts = {rows, rows - pinned}
    if options.pager == "none" and claims.total not in {None, *counts}:
        raise Unparsed(LookReason.TOTAL_MISMATCH, f"{rows} of {claims.total}")
    if options.pager == "none":
        return Counted()
    _require_one_end(claims)
    over = rows - pinned > options.size and (claims.total is None or rows - pinned <= claims.total)
    fits = not counts.isdisjoint({options.size, *_rest(options, claims)}) and bool(rows or not claims.total)
    if (over or fits) and _pages_agree(claims, {options.size, rows if over else options.size}):
        return Counted(over=over)
    return Counted(short=f"{rows} rows, size {options.size}, total {claims.total}, {claims.pages} pages")


def _rest(options: JsonApiOptions, claims: Claims) -> range | set[int]:
    """How many rows a page may have that is not full."""
    total, size = claims.total, options.size
    if total is not None and claims.page is not None:
        return {min(size, max(total - (claims.page - 1) * size, 0))}
    if total is not None:
        return {total % size}
    at_end = claims.last or (claims.page is not None and claims.pages is not None and claims.page >= claims.pages)
    return range(size) if at_end else set()


def _pages_agree(claims: Claims, sizes: set[int]) -> bool:
    """Whether total and pages say the same by one of the lengths that a page may have."""
    total, pages = claims.total, claims.pages
    return total is None or pages is None or pages in {max(-(-total // size), 1) for size in sizes}


def _require_one_end(claims: Claims) -> None:
    """That page, pages and last say the same."""
    page, pages, last = claims.page, claims.pages, claims.last
    if last is not None and page is not None and pages is not None and last != (page >= pages):
        raise Unparsed(LookReason.NO_END_SIGN, f"{page}/{pages}")

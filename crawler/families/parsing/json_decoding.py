"""JSON answers as sites send them: in markup or a call, JSON inside JSON, numbers as text, refusals at status 200."""

import html
import json
import re
from collections.abc import Iterable
from datetime import datetime

from core.domain.clock import ZONE
from core.domain.json_types import Json
from core.domain.look_reasons import LookReason
from crawler.pages import NotGenuine, Unparsed

_MARKUP = re.compile(
    r"[\s\ufeff]*(?:<(script|style)\b.*?</\1\s*>|<!--.*?-->|<\?xml[^>]*\?>|<(?:br|meta|link|hr)\b[^>]*>)", re.S | re.I
)
_WRAP = re.compile(r"<(string|pre)\b[^>]*>", re.I)  # an ASMX answer as XML; JSON as a browser draws it
_CALL = re.compile(r"(?:/\*.*?\*/\s*)?[A-Za-z_$][\w.$]*\s*\(\s*", re.S)
_REFUSED = re.compile(r"[45]\d\d")
_STEP = re.compile(r"[^.\[\]]+|\[\d+\]")
_NET_DATE = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/")
_FIRST_DAY, _LAST_DAY = datetime(1990, 1, 1, tzinfo=ZONE), datetime(2100, 1, 1, tzinfo=ZONE)
_SECONDS_END = 1_900_000_000  # from here on ten digits may also be a day and an hour (2026091108)
_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>\\u[dD][89a-fA-F][0-9a-fA-F]{2})|\\.", re.S
)
_HALF = re.compile("[\ud800-\udfff]")
_DEEPEST = 100  # levels; who walks the document recurses, and no answer of a list needs so many
# 0.20 stays as it was printed, and so does what is no number (NaN)
_DECODER = json.JSONDecoder(parse_float=str, parse_constant=str)


def json_of(text: str) -> Json:
    """The JSON document in `text`, out of its wrapping; NotGenuine when there is none, none whole, or it refuses.

    Unparsed for one of too many levels.

    Wrapping: scripts and comments before and behind, a JSONP call, `<string>` of a web service, JSON as a JSON string.
    """
    data = _document(text)
    if isinstance(data, str):
        data = _document(data)
    if isinstance(data, dict):
        code = str(data.get("code", data.get("status", "")))
        if _REFUSED.fullmatch(code) or str(data.get("success")).lower() in {"false", "0"}:
            raise NotGenuine(LookReason.JSON_REFUSED, code or "success")
    return data


def _document(text: str) -> Json:
    text = _unwrapped(_after_markup(text))
    call = _CALL.match(text)
    body = text[call.end() :] if call else text
    if not body.startswith(("{", "[", '"')):
        raise NotGenuine(LookReason.NOT_JSON, body[:60])
    try:
        data: Json
        data, end = _DECODER.raw_decode(_without_halves(body))
    except (ValueError, RecursionError) as error:
        raise NotGenuine(LookReason.TRUNCATED, str(error)) from error
    _require_shallow(data)
    rest = body[end:].strip()
    closed = rest.startswith(")") if call else True
    if not closed or _after_markup(rest.removeprefix(")") if call else rest).strip("; \r\n\t"):
        raise NotGenuine(LookReason.TRUNCATED, rest[:60])
    return data


def _after_markup(text: str) -> str:
    place = 0
    while match := _MARKUP.match(text, place):
        place = match.end()
    return text[place:].lstrip("\ufeff \r\n\t")


def _unwrapped(text: str) -> str:
    wrap = _WRAP.match(text)
    if wrap is None:
        return text
    inner, end, rest = text[wrap.end() :].rpartition(f"</{wrap[1]}>")
    if not end or rest.strip():
        raise NotGenuine(LookReason.TRUNCATED, wrap[0])
    return html.unescape(inner).strip()


class Absent:
    """What stands at a path that leads to nothing; a null that stands there is None."""


ABSENT = Absent()


def at_path(data: Json, path: str) -> Json:
    """The value at a path like `custom.data[0].infos` (`$`: the document itself), None where there is none."""
    value = find_path(data, path)
    return None if isinstance(value, Absent) else value


def find_path(data: Json, path: str) -> Json | Absent:
    """The value at a path, or ABSENT.

    A text on the way is read as JSON: `d.Table` finds its way through `{"d": "{\\"Table\\": …}"}`.
    """
    for step in _STEP.findall(path) if path != "$" else ():
        data = inner(data)
        if isinstance(data, dict) and not step.startswith("["):
            if step not in data:
                return ABSENT
            data = data[step]
        elif isinstance(data, list) and step.startswith("[") and int(step[1:-1]) < len(data):
            data = data[int(step[1:-1])]
        else:
            return ABSENT
    return data


def inner(value: Json) -> Json:
    """What a JSON text inside JSON says; any other value, and a text that is no whole JSON, as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        decoded: Json = _DECODER.decode(_without_halves(value))
    except (ValueError, RecursionError):
        return value
    _require_shallow(decoded)
    return decoded


def _without_halves(text: str) -> str:
    """The text without halves of surrogate pairs, written or escaped: neither store nor mail can hold them."""
    if "\\u" in text:
        text = _ESCAPE.sub(lambda match: "\\ufffd" if match["half"] else match[0], text)
    return _HALF.sub("\ufffd", text)


def _require_shallow(data: Json) -> None:
    """Unparsed for a document of more levels than anything that walks it can bear."""
    level: list[Json] = [data]
    for _ in range(_DEEPEST):
        level = [below for each in level if isinstance(each, (dict, list)) for below in _below(each)]
        if not level:
            return
    raise Unparsed(LookReason.TOO_DEEP, "json")


def _below(value: dict[str, Json] | list[Json]) -> Iterable[Json]:
    return value.values() if isinstance(value, dict) else value


def count(value: Json) -> int | None:
    """A total given as number or text; None for anything else, and for a negative one."""
    text = str(value).strip()
    return int(text) if re.fullmatch(r"[0-9]{1,12}", text) and not isinstance(value, bool) else None


def flag(value: Json) -> bool | None:
    """A yes or no given as one, as a number or as text; None for anything else."""
    return {"true": True, "1": True, "false": False, "0": False}.get(str(value).strip().lower())


def said(value: Json) -> str:
    """A single value as text: null is nothing, true and false as JSON writes them."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def day_text(value: Json) -> str:
    """A date as text that `parse_day` reads: epoch milliseconds or seconds and `/Date(…)/` become Beijing time.

    Epochs before 1990 or after 2100 stand for an empty date; seconds that could be a day and an hour say nothing.
    """
    text = said(value).strip()
    net = _NET_DATE.fullmatch(text)
    if net or re.fullmatch(r"[0-9]{13}", text):
        return _moment(int(net[1] if net else text) / 1000)
    if re.fullmatch(r"[0-9]{10}", text):
        return _moment(int(text)) if int(text) < _SECONDS_END else ""
    return text


def _moment(seconds: float) -> str:
    if not _FIRST_DAY.timestamp() <= seconds < _LAST_DAY.timestamp():
        return ""
    return datetime.fromtimestamp(seconds, ZONE).strftime("%Y-%m-%d %H:%M:%S")

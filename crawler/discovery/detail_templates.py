"""How the rows of a JSON list lead to their details: by the members whose values stand in the requests of presses.

What a person's presses led to is known of every row; a template is taken only where it makes each of these requests
from the row's own members.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from urllib.parse import parse_qsl, quote, urlsplit

from pydantic import ValidationError

from core.domain.config import Portal
from core.domain.json_types import Json
from core.domain.web_addresses import parts_of
from crawler.families.parsing.json_calls import HOLE, is_json
from crawler.families.parsing.json_decoding import said
from crawler.families.parsing.json_options import JsonApiOptions
from crawler.families.parsing.json_rows import row_of
from crawler.pages import NotGenuine, PageRequest, Unparsed

Entry = dict[str, Json]
Options = dict[str, object]
_FEWEST = 2  # rows by which a template is told: one proves nothing
_SHORTEST = 2  # characters of a value that is looked for in a request


def detail_options(portal: Portal, options: Options, led: Sequence[tuple[Entry, PageRequest]]) -> Options | None:
    """The options of a JSON list with its details, None where no template makes every one of the requests."""
    if len(led) < _FEWEST or any(_adds_headers(request) for _, request in led):
        return None
    entry, request = led[0]
    if parts_of(request.url).netloc != parts_of(portal.url).netloc or "{" in request.url:
        return None
    found = (options | more for names in _choices(entry, request) for more in _templates(entry, request, names))
    return next((made for made in found if _makes_all(portal, made, led)), None)


def _adds_headers(request: PageRequest) -> bool:
    return any(name.lower() != "content-type" for name, _ in request.headers)


def _choices(entry: Entry, request: PageRequest) -> Iterator[tuple[str, ...]]:
    """The members, one or two at once, whose values stand in the request, the longest first."""
    sent = request.url + request.body.decode("utf-8", "replace")
    values = {name: said(value).strip() for name, value in entry.items() if HOLE.fullmatch(f"{{{name}}}")}
    names = [n for n, v in values.items() if len(v) >= _SHORTEST and (v in sent or quote(v, "") in sent)]
    names.sort(key=lambda name: len(values[name]), reverse=True)
    yield from ((name,) for name in names)
    yield from combinations(names, 2)


def _templates(entry: Entry, request: PageRequest, names: Sequence[str]) -> Iterator[Options]:
    """The request with the values of these members left open."""
    values = {name: said(entry[name]).strip() for name in names}
    place = urlsplit(request.url)
    path = _opened(place.path + (f"?{place.query}" if place.query else ""), values, quoted=True)
    if request.method == "GET":
        yield {"detail": "get", "detail_path": path}
        return
    sent = request.body.decode("utf-8", "replace")
    if is_json(sent):
        yield {"detail": "post", "detail_path": path, "detail_body": _opened(sent, values)}
        return
    form = {name: _opened(value, values) for name, value in parse_qsl(sent, keep_blank_values=True)}
    yield {"detail": "post", "detail_path": path, "detail_form": form}


def _opened(text: str, values: Mapping[str, str], *, quoted: bool = False) -> str:
    for name, value in values.items():
        text = text.replace(quote(value, "") if quoted else value, f"{{{name}}}")
    return text


def _makes_all(portal: Portal, options: Options, led: Sequence[tuple[Entry, PageRequest]]) -> bool:
    """Whether every row's own members make the request that its press did."""
    try:
        checked = JsonApiOptions.model_validate(options)
        made = [row_of(portal, checked, entry).detail for entry, _ in led]
    except (ValidationError, NotGenuine, Unparsed):
        return False
    return all(
        mine is not None and (mine.url, mine.method, _sent(mine)) == (request.url, request.method, _sent(request))
        for mine, (_, request) in zip(made, led, strict=True)
    )


def _sent(request: PageRequest) -> Json:
    """What a request says, however it is written."""
    text = request.body.decode("utf-8", "replace")
    try:
        said_: Json = json.loads(text) if is_json(text) else dict(parse_qsl(text, keep_blank_values=True))
    except ValueError:
        return text
    return said_

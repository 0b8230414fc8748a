"""Rows of a JSON list and records of a JSON detail: members as labelled values."""

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from core.domain.config import Portal
from core.domain.json_types import Json
from core.domain.labels import canonical
from core.domain.look_reasons import LookReason
from core.domain.text import is_placeholder
from crawler.extract.lines import Pairs, text_lines
from crawler.extract.markup import tree_of
from crawler.families.parsing.json_calls import HOLE, holes_in
from crawler.families.parsing.json_decoding import at_path, day_text, flag, inner, said
from crawler.families.parsing.json_options import JsonApiOptions
from crawler.families.parsing.listing import RowText, absolute, leads, list_row, within_hosts
from crawler.pages import ListRow, NotGenuine, PageRequest, Unparsed

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_ENTITY = re.compile(r"&(?:nbsp|amp|lt|gt|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?/")
_DAYS = re.compile(r".*_(?:on|at|date|from|until)|published")  # canonical names whose values are dates
_LABELS = ("label", "name", "key")  # what a detail made of pairs calls the first of each
_DEEPEST = 20


def entry_of(options: JsonApiOptions, value: Json) -> dict[str, Json]:
    """One row as an object: an object, one as JSON text, or an array under the portal's `columns`."""
    entry = inner(value)
    if isinstance(entry, list) and options.columns and len(entry) == len(options.columns):
        entry = dict(zip(options.columns, entry, strict=True))
    if not isinstance(entry, dict):
        raise Unparsed(LookReason.ROW_UNREADABLE, str(value)[:80])
    return entry


def row_of(portal: Portal, options: JsonApiOptions, entry: dict[str, Json]) -> ListRow:
    """A row with its key, address, day and fields; Unparsed for one without the id or address to know it by."""
    key, address = _key(options, entry), _address(portal, options, entry)
    if not (key if options.id else address):
        raise Unparsed(LookReason.ROW_UNREADABLE, str(entry)[:80])
    detail = _detail(portal, options, entry, address)
    listed = list_row(
        portal,
        RowText(
            key=key,
            url=address or _cited(portal, detail, key),
            title=next(filter(None, (words(at_path(entry, name)) for name in options.title)), ""),
            date_text=next(filter(None, (day_text(at_path(entry, name)) for name in options.date)), ""),
            pinned=bool(options.pinned and flag(at_path(entry, options.pinned))),
            fields=_fields(options, entry),
        ),
    )
    return replace(listed, detail=detail)


def _key(options: JsonApiOptions, entry: dict[str, Json]) -> str:
    """The row's id, made of one member or of several; "" where none of them says anything."""
    parts = [said(at_path(entry, name)).strip() for name in options.id]
    return "" if all(is_placeholder(part) for part in parts) else "|".join(parts)


def _says(options: JsonApiOptions, entry: dict[str, Json], name: str) -> str:
    """What stands for a placeholder of a row's templates: `{id}`, else a member."""
    return _key(options, entry) if name == "id" and options.id else said(at_path(entry, name)).strip()


def _address(portal: Portal, options: JsonApiOptions, entry: dict[str, Json]) -> str:
    """The first of the portal's address templates whose members all say something and that leads to a page."""
    for template in options.url:
        if all(_says(options, entry, name) for name in holes_in(template)):
            href = HOLE.sub(lambda match: _joint(match, _says(options, entry, match[1])), template)
            if template.startswith("{") and _HOST.match(href) and "//" not in href:
                href = f"//{href}"  # a host without its scheme
            if leads(href):
                return absolute(portal.url, href)
    return ""


def _joint(match: re.Match[str], value: str) -> str:
    """A value in its place: two slashes that meet are one."""
    before, behind = match.string[: match.start()], match.string[match.end() :]
    value = value.lstrip("/") if before.endswith("/") else value
    return value.rstrip("/") if behind.startswith("/") else value


def _detail(portal: Portal, options: JsonApiOptions, entry: dict[str, Json], address: str) -> PageRequest | None:
    """How the row's detail is asked for; None where the row is all there is, or it stands on a foreign host."""
    call = options.detailed()
    if options.detail == "none" or not all(_says(options, entry, name) for name in call.holes()):
        return None
    asked = call.path and call.request(portal.url, lambda name: _says(options, entry, name))
    request = asked or PageRequest(url=address)
    return request if within_hosts(portal, request.url) else None


def _cited(portal: Portal, detail: PageRequest | None, key: str) -> str:
    """What is cited for a row without an address of its own: its detail's, else the list's page, with the id."""
    if detail is not None and detail.method == "GET":
        return detail.url
    return f"{detail.url if detail else portal.url}#id={key}"


# ---------------------------------------------------------------- members as labelled values


def _fields(options: JsonApiOptions, entry: dict[str, Json]) -> Pairs:
    """What the row itself says: its members but those that say nothing, are ignored, or only lead on."""
    if "*" in options.ignore:
        return ()
    templates = (*options.url, options.detail_path, *options.detail_form.values(), options.detail_body)
    leading = {*options.id, *options.title, *options.date, options.pinned}
    leading |= {name for text in templates for name in holes_in(text)}
    return tuple(
        (label, text)
        for path, label, text in _labelled(options, entry)
        if text is not None and not (path in leading and canonical(label) is None)
    )


def records_of(options: JsonApiOptions, data: Json) -> tuple[Pairs, ...]:
    """A JSON detail as records: one object, several, or one as a list of labels and values; () for anything else."""
    data = inner(data)
    if isinstance(data, dict) and data:
        return (tuple((label, text or "") for _, label, text in _labelled(options, data)),)
    items = [item for item in data if isinstance(item, dict)] if isinstance(data, list) else []
    if not items or items != data:
        return ()
    if all("value" in item and any(item.get(name) for name in _LABELS) for item in items):
        pairs = ((next(item[name] for name in _LABELS if item.get(name)), item["value"]) for item in items)
        return (tuple((words(label), words(value)) for label, value in pairs),)
    return tuple(record for item in items for record in records_of(options, item))


def _labelled(options: JsonApiOptions, entry: dict[str, Json]) -> Iterator[tuple[str, str, str | None]]:
    """(path, label, text) of every member, None for null. A nested member is called by its own name.

    By its whole path where two are called the same, or where it stands in a list.
    """
    members = [(path, value) for path, value in _leaves(entry) if not _is_ignored(options, path)]
    often = Counter(_leaf(path) for path in dict.fromkeys(path for path, _ in members))
    for path, value in members:
        leaf = _leaf(path)
        name = path if "[]" in path or often[leaf] > 1 else leaf
        label = options.labels.get(path) or options.labels.get(leaf) or name
        is_day = _DAYS.fullmatch(canonical(label) or "") is not None
        yield path, label, None if value is None else (is_day and day_text(value)) or words(value)


def _leaf(path: str) -> str:
    return path.rpartition(".")[2]


def _is_ignored(options: JsonApiOptions, path: str) -> bool:
    return path in options.ignore or _leaf(path) in options.ignore


def _leaves(value: Json, path: str = "", depth: int = 0) -> Iterator[tuple[str, Json]]:
    """Every single value below, with its path; members of a list's objects as `files[].name`."""
    if depth > _DEEPEST:
        raise Unparsed(LookReason.TOO_DEEP, path[:80])
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _leaves(below, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        for item in value:
            yield from _leaves(item, f"{path}[]", depth + 1)
    else:
        yield path, "；".join(map(said, value)) if isinstance(value, list) else value


def words(value: Json) -> str:
    """A value as a reader sees it: markup inside it taken for what it is."""
    text = said(value)
    if _ENTITY.search(text):
        text = html.unescape(text)
    if not _TAG.search(text):
        return text
    try:
        return text_lines(tree_of(text)).replace("\n", " ")
    except NotGenuine:
        return ""

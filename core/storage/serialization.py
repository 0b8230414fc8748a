"""Records to the store's rows and back: times as ISO text with +08:00, so that text order is time order."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from types import GenericAlias
from typing import Any, TypeAlias, TypeVar, cast

from pydantic import TypeAdapter

from core.domain.clock import read_moment
from core.domain.models import (
    Capture,
    CheckVerdict,
    KnownPage,
    Look,
    Place,
    Reading,
    ReadingCheck,
    RowSpan,
    Sighting,
)

T = TypeVar("T")
Row: TypeAlias = tuple[Any, ...]  # SQLite's columns, each of the type that its table says
Columns: TypeAlias = Mapping[str, Any]  # the same, by name

SPANS = (
    "SELECT s.portal, s.row_key, s.sort_key, s.first_seen, s.first_look, s.first_capture, a.content_hash,"
    " s.last_seen, s.last_look, b.content_hash FROM row_spans s"
    " JOIN versions a ON a.id = s.first_version JOIN versions b ON b.id = s.last_version"
)

DAMAGED = "存储的内容读不出"  # of a record whose JSON is damaged, or by a newer version

_REMEMBERED = 4096  # records of a kind; some 20 MB of findings
_READERS: dict[type[object], Callable[[str], object]] = {}
_ADAPTERS: dict[object, TypeAdapter[object]] = {}


def _adapter(kind: Any) -> TypeAdapter[object]:
    if kind not in _ADAPTERS:  # building one costs milliseconds
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def _of_lists(kind: type[object]) -> TypeAdapter[object]:
    return _adapter(GenericAlias(list, kind))


def dump(record: object) -> str:
    """A record as JSON text."""
    return _adapter(type(record)).dump_json(record).decode()


def dump_all(records: Sequence[object]) -> bytes:
    """Records of one kind, at least one, as the JSON text of a list."""
    return _of_lists(type(records[0])).dump_json(list(records))


def parse_all(kind: type[T], text: bytes) -> list[T]:
    """Records of one kind from the JSON text of a list."""
    return cast("list[T]", _of_lists(kind).validate_json(text))


def parse(kind: type[T], text: str) -> T:
    """A record from its JSON text; records never change, so that one met again in a night is not made again."""
    if kind not in _READERS:
        _READERS[kind] = lru_cache(_REMEMBERED)(_adapter(kind).validate_json)
    return cast(T, _READERS[kind](text))


def parse_or_none(kind: type[T], text: str) -> T | None:
    """A record from its JSON text; None where it cannot be read. StoreError for a ruling about nothing we know."""
    try:
        return parse(kind, text)
    except (ValueError, RecursionError):
        return None


def parsed(kind: type[T], rows: Iterable[Row]) -> list[T]:
    """The records of rows of one column, without those that cannot be read (`core.storage.records` lists them)."""
    return [record for record in (parse_or_none(kind, row[0]) for row in rows) if record is not None]


def columns_of(record: Any) -> dict[str, Any]:
    """A record's members by name, as they are: records hold nothing that changes."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def read_span(row: Row) -> RowSpan:
    """A row of SPANS as a record."""
    return RowSpan(
        portal=row[0],
        row_key=row[1],
        sort_key=row[2],
        first_seen=read_moment(row[3]),
        first_look=row[4],
        first_capture=row[5],
        first_hash=row[6],
        last_seen=read_moment(row[7]),
        last_look=row[8],
        last_hash=row[9],
    )


def read_sighting(row: Row) -> Sighting:
    """A sighting with the version of its row, in the order of the record's members."""
    return Sighting(
        look=row[0],
        portal=row[1],
        row_key=row[2],
        content_hash=row[3],
        sort_key=row[4],
        seen_at=read_moment(row[5]),
        title=row[6],
        url=row[7],
        listed_on=date.fromisoformat(row[8]) if row[8] else None,
        page=row[9],
        pinned=bool(row[10]),
        capture=row[11],
        position=row[12],
    )


def read_page(row: Row) -> KnownPage:
    """A row of `pages` as a record."""
    portal, key, capture, etag, modified, read_at = row
    return KnownPage(
        portal=portal, key=key, capture=capture, etag=etag, modified=modified, read_at=read_moment(read_at)
    )


def read_reading(row: Row) -> Reading:
    """A row of `readings` as a record."""
    return Reading(
        look=row[0],
        portal=row[1],
        row_key=row[2],
        content_hash=row[3],
        began_at=read_moment(row[4]),
        read_at=read_moment(row[5]),
        capture=row[6],
        extent=row[7],
        grows=bool(row[8]),
        confirmed=bool(row[9]),
        state=row[10],
        request=row[11],
    )


def read_place(row: Row) -> Place:
    """A row of `places` (without `grew`) as a record."""
    return Place(
        portal=row[0],
        row_key=row[1],
        content_hash=row[2],
        read_at=read_moment(row[3]),
        changed_at=read_moment(row[4]),
        extent=row[5],
        grows=bool(row[6]),
        state=row[7],
        request=row[8],
    )


def read_look(row: Columns) -> Look:
    """A row of `looks` as a record."""
    values = {name: row[name] for name in Look.__dataclass_fields__}
    values["started_at"] = read_moment(row["started_at"])
    values["finished_at"] = read_moment(row["finished_at"])
    values["reasons"] = _words(row["reasons"])
    values["unknown_labels"] = _words(row["unknown_labels"])
    for name in ("past_caches", "genuine", "parsed", "whole"):
        values[name] = bool(row[name])
    return Look(**values)


@lru_cache(1024)
def _words(text: str) -> tuple[str, ...]:
    """A list of words from its JSON text; most are met again and again."""
    return tuple(json.loads(text))


def read_capture(row: Columns) -> Capture:
    """A row of `captures` as a record."""
    values = {name: row[name] for name in Capture.__dataclass_fields__}
    return Capture(**values | {"received_at": read_moment(row["received_at"])})


def read_check(row: Columns) -> ReadingCheck:
    """A row of `reading_checks` as a record."""
    values = {name: row[name] for name in ReadingCheck.__dataclass_fields__}
    return ReadingCheck(
        **values
        | {
            "started_at": read_moment(row["started_at"]),
            "finished_at": read_moment(row["finished_at"]),
            "verdict": CheckVerdict(row["verdict"]),
            "whole": bool(row["whole"]),
            "reasons": _words(row["reasons"]),
        }
    )

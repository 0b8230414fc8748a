"""The archive: every answer as received, in WARC files (one a night and attempt), owner-only.

A killed night may leave records that no capture row names; they are harmless. A rerun opens a new
file, so a torn last record never stands before a good one.
"""

import base64
import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from core.domain.errors import StoreError
from core.storage.shelf import Shelf, shelf_of

_STATUS, _HEADERS = "X-Wire-Status", "X-Wire-Headers"  # of a drawn page's main document
_LED_AWAY = "X-Led-Away"  # why a drawn page is not the one that was asked for
_ABOUT = {
    "software": "chengxin",
    "format": "WARC File Format 1.0",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.0/",
    "description": "Bodies are stored decoded (wire encodings under X-Wire-*); conversion records are pages as drawn.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer. `body` is what the server sent, decompressed; `received_at` its receipt.

    `drawn`: the body is not the wire's, but the page as a browser showed it once its scripts were done. `capture`: the
    id that it was kept under, where it comes from the archive: a replay asks in another order than the night did.
    `led_away`: why a drawn page is not the one that was asked for, though it may stand at the same address.
    """

    url: str
    method: str = "GET"
    request_body: bytes = b""
    request_type: str = ""  # Content-Type of the request body
    drawn: bool = False
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    asked_at: datetime
    received_at: datetime
    capture: str = ""
    led_away: str = ""

    @property
    def sha256(self) -> str:
        """SHA-256 of the body."""
        return hashlib.sha256(self.body).hexdigest()


class Archive:
    """Appends exchanges to one WARC file of a night; bodies seen before in this file become revisit records."""

    def __init__(self, folder: Path, night: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        attempt, shelf = 1, Shelf(folder)
        while shelf.holds(f"{night}-{attempt}.warc.gz"):  # or did, and it was put away
            attempt += 1
        self.path = folder / f"{night}-{attempt}.warc.gz"
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        self._writer = WARCWriter(self._file, gzip=True)
        self._seen: dict[str, tuple[str, str]] = {}
        self._writer.write_record(self._writer.create_warcinfo_record(self.name, _ABOUT))
        self._empty = self._file.tell()

    @property
    def name(self) -> str:
        """The file's name inside the archive folder."""
        return self.path.name

    def append(self, exchange: Exchange) -> int:
        """Write one exchange and return the offset of its response record in bytes."""
        offset = self._file.tell()
        stamp = {"WARC-Date": _utc(exchange.received_at)}
        if exchange.drawn:
            self._writer.write_record(self._drawn(exchange, stamp))
            return offset
        record = self._answer(exchange, stamp)
        if exchange.method == "GET" and not exchange.request_body:
            self._writer.write_record(record)
        else:
            self._writer.write_request_response_pair(self._request(exchange, stamp), record)  # the answer stands first
        return offset

    def _answer(self, exchange: Exchange, stamp: dict[str, str]) -> ArcWarcRecord:
        head = StatusAndHeaders(f"{exchange.status} ", _writable(exchange), protocol="HTTP/1.1")
        first = self._seen.get(exchange.sha256)
        if first is not None:
            return self._writer.create_revisit_record(
                exchange.url, _sha1(exchange.body), first[0], first[1], http_headers=head, warc_headers_dict=dict(stamp)
            )
        self._seen[exchange.sha256] = (exchange.url, stamp["WARC-Date"])
        return self._writer.create_warc_record(
            exchange.url, "response", payload=BytesIO(exchange.body), http_headers=head, warc_headers_dict=dict(stamp)
        )

    def _drawn(self, exchange: Exchange, stamp: dict[str, str]) -> ArcWarcRecord:
        """What a browser made of the wire's bytes: public replay tools pass it over and show these."""
        head = {_STATUS: str(exchange.status), _HEADERS: json.dumps(exchange.headers)}
        head |= {_LED_AWAY: exchange.led_away} if exchange.led_away else {}
        return self._writer.create_warc_record(
            exchange.url,
            "conversion",
            payload=BytesIO(exchange.body),
            warc_content_type="text/html; charset=utf-8",
            warc_headers_dict={**stamp, **head},
        )

    def _request(self, exchange: Exchange, stamp: dict[str, str]) -> ArcWarcRecord:
        """A POST's body is part of the evidence: without it the address shows another page."""
        place = urlsplit(exchange.url)
        line = f"{exchange.method} {urlunsplit(('', '', place.path or '/', place.query, ''))} HTTP/1.1"
        lines = [("Host", place.netloc), ("Content-Length", str(len(exchange.request_body)))]
        kind = [("Content-Type", exchange.request_type)] if exchange.request_type else []
        return self._writer.create_warc_record(
            exchange.url,
            "request",
            payload=BytesIO(exchange.request_body),
            http_headers=StatusAndHeaders(line, [*lines, *kind], is_http_request=True),
            warc_headers_dict=dict(stamp),
        )

    def flush(self) -> None:
        """Bring what was appended to the disk, before the store names it."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Flush and close; a file that received nothing is removed."""
        self.flush()
        empty = self._file.tell() == self._empty
        self._file.close()
        if empty:
            self.path.unlink()


def _writable(exchange: Exchange) -> list[tuple[str, str]]:
    """Headers fit for a record: the body is stored decoded, so its wire encodings are renamed, not lost."""
    moved = {"content-encoding", "transfer-encoding", "content-length"}
    kept = [(f"X-Wire-{k}" if k.lower() in moved else _token(k), _one_line(v)) for k, v in exchange.headers]
    return [*kept, ("Content-Length", str(len(exchange.body)))]


def _token(name: str) -> str:
    """A header's name; percent-encoded where it is none by RFC 9110, 5.6.2: no record could be written with it."""
    return quote(name, safe="!#$%&'*+^`|~")


def _one_line(value: str) -> str:
    return " ".join(value.split())


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _sha1(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def read_body(archive: Path | Shelf, warc: str, offset: int) -> bytes:
    """The body of the response record at `offset`; StoreError when it is not there or damaged."""
    return read_exchange(archive, warc, offset)[2]


def read_exchange(archive: Path | Shelf, warc: str, offset: int) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """(status, headers as sent, body) of the response record at `offset`. `archive`: a folder alone knows no store.

    A revisit record is resolved to the identical body that stands earlier in the same file. Raises StoreError
    when the record is not there or damaged, ArchiveUnreachable when it was put away and cannot be had just now.
    """
    with _records(archive, warc, offset) as records:
        record = next(records)
        if record.rec_type == "conversion":
            return _as_drawn(record)
        status = int(record.http_headers.get_statuscode())
        headers = tuple(
            (name.removeprefix("X-Wire-"), value) for name, value in record.http_headers.headers[:-1]
        )  # the last Content-Length is the record's own
        if record.rec_type == "response":
            return status, headers, bytes(record.content_stream().read())
        return status, headers, _original(shelf_of(archive), warc, record.rec_headers.get_header("WARC-Payload-Digest"))


def is_drawn(archive: Path | Shelf, warc: str, offset: int) -> bool:
    """Whether the record at `offset` is a page as a browser drew it, not the wire's. StoreError when damaged."""
    with _records(archive, warc, offset) as records:
        return bool(next(records).rec_type == "conversion")


def read_led_away(archive: Path | Shelf, warc: str, offset: int) -> str:
    """Why the drawn page at `offset` is not the one that was asked for; "" where it is. StoreError when damaged."""
    with _records(archive, warc, offset) as records:
        return str(next(records).rec_headers.get_header(_LED_AWAY) or "")


def read_request_type(archive: Path | Shelf, warc: str, offset: int) -> str:
    """Content-Type of what was posted for the answer at `offset`; "" where none was kept. StoreError when damaged."""
    with _records(archive, warc, offset) as records:
        request = _request_of(next(records), records)
        return "" if request is None else str(request.http_headers.get_header("Content-Type") or "")


def read_asked(archive: Path | Shelf, warc: str, offset: int) -> tuple[str, bytes]:
    """(address, body) of the request for the answer at `offset`, as they were sent. StoreError when damaged."""
    with _records(archive, warc, offset) as records:
        answer = next(records)
        address = str(answer.rec_headers.get_header("WARC-Target-URI"))
        request = _request_of(answer, records)
        return address, b"" if request is None else bytes(request.content_stream().read())


def _request_of(answer: ArcWarcRecord, after: Iterator[ArcWarcRecord]) -> ArcWarcRecord | None:
    """The record of what was posted for an answer, which stands behind it; None where none was kept."""
    address = answer.rec_headers.get_header("WARC-Target-URI")
    request = next(after, None)
    if request is None or request.rec_type != "request":
        return None
    return request if request.rec_headers.get_header("WARC-Target-URI") == address else None


@contextmanager
def _records(archive: Path | Shelf, warc: str, offset: int) -> Iterator[Iterator[ArcWarcRecord]]:
    """The records of a file from `offset` on; StoreError where it, or what is made of them, cannot be read."""
    shelf = shelf_of(archive)
    path = shelf.path(warc)
    try:
        with shelf.open(warc) as file:
            file.seek(offset)
            yield iter(ArchiveIterator(file))
    except (
        OSError,
        EOFError,
        ValueError,
        TypeError,
        AttributeError,
        StopIteration,
        zlib.error,
        ArchiveLoadFailed,
    ) as error:
        raise StoreError(f"存证读不出：{path} 偏移 {offset}：{error}") from error


def _as_drawn(record: ArcWarcRecord) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    stated = record.rec_headers
    headers = tuple((str(name), str(value)) for name, value in json.loads(stated.get_header(_HEADERS)))
    return int(stated.get_header(_STATUS)), headers, bytes(record.content_stream().read())


def _original(shelf: Shelf, warc: str, digest: str) -> bytes:
    """The body that stands under `digest`; StoreError where the file has none."""
    offset = _originals(shelf, warc, shelf.version(warc)).get(digest)
    if offset is None:
        raise StoreError(f"存证读不出：{shelf.path(warc)}：找不到原件 {digest}")
    with shelf.open(warc) as file:
        file.seek(offset)
        return bytes(next(iter(ArchiveIterator(file))).content_stream().read())


@lru_cache(maxsize=4)
def _originals(shelf: Shelf, warc: str, _version: tuple[str | int, ...]) -> dict[str, int]:
    """Where each body of a file stands first, as far as the file can be read: a night has many revisits of few bodies.

    Kept while the file is as long and as old as it was.
    """
    found: dict[str, int] = {}
    with shelf.open(warc) as file, suppress(EOFError, zlib.error, ArchiveLoadFailed):
        records = ArchiveIterator(file)
        for record in records:
            if record.rec_type == "response":
                found.setdefault(record.rec_headers.get_header("WARC-Payload-Digest"), records.get_record_offset())
    return found

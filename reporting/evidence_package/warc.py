"""A WARC of what may leave: each record cites the raw body's SHA-256 and says whether it was redacted.

The same captures give the same bytes: record ids are made of what they name, and no clock is asked.
"""

import base64
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from core.domain.models import Capture
from reporting.evidence_package.redact import Redacted

_DROPPED = frozenset({"content-encoding", "transfer-encoding", "content-length", "set-cookie", "connection"})
_FORM = "application/x-www-form-urlencoded"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
_IDS = uuid.UUID("5b0f2f0e-6d0c-5f43-9d52-1b8a1d9a7c11")  # the name space of our record ids
_ABOUT = b"software: chengxin\r\nformat: WARC File Format 1.0\r\ndescription: redacted; see manifest.json\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One capture as it leaves."""

    capture: Capture
    headers: tuple[tuple[str, str], ...]
    redacted: Redacted


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where a record of an answer stands in the WARC, in bytes; `digest` is that of the payload it stands for."""

    kept: Kept
    offset: int
    length: int
    digest: str
    revisit: bool = False


def write_warc(path: Path, records: Sequence[Kept], at: datetime, confirmed: Mapping[str, str]) -> list[Placed]:
    """Write the records, a POST's request beside its answer; returns where the answers stand.

    `confirmed`: capture of a 304 → the capture whose bytes it confirmed; where that one is here as well, the 304 is a
    revisit of it. `at`: when the package is made.
    """
    by_id, placed = {kept.capture.id: kept for kept in records}, []
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        writer.write_record(_info(writer, path.name, at))
        for kept in records:
            original = by_id.get(confirmed.get(kept.capture.id, ""))
            offset = file.tell()
            answer = _answer(writer, kept, original)
            writer.write_record(answer)
            placed.append(
                Placed(
                    kept=kept,
                    offset=offset,
                    length=file.tell() - offset,
                    digest=str(answer.rec_headers.get_header("WARC-Payload-Digest")),
                    revisit=original is not None,
                )
            )
            if kept.capture.method != "GET":
                writer.write_record(_request(writer, kept.capture, answer))
    return placed


def address_of(capture: Capture) -> str:
    """A capture's address as records and indexes may have it: what is no character of an address is percent-encoded."""
    return quote(capture.url, safe="%/:?#[]@!$&'()*+,;=~|")


def warc_date(moment: datetime) -> str:
    """A moment as WARC writes it: UTC, in seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _info(writer: WARCWriter, name: str, at: datetime) -> ArcWarcRecord:
    stamp = {"WARC-Date": warc_date(at), "WARC-Record-ID": _id(f"info {name} {at.isoformat()}"), "WARC-Filename": name}
    return writer.create_warc_record("", "warcinfo", payload=BytesIO(_ABOUT), warc_headers_dict=stamp)


def _id(name: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(_IDS, name)}>"


def _stamp(capture: Capture, what: str) -> dict[str, str]:
    return {"WARC-Date": warc_date(capture.received_at), "WARC-Record-ID": _id(f"{what} {capture.id} {capture.sha256}")}


def _answer(writer: WARCWriter, kept: Kept, original: Kept | None) -> ArcWarcRecord:
    """The record of an answer; of a page that the site confirmed unchanged, that it is the `original` still."""
    capture = kept.capture
    stamp = _stamp(capture, "response") | {
        "X-Raw-SHA256": capture.sha256,
        "X-Capture": capture.id,
        "X-Redacted": "yes" if kept.redacted.changed else "no",
    }
    headers = [(name, value) for name, value in kept.headers if name.lower() not in _DROPPED]
    length = ("Content-Length", str(len(kept.redacted.body)))
    head = StatusAndHeaders(f"{capture.status} OK", [*headers, length], protocol="HTTP/1.1")
    if original is None:
        body = BytesIO(kept.redacted.body)
        return writer.create_warc_record(
            address_of(capture), "response", payload=body, http_headers=head, warc_headers_dict=stamp
        )
    stands_for = original.capture
    record = writer.create_revisit_record(
        address_of(capture),
        _digest(original.redacted.body),
        address_of(stands_for),
        warc_date(stands_for.received_at),
        http_headers=head,
        warc_headers_dict=stamp,
    )
    record.rec_headers.replace_header("WARC-Profile", _NOT_MODIFIED)
    return record


def _digest(body: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def _request(writer: WARCWriter, capture: Capture, answer: ArcWarcRecord) -> ArcWarcRecord:
    """What was posted for an answer."""
    line = f"{capture.method} {address_of(capture)} HTTP/1.1"
    head = StatusAndHeaders(line, [("Content-Type", _FORM)], is_http_request=True)
    beside = {"WARC-Concurrent-To": str(answer.rec_headers.get_header("WARC-Record-ID"))}
    return writer.create_warc_record(
        address_of(capture),
        "request",
        payload=BytesIO(capture.request_body.encode()),
        http_headers=head,
        warc_headers_dict=_stamp(capture, "request") | beside,
    )

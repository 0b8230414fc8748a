"""A WARC of what may leave: each record cites the raw body's SHA-256 and says whether it was redacted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from io import BytesIO
from pathlib import Path

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from core.domain.models import Capture
from reporting.evidence_package.redact import Redacted

_DROPPED = frozenset({"content-encoding", "transfer-encoding", "content-length", "set-cookie", "connection"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One capture as it leaves."""

    capture: Capture
    headers: tuple[tuple[str, str], ...]
    redacted: Redacted


def write_warc(path: Path, records: Iterable[Kept]) -> None:
    """Write the records, a POST's request beside its answer."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        about = {"software": "chengxin", "format": "WARC File Format 1.0", "description": "redacted; see manifest.json"}
        writer.write_record(writer.create_warcinfo_record(path.name, about))
        for kept in records:
            _write(writer, kept)


def _write(writer: WARCWriter, kept: Kept) -> None:
    capture = kept.capture
    stamp = {
        "WARC-Date": capture.received_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "X-Raw-SHA256": capture.sha256,
        "X-Capture": capture.id,
        "X-Redacted": "yes" if kept.redacted.changed else "no",
    }
    headers = [(name, value) for name, value in kept.headers if name.lower() not in _DROPPED]
    head = StatusAndHeaders(
        f"{capture.status} OK", [*headers, ("Content-Length", str(len(kept.redacted.body)))], protocol="HTTP/1.1"
    )
    answer = writer.create_warc_record(
        capture.url, "response", payload=BytesIO(kept.redacted.body), http_headers=head, warc_headers_dict=dict(stamp)
    )
    if capture.method == "GET":
        writer.write_record(answer)
        return
    line = StatusAndHeaders(
        f"{capture.method} {capture.url} HTTP/1.1",
        [("Content-Type", "application/x-www-form-urlencoded")],
        is_http_request=True,
    )
    asked = writer.create_warc_record(
        capture.url,
        "request",
        payload=BytesIO(capture.request_body.encode()),
        http_headers=line,
        warc_headers_dict=dict(stamp),
    )
    writer.write_request_response_pair(asked, answer)

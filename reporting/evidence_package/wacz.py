"""The package's captures as one WACZ 1.1.1 file, which public viewers open (specs.webrecorder.net/wacz/1.1.1).

A zip of the WARC, its index (CDXJ, compressed in blocks, with the index of these), the list of pages, and a data
package that names each by its SHA-256 and binds the hash chain's head; a digest of that, signed where there is a key.
The same package gives the same bytes.
"""

import base64
import hashlib
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from core.domain.text import printable
from reporting.evidence_package.redact import charset_of, content_type_of
from reporting.evidence_package.warc import Kept, Placed, address_of, warc_date

VERSION = "1.1.1"
WARC, INDEX, BLOCKS, PAGES = "archive/data.warc.gz", "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"
_LINES = 300  # of the index in one block
_TITLE = re.compile(rb"<title[^>]*>(.*?)</title>", re.I | re.S)
_SHOWN = re.compile(r"html|json", re.I)  # what is a page to a reader
_LONGEST = 200  # characters of a title


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature of the data package's digest (`sha256:…` in ASCII), and the public key that proves it (DER)."""

    signature: bytes
    public_key: bytes


Sign = Callable[[bytes], Signed]


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a WACZ says of itself. `chain`: the head of the hash chain and its manifests by SHA-256."""

    title: str
    at: datetime
    chain: Mapping[str, object]


def write_wacz(path: Path, warc: bytes, placed: Sequence[Placed], about: About, sign: Sign | None = None) -> None:
    """Write the file; every part is stored, not deflated, so that a viewer may read any record where it stands."""
    index, blocks = _index(placed)
    parts = {WARC: warc, INDEX: index, BLOCKS: blocks, PAGES: _pages(placed)}
    package = _package(parts, about)
    parts |= {"datapackage.json": package, "datapackage-digest.json": _digest_of(package, about.at, sign)}
    with zipfile.ZipFile(path, "w") as box:
        for name, body in parts.items():
            entry = zipfile.ZipInfo(name, about.at.astimezone(UTC).timetuple()[:6])
            entry.external_attr = 0o644 << 16
            box.writestr(entry, body, zipfile.ZIP_STORED)


# ---------------------------------------------------------------- the index


def surt(url: str) -> str:
    """An address as indexes sort it: host backwards, then path and the query's members in order; lower case.

    What is no address (a store may hold anything) is its own key.

    >>> surt("http://www.Site.gov.cn:8080/A?b=2&a=1")
    'cn,gov,site:8080)/a?a=1&b=2'
    """
    try:
        parts = urlsplit(url.lower())
        port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    except ValueError:
        return url.lower()
    host = re.sub(r"^www\d*\.", "", parts.hostname or "")
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True), key=lambda pair: pair[0]))
    return f"{','.join(reversed(host.split('.')))}{port}){parts.path or '/'}{'?' + query if query else ''}"


def _line(placed: Placed) -> str:
    """One CDXJ line. What was posted is part of the key: without it the address shows another page."""
    capture = placed.kept.capture
    entry = {
        "url": address_of(capture),
        "mime": "warc/revisit" if placed.revisit else _mime(placed.kept),
        "status": str(capture.status),
        "digest": placed.digest,
        "length": str(placed.length),
        "offset": str(placed.offset),
        "filename": WARC.rpartition("/")[2],
    }
    key = address_of(capture)
    if capture.method != "GET":
        entry |= {"method": capture.method, "requestBody": capture.request_body}
        posted = urlencode([("__wb_method", capture.method), *parse_qsl(capture.request_body, keep_blank_values=True)])
        key += ("&" if "?" in key else "?") + posted
    stamp = re.sub(r"\D", "", warc_date(capture.received_at))
    return f"{surt(key)} {stamp} {json.dumps(entry, ensure_ascii=False)}\n"


def _mime(kept: Kept) -> str:
    said = content_type_of(kept.headers)
    return said.partition(";")[0].strip().lower() or "unk"


def _index(placed: Sequence[Placed]) -> tuple[bytes, bytes]:
    """The index in blocks, each a gzip member of its own, and the index of the blocks."""
    lines = sorted(map(_line, placed))
    blocks, heads = b"", ['!meta 0 {"format": "cdxj-gzip-1.0", "filename": "index.cdx.gz"}\n']
    for start in range(0, len(lines), _LINES):
        block = _gzip("".join(lines[start : start + _LINES]).encode())
        key, stamp, _ = lines[start].split(" ", 2)
        place = {"offset": len(blocks), "length": len(block), "digest": _sha256(block), "filename": "index.cdx.gz"}
        heads.append(f"{key} {stamp} {json.dumps(place)}\n")
        blocks += block
    return blocks, "".join(heads).encode()


def _gzip(data: bytes) -> bytes:
    """One gzip member without a time or a name in it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


# ---------------------------------------------------------------- the pages


def _pages(placed: Sequence[Placed]) -> bytes:
    """The pages by title, as they were received; data that a page's scripts fetched stands under its address."""
    entries = [{"format": "json-pages-1.0", "id": "pages", "title": "网页存证"}]
    for record in placed:
        capture = record.kept.capture
        if capture.status == 200 and record.kept.redacted.kept and _SHOWN.search(_mime(record.kept)):
            title, at = title_of(record.kept) or address_of(capture), warc_date(capture.received_at)
            entries.append({"id": capture.id, "url": address_of(capture), "ts": at, "title": title})
    return "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in entries).encode()


def title_of(kept: Kept) -> str:
    """What a page calls itself, people masked as in its bytes; "" where it has no title."""
    found = _TITLE.search(kept.redacted.body)
    if found is None:
        return ""
    said = content_type_of(kept.headers)
    text = unescape(found[1].decode(charset_of(kept.redacted.body, said), "replace"))
    return " ".join(printable(text).split())[:_LONGEST]


# ---------------------------------------------------------------- what binds them


def _package(parts: Mapping[str, bytes], about: About) -> bytes:
    resources = [
        {"name": name.rpartition("/")[2], "path": name, "hash": _sha256(body), "bytes": len(body)}
        for name, body in parts.items()
    ]
    package = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": about.title,
        "created": warc_date(about.at),
        "software": "chengxin",
        "chain": dict(about.chain),
        "resources": resources,
    }
    return json.dumps(package, ensure_ascii=False, indent=1).encode()


def _digest_of(package: bytes, at: datetime, sign: Sign | None) -> bytes:
    """The digest of the data package, and its signature where there is a key (wacz-auth, anonymous signature)."""
    digest = _sha256(package)
    told: dict[str, object] = {"path": "datapackage.json", "hash": digest}
    if sign is not None:
        signed = sign(digest.encode())
        told["signedData"] = {
            "hash": digest,
            "created": warc_date(at),
            "software": "chengxin",
            "signature": base64.b64encode(signed.signature).decode(),
            "publicKey": base64.b64encode(signed.public_key).decode(),
        }
    return json.dumps(told, indent=1).encode()


def _sha256(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"

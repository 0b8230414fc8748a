"""A page as it came, saved as a test case: bytes with people masked, where and how they came, what is read of them.

The expectation is what the code reads today and says so: it stands `unconfirmed`, and the tests fail, until a
person has held it against the page.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from core.domain.config import Portal
from core.domain.models import Capture, Sighting
from core.domain.text import mask_identities
from core.domain.unit_names import UnitNames
from crawler.extract.charset import decode
from crawler.extract.findings import read_findings
from crawler.extract.publication_date import adopt
from crawler.families import parser_of
from crawler.list_walk import content_hash
from crawler.pages import ListRow, Response

UNCONFIRMED = "由程序写出，尚未与页面核对；核对无误后删去这一行"


def case_of_list(portal: Portal, response: Response, capture: Capture, home: Path) -> Path:
    """Save a list page below `home`; returns the case's folder."""
    response = masked(response)
    page = parser_of(portal).parse_list(response)
    expected = {
        "unconfirmed": UNCONFIRMED,
        "total": page.total,
        "pages": page.pages,
        "page": page.page,
        "last": page.last,
        "rows": len(page.rows),
        "keys": [row.key for row in page.rows],
        "dates": [row.listed_on.isoformat() if row.listed_on else None for row in page.rows],
        "pinned": [number for number, row in enumerate(page.rows) if row.pinned],
        "ends": [row.title for row in (*page.rows[:1], *page.rows[-1:])],
    }
    return _write(home, "list", response, capture, {"part": "list", "page": 1}, expected)


def case_of_detail(portal: Portal, response: Response, capture: Capture, seen: Sighting, home: Path) -> Path:
    """Save a detail page below `home`; returns the case's folder."""
    response, listed = masked(response), seen.listed_on
    row = ListRow(key=seen.row_key, sort_key=seen.sort_key, title=seen.title, url=seen.url, listed_on=listed)
    detail = parser_of(portal).parse_detail(response, row)
    findings = read_findings(
        portal,
        row,
        detail,
        content_hash=content_hash(row),
        capture="",
        observed_at=capture.received_at,
        names=UnitNames((), (), "某区"),
    )
    adopted, all_dates = adopt(detail, row, portal)
    fields = ("name", "number_text", "numbers", "decided_on", "content")
    expected = {
        "unconfirmed": UNCONFIRMED,
        "charset": decode(response.body).detected,
        "title": detail.title,
        "findings": [{name: _plain(getattr(finding, name)) for name in fields} for finding in findings],
        "unknown_labels": list(findings[0].unknown_labels) if findings else [],
        "published": {"on": adopted.on.isoformat(), "source": adopted.source} if adopted else None,
        "stated": [[day.on.isoformat(), day.source, day.kind.value] for day in all_dates if day is not adopted],
    }
    about = {"key": seen.row_key, "title": seen.title, "listed_on": listed.isoformat() if listed else None}
    return _write(home, "detail", response, capture, {"part": "detail", "row": about}, expected)


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value.isoformat() if isinstance(value, date) else value


def _write(
    home: Path,
    name: str,
    response: Response,
    capture: Capture,
    more: Mapping[str, object],
    expected: Mapping[str, object],
) -> Path:
    folder = new_folder(home, name)
    (folder / f"page.{_suffix(response)}").write_bytes(response.body)
    kept = {n: v for n, v in response.headers if n.lower() in {"content-type", "last-modified"}}
    meta = {
        "url": response.url,
        "status": response.status,
        "headers": kept,
        "source": "real",
        "observed_at": capture.received_at.isoformat(timespec="seconds"),
        "note": f"原件 SHA-256 {capture.sha256}",
        **more,
    }
    write_json(folder, meta=meta, expected=expected)
    return folder


def new_folder(home: Path, name: str) -> Path:
    """The first free of `name`, `name-2`, `name-3` … below `home`, made."""
    folder, number = home / name, 1
    while folder.exists():
        number += 1
        folder = home / f"{name}-{number}"
    folder.mkdir()
    return folder


def write_json(folder: Path, **files: Mapping[str, object]) -> None:
    """Each of `files` as `<its name>.json`."""
    for file, data in files.items():
        (folder / f"{file}.json").write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _suffix(response: Response) -> str:
    text = response.body[:200].lstrip(b"\xef\xbb\xbf \r\n\t")
    return "json" if text[:1] in (b"{", b"[") else "html"


def masked(response: Response) -> Response:
    """The answer with identity numbers masked in its address and, in its own charset, in its body.

    A body that shows none stays as it came, byte for byte.
    """
    decoded = decode(response.body, response.header("Content-Type"))
    text, exposures = mask_identities(decoded.text)
    body = text.encode(decoded.detected, "replace") if exposures else response.body
    return replace(response, url=mask_identities(response.url)[0], body=body)

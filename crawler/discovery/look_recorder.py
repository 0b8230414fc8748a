"""A whole look saved as a test case: its exchange as a vcrpy cassette, and what was read of it.

Written from the captures that the look kept, so the site is not asked again. Identity numbers are masked as in every
case; of headers only those that say how an answer is to be read are kept, which leaves cookies and keys behind.
robots.txt is not among the captures: a replay does without. Of a drawn page what the browser asked for is saved, and a
browser draws it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from vcr.request import Request
from vcr.serialize import serialize
from vcr.serializers import yamlserializer

from core.domain.config import Portal
from core.domain.models import Capture, Finding, Look, Sighting
from core.domain.text import mask_identities
from crawler.discovery.case_recorder import UNCONFIRMED, masked, new_folder, write_json
from crawler.pages import Response

MOST_BYTES = 1_000_000  # of answers; two pages of a list and five details take a tenth of it, scans in PDF far more
_READ = frozenset({"content-type", "content-disposition", "content-length", "last-modified", "location"})


class RecordedResponse(TypedDict):
    """An answer as vcrpy writes it."""

    status: dict[str, int | str]
    headers: dict[str, list[str]]
    body: dict[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchanged:
    """One request of a look and its answer. `sent_type`: the Content-Type of what was posted."""

    capture: Capture
    response: Response
    sent_type: str = ""


def left_out(exchanges: Sequence[Exchanged]) -> str:
    """Why the look is not saved, in Chinese; "" where it is."""
    size = sum(len(each.response.body) for each in exchanges)
    if size > MOST_BYTES:
        return f"试看的往来共 {size // 1000} KB，超过 {MOST_BYTES // 1000} KB"
    return "" if exchanges else "没有读到页面"


def case_of_look(
    portal: Portal,
    look: Look,
    exchanges: Sequence[Exchanged],
    read: tuple[Sequence[Sighting], Sequence[Finding]],
    means: Mapping[str, object],
    home: Path,
) -> Path:
    """Save a look below `home`; returns the case's folder. `means`: the settings that a replay needs to ask alike."""
    folder = new_folder(home, "look")
    (folder / "cassette.yaml").write_text(cassette_of(exchanges), "utf-8")
    meta = {
        "part": "look",
        "kind": look.kind,
        "source": "real",
        "observed_at": look.started_at.isoformat(),
        "note": f"{portal.url} 的一次试看",
        **means,
    }
    write_json(folder, meta=meta, expected={"unconfirmed": UNCONFIRMED, **facts_of_look(look, *read)})
    return folder


def facts_of_look(look: Look, sightings: Sequence[Sighting], findings: Sequence[Finding]) -> dict[str, object]:
    """What a look read, as JSON can hold it: its ends, its rows in order and its records."""
    rows = sorted(sightings, key=lambda s: (s.page, s.position))
    return {
        "pages": look.pages,
        "total": look.total,
        "genuine": look.genuine,
        "parsed": look.parsed,
        "whole": look.whole,
        "floor": look.floor,
        "reasons": sorted(look.reasons),
        "rows": [[row.listed_on.isoformat() if row.listed_on else None, row.title] for row in rows],
        "records": sorted((_record(finding) for finding in findings), key=str),
    }


def _record(finding: Finding) -> dict[str, object]:
    return {
        "number": finding.number_text,
        "numbers": list(finding.numbers),
        "name": finding.name,
        "decided_on": finding.decided_on.isoformat() if finding.decided_on else None,
    }


def cassette_of(exchanges: Sequence[Exchanged]) -> str:
    """The exchanges in their order as a vcrpy cassette in YAML, people masked."""
    answers = [masked(each.response) for each in exchanges]
    requests = [_request(each, answer.url) for each, answer in zip(exchanges, answers, strict=True)]
    return str(serialize({"requests": requests, "responses": list(map(_response, answers))}, yamlserializer))


def _request(each: Exchanged, url: str) -> Request:
    body = mask_identities(each.capture.request_body)[0]
    headers = {"Content-Type": each.sent_type} if each.sent_type else {}
    return Request(each.capture.method, url, body.encode() or None, headers)


def _response(answer: Response) -> RecordedResponse:
    coded = bool(answer.header("Content-Encoding"))  # then the length is that of the wire
    headers: dict[str, list[str]] = {}
    for name, value in answer.headers:
        if name.lower() in _READ and not (coded and name.lower() == "content-length"):
            headers.setdefault(name, []).append(mask_identities(value)[0])
    return {"status": {"code": answer.status, "message": ""}, "headers": headers, "body": {"string": answer.body}}

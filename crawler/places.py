"""A row's place: whether it may take up further records without its row changing, and what names its state. Pure."""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import date, timedelta

from core.domain.models import Finding, Place
from core.domain.text import mask_identities, tight
from crawler.extract.cited_numbers import own_numbers
from crawler.pages import Detail, ListRow, PageRequest

GROWS_FOR = timedelta(days=400)  # an article of a year and a month; an older one only while it is seen to change
CHANGED_LATELY = timedelta(days=120)
_PERIOD = re.compile(
    r"当周|本周|每周|周报|第[0-9一二三四五六七八九十]+[周批期次]|[上中下]旬|月份?[）)]?(?:$|[^0-9日])|季度|年度|[0-9〇一二三四五六七八九十]年?[-—至到]"
    r"|双公示|汇总|一览|清单|目录|公示表|信息表|统计表|台账"
)


def can_grow(row: ListRow, detail: Detail | None, findings: Sequence[Finding]) -> bool:
    """Whether a place may take up further records: several stand there, it has attachments, or it is of a period.

    Not one whose row names, by number or party, every record that stands there: it is the page of these. `detail` is
    the page before its files are read, None where it cannot be read; a row that names a number is that one's page.
    """
    records = [f for f in findings if f.numbers or f.name or f.code]
    if records and all(_names(row.title, f) for f in records):
        return False
    if not records and own_numbers(row.title, ""):
        return False
    files = detail is not None and bool(detail.files)
    return len(records) > 1 or files or bool(_PERIOD.search(tight(row.title)))


def still_grows(row: ListRow, known: Place | None, state: str, today: date) -> bool:
    """Whether a place that may grow is young enough to, by the site's own date, or was seen to change lately."""
    if row.listed_on is None or row.pinned or today - row.listed_on <= GROWS_FOR:
        return True
    if known is None:
        return False
    changed = known.state not in ("", state)
    return changed or (known.grows and today - known.changed_at.date() <= CHANGED_LATELY)


def state_of(findings: Sequence[Finding], detail: Detail | None, unread: Sequence[str]) -> str:
    """The name of what stood there: its records and the bytes that nobody can read; without records its words."""
    records = sorted(
        json.dumps([f.numbers, f.name, f.code, f"{f.decided_on}", f.content], ensure_ascii=False)
        for f in findings
        if f.numbers or f.name or f.code
    )
    words = [] if records or detail is None else [detail.body or detail.text]
    return hashlib.sha256(json.dumps([records, words, list(unread)], ensure_ascii=False).encode()).hexdigest()[:16]


def written(request: PageRequest | None) -> str:
    """A request as it is kept with a reading, to be made again when its row is not listed; "" where there is none.

    Nor is one kept that carries an identity number: its row must be listed for it to be asked for.
    """
    if request is None:
        return ""
    text = _as_text(request)
    return "" if mask_identities(text)[1] else text


def _as_text(request: PageRequest) -> str:
    return json.dumps(
        {
            "url": request.url,
            "method": request.method,
            "body": request.body.decode("utf-8", "surrogateescape"),
            "headers": list(map(list, request.headers)),
            "rendered": request.rendered,
            "ready": request.ready,
        },
        ensure_ascii=True,
    )


def read_request(text: str) -> PageRequest | None:
    """The request that `written` wrote."""
    if not text:
        return None
    kept = json.loads(text)
    return PageRequest(
        url=kept["url"],
        method=kept["method"],
        body=kept["body"].encode("utf-8", "surrogateescape"),
        headers=tuple((name, value) for name, value in kept["headers"]),
        rendered=kept["rendered"],
        ready=kept["ready"],
    )


def _names(title: str, finding: Finding) -> bool:
    words = tight(title)
    return any(tight(text) in words for text in (*finding.numbers, finding.number_text, finding.name) if tight(text))

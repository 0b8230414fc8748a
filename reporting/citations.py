"""From a citation to the line a reader can check: where, when, address, SHA-256, workbook row."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from core.domain.look_reasons import sentence
from core.domain.models import Capture, Citation, Look, Sighting, Submission
from reporting import wording
from reporting.lookup import Lookup, proves
from reporting.view_models import CitationLine, LookLine

MAX_CAPTURES = 12  # of one look, listed in the index; the rest is counted
_PROVES = {"whole": "证明力：整个列表", "window": "证明力：窗口内各行", "": "不算有效核查"}


def citation_lines(lookup: Lookup, citations: tuple[Citation, ...]) -> tuple[CitationLine, ...]:
    """One line a citation, in the order given; a fact that is not there is shown as missing."""
    return tuple(_READERS.get(citation.kind, _unknown)(lookup, citation) for citation in citations)


def look_lines(lookup: Lookup, brief: Iterable[str], full: Iterable[str]) -> tuple[LookLine, ...]:
    """The index of cited looks, oldest first. Those in `full`, which support a breach, list their captures."""
    listed = frozenset(full)
    looks = [lookup.facts.looks[ref] for ref in {*brief, *listed} if ref in lookup.facts.looks]
    return tuple(
        _look_line(lookup, look, MAX_CAPTURES if look.id in listed else 0)
        for look in sorted(looks, key=lambda look: (look.started_at, look.id))
    )


def look_reason(reason: str) -> str:
    """Why a look proves less; the code itself where no Chinese is known."""
    return wording.safe(sentence(reason))


def _look_line(lookup: Lookup, look: Look, limit: int) -> LookLine:
    captures = lookup.captures.get(look.id, ())
    return LookLine(
        anchor=wording.anchor("l", look.id),
        id=wording.safe(look.id),
        portal=lookup.portal_name(look.portal),
        when=_between(look),
        kind=_extent(look),
        proves=_PROVES[proves(look)],
        reasons=_reasons(look),
        captures=tuple(_capture_line(lookup, capture, "") for capture in captures[:limit]),
        more=max(0, len(captures) - limit),
    )


def _reasons(look: Look) -> str:
    return "；".join(look_reason(reason) for reason in look.reasons)


def _brief(where: str, at: datetime, note: str) -> str:
    """Where, when to the minute, what it showed; a note that repeats the time loses it."""
    minute = wording.minute(at)
    rest = wording.safe(note).replace(minute, "").strip()
    return f"{where} {minute}" + (f" {wording.short(rest, 40)}" if rest else "")


def _between(look: Look) -> str:
    return f"{wording.moment(look.started_at)} 至 {wording.moment(look.finished_at)[11:]}"


def _extent(look: Look) -> str:
    kind = wording.look_kind(look)
    total = "" if look.total is None else f"，栏目自报 {look.total} 条"
    return f"{kind}，读 {look.pages} 页 {look.rows} 行{total}"


def _capture(lookup: Lookup, citation: Citation) -> CitationLine:
    capture = lookup.facts.captures.get(citation.ref)
    return _capture_line(lookup, capture, citation.note) if capture else _missing(citation)


def _capture_line(lookup: Lookup, capture: Capture, note: str) -> CitationLine:
    look = lookup.facts.looks.get(capture.look)
    where = lookup.portal_name(look.portal) if look else ""
    note = "" if note == capture.url else note
    return CitationLine(
        word="网页存证",
        where=where,
        brief=_brief(where, capture.received_at, note),
        when=f"接收 {wording.moment(capture.received_at)}",
        url=wording.safe(capture.url),
        link=lookup.link(capture.url),
        sha=capture.sha256,
        page=lookup.page(look.portal if look else "", capture.url),
        number=wording.safe(capture.id),
        note=wording.safe(note),
        anchor=wording.anchor("l", look.id) if look else "",
    )


def _look(lookup: Lookup, citation: Citation) -> CitationLine:
    look = lookup.facts.looks.get(citation.ref)
    if look is None:
        return _missing(citation)
    portal, reasons = lookup.portal_name(look.portal), _reasons(look)
    note = wording.safe(citation.note).replace(wording.minute(look.started_at), "").strip()
    strength = _PROVES[proves(look)] + (f"（{reasons}）" if reasons else "")
    return CitationLine(
        word="核查",
        where=f"{portal}，{_extent(look)}",
        when=_between(look),
        note="。".join(filter(None, (note, strength))),
        brief=_brief(portal, look.started_at, citation.note or _PROVES[proves(look)]) + _again(look),
        page=lookup.page(look.portal, ""),
        number=wording.safe(look.id),
        anchor=wording.anchor("l", look.id),
    )


def _again(look: Look) -> str:
    """What tells the second look of a night from the first, which began in the same minute or a few before."""
    return "（绕过缓存再看一次）" if look.past_caches else ""


def _sighting(lookup: Lookup, citation: Citation) -> CitationLine:
    sighting = lookup.facts.sightings.get(citation.ref)
    if sighting is None:
        return _missing(citation)
    capture = lookup.facts.captures.get(sighting.capture)
    portal = lookup.portal_name(sighting.portal)
    return CitationLine(
        word="见证",
        where=f"{portal}{_listed(sighting)}",
        when=f"首次见到 {wording.moment(sighting.seen_at)}",
        brief=_brief(portal, sighting.seen_at, citation.note or "首次见到"),
        url=wording.safe(sighting.url),
        link=lookup.link(sighting.url),
        sha=capture.sha256 if capture else "",
        page=lookup.page(sighting.portal, sighting.url),
        number=wording.safe(sighting.capture),
        note=wording.safe(citation.note),
        anchor=wording.anchor("l", sighting.look) if sighting.look in lookup.facts.looks else "",
    )


def _listed(sighting: Sighting) -> str:
    title = f"《{wording.short(sighting.title, 40)}》" if sighting.title else ""
    return title + (f"，列表日期 {sighting.listed_on}" if sighting.listed_on else "")


def _submission(lookup: Lookup, citation: Citation) -> CitationLine:
    row = lookup.facts.submissions.get(citation.ref)
    if row is None:
        return _missing(citation)
    return CitationLine(
        word="报送记录",
        where=f"{wording.safe(row.workbook)} · {wording.safe(row.sheet)} · 第 {row.row} 行",
        when=_reported(row),
        brief=f"{wording.short(row.workbook, 30)} · {wording.safe(row.sheet)} · 第 {row.row} 行",
        sha=row.workbook_sha256,
        note=wording.safe(citation.note),
    )


def _reported(row: Submission) -> str:
    if row.reported_at is not None:
        return f"报送 {wording.moment(row.reported_at)}"
    return f"收件登记 {wording.moment(row.receipt_at)}" if row.receipt_at else "没有报送时间"


def _finding(lookup: Lookup, citation: Citation) -> CitationLine:
    finding = lookup.facts.findings.get(citation.ref)
    if finding is None:
        return _missing(citation)
    capture = lookup.facts.captures.get(finding.capture)
    portal = lookup.portal_name(finding.portal)
    return CitationLine(
        word="公示记录",
        where=f"{portal} {wording.short(finding.title, 40)}".strip(),
        when=f"读取 {wording.moment(finding.observed_at)}",
        brief=_brief(portal, finding.observed_at, citation.note),
        page=lookup.page(finding.portal, finding.url),
        number=wording.safe(finding.capture),
        url=wording.safe(finding.url),
        link=lookup.link(finding.url),
        sha=capture.sha256 if capture else "",
        note=wording.safe(citation.note),
    )


def _filing(lookup: Lookup, citation: Citation) -> CitationLine:
    filing = lookup.facts.filings.get(citation.ref)
    if filing is None:
        return _missing(citation)
    papers = "、".join(wording.short(paper.name, 30) for paper in filing.papers if paper.sha256)
    return CitationLine(
        word="报送材料",
        where=f"{wording.safe(filing.workbook)} · {wording.safe(filing.sheet)} · 第 {filing.row} 行",
        when=wording.day(filing.on) if filing.on else filing.month,
        brief=f"{wording.short(filing.workbook, 40)} · {wording.safe(filing.sheet)} · 第 {filing.row} 行"
        + (f"，附件 {papers}" if papers else ""),
        sha=filing.workbook_sha256,
        note=wording.safe(filing.title),
    )


def _missing(citation: Citation) -> CitationLine:
    where = f"本次事实中没有这条记录：{wording.safe(citation.kind)} {wording.safe(citation.ref)}"
    return CitationLine(word="缺失", where=where, brief=where, note=wording.safe(citation.note), missing=True)


def _unknown(_lookup: Lookup, citation: Citation) -> CitationLine:
    """A kind of citation no reader knows: quoted as it is."""
    ref = wording.safe(citation.ref)
    return CitationLine(word=wording.safe(citation.kind), where=ref, brief=ref, note=wording.safe(citation.note))


_READERS: Mapping[str, Callable[[Lookup, Citation], CitationLine]] = {
    "capture": _capture,
    "look": _look,
    "sighting": _sighting,
    "submission": _submission,
    "finding": _finding,
    "filing": _filing,
}

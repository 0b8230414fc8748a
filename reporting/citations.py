"""From a proof's reference to the line a reader can check: where, when, address, SHA-256, workbook row."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from core.domain.look_reasons import sentence
from core.domain.models import Capture, Citation, Finding, Look, Sighting, Submission
from reporting import wording
from reporting.dashboard.view import LookLine
from reporting.lookup import Lookup, proves
from reporting.view_models import ProofLine

MAX_CAPTURES = 12  # of one look, listed in the index; the rest is counted
_PROVES = {"whole": "证明力：整个列表", "window": "证明力：窗口内各行", "": "不具证明力"}


def proof_lines(lookup: Lookup, proofs: tuple[Citation, ...]) -> tuple[ProofLine, ...]:
    """One line a proof, in the order given; a fact that is not there is shown as missing."""
    return tuple(_READERS.get(proof.kind, _unknown)(lookup, proof) for proof in proofs)


def look_lines(lookup: Lookup, brief: Iterable[str], full: Iterable[str]) -> tuple[LookLine, ...]:
    """The index of cited looks, oldest first. Those in `full`, which support a breach, list their captures."""
    listed = frozenset(full)
    looks = [lookup.facts.looks[ref] for ref in {*brief, *listed} if ref in lookup.facts.looks]
    return tuple(
        _look_line(lookup, look, MAX_CAPTURES if look.id in listed else 0)
        for look in sorted(looks, key=lambda one: (one.started_at, one.id))
    )


def reason_text(reason: str) -> str:
    """Why a look proves less; the slug itself where no Chinese is known."""
    return wording.safe(sentence(reason))


def _look_line(lookup: Lookup, look: Look, most: int) -> LookLine:
    captures = lookup.captures.get(look.id, ())
    return LookLine(
        anchor=wording.anchor("l", look.id),
        id=wording.safe(look.id),
        portal=lookup.portal_name(look.portal),
        when=_between(look),
        kind=_extent(look),
        proves=_PROVES[proves(look)],
        reasons="；".join(reason_text(reason) for reason in look.reasons),
        captures=tuple(_capture_line(lookup, capture, "") for capture in captures[:most]),
        more=max(0, len(captures) - most),
    )


def _brief(where: str, at: datetime, note: str) -> str:
    """Where, when to the minute, what it showed; a note that repeats the time loses it."""
    minute = wording.moment(at)[:16]
    said = wording.safe(note).replace(minute, "").strip()
    return f"{where} {minute}" + (f" {wording.short(said, 40)}" if said else "")


def _between(look: Look) -> str:
    return f"{wording.moment(look.started_at)} 至 {wording.moment(look.finished_at)[11:]}"


def _extent(look: Look) -> str:
    kind = wording.name_of(wording.LOOK_KINDS, look.kind) + ("（绕过缓存）" if look.past_caches else "")
    total = "" if look.total is None else f"，栏目自报 {look.total} 条"
    return f"{kind}，读 {look.pages} 页 {look.rows} 行{total}"


def _capture(lookup: Lookup, proof: Citation) -> ProofLine:
    capture = lookup.facts.captures.get(proof.ref)
    return _capture_line(lookup, capture, proof.note) if capture else _missing(proof)


def _capture_line(lookup: Lookup, capture: Capture, note: str) -> ProofLine:
    look = lookup.facts.looks.get(capture.look)
    where = lookup.portal_name(look.portal) if look else ""
    note = "" if note == capture.url else note
    return ProofLine(
        word="网页存证",
        where=where,
        brief=_brief(where, capture.received_at, note),
        when=f"接收 {wording.moment(capture.received_at)}",
        url=wording.safe(capture.url),
        link=lookup.link(capture.url),
        sha=capture.sha256,
        note=wording.safe(note),
        anchor=wording.anchor("l", look.id) if look else "",
    )


def _look(lookup: Lookup, proof: Citation) -> ProofLine:
    look = lookup.facts.looks.get(proof.ref)
    if look is None:
        return _missing(proof)
    reasons = "；".join(reason_text(reason) for reason in look.reasons)
    note = "。".join(
        filter(
            None,
            [
                wording.safe(proof.note).replace(wording.moment(look.started_at)[:16], "").strip(),
                _PROVES[proves(look)] + (f"（{reasons}）" if reasons else ""),
            ],
        )
    )
    return ProofLine(
        word="核查",
        where=f"{lookup.portal_name(look.portal)}，{_extent(look)}",
        when=_between(look),
        note=note,
        brief=_brief(lookup.portal_name(look.portal), look.started_at, proof.note or _PROVES[proves(look)])
        + _again(look),
        anchor=wording.anchor("l", look.id),
    )


def _again(look: Look) -> str:
    """What tells the second look of a night from the first, which began in the same minute or a few before."""
    return "（绕过缓存再看一次）" if look.past_caches else ""


def _sighting(lookup: Lookup, proof: Citation) -> ProofLine:
    sighting = lookup.facts.sightings.get(proof.ref)
    if sighting is None:
        return _missing(proof)
    capture = lookup.facts.captures.get(sighting.capture)
    return ProofLine(
        word="见证",
        where=f"{lookup.portal_name(sighting.portal)}{_listed(sighting)}",
        when=f"首次见到 {wording.moment(sighting.seen_at)}",
        brief=_brief(lookup.portal_name(sighting.portal), sighting.seen_at, proof.note or "首次见到"),
        url=wording.safe(sighting.url),
        link=lookup.link(sighting.url),
        sha=capture.sha256 if capture else "",
        note=wording.safe(proof.note),
        anchor=wording.anchor("l", sighting.look) if sighting.look in lookup.facts.looks else "",
    )


def _listed(sighting: Sighting) -> str:
    title = f"《{wording.short(sighting.title, 40)}》" if sighting.title else ""
    return title + (f"，列表日期 {sighting.listed_on}" if sighting.listed_on else "")


def _submission(lookup: Lookup, proof: Citation) -> ProofLine:
    row = lookup.facts.submissions.get(proof.ref)
    if row is None:
        return _missing(proof)
    return ProofLine(
        word="报送记录",
        where=f"{wording.safe(row.workbook)} · {wording.safe(row.sheet)} · 第 {row.row} 行",
        when=_reported(row),
        brief=f"{wording.short(row.workbook, 30)} · {wording.safe(row.sheet)} · 第 {row.row} 行",
        sha=row.workbook_sha256,
        note=wording.safe(proof.note),
    )


def _reported(row: Submission) -> str:
    if row.reported_at is not None:
        return f"报送 {wording.moment(row.reported_at)}"
    return f"收件登记 {wording.moment(row.receipt_at)}" if row.receipt_at else "没有报送时间"


def _finding(lookup: Lookup, proof: Citation) -> ProofLine:
    finding: Finding | None = lookup.facts.findings.get(proof.ref)
    if finding is None:
        return _missing(proof)
    capture = lookup.facts.captures.get(finding.capture)
    return ProofLine(
        word="公示记录",
        where=f"{lookup.portal_name(finding.portal)} {wording.short(finding.title, 40)}".strip(),
        when=f"读取 {wording.moment(finding.observed_at)}",
        brief=_brief(lookup.portal_name(finding.portal), finding.observed_at, proof.note),
        url=wording.safe(finding.url),
        link=lookup.link(finding.url),
        sha=capture.sha256 if capture else "",
        note=wording.safe(proof.note),
    )


def _filing(lookup: Lookup, proof: Citation) -> ProofLine:
    row = lookup.facts.filings.get(proof.ref)
    if row is None:
        return _missing(proof)
    papers = "、".join(wording.short(paper.name, 30) for paper in row.papers if paper.sha256)
    return ProofLine(
        word="报送材料",
        where=f"{wording.safe(row.workbook)} · {wording.safe(row.sheet)} · 第 {row.row} 行",
        when=wording.day(row.on) if row.on else row.month,
        brief=f"{wording.short(row.workbook, 40)} · {wording.safe(row.sheet)} · 第 {row.row} 行"
        + (f"，附件 {papers}" if papers else ""),
        sha=row.workbook_sha256,
        note=wording.safe(row.title),
    )


def _missing(proof: Citation) -> ProofLine:
    where = f"本次事实中没有这条记录：{wording.safe(proof.kind)} {wording.safe(proof.ref)}"
    return ProofLine(
        word="缺失",
        where=where,
        brief=where,
        note=wording.safe(proof.note),
        missing=True,
    )


def _unknown(_ledger: Lookup, proof: Citation) -> ProofLine:
    """A kind of proof no reader knows: quoted as it is."""
    return ProofLine(
        word=wording.safe(proof.kind),
        where=wording.safe(proof.ref),
        brief=wording.safe(proof.ref),
        note=wording.safe(proof.note),
    )


_READERS: Mapping[str, Callable[[Lookup, Citation], ProofLine]] = {
    "capture": _capture,
    "look": _look,
    "sighting": _sighting,
    "submission": _submission,
    "finding": _finding,
    "filing": _filing,
}

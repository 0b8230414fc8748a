"""The office's word on a record itself: withdrawn it counts as never come in, released it counts again (decision 0033).

What is set aside, what cannot be read and what is withdrawn are listed with where they stand and how they are called.
"""

from collections.abc import Iterable, Mapping
from typing import TypedDict

from checks.cases.set_aside import error_of, place_of, short_id
from core.domain.errors import UsageError
from core.domain.models import Decision, Evidence, Finding, RecordSubject, Refusal, Ruling, RulingKind, Submission
from core.domain.reason_codes import SET_ASIDE
from core.storage.session import Session
from reporting import wording
from review.rulings import RulingRequest, require_why

_LEAST = 6  # characters of an id: fewer are a slip
_TABLES = {
    "submissions": "报送记录",
    "findings": "公示记录",
    "zero_reports": "零报告",
    "filings": "报送材料",
    "rulings": "裁定",
    "objections": "异议",
    "refusals": "报来未收的行",
}


class TroubledRecord(TypedDict):
    """A record that is set aside, damaged or withdrawn, as the list shows it and `--json` prints it."""

    record: str
    kind: str
    unit: str
    place: str
    state: str
    why: str


def record_named(session: Session, name: str) -> tuple[str, str]:
    """(table, id) of the one record whose id begins so; UsageError unless it is exactly one."""
    found = session.records.named(name) if len(name) >= _LEAST else ()
    if len(found) != 1:
        none = "没有这条记录（代号由 chengxin set-aside 列出）"
        raise UsageError(f"{name}：{f'对应 {len(found)} 条记录，请把代号写长一些' if found else none}")
    return found[0]


def on_record(session: Session, record: str, kind: RulingKind, why: str) -> RulingRequest:
    """Withdraw a record, or release it; UsageError where that is so already, or where there is nothing to release."""
    require_why(why)
    withdrawn = session.rulings.withdrawn()
    if kind is RulingKind.WITHDRAW and record in withdrawn:
        raise UsageError(f"记录 {short_id(record)} 已经撤回（{withdrawn[record].by}：{withdrawn[record].why}）")
    if kind is RulingKind.RELEASE and record not in withdrawn and record not in _aside(session):
        raise UsageError(f"记录 {short_id(record)} 没有撤回，也没有搁置，无从放行")
    return RulingRequest(subject=RecordSubject(record), kind=kind, why=why)


def troubled_records(
    session: Session, evidence: Iterable[Evidence], held: Iterable[Refusal] = (), *, damaged: bool = True
) -> tuple[TroubledRecord, ...]:
    """All records set aside, damaged or withdrawn, each once, and what came in and counts for nothing.

    `evidence`: of the period, for what was filed; `held`: what was not taken and nothing has settled (pipeline.held).
    `damaged`: look for what cannot be read, for which the whole store is read.
    """
    withdrawn, listed = session.rulings.withdrawn(), dict[str, TroubledRecord]()
    for record, ruling in withdrawn.items():
        listed[record] = _record(session, record, "已撤回", _word(ruling))
    for record, decision in _aside(session).items():
        listed.setdefault(record, _record(session, record, "已搁置", error_of(decision) or SET_ASIDE.sentence))
    for item in evidence:
        for proof in item.proofs if item.slug == SET_ASIDE.code else ():
            if proof.kind == "filing":
                listed.setdefault(proof.ref, _record(session, proof.ref, "已搁置", SET_ASIDE.sentence))
    for refusal in held:
        listed.setdefault(refusal.id, _record(session, refusal.id, "报来未收", refusal.reason))
    for table, record in session.records.damaged() if damaged else ():
        if record not in withdrawn:
            listed[record] = _record(session, record, "读不出", "存储的内容损坏，或来自更新的版本", table)
    return tuple(listed.values())


def records_in_question(
    session: Session,
    decisions: Mapping[str, Decision],
    waiting: Iterable[Evidence],
    evidence: Iterable[Evidence],
    held: Iterable[Refusal] = (),
) -> tuple[TroubledRecord, ...]:
    """What the office may want to withdraw or release: the troubled records, then those of what waits for its word.

    The latter say no state and no reason.
    """
    listed = {record["record"]: record for record in troubled_records(session, evidence, held)}
    for item in waiting:
        decision = decisions.get(item.decision)
        named = [("submissions", name) for name in decision.submissions] if decision else []
        named += [("findings", name) for name in decision.findings] if decision else []
        named += [("filings", proof.ref) for proof in item.proofs if proof.kind == "filing"]
        for table, name in named:
            if name not in listed:
                listed[name] = _record(session, name, "", "", table)
    return tuple(listed.values())


def _aside(session: Session) -> dict[str, Decision]:
    """Record → the decision that holds it and could not be evaluated."""
    told = {item.decision for item in session.evaluations.evidence_by_codes([SET_ASIDE.code])}
    known = session.evaluations.decisions(told) | {d.id: d for d in session.evaluations.set_aside()}
    return {name: decision for decision in known.values() for name in (*decision.submissions, *decision.findings)}


def _word(ruling: Ruling) -> str:
    return f"{ruling.by}，{ruling.at:%Y-%m-%d}：{ruling.why}"


def _record(session: Session, record: str, state: str, why: str, table: str = "") -> TroubledRecord:
    table = table or next((where for where, name in session.records.named(record) if name == record), "")
    unit, place = _place(session, record, table)
    return TroubledRecord(
        record=record,
        kind=_TABLES.get(table, table),
        unit=unit,
        place=wording.safe(place),
        state=state,
        why=wording.safe(why),
    )


def _place(session: Session, record: str, table: str) -> tuple[str, str]:
    """(the unit's slug, where it stands)."""
    if table == "filings":
        filing = session.filings.by_id([record])[record]
        return filing.unit, filing.place
    if table == "zero_reports":
        return "", session.records.zero_place(record)
    if table == "refusals":
        refusal = session.refusals.by_id(record)
        return (refusal.unit, refusal.place) if refusal else ("", "")
    if table not in ("submissions", "findings"):
        return "", ""
    known: dict[str, Submission | Finding] = {
        **session.submissions.by_id([record]),
        **session.findings.by_id([record]),
    }
    return (known[record].unit or "", place_of(known[record])) if record in known else ("", "")

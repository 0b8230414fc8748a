"""Every ruling with its code, what it is about in words, and whether it still counts: what `rulings` lists."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import TypedDict

from core.domain.models import (
    ClaimSubject,
    EvidenceSubject,
    LinkSubject,
    MonthSubject,
    RecordSubject,
    RepairSubject,
    Ruling,
    RulingKind,
    Subject,
    UnitSubject,
)
from core.domain.ruling_kinds import CHOICES, CLAIM_CHOICES, LINK_CHOICES, MONTH_CHOICES
from core.domain.ruling_validity import call_number, holds, in_force, standing
from reporting import wording
from reporting.evidence_items import VALUES
from reporting.lookup import Lookup
from reporting.open_matters import about_item
from review.rulings import CODE


class RulingRecord(TypedDict):
    """A ruling as the list shows it and `--json` prints it. `unit`: its slug, "" where it is about none."""

    code: str
    at: str
    by: str
    unit: str
    about: str
    word: str
    why: str
    state: str


def ruling_list(lookup: Lookup, listed: Sequence[Ruling] | None = None) -> tuple[RulingRecord, ...]:
    """All rulings, the newest first, lifted and expired ones among them; or those `listed`, in their order, where the
    index has the evidence of these alone."""
    rulings = tuple(lookup.facts.rulings)
    listed = rulings[::-1] if listed is None else listed
    states = dict(_states(lookup, rulings, listed))
    return tuple(_record(lookup, ruling, states[ruling.id]) for ruling in listed)


def _states(lookup: Lookup, rulings: Iterable[Ruling], listed: Iterable[Ruling]) -> Iterator[tuple[str, str]]:
    """Ruling's id → whether it counts, in words; `rulings` in order of record."""
    stand, today = standing(rulings), lookup.today
    newest = {r.subject: r.id for r in stand}
    ids = {r.id for r in stand}
    for ruling in listed:
        if ruling.word is RulingKind.LIFT:
            yield ruling.id, "—"
        elif ruling.id not in ids:
            yield ruling.id, "已撤回"
        elif not in_force(ruling, today):
            yield ruling.id, "已到期"
        elif newest[ruling.subject] != ruling.id and not isinstance(ruling.subject, UnitSubject):
            yield ruling.id, "后来另有裁定"
        else:
            yield ruling.id, _of_facts(lookup, ruling, today)


def _of_facts(lookup: Lookup, ruling: Ruling, today: date) -> str:
    """Whether what it was said of is as it was then."""
    if not isinstance(ruling.subject, EvidenceSubject):
        return "有效"
    evidence = next(iter(lookup.known([ruling.subject.key])), None)
    if evidence is None:
        return "不在本期"
    return "有效" if holds(ruling, evidence, today) else "事实已变，须重新裁定"


def _record(lookup: Lookup, ruling: Ruling, state: str) -> RulingRecord:
    unit, about = _about(lookup, ruling.subject)
    value = ruling.value[:CODE] if ruling.word is RulingKind.LIFT else VALUES.get(ruling.value, ruling.value)
    return RulingRecord(
        code=ruling.id[:CODE],
        at=wording.minute(ruling.at),
        by=wording.safe(ruling.by),
        unit=unit,
        about=about,
        word=" ".join(filter(None, (_word(ruling), value, f"（有效至 {ruling.until}）" if ruling.until else ""))),
        why=wording.safe(ruling.why),
        state=state,
    )


def _word(ruling: Ruling) -> str:
    """The kind in the words of what it is said of."""
    choices = {LinkSubject: LINK_CHOICES, ClaimSubject: CLAIM_CHOICES, MonthSubject: MONTH_CHOICES}
    return choices.get(type(ruling.subject), CHOICES).get(ruling.word, CHOICES[ruling.word])


def _about(lookup: Lookup, subject: Subject) -> tuple[str, str]:
    """(the unit's slug, what it is about in words)."""
    match subject:
        case EvidenceSubject(key):
            evidence = next(iter(lookup.known([key])), None)
            call = call_number(key)
            return (evidence.unit, f"{about_item(lookup, evidence)}（{call}）") if evidence else ("", f"事项 {call}")
        case LinkSubject(left, right):
            return "", f"记录 {left[:CODE]} 与 {right[:CODE]}"
        case ClaimSubject(decision) | RepairSubject(decision):
            known = lookup.evaluation.decisions.get(decision)
            what = "不公开的主张" if isinstance(subject, ClaimSubject) else "信用修复"
            return (known.unit if known else ""), f"{(known.number if known else '') or decision} {what}"
        case UnitSubject(unit, quarter):
            return unit, f"{lookup.unit_name(unit)} {quarter}"
        case MonthSubject(unit, kind, month):
            return unit, f"{lookup.unit_name(unit)} {month} {wording.kind(kind)}"
        case RecordSubject(record):
            return "", f"记录 {record[:CODE]}"

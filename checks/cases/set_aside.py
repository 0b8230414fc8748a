"""What cannot be evaluated is set aside, never guessed (decision 0023): inconclusive in every check. Pure."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from core.domain.models import (
    SET_ASIDE_MARK,
    Citation,
    DamagedSubmission,
    Decision,
    Evidence,
    Filing,
    Finding,
    Submission,
)
from core.domain.reason_codes import NOT_BY_PROVIDER, SET_ASIDE


def place_of(record: Submission | Finding) -> str:
    """Where a record stands: workbook, sheet and row, or portal and address; then its id, by which it is withdrawn."""
    if isinstance(record, DamagedSubmission):
        place = f"《{record.workbook}》中的一行"
    elif isinstance(record, Submission):
        place = f"《{record.workbook}》{record.sheet} 第 {record.row} 行"
    else:
        place = f"栏目 {record.portal}，{record.url or record.row_key}"
    return f"{place}（记录 {short_id(record.id)}）"


def short_id(record: str) -> str:
    """The beginning of a record's id that people copy and type; commands take any beginning that only one has."""
    return record[:12]


def citation_of(record: Submission | Finding) -> Citation:
    """The record as proof."""
    if isinstance(record, Submission):
        return Citation("submission", record.id, place_of(record))
    return Citation("capture", record.capture, place_of(record))


def alone(record: Submission | Finding, error: str) -> Decision:
    """A decision that holds the one record which could not be linked, and says so."""
    unit, kind = record.unit or "", record.kind
    short = hashlib.sha256(record.id.encode()).hexdigest()[:8]
    handed_in = isinstance(record, Submission)
    return Decision(
        id=f"{unit}|{kind or '?'}|~{short}",
        unit=unit,
        kind=kind,
        name=record.name,
        decided_on=(record.decided_on,) if record.decided_on else (),
        submissions=(record.id,) if handed_in else (),
        findings=() if handed_in else (record.id,),
        links=(f"{SET_ASIDE_MARK}{error}", place_of(record)),
    )


def error_of(decision: Decision) -> str:
    """Why the record of a decision was set aside; "" where it was not."""
    return next((link.removeprefix(SET_ASIDE_MARK) for link in decision.links if link.startswith(SET_ASIDE_MARK)), "")


def line_of(decision: Decision) -> str:
    """What is told of a decision that is nothing but a record set aside; "" of any other."""
    error, place = error_of(decision), decision.links[-1] if decision.links else ""
    return f"{SET_ASIDE.sentence}（{error}）：{place}" if error else ""


def set_aside(
    decision: Decision, records: Sequence[Submission | Finding], error: str, checks: Iterable[str]
) -> tuple[Evidence, ...]:
    """Inconclusive evidence of every check about a decision that could not be evaluated, with its records' places."""
    days, places = decision.decided_on, "；".join(map(place_of, records))
    return tuple(
        Evidence(
            key=f"{check}|{decision.id}",
            check=check,
            unit=decision.unit,
            decision=decision.id,
            kind=decision.kind,
            outcome=SET_ASIDE.resolve(),
            slug=SET_ASIDE.code,
            sentence=f"{SET_ASIDE.sentence}（{error}）：{places}",
            decided_on=days[-1] if days else None,
            proofs=tuple(map(citation_of, records)),
        )
        for check in checks
    )


MOST_PLACES = 5  # of filings set aside together; the others are counted


def set_aside_filings(check: str, unit: str, day: date, filings: Sequence[Filing], error: str) -> Evidence:
    """Inconclusive evidence of one check about filings of `unit` that it could not judge; `day`: its period."""
    places = "；".join(filing.place for filing in filings[:MOST_PLACES])
    more = f" 等 {len(filings)} 行" if len(filings) > MOST_PLACES else ""
    return Evidence(
        key=f"{check}|{unit}|{SET_ASIDE.code}",
        check=check,
        unit=unit,
        subject=filings[0].id if filings else unit,
        outcome=SET_ASIDE.resolve(),
        slug=SET_ASIDE.code,
        sentence=f"{SET_ASIDE.sentence}（{error}）：{places}{more}",
        decided_on=day,
        proofs=tuple(Citation("filing", filing.id, filing.place) for filing in filings[:MOST_PLACES]),
    )


def set_aside_again(evidence: Evidence) -> Evidence:
    """An accusation that may rest on what was set aside, as what it then is."""
    sentence = f"{SET_ASIDE.sentence}（同一单位另有记录已搁置）：{evidence.sentence}"
    return replace(evidence, outcome=SET_ASIDE.resolve(), slug=SET_ASIDE.code, sentence=sentence)


def not_by_its_provider(evidence: Evidence, who: str) -> Evidence:
    """What a filing would say that came in by somebody who may not hand its form in: nothing. `who`: who may."""
    sentence = f"{NOT_BY_PROVIDER.sentence}（只由{who}报送）：{evidence.sentence}"
    return replace(
        evidence, outcome=NOT_BY_PROVIDER.resolve(), slug=NOT_BY_PROVIDER.code, sentence=sentence, deadline=None
    )

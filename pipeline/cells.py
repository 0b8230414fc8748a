"""双公示 by month and kind: of which cells of a period nobody has spoken (docs/rules.md §1.1: 全量报送).

A cell is one month, over, of one kind. It is spoken for by the unit's rows or 零报告, by a decision of it that is known
(what is said of that settles the rest), by 政府办's figure of none, or by the office's word that the month is complete.
Of any other nobody knows whether there was nothing or nothing was handed in. Pure.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from core.domain.config import Unit
from core.domain.models import Evaluation, Evidence, Filing, Kind, MonthSubject, Outcome, Ruling
from core.domain.periods import Period
from core.domain.ruling_validity import complete_months

Cell = tuple[str, Kind, str]  # unit, kind, month
Months = Mapping[str, Iterable[tuple[Kind, str]]]  # unit → the (kind, month) that its workbooks cover
KIND_WORDS = {Kind.LICENCE: "许可", Kind.PENALTY: "处罚"}
_COLLECTED = "reported_within_deadline"


def spoken_cells(
    evaluation: Evaluation, rulings: Iterable[Ruling], months: Months, figures: Iterable[Filing]
) -> frozenset[Cell]:
    """Every cell of the period that somebody has spoken of. `months`: what workbooks that count cover, by unit;
    `figures`: the filings of the period that count."""
    handed_in = {(unit, *cell) for unit, cells in months.items() for cell in cells}
    complete = {_of_word(subject) for subject in complete_months(rulings)}
    return frozenset({*handed_in, *complete, *_known(evaluation.evidence), *_none_known(figures)})


def silent_cells(unit: Unit, period: Period, now: datetime, spoken: frozenset[Cell]) -> tuple[str, ...]:
    """The cells of a unit that nobody has spoken of, in words, by month."""
    months = [m for m in period.months if m < f"{now:%Y-%m}" and unit.valid_on(date.fromisoformat(f"{m}-01"))]
    return tuple(
        f"{month} {KIND_WORDS[kind]}" for month in months for kind in Kind if (unit.slug, kind, month) not in spoken
    )


def _of_word(subject: MonthSubject) -> Cell:
    return subject.unit, subject.kind, subject.month


def _known(evidence: Iterable[Evidence]) -> Iterator[Cell]:
    for item in evidence:
        asked = item.check == _COLLECTED and item.outcome is not Outcome.NOT_APPLICABLE
        if asked and item.kind and item.decided_on:
            yield item.unit, item.kind, f"{item.decided_on:%Y-%m}"


def _none_known(filings: Iterable[Filing]) -> Iterator[Cell]:
    """Cells of which 政府办's newest figure is none."""
    figures = sorted((f for f in filings if f.form == "gov-office-data"), key=lambda f: f.received_at)
    newest: Mapping[tuple[str, str, str], str] = {(f.unit, f.said("kind"), f.month): f.said("count") for f in figures}
    for (unit, kind, month), count in newest.items():
        if count == "0":
            yield from ((unit, known, month) for known, word in KIND_WORDS.items() if word == kind)

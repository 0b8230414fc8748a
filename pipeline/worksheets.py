"""Workbooks that the office works with beside the reports: the month's sheet, the sample to compare by hand, the review
workbook."""

from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import UsageError
from core.domain.models import Evaluation
from core.domain.periods import parse_period
from core.domain.ruling_validity import newest_words
from core.storage.session import Session
from pipeline.held import refusals_held
from pipeline.open_matters import lookup_by_now, matters_of
from pipeline.report_context import facts_of
from reporting.worksheets.sample_and_month import Sample, write_month_sheet, write_sample
from review.sampling import draw
from review.worksheet import write_out
from scoring.rates import month_rows


def write_month(session: Session, evaluation: Evaluation, out: Path) -> int:
    """The “7天双公示” sheet of an evaluated month; returns how many units stand in it. UsageError for no month."""
    month = evaluation.period
    if not parse_period(month).interim:
        raise UsageError(f"{month} 不是月份，应写成 2026-08")
    submissions = session.submissions.by_id(name for d in evaluation.decisions.values() for name in d.submissions)
    words, today = newest_words(session.rulings.all()), evaluation.at.date()
    rows = month_rows(submissions.values(), evaluation.evidence, words, today, month)
    write_month_sheet(out, session.config, month, rows)
    return len(rows)


def write_reviewed(session: Session, evaluation: Evaluation, out: Path) -> tuple[int, int]:
    """The review workbook of a period, by every word said until now; returns how many items and how many pairs."""
    lookup = lookup_by_now(session, evaluation)
    return write_out(out, session, lookup, matters_of(session, lookup), refusals_held(session))


@dataclass(frozen=True, slots=True)
class SampleDrawn:
    """How many decisions were drawn, of how many units, by which seed."""

    decisions: int
    units: int
    seed: str


def write_drawn(session: Session, evaluation: Evaluation, out: Path, each: int, seed: str = "") -> SampleDrawn:
    """A sample of so many decisions of each unit and kind; the same seed (the period's name) draws the same."""
    name = seed or evaluation.period
    drawn = draw(evaluation.decisions.values(), name, each)
    facts, pairs = facts_of(session, evaluation), [(d.name, d.decision) for d in drawn]
    write_sample(out, session.config, Sample(drawn=pairs, facts=facts, seed=name, each=each))
    return SampleDrawn(len(drawn), len({item.decision.unit for item in drawn}), name)

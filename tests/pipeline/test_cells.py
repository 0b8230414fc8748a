"""全量 is judged by month and kind: of what nobody spoke of the points stay open, and nobody is accused of it."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.config import Config, load
from core.domain.models import (
    Attachment,
    Decision,
    Evaluation,
    Evidence,
    Filing,
    IndicatorScore,
    Kind,
    MonthSubject,
    Outcome,
    Ruling,
    RulingKind,
    Submission,
    ZeroReport,
)
from core.domain.periods import parse_period
from core.storage.database import Store
from core.storage.session import Session
from pipeline.filings import evaluate_filings
from pipeline.score import scores_of
from pipeline.whatif import changed_scheme
from tests.support.paths import ROOT
from tests.support.sessions import session_of

Q3, UNIT = parse_period("2026Q3"), "scjgj"
AT = datetime(2026, 10, 20, 1, tzinfo=ZONE)
MONTHS = ("2026-07", "2026-08", "2026-09")
EVERY = [(kind, month) for month in MONTHS for kind in ("licence", "penalty")]
MONTHLY = ("admin-coercion", "admin-confirmation", "admin-adjudication", "admin-reward", "admin-inspection")


@pytest.fixture(name="store")
def an_empty_store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "chengxin.db") as store:
        yield store


def config_with(*changes: str) -> Config:
    """The district's own configuration with a reading chosen otherwise."""
    config = load(ROOT / "districts/huaian")
    scheme = changed_scheme(ROOT / "districts/huaian/scheme-2022.toml", changes)
    return config.model_copy(update={"scheme": scheme, "schemes": ()})


def hand_in(
    session: Session,
    at: datetime = AT,
    licences: tuple[date, ...] = (),
    zeros: list[tuple[str, str]] | None = None,
    filings: list[tuple[str, str]] | None = None,
    book: str = "表.xlsx",
) -> None:
    """One workbook of the unit: licences, 零报告 and rows of monthly forms; `book`: its name."""
    name = f"{at}{licences}{zeros}{filings}{book}"
    session.submissions.add_workbook(
        Attachment(sha256=name, name=book, size=1, received_at=at),
        [Submission(id=f"s{day}{at}", unit=UNIT, kind=Kind.LICENCE, workbook=book, workbook_sha256=name,
                    sheet="许可", row=2, decided_on=day, received_at=at) for day in licences],
        [ZeroReport(id=f"z{kind}{month}{at}", unit=UNIT, kind=kind, month=month, workbook=book,
                    workbook_sha256=name, sheet="零报告", row=2, received_at=at) for kind, month in zeros or []],
        at,
        [Filing(id=f"f{form}{month}{at}", content=f"{form}{month}", form=form, unit=UNIT, month=month, title="某事",
                on=date.fromisoformat(f"{month}-05"), workbook=book, workbook_sha256=name, sheet="s", row=2,
                received_at=at) for form, month in filings or []],
    )  # fmt: skip


def held_by_decisions(session: Session) -> None:
    """Every licence that was handed in is a decision of its own, as the last judgement left it."""
    rows = session.submissions.all().values()
    session.evaluations.replace_decisions(
        session.evaluations.decisions(),
        [
            Decision(id=f"licence{row.decided_on}{row.id}", unit=UNIT, kind=row.kind, submissions=(row.id,))
            for row in rows
        ],
    )


def in_time(day: date, kind: Kind = Kind.LICENCE) -> Evidence:
    """A decision of the unit that was collected in time."""
    check = "reported_within_deadline"
    return Evidence(
        key=f"{check}|{kind}{day}", check=check, unit=UNIT, decision=f"{kind}{day}", kind=kind, outcome=Outcome.MET,
        slug="reported-in-time", sentence="期内报送", decided_on=day,
    )  # fmt: skip


def row_of(session: Session, code: str, *evidence: Evidence, at: datetime = AT) -> IndicatorScore:
    """The unit's points of one indicator."""
    held_by_decisions(session)
    filed = evaluate_filings(session, Q3)
    evaluation = Evaluation(
        at=at, period=Q3.name, decisions={}, evidence=evidence, scores=(), filed=filed.evidence, earlier=filed.earlier
    )
    (score,) = [score for score in scores_of(session, evaluation) if score.unit == UNIT]
    return next(row for row in score.indicators if row.code == code)


# ---------------------------------------------------------------- 1.1

JULY = tuple(date(2026, 7, day) for day in (1, 8, 15))
COLLECTED = tuple(map(in_time, JULY))


def test_three_licences_of_july_in_time_are_not_everything_and_accuse_nobody(store: Store) -> None:
    session = session_of(store, config_with(), AT)
    hand_in(session, licences=JULY)
    row = row_of(session, "1.1", *COLLECTED)
    assert (row.low, row.high, row.judged) == (Decimal(0), Decimal(10), True)
    assert "2026-07 处罚、2026-08 许可、2026-08 处罚、2026-09 许可、2026-09 处罚 既无数据也无零报告" in row.why
    assert not any(item.outcome is Outcome.BREACHED for item in evaluate_filings(session, Q3).evidence)


NEIGHBOUR = "车桥镇.xlsx"


def of_an_older_store(session: Session) -> None:
    """Nobody noted then who handed a workbook in; a neighbour's name on it shows that it was not the unit."""
    session.store.db.execute("DELETE FROM hand_ins")


def test_an_old_zero_report_in_a_neighbours_workbook_speaks_for_no_cell(store: Store) -> None:
    session = session_of(store, config_with(), AT)
    hand_in(session, licences=JULY)
    hand_in(session, zeros=EVERY, book=NEIGHBOUR)
    assert row_of(session, "1.1", *COLLECTED).low == 10
    of_an_older_store(session)
    row = row_of(session, "1.1", *COLLECTED)
    assert (row.low, row.high) == (Decimal(0), Decimal(10)) and "2026-08 许可" in row.why


def test_a_correction_that_came_late_makes_no_month_late(store: Store) -> None:
    session = session_of(store, config_with("late-month:in_force=never"), AT)
    early = datetime(2026, 8, 5, 9, tzinfo=ZONE)
    hand_in(session, at=early, filings=[(form, "2026-07") for form in MONTHLY])
    hand_in(session, filings=[(form, "2026-07") for form in MONTHLY], book="更正.xlsx")
    said = [e for e in evaluate_filings(session, Q3).evidence if e.unit == UNIT and "1.2|2026-07" in e.key]
    assert [e.slug for e in said] == ["complete"]


def test_what_counts_no_more_brought_no_month_in_time(store: Store) -> None:
    """A neighbour's 零报告 of an older store came in July; the unit's own rows came too late."""
    session = session_of(store, config_with("late-month:in_force=never"), AT)
    early = datetime(2026, 8, 5, 9, tzinfo=ZONE)
    hand_in(session, at=early, zeros=[(form, "2026-07") for form in MONTHLY], book=NEIGHBOUR)
    of_an_older_store(session)
    hand_in(session, filings=[(form, "2026-07") for form in MONTHLY])
    said = [e for e in evaluate_filings(session, Q3).evidence if e.unit == UNIT and "1.2|2026-07" in e.key]
    assert [(e.outcome, e.slug) for e in said] == [(Outcome.INCONCLUSIVE, "month-late")]


def test_as_the_older_reading_has_it_what_was_reported_is_enough(store: Store) -> None:
    session = session_of(store, config_with("silent-cells:in_force=as-reported"), AT)
    hand_in(session, licences=JULY)
    assert row_of(session, "1.1", *COLLECTED).low == 10


def test_every_cell_that_is_spoken_for_settles_it(store: Store) -> None:
    session = session_of(store, config_with(), AT)
    hand_in(session, licences=JULY, zeros=[cell for cell in EVERY if cell not in (EVERY[0], EVERY[-1], EVERY[2])])
    assert row_of(session, "1.1", *COLLECTED).low == 0
    subject = MonthSubject(UNIT, Kind.PENALTY, "2026-09")
    word = Ruling(id="r", subject=subject, word=RulingKind.ACCEPT, by="张某", why="电话核实过", at=AT)
    session.rulings.add(word, AT)
    seen_in_august = in_time(date(2026, 8, 3))  # on the credit site, in no workbook
    assert "2026-08 许可 既无" in row_of(session, "1.1", *COLLECTED).why
    row = row_of(session, "1.1", *COLLECTED, seen_in_august)
    assert (row.low, row.high) == (Decimal(10), Decimal(10)) and row.why.startswith("全部达到要求")


def test_months_that_are_not_over_are_not_asked_for(store: Store) -> None:
    august = datetime(2026, 8, 20, 1, tzinfo=ZONE)
    session = session_of(store, config_with(), august)
    hand_in(session, august, licences=JULY, zeros=[("penalty", "2026-07")])
    assert row_of(session, "1.1", *COLLECTED, at=august).low == 10


def test_a_unit_of_which_nothing_is_known_stays_unjudged(store: Store) -> None:
    row = row_of(session_of(store, config_with(), AT), "1.1")
    assert (row.low, row.high, row.judged) == (Decimal(0), Decimal(10), False)


# ---------------------------------------------------------------- 1.2, by the month

IN_TIME = datetime(2026, 8, 9, 9, tzinfo=ZONE)
AFTER_DUE = datetime(2026, 9, 5, 9, tzinfo=ZONE)  # July was due on 10 August
AFTER_CLOSING = datetime(2026, 10, 12, 9, tzinfo=ZONE)
LATE = [
    ("counts", IN_TIME, "5"), ("counts", AFTER_DUE, "5"), ("counts", AFTER_CLOSING, "5"),
    ("until-due-day", IN_TIME, "5"), ("until-due-day", AFTER_DUE, "5"), ("until-due-day", AFTER_CLOSING, "0"),
    ("never", IN_TIME, "5"), ("never", AFTER_DUE, "0"), ("never", AFTER_CLOSING, "0"),
]  # fmt: skip


@pytest.mark.parametrize(("choice", "july", "low"), LATE)
def test_a_month_that_came_late(store: Store, choice: str, july: datetime, low: str) -> None:
    session = session_of(store, config_with(f"late-month:in_force={choice}"), AT)
    hand_in(session, july, filings=[(form, "2026-07") for form in MONTHLY])
    hand_in(session, datetime(2026, 9, 9, tzinfo=ZONE), zeros=[(form, "2026-08") for form in MONTHLY])
    hand_in(session, datetime(2026, 10, 9, tzinfo=ZONE), filings=[(form, "2026-09") for form in MONTHLY])
    row = row_of(session, "1.2")
    assert (row.low, row.high) == (Decimal(low), Decimal(5))  # never nought for sure: the office may have been late


@pytest.mark.parametrize(
    ("choice", "rows", "points"),
    [("counts", [], "5"), ("does-not-count", [], "0"), ("does-not-count", ["admin-reward"], "5")],
)
def test_a_month_of_zero_reports(store: Store, choice: str, rows: list[str], points: str) -> None:
    session = session_of(store, config_with(f"zero-report-monthly:in_force={choice}"), AT)
    for month, at in zip(MONTHS, (IN_TIME, datetime(2026, 9, 9, tzinfo=ZONE), datetime(2026, 10, 9, tzinfo=ZONE)),
                         strict=True):  # fmt: skip
        some = rows if month == "2026-08" else ["admin-reward"]
        zeros = [(form, month) for form in MONTHLY if form not in some]
        hand_in(session, at, zeros=zeros, filings=[(form, month) for form in some])
    row = row_of(session, "1.2")
    assert (row.low, row.high) == (Decimal(points), Decimal(points))

"""The office's word that a month was reported whole: when it makes an omission, and that it can be taken back."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.domain.config import load
from core.domain.models import Kind, MonthSubject, Ruling, RulingKind
from core.storage.database import Store
from core.storage.runs import Runs
from core.storage.session import Session
from pipeline.evaluate import evaluate
from review.months import on_month
from review.reviewers import Person
from review.rulings import record_rulings
from simulation.district import write as write_district
from simulation.scenario_builder import build
from simulation.scenarios import scripted
from simulation.server import SITES
from simulation.world import FIRST_NIGHT, night_moment
from tests.support.observed_quarter import Watching
from tests.support.sessions import session_of

OMITTED = "楚市监处罚〔2026〕366号"  # of 9 July: on the portal, in no workbook, not on the credit site
JULY = MonthSubject("scjgj", Kind.PENALTY, "2026-07")
LAST_IMPORT, LAST = date(2026, 8, 9), date(2026, 8, 14)  # a Sunday; July is due on Monday the 10th


class Town:
    """The scripted town to the Friday after the due day, whose units handed nothing in since the Sunday before it."""

    def __init__(self, folder: Path, store: Store) -> None:
        write_district(folder / "district", {site.name: 9001 + n for n, site in enumerate(SITES)})
        self.config, self.store = load(folder / "district"), store
        Runs(store).add_config(self.config.hash, {}, night_moment(FIRST_NIGHT))
        self._watching = Watching(build(scripted()), self.config, store)
        self._watching.import_workbooks(FIRST_NIGHT - timedelta(days=1))
        for day in (FIRST_NIGHT + timedelta(days=n) for n in range((LAST - FIRST_NIGHT).days + 1)):
            self._watching.night(day)
            if day <= LAST_IMPORT:
                self._watching.import_workbooks(day)
        self.session = self.at(LAST)

    def at(self, day: date) -> Session:
        return session_of(self.store, self.config, night_moment(day) + timedelta(minutes=10))

    def watch(self, day: date) -> None:
        self._watching.night(day)

    def said(self, day: date) -> str:
        """What is said of the omission by a night that takes up what is new; a full recomputation says the same."""
        session = self.at(day)
        evaluate(session)
        fresh = _said(session)
        evaluate(session, full=True)
        assert _said(session) == fresh
        return fresh

    def rule(self, day: date, word: RulingKind) -> None:
        session = self.at(day)
        request = on_month(JULY, word, "电话核实过", session.rulings.all())
        record_rulings(session, [request], Person("张某", "account:z"))


def _said(session: Session) -> str:
    (decision,) = [d.id for d in session.evaluations.decisions().values() if d.number == OMITTED]
    (found,) = [e for e in session.evaluations.evidence(decision=decision) if e.check == "decision_was_submitted"]
    return f"{found.slug}；{found.sentence}"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with Store(folder / "chengxin.db") as store:
        yield Town(folder, store)


def test_the_offices_word_makes_an_omission_a_working_day_later_and_can_be_taken_back(town: Town) -> None:
    assert town.said(LAST).startswith("workbook-before-due")
    town.rule(LAST, RulingKind.ACCEPT)  # on a Friday, just after midnight
    assert town.said(LAST).startswith("workbook-just-came")
    for days in (1, 2, 3):
        town.watch(LAST + timedelta(days=days))
        assert town.said(LAST + timedelta(days=days)).startswith("workbook-just-came")  # Monday is not over yet
    town.watch(LAST + timedelta(days=4))
    omitted = town.said(LAST + timedelta(days=4))
    assert omitted.startswith("not-submitted") and "信用办 2026-08-14 认定当月已报齐（张某：电话核实过）" in omitted
    town.rule(LAST + timedelta(days=4), RulingKind.DISMISS)
    assert town.said(LAST + timedelta(days=4)).startswith("workbook-before-due")


def test_a_word_on_another_kind_or_month_says_nothing_of_this_one(town: Town) -> None:
    rulings = [
        Ruling(id=name, subject=subject, word=RulingKind.ACCEPT, by="张某", why="因", at=night_moment(LAST))
        for name, subject in (
            ("a", MonthSubject("scjgj", Kind.LICENCE, "2026-07")),
            ("b", MonthSubject("scjgj", Kind.PENALTY, "2026-06")),
            ("c", MonthSubject("sthj", Kind.PENALTY, "2026-07")),
        )
    ]
    for ruling in rulings:
        town.session.rulings.add(ruling, night_moment(LAST))
    assert town.said(LAST + timedelta(days=4)).startswith("workbook-before-due")

"""What is kept between pages is what a reckoning from nothing gives, whatever was said, handed in or seen meanwhile."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.forms import forms
from core.domain.models import Outcome
from core.storage.session import Session
from desk import as_it_stands
from desk.as_it_stands import Reckoned, reckoned
from pipeline.evaluate import evaluate
from pipeline.ingest import import_uploads
from pipeline.newest import evaluation_at
from pipeline.open_matters import lookup_by_now, matters_of, open_matters_of
from review.claims import claimed_decisions, on_claim
from review.months import month_subject, on_month
from review.reviewers import Person
from review.rulings import on_evidence, on_unit, record_rulings
from simulation.world import night_moment
from tests.support.desk_town import LAST, UNIT, Town
from tests.support.form_samples import book

HEAD = Person("王主任", "desk:head")


def confirm(session: Session, _: Path) -> None:
    (item, *_rest) = (e for e in session.evaluations.evidence(unit=UNIT) if e.outcome is Outcome.BREACHED)
    record_rulings(session, [on_evidence(item, "confirm", "核对存证，情况属实")], HEAD)


def deduct(session: Session, _: Path) -> None:
    record_rulings(session, [on_unit(UNIT, "2026Q3", "deduct", "3", "专项检查通报")], HEAD)


def claim(session: Session, _: Path) -> None:
    decisions = session.evaluations.decisions().values()
    claimed, *_rest = claimed_decisions(decisions, session.submissions.all(), session.rulings.all(), LAST)
    record_rulings(session, [on_claim(claimed, "dismiss", "不属于不公开的情形", LAST)], HEAD)


def complete(session: Session, _: Path) -> None:
    subject = month_subject(UNIT, "许可", "2026-06", LAST)
    record_rulings(session, [on_month(subject, "accept", "电话核实已报齐", ())], HEAD)


def hand_in(session: Session, folder: Path) -> None:
    name = next(u.name for u in session.config.units if u.slug == UNIT)
    (folder / "合同.xlsx").write_bytes(book(forms()["contract"], {"unit": name}))
    import_uploads(session, [folder / "合同.xlsx"])


def judge(session: Session, _: Path) -> None:
    evaluate(session.at(night_moment(LAST)))


DEEDS: tuple[Callable[[Session, Path], None], ...] = (confirm, deduct, claim, judge, complete, hand_in, judge)


def test_it_is_what_a_reckoning_from_nothing_gives(town: Town, tmp_path: Path) -> None:
    with town.desk.session() as session:
        for deed in DEEDS:
            deed(session, tmp_path)
            kept = reckoned(town.desk).standing(session, fresh=True)
            evaluation = evaluation_at(session, None)
            lookup = lookup_by_now(session, evaluation)
            assert kept.evaluation.scores == evaluation.scores, deed
            assert kept.evaluation == lookup.evaluation, deed
            assert kept.matters == matters_of(session, lookup), deed
            assert kept.lookup.rulings == lookup.rulings, deed
            assert kept.lookup.facts == lookup.facts, deed
            today, matters = reckoned(town.desk).today(session, "2026Q3")
            now = evaluation_at(session, "2026Q3", session.now())
            assert today == now, deed
            asked = {(m.kind, m.call, m.unit, m.changes) for m in open_matters_of(session, now)}
            assert {(m.kind, m.call, m.unit, m.changes) for m in matters} == asked, deed


def test_a_night_that_writes_all_the_time_makes_no_page_wait(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages show what is known; the new is reckoned behind them and shown next."""
    made: list[str] = []
    reckon = Reckoned._reckon

    def slow(self: Reckoned, session: Session, name: str) -> as_it_stands.Standing:
        made.append(name)
        time.sleep(0.5 if len(made) > 1 else 0)
        return reckon(self, session, name)

    monkeypatch.setattr(Reckoned, "_reckon", slow)
    monkeypatch.setattr(as_it_stands, "HOLD", 0.0)
    known = Reckoned(town.desk)
    with town.desk.session() as session:
        first = known.standing(session)
        for _ in range(3):
            session.outbox.again("nothing", session.now())
            evaluate(session.at(night_moment(LAST) + timedelta(days=1)), full=True)
            began = time.monotonic()
            assert known.standing(session) is not None
            assert time.monotonic() - began < 0.4
        until = time.monotonic() + 20
        while known.standing(session) is first:
            assert time.monotonic() < until
            time.sleep(0.05)
        began = len(made)
        assert known.standing(session, fresh=True).evaluation.evidence and len(made) <= began + 1


def test_a_word_said_here_is_shown_at_once(town: Town, tmp_path: Path) -> None:
    known = reckoned(town.desk)
    with town.desk.session() as session:
        before = known.standing(session)
        confirm(session, tmp_path)
        known.heard()
        after = known.standing(session)
    assert len(after.matters) == len(before.matters) - 1

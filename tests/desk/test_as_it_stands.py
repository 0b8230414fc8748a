"""What is kept between pages is what a reckoning from nothing gives, whatever was said, handed in or seen meanwhile."""

import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.forms import forms
from core.domain.models import Evidence, EvidenceSubject, Outcome, PossibleLink, Ruling, RulingKind
from core.domain.ruling_validity import call_number, fingerprint, newest_words
from core.storage.session import Session
from desk import as_it_stands
from desk.as_it_stands import GROUNDS, Reckoned, Tell, reckoned
from desk.district import District, Part
from desk.matter_list import MatterList, PartList
from pipeline.by_unit import Shared
from pipeline.evaluate import evaluate
from pipeline.ingest import import_uploads
from pipeline.newest import evaluation_at, newest_night
from pipeline.open_matters import lookup_by_now, matters_of, open_matters_of
from pipeline.whatif import if_ruled, if_worded
from reporting.evidence_items import item_view
from reporting.explanation import Explanation
from reporting.explanation import explain as explained
from reporting.look_calendar import looks_around
from reporting.open_matters import MatterKind, OpenMatter, tallied
from reporting.unit_views import score_view
from review.claims import claimed_decisions, on_claim
from review.months import month_subject, on_month
from review.objections import add_objections, objection_to
from review.records import on_record
from review.reviewers import Person
from review.rulings import on_evidence, on_link, on_unit, record_rulings
from simulation.world import night_moment
from tests.desk.conftest import Enter
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


def link(session: Session, _: Path) -> None:
    """Two rows of a unit, whatever they say, are one act."""
    one, other, *_rest = (d for d in session.evaluations.decisions().values() if d.submissions and d.unit == UNIT)
    record_rulings(session, [on_link(one.submissions[0], other.submissions[0], "confirm", "核对过，是同一件")], HEAD)
    evaluate(session.at(newest_night(session)))


def object_to(session: Session, _: Path) -> None:
    """A unit other than the first."""
    (item, *_rest) = (e for e in session.evaluations.evidence() if e.outcome is Outcome.BREACHED and e.unit != UNIT)
    said = objection_to(session.config, item, item.unit, "当天已经公示，请核对", (), session.now(), "objection")
    assert add_objections(session, [said], None)


def withdraw(session: Session, _: Path) -> None:
    """What was filed, or else a row of 双公示."""
    record = next((filing.id for filing in session.filings.all()), None) or next(iter(session.submissions.all()))
    record_rulings(session, [on_record(session, record, RulingKind.WITHDRAW, "重复报送，单位来电说明")], HEAD)


DEEDS: tuple[Callable[[Session, Path], None], ...] = (
    confirm, deduct, claim, judge, complete, hand_in, judge, object_to, link, withdraw,
)  # fmt: skip


def settled(known: Reckoned, session: Session, moment: as_it_stands.Moment = "night") -> District:
    """The district with all that another program wrote, too."""
    until = time.monotonic() + 30
    while True:
        district = known.district(session, "2026Q3", moment)
        held = known._held["2026Q3", moment]
        of_now = (as_it_stands._made_of(session, moment), as_it_stands._words(session))
        if (held.made_of, held.words) == of_now and not held.district.pending:
            return held.district
        assert time.monotonic() < until and district
        time.sleep(0.02)


def unquoted(matters: Iterable[OpenMatter]) -> list[OpenMatter]:
    return [replace(m, proof="") for m in matters]


def assert_as_from_nothing(known: Reckoned, session: Session, deed: object) -> None:
    district, evaluation = settled(known, session), evaluation_at(session, "2026Q3")
    lookup = lookup_by_now(session, evaluation)
    assert district.scores == evaluation.scores, deed
    assert unquoted(district.matters) == unquoted(matters_of(session, lookup)), deed
    for score in evaluation.scores:
        part = district.parts[score.unit]
        assert part.view == score_view(lookup, score), deed
        assert part.explanation is not None
        assert unproven(part.explanation) == unproven(explained(lookup, score.unit, GROUNDS)), deed
    for item in sample(lookup.evaluation.with_earlier):
        close = known.close_up(session, call_number(item.key), period="2026Q3")
        assert close is not None and close.evidence == item, deed
        assert item_view(close.lookup, item) == item_view(lookup, item), deed
        assert looks_around(close.lookup, item) == looks_around(lookup, item), deed
    for e in sample(item for item in evaluation.evidence if item.outcome is Outcome.BREACHED):
        supposed = Ruling(
            id="x", subject=EvidenceSubject(e.key), word=RulingKind.DISMISS, by="x", why="x", at=evaluation.at,
            seen=fingerprint(e),
        )  # fmt: skip
        before = district.parts[e.unit].score
        assert before is not None
        facts = known.facts(session, district.shared, e.unit)
        told = if_worded(district.shared.config.scheme, facts, before, e, supposed)
        assert told == if_ruled(session, evaluation, supposed), deed
    now, at_now = settled(known, session, "now"), evaluation_at(session, "2026Q3", session.now())
    assert now.scores == at_now.scores, deed
    assert unquoted(now.matters) == unquoted(open_matters_of(session, at_now)), deed


def unproven(explanation: Explanation) -> str:
    return re.sub(r"proofs=\(.*?\), ruling=", "ruling=", repr(explanation))


def sample(evidence: Iterable[Evidence]) -> list[Evidence]:
    return sorted(evidence, key=lambda e: call_number(e.key))[:25]


def test_it_is_what_a_reckoning_from_nothing_gives(town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(as_it_stands, "HOLD", 0.0)
    known = reckoned(town.desk)
    with town.desk.session() as session:
        for deed in DEEDS:
            deed(session, tmp_path)
            known.heard()
            assert_as_from_nothing(known, session, deed)


def test_a_word_is_shown_at_once_and_only_its_unit_is_reckoned(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the command line has spoken of another unit since."""
    made: list[str] = []
    part = Reckoned._part

    def counted(self: Reckoned, session: Session, shared: Shared, unit: str) -> Part:
        made.append(unit)
        return part(self, session, shared, unit)

    monkeypatch.setattr(Reckoned, "_part", counted)
    known = reckoned(town.desk)
    with town.desk.session() as session:
        before = known.district(session)
        made.clear()
        confirm(session, tmp_path)
        object_to(session, tmp_path)
        known.heard()
        after = known.district(session)
        assert len(made) == 2 and UNIT in made
        assert after.open_of(UNIT) == before.open_of(UNIT) - 1
        evaluation = evaluation_at(session, None)
        assert after.scores == evaluation.scores
        assert unquoted(after.matters) == unquoted(open_matters_of(session, evaluation))
        made.clear()
        claim(session, tmp_path)
        evaluate(session.at(newest_night(session)))
        known.heard()
        assert known.district(session).scores == evaluation_at(session, None).scores
        assert len(made) == 1


def test_words_of_one_moment_count_in_the_order_in_which_they_came(town: Town) -> None:
    """A clock may stand, or two people press at once: what came last counts, whatever its id."""
    with town.desk.session() as session:
        items = [e for e in session.evaluations.evidence() if e.outcome is Outcome.BREACHED][:12]
        for item in items:
            record_rulings(session, [on_evidence(item, "confirm", "核对存证，情况属实")], HEAD)
            record_rulings(session, [on_evidence(item, "dismiss", "网站当天停机")], HEAD)
        newest = {ruling.subject: ruling.id for ruling in session.rulings.all()}
        district = reckoned(town.desk).district(session)
        for item in items:
            part, call = district.parts[item.unit], call_number(item.key)
            close = reckoned(town.desk).close_up(session, call)
            assert close is not None
            words = newest_words(close.lookup.facts.rulings)
            assert words[item.key].id == newest[EvidenceSubject(item.key)]
            assert part.seen.get(call, f"|{words[item.key].id}").endswith(words[item.key].id)


@pytest.mark.parametrize("deed", [confirm, claim, hand_in, object_to, withdraw], ids=lambda deed: deed.__name__)
def test_what_would_take_a_page_too_long_follows_and_is_said_to(
    town: Town, enter: Enter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: Callable[[Session, Path], None]
) -> None:
    """The page does not wait; what was ruled is off the list; then all is as from nothing."""
    known, client = reckoned(town.desk), enter("head")
    client.get("/units")
    monkeypatch.setattr(as_it_stands, "AT_ONCE", 0)
    made: list[str] = []
    part = Reckoned._part
    may_go, name = threading.Event(), threading.current_thread().name

    def watched(self: Reckoned, session: Session, shared: Shared, unit: str) -> Part:
        made.append(threading.current_thread().name)
        assert threading.current_thread().name == name or may_go.wait(20)
        return part(self, session, shared, unit)

    monkeypatch.setattr(Reckoned, "_part", watched)
    with town.desk.session() as session:
        before = known.district(session)
        deed(session, tmp_path)
        evaluate(session.at(newest_night(session)))
        known.heard()
        assert "正在计入" in client.get("/units").content.decode()
        after = known.district(session)
        assert name not in made and after.pending
        if deed is confirm:
            assert after.open_of(UNIT) == before.open_of(UNIT) - 1
        may_go.set()
        assert not settled(known, session).pending
        assert "正在计入" not in client.get("/units").content.decode()
        monkeypatch.setattr(as_it_stands, "HOLD", 0.0)
        assert_as_from_nothing(known, session, deed)


def test_a_desk_that_was_just_opened_says_what_is_not_reckoned_yet(
    town: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that is not known is shown as nothing; one unit's page and what acts on the whole wait for what they
    need."""
    monkeypatch.setattr(as_it_stands, "AT_ONCE", 0)
    may_go, part = threading.Event(), Reckoned._part

    def watched(self: Reckoned, session: Session, shared: Shared, unit: str) -> Part:
        assert threading.current_thread() is threading.main_thread() or may_go.wait(20)
        return part(self, session, shared, unit)

    monkeypatch.setattr(Reckoned, "_part", watched)
    known, client = reckoned(town.desk), enter("head")
    soon, units = "正在逐个单位汇总", len(town.desk.config.units)
    pages = {page: client.get(page).content.decode() for page in ("/", "/matters", "/units", "/quarter")}
    assert all(f"{soon}：{units} 个单位里还有 {units} 个没有汇总" in page for page in pages.values())
    assert "没有等处理的事项" not in pages["/"] and "已过" not in pages["/"] + pages["/quarter"]
    assert "<p>没有。</p>" not in pages["/matters"] and "不评" not in pages["/units"]
    assert "各单位还没有汇总完" in pages["/quarter"] and "/quarter/freeze" not in pages["/quarter"]
    assert soon not in client.get(f"/units/{UNIT}").content.decode()
    assert f"还有 {units - 1} 个没有汇总" in client.get("/units").content.decode()
    with town.desk.session() as session:
        assert known.listed(session).unknown
        threading.Timer(0.2, may_go.set).start()
        whole = known.district(session)
        assert not whole.unknown and len(whole.scores) == len(Reckoned(town.desk).district(session).scores) > 1
        assert_as_from_nothing(known, session, "opened")
        assert not settled(known, session, "now").pending
    assert all(soon not in client.get(page).content.decode() for page in pages)


def test_what_is_ruled_while_a_desk_opens_is_off_its_list(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part was reckoned before the word and is shown after it."""
    monkeypatch.setattr(as_it_stands, "AT_ONCE", 0)
    show, shown, may_show = Reckoned._show, threading.Event(), threading.Event()

    def held_up(self: Reckoned, session: Session, key: as_it_stands.Key, since: int, unit: str, made: Part) -> None:
        if unit == UNIT:
            shown.set()
            assert may_show.wait(20)
        show(self, session, key, since, unit, made)
        if unit == UNIT:
            after.append(self._held[key].district.open_of(UNIT))

    monkeypatch.setattr(Reckoned, "_show", held_up)
    after: list[int] = []
    known = Reckoned(town.desk)
    with town.desk.session() as session:
        before = Reckoned(town.desk).evaluation(session, known.listed(session).shared, UNIT)
        assert before.evidence and shown.wait(20)
        confirm(session, tmp_path)
        known.heard()
        known.listed(session)
        may_show.set()
        whole = settled(known, session)
        assert after == [whole.open_of(UNIT)]
        assert_as_from_nothing(known, session, "ruled while opening")


def test_a_night_that_writes_all_the_time_makes_no_page_wait(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages show what is known; the new is reckoned behind them and shown next."""
    made: list[object] = []
    reckon = Reckoned._reckon

    def slow(self: Reckoned, session: Session, shared: Shared, tell: Tell | None = None) -> District:
        made.append(shared)
        time.sleep(1.5 if len(made) > 1 else 0)
        return reckon(self, session, shared, tell)

    monkeypatch.setattr(Reckoned, "_reckon", slow)
    monkeypatch.setattr(as_it_stands, "HOLD", 0.0)
    known = Reckoned(town.desk)
    with town.desk.session() as session:
        first = known.district(session)
        for _ in range(3):
            session.outbox.again("nothing", session.now())
            evaluate(session.at(night_moment(LAST) + timedelta(days=1)), full=True)
            began = time.monotonic()
            assert known.district(session) is not None
            assert time.monotonic() - began < 1.2
        until = time.monotonic() + 20
        while known.district(session) is first:
            assert time.monotonic() < until
            time.sleep(0.05)


def test_a_word_said_while_it_is_reckoned_behind_is_not_lost(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reckoning began before the word and ends after it."""
    begun, go_on = threading.Event(), threading.Event()
    reckon = Reckoned._reckon

    def held_up(self: Reckoned, session: Session, shared: Shared, tell: Tell | None = None) -> District:
        district = reckon(self, session, shared, tell)
        if threading.current_thread() is not threading.main_thread():
            begun.set()
            assert go_on.wait(20)
        return district

    monkeypatch.setattr(Reckoned, "_reckon", held_up)
    monkeypatch.setattr(as_it_stands, "HOLD", 0.0)
    known = Reckoned(town.desk)
    with town.desk.session() as session:
        before = known.district(session)
        evaluate(session.at(night_moment(LAST) + timedelta(minutes=1)), full=True)
        known.district(session)
        assert begun.wait(20)
        confirm(session, tmp_path)
        known.heard()
        assert known.district(session).open_of(UNIT) == before.open_of(UNIT) - 1
        go_on.set()
        assert settled(known, session).open_of(UNIT) == before.open_of(UNIT) - 1
        assert_as_from_nothing(known, session, "behind")


@settings(max_examples=100, deadline=None)
@given(lists=st.lists(st.lists(st.sampled_from(list(MatterKind)), max_size=9), max_size=5), data=st.data())
def test_a_list_in_parts_reads_as_one(lists: list[list[MatterKind]], data: st.DataObject) -> None:
    made = {
        f"u{n}": PartList(tuple(matter(kind, f"u{n}", f"{m}") for m, kind in enumerate(sorted(kinds, key=rank))))
        for n, kinds in enumerate(lists)
    }
    whole, parts = sorted((m for p in made.values() for m in p.matters), key=lambda m: rank(m.kind)), MatterList(made)
    assert list(parts) == whole and len(parts) == len(whole) and parts.tallies == tallied(whole)
    first, last = data.draw(st.integers(-3, 40)), data.draw(st.integers(-3, 40))
    assert parts[first:last] == whole[first:last] and parts[first:last:2] == whole[first:last:2]
    kind, unit = data.draw(st.sampled_from([*MatterKind])), data.draw(st.sampled_from(["", "u0", "u9"]))
    assert list(parts.of(kind.name, unit)) == [m for m in whole if m.kind is kind and unit in ("", m.unit)]
    twice = MatterList({"u": PartList((matter(MatterKind.OBJECTION, "u", "1"), matter(MatterKind.BREACH, "u", "1")))})
    assert [m.kind for m in twice.called(["u-1"])] == [MatterKind.OBJECTION, MatterKind.BREACH]
    calls = data.draw(st.lists(st.sampled_from([m.call for m in whole] or ["x"]), unique=True))
    assert {m.call for m in parts.called(calls)} == set(calls) - {"x"}


def rank(kind: MatterKind) -> int:
    return list(MatterKind).index(kind)


def matter(kind: MatterKind, unit: str, number: str) -> OpenMatter:
    return OpenMatter(
        kind=kind, call=f"{unit}-{number}", unit=unit, unit_name=unit, about=number.zfill(3), sentence="", todo="",
        changes=("x",) if int(number) % 2 else (), since=LAST if int(number) % 3 else None,
    )  # fmt: skip


def test_a_pair_that_two_units_decisions_ask_about_is_asked_once() -> None:
    """With the decision whose id comes first, as the district's list has it."""
    pair = PossibleLink(left="a", right="b", why="文号相近", level="number", score=90)

    def part(unit: str) -> Part:
        open_ = replace(matter(MatterKind.LINK, unit, "1"), pair=pair)
        pairs = {frozenset(("a", "b")): {"u0": "x2", "u1": "x1"}[unit]}
        return Part(score=None, view=None, explanation=None, matters=PartList((open_,)), pairs=pairs, seen={})

    district = District(shared=cast(Shared, None), parts={"u0": part("u0"), "u1": part("u1")})
    assert [m.unit for m in district.matters] == ["u1"]
    found = district.pair(frozenset(("b", "a")))
    assert found is not None and found.unit == "u1" and district.pair(frozenset(("b", "c"))) is None

"""Nobody raises or lowers another's evidence or points but by the forms that are his; also not in an old store."""

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.domain.clock import ZONE
from core.domain.errors import UsageError
from core.domain.forms import forms
from core.domain.models import Evaluation, Evidence, Outcome, RecordSubject, Ruling, RulingKind, Score
from core.domain.periods import parse_period
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.session import Session
from pipeline.evaluate import evidence_of
from pipeline.filings import missing_of
from pipeline.ingest import import_uploads
from pipeline.score import scores_of
from tests.support.handed_in import Row, hand_in, small_district
from tests.support.sessions import session_of

Q3 = parse_period("2026Q3")
NOW = datetime(2026, 10, 12, 9, tzinfo=ZONE)
PROVIDERS = ("法院", "纪委", "网信办", "营商办", "编办")
ZEROS = [("全区", month, f"{name}数据") for name in PROVIDERS for month in Q3.months]


def session_in(folder: Path, store: Store) -> Session:
    return session_of(store, small_district(), NOW, Paths(folder))


def evaluation(session: Session) -> Evaluation:
    return evidence_of(session, Q3)


def points(session: Session, code: str) -> dict[str, tuple[Decimal, Decimal]]:
    """By unit: (low, high) of one indicator."""
    scores: Sequence[Score] = scores_of(session, evaluation(session))
    return {s.unit: (i.low, i.high) for s in scores for i in s.indicators if i.code == code}


def test_a_graded_units_zero_reports_for_the_five_offices_give_nobody_points(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = session_in(tmp_path, store)
        before = points(session, "3.z")
        import_uploads(session, [hand_in(tmp_path / "发改委七至九月.xlsx", zeros=ZEROS)])
        assert points(session, "3.z") == before and set(before.values()) == {(Decimal(0), Decimal(15))}
        import_uploads(session, [hand_in(tmp_path / "汇总.xlsx", zeros=ZEROS, line="信用办")])
        assert set(points(session, "3.z").values()) == {(Decimal(15), Decimal(15))}


def test_a_provider_that_is_silent_is_silent_of_its_own_matter_alone(tmp_path: Path) -> None:
    """The court says nothing: what it might say stays open, and the word of the other four stands."""
    with Store(tmp_path / "x.db") as store:
        session = session_in(tmp_path, store)
        for name in PROVIDERS[1:]:
            own = [zero for zero in ZEROS if zero[2] == f"{name}数据"]
            import_uploads(session, [hand_in(tmp_path / f"{name}.xlsx", zeros=own)])
        record: Row = ("discipline", "发改委", {"severity": "一般"})
        import_uploads(session, [hand_in(tmp_path / "纪委八月.xlsx", [record])])
        items = [e for e in evaluation(session).filed if e.check == "no_dishonesty_on_record"]
        assert [(e.unit, e.outcome) for e in items] == [("fgw", Outcome.BREACHED)]
        scores = {s.unit: s for s in scores_of(session, evaluation(session))}
    for unit, score in scores.items() - {("fgw", scores["fgw"])}:
        told = [item.why for i in score.indicators if i.code == "3.z" for item in i.items]
        assert any("1 个部门尚未提供" in why for why in told), (unit, told)


def test_a_sender_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store, pytest.raises(UsageError, match="某公司（--from）：不是单位名单里的单位"):
        import_uploads(session_in(tmp_path, store), [hand_in(tmp_path / "x.xlsx", zeros=ZEROS)], "某公司")


# ---------------------------------------------------------------- old stores


def as_it_was_before(session: Session) -> None:
    """The store as an older program left it: nobody noted from whom a row came."""
    session.store.db.execute("DELETE FROM hand_ins")


def old_row(
    session: Session, name: str, rows: Sequence[Row], zeros: Sequence[tuple[str, str, str]], folder: Path
) -> None:
    """Rows taken as they were before anybody asked whose a workbook was, under the workbook's own name."""
    import_uploads(session, [hand_in(folder / name, rows, zeros)], "信用办")
    as_it_was_before(session)


def test_old_rows_of_a_wrong_sender_count_no_more_and_accuse_nobody(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = session_in(tmp_path, store)
        before = points(session, "3.z")
        told = missing_of(session, "2026-08")
        rows: list[Row] = [("court", "车桥镇", {"severity": "严重"}), ("innovation", "发改委", {})]
        old_row(session, "发改委八月.xlsx", rows, [*ZEROS, ("车桥镇", "2026-08", "信用承诺")], tmp_path)
        assert points(session, "3.z") == before
        items = [e for e in evaluation(session).filed if e.check == "no_dishonesty_on_record"]
        assert [(e.unit, e.outcome, e.slug) for e in items] == [("cqz", Outcome.NOT_APPLICABLE, "not-by-provider")]
        assert "只由法院报送" in items[0].sentence and "不计" in items[0].sentence and items[0].proofs
        assert any(e.check == "innovation_is_adopted" and e.unit == "fgw" for e in evaluation(session).filed)
        asked = [word.replace("信用承诺（报来过，待核）", "信用承诺") for word in missing_of(session, "2026-08")["cqz"]]
        assert tuple(asked) == told["cqz"]


def test_old_rows_that_nothing_shows_to_be_wrong_count_as_they_did(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = session_in(tmp_path, store)
        old_row(session, "数据.xlsx", [], ZEROS, tmp_path)
        old_row(session, "汇总.xlsx", [("innovation", "发改委", {}), ("innovation", "车桥镇", {})], [], tmp_path)
        assert set(points(session, "3.z").values()) == {(Decimal(15), Decimal(15))}
        assert {e.unit for e in evaluation(session).filed if e.check == "innovation_is_adopted"} == {"fgw", "cqz"}
        assert not [e for e in evaluation(session).filed if e.slug == "not-by-provider"]


def test_an_old_row_that_its_provider_hands_in_now_counts(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = session_in(tmp_path, store)
        old_row(session, "发改委八月.xlsx", [("court", "车桥镇", {}), ("innovation", "发改委", {})], [], tmp_path)
        import_uploads(session, [hand_in(tmp_path / "法院.xlsx", [("court", "车桥镇", {})])])
        items = [e for e in evaluation(session).filed if e.check == "no_dishonesty_on_record"]
    assert [(e.unit, e.slug) for e in items] == [("cqz", "on-record")]


def test_a_name_above_a_units_own_rows_names_nobody_and_all_is_told(tmp_path: Path) -> None:
    """纪委.xlsx with a row of 行政裁决 in it may be anybody's: nothing is taken, nothing said against anybody."""
    rows: list[Row] = [("admin-adjudication", "车桥镇", {}), ("discipline", "车桥镇", {})]
    with Store(tmp_path / "x.db") as store:
        session = session_in(tmp_path, store)
        (taken,) = import_uploads(session, [hand_in(tmp_path / "纪委.xlsx", rows)])
        refused = session.refusals.standing()
        accused = [e for e in evaluation(session).filed if e.unit == "cqz" and e.outcome is Outcome.BREACHED]
    assert len(taken.reading.faults) == len(refused) == 2 and not accused


# ---------------------------------------------------------------- every sender, every form

NAMES = {"fgw": "发改委", "fy": "法院", "czj": "财政局", "cqz": "车桥镇", "pqz": "平桥镇", "zzb": "组织部"}
SENDERS = {**NAMES, "纪委": "纪委", "网信办": "网信办", "营商办": "营商办", "编办": "编办", "政府办": "政府办"}
PROVIDES = {"fy": "法院", "czj": "财政局"}
row_of_any_form = st.tuples(st.sampled_from(sorted(forms())), st.sampled_from(sorted(NAMES)))
zero_of_any_form = st.tuples(
    st.sampled_from([*sorted(NAMES), ""]),
    st.sampled_from(Q3.months),
    st.sampled_from(["许可", "处罚", *sorted(forms())]),
)


def is_his(sender: str, slug: str, unit: str) -> bool:
    """Who may hand in what, said once more, by a table of this test."""
    form = forms().get(slug)
    if form is None:
        return unit == sender
    if form.provider:
        return PROVIDES.get(sender, sender) == form.provider
    kinds = {u.slug: u.kind for u in small_district().units}
    return unit == sender and kinds[unit] in form.kinds


Told = tuple[list[Evidence], tuple[Score, ...]]


def evaluated(
    name: str, rows: Sequence[tuple[str, str]], zeros: Sequence[tuple[str, str, str]], *, withdrawn: bool = False
) -> Told:
    """What is said of everybody once a workbook of that name has come in beside those of everybody else.

    Who provides data about others signs it: a file's name above a unit's own rows would name nobody (decision 0037).
    `withdrawn`: once the office has put aside what was refused.
    """
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "x.db") as store:
        session = session_in(Path(folder), store)
        others: list[Row] = [*(("innovation", NAMES[u], {}) for u in NAMES), ("court", NAMES["pqz"], {})]
        import_uploads(session, [hand_in(Path(folder) / "底数.xlsx", others, line="信用办")])
        if rows or zeros:
            written: list[Row] = [(slug, NAMES[unit], {"title": "另一件"}) for slug, unit in rows]
            speaking = [(NAMES.get(unit, "全区"), month, kind) for unit, month, kind in zeros]
            line = name if name not in NAMES.values() or name in PROVIDES.values() else ""
            import_uploads(session, [hand_in(Path(folder) / f"{name}.xlsx", written, speaking, line=line)])
        for refusal in session.refusals.standing() if withdrawn else ():
            aside = RecordSubject(refusal.id)
            word = Ruling(id=refusal.id, subject=aside, word=RulingKind.WITHDRAW, why="核对过", by="王某", at=NOW)
            session.rulings.add(word, NOW)
        found = evaluation(session)
        return [without_places(item) for item in found.filed], scores_of(session, found)


def without_places(item: Evidence) -> Evidence:
    return replace(item, proofs=tuple(replace(proof, note="") for proof in item.proofs))


def points_of(scores: Sequence[Score]) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    return {(s.unit, i.code): (i.low, i.high) for s in scores for i in s.indicators}


def breaches_of(evidence: Sequence[Evidence]) -> set[str]:
    return {item.key for item in evidence if item.outcome is Outcome.BREACHED}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(sender="纪委", rows=[("admin-adjudication", "cqz"), ("discipline", "cqz")], zeros=[])
@given(
    sender=st.sampled_from(sorted(SENDERS)),
    rows=st.lists(row_of_any_form, max_size=5, unique=True),
    zeros=st.lists(zero_of_any_form, max_size=4, unique=True),
)
def test_no_sender_says_anything_but_by_the_forms_that_are_his(
    sender: str, rows: list[tuple[str, str]], zeros: list[tuple[str, str, str]]
) -> None:
    """What is not his gives and takes nothing, accuses nobody, and once the office has put it aside never came."""
    his = [row for row in rows if is_his(sender, *row)]
    his_zeros = [zero for zero in zeros if is_his(sender, zero[2], zero[0])]
    name = SENDERS[sender]
    alone = evaluated(name, his, his_zeros)
    assert evaluated(name, rows, zeros, withdrawn=True) == alone
    evidence, scores = evaluated(name, rows, zeros)
    assert breaches_of(evidence) <= breaches_of(alone[0])
    before, after = points_of(alone[1]), points_of(scores)
    assert all(after[key][0] == low and after[key][1] >= high for key, (low, high) in before.items())

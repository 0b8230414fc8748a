"""What holds a grade open: one list, each with what would settle it; and nothing is open that is not on it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks import TEXTS
from core.domain.clock import ZONE
from core.domain.config import Config, load
from core.domain.errors import UsageError
from core.domain.forms import review_worksheet as form
from core.domain.models import (
    Citation,
    Decision,
    Evaluation,
    Evidence,
    Kind,
    Objection,
    Outcome,
    PossibleLink,
    UnitSubject,
)
from core.domain.periods import parse_period
from core.domain.ruling_validity import call_number, newest_words, ruled_links
from core.domain.ruling_words import value_of
from core.storage.database import Store
from core.storage.review import Objections, Rulings
from core.storage.session import Session
from pipeline.evaluate import evaluate
from pipeline.open_matters import lookup_by_now, open_matters_of
from pipeline.score import scores_of
from reporting.open_matters import MatterKind, OpenMatter
from review.reviewers import Person
from review.ruling_list import ruling_list
from review.rulings import on_evidence, on_lift, on_link, on_unit, record_rulings
from tests.support.filed_district import Office
from tests.support.paths import HUAIAN
from tests.support.sessions import session_of

NOW = datetime(2026, 10, 25, 9, tzinfo=ZONE)
QUARTER = parse_period("2026Q3")
QUARTER_END = datetime(2026, 10, 12, 2, tzinfo=ZONE)
PERSON = Person("复核员甲", "account:jia")
WHY = "已电话核实，情况属实"
PAIR = PossibleLink(left="f1", right="s1", level="near-number", score=88, why="文号相差一字")


@pytest.fixture(scope="module")
def config() -> Config:
    return load(HUAIAN)


@pytest.fixture
def session(tmp_path: Path, config: Config) -> Iterator[Session]:
    with Store(tmp_path / "chengxin.db") as opened:
        yield session_of(opened, config, NOW)


def item(check: str, outcome: str, slug: str = "x", unit: str = "scjgj", name: str = "d1", **more: object) -> Evidence:
    made = Evidence(
        key=f"{check}|{name}", check=check, unit=unit, decision=name, kind=Kind.PENALTY, outcome=Outcome(outcome),
        slug=slug, sentence="句", decided_on=date(2026, 8, 1), proofs=(Citation("submission", "s1", "《表》第 3 行"),),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]  # any field of it


def judged(
    session: Session, *items: Evidence, pairs: tuple[PossibleLink, ...] = (), earlier: tuple[Evidence, ...] = ()
) -> Evaluation:
    decisions = {
        e.decision: Decision(
            id=e.decision, unit=e.unit, kind=Kind.PENALTY, number=f"某罚〔2026〕{e.decision}号", reviews=pairs
        )
        for e in items
    }
    found = Evaluation(
        at=session.now(), period=QUARTER.name, decisions=decisions, evidence=items, scores=(), earlier=earlier
    )
    return replace(found, scores=scores_of(session, found))


def matters(session: Session, *items: Evidence, unit: str = "scjgj", **more: object) -> list[OpenMatter]:
    """What is open of one unit, without what it has not handed in."""
    found = open_matters_of(session, judged(session, *items, **more))  # type: ignore[arg-type]  # pairs or earlier
    return [m for m in found if m.unit == unit and m.kind is not MatterKind.MISSING]


def rule(session: Session, *requests: object, after: int = 0) -> Session:
    later = session.at(NOW + timedelta(minutes=after))
    record_rulings(later, requests, PERSON)  # type: ignore[arg-type]  # requests of any subject
    return later


# ---------------------------------------------------------------- why a matter is open, and what closes it

EDITED = "edited-after-publication"
OPEN = [
    ("a breach without a word", item("reported_within_deadline", "breached", "reported-late"), MatterKind.BREACH, True),
    ("a breach that no indicator weighs", item("record_is_lawful", "breached", "code-wrong"), MatterKind.BREACH, False),
    ("not looked", item("published_within_deadline", "inconclusive", "could-not-look"), MatterKind.UNDECIDED, False),
    ("no day", item("reported_within_deadline", "inconclusive", "decision-date-unknown"), MatterKind.UNDECIDED, True),
    ("not due", item("reported_within_deadline", "pending", "due"), MatterKind.NOT_DUE, True),
    ("a claim", item("published_within_deadline", "inconclusive", "duty-unclear"), MatterKind.CLAIM, False),
    ("edited", item("published_text_is_unchanged", "inconclusive", EDITED), MatterKind.REVIEW, False),
    ("set aside", item("reported_within_deadline", "inconclusive", "set-aside"), MatterKind.ASIDE, True),
]  # fmt: skip


@pytest.mark.parametrize(("evidence", "kind", "weighs"), [c[1:] for c in OPEN], ids=[c[0] for c in OPEN])
def test_each_matter_says_why_it_is_open_and_what_it_would_change(
    session: Session, evidence: Evidence, kind: MatterKind, weighs: bool
) -> None:
    if kind is MatterKind.UNDECIDED and not weighs:
        assert matters(session, evidence) == []  # nothing hangs on it, and nobody is asked
        return
    (matter,) = matters(session, evidence)
    assert matter.kind is kind and matter.call == call_number(evidence.key)
    assert matter.changes == (("1.1：0～10 分",) if weighs else ())
    assert "某罚〔2026〕d1号" in matter.about and matter.until == date(2026, 10, 17)


@pytest.mark.parametrize("outcome", ["met", "not_applicable"])
def test_what_is_settled_is_no_matter(session: Session, outcome: str) -> None:
    assert matters(session, item("reported_within_deadline", outcome)) == []


@pytest.mark.parametrize(("evidence", "word", "value"), [
    (OPEN[0][1], "confirm", ""), (OPEN[0][1], "dismiss", ""), (OPEN[1][1], "confirm", ""),
    (OPEN[3][1], "amend", "met"), (OPEN[4][1], "amend", "not_applicable"), (OPEN[5][1], "amend", "met"),
    (OPEN[6][1], "amend", "met"),
])  # fmt: skip
def test_a_word_closes_it_and_its_lifting_opens_it_again(
    session: Session, evidence: Evidence, word: str, value: str
) -> None:
    before = matters(session, evidence)
    ruled = rule(session, on_evidence(evidence, word, WHY, value=value))
    assert before and matters(ruled, evidence) == []
    rule(ruled, on_lift(Rulings(session.store).all(), Rulings(session.store).all()[0].id[:10], "裁错了事项"), after=1)
    assert matters(session, evidence) == before


def test_a_record_of_dishonesty_waits_for_its_severity_then_for_its_ceiling(session: Session) -> None:
    record = item("no_dishonesty_on_record", "breached", "on-record", decision="", subject="甲")
    (first,) = matters(session, record)
    assert first.kind is MatterKind.BREACH and "等级上限" in first.changes
    (second,) = matters(rule(session, on_evidence(record, "confirm", WHY)), record)
    assert second.kind is MatterKind.SEVERITY and "等级上限" in second.changes and len(second.changes) == 2
    rule(session, on_evidence(record, "amend", WHY, value=value_of("较重失信")), after=1)
    (third,) = matters(session, record)
    assert (third.kind, third.changes) == (MatterKind.CEILING, ("等级上限",))
    rule(session, on_unit("scjgj", QUARTER.name, "conduct", value_of("蓝名单"), WHY), after=2)
    assert matters(session, record) == []


def test_a_silent_unit_is_told_by_the_indicator_that_waits(session: Session) -> None:
    found = open_matters_of(session, judged(session))
    silent = {m.call: m for m in found if m.unit == "scjgj" and m.kind is MatterKind.MISSING}
    assert silent["1.1"].changes == ("1.1：0～10 分",) and "零报告尚缺" in silent["1.1"].sentence


def test_a_pair_is_asked_once_until_it_is_settled(session: Session) -> None:
    breach, other = OPEN[0][1], replace(OPEN[0][1], key="reported_within_deadline|d2", decision="d2")
    asked = [m for m in matters(session, breach, other, pairs=(PAIR,)) if m.kind is MatterKind.LINK]
    assert [m.pair for m in asked] == [PAIR]
    rule(session, on_link("s1", "f1", "dismiss", WHY))
    assert not [m for m in matters(session, breach, pairs=(PAIR,)) if m.kind is MatterKind.LINK]
    assert ruled_links(session.rulings.all()) == {frozenset(("f1", "s1")): False}
    rule(session, on_lift(session.rulings.all(), session.rulings.all()[0].id, "另有材料"), after=1)
    assert [m for m in matters(session, breach, pairs=(PAIR,)) if m.kind is MatterKind.LINK] and not ruled_links(
        session.rulings.all()
    )


def test_an_objection_stays_until_a_word_comes_after_it_also_where_the_item_was_ruled(session: Session) -> None:
    breach = OPEN[0][1]
    rule(session, on_evidence(breach, "confirm", WHY), after=-60)
    said = Objection(id="o", unit="scjgj", evidence=breach.key, text="已于期内公示", received_at=NOW)
    Objections(session.store).add(said, NOW)
    (matter,) = matters(session, breach)
    assert (matter.kind, matter.sentence, matter.since) == (MatterKind.OBJECTION, "已于期内公示", NOW.date())
    assert matters(rule(session, on_evidence(breach, "confirm", WHY), after=5), breach) == []


def test_an_item_of_an_earlier_quarter_that_still_counts_is_listed_and_can_be_ruled(session: Session) -> None:
    accepted = item(
        "village_is_accepted", "breached", "no-acceptance-paper", unit="hxjd", decision="", subject="村",
        decided_on=date(2026, 5, 1),
    )  # fmt: skip
    unit = next(u for u in session.config.units if u.kind == "town")
    accepted = replace(accepted, unit=unit.slug)
    listed = matters(session, unit=unit.slug, earlier=(accepted,))
    assert [(m.kind, m.call) for m in listed] == [(MatterKind.BREACH, call_number(accepted.key))]
    assert any(change.startswith("5.1") for change in listed[0].changes)
    rule(session, on_evidence(accepted, "dismiss", WHY))
    assert matters(session, unit=unit.slug, earlier=(accepted,)) == []
    found = open_matters_of(session, judged(session, earlier=(accepted,)))
    assert "5.1" in {m.call for m in found if m.unit == unit.slug and m.kind is MatterKind.MISSING}  # new households


CHECKS = sorted(name for name in TEXTS)


@settings(max_examples=20, deadline=None)
@given(
    chosen=st.lists(
        st.tuples(
            st.sampled_from(CHECKS),
            st.sampled_from([o.value for o in Outcome]),
            st.integers(0, 3),
            st.sampled_from(["", "confirm", "dismiss", "amend met", "amend moderate"]),
        ),
        max_size=8,
    )
)
def test_no_grade_is_open_without_a_matter_and_no_matter_weighs_where_none_is(
    chosen: list[tuple[str, str, int, str]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever was found and ruled: a score has two ends if and only if a matter of its unit says what it changes."""
    config = load(HUAIAN)
    units = [u.slug for u in config.units][:3]
    items = {
        e.key: e
        for n, (check, outcome, unit, _) in enumerate(chosen)
        for e in (item(check, outcome, unit=units[unit % 3], name=f"d{n}"),)
    }
    with Store(tmp_path_factory.mktemp("any") / "chengxin.db") as store:
        session = session_of(store, config, NOW)
        for evidence, (_, _, _, said) in zip(items.values(), chosen, strict=True):
            word, _, value = said.partition(" ")
            try:
                request = on_evidence(evidence, word, WHY, value=value) if word else None
            except UsageError:
                continue  # a word that does not fit the outcome
            if request:
                record_rulings(session, [request], PERSON)
        found = judged(session, *items.values())
        listed = open_matters_of(session, found)
    for score in found.scores:
        held = [m for m in listed if m.unit == score.unit and m.changes]
        is_open = score.won[0] != score.won[1] or score.total[0] != score.total[1] or len(set(score.ceiling)) > 1
        assert is_open == bool(held), (score.unit, held)


# ---------------------------------------------------------------- the list of rulings


def test_rulings_are_listed_with_their_codes_and_what_became_of_them(session: Session) -> None:
    breach = OPEN[0][1]
    rule(session, on_evidence(breach, "confirm", WHY))
    rule(session, on_evidence(breach, "dismiss", WHY), after=1)
    rule(session, on_unit("scjgj", QUARTER.name, "deduct", "3", WHY), after=2)
    rulings = session.rulings.all()
    rule(session, on_lift(rulings, rulings[2].id[:8], "通报已撤销"), after=3)
    lookup = lookup_by_now(session, judged(session, breach))
    listed = ruling_list(lookup)
    assert [(r["word"], r["state"]) for r in listed] == [
        (f"撤回某项裁定 {rulings[2].id[:10]}", "—"), ("扣分 3", "已撤回"), ("不成立", "有效"),
        ("成立", "后来另有裁定"),
    ]  # fmt: skip
    assert listed[2]["unit"] == "scjgj" and "某罚〔2026〕d1号" in listed[2]["about"]
    changed = replace(breach, slug="other")
    lookup = lookup_by_now(session, judged(session, changed))
    assert ruling_list(lookup)[2]["state"] == "事实已变，须重新裁定"


def test_where_the_newest_word_is_lifted_the_one_before_counts_again(session: Session) -> None:
    breach = OPEN[0][1]
    rule(session, on_evidence(breach, "confirm", WHY))
    rule(session, on_evidence(breach, "dismiss", WHY), after=1)
    rule(session, on_lift(session.rulings.all(), session.rulings.all()[1].id, "裁定错了事项"), after=2)
    assert newest_words(session.rulings.all())[breach.key].word == "confirm"


@pytest.mark.parametrize(("name", "told"), [
    ("abc", "没有这项裁定"), ("0000000000", "没有这项裁定"), ("claim-1", "rule-claim"), ("lifted-1", "已经撤回"),
])  # fmt: skip
def test_what_cannot_be_lifted(session: Session, name: str, told: str) -> None:
    from core.domain.models import ClaimSubject, EvidenceSubject, Ruling, RulingKind

    base = Ruling(
        id="", subject=EvidenceSubject("k"), word=RulingKind.CONFIRM, by="甲", via="account:jia", why=WHY, at=NOW
    )
    known = [
        replace(base, id="claim-1", subject=ClaimSubject("d"), word=RulingKind.ACCEPT),
        replace(base, id="lifted-1", subject=UnitSubject("scjgj", "2026Q3"), word=RulingKind.DEDUCT, value="1"),
        replace(base, id="x", subject=UnitSubject("scjgj", "2026Q3"), word=RulingKind.LIFT, value="lifted-1"),
    ]
    with pytest.raises(UsageError, match=told):
        on_lift(known, name, WHY)


@pytest.mark.parametrize(("typed", "stored"), [
    ("符合", "met"), ("不符合", "breached"), ("不适用", "not_applicable"), ("一般", "minor"), ("较重失信", "moderate"),
    ("严重", "severe"), ("蓝", "blue"), ("黄名单", "yellow"), ("2.5", "2.5"), ("met", "met"), (" severe ", "severe"),
    ("别的", "别的"),
])  # fmt: skip
def test_values_in_the_words_of_a_clerk(typed: str, stored: str) -> None:
    assert value_of(typed) == stored


# ---------------------------------------------------------------- every face counts the same


def test_status_pending_workbook_freeze_and_report_count_the_same(office: Office, tmp_path: Path) -> None:
    listed = json.loads(office.run("pending", "--json"))
    counts = json.loads(office.run("status", "--json"))["open_matters"]["counts"]
    assert sum(counts.values()) == len(listed) > 20 and counts["待核实"] > 10
    assert office.run("pending").startswith(f"2026Q3 还没有定的 {len(listed)} 项")
    office.run("review", "export", str(tmp_path / "复核表.xlsx"))
    book = openpyxl.load_workbook(tmp_path / "复核表.xlsx")
    column = form.EVIDENCE_HEADERS.index("类别")
    kinds = [str(row[column]) for row in book[form.EVIDENCE_SHEET].iter_rows(min_row=2, values_only=True)]
    for kind in ("待核实", "主张待裁定", "待复核", "未定（影响得分）"):
        assert sum(kind in cell for cell in kinds) == counts.get(kind, 0), kind
    assert book[form.LINKS_SHEET].max_row - 1 == counts.get("疑似同一件", 0)
    told = office.run("freeze", "2026Q3", "--check", "--as-of", "2026-10-12T01:00")
    assert f"待核实 {counts['待核实']} 项" in told and "--over" in told
    office.run("report", "2026Q3", "--format", "json", "--out", str(tmp_path))
    (report,) = tmp_path.glob("*.json")
    open_now = "、".join(f"{kind} {number} 项" for kind, number in counts.items())
    assert json.loads(report.read_text("utf-8"))["left_open"] == f"还没有定的：{open_now}（逐项见 chengxin pending）。"


def test_a_pair_that_was_joined_by_mistake_is_parted_again_at_the_next_judgement(office: Office) -> None:
    """The word that lifts names the pair, so that its records are linked anew; night by night as in full."""
    with Store(office.paths.store) as store:
        session = session_of(store, office.config, QUARTER_END, paths=office.paths)
        evaluate(session)
        before = session.evaluations.decisions()
        pair = next(review for decision in before.values() for review in decision.reviews)
        rule_now = session.at(QUARTER_END + timedelta(hours=1))
        record_rulings(rule_now, [on_link(pair.left, pair.right, "confirm", WHY)], PERSON)
        evaluate(rule_now)
        joined = session.evaluations.decisions_of([pair.left])
        assert len(joined) == 1 and {pair.left, pair.right} <= {
            record for d in joined.values() for record in (*d.submissions, *d.findings)
        }
        later = session.at(QUARTER_END + timedelta(hours=2))
        record_rulings(later, [on_lift(session.rulings.all(), session.rulings.all()[-1].id, "并错了两件")], PERSON)
        evaluate(later)
        assert session.evaluations.decisions() == before
        evaluate(later, full=True)
        assert session.evaluations.decisions() == before

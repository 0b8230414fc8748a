"""The office's word: rulings that hold, expire and open again; the review workbook; objections; the freeze."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from core.domain.clock import ZONE
from core.domain.config import Config, Reviewer, ReviewSettings, load
from core.domain.errors import UsageError, WorkbookError
from core.domain.forms import review_worksheet as form
from core.domain.models import (
    Channel,
    Citation,
    Decision,
    Evaluation,
    Evidence,
    EvidenceSubject,
    Grade,
    Kind,
    LinkSubject,
    Look,
    LookBundle,
    Outcome,
    Ruling,
    RulingKind,
    Run,
    UnitSubject,
)
from core.domain.models import PossibleLink as Pair
from core.domain.periods import parse_period
from core.domain.ruling_validity import call_number, fingerprint, holds, newest_words, ruled_links, unit_rulings
from core.runtime.paths import Paths
from core.storage.attachments import keep_files
from core.storage.database import Store
from core.storage.hash_chain import seal, verify
from core.storage.observations import Looks
from core.storage.review import FrozenResults, Objections, Rulings
from core.storage.runs import Runs
from intake.review_worksheet import read_review
from pipeline.open_matters import lookup_by_now, matters_of, open_matters_of
from pipeline.score import scores_of
from pipeline.whatif import changed_scheme
from reporting.open_matters import MatterKind, OpenMatter
from review import freeze as freezing
from review.objections import closing_day, objection_to, unanswered
from review.reviewers import Person, who_speaks
from review.rulings import RulingRequest, of_standing, on_evidence, on_lift, on_link, on_unit, record_rulings
from review.worksheet import take_back, write_out
from tests.support.paths import HUAIAN
from tests.support.reviewer_key import KEY, KEY_SHA256
from tests.support.sessions import session_of

NOW = datetime(2026, 10, 25, 9, tzinfo=ZONE)
QUARTER = parse_period("2026Q3")
PERSON = Person("复核员甲", "account:jia")
WHY = "已电话核实，情况属实"


def breach(
    name: str = "d1", unit: str = "scjgj", outcome: Outcome = Outcome.BREACHED, slug: str = "reported-late"
) -> Evidence:
    return Evidence(
        key=f"reported_within_deadline|{name}", check="reported_within_deadline", unit=unit, decision=name,
        kind=Kind.PENALTY,
        channel=Channel.CREDIT, outcome=outcome, slug=slug, sentence="报送时间晚于期限", decided_on=date(2026, 8, 1),
        proofs=(Citation("submission", "s1", "《表》第 3 行"),),
    )  # fmt: skip


def judgement(
    config: Config, store: Store, *items: Evidence, at: datetime = NOW, pairs: tuple[Pair, ...] = ()
) -> Evaluation:
    decisions = {
        e.decision: Decision(
            id=e.decision, unit=e.unit, kind=Kind.PENALTY, number=f"某罚〔2026〕{e.decision}号", reviews=pairs
        )
        for e in items
    }
    evaluation = Evaluation(at=at, period=QUARTER.name, decisions=decisions, evidence=items, scores=())
    return replace(evaluation, scores=scores_of(session_of(store, config, at), evaluation))


def waiting(config: Config, store: Store, *items: Evidence) -> list[OpenMatter]:
    matters = open_matters_of(session_of(store, config, NOW), judgement(config, store, *items))
    return [matter for matter in matters if matter.kind is MatterKind.BREACH]


@pytest.fixture(scope="module")
def config() -> Config:
    """Three portals, and of 1.1 no more asked than what was reported: the store holds no workbooks."""
    made = load(HUAIAN)
    scheme = changed_scheme(HUAIAN / made.district.scheme, ["silent-cells:in_force=as-reported"])
    portals = tuple(p.model_copy(update={"enabled": True}) for p in made.portals[:3])
    return made.model_copy(update={"portals": portals, "scheme": scheme, "schemes": ()})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "chengxin.db") as opened:
        yield opened


def one_point_one(
    config: Config, store: Store, *items: Evidence, at: datetime = NOW
) -> tuple[Decimal | int, Decimal | int]:
    score = next(s for s in judgement(config, store, *items, at=at).scores if s.unit == "scjgj")
    row = next(i for i in score.indicators if i.code == "1.1")
    return row.low, row.high


# ---------------------------------------------------------------- who speaks


def reviewers(config: Config, *some: Reviewer) -> Config:
    district = config.district.model_copy(update={"review": ReviewSettings(reviewer=some)})
    return config.model_copy(update={"district": district})


def test_nobody_speaks_who_is_not_registered(config: Config) -> None:
    with pytest.raises(UsageError, match=r"review\.reviewer"):
        who_speaks(config, key="", account="jia")
    known = reviewers(
        config,
        Reviewer(name="甲", account="jia"),
        Reviewer(name="乙", key_sha256=KEY_SHA256),
    )
    assert who_speaks(known, key="", account="jia") == Person("甲", "account:jia")
    assert who_speaks(known, key=KEY, account="nobody") == Person("乙", "key:6202993d8aac")
    for key, account in (("", "bing"), (KEY[::-1], "jia")):
        with pytest.raises(UsageError, match="复核人"):
            who_speaks(known, key=key, account=account)


def test_a_reviewer_is_known_by_something() -> None:
    with pytest.raises(ValueError, match="account"):
        Reviewer(name="甲")


# ---------------------------------------------------------------- words


@pytest.mark.parametrize(("word", "value", "outcome", "problem"), [
    ("confirm", "", "breached", ""), ("dismiss", "", "breached", ""), ("amend", "met", "inconclusive", ""),
    ("amend", "severe", "breached", ""),
    ("confirm", "", "inconclusive", "amend"), ("dismiss", "", "met", "amend"), ("amend", "", "breached", "--value"),
    ("amend", "pending", "breached", "--value"),
    ("dismiss", "met", "breached", "--value"), ("forgive", "", "breached", "forgive"),
    ("confirm", "minor", "breached", ""),
])  # fmt: skip
def test_which_words_fit(word: str, value: str, outcome: str, problem: str) -> None:
    item = breach(outcome=Outcome(outcome))
    if problem:
        with pytest.raises(UsageError, match=problem):
            on_evidence(item, word, WHY, value=value)
    else:
        said = on_evidence(item, word, WHY, value=value)
        assert said.subject == EvidenceSubject(item.key) and said.seen == fingerprint(item)


@pytest.mark.parametrize("why", ["", "  ", "对", "已核 "])
def test_a_reason_is_compulsory(why: str) -> None:
    attempts: tuple[Callable[[], RulingRequest], ...] = (
        lambda: on_evidence(breach(), "dismiss", why),
        lambda: on_link("a", "b", "confirm", why),
        lambda: on_unit("u", "2026Q3", "list-yellow", "", why),
    )
    for attempt in attempts:
        with pytest.raises(UsageError, match="理由"):
            attempt()


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("deduct", "0"),
        ("deduct", "-3"),
        ("deduct", "三"),
        ("deduct", "200"),
        ("deduct", "100.01"),
        ("deduct", "0.001"),
        ("deduct", "NaN"),
        ("deduct", "Infinity"),
        ("conduct", "red"),
        ("conduct", ""),
        ("lift", ""),
        ("praise", ""),
    ],
)
def test_words_on_units_that_do_not_fit(word: str, value: str) -> None:
    with pytest.raises(UsageError):
        on_unit("scjgj", "2026Q3", word, value, WHY)


def test_a_ruling_on_a_pair_of_records() -> None:
    assert on_link("b", "a", "dismiss", WHY).subject == LinkSubject("a", "b")
    with pytest.raises(UsageError, match="amend"):
        on_link("a", "b", "amend", WHY)


@pytest.mark.parametrize(("left", "right"), [("a", "a"), ("", "a"), ("a|b", "c")])
def test_what_is_no_pair_of_records(left: str, right: str) -> None:
    with pytest.raises(UsageError, match="不是一对记录"):
        on_link(left, right, "confirm", WHY)


# ---------------------------------------------------------------- what a word does


def test_a_breach_is_provisional_until_somebody_says_so(config: Config, store: Store) -> None:
    assert one_point_one(config, store, breach()) == (0, 10)
    record_rulings(session_of(store, config, NOW), [on_evidence(breach(), "confirm", WHY)], PERSON)
    assert one_point_one(config, store, breach()) == (0, 0)
    record_rulings(session_of(store, config, NOW + timedelta(hours=1)), [on_evidence(breach(), "dismiss", WHY)], PERSON)
    assert one_point_one(config, store, breach()) == (10, 10)
    (confirmed, dismissed) = Rulings(store).all()
    assert (dismissed.by, dismissed.via, dismissed.why) == (
        "复核员甲",
        "account:jia",
        WHY,
    ) and confirmed.word == "confirm"


def test_a_waiver_runs_out(config: Config, store: Store) -> None:
    record_rulings(session_of(store, config, NOW), [on_evidence(breach(), "dismiss", WHY, until=NOW.date())], PERSON)
    assert one_point_one(config, store, breach()) == (10, 10)
    assert one_point_one(config, store, breach(), at=NOW + timedelta(days=1)) == (0, 10)


def test_new_facts_open_a_ruled_item_again(config: Config, store: Store) -> None:
    record_rulings(session_of(store, config, NOW), [on_evidence(breach(), "dismiss", WHY)], PERSON)
    changed = replace(breach(), proofs=(Citation("submission", "s2"),))
    assert one_point_one(config, store, changed) == (0, 10)
    (matter,) = waiting(config, store, changed)
    assert matter.evidence == changed.key and matter.before is not None and matter.before.word == "dismiss"
    assert waiting(config, store, breach()) == []
    seen_again = replace(
        breach(), proofs=(*breach().proofs, Citation("look", "l9"))
    )  # another look of the same changes nothing
    assert holds(Rulings(store).all()[0], seen_again, NOW.date())


def test_the_raw_score_stays_what_the_machine_said(config: Config, store: Store) -> None:
    record_rulings(
        session_of(store, config, NOW),
        [on_evidence(breach(), "confirm", WHY), on_unit("scjgj", "2026Q3", "deduct", "2.5", WHY)],
        PERSON,
    )
    score = next(s for s in judgement(config, store, breach()).scores if s.unit == "scjgj")
    assert score.raw[1] == 100 and score.total[1] == score.scaled[1] - Decimal("2.5") < score.raw[1]
    assert [d.low for d in score.deductions] == [Decimal("-2.5")] and score.deductions[0].rulings == (
        Rulings(store).all()[1].id,
    )


def test_listing_yellow_and_lifting_it(config: Config, store: Store) -> None:
    record_rulings(session_of(store, config, NOW), [on_unit("scjgj", "2026Q3", "list-yellow", "", WHY)], PERSON)
    listed = next(s for s in judgement(config, store).scores if s.unit == "scjgj")
    assert listed.grade is Grade.YELLOW and listed.ceiling == (Grade.YELLOW, Grade.YELLOW)
    record_rulings(
        session_of(store, config, NOW), [on_unit("scjgj", "2026Q3", "lift", Rulings(store).all()[0].id, WHY)], PERSON
    )
    lifted = next(s for s in judgement(config, store).scores if s.unit == "scjgj")
    assert lifted.ceiling == (Grade.YELLOW, Grade.RED)  # no longer listed; the five offices' data are not in yet


def standing(store: Store, at: datetime = NOW) -> list[str]:
    return [r.value for r in unit_rulings(Rulings(store).all(), UnitSubject("scjgj", "2026Q3"), at.date())]


def test_a_ruling_on_a_unit_stands_until_it_expires_or_is_lifted(config: Config, store: Store) -> None:
    tomorrow = NOW + timedelta(days=1)
    record_rulings(
        session_of(store, config, NOW), [on_unit("scjgj", "2026Q3", "deduct", "2", WHY, until=NOW.date())], PERSON
    )
    record_rulings(session_of(store, config, NOW), [on_unit("scjgj", "2026Q3", "deduct", "3", WHY)], PERSON)
    record_rulings(session_of(store, config, NOW), [on_unit("jtj", "2026Q3", "deduct", "5", WHY)], PERSON)
    assert (standing(store), standing(store, tomorrow)) == (["2", "3"], ["3"])
    by_code = on_unit("scjgj", "2026Q3", "lift", Rulings(store).all()[1].id[:10], WHY)  # as `rulings` prints it
    lift = of_standing(by_code, Rulings(store).all(), NOW.date())
    assert lift.value == Rulings(store).all()[1].id
    record_rulings(session_of(store, config, NOW), [lift], PERSON)
    assert (standing(store), standing(store, tomorrow)) == (["2"], [])


def test_the_newest_ceiling_counts(config: Config, store: Store) -> None:
    for kind in ("yellow", "blue"):
        record_rulings(session_of(store, config, NOW), [on_unit("scjgj", "2026Q3", "conduct", kind, WHY)], PERSON)
    assert standing(store) == ["yellow", "blue"]
    record_rulings(
        session_of(store, config, NOW), [on_unit("scjgj", "2026Q3", "lift", Rulings(store).all()[1].id, WHY)], PERSON
    )
    assert standing(store) == ["yellow"]


def test_only_what_stands_can_be_lifted(config: Config, store: Store) -> None:
    record_rulings(session_of(store, config, NOW), [on_unit("jtj", "2026Q3", "deduct", "5", WHY)], PERSON)
    record_rulings(session_of(store, config, NOW), [on_unit("scjgj", "2026Q3", "list-yellow", "", WHY)], PERSON)
    anothers, own = Rulings(store).all()
    for name in ("nonesuch", anothers.id, own.id[:5]):
        with pytest.raises(UsageError, match=own.id[:10]):
            of_standing(on_unit("scjgj", "2026Q3", "lift", name, WHY), Rulings(store).all(), NOW.date())
    record_rulings(session_of(store, config, NOW), [on_unit("scjgj", "2026Q3", "lift", own.id, WHY)], PERSON)
    for gone in (own.id, Rulings(store).all()[-1].id):  # lifted already; a lift itself
        with pytest.raises(UsageError, match="没有可以撤回"):
            of_standing(on_unit("scjgj", "2026Q3", "lift", gone, WHY), Rulings(store).all(), NOW.date())


def test_the_same_person_says_the_same_twice(config: Config, store: Store) -> None:
    """Said in one breath it is one ruling; said again later it is another, and the newest counts."""
    request = on_evidence(breach(), "dismiss", WHY)
    assert record_rulings(session_of(store, config, NOW), [request, request], PERSON) == 1
    assert record_rulings(session_of(store, config, NOW + timedelta(days=1)), [request], PERSON) == 1
    assert newest_words(Rulings(store).all())[breach().key].at == NOW + timedelta(days=1)


def test_the_newest_ruling_on_a_pair_counts(config: Config, store: Store) -> None:
    pair = frozenset({"a", "b"})
    for kind, one_act in (("confirm", True), ("dismiss", False), ("confirm", True)):
        record_rulings(
            session_of(store, config, NOW + timedelta(hours=len(Rulings(store).all()))),
            [on_link("b", "a", kind, WHY)],
            PERSON,
        )
        assert ruled_links(Rulings(store).all()) == {pair: one_act}


def test_a_pair_that_was_ruled_on_is_not_asked_again(tmp_path: Path, config: Config, store: Store) -> None:
    record_rulings(session_of(store, config, NOW), [on_link("s1", "f1", "dismiss", WHY)], PERSON)
    shown = judgement(config, store, breach(), pairs=(PAIR,))
    assert written(tmp_path / "复核表.xlsx", config, store, shown) == (1, 0)


def test_many_words_are_stored_all_or_none(config: Config, store: Store) -> None:
    nothing: Any = None  # what no caller may give
    bad = RulingRequest(subject=EvidenceSubject("x"), kind=RulingKind.CONFIRM, why=nothing)
    with pytest.raises(TypeError):
        record_rulings(session_of(store, config, NOW), [on_evidence(breach(), "confirm", WHY), bad], PERSON)
    assert Rulings(store).all() == ()


# ---------------------------------------------------------------- the review workbook

PAIR = Pair(left="f1", right="s1", level="near-number", score=88, why="文号相差一字")


def exported(tmp_path: Path, config: Config, store: Store, *items: Evidence) -> Path:
    path = tmp_path / "复核表.xlsx"
    assert written(path, config, store, judgement(config, store, *items, pairs=(PAIR,))) == (len(items), 1)
    return path


def written(path: Path, config: Config, store: Store, shown: Evaluation) -> tuple[int, int]:
    session = session_of(store, config, NOW)
    lookup = lookup_by_now(session, shown)
    return write_out(path, session, lookup, matters_of(session, lookup))


def fill(path: Path, sheet: str, row: int, **cells: str) -> None:
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    headers = {c.value: c.column or 0 for c in page[1]}
    for header, value in cells.items():
        page.cell(row, headers[header], value)
    book.save(path)


def test_the_workbook_goes_out_and_its_words_come_back(tmp_path: Path, config: Config, store: Store) -> None:
    items = (breach("d1"), breach("d2"), breach("d3"))
    path = exported(tmp_path, config, store, *items)
    fill(path, form.EVIDENCE_SHEET, 2, 裁定="不成立", 理由=WHY, 有效至="2026-12-31")
    fill(path, form.EVIDENCE_SHEET, 3, 裁定="更正", 更正为="严重失信", 理由=WHY)
    fill(path, form.LINKS_SHEET, 2, 裁定="同一件", 理由=WHY)
    back = take_back(session_of(store, config), read_review(path), judgement(config, store, *items))
    words = back.requests
    assert back.faults == ()
    assert [(w.subject, w.kind, w.value, w.until) for w in words] == [
        (EvidenceSubject(items[0].key), "dismiss", "", date(2026, 12, 31)),
        (EvidenceSubject(items[1].key), "amend", "severe", None), (LinkSubject("f1", "s1"), "confirm", "", None),
    ]  # fmt: skip
    assert record_rulings(session_of(store, config, NOW + timedelta(days=1)), words, PERSON) == 3


def test_drop_downs_and_proof_stand_in_the_workbook(tmp_path: Path, config: Config, store: Store) -> None:
    page = openpyxl.load_workbook(exported(tmp_path, config, store, replace(breach(), sentence="=cmd|'/c calc'!A1")))[
        form.EVIDENCE_SHEET
    ]
    lists = [v.formula1 for v in page.data_validations.dataValidation]
    assert lists == ['"成立,不成立,更正"', '"符合,不符合,不适用,一般失信,较重失信,严重失信"']
    row = [c.value for c in page[2]]
    assert (
        "某罚〔2026〕d1号" in str(row[4])
        and page.cell(2, 8).data_type == "s"
        and row[-1] == fingerprint(replace(breach(), sentence="x"))
    )


CONFLICTS = [
    ({"裁定": "成立"}, "理由"), ({"裁定": "大概成立", "理由": WHY}, "不认识"),
    ({"裁定": "更正", "理由": WHY}, "更正为"), ({"裁定": "成立", "更正为": "符合", "理由": WHY}, "更正为"),
    ({"裁定": "成立", "理由": WHY, "有效至": "明年"}, "有效至"),
    ({"裁定": "成立", "理由": WHY, form.KEY: ""}, "事项号"),
    ({"裁定": "成立", "理由": WHY, form.SEEN: "0"}, "事实有变化"),
    ({"裁定": "成立", "理由": WHY, form.KEY: "0123456789"}, "已经没有了"),
]  # fmt: skip


@pytest.mark.parametrize(("cells", "said"), CONFLICTS, ids=[c[1] + str(n) for n, c in enumerate(CONFLICTS)])
def test_rows_that_cannot_be_taken_are_named(
    tmp_path: Path, config: Config, store: Store, cells: dict[str, str], said: str
) -> None:
    path = exported(tmp_path, config, store, breach())
    fill(path, form.EVIDENCE_SHEET, 2, **cells)
    back = take_back(session_of(store, config), read_review(path), judgement(config, store, breach()))
    (fault,) = back.faults
    assert back.words == () and said in fault.reason
    assert (fault.file, fault.sheet, fault.row) == (path.name, form.EVIDENCE_SHEET, 2) and fault.column


def test_a_word_given_meanwhile_is_a_conflict(tmp_path: Path, config: Config, store: Store) -> None:
    path = exported(tmp_path, config, store, breach())
    record_rulings(
        session_of(store, config, NOW + timedelta(hours=2)),
        [on_evidence(breach(), "dismiss", WHY)],
        Person("乙", "account:yi"),
    )
    fill(path, form.EVIDENCE_SHEET, 2, 裁定="成立", 理由=WHY)
    back = take_back(session_of(store, config), read_review(path), judgement(config, store, breach()))
    assert back.words == () and "乙 已裁定" in back.faults[0].reason and "结论不同" in back.faults[0].reason


def test_a_word_on_a_pair_or_taken_back_meanwhile_is_a_conflict_too(
    tmp_path: Path, config: Config, store: Store
) -> None:
    """Of a pair somebody may have said the contrary since; of an item, that the word that was seen no longer holds."""
    record_rulings(session_of(store, config, NOW - timedelta(hours=2)), [on_evidence(breach(), "dismiss", WHY)], PERSON)
    (before,) = Rulings(store).all()
    path = exported(tmp_path, config, store, breach("d2"))
    other = Person("乙", "account:yi")
    later = [on_link("f1", "s1", "dismiss", WHY), on_lift([before], before.id, WHY)]
    record_rulings(session_of(store, config, NOW + timedelta(hours=2)), later, other)
    fill(path, form.LINKS_SHEET, 2, 裁定="同一件", 理由=WHY)
    line = {form.KEY: call_number(breach().key), form.SEEN: fingerprint(breach())}
    fill(path, form.EVIDENCE_SHEET, 2, 裁定="成立", 理由=WHY, **line)
    shown = judgement(config, store, breach(), breach("d2"), pairs=(PAIR,))
    back = take_back(session_of(store, config), read_review(path), shown)
    assert back.words == () and [f.sheet for f in back.faults] == [form.EVIDENCE_SHEET, form.LINKS_SHEET]
    assert all("乙 已裁定" in fault.reason for fault in back.faults)


def test_two_rows_do_not_speak_of_the_same(tmp_path: Path, config: Config, store: Store) -> None:
    path = exported(tmp_path, config, store, breach("d1"), breach("d2"))
    fill(path, form.EVIDENCE_SHEET, 2, 裁定="成立", 理由=WHY)
    line = {form.KEY: call_number(breach("d1").key), form.SEEN: fingerprint(breach("d1"))}
    fill(path, form.EVIDENCE_SHEET, 3, 裁定="不成立", 理由=WHY, **line)
    shown = judgement(config, store, breach("d1"), breach("d2"))
    back = take_back(session_of(store, config), read_review(path), shown)
    assert len(back.words) == 1 and "上面已有一行" in back.faults[0].reason


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "x.xlsx")
    with pytest.raises(WorkbookError, match="待核实事项"):
        read_review(tmp_path / "x.xlsx")


# ---------------------------------------------------------------- objections


def test_an_objection_is_kept_with_its_papers_and_answered_by_a_ruling(
    tmp_path: Path, config: Config, store: Store
) -> None:
    paths, at = Paths(tmp_path), datetime(2026, 10, 12, 9, tzinfo=ZONE)
    (tmp_path / "截图.png").write_bytes(b"png")
    papers = keep_files(store, paths, [tmp_path / "截图.png"], at)
    objection = objection_to(config, breach(), "scjgj", "已于期内公示", papers, at)
    assert Objections(store).add(objection, at) and not Objections(store).add(objection, at)
    assert (paths.attachments / f"{papers[0][1]}.png").stat().st_mode & 0o777 == 0o600
    assert unanswered(Objections(store).all(), Rulings(store).all()) == [objection]
    record_rulings(session_of(store, config, at + timedelta(days=1)), [on_evidence(breach(), "confirm", WHY)], PERSON)
    assert unanswered(Objections(store).all(), Rulings(store).all()) == []


@pytest.mark.parametrize(("unit", "text", "at", "problem"), [
    ("jtj", "理由", NOW - timedelta(days=20), "不是"), ("scjgj", " ", NOW - timedelta(days=20), "理由"),
    ("scjgj", "理由", datetime(2026, 10, 18, tzinfo=ZONE), "截止"),
])  # fmt: skip
def test_objections_that_cannot_be_taken(config: Config, unit: str, text: str, at: datetime, problem: str) -> None:
    assert closing_day(config, QUARTER) == date(2026, 10, 17)
    with pytest.raises(UsageError, match=problem):
        objection_to(config, breach(), unit, text, (), at)


# ---------------------------------------------------------------- the freeze


def walked(store: Store, config: Config, at: datetime) -> None:
    """A whole look at every portal after the quarter's end."""
    for portal in config.portals:
        look = Look(
            id=f"n/{portal.id}/1",
            run="2026-10-24",
            portal=portal.id,
            kind="full",
            started_at=at,
            finished_at=at,
            genuine=True,
            parsed=True,
            whole=True,
        )
        Looks(store).add_look(LookBundle(look=look), at)


@pytest.fixture
def ready(store: Store, config: Config) -> Store:
    Runs(store).add_config(config.hash, {}, NOW)
    Runs(store).begin(Run(id="2026-10-24", started_at=NOW, code_version="c", config_hash=config.hash))
    walked(store, config, NOW)
    return store


SILENT = "除市监局外各单位本季没有报送"


def freeze(
    store: Store, config: Config, *items: Evidence, at: datetime = NOW, why: str = "", over: str = SILENT
) -> object:
    session, found = session_of(store, config, at), judgement(config, store, *items, at=at)
    matters = open_matters_of(session, found)
    return freezing.freeze(session, found, QUARTER, PERSON, matters=matters, code="c", why=why, over=over)


def test_a_quarter_is_frozen_only_when_everything_is_said(config: Config, ready: Store) -> None:
    for items, at, problem in (
        ((breach(),), NOW, "待核实 1 项，例如"),
        ((), datetime(2026, 10, 17, 12, tzinfo=ZONE), "异议期"),
    ):
        with pytest.raises(UsageError, match=problem):
            freeze(ready, config, *items, at=at)
    objection = objection_to(config, breach(), "scjgj", "已公示", (), NOW - timedelta(days=10))
    Objections(ready).add(objection, NOW)
    with pytest.raises(UsageError, match="异议未答复 1 项"):
        freeze(ready, config)
    with pytest.raises(UsageError, match="月度进度"):
        freezing.freeze(
            session_of(ready, config, NOW), judgement(config, ready), parse_period("2026-08"), PERSON,
            matters=(), code="c",
        )  # fmt: skip


def test_a_portal_not_walked_since_and_a_silent_unit_are_frozen_over_with_a_reason(
    config: Config, store: Store
) -> None:
    for over, problem in (("", r"完整核查.*--over"), ("。", "理由")):
        with pytest.raises(UsageError, match=problem):
            freeze(store, config, over=over)
    freeze(store, config, over="网站九月停用，经领导同意")
    frozen = FrozenResults(store).newest("2026Q3")
    assert frozen is not None and frozen.over == "网站九月停用，经领导同意"
    assert any("之后没有完整核查" in line for line in frozen.left_open)
    assert any(line.startswith("缺少材料") for line in frozen.left_open)


def test_no_reason_freezes_over_a_breach_without_a_word_or_an_objection_without_an_answer(
    config: Config, ready: Store
) -> None:
    with pytest.raises(UsageError, match="待核实 1 项"):
        freeze(ready, config, breach(), over="领导同意先行冻结")
    before = NOW - timedelta(days=12)
    record_rulings(session_of(ready, config, before), [on_evidence(breach(), "confirm", WHY)], PERSON)
    Objections(ready).add(objection_to(config, breach(), "scjgj", "已公示", (), NOW - timedelta(days=10)), NOW)
    with pytest.raises(UsageError, match="异议未答复 1 项"):
        freeze(ready, config, breach(), over="领导同意先行冻结")


def test_a_freeze_over_nothing_keeps_no_reason(config: Config, ready: Store) -> None:
    session = session_of(ready, config, NOW)
    bare = replace(judgement(config, ready), scores=())
    freezing.freeze(session, bare, QUARTER, PERSON, matters=(), code="c", over="以防万一")
    frozen = FrozenResults(ready).newest("2026Q3")
    assert frozen is not None and (frozen.over, frozen.left_open) == ("", ())


def test_a_frozen_quarter_does_not_move(tmp_path: Path, config: Config, ready: Store) -> None:
    record_rulings(session_of(ready, config, NOW), [on_evidence(breach(), "confirm", WHY)], PERSON)
    freeze(ready, config, breach())
    frozen = FrozenResults(ready).newest("2026Q3")
    assert frozen is not None and (frozen.version, frozen.by, frozen.scheme_hash) == (1, "复核员甲", config.scheme_hash)
    then = freezing.as_frozen(frozen)
    assert then == judgement(config, ready, breach())
    record_rulings(session_of(ready, config, NOW + timedelta(days=2)), [on_evidence(breach(), "dismiss", WHY)], PERSON)
    later = judgement(config, ready, breach(), breach("d2", outcome=Outcome.MET), at=NOW + timedelta(days=2))
    told = [f"{d.unit} {d.what}" for d in freezing.differences(then, later)]
    assert (
        any("scjgj 得分" in t for t in told)
        and any("1.1" in t and "0.00 → 10.00" in t for t in told)
        and any("：没有这一项 → 符合（" in t for t in told)
    )
    assert freezing.as_frozen(frozen) == then and freezing.differences(then, then) == []
    with pytest.raises(UsageError, match="已于"):
        freeze(ready, config, breach(), at=NOW + timedelta(days=2))
    freeze(ready, config, breach(), at=NOW + timedelta(days=2), why="依据异议复查更正")
    assert [(v.version, v.why) for v in FrozenResults(ready).versions("2026Q3")] == [(1, ""), (2, "依据异议复查更正")]


def test_what_was_frozen_is_sealed_and_one_changed_byte_is_named(tmp_path: Path, config: Config, ready: Store) -> None:
    freeze(ready, config)
    Objections(ready).add(objection_to(config, breach(), "scjgj", "已公示", (), NOW - timedelta(days=10)), NOW)
    paths = Paths(tmp_path)
    seal(ready, paths, "2026-10-24", NOW)
    assert verify(ready, paths)[1] is None
    for table, name in (("frozen", "2026Q3/1"), ("objections", Objections(ready).all()[0].id)):
        ((before,),) = ready.rows(f"SELECT data FROM {table}")
        ready.db.execute(f"UPDATE {table} SET data = ?", [before.replace("2026", "2027", 1)])
        broken = verify(ready, paths)[1]
        assert broken is not None and (broken.kind, broken.id) == (table, name)
        ready.db.execute(f"UPDATE {table} SET data = ?", [before])
    kept = FrozenResults(ready).newest("2026Q3")
    assert kept is not None
    frozen = replace(kept, judgement="{}")
    with pytest.raises(UsageError, match="散列值"):
        freezing.as_frozen(frozen)


def test_a_call_number_is_short_and_stable() -> None:
    assert call_number("a") == call_number("a") != call_number("b") and len(call_number("a")) == 10


def test_rulings_of_before_hold_without_a_fingerprint() -> None:
    old = Ruling(id="r", subject=EvidenceSubject("k"), word=RulingKind.CONFIRM, by="甲", why="旧", at=NOW)
    assert holds(old, breach(), NOW.date())

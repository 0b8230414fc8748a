"""Which quarter is worked on, and its calendar: what is done, what is lacking, what comes next."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from commands.quarter import quarter
from core.domain.clock import ZONE
from core.domain.config import load
from core.domain.deadlines import period_in_question
from core.domain.errors import UsageError
from core.domain.models import FrozenResult, Run
from core.domain.periods import parse_period
from core.storage.database import Store
from core.storage.review import FrozenResults
from core.storage.runs import Runs
from core.storage.serialization import dump
from pipeline.open_matters import open_matters_of
from pipeline.quarter import Step, calendar_of, quarter_in_question
from pipeline.score import evaluation_of
from reporting.open_matters import ASKS_FOR_A_WORD, MatterKind, tallied
from review.freeze import as_frozen, counted_as_read, differences, freeze, hindrances
from review.reviewers import Person
from scheduler import tonight
from tests.support.filed_district import NOW, Office, copy_of_the_office
from tests.support.sessions import session_of

Q3 = parse_period("2026Q3")
PERSON = Person("甲", "uid:1")
LAST_WORD = date(2026, 10, 17)  # the last day for objections against the third quarter
WATCHED, LATE = date(2026, 7, 1), date(2026, 10, 12)  # the first night lies in the quarter before, or only in this one


@pytest.fixture
def office(shared_root: Path, tmp_path: Path) -> Office:
    """A copy for each test: what one freezes is not frozen for another."""
    return copy_of_the_office(shared_root, tmp_path)


def on(day: date, hour: int = 1) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("day", "frozen", "begun", "period"),
    [
        (date(2026, 9, 30), (), WATCHED, "2026Q3"),
        (date(2026, 10, 1), (), WATCHED, "2026Q3"),
        (LAST_WORD, (), WATCHED, "2026Q3"),
        (LAST_WORD + timedelta(days=1), (), WATCHED, "2026Q3"),  # the first day on which it may be frozen
        (date(2026, 12, 31), (), WATCHED, "2026Q3"),
        (date(2026, 12, 31), ("2026Q2",), WATCHED, "2026Q3"),
        (LAST_WORD + timedelta(days=1), ("2026Q3",), WATCHED, "2026Q4"),
        (date(2027, 1, 1), (), WATCHED, "2026Q4"),  # never frozen: it gives way when the next one ends
        (LAST_WORD, (), LATE, "2026Q3"),  # its workbooks may be objected to, though nobody watched
        (LAST_WORD + timedelta(days=1), (), LATE, "2026Q4"),
        (LAST_WORD + timedelta(days=1), (), date(2026, 7, 31), "2026Q3"),
        (LAST_WORD + timedelta(days=1), (), date(2026, 8, 1), "2026Q4"),  # the first month was not watched
        (LAST_WORD, (), None, "2026Q3"),
        (LAST_WORD + timedelta(days=1), (), None, "2026Q4"),
    ],
)
def test_a_quarter_is_worked_on_until_it_is_frozen(
    office: Office, day: date, frozen: tuple[str, ...], begun: date | None, period: str
) -> None:
    assert period_in_question(office.config, on(day), frozen, begun).name == period


def watch(office: Office, store: Store) -> None:
    """Make the district one that was watched since the quarter began."""
    Runs(store).begin(Run(id=f"{WATCHED}", started_at=on(WATCHED), config_hash=office.config.hash))


def frozen(office: Office, store: Store, at: datetime) -> FrozenResult:
    judgement = dump(evaluation_of(session_of(store, office.config, NOW, paths=office.paths), Q3))
    result = FrozenResult(
        period="2026Q3", version=1, at=at, by="甲", via="uid:1", scheme="2022.1", scheme_hash="s",
        config_hash=office.config.hash, code_version="c", head="h", sha256="0", judgement=judgement,
    )  # fmt: skip
    FrozenResults(store).add(result, at)
    return result


def test_the_night_that_may_freeze_is_still_about_the_quarter_and_the_next_one_runs_beside(office: Office) -> None:
    at = on(LAST_WORD + timedelta(days=1))
    with Store(office.paths.store) as store:
        watch(office, store)
        before = session_of(store, office.config, at, paths=office.paths)
        assert [e.period for e in tonight(before)] == ["2026Q3", "2026Q4"]
        assert quarter_in_question(before) == Q3
        frozen(office, store, at)
        after = session_of(store, office.config, at, paths=office.paths)
        assert [e.period for e in tonight(after)] == ["2026Q4"]


def steps_on(office: Office, store: Store, day: date) -> dict[str, Step]:
    session = session_of(store, office.config, on(day), paths=office.paths)
    evaluation = evaluation_of(session_of(store, office.config, NOW, paths=office.paths), Q3)
    matters = open_matters_of(session, evaluation)
    asked = [replace(m, kind=MatterKind.BREACH) for m in matters[:2]]
    rest = [m for m in matters if m.kind not in ASKS_FOR_A_WORD]
    return {step.name: step for step in calendar_of(session, evaluation, tallied([*asked, *rest]))}


def test_a_step_is_done_when_its_day_is_past_and_says_what_it_lacks(office: Office) -> None:
    with Store(office.paths.store) as store:
        watch(office, store)
        early = steps_on(office, store, date(2026, 9, 30))
        assert not any(step.done for step in early.values())
        assert any("异议期到 2026-10-17" in line for line in early["冻结"].lacking)
        late = steps_on(office, store, LAST_WORD + timedelta(days=1))
        assert [name for name, step in late.items() if step.done] == ["季度最后一天", "报送截止", "异议截止"]
        assert late["逐项裁定"].lacking == ("待核实 2 项",) and "chengxin pending" in late["逐项裁定"].todo
        assert not any("异议期" in line for line in late["冻结"].lacking)
        assert any(line.startswith("待核实 2 项，例如 ") for line in late["冻结"].lacking)
        assert len(late["冻结"].lacking) == 7 and "chengxin freeze 2026Q3 --check" in late["冻结"].lacking[-1]
        assert "--over" in late["冻结"].todo  # portals without a walk past the quarter's end
        frozen(office, store, on(LAST_WORD + timedelta(days=2)))
        done = steps_on(office, store, LAST_WORD + timedelta(days=3))
        assert done["冻结"].done and done["冻结"].lacking == () and done["冻结"].day == LAST_WORD + timedelta(days=2)
        assert done["分发"].done is None and "chengxin publish 2026Q3" in done["分发"].todo


def test_the_command_tells_the_next_step_with_what_it_lacks(office: Office) -> None:
    told = office.run("quarter", "--as-of", "2026-10-12T09:00")
    assert "2026Q3 日程（今天 2026-10-12）" in told and "还有 5 天" in told and "下一步：异议截止（2026-10-17）" in told
    steps = json.loads(office.run("quarter", "2026Q3", "--json", "--as-of", "2026-10-12T09:00"))
    assert steps["period"] == "2026Q3" and [s["done"] for s in steps["steps"]][:3] == [True, True, False]
    with pytest.raises(UsageError, match="chengxin quarter 2026Q3"):
        quarter("2026-08", district=office.district, var=office.paths.root)


@pytest.mark.parametrize(("choice", "sure"), [("withheld", False), ("for-the-unit", True), ("against", True)])
def test_what_is_undecided_is_frozen_as_the_scheme_reads_it_and_nobody_is_surprised(
    office: Office, choice: str, sure: bool
) -> None:
    (scheme,) = office.district.glob("scheme*.toml")
    scheme.write_text(scheme.read_text("utf-8").replace('in_force = "withheld"', f'in_force = "{choice}"'), "utf-8")
    config, at = load(office.district), on(LAST_WORD + timedelta(days=1))
    with Store(office.paths.store) as store:
        session = session_of(store, config, at, paths=office.paths)
        evaluation = evaluation_of(session_of(store, config, NOW, paths=office.paths), Q3)
        matters = [m for m in open_matters_of(session, evaluation) if m.kind not in ASKS_FOR_A_WORD]
        open_before = [s.unit for s in evaluation.scores if s.grade is None]
        told = hindrances(session, Q3, evaluation, tallied(matters)).open
        assert open_before and (f"冻结后暂不定级的单位 {len(open_before)} 个" in told[-1]) is not sure
        result = freeze(session, evaluation, Q3, PERSON, matters=matters, code="c", over="网站停用至今")
        assert isinstance(result, FrozenResult)
        kept = as_frozen(result)
        assert all(s.grade is not None for s in kept.scores) is sure
        assert kept.evidence == evaluation.evidence and kept.filed == evaluation.filed  # nothing became a breach
        assert ("计法（解读“冻结时还没有定的事项”）" in result.left_open[-1]) is sure
        assert not differences(kept, counted_as_read(session, evaluation))

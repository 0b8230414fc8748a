"""Rulings on what a unit claims of a decision, and on repairs: from the command to what is said the next night."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from typer.testing import CliRunner

from cli import app
from core.domain.config import load
from core.domain.models import ClaimSubject, Kind, MonthSubject, RepairSubject, Ruling, Run
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.review import Rulings
from core.storage.runs import Runs
from pipeline.evaluate import evaluate
from pipeline.ingest import import_uploads
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SITES
from simulation.workbooks import write_workbooks
from simulation.world import moment
from tests.support.filed_district import NOW, Office
from tests.support.reviewer_key import KEY, KEY_SHA256
from tests.support.sessions import session_of

CLOSED, DEFERRED, SHOWN = "楚市监处罚〔2026〕386号", "楚住建罚决字〔2026〕388号", "楚综执罚〔2026〕390号"
WHY = "已核对案卷和依据"
# on which those three came in, and warnings, of which nobody knows whether they must be public
NIGHTS = (date(2026, 7, 13), date(2026, 7, 20), date(2026, 8, 3), date(2026, 8, 17), date(2026, 8, 31))


@dataclass
class Desk:
    """An office whose clerk may rule; every ruling is given an hour after the one before."""

    office: Office
    now: datetime

    def run(self, *words: str, code: int = 0) -> str:
        self.now += timedelta(hours=1)
        return self.office.run(*words, "--as-of", f"{self.now:%Y-%m-%dT%H:%M}", code=code)

    def refused(self, *words: str) -> str:
        """A command that is wrong use: what it says to the clerk."""
        self.now += timedelta(hours=1)
        done = CliRunner().invoke(
            app,
            [*words, "-d", str(self.office.district), "--var", str(self.office.paths.root), "--as-of",
                f"{self.now:%Y-%m-%dT%H:%M}"],
        )  # fmt: skip
        assert getattr(done.exception, "exit_code", None) == 2, done.output
        return str(done.exception)

    def night(self, days: int = 1) -> None:
        """A later night without a look: only new rulings and time are taken up."""
        self.now += timedelta(days=days)
        with Store(self.office.paths.store) as store:
            evaluate(session_of(store, load(self.office.district), self.now))

    def said(self, number: str) -> dict[str, str]:
        """Reason code by check of the decision with this number (of the credit site where a check speaks of both)."""
        with Store(self.office.paths.store) as store:
            cache = EvaluationCache(store)
            (decision,) = [d for d in cache.decisions().values() if d.number == number]
            return {e.check: e.slug for e in cache.evidence(decision=decision.id) if e.channel in (None, "credit")}

    def rulings(self) -> tuple[Ruling, ...]:
        with Store(self.office.paths.store) as store:
            return Rulings(store).all()


@pytest.fixture(scope="module", name="known_office")
def an_office_with_a_reviewer(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """An office that has had three nights' workbooks and never looked at a page."""
    root = tmp_path_factory.mktemp("office")
    write_district(root / "district", {site.name: 9 for site in SITES})
    path, key = root / "district/district.toml", KEY_SHA256
    path.write_text(f'{path.read_text("utf-8")}\n[[review.reviewer]]\nname = "张某"\nkey_sha256 = "{key}"\n', "utf-8")
    config, paths, world = load(root / "district"), Paths(root / "var"), make_world()
    with Store(paths.store) as store:
        Runs(store).add_config(config.hash, {}, NOW)
        for night in NIGHTS:
            import_uploads(
                session_of(store, config, moment(night, "09:00"), paths=paths),
                write_workbooks(world, night, root / "in"),
            )
        Runs(store).begin(Run(id="2026-10-12", started_at=NOW, config_hash=config.hash))
    return Office(config, paths, root / "district")


@pytest.fixture
def desk(known_office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """The office's desk with no ruling given yet."""
    monkeypatch.setenv("CHENGXIN_KEY", KEY)
    with Store(known_office.paths.store) as store:
        store.db.execute("DELETE FROM rulings")
        evaluate(session_of(store, load(known_office.district), NOW), full=True)
    yield Desk(known_office, NOW)


def _chased(desk: Desk) -> set[str]:
    return set(json.loads(desk.office.run("chase", "2026-09", "--json"))["missing"]["scjgj"])


def test_a_month_is_said_to_be_complete_and_that_is_taken_back(desk: Desk) -> None:
    before = _chased(desk)
    told = desk.run("rule-month", "scjgj", "处罚", "2026-09", "accept", "--why", WHY)
    assert "张某" in told and "2026-09" in told and "已报齐" in told and "下一夜" in told
    (ruling,) = desk.rulings()
    assert (ruling.subject, ruling.word) == (MonthSubject("scjgj", Kind.PENALTY, "2026-09"), "accept")
    assert before - _chased(desk) == {"双公示·处罚"}  # it need not be chased for what it has not to hand in
    desk.run("rule-month", "scjgj", "处罚", "2026-09", "dismiss", "--why", WHY)
    assert _chased(desk) == before
    assert "无从撤回" in desk.refused("rule-month", "scjgj", "处罚", "2026-09", "dismiss", "--why", WHY)
    assert "没有过完" in desk.refused("rule-month", "scjgj", "处罚", "2026-10", "accept", "--why", WHY)


def test_a_claim_is_accepted_then_dismissed(desk: Desk) -> None:
    assert desk.said(CLOSED)["published_within_deadline"] == "duty-unclear"
    told = desk.run("rule-claim", CLOSED, "accept", "--why", WHY)
    assert "张某" in told and "采信" in told and "下一夜" in told
    desk.night()
    assert desk.said(CLOSED)["published_within_deadline"] == "no-duty"
    desk.run("rule-claim", CLOSED, "dismiss", "--why", WHY)
    desk.night()
    assert desk.said(CLOSED)["published_within_deadline"] == "due"
    desk.night(days=10)
    assert desk.said(CLOSED)["published_within_deadline"] == "could-not-look"  # the duty stands; nothing was looked at
    assert [(r.subject, r.word, r.by) for r in desk.rulings()] == [
        (ClaimSubject("scjgj|penalty|楚市监处罚〔2026〕386号"), "accept", "张某"),
        (ClaimSubject("scjgj|penalty|楚市监处罚〔2026〕386号"), "dismiss", "张某"),
    ]


def test_what_a_night_takes_up_is_what_all_facts_give(desk: Desk) -> None:
    desk.run("rule-claim", CLOSED, "dismiss", "--why", WHY)
    desk.run("rule-repair", CLOSED, "--on", "2026-09-01", "--why", WHY)
    desk.night()
    with Store(desk.office.paths.store) as store:
        cache = EvaluationCache(store)
        taken_up = cache.evidence()
        evaluate(session_of(store, load(desk.office.district), desk.now), full=True)
        assert cache.evidence() == taken_up


def test_a_deferral_is_accepted_to_the_units_day_or_the_offices(desk: Desk) -> None:
    assert "2026-12-31" in desk.run("rule-claim", DEFERRED, "accept", "--why", WHY)
    desk.run("rule-claim", DEFERRED, "accept", "--until", "2026-11-30", "--why", WHY)
    assert [str(r.until) for r in desk.rulings()] == ["2026-12-31", "2026-11-30"]
    desk.night()
    assert desk.said(DEFERRED)["published_within_deadline"] == "no-duty"
    desk.night(days=52)  # 4 December
    assert desk.said(DEFERRED)["published_within_deadline"] == "due"


def test_the_list_of_claims(desk: Desk) -> None:
    before = json.loads(desk.run("claims", "--json"))
    assert {(c["number"], c["claim"], c["until"], c["standing"]) for c in before} >= {
        (CLOSED, "不公开", "", "open"),
        (DEFERRED, "暂缓公开", "2026-12-31", "open"),
        (SHOWN, "不公开", "", "open"),
    }
    desk.run("rule-claim", CLOSED, "accept", "--why", WHY)
    after = json.loads(desk.run("claims", "--json"))
    assert [c["number"] for c in after][-1] == CLOSED  # those that wait come first
    assert (after[-1]["standing"], after[-1]["ruling"], after[-1]["why"]) == ("accepted", "accept", WHY)
    table = desk.run("claims", "--unit", "scjgj")
    assert CLOSED in table and "已采信" in table and "涉及商业秘密" in table and DEFERRED not in table


def test_a_repair_is_put_on_record_put_right_and_withdrawn(desk: Desk) -> None:
    assert "2026-09-01" in desk.run("rule-repair", CLOSED, "--on", "2026-09-01", "--why", WHY)
    desk.run("rule-repair", CLOSED, "--on", "2026-09-03", "--why", WHY)
    assert "撤回" in desk.run("rule-repair", CLOSED, "--withdraw", "--why", WHY)
    subject = RepairSubject("scjgj|penalty|楚市监处罚〔2026〕386号")
    assert [(r.subject, r.word, r.value) for r in desk.rulings()] == [
        (subject, "accept", "2026-09-01"),
        (subject, "accept", "2026-09-03"),
        (subject, "dismiss", ""),
    ]
    assert "没有登记信用修复" in desk.refused("rule-repair", CLOSED, "--withdraw", "--why", WHY)


def test_a_ruling_opens_a_settled_decision_again(desk: Desk) -> None:
    with Store(desk.office.paths.store) as store:
        settled = [d for (d,) in store.rows("SELECT id FROM decisions WHERE NOT open ORDER BY id")]
    assert settled
    desk.run("rule-repair", settled[0], "--on", "2026-10-01", "--why", WHY)
    desk.night()
    with Store(desk.office.paths.store) as store:
        assert store.rows("SELECT open FROM decisions WHERE id = ?", settled[0]) == [(1,)]


WRONG = [
    (("rule-claim", "楚市监处罚〔2026〕99999号", "accept"), "没有这个决定"),
    (("rule-claim", CLOSED, "confirm"), "accept、dismiss"),
    (("rule-claim", CLOSED, "dismiss", "--until", "2026-12-31"), "--until"),
    (("rule-claim", CLOSED, "accept", "--until", "2026-10-01"), "已过"),
    (("rule-claim", CLOSED, "accept", "--until", "明年"), "2026-12-31"),
    (("rule-claim", CLOSED, "accept", "--unit", "wjw"), "没有这个决定"),
    (("rule-repair", CLOSED, "--on", "2027-01-01"), "还没有到"),
    (("rule-repair", CLOSED, "--on", "2026-07-01"), "早于决定日期"),
    (("rule-repair", CLOSED), "--on"),
    (("rule-repair", CLOSED, "--on", "2026-09-01", "--withdraw"), "--withdraw"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_what_cannot_be_ruled_is_said(desk: Desk, words: tuple[str, ...], said: str) -> None:
    assert said in desk.refused(*words, "--why", WHY)
    assert desk.rulings() == ()


def test_a_decision_without_a_claim_has_none_to_rule_on(desk: Desk) -> None:
    with Store(desk.office.paths.store) as store:
        claimed = {c["number"] for c in json.loads(desk.run("claims", "--json"))}
        plain = next(
            d.number for d in EvaluationCache(store).decisions().values() if d.number and d.number not in claimed
        )
    assert "没有主张" in desk.refused("rule-claim", plain, "accept", "--why", WHY)


def test_a_reason_is_compulsory(desk: Desk) -> None:
    assert "理由" in desk.refused("rule-claim", CLOSED, "accept", "--why", "行")
    assert "理由" in desk.refused("rule-repair", CLOSED, "--on", "2026-09-01", "--why", "行")


def test_nobody_rules_without_being_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGXIN_KEY", KEY[::-1])
    assert "复核人" in desk.refused("rule-claim", CLOSED, "accept", "--why", WHY)

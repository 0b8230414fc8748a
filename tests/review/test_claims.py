"""Which answers to a claim fit, and which decision a name means."""

from datetime import date, datetime

import pytest

from core.domain.clock import ZONE
from core.domain.errors import UsageError
from core.domain.models import ClaimSubject, Decision, Kind, RepairSubject, Ruling, RulingKind, Submission
from review.claims import ClaimedDecision, claimed_decision, on_claim, on_no_repair, on_repair
from review.decisions import decision_named

TODAY = date(2026, 8, 20)
WHY = "已核对案卷和依据"
NUMBER = "甲〔2026〕1号"
DECISION = Decision(
    id="scjgj|penalty|甲〔2026〕1号", unit="scjgj", kind=Kind.PENALTY, number=NUMBER, name="甲公司",
    decided_on=(date(2026, 7, 1),), submissions=("s",),
)  # fmt: skip


def row(publicity: str, until: date | None = None, ground: str = "商业秘密") -> Submission:
    return Submission(
        id="s", unit="scjgj", kind=Kind.PENALTY, workbook="七月.xlsx", workbook_sha256="00", sheet="行政处罚", row=3,
        name="甲公司",
        numbers=(NUMBER,), decided_on=date(2026, 7, 1), publicity=publicity, publicity_ground=ground,
        publicity_until=until,
        received_at=datetime(2026, 8, 5, tzinfo=ZONE),
    )  # fmt: skip


def claimed(submission: Submission, *rulings: Ruling) -> ClaimedDecision:
    return claimed_decision(DECISION, {"s": submission}, rulings, TODAY)


def given(kind: RulingKind, seen: str = "", day: int = 10) -> Ruling:
    return Ruling(
        id=f"r{day}", subject=ClaimSubject(DECISION.id), word=kind, by="甲", why="因", seen=seen,
        at=datetime(2026, 8, day, tzinfo=ZONE)
    )  # fmt: skip


CLOSED, DEFERRED, OPEN_ENDED = row("不公开"), row("暂缓公开", date(2026, 12, 31)), row("暂缓公开")
ANSWERS = [
    (CLOSED, "accept", None, None),
    (CLOSED, "accept", date(2026, 12, 31), date(2026, 12, 31)),
    (CLOSED, "dismiss", None, None),
    (DEFERRED, "accept", None, date(2026, 12, 31)),
    (DEFERRED, "accept", date(2026, 9, 30), date(2026, 9, 30)),
    (DEFERRED, "dismiss", None, None),
    (OPEN_ENDED, "accept", TODAY, TODAY),
]


@pytest.mark.parametrize(("submission", "kind", "until", "last_day"), ANSWERS)
def test_answers_that_fit(submission: Submission, kind: str, until: date | None, last_day: date | None) -> None:
    request = on_claim(claimed(submission), kind, WHY, TODAY, until=until)
    assert (request.subject, request.kind, request.until) == (ClaimSubject(DECISION.id), kind, last_day)
    assert request.seen == claimed(submission).claim.fingerprint


@pytest.mark.parametrize(
    ("submission", "kind", "until", "problem"),
    [
        (OPEN_ENDED, "accept", None, "--until"),
        (DEFERRED, "accept", date(2026, 8, 19), "已过"),
        (row("暂缓公开", date(2026, 8, 1)), "accept", None, "已过"),
        (row("暂缓公开", date(2026, 8, 1)), "dismiss", None, "已经失效"),
        (CLOSED, "dismiss", TODAY, "--until"),
        (CLOSED, "amend", None, "accept、dismiss"),
    ],
)
def test_answers_that_do_not_fit(submission: Submission, kind: str, until: date | None, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        on_claim(claimed(submission), kind, WHY, TODAY, until=until)


def test_a_claim_is_dismissed_once() -> None:
    with pytest.raises(UsageError, match="已经失效"):
        on_claim(claimed(CLOSED, given(RulingKind.DISMISS)), "dismiss", WHY, TODAY)
    again = on_claim(claimed(CLOSED, given(RulingKind.DISMISS)), "accept", WHY, TODAY)
    assert again.kind is RulingKind.ACCEPT


def test_an_answer_is_about_what_was_claimed_then() -> None:
    answer = given(RulingKind.ACCEPT, seen=claimed(CLOSED).claim.fingerprint)
    assert claimed(CLOSED, answer).standing.state == "accepted"
    assert claimed(row("不公开", ground="国家秘密"), answer).standing.state == "open"
    assert claimed(row("不公开", ground="国家秘密"), answer).ruling == answer


def test_a_decision_that_claims_nothing() -> None:
    with pytest.raises(UsageError, match=NUMBER):
        claimed(row("公开"))


def test_a_repair_and_its_withdrawal() -> None:
    repair = on_repair(DECISION, date(2026, 8, 1), WHY, TODAY)
    assert (repair.subject, repair.kind, repair.value) == (RepairSubject(DECISION.id), "accept", "2026-08-01")
    recorded = Ruling(
        id="p", subject=repair.subject, word=repair.kind, by="甲", why="因", value=repair.value,
        at=datetime(2026, 8, 2, tzinfo=ZONE)
    )  # fmt: skip
    assert on_no_repair(DECISION, [recorded], WHY).kind is RulingKind.DISMISS
    with pytest.raises(UsageError, match="没有登记"):
        on_no_repair(DECISION, [], WHY)


# ---------------------------------------------------------------- names of decisions

OTHER = Decision(id="jtj|penalty|甲〔2026〕1号", unit="jtj", kind=Kind.PENALTY, number=NUMBER, name="乙公司")
UNITS = {"scjgj": "市场监管局", "jtj": "交通局"}


def test_a_number_of_several_units_names_them() -> None:
    with pytest.raises(UsageError) as caught:
        decision_named([DECISION, OTHER], NUMBER, units=UNITS)
    for part in ("2 个决定", "市场监管局", "交通局", "甲公司", OTHER.id, "--unit"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("name", "unit", "wanted"), [(NUMBER, "jtj", OTHER), (OTHER.id, None, OTHER), ("甲(2026)1号", "scjgj", DECISION)]
)
def test_a_decision_is_named_by_number_and_unit_or_by_id(name: str, unit: str | None, wanted: Decision) -> None:
    assert decision_named([DECISION, OTHER], name, unit=unit, units=UNITS) == wanted


def test_no_such_decision() -> None:
    with pytest.raises(UsageError, match="没有这个决定：乙〔2026〕9号"):
        decision_named([DECISION], "乙〔2026〕9号")

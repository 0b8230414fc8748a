"""The office's morning letter: what must be done stands in its subject and first, in text and HTML alike."""

import re
from datetime import date
from typing import Any

import pytest
from bs4 import BeautifulSoup

from checks import TEXTS
from core.domain.config import Config
from core.domain.models import Alert, Evaluation, Facts, Look
from core.domain.periods import parse_period
from core.storage.database import Store
from core.storage.outbox import Delivery
from pipeline.notify import pending_alerts
from pipeline.report_context import facts_of
from pipeline.score import evaluation_of
from reporting.letters.messages import LetterContext
from reporting.letters.morning import NightFacts, compose_summary
from reporting.lookup import open_lookup
from reporting.open_matters import TODO, MatterKind, NextStep, Waiting
from tests.support.filed_district import NOW, Office
from tests.support.sessions import session_of

NIGHT = date(2026, 10, 12)
UNIT = "jtj"
Told = tuple[Evaluation, Facts, tuple[Alert, ...]]
BREACHES = Waiting(
    kind=MatterKind.BREACH, number=7, oldest=date(2026, 9, 28), until=date(2026, 10, 20), todo=TODO[MatterKind.BREACH]
)
STEP = NextStep(
    quarter="2026Q3", name="逐项裁定", day=date(2026, 10, 20), lacking=("待核实 7 项",), todo="chengxin pending"
)
DEAD_LETTER = Delivery(
    key="2026-10-11-jtj",
    recipient="jtj@example.invalid",
    state="dead",
    attempts=5,
    repeats=0,
    next_at=NOW,
    said="550 无此用户",
    changed_at=NOW,
)


@pytest.fixture(scope="module")
def told(office: Office) -> Told:
    with Store(office.paths.store) as store:
        session = session_of(store, office.config, NOW)
        found = evaluation_of(session, parse_period("2026Q3"))
        return found, facts_of(session, found), pending_alerts(session, found)


def _context(config: Config, told: Told) -> LetterContext:
    evaluation, facts, alerts = told
    lookup = open_lookup(config, evaluation, facts, TEXTS)
    return LetterContext(lookup=lookup, night=NIGHT, head="h" * 64, alerts=alerts)


def _morning(office: Office, told: Told, **facts: Any) -> tuple[str, str, str]:
    """Subject, text and page of the morning letter; the same facts give the same bytes."""
    context, night = _context(office.config, told), NightFacts(looks=(), seconds=8.4, **facts)
    letter = compose_summary(context, night)
    assert letter.as_bytes() == compose_summary(context, night).as_bytes()
    text, page = (letter.get_body((form,)).get_content() for form in ("plain", "html"))  # type: ignore[union-attr]
    return str(letter["Subject"]), text, BeautifulSoup(page, "lxml").get_text(" ")


def test_the_morning_letter_says_what_ran_and_what_is_new(office: Office, told: Told) -> None:
    facts = {"new_submissions": 3, "disk": "磁盘剩余 74 GiB", "missed": (date(2026, 10, 11),)}
    _, *forms = _morning(office, told, **facts)
    units = {alert.to for alert in told[2]} - {"office"}
    for form in forms:
        for words in (
            "报送记录 3 条",
            "没有运行的夜晚：2026-10-11",
            "新的不符合（待核实）",
            "没有未送达的信",
            "磁盘剩余 74 GiB",
            f"昨夜写给 {len(units)} 个单位",
            "h" * 64,
        ):
            assert words in form


def test_the_morning_letter_says_what_must_be_done_with_its_oldest_and_its_last_day(office: Office, told: Told) -> None:
    _, *forms = _morning(office, told, waiting=(BREACHES,), next_step=STEP)
    for form in forms:
        assert re.search(r"待核实\s+7", form) and "2026-09-28" in form and "chengxin rule confirm" in form
        assert "2026Q3 下一步：逐项裁定（2026-10-20）" in form and "还缺：待核实 7 项" in form


@pytest.mark.parametrize(
    ("facts", "subject"),
    [
        ({}, "【今日无待办】"),
        ({"waiting": (BREACHES,)}, "【今日要办】等你处理 7 项"),
        ({"troubled": (DEAD_LETTER,)}, "1 封信没有送达"),
        ({"unwritten": (UNIT,)}, "1 封信没有写成"),
        ({"waiting": (BREACHES,), "network": "全部主机都没有应答。"}, "【先查本机网络】"),
    ],
)
def test_its_subject_is_what_must_be_done(office: Office, told: Told, facts: dict[str, Any], subject: str) -> None:
    said, *forms = _morning(office, told, **facts)
    assert subject in said and said.startswith("【模拟】") and said.endswith("（政务诚信早报 2026-10-12）")
    assert ("没有送达" in said) == ("troubled" in facts) and ("等你处理" in said) == ("waiting" in facts)
    for form in forms:
        assert ("550 无此用户" in form) == ("troubled" in facts)
        assert ("先查本机网络" in form) == ("network" in facts)


def test_a_column_not_seen_is_told_with_since_when_and_why(office: Office, told: Told) -> None:
    portal = office.config.portals[0]
    look = Look(
        id="2026-10-12/x/1", run=str(NIGHT), portal=portal.id, kind="full", started_at=NOW, finished_at=NOW,
        genuine=False, parsed=False, reasons=("blocked",),
    )  # fmt: skip
    every = len(office.config.portals)
    for dark, since in (({portal.id: date(2026, 10, 3)}, "自 2026-10-03 起没有有效核查"), ({}, "今夜没有有效核查")):
        context = _context(office.config, told)
        letter = compose_summary(context, NightFacts(looks=(look,), seconds=1.0, dark=dark))
        assert f"{every} 个栏目没有有效核查" in str(letter["Subject"])
        for form in ("plain", "html"):
            body = letter.get_body((form,)).get_content()  # type: ignore[union-attr]
            body = BeautifulSoup(body, "lxml").get_text() if form == "html" else body
            assert since in body and portal.name in body
            assert f"没有去看（{every - 1} 个）" in body, "a column that nobody looked at is not one that was seen"

"""What `status` and `doctor` say of portals that a person's reading is held against."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from commands.output.tables import print_status
from core.domain.clock import ZONE
from core.domain.models import CheckBundle, CheckKind, CheckVerdict, Look, LookBundle, ReadingCheck, Run
from core.storage.database import Store
from core.storage.session import Session
from pipeline.crawl import plan_looks
from pipeline.status import checks_diagnosis, checks_of, status_of
from tests.crawler.test_check_plan import PORTAL, READ
from tests.support.sessions import session_of
from tests.support.site_runs import district

NIGHT = datetime(2026, 8, 3, 0, 30, tzinfo=ZONE)
AGREES, DIFFERS, UNREAD = CheckVerdict.AGREES, CheckVerdict.DIFFERS, CheckVerdict.UNREAD
TAKEN = ("archive", "store", "attachments", "backups", "logs", "other", "free", "night")
NO_DISK = {**dict.fromkeys(TAKEN, 0), "nights": None, "trend": ""}
NOTHING_OPEN = {"period": "2026Q3", "counts": {}}


def session_with(
    tmp_path: Path, checks: list[tuple[int, CheckVerdict]], toml: str = PORTAL + READ, crawl: str = ""
) -> Session:
    """The newest night is NIGHT; `checks`: how many nights before it each was made, and what came of it."""
    session = session_of(Store(tmp_path / "chengxin.db"), district(tmp_path / "district", {"p": toml}, crawl), NIGHT)
    session.runs.add_config("h", {}, NIGHT)
    for ago, verdict in [*checks, (0, None)]:
        at = NIGHT - timedelta(days=ago)
        run = f"{at:%Y-%m-%d}"
        session.runs.begin(Run(id=run, started_at=at, config_hash="h"))
        look = Look(
            id=f"{run}/p/1", run=run, portal="p", kind="full", started_at=at, finished_at=at, genuine=True, parsed=True
        )
        check = verdict and ReadingCheck(
            id=f"{run}/p/citizen", run=run, portal="p", read_as=session.config.portal("p").read_as, started_at=at,
            finished_at=at, verdict=verdict, differing="浏览器里另有“甲”" if verdict is DIFFERS else "",
            reasons=("browser-missing",) if verdict is UNREAD else ("seen-whole:total",),
        )  # fmt: skip
        session.looks.add_look(LookBundle(look=look, check=CheckBundle(check=check) if check else None), at)
    return session


@pytest.mark.parametrize(
    ("checks", "state", "words"),
    [
        ([], "good", "1 个栏目定期用浏览器另读核对，0 个已核对相符"),
        ([(7, AGREES)], "good", "1 个栏目定期用浏览器另读核对，1 个已核对相符"),
        ([(7, DIFFERS)], "warn", "读到的与浏览器里看到的不同：栏目；请重新运行 chengxin portal try"),
        ([(7, DIFFERS), (1, AGREES)], "good", "1 个栏目定期用浏览器另读核对，1 个已核对相符"),
        ([(28, AGREES), (1, UNREAD)], "good", "1 个栏目定期用浏览器另读核对，1 个已核对相符"),
        ([(29, AGREES), (1, UNREAD)], "warn", "很久没有核对成：栏目（本机没有浏览器）；请看浏览器能否打开这些栏目"),
        ([(29, UNREAD), (1, UNREAD)], "warn", "很久没有核对成：栏目（本机没有浏览器）；请看浏览器能否打开这些栏目"),
    ],
)
def test_what_doctor_says(tmp_path: Path, checks: list[tuple[int, CheckVerdict]], state: str, words: str) -> None:
    (told,) = checks_diagnosis(session_with(tmp_path, checks))
    assert (told.state, told.detail) == (state, words)


@pytest.mark.parametrize(
    ("toml", "crawl"),
    [(PORTAL, ""), (PORTAL + READ, "citizen_every_days = 0"), (f"enabled = false\n{PORTAL}{READ}", "")],
)
def test_nothing_is_said_where_nothing_is_checked(tmp_path: Path, toml: str, crawl: str) -> None:
    session = session_with(tmp_path, [(60, UNREAD)], toml, crawl)
    assert checks_of(session) == () == checks_diagnosis(session)


def test_status_warns_of_checks_that_are_late(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status = status_of(session_with(tmp_path, [(40, DIFFERS), (1, UNREAD)]))
    (row,) = status["portals"]
    assert row["check"] == {
        "at": "2026-06-24 00:30", "verdict": "differs", "differing": "浏览器里另有“甲”", "late": True,
        "why": "本机没有浏览器",
    }  # fmt: skip
    print_status({**status, "disk": NO_DISK, "open_matters": NOTHING_OPEN})
    assert "很久没有用浏览器核对读取结果：栏目（本机没有浏览器）" in capsys.readouterr().out
    fresh = session_with(tmp_path / "fresh", [(1, AGREES)])
    print_status({**status_of(fresh), "disk": NO_DISK, "open_matters": NOTHING_OPEN})
    assert "核对读取结果" not in capsys.readouterr().out


def test_a_portal_that_a_person_changed_is_late_only_from_its_first_check_on(tmp_path: Path) -> None:
    session = session_with(tmp_path, [(60, AGREES)])
    (portal,) = session.config.portals
    changed = replace(
        session, config=session.config.model_copy(update={"portals": (portal.model_copy(update={"marker": "另"}),)})
    )
    (state,) = checks_of(changed)
    assert state.newest is None and not state.late


@pytest.mark.parametrize(
    ("checks", "check"),
    [([], True), ([(7, AGREES)], True), ([(1, DIFFERS)], True), ([(1, AGREES)], False)],
)
def test_a_night_plans_the_checks_that_the_store_says_are_due(
    tmp_path: Path, checks: list[tuple[int, CheckVerdict]], check: bool
) -> None:
    """With so long a period a portal's turn by its name comes once in two years, and not now."""
    crawl = "citizen_every_days = 7" if checks != [(1, AGREES)] else "citizen_every_days = 700"
    session = session_with(tmp_path, checks, crawl=crawl)
    if not checks:
        session.store.db.execute("DELETE FROM looks")
    (plan,) = plan_looks(session, "2026-08-04")
    assert plan.check is check


@pytest.mark.parametrize(
    ("kind", "verdict", "state", "words"),
    [
        (CheckKind.SEEN, AGREES, "good", "1 个栏目在浏览器里画出核对过，没有看不见的条目"),
        (CheckKind.SEEN, DIFFERS, "warn", "栏目：列表里有看不见的条目（甲）；请打开栏目核对"),
        (CheckKind.DETAILS, DIFFERS, "warn", "栏目：详情页里有看不见的内容（甲）；请打开栏目核对"),
        (CheckKind.AGENT, DIFFERS, "warn", "栏目：网站给普通浏览器的条目与给本系统的不同（甲）；请打开栏目核对"),
    ],
)
def test_what_doctor_says_of_the_checks_beside(
    tmp_path: Path, kind: CheckKind, verdict: CheckVerdict, state: str, words: str
) -> None:
    session = session_with(tmp_path, [], PORTAL)
    run = f"{NIGHT:%Y-%m-%d}"
    look = Look(
        id=f"{run}/p/2",
        run=run,
        portal="p",
        kind="full",
        started_at=NIGHT,
        finished_at=NIGHT,
        genuine=True,
        parsed=True,
    )
    check = ReadingCheck(
        id=f"{run}/p/{kind}", run=run, portal="p", read_as=session.config.portal("p").checked_as(kind),
        started_at=NIGHT, finished_at=NIGHT, verdict=verdict, differing="甲" if verdict is DIFFERS else "",
    )  # fmt: skip
    session.looks.add_look(LookBundle(look=look, beside=(CheckBundle(check=check),)), NIGHT)
    (told,) = checks_diagnosis(session)
    assert (told.state, told.detail) == (state, words)

"""Checks of how portals are read: kept beside the looks, sealed with them, and what they say until another agrees."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.models import Capture, CheckBundle, ChecksSoFar, CheckVerdict, Look, LookBundle, ReadingCheck, Run
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import seal, verify
from core.storage.observations import Looks
from core.storage.reading_checks import ReadingChecks
from core.storage.runs import Runs

AT = datetime(2026, 8, 3, 0, 30, tzinfo=UTC)
AGREES, DIFFERS, UNREAD = CheckVerdict.AGREES, CheckVerdict.DIFFERS, CheckVerdict.UNREAD


def night(number: int) -> str:
    return f"2026-08-{3 + number:02d}"


def check(number: int, verdict: CheckVerdict, read_as: str = "x", lacking: int = 0) -> ReadingCheck:
    at = AT + timedelta(days=number)
    return ReadingCheck(
        id=f"{night(number)}/p/citizen", run=night(number), portal="p", read_as=read_as, started_at=at, finished_at=at,
        verdict=verdict, whole=True, lacking=lacking, differing="浏览器里没有“甲”" if verdict is DIFFERS else "",
        reasons=("seen-whole:total",),
    )  # fmt: skip


def add(store: Store, made: ReadingCheck, captures: tuple[Capture, ...] = (), unseen: tuple[str, ...] = ()) -> None:
    Runs(store).add_config("h", {}, AT)
    Runs(store).begin(Run(id=made.run, started_at=made.started_at, config_hash="h"))
    look = Look(
        id=f"{made.run}/p/1", run=made.run, portal="p", kind="full", started_at=made.started_at,
        finished_at=made.started_at, genuine=True, parsed=True,
    )  # fmt: skip
    Looks(store).add_look(LookBundle(look=look, check=CheckBundle(check=made, captures=captures, unseen=unseen)), AT)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "chengxin.db")


def page(made: ReadingCheck) -> Capture:
    return Capture(
        id=f"{made.id}#1", look=made.id, url="http://a.example.invalid/#page=1", status=200, sha256="0", size=1,
        received_at=AT,
    )  # fmt: skip


def test_a_check_is_kept_as_it_was_and_no_one_who_asks_for_looks_meets_it(store: Store) -> None:
    made = check(0, DIFFERS)
    add(store, made, (page(made),))
    assert ReadingChecks(store).all("p") == ReadingChecks(store).all() == [made]
    assert ReadingChecks(store).captures(made.id) == [page(made)]
    assert ReadingChecks(store).all("q") == []
    assert [look.id for look in Looks(store).looks()] == ["2026-08-03/p/1"] and not Looks(store).captures()


Checks = list[tuple[CheckVerdict, str]]


@pytest.mark.parametrize(
    ("checks", "standing"),
    [
        ([], None),
        ([(AGREES, "x")], None),
        ([(DIFFERS, "x")], 0),
        ([(DIFFERS, "x"), (UNREAD, "x")], 0),
        ([(DIFFERS, "x"), (AGREES, "x")], None),
        ([(AGREES, "x"), (DIFFERS, "x")], 1),
        ([(DIFFERS, "x"), (DIFFERS, "x"), (UNREAD, "x")], 1),
        ([(DIFFERS, "y")], None),  # a person has changed how the portal is read since
        ([(DIFFERS, "x"), (AGREES, "y")], 0),
    ],
)
def test_a_difference_holds_until_a_check_agrees_or_the_portal_is_read_otherwise(
    store: Store, checks: Checks, standing: int | None
) -> None:
    made = [check(number, verdict, read_as) for number, (verdict, read_as) in enumerate(checks)]
    for each in made:
        add(store, each)
    assert ReadingChecks(store).standing("p", "x") == (made[standing] if standing is not None else None)


def test_what_was_tried_so_far(store: Store) -> None:
    assert ReadingChecks(store).so_far("p", "x") == ChecksSoFar()
    for number, verdict in enumerate([AGREES, DIFFERS, UNREAD]):
        add(store, check(number, verdict))
    first, read, newest = (AT + timedelta(days=n) for n in range(3))
    assert ReadingChecks(store).so_far("p", "x") == ChecksSoFar(
        ever=True, first_at=first, read_at=read, tried_at=newest, unsettled=2
    )
    assert ReadingChecks(store).so_far("p", "y") == ChecksSoFar(ever=True)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE reading_checks SET verdict = 'agrees'", "读取核对 2026-08-03/p/citizen"),
        ("UPDATE check_captures SET sha256 = '1'", "读取核对的网页存证 2026-08-03/p/citizen#1"),
        ("DELETE FROM check_captures", "读取核对的网页存证 2026-08-03/p/citizen#1"),
    ],
)
def test_checks_are_sealed_with_the_night(tmp_path: Path, store: Store, change: str, named: str) -> None:
    made = check(0, DIFFERS)
    add(store, made, (page(made),))
    seal(store, Paths(tmp_path), made.run, AT)
    assert verify(store, Paths(tmp_path))[1] is None
    store.db.execute(change)
    assert named in str(verify(store, Paths(tmp_path))[1])


def test_what_was_sealed_before_there_were_checks_still_holds(tmp_path: Path, store: Store) -> None:
    """Marks of an older manifest do not know the tables."""
    made = check(0, AGREES)
    add(store, made)
    store.db.execute("DELETE FROM reading_checks")
    seal(store, Paths(tmp_path), made.run, AT)
    store.db.execute("UPDATE manifests SET marks = json_remove(marks, '$.reading_checks', '$.check_captures')")
    add(store, check(1, AGREES))
    seal(store, Paths(tmp_path), night(1), AT)
    assert verify(store, Paths(tmp_path))[1] is None


def test_checks_are_taken_over_without_their_pages(tmp_path: Path, store: Store) -> None:
    made = check(0, DIFFERS)
    add(store, made, (page(made),), ("r1", "r2"))
    with Store(tmp_path / "again.db") as again:
        again.copy_handed_in(store)
        ReadingChecks(again).take_over(ReadingChecks(store), [made])
        assert ReadingChecks(again).standing("p", "x") == made and not ReadingChecks(again).captures(made.id)
        assert ReadingChecks(again).unseen_by(made.id) == ("r1", "r2")
        assert ReadingChecks(again).unseen() == {("p", "r1"), ("p", "r2")}

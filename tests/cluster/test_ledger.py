"""Who holds what, which attempt counts, and when a night goes on, on a real PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster import local_postgres, worker
from cluster.city import City
from cluster.hosts import groups
from cluster.ledger import AT_WORK, BROKEN, ENDED, ENDING, Held, Ledger, PlannedPortal
from cluster.local_workers import wait_for
from core.domain.clock import Clock
from core.domain.config import DeskSettings
from core.domain.errors import EngineError, StoreError, UsageError

RUN = "2026-08-30"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    made = local_postgres.made(tmp_path_factory.mktemp("ledger"))
    yield made.url
    made.remove()


@pytest.fixture
def ledger(database: str) -> Iterator[Ledger]:
    with closing(Ledger(database)) as opened:
        opened._run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        opened.make_tables()
        opened.begin(RUN, "", ["a", "b"])
        yield opened


def planned(district: str, portal: str, *hosts: str, servers: tuple[str, ...] = ()) -> PlannedPortal:
    return PlannedPortal(district=district, portal=portal, hosts=hosts, servers=servers, plan=f'"{district}/{portal}"')


def city_of(database: str, folder: Path) -> City:
    return City(
        name="某市", office="某市信用办", desk=DeskSettings(), folder=folder, database=database, data=folder,
        districts={}, plan_minutes=1, night_hours=1, night_at="", backups=None,
    )  # fmt: skip


def opened(ledger: Ledger) -> tuple[str, ...]:
    ledger.plan(RUN, "a", [planned("a", "p", "x"), planned("a", "q", "y", "z")], "w")
    ledger.plan(RUN, "b", [planned("b", "p", "x"), planned("b", "q", "z")], "w")
    return ledger.open_visits(RUN, 30)


def test_portals_whose_hosts_meet_go_to_one_visit(ledger: Ledger) -> None:
    assert opened(ledger) == ("x", "y")
    assert ledger.planned(RUN, "x") == {"a": ['"a/p"'], "b": ['"b/p"']}
    assert ledger.planned(RUN, "y") == {"a": ['"a/q"'], "b": ['"b/q"']}


def test_names_of_one_server_go_to_one_visit_under_the_first_name(ledger: Ledger) -> None:
    """Departments' sites are often names of one machine: visited side by side its pace would be broken."""
    on = "10.0.0.1"
    ledger.plan(RUN, "a", [planned("a", "p", "gaj.x", servers=(on,)), planned("a", "q", "czj.x", servers=(on,))], "w")
    ledger.plan(RUN, "b", [planned("b", "p", "jyj.x", servers=(on,)), planned("b", "q", "gaj.x")], "w")
    assert ledger.open_visits(RUN, 30) == ("czj.x",)
    assert ledger.hosts(RUN, "czj.x") == {"czj.x", "gaj.x", "jyj.x"}


def test_a_night_waits_for_every_plan_and_not_for_ever(ledger: Ledger) -> None:
    ledger.plan(RUN, "a", [planned("a", "p", "x")], "w")
    assert ledger.open_visits(RUN, 30) == ()
    ledger._run("UPDATE city_nights SET begun_at = begun_at - interval '31 minutes'")
    assert ledger.open_visits(RUN, 30) == ("x",)
    late = {each.district: each for each in ledger.districts(RUN)}["b"]
    assert late.state == "left-out" and "没有计划" in late.said
    ledger.plan(RUN, "b", [planned("b", "p", "x")], "w")  # too late: the visits go without it
    assert ledger.planned(RUN, "x") == {"a": ['"a/p"']}


def test_a_host_is_held_by_one_connection_until_it_ends(ledger: Ledger, database: str) -> None:
    with closing(Ledger(database)) as other:
        with ledger.held("host:x"), pytest.raises(Held), other.held("host:x"):
            pass
        with other.held("host:x"):
            pass
    with closing(Ledger(database)) as third, third.held("host:x"):
        pass


def test_who_wakes_late_adds_nothing(ledger: Ledger) -> None:
    """The fencing token: an attempt that is not the newest any more, or of a visit that is done."""
    opened(ledger)
    first = ledger.attempt(RUN, "x", "w1")
    assert ledger.add_looks(RUN, "x", first, "a", {"l1": "1"})
    second = ledger.attempt(RUN, "x", "w2")
    assert not ledger.add_looks(RUN, "x", first, "b", {"l2": "2"}) and not ledger.end(RUN, "x", first, "")
    assert ledger.looks(RUN, "b") == {} and ledger.looked_at(RUN, "x") == {"a"}
    assert ledger.add_looks(RUN, "x", second, "b", {"l2": "2"}) and ledger.end(RUN, "x", second, "一处没有读成")
    assert not ledger.add_looks(RUN, "x", second, "b", {"l3": "3"})
    assert ledger.attempt(RUN, "x", "w3") == 0
    assert [(v.host, v.state, v.said) for v in ledger.visits(RUN)] == [
        ("x", "ended", "一处没有读成"),
        ("y", "planned", ""),
    ]


def test_a_district_ends_with_its_hosts_or_with_the_hours(ledger: Ledger) -> None:
    opened(ledger)
    assert ledger.ready(RUN, 6) == ()
    for host in ("x", "y"):
        assert ledger.end(RUN, host, ledger.attempt(RUN, host, "w"), "")
    assert ledger.ready(RUN, 6) == ("a", "b")
    ledger.finish(RUN, "a", "w")
    assert ledger.ready(RUN, 6) == ("b",) and [night for night, _ in ledger.nights()] == [RUN]
    ledger.finish(RUN, "b", "w")
    assert ledger.nights() == []


def test_what_is_missing_when_the_hours_are_over_ends_the_night_too(ledger: Ledger) -> None:
    opened(ledger)
    ledger._run("UPDATE city_nights SET begun_at = begun_at - interval '7 hours'")
    assert ledger.ready(RUN, 6) == ("a", "b")


def test_the_host_that_takes_longest_is_visited_first(ledger: Ledger) -> None:
    ledger.plan(RUN, "a", [planned("a", f"p{n}", host) for n, host in enumerate(("a", "b", "b", "c", "c", "c"))], "w")
    ledger.plan(RUN, "b", [], "w")
    assert ledger.open_visits(RUN, 30) == ("c", "b", "a"), "by columns, as long as nothing else is known"
    for host, minutes in (("a", 50), ("b", 40)):
        ledger.end(RUN, host, ledger.attempt(RUN, host, "w"), "")
        ledger._run(
            "UPDATE city_visits SET begun_at = ended_at - make_interval(mins => %s) WHERE host = %s", minutes, host
        )
    assert ledger.open_visits(RUN, 30) == ("c",)
    ledger.begin(later := "2026-08-31", "", ["a"])
    ledger.plan(later, "a", [planned("a", f"p{n}", host) for n, host in enumerate(("a", "b", "b", "c", "c", "c"))], "w")
    assert ledger.open_visits(later, 30) == ("a", "b", "c"), "by what the last visit took"


def test_two_workers_of_one_name(ledger: Ledger, database: str, tmp_path: Path) -> None:
    city = city_of(database, tmp_path)
    with ledger.held("worker:w"), pytest.raises(UsageError, match="已经有一个叫 w"):
        worker.work(city, "w", until_done=True)


def test_how_workers_stand_is_told_by_who_holds_their_names(ledger: Ledger, database: str) -> None:
    """Ended as told, broken off, asked to end, at work; who is gone for long is forgotten, who is at work is not."""
    with closing(Ledger(database)) as other:
        for name in ("at work", "ending", "of old, at work"):
            assert other.stand_for(name) and other.stand_for(name) and not ledger.stand_for(name)
            other.enlist(name, "1")
        for name in ("ended", "broken", "of old, ended", "of old, broken"):
            ledger.enlist(name, "1")
        for name in ("ended", "ending", "of old, ended"):
            assert ledger.drain(name)
        told = {each.name: each.said for each in ledger.workers()}
        assert told == {
            "at work": AT_WORK, "ending": ENDING, "of old, at work": AT_WORK, "ended": ENDED, "broken": BROKEN,
            "of old, ended": ENDED, "of old, broken": BROKEN,
        }  # fmt: skip
        ledger._run("UPDATE city_workers SET begun_at = begun_at - interval '8 days' WHERE name LIKE 'of old%%'")
        ledger.enlist("new", "2")
        told = {each.name: each.said for each in ledger.workers()}
        assert told.keys() == {"at work", "ending", "of old, at work", "ended", "broken", "new"}
    wait_for(lambda: next(each.said for each in ledger.workers() if each.name == "at work") == BROKEN)


def test_a_worker_with_another_clock_does_not_begin(
    ledger: Ledger, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = city_of(database, tmp_path)
    off = Clock().now() + timedelta(minutes=2)
    monkeypatch.setattr(worker, "Clock", lambda: Clock.stopped(off))
    with pytest.raises(EngineError, match="时钟"):
        worker.work(city, "w", until_done=True)


def test_a_database_that_is_not_there_is_named() -> None:
    with pytest.raises(StoreError, match="PostgreSQL"):
        Ledger("postgresql://nobody@127.0.0.1:1/none")


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=3), max_size=8))
def test_hosts_that_meet_have_one_name(together: list[list[str]]) -> None:
    names = groups(together)
    assert all(len({names[host] for host in hosts}) == 1 for hosts in together)
    parts = [{host} for host in names]  # joined one by one, however long it takes
    for hosts in together:
        parts = [p for p in parts if not p & set(hosts)] + [set(hosts).union(*(p for p in parts if p & set(hosts)))]
    assert {host: min(part) for part in parts for host in part} == names

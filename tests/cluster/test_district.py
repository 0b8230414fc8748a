"""A district's two jobs: what cannot take part is said, and what nobody visited accuses nobody."""

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cluster import district as districts
from cluster import worker
from cluster.city import FILE, City, load_city
from cluster.hosts import hosts_of, servers_of
from cluster.ledger import Ledger
from cluster.local_postgres import Postgres
from cluster.visit import PLAN as PLANS
from core.domain.clock import Clock
from core.domain.errors import ConfigError, UsageError
from core.domain.look_reasons import LookReason
from core.domain.models import Outcome
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.serialization import dump
from crawler.visit import failed_look
from simulation.city import NIGHT, Host, Plan, write_city
from tests.support.html_lists import portal

RUN = f"{NIGHT:%Y-%m-%d}"
PLAN = Plan(districts=2, columns=2)


@pytest.fixture
def city(server: Postgres, tmp_path: Path) -> City:
    write_city(tmp_path / "city", server.url, [Host(6, 0, base=f"http://127.0.0.{n}:1") for n in (2, 3)], PLAN)
    return load_city(tmp_path / "city")


@pytest.fixture
def ledger(city: City) -> Iterator[Ledger]:
    with closing(Ledger(city.database)) as opened:
        opened.make_tables()
        opened.begin(RUN, NIGHT.isoformat(), list(city.districts))
        yield opened


def test_a_configuration_that_does_not_load_leaves_its_district_out(city: City, ledger: Ledger) -> None:
    (city.districts["d00"] / "units.toml").write_text("[[unit]\n", "utf-8")
    for name in city.districts:
        districts.plan(city, ledger, RUN, name, "w")
    bad, good = ledger.districts(RUN)
    assert (bad.state, good.state) == ("left-out", "planned") and "units.toml" in bad.said
    assert {name for host in ledger.open_visits(RUN, 30) for name in ledger.planned(RUN, host)} == {"d01"}


def test_what_nobody_visited_is_not_there_to_say_anything(city: City, ledger: Ledger) -> None:
    """The hours are over and no machine came to the host: each planned look is one that could not be made."""
    for name in city.districts:
        districts.plan(city, ledger, RUN, name, "w")
    assert len(ledger.open_visits(RUN, 30)) == 2
    result = districts.finish(city, ledger, RUN, "d00", "w")
    assert result is not None and districts.finish(city, ledger, RUN, "d00", "w") is None
    with Store(city.paths("d00").store) as store:
        looks = Looks(store).looks(run=RUN)
    assert [look.id for look in looks] == [f"{RUN}/p{k}/{n}" for k in (0, 1) for n in (1, 2)]
    assert {(look.genuine, look.reasons) for look in looks} == {(False, ("not-visited",))}
    assert Outcome.BREACHED not in {item.outcome for item in result.evaluation.evidence}
    assert "今夜没有访问" in city.paths("d00").report.read_text("utf-8")


def test_a_night_in_which_nothing_answered_ends_without_a_second_try(city: City, ledger: Ledger) -> None:
    """Nobody would make it: the visits are over. A worker that waited for it would stand for ten minutes a district."""
    settings = city.districts["d00"] / "district.toml"
    settings.write_text(settings.read_text("utf-8").replace("[crawl]", "[crawl]\nnetwork_retry_seconds = 20"), "utf-8")
    ledger.begin(today := f"{Clock().now():%Y-%m-%d}", "", ["d00"])  # a simulated night would wait for nothing
    districts.plan(city, ledger, today, "d00", "w")
    for host in ledger.open_visits(today, 30):
        plans = [PLANS.validate_json(text) for text in ledger.planned(today, host)["d00"]]
        looks = [failed_look(today, p.portal, n, Clock().now(), LookReason.CONNECTION) for p in plans for n in p.passes]
        attempt = ledger.attempt(today, host, "w")
        ledger.add_looks(today, host, attempt, "d00", {each.look.id: dump(each) for each in looks})
        ledger.end(today, host, attempt, "")
    began = time.monotonic()
    result = districts.finish(city, ledger, today, "d00", "w")
    assert result is not None and time.monotonic() - began < 20
    assert len(result.looks) == 4 and "没有一个连得上" in result.problem and "又试过" not in result.problem


def test_a_night_whose_day_is_over_is_not_made_up_for(city: City, ledger: Ledger) -> None:
    """Else what is seen on one day would be put down to the night of another."""
    districts.plan(city, ledger, RUN, "d00", "w")
    ledger._run("UPDATE city_nights SET begun_at = begun_at - interval '24 hours'")
    for name in city.districts:
        districts.plan(city, ledger, RUN, name, "w")
        assert districts.finish(city, ledger, RUN, name, "w") is None
    assert {(d.state, d.said[:10]) for d in ledger.districts(RUN)} == {("left-out", "这一夜的日子已经过去")}
    assert not city.paths("d01").store.exists() and not city.paths("d00").report.exists()


def test_a_night_whose_jobs_nobody_takes_ends_with_its_day(city: City, ledger: Ledger) -> None:
    """They may wait for a newer program that never came."""
    districts.plan(city, ledger, RUN, "d00", "w")
    districts.end_over(ledger, RUN)
    assert [d.state for d in ledger.districts(RUN)] == ["planned", "planning"]
    ledger._run("UPDATE city_nights SET begun_at = begun_at - interval '24 hours'")
    districts.end_over(ledger, RUN)
    assert {d.state for d in ledger.districts(RUN)} == {"left-out"} and ledger.nights() == []


def test_a_night_that_would_go_past_midnight_does_not_begin(city: City) -> None:
    with pytest.raises(UsageError, match="零点"):
        worker.begin_night(city, NIGHT.replace(hour=23).isoformat())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "name"),
        ('name = "某市"\ndatabase = "x"\nhours = 3\n', "hours"),
        ('name = "某市"\n', "database"),
        ('name = "某市"\ndatabase = "x"\ndistricts = "none"\n', "none"),
        ("name = [", "city.toml"),
        (None, "city.toml"),
    ],
)
def test_a_city_that_cannot_be_read_is_named_by_file_and_key(tmp_path: Path, text: str | None, said: str) -> None:
    if text is not None:
        (tmp_path / FILE).write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=said):
        load_city(tmp_path)


def test_a_server_is_one_host_at_whichever_port() -> None:
    """Its pace is one: two visits side by side would break what each promised."""
    named = portal("http://A.example.invalid:8080/x/list.html", hosts=("b.example.invalid", "B.example.invalid:8443"))
    assert hosts_of(named) == ("a.example.invalid", "b.example.invalid")
    assert set(hosts_of(portal("https://a.example.invalid/y.html"))) & set(hosts_of(named))


def test_two_names_of_one_server_are_one_visit(server: Postgres, tmp_path: Path) -> None:
    """As it is in one district's crawl: one server is asked at one pace by whatever name."""
    write_city(tmp_path / "city", server.url, [Host(6, 0, base="http://127.0.0.1:1")], PLAN)
    for file in (tmp_path / "city/districts/d01/portals").glob("*.toml"):
        file.write_text(file.read_text("utf-8").replace("127.0.0.1", "localhost"), "utf-8")
    city = load_city(tmp_path / "city")
    with closing(Ledger(city.database)) as ledger:
        ledger.make_tables()
        ledger.begin(RUN, NIGHT.isoformat(), list(city.districts))
        for name in city.districts:
            districts.plan(city, ledger, RUN, name, "w")
        assert ledger.open_visits(RUN, 30) == ("127.0.0.1",)
        assert ledger.hosts(RUN, "127.0.0.1") == {"127.0.0.1", "localhost"}
        assert ledger.planned(RUN, "127.0.0.1").keys() == {"d00", "d01"}


def test_a_name_that_is_not_found_stands_for_itself() -> None:
    assert servers_of(["no-such-host.invalid", "127.0.0.9"]) == {
        "no-such-host.invalid": "no-such-host.invalid", "127.0.0.9": "127.0.0.9",
    }  # fmt: skip

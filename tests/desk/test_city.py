"""The city's desk and the desks of its districts: who sees what, and that nobody reads another district's data."""

import hashlib
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.request import urlopen

import psycopg
import psycopg.sql
import pytest
from typer.testing import CliRunner

import cli
from cluster import local_postgres
from cluster.district import _roll_up
from cluster.roll_up import Movement, movement
from cluster.roll_ups import RollUps
from core.domain.clock import Clock
from core.domain.models import Grade
from core.runtime.desk_secret import desk_secret
from core.runtime.entry_links import token_of
from core.runtime.paths import ROOT
from core.storage.serialization import dump
from desk.roles import POWERS, RIGHTS, Role
from pipeline.newest import evaluation_at
from reporting.wording import score_range
from review.freeze import as_frozen
from tests.support.city_desks import HERE, THERE, CityOffice, enter, made, person, tries
from tests.support.desk_town import LAST, NOW, PASSWORD, UNIT
from tests.support.frozen_results import frozen_of

if TYPE_CHECKING:
    from desk.urls import Page

NIGHT = LAST.isoformat()
URLS = "authorize", "token", "keys"  # of an identity provider


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[local_postgres.Postgres]:
    started = local_postgres.made(tmp_path_factory.mktemp("city-desk"))
    yield started
    started.remove()


@pytest.fixture
def office(server: local_postgres.Postgres, shared_root: Path, tmp_path: Path) -> CityOffice:
    with psycopg.connect(server.url, autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
        named = map(psycopg.sql.Identifier, sorted(known - {"django_migrations"}))  # they take seconds to make anew
        if known:
            connection.execute(psycopg.sql.SQL("TRUNCATE {} CASCADE").format(psycopg.sql.SQL(", ").join(named)))
    return made(shared_root, tmp_path, server.url)


def addresses() -> dict[str, "Page"]:
    """Each page of the desk that is open, with an address."""
    from desk.city_urls import PAGES as OF_THE_CITY
    from desk.site import current
    from desk.urls import PAGES as OF_A_DISTRICT

    real = {
        "<str:slug>": HERE, "<slug:period>": "2026Q3", "<slug:username>": "clerk", "<slug:call>": "aaaa",
        "<slug:slug>": UNIT, "<slug:portal>": UNIT, "<slug:left>": "aaaa", "<slug:right>": "bbbb",
        "<slug:sha256>": "0" * 64, "<int:number>": "1", "<slug:attempt>": "nothing", "<str:token>": "x.y.1.z",
    }  # fmt: skip
    pages = OF_THE_CITY if current().urls == "desk.city_urls" else OF_A_DISTRICT
    return {"/" + re.sub(r"<[^>]+>", lambda found: real[found[0]], page.path): page for page in pages}


def secrets_of(office: CityOffice, slug: str) -> set[str]:
    """What must not be read elsewhere: parties and document numbers."""
    with office.session(slug) as session:
        decisions = evaluation_at(session, None).decisions.values()
        known = {word for d in decisions for word in (d.name, d.number) if len(word) > 3}
    assert len(known) > 50
    return known


# ---------------------------------------------------------------- the city's office


def test_each_role_sees_its_own_pages_and_no_other(office: CityOffice) -> None:
    office.freeze(HERE)
    office.roll_up(HERE, NIGHT)
    office.open_city()
    for role in (Role.CITY, Role.MEMBER, Role.SYSTEM, Role.SECURITY, Role.AUDITOR):
        person(f"a-{role}", role.value)
        client = enter(f"a-{role}")
        for address, page in addresses().items():
            if page.name in ("logout", "login", "login-code"):
                continue  # they sign out whoever asks
            done = (client.get if "GET" in page.methods else client.post)(address)
            if page.right is None or page.right in RIGHTS[role]:
                assert done.status_code not in (403, 500, 503), (role, address, done.status_code)
            else:
                assert done.status_code == 403, (role, address, done.status_code)


def test_the_citys_office_sees_how_districts_stand_and_what_they_fixed_and_no_more(office: CityOffice) -> None:
    office.freeze(HERE)
    for slug in (HERE, THERE):
        office.roll_up(slug, NIGHT)
    with office.session(HERE) as session:
        scores = evaluation_at(session, None).scores
        columns = [portal.name for portal in session.config.portals if portal.enabled]
    words = secrets_of(office, HERE)
    office.open_city()
    person("wang", "city")
    client = enter("wang")
    city = client.get("/").content.decode()
    assert city.count("模拟</span>") == 2 and f"栏目 {2 * len(columns)} 个" in city and NIGHT in city
    assert f"/districts/{HERE}/2026Q3" in city and f"/districts/{THERE}/2026Q3" not in city
    one = client.get(f"/districts/{HERE}").content.decode()
    assert all(name in one for name in columns)
    fixed = client.get(f"/districts/{HERE}/2026Q3").content.decode()
    assert fixed.count("?unit=") == len(scores)
    assert all(score_range(score.total) in fixed for score in scores)
    unit = client.get(f"/districts/{HERE}/2026Q3?unit={UNIT}").content.decode()
    assert all(indicator.title in unit for indicator in scores[0].indicators)
    assert client.get(f"/districts/{THERE}/2026Q3").status_code == 404  # not fixed
    assert client.get("/districts/elsewhere").status_code == 404
    everything = city + one + fixed + unit + client.get(f"/districts/{THERE}").content.decode()
    assert [word for word in words if word in everything] == []


def test_the_database_of_the_city_has_no_decision_no_party_and_no_open_matter(office: CityOffice) -> None:
    office.freeze(HERE)
    office.roll_up(HERE, NIGHT)
    with psycopg.connect(office.city.database) as connection:
        tables = [row[0] for row in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        asked = [psycopg.sql.SQL("SELECT t::text FROM {} t").format(psycopg.sql.Identifier(name)) for name in tables]
        held = "".join(str(row[0]) for each in asked for row in connection.execute(each))
    assert '"columns"' in held and "红名单" in held
    assert [word for word in secrets_of(office, HERE) if word in held] == []


def test_a_corrected_quarter_takes_the_place_of_the_first_and_an_older_night_of_none(office: CityOffice) -> None:
    office.freeze(HERE)
    office.roll_up(HERE, NIGHT)
    with office.session(HERE) as session:
        first = session.frozen.newest("2026Q3")
        assert first is not None
        evaluation = replace(as_frozen(first), scores=as_frozen(first).scores[:3])
        with session.store.transaction():
            session.frozen.add(replace(frozen_of(dump(evaluation)), version=2), NOW)
    office.roll_up(HERE, NIGHT)
    office.roll_up(HERE, "2026-01-01")
    with closing(RollUps(office.city.database)) as roll_ups:
        (result,) = roll_ups.results(HERE)
        assert (result.version, len(result.units)) == (2, 3)
        assert roll_ups.states()[HERE].night == NIGHT
        assert roll_ups.known(HERE) == {"2026Q3": result.sha256}


def test_grades_under_other_rules_are_not_compared(office: CityOffice) -> None:
    office.freeze(HERE)
    office.roll_up(HERE, NIGHT)
    with closing(RollUps(office.city.database)) as roll_ups:
        (result,) = roll_ups.results(HERE)
    grades = (Grade.RED, Grade.BLUE, None)
    units = [replace(unit, grade=grade) for unit, grade in zip(result.units, grades, strict=False)]
    then = [replace(unit, grade=Grade.BLUE) for unit in units]
    before, after = replace(result, units=tuple(units)), replace(result, period="2026Q4", units=tuple(then))
    assert movement(before, after) == Movement(up=0, down=1, still=1, unknown=1)
    assert movement(after, before) == Movement(up=1, down=0, still=1, unknown=1)
    assert movement(before, replace(after, scheme_hash="another")) is None
    assert movement(before, replace(after, units=())) == Movement(0, 0, 0, 3)


def test_districts_with_schemes_of_their_own_are_told_apart(office: CityOffice) -> None:
    office.freeze(HERE)
    office.freeze(THERE)
    for slug in (HERE, THERE):
        office.roll_up(slug, NIGHT)
    office.open_city()
    person("wang", "city")
    assert "各区县用的方案不同" not in enter("wang").get("/").content.decode()
    with closing(RollUps(office.city.database)) as roll_ups:
        (result,) = roll_ups.results(THERE)
        roll_ups.put(THERE, roll_ups.states()[THERE], [replace(result, scheme="江南区方案", scheme_hash="another")])
    page = enter("wang").get("/").content.decode()
    assert "各区县用的方案不同" in page and "江南区方案" in page


def test_a_frozen_text_that_was_changed_is_not_handed_on_and_stops_no_night(office: CityOffice) -> None:
    fixed = office.freeze(HERE)
    with office.session(HERE) as session, session.store.transaction():
        session.store.db.execute("DROP TRIGGER IF EXISTS frozen_no_update")
        changed = dump(replace(fixed, judgement=fixed.judgement.replace("red", "blue") + " "))
        session.store.db.execute("UPDATE frozen SET data = ?", [changed])
    assert "散列值不符" in _roll_up(office.city, Clock.stopped(NOW), NIGHT, HERE)
    with closing(RollUps(office.city.database)) as roll_ups:
        assert roll_ups.results(HERE) == ()


# ---------------------------------------------------------------- one account in the whole city


def city_people(office: CityOffice) -> None:
    """wang of HERE (a reviewer there), zhao of THERE; both sign in with their account of the city."""
    office.open_city()
    person("wang", "member")
    person("zhao", "member")
    for slug, name in ((HERE, "wang"), (THERE, "zhao")):
        office.open_district(slug)
        person(name, "reviewer", by_directory=True, password="!")


def test_one_password_in_the_whole_city_and_a_role_where_the_district_gave_one(office: CityOffice) -> None:
    city_people(office)
    office.open_district(HERE)
    client, _ = tries("wang")
    assert client.get("/matters").status_code == 200
    assert tries("wang", "wrong")[1].startswith("200")
    assert tries("zhao")[1].startswith("200"), "an account of the city that has none in this district"
    office.open_district(THERE)
    assert tries("zhao")[1].startswith("302")
    assert tries("wang")[1].startswith("200")


def test_the_citys_password_changes_everywhere_and_who_is_switched_off_comes_in_nowhere(office: CityOffice) -> None:
    from desk.models import Account

    city_people(office)
    office.open_city()
    client = enter("wang")
    new = "another-long-one-2026"
    assert client.post("/password", {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    office.open_district(HERE)
    assert tries("wang")[1].startswith("200") and tries("wang", new)[1].startswith("302")
    office.open_city()
    Account.objects.filter(username="wang").update(must_change=True)
    office.open_district(HERE)
    assert "先到全市的工作台改密码" in tries("wang", new)[1]
    assert "用户名或密码不对" in tries("wang", "wrong")[1]
    office.open_city()
    Account.objects.filter(username="wang").update(is_active=False, must_change=False)
    office.open_district(HERE)
    assert tries("wang", new)[1].startswith("200")


@pytest.mark.parametrize("changed", [{"is_active": False}, {"password": "!"}])
def test_who_is_switched_off_at_the_city_is_out_while_they_are_in(
    office: CityOffice, monkeypatch: pytest.MonkeyPatch, changed: dict[str, object]
) -> None:
    from desk.models import Account, LogEntry

    city_people(office)
    office.open_district(HERE)
    client, _ = tries("wang")
    assert client.get("/matters").status_code == 200
    office.open_city()
    Account.objects.filter(username="wang").update(**changed)
    office.open_district(HERE)
    later(monkeypatch, 60)
    assert client.get("/matters").status_code == 200, "the city is not asked for every page"
    later(monkeypatch, 6 * 60)
    out = client.get("/matters")
    assert (out.status_code, out.headers["Location"]) == (302, "/login?next=/matters")
    assert LogEntry.objects.filter(action="city-refused").count() == 1
    assert client.get("/matters").status_code == 302


def test_who_is_in_works_on_for_a_while_without_the_citys_database(
    office: CityOffice, server: local_postgres.Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    city_people(office)
    office.open_district(HERE)
    client, _ = tries("wang")
    assert client.get("/matters").status_code == 200
    server.stop()
    try:
        later(monkeypatch, 20 * 60)
        assert client.get("/matters").status_code == 200
        later(monkeypatch, 40 * 60)
        waits = client.get("/matters")
        assert waits.status_code == 503 and "数据库现在连不上" in waits.content.decode()
    finally:
        server.start()
    assert client.get("/matters").status_code == 200, "it was not said that they are nobody"


def later(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """So long after now, for what asks the city again."""
    from desk import city_accounts

    now = time.time()
    monkeypatch.setattr(city_accounts, "time", SimpleNamespace(time=lambda: now + seconds))


def test_a_district_with_a_directory_of_its_own_has_that_one_alone(office: CityOffice) -> None:
    """Else a name that its own directory gave could be taken by whoever makes accounts at the city."""
    city_people(office)
    office.open_district(HERE)
    assert tries("wang")[1].startswith("302")
    file = office.city.districts[HERE] / "district.toml"
    keys = "".join(f'{key} = "https://id.example.invalid"\n' for key in ("issuer", *(f"{k}_url" for k in URLS)))
    own = f'\n[desk.oidc]\nclient_id = "desk"\n{keys}'
    file.write_text(file.read_text("utf-8") + own, "utf-8")
    assert tries("wang")[1].startswith("200")


def test_whoever_runs_the_city_gains_no_power_in_a_district(office: CityOffice) -> None:
    for role in sorted(POWERS | {Role.LINK}):
        office.open_city()
        person(f"a-{role}", "member")
        office.open_district(HERE)
        person(f"a-{role}", role.value, by_directory=True, password="!", unit=UNIT)
        assert tries(f"a-{role}")[1].startswith("200"), role


def test_the_citys_roles_are_given_by_no_district_and_a_districts_by_no_city(office: CityOffice) -> None:
    from desk.models import Account

    for given, other in (("clerk", "city"), ("city", "clerk")):
        if given == "city":
            office.open_city()
        else:
            office.open_district(HERE)
        person("security1", "security")
        person("li", "member" if given == "city" else "leader")
        client = enter("security1")
        assert client.post("/roles/li", {"role": other}).status_code == 422
        assert client.post("/roles/li", {"role": given}).status_code == 302
        assert Account.objects.get(username="li").role == given


def test_without_the_citys_database_those_with_a_password_here_come_in(
    office: CityOffice, server: local_postgres.Postgres
) -> None:
    city_people(office)
    office.open_district(HERE)
    server.stop()
    try:
        assert "数据库现在连不上" in (said := tries("wang")[1]) and said.startswith("503")
        assert tries("clerk")[1].startswith("302")
    finally:
        server.start()
    assert tries("wang")[1].startswith("302")


def test_a_districts_desk_needs_to_read_one_table_of_the_city(office: CityOffice) -> None:
    city_people(office)
    with psycopg.connect(office.city.database, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS jiangbei")
        connection.execute("CREATE ROLE jiangbei LOGIN")
        connection.execute("GRANT SELECT ON desk_account TO jiangbei")
    office.open_district(HERE, people=office.city.database.replace("chengxin@", "jiangbei@"))
    assert tries("wang")[1].startswith("302") and tries("wang", "wrong")[1].startswith("200")


# ---------------------------------------------------------------- as they are run


def test_the_commands_make_accounts_and_open_both_kinds_of_desk(office: CityOffice) -> None:
    folder = str(office.city.folder)
    made = CliRunner().invoke(cli.app, ["cluster", "account", folder, "xitong", "--name", "王某", "--role", "system"])
    assert "初始密码" in made.output, made.output
    refused = CliRunner().invoke(cli.app, ["cluster", "account", folder, "li", "--name", "李某", "--role", "head"])
    assert "没有这个角色：head" in str(refused.exception)
    assert "全市没有这个区县" in str(CliRunner().invoke(cli.app, ["cluster", "desk", folder, "nowhere"]).exception)
    for words, name, health in (([], "某市", b'"database": "good"'), ([HERE], "楚汀区", b'"store": "good"')):
        command = [sys.executable, "-m", "cli", "cluster", "desk", folder, *words, "--port", "0"]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as running:
            try:
                assert running.stderr is not None
                address = next(found[1] for line in running.stderr if (found := re.search(r"(http://\S+/)", line)))
                with urlopen(f"{address}login") as answer:
                    assert name in answer.read().decode()
                with urlopen(f"{address}healthz") as answer:
                    assert health in answer.read()
            finally:
                running.terminate()


# ---------------------------------------------------------------- nobody reads another district's data


def test_whoever_is_of_one_district_opens_no_page_of_another(office: CityOffice) -> None:
    """Every address of the other district and of the city, asked with all that somebody of the first could have: the
    session, the account of the city, a unit's link, a program's token."""
    from django.test import Client

    from desk.api import Scope, api
    from desk.models import Token

    city_people(office)
    desk = office.open_district(HERE)
    session = enter("wang").cookies
    Token.objects.create(name="p", digest=hashlib.sha256(b"here").hexdigest(), scopes=" ".join(s.value for s in Scope))
    link = token_of(desk_secret(desk.paths), UNIT, "letter", NOW + timedelta(days=3))
    words = secrets_of(office, THERE) | secrets_of(office, HERE)
    for city in (True, False):
        if city:
            office.open_city()
        else:
            office.open_district(THERE)
        for address, page in addresses().items():
            for method in page.methods:
                client = Client()
                client.cookies = session
                done = client.generic(method, address, headers={"authorization": "Bearer here"})
                if page.right is not None:
                    assert done.status_code in (302, 403), (method, address)
                    assert done.headers.get("Location", "/login").startswith("/login"), (method, address)
                text = b"".join(done).decode("utf-8", "replace")
                assert [word for word in words if word in text] == [], (method, address)
    paths = [re.sub(r"{.*?}", "a", path) for path in api.get_openapi_schema()["paths"]]
    assert len(paths) >= 5
    for path in paths:
        assert Client(headers={"authorization": "Bearer here"}).get(path).status_code in (401, 405), path
    entered = Client().post(f"/own/enter/{link}", {"act": "enter"})
    assert entered.status_code in (403, 404, 410) and not Client().cookies

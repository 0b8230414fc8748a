"""A city of two districts with some weeks behind them, its database, and the desks of all three."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cluster import worker
from cluster.city import City, load_city
from cluster.roll_up import results_of, state_of
from cluster.roll_ups import RollUps
from core.domain.clock import Clock
from core.domain.models import FrozenResult
from core.storage.serialization import dump
from core.storage.session import Session
from desk.city import CityDesk, desk_of
from desk.site import Desk, open_desk
from pipeline.newest import evaluation_at
from tests.support.desk_town import NOW, PASSWORD, hashed, open_town
from tests.support.frozen_results import frozen_of

if TYPE_CHECKING:
    from django.test import Client

HERE, THERE = "jiangbei", "jiangnan"  # two districts; whoever is of the first reads nothing of the second
NAMES = ("testserver", "127.0.0.1", "localhost")


@dataclass(frozen=True)
class CityOffice:
    """A city in a folder; one of its desks is open at a time."""

    city: City

    def open_city(self) -> CityDesk:
        """The city's own desk, opened."""
        desk = desk_of(self.city)
        open_desk(desk, hosts=NAMES)
        return desk

    def open_district(self, slug: str, *, people: str | None = None) -> Desk:
        """A district's desk, opened. `people`: how the city's accounts are reached, by default as by the city."""
        folder, paths = self.city.districts[slug], self.city.paths(slug)
        desk = Desk(folder, paths, Clock.stopped(NOW), self.city.database if people is None else people)
        open_desk(desk, hosts=NAMES)
        return desk

    @contextmanager
    def session(self, slug: str) -> Iterator[Session]:
        """A session on a district's store."""
        folder, paths = self.city.districts[slug], self.city.paths(slug)
        with Desk(folder, paths, Clock.stopped(NOW)).session() as session:
            yield session

    def roll_up(self, slug: str, night: str) -> None:
        """What a district's night writes at its end."""
        with self.session(slug) as session, closing(RollUps(self.city.database)) as roll_ups:
            roll_ups.put(slug, state_of(session, night), results_of(session, roll_ups.known(slug)))

    def freeze(self, slug: str) -> FrozenResult:
        """The district's newest quarter, fixed as it stands, whatever stands in the way of a freeze."""
        with self.session(slug) as session:
            fixed = frozen_of(dump(evaluation_at(session, None)))
            with session.store.transaction():
                session.frozen.add(fixed, NOW)
        return fixed


def city_below(shared: Path, root: Path, database: str) -> City:
    """Two districts, each a copy of the town with a desk, as a city below `root`."""
    for slug in (HERE, THERE):
        open_town(shared, below := root / "towns" / slug)
        for kind, at in (("district", "districts"), ("var", "var")):
            (root / "city" / at).mkdir(parents=True, exist_ok=True)
            shutil.move(below / kind, root / "city" / at / slug)
    (root / "city/city.toml").write_text(f'name = "某市"\ndatabase = "{database}"\n', "utf-8")
    return load_city(root / "city")


def made(shared: Path, root: Path, database: str) -> CityOffice:
    """The same with the tables of its database."""
    city = city_below(shared, root, database)
    assert worker.init(city) == []
    return CityOffice(city)


def person(username: str, role: str, **other: object) -> None:
    """An account at the desk that is open."""
    from desk.models import Account

    known = {"password": hashed()} | other
    Account.objects.create(username=username, name=f"{username}某", role=role, **known)


def enter(username: str) -> "Client":
    """Somebody who has signed in at the desk that is open; how one signs in has tests of its own."""
    from django.test import Client

    from desk.models import Account

    client = Client()
    client.force_login(Account.objects.get(username=username), "django.contrib.auth.backends.ModelBackend")
    return client


def tries(username: str, password: str = PASSWORD) -> tuple["Client", str]:
    """A browser after the form, and what it was shown, with its status."""
    from django.test import Client

    client = Client()
    done = client.post("/login", {"username": username, "password": password})
    return client, f"{done.status_code} {done.headers.get('Location', '')} {done.content.decode()}"

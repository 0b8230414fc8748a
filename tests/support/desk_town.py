"""A district with some weeks of looks and hand-ins, and a desk on it with an account of every role."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from functools import cache
from pathlib import Path

from core.domain.clock import ZONE, Clock
from core.domain.config import load
from core.domain.models import Evidence, Outcome
from core.domain.ruling_validity import call_number
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.outbox import SENT
from core.storage.runs import Runs
from desk.site import Desk, open_desk
from pipeline.evaluate import evaluate
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SITES
from simulation.world import FIRST_NIGHT, night_moment, nights
from tests.support.made_once import copy_of
from tests.support.observed_quarter import Watching
from tests.support.sessions import session_of

LAST = date(2026, 7, 30)  # the last night
NOW = datetime(2026, 7, 30, 10, tzinfo=ZONE)
PASSWORD = "long-enough-2026"
UNIT = "scjgj"
ADDRESS = "https://desk.example.invalid"
WITH_LINKS = f"""
[mail.smtp]
host = "127.0.0.1"

[desk]
address = "{ADDRESS}"
"""
_SAID = "\n# what a test says besides\n"
REVIEWERS = """
[[review.reviewer]]
name = "王主任"
desk = "head"

[[review.reviewer]]
name = "李复核"
desk = "reviewer"

[[review.reviewer]]
name = "钱签名"
desk = "signer"
public_key = "9f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6e7f8"
"""


@dataclass(frozen=True)
class Town:
    """An open desk with its accounts: user name = role."""

    desk: Desk

    def breaches(self, unit: str = UNIT) -> list[Evidence]:
        """What waits for a word, of a unit."""
        with self.desk.session() as session:
            found = session.evaluations.evidence(unit=unit)
        return [item for item in found if item.outcome is Outcome.BREACHED]

    def call(self, unit: str = UNIT, number: int = 0) -> str:
        """The call number of one of them."""
        return call_number(self.breaches(unit)[number].key)


def open_town(shared: Path, root: Path, *, two_persons: bool = False, now: datetime = NOW, mail: str = "") -> Town:
    """A town of one's own below `root`, copied from the one that the first who asks makes below `shared`; `mail`: what
    its district.toml says besides."""
    copy_of(shared / "town-with-a-desk", root, _make)
    if two_persons:
        file = root / "district/district.toml"
        both = "[review]\ntwo_persons = true\n\n[[review.reviewer]]"
        file.write_text(file.read_text("utf-8").replace("[[review.reviewer]]", both, 1), "utf-8")
    if mail:
        file = root / "district/district.toml"
        file.write_text(file.read_text("utf-8") + mail, "utf-8")
    desk = Desk(root / "district", Paths(root / "var"), Clock.stopped(now))
    open_desk(desk, hosts=("testserver", "127.0.0.1", "localhost"))
    hash_quickly()
    return Town(desk)


def hash_quickly() -> None:
    """Make this process hash passwords in no time, as it should not: a third of what the desk's tests took was that.
    What a real one costs has a test of its own."""
    from django.contrib.auth.hashers import ScryptPasswordHasher  # type: ignore[attr-defined]  # its stubs lack it

    ScryptPasswordHasher.work_factor = 2


def _make(root: Path) -> None:
    write_district(root / "district", {site.name: 9 for site in SITES})
    with (root / "district/district.toml").open("a", encoding="utf-8") as file:
        file.write(REVIEWERS)
    config, paths = load(root / "district"), Paths(root / "var")
    with Store(paths.store) as store:
        Runs(store).add_config(config.hash, {}, night_moment(nights()[0]))
        watching = Watching(make_world(), config, store)
        watching.import_workbooks(FIRST_NIGHT - timedelta(days=1))
        for night in (n for n in nights() if n <= LAST):
            watching.night(night)
            watching.import_workbooks(night)
        evaluate(session_of(store, config, night_moment(LAST) + timedelta(minutes=3)))
        Runs(store).finish(LAST.isoformat(), night_moment(LAST) + timedelta(minutes=5), 60.0, 0)
    _keep_accounts(Desk(root / "district", paths, Clock.stopped(NOW)))


def _keep_accounts(desk: Desk) -> None:
    """The desk's own tables with an account of every role, as a file of its own: to make them takes a second. Each town
    makes its own secret."""
    from django.db import connections

    open_desk(desk)
    _accounts()
    connections.close_all()
    desk.paths.desk_secret.unlink()


def _accounts() -> None:
    from desk.models import Account
    from desk.roles import Role

    told = [(role.value, f"{role.value}某", role) for role in Role]
    told += [("signer", "钱签名", Role.REVIEWER), ("stranger", "孙无名", Role.REVIEWER)]
    for username, name, role in told:
        unit = UNIT if role in (Role.CONTACT, Role.LINK) else ""
        Account.objects.create(username=username, name=name, role=role, unit=unit, password=hashed())


@cache
def hashed() -> str:
    """One password for all."""
    from django.contrib.auth.hashers import make_password

    hash_quickly()
    return make_password(PASSWORD)


def at_another_time(town: Town, now: datetime) -> Town:
    """The same town, its desk opened anew at another moment."""
    desk = Desk(town.desk.folder, town.desk.paths, Clock.stopped(now))
    open_desk(desk, hosts=("testserver", "127.0.0.1", "localhost"))
    return Town(desk)


def district_says(town: Town, words: str) -> None:
    """What the district's file says besides, from now on; said again, it takes the place of what was said before."""
    file = town.desk.folder / "district.toml"
    before = file.read_text("utf-8").partition(_SAID)[0]
    file.write_text(f"{before}{_SAID}{words}", "utf-8")


def letters(town: Town) -> dict[str, str]:
    """The text of each letter of the outbox by its key."""
    with town.desk.session() as session:
        rows = session.store.rows("SELECT key, message FROM outbox")
    told = {key: message_from_bytes(data, policy=default).get_body(("plain",)) for key, data in rows}
    return {key: part.get_content() if part is not None else "" for key, part in told.items()}


def arrive(town: Town, at: datetime) -> None:
    """All that waits in the outbox is sent."""
    with town.desk.session() as session:
        for delivery in session.outbox.deliveries("waiting"):
            session.outbox.end(delivery, SENT, "250", at)

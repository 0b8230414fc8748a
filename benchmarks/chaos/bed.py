"""What every trial starts from: a small district that has lived some nights, and what a store says, made comparable."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import scheduler
from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.models import EvidenceSubject, Outcome, RulingKind
from core.domain.periods import parse_period
from core.domain.ruling_validity import fingerprint
from core.runtime.chromium import find_chromium
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import verify
from core.storage.session import Session, open_session
from pipeline import ingest
from pipeline.audit import audit
from pipeline.open_matters import lookup_by_now, matters_of
from pipeline.score import evaluation_of
from reporting.open_matters import MatterKind
from review.objections import closing_day
from review.reviewers import Person
from review.rulings import RulingRequest, record_rulings
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SimulatedSites
from simulation.workbooks import write_workbooks
from simulation.world import World, moment, night_moment

COLUMNS = ("credit-licence", "credit-penalty", "scjgj", "zrzy", "mzj", "gxj")
DRAWN = "yjj"  # read in Chromium
NIGHT = date(2026, 8, 19)  # the night that is disturbed
LIVED = 3  # nights before it
QUARTER = "2026Q3"
REVIEWER = "王审核"


@dataclass(frozen=True)
class Bed:
    """Data folders (with their `district/`), each prepared below `root` when it is first asked for, and their sites.

    `account` is the reviewer's, `smtp_port` a mail server's on loopback, `nights` how many have been lived, `columns`
    what is looked at.
    """

    root: Path
    sites: SimulatedSites
    account: str
    smtp_port: int
    nights: int = LIVED
    columns: tuple[str, ...] = (*COLUMNS, DRAWN)

    @cached_property
    def lived(self) -> Path:
        """Some nights behind it, workbooks waiting in `inbox/`."""
        folder = self._folder("lived")
        _live(folder, self.sites, [NIGHT - timedelta(days=n) for n in range(self.nights, 0, -1)])
        _inbox(folder, NIGHT)
        return folder

    @cached_property
    def closing(self) -> Path:
        """Everything ruled, ready to be frozen."""
        folder = self._folder("closing")
        _close_quarter(folder, self.sites)
        return folder

    @cached_property
    def old(self) -> Path:
        """Archive files past their time."""
        folder = self._folder("old")
        _live(folder, self.sites, [date(2025, 7, 6), date(2025, 7, 7)])
        return folder

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        _district(folder / "district", self.sites.ports, self.account, self.smtp_port, self.columns)
        return folder


@contextmanager
def make_bed(
    root: Path, account: str, smtp_port: int, nights: int = LIVED, columns: tuple[str, ...] = (*COLUMNS, DRAWN)
) -> Iterator[Bed]:
    """The bed, with its sites served."""
    with SimulatedSites(_still(make_world()), troubled=False) as sites:
        yield Bed(root, sites, account, smtp_port, nights, columns)


def _still(world: World) -> World:
    """The town with nothing put up or taken down in the hour of the trials: what then differs came of a disturbance."""
    begin = night_moment(NIGHT)
    during = {p for p in world.postings for at in (p.up, p.down) if at and begin < at <= begin + timedelta(hours=1)}
    return World(acts=world.acts, postings=tuple(p for p in world.postings if p not in during), strays=world.strays)


def _district(folder: Path, ports: Mapping[str, int], account: str, smtp_port: int, columns: tuple[str, ...]) -> None:
    write_district(folder, ports)
    kept = {*columns} if find_chromium() else {*columns} - {DRAWN}
    for file in (folder / "portals").glob("*.toml"):
        if file.stem not in kept:
            file.unlink()
    file = folder / "district.toml"
    text = file.read_text("utf-8")
    text += f'\n[mail.smtp]\nhost = "127.0.0.1"\nport = {smtp_port}\nsecurity = "none"\ntimeout_seconds = 2\n'
    text += "\n[archive]\nkeep_months = 12\nmin_free_mib = 0\n"
    text += f'\n[[review.reviewer]]\nname = "{REVIEWER}"\naccount = "{account}"\n'
    file.write_text(text, "utf-8")


def _live(folder: Path, sites: SimulatedSites, nights: Sequence[date]) -> None:
    config, paths = load(folder / "district"), Paths(folder)
    for night in nights:
        _hand_in(folder, config, paths, night)
        at = night_moment(night)
        sites.set_time(at)
        scheduler.night(config, paths, Clock(base=at))


def _hand_in(folder: Path, config: Config, paths: Paths, until: date) -> None:
    """What units handed in before the night `until`, a quarter of a month back."""
    for back in range(8, 0, -1):
        day = until - timedelta(days=back)
        files = write_workbooks(make_world(), day, folder / "inbox")
        if files:
            with open_session(config, paths, Clock.stopped(moment(until - timedelta(days=1), "09:00"))) as session:
                ingest.import_uploads(session, files)


def _inbox(folder: Path, day: date) -> None:
    """Workbooks that nobody imported yet."""
    shutil.rmtree(folder / "inbox", ignore_errors=True)
    for back in range(3):
        write_workbooks(make_world(), day - timedelta(days=back), folder / "inbox")


def _close_quarter(folder: Path, sites: SimulatedSites) -> None:
    """A quarter that can be frozen: all read after its end, all that is pending ruled."""
    config = load(folder / "district")
    night = closing_night(config)
    _live(folder, sites, [night])
    with open_session(config, Paths(folder), Clock.stopped(night_moment(night) + timedelta(hours=9))) as session:
        evaluation = evaluation_of(session, parse_period(QUARTER))
        lookup = lookup_by_now(session, evaluation)
        waiting = lookup.known(m.evidence for m in matters_of(session, lookup) if m.kind is MatterKind.BREACH)
        requests = [
            RulingRequest(
                subject=EvidenceSubject(item.key), kind=RulingKind.CONFIRM, why="核对存证，情况属实",
                seen=fingerprint(item),
            )
            for item in waiting
        ]  # fmt: skip
        record_rulings(session, requests, Person(REVIEWER, "account:test"))


def closing_night(config: Config) -> date:
    """The night after which the quarter can be frozen."""
    return closing_day(config, parse_period(QUARTER)) + timedelta(days=2)


# ---------------------------------------------------------------- what a store says


@dataclass(frozen=True, slots=True)
class Said:
    """All that must be the same after a disturbance, and what must never be: `wrong` is empty when all is well.

    `tables`: table → its rows, each as text. `accused`: keys of evidence that says breached.
    """

    tables: Mapping[str, Sequence[str]]
    accused: frozenset[str]
    wrong: tuple[str, ...]


_SAME = {  # table → what of its rows does not depend on the second at which they were made
    "versions": "portal, row_key, content_hash",
    "findings": "portal, row_key, content_hash, json_extract(data, '$.ordinal'), json_extract(data, '$.fields')",
    "submissions": "id, data",
    "zero_reports": "id",
    "filings": "id",
    "rulings": "id",
    "attachments": "sha256",
    "removals": "file, sha256",
    "told": "key, stage",
    "outbox": "key, addressee",
    "deliveries": "key, recipient",
    "runs": "id, finished_at IS NOT NULL",
    "manifests": "run",
    "frozen": "period, version, json_extract(data, '$.by')",
    "decisions": "unit, json_extract(data, '$.kind'), json_extract(data, '$.number')",
}


def what_it_says(folder: Path, below: str = ".", *, audited: bool = True) -> Said:
    """The data in `folder` (or `below` it), comparable, with what is wrong in itself (chain, doubled, contradicted).

    `audited`: whether every citation is held against the archive as well, which only a crawl can have spoilt.
    """
    config, paths = load(folder / "district"), Paths(folder / below)
    with open_session(config, paths) as session:
        _, broken = verify(session.store, paths)
        wrong = [f"存证链：{broken}"] if broken else []
        wrong += [f"核对不符：{line}" for line in audit(session).contradictions] if audited else []
        wrong += _doubled(session.store)
        tables = {table: sorted(map(str, _rows(session.store, table, columns))) for table, columns in _SAME.items()}
        evidence = session.evaluations.evidence()
        tables["evidence"] = sorted(f"{e.key} {e.outcome} {e.slug}" for e in evidence)
        tables["portals"] = _whole_tonight(session)
    return Said(tables, frozenset(e.key for e in evidence if e.outcome is Outcome.BREACHED), tuple(wrong))


def _rows(store: Store, table: str, columns: str) -> list[tuple[object, ...]]:
    return store.rows(f"SELECT {columns} FROM {table}")


def _doubled(store: Store) -> list[str]:
    lines = []
    for table, name in (("looks", "id"), ("findings", "id"), ("outbox", "key"), ("told", "key"), ("runs", "id")):
        rows = store.rows(f"SELECT {name} FROM {table} GROUP BY {name} HAVING count(*) > 1")
        lines += [f"{table} 重复：{row[0]}" for row in rows]
    return lines


def _whole_tonight(session: Session) -> list[str]:
    """Which portals the newest night read whole."""
    newest = session.runs.newest()
    return sorted({look.portal for look in session.looks.looks(run=newest.id) if look.whole}) if newest else []

"""What a city's machines know of each other, in PostgreSQL: nights, plans, visits to hosts, and looks that they made.

A visit is of whoever holds the advisory lock of its host, and of the newest attempt: what it brings is added in one
transaction on the connection that holds the lock, and only while its attempt (the fencing token) is the newest. Who
wakes late adds nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg

from cluster.database import connected, make_tables
from cluster.hosts import groups
from cluster.tables import LEDGER
from core.domain.clock import Clock, parse_moment
from core.domain.errors import AlreadyRunning

_HOLD: LiteralString = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
_LET_GO: LiteralString = "SELECT pg_advisory_unlock(hashtextextended(%s, 0))"
_SHARE: LiteralString = "SELECT pg_try_advisory_lock_shared(hashtextextended(%s, 0))"
_UNSHARE: LiteralString = "SELECT pg_advisory_unlock_shared(hashtextextended(%s, 0))"


# what people are told of a district of a night, and of a visit to a host
DISTRICT_WORDS = {"planning": "待计划", "planned": "已计划", "left-out": "今夜不参加", "ended": "已完成"}
VISIT_WORDS = {"planned": "待访问", "visiting": "正在访问", "ended": "已访问"}
# and of a worker
AT_WORK, ENDING, ENDED, BROKEN = "在工作", "做完手上的就停", "已停", "断了：没有叫它停，它已不在"
_SERVER = "~"  # before a server's address where it stands among hosts: after every host in their order
_FORGOTTEN = 7  # days after which a worker that is gone is not told of any more


class Held(AlreadyRunning):
    """Another worker is at it; to be tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPortal:
    """One portal's plan of a night. `hosts`: all that its pages may stand on; `servers`: those that these are names of,
    as they were looked up; `plan`: JSON of a `VisitPlan`, in the `format` of `cluster.versions`."""

    district: str
    portal: str
    hosts: tuple[str, ...]
    servers: tuple[str, ...] = ()
    plan: str
    format: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitState:
    """A host of a night: how it stands, who is or was at it, for which time."""

    host: str
    state: str
    attempt: int
    worker: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictState:
    """A district of a night: planning, planned, left-out, ended; `said`: why it was left out, or is tried again."""

    district: str
    state: str
    worker: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerState:
    """A worker, its program's version, and how it stands in words."""

    name: str
    version: str
    said: str


class Ledger:
    """One connection to the database; locks that it takes last as long as it."""

    def __init__(self, database: str) -> None:
        self._connection = connected(database)
        self._stands_for: set[str] = set()

    def close(self) -> None:
        """Give the connection back with every lock."""
        self._connection.close()

    def _run(self, sql: LiteralString, *parameters: object) -> "psycopg.Cursor[tuple[Any, ...]]":
        return self._connection.execute(sql, parameters or None)

    # ------------------------------------------------------------ the database itself

    def make_tables(self) -> None:
        """The tables of this ledger, where they are not there yet."""
        make_tables(self._connection, LEDGER)

    def now(self) -> datetime:
        """The database's clock."""
        row = self._run("SELECT clock_timestamp()").fetchone()
        assert row is not None
        moment: datetime = row[0]
        return moment

    def is_there(self) -> bool:
        """Whether the connection still stands, and its locks with it."""
        try:
            self._run("SELECT 1")
        except psycopg.Error:
            return False
        return True

    @contextmanager
    def held(self, name: str, *, shared: bool = False) -> Iterator[None]:
        """Hold what has this name, for as long as the connection stands, alone or `shared` with others that do;
        Held where somebody else has it otherwise."""
        if not self._takes(_SHARE if shared else _HOLD, name):
            raise Held(f"另一个工作进程正在做：{name}")
        try:
            yield
        finally:
            if not self._connection.closed and not self._connection.broken:
                self._run(_UNSHARE if shared else _LET_GO, name)

    def _takes(self, lock: LiteralString, name: str) -> bool:
        row = self._run(lock, name).fetchone()
        return bool(row and row[0])

    # ------------------------------------------------------------ nights and plans

    def begin(self, night: str, base: str, districts: Sequence[str]) -> None:
        """A night with its districts; what is there already stays."""
        with self._connection.transaction():
            self._run(  # what came when its district's night had ended
                "DELETE FROM city_looks l USING city_districts d WHERE d.night = l.night AND d.district = l.district"
                " AND d.state IN ('ended', 'left-out')"
            )
            self._run("INSERT INTO city_nights VALUES (%s, %s, clock_timestamp()) ON CONFLICT DO NOTHING", night, base)
            for district in districts:
                self._run(
                    "INSERT INTO city_districts (night, district) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                    night, district,
                )  # fmt: skip

    def plan(self, night: str, district: str, portals: Sequence[PlannedPortal], worker: str) -> None:
        """A district's plan; nothing where the night's visits have been opened without it."""
        with self._connection.transaction():
            row = self._run("SELECT opened_at FROM city_nights WHERE night = %s FOR SHARE", night).fetchone()
            if row is None or row[0] is not None:
                return
            self._run("DELETE FROM city_plans WHERE night = %s AND district = %s", night, district)
            for each in portals:
                self._run(
                    "INSERT INTO city_plans (night, district, portal, hosts, servers, plan, format)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s)",
                    night, district, each.portal, list(each.hosts), list(each.servers), each.plan, each.format,
                )  # fmt: skip
            self._set(night, district, "planned", worker)

    def state(self, night: str, district: str) -> str:
        """How a district of a night stands, "" for one that is none of its."""
        row = self._run(
            "SELECT state FROM city_districts WHERE night = %s AND district = %s", night, district
        ).fetchone()
        return str(row[0]) if row else ""

    def note(self, night: str, district: str, said: str) -> None:
        """Why a district's job was not done and is tried again."""
        self._run("UPDATE city_districts SET said = %s WHERE night = %s AND district = %s", said, night, district)

    def leave_out(self, night: str, district: str, said: str, worker: str) -> None:
        """A district that cannot take part in the night."""
        self._set(night, district, "left-out", worker, said)

    def _set(self, night: str, district: str, state: str, worker: str, said: str = "") -> None:
        self._run(
            "UPDATE city_districts SET state = %s, worker = %s, said = %s,"
            " ended_at = CASE WHEN %s IN ('ended', 'left-out') THEN clock_timestamp() END"
            " WHERE night = %s AND district = %s",
            state, worker, said, state, night, district,
        )  # fmt: skip

    def open_visits(self, night: str, minutes: int) -> tuple[str, ...]:
        """The night's hosts once every district has its plan, or so many minutes have gone by; () until then.

        Portals whose hosts or servers meet go to one visit, under the name of the first of these hosts.
        """
        with self._connection.transaction():
            row = self._run(
                "SELECT opened_at, begun_at + make_interval(mins => %s) < clock_timestamp() FROM city_nights"
                " WHERE night = %s FOR UPDATE",
                minutes, night,
            ).fetchone()  # fmt: skip
            if row is None:
                return ()
            waiting = [d for d in self.districts(night) if d.state == "planning"]
            if row[0] is None and waiting and not row[1]:
                return ()
            if row[0] is None:
                for each in waiting:
                    why = f"（{each.said}）" if each.said else ""
                    self._set(night, each.district, "left-out", "", f"到时还没有计划，今夜没有访问它的栏目{why}")
                self._group(night)
                self._run("UPDATE city_nights SET opened_at = clock_timestamp() WHERE night = %s", night)
            return self._longest_first(night)

    def _longest_first(self, night: str) -> tuple[str, ...]:
        """The hosts that are not done, those first whose last visit took longest, then those with the most columns: the
        night is as long as its longest host, from when that begins."""
        rows = self._run(
            "SELECT host FROM city_visits v LEFT JOIN LATERAL (SELECT ended_at - begun_at AS took FROM city_visits e"
            " WHERE e.host = v.host AND e.night < v.night AND e.state = 'ended' ORDER BY e.night DESC LIMIT 1) l"
            " ON true WHERE v.night = %s AND v.state != 'ended' ORDER BY coalesce(l.took, interval '0') DESC,"
            " (SELECT count(*) FROM city_plans p WHERE p.night = v.night AND p.host = v.host) DESC, host",
            night,
        ).fetchall()
        return tuple(row[0] for row in rows)

    def _group(self, night: str) -> None:
        found = self._run("SELECT district, portal, hosts, servers FROM city_plans WHERE night = %s", night).fetchall()
        names = groups([[*hosts, *(f"{_SERVER}{server}" for server in servers)] for _, _, hosts, servers in found])
        for district, portal, hosts, _ in found:
            self._run(
                "UPDATE city_plans SET host = %s WHERE night = %s AND district = %s AND portal = %s",
                names[hosts[0]], night, district, portal,
            )  # fmt: skip
        for host in sorted({names[hosts[0]] for _, _, hosts, _ in found}):
            self._run("INSERT INTO city_visits (night, host) VALUES (%s, %s) ON CONFLICT DO NOTHING", night, host)

    def nights(self) -> list[tuple[str, str]]:
        """(night, base) of those of which a district is not done, the oldest first."""
        return self._run(
            "SELECT night, base FROM city_nights n WHERE EXISTS (SELECT 1 FROM city_districts d WHERE d.night = n.night"
            " AND d.state NOT IN ('ended', 'left-out')) ORDER BY night"
        ).fetchall()

    def newest(self) -> str:
        """The newest night, "" for none."""
        row = self._run("SELECT max(night) FROM city_nights").fetchone()
        return str(row[0] or "") if row else ""

    def last_nights(self) -> list[str]:
        """Those of which a district is not done, and the newest one, the oldest first."""
        newest = self._run("SELECT max(night) FROM city_nights").fetchone()
        names = {night for night, _ in self.nights()} | ({newest[0]} if newest and newest[0] else set())
        return sorted(names)

    def clock(self, night: str) -> Clock:
        """A night's clock: the real one, or that of a simulated city, which runs on from job to job."""
        row = self._run("SELECT base, clock_timestamp() - begun_at FROM city_nights WHERE night = %s", night).fetchone()
        return Clock(base=parse_moment(row[0]) + row[1]) if row and row[0] else Clock()

    def districts(self, night: str) -> list[DistrictState]:
        """The districts of a night, in order."""
        rows = self._run(
            "SELECT district, state, worker, said FROM city_districts WHERE night = %s ORDER BY district", night
        ).fetchall()
        return [DistrictState(district=d, state=s, worker=w, said=t) for d, s, w, t in rows]

    def visits(self, night: str) -> list[VisitState]:
        """The hosts of a night, in order."""
        rows = self._run(
            "SELECT host, state, attempt, worker, said FROM city_visits WHERE night = %s ORDER BY host", night
        ).fetchall()
        return [VisitState(host=h, state=s, attempt=a, worker=w, said=t) for h, s, a, w, t in rows]

    # ------------------------------------------------------------ a visit

    def attempt(self, night: str, host: str, worker: str) -> int:
        """Begin a visit whose host is held: its fencing token; 0 where it is done."""
        row = self._run(
            "UPDATE city_visits SET attempt = attempt + 1, state = 'visiting', worker = %s, said = '',"
            " begun_at = clock_timestamp() WHERE night = %s AND host = %s AND state != 'ended' RETURNING attempt",
            worker, night, host,
        ).fetchone()  # fmt: skip
        return int(row[0]) if row else 0

    def planned(self, night: str, host: str) -> dict[str, list[str]]:
        """District → the plans of its portals at a host, as JSON, in order; of those whose night has not ended."""
        rows = self._run(
            "SELECT district, plan FROM city_plans JOIN city_districts d USING (night, district)"
            " WHERE night = %s AND host = %s AND d.state = 'planned' ORDER BY district, portal",
            night, host,
        ).fetchall()  # fmt: skip
        found: dict[str, list[str]] = {}
        for district, plan in rows:
            found.setdefault(district, []).append(plan)
        return found

    def hosts(self, night: str, host: str) -> frozenset[str]:
        """All hosts that a visit is to: those that meet go to one, under the name of the first."""
        rows = self._run("SELECT DISTINCT unnest(hosts) FROM city_plans WHERE night = %s AND host = %s", night, host)
        return frozenset(row[0] for row in rows.fetchall())

    def looked_at(self, night: str, host: str) -> frozenset[str]:
        """The districts whose looks at a host are here."""
        rows = self._run("SELECT DISTINCT district FROM city_looks WHERE night = %s AND host = %s", night, host)
        return frozenset(row[0] for row in rows.fetchall())

    def add_looks(
        self, night: str, host: str, attempt: int, district: str, looks: Mapping[str, str], written: int = 1
    ) -> bool:
        """A district's looks (id → JSON of a bundle, in the format `written`) of a visit, all at once; False, and none,
        where the attempt is not the newest any more."""
        with self._connection.transaction():
            if not self._is_newest(night, host, attempt):
                return False
            for name, data in sorted(looks.items()):
                self._run(
                    "INSERT INTO city_looks (night, district, look, host, attempt, data, format)"
                    " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
                    night, district, name, host, attempt, data, written,
                )  # fmt: skip
            return True

    def format(self, night: str, district: str) -> int:
        """The newest format in which plans and looks of a district stand here."""
        row = self._run(
            "SELECT max(format) FROM (SELECT format FROM city_plans WHERE night = %s AND district = %s"
            " UNION ALL SELECT format FROM city_looks WHERE night = %s AND district = %s) f",
            night, district, night, district,
        ).fetchone()  # fmt: skip
        return int(row[0] or 1) if row else 1

    def leave(self, night: str, host: str, attempt: int, said: str) -> None:
        """A visit is left to others, who go on with it; what was added stays."""
        with self._connection.transaction():
            if self._is_newest(night, host, attempt):
                self._run(
                    "UPDATE city_visits SET state = 'planned', said = %s WHERE night = %s AND host = %s",
                    said, night, host,
                )  # fmt: skip

    def end(self, night: str, host: str, attempt: int, said: str) -> bool:
        """The visit is done; False where the attempt is not the newest any more."""
        with self._connection.transaction():
            if not self._is_newest(night, host, attempt):
                return False
            self._run(
                "UPDATE city_visits SET state = 'ended', said = %s, ended_at = clock_timestamp()"
                " WHERE night = %s AND host = %s",
                said, night, host,
            )  # fmt: skip
            return True

    def _is_newest(self, night: str, host: str, attempt: int) -> bool:
        row = self._run(
            "SELECT attempt, state FROM city_visits WHERE night = %s AND host = %s FOR UPDATE", night, host
        ).fetchone()
        return row == (attempt, "visiting")

    # ------------------------------------------------------------ a district's end

    def ready(self, night: str, hours: int) -> tuple[str, ...]:
        """The planned districts whose looks at every host are here or whose hosts are done, or all planned ones once so
        many hours have gone by."""
        rows = self._run(
            "SELECT d.district FROM city_districts d JOIN city_nights n USING (night) WHERE night = %s"
            " AND d.state = 'planned' AND n.opened_at IS NOT NULL"
            " AND (n.begun_at + make_interval(hours => %s) < clock_timestamp() OR NOT EXISTS (SELECT 1"
            " FROM city_plans p JOIN city_visits v ON v.night = p.night AND v.host = p.host WHERE p.night = d.night"
            " AND p.district = d.district AND v.state != 'ended' AND NOT EXISTS (SELECT 1 FROM city_looks l"
            " WHERE l.night = p.night AND l.district = p.district AND l.host = p.host))) ORDER BY 1",
            night, hours,
        ).fetchall()  # fmt: skip
        return tuple(row[0] for row in rows)

    def looks(self, night: str, district: str) -> dict[str, str]:
        """A district's looks of a night, by id."""
        rows = self._run(
            "SELECT look, data FROM city_looks WHERE night = %s AND district = %s ORDER BY look", night, district
        )
        return dict(rows.fetchall())

    def plans_of(self, night: str, district: str) -> list[str]:
        """All plans of a district, as JSON."""
        rows = self._run(
            "SELECT plan FROM city_plans WHERE night = %s AND district = %s ORDER BY portal", night, district
        )
        return [row[0] for row in rows.fetchall()]

    def finish(self, night: str, district: str, worker: str, said: str = "") -> None:
        """A district's night has come to its end; what was looked at for it stands in its own store now."""
        with self._connection.transaction():
            self._set(night, district, "ended", worker, said)
            self._run("DELETE FROM city_looks WHERE night = %s AND district = %s", night, district)

    # ------------------------------------------------------------ chores

    def claim(self, chore: str, districts: Sequence[str], seconds: float) -> list[str]:
        """The districts for which a chore was not given out for so many seconds; it is, by this, to whoever asks."""
        rows = self._run(
            "INSERT INTO city_chores AS c SELECT %s, district, clock_timestamp() FROM unnest(%s::text[]) AS district"
            " ON CONFLICT (chore, district) DO UPDATE SET given_at = excluded.given_at"
            " WHERE c.given_at < excluded.given_at - make_interval(secs => %s) RETURNING district",
            chore, list(districts), seconds,
        )  # fmt: skip
        return sorted(row[0] for row in rows.fetchall())

    def untold(self) -> list[tuple[str, str]]:
        """(night, district) of what was left out and nobody was told of."""
        return self._run(
            "SELECT night, district FROM city_districts WHERE state = 'left-out' AND NOT told ORDER BY 1, 2"
        ).fetchall()

    def mark_told(self, night: str, district: str) -> None:
        """Its office was told."""
        self._run("UPDATE city_districts SET told = true WHERE night = %s AND district = %s", night, district)

    # ------------------------------------------------------------ workers

    def stand_for(self, name: str) -> bool:
        """Hold a worker's name for as long as this connection stands; False where another one does."""
        if name not in self._stands_for and self._takes(_HOLD, f"worker:{name}"):
            self._stands_for.add(name)
        return name in self._stands_for

    def enlist(self, name: str, version: str) -> None:
        """A worker begins; whoever had its name before is gone. Those that were gone long ago are forgotten."""
        gone = [each.name for each in self.workers() if each.said in (ENDED, BROKEN)]
        self._run(
            "DELETE FROM city_workers WHERE name = ANY(%s)"
            " AND begun_at < clock_timestamp() - make_interval(days => %s)",
            gone, _FORGOTTEN,
        )  # fmt: skip
        self._run(
            "INSERT INTO city_workers VALUES (%s, %s, clock_timestamp()) ON CONFLICT (name) DO UPDATE"
            " SET version = excluded.version, begun_at = excluded.begun_at, draining = false",
            name, version,
        )  # fmt: skip

    def drain(self, name: str) -> bool:
        """Ask a worker to end when its job is done; False for one that nobody knows."""
        return self._run("UPDATE city_workers SET draining = true WHERE name = %s", name).rowcount == 1

    def is_drained(self, name: str) -> bool:
        """Whether a worker is to end."""
        row = self._run("SELECT draining FROM city_workers WHERE name = %s", name).fetchone()
        return bool(row and row[0])

    def workers(self) -> list[WorkerState]:
        """The workers in order, with those that are gone. Whoever is at work holds the lock of its name."""
        rows = self._run(
            "SELECT name, version, draining, EXISTS (SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND d.datname = current_database()"
            " AND ((l.classid::bigint << 32) | l.objid::bigint) = hashtextextended('worker:' || name, 0))"
            " FROM city_workers ORDER BY name"
        ).fetchall()
        words = {(True, False): AT_WORK, (True, True): ENDING, (False, True): ENDED, (False, False): BROKEN}
        return [WorkerState(name=n, version=v, said=words[there, ending]) for n, v, ending, there in rows]

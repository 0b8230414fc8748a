"""A district's two jobs of a night: its plan before the hosts are visited, and its end with what they brought."""

import sqlite3
from contextlib import closing, suppress
from functools import partial

import psycopg

from cluster.city import City
from cluster.hosts import hosts_of, servers_of
from cluster.ledger import Held, Ledger, PlannedPortal
from cluster.roll_up import results_of, state_of
from cluster.roll_ups import RollUps
from cluster.versions import FORMAT, kept_alone
from cluster.visit import PLAN
from core.domain.clock import Clock
from core.domain.errors import ChengxinError, ConfigError
from core.domain.look_reasons import LookReason
from core.domain.models import LookBundle
from core.storage.serialization import parse
from core.storage.session import Session, open_session
from crawler.crawl_job import VisitPlan
from crawler.visit import failed_look
from scheduler import NightResult, night, plan_night

_OPEN = ("planning", "planned")


def plan(city: City, ledger: Ledger, run: str, district: str, worker: str) -> None:
    """Open the district's night and hand in what it wants to look at. A configuration that does not load leaves the
    district out of the night: it is said, and the others go on. Newer where this program is too old for its store."""
    with ledger.held(f"district:{district}"):
        if ledger.state(run, district) != "planning" or _is_over(ledger, run, district, worker):
            return
        try:
            config = city.config(district)
        except ConfigError as error:
            ledger.leave_out(run, district, str(error), worker)
            return
        with kept_alone(city, ledger, run, district):
            plans = plan_night(config, city.paths(district), ledger.clock(run))
        hosts = {each.portal: hosts_of(config.portal(each.portal)) for each in plans}
        servers = servers_of(host for names in hosts.values() for host in names)
        portals = [
            PlannedPortal(
                district=district, portal=each.portal, hosts=(names := hosts[each.portal]),
                servers=tuple(sorted({servers[host] for host in names})), plan=PLAN.dump_json(each).decode(),
                format=FORMAT,
            )
            for each in plans
        ]  # fmt: skip
        ledger.plan(run, district, portals, worker)


def finish(city: City, ledger: Ledger, run: str, district: str, worker: str) -> NightResult | None:
    """The rest of the district's night: what was brought is stored, judged, reported, told; None where that was done.

    A look that was planned and not brought is stored as one that could not be made. Newer where this program is
    too old.
    """
    with ledger.held(f"district:{district}"):
        if ledger.state(run, district) != "planned" or _is_over(ledger, run, district, worker):
            return None
        look = partial(_take, ledger, district)
        with kept_alone(city, ledger, run, district):
            result = night(city.config(district), city.paths(district), ledger.clock(run), crawl=look, again=False)
            ledger.finish(run, district, worker, _roll_up(city, ledger.clock(run), run, district))
        return result


def _roll_up(city: City, clock: Clock, run: str, district: str) -> str:
    """Write what the city's office knows of the district; why it could not be, "" where it was. The district's night is
    done without it, and the next one writes it again."""
    try:
        with closing(RollUps(city.database)) as roll_ups:
            config, paths = city.config(district), city.paths(district)
            with open_session(config, paths, clock) as session:
                roll_ups.put(district, state_of(session, run), results_of(session, roll_ups.known(district)))
    except (ChengxinError, psycopg.Error, sqlite3.Error) as error:
        return f"全市汇总没有写成，下一夜再写：{error}"
    return ""


def end_over(ledger: Ledger, run: str) -> None:
    """Leave out what is open of a night whose day has gone by: jobs may wait for a newer program that never came."""
    for each in ledger.districts(run):
        if each.state in _OPEN:
            with suppress(Held), ledger.held(f"district:{each.district}"):
                if ledger.state(run, each.district) in _OPEN:
                    _is_over(ledger, run, each.district, each.worker)


def _is_over(ledger: Ledger, run: str, district: str, worker: str) -> bool:
    """Whether the night's day has gone by, which leaves the district out: a missed night stays missed, and what was
    seen on one day is never put down to another (decision 0030)."""
    if over := f"{ledger.clock(run).now():%Y-%m-%d}" != run:
        ledger.leave_out(run, district, "这一夜的日子已经过去，没有做完的不再补", worker)
    return over


def _take(ledger: Ledger, district: str, session: Session, _: tuple[VisitPlan, ...], run: str) -> None:
    """Store the looks of a night that the visits brought, and those that were planned and never made as failed."""
    looks = ledger.looks(run, district)
    for data in looks.values():
        session.looks.add_look(parse(LookBundle, data), session.now())
    for text in ledger.plans_of(run, district):
        planned = PLAN.validate_json(text)
        for each in planned.passes:
            if f"{run}/{planned.portal}/{each.number}" not in looks:
                missing = failed_look(run, planned.portal, each, session.now(), LookReason.NOT_VISITED)
                session.looks.add_look(missing, session.now())

"""Which looks to make tonight. Pure.

Every portal's window is read, twice where the district says so (the second time past caches, so that one
night can prove). A full walk comes round at least every `full_walk_every_days` nights, and at once where
a decision is past its deadline and was never seen: a candidate accusation asks for the whole list, twice. So does a
check by a person's reading, which stands between the two.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from core.domain.config import Config, Portal
from core.domain.models import CheckKind, Look
from crawler.check_plan import ChecksKnown
from crawler.crawl_job import ListPass, VisitPlan


def plan_visits(
    config: Config,
    run: str,
    now: datetime,
    last_whole: Mapping[str, datetime],
    suspected: Collection[str],
    stored: Sequence[Look],
    checks: ChecksKnown = ChecksKnown(),
) -> tuple[VisitPlan, ...]:
    """Tonight's errands. `last_whole`: start of each portal's newest whole look; `suspected`: ids of portals where
    a candidate accusation waits; `stored`: looks of this run that are stored already (a night taken up again);
    `checks`: what is known of the portals' checks."""
    done = {look.id for look in stored}
    plans = []
    for portal in config.portals:
        if not portal.enabled:
            continue
        days = config.district.crawl.citizen_every_days
        due = checks.is_due(portal.id, now, days)
        check = portal.citizen is not None and due
        asked = portal.id in suspected or check
        planned = _passes(config, portal, now, last_whole.get(portal.id), asked, twice=due)
        passes = tuple(p for p in planned if f"{run}/{portal.id}/{p.number}" not in done)
        if passes:
            whole = passes == planned
            beside = beside_of(portal) if due and whole else ()
            plans.append(VisitPlan(portal=portal.id, passes=passes, check=check and whole, beside=beside))
    return tuple(plans)


def main_check(portal: Portal) -> CheckKind:
    """The check that says when a portal's checks are made again; the others go with it."""
    if portal.citizen is not None:
        return CheckKind.CITIZEN
    return CheckKind.DETAILS if portal.family == "citizen" else CheckKind.SEEN


def beside_of(portal: Portal) -> tuple[CheckKind, ...]:
    """What a portal is held against beside a person's reading: a family that a browser draws for sees what is seen."""
    details = (CheckKind.DETAILS,) if portal.lists == "decisions" else ()
    if portal.family == "citizen":
        return details
    return (CheckKind.SEEN, *details, *(() if portal.rendered else (CheckKind.AGENT,)))


def _passes(
    config: Config, portal: Portal, now: datetime, last_whole: datetime | None, asked: bool, *, twice: bool
) -> tuple[ListPass, ...]:
    """The looks at one portal; `asked`: the whole list is asked for, twice; `twice`: what is read, is read twice."""
    crawl = config.district.crawl
    due = last_whole is None or now - last_whole > timedelta(days=crawl.full_walk_every_days - 1, hours=12)
    full = due or asked or portal.order == "none"
    kind = "full" if full else "window"
    second = (ListPass(number=2, kind=kind, past_caches=True),) if crawl.read_twice or asked or twice else ()
    return (ListPass(number=1, kind=kind), *second)

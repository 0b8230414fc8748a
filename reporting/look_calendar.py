"""The looks around a deadline, night by night: what was looked at, and what each look could have shown. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.clock import ZONE
from core.domain.look_reasons import faults_of, sentence
from core.domain.models import Evidence, Look
from reporting.lookup import Lookup, night_of, proves

BEFORE, AFTER, MOST = 1, 3, 45  # nights before the decision, after the deadline, and in all
_MARKS = {"whole": "全", "window": "窗", "": "否"}
_RANK = {"全": 3, "窗": 2, "否": 1, "": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One night of a portal. `mark`: 全 read whole, 窗 read as far as the window, 否 looked without proof, "" no look;
    `is_due`: the deadline ends with this day."""

    day: date
    mark: str
    title: str
    is_due: bool = False
    is_decided: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalNights:
    """A portal that an evidence rests on, with its nights in order."""

    portal: str
    name: str
    nights: tuple[Night, ...]


def looks_around(lookup: Lookup, evidence: Evidence) -> tuple[PortalNights, ...]:
    """By portal that the evidence cites (of its channel, where it cites none): the nights from the decision to past the
    deadline; () for an evidence without a deadline or a day."""
    portals = _portals(lookup, evidence)
    first = evidence.decided_on
    if first is None or evidence.deadline is None or not portals:
        return ()
    due = evidence.deadline.astimezone(ZONE).date()
    start = first - timedelta(days=BEFORE)
    last = min(due + timedelta(days=AFTER), start + timedelta(days=MOST), lookup.today)
    days = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    looks: dict[tuple[str, date], list[Look]] = {}
    for look in lookup.facts.looks.values():
        if look.portal in portals:
            looks.setdefault((look.portal, night_of(look)), []).append(look)
    return tuple(
        PortalNights(
            portal=portal,
            name=lookup.portal_name(portal),
            nights=tuple(
                _night(day, looks.get((portal, day), ()), due=day == due, decided=day == first) for day in days
            ),
        )
        for portal in portals
    )


def _portals(lookup: Lookup, evidence: Evidence) -> tuple[str, ...]:
    """The portals of the looks and captures that it cites, else those of its channel that its unit is shown on."""
    cited = [lookup.facts.looks[p.ref].portal for p in evidence.proofs if p.ref in lookup.facts.looks]
    cited += [
        lookup.facts.looks[c.look].portal
        for p in evidence.proofs
        if (c := lookup.facts.captures.get(p.ref)) is not None and c.look in lookup.facts.looks
    ]
    return tuple(dict.fromkeys(cited))


def _night(day: date, looks: Iterable[Look], *, due: bool, decided: bool) -> Night:
    """The best of the night's looks speaks."""
    told = [(_MARKS[proves(look)], look) for look in looks]
    mark, look = max(told, key=lambda pair: _RANK[pair[0]], default=("", None))
    why = "、".join(map(sentence, faults_of(look.reasons))) if look is not None and mark == "否" else ""
    words = {
        "全": "读完整个列表",
        "窗": "读完近期窗口",
        "否": f"看过，不算有效核查：{why}" if why else "看过，不算有效核查",
    }
    title = f"{day.isoformat()} {words.get(mark, '没有核查')}"
    return Night(day=day, mark=mark, title=title, is_due=due, is_decided=decided)

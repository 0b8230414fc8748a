"""Which portal was looked at on which night, and what those looks prove."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import groupby

from core.domain.models import Evidence, ListChanges, Look
from reporting import wording
from reporting.citations import look_lines, look_reason
from reporting.lookup import Lookup, night_of, proves
from reporting.view_models import Cell, ChangedList, ChangedRows, Coverage, LookLine, MonthMap, PortalCoverage, Status

WHOLE, WINDOW, UNPROVING, MISSED = "全", "窗", "否", ""
_MARKS = {"whole": WHOLE, "window": WINDOW, "": UNPROVING}
_TITLES = {WHOLE: "读完整个列表", WINDOW: "读完窗口", UNPROVING: "看过，但不算有效核查", MISSED: "当晚没有核查"}
_ACCUSED = (Status.PROVISIONAL, Status.CONFIRMED, Status.DISMISSED, Status.AMENDED)
_TITLES_SHOWN = 5  # of a list's changed rows of one sort; the others are counted
Nights = Mapping[tuple[str, date], list[Look]]


def coverage(lookup: Lookup, changes: Sequence[ListChanges] = ()) -> Coverage:
    """Coverage over all nights from the period's first look to the evaluation's day, and what the last one found
    changed.
    """
    looks = _looks(lookup)
    grid: defaultdict[tuple[str, date], list[Look]] = defaultdict(list)
    for look in looks:
        grid[look.portal, night_of(look)].append(look)
    nights = _nights(lookup, looks)
    portals = _portals(lookup, looks)
    return Coverage(
        first=wording.day(nights[0]) if nights else "—",
        last=wording.day(nights[-1]) if nights else "—",
        months=tuple(
            _month(lookup, name, list(days), portals, grid)
            for name, days in groupby(nights, lambda d: d.strftime("%Y-%m"))
        ),
        portals=tuple(_portal(lookup, portal, nights, grid) for portal in portals),
        looks=len(looks),
        proving=sum(bool(proves(look)) for look in looks),
        changes=tuple(_changed(lookup, change) for change in changes),
    )


def cited_looks(lookup: Lookup) -> tuple[LookLine, ...]:
    """The looks that anything rests on, with the pages behind breaches: for the report's JSON, and on no paper."""
    return look_lines(lookup, _cited(lookup, Status.INCONCLUSIVE), _cited(lookup, *_ACCUSED))


def _changed(lookup: Lookup, change: ListChanges) -> ChangedList:
    """A list's changes in words: how many of each sort, and the first few titles."""
    sorts = (("新增", change.added), ("修改", change.edited), ("不见", change.removed), ("移动", change.moved))
    return ChangedList(
        portal=lookup.portal_name(change.portal),
        sorts=tuple(
            ChangedRows(
                word=word,
                count=len(keys),
                titles=tuple(wording.short(change.titles[key]) for key in keys[:_TITLES_SHOWN]),
            )
            for word, keys in sorts
            if keys
        ),
    )


def period_start(period: str) -> date | None:
    """The first day of `2026Q3`; None for a period not so written."""
    year, _, quarter = period.partition("Q")
    if not (year.isdigit() and len(year) == 4 and quarter in {"1", "2", "3", "4"}):
        return None
    return date(int(year), int(quarter) * 3 - 2, 1)


def _looks(lookup: Lookup) -> list[Look]:
    """The looks of the period up to the judgement, oldest first."""
    start = period_start(lookup.evaluation.period)
    looks = (
        look
        for look in lookup.facts.looks.values()
        if look.started_at <= lookup.evaluation.at and (start is None or night_of(look) >= start)
    )
    return sorted(looks, key=lambda look: (look.started_at, look.id))


def _nights(lookup: Lookup, looks: list[Look]) -> list[date]:
    """Every night from the first look to yesterday, missed ones too: a gap must show. Today once it was looked at."""
    known = {night_of(look) for look in looks}
    if not known:
        return []
    first, last = min(known), max(*known, lookup.today - timedelta(days=1))
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def _portals(lookup: Lookup, looks: list[Look]) -> list[str]:
    """Enabled portals in the configuration's order, then any other that was looked at, then those switched off."""
    enabled = [portal.id for portal in lookup.config.portals if portal.enabled]
    seen = sorted({look.portal for look in looks} - set(enabled))
    off = [portal.id for portal in lookup.config.portals if not portal.enabled and portal.id not in seen]
    return [*enabled, *seen, *off]


def best(looks: Iterable[Look]) -> str:
    """The strongest mark among one night's looks."""
    marks = {_MARKS[proves(look)] for look in looks}
    return next((mark for mark in (WHOLE, WINDOW, UNPROVING) if mark in marks), MISSED)


def _reading(lookup: Lookup, portal: str) -> str:
    """How many of the rows of the newest night are read into a record with a number; "" of a list without decisions."""
    reading = next((each for each in lookup.facts.readings if each.portal == portal), None)
    return f"{reading.read}/{reading.listed}（{reading.run}）" if reading else ""


def _month(lookup: Lookup, name: str, nights: list[date], portals: list[str], grid: Nights) -> MonthMap:
    mapped = [portal for portal in portals if portal not in lookup.portals or lookup.portals[portal].enabled]
    return MonthMap(
        month=f"{name[:4]}年{int(name[5:])}月",
        nights=tuple(nights),
        rows=tuple(
            (
                wording.short(lookup.portal_name(portal), 14),
                lookup.portal_name(portal),
                tuple(_cell(night, grid.get((portal, night), [])) for night in nights),
            )
            for portal in mapped
        ),
    )


def _cell(night: date, looks: list[Look]) -> Cell:
    mark = best(looks)
    reasons = "" if mark in (WHOLE, MISSED) else "；".join(_reasons(looks))
    return Cell(night=night, mark=mark, title=f"{night}：{_TITLES[mark]}" + (f"（{reasons}）" if reasons else ""))


def _reasons(looks: Iterable[Look]) -> list[str]:
    return [look_reason(reason) for reason in dict.fromkeys(reason for look in looks for reason in look.reasons)]


def _portal(lookup: Lookup, portal: str, nights: list[date], grid: Nights) -> PortalCoverage:
    known = lookup.portals.get(portal)
    marks = Counter(best(grid.get((portal, night), [])) for night in nights)
    proved = [night for night in nights if best(grid.get((portal, night), [])) in (WHOLE, WINDOW)]
    quiet = (nights[-1] - proved[-1]).days if proved else len(nights)
    enabled = known is None or known.enabled
    return PortalCoverage(
        id=wording.safe(portal),
        name=lookup.portal_name(portal),
        channel=wording.CHANNELS[known.channel] if known else "",
        whole=marks[WHOLE],
        window=marks[WINDOW],
        unproving=marks[UNPROVING],
        missed=marks[MISSED],
        last_proving=wording.day(proved[-1]) if proved else "从未",
        quiet=quiet,
        warn=enabled and (quiet >= lookup.config.district.quiet_nights_warn or not proved),
        reasons=_why(portal, nights, grid),
        reading=_reading(lookup, portal),
        enabled=enabled,
        note=wording.safe(known.note) if known else "",
    )


def _why(portal: str, nights: list[date], grid: Nights) -> tuple[tuple[str, int, str], ...]:
    """Reasons of the nights that prove nothing, and which nights."""
    by_reason: defaultdict[str, list[date]] = defaultdict(list)
    for night in nights:
        looks = grid.get((portal, night), [])
        if best(looks) == UNPROVING:
            for reason in _reasons(looks) or ["没有记下原因"]:
                by_reason[reason].append(night)
    return tuple((reason, len(days), spans(days)) for reason, days in by_reason.items())


def spans(days: list[date]) -> str:
    """07-03～07-06、07-09: consecutive nights drawn together."""
    runs: list[list[date]] = []
    for day in days:
        if runs and (day - runs[-1][-1]).days == 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return "、".join(f"{run[0]:%m-%d}" + (f"～{run[-1]:%m-%d}" if len(run) > 1 else "") for run in runs)


def _cited(lookup: Lookup, *statuses: Status) -> list[str]:
    """Looks that evidence of these statuses cites, straight or through a capture or sighting."""
    return [
        look
        for item in lookup.evaluation.everything
        if lookup.status(item) in statuses
        for look in _looks_of(lookup, item)
    ]


def _looks_of(lookup: Lookup, evidence: Evidence) -> Iterator[str]:
    for citation in evidence.proofs:
        if citation.kind == "look":
            yield citation.ref
        elif citation.kind == "capture" and citation.ref in lookup.facts.captures:
            yield lookup.facts.captures[citation.ref].look
        elif citation.kind == "sighting" and citation.ref in lookup.facts.sightings:
            yield lookup.facts.sightings[citation.ref].look

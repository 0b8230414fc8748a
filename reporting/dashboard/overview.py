"""The district at a glance: numbers, rates, lateness, grades, and why things could not be judged."""

from collections import Counter, defaultdict

from core.domain.models import Channel, Evidence, Grade, Kind, Outcome
from reporting import wording
from reporting.dashboard.view import Overview, ReasonGroup
from reporting.lookup import Lookup
from reporting.view_models import BREACHES, Counts, RateLine, Status, UnitSection

SEGMENTS = (Status.MET, Status.PROVISIONAL, Status.CONFIRMED, Status.PENDING, Status.INCONCLUSIVE)
_LATE_BANDS = (("1～3 天", 3), ("4～7 天", 7), ("8～30 天", 30), ("30 天以上", None))


def overview(lookup: Lookup, units: tuple[UnitSection, ...]) -> Overview:
    """Totals over everything judged; each is a sum over the sections that follow."""
    decisions = lookup.judgement.decisions.values()
    return Overview(
        decisions=len(decisions),
        licences=sum(one.kind is Kind.LICENCE for one in decisions),
        penalties=sum(one.kind is Kind.PENALTY for one in decisions),
        evidence=len(lookup.judgement.everything),
        counts=lookup.counts(lookup.judgement.everything),
        rates=_rates(lookup),
        late=_late(lookup),
        grades=_grades(lookup),
        widest=max((bar_length(unit.counts) for unit in units), default=0),
    )


def bar_length(counts: Counts) -> int:
    """How much of a unit the stacked bar shows: all but what does not apply or a ruling has settled."""
    return sum(counts[status] for status in SEGMENTS)


def _rates(lookup: Lookup) -> tuple[RateLine, ...]:
    """One rate a check and channel, in report order; checks nobody registered come last, by name."""
    groups: defaultdict[tuple[str, Channel | None], list[Evidence]] = defaultdict(list)
    for one in lookup.judgement.everything:
        groups[one.check, one.channel].append(one)
    order = {name: place for place, name in enumerate(lookup.checks)}
    keys = sorted(groups, key=lambda key: (order.get(key[0], len(order)), key[0], key[1] or ""))
    return tuple(_rate(lookup, check, channel, groups[check, channel]) for check, channel in keys)


def _rate(lookup: Lookup, check: str, channel: Channel | None, evidence: list[Evidence]) -> RateLine:
    counts = lookup.counts(evidence)
    met = counts[Status.MET]
    judged = met + sum(counts[status] for status in BREACHES)
    return RateLine(
        title=wording.safe(lookup.text(check).title_met),
        channel=wording.CHANNELS[channel] if channel else "",
        met=met,
        judged=judged,
        percent=percent(met, judged),
        counts=counts,
    )


def percent(part: int, whole: int) -> str:
    """One decimal, rounded down, so that 99.97 % never reads as all; — where there is nothing to divide."""
    if not whole:
        return "—"
    tenths = part * 1000 // whole
    return f"{tenths // 10}.{tenths % 10}%"


def _late(lookup: Lookup) -> tuple[tuple[str, int], ...]:
    """Standing breaches by the least number of days late that is proved."""
    least = [
        one.late_days[0]
        for one in lookup.judgement.everything
        if one.late_days is not None and lookup.status(one) in BREACHES
    ]
    found = Counter(next(name for name, top in _LATE_BANDS if top is None or days <= top) for days in least)
    return tuple((name, found[name]) for name, _ in _LATE_BANDS)


def _grades(lookup: Lookup) -> tuple[tuple[str, int], ...]:
    found = Counter(score.grade for score in lookup.judgement.scores)
    named = [(wording.GRADES[grade], found[grade]) for grade in Grade]
    return (*named, ("暂不评级", found[None]))


def reasons(lookup: Lookup) -> tuple[ReasonGroup, ...]:
    """What was inconclusive, grouped by check and reason; the most frequent first."""
    groups: defaultdict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for one in lookup.judgement.everything:
        if one.outcome is Outcome.INCONCLUSIVE:
            groups[one.check, one.slug].append(one)
    found = [_reason(lookup, evidence) for evidence in groups.values()]
    return tuple(sorted(found, key=lambda group: (-group.count, group.title, group.slug)))


def _reason(lookup: Lookup, evidence: list[Evidence]) -> ReasonGroup:
    first = evidence[0]
    units = Counter(one.unit for one in evidence)
    text = lookup.text(first.check).sentence(first.slug) or first.sentence
    return ReasonGroup(
        title=wording.safe(lookup.text(first.check).title_met),
        text=wording.safe(text),
        slug=wording.safe(first.slug),
        count=len(evidence),
        units=tuple(
            (wording.anchor("u", slug), wording.unit_name(lookup.config, slug), count)
            for slug, count in sorted(units.items(), key=lambda pair: (-pair[1], pair[0]))
        ),
    )

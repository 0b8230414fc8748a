"""The district at a glance: numbers, shares, lateness, grades, and why things could not be judged."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from core.domain.models import Channel, Evidence, Kind, Outcome
from reporting import wording
from reporting.charts import delays, grades
from reporting.dashboard.view import Overview, ReasonGroup
from reporting.lookup import Lookup
from reporting.view_models import BREACHES, CheckRate, Counts, Status, UnitView

SEGMENTS = (Status.MET, Status.PROVISIONAL, Status.CONFIRMED, Status.PENDING, Status.INCONCLUSIVE)


def overview(lookup: Lookup, units: Sequence[UnitView]) -> Overview:
    """Totals over everything judged; each is a sum over the sections that follow."""
    decisions = lookup.evaluation.decisions.values()
    return Overview(
        decisions=len(decisions),
        licences=sum(decision.kind is Kind.LICENCE for decision in decisions),
        penalties=sum(decision.kind is Kind.PENALTY for decision in decisions),
        evidence=len(lookup.evaluation.everything),
        counts=lookup.counts(lookup.evaluation.everything),
        rates=_check_rates(lookup),
        delays=delays(lookup),
        grades=grades(lookup.evaluation.scores),
        widest=max((bar_length(unit.counts) for unit in units), default=0),
    )


def bar_length(counts: Counts) -> int:
    """How much of a unit the stacked bar shows: all but what does not apply or a ruling has settled."""
    return sum(counts[status] for status in SEGMENTS)


def _check_rates(lookup: Lookup) -> tuple[CheckRate, ...]:
    """One rate a check and channel, in report order; checks nobody registered come last, by name."""
    groups: defaultdict[tuple[str, Channel | None], list[Evidence]] = defaultdict(list)
    for item in lookup.evaluation.everything:
        groups[item.check, item.channel].append(item)
    order = {name: place for place, name in enumerate(lookup.checks)}
    keys = sorted(groups, key=lambda key: (order.get(key[0], len(order)), key[0], key[1] or ""))
    return tuple(_check_rate(lookup, check, channel, groups[check, channel]) for check, channel in keys)


def _check_rate(lookup: Lookup, check: str, channel: Channel | None, evidence: Sequence[Evidence]) -> CheckRate:
    counts = lookup.counts(evidence)
    met = counts[Status.MET]
    judged = met + sum(counts[status] for status in BREACHES)
    return CheckRate(
        title=wording.safe(lookup.text(check).title_met),
        channel=wording.CHANNELS[channel] if channel else "",
        met=met,
        judged=judged,
        percent=wording.percent_down(met, judged),
        counts=counts,
    )


def reason_groups(lookup: Lookup) -> tuple[ReasonGroup, ...]:
    """What was inconclusive, grouped by check and reason; the most frequent first."""
    groups: defaultdict[tuple[str, str], list[Evidence]] = defaultdict(list)
    for item in lookup.evaluation.everything:
        if item.outcome is Outcome.INCONCLUSIVE:
            groups[item.check, item.slug].append(item)
    views = [_reason_group(lookup, evidence) for evidence in groups.values()]
    return tuple(sorted(views, key=lambda group: (-group.count, group.title, group.reason)))


def _reason_group(lookup: Lookup, evidence: Sequence[Evidence]) -> ReasonGroup:
    first = evidence[0]
    units = Counter(item.unit for item in evidence)
    text = lookup.text(first.check).sentence(first.slug) or first.sentence
    return ReasonGroup(
        title=wording.safe(lookup.text(first.check).title_met),
        text=wording.safe(text),
        reason=wording.safe(first.slug),
        count=len(evidence),
        units=tuple(
            (wording.anchor("u", slug), lookup.unit_name(slug), count)
            for slug, count in sorted(units.items(), key=lambda pair: (-pair[1], pair[0]))
        ),
    )

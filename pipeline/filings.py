"""From filings, 零报告 and the sites' lists to each unit's case, and to the evidence about what it handed in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from checks import FILED_CHECKS, evaluate_unit
from checks.cases.set_aside import not_by_its_provider, set_aside_again, set_aside_filings
from checks.cases.unit_case import MonthlyDuty, SiteView, UnitCase
from core.domain.config import Config, Portal, Unit
from core.domain.deadlines import closing
from core.domain.forms import forms, titles
from core.domain.models import DamagedFiling, Evidence, Filing, Kind, MonthSubject, Outcome
from core.domain.periods import Period, before, parse_period
from core.domain.ruling_validity import complete_months
from core.domain.senders import who_may
from core.runtime.boundary import Boundary, Failed
from core.storage.session import Session
from pipeline.held import held
from pipeline.monthly import uncounted
from pipeline.versions import Standing, standing

HISTORY = 12  # quarters before the period: what was counted then is not counted again
LISTS = ("documents", "commitments")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingEvaluation:
    """Evidence about what was handed in: of the period, and of the quarters before it that may still count."""

    evidence: tuple[Evidence, ...]
    earlier: tuple[Evidence, ...]


def evaluate_filings(session: Session, period: Period) -> FilingEvaluation:
    """Evaluate every unit's filings of the period, by the scheme in force when it began."""
    evidence: list[Evidence] = []
    earlier: list[Evidence] = []
    boundary = Boundary(session.paths.logs, session.now())
    stand = standing(session)
    disowned = _disowned(stand, period)
    for case in unit_cases(session.under(session.config.on(period.first)), period, stand):
        for item in (*evaluate_one_unit(case, boundary), *_not_by_provider(case, disowned, boundary)):
            if item.decided_on and item.decided_on < period.first:
                earlier.append(item)
            elif item.decided_on and item.decided_on in period:
                evidence.append(item)
    return FilingEvaluation(evidence=tuple(evidence), earlier=tuple(earlier))


def evaluate_one_unit(case: UnitCase, boundary: Boundary) -> tuple[Evidence, ...]:
    """All evidence about one unit's filings; a check that breaks down says so of the filings it breaks down on.

    While one of them cannot be read from the store, no breach of the unit is sure.
    """
    damaged = [filing for filing in case.filings if isinstance(filing, DamagedFiling)]
    if damaged:
        sound = replace(case, filings=tuple(f for f in case.filings if not isinstance(f, DamagedFiling)))
        rest = [_doubted(item) for item in evaluate_one_unit(sound, boundary)]
        told = (set_aside_filings(name, case.unit.slug, case.first, damaged, damaged[0].error) for name in FILED_CHECKS)
        return (*rest, *told)
    whole = boundary.attempt(f"unit {case.unit.slug}", partial(evaluate_unit, case))
    if not isinstance(whole, Failed):
        return whole
    return tuple(item for name in FILED_CHECKS for item in _one_check(case, name, boundary))


def _one_check(case: UnitCase, name: str, boundary: Boundary) -> tuple[Evidence, ...]:
    """One check's evidence. Where it breaks down, a filing without which it does not is set aside, else all are.

    What it then finds breached rests on a filing's absence, perhaps on that one's: it is inconclusive as well.
    """
    what = f"{name} of {case.unit.slug}"
    answer = boundary.attempt(what, partial(FILED_CHECKS[name].check, case))
    if not isinstance(answer, Failed):
        return answer
    for filing in case.filings:
        rest = replace(case, filings=tuple(other for other in case.filings if other is not filing))
        without = boundary.attempt(f"{what} without {filing.id}", partial(FILED_CHECKS[name].check, rest))
        if not isinstance(without, Failed):
            told = set_aside_filings(name, case.unit.slug, case.first, [filing], answer.error)
            return (*map(_doubted, without), told)
    return (set_aside_filings(name, case.unit.slug, case.first, case.filings, answer.error),)


def _doubted(item: Evidence) -> Evidence:
    return set_aside_again(item) if item.outcome is Outcome.BREACHED else item


def _disowned(stand: Standing, period: Period) -> Mapping[str, Sequence[Filing]]:
    """By unit: the filings about it that count no more for who handed them in, one a content."""
    by_unit: dict[str, dict[str, Filing]] = defaultdict(dict)
    for filing in stand.disowned:
        if f"{before(period, HISTORY):%Y-%m}" <= filing.month <= period.months[-1]:
            by_unit[filing.unit][filing.content] = filing
    return {unit: tuple(of_unit.values()) for unit, of_unit in by_unit.items()}


def _not_by_provider(
    case: UnitCase, disowned: Mapping[str, Sequence[Filing]], boundary: Boundary
) -> Iterator[Evidence]:
    """What those filings would have said of the unit, each as not by its provider."""
    for filing in disowned.get(case.unit.slug, ()):
        who = who_may(forms()[filing.form])
        for item in evaluate_one_unit(replace(case, filings=(filing,)), boundary):
            if item.subject == filing.id:
                yield not_by_its_provider(item, who)


def unit_cases(session: Session, period: Period, stand: Standing) -> list[UnitCase]:
    """A case for every unit that stands in the period, with what stands of all that was handed in."""
    config, now = session.config, session.now()
    kept = stand.between(f"{before(period, HISTORY):%Y-%m}", period.months[-1])
    reported = session.filings.reported(period.months[0], period.months[-1], stand.gone)
    by_unit: dict[str, list[Filing]] = defaultdict(list)
    for filing in kept:
        by_unit[filing.unit].append(filing)
    aside = held(session, stand)
    shared = {
        "first": period.first,
        "last": period.last,
        "months": period.months,
        "now": now,
        "closing": closing(config, period),
        "due_day": config.scheme.submission_due_day,
        "forms_received": frozenset((form, month) for _, form, month in reported),
        "pictures": _pictures(kept),
        "titles": titles(),
        "fields": config.scheme.fields,
        "asked": frozenset(name for i in config.scheme.indicators if i.enabled for name in (*i.checks, *i.also)),
    }
    views = _views(session)
    counts = session.submissions.counts(period.months[0], period.months[-1])
    not_counted = uncounted(session, period, stand.foreign)
    return [
        UnitCase(
            unit=unit,
            filings=tuple(by_unit[unit.slug]),
            reported=frozenset((form, month) for who, form, month in reported if who == unit.slug),
            held=aside.of(unit, period.months),
            duties=_duties(config, unit),
            late=not_counted.late_of(unit.slug),
            zero_alone=not_counted.zero_of(unit.slug),
            submitted=counts.get(unit.slug, {}),
            sites={lists: tuple(views[p.id] for p in config.sites(lists, unit.slug)) for lists in LISTS},
            **shared,  # type: ignore[arg-type]
        )
        for unit in config.units
        if unit.valid_on(min(now.date(), period.last))
    ]


def _pictures(filings: Iterable[Filing]) -> dict[str, str]:
    """Each picture with the content of the first activity that handed it in."""
    first: dict[str, str] = {}
    for filing in sorted(filings, key=lambda f: (f.on or date.min, f.received_at, f.content)):
        for paper in filing.papers:
            if paper.sha256 and paper.field == "pictures":
                first.setdefault(paper.sha256, filing.content)
    return first


def _duties(config: Config, unit: Unit) -> tuple[MonthlyDuty, ...]:
    """What the scheme asks of the unit every month."""
    return tuple(
        MonthlyDuty(code=i.code, title=i.title, forms=tuple(form for form in i.forms if forms()[form].monthly))
        for i in config.scheme.indicators_of(unit.kind)
        if i.period == "month" and i.forms
    )


def _views(session: Session) -> dict[str, SiteView]:
    """Every list of documents or commitments as it was seen."""
    listed = [p for p in session.config.portals if p.enabled and p.lists in LISTS]
    return {portal.id: _view(session, portal) for portal in listed}


def _view(session: Session, portal: Portal) -> SiteView:
    proving = [look for look in session.looks.looks(portal=portal.id) if look.genuine and look.parsed]
    return SiteView(
        portal=portal.id,
        name=portal.name,
        names_parties=portal.names_parties,
        rows=session.filings.site_rows(portal.id),
        walks=tuple(look for look in proving if look.whole),
        read_at=proving[-1].started_at if proving else None,
    )


CAME = "（报来过，待核）"  # behind what is missing, where something came in that was not taken
Cells = frozenset[tuple[str, str]]  # form, or Kind, and month


def missing_reports(
    config: Config, unit: Unit, period: Period, reported: frozenset[tuple[str, str, str]], came: Cells = frozenset()
) -> dict[str, tuple[str, ...]]:
    """By indicator: the forms, and months, of which the unit has said nothing; `came`: where something was refused."""
    of_unit = frozenset((form, month) for who, form, month in reported if who == unit.slug)
    missing: dict[str, tuple[str, ...]] = {}
    for indicator in config.scheme.indicators:
        if not indicator.forms or unit.kind not in indicator.applies_to:
            continue
        words = tuple(_silent(indicator.forms, period.months, of_unit, came))
        if words:
            missing[indicator.code] = words
    return missing


def _silent(asked: Sequence[str], months: Sequence[str], of_unit: Cells, came: Cells) -> Iterable[str]:
    for form in asked:
        if forms()[form].monthly:
            yield from (
                f"{month} {titles()[form]}{CAME if (form, month) in came else ''}"
                for month in months
                if (form, month) not in of_unit
            )
        elif not any((form, month) in of_unit for month in months):
            yield f"{titles()[form]}{CAME if any((form, month) in came for month in months) else ''}"


def missing_of(session: Session, month: str) -> dict[str, tuple[str, ...]]:
    """By unit: what the month's workbooks are short of, 双公示 and monthly forms, in words."""
    period = parse_period(month)
    config = session.config.on(period.first)
    stand = standing(session)
    reported, aside = session.filings.reported(month, month, stand.gone), held(session, stand)
    collected = session.submissions.kinds(month, stand.foreign)
    said = complete_months(session.rulings.all())
    missing: dict[str, tuple[str, ...]] = {}
    for unit in config.units:
        if not unit.valid_on(period.last):
            continue
        of_unit = {form for who, form, _ in reported if who == unit.slug}
        came = {form for form, _ in aside.of(unit, [month])}
        lacking = [
            f"双公示·{word}{CAME if kind in came else ''}"
            for kind, word in ((Kind.LICENCE, "许可"), (Kind.PENALTY, "处罚"))
            if (unit.slug, kind) not in collected and MonthSubject(unit.slug, kind, month) not in said
        ]
        lacking += [
            f"{titles()[form]}{CAME if form in came else ''}"
            for duty in _duties(config, unit)
            for form in duty.forms
            if form not in of_unit
        ]
        if lacking:
            missing[unit.slug] = tuple(lacking)
    return missing

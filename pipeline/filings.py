"""From filings, 零报告 and the sites' lists to each unit's case, and to the evidence about what it handed in."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from checks import evaluate_unit
from checks.cases.unit_case import MonthlyDuty, SiteView, UnitCase
from core.domain.config import Config, Portal, Unit
from core.domain.deadlines import closing
from core.domain.forms import forms, titles
from core.domain.models import Evidence, Filing
from core.domain.periods import Period, before, parse_period
from core.storage.database import Store
from core.storage.filings import Filings
from core.storage.observations import Looks

HISTORY = 12  # quarters before the period: what was counted then is not counted again
LISTS = ("documents", "commitments")


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingEvaluation:
    """Evidence about what was handed in: of the period, and of the quarters before it that may still count.

    `reported`: (unit, form, month) that rows or 零报告 of the period speak of.
    """

    evidence: tuple[Evidence, ...]
    earlier: tuple[Evidence, ...]
    reported: frozenset[tuple[str, str, str]]

    def forms_received(self) -> frozenset[str]:
        """The forms that anybody has handed in for the period."""
        return frozenset(form for _, form, _ in self.reported)


def evaluate_filings(store: Store, config: Config, now: datetime, period: Period) -> FilingEvaluation:
    """Judge every unit's filings of the period, by the scheme in force when it began."""
    config = config.on(period.first)
    evidence: list[Evidence] = []
    earlier: list[Evidence] = []
    cases, reported = unit_cases(store, config, now, period)
    for case in cases:
        for item in evaluate_unit(case):
            if item.decided_on and item.decided_on < period.first:
                earlier.append(item)
            elif item.decided_on and item.decided_on in period:
                evidence.append(item)
    return FilingEvaluation(evidence=tuple(evidence), earlier=tuple(earlier), reported=reported)


def unit_cases(
    store: Store, config: Config, now: datetime, period: Period
) -> tuple[list[UnitCase], frozenset[tuple[str, str, str]]]:
    """A case for every unit that stands in the period, and who has spoken of what in it."""
    book = Filings(store)
    kept = _newest(book.between(f"{before(period, HISTORY):%Y-%m}", period.months[-1]))
    reported = book.reported(period.months[0], period.months[-1])
    by_unit: dict[str, list[Filing]] = defaultdict(list)
    for filing in kept:
        by_unit[filing.unit].append(filing)
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
    }
    views = _views(store, config)
    counts = _submitted(store, period)
    cases = [
        UnitCase(
            unit=unit,
            filings=tuple(by_unit[unit.slug]),
            reported=frozenset((form, month) for who, form, month in reported if who == unit.slug),
            duties=_duties(config, unit),
            submitted=counts.get(unit.slug, {}),
            sites={lists: tuple(views[p.id] for p in config.sites(lists, unit.slug)) for lists in LISTS},
            **shared,  # type: ignore[arg-type]
        )
        for unit in config.units
        if unit.valid_on(min(now.date(), period.last))
    ]
    return cases, reported


def _newest(filings: Iterable[Filing]) -> list[Filing]:
    """One filing a content: handed in again it counts once, with the files that came last."""
    kept: dict[str, Filing] = {}
    for filing in sorted(filings, key=lambda f: (f.received_at, sum(1 for p in f.papers if p.sha256), f.id)):
        known = kept.get(filing.content)
        if known is None or sum(1 for p in filing.papers if p.sha256) >= sum(1 for p in known.papers if p.sha256):
            kept[filing.content] = filing
    return list(kept.values())


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
        for i in config.scheme.indicators
        if i.enabled and i.period == "month" and i.forms and unit.kind in i.applies_to
    )


def _views(store: Store, config: Config) -> dict[str, SiteView]:
    """Every list of documents or commitments as it was seen."""
    listed = [p for p in config.portals if p.enabled and p.lists in LISTS]
    return {portal.id: _view(store, portal) for portal in listed}


def _view(store: Store, portal: Portal) -> SiteView:
    proving = [look for look in Looks(store).looks(portal=portal.id) if look.genuine and look.parsed]
    return SiteView(
        portal=portal.id,
        name=portal.name,
        names_parties=portal.names_parties,
        rows=Filings(store).site_rows(portal.id),
        walks=tuple(look for look in proving if look.whole),
        read_at=proving[-1].started_at if proving else None,
    )


def _submitted(store: Store, period: Period) -> dict[str, Mapping[tuple[str, str], int]]:
    """By unit: (kind, month) → how many decisions its workbooks report."""
    rows = store.rows(
        "SELECT unit, kind, substr(json_extract(data, '$.decided_on'), 1, 7), count(*) FROM submissions"
        " WHERE substr(json_extract(data, '$.decided_on'), 1, 7) BETWEEN ? AND ? GROUP BY 1, 2, 3",
        period.months[0],
        period.months[-1],
    )
    found: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for unit, kind, month, count in rows:
        found[unit][kind, month] += count
    return dict(found)


def missing_reports(
    config: Config, unit: Unit, period: Period, reported: frozenset[tuple[str, str, str]]
) -> dict[str, tuple[str, ...]]:
    """By indicator: the forms, and months, of which the unit has said nothing."""
    own = {(form, month) for who, form, month in reported if who == unit.slug}
    missing: dict[str, tuple[str, ...]] = {}
    for indicator in config.scheme.indicators:
        if not indicator.forms or unit.kind not in indicator.applies_to:
            continue
        words = tuple(_silent(indicator.forms, period.months, own))
        if words:
            missing[indicator.code] = words
    return missing


def _silent(asked: Sequence[str], months: Sequence[str], own: set[tuple[str, str]]) -> Iterable[str]:
    for form in asked:
        if forms()[form].monthly:
            yield from (f"{month} {titles()[form]}" for month in months if (form, month) not in own)
        elif not any((form, month) in own for month in months):
            yield titles()[form]


def missing_of(store: Store, config: Config, month: str) -> dict[str, tuple[str, ...]]:
    """By unit: what the month's workbooks are short of, 双公示 and monthly forms, in words."""
    period = parse_period(month)
    config = config.on(period.first)
    reported = Filings(store).reported(month, month)
    collected = reported_kinds(store, month)
    found: dict[str, tuple[str, ...]] = {}
    for unit in config.units:
        if not unit.valid_on(period.last):
            continue
        own = {form for who, form, _ in reported if who == unit.slug}
        lacking = [
            f"双公示·{word}"
            for kind, word in (("licence", "许可"), ("penalty", "处罚"))
            if (unit.slug, kind) not in collected
        ]
        lacking += [titles()[form] for duty in _duties(config, unit) for form in duty.forms if form not in own]
        if lacking:
            found[unit.slug] = tuple(lacking)
    return found


def reported_kinds(store: Store, month: str) -> set[tuple[str, str]]:
    """(unit, kind) of which rows or 零报告 speak for the month."""
    rows = "SELECT DISTINCT unit, kind FROM submissions WHERE substr(json_extract(data, '$.decided_on'), 1, 7) = ?"
    zeros = "SELECT unit, kind FROM zero_reports WHERE month = ? AND kind IN ('licence', 'penalty')"
    return {(unit, kind) for unit, kind in [*store.rows(rows, month), *store.rows(zeros, month)]}

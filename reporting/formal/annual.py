"""The year's report: the quarters' reports side by side, in the same records, so that every form prints it. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from core.domain.models import Rate
from reporting import wording
from reporting.charts import delay
from reporting.formal.report import FormalReport
from reporting.unit_views import rate_view
from reporting.view_models import Bar, Coverage, IndicatorView, RatesView, RateView, ScoreView, UnitView


def build_year(year: int, quarters: Sequence[FormalReport]) -> FormalReport:
    """A year of at least one quarter. A unit's rows are its quarters; its score is their mean, a range where one is.

    The scheme grades quarters, not years (docs/rules.md §0.3): the year shows each quarter's grade and names none of
    its own.
    """
    last = quarters[-1]
    slugs = dict.fromkeys(unit.slug for report in reversed(quarters) for unit in report.units)
    fixed = [report.period for report in quarters if report.fixed]
    return replace(
        last,
        title=f"{last.district}{year}年度政务诚信综合信用评价报告",
        period=str(year),
        objections_until=None,
        left_open="".join(f"{wording.period(r.period)}{r.left_open}" for r in quarters if r.left_open),
        fixed=f"已冻结：{'、'.join(fixed)}" if len(fixed) == len(quarters) else "",
        units=tuple(_unit(slug, quarters) for slug in slugs),
        grades=_grades(quarters),
        total=_total([report.total for report in quarters]),
        weeks=tuple(bar for report in quarters for bar in report.weeks),
        delays=_delays([report.delays for report in quarters]),
        surveys=tuple(survey for report in quarters for survey in report.surveys),
        trend=tuple(line for report in quarters for line in report.trend if line[0] == report.period),
        coverage=_coverage([report.coverage for report in quarters]),
    )


def _grades(quarters: Sequence[FormalReport]) -> tuple[tuple[str, int], ...]:
    numbers = Counter[str]()
    for report in quarters:
        numbers.update(dict(report.grades))
    return tuple((f"{word}（季次）", numbers[word]) for word, _ in quarters[-1].grades)


def _delays(quarters: Sequence[Sequence[Bar]]) -> tuple[Bar, ...]:
    """The bands of all quarters, each summed."""
    numbers = [sum(bar.part for bar in bands) for bands in zip(*quarters, strict=True)]
    return tuple(delay(bar.name, number, max(1, *numbers)) for bar, number in zip(quarters[-1], numbers, strict=True))


def _unit(slug: str, quarters: Sequence[FormalReport]) -> UnitView:
    """A unit's year: one row a quarter; what was good in every quarter, and what wanted mending in how many."""
    pairs = [(report.period, unit) for report in quarters for unit in report.units if unit.slug == slug]
    units = [unit for _, unit in pairs]
    return replace(
        units[-1],
        score=_score([(period, unit.graded) for period, unit in pairs]),
        items=(),
        open_items=sum(unit.open_items for unit in units),
        rates=_sum([unit.rates for unit in units]),
    )


def _score(quarters: Sequence[tuple[str, ScoreView]]) -> ScoreView:
    scores = [score for _, score in quarters]
    low = sum((score.low for score in scores), Decimal(0)) / len(scores)
    high = sum((score.high for score in scores), Decimal(0)) / len(scores)
    return replace(
        scores[-1],
        grade="、".join(f"{period[4:]} {score.grade}" for period, score in quarters),
        withheld=any(score.withheld for score in scores),
        won="—",
        open_points="—",
        scaled="—",
        deducted="—",
        total=wording.score_range((low, high)),
        low=low,
        high=high,
        ceiling="—",
        moved="—" if len(scores) == 1 else f"{scores[0].total} → {scores[-1].total}",
        sure=f"{len(scores)} 季中 {sum(score.low == score.high for score in scores)} 季分数确定",
        indicators=tuple(_row(period, score) for period, score in quarters),
        good=tuple(title for title, count in _titles(score.good for score in scores) if count == len(scores)),
        mend=tuple(f"{title}（{count} 季）" for title, count in _titles(score.mend for score in scores)),
        to_settle=tuple(f"{period}：{score.grade}" for period, score in quarters if score.withheld),
    )


def _titles(lines: Iterable[Sequence[str]]) -> list[tuple[str, int]]:
    """In how many quarters each title stands."""
    return list(Counter(line.partition("：")[0] for quarter in lines for line in quarter).items())


def _row(period: str, score: ScoreView) -> IndicatorView:
    return IndicatorView(
        code=period[4:],
        title=period,
        points="100",
        won=score.total,
        deducted="",
        net=score.total,
        low=score.low,
        high=score.high,
        judged=True,
        is_listed=True,
        provenance=wording.PROVENANCE["text"],
        mark="text",
        why=score.grade,
    )


def _sum(groups: Sequence[Sequence[RateView]]) -> tuple[RateView, ...]:
    """Each rate over all quarters."""
    by_name: dict[str, list[RateView]] = {}
    for rate in (rate for group in groups for rate in group):
        by_name.setdefault(rate.name, []).append(rate)
    return tuple(
        rate_view(
            Rate(
                name,
                sum(rate.numerator for rate in rates),
                sum(rate.denominator for rate in rates),
                sum(rate.unknown for rate in rates),
            )
        )
        for name, rates in by_name.items()
    )


def _total(totals: Sequence[RatesView]) -> RatesView:
    cases = sum((Counter(dict(total.cases)) for total in totals), Counter[str]())
    return RatesView(
        decisions=sum(total.decisions for total in totals),
        rates=_sum([total.rates for total in totals]),
        cases={case: cases[case] for case in totals[-1].cases},
        unclear=sum(total.unclear for total in totals),
    )


def _coverage(quarters: Sequence[Coverage]) -> Coverage:
    return replace(
        quarters[-1],
        looks=sum(coverage.looks for coverage in quarters),
        proving=sum(coverage.proving for coverage in quarters),
        months=tuple(month for coverage in quarters for month in coverage.months),
    )

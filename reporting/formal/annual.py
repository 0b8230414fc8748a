"""The year's book: the quarters' books side by side, in the same view model, so that every form prints it. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.domain.models import Rate, UnitRates
from reporting.dashboard.view import Coverage
from reporting.explanation import span
from reporting.formal.report import FormalReport, ReportRow, UnitPage


def build_year(year: int, quarters: Sequence[FormalReport]) -> FormalReport:
    """A year of at least one quarter. A unit's rows are its quarters; its score is their mean, a range where one is.

    The scheme grades quarters, not years (docs/rules.md §0.3): the year shows each quarter's grade and names none of its own.
    """
    last = quarters[-1]
    slugs = dict.fromkeys(page.slug for report in reversed(quarters) for page in report.units)
    pages = tuple(_page(slug, quarters) for slug in slugs)
    grades = Counter[str]()
    for report in quarters:
        grades.update(dict(report.grades))
    fixed = [report.period for report in quarters if report.fixed]
    return replace(
        last,
        title=f"{last.district}{year}年度政务诚信综合信用评价报告",
        period=str(year),
        fixed=f"已冻结：{'、'.join(fixed)}" if len(fixed) == len(quarters) else "",
        units=pages,
        grades=tuple((f"{word}（季次）", grades[word]) for word, _ in last.grades),
        total=_total([report.total for report in quarters]),
        timeliness=last.timeliness,
        weeks=tuple(bar for report in quarters for bar in report.weeks),
        delays=tuple(
            replace(bar, part=sum(b.delays[n].part for b in quarters), beside=f"{sum(b.delays[n].part for b in quarters)} 项",
                    whole=max(1, *(sum(b.delays[k].part for b in quarters) for k in range(len(last.delays)))))
            for n, bar in enumerate(last.delays)
        ),
        surveys=tuple(one for report in quarters for one in report.surveys),
        trend=tuple(line for report in quarters for line in report.trend if line[0] == report.period),
        coverage=_coverage([report.coverage for report in quarters]),
    )  # fmt: skip


def _page(slug: str, quarters: Sequence[FormalReport]) -> UnitPage:
    """A unit's year: one row a quarter; what was good in every quarter, and what wanted mending in how many."""
    own = [(report.period, page) for report in quarters for page in report.units if page.slug == slug]
    last = own[-1][1]
    low, high = (sum((getattr(page, end) for _, page in own), Decimal(0)) / len(own) for end in ("low", "high"))
    certain = sum(page.low == page.high for _, page in own)
    good, mend = (
        Counter(line.partition("：")[0] for _, page in own for line in getattr(page, name)) for name in ("good", "mend")
    )
    return replace(
        last,
        grade="、".join(f"{period[4:]} {page.grade}" for period, page in own),
        withheld=any(page.withheld for _, page in own),
        won="—",
        open_points="—",
        scaled="—",
        deducted="—",
        total=span((low, high), ".2f"),
        low=low,
        high=high,
        ceiling="—",
        moved="—" if len(own) == 1 else f"{own[0][1].total} → {last.total}",
        sure=f"{len(own)} 季中 {certain} 季分数确定",
        rows=tuple(_row(period, page) for period, page in own),
        good=tuple(title for title, count in good.items() if count == len(own)),
        mend=tuple(f"{title}（{count} 季）" for title, count in mend.items()),
        items=(),
        open_items=sum(page.open_items for _, page in own),
        to_settle=tuple(f"{period}：{page.grade}" for period, page in own if page.withheld),
        rates=_sum([page.rates for _, page in own]),
    )


def _row(period: str, page: UnitPage) -> ReportRow:
    return ReportRow(
        code=period[4:],
        title=period,
        points="100",
        won=page.total,
        low=page.low,
        high=page.high,
        judged=True,
        provenance="原文",
        why=page.grade,
    )


def _sum(rates: Sequence[Sequence[Rate]]) -> tuple[Rate, ...]:
    names = dict.fromkeys(rate.name for group in rates for rate in group)
    every = [rate for group in rates for rate in group]
    return tuple(
        Rate(
            name,
            *(
                sum(getattr(r, part) for r in every if r.name == name)
                for part in ("numerator", "denominator", "unknown")
            ),
        )
        for name in names
    )


def _total(totals: Sequence[UnitRates]) -> UnitRates:
    cases = sum((Counter(dict(one.cases)) for one in totals), Counter[str]())
    return UnitRates(
        unit="", decisions=sum(one.decisions for one in totals), rates=_sum([one.rates for one in totals]),
        cases={case: cases[case] for case in totals[-1].cases}, unclear=sum(one.unclear for one in totals),
    )  # fmt: skip


def _coverage(found: Sequence[Coverage]) -> Coverage:
    return replace(
        found[-1], looks=sum(one.looks for one in found), proving=sum(one.proving for one in found),
        months=tuple(month for one in found for month in one.months),
    )  # fmt: skip

"""Tables for people: who moved and why, the year, the rates, and who has not handed in what."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.text import Text

from commands.output.tables import add_row, console, table_of
from core.domain.config import Config
from core.domain.models import Rate, Score, UnitRates
from reporting import wording
from reporting.explanation import grade_text, span


def print_score_changes(found: Sequence[Any], config: Config, before: str, after: str) -> None:
    """Who moves, by which indicators; those who stay are counted."""
    moved = [m for m in found if not m.is_still]
    table = table_of(
        f"{before} → {after}：{len(moved)} 个单位有变化，{len(found) - len(moved)} 个没有",
        "单位",
        "得分",
        "等级",
        "变在哪里",
    )
    for move in moved:
        shifts = "\n".join(
            f"{s.code} {s.title}：{span(s.before)} → {span(s.after)}（{s.why[:60]}）" for s in move.shifts
        )
        grades = [grade_text(s) for s in (move.before, move.after)]
        add_row(
            table,
            config.unit(move.unit).name,
            f"{span(move.before.total, '.2f')} → {span(move.after.total, '.2f')}",
            grades[0] if grades[0] == grades[1] else " → ".join(grades),
            shifts or "各项不变（折算、扣减或等级线变了）",
            style="bold" if grades[0] != grades[1] else None,
        )
    console().print(table)


def print_year(quarters: Mapping[str, tuple[bool, Mapping[str, Score]]], config: Config, number: int) -> None:
    """Four quarters of each unit, with the mean of those that are fixed or certain."""
    heads = [f"{name}{'（已冻结）' if frozen else '（未冻结）'}" for name, (frozen, _) in quarters.items()]
    table = table_of(f"{number} 年各季度", "单位", *heads, "均分（有定分的季度）")
    for unit in config.units:
        scores = [scores.get(unit.slug) for _, scores in quarters.values()]
        if not any(scores):
            continue
        certain = [s.total[0] for s in scores if s and s.total[0] == s.total[1]]
        mean = f"{sum(certain, Decimal(0)) / len(certain):.2f}（{len(certain)} 季）" if certain else "—"
        add_row(table, unit.name, *(f"{span(s.total, '.2f')} {grade_text(s)}" if s else "—" for s in scores), mean)
    console().print(table)


def rate_text(rate: Rate) -> str:
    """`97.5%（39/40，另有 2 未定）`."""
    value = f"{rate.value:.1f}%" if rate.value is not None else "—"
    unknown = f"，未定 {rate.unknown}" if rate.unknown else ""
    return f"{value}（{rate.numerator}/{rate.denominator}{unknown}）"


def print_rates(rates: Mapping[str, UnitRates], total: UnitRates, config: Config, period: str) -> None:
    """The rates of every unit and all together; then how the three sides stand."""
    names = [rate.name for rate in total.rates]
    table = table_of(f"{period} 公示指标（分子/分母；分母只算能判定的）", "单位", "决定", *names, right=("决定",))
    for slug, row in rates.items():
        add_row(table, config.unit(slug).name, row.decisions, *(rate_text(rate) for rate in row.rates))
    add_row(table, "合计", total.decisions, *(rate_text(rate) for rate in total.rates), style="bold")
    console().print(table)
    console().print(
        Text("计入分子的决定——" + "；".join(f"{name}：{wording.RATES[name]}" for name in names), style="dim")
    )
    sides = table_of(
        "三方比对（报送 · 本部门网站 · 信用网站）",
        "单位",
        *total.cases,
        "有一侧看不清",
        right=(*total.cases, "有一侧看不清"),
    )
    for slug, row in rates.items():
        add_row(sides, config.unit(slug).name, *row.cases.values(), row.unclear)
    add_row(sides, "合计", *total.cases.values(), total.unclear, style="bold")
    console().print(sides)


def print_chase(missing: Mapping[str, Sequence[str]], config: Config, month: str) -> None:
    """Who is to be chased for what, with whom to call."""
    if not missing:
        console().print(Text(f"{month}：各单位都已报送或零报告"))
        return
    table = table_of(f"{month} 催报清单：{len(missing)} 个单位", "单位", "没有报送也没有零报告", "联络人")
    for slug, forms in missing.items():
        unit = config.unit(slug)
        contacts = [f"{c.name} {c.email}" for c in unit.contacts if c.role == "contact"]
        add_row(table, unit.name, "、".join(forms), "、".join(contacts) or "（没有配置）")
    console().print(table)

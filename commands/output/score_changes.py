"""Tables for people: who moved and why, the year, the rates, and who has not handed in what."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from rich.text import Text

from commands.output.tables import add_row, table_of
from commands.output.terminal import console
from core.domain.config import Config
from core.domain.models import Score, UnitRates
from pipeline.whatif import ReadingTrial, UnitChange
from reporting import wording
from reporting.unit_views import rates_view


def print_score_changes(changes: Sequence[UnitChange], config: Config, before: str, after: str) -> None:
    """Who moves, by which indicators; those who stay are counted."""
    moved = [change for change in changes if not change.is_still]
    # not the table's title: that would be folded to a narrow table's width
    console().print(Text(f"{before} → {after}：{len(moved)} 个单位有变化，{len(changes) - len(moved)} 个没有"))
    table = table_of("", "单位", "得分", "等级", "变在哪里")
    for change in moved:
        shifts = "\n".join(
            f"{s.code} {s.title}：{wording.points_range(s.before)} → {wording.points_range(s.after)}（{s.why[:60]}）"
            for s in change.shifts
        )
        grades = dict.fromkeys(wording.grade(score) for score in (change.before, change.after))
        add_row(
            table,
            config.unit(change.unit).name,
            f"{wording.score_range(change.before.total)} → {wording.score_range(change.after.total)}",
            " → ".join(grades),
            shifts or "各项不变（折算、扣减或等级线变了）",
            style="bold" if len(grades) > 1 else None,
        )
    if moved:
        console().print(table)


def print_readings(trials: Sequence[ReadingTrial], config: Config) -> None:
    """Every reading with the choice in force, and of each other one who would move."""
    table = table_of("解读（in_force 是现用的）", "代号", "现用", "别的解读", "出处", "换了谁会变")
    for trial in trials:
        taken = trial.reading.taken
        add_row(
            table,
            f"{trial.reading.slug}\n{trial.reading.title}",
            f"{taken.name}：{taken.text}",
            f"{trial.choice.name}：{trial.choice.text}",
            wording.name_of(wording.PROVENANCE, trial.choice.provenance),
            "\n".join(_moved(move, config) for move in trial.moves) or "没有单位会变",
        )
    console().print(table)


def _moved(move: UnitChange, config: Config) -> str:
    grades = " → ".join(dict.fromkeys(wording.grade(score) for score in (move.before, move.after)))
    totals = " → ".join(wording.score_range(score.total) for score in (move.before, move.after))
    return f"{config.unit(move.unit).name}：{totals}（{grades}）"


def print_year(quarters: Mapping[str, tuple[bool, Mapping[str, Score]]], config: Config, number: int) -> None:
    """Four quarters of each unit, with the mean of those that are fixed or certain."""
    heads = [f"{name}{'（已冻结）' if frozen else '（未冻结）'}" for name, (frozen, _) in quarters.items()]
    table = table_of(f"{number} 年各季度", "单位", *heads, "均分（有定分的季度）")
    for unit in config.units:
        scores = [scores.get(unit.slug) for _, scores in quarters.values()]
        if any(scores):
            add_row(table, unit.name, *map(_total_and_grade, scores), _mean(scores))
    console().print(table)


def _total_and_grade(score: Score | None) -> str:
    return f"{wording.score_range(score.total)} {wording.grade(score)}" if score else "—"


def _mean(scores: Sequence[Score | None]) -> str:
    """The mean of the quarters whose score is certain."""
    certain = [score.total[0] for score in scores if score and score.total[0] == score.total[1]]
    return f"{wording.score(sum(certain, Decimal(0)) / len(certain))}（{len(certain)} 季）" if certain else "—"


def print_rates(rates: Mapping[str, UnitRates], total: UnitRates, config: Config, period: str) -> None:
    """The rates of every unit and all together; then how the three sides stand."""
    rows = {config.unit(slug).name: rates_view(row) for slug, row in rates.items()}
    together = rates_view(total)
    names = [rate.name for rate in together.rates]
    table = table_of(f"{period} 公示指标（分子/分母；分母只算能判定的）", "单位", "决定", *names, right=("决定",))
    for name, row in rows.items():
        add_row(table, name, row.decisions, *(rate.text for rate in row.rates))
    add_row(table, "合计", together.decisions, *(rate.text for rate in together.rates), style="bold")
    console().print(table)
    meanings = "；".join(f"{rate.name}：{rate.meaning}" for rate in together.rates)
    console().print(Text(f"计入分子的决定——{meanings}", style="dim"))
    heads = (*together.cases, "有一侧看不清")
    sides = table_of("三方比对（报送 · 本部门网站 · 信用网站）", "单位", *heads, right=heads)
    for name, row in rows.items():
        add_row(sides, name, *row.cases.values(), row.unclear)
    add_row(sides, "合计", *together.cases.values(), together.unclear, style="bold")
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

"""An explanation as a terminal shows it: indicator → rule → evidence → proof → ruling, and the sum."""

from rich.console import Console
from rich.text import Text

from commands.output.tables import console
from core.domain.models import Outcome
from reporting.explanation import Explanation, ExplanationLine, Ground, plain, span
from reporting.wording import OUTCOMES


def print_explanation(told: Explanation, *, full: bool) -> None:
    """Every point of one unit: indicator → rule → evidence → proof → ruling; met evidence in number unless `full`."""
    out = console()
    out.print(
        Text(
            f"{told.name}｜{told.period}｜{told.grade}｜得分 {span(told.total, '.2f')}（无人工裁定时 {span(told.raw, '.2f')}）",
            style="bold",
        )
    )
    out.print(Text(f"方案 {told.scheme}"))
    for row in told.rows:
        head = f"\n{row.code} {row.title}：{span((row.low, row.high))} / {plain(row.points)} 分（{row.rule}；{row.provenance}）"
        out.print(Text(head + ("" if row.judged else "　未评"), style="bold"))
        for line in (*row.lines, *row.deductions):
            _print_line(out, line, full=full)
    _print_sums(out, told)
    for head, unit_moves in (
        ("不计分的不符合事项（提醒单位整改）", True),
        ("属信用办一侧的事项（不计分，单位不用整改）", False),
    ):
        if grounds := [ground for ground in told.unscored if ground.unit_moves is unit_moves]:
            out.print(Text(f"\n{head}", style="bold"))
            for ground in grounds:
                _print_ground(out, ground)


def _print_line(out: Console, line: ExplanationLine, *, full: bool) -> None:
    sign = "+" if line.low >= 0 and line.high >= 0 else ""
    out.print(Text(f"  {sign}{span((line.low, line.high))}　{line.why}"))
    met = [g for g in line.grounds if g.outcome == OUTCOMES[Outcome.MET] and not g.ruling]
    shown = line.grounds if full else [g for g in line.grounds if g not in met]
    for ground in shown:
        _print_ground(out, ground)
    if met and not full:
        out.print(Text(f"      符合 {len(met)} 项，例如 {met[0].about}（加 --full 全部列出）", style="dim"))
    for said in line.rulings:
        out.print(Text(f"      裁定 {said}"))


def _print_ground(out: Console, ground: Ground) -> None:
    style = {"不符合": "red", "待核实": "red", "未能判定": "yellow", "期限未到": "cyan"}.get(ground.outcome[:4], "")
    out.print(Text(f"      [{ground.outcome}] {ground.about}：{ground.sentence}（事项号 {ground.call}）", style=style))
    for proof in ground.proofs:
        out.print(Text(f"          {proof}", style="dim"))
    if ground.ruling:
        out.print(Text(f"          裁定 {ground.ruling}"))


def _print_sums(out: Console, told: Explanation) -> None:
    low, high = (
        "".join(f" {'+' if end >= 0 else '-'} {plain(abs(end))}" for end in ends).removeprefix(" + ")
        for ends in ([r.low for r in told.rows], [r.high for r in told.rows])
    )
    out.print(Text("\n合计", style="bold"))
    out.print(Text(f"  实得（最低）{low} = {plain(told.won[0])}"))
    if told.won[0] != told.won[1]:
        out.print(Text(f"  实得（最高）{high} = {plain(told.won[1])}"))
    out.print(Text(f"  折算 {span(told.won)} ÷ 应得 {plain(told.open_points)} × 100 = {span(told.scaled, '.2f')}"))
    out.print(
        Text(
            f"  扣减 {span(told.deducted)}；得分 {span(told.total, '.2f')}；等级上限 {told.ceiling}；等级 {told.grade}"
        )
    )
    for line in told.ceiling_lines:
        _print_line(out, line, full=True)
    for what in told.to_settle:
        out.print(Text(f"  待定　{what}", style="yellow"))

"""An explanation as a terminal shows it: indicator → rule → evidence → proof → ruling, and the sum."""

from collections.abc import Sequence
from decimal import Decimal

from rich.console import Console
from rich.text import Text

from commands.output.terminal import console
from reporting import wording
from reporting.explanation import Explanation, ExplanationLine, ExplanationRow, Ground
from reporting.view_models import Status

_STYLES: dict[str, str] = {Status.PROVISIONAL: "red", Status.INCONCLUSIVE: "yellow", Status.PENDING: "cyan"}


def print_explanation(explanation: Explanation, *, full: bool) -> None:
    """Every point of one unit: indicator → rule → evidence → proof → ruling; met evidence in number unless `full`."""
    out = console()
    total, raw = wording.score_range(explanation.total), wording.score_range(explanation.raw)
    head = f"{explanation.name}｜{explanation.period}｜{explanation.grade}｜得分 {total}（无人工裁定时 {raw}）"
    out.print(Text(head, style="bold"))
    out.print(Text(f"方案 {explanation.scheme}"))
    for row in explanation.rows:
        _print_row(out, row, full=full)
    _print_sums(out, explanation)
    for head, unit_moves in (
        ("不计分的不符合事项（提醒单位整改）", True),
        ("属信用办一侧的事项（不计分，单位不用整改）", False),
    ):
        if grounds := [ground for ground in explanation.unscored if ground.unit_moves is unit_moves]:
            out.print(Text(f"\n{head}", style="bold"))
            for ground in grounds:
                _print_ground(out, ground)


def _print_row(out: Console, row: ExplanationRow, *, full: bool) -> None:
    points = f"{wording.points_range((row.low, row.high))} / {wording.points(row.points)} 分"
    head = f"\n{row.code} {row.title}：{points}（{row.rule}；{row.provenance}）"
    out.print(Text(head + ("" if row.judged else "　未评"), style="bold"))
    for line in (*row.lines, *row.deductions):
        _print_line(out, line, full=full)


def _print_line(out: Console, line: ExplanationLine, *, full: bool) -> None:
    sign = "+" if line.low >= 0 and line.high >= 0 else ""
    out.print(Text(f"  {sign}{wording.points_range((line.low, line.high))}　{line.why}"))
    met = [ground for ground in line.grounds if ground.outcome == Status.MET and not ground.ruling]
    for ground in line.grounds:
        if full or ground not in met:
            _print_ground(out, ground)
    if met and not full:
        out.print(Text(f"      符合 {len(met)} 项，例如 {met[0].about}（加 --full 全部列出）", style="dim"))
    for ruling in line.rulings:
        out.print(Text(f"      复核裁定 {ruling}"))


def _print_ground(out: Console, ground: Ground) -> None:
    head = f"      [{ground.outcome}] {ground.about}：{ground.sentence}（事项号 {ground.call}）"
    out.print(Text(head, style=_STYLES.get(ground.outcome, "")))
    for proof in ground.proofs:
        out.print(Text(f"          {proof}", style="dim"))
    if ground.ruling:
        out.print(Text(f"          复核裁定 {ground.ruling}"))


def _print_sums(out: Console, explanation: Explanation) -> None:
    low, high = _sum([row.low for row in explanation.rows]), _sum([row.high for row in explanation.rows])
    won, total = explanation.won, wording.score_range(explanation.total)
    scaled, deducted = wording.score_range(explanation.scaled), wording.points_range(explanation.deducted)
    out.print(Text("\n合计", style="bold"))
    out.print(Text(f"  实得（最低）{low} = {wording.points(won[0])}"))
    if won[0] != won[1]:
        out.print(Text(f"  实得（最高）{high} = {wording.points(won[1])}"))
    open_points = wording.points(explanation.open_points)
    out.print(Text(f"  折算 {wording.points_range(won)} ÷ 应得 {open_points} × 100 = {scaled}"))
    out.print(Text(f"  扣减 {deducted}；得分 {total}；等级上限 {explanation.ceiling}；等级 {explanation.grade}"))
    for line in explanation.ceiling_lines:
        _print_line(out, line, full=True)
    for matter in explanation.to_settle:
        out.print(Text(f"  待核清　{matter}", style="yellow"))


def _sum(points: Sequence[Decimal]) -> str:
    """`10 + 5 - 3`."""
    return "".join(f" {'+' if value >= 0 else '-'} {wording.points(abs(value))}" for value in points).removeprefix(
        " + "
    )

"""The quarter's commands: its calendar, the freeze, what later facts would change."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import (
    DEFAULT_DISTRICT,
    AsJson,
    AsOf,
    District,
    Var,
    clock_of,
    evaluation_at,
    open_district,
    open_session,
)
from core.domain.clock import Clock
from core.domain.errors import UsageError

if TYPE_CHECKING:  # a command loads what it needs when it runs
    from review.freeze import Hindrances


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(quarter)
    app.command()(freeze)
    app.command()(difference)


def quarter(
    period: Annotated[str | None, typer.Argument(help="季度，例如 2026Q3；不写是正在处理的季度")] = None,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """一个季度的日程：报送、异议、裁定、冻结、分发各到哪一天，下一步还差什么。例：chengxin quarter"""
    from commands.output import tables
    from core.domain.periods import parse_period
    from pipeline.open_matters import open_matters_of
    from pipeline.quarter import calendar_of, quarter_in_question
    from reporting.open_matters import tallied

    config, paths = open_district(district, var)
    now = clock_of(config, as_of).now()
    with open_session(config, paths, Clock.stopped(now)) as session:
        asked = parse_period(period) if period else quarter_in_question(session)
        if asked.interim:
            raise UsageError(f"{asked.name} 是月度进度，日程按季度：chengxin quarter {asked.quarter}")
        evaluation = evaluation_at(session, asked.name, now)
        steps = calendar_of(session, evaluation, tallied(open_matters_of(session, evaluation)))
    if as_json:
        tables.print_json({"period": asked.name, "steps": [asdict(step) for step in steps]})
        return
    tables.print_calendar(asked.name, steps, now.date())


def freeze(
    period: Annotated[str, typer.Argument(help="季度，例如 2026Q3")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    correct: Annotated[str, typer.Option(help="正式更正的理由：已冻结的季度再冻结一个新版本")] = "",
    over: Annotated[str, typer.Option(help="还有定不了的事项、没看全的栏目，仍要冻结的理由：封存，并印在报告里")] = "",
    check: Annotated[bool, typer.Option("--check", help="只看还差什么，不冻结")] = False,
    as_of: AsOf = None,
) -> None:
    """冻结一个季度：结果连同事实散列、方案与程序版本不再改变；之后的事实列为差异。例：chengxin freeze 2026Q3"""
    from core.domain.models import FreezeProposal
    from core.domain.periods import parse_period
    from core.runtime.version import code_version
    from pipeline.open_matters import open_matters_of
    from reporting.open_matters import tallied
    from review import freeze as freezing
    from review.reviewers import who_speaks

    config, paths = open_district(district, var)
    now, quarter = clock_of(config, as_of).now(), parse_period(period)
    with open_session(config, paths, Clock.stopped(now)) as session:
        evaluation = evaluation_at(session, period, now)
        matters = open_matters_of(session, evaluation)
        if check:
            _tell_hindrances(freezing.hindrances(session, quarter, evaluation, tallied(matters)))
            return
        result = freezing.freeze(
            session, evaluation, quarter, who_speaks(config),
            matters=matters, code=code_version(), why=correct, over=over,
        )  # fmt: skip
    if isinstance(result, FreezeProposal):
        typer.echo(
            f"{period}（第 {result.version} 版）已由 {result.by} 提议冻结，还没有生效：请另一名复核人用自己的账号或密钥"
            f"再运行 chengxin freeze {period}"
        )
        return
    typer.echo(f"{period} 已由 {result.by} 冻结（第 {result.version} 版），散列值 {result.sha256}；下一夜封存进存证链")


def _tell_hindrances(hindered: Hindrances) -> None:
    """What stands in the way, apart: what must be done first, and what a reason may freeze over."""
    if not hindered:
        typer.echo("可以冻结")
    for head, lines in (
        ("还不能冻结：", hindered.firm),
        ("没有定的，能定的先定，定不了的写明理由才能冻结（--over 理由）：", hindered.open),
    ):
        if lines:
            typer.echo(head)
        for line in lines:
            typer.echo(f"  {line}")


def difference(
    period: Annotated[str, typer.Argument(help="已冻结的季度，例如 2026Q3")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    as_of: AsOf = None,
) -> None:
    """冻结之后的事实会改变什么（冻结的结果不变）。例：chengxin difference 2026Q3"""
    from commands.output import tables
    from review.freeze import as_frozen, counted_as_read, differences

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        frozen = session.frozen.newest(period)
        if frozen is None:
            raise UsageError(f"{period} 还没有冻结")
        now = counted_as_read(session, evaluation_at(session, period, clock_of(config, as_of).now()))
        changes = differences(as_frozen(frozen), now)
    if as_json:
        tables.print_json([{"unit": d.unit, "what": d.coded or d.what} for d in changes])
        return
    typer.echo(
        f"{period} 第 {frozen.version} 版冻结于 {frozen.at:%Y-%m-%d %H:%M}（{frozen.by}）；{len(changes)} 处不同"
    )
    for change in changes:
        typer.echo(f"  {config.unit(change.unit).name}：{change.what}")

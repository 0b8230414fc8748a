"""Reports: in any form, of one unit, the public edition, and the distribution set of a frozen quarter."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from commands.options import (
    DEFAULT_DISTRICT,
    AsJson,
    District,
    UnitOption,
    Var,
    newest_night,
    open_district,
    open_session,
    unit_of,
)
from core.domain.errors import UsageError


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(report)
    app.command()(publish)


def report(
    period: Annotated[str, typer.Argument(help="考核期：2026Q3、2026-08（该季度到八月底的进度），或 2026（全年）")],
    forms: Annotated[
        list[str] | None, typer.Option("--format", help="html、pdf、docx、xlsx、json，可写多次（默认 html）")
    ] = None,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    unit: UnitOption = None,
    public: Annotated[bool, typer.Option("--public", help="公开版：只有等级和理由，没有个人信息和内部说明")] = False,
    brief: Annotated[bool, typer.Option("--brief", help="只出给领导看的一页简报")] = False,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹")] = Path("报告"),
) -> None:
    """生成报告：季度、月度或年度，任一格式；--unit 只出一个单位的告知书，--brief 只出一页简报。

    例：chengxin report 2026Q3 --format pdf --format docx
    """
    from pipeline import publish
    from reporting.formal.report import public_edition

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        report = publish.report_of(session.at(newest_night(session)), period)
    say = _say
    if unit:
        written = list(publish.write_letters(report, [publish.unit_of(report, unit_of(config, unit))], out, say))
    elif brief:
        if report.leaders is None:
            raise UsageError("年度报告不评等级，没有简报：请写季度，例如 2026Q3")
        written = publish.write_brief(report, out, say)
    else:
        written = publish.write_report(public_edition(report) if public else report, forms or ["html"], out, say)
    for file in written:
        typer.echo(f"已写出 {out / file.name}（{max(1, file.size // 1024)} KiB）")


def publish(
    period: Annotated[str, typer.Argument(help="已冻结的季度，例如 2026Q3")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    out: Annotated[Path, typer.Option("--out", help="写到哪个文件夹")] = Path("分发"),
) -> None:
    """冻结的季度的整套分发文件：区领导和营商办、各单位主要负责人、公开版，附清单。

    例：chengxin publish 2026Q3 --out 分发
    """
    from commands.output import tables
    from core.domain.periods import parse_period
    from pipeline import publish

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        written = publish.publish(session.at(newest_night(session)), parse_period(period), out, _say)
    if as_json:
        tables.print_json([asdict(file) for file in written])
    else:
        typer.echo(f"已写出 {len(written)} 个文件到 {out}，清单.json 列有每个文件的散列值和去向")


def _say(text: str) -> None:
    typer.echo(text, err=True)

"""The configuration as a whole: every fault in one run."""

from pathlib import Path

import typer

from commands.options import DEFAULT_DISTRICT, AsJson, District
from core.domain.clock import Clock
from core.domain.errors import ConfigError, UsageError

config_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="区县配置：一次找出全部错误。")


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.add_typer(config_app, name="config")


@config_app.command("check")
def check(district: District = DEFAULT_DISTRICT, as_json: AsJson = False) -> None:
    """读全部配置，一次列出所有错误（文件、键、原因）和待办；有错以 2 退出。例：chengxin config check"""
    from commands.output import tables
    from pipeline.config_check import check_config

    if not district.is_dir():
        raise UsageError(
            f"没有这个文件夹：{district}；用 --district 指定区县配置文件夹，或用 chengxin init 文件夹 建一个"
        )
    report = check_config(district, Clock().now().date())
    if as_json:
        faults = [{"file": _below(f, district), "key": f.key, "why": f.why} for f in report.faults]
        tables.print_json({"faults": faults, "warnings": list(report.warnings)})
    else:
        for fault in report.faults:
            typer.echo(f"错误　{_below(fault, district)}：{f'{fault.key}：' if fault.key else ''}{fault.why}")
        for warning in report.warnings:
            typer.echo(f"注意　{warning}")
        typer.echo(f"{district}：{len(report.faults)} 处错误，{len(report.warnings)} 处注意")
    if report.faults:
        raise typer.Exit(2)


def _below(fault: ConfigError, district: Path) -> str:
    """The fault's file as it is called in the district's folder."""
    where = Path(fault.where)
    root = district.resolve()
    return str(where.relative_to(root)) if where.is_relative_to(root) and where != root else fault.where

"""One portal at a time: an unknown one tried, a known one checked, a case saved. The store is not touched."""

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import DEFAULT_DISTRICT, AsJson, District, clock_of, load_district, unit_of
from core.domain.errors import UsageError

if TYPE_CHECKING:  # a command loads what it runs
    from pipeline.onboard import Seen

portal_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="单个公示栏目：试看没见过的、核对已有的、存成案例；不动数据。"
)


UNREAD = (
    "没有写出草案：原因和下一步见上；照做了还是不成，而浏览器里看得到列表的，请把网址、页面和 --why 的输出发给开发者"
)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.add_typer(portal_app, name="portal")


@portal_app.command("check")
def portal_check(
    portal: Annotated[str, typer.Argument(help="栏目代号，即 portals/ 下的文件名")],
    district: District = DEFAULT_DISTRICT,
    as_json: AsJson = False,
    as_of: Annotated[str | None, typer.Option(help="模拟区县的时间")] = None,
) -> None:
    """把一个栏目完整看一遍，显示核查结论和读到的记录，不保存。例：chengxin portal check scjgj-penalty"""
    from commands.output import tables
    from pipeline import onboard

    config = load_district(district)
    with tempfile.TemporaryDirectory() as work:
        seen = onboard.check_portal(config, portal, clock_of(config, as_of), Path(work))
    if as_json:
        tables.print_json({"looks": [asdict(x) for x in seen.looks], "findings": [asdict(x) for x in seen.findings]})
    else:
        typer.echo(f"{config.portal(portal).name}：{config.portal(portal).verified_by}")
        tables.print_looks(seen.looks, {p.id: p.name for p in config.portals})
        tables.print_findings(seen.findings)


@portal_app.command("try")
def portal_try(
    url: Annotated[str, typer.Argument(help="栏目第一页的网址")],
    portal: Annotated[str, typer.Option("--id", help="给这个栏目起的代号（小写字母、数字、短横）")],
    district: District = DEFAULT_DISTRICT,
    unit: Annotated[str | None, typer.Option("--unit", "-u", help="部门门户写单位代号或名称；信用网站不写")] = None,
    kinds: Annotated[list[str] | None, typer.Option("--kind", help="licence 或 penalty，可写两次；默认两种")] = None,
    name: Annotated[str, typer.Option(help="栏目名称；默认取页面上的栏目名")] = "",
    list_date: Annotated[
        str | None, typer.Option("--date", help="列表日期的含义：published、decided、effective、document、unknown")
    ] = None,
    verified_by: Annotated[
        str, typer.Option("--verified-by", help="谁已对照网页核对过读到的内容（姓名），写进 verified")
    ] = "",
    one_page_by: Annotated[
        str, typer.Option("--one-page-by", help="谁亲眼看过栏目只有一页（姓名），写进 one_page")
    ] = "",
    may_be_empty: Annotated[bool, typer.Option("--may-be-empty", help="这个栏目可能一条也没有")] = False,
    ask: Annotated[bool | None, typer.Option("--ask/--no-ask", help="只有人知道的，逐项问；默认在终端上才问")] = None,
    cases: Annotated[Path, typer.Option(help="案例存到哪里")] = Path("tests/fixtures/portals"),
    allow_private: Annotated[bool, typer.Option(help="允许内网地址")] = False,
    why: Annotated[bool, typer.Option("--why", help="逐个家族列出没有读成的原因")] = False,
    plain: Annotated[bool, typer.Option("--plain", help="不用浏览器就读得了的，不再用浏览器核对")] = False,
    as_of: Annotated[str | None, typer.Option(help="模拟区县的时间")] = None,
) -> None:
    """试看一个没见过的栏目：认出家族，显示会读到什么，写出配置草稿和案例。

    例：chengxin portal try https://… --id scjgj-cf --unit 市监局
    """
    from commands import portal_questions
    from commands.output import portal_trial
    from pipeline.onboard import Answers
    from pipeline.portal_trial import known_facts, looked_again, new_file, try_portal, with_answers, write_draft

    config = load_district(district)
    new_file(config, portal)  # said before minutes are spent on looking
    facts = known_facts(
        portal,
        name=name,
        unit=unit_of(config, unit) if unit else None,
        kinds=kinds or (),
        allow_private=allow_private,
    )
    clock = clock_of(config, as_of)
    given = Answers(
        on=clock.now().date(),
        list_date=list_date or "",
        one_page_by=one_page_by.strip(),
        may_be_empty=may_be_empty,
        verified_by=verified_by.strip(),
    )
    with tempfile.TemporaryDirectory() as work:
        trial = try_portal(config, url, clock, Path(work), facts, twice=not plain)
        portal_trial.print_trial(trial, why=why)
        if trial.seen is None:
            raise UsageError(UNREAD)
        answers = portal_questions.answers(trial, given, ask=sys.stdin.isatty() if ask is None else ask)
        trial = with_answers(trial, answers)
        if answers.one_page_by:
            trial = looked_again(trial, config, clock, Path(work))
            portal_trial.print_signed(trial)
        for path in write_draft(trial, config, cases):
            typer.echo(f"已写出 {_from_here(path)}")
        _say_look(trial.seen, trial.id, cases)
        _say_next(trial.id, answers.verified_by)


@portal_app.command("record")
def portal_record(
    portal: Annotated[str, typer.Argument(help="栏目代号")],
    district: District = DEFAULT_DISTRICT,
    cases: Annotated[Path, typer.Option(help="案例存到哪里")] = Path("tests/fixtures/portals"),
    as_of: Annotated[str | None, typer.Option(help="模拟区县的时间")] = None,
) -> None:
    """把一个栏目的列表、一条详情和整次试看存成测试案例（个人信息已隐去）。例：chengxin portal record scjgj-penalty"""
    from pipeline import onboard

    config = load_district(district)
    with tempfile.TemporaryDirectory() as work:
        seen = onboard.check_portal(
            config, portal, clock_of(config, as_of), Path(work), kind="window", details=onboard.SAMPLE
        )
        for path in onboard.record_case(seen, portal, cases):
            typer.echo(f"已存 {path}：核对 expected.json 后删去 unconfirmed 一行")
        _say_look(seen, portal, cases)


def _say_next(portal: str, verified_by: str) -> None:
    """What is left to do before the column is watched."""
    verify = "" if verified_by else "，在草案里写上 verified（核对人和日期）"
    typer.echo(f"下一步：对照网页核对草案和案例{verify}，把 enabled 改为 true")
    typer.echo(f"然后运行：chengxin portal check {portal}")


def _from_here(path: Path) -> Path:
    """A path as it is called from the current folder."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _say_look(seen: "Seen | None", portal: str, cases: Path) -> None:
    """Save the whole look beside its pages, and say where, or why not."""
    from pipeline.onboard import record_look

    if seen is None:
        return
    folder, why = record_look(seen, portal, cases)
    if folder is None:
        typer.echo(f"没有存下整次试看（{why}）：只按页面核对")
    else:
        typer.echo(f"已存 {folder}：整次试看，不联网也能重放；核对 expected.json 后删去 unconfirmed 一行")

"""The command line: parse, call one function, map failure to an exit code.

Exit codes: 0 done (breaches found are a result) · 1 `--strict` and something is breached · 2 wrong use or
configuration · 3 the engine failed · 4 a result was not delivered.
"""

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from commands import register
from commands.shared import (
    DEFAULT_DISTRICT,
    AsJson,
    District,
    PeriodOption,
    UnitOption,
    Var,
    clock_of,
    judged,
    open_district,
    unit_of,
)
from core.clock import ZONE
from core.config import load
from core.errors import ChengxinError, StoreError, UsageError
from core.paths import Paths

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="政务诚信监测：核查双公示是否在期限内公示，留存证据，生成预警、报告和季度等级。",
)

portal_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="单个公示栏目：试看没见过的、核对已有的、存成案例；不动数据。")
app.add_typer(portal_app, name="portal")
evidence_app = typer.Typer(rich_markup_mode=None, help="证据：列出，或导出一个决定的证据包。")
app.add_typer(evidence_app, name="evidence")
register(app)


@app.command()
def night(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    as_of: Annotated[str | None, typer.Option(help="模拟区县的时间，例如 2026-07-05T00:30")] = None,
    strict: Annotated[bool, typer.Option(help="有未达要求的事项时以 1 退出")] = False,
) -> None:
    """跑一夜：核查、比对、评分、报告、邮件。被中断后重跑会接着做完。例：chengxin night"""
    import scheduler
    from core.models import Outcome
    from reporting import console

    config, paths = open_district(district, var)
    result = scheduler.night(config, paths, clock_of(config, as_of), say=lambda text: typer.echo(text, err=True))
    breached = [e for e in result.judgement.evidence if e.outcome is Outcome.BREACHED]
    if as_json:
        console.print_json(
            {
                "run": result.run,
                "seconds": result.seconds,
                "peak_kib": result.peak_kib,
                "already": result.already,
                "looks": [asdict(look) for look in result.looks],
                "breached": len(breached),
                "letters": [str(p) for p in result.letters],
            }
        )
    else:
        console.print_night(
            result.run, result.looks, result.seconds, result.peak_kib, len(breached), result.letters, paths.report
        )
    if strict and breached:
        raise typer.Exit(1)


@app.command()
def schedule(district: District = DEFAULT_DISTRICT, var: Var = None) -> None:
    """常驻运行：每天凌晨自动跑一夜（Asia/Shanghai）。例：chengxin schedule"""
    import scheduler

    config, paths = open_district(district, var)
    scheduler.serve(config, paths, district.resolve(), say=lambda text: typer.echo(text, err=True))


@app.command()
def demo(
    nights: Annotated[int, typer.Option(min=1, max=104, help="演示多少夜")] = 104,
    var: Annotated[Path, typer.Option("--var", help="数据文件夹，会先清空")] = Path("var/demo"),
) -> None:
    """演示：在本机启动一个模拟区县，逐夜跑完一个季度并与真相对账。例：chengxin demo --nights 20"""
    import scheduler
    from core.chromium import find_chromium
    from replica.fillers import make_town
    from replica.play import play

    raise typer.Exit(
        play(
            Paths(var), nights, scheduler.night, scheduler.take_in, scheduler.quarter_filed, make_town(),
            browser=bool(find_chromium()),
        )
    )


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="报送工作簿（xlsx 或 xls），或装着工作簿和附件的文件夹、zip", exists=False)],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_of: Annotated[str | None, typer.Option(help="模拟区县的时间")] = None,
) -> None:
    """导入报送表：逐行报告错误，保留正确的行和附件，重复导入不会重复。例：chengxin import 七月报送.zip"""
    import scheduler
    from core.store import Store
    from intake.summary import render_summary, render_total

    config, paths = open_district(district, var)
    with Store(paths.store) as store:
        results = scheduler.take_in(store, config, paths, files, clock_of(config, as_of).now())
    typer.echo(render_summary([taken.reading for taken in results]))
    typer.echo(render_total([(t.reading, t.submissions, t.zeros, t.filings) for t in results]))
    if any(t.reading.is_empty and t.reading.faults for t in results):
        raise typer.Exit(2)


@app.command()
def template(
    kind: Annotated[str, typer.Argument(help="双公示、全部，或表名（如 信用承诺、publicity）；写错会列出全部表名")],
    out: Annotated[Path, typer.Argument(help="写到哪个文件（.xlsx）")],
    district: District = DEFAULT_DISTRICT,
    audience: Annotated[str, typer.Option("--for", help="全部的表给谁：town、dept-a、dept-b 或 office（提供数据的部门）")] = "",
) -> None:
    """生成报送模板。例：chengxin template 全部 河下街道报送表.xlsx --for town"""
    from intake.template import write_template

    write_template(kind, out, load(district).on(datetime.now(ZONE).date()), audience)
    typer.echo(f"已生成：{out}")


@app.command()
def status(district: District = DEFAULT_DISTRICT, var: Var = None, as_json: AsJson = False) -> None:
    """最近的批次、各栏目状况、证据概况。例：chengxin status"""
    from core.machine import disk_of
    from core.store import Store
    from judging import status_of
    from reporting import console

    config, paths = open_district(district, var)
    with Store(paths.store) as store:
        found = status_of(store, config) | {"disk": asdict(disk_of(paths))}
    console.print_json(found) if as_json else console.print_status(found)


@app.command()
def looks(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    portal: Annotated[str | None, typer.Option(help="只看一个栏目")] = None,
    run: Annotated[str | None, typer.Option(help="只看一夜，例如 2026-07-05")] = None,
) -> None:
    """核查记录：看了什么、看全没有、为什么不能作证。例：chengxin looks --run 2026-07-05"""
    from core.store import Store
    from reporting import console

    config, paths = open_district(district, var)
    with Store(paths.store) as store:
        found = store.looks(portal=portal, run=run)
    names = {p.id: p.name for p in config.portals}
    console.print_json([asdict(x) for x in found]) if as_json else console.print_looks(found, names)


@app.command()
def findings(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    unit: UnitOption = None,
) -> None:
    """公示记录：从栏目里读到的每一条。例：chengxin findings --unit 市监局"""
    from core.store import Store
    from reporting import console

    config, paths = open_district(district, var)
    slug = unit_of(config, unit) if unit else None
    with Store(paths.store) as store:
        found = [f for f in store.findings().values() if slug in (None, f.unit)]
    console.print_json([asdict(x) for x in found]) if as_json else console.print_findings(found)


@evidence_app.callback(invoke_without_command=True)
def evidence(
    context: typer.Context,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    unit: UnitOption = None,
    outcome: Annotated[str | None, typer.Option(help="met、breached、pending、inconclusive 或 not_applicable")] = None,
) -> None:
    """证据：每项检查的结论和理由。例：chengxin evidence --unit 市监局 --outcome breached"""
    if context.invoked_subcommand is not None:
        return
    from core.cache import JudgementCache
    from core.store import Store
    from reporting import console

    config, paths = open_district(district, var)
    slug = unit_of(config, unit) if unit else None
    with Store(paths.store) as store:
        cache = JudgementCache(store)
        every = (*cache.evidence(unit=slug), *(e for e in judged(store, config, None).filed if slug in (None, e.unit)))
        found = [e for e in every if outcome in (None, e.outcome)]
        decisions = cache.decisions()
    console.print_json([asdict(x) for x in found]) if as_json else console.print_evidence(found, decisions)


@evidence_app.command("export")
def evidence_export(
    decision: Annotated[str, typer.Argument(help="决定代号，或决定文书号")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    unit: UnitOption = None,
    out: Annotated[Path | None, typer.Option(help="写到哪里（默认 证据包-文书号.zip）")] = None,
) -> None:
    """把一个决定的证据装成一个文件：说明、网页存证（已隐去个人信息）、截图、存证链，他人可自行核对。例：chengxin evidence export 淮市监罚〔2026〕12号"""
    from checks import TEXTS
    from core.chain import head
    from core.chromium import find_chromium
    from core.store import Store
    from judging import dossier, facts_of
    from reporting.exhibit.pack import Subject, export

    config, paths = open_district(district, var)
    now = datetime.now(ZONE)
    with Store(paths.store) as store:
        found = dossier(store, decision, unit_of(config, unit) if unit else None, now)
        (subject,) = found.decisions.values()
        target = out or Path(f"证据包-{_file_name(subject.number or subject.id)}.zip")
        notes = export(
            store,
            config,
            paths,
            Subject(
                decision=subject, evidence=found.evidence, facts=facts_of(store, found), texts=TEXTS, head=head(store), at=now
            ),
            target,
            find_chromium(),
        )
    typer.echo(f"已写出 {target}（{target.stat().st_size // 1024} KiB）")
    for note in notes:
        typer.echo(f"说明：{note}")


def _file_name(text: str) -> str:
    """Words fit for a file's name: no path comes from a title."""
    return "".join(c if c.isalnum() or c in "〔〕-" else "_" for c in text)[:80]


@app.command()
def scores(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    period: PeriodOption = None,
) -> None:
    """得分与等级（事实未明时为区间）。例：chengxin scores --period 2026Q3"""
    from core.store import Store
    from reporting import console

    config, paths = open_district(district, var)
    with Store(paths.store) as store:
        found = judged(store, config, period)
    names = {u.slug: u.name for u in config.units}
    console.print_json([asdict(x) for x in found.scores]) if as_json else console.print_scores(found.scores, names)


@portal_app.command("check")
def portal_check(
    portal: Annotated[str, typer.Argument(help="栏目代号，即 portals/ 下的文件名")],
    district: District = DEFAULT_DISTRICT,
    as_json: AsJson = False,
    as_of: Annotated[str | None, typer.Option(help="模拟区县的时间")] = None,
) -> None:
    """把一个栏目完整看一遍，显示核查结论和读到的记录，不保存。例：chengxin portal check scjgj-penalty"""
    import tempfile

    import portals
    from reporting import console

    config = load(district)
    with tempfile.TemporaryDirectory() as work:
        seen = portals.check_portal(config, portal, clock_of(config, as_of), Path(work))
    if as_json:
        console.print_json({"looks": [asdict(x) for x in seen.looks], "findings": [asdict(x) for x in seen.findings]})
    else:
        console.print_looks(seen.looks, {p.id: p.name for p in config.portals})
        console.print_findings(seen.findings)


@portal_app.command("try")
def portal_try(
    url: Annotated[str, typer.Argument(help="栏目第一页的网址")],
    portal: Annotated[str, typer.Option("--id", help="给这个栏目起的代号（小写字母、数字、短横）")],
    district: District = DEFAULT_DISTRICT,
    unit: Annotated[str | None, typer.Option("--unit", "-u", help="部门门户写单位代号或名称；信用网站不写")] = None,
    kinds: Annotated[list[str] | None, typer.Option("--kind", help="licence 或 penalty，可写两次；默认两种")] = None,
    name: Annotated[str, typer.Option(help="栏目名称；默认取页面上的栏目名")] = "",
    list_date: Annotated[str | None, typer.Option("--date", help="列表日期的含义：published、decided、effective、document、unknown")] = None,
    cases: Annotated[Path, typer.Option(help="案例存到哪里")] = Path("tests/fixtures/portals"),
    allow_private: Annotated[bool, typer.Option(help="允许内网地址")] = False,
    as_of: Annotated[str | None, typer.Option(help="模拟区县的时间")] = None,
) -> None:
    """试看一个没见过的栏目：认出家族，显示会读到什么，写出配置草稿和案例。例：chengxin portal try https://… --id scjgj-cf --unit 市监局"""
    import tempfile

    import portals
    from reporting import trying

    config = load(district)
    facts = {
        "id": portal, "name": name, "channel": "department" if unit else "credit",
        "unit": unit_of(config, unit) if unit else None, "kinds": kinds or ["licence", "penalty"],
        "allow_private": allow_private,
    }
    with tempfile.TemporaryDirectory() as work:
        trial = portals.try_portal(config, url, clock_of(config, as_of), Path(work), facts)
        trying.print_trial(trial.look, trial.proposals, trial.seen, trial.date_said, trial.list_date)
        if trial.seen is None:
            raise UsageError("没有一个家族能读这一页：请看上面的原因；能在浏览器里看到列表的，把网址和页面发给开发者")
        kind = list_date or trial.list_date
        if kind == "unknown" and sys.stdin.isatty():
            kind = typer.prompt(trying.QUESTION, default="unknown")
        for path in portals.write_draft(portals.with_date(trial, kind), config, cases):
            typer.echo(f"已写出 {path}")


@portal_app.command("record")
def portal_record(
    portal: Annotated[str, typer.Argument(help="栏目代号")],
    district: District = DEFAULT_DISTRICT,
    cases: Annotated[Path, typer.Option(help="案例存到哪里")] = Path("tests/fixtures/portals"),
    as_of: Annotated[str | None, typer.Option(help="模拟区县的时间")] = None,
) -> None:
    """把一个栏目的列表首页和一条详情存成测试案例（个人信息已隐去）。例：chengxin portal record scjgj-penalty"""
    import tempfile

    import portals

    config = load(district)
    with tempfile.TemporaryDirectory() as work:
        seen = portals.check_portal(config, portal, clock_of(config, as_of), Path(work), kind="window", details=portals.SAMPLE)
        for path in portals.record_case(seen, portal, cases):
            typer.echo(f"已存 {path}：核对 expected.json 后删去 unconfirmed 一行")


@app.command()
def doctor(district: District = DEFAULT_DISTRICT, var: Var = None, as_json: AsJson = False) -> None:
    """检查本机缺什么：浏览器、字体、时钟、磁盘、发信。例：chengxin doctor"""
    from core.chromium import find_chromium
    from core.machine import examine
    from reporting import console

    config, paths = open_district(district, var)
    found = examine(config, paths.root, find_chromium())
    console.print_json([asdict(x) for x in found]) if as_json else console.print_doctor(found)
    if any(item.state == "bad" for item in found):
        raise typer.Exit(3)


@app.command()
def replay(district: District = DEFAULT_DISTRICT, var: Var = None) -> None:
    """不联网，用存证把每次核查重新读一遍并重新判断，列出与当时不同之处。例：chengxin replay"""
    import tempfile

    import scheduler
    from core.retention import looks_without_bytes
    from core.store import Store

    config, paths = open_district(district, var)
    with Store(paths.store) as store, tempfile.TemporaryDirectory() as work:
        looks, differences = scheduler.replay(store, config, paths, Path(work))
        gone = len(looks_without_bytes(store))
    for line in differences:
        typer.echo(line)
    if gone:
        typer.echo(f"另有 {gone} 次核查的存证已按保存期移除，没有重读；与它们有关的记录会列为不同")
    typer.echo(f"重读 {looks} 次核查，{'没有不同' if not differences else f'{len(differences)} 处不同'}")


@app.command()
def verify(district: District = DEFAULT_DISTRICT, var: Var = None) -> None:
    """逐条核对全部封存的记录、网页存证和附件，指出第一条不符的。例：chengxin verify"""
    from core.chain import head
    from core.chain import verify as check
    from core.store import Store

    _, paths = open_district(district, var)
    with Store(paths.store) as store:
        checked, broken = check(store, paths)
        newest = head(store)
    if broken is not None:
        raise StoreError(f"核对到第 {checked + 1} 条时不符：{broken}")
    typer.echo(f"{checked} 条记录全部相符；存证链头 {newest}")


@app.command()
def prune(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只列出，不记录")] = False,
) -> None:
    """列出并登记超过保存期、又没有证据要用的存证文件；夜间任务封存登记之后才删除。例：chengxin prune --dry-run"""
    from core.retention import outdated, retire, sweep
    from core.store import Store

    config, paths = open_district(district, var)
    now = datetime.now(ZONE)
    with Store(paths.store) as store:
        swept = [] if dry_run else sweep(store, paths)
        old = outdated(store, config, paths, now) if dry_run else retire(store, config, paths, now)
    for one in old:
        typer.echo(f"{one.file}　{one.size / 1024 / 1024:.1f} MB")
    said = "可以移除" if dry_run else "已登记移除，下一夜封存后删除"
    typer.echo(f"{said} {len(old)} 个文件；本次删除此前已封存登记的 {len(swept)} 个")


@app.command()
def backup(
    out: Annotated[Path, typer.Argument(help="备份文件（.zip）")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
) -> None:
    """备份全部数据（运行中也可以）。例：chengxin backup 备份-20260801.zip"""
    from core.backup import backup as write

    _, paths = open_district(district, var)
    typer.echo(f"已备份 {write(paths, out)} 个文件：{out}")


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="备份文件")], district: District = DEFAULT_DISTRICT, var: Var = None
) -> None:
    """从备份恢复到空的数据文件夹。例：chengxin restore 备份-20260801.zip"""
    from core.backup import restore as read

    _, paths = open_district(district, var)
    typer.echo(f"已恢复 {read(source, paths)} 个文件到 {paths.root}")


def main() -> None:
    """Entry point: run a command; a known failure is one sentence and its exit code."""
    try:
        app()
    except ChengxinError as error:
        typer.echo(f"错误：{error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()

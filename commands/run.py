"""Running it: a night, every night, the demo, and what is handed in."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.options import (
    DEFAULT_DISTRICT,
    AsJson,
    District,
    Var,
    clock_of,
    load_district,
    open_district,
    open_session,
)
from core.domain.clock import ZONE
from core.runtime.failures import LOG
from core.runtime.paths import Paths


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for command in (night, schedule, template):
        app.command()(command)
    app.command("import")(import_)
    app.command()(demo)


def night(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    as_of: Annotated[str | None, typer.Option(help="模拟区县的时间，例如 2026-07-05T00:30")] = None,
    strict: Annotated[bool, typer.Option(help="有不符合事项时以 1 退出")] = False,
) -> None:
    """跑一夜：核查、比对、评分、报告、邮件。被中断后重跑会接着做完。例：chengxin night"""
    import scheduler
    from commands.output import tables
    from commands.watched import watched_night
    from core.domain.models import Outcome

    with watched_night(district, var, live=as_of is None):
        config, paths = open_district(district, var, needs_store=False)
        result = scheduler.night(config, paths, clock_of(config, as_of), say=lambda text: typer.echo(text, err=True))
    breached = [e for e in result.evaluation.evidence if e.outcome is Outcome.BREACHED]
    if as_json:
        tables.print_json(
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
        tables.print_night(result, len(breached), paths.report)
    if strict and breached:
        raise typer.Exit(1)


def schedule(district: District = DEFAULT_DISTRICT, var: Var = None) -> None:
    """常驻运行：每天凌晨自动跑一夜（Asia/Shanghai）。例：chengxin schedule"""
    import scheduler

    config, paths = open_district(district, var, needs_store=False)
    scheduler.serve(config, paths, district.resolve(), say=lambda text: typer.echo(text, err=True))


def demo(
    nights: Annotated[int, typer.Option(min=1, max=104, help="演示多少夜")] = 104,
    last: Annotated[bool, typer.Option("--last", help="演示最后的若干夜，而不是最初的：到冻结和分发为止")] = False,
    var: Annotated[Path, typer.Option("--var", help="数据文件夹：空的，或上次演示留下的（会先清空）")] = Path(
        "var/demo"
    ),
) -> None:
    """演示：在本机启动一个模拟区县，逐夜跑完一个季度，与真相对账，直到冻结和分发。例：chengxin demo --nights 20"""
    import scheduler
    from commands.demo_quarter import finish_quarter
    from core.domain.config import load
    from core.domain.periods import period_of
    from core.runtime.chromium import find_chromium
    from pipeline import ingest
    from review.reviewers import named_account
    from simulation.background_cases import make_world
    from simulation.demo import Stages, run_demo
    from simulation.world import FIRST_NIGHT
    from simulation.world import nights as world_nights

    paths = LOG.paths = Paths(var.resolve())
    played = world_nights()[-nights:] if last else world_nights()[:nights]
    code = run_demo(
        paths,
        played,
        Stages(scheduler.night, ingest.import_uploads, scheduler.quarter_filed),
        make_world(),
        browser=bool(find_chromium()),
        reviewer=named_account(),
    )
    if played[-1] == world_nights()[-1] and named_account():
        finish_quarter(load(paths.root / "district"), paths, period_of(FIRST_NIGHT), typer.echo)
    raise typer.Exit(code)


def import_(
    files: Annotated[
        list[Path], typer.Argument(help="报送工作簿（xlsx 或 xls），或装着工作簿和附件的文件夹、zip", exists=False)
    ],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    sender: Annotated[
        str,
        typer.Option("--from", help="这些文件是谁报的：单位、提供数据的部门或信用办；不写则看表头上方、文件名和各行"),
    ] = "",
    as_of: Annotated[str | None, typer.Option(help="模拟区县的时间")] = None,
) -> None:
    """导入报送表：逐行报告错误，保留正确的行和附件，重复导入不会重复。例：chengxin import 七月报送.zip"""
    from intake.summary import (
        render_judged,
        render_refused,
        render_replaced,
        render_summary,
        render_total,
        render_twins,
    )
    from pipeline import ingest
    from pipeline.judged_import import judge_import

    config, paths = open_district(district, var, needs_store=False)
    names = {unit.slug: unit.name for unit in config.units}
    with open_session(config, paths, clock_of(config, as_of)) as session:
        results = ingest.import_uploads(session, files, sender)
        readings = [taken.reading for taken in results]
        _say(
            render_summary(readings),
            render_replaced([(r.new, r.old, r.was_ruled) for taken in results for r in taken.replaced]),
            render_twins([pair for taken in results for pair in taken.twins], names),
            render_refused(readings),
            render_total([(t.reading, t.submissions, t.zeros, t.filings) for t in results]),
        )
        judged = judge_import(session, results)  # after the telling: what was taken is in the store by now
    _say(render_judged(judged.decisions, judged.breaches, judged.held_back))
    if any(t.reading.is_empty and t.reading.faults for t in results):
        raise typer.Exit(2)


def _say(*parts: str) -> None:
    for part in filter(None, parts):
        typer.echo(part)


def template(
    kind: Annotated[str, typer.Argument(help="双公示、全部，或表名（如 信用承诺、publicity）；写错会列出全部表名")],
    out: Annotated[Path, typer.Argument(help="写到哪个文件（.xlsx）")],
    district: District = DEFAULT_DISTRICT,
    audience: Annotated[
        str, typer.Option("--for", help="全部的表给谁：town、dept-a、dept-b 或 office（提供数据的部门）")
    ] = "",
) -> None:
    """生成报送模板。例：chengxin template 全部 河下街道报送表.xlsx --for town"""
    from intake.template import write_template

    write_template(kind, out, load_district(district).on(datetime.now(ZONE).date()), audience)
    typer.echo(f"已生成：{out}")

"""What there is: the state of the whole, looks, findings, scores, and what the machine lacks."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from commands.options import (
    DEFAULT_DISTRICT,
    AsJson,
    District,
    PeriodOption,
    UnitOption,
    Var,
    evaluation_at,
    is_missing,
    open_district,
    open_session,
    unit_of,
)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    for command in (status, looks, findings, scores, doctor):
        app.command()(command)


def status(district: District = DEFAULT_DISTRICT, var: Var = None, as_json: AsJson = False) -> None:
    """最近的批次、各栏目状况、证据概况。例：chengxin status"""
    from commands.output import tables
    from core.runtime.disk import disk_of
    from pipeline.open_matters import counts_of
    from pipeline.status import status_of

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        evaluation = evaluation_at(session, None)
        held = counts_of(session, evaluation)
        state = status_of(session) | {
            "disk": asdict(disk_of(paths)),
            "open_matters": {"period": evaluation.period, "counts": {kind.value: n for kind, n in held.items()}},
        }
    tables.print_json(state) if as_json else tables.print_status(state)


def looks(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    portal: Annotated[str | None, typer.Option(help="只看一个栏目")] = None,
    run: Annotated[str | None, typer.Option(help="只看一夜，例如 2026-07-05")] = None,
) -> None:
    """核查记录：看了什么、看全没有、为什么不算有效核查。例：chengxin looks --run 2026-07-05"""
    from commands.output import tables

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        all_looks = session.looks.looks(portal=portal, run=run)
    names = {p.id: p.name for p in config.portals}
    tables.print_json([asdict(x) for x in all_looks]) if as_json else tables.print_looks(all_looks, names)


def findings(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    unit: UnitOption = None,
) -> None:
    """公示记录：从栏目里读到的每一条。例：chengxin findings --unit 市监局"""
    from commands.output import tables

    config, paths = open_district(district, var)
    slug = unit_of(config, unit) if unit else None
    with open_session(config, paths) as session:
        rows = [f for f in session.findings.all().values() if slug in (None, f.unit)]
    tables.print_json([asdict(x) for x in rows]) if as_json else tables.print_findings(rows)


def scores(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    period: PeriodOption = None,
) -> None:
    """得分与等级（事实未明时为区间）。例：chengxin scores --period 2026Q3"""
    from commands.output import tables

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        evaluation = evaluation_at(session, period)
    names = {u.slug: u.name for u in config.units}
    tables.print_json([asdict(x) for x in evaluation.scores]) if as_json else tables.print_scores(
        evaluation.scores, names
    )


def doctor(district: District = DEFAULT_DISTRICT, var: Var = None, as_json: AsJson = False) -> None:
    """检查本机缺什么：浏览器、字体、时钟、磁盘、发信。例：chengxin doctor"""
    from commands.output import tables
    from core.runtime.chromium import find_chromium
    from core.runtime.diagnostics import examine
    from pipeline.status import checks_diagnosis, readings_diagnosis

    if is_missing(district):
        diagnoses = examine(None, Path.cwd(), find_chromium())
    else:
        config, paths = open_district(district, var, needs_store=False)
        diagnoses = examine(config, paths.root, find_chromium())
        if paths.store.exists():
            with open_session(config, paths) as session:
                diagnoses = (*diagnoses, readings_diagnosis(session), *checks_diagnosis(session))
    tables.print_json([asdict(x) for x in diagnoses]) if as_json else tables.print_doctor(diagnoses)
    if any(item.state == "bad" for item in diagnoses):
        raise typer.Exit(3)

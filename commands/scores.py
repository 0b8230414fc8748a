"""The commands about points: explain, what-if, compare, year, rates, month's sheet, missing reports, spot checks."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import (
    DEFAULT_DISTRICT,
    AsJson,
    AsOf,
    District,
    PeriodOption,
    UnitName,
    UnitOption,
    Var,
    clock_of,
    evaluation_at,
    newest_night,
    open_district,
    open_session,
    unit_of,
)
from core.domain.clock import ZONE
from core.domain.errors import UsageError

if TYPE_CHECKING:  # a command loads what it needs when it runs
    from core.domain.config import Config
    from core.runtime.paths import Paths
    from core.storage.session import Session
    from pipeline.whatif import ReadingTrial, UnitChange

Out = Annotated[Path, typer.Argument(help="写到哪个文件（.xlsx）")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(explain)
    app.command("what-if")(what_if)
    app.command()(compare)
    app.command()(year)
    app.command()(rates)
    app.command("month-sheet")(month_sheet)
    app.command()(chase)
    app.command()(sample)


def explain(
    unit: UnitName,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    period: PeriodOption = None,
    full: Annotated[bool, typer.Option("--full", help="符合的事项也逐件列出")] = False,
) -> None:
    """逐分说明一个单位：指标 → 规则 → 证据 → 存证或报送行 → 裁定。例：chengxin explain 市监局 --period 2026Q3"""
    from commands.output import tables
    from commands.output.explanation import print_explanation
    from pipeline.report_context import lookup_of
    from reporting.explanation import explain as explanation_of

    config, paths = open_district(district, var)
    slug = unit_of(config, unit)
    with open_session(config, paths) as session:
        evaluation = evaluation_at(session, period)
        lookup = lookup_of(session, evaluation)
    if not any(score.unit == slug for score in evaluation.scores):
        raise UsageError(f"{config.unit(slug).name} 在 {evaluation.period} 不是被评价单位")
    explanation = explanation_of(lookup, slug)
    tables.print_json(asdict(explanation)) if as_json else print_explanation(explanation, full=full)


def what_if(
    changes: Annotated[
        list[str] | None, typer.Option("--set", help="改方案里的值，例如 1.3:points=8、grades:red=80；可写多次")
    ] = None,
    met: Annotated[
        list[str] | None, typer.Option("--met", help="假定这些事项已符合（事项号，explain 或 pending 列出）；可写多次")
    ] = None,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    unit: UnitOption = None,
    period: PeriodOption = None,
    readings: Annotated[
        bool, typer.Option("--readings", help="把每条解读换成别的解读逐一试一遍：现用哪一种、出处、换了谁会变")
    ] = False,
) -> None:
    """假如某些事项已公示、或方案改了某个值，谁的得分和等级会变。不改动数据。例：chengxin what-if --set grades:red=80"""
    from core.domain.periods import parse_period
    from pipeline import whatif

    if readings and (changes or met):
        raise UsageError("--readings 与 --met、--set 请分开试")
    if not (changes or met or readings):
        raise UsageError("要写 --met 事项号、--set 指标号:键=值 或 --readings")
    config, paths = open_district(district, var)
    slug = unit_of(config, unit) if unit else None
    if readings:
        _tell_readings(config, paths, slug, period, as_json=as_json)
        return
    with open_session(config, paths) as session, tempfile.TemporaryDirectory() as work:
        evaluation = evaluation_at(session, period)
        asked = parse_period(evaluation.period)
        after = whatif.if_met(session.at(evaluation.at), asked, met) if met else evaluation.scores
        if changes:
            if met:
                raise UsageError("--met 与 --set 请分开试")
            path = config.folder / config.district.scheme
            after = whatif.if_scheme(session.at(evaluation.at), asked, whatif.changed_scheme(path, changes), Path(work))
    _tell_moves(
        config,
        [m for m in whatif.score_changes(evaluation.scores, after) if slug in (None, m.unit)],
        evaluation.period,
        "假如",
        as_json=as_json,
    )


def _tell_readings(config: Config, paths: Paths, slug: str | None, period: str | None, *, as_json: bool) -> None:
    from commands.output import tables
    from commands.output.score_changes import print_readings
    from core.domain.periods import parse_period
    from pipeline import whatif

    with open_session(config, paths) as session:
        evaluation = evaluation_at(session, period)
        path = config.folder / config.district.scheme
        trials = whatif.reading_trials(session.at(evaluation.at), parse_period(evaluation.period), path)
    told = [replace(t, moves=tuple(m for m in t.moves if slug in (None, m.unit) and not m.is_still)) for t in trials]
    if as_json:
        tables.print_json([_trial_json(trial) for trial in told])
    else:
        print_readings(told, config)


def _trial_json(trial: ReadingTrial) -> dict[str, object]:
    reading, choice = trial.reading, trial.choice
    return {
        "reading": reading.slug, "title": reading.title, "in_force": reading.taken.name, "choice": choice.name,
        "text": choice.text, "provenance": choice.provenance, "moves": [asdict(move) for move in trial.moves],
    }  # fmt: skip


def compare(
    before: Annotated[str, typer.Argument(help="前一个考核期，例如 2026Q2")],
    after: Annotated[str, typer.Argument(help="后一个考核期，例如 2026Q3；或另一份方案文件（.toml）")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    unit: UnitOption = None,
) -> None:
    """比较两个考核期、或同一期的两份方案：谁变了，变在哪几项。例：chengxin compare 2026Q2 2026Q3"""
    from core.domain.periods import parse_period
    from pipeline import whatif

    config, paths = open_district(district, var)
    slug = unit_of(config, unit) if unit else None
    with open_session(config, paths) as session, tempfile.TemporaryDirectory() as work:
        first = evaluation_at(session, before)
        if after.endswith(".toml"):
            if not Path(after).is_file():
                raise UsageError(f"没有这个方案文件：{after}")
            scheme = whatif.changed_scheme(Path(after), ())
            second = whatif.if_scheme(session.at(first.at), parse_period(before), scheme, Path(work))
        else:
            second = evaluation_at(session, after).scores
    changes = [m for m in whatif.score_changes(first.scores, second) if slug in (None, m.unit)]
    _tell_moves(config, changes, before, after, as_json=as_json)


def _tell_moves(config: Config, changes: list[UnitChange], before: str, after: str, *, as_json: bool) -> None:
    from commands.output import tables
    from commands.output.score_changes import print_score_changes

    if as_json:
        tables.print_json([asdict(change) for change in changes])
    else:
        print_score_changes(changes, config, before, after)


def year(
    number: Annotated[int, typer.Argument(help="年份，例如 2026")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
) -> None:
    """全年四个季度的得分和等级：已冻结的按冻结结果，其余为当前计算。例：chengxin year 2026"""
    from commands.output import tables
    from commands.output.score_changes import print_year
    from pipeline.year import year_of

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        quarters = {quarter.name: (quarter.is_frozen, quarter.scores) for quarter in year_of(session, number)}
    if as_json:
        tables.print_json(
            {
                name: {"frozen": frozen, "scores": {u: asdict(s) for u, s in scores.items()}}
                for name, (frozen, scores) in quarters.items()
            }
        )
    else:
        print_year(quarters, config, number)


def rates(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    unit: UnitOption = None,
    period: PeriodOption = None,
) -> None:
    """上报率、及时率、公示率、合规率、迟报率、漏报率，及三方比对的七种情形；分子、分母、未定数都列出。

    例：chengxin rates --period 2026-08
    """
    from commands.output import tables
    from commands.output.score_changes import print_rates
    from pipeline.publish import unit_rates
    from pipeline.report_context import facts_of
    from scoring.rates import total_of

    config, paths = open_district(district, var)
    slug = unit_of(config, unit) if unit else None
    with open_session(config, paths) as session:
        evaluation = evaluation_at(session, period)
        facts = facts_of(session, evaluation)
    month = period if period and "-" in period else ""
    by_unit = unit_rates(config, evaluation, facts, month)
    selected = {key: row for key, row in by_unit.items() if slug in (None, key)}
    total = total_of(selected.values())
    name = month or evaluation.period
    if as_json:
        rows = {
            key: asdict(row) | {"values": {r.name: r.value for r in row.rates}}
            for key, row in (*selected.items(), ("", total))
        }
        tables.print_json({"period": name, "units": rows})
    else:
        print_rates(selected, total, config, name)


def month_sheet(
    month: Annotated[str, typer.Argument(help="月份，例如 2026-08")],
    out: Out,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
) -> None:
    """“7天双公示”月报表：各部门公开、暂缓、不公开件数，准时、超时、合计。

    例：chengxin month-sheet 2026-08 八月双公示月报.xlsx
    """
    from core.domain.periods import parse_period
    from pipeline.worksheets import write_month

    config, paths = open_district(district, var)
    if not parse_period(month).interim:
        raise UsageError(f"{month} 不是月份，应写成 2026-08")
    with open_session(config, paths) as session:
        units = write_month(session, evaluation_at(session, month), out)
    typer.echo(f"已写出 {out}（{units} 个单位）")


def chase(
    month: Annotated[str | None, typer.Argument(help="月份，例如 2026-08（默认上个月）")] = None,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    send: Annotated[
        bool, typer.Option("--send", help="给缺报的单位各写一封催办信：同一天同一个月只写一封，试运行期间只发信用办")
    ] = False,
    as_of: AsOf = None,
) -> None:
    """催报清单：哪个单位、哪个月、哪几张表既没有报送也没有零报告；--send 给它们写催办信。例：chengxin chase 2026-08"""
    from commands.output import tables
    from commands.output.score_changes import print_chase
    from core.domain.periods import month_before, parse_period
    from pipeline.filings import missing_of

    config, paths = open_district(district, var)
    with open_session(config, paths, clock_of(config, as_of)) as session:
        asked = month or month_before(newest_night(session).date())
        if not parse_period(asked).interim:
            raise UsageError(f"{asked} 不是月份，应写成 2026-08")
        missing = missing_of(session, asked)
        written = _chased(session, asked) if send else ()
    if as_json:
        tables.print_json({"month": asked, "missing": missing} | ({"written": written} if send else {}))
        return
    print_chase(missing, config, asked)
    if send:
        typer.echo(f"写了 {len(written)} 封催办信{'：' if written else ''}{'、'.join(written)}")


def _chased(session: Session, month: str) -> tuple[str, ...]:
    """The keys of the letters that are written to those who lack something."""
    from pipeline.chasing import chases_of, send_chases

    return tuple(chase.key for chase in send_chases(session, chases_of(session, month)))


def sample(
    out: Out,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    period: PeriodOption = None,
    each: Annotated[int, typer.Option(min=1, help="每个单位每类抽几件")] = 2,
    seed: Annotated[str | None, typer.Option(help="抽样种子，同样的种子抽出同样的名单（默认考核期名）")] = None,
) -> None:
    """随机比对：按单位和类别抽出核对名单，填好“比对结果”后用 import 导入。例：chengxin sample 比对单.xlsx --each 3"""
    from pipeline.worksheets import write_drawn

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        drawn = write_drawn(session, evaluation_at(session, period), out, each, seed or "")
    typer.echo(
        f"已抽出 {drawn.decisions} 件、{drawn.units} 个单位，写在 {out}（种子 {drawn.seed}，"
        f"{datetime.now(ZONE):%Y-%m-%d}）"
    )

"""The office's commands: rulings, the review workbook, objections."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    evidence_at,
    open_district,
    open_session,
    optional_day,
    unit_of,
)
from core.domain.errors import UsageError
from core.domain.ruling_kinds import EVIDENCE_KINDS, UNIT_KINDS, RulingKind, explained

if TYPE_CHECKING:  # a command loads what it needs when it runs
    from core.domain.models import Evaluation, Evidence
    from reporting.open_matters import OpenMatter

Why = Annotated[str, typer.Option(help="理由（必写）：印在报告里，也是答复异议的依据")]
Value = Annotated[
    str, typer.Option(help="更正为什么：符合、不符合、不适用、一般、较重、严重；或扣分的分值；或等级：蓝、黄")
]
Until = Annotated[str | None, typer.Option(help="有效至哪一天，例如 2026-12-31；到期后重新待核")]

review_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="复核表：把待核实的事项导出成工作簿，填好后导入。"
)
objection_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="异议：登记单位的异议及附件，列出还没有答复的。"
)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(pending)
    app.command()(rule)
    app.command("rule-unit")(rule_unit)
    app.command()(rulings)
    app.command()(lift)
    app.add_typer(review_app, name="review")
    app.add_typer(objection_app, name="objection")


def pending(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    unit: UnitOption = None,
    period: PeriodOption = None,
) -> None:
    """还没有定的事项：等裁定、等核对、缺材料的，会改变什么、怎么办，附事项号。例：chengxin pending --unit 市监局"""
    from commands.output import tables
    from commands.output.open_matters import print_matters
    from pipeline.open_matters import open_matters_of

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        evaluation = evaluation_at(session, period)
        slug = unit_of(config, unit) if unit else None
        matters = [m for m in open_matters_of(session, evaluation) if slug in (None, m.unit)]
        known = {e.key: e for e in evaluation.with_earlier}
    if as_json:
        tables.print_json([_printed(matter, known.get(matter.evidence)) for matter in matters])
    else:
        print_matters(evaluation.period, matters)


def _printed(matter: OpenMatter, evidence: Evidence | None) -> dict[str, Any]:
    """A matter as JSON: the fields of its evidence, as ever, and beside them what `OpenMatter` says."""
    return (asdict(evidence) if evidence else {}) | {"matter": asdict(matter)}


def rule(
    kind: Annotated[str, typer.Argument(metavar="裁定", help=f"{explained(EVIDENCE_KINDS)}；amend 要写 --value")],
    what: Annotated[
        list[str], typer.Argument(help="事项号或证据键（chengxin pending 列出），或决定文书号加 --check；可写多个")
    ],
    why: Why,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    value: Value = "",
    until: Until = None,
    check: Annotated[str | None, typer.Option(help="写文书号时：哪一项检查")] = None,
    unit: UnitOption = None,
    period: PeriodOption = None,
    as_of: AsOf = None,
) -> None:
    """对证据作出裁定；机器的原结论保留。例：chengxin rule dismiss 3f9c0a1b2d --why '网站停机公告为证'"""
    from core.domain.ruling_words import value_of
    from review.reviewers import who_speaks
    from review.rulings import on_evidence, record_rulings

    config, paths = open_district(district, var)
    person = who_speaks(config)
    with open_session(config, paths, clock_of(config, as_of)) as session:
        evaluation = evidence_at(session, period)
        slug = unit_of(config, unit) if unit else None
        chosen = [_evidence(evaluation, name, check, slug) for name in what]
        requests = [on_evidence(e, kind, why, value=value_of(value), until=optional_day(until)) for e in chosen]
        added = record_rulings(session, requests, person)
    typer.echo(
        f"{person.name} 裁定 {added} 项（{kind}）。系统结论未改，裁定写在旁边；下一夜或 chengxin scores 即按裁定计分"
    )


def rule_unit(
    unit: UnitName,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="裁定",
            help=f"{explained(UNIT_KINDS)}；deduct、conduct、lift 要写 --value（分值、等级蓝或黄、裁定代号）",
        ),
    ],
    why: Why,
    period: Annotated[str, typer.Option("--period", help="季度，例如 2026Q3")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    value: Value = "",
    until: Until = None,
    as_of: AsOf = None,
) -> None:
    """对单位作出裁定（注 2 扣分、直接列黄、违约或较重失信的等级上限）。

    例：chengxin rule-unit 城管局 deduct --value 3 --period 2026Q3 --why '专项检查通报'
    """
    from core.domain.periods import parse_period
    from core.domain.ruling_words import value_of
    from pipeline.conduct import require_conduct
    from review.reviewers import who_speaks
    from review.rulings import CODE, of_standing, on_unit, record_rulings

    config, paths = open_district(district, var)
    quarter = parse_period(period)
    if quarter.interim:
        raise UsageError(f"{period} 不是季度")
    person = who_speaks(config)
    request = on_unit(unit_of(config, unit), quarter.name, kind, value_of(value), why, until=optional_day(until))
    with open_session(config, paths, clock_of(config, as_of)) as session:
        request = of_standing(request, session.rulings.all(), session.now().date())
        if request.kind is RulingKind.CONDUCT:
            require_conduct(session, evidence_at(session, quarter.name), unit_of(config, unit))
        record_rulings(session, [request], person)
        newest = session.rulings.all()[-1].id
    typer.echo(f"{person.name} 已对 {unit} {period} 作出裁定（{kind}），代号 {newest[:CODE]}")


def rulings(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    unit: UnitOption = None,
    period: PeriodOption = None,
) -> None:
    """已有的裁定：代号、对什么、怎么裁定的、现在还算不算，最近的在前。例：chengxin rulings --unit 市监局"""
    from commands.output import tables
    from commands.output.open_matters import print_rulings
    from pipeline.open_matters import lookup_by_now
    from review.ruling_list import ruling_list

    config, paths = open_district(district, var)
    slug = unit_of(config, unit) if unit else None
    with open_session(config, paths) as session:
        lookup = lookup_by_now(session, evidence_at(session, period))
    listed = [record for record in ruling_list(lookup) if slug in (None, record["unit"])]
    tables.print_json(listed) if as_json else print_rulings(listed, {u.slug: u.name for u in config.units})


def lift(
    code: Annotated[str, typer.Argument(metavar="裁定代号", help="chengxin rulings 列出的代号")],
    why: Why,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_of: AsOf = None,
) -> None:
    """撤回一项裁定：在它之前的裁定重新算数，没有的回到没有裁定。例：chengxin lift 3f9c0a1b2d --why 裁定错了单位"""
    from review.reviewers import who_speaks
    from review.rulings import on_lift, record_rulings

    config, paths = open_district(district, var)
    person = who_speaks(config)
    with open_session(config, paths, clock_of(config, as_of)) as session:
        request = on_lift(session.rulings.all(), code, why)
        record_rulings(session, [request], person)
    typer.echo(f"{person.name} 撤回裁定 {request.value}。系统据此重新计分")


@review_app.command("export")
def review_export(
    out: Annotated[Path, typer.Argument(help="写到哪个文件（.xlsx）")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    period: PeriodOption = None,
    as_of: AsOf = None,
) -> None:
    """导出复核表：还没有定的事项及其证据、疑似同一件的、可撤回的记录。例：chengxin review export 复核表.xlsx"""
    from pipeline.worksheets import write_reviewed

    config, paths = open_district(district, var)
    with open_session(config, paths, clock_of(config, as_of)) as session:
        items, pairs = write_reviewed(session, evaluation_at(session, period), out)
    typer.echo(f"已写出 {out}：要裁定或核对的 {items} 项，疑似同一件 {pairs} 对")


@review_app.command("import")
def review_import(
    file: Annotated[Path, typer.Argument(help="填好的复核表（.xlsx）")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    period: PeriodOption = None,
    as_of: AsOf = None,
) -> None:
    """导入填好的复核表；与导出后的新事实冲突的行逐行指出，不采用。例：chengxin review import 复核表.xlsx"""
    from intake.review_worksheet import read_review
    from review.reviewers import who_speaks
    from review.rulings import record_rulings
    from review.worksheet import take_back

    config, paths = open_district(district, var)
    person = who_speaks(config)
    reading = read_review(file)
    with open_session(config, paths, clock_of(config, as_of)) as session:
        back = take_back(session, reading, evidence_at(session, period))
        added = record_rulings(session, back.requests, person)
    for fault in back.faults:
        typer.echo(f"未采用：“{fault.sheet}”第 {fault.row} 行：{fault.reason}", err=True)
    typer.echo(f"{person.name} 裁定 {added} 项；未采用 {len(back.faults)} 行")
    if back.faults and not added:
        raise typer.Exit(2)


@objection_app.command("add")
def objection_add(
    unit: UnitName,
    key: Annotated[str, typer.Argument(help="事项号或证据键，或决定文书号加 --check")],
    text: Annotated[str, typer.Option(help="异议理由")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    files: Annotated[list[Path] | None, typer.Option("--file", help="附件，可写多次")] = None,
    check: Annotated[str | None, typer.Option(help="写文书号时：哪一项检查")] = None,
    period: PeriodOption = None,
    as_of: AsOf = None,
) -> None:
    """登记一个单位的异议；冻结之前必须用裁定答复。

    例：chengxin objection add 市监局 3f9c0a1b2d --text '已于期内公示' --file 截图.png
    """
    from core.domain.periods import parse_period
    from core.storage.attachments import keep_files
    from review.objections import add_objections, closing_day, objection_to
    from review.reviewers import who_signs

    config, paths = open_district(district, var)
    now = clock_of(config, as_of).now()
    slug = unit_of(config, unit)
    with open_session(config, paths) as session:
        evaluation = evidence_at(session, period)
        evidence = _evidence(evaluation, key, check, slug)
        objection = objection_to(config, evidence, slug, text, keep_files(session.store, paths, files or [], now), now)
        new = add_objections(session.at(now), [objection], who_signs(config))
    closing = closing_day(config, parse_period(evaluation.period))
    typer.echo(
        f"{'已登记' if new else '此前已登记'}异议 {objection.id[:12]}（附件 {len(objection.papers)} 个）；本期异议"
        f" {closing} 截止"
    )


@objection_app.command("list")
def objection_list(district: District = DEFAULT_DISTRICT, var: Var = None, as_json: AsJson = False) -> None:
    """列出异议，未答复的在前。例：chengxin objection list"""
    from commands.output import tables
    from review.objections import unanswered

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        objections, rulings = session.objections.all(), session.rulings.all()
    waiting = {o.id for o in unanswered(objections, rulings)}
    rows = [
        asdict(o) | {"answered": o.id not in waiting}
        for o in sorted(objections, key=lambda o: (o.id not in waiting, o.received_at))
    ]
    tables.print_json(rows) if as_json else tables.print_objections(rows, {u.slug: u.name for u in config.units})


def _evidence(evaluation: Evaluation, name: str, check: str | None, unit: str | None) -> Evidence:
    """The evidence of a key, or of a document number and a check; UsageError unless it is exactly one."""
    from core.domain.ruling_validity import call_number
    from core.domain.text import document_numbers

    numbers = set(document_numbers(name))
    chosen = [
        e
        for e in evaluation.with_earlier
        if name in (e.key, call_number(e.key))
        or (
            numbers
            and (decision := evaluation.decisions.get(e.decision)) is not None
            and decision.number in numbers
            and check in (None, e.check)
            and unit in (None, e.unit)
        )
    ]
    if len(chosen) != 1:
        calls = "、".join(f"{call_number(e.key)}（{e.check}）" for e in chosen[:8])
        several = f"对应 {len(chosen)} 项证据，请写事项号：{calls}"
        raise UsageError(f"{name}：{several if chosen else f'{evaluation.period} 没有这项证据'}")
    return chosen[0]

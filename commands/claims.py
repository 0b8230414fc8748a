"""The office's word on a decision (a unit's claim not to publish it, its repair), and on a month's reporting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from commands.options import (
    DEFAULT_DISTRICT,
    AsJson,
    AsOf,
    District,
    UnitOption,
    Var,
    clock_of,
    day_of,
    open_district,
    open_session,
    optional_day,
    unit_of,
)
from core.domain.errors import UsageError
from core.domain.ruling_kinds import CLAIM_CHOICES, CLAIM_KINDS, MONTH_CHOICES, MONTH_KINDS, explained

if TYPE_CHECKING:
    from core.domain.config import Config
    from core.domain.models import Decision
    from core.storage.session import Session

DecisionName = Annotated[str, typer.Argument(help="决定文书号或决定代号；几个单位同号时加 --unit")]
UnitOfDecision = Annotated[str | None, typer.Option("--unit", "-u", help="哪个单位的决定（代号或名称）")]
Why = Annotated[str, typer.Option(help="理由（必写）")]
_NEXT = "系统在下一夜据此重新判定"


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command()(claims)
    app.command("rule-claim")(rule_claim)
    app.command("rule-repair")(rule_repair)
    app.command("rule-month")(rule_month)


def claims(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_json: AsJson = False,
    unit: UnitOption = None,
    as_of: AsOf = None,
) -> None:
    """单位报送的不公开、暂缓公开主张及裁定情况，等待裁定的在前。例：chengxin claims --unit 市监局"""
    from commands.output import tables
    from review.claims import claim_record, claimed_decisions

    config, paths = open_district(district, var)
    slug = unit_of(config, unit) if unit else None
    with open_session(config, paths, clock_of(config, as_of)) as session:
        rows, rulings, today = session.submissions.claiming(), session.rulings.all(), session.now().date()
        decisions = [d for d in session.evaluations.decisions_of(rows).values() if slug in (None, d.unit)]
        claimed = claimed_decisions(decisions, rows, rulings, today)
    records = [claim_record(item) for item in claimed]
    tables.print_json(records) if as_json else tables.print_claims(records, _unit_names(config))


def rule_claim(
    decision: DecisionName,
    kind: Annotated[str, typer.Argument(metavar="裁定", help=explained(CLAIM_KINDS, CLAIM_CHOICES))],
    why: Why,
    until: Annotated[
        str | None, typer.Option(help="采信到哪一天，例如 2026-12-31；暂缓公开必须有（不写则用单位所报的日期）")
    ] = None,
    unit: UnitOfDecision = None,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_of: AsOf = None,
) -> None:
    """对单位不公开、暂缓公开的主张作出裁定；以最新的裁定为准。

    例：chengxin rule-claim 淮市监罚〔2026〕12号 accept --until 2026-12-31 --why '案件仍在侦办'
    """
    from review.claims import claimed_decision, on_claim
    from review.reviewers import who_speaks
    from review.rulings import record_rulings

    config, paths = open_district(district, var)
    person = who_speaks(config)
    with open_session(config, paths, clock_of(config, as_of)) as session:
        named, today = _decision(session, decision, unit), session.now().date()
        submissions = session.submissions.by_id(named.submissions)
        claimed = claimed_decision(named, submissions, session.rulings.all(), today)
        request = on_claim(claimed, kind, why, today, until=optional_day(until))
        record_rulings(session, [request], person)
    ends = f"，到 {request.until} 为止" if request.until else ""
    typer.echo(
        f"{person.name} 裁定 {_called(config, named)}“{claimed.claim.kind}”的主张："
        f"{CLAIM_CHOICES[request.kind]}{ends}。{_NEXT}"
    )


def rule_repair(
    decision: DecisionName,
    why: Why,
    on: Annotated[str | None, typer.Option(help="修复的日期，例如 2026-09-30；从这一天起撤下公示不算违规")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="撤回已登记的修复")] = False,
    unit: UnitOfDecision = None,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_of: AsOf = None,
) -> None:
    """登记一个决定的信用修复，或撤回登记；以最新的登记为准。

    例：chengxin rule-repair 淮市监罚〔2026〕12号 --on 2026-09-30 --why '信用修复决定书〔2026〕3号'
    """
    from review.claims import on_no_repair, on_repair
    from review.reviewers import who_speaks
    from review.rulings import record_rulings

    config, paths = open_district(district, var)
    if (on is None) is not withdraw:
        raise UsageError("请写 --on 修复日期，或写 --withdraw 撤回登记，两者写一个")
    person = who_speaks(config)
    with open_session(config, paths, clock_of(config, as_of)) as session:
        named = _decision(session, decision, unit)
        if on is None:
            request = on_no_repair(named, session.rulings.all(), why)
        else:
            request = on_repair(named, day_of(on), why, session.now().date())
        record_rulings(session, [request], person)
    what = f"登记信用修复，自 {request.value} 起" if on else "撤回信用修复登记"
    typer.echo(f"{person.name} 对 {_called(config, named)}{what}。{_NEXT}")


def rule_month(
    unit: Annotated[str, typer.Argument(help="单位（代号或名称）")],
    table: Annotated[str, typer.Argument(metavar="种类", help="许可、处罚")],
    month: Annotated[str, typer.Argument(help="月份，例如 2026-08")],
    kind: Annotated[str, typer.Argument(metavar="裁定", help=explained(MONTH_KINDS, MONTH_CHOICES))],
    why: Why,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    as_of: AsOf = None,
) -> None:
    """认定一个单位某月的许可或处罚已经报齐（此后一个工作日起，门户上有而两处都没有的才算漏报），或撤回。

    例：chengxin rule-month 市监局 处罚 2026-08 accept --why 电话核实已全部报送
    """
    from review.months import month_subject, on_month
    from review.reviewers import who_speaks
    from review.rulings import record_rulings

    config, paths = open_district(district, var)
    person = who_speaks(config)
    with open_session(config, paths, clock_of(config, as_of)) as session:
        subject = month_subject(unit_of(config, unit), table, month, session.now().date())
        request = on_month(subject, kind, why, session.rulings.all())
        record_rulings(session, [request], person)
    called = f"{_unit_names(config)[subject.unit]} {month} 的{table}报送"
    typer.echo(f"{person.name} 对 {called}裁定“{MONTH_CHOICES[request.kind]}”。{_NEXT}")


def _decision(session: Session, name: str, unit: str | None) -> Decision:
    """The decision of that name; UsageError, with the units that have one, unless it is exactly one."""
    from review.decisions import decision_named

    slug = unit_of(session.config, unit) if unit else None
    return decision_named(session.evaluations.called(name), name, unit=slug, units=_unit_names(session.config))


def _called(config: Config, decision: Decision) -> str:
    return f"{_unit_names(config).get(decision.unit, decision.unit)} {decision.number or decision.id} "


def _unit_names(config: Config) -> dict[str, str]:
    return {unit.slug: unit.name for unit in config.units}

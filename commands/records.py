"""Records that the office is asked about one by one: what is set aside, and its word to withdraw or release it."""

from typing import Annotated

import typer

from commands.options import (
    DEFAULT_DISTRICT,
    AsJson,
    AsOf,
    District,
    PeriodOption,
    Var,
    clock_of,
    evidence_at,
    open_district,
    open_session,
)
from core.domain.ruling_kinds import CHOICES, RulingKind

RecordName = Annotated[str, typer.Argument(metavar="记录代号", help="chengxin set-aside 列出的代号，或记录代号的开头")]
Why = Annotated[str, typer.Option(help="理由（必写）")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("set-aside")(set_aside)
    app.command()(withdraw)
    app.command()(release)


def set_aside(
    district: District = DEFAULT_DISTRICT, var: Var = None, as_json: AsJson = False, period: PeriodOption = None
) -> None:
    """处理不了而搁置的、报来未收的、内容读不出的、已经撤回的记录，写明在哪里。例：chengxin set-aside"""
    from commands.output import tables
    from pipeline.held import refusals_held
    from review.records import troubled_records

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        evidence = evidence_at(session, period).filed
        records = troubled_records(session, evidence, refusals_held(session))
    tables.print_json(records) if as_json else tables.print_troubled(records)


def withdraw(
    record: RecordName, why: Why, district: District = DEFAULT_DISTRICT, var: Var = None, as_of: AsOf = None
) -> None:
    """撤回一条记录：报送的当作没有报送，公示的当作没有读出；记录本身保留。

    例：chengxin withdraw 3f2a9c81d0e4 --why 单位来函，该行系误报
    """
    typer.echo(_ruled(record, RulingKind.WITHDRAW, why, district, var, as_of))


def release(
    record: RecordName, why: Why, district: District = DEFAULT_DISTRICT, var: Var = None, as_of: AsOf = None
) -> None:
    """放行一条撤回的记录，使它重新算数；搁置的记录（程序修好以后）重新处理。

    例：chengxin release 3f2a9c81d0e4 --why 核对原件，该行无误
    """
    typer.echo(_ruled(record, RulingKind.RELEASE, why, district, var, as_of))


def _ruled(name: str, kind: RulingKind, why: str, district: District, var: Var, as_of: AsOf) -> str:
    """Record the word; what was done, in a sentence."""
    from review.records import on_record, record_named
    from review.reviewers import who_speaks
    from review.rulings import record_rulings

    config, paths = open_district(district, var)
    person = who_speaks(config)
    with open_session(config, paths, clock_of(config, as_of)) as session:
        _, record = record_named(session, name)
        record_rulings(session, [on_record(session, record, kind, why)], person)
    return f"{person.name}{CHOICES[kind]} {record}。系统在下一夜据此重新判定"

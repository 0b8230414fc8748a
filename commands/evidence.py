"""Evidence: listed, or packed with everything it rests on."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from commands.options import (
    DEFAULT_DISTRICT,
    AsJson,
    District,
    UnitOption,
    Var,
    evidence_at,
    open_district,
    open_session,
    unit_of,
)
from core.domain.clock import ZONE

evidence_app = typer.Typer(rich_markup_mode=None, help="证据：列出，或导出一个决定的证据包。")


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.add_typer(evidence_app, name="evidence")


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
    from commands.output import tables

    config, paths = open_district(district, var)
    slug = unit_of(config, unit) if unit else None
    with open_session(config, paths) as session:
        cache = session.evaluations
        all_evidence = (
            *cache.evidence(unit=slug),
            *(e for e in evidence_at(session, None).filed if slug in (None, e.unit)),
        )
        evidence_rows = [e for e in all_evidence if outcome in (None, e.outcome)]
        decisions = cache.decisions()
    tables.print_json([asdict(x) for x in evidence_rows]) if as_json else tables.print_evidence(
        evidence_rows, decisions
    )


@evidence_app.command("export")
def evidence_export(
    decision: Annotated[str, typer.Argument(help="决定代号，或决定文书号")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    unit: UnitOption = None,
    out: Annotated[Path | None, typer.Option(help="写到哪里（默认 证据包-文书号.zip）")] = None,
) -> None:
    """把一个决定的证据装成一个文件：说明、网页存证（已隐去个人信息）、截图、存证链，他人可自行核对。

    例：chengxin evidence export 淮市监罚〔2026〕12号
    """
    from core.runtime.chromium import find_chromium
    from pipeline.evidence_package import package_name, write_package

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        _, notes, target = write_package(
            session.at(datetime.now(ZONE)),
            decision,
            unit_of(config, unit) if unit else None,
            lambda subject: out or Path(package_name(subject)),
            find_chromium(),
        )
    typer.echo(f"已写出 {target}（{target.stat().st_size // 1024} KiB）")
    for note in notes:
        typer.echo(f"说明：{note}")

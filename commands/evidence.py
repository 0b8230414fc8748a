"""Evidence: listed, or packed with everything it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from core.domain.errors import StoreError

if TYPE_CHECKING:
    from core.domain.models import Capture, Decision, Facts, Finding
    from core.storage.session import Session
    from crawler.pages import Response

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
    from checks import TEXTS
    from core.runtime.chromium import find_chromium
    from core.storage.hash_chain import head
    from pipeline.report_context import dossier, facts_to_export
    from reporting.evidence_package.pack import Subject, export

    config, paths = open_district(district, var)
    now = datetime.now(ZONE)
    with open_session(config, paths) as session:
        evaluation = dossier(session.at(now), decision, unit_of(config, unit) if unit else None)
        (subject,) = evaluation.decisions.values()
        target = out or Path(f"证据包-{_file_name(subject.number or subject.id)}.zip")
        notes = export(
            session,
            Subject(
                decision=subject,
                evidence=evaluation.evidence,
                facts=with_attachments(session, subject, facts_to_export(session, evaluation)),
                texts=TEXTS,
                head=head(session.store),
                at=now,
            ),
            target,
            find_chromium(),
        )
    typer.echo(f"已写出 {target}（{target.stat().st_size // 1024} KiB）")
    for note in notes:
        typer.echo(f"说明：{note}")


def with_attachments(session: Session, decision: Decision, facts: Facts) -> Facts:
    """The facts with the captures of the files on the decision's pages; a file may be where the record stands."""
    from crawler.detail_reader import attachments_of
    from crawler.reader_pool import reading_alone

    captures = dict(facts.captures)
    with reading_alone(session.config.district.crawl.parse_seconds) as reading:
        for finding, page, response in _pages_of(session, decision, facts):
            found = reading.read(attachments_of, session.config.portal(finding.portal), response, finding, of=response)
            files = {_compared(url) for url in found or ()}
            beside = session.looks.captures(page.look)
            captures |= {page.id: page} | {c.id: c for c in beside if _compared(c.url) in files}
    return replace(facts, captures=captures)


def _pages_of(session: Session, decision: Decision, facts: Facts) -> Iterator[tuple[Finding, Capture, Response]]:
    """The decision's pages as they were kept."""
    from core.storage.warc_archive import read_exchange
    from crawler.pages import PageRequest, Response

    portals = {portal.id for portal in session.config.portals}
    for finding in (facts.findings[name] for name in decision.findings if name in facts.findings):
        page = session.looks.captures_by_id([finding.capture]).get(finding.capture)
        if page is None or finding.portal not in portals:
            continue
        try:
            status, headers, body = read_exchange(session.paths.archive, page.warc, page.offset)
        except StoreError:
            continue  # retired by its keeping; the pack says so of the page itself
        asked = PageRequest(url=page.url, method=page.method, body=page.request_body.encode())
        response = Response(url=page.url, status=status, body=body, headers=headers, request=asked)
        yield finding, page, response


def _compared(url: str) -> str:
    """An address as it is kept: a file's name may be escaped when it is asked for, and people are masked."""
    from core.domain.text import mask_identities
    from crawler.pages import address_of

    return mask_identities(address_of(url))[0]


def _file_name(text: str) -> str:
    """Words fit for a file's name: no path comes from a title."""
    return "".join(c if c.isalnum() or c in "〔〕-" else "_" for c in text)[:80]

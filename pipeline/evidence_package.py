"""A decision's evidence package, gathered from the store and the archive: the same for every face of the program."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from checks import TEXTS
from core.domain.errors import ArchiveUnreachable, StoreError
from core.domain.models import Capture, Decision, Facts, Finding
from core.domain.text import mask_identities
from core.storage.hash_chain import head
from core.storage.session import Session
from core.storage.warc_archive import read_exchange
from crawler.detail_reader import attachments_of
from crawler.pages import PageRequest, Response, address_of
from crawler.reader_pool import reading_alone
from pipeline.report_context import dossier, facts_to_export
from reporting.evidence_package.pack import Subject, export


def write_package(
    session: Session, name: str, unit: str | None, place: Callable[[Decision], Path], chromium: str
) -> tuple[Decision, list[str], Path]:
    """Write the package of one decision, by id or document number, as of the session's moment.

    Returns the decision, what is to be said of the package in words, and where it was written. UsageError unless the
    name is one decision's.
    """
    evaluation = dossier(session, name, unit)
    (decision,) = evaluation.decisions.values()
    subject = Subject(
        decision=decision,
        evidence=evaluation.evidence,
        facts=with_attachments(session, decision, facts_to_export(session, evaluation)),
        texts=TEXTS,
        head=head(session.store),
        at=evaluation.at,
    )
    target = place(decision)
    return decision, export(session, subject, target, chromium), target


def package_name(decision: Decision) -> str:
    """The file's name: no path comes from a title."""
    safe = "".join(c if c.isalnum() or c in "〔〕-" else "_" for c in decision.number or decision.id)
    return f"证据包-{safe[:80]}.zip"


def with_attachments(session: Session, decision: Decision, facts: Facts) -> Facts:
    """The facts with the captures of the files on the decision's pages; a file may be where the record stands."""
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
    portals = {portal.id for portal in session.config.portals}
    for finding in (facts.findings[name] for name in decision.findings if name in facts.findings):
        page = session.looks.captures_by_id([finding.capture]).get(finding.capture)
        if page is None or finding.portal not in portals:
            continue
        try:
            status, headers, body = read_exchange(session.shelf, page.warc, page.offset)
        except ArchiveUnreachable:
            raise  # a package without it would be another one tomorrow
        except StoreError:
            continue  # retired by its keeping; the pack says so of the page itself
        asked = PageRequest(url=page.url, method=page.method, body=page.request_body.encode())
        response = Response(url=page.url, status=status, body=body, headers=headers, request=asked)
        yield finding, page, response


def _compared(url: str) -> str:
    """An address as it is kept: a file's name may be escaped when it is asked for, and people are masked."""
    return mask_identities(address_of(url))[0]

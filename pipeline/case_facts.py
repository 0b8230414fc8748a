"""The facts that cases are made of: those that all decisions share, read once, and those of a batch of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from checks.cases.assemble import CaseFacts, since_of_days
from checks.cases.portal_looks import PortalLooks
from checks.cases.set_aside import error_of
from checks.cases.sightings import Backing, backings
from core.domain.clock import LAST
from core.domain.config import Config
from core.domain.models import Channel, DamagedFinding, Decision, Finding, Kind, Look, Reading, Refusal, RowSpan
from core.domain.ruling_validity import complete_months
from core.storage.evaluation_cache import StatedDays
from core.storage.session import Session
from pipeline.held import refused_decisions
from pipeline.rightful import foreign_rows

R = TypeVar("R")
K = TypeVar("K")


def shared_facts(session: Session, decisions: Iterable[str] | None) -> CaseFacts:
    """The facts that do not belong to single decisions; `decisions`: the ids of those to be judged (None: all)."""
    stated = session.evaluations.stated_days(decisions)
    since = _looked_since(session.config, stated)
    unread = session.looks.unread_rows(
        min(since.values(), default=LAST), [p.id for p in session.config.portals if p.lists == "decisions"]
    )
    loose, looks = session.findings.loose(), session.looks.looks_after(since)
    lost = [d for d in session.evaluations.set_aside() if error_of(d)]
    misread = _misread(session, lost)
    unread += [span for span in misread if span not in unread]
    rulings, foreign = session.rulings.all(), foreign_rows(session)
    backed = _backed(session, since, looks)
    months = {month for days in stated.values() for month in days.months}
    made = {key: days.first for key, days in stated.items() if days.first}
    return CaseFacts(
        lost_submissions=tuple(session.submissions.by_id(name for d in lost for name in d.submissions).values()),
        lost_rows=_rows_of(session, lost),
        submissions={},
        findings={},
        spans={},
        looks={portal: PortalLooks(made, backed.get(portal, {})) for portal, made in looks.items()},
        first_proving=session.looks.first_proving(),
        unread=_grouped(unread, _portal),
        loose=_grouped(loose, _portal),
        taken=session.evaluations.reported(f.id for f in loose),
        reported_months=session.submissions.months(months, foreign),
        receipts=session.submissions.receipts(made, foreign),
        refused=_grouped(refused_decisions(session), _unit),
        rulings=rulings,
        complete=complete_months(rulings),
        titles=session.looks.titles_of(unread),
        unread_since=session.looks.unread_since(unread) | {_row(span): span.first_seen for span in misread},
        places=session.looks.places_of({*map(_row, unread), *map(_row, loose)}),
        unseen=session.reading_checks.unseen(),
    )


def facts_of(session: Session, shared: CaseFacts, decisions: Mapping[str, Decision]) -> CaseFacts:
    """The shared facts with those of these decisions."""
    wanted = decisions.values()
    paired = {name for d in wanted for r in d.reviews for name in (r.left, r.right)}
    reviewed = session.evaluations.decisions_of(paired).values()
    standing = {name for d in reviewed for name in d.findings}
    findings = session.findings.by_id({name for d in wanted for name in d.findings} | paired | standing)
    rows = {_row(f) for f in findings.values()}
    return replace(
        shared,
        submissions=session.submissions.by_id({name for d in wanted for name in d.submissions} | paired),
        findings=findings,
        spans={_row(span): span for span in session.looks.spans_of(rows)},
        beside_in_review={
            name: d.findings for d in reviewed for name in paired.intersection((*d.submissions, *d.findings))
        },
        nobodys=_nobodys_on(session, findings.values()),
        taken=shared.taken | session.evaluations.reported(paired | standing),
        readings=_grouped(session.looks.readings_of(rows), _row),
    )


def page_of(finding: Finding) -> tuple[str, str, str]:
    """The page that it was read off: portal, row key and content."""
    return finding.portal, finding.row_key, finding.content_hash


def _nobodys_on(session: Session, findings: Iterable[Finding]) -> dict[tuple[str, str, str], list[Finding]]:
    """What else stands on the pages of `findings` and belongs to no decision that is evaluated, by page."""
    read = session.findings.ids_on_rows(map(page_of, findings))
    nobodys = read - session.evaluations.accountable(read)
    pages: dict[tuple[str, str, str], list[Finding]] = defaultdict(list)
    for finding in sorted(session.findings.by_id(nobodys).values(), key=lambda f: f.id):
        if not isinstance(finding, DamagedFinding):
            pages[page_of(finding)].append(finding)
    return pages


def _looked_since(config: Config, stated: Mapping[tuple[str, Kind], StatedDays]) -> dict[str, datetime]:
    """By portal: from when on its looks may matter to decisions; looks before an act say nothing of it."""
    since: dict[str, datetime] = {}
    for (unit, kind), days in stated.items():
        start = since_of_days([] if days.undated or not days.first else [days.first])
        for channel in Channel:
            for portal in config.channel(channel, unit, kind):
                since[portal.id] = min(since.get(portal.id, start), start)
    return since


def _unit(record: Refusal) -> str:
    return record.unit


def _portal(record: RowSpan | Finding | Reading) -> str:
    return record.portal


def _row(record: RowSpan | Finding | Reading) -> tuple[str, str]:
    return record.portal, record.row_key


def _grouped(records: Iterable[R], key: Callable[[R], K]) -> dict[K, list[R]]:
    """The records by `key`, each group in their order; of a key that none has, an empty list."""
    groups: dict[K, list[R]] = defaultdict(list)
    for record in records:
        groups[key(record)].append(record)
    return groups


def _rows_of(session: Session, decisions: Iterable[Decision]) -> tuple[tuple[Finding, RowSpan], ...]:
    """The rows of the decisions' findings, each with the last of them that was read off it; none that is damaged."""
    findings = session.findings.by_id(name for decision in decisions for name in decision.findings)
    at = {_row(finding): finding for finding in findings.values() if not isinstance(finding, DamagedFinding)}
    return tuple((at[_row(span)], span) for span in session.looks.spans_of(at))


def _misread(session: Session, lost: Iterable[Decision]) -> list[RowSpan]:
    """Rows that count as not read, all along: something read off them was withdrawn, or can be read no more."""
    findings = session.findings.by_id(name for decision in lost for name in decision.findings)
    damaged = {_row(finding) for finding in findings.values() if isinstance(finding, DamagedFinding)}
    return session.looks.spans_of(sorted(damaged | session.findings.withdrawn_rows()))


def _backed(
    session: Session, since: Mapping[str, datetime], looks: Mapping[str, Sequence[Look]]
) -> dict[str, dict[str, Backing | None]]:
    """By portal and look: the readings that its silence rests on."""
    by_portal = _grouped(session.looks.readings_growing(since), _portal)
    rows = {_row(reading) for readings in by_portal.values() for reading in readings}
    shown: dict[str, dict[str, RowSpan]] = defaultdict(dict)
    for span in session.looks.spans_of(rows):
        shown[span.portal][span.row_key] = span
    seen = session.looks.looks_showing(rows, since)
    return {p: backings(looks.get(p, ()), readings, shown[p], seen) for p, readings in by_portal.items()}

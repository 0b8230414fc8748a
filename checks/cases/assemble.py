"""From records to cases: each decision with its sources, timelines and suspects. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from checks.cases.decision_case import Case
from checks.cases.portal_looks import PortalLooks
from checks.cases.refused import may_be_row_of, row_of
from checks.cases.sightings import record_span
from checks.cases.timeline import ChannelTimeline, PortalTimeline, portal_timeline
from core.domain.calendar import Calendar
from core.domain.clock import ZONE
from core.domain.config import Config, Portal
from core.domain.models import (
    Channel,
    ClaimSubject,
    Decision,
    Finding,
    Kind,
    MonthSubject,
    Place,
    Reading,
    Refusal,
    RepairSubject,
    RowSpan,
    Ruling,
    Submission,
)
from core.domain.text import mentions_number, plain_name, tight

UNLIKE = 60  # names less alike than this (of 100) are two parties
NEAR = timedelta(days=3)
_NO_LOOKS = PortalLooks()
NEAR_NUMBER = 2  # edits
_MARK = re.compile(r"[〔\[［（(【]((?:19|20)\d\d)[〕\]］）)】]\D{0,6}?0*(\d+)(?:[-—至]\d+)?号")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """The facts that cases are made of, indexed as they are asked for.

    `unread`: rows listed and not read as they stand, `titles` what the list calls them; `readings`: of the rows that
    findings stand in; `places`: of unread rows and of loose findings; `looks`: by portal;
    `loose`: findings without a number, or without any party; `taken`: ids of findings that belong to a decision with a
    submission; `nobodys`: what else was read off a page and joins no decision that is evaluated, by portal, row key and
    content; `lost_submissions` and `lost_rows`: what was set aside, and could be any decision that nothing contradicts;
    `refused`: rows, sheets and files of 双公示 that came in and were not taken, by unit ("": nobody knows whose);
    `unseen`: rows (portal, row key) that a look shows and a check in a browser did not;
    `receipts`: by unit and kind, when its workbooks came in since the first day of its decisions; `complete`: the
    months that the office says were reported whole.
    """

    submissions: Mapping[str, Submission]
    findings: Mapping[str, Finding]
    spans: Mapping[tuple[str, str], RowSpan]
    looks: Mapping[str, PortalLooks]
    first_proving: Mapping[str, datetime]
    unread: Mapping[str, Sequence[RowSpan]] = field(default_factory=dict)
    loose: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    beside_in_review: Mapping[str, Sequence[str]] = field(default_factory=dict)
    nobodys: Mapping[tuple[str, str, str], Sequence[Finding]] = field(default_factory=dict)
    taken: frozenset[str] = frozenset()
    lost_submissions: tuple[Submission, ...] = ()
    refused: Mapping[str, Sequence[Refusal]] = field(default_factory=dict)
    lost_rows: tuple[tuple[Finding, RowSpan], ...] = ()
    reported_months: Mapping[str, Mapping[tuple[Kind, str], datetime]] = field(default_factory=dict)
    receipts: Mapping[str, Mapping[Kind, Sequence[datetime]]] = field(default_factory=dict)
    rulings: tuple[Ruling, ...] = ()
    complete: Mapping[MonthSubject, Ruling] = field(default_factory=dict)
    titles: Mapping[tuple[str, str], str] = field(default_factory=dict)
    readings: Mapping[tuple[str, str], Sequence[Reading]] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Place] = field(default_factory=dict)
    unread_since: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    unseen: frozenset[tuple[str, str]] = frozenset()


def assemble(
    decisions: Iterable[Decision], book: CaseFacts, config: Config, calendar: Calendar, now: datetime
) -> Iterable[Case]:
    """A case for every decision whose unit and kind are known; the others accuse nobody and are left out."""
    rulings = rulings_by_decision(book.rulings)
    for decision in decisions:
        if decision.unit and decision.kind is not None:
            yield case_of(decision, decision.kind, book, config, calendar, now, rulings.get(decision.id, ()))


def rulings_by_decision(rulings: Sequence[Ruling]) -> dict[str, tuple[Ruling, ...]]:
    """The rulings on each decision's claim or repair, by the decision's id."""
    by_decision: dict[str, list[Ruling]] = defaultdict(list)
    for ruling in rulings:
        if isinstance(ruling.subject, ClaimSubject | RepairSubject):
            by_decision[ruling.subject.decision].append(ruling)
    return {name: tuple(rulings) for name, rulings in by_decision.items()}


def case_of(
    decision: Decision,
    kind: Kind,
    book: CaseFacts,
    config: Config,
    calendar: Calendar,
    now: datetime,
    rulings: tuple[Ruling, ...],
) -> Case:
    """The case of one decision."""
    findings = tuple(book.findings[name] for name in decision.findings)
    channels = {
        channel: _channel(decision, kind, channel, findings, book, config)
        for channel in (Channel.CREDIT, Channel.DEPARTMENT)
    }
    return Case(
        decision=decision,
        unit=config.unit(decision.unit),
        kind=kind,
        submissions=tuple(book.submissions[name] for name in decision.submissions),
        findings=findings,
        beside=tuple(_beside(decision, findings, book)),
        doubtful=_doubtful(decision, kind, book),
        channels=channels,
        reported_months=book.reported_months.get(decision.unit, {}),
        receipts=tuple(book.receipts.get(decision.unit, {}).get(kind, ())),
        complete={
            subject.month: ruling
            for day in decision.decided_on
            if (ruling := book.complete.get(subject := MonthSubject(decision.unit, kind, f"{day:%Y-%m}")))
        },
        rulings=rulings,
        scheme=config.on(max(decision.decided_on, default=now.date())).scheme,
        calendar=calendar,
        now=now,
    )


def _doubtful(decision: Decision, kind: Kind, book: CaseFacts) -> tuple[Submission, ...]:
    """Workbook rows under review as this decision, then those of its unit and kind that were set aside."""
    records = {*decision.submissions, *decision.findings}
    doubted = {r.right if r.left in records else r.left for r in decision.reviews}
    under_review = (book.submissions[name] for name in sorted(doubted & book.submissions.keys()))
    set_aside = (row for row in book.lost_submissions if row.unit == decision.unit and row.kind is kind)
    near = (*book.refused.get(decision.unit, ()), *book.refused.get("", ()))
    refused = (row_of(r, decision.unit, kind) for r in near if may_be_row_of(r, decision, kind))
    return (*under_review, *set_aside, *refused)


def _beside(decision: Decision, findings: Sequence[Finding], book: CaseFacts) -> Iterable[Finding]:
    """What else stands on the pages of these findings: words that are no record of their own.

    A record with a number answers for itself, in its own decision; one of a known other unit is that one's affair.
    """
    own = {finding.id for finding in findings}
    pages = dict.fromkeys((f.portal, f.row_key, f.content_hash) for f in findings)
    for finding in (f for page in pages for f in book.nobodys.get(page, ())):
        if finding.id not in own and not finding.numbers and finding.unit in (None, decision.unit):
            yield finding


def _channel(
    decision: Decision, kind: Kind, channel: Channel, findings: Sequence[Finding], book: CaseFacts, config: Config
) -> ChannelTimeline:
    portals = config.channel(channel, decision.unit, kind)
    since = since_of(decision)
    timelines = tuple(_portal(portal, findings, book, since) for portal in portals)
    seen = ChannelTimeline(channel=channel, portals=timelines, unseen=book.unseen)
    if seen.first is None:
        return replace(seen, suspects=tuple(_suspects(decision, portals, book, since)))
    unread = tuple(_unread(decision, portals, book, since, before=seen.first.first_seen))
    return replace(seen, suspects=(*_earlier(decision, portals, book, seen.first), *unread), waiting=bool(unread))


def since_of(decision: Decision) -> datetime:
    """From when on looks may matter to a decision: the start of the first day it may have been made."""
    return since_of_days(decision.decided_on)


def since_of_days(days: Sequence[date]) -> datetime:
    """The same of the days that its sources state."""
    first = min(days, default=None)
    return datetime.combine(first, time.min, ZONE) if first else datetime(1970, 1, 1, tzinfo=ZONE)


def _portal(portal: Portal, findings: Sequence[Finding], book: CaseFacts, since: datetime) -> PortalTimeline:
    rows: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        rows[finding.portal, finding.row_key].append(finding)
    records = [
        record_span(book.spans[row], rows[row], book.readings.get(row, ()))
        for row in sorted(rows)
        if row[0] == portal.id and row in book.spans
    ]
    return portal_timeline(
        portal.id,
        book.looks.get(portal.id, _NO_LOOKS),
        records,
        since,
        book.first_proving.get(portal.id),
    )


def _suspects(decision: Decision, portals: Sequence[Portal], book: CaseFacts, since: datetime) -> Iterable[str]:
    """Rows that could be this never-seen decision: unread ones, unlinked ones, and pairs under review."""
    ids = {portal.id for portal in portals}
    yield from _unread(decision, portals, book, since)
    for portal in portals:
        for finding, span in book.lost_rows:
            if span.portal == portal.id and span.last_seen >= since and _may_be(decision, finding):
                yield f"{portal.name}有一条已搁置的记录（{span.row_key}）"
        for finding in book.loose.get(portal.id, ()):
            if finding.id not in book.taken and _stood_since(finding, book) >= since and _could_be(decision, finding):
                yield f"{portal.name}有一条写得不全的记录（{finding.title or finding.number_text or finding.name}）"
    for why, other in _reviewed(decision, book):
        if other.portal in ids and (not decision.submissions or other.id not in book.taken):
            yield f"{why}（{other.title or other.number_text}）"


def _reviewed(decision: Decision, book: CaseFacts) -> Iterable[tuple[str, Finding]]:
    """Why a person is asked, and the findings that may be this decision's by the answer.

    One act is asked about once: all that stands of the other counts, and where this one was handed in only what nobody
    else did.
    """
    records = {*decision.submissions, *decision.findings}
    for review in decision.reviews:
        other = review.right if review.left in records else review.left
        beside = book.beside_in_review.get(other, ())
        named = {other, *(name for name in beside if not decision.submissions or name not in book.taken)}
        yield from ((review.why, book.findings[name]) for name in sorted(named & book.findings.keys()))


def _unread(
    decision: Decision, portals: Sequence[Portal], book: CaseFacts, since: datetime, before: datetime | None = None
) -> Iterable[str]:
    """Rows not read as they stand, unread before `before`: each may be the act, whenever it was first listed.

    Not one that its title gives another number, and not one whose bytes have been the same since before the act.
    """
    for portal in portals:
        for span in book.unread.get(portal.id, ()):
            row = (span.portal, span.row_key)
            place, title = book.places.get(row), book.titles.get(row, "")
            same = place is not None and place.extent > 0 and place.changed_at < since <= place.read_at
            begun = book.unread_since.get(row, span.first_seen)
            early = span.last_seen < since or (before is not None and begun >= before)
            if not (same or early or _is_anothers(title, decision, slip=1)):
                yield f"{portal.name}有一条未能读取的记录（{span.row_key}）"


def _stood_since(finding: Finding, book: CaseFacts) -> datetime:
    """From when on a record that says little may be what it is: its attachment may have been replaced since."""
    place = book.places.get((finding.portal, finding.row_key))
    return max(finding.observed_at, place.changed_at) if place is not None and place.extent < 2 else finding.observed_at


def _is_anothers(title: str, decision: Decision, slip: int = 0) -> bool:
    """Whether a title gives a number of its own, and it is not this decision's; serials `slip` edits apart may be."""
    mine = _MARK.findall(tight(decision.number or ""))
    marks = _MARK.findall(tight(title))
    return bool(mine and marks) and not any(
        year == other and DamerauLevenshtein.distance(serial, another) <= slip
        for year, serial in marks
        for other, another in mine
    )


def _earlier(decision: Decision, portals: Sequence[Portal], book: CaseFacts, first: RowSpan) -> Iterable[str]:
    """Records under review as this decision that stood on the channel before the row it was first seen by."""
    ids = {portal.id for portal in portals}
    since = since_of(decision)
    for finding, lost in book.lost_rows:
        stood = lost.portal in ids and since <= lost.last_seen and lost.first_seen < first.first_seen
        if stood and _may_be(decision, finding):
            yield f"有一条已搁置的记录（{lost.row_key}，{lost.first_seen:%Y-%m-%d} 首次见到）"
    for why, other in _reviewed(decision, book):
        span = book.spans.get((other.portal, other.row_key)) if other.portal in ids else None
        if span is not None and span.first_seen < first.first_seen:
            yield f"{why}（{other.title or other.number_text}，{span.first_seen:%Y-%m-%d} 首次见到）"


def _may_be(decision: Decision, finding: Finding) -> bool:
    """Whether kind, unit and day of a record let it be this decision; its texts are not asked."""
    if finding.kind is not None and finding.kind is not decision.kind:
        return False
    if finding.unit is not None and finding.unit != decision.unit:
        return False
    days = decision.decided_on if finding.decided_on else ()
    return not days or any(abs(finding.decided_on - day) <= NEAR for day in days if finding.decided_on)


def _could_be(decision: Decision, finding: Finding) -> bool:
    """Whether nothing speaks against a record that says little being this decision."""
    if not _may_be(decision, finding):
        return False
    if finding.numbers and decision.number:  # a number far from ours is another's
        near = [DamerauLevenshtein.distance(number, decision.number) <= NEAR_NUMBER for number in finding.numbers]
        if not any(near):
            return False
    text = tight(dict(finding.fields).get("text", ""))
    if not text and not finding.numbers and _is_anothers(finding.title, decision):
        return False  # its row's title gives the number of the page that nobody can read
    if text:  # the page was read whole: what it does not mention it does not publish
        return mentions_number(text, decision.number) or (bool(decision.name) and tight(decision.name) in text)
    name = plain_name(finding.name)
    return not name or not decision.name or fuzz.ratio(name, decision.name) >= UNLIKE

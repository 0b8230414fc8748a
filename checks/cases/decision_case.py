"""A case: one decision with every fact the checks may ask about, and the tools to read it."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, partial
from typing import Literal

from checks.cases.publication_claim import ClaimStanding, ClaimState, claim_of, standing_of
from checks.cases.publication_duty import Duty, duty_of
from checks.cases.publication_verdict import PublicationCase, Verdict, publication_verdict
from checks.cases.timeline import ChannelTimeline
from core.domain.calendar import Calendar
from core.domain.config import Unit
from core.domain.models import (
    Channel,
    Citation,
    ClaimSubject,
    Decision,
    Evidence,
    Finding,
    Kind,
    Outcome,
    RepairSubject,
    Ruling,
    RulingKind,
    StatedDate,
    Submission,
)
from core.domain.reason_codes import CheckText, ReasonCode
from core.domain.ruling_validity import in_force, rulings_on
from core.domain.scheme import Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """By when it was due, how many days late it is (at least, at most), and what the other calendar would have said."""

    deadline: datetime | None = None
    late_days: tuple[int, int | None] | None = None
    other_calendar: str = ""


NOT_DUE = Due()  # of what has no deadline


@dataclass(frozen=True, kw_only=True)
class Case:
    """One decision as the checks see it. What several checks ask of it is worked out once.

    `channels`: timelines by channel; `reported_months`: (kind, "YYYY-MM") that the unit's workbooks cover → since when;
    `receipts`: when the unit's workbooks of this kind came in since it was made, of whatever month, in order;
    `doubtful`: workbook rows of which a person must say whether they are this decision, those of its unit and kind that
    were set aside, and what came in, was not taken and may be it;
    `beside`: what else was read off the pages of its findings, of no other decision and no known other unit;
    `complete`: the office's words that a month ("YYYY-MM") of this unit and kind was reported whole.
    """

    decision: Decision
    unit: Unit
    kind: Kind
    submissions: tuple[Submission, ...]
    findings: tuple[Finding, ...]
    channels: Mapping[Channel, ChannelTimeline]
    reported_months: Mapping[tuple[Kind, str], datetime]
    rulings: tuple[Ruling, ...]
    scheme: Scheme
    calendar: Calendar
    now: datetime
    doubtful: tuple[Submission, ...] = ()
    beside: tuple[Finding, ...] = ()
    receipts: tuple[datetime, ...] = ()
    complete: Mapping[str, Ruling] = field(default_factory=dict)
    _stated: dict[Channel, StatedDate | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    _publications: dict[Channel, PublicationCase] = field(default_factory=dict, init=False, repr=False, compare=False)
    _verdicts: dict[Channel, Verdict] = field(default_factory=dict, init=False, repr=False, compare=False)

    # ------------------------------------------------------------ what the sources say

    def deadline(self, channel: Channel, day: date, reckoning: Literal["natural", "working"]) -> datetime:
        """D on a channel for a decision of `day`; raises CalendarUnknown.

        Where a claim not to publish is over, no earlier than if the decision had been made on the day it ended.
        """
        over_on = self._held_back_until(channel)
        days = [day] if over_on is None else [day, over_on]
        return max(self.calendar.deadline(d, self.scheme.deadline.days, reckoning) for d in days)

    def reported_at(self) -> datetime | None:
        """The earliest collection timestamp (报送时间), else the earliest registered receipt; never the import's."""
        stamps = [s.reported_at for s in self.submissions if s.reported_at]
        return min(stamps or [s.receipt_at for s in self.submissions if s.receipt_at], default=None)

    @cached_property
    def duty(self) -> Duty:
        """Whether this decision must be published (dated table of duties, claims of 不公开 and rulings on them)."""
        standing = self._claim_standing()
        if standing is not None and standing.state is not ClaimState.OVER:
            return "no" if standing.state is ClaimState.ACCEPTED else "unknown"
        if claim_of(self.doubtful) is not None:
            return "unknown"
        stated = [s.category for s in self.submissions] + [f.category for f in self.findings]
        categories = tuple(sorted(set(filter(None, stated))))
        return duty_of(self.scheme.duties, self.kind, categories, self.decision.decided_on)

    def claim(self) -> str | None:
        """The unit's word that it need not publish now (不公开, 暂缓公开), unless that is over; else None."""
        claim, standing = claim_of(self.submissions), self._claim_standing()
        return claim.kind if claim and standing and standing.state is not ClaimState.OVER else None

    def _claim_standing(self) -> ClaimStanding | None:
        claim = claim_of(self.submissions)
        if claim is None:
            return None
        return standing_of(claim, rulings_on(self.rulings, ClaimSubject(self.decision.id)), self.now.date())

    def _held_back_until(self, channel: Channel) -> date | None:
        """The day a claim not to publish was over; None without one, or for one that came after publication."""
        claim, standing, first = claim_of(self.submissions), self._claim_standing(), self.channels[channel].first
        if claim is None or standing is None or (first is not None and first.first_seen < claim.made_at):
            return None
        return standing.over_on

    def repaired_on(self) -> date | None:
        """The day of the repair (信用修复) on record, by its newest ruling; None without one, or once withdrawn."""
        newest = next(reversed(rulings_on(self.rulings, RepairSubject(self.decision.id))), None)
        if newest is None or newest.word != RulingKind.ACCEPT or not in_force(newest, self.now.date()):
            return None
        return date.fromisoformat(newest.value) if newest.value else newest.at.date()

    def period_ends(self) -> list[date]:
        """Days from which the record may lawfully be gone: its period's end as stated, or a repair on record."""
        rows: tuple[Submission | Finding, ...] = (*self.submissions, *self.findings)
        ends = [row.valid_until for row in rows if row.valid_until and self.kind is Kind.LICENCE]
        ends += [row.public_until for row in rows if row.public_until]
        repaired = self.repaired_on()
        return [*ends, *([repaired] if repaired else [])]

    def shortest_period_end(self, since: date | None = None) -> date | None:
        """The end of the shortest lawful time on show (removal_months of the duty in force); None: none is set.

        It counts from the decision's day, or from `since` where that is later.
        """
        decided = min(self.decision.decided_on, default=None)
        duties = (d for d in self.scheme.duties if d.kind is self.kind and d.removal_months and not d.category)
        for duty in duties:
            if decided and duty.in_force(decided):
                return add_months(max(decided, since or decided), duty.removal_months or 0)
        return None

    def removable_from(self, channel: Channel) -> date | None:
        """The earliest day on which the row could lawfully have been taken down; None: never within the law."""
        shortest = self.shortest_period_end(self._held_back_until(channel))
        return min([*self.period_ends(), *([shortest] if shortest else [])], default=None)

    def stated(self, channel: Channel) -> StatedDate | None:
        """S: the stated publication date of the row first seen on the channel, as first captured."""
        if channel not in self._stated:
            self._stated[channel] = self._stated_on(channel)
        return self._stated[channel]

    def _stated_on(self, channel: Channel) -> StatedDate | None:
        first = self.channels[channel].first
        if first is None:
            return None
        findings = [f for f in self.findings if (f.portal, f.row_key) == (first.portal, first.row_key)]
        findings.sort(key=lambda f: (f.content_hash != first.first_hash, f.observed_at, f.ordinal))
        stated = findings[0].published if findings else None
        # the day of a page that took up records dates none of them: only a record's own day is its own
        return None if first.by_reading and stated is not None and stated.source != "field" else stated

    def portals_of(self, channel: Channel) -> frozenset[str]:
        """The portals of a channel on which the decision could lawfully stand."""
        return frozenset(timeline.portal for timeline in self.channels[channel].portals)

    def publication(self, channel: Channel) -> PublicationCase:
        """The question the law of proof answers."""
        if channel not in self._publications:
            self._publications[channel] = self._publication_on(channel)
        return self._publications[channel]

    def verdict(self, channel: Channel) -> Verdict:
        """What the law of proof says to it."""
        if channel not in self._verdicts:
            self._verdicts[channel] = publication_verdict(self.publication(channel))
        return self._verdicts[channel]

    def _publication_on(self, channel: Channel) -> PublicationCase:
        stated = self.stated(channel)
        return PublicationCase(
            duty=self.duty,
            decided_on=self.decision.decided_on,
            reckoning=self.scheme.deadline.calendar,
            deadline=partial(self.deadline, channel),
            timeline=self.channels[channel],
            stated=stated.on if stated else None,
            removable_from=self.removable_from(channel),
            now=self.now,
        )

    # ------------------------------------------------------------ writing evidence

    def evidence(
        self,
        text: CheckText,
        reason: ReasonCode,
        sentence: str = "",
        *,
        outcome: Outcome | None = None,
        channel: Channel | None = None,
        due: Due = NOT_DUE,
        proofs: tuple[Citation, ...] = (),
    ) -> Evidence:
        """Evidence of a check about this decision, in the words of its record of `reason` unless `sentence` says more.

        `outcome`: where the code may have several. ValueError for a code or an outcome that the check does not declare.
        """
        known, days = text.declared(reason), self.decision.decided_on
        return Evidence(
            key="|".join(filter(None, [text.name, self.decision.id, channel])),
            check=text.name,
            unit=self.unit.slug,
            decision=self.decision.id,
            kind=self.kind,
            channel=channel,
            outcome=known.resolve(outcome),
            slug=known.code,
            sentence=sentence or known.sentence,
            deadline=due.deadline,
            late_days=due.late_days,
            other_calendar=due.other_calendar,
            decided_on=days[-1] if days else None,
            proofs=proofs,
            whose=known.responsible,
        )

    def proof_of_submissions(self) -> tuple[Citation, ...]:
        """The workbook rows behind the decision."""
        return tuple(Citation("submission", s.id, f"《{s.workbook}》{s.sheet} 第 {s.row} 行") for s in self.submissions)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

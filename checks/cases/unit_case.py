"""A unit's case: what it handed in beside 双公示, who has spoken of what, and the sites it should stand on. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.domain.config import Unit
from core.domain.deadlines import due_after
from core.domain.models import Citation, Evidence, Filing, Look, SiteRow
from core.domain.reason_codes import CheckText, ReasonCode
from core.domain.scheme import PromiseField


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteView:
    """One list of documents or commitments: its rows, and its proving looks of the whole list in time order.

    `read_at`: when the newest look began that proves anything, of the whole list or of its newest part.
    """

    portal: str
    name: str
    names_parties: bool
    rows: tuple[SiteRow, ...]
    walks: tuple[Look, ...]
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyDuty:
    """What is to be handed in every month: the forms of one indicator."""

    code: str
    title: str
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Respect:
    """One respect in which a unit is asked, by name: a month of a form, a field. `value`: as the evidence keeps it."""

    name: str
    day: date
    deadline: datetime
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitCase:
    """One unit with everything its filings are judged by.

    `first` to `last`: the days of the period; `filings`: of the period and of those before it that may still count.
    `reported`: (form, month) of this unit by rows or 零报告; `forms_received`: of any unit; `held`: those of which
    something came in that was not taken and may be this unit's. `closing`: until when the
    period's workbooks may come. `submitted`: (kind, month) → how many decisions it reported. `sites`: by what they
    list. `pictures`: SHA-256 → the first filing of the district that handed that picture in. `titles`: form → its name.
    `late`, `zero_alone`: (form, month) that came and do not count by the readings in force, as too late or as 零报告
    alone. `asked`: checks that the scheme weighs.
    """

    unit: Unit
    first: date
    last: date
    months: tuple[str, ...]
    now: datetime
    closing: datetime
    due_day: int
    filings: tuple[Filing, ...] = ()
    reported: frozenset[tuple[str, str]] = frozenset()
    forms_received: frozenset[tuple[str, str]] = frozenset()
    held: frozenset[tuple[str, str]] = frozenset()
    late: frozenset[tuple[str, str]] = frozenset()
    zero_alone: frozenset[tuple[str, str]] = frozenset()
    asked: frozenset[str] = frozenset()
    duties: tuple[MonthlyDuty, ...] = ()
    submitted: Mapping[tuple[str, str], int] = field(default_factory=dict)
    sites: Mapping[str, tuple[SiteView, ...]] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    fields: tuple[PromiseField, ...] = ()

    def of(self, *forms: str) -> Iterator[Filing]:
        """Its filings of these forms, in order of day and id."""
        filings = (f for f in self.filings if f.form in forms)
        yield from sorted(filings, key=lambda f: (f.on or date.min, f.month, f.id))

    def month_due(self, month: str) -> datetime:
        """Until when a month's workbooks may come: the end of the due day of the month after."""
        return due_after(date.fromisoformat(f"{month}-01"), self.due_day)

    def about(
        self,
        text: CheckText,
        filing: Filing,
        reason: ReasonCode,
        sentence: str,
        *,
        value: str = "",
        proofs: Sequence[Citation] = (),
        deadline: datetime | None = None,
    ) -> Evidence:
        """Evidence about one filing; its key stays when the same row comes in again with its files.

        ValueError for a code that the check does not declare.
        """
        known = text.declared(reason)
        return Evidence(
            key=f"{text.name}|{filing.content}",
            check=text.name,
            unit=self.unit.slug,
            subject=filing.id,
            outcome=known.resolve(),
            slug=known.code,
            sentence=sentence,
            decided_on=filing.on or date.fromisoformat(f"{filing.month}-01"),
            deadline=deadline,
            value=value,
            proofs=(proof_of(filing), *proofs),
        )

    def of_respect(
        self, text: CheckText, respect: Respect, reason: ReasonCode, sentence: str, proofs: Sequence[Citation] = ()
    ) -> Evidence:
        """Evidence about the unit in one respect; ValueError for a code that the check does not declare."""
        known = text.declared(reason)
        return Evidence(
            key=f"{text.name}|{self.unit.slug}|{respect.name}",
            check=text.name,
            unit=self.unit.slug,
            subject=respect.name,
            outcome=known.resolve(),
            slug=known.code,
            sentence=sentence,
            decided_on=respect.day,
            deadline=respect.deadline,
            value=respect.value,
            proofs=tuple(proofs),
        )


def proof_of(filing: Filing) -> Citation:
    """A workbook row as proof."""
    return Citation("filing", filing.id, filing.place)


def paper_hashes(filing: Filing, field: str = "") -> list[str]:
    """The hashes of the files that came with a filing, under one field where named."""
    return [p.sha256 for p in filing.papers if p.sha256 and field in ("", p.field)]

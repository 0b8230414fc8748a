"""What came in and was not taken, while it may be what a unit is said not to have handed in (decision 0038).

Until the office says (`chengxin withdraw`), or until what it said comes in by whom it may, it holds off every word of
silence about whoever it may be about. It gives nothing and takes nothing: of a provider's form it holds nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.domain.config import Unit
from core.domain.forms import forms
from core.domain.models import Filing, Kind, Refusal, ZeroReport
from core.domain.reason_codes import NOT_BY_PROVIDER
from core.domain.text import tight
from core.storage.session import Session
from pipeline.versions import Standing, standing


@dataclass(frozen=True, slots=True)
class Held:
    """The refusals that nothing has settled, and rows of monthly forms that came in for another year's month."""

    refusals: tuple[Refusal, ...]
    of_other_years: tuple[Filing, ...] = ()

    def of(self, unit: Unit, months: Sequence[str]) -> frozenset[tuple[str, str]]:
        """(form or Kind, month) of which one of them may be the unit's word, of the months named."""
        asked = [*(slug for slug, form in forms().items() if unit.kind in form.kinds), *Kind]
        mistyped = {
            (filing.form, month)
            for filing in self.of_other_years
            if filing.unit == unit.slug
            for month in months
            if filing.month[5:] == month[5:] and filing.month < month <= f"{filing.received_at:%Y-%m}"
        }
        return frozenset(mistyped) | frozenset(
            (form, month)
            for refusal in self.refusals
            if refusal.unit in ("", unit.slug)
            for form in asked
            if refusal.form in ("", form)
            for month in months
            if refusal.month == month or (not refusal.month and month <= f"{refusal.received_at:%Y-%m}")
        )


def held(session: Session, stand: Standing) -> Held:
    """What holds now: the refusals noted, and the rows of older stores that count no more for who handed them in."""
    noted = session.refusals.standing()
    disowned = [*map(_as_refusal, stand.disowned), *map(_as_refusal, stand.disowned_zeros)]
    refusals = [*_without_zeros_since(session, noted, stand), *disowned]
    unsettled = tuple(_unsettled(refusals, stand.filings)) if refusals else ()
    return Held(unsettled, tuple(filter(_is_of_another_year, stand.filings)))


def refusals_held(session: Session) -> tuple[Refusal, ...]:
    """The refusals that hold now, for who lists them alone."""
    return held(session, standing(session)).refusals


def _without_zeros_since(session: Session, refusals: Sequence[Refusal], stand: Standing) -> Iterator[Refusal]:
    """Without the 零报告 that have come in so that they count."""
    foreign = stand.foreign
    zeros = session.submissions.zero_reports() if any(refusal.zero for refusal in refusals) else ()
    known = {(zero.unit, zero.kind, zero.month) for zero in zeros if zero.id not in foreign}
    yield from (r for r in refusals if not (r.zero and (r.unit, r.form, r.month) in known))


def _is_of_another_year(filing: Filing) -> bool:
    """Whether a row of a monthly form came so late that its year may be mistyped: a month's rows come in the next."""
    return filing.form in forms() and forms()[filing.form].monthly and filing.month[:4] < f"{filing.received_at:%Y}"


def _unsettled(refusals: Iterable[Refusal], filings: Sequence[Filing]) -> Iterable[Refusal]:
    """Those whose row nobody has handed in so that it counts: the same content, or the same thing by its name, of the
    same month or, where the month could not be read, afterwards."""
    contents, named = {filing.content for filing in filings}, defaultdict[tuple[str, str, str], list[Filing]](list)
    for filing in filings:
        for unit in (filing.unit, ""):
            named[filing.form, unit, tight(filing.title)].append(filing)
    for refusal in refusals:
        same = named[refusal.form, refusal.unit, tight(refusal.title)] if refusal.title else []
        if refusal.content not in contents and not any(_settles(filing, refusal) for filing in same):
            yield refusal


def _settles(filing: Filing, refusal: Refusal) -> bool:
    return filing.month == refusal.month if refusal.month else filing.received_at > refusal.received_at


def _as_refusal(row: Filing | ZeroReport) -> Refusal:
    filing = row if isinstance(row, Filing) else None
    return Refusal(
        id=row.id,
        unit=row.unit,
        form=row.form if isinstance(row, Filing) else row.kind,
        month=row.month,
        title=filing.title if filing else "",
        content=filing.content if filing else "",
        zero=filing is None,
        reason=NOT_BY_PROVIDER.sentence,
        workbook=row.workbook,
        workbook_sha256=row.workbook_sha256,
        sheet=row.sheet,
        row=row.row,
        received_at=row.received_at,
    )


def refused_decisions(session: Session) -> tuple[Refusal, ...]:
    """Refusals that may be rows of 双公示, without those whose number has come in since."""
    found = [r for r in session.refusals.standing() if r.form in ("", *Kind) and not r.zero]
    asked = {(r.unit, r.form) for r in found if r.numbers}
    known = {key: session.submissions.numbers(*key) for key in asked}
    return tuple(r for r in found if not set(r.numbers) & known.get((r.unit, r.form), frozenset()))

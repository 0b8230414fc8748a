"""From evidence to the item a reader acts on."""

from core.domain.models import Evidence, Outcome, Ruling
from core.domain.ruling_words import PRINTED
from reporting import wording
from reporting.citations import proof_lines
from reporting.lookup import Lookup
from reporting.view_models import Item, OtherReading, RulingLine, Status


def item(lookup: Lookup, evidence: Evidence) -> Item:
    """Everything about one evidence, ready to be shown."""
    text = lookup.text(evidence.check)
    status = lookup.status(evidence)
    party, number, kind = lookup.parties(evidence)
    whose = evidence.whose or text.responsible
    todo = text.action_office if whose == "office" and text.action_office else text.action
    days_left = wording.left(evidence.deadline, lookup.judgement.at)
    return Item(
        anchor=wording.anchor("e", evidence.key),
        unit=evidence.unit,
        unit_name=wording.unit_name(lookup.config, evidence.unit),
        check=evidence.check,
        title=wording.safe(text.title_breached if evidence.outcome is Outcome.BREACHED else text.title_met),
        channel=wording.CHANNELS[evidence.channel] if evidence.channel else "",
        status=status,
        slug=evidence.slug,
        slug_text=lookup.slug_text(evidence),
        sentence=wording.safe(evidence.sentence),
        kind=kind,
        party=party,
        number=number,
        decided_on=_decided(lookup, evidence),
        deadline=wording.moment(evidence.deadline)[:10] if evidence.deadline else "",
        days_left=days_left,
        left=wording.left_text(days_left),
        late=wording.late(evidence.late_days),
        whose=wording.WHOSE.get(whose, wording.safe(whose)),
        todo=wording.safe(todo),
        other=other_reading(lookup, evidence),
        proofs=proof_lines(lookup, evidence.proofs),
        ruling=ruling_line(lookup.rulings.get(evidence.key)),
    )


def _decided(lookup: Lookup, evidence: Evidence) -> str:
    decision = lookup.judgement.decisions.get(evidence.decision)
    if evidence.decided_on is not None:
        return wording.day(evidence.decided_on)
    return wording.days(decision.decided_on) if decision else "—"


def other_reading(lookup: Lookup, evidence: Evidence) -> OtherReading | None:
    """`natural:breached:not-published` read; None where the other calendar was not computed."""
    calendar, _, rest = evidence.other_calendar.partition(":")
    outcome, _, slug = rest.partition(":")
    if outcome not in set(Outcome):
        return None
    return OtherReading(
        calendar=wording.name_of(wording.CALENDARS, calendar),
        outcome=wording.OUTCOMES[Outcome(outcome)],
        slug_text=wording.safe(lookup.text(evidence.check).sentence(slug) or slug),
        breached=outcome == Outcome.BREACHED,
    )


def ruling_line(ruling: Ruling | None) -> RulingLine | None:
    """A ruling in force, as shown."""
    if ruling is None:
        return None
    return RulingLine(
        word=PRINTED[ruling.word],
        by=wording.safe(ruling.by),
        why=wording.safe(ruling.why),
        at=wording.moment(ruling.at),
        until=wording.day(ruling.until) if ruling.until else "",
    )


def breached(one: Item) -> bool:
    """Whether the item stands as a breach: provisional or confirmed."""
    return one.status in (Status.PROVISIONAL, Status.CONFIRMED)

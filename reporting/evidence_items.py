"""From evidence to the item a reader acts on."""

from checks.cases.set_aside import line_of
from core.domain.forms.review_worksheet import OUTCOMES
from core.domain.models import Evaluation, Evidence, Outcome, Ruling
from core.domain.reason_codes import SET_ASIDE
from core.domain.ruling_validity import call_number
from core.domain.ruling_words import PRINTED
from reporting import wording
from reporting.citations import citation_lines
from reporting.lookup import Lookup
from reporting.view_models import ItemView, OtherCalendar, RulingView

# what a ruling may say beside its kind: an outcome, a severity, a grade
VALUES = {value: word for word, value in OUTCOMES.items()} | {
    grade.value: word for grade, word in wording.GRADES.items()
}


def item_view(lookup: Lookup, evidence: Evidence) -> ItemView:
    """Everything about one evidence, ready to be shown."""
    text = lookup.text(evidence.check)
    party, number, kind = lookup.parties(evidence)
    responsible = lookup.responsible(evidence)
    action = text.todo(evidence.slug, responsible)
    days_left = wording.left(evidence.deadline, lookup.evaluation.at)
    return ItemView(
        anchor=wording.anchor("e", evidence.key),
        call=call_number(evidence.key),
        unit=evidence.unit,
        unit_name=lookup.unit_name(evidence.unit),
        check=evidence.check,
        title=lookup.title(evidence),
        channel=wording.CHANNELS[evidence.channel] if evidence.channel else "",
        status=lookup.status(evidence),
        reason=evidence.slug,
        reason_text=lookup.reason_text(evidence),
        sentence=wording.safe(evidence.sentence),
        kind=kind,
        party=party,
        number=number,
        decision=evidence.decision,
        about=about(lookup, evidence),
        decided_on=_decided(lookup, evidence),
        deadline=wording.day_of(evidence.deadline) if evidence.deadline else "",
        days_left=days_left,
        left=wording.left_text(days_left),
        late=wording.late(evidence.late_days),
        responsible=wording.RESPONSIBLE.get(responsible, wording.safe(responsible)),
        action=wording.safe(action),
        other=other_calendar(lookup, evidence),
        citations=citation_lines(lookup, evidence.proofs),
        ruling=ruling_view(lookup.rulings.get(evidence.key)),
        indicators=lookup.indicators(evidence),
    )


def about(lookup: Lookup, evidence: Evidence) -> str:
    """What an evidence is about: number and party of the decision; a filing or a month speaks by its title."""
    if not evidence.decision:
        return lookup.title(evidence)
    party, number, kind = lookup.parties(evidence)
    return "　".join(filter(None, (kind, number or evidence.decision, party)))


def record_line(lookup: Lookup, name: str) -> str:
    """A submission or a finding in one line: where it stands, its number, party and day."""
    submission, finding = lookup.facts.submissions.get(name), lookup.facts.findings.get(name)
    if submission is not None:
        where = f"报送《{submission.workbook}》{submission.sheet} 第 {submission.row} 行"
    elif finding is not None:
        where = f"公示“{lookup.portal_name(finding.portal)}”"
    else:
        return f"记录 {name[:12]}"
    record = submission or finding
    assert record is not None
    day = record.decided_on.isoformat() if record.decided_on else "无决定日期"
    return wording.safe(
        " ".join(filter(None, (where, record.number_text or "无文书号", record.name or "无行政相对人", day)))
    )


def _decided(lookup: Lookup, evidence: Evidence) -> str:
    if evidence.decided_on is not None:
        return wording.day(evidence.decided_on)
    decision = lookup.evaluation.decisions.get(evidence.decision)
    return wording.days(decision.decided_on) if decision else "—"


def other_calendar(lookup: Lookup, evidence: Evidence) -> OtherCalendar | None:
    """`natural:breached:not-published` read; None where the other calendar was not computed."""
    calendar, _, rest = evidence.other_calendar.partition(":")
    outcome, _, reason = rest.partition(":")
    if outcome not in set(Outcome):
        return None
    return OtherCalendar(
        calendar=wording.name_of(wording.CALENDARS, calendar),
        outcome=wording.OUTCOMES[Outcome(outcome)],
        reason_text=wording.safe(lookup.text(evidence.check).sentence(reason) or reason),
        breached=outcome == Outcome.BREACHED,
    )


def ruling_view(ruling: Ruling | None) -> RulingView | None:
    """A ruling in force, as shown."""
    if ruling is None:
        return None
    return RulingView(
        word=PRINTED[ruling.word],
        value=wording.name_of(VALUES, ruling.value) if ruling.value else "",
        by=wording.safe(ruling.by),
        why=wording.safe(ruling.why),
        on=wording.day_of(ruling.at),
        until=wording.day(ruling.until) if ruling.until else "",
    )


def set_aside_lines(evaluation: Evaluation) -> tuple[str, ...]:
    """What was set aside as it could not be evaluated: one line a decision or a unit's filing, with where it stands."""
    lines = {item.decision or item.key: item.sentence for item in evaluation.everything if item.slug == SET_ASIDE.code}
    lines |= {d.id: line for d in evaluation.decisions.values() if (line := line_of(d)) and d.id not in lines}
    return tuple(wording.short(line, 200) for _, line in sorted(lines.items()))

"""What the office asks units about items, and what they answered.

A question is answered by what its unit said to it at the desk, or else by the first thing that the unit said about the
item afterwards, however it came (a list of replies, another page).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from core.domain.clock import ZONE
from core.domain.errors import UsageError
from core.domain.models import Evidence, Objection
from core.domain.periods import period_of
from core.domain.ruling_validity import call_number
from core.domain.text import spoken
from core.storage.outbox import SENT
from core.storage.session import Session
from desk.as_it_stands import reckoned
from desk.district import CloseUp
from desk.models import Account, Question
from desk.site import current
from pipeline.unit_letters import send_question
from reporting import wording
from reporting.evidence_items import item_view
from review.objections import closing_day

SHORTEST, LONGEST = 4, 500  # characters of a question


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as pages show it. `answer`: what was said to it, in words; "" while it waits. `is_gone`: the item is
    no longer there, and nobody can answer. `letter`: what became of the letter, in words."""

    number: int
    call: str
    unit: str
    unit_name: str
    about: str
    text: str
    by: str
    at: str
    since: date
    days: int
    answer: str
    answered_at: str
    papers: tuple[tuple[str, str], ...]
    is_gone: bool
    letter: str

    @property
    def waits(self) -> bool:
        """Whether an answer is still to come."""
        return not self.answer and not self.is_gone


def ask(session: Session, known: CloseUp, text: str, by: Account) -> str:
    """Keep a question and commit its letter; what is kept of it. UsageError where it cannot be asked, or waits already.

    The question is kept with its letter or not at all.
    """
    now, text, evidence = session.now(), spoken(text, LONGEST + 1), known.evidence
    if not SHORTEST <= len(text) <= LONGEST:
        raise UsageError(f"写明要问什么，{SHORTEST} 到 {LONGEST} 个字，现为 {len(text)} 个字")
    until = closing_day(session.config, period_of(evidence.decided_on or now.date()))
    if now.date() > until:
        raise UsageError(f"异议期已于 {until} 截止，单位不能再在工作台上答复；要问请打电话")
    before = list(Question.objects.filter(evidence=evidence.key, text=text))
    said = _said(session, before)
    if any(not _answer(question, said) for question in before):
        raise UsageError("这句话已经问过，正等单位答复")
    item = item_view(known.lookup, evidence)
    with transaction.atomic():
        question = Question.objects.create(
            evidence=evidence.key, call=call_number(evidence.key), unit=evidence.unit,
            about=f"{item.about}　{item.full_title}" if item.decision else item.full_title,
            text=text, author=by, at=now,
        )  # fmt: skip
        question.letter = send_question(session, item, text, until)
        question.save()
    return text


def mark_answered(evidence: Evidence, objection: Objection, now: datetime) -> None:
    """Note what a unit said at the desk to whatever waits about an item; also where it had said the same before."""
    waiting = Question.objects.filter(evidence=evidence.key, unit=objection.unit, answered_at=None)
    waiting.update(answer=objection.id, answered_at=now)


def asked_about(session: Session, evidence: Evidence) -> tuple[Asked, ...]:
    """All that was asked about an item, the newest first."""
    return _told(session, Question.objects.filter(evidence=evidence.key))


def asked_of(session: Session, unit: str) -> tuple[Asked, ...]:
    """All that a unit was asked, the newest first."""
    return _told(session, Question.objects.filter(unit=unit))


def all_waiting(session: Session) -> tuple[Asked, ...]:
    """All that waits for a unit's answer, the oldest first."""
    asked = list(Question.objects.filter(answered_at=None).select_related("author"))
    said = _said(session, asked)
    return tuple(q for q in reversed(_told(session, [q for q in asked if _answer(q, said) is None])) if q.waits)


def waiting_since(questions: Iterable[Asked]) -> Mapping[str, date]:
    """Call number of each item that a unit was asked about and has not answered → since when."""
    since: dict[str, date] = {}
    for question in questions:
        if question.waits:
            since[question.call] = min(question.since, since.get(question.call, question.since))
    return since


_Said = Mapping[tuple[str, str], Sequence[Objection]]  # what units said, by evidence and unit


def _said(session: Session, questions: Iterable[Question]) -> _Said:
    said: defaultdict[tuple[str, str], list[Objection]] = defaultdict(list)
    for objection in session.objections.about(question.evidence for question in questions):
        said[objection.evidence, objection.unit].append(objection)
    return said


def _answer(question: Question, said: _Said) -> Objection | None:
    own = said.get((question.evidence, question.unit), ())
    if question.answer:
        return next((o for o in own if o.id == question.answer), None)
    return min((o for o in own if o.received_at >= question.at), key=lambda o: o.received_at, default=None)


def _told(session: Session, questions: Iterable[Question]) -> tuple[Asked, ...]:
    asked = sorted(questions, key=lambda q: (q.at, q.pk), reverse=True)
    said, today, known = _said(session, asked), session.now().date(), reckoned(current())
    return tuple(
        _shown(session, question, answer, today, is_gone=not (answer or known.is_there(session, question.call)))
        for question in asked
        for answer in [_answer(question, said)]
    )


def _shown(session: Session, question: Question, answer: Objection | None, today: date, *, is_gone: bool) -> Asked:
    since = question.at.astimezone(ZONE).date()
    return Asked(
        number=question.pk,
        call=question.call,
        unit=question.unit,
        unit_name=wording.unit_name(session.config, question.unit),
        about=wording.safe(question.about),
        text=wording.safe(question.text),
        by=wording.safe(question.author.name),
        at=wording.minute(question.at.astimezone(ZONE)),
        since=since,
        days=(today - since).days,
        answer="" if answer is None else _words(answer),
        answered_at="" if answer is None else wording.minute(question.answered_at or answer.received_at),
        papers=() if answer is None else tuple((wording.safe(name), sha) for name, sha in answer.papers),
        is_gone=is_gone,
        letter=_letter(session, question.letter),
    )


def _words(answer: Objection) -> str:
    kind, text = wording.name_of(wording.ANSWERS, answer.kind), wording.safe(answer.text)
    return f"{kind}：{text}" if text else kind


def _letter(session: Session, key: str) -> str:
    """What became of the letter that asks."""
    if not key:
        return "当天已就这一事项发过信，这一问只显示在单位的页上"
    deliveries = session.outbox.deliveries_of(key)
    if not deliveries:
        return "信已写好（没有配置发信，由信用办转交）"
    states = {d.state for d in deliveries}
    if states == {SENT}:
        return f"信已送达 {wording.minute(max(d.changed_at for d in deliveries))}"
    waiting = min(deliveries, key=lambda d: d.next_at)
    if waiting.state == "waiting":
        return f"信待发，最早 {wording.minute(waiting.next_at)}"
    return f"信{wording.DELIVERIES.get(waiting.state, waiting.state)}"

"""A word said at the desk: recorded at once or, where the district asks for two persons, put up for the second."""

import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from core.domain.errors import UsageError
from core.domain.models import EvidenceSubject, RecordSubject, UnitSubject
from core.domain.models.ruling_subjects import read_subject
from core.domain.ruling_kinds import CHOICES, RulingKind
from core.domain.ruling_validity import call_number, fingerprint
from core.storage.session import Session
from desk.access import Asked
from desk.as_it_stands import reckoned
from desk.log import note
from desk.models import Account, Draft
from desk.site import current
from desk.words import person_of
from pipeline.evaluate import evaluate
from pipeline.newest import newest_night
from review.reviewers import Person
from review.rulings import Overtaken, RulingRequest, newest_on, on_evidence, record_rulings


class FactsChanged(UsageError):
    """What a word was to be said of says something else now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What somebody wants to say. `newest`: the id of the newest word on the subject that they saw; `about`, `unit`
    (slug, "" for nobody's), `page`: what it is about, whose it is, where it is shown."""

    request: RulingRequest
    newest: str
    about: str
    unit: str
    page: str


def say(request: Asked, session: Session, words: Sequence[Word]) -> str:
    """Record the words, all or none, or put them up for a second person; returns `ruled` or `drafted`.

    UsageError where the account speaks for no reviewer, Overtaken where somebody has spoken since.
    """
    desk = current()
    person = person_of(desk.config, request.user)
    if desk.config.district.review.two_persons:
        _require_free(session, words)
        for word in words:
            _draft(request, word)
        return "drafted"
    _record(session, words, person)
    for word in words:
        note(request, "ruled", word.page, _told(word))
    judge_again(session, words)  # after the log has them: whatever becomes of judging, they are said
    return "ruled"


def _record(session: Session, words: Sequence[Word], person: Person) -> None:
    seen = {word.request.subject: word.newest for word in words}
    record_rulings(session, [word.request for word in words], person, newest_seen=seen)
    reckoned(current()).heard()


def judge_again(session: Session, words: Sequence[Word]) -> None:
    """Bring the evidence up to words that it rests on (a claim, a pair, a month, a repair), as of the newest night.

    Words on evidence and on units act on points alone. A word on a record may touch any decision: the night takes it
    up, and so it does all of them where it writes just now.
    """
    if any(not isinstance(word.request.subject, EvidenceSubject | RecordSubject | UnitSubject) for word in words):
        with suppress(sqlite3.OperationalError):
            evaluate(session.at(newest_night(session)))
        reckoned(current()).heard()


def _told(word: Word) -> str:
    return f"{CHOICES[word.request.kind]} {word.request.value} {word.request.why}"


# ---------------------------------------------------------------- a second person


def _require_free(session: Session, words: Sequence[Word]) -> None:
    """Overtaken where one of them waits for its second person already, or somebody has spoken since."""
    rulings = session.rulings.all()
    for word in words:
        subject = word.request.subject
        waiting = Draft.objects.filter(subject=subject.text, settled_at=None).select_related("author").first()
        if waiting is not None:
            raise Overtaken(f"{waiting.author.name} 已就此提出裁定，正等第二人：请先看“待同意”里的那一项")
        known = newest_on(rulings, subject)
        if (known.id if known else "") != word.newest:
            raise Overtaken("您打开以后有人裁定过，请看过再定")


def _draft(request: Asked, word: Word) -> None:
    wanted = word.request
    Draft.objects.create(
        subject=wanted.subject.text, page=word.page, unit=word.unit, about=word.about, kind=wanted.kind,
        value=wanted.value, why=wanted.why, until=wanted.until, seen=wanted.seen, newest=word.newest,
        author=request.user, at=current().clock.now(),
    )  # fmt: skip
    note(request, "drafted", word.page, _told(word))


def agree(session: Session, draft: Draft, second: Account) -> None:
    """Record a draft as its author's, with both named; FactsChanged and Overtaken settle it as stale.

    UsageError for one's own, or where either account speaks for no reviewer.
    """
    desk = current()
    if draft.author == second:
        raise UsageError("自己提出的裁定要另一名复核人同意")
    first, other = person_of(desk.config, draft.author), person_of(desk.config, second)
    if first.name == other.name:
        raise UsageError("两个账号是同一名复核人：要另一名复核人同意")
    try:
        word = _still(session, draft)
        _record(session, [word], Person(first.name, f"{first.via}+{other.via}"))
    except (FactsChanged, Overtaken):
        settle(draft, second, "stale", "提出以后有变化")
        raise
    settle(draft, second, "approved", "")
    judge_again(session, [word])


def _still(session: Session, draft: Draft) -> Word:
    """The draft as a word on what stands now."""
    subject, kind = read_subject(draft.subject), RulingKind(draft.kind)
    wanted = RulingRequest(
        subject=subject, kind=kind, why=draft.why, value=draft.value, until=draft.until, seen=draft.seen
    )
    if isinstance(subject, EvidenceSubject) and kind is not RulingKind.LIFT:
        known = reckoned(current()).close_up(session, call_number(subject.key), fresh=True)
        if known is None or fingerprint(known.evidence) != draft.seen:
            raise FactsChanged("提出以后事实有变化，这项裁定没有记下：请重新看过这一事项")
        wanted = on_evidence(known.evidence, kind, draft.why, value=draft.value, until=draft.until)
    return Word(request=wanted, newest=draft.newest, about=draft.about, unit=draft.unit, page=draft.page)


def settle(draft: Draft, by: Account, how: str, remark: str) -> None:
    """Note what became of a draft: approved, refused or stale."""
    draft.settled_at, draft.settled_by, draft.settled_as, draft.remark = current().clock.now(), by, how, remark[:500]
    draft.save()

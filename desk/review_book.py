"""A filled review workbook taken in at the desk: each of its words is a ruling like any other that is given here."""

from pathlib import Path

from core.domain.errors import UsageError, WorkbookError
from core.domain.models import EvidenceSubject, LinkSubject, RecordSubject
from core.domain.ruling_kinds import CHOICES
from core.domain.ruling_validity import call_number
from core.storage.session import Session
from desk.access import Asked
from desk.as_it_stands import reckoned
from desk.district import District
from desk.models import Draft
from desk.say import Word, say
from desk.site import current
from desk.words import person_of
from intake.results import Fault
from intake.review_worksheet import read_review
from pipeline.by_unit import lookup_of_subjects, with_filings_of_now
from pipeline.newest import evidence_at
from pipeline.take_in import TakenIn, not_taken
from reporting.lookup import Lookup
from reporting.open_matters import about_item
from review.rulings import RulingRequest, newest_on
from review.worksheet import RowWord, take_back

WHAT = "复核表"


def take_review(request: Asked, session: Session, path: Path) -> TakenIn:
    """Record the words of a workbook, or put them up for a second person; rows that cannot be taken refuse no other.

    Nothing of it is taken where the account speaks for no reviewer, or where somebody speaks while it is recorded.
    """
    try:
        person_of(current().config, request.user)
        evaluation = evidence_at(session, None)
        back = take_back(session, read_review(path), evaluation)
        district = reckoned(current()).district(session)
        subjects = [word.request.subject for word in back.words]
        lookup = lookup_of_subjects(session, with_filings_of_now(session, district.shared), subjects)
        free = [word for word in back.words if not _waiting_for(word)]
        faults = [*back.faults, *(_waits(path, word) for word in back.words if word not in free)]
        said = say(request, session, [_word(session, district, lookup, each.request) for each in free]) if free else ""
    except (UsageError, WorkbookError) as error:
        return not_taken(path, WHAT, str(error))
    told = {"ruled": f"裁定 {len(free)} 项", "drafted": f"提出 {len(free)} 项，等另一名复核人同意（“待同意”）"}
    return TakenIn(name=path.name, what=WHAT, good=(told.get(said, "没有新的裁定"),), faults=tuple(faults))


def _waiting_for(word: RowWord) -> Draft | None:
    """Who has proposed a word on the same, which waits for a second person."""
    waiting = Draft.objects.filter(subject=word.request.subject.text, settled_at=None).select_related("author")
    return waiting.first()


def _waits(path: Path, word: RowWord) -> Fault:
    draft = _waiting_for(word)
    who = draft.author.name if draft else ""
    reason = f"{who} 已就此提出裁定，正等第二人，本行未采用：请先看“待同意”里的那一项"
    return Fault(file=path.name, sheet=word.sheet, row=word.row, reason=reason)


def _word(session: Session, district: District, lookup: Lookup, request: RulingRequest) -> Word:
    """The same as a word of the desk: what it is about, and the newest word on it, which stood when it was checked."""
    newest = newest_on(session.rulings.all(), request.subject)
    about, unit, page = _about(district, lookup, request)
    return Word(request=request, newest=newest.id if newest else "", about=about, unit=unit, page=page)


def _about(district: District, lookup: Lookup, request: RulingRequest) -> tuple[str, str, str]:
    """What a word is about, in words; whose it is; where it is shown."""
    subject = request.subject
    if isinstance(subject, EvidenceSubject):
        (item,) = lookup.known([subject.key])
        return about_item(lookup, item), item.unit, f"/items/{call_number(item.key)}"
    if isinstance(subject, LinkSubject):
        matter = district.pair(frozenset(subject.records))
        page = f"/pairs/{subject.left}/{subject.right}"
        return (matter.about, matter.unit, page) if matter else ("疑似同一件", "", page)
    record = subject.record[:12] if isinstance(subject, RecordSubject) else ""
    return f"记录 {record} {CHOICES[request.kind]}", "", "/records"

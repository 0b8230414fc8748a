"""A unit's letters with what became of each: 已送达, 已读, 已签收; and what a letter says, its link left out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default

from core.domain.config import Config
from core.runtime.entry_links import without_links
from core.storage.outbox import SENT, Addressed
from core.storage.session import Session
from desk.models import Account, LetterMark
from reporting import wording

_DAY, _MONTH = len("2026-07-30-"), len("2026-07")  # how a key begins, how that of a 催办 ends


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLetterView:
    """A letter to a unit. `came`: when it came to the unit, None while it has not; `state`: in words, with `said`;
    `read`, `signed`: when, "" while it was not."""

    key: str
    what: str
    day: str
    came: datetime | None
    is_delivered: bool
    state: str
    said: str
    read: str
    signed: str
    signed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterText:
    """What a letter says."""

    heads: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]
    attachments: tuple[str, ...]


def letters_to(session: Session, unit: str) -> list[UnitLetterView]:
    """The newest letters to a unit, the newest first."""
    marks = {mark.key: mark for mark in LetterMark.objects.filter(unit=unit)}
    return [_view(session.config, unit, each, marks.get(each.key)) for each in session.outbox.addressed_to(unit)]


def mark_read(letters: Iterable[UnitLetterView], unit: str, by: Account, now: datetime) -> int:
    """Note that a unit is on its page: what had come by now and was not read before is read; how many letters."""
    new = [letter for letter in letters if not letter.read and letter.came is not None and letter.came <= now]
    for letter in new:
        mark, _ = LetterMark.objects.get_or_create(key=letter.key, unit=unit)
        mark.read_at, mark.read_by = now, by.username
        mark.save()
    return len(new)


def sign_for(letters: Iterable[UnitLetterView], unit: str, by: Account, now: datetime) -> list[str]:
    """Note that a unit signs for letters of its own; the keys of those that it had not signed for."""
    new = [letter for letter in letters if not letter.signed]
    for letter in new:
        mark, _ = LetterMark.objects.get_or_create(key=letter.key, unit=unit)
        mark.read_at, mark.read_by = mark.read_at or now, mark.read_by or by.username
        mark.signed_at, mark.signed_by = now, by.username
        mark.save()
    return [letter.key for letter in new]


def text_of_letter(data: bytes) -> LetterText:
    """A letter's heads, text and attachments' names."""
    message = message_from_bytes(data, policy=default)
    plain = message.get_body(preferencelist=("plain",))
    return LetterText(
        heads=tuple((name, str(message[name])) for name in ("From", "To", "Cc", "Subject", "Date") if message[name]),
        lines=tuple(without_links(plain.get_content() if plain else "").splitlines()),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )


def _view(config: Config, unit: str, letter: Addressed, mark: LetterMark | None) -> UnitLetterView:
    came, delivered, state, said = _came(config, unit, letter)
    return UnitLetterView(
        key=letter.key,
        what=_what(letter.key),
        day=letter.night.isoformat(),
        came=came,
        is_delivered=delivered,
        state=state,
        said=said,
        read=wording.minute(mark.read_at) if mark and mark.read_at else "",
        signed=wording.minute(mark.signed_at) if mark and mark.signed_at else "",
        signed_by=mark.signed_by if mark else "",
    )


def _what(key: str) -> str:
    """What a letter is, as its key says after the day."""
    kind, _, rest = key[_DAY:].partition("-")
    if kind == "ask" and rest:
        return f"信用办询问（事项 {rest.rpartition('-')[2]}）"
    if kind == "chase" and rest:
        return f"催办（{rest[-_MONTH:]} 的报送表）"
    return "新链接" if kind == "link" and rest else "政务诚信提醒"


def _came(config: Config, unit: str, letter: Addressed) -> tuple[datetime | None, bool, str, str]:
    """When a letter came to its unit, whether by mail, and its state in words. What went to the office alone, for want
    of a contact, did not come."""
    if not letter.deliveries:
        return letter.written, False, "由信用办转交", ""
    contacts = {contact.email for contact in config.unit(unit).contacts}
    theirs = [d for d in letter.deliveries if d.recipient != config.district.mail.office or d.recipient in contacts]
    if not theirs:
        return None, False, "只发到信用办", "单位没有在任的联系人"
    sent = [d for d in theirs if d.state == SENT]
    if sent:
        return min(d.changed_at for d in sent), True, wording.DELIVERIES[SENT], ""
    first = theirs[0]
    return None, False, wording.DELIVERIES.get(first.state, first.state), wording.short(first.said, 120)

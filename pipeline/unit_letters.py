"""Letters to one unit that the office sends in the day: a question about an item, a new link to the unit's own page,
and what it has not handed in (pipeline.chasing).

They go the way of all letters: committed to the outbox, written out, sent in the hours in which letters to units may
leave; on trial the office alone gets them. One letter a key, and the key says the day, what it is, and of what.
"""

import sqlite3
from contextlib import suppress
from datetime import date
from email.message import EmailMessage

from core.domain.errors import UsageError
from core.runtime.entry_links import entry_links
from core.storage.session import Session
from notifications.alerts import OFFICE
from notifications.delivery import may_leave
from pipeline.notify import commit, write_letters
from reporting.letters.messages import contact_of, enter_link, is_on_trial
from reporting.letters.questions import UnitLetter, compose_link, compose_question
from reporting.view_models import ItemView


def question_key(unit: str, call: str, day: date) -> str:
    """The key of the letter that asks a unit about an item on a day."""
    return f"{day.isoformat()}-ask-{unit}-{call}"


def link_key(unit: str, day: date) -> str:
    """The key of the letter that brings a unit a new link."""
    return f"{day.isoformat()}-link-{unit}"


def send_question(session: Session, item: ItemView, text: str, until: date) -> str:
    """Commit the letter that asks an item's unit; its key, or "" where one about this item was committed today.

    DeliveryError when an address cannot be one.
    """
    letter = letter_of(session, item.unit, question_key(item.unit, item.call, session.now().date()))
    if session.outbox.has(letter.key):
        return ""
    send_letter(session, letter, compose_question(session.config, letter, item, text, until))
    return letter.key


def send_link(session: Session, unit: str) -> bool:
    """Commit a letter with a new link to the unit's own contact; False where one was committed today.

    UsageError where no letter of ours may carry a link to this unit: no address of the desk, nobody who reads it, on
    trial.
    """
    letter = letter_of(session, unit, link_key(unit, session.now().date()))
    if not session.config.district.desk.address:
        raise UsageError("district.toml 的 [desk] 没有写 address，信里不带链接")
    if is_on_trial(session.config, unit):
        raise UsageError("这个单位还在试运行，信只发信用办，不带链接")
    if contact_of(session.config, unit, letter.day) is None:
        raise UsageError("这个单位没有在任的联系人（units.toml），没有地方可寄")
    if session.outbox.has(letter.key):
        return False
    send_letter(session, letter, compose_link(session.config, letter))
    return True


def send_letter(session: Session, letter: UnitLetter, message: EmailMessage) -> None:
    """Commit a letter to its unit, on trial to the office. Committed, it is sent whatever becomes of its file: where
    another program writes to the store just now, whoever writes letters out next writes it."""
    to = OFFICE if is_on_trial(session.config, letter.unit) else letter.unit
    commit(session, letter.key, letter.day, to, message, {}, letter.at)
    with suppress(sqlite3.OperationalError):
        write_letters(session, letter.at)


def letter_of(session: Session, unit: str, key: str) -> UnitLetter:
    """A letter of now; its link lives from the hour in which the letter may leave."""
    config, now = session.config, session.now()
    links = entry_links(config, session.paths)
    enter = enter_link(links, config, unit, key, now.date(), may_leave(config, unit, now))
    return UnitLetter(key=key, unit=unit, at=now, enter=enter)

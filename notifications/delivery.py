"""Sending: what is committed in the outbox goes through the SMTP server, once, in the hours that it may."""

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP as SMTP_POLICY
from email.policy import default as POLICY
from email.utils import getaddresses
from itertools import groupby

from core.domain.calendar import Calendar
from core.domain.clock import ZONE
from core.domain.config import Config, Smtp
from core.domain.errors import CalendarUnknown, ConfigError, UsageError
from core.domain.text import plain
from core.runtime.locks import sender_lock
from core.runtime.log import events
from core.storage.outbox import DEAD, SENT, UNCERTAIN, Delivery, Outbox
from core.storage.session import Session
from notifications.smtp import send

REPEAT = "X-Chengxin-Repeat"
_STATES = {"sent": SENT, "dead": DEAD, "uncertain": UNCERTAIN}


@dataclass(frozen=True, slots=True)
class _Account:
    """At which server, with which password, and under which address letters are sent."""

    settings: Smtp
    password: str
    sender: str


def send_due(session: Session) -> dict[str, int]:
    """Send what is due; how many deliveries ended in which state. Nothing to do without `[mail.smtp]`.

    What was tried before comes last, and what is left when `session_seconds` have passed stays due: `waiting`. Raises
    ConfigError where a password is needed and the environment has none, DeliveryError where another process sends.
    """
    config, outbox, now = session.config, session.outbox, session.now()
    settings = config.district.mail.smtp
    if settings is None:
        return {}
    counts, end = Counter[str](), time.monotonic() + settings.session_seconds
    account = _Account(settings, _password(config, settings), config.district.mail.sender)
    with sender_lock(session.paths):
        outbox.take_up(now)
        due = sorted(outbox.due(now), key=lambda d: (d.attempts, d.key, d.repeats, d.recipient))
        for _, each in groupby(due, key=lambda d: (d.attempts, d.key, d.repeats)):
            letters, left = list(each), end - time.monotonic()
            seconds = min(left, settings.letter_seconds)
            counts.update(_deliver(outbox, account, letters, now, seconds) if left > 0 else ["waiting"] * len(letters))
    if counts:
        events(session.paths.logs).event("mail", letters=len({d.key for d in due}), outcomes=dict(counts))
    return dict(counts)


def _password(config: Config, settings: Smtp) -> str:
    if not settings.user:
        return ""
    try:
        return os.environ[settings.password_env]
    except KeyError:
        raise ConfigError(
            config.folder / "district.toml", "mail.smtp.password_env", f"环境变量 {settings.password_env} 没有设置"
        ) from None


def _deliver(
    outbox: Outbox, account: _Account, wanted: Sequence[Delivery], now: datetime, seconds: float
) -> Iterator[str]:
    """Send one letter to all who wait for it in one transaction of `seconds` at the most; commit before, commit after.

    `wanted`: one or more deliveries of one letter, all for the first time or all repeated.
    """
    letter = _marked(outbox.letter(wanted[0].key) or b"", wanted[0].repeats)
    for delivery in wanted:
        outbox.begin(delivery, now)
    recipients = [d.recipient for d in wanted]
    outcomes = send(account.settings, account.password, account.sender, recipients, letter, seconds)
    for delivery in wanted:
        outcome = outcomes[delivery.recipient]
        if outcome.fate == "later":
            outbox.later(delivery, outcome.said, now, most=account.settings.attempts)
        elif outcome.fate == "uncertain" and delivery.repeats == 0:
            # it may have arrived: one more try, marked, under the same Message-ID
            outbox.end(delivery, "sending", outcome.said, now)
        else:
            outbox.end(delivery, _STATES[outcome.fate], outcome.said, now)
        yield outcome.fate


def _marked(letter: bytes, repeats: int) -> bytes:
    """The letter, marked where it may be a second copy; its Message-ID stays, so that a reader's program can tell."""
    return letter if not repeats else f"{REPEAT}: {repeats}\r\n".encode() + letter


def recipients_of(letter: bytes) -> tuple[str, ...]:
    """Every address in To and Cc, once."""
    message = message_from_bytes(letter, policy=POLICY)
    fields = [str(value) for name in ("To", "Cc") for value in message.get_all(name, [])]
    return tuple(dict.fromkeys(address for _, address in getaddresses(fields) if address))


# ---------------------------------------------------------------- hours


def may_leave(config: Config, addressee: str, at: datetime) -> datetime:
    """From when a letter to `addressee` may be sent: to the office at once, to a unit in its working hours.

    Where nobody knows the year's holidays, Monday to Friday are worked.
    """
    mail = config.district.mail
    if addressee == "office":
        return at
    first, last = (time_of_day.fromisoformat(part) for part in mail.hours.split("-"))
    day, calendar = at.date(), Calendar(config.holidays)
    for _ in range(30):
        opens, closes = (datetime.combine(day, part, ZONE) for part in (first, last))
        if (mail.weekends or _works(calendar, opens)) and at <= closes:
            return max(at, opens)
        day += timedelta(days=1)
    return at


def _works(calendar: Calendar, moment: datetime) -> bool:
    try:
        return calendar.is_working(moment.date())
    except CalendarUnknown:
        return moment.weekday() < 5


# ---------------------------------------------------------------- what comes back


def take_bounce(outbox: Outbox, data: bytes, now: datetime) -> list[str]:
    """Read a delivery report (RFC 3464) and note which of our letters came back; in words, one line a recipient.

    UsageError where it is no delivery report, or of none of our letters.
    """
    report = message_from_bytes(data, policy=POLICY)
    if report.get_content_type() != "multipart/report":
        raise UsageError("不是退信（multipart/report）")
    parts = list(report.walk())
    key = next((str(part["X-Chengxin-Key"]) for part in parts if part["X-Chengxin-Key"]), "") or _key_in_text(parts)
    if not key:
        raise UsageError("退信里没有本系统的信件标识")
    lines = []
    for status in (
        block for part in parts if part.get_content_type() == "message/delivery-status" for block in part.get_payload()
    ):
        if not isinstance(status, Message) or str(status.get("Action", "")).lower() != "failed":
            continue
        recipient = str(status.get("Final-Recipient", "")).partition(";")[2].strip()
        answer = plain(f"{status.get('Status', '')} {status.get('Diagnostic-Code', '')}")[:200]
        known = outbox.bounced(key, recipient, answer, now)
        lines.append(f"{recipient}：{answer}" if known else f"{recipient}：没有发过这封信")
    return lines


def _key_in_text(parts: Sequence[Message]) -> str:
    """The key in the headers of the returned letter, where a server returns them as text (text/rfc822-headers)."""
    for part in parts:
        if part.get_content_type() == "text/rfc822-headers":
            headers = message_from_bytes(bytes(part.get_payload(decode=True) or b""), policy=SMTP_POLICY)
            if headers["X-Chengxin-Key"]:
                return str(headers["X-Chengxin-Key"])
    return ""

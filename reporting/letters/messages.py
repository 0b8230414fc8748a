"""The night's letters: a digest to each unit and to the office, the same as a notice to print, and the outbox folder.

A message is a pure function of its records: the same night gives the same bytes, its Message-ID and MIME
boundary come from the idempotency key. What a page or workbook says stays text: no line break of it
reaches a header, no markup of it reaches the HTML part.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from markupsafe import Markup

from core.domain.config import Config, Contact
from core.domain.errors import DeliveryError
from core.domain.models import Alert, Evaluation
from core.runtime.atomic_write import write_whole
from core.runtime.entry_links import EntryLinks
from reporting import wording
from reporting.letters.digest import OFFICE, Group, groups
from reporting.lookup import Lookup
from reporting.rendering import render
from reporting.worksheets.replies import reply_list

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
TRIAL = "trial"  # in the key of the letter that holds what would have gone to units on trial
XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROLES = {"contact": "联系人", "deputy": "替补联系人", "leader": "主要领导"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterContext:
    """What all letters of a night share: its lookup, its day, the head of the hash chain, all that is to be told;
    `links`: how links to the desk are made, None where the district names none."""

    lookup: Lookup
    night: date
    head: str
    alerts: tuple[Alert, ...] = ()
    links: EntryLinks | None = None

    @property
    def config(self) -> Config:
        """The district's configuration."""
        return self.lookup.config

    @property
    def evaluation(self) -> Evaluation:
        """What the letters tell of."""
        return self.lookup.evaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one addressee is told: the digest and the notice to print say the same. `recipient`: a unit or `office`."""

    context: LetterContext
    recipient: str
    groups: tuple[Group, ...]
    escalated: bool

    @property
    def is_to_the_office(self) -> bool:
        """Whether the office itself is the addressee."""
        return self.recipient == OFFICE

    @property
    def key(self) -> str:
        """What makes the letter one: its key in the outbox."""
        return outbox_name(self.recipient, self.context.night)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The headers of a letter. `key` makes it one: Message-ID and the outbox key come from it."""

    to: Sequence[Address]
    subject: str
    at: datetime
    key: str
    head: str = ""
    cc: Sequence[Address] = ()


def outbox_name(recipient: str, night: date) -> str:
    """A digest's key in the outbox: to whom and of which night; with .eml it is its file's name."""
    return f"{night.isoformat()}-{recipient}"


# ---------------------------------------------------------------- one addressee


def letter_to(context: LetterContext, recipient: str, alerts: Sequence[Alert]) -> Letter:
    """What the unit `recipient`, or "office", is told; of `alerts`, those addressed to it.

    Raises ValueError when none of the alerts is for the recipient: an empty letter is never sent.
    """
    addressed = [alert for alert in alerts if alert.to == recipient]
    if not addressed:
        raise ValueError(f"没有给 {recipient} 的提醒")
    return Letter(
        context=context,
        recipient=recipient,
        groups=groups(context.lookup, addressed),
        escalated=any(alert.stage == "escalated" for alert in addressed),
    )


def compose_digest(letter: Letter) -> EmailMessage:
    """The letter as a mail, with the list to reply by; DeliveryError when an address cannot be one."""
    message = EmailMessage(policy=SMTP)
    set_headers(message, letter.context.config, _heading(letter))
    trial = is_on_trial(letter.context.config, letter.recipient)
    words = _shared(letter.context) | _own(letter) | {"office": letter.is_to_the_office, "trial": trial}
    set_words(message, "digest", words)
    _attach_list(message, letter)
    set_boundaries(message, letter.key)
    return message


def compose_trial(letters: Sequence[Letter]) -> EmailMessage:
    """What would have gone out to units on trial, as one letter to the office, with their lists; `letters`: not none.

    Raises DeliveryError when an address cannot be one.
    """
    context, message = letters[0].context, EmailMessage(policy=SMTP)
    key, night, config = outbox_name(TRIAL, context.night), context.night.isoformat(), context.config
    subject = f"{mark_of(config)}【试运行】原应发给 {len(letters)} 个单位的提醒（{night}）"
    heading = Heading(
        to=[office_address(config)], subject=subject, at=context.evaluation.at, key=key, head=context.head
    )
    set_headers(message, config, heading)
    each = [_own(letter) for letter in letters]
    set_words(message, "trial", _shared(context) | {"letters": each, "office": False, "trial": True})
    for letter in letters:
        _attach_list(message, letter)
    set_boundaries(message, key)
    return message


def set_words(message: EmailMessage, template: str, context: Mapping[str, object]) -> None:
    """A letter's text, plain and as HTML."""
    message.set_content(render(f"mail/{template}.txt.j2", context), cte="base64")
    message.add_alternative(render(f"mail/{template}.html.j2", context), subtype="html", cte="base64")


def set_boundaries(message: EmailMessage, key: str) -> None:
    """Boundaries from the letter's key: the same letter has the same bytes."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{digest}{number or ''}")


def compose_notice(letter: Letter) -> str:
    """The letter as a page to print, for those who pass it on by OA: one A4 letter with the district's head."""
    context = letter.context
    unit = context.lookup.units.get(letter.recipient)
    name = wording.safe(unit.name if unit else context.config.district.mail.office_name)
    return render(
        "mail/notice.html.j2",
        _shared(context) | {"name": name, "groups": letter.groups, "day": wording.long_day(context.night)},
    )


def _own(letter: Letter) -> dict[str, object]:
    """What a letter says to its addressee, whether it is sent or shown to the office."""
    intended, _ = addresses_of(letter.context.config, letter.recipient, letter.context.night)
    return {
        "name": _name(letter),
        "intended": intended,
        "groups": letter.groups,
        "escalated": letter.escalated,
        "enter": _enter(letter),
    }


def _enter(letter: Letter) -> Markup:
    """The link by which the unit comes to its own page."""
    context = letter.context
    return enter_link(context.links, context.config, letter.recipient, letter.key, context.night, context.evaluation.at)


def enter_link(links: EntryLinks | None, config: Config, recipient: str, key: str, night: date, at: datetime) -> Markup:
    """The link in a letter to a unit, whole; "" for a letter that the office reads (on trial, without a contact): who
    opens a link speaks for the unit.
    """
    reads_it = contact_of(config, recipient, night) is not None and not is_on_trial(config, recipient)
    return Markup(links.link(recipient, key, at)) if links is not None and reads_it else Markup("")


def _shared(context: LetterContext) -> dict[str, object]:
    """What all letters of a night print in every form."""
    district = context.config.district
    return {
        "district": wording.safe(district.name),
        "office_name": wording.safe(district.mail.office_name),
        "ask": wording.whom_to_ask(district.mail),
        "simulated": district.simulated,
        "night": context.night.isoformat(),
        "at": wording.moment(context.evaluation.at),
        "head": context.head,
    }


def _name(letter: Letter) -> str:
    if letter.is_to_the_office:
        return wording.safe(letter.context.config.district.mail.office_name)
    return letter.context.lookup.unit_name(letter.recipient)


def _heading(letter: Letter) -> Heading:
    """The headers of a digest."""
    context = letter.context
    _, to = addresses_of(context.config, letter.recipient, context.night)
    copied = _leader(context.config, letter.recipient, context.night, to) if letter.escalated else ()
    return Heading(
        to=to, cc=copied, subject=_subject(letter), at=context.evaluation.at, key=letter.key, head=context.head
    )


def _attach_list(message: EmailMessage, letter: Letter) -> None:
    """The list to reply by, where a unit is told of anything one can reply to."""
    context = letter.context
    if letter.is_to_the_office:
        return
    name, night = context.lookup.unit_name(letter.recipient), context.night.isoformat()
    listed = reply_list(name, letter.recipient, letter.groups, night, context.evaluation.at)
    if listed is not None:
        filename = f"事项清单-{wording.short(name, 30)}-{night}.xlsx"
        message.add_attachment(listed, maintype="application", subtype=XLSX, filename=filename)


def _subject(letter: Letter) -> str:
    counts = "·".join(group.counted for group in letter.groups)
    mark, name = mark_of(letter.context.config), wording.short(_name(letter), 40)
    return wording.safe(f"{mark}【{counts}】政务诚信提醒：{name}（{letter.context.night.isoformat()}）")


# ---------------------------------------------------------------- headers and addresses


def mark_of(config: Config) -> str:
    """What the subject of a simulated district's letter begins with; of a real one's nothing."""
    return "【模拟】" if config.district.simulated else ""


def set_headers(message: EmailMessage, config: Config, heading: Heading) -> None:
    """Set the headers of any letter of ours."""
    mail = config.district.mail
    sender = _address(mail.office_name, mail.sender)
    if heading.cc:
        message["Cc"] = tuple(heading.cc)
    message["From"] = sender
    message["To"] = tuple(heading.to)
    message["Reply-To"] = _address(mail.office_name, mail.office)
    message["Subject"] = wording.safe(heading.subject)
    message["Date"] = heading.at
    name = hashlib.sha256(f"{config.district.slug}|{heading.key}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{name}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Chengxin-Key"] = wording.safe(heading.key)
    if heading.head:
        message["X-Chengxin-Head"] = wording.ours(heading.head)


def office_address(config: Config) -> Address:
    """The office's own address."""
    return _address(config.district.mail.office_name, config.district.mail.office)


def addresses_of(config: Config, recipient: str, night: date) -> tuple[str, tuple[Address, ...]]:
    """Whom the mail is meant for, in words, and where it goes: on trial to the office alone."""
    mail = config.district.mail
    office = _address(mail.office_name, mail.office)
    if recipient == OFFICE:
        return wording.safe(mail.office_name), (office,)
    contact = contact_of(config, recipient, night)
    if contact is None:
        return "（该单位没有在任的联系人，改发信用办）", (office,)
    intended = f"{wording.safe(contact.name)}（{_ROLES[contact.role]}，{wording.safe(contact.email)}）"
    return intended, (office,) if is_on_trial(config, recipient) else (_address(contact.name, contact.email),)


def is_on_trial(config: Config, recipient: str) -> bool:
    """Whether a unit's letters still go to the office alone: on trial, and the unit not released."""
    mail = config.district.mail
    return recipient != OFFICE and mail.trial and recipient not in mail.released


def _leader(config: Config, recipient: str, night: date, to: Sequence[Address]) -> tuple[Address, ...]:
    """The unit's leader, in copy of an escalation; nobody while on trial, or where the leader reads it anyway."""
    if is_on_trial(config, recipient):
        return ()
    leaders = [contact for contact in _contacts(config, recipient, night) if contact.role == "leader"]
    known = {str(address.addr_spec) for address in to}
    return tuple(_address(leader.name, leader.email) for leader in leaders[:1] if leader.email not in known)


def contact_of(config: Config, recipient: str, night: date) -> Contact | None:
    """Who reads the unit's mail that night: the contact, else the deputy, else the leader; None when none is left."""
    valid = _contacts(config, recipient, night)
    return next((contact for role in _ROLES for contact in valid if contact.role == role), None)


def _contacts(config: Config, recipient: str, night: date) -> tuple[Contact, ...]:
    """The unit's contacts who are in office that night; none for what is no unit."""
    unit = next((unit for unit in config.units if unit.slug == recipient), None)
    contacts = unit.contacts if unit else ()
    return tuple(contact for contact in contacts if contact.valid_until is None or contact.valid_until >= night)


def _address(name: str, email: str) -> Address:
    """A mail address; raises DeliveryError for one that no server could take."""
    try:
        address = Address(display_name=wording.short(name, 40), addr_spec=email.strip())
    except (ValueError, IndexError, MessageError) as error:
        raise DeliveryError(f"邮箱地址不合法：{wording.safe(email)}") from error
    if not (address.username and address.domain and str(address.addr_spec).isascii()):
        raise DeliveryError(f"邮箱地址不合法：{wording.safe(email)}")
    return address


# ---------------------------------------------------------------- the outbox folder


def write_outbox(folder: Path, message: EmailMessage | bytes, name: str) -> Path:
    """Put `message` (or its bytes as they were committed) into `folder` as `<name>.eml`, readable by the owner only.

    Whole or not at all. A file of that name is a delivered mail: it is never replaced, so sending twice delivers once.
    Raises ValueError for a name that could be a path, DeliveryError when the folder cannot be written.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"不能用作文件名：{name!r}")
    target = folder / f"{name}.eml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            write_whole(target, message if isinstance(message, bytes) else message.as_bytes(policy=SMTP), mode=0o600)
    except OSError as error:
        raise DeliveryError(f"发件箱写不进去：{target}：{error.strerror}") from error
    return target

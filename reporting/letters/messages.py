"""The day's digest to one unit or to the office, and the outbox folder it is put in.

A message is a pure function of its records: the same night gives the same bytes, its Message-ID and MIME
boundary come from the idempotency key. What a page or workbook says stays text: no line break of it
reaches a header, no markup of it reaches the HTML part.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from core.domain.config import Config, Contact
from core.domain.errors import DeliveryError
from core.domain.models import Alert, Evaluation, Facts
from core.domain.reason_codes import CheckText
from core.domain.ruling_validity import call_number
from core.runtime.atomic_write import write_whole
from reporting import wording
from reporting.dashboard.html import environment
from reporting.letters.digest import OFFICE, Group, groups
from reporting.lookup import open_lookup
from reporting.worksheets.replies import reply_list

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
XLSX = "vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ROLES = {"contact": "联系人", "deputy": "替补联系人", "leader": "主要领导"}


def outbox_name(recipient: str, night: date) -> str:
    """What makes a digest one, to whom and of which night: its key in the outbox and, with .eml, its file's name."""
    return f"{night.isoformat()}-{recipient}"


def compose_digest(
    config: Config,
    recipient: str,
    alerts: Sequence[Alert],
    judgement: Evaluation,
    facts: Facts,
    checks: Mapping[str, CheckText],
    *,
    night: date,
    head: str,
) -> EmailMessage:
    """The digest of `night` to the unit `recipient` or to "office"; of `alerts`, those addressed to it.

    `head` is the head of the manifest's hash chain. Raises DeliveryError when an address cannot be one,
    and ValueError when none of the alerts is for the recipient: an empty digest is never sent.
    """
    own = [alert for alert in alerts if alert.to == recipient]
    if not own:
        raise ValueError(f"没有给 {recipient} 的提醒")
    found = groups(open_lookup(config, judgement, facts, checks), own)
    name = (
        wording.safe(config.district.mail.office_name) if recipient == OFFICE else wording.unit_name(config, recipient)
    )
    message = EmailMessage(policy=SMTP)
    intended, to = _addresses(config, recipient, night)
    copied = _leader(config, recipient, night, to) if any(alert.stage == "escalated" for alert in own) else ()
    if copied:
        message["Cc"] = copied
    head_of(
        message, config, to, _subject(found, name, night, config), judgement.at, outbox_name(recipient, night), head
    )
    context = {
        "config": config,
        "district": wording.safe(config.district.name),
        "name": name,
        "intended": intended,
        "groups": found,
        "night": night.isoformat(),
        "at": wording.moment(judgement.at),
        "head": head,
        "office": recipient == OFFICE,
        "trial": on_trial(config, recipient),
        "escalated": any(alert.stage == "escalated" for alert in own),
        "simulated": config.district.simulated,
        "office_name": wording.safe(config.district.mail.office_name),
        "calls": call_number,
    }
    message.set_content(render("mail/digest.txt.j2", context), cte="base64")
    message.add_alternative(render("mail/digest.html.j2", context), subtype="html", cte="base64")
    listed = reply_list(config, recipient, found, night.isoformat(), judgement.at) if recipient != OFFICE else None
    if listed is not None:
        name_of_list = f"事项清单-{wording.short(name, 30)}-{night.isoformat()}.xlsx"
        message.add_attachment(listed, maintype="application", subtype=XLSX, filename=name_of_list)
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{_digest(recipient, night)}{number or ''}")
    return message


def compose_notice(
    config: Config,
    recipient: str,
    alerts: Sequence[Alert],
    judgement: Evaluation,
    facts: Facts,
    checks: Mapping[str, CheckText],
    *,
    night: date,
    head: str,
) -> str:
    """The same as a page to print, for those who pass it on by OA: one A4 letter with the district's head."""
    own = [alert for alert in alerts if alert.to == recipient]
    found = groups(open_lookup(config, judgement, facts, checks), own)
    unit = next((one for one in config.units if one.slug == recipient), None)
    name = wording.safe(unit.name if unit else config.district.mail.office_name)
    context = {
        "district": wording.safe(config.district.name),
        "name": name,
        "groups": found,
        "night": night.isoformat(),
        "simulated": config.district.simulated,
        "at": wording.moment(judgement.at),
        "head": head,
        "office_name": wording.safe(config.district.mail.office_name),
        "calls": call_number,
    }
    return render("mail/notice.html.j2", context)


def write_outbox(folder: Path, message: EmailMessage | bytes, name: str) -> Path:
    """Put `message` (or its bytes as they were committed) into `folder` as `<name>.eml`, whole or not at all, readable by the owner only.

    A file of that name is a delivered mail: it is never replaced, so sending twice delivers once.
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


def head_of(
    message: EmailMessage, config: Config, to: Sequence[Address], subject: str, at: datetime, key: str, head: str
) -> None:
    """The headers of any letter of ours. `key` makes it one: Message-ID and the outbox key come from it."""
    mail = config.district.mail
    sender = _address(mail.office_name, mail.sender)
    message["From"] = sender
    message["To"] = tuple(to)
    message["Reply-To"] = _address(mail.office_name, mail.office)
    message["Subject"] = wording.safe(subject)
    message["Date"] = at
    message["Message-ID"] = (
        f"<{hashlib.sha256(f'{config.district.slug}|{key}'.encode()).hexdigest()[:32]}@{sender.domain}>"
    )
    message["Auto-Submitted"] = "auto-generated"
    message["X-Chengxin-Key"] = wording.safe(key)
    if head:
        message["X-Chengxin-Head"] = wording.safe(head)


def office_address(config: Config) -> Address:
    """The office's own address."""
    return _address(config.district.mail.office_name, config.district.mail.office)


def _digest(recipient: str, night: date) -> str:
    return hashlib.sha256(outbox_name(recipient, night).encode()).hexdigest()[:32]


def _subject(found: Sequence[Group], name: str, night: date, config: Config) -> str:
    counts = "·".join(f"{group.word} {len(group.notices)} 项" for group in found)
    mark = "【模拟】" if config.district.simulated else ""
    return wording.safe(f"{mark}【{counts}】政务诚信提醒：{wording.short(name, 40)}（{night.isoformat()}）")


def _addresses(config: Config, recipient: str, night: date) -> tuple[str, tuple[Address, ...]]:
    """Whom the mail is meant for, in words, and where it goes: on trial to the office alone."""
    mail = config.district.mail
    office = _address(mail.office_name, mail.office)
    if recipient == OFFICE:
        return wording.safe(mail.office_name), (office,)
    contact = contact_of(config, recipient, night)
    if contact is None:
        return "（该单位没有在任的联系人，改发信用办）", (office,)
    intended = f"{wording.safe(contact.name)}（{_ROLES[contact.role]}，{wording.safe(contact.email)}）"
    return intended, (office,) if on_trial(config, recipient) else (_address(contact.name, contact.email),)


def on_trial(config: Config, recipient: str) -> bool:
    """Whether a unit's letters still go to the office alone: on trial, and the unit not released."""
    mail = config.district.mail
    return recipient != OFFICE and mail.trial and recipient not in mail.released


def _leader(config: Config, recipient: str, night: date, to: Sequence[Address]) -> tuple[Address, ...]:
    """The unit's leader, in copy of an escalation; nobody while on trial, or where the leader reads it anyway."""
    unit = next((one for one in config.units if one.slug == recipient), None)
    if unit is None or on_trial(config, recipient):
        return ()
    valid = [
        one for one in unit.contacts if one.role == "leader" and (one.valid_until is None or one.valid_until >= night)
    ]
    known = {str(address.addr_spec) for address in to}
    return tuple(_address(one.name, one.email) for one in valid[:1] if one.email not in known)


def contact_of(config: Config, recipient: str, night: date) -> Contact | None:
    """Who reads the unit's mail that night: the contact, else the deputy, else the leader; None when none is left."""
    unit = next((one for one in config.units if one.slug == recipient), None)
    valid = [one for one in (unit.contacts if unit else ()) if one.valid_until is None or one.valid_until >= night]
    return next((one for role in _ROLES for one in valid if one.role == role), None)


def _address(name: str, email: str) -> Address:
    """A mail address; raises DeliveryError for one that no server could take."""
    try:
        address = Address(display_name=wording.short(name, 40), addr_spec=email.strip())
    except (ValueError, IndexError, MessageError) as error:
        raise DeliveryError(f"邮箱地址不合法：{wording.safe(email)}") from error
    if not (address.username and address.domain and str(address.addr_spec).isascii()):
        raise DeliveryError(f"邮箱地址不合法：{wording.safe(email)}")
    return address


def render(template: str, context: Mapping[str, object]) -> str:
    """A template with its context."""
    return environment().get_template(template).render(context)

"""Letters to one unit beside the night's: the office asks about an item, sends a new link to the unit's own
page, or asks for what was not handed in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from email.policy import SMTP

from markupsafe import Markup

from core.domain.config import Config
from reporting import wording
from reporting.letters.messages import (
    Heading,
    addresses_of,
    is_on_trial,
    mark_of,
    set_boundaries,
    set_headers,
    set_words,
)
from reporting.view_models import ItemView


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLetter:
    """A letter to a unit of this day. `enter`: the link to the unit's own page, "" for none."""

    key: str
    unit: str
    at: datetime
    enter: Markup

    @property
    def day(self) -> date:
        """The day whose contacts read it."""
        return self.at.date()


def compose_question(config: Config, letter: UnitLetter, item: ItemView, text: str, until: date) -> EmailMessage:
    """What the office asks about an item, answered until `until`; DeliveryError when an address cannot be one."""
    subject = f"【请答复】信用办就一件事项询问：{wording.short(item.title, 30)}（事项号 {item.call}）"
    return _composed(config, letter, "question", subject, {"item": item, "text": text, "until": until.isoformat()})


def compose_link(config: Config, letter: UnitLetter) -> EmailMessage:
    """A new link to the unit's own page; DeliveryError when an address cannot be one."""
    return _composed(config, letter, "link", "政务诚信监测：本单位页面的新链接", {})


def compose_chase(config: Config, letter: UnitLetter, month: str, lacking: Sequence[str], due: str) -> EmailMessage:
    """What a unit has not handed in of a month, which was to come by `due`; DeliveryError when an address cannot be
    one."""
    subject = f"【请报送】{month} 还没有收到 {len(lacking)} 张表"
    return _composed(config, letter, "chase", subject, {"month": month, "lacking": lacking, "due": due})


def _composed(
    config: Config, letter: UnitLetter, template: str, subject: str, words: dict[str, object]
) -> EmailMessage:
    message, mail = EmailMessage(policy=SMTP), config.district.mail
    intended, to = addresses_of(config, letter.unit, letter.day)
    trial = is_on_trial(config, letter.unit)
    marks = f"{mark_of(config)}{'【试运行】' if trial else ''}"
    set_headers(message, config, Heading(to=to, subject=f"{marks}{subject}", at=letter.at, key=letter.key))
    shared = {
        "name": wording.unit_name(config, letter.unit),
        "district": wording.safe(config.district.name),
        "office_name": wording.safe(mail.office_name),
        "ask": wording.whom_to_ask(mail),
        "simulated": config.district.simulated,
        "trial": trial,
        "intended": intended,
        "enter": letter.enter,
        "day": letter.day.isoformat(),
    }
    set_words(message, template, shared | words)
    set_boundaries(message, letter.key)
    return message

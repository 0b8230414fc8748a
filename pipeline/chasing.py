"""催办: letters to the units that have handed in neither rows nor 零报告 for a month; one letter a unit, month and day.

One use case for the command and the desk: first what would be written to whom, then the letters of those chosen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from core.domain.deadlines import closing
from core.domain.errors import UsageError
from core.domain.periods import parse_period
from core.runtime.log import events
from core.storage.session import Session
from pipeline.filings import CAME, missing_of
from pipeline.unit_letters import letter_of, send_letter
from reporting.letters.messages import addresses_of, is_on_trial
from reporting.letters.questions import compose_chase


@dataclass(frozen=True, slots=True, kw_only=True)
class Chase:
    """What a unit would be written of a month. `lacking`: the forms that it is asked for; `came`: those of which
    something came in that was not taken, which is the office's to look at; `to`: who reads it, in words; `is_on_trial`:
    the office alone gets it; `is_written`: today's letter is committed."""

    unit: str
    month: str
    lacking: tuple[str, ...]
    came: tuple[str, ...]
    key: str
    to: str
    is_on_trial: bool
    is_written: bool


def chases_of(session: Session, month: str) -> tuple[Chase, ...]:
    """Who lacks what of a month, in the district's order of units; nothing is written.

    UsageError for what is no month, or one that has not ended: nobody is late for it.
    """
    period = parse_period(month)
    if not period.interim:
        raise UsageError(f"{month} 不是月份，应写成 2026-08")
    today, chases = session.now().date(), []
    if period.last >= today:
        raise UsageError(f"{month} 还没有过完，不能催")
    for unit, lines in missing_of(session, month).items():
        key, lacking = chase_key(session, unit, month), tuple(line for line in lines if not line.endswith(CAME))
        chases.append(
            Chase(
                unit=unit,
                month=month,
                lacking=lacking,
                came=tuple(line.removesuffix(CAME) for line in lines if line.endswith(CAME)),
                key=key,
                to=addresses_of(session.config, unit, today)[0],
                is_on_trial=is_on_trial(session.config, unit),
                is_written=session.outbox.has(key),
            )
        )
    return tuple(chases)


def chase_key(session: Session, unit: str, month: str) -> str:
    """The key of today's letter that asks a unit for a month's forms."""
    return f"{session.now().date().isoformat()}-chase-{unit}-{month}"


def letter_of_chase(session: Session, chase: Chase) -> EmailMessage:
    """What a unit would be written; nothing is committed. DeliveryError when an address cannot be one."""
    due = closing(session.config, parse_period(chase.month)).date()
    letter = letter_of(session, chase.unit, chase.key)
    return compose_chase(session.config, letter, chase.month, chase.lacking, due.isoformat())


def send_chases(session: Session, chases: Sequence[Chase]) -> tuple[Chase, ...]:
    """Commit the letters of those that lack something and were not written to today; which those are."""
    written = []
    for chase in chases:
        if chase.lacking and not session.outbox.has(chase.key):
            send_letter(session, letter_of(session, chase.unit, chase.key), letter_of_chase(session, chase))
            written.append(chase)
    events(session.paths.logs).event("chased", new=len(written))
    return tuple(written)

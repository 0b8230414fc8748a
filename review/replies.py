"""What units replied to their lists becomes objections, notes and confirmations; what cannot be taken is told."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from core.domain.config import Config
from core.domain.errors import UsageError
from core.domain.models import Evidence, Objection
from core.domain.ruling_validity import call_number
from intake.reply_worksheet import ReplyReading
from review.objections import objection_to


def take_replies(
    config: Config,
    reading: ReplyReading,
    evidence: Sequence[Evidence],
    papers: Sequence[tuple[str, str]],
    now: datetime,
) -> tuple[list[Objection], list[str]]:
    """(what the unit said, what cannot be taken in words).

    `papers`: files that came with the list, for its objections.
    """
    if reading.unit not in {unit.slug for unit in config.units}:
        raise UsageError(f"《{reading.file}》的单位代号 {reading.unit} 不在单位名单里")
    known: Mapping[str, Evidence] = {call_number(e.key): e for e in evidence}
    taken, faults = [], list(reading.faults)
    for reply in reading.replies:
        item = known.get(reply.call)
        if item is None:
            faults.append(f"第 {reply.row} 行：事项号 {reply.call} 已经没有了（事实有变化，或不在本考核期）")
            continue
        try:
            attached = papers if reply.kind == "objection" else ()
            taken.append(objection_to(config, item, reading.unit, reply.text, attached, now, reply.kind))
        except UsageError as error:
            faults.append(f"第 {reply.row} 行：{error}")
    return taken, faults

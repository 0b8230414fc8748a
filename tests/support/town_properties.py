"""What must hold of a town's quarter beside the two numbers that rule."""

from core.domain.models import Channel, Outcome
from simulation.offices import CREDIT
from simulation.world import World
from tests.support.observed_quarter import Quarter

PUBLISHED = "published_within_deadline"


def cleared_wrongly(world: World, quarter: Quarter) -> list[str]:
    """Decisions said to have been seen in time on a channel that showed them too late or never.

    What rests on the day that the site itself states is left out: where no look disproves it, it may lie.
    """
    by_number = {number: act for act in world.acts for number in act.numbers}
    wrong = []
    for item in quarter.final:
        act = by_number.get(quarter.decisions[item.decision].number) if item.decision in quarter.decisions else None
        if (
            item.check != PUBLISHED
            or item.slug != "published-in-time"
            or act is None
            or act.printed_decided != act.decided
        ):
            continue
        ups = [
            p.up
            for p in world.postings
            if act.ref in p.acts and (p.portal in CREDIT.values()) is (item.channel is Channel.CREDIT)
        ]
        if not any(up < act.deadline for up in ups):
            wrong.append(item.key)
    return wrong


def erased(quarter: Quarter) -> list[str]:
    """Breaches that were told and turned into their contrary by a first sighting."""
    final = {e.key: e.outcome for e in quarter.final}
    return [e.key for _, e in quarter.events if e.check == PUBLISHED and final.get(e.key) is Outcome.MET]

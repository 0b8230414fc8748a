"""随机比对: a spot-check list that anybody can draw again, a few decisions of each unit and kind."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from core.domain.models import Decision


@dataclass(frozen=True, slots=True)
class Drawn:
    """One decision that was drawn; `name` is what the list calls it."""

    name: str
    decision: Decision


def draw(decisions: Iterable[Decision], seed: str, each: int) -> tuple[Drawn, ...]:
    """`each` decisions of every unit and kind, by the smallest hash of seed and decision.

    The order of decisions plays no part, and one more decision changes at most its own unit's and kind's list.
    """
    strata: dict[tuple[str, str], list[tuple[str, Decision]]] = defaultdict(list)
    for decision in decisions:
        if decision.unit and decision.kind is not None and decision.decided_on:
            strata[decision.unit, decision.kind.value].append((_lot(seed, decision.id), decision))
    chosen = [
        d for key in sorted(strata) for _, d in sorted(strata[key], key=lambda pair: (pair[0], pair[1].id))[:each]
    ]
    return tuple(Drawn(f"{seed}-{number}", decision) for number, decision in enumerate(chosen, 1))


def _lot(seed: str, decision: str) -> str:
    return hashlib.sha256(f"{seed}|{decision}".encode()).hexdigest()

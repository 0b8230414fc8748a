"""Must a decision be published? The dated table of duties of the scheme, applied (RULES 1.1, DOMAIN 1.8)."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from core import config
from core.models import Kind

Duty = Literal["yes", "no", "unknown"]
_SEPARATORS = re.compile(r"[;；、,，/\s]+")


def duty_of(table: Sequence[config.Duty], kind: Kind, categories: Sequence[str], decided: Sequence[date]) -> Duty:
    """The duty of a decision with the 处罚类别 `categories` its sources state and its decision dates.

    A line with a category goes before the general one. Several readings that differ give "unknown".
    """
    day = min(decided, default=None)
    lines = [line for line in table if line.kind is kind and _in_force(line, day)]
    answers: set[Duty] = set()
    for category in categories or ("",):
        special = next((line for line in lines if line.category and _matches(line, category)), None)
        general = next((line for line in lines if not line.category), None)
        chosen = special or general
        answers.add(chosen.duty if chosen else "unknown")
    return answers.pop() if len(answers) == 1 else "unknown"


def _in_force(line: config.Duty, day: date | None) -> bool:
    if day is None:
        return True
    return (line.decided_from is None or line.decided_from <= day) and (
        line.decided_to is None or day <= line.decided_to
    )


def _matches(line: config.Duty, category: str) -> bool:
    parts = [part for part in _SEPARATORS.split(category) if part]
    if line.only:
        return bool(parts) and all(line.category in part for part in parts)
    return any(line.category in part for part in parts)

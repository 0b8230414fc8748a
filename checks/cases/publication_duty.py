"""Must a decision be published? The scheme's dated table of duties (docs/rules.md §0.7, docs/domain.md §1.8)."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Literal

from core.domain import scheme
from core.domain.models import Kind

Duty = Literal["yes", "no", "unknown"]
_SEPARATORS = re.compile(r"[;；、,，/\s]+")


def duty_of(table: Sequence[scheme.Duty], kind: Kind, categories: Sequence[str], decided: Sequence[date]) -> Duty:
    """The duty of a decision with the 处罚类别 `categories` its sources state and its decision dates.

    A line with a category goes before the general one. Several readings that differ give "unknown".
    """
    day = min(decided, default=None)
    lines = [line for line in table if line.kind is kind and (day is None or line.in_force(day))]
    answers = {_duty_of_category(lines, category) for category in categories or ("",)}
    return answers.pop() if len(answers) == 1 else "unknown"


def _duty_of_category(lines: Sequence[scheme.Duty], category: str) -> Duty:
    """The duty of one stated 处罚类别, which may name several kinds of penalty."""
    parts = [part for part in _SEPARATORS.split(category) if part]
    special = [
        line for line in lines if line.category and not line.only and any(line.category in part for part in parts)
    ]
    if special:
        return special[0].duty
    alone = [next((line for line in lines if line.only and line.category in part), None) for part in parts]
    duties: set[Duty] = {line.duty for line in alone if line is not None}
    if alone and None not in alone and len(duties) == 1:  # 警告;通报批评: each alone would be unknown, so both are
        return duties.pop()
    general = next((line for line in lines if not line.category), None)
    return general.duty if general else "unknown"

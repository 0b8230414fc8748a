"""Readings of the scheme where its text is silent: each is one of several, and the scheme file says which is in force.

A choice says what it changes in the scheme (`set`, as with `what-if --set`), or scoring and checks ask for it by name
(BY_NAME). An older file has no choices: there a reading is in force, or `enabled = false`.
"""

import tomllib
from copy import deepcopy
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator

from core.domain.config_model import Frozen, Slug

Provenance = Literal["text", "reading", "lost"]

# Choices that the program asks for by name. The first is what holds where a scheme file does not name the reading.
BY_NAME: dict[str, tuple[str, ...]] = {
    "silent-cells": ("as-reported", "open"),
    "late-month": ("counts", "until-due-day", "never"),
    "zero-report-monthly": ("counts", "does-not-count"),
    "normalise-open-points": ("scaled", "as-won"),
    "conduct-ceiling": ("by-conduct", "by-score-alone"),
    "office-deduction-any-unit": ("any-unit", "dept-b-alone"),
    "undecided-at-freeze": ("withheld", "for-the-unit", "against"),
}
# The readings that scoring asks for in a file without choices: those that can be switched off there.
SWITCHES = frozenset(
    {
        "reverse-deduction-1-1",
        "monthly-all-or-nothing",
        "investment-from-total",
        "dishonesty-by-severity",
        "town-award-validity",
        "town-promise-floor",
        "normalise-open-points",
        "conduct-ceiling",
        "office-deduction-any-unit",
    }
)


class Choice(Frozen):
    """One way to read it. `set`: what it changes in the scheme; none: the scheme's tables say it as they stand."""

    name: Slug
    text: str
    provenance: Provenance = "reading"
    set: tuple[str, ...] = ()


class Interpretation(Frozen):
    """A reading of the scheme where its text is silent; shown in the report's appendix.

    `choices`: the ways to read it, of which `in_force` is taken (the first where it is not said). `enabled = false`
    takes the next one; without choices it is the switch of an older file. `set_at`: a reading that is no choice, and
    where what it says is set, in Chinese. `text`: what the scheme's text leaves open, or without choices the reading.
    """

    slug: Slug
    title: str
    text: str
    provenance: Provenance = "reading"
    enabled: bool = True
    set_at: str = ""
    in_force: str = ""
    choices: tuple[Choice, ...] = Field(default=(), alias="choice")

    @model_validator(mode="after")
    def _does_something(self) -> "Interpretation":
        """A switch or choice that changes nothing would make the office believe that it had changed something."""
        if self.choices:
            self._check_choices()
        elif self.in_force:
            raise ValueError(f"解读 {self.slug} 没有别的解读，不能写 in_force：{self.set_at}")
        elif not self.enabled and self.slug not in SWITCHES:
            where = self.set_at or f"能关的是 {'、'.join(sorted(SWITCHES))}"
            raise ValueError(f"解读 {self.slug} 没有开关，不能关：{where}")
        return self

    def _check_choices(self) -> None:
        names = [choice.name for choice in self.choices]
        if len(set(names)) != len(names) or len(names) < 2:
            raise ValueError(f"解读 {self.slug} 的 choice 要有两个以上、name 各不相同，现为 {'、'.join(names)}")
        if self.in_force and self.in_force not in names:
            raise ValueError(f"解读 {self.slug} 的 in_force 只能是 {'、'.join(names)}，没有 {self.in_force}")
        asked = BY_NAME.get(self.slug, ())
        idle = [c.name for c in self.choices if c.name not in asked and not c.set]
        if len(idle) > (0 if asked else 1):
            raise ValueError(f"解读 {self.slug} 的解读 {'、'.join(idle)} 没有写 set，采用了也不改变什么")

    @property
    def taken(self) -> Choice:
        """The choice in force; IndexError where there are none."""
        named = next((c for c in self.choices if c.name == self.in_force), self.choices[0])
        return named if self.enabled else next(c for c in self.choices if c != named)

    @property
    def others(self) -> tuple[Choice, ...]:
        """The choices that are not in force."""
        return tuple(c for c in self.choices if c != self.taken)


def with_choices(data: dict[str, Any]) -> dict[str, Any]:
    """A scheme's tables with what the choices in force set; ValueError for a change that names nothing.

    Tables that are no readings stay as they are: the scheme's own validation names their fault.
    """
    try:
        readings = [Interpretation.model_validate(table) for table in data.get("reading", ())]
    except (ValidationError, TypeError):
        return data
    changes = [change for reading in readings if reading.choices for change in reading.taken.set]
    if not changes or not all(isinstance(table, dict) for table in data.get("indicator", ())):
        return data
    changed = deepcopy(data)
    for change in changes:
        set_value(changed, change)
    return changed


def set_value(data: dict[str, Any], change: str) -> None:
    """Set one value of a scheme's tables, as in `1.3:points=8`, `deadline:calendar=working`; ValueError in Chinese."""
    place, _, value = change.partition("=")
    table, _, path = place.strip().partition(":")
    target: Any = next((i for i in data.get("indicator", ()) if i.get("code") == table), None)
    if target is None:
        target = next((r for r in data.get("reading", ()) if r.get("slug") == table), None) or data.get(table)
    keys = path.split(".")
    if not isinstance(target, dict) or not value or not path:
        raise ValueError(
            f"看不懂 {change}：写成 指标号:键=值，例如 1.3:points=8、grades:red=80、deadline:calendar=working"
        )
    for key in keys[:-1]:
        target = target.setdefault(key, {})
    try:
        target[keys[-1]] = tomllib.loads(f"x = {value}", parse_float=Decimal)["x"]
    except tomllib.TOMLDecodeError:
        target[keys[-1]] = value

"""The scheme as data: indicators, deadline, duties, bands, readings of what the text leaves open (`scheme-*.toml`)."""

from datetime import date
from decimal import Decimal
from typing import Literal

from pydantic import Field, model_validator

from core.domain.config_model import Frozen, UnitKind
from core.domain.forms import forms
from core.domain.interpretations import BY_NAME, Interpretation, Provenance, with_choices
from core.domain.models import Kind


class Deadline(Frozen):
    """双公示 time limit. `calendar`: natural, working (official holidays and make-up days) or both."""

    days: int = Field(gt=0)
    calendar: Literal["natural", "working", "both"]
    provenance: Provenance = "text"
    note: str = ""


class Duty(Frozen):
    """One line of the dated table of duties: must a decision of `kind` and `category` be published?

    `removal_months`: the shortest lawful time on show; before it a removal needs a ground.
    """

    kind: Kind
    category: str = ""  # words in 处罚类别; "" matches every decision
    only: bool = False  # matches only where `category` is the whole of it
    duty: Literal["yes", "no", "unknown"]
    decided_from: date | None = None
    decided_to: date | None = None
    removal_months: int | None = Field(default=None, ge=0)
    provenance: Provenance = "reading"
    note: str = ""

    def in_force(self, decided: date) -> bool:
        """Whether the line speaks of a decision made on `decided`."""
        return (self.decided_from is None or self.decided_from <= decided) and (
            self.decided_to is None or decided <= self.decided_to
        )


# What each rule is told by numbers: what it must know, and what it may.
RULE_PARAMETERS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "all-or-nothing": (frozenset(), frozenset({"penalty"})),
    "by-month": (frozenset(), frozenset()),
    "penalty-on-total": (frozenset({"penalty"}), frozenset()),
    "per-case-capped": (frozenset({"each", "cap"}), frozenset({"valid_quarters"})),
    "per-missing": (frozenset({"expected", "missing"}), frozenset({"below"})),
    "deduct-by-severity": (frozenset({"minor", "moderate", "severe"}), frozenset()),
    "award-with-validity": (
        frozenset({"first", "renewal_cases", "renewed", "otherwise", "valid_quarters"}),
        frozenset({"step", "step_cap"}),
    ),
    "office-deduction": (frozenset(), frozenset()),
}  # fmt: skip
COUNTS = frozenset({"expected", "renewal_cases", "valid_quarters"})  # parameters that count; all others are points
FULL = Decimal(100)  # 满分 100 分: nothing is worth more, and nothing takes more


class Indicator(Frozen):
    """One row of the scheme. `checks` are the propositions whose evidence it weighs; none: not yet judged.

    `need`: whether all that is weighed must be met, or any; `also`: propositions all of whose evidence must be met
    besides. `penalty_checks`: propositions whose confirmed breach takes
    `penalty` off the total. `forms`: the workbooks' forms that it asks for. `about`: of the evidence it weighs only
    that with one of these values (a form, an area), where several indicators weigh the same check.
    """

    code: str
    section: str
    title: str
    text: str
    points: Decimal = Field(ge=0, le=FULL)
    applies_to: tuple[UnitKind, ...]
    period: Literal["quarter", "month"]
    rule: Literal[
        "all-or-nothing",
        "by-month",
        "per-case-capped",
        "per-missing",
        "deduct-by-severity",
        "penalty-on-total",
        "award-with-validity",
        "office-deduction",
    ]
    parameters: dict[str, Decimal] = Field(default_factory=dict)
    evidence: str = ""
    checks: tuple[str, ...] = ()
    need: Literal["all", "any"] = "all"
    also: tuple[str, ...] = ()
    penalty_checks: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    enabled: bool = True
    provenance: Provenance = "text"
    note: str = ""

    @property
    def propositions(self) -> tuple[str, ...]:
        """Every check whose evidence moves its points, in any of the three ways."""
        return (*self.checks, *self.also, *self.penalty_checks)

    def weighs(self, check: str, value: str) -> bool:
        """Whether evidence of this check with this value moves its points."""
        return check in self.propositions and (not self.about or value in self.about)

    @model_validator(mode="after")
    def _parameters_fit(self) -> "Indicator":
        must, may = RULE_PARAMETERS[self.rule]
        given = set(self.parameters)
        if missing := must - given:
            raise ValueError(f"指标 {self.code} 的规则 {self.rule} 缺参数 {'、'.join(sorted(missing))}")
        if unknown := given - must - may:
            raise ValueError(f"指标 {self.code} 的规则 {self.rule} 没有参数 {'、'.join(sorted(unknown))}")
        if unknown := set(self.forms) - set(forms()):
            raise ValueError(f"指标 {self.code} 的 forms 里没有这种表：{'、'.join(sorted(unknown))}")
        if ("step" in given) != ("step_cap" in given):
            raise ValueError(f"指标 {self.code} 的参数 step 与 step_cap 要一起写")
        if self.penalty_checks and "penalty" not in given:
            raise ValueError(f"指标 {self.code} 写了 penalty_checks，缺参数 penalty")
        return self

    @model_validator(mode="after")
    def _parameters_have_sense(self) -> "Indicator":
        """Points from 0 to a hundred, counts whole and from 1; above the indicator's own points none wins anything."""
        for name, value in self.parameters.items():
            if name in COUNTS and not (value >= 1 and value == value.to_integral_value()):
                raise ValueError(f"指标 {self.code} 的 {name} = {value} 不是个数：写 1、2、3……")
            if name not in COUNTS and not 0 <= value <= FULL:
                raise ValueError(f"指标 {self.code} 的 {name} = {value} 不是分值：写 0 到 {FULL}")
        return self


class Grades(Frozen):
    """Lower bounds of the bands; a bound belongs to the upper band ("含")."""

    red: Decimal
    blue: Decimal


class PromiseField(Frozen):
    """One of the fields of public life that a town promises in (docs/rules.md §5.3), and the words that tell it."""

    name: str
    words: tuple[str, ...]


class Scheme(Frozen):
    """`scheme-*.toml`: every indicator, the deadline, duties, bands and the readings in force."""

    version: str
    title: str
    source: str
    effective_from: date
    deadline: Deadline
    grades: Grades
    submission_due_day: int = Field(default=10, ge=1, le=28)  # day of the next month a month's workbook is due
    readings: tuple[Interpretation, ...] = Field(default=(), alias="reading")
    duties: tuple[Duty, ...] = Field(default=(), alias="duty")
    fields: tuple[PromiseField, ...] = Field(default=(), alias="field")
    indicators: tuple[Indicator, ...] = Field(alias="indicator")

    @model_validator(mode="before")
    @classmethod
    def _as_read(cls, data: object) -> object:
        """The tables as the choices in force read them."""
        return with_choices(data) if isinstance(data, dict) else data

    def indicators_of(self, kind: UnitKind) -> tuple[Indicator, ...]:
        """The indicators in use for units of this kind, in the file's order."""
        return tuple(i for i in self.indicators if i.enabled and kind in i.applies_to)

    def reading(self, slug: str) -> Interpretation | None:
        """The reading named `slug`, if the file has it."""
        return next((reading for reading in self.readings if reading.slug == slug), None)

    def choice(self, slug: str) -> str:
        """Which choice of a reading is in force that the program asks for by name (BY_NAME).

        The first where the file does not name the reading, the second where an older file has switched it off.
        """
        reading = self.reading(slug)
        if reading is not None and reading.choices:
            return reading.taken.name
        return BY_NAME[slug][0 if reading is None or reading.enabled else 1]

    @model_validator(mode="after")
    def _fields_suffice(self) -> "Scheme":
        """What is expected of a town is among the fields that are looked for: more could never be seen."""
        for indicator in self.indicators if self.fields else ():
            expected = indicator.parameters.get("expected", Decimal(0))
            if expected > len(self.fields):
                raise ValueError(
                    f"指标 {indicator.code} 的 expected = {expected}，而 [[field]] 只有 {len(self.fields)} 类"
                )
        return self

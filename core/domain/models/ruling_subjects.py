"""What a ruling is about: seven kinds of subject, with one reader and one writer of the text that the store keeps.

Everything else asks the type; no other module knows how the text is made (a test sees to it).
"""

from collections.abc import Callable
from dataclasses import dataclass

from core.domain.errors import StoreError
from core.domain.models.enums import Kind


@dataclass(frozen=True, slots=True)
class EvidenceSubject:
    """One evidence, by its key."""

    key: str

    @property
    def text(self) -> str:
        """As stored."""
        return f"evidence:{self.key}"


@dataclass(frozen=True, slots=True)
class LinkSubject:
    """A pair of records that may be one act. Which of them stands first means nothing: compare `records`."""

    left: str
    right: str

    @classmethod
    def of(cls, one: str, other: str) -> "LinkSubject":
        """The pair as it is to be stored, in order of id."""
        return cls(*sorted((one, other)))

    @property
    def records(self) -> frozenset[str]:
        """The ids of both records."""
        return frozenset((self.left, self.right))

    @property
    def text(self) -> str:
        """As stored."""
        return f"link:{self.left}|{self.right}"


@dataclass(frozen=True, slots=True)
class ClaimSubject:
    """A unit's claim that a decision need not be published, or not yet (不公开, 暂缓公开)."""

    decision: str

    @property
    def text(self) -> str:
        """As stored."""
        return f"claim:{self.decision}"


@dataclass(frozen=True, slots=True)
class RepairSubject:
    """The repair (信用修复) of a decision: from then on it may lawfully be gone."""

    decision: str

    @property
    def text(self) -> str:
        """As stored."""
        return f"repair:{self.decision}"


@dataclass(frozen=True, slots=True)
class UnitSubject:
    """A unit (its slug) in a quarter (`2026Q3`)."""

    unit: str
    quarter: str

    @property
    def text(self) -> str:
        """As stored."""
        return f"unit:{self.unit}|{self.quarter}"


@dataclass(frozen=True, slots=True)
class MonthSubject:
    """What a unit handed in of one kind of decision for a month (`2026-07`)."""

    unit: str
    kind: Kind
    month: str

    @property
    def text(self) -> str:
        """As stored."""
        return f"month:{self.unit}|{self.kind}|{self.month}"


@dataclass(frozen=True, slots=True)
class RecordSubject:
    """One record as it came in, by its id: a row handed in, a 零报告, a filing, or what was read off a page."""

    record: str

    @property
    def text(self) -> str:
        """As stored."""
        return f"record:{self.record}"


Subject = EvidenceSubject | LinkSubject | ClaimSubject | RepairSubject | UnitSubject | MonthSubject | RecordSubject


def read_subject(text: str) -> Subject:
    """The subject that a stored text names; StoreError, naming the text, for one that no subject writes."""
    kind, _, rest = text.partition(":")
    make = _READERS.get(kind)
    subject = make(rest) if make and rest else None
    if subject is None:
        raise StoreError(f"裁定的对象“{text}”不认识，应以 {'、'.join(f'{name}:' for name in _READERS)} 之一开头")
    return subject


def _read_link(text: str) -> LinkSubject | None:
    left, bar, right = text.partition("|")
    return LinkSubject(left, right) if bar else None


def _read_unit(text: str) -> UnitSubject | None:
    unit, bar, quarter = text.partition("|")
    return UnitSubject(unit, quarter) if bar else None


def _read_month(text: str) -> MonthSubject | None:
    unit, _, rest = text.partition("|")
    kind, bar, month = rest.partition("|")
    return MonthSubject(unit, Kind(kind), month) if bar and kind in set(Kind) else None


_READERS: dict[str, Callable[[str], Subject | None]] = {
    "evidence": EvidenceSubject,
    "link": _read_link,
    "claim": ClaimSubject,
    "repair": RepairSubject,
    "unit": _read_unit,
    "month": _read_month,
    "record": RecordSubject,
}

"""A workbook that nobody signed speaks for its own unit: a stray row about another is held, and nobody answers for it.

Whose workbook it is the file's name says, and at least half of its rows are about that unit. The office's own summaries
are about many, and stay as they are. A unit that took another's place reports for it too. What a line above the header
says (报送单位：…) is held to by `intake/rightful_rows.py`.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from core.documents.cells import quote
from core.domain.config import Unit
from core.domain.models import Submission
from core.domain.text import tight
from core.domain.unit_names import UnitNames
from intake.refusals import spoken_of
from intake.results import Fault

_SHORTEST = 3  # characters of a name that tells one unit from others


def own_rows(rows: Sequence[Submission], reporter: str, units: UnitNames) -> tuple[list[Submission], tuple[Fault, ...]]:
    """(the rows that the workbook may speak with, what is said of each that is held) of one sheet."""
    owner = None if reporter else _owner(rows, units)
    if owner is None:
        return list(rows), ()
    others = {slug for slug in {row.unit for row in rows} if slug != owner.slug and not _is_heir(owner, slug, units)}
    held = (_fault(row, owner, units) for row in rows if row.unit in others)
    return [row for row in rows if row.unit not in others], tuple(held)


def _owner(rows: Sequence[Submission], units: UnitNames) -> Unit | None:
    """The unit whose workbook it is; None where it is nobody's alone."""
    counted = Counter(row.unit for row in rows)
    if len(counted) < 2:
        return None
    (most, count), *_ = counted.most_common(1)
    owner = _unit(most, units)
    if owner is None or count * 2 < len(rows) or count == max(n for slug, n in counted.items() if slug != most):
        return None
    named = [slug for slug in counted if (unit := _unit(slug, units)) and _is_named(unit, rows[0].workbook, units)]
    return owner if named == [most] else None


def _unit(slug: str, units: UnitNames) -> Unit | None:
    return next((unit for unit in units.find(slug) if unit.slug == slug), None)


def _is_named(unit: Unit, file: str, units: UnitNames) -> bool:
    """Whether a file's name gives one of a unit's names."""
    stem = tight(PurePath(file).stem)
    names = [units.without_places(name) for name in (unit.name, *unit.aliases)]
    return any(len(name) >= _SHORTEST and name in stem for name in names)


def _is_heir(owner: Unit, slug: str, units: UnitNames) -> bool:
    """Whether the owner took the place of another unit, or it took the owner's."""
    other = _unit(slug, units)
    return owner.successor == slug or (other is not None and other.successor == owner.slug)


def _fault(row: Submission, owner: Unit, units: UnitNames) -> Fault:
    other = _unit(row.unit, units)
    name = other.name if other else row.unit
    reason = f"本表是{owner.name}的，这一行写的是{name}{quote(row.number_text)}，未导入：确属{name}的，请由其另表报送"
    return Fault(file=row.workbook, sheet=row.sheet, row=row.row, reason=reason, spoken=(spoken_of(row),))

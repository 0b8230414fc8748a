"""What the real pages say, held against what is read of them: recall and precision by field.

`python -m tests.support.recall` prints both, for the pages built on and for those held out.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from core.domain.models import Finding
from core.domain.text import document_numbers, plain, plain_name
from core.domain.unit_names import UnitNames
from crawler.extract.findings import read_findings
from crawler.families import parser_of
from tests.support.paths import FIXTURES
from tests.support.portal_cases import CASES, Case

TRUTH = FIXTURES / "real_decisions.toml"
FIELDS = ("number", "party", "authority", "day", "fine")
Values = dict[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """How many values pages state, how many were read as they stand, and how many were read otherwise."""

    stated: int = 0
    read: int = 0
    wrong: int = 0

    @property
    def recall(self) -> float:
        """Between 0 and 1."""
        return self.read / self.stated if self.stated else 1.0

    @property
    def precision(self) -> float:
        """Between 0 and 1."""
        return self.read / (self.read + self.wrong) if self.read + self.wrong else 1.0


def truth() -> dict[str, list[Values]]:
    """Case name → its decisions in the order in which they stand, as printed."""
    data = tomllib.loads(TRUTH.read_text("utf-8"))
    return {name: page["decisions"] for name, page in data.items()}


def real_details() -> list[Case]:
    """Every saved detail page of a real site, in the order of their names."""
    return [case for case in CASES if case.meta["part"] == "detail" and case.meta.get("source") == "real"]


def held_out() -> frozenset[str]:
    """Every third page with a decision, by name: what is missing on them is not mended by looking at them."""
    return frozenset(sorted(truth())[2::3])


def score(cases: Iterable[Case]) -> dict[str, Score]:
    """Field → its score over all pages; a page without a decision states nothing."""
    stated, read, wrong = Counter[str](), Counter[str](), Counter[str]()
    said = truth()
    for case in cases:
        want, found = set(_compared(said.get(case.name, []))), set(_found(findings_of(case)))
        for field in FIELDS:
            of_field = {value for value in want if value[1] == field}, {value for value in found if value[1] == field}
            stated[field] += len(of_field[0])
            read[field] += len(of_field[0] & of_field[1])
            wrong[field] += len(of_field[1] - of_field[0])
    return {field: Score(stated[field], read[field], wrong[field]) for field in FIELDS}


def _compared(decisions: Iterable[Values]) -> Iterator[tuple[int, str, str]]:
    for place, decision in enumerate(decisions):
        for field, value in decision.items():
            yield place, field, _plain(field, value)


def _plain(field: str, value: str) -> str:
    if field == "number":
        return "、".join(document_numbers(value))
    return plain_name(value) if field == "party" else plain(value)


def _found(findings: Iterable[Finding]) -> Iterator[tuple[int, str, str]]:
    """(place of its record, field, value) of everything that was read."""
    for place, finding in enumerate(findings):
        values = {
            "number": "、".join(finding.numbers), "party": plain_name(finding.name),
            "authority": plain(finding.authority), "day": str(finding.decided_on or ""),
            "fine": dict(finding.fields).get("fine_yuan", ""),
        }  # fmt: skip
        yield from ((place, field, value) for field, value in values.items() if value)


def findings_of(case: Case) -> tuple[Finding, ...]:
    """What is read of a case's page."""
    row = case.row
    return read_findings(
        case.portal, row, parser_of(case.portal).parse_detail(case.response, row), content_hash="h", capture="c",
        observed_at=datetime.fromisoformat(case.meta["observed_at"]), names=UnitNames((), (), "某区"),
    )  # fmt: skip


def table() -> str:
    """A field a line: read of stated, and wrong, of the pages built on and of those held out."""
    out = held_out()
    built = score(case for case in real_details() if case.name not in out)
    held = score(case for case in real_details() if case.name in out)
    lines = [f"{'':<12}{'built on':>24}{'held out':>24}"]
    for field in FIELDS:
        cells = (f"{s.read} of {s.stated}, {s.wrong} wrong" for s in (built[field], held[field]))
        lines.append(f"{field:<12}" + "".join(f"{cell:>24}" for cell in cells))
    return "\n".join(lines)


if __name__ == "__main__":
    print(table())

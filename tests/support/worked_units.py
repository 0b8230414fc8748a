"""Worked units: inputs, what follows from them by docs/rules.md §0.5, and the score that the system makes of them."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from core.domain.clock import ZONE
from core.domain.config import Unit
from core.domain.models import Evidence, EvidenceSubject, Outcome, Ruling, RulingKind, Score, UnitSubject
from core.domain.periods import parse_period
from core.domain.ruling_validity import fingerprint
from core.domain.scheme import Scheme
from pipeline.whatif import changed_scheme
from scoring.grades import score_unit
from scoring.rules import UnitFacts
from tests.support.paths import ROOT

SCHEME = ROOT / "districts/huaian/scheme-2022.toml"
TABLES = ROOT / "tests/fixtures/schemes"
PERIOD = parse_period("2026Q3")
TODAY = date(2026, 10, 20)
AT = datetime(2026, 10, 15, 9, tzinfo=ZONE)
# A sum as a `why` states it: `60÷70×100−10 = 75.714285714…`.
SUM = re.compile(r"([\d.]+(?:[+−×÷][\d.]+)+) = (−?[\d.]+\d|\d)(…?)")
WORDS = {"confirm": RulingKind.CONFIRM, "dismiss": RulingKind.DISMISS}  # any other ruling is an amendment to that value


def worked_units() -> dict[str, dict[str, Any]]:
    """Every worked unit by its id."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(TABLES.glob("*.toml")):
        for unit in tomllib.loads(path.read_text("utf-8")).get("unit", []):
            assert unit["id"] not in found, unit["id"]
            found[unit["id"]] = unit
    return found


def base_lines(kind: str) -> list[dict[str, Any]]:
    """What a unit of the kind has when nothing is wanting."""
    return [line | {"outcome": "met"} for line in _bases() if kind in line["kinds"]]


@cache
def _bases() -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = tomllib.loads((TABLES / "bases.toml").read_text("utf-8"))["line"]
    return lines


def scheme_of(unit: dict[str, Any]) -> Scheme:
    """The real scheme with the unit's changes."""
    return _scheme(tuple(unit.get("scheme", ())))


@cache
def _scheme(changes: tuple[str, ...]) -> Scheme:
    return changed_scheme(SCHEME, changes)


def facts_of(unit: dict[str, Any], scheme: Scheme) -> UnitFacts:
    """The facts that a worked unit's table describes."""
    dropped = set(unit.get("drop", ()))
    lines = [
        x for x in base_lines(unit["kind"]) if not {"*", x["check"], f"{x['check']}={x.get('value', '')}"} & dropped
    ]
    rows = list(_rows([*lines, *unit.get("evidence", [])]))
    forms = {form for indicator in scheme.indicators for form in indicator.forms}
    return UnitFacts(
        unit=Unit(slug="u", name="某单位", kind=unit["kind"]),
        period=parse_period(unit["period"]) if "period" in unit else PERIOD,
        today=date.fromisoformat(unit["today"]) if "today" in unit else TODAY,
        evidence=[e for e, line in rows if not line.get("earlier")],
        earlier=[e for e, line in rows if line.get("earlier")],
        words={e.key: _word(e, line) for e, line in rows if line.get("ruled")},
        office=[
            Ruling(
                id=f"o{n}",
                subject=UnitSubject("u", "2026Q3"),
                by="李某",
                why="裁定",
                **{"at": AT, **word, "word": RulingKind(word["word"])},
            )
            for n, word in enumerate(unit.get("office", []))
        ],
        missing_reports={code: tuple(missing) for code, missing in unit.get("silence", {}).items()},
        forms_received=frozenset(forms - set(unit.get("unheard", ()))),
        silent_cells={code: tuple(cells) for code, cells in unit.get("cells", {}).items()},
        closed=unit.get("closed", True),
    )


def _rows(lines: list[dict[str, Any]]) -> Iterator[tuple[Evidence, dict[str, Any]]]:
    for place, line in enumerate(lines):
        for number in range(line.get("times", 1)):
            yield _evidence(f"{line['check']}|{place}-{number}", line), line


def _evidence(key: str, line: dict[str, Any]) -> Evidence:
    return Evidence(
        key=key, check=line["check"], unit="u", subject=key, outcome=Outcome(line["outcome"]),
        slug=line.get("slug", "x"),
        sentence=f"{line['check']} {line['outcome']}",
        decided_on=date.fromisoformat(line.get("day", "2026-08-01")), value=line.get("value", ""),
    )  # fmt: skip


def _word(evidence: Evidence, line: dict[str, Any]) -> Ruling:
    ruled = line["ruled"]
    seen = fingerprint(replace(evidence, slug="as it was") if line.get("stale") else evidence)
    return Ruling(
        id=f"r {evidence.key}", subject=EvidenceSubject(evidence.key), word=WORDS.get(ruled, RulingKind.AMEND),
        value="" if ruled in WORDS else ruled,
        by="李某", why="已核对", at=line.get("ruled_at", AT),
        until=date.fromisoformat(line["until"]) if line.get("until") else None, seen=seen,
    )  # fmt: skip


def score_of(unit: dict[str, Any]) -> tuple[Score, Scheme]:
    """What the system makes of a worked unit."""
    scheme = scheme_of(unit)
    return score_unit(scheme, facts_of(unit, scheme)), scheme


def ends(text: str) -> tuple[Decimal, Decimal]:
    """`5` or `0..5` as a range."""
    low, _, high = text.partition("..")
    return Decimal(low), Decimal(high or low)


def to_nine(pair: tuple[Decimal, Decimal]) -> tuple[Decimal, Decimal]:
    """A range to nine places: quotients do not end."""
    low, high = (end.quantize(Decimal("1.000000000")) for end in pair)
    return low, high


def reckon(text: str) -> Fraction:
    """A sum of products and quotients, from the left: `60÷70×100−10`."""
    total = Fraction(0)
    for sign, term in re.findall(r"([+−]?)([^+−]+)", text):
        first, *rest = re.findall(r"[×÷]?[\d.]+", term)
        value = Fraction(first)
        for factor in rest:
            value = value * Fraction(factor[1:]) if factor[0] == "×" else value / Fraction(factor[1:])
        total += -value if sign == "−" else value
    return total

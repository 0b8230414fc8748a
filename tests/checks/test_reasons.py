"""Reason codes: every one declared is given by some case of the tests, and nobody but its declaration spells it."""

import ast
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from functools import partial
from itertools import product
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

from checks import CHECKS, FILED_CHECKS, REASONS, TEXTS, reasons_by_code
from checks.cases.decision_case import Case
from checks.cases.unit_case import UnitCase
from core.domain.look_reasons import LookReason
from core.domain.models import Evidence, Outcome
from core.domain.reason_codes import CheckText, ReasonCode, Settled
from tests.checks import test_decision_checks, test_filing_checks, test_record_checks

ROOT = Path(__file__).resolve().parents[2]
ROOMS = (
    "checks", "cluster", "commands", "core", "crawler", "intake", "linking", "notifications", "pipeline", "reporting",
    "review", "scoring", "simulation", "benchmarks",
)  # fmt: skip
Answer = tuple[str, str, Outcome]
# the same word for something else: a header, a masked name, a group of a letter, what a press shows, SMTP's security
HOMONYMS = {"connection", "due", "masked", "new", "set-aside", "shown", "tls"}


def declared() -> set[Answer]:
    """(check, code, outcome) of all that may be given."""
    return {
        (text.name, reason.code, outcome)
        for text in TEXTS.values()
        for reason in text.codes
        for outcome in ([reason.outcome] if isinstance(reason.outcome, Outcome) else reason.outcome)
    }


def runs(module: ModuleType) -> Iterator[Callable[[], object]]:
    """Every test of a module with every set of its parameters."""
    for test in (f for name, f in vars(module).items() if name.startswith("test_") and isinstance(f, FunctionType)):
        tables = [list(_rows(*mark.args)) for mark in getattr(test, "pytestmark", ())]
        for rows in product(*tables):
            yield partial(test, **{name: value for row in rows for name, value in row.items()})


def _rows(names: str | Sequence[str], rows: Sequence[Any]) -> Iterator[dict[str, object]]:
    """The table of one `parametrize` as arguments by name."""
    for row in rows:
        yield {names: row} if isinstance(names, str) else dict(zip(names, row, strict=True))


@pytest.fixture(scope="module")
def given() -> set[Answer]:
    """(check, code, outcome) of all evidence that the other tests of checks have made."""
    answers: set[Answer] = set()

    def noting(make: Callable[..., Evidence]) -> Callable[..., Evidence]:
        def noted(*args: Any, **more: Any) -> Evidence:
            item = make(*args, **more)
            answers.add((item.check, item.slug, item.outcome))
            return item

        return noted

    with pytest.MonkeyPatch.context() as patch:
        for owner, name in ((Case, "evidence"), (UnitCase, "about"), (UnitCase, "of_respect")):
            patch.setattr(owner, name, noting(getattr(owner, name)))
        for module in (test_decision_checks, test_filing_checks, test_record_checks):
            for run in runs(module):
                run()
    return answers


def test_what_is_given_is_declared_and_what_is_declared_is_given(given: set[Answer]) -> None:
    assert sorted(given - declared()) == []
    assert sorted(declared() - given) == []


def test_a_check_cannot_give_what_it_does_not_declare() -> None:
    text = TEXTS["record_is_complete"]
    with pytest.raises(ValueError, match="does not declare the reason code lawful"):
        test_decision_checks.case().evidence(text, REASONS["lawful"])
    with pytest.raises(ValueError, match="has no outcome met"):
        test_decision_checks.case().evidence(text, REASONS["older-form"], outcome=Outcome.MET)
    with pytest.raises(ValueError, match="does not declare"):
        test_filing_checks.case().about(text, test_filing_checks.filing("innovation"), REASONS["lawful"], "")


def test_the_registry_holds_every_check_of_the_folder_under_its_own_name() -> None:
    files = {path.stem for path in (ROOT / "checks").glob("*.py")} - {"__init__"}
    assert files == set(TEXTS) == {*CHECKS, *FILED_CHECKS}
    assert all(module.TEXT.name == module.NAME == name for name, module in CHECKS.items())
    assert all(module.TEXT.name == module.NAME == name for name, module in FILED_CHECKS.items())
    assert all(text.codes for text in TEXTS.values())


def test_one_code_means_the_same_in_every_check() -> None:
    mine = ReasonCode("x", "甲", Outcome.MET)
    other = with_codes("b", mine)
    assert reasons_by_code([other, with_codes("c", mine.worded("乙"))]) == {"x": mine}
    with pytest.raises(ValueError, match="x of c means something else"):
        reasons_by_code([other, with_codes("c", ReasonCode("x", "甲", Outcome.MET, needs_review=True))])


def with_codes(name: str, *codes: ReasonCode) -> CheckText:
    return CheckText(name=name, title_met="", title_breached="", action="", responsible="unit", codes=codes)


# ---------------------------------------------------------------- in the source


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every module outside the tests, by its place."""
    paths = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    for path in sorted([*paths, ROOT / "cli.py", ROOT / "scheduler.py"]):
        yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return dict(sources())


def test_a_code_is_spelled_where_it_is_declared_and_hardly_anywhere_else(trees: dict[str, ast.Module]) -> None:
    codes = {*REASONS, *map(str, LookReason)} - HOMONYMS
    spelled: defaultdict[str, set[str]] = defaultdict(set)
    for place, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in codes:
                spelled[node.value].add(place)
    assert spelled.keys() == codes
    assert {code: places for code, places in spelled.items() if len(places) > 2} == {}


def test_no_sql_names_a_code(trees: dict[str, ast.Module]) -> None:
    words = {f"'{code}'" for code in REASONS}
    texts = [
        node.value
        for place, tree in trees.items()
        if place.startswith("core/storage/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert len(texts) > 100
    assert [text for text in texts if any(word in text for word in words)] == []


def test_every_property_of_a_code_is_asked_for_and_set_by_some_code(trees: dict[str, ast.Module]) -> None:
    read = {node.attr for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    plain = ReasonCode("", "", Outcome.MET)
    for name in (field.name for field in fields(ReasonCode)):
        assert name in read, name
        assert any(getattr(reason, name) != getattr(plain, name) for reason in REASONS.values()), name
    assert {reason.settled for reason in REASONS.values()} == set(Settled)


def test_every_look_reason_is_given_somewhere(trees: dict[str, ast.Module]) -> None:
    given = {
        node.attr
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "LookReason"
    }
    assert given == {reason.name for reason in LookReason}


def test_every_look_reason_is_expected_by_some_test() -> None:
    files = [*(ROOT / "tests").rglob("*.py"), *(ROOT / "tests/fixtures/blocked").rglob("*.json")]
    texts = "\n".join(path.read_text("utf-8") for path in files)
    assert [reason.value for reason in LookReason if f'"{reason}' not in texts] == []

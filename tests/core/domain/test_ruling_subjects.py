"""What a ruling is about: read and written in one place, and stored as it always was."""

import ast
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.clock import ZONE
from core.domain.errors import StoreError
from core.domain.models import (
    ClaimSubject,
    EvidenceSubject,
    Kind,
    LinkSubject,
    MonthSubject,
    RepairSubject,
    Ruling,
    RulingKind,
    Subject,
    UnitSubject,
    read_subject,
)
from core.storage.database import Store
from core.storage.review import Rulings
from core.storage.serialization import dump, parse
from tests.support.paths import ROOT

NAMES = st.text(min_size=1, max_size=40)  # keys and decision ids hold numbers, names, | and : alike
RECORDS = st.text("0123456789abcdef", min_size=1, max_size=32)
SLUGS = st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True)
QUARTERS = st.builds("{}Q{}".format, st.integers(2020, 2040), st.integers(1, 4))
SUBJECTS = st.one_of(
    st.builds(EvidenceSubject, NAMES),
    st.builds(LinkSubject.of, RECORDS, RECORDS),
    st.builds(ClaimSubject, NAMES),
    st.builds(RepairSubject, NAMES),
    st.builds(UnitSubject, SLUGS, QUARTERS),
    st.builds(MonthSubject, SLUGS, st.sampled_from(Kind), st.dates().map("{:%Y-%m}".format)),
)
STORED = [
    ("evidence:published_within_deadline|scjgj|penalty|甲〔2026〕1号|credit", EvidenceSubject),
    ("evidence:commitment_is_on_credit_site|a:b", EvidenceSubject),
    ("link:0a1b|9f8e", LinkSubject),
    ("claim:scjgj|penalty|甲〔2026〕1号", ClaimSubject),
    ("repair:scjgj|?|~0a1b2c3d|4e5f6071", RepairSubject),
    ("unit:dept-a|2026Q3", UnitSubject),
    ("month:scjgj|penalty|2026-07", MonthSubject),
]
PREFIXES = ("evidence:", "link:", "claim:", "repair:", "unit:")
TAKERS = frozenset({"partition", "rpartition", "split", "startswith", "removeprefix"})


@given(SUBJECTS)
def test_a_subject_is_read_back_from_its_text(subject: Subject) -> None:
    assert read_subject(subject.text) == subject
    assert read_subject(subject.text).text == subject.text


@pytest.mark.parametrize(("text", "kind"), STORED)
def test_texts_of_before_are_read_and_kept(text: str, kind: type[Subject]) -> None:
    subject = read_subject(text)
    assert isinstance(subject, kind)
    assert subject.text == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "evidence",
        "evidence:",
        "objection:x",
        "Link:a|b",
        "link:ab",
        "unit:scjgj",
        ":x",
        "claim",
        "month:a|penalty",
        "month:a|award|2026-07",
    ],
)
def test_a_text_that_no_subject_writes_is_named(text: str) -> None:
    with pytest.raises(StoreError) as caught:
        read_subject(text)
    assert f"“{text}”" in str(caught.value)
    assert "claim:" in str(caught.value)


def test_a_pair_is_the_same_either_way_round() -> None:
    assert LinkSubject.of("b", "a") == LinkSubject.of("a", "b") == LinkSubject("a", "b")
    assert LinkSubject("b", "a").records == LinkSubject("a", "b").records == frozenset({"a", "b"})


@given(SUBJECTS, st.sampled_from(RulingKind))
def test_a_ruling_is_stored_as_text(subject: Subject, kind: RulingKind) -> None:
    ruling = Ruling(id="r", subject=subject, word=kind, by="甲", why="因", at=datetime(2026, 8, 1, tzinfo=ZONE))
    assert parse(Ruling, dump(ruling)) == ruling


def test_the_stored_bytes_are_those_of_before(tmp_path: Path) -> None:
    data = (
        '{"id":"r1","subject":"link:a|b","word":"confirm","by":"甲","why":"核对无误","at":"2026-08-01T09:00:00+08:00",'
        '"until":null,"value":"","seen":"","via":"account:jia"}'
    )
    ruling = parse(Ruling, data)
    assert ruling.subject == LinkSubject("a", "b")
    assert ruling.word is RulingKind.CONFIRM
    with Store(tmp_path / "chengxin.db") as store:
        Rulings(store).add(ruling, ruling.at)
        assert store.rows("SELECT subject, data FROM rulings") == [("link:a|b", data)]
        assert Rulings(store).all() == (ruling,)


def test_a_store_with_an_unknown_subject_says_which(tmp_path: Path) -> None:
    with Store(tmp_path / "chengxin.db") as store:
        ruling = Ruling(
            id="r", subject=ClaimSubject("d"), word=RulingKind.ACCEPT, by="甲", why="因",
            at=datetime(2026, 8, 1, tzinfo=ZONE),
        )  # fmt: skip
        Rulings(store).add(ruling, ruling.at)
        store.db.execute("UPDATE rulings SET data = replace(data, 'claim:d', 'oracle:d')")
        with pytest.raises(StoreError, match="oracle:d"):
            Rulings(store).all()


# ---------------------------------------------------------------- nobody else knows the text


def _sources() -> Iterator[Path]:
    roots = [p for p in ROOT.iterdir() if p.is_dir() and p.name.isidentifier() and p.name not in {"tests", "var"}]
    for path in [*ROOT.glob("*.py"), *(p for root in roots for p in root.rglob("*.py"))]:
        if path.name != "ruling_subjects.py":
            yield path


def _trespasses(tree: ast.AST) -> Iterator[int]:
    """Lines that make a subject's text by hand, or take one apart."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.startswith(PREFIXES):
            yield node.lineno
        if isinstance(node, ast.Attribute) and node.attr in TAKERS and _is_subject(node.value):
            yield node.lineno


def _is_subject(node: ast.expr) -> bool:
    """Whether an expression is somebody's `subject`, or its text."""
    if isinstance(node, ast.Attribute) and node.attr == "text":
        node = node.value
    return isinstance(node, ast.Attribute) and node.attr == "subject"


def test_only_one_module_knows_the_text_of_a_subject() -> None:
    sources = list(_sources())
    assert len(sources) > 150
    assert not [f"{p.relative_to(ROOT)}:{n}" for p in sources for n in _trespasses(ast.parse(p.read_text("utf-8")))]


@pytest.mark.parametrize(
    "line",
    ['f"claim:{d}"', '"link:"', 's.startswith("evidence:")', 'r.subject.partition(":")', 'r.subject.text.split("|")'],
)
def test_a_line_that_takes_a_subject_apart_is_seen(line: str) -> None:
    assert list(_trespasses(ast.parse(line)))

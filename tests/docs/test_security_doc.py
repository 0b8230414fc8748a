"""Every attack of docs/desk-security.md names a test, and every test that it names exists."""

import re

import pytest

from tests.support.paths import ROOT

ROWS = [
    line
    for line in (ROOT / "docs/desk-security.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| attack")
]
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@pytest.mark.parametrize("row", ROWS, ids=[row[2:40] for row in ROWS])
def test_each_attack_is_tried(row: str) -> None:
    attack, how, stops, tests = row.strip("| ").split(" | ")
    assert attack and how and stops
    named = _TEST.findall(tests)
    assert named and not _TEST.sub("", tests).strip()
    for file, name in named:
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text("utf-8"), re.M), f"{file}::{name}"


def test_the_files_that_stop_them_exist() -> None:
    for path in {path for row in ROWS for path in re.findall(r"`([a-z_]+/[\w/]+\.py|[a-z]+/[a-z]+/)`", row)}:
        assert (ROOT / path).exists(), path

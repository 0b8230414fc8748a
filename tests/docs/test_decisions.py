"""Every decision says when, whether it still stands, and what else was weighed; the index names them all."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.support.paths import ROOT

FOLDER = ROOT / "docs/decisions"
DECISIONS = sorted(FOLDER.glob("[0-9]*.md"))
HEAD = re.compile(r"# (\d{4}) · (.+)\n\nDate: (\d{4}-\d\d-\d\d) · Status: (\S.*)\n")
STATUSES = ("proposed", "accepted", "superseded", "rejected")


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_date_status_and_alternatives(page: Path) -> None:
    text = page.read_text("utf-8")
    head = HEAD.match(text)
    assert head is not None, "the head is `# 0001 · …`, an empty line, `Date: … · Status: …`"
    assert head[1] == page.name[:4]
    assert date.fromisoformat(head[3]) >= date(2026, 11, 23)
    assert head[4].startswith(STATUSES)
    weighed = text.split("\n## Alternatives weighed\n")
    assert len(weighed) == 2 and re.findall(r"^- \*\*.+?\*\*", weighed[1], re.M)


def test_numbers_are_given_once_and_without_gaps() -> None:
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert len(set(numbers)) == len(numbers) >= 19
    assert numbers[:19] == list(range(1, 20))


def test_the_index_names_every_decision_as_it_says_itself() -> None:
    index = (FOLDER / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| (\d{4}) \| \[(.+?)\]\(([^)]+)\) \| (\S+) \| (.+) \|$", index, re.M)
    heads = [(page, HEAD.match(page.read_text("utf-8"))) for page in DECISIONS]
    assert rows == [(head[1], head[2], page.name, head[3], head[4]) for page, head in heads if head]
    assert len(rows) == len(DECISIONS)

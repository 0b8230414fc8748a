"""The papers hold: every citation of a section resolves, and every path and word of the papers stands in the code."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.papers import papers

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = (".venv", ".venv-bench", "var", ".git", "tests/fixtures")
SECTION = re.compile(r"§([0-9]+(?:\.[0-9a-z]+)*)")
# `docs/rules.md §1.2, §1.3`, and in the papers themselves `[rules.md](rules.md) §8`
CITATION = re.compile(r"(?:docs/|(?<![\w/.-]))([a-z]+(?:-[a-z]+)*)\.md\)? ((?:§[0-9][0-9a-z.]*(?:, |、| and )?)+)")
HEADING = re.compile(r"^#{2,4} ([0-9]+(?:\.[0-9a-z]+)*)\.?(?=\s)", re.M)
# the working papers that the code cited before its own stood in the repository
GONE = re.compile(
    r"\b(?:DESIGN|DOMAIN)\b|\bRULES(?:\.md\b|[ ,:：]+(?!Mapping)[0-9A-Za-z\u4e00-\u9fff]|[;；)])|[按以] ?RULES"
)
PATH = re.compile(r"`((?:[a-z_]+/)+[a-z_]\w*\.py)`")
TICKED = re.compile(r"`([^`]+)`")


def _is_skipped(path: Path) -> bool:
    place = path.relative_to(ROOT).as_posix()
    return any(place == name or place.startswith(f"{name}/") for name in SKIPPED) or "__pycache__" in place


def _files(*suffixes: str) -> Iterator[Path]:
    """The repository's own files of these suffixes, but for this one."""
    pending = [ROOT]
    while pending:
        for path in sorted(pending.pop().iterdir()):
            if _is_skipped(path):
                continue
            if path.is_dir():
                pending.append(path)
            elif path.suffix in suffixes and path != Path(__file__).resolve():
                yield path


def _lines(*suffixes: str) -> Iterator[tuple[str, str]]:
    for path in _files(*suffixes):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def _cited(text: str) -> list[tuple[str, str]]:
    """(paper, section) of every citation in a text."""
    return [(paper, section) for paper, tail in CITATION.findall(text) for section in SECTION.findall(tail)]


def _sections(paper: str) -> set[str]:
    page = ROOT / "docs" / f"{paper}.md"
    return set(HEADING.findall(page.read_text("utf-8"))) if page.exists() else set()


def _papers() -> list[Path]:
    return sorted((ROOT / "docs").glob("*.md"))


def test_every_cited_section_exists() -> None:
    cited = [(place, *found) for place, line in _lines(".py", ".toml", ".md") for found in _cited(line)]
    known = {paper: _sections(paper) for paper in {paper for _, paper, _ in cited}}
    assert not [f"{place}: {paper}.md §{section}" for place, paper, section in cited if section not in known[paper]]
    assert len(cited) >= 15
    assert {"design", "rules", "domain"} <= known.keys()


def test_the_code_cites_the_papers() -> None:
    cited = [found for _, line in _lines(".py", ".toml") for found in _cited(line)]
    assert len(cited) >= 60, len(cited)


def test_a_paper_cites_its_own_sections() -> None:
    seen = 0
    for page in _papers():
        known, text = _sections(page.stem), " ".join(page.read_text("utf-8").split())
        own = SECTION.findall(CITATION.sub("", text))
        seen += len(own)
        assert not [f"{page.name}: §{section}" for section in own if section not in known]
    assert seen >= 20


def test_sections_are_numbered_once() -> None:
    for paper in ("design", "rules", "domain"):
        numbers = HEADING.findall((ROOT / "docs" / f"{paper}.md").read_text("utf-8"))
        assert len(numbers) >= 15
        assert len(numbers) == len(set(numbers)), paper


def test_nothing_cites_papers_that_are_not_here() -> None:
    seen = 0
    stale = []
    for place, line in _lines(".py", ".toml", ".md"):
        seen += 1
        if GONE.search(line):
            stale.append(f"{place}: {line.strip()[:100]}")
    assert seen > 10_000
    assert not stale, "\n".join(stale)


def test_every_path_in_the_papers_exists() -> None:
    named = {(page.name, path) for page in papers() for path in PATH.findall(page.read_text("utf-8"))}
    assert not sorted(f"{page}: {path}" for page, path in named if not (ROOT / path).is_file())
    assert len(named) >= 80


# ---------------------------------------------------------------- the glossary


def _glossary() -> list[list[str]]:
    """The rows of the glossary's first table: word, 中文, meaning, where."""
    first = (ROOT / "docs/glossary.md").read_text("utf-8").split("\n## ")[1]
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in first.splitlines() if line.startswith("|")
    ]
    return rows[2:]


def _places(where: str) -> Iterator[tuple[str, str]]:
    """(path, name) of a cell: names in backticks belong to the path before them; a path alone has the name ""."""
    path = ""
    named = True
    for word in TICKED.findall(where):
        if "/" in word or word.endswith(".py"):
            if not named:
                yield path, ""
            path, named = word, False
        else:
            yield path, word
            named = True
    if not named:
        yield path, ""


def _stands_in(path: str, name: str) -> bool:
    """Whether a file is there and, where a name is given, has it as class, function, value or field."""
    file = ROOT / path
    if not path or not file.is_file():
        return False
    made = rf"^\s*(?:class|def|async def)\s+{name}\b|^\s*{name}\s*(?::[^=\n]+)?=|^\s*{name}\s*:\s"
    return not name or re.search(made, file.read_text("utf-8"), re.M) is not None


def test_every_word_of_the_glossary_stands_in_the_code() -> None:
    rows = _glossary()
    assert len(rows) >= 60
    assert all(len(row) == 4 and all(row) for row in rows)
    assert len({row[0] for row in rows}) == len(rows)
    missing = []
    for word, _, _, where in rows:
        places = list(_places(where))
        missing += [f"{word}: {path} {name}" for path, name in places or [("", "")] if not _stands_in(path, name)]
    assert not missing, "\n".join(missing)


def test_a_word_that_is_not_there_is_missed() -> None:
    """The test of the test: a wrong name, and a wrong path, are told."""
    here = "tests/docs/test_citations.py"
    assert _stands_in(here, "GONE") and _stands_in(here, "_places") and _stands_in(here, "")
    assert not _stands_in(here, "Nonesuch")
    assert not _stands_in("tests/docs/nonesuch.py", "")
    assert list(_places("`a/b.py` `X` `y` · `c/d.py`")) == [("a/b.py", "X"), ("a/b.py", "y"), ("c/d.py", "")]
    assert GONE.search("as RULES" + " 1.1 says") and GONE.search("DE" + "SIGN 4")
    assert not GONE.search('__all__ = ["RULES", "UnitFacts"]') and not GONE.search("RULES: Mapping[str, int]")
    assert _cited("see docs/rules.md §3.x and docs/domain.md §1.5, §1.8; [d](design.md) §4.") == [
        ("rules", "3.x"),
        ("domain", "1.5"),
        ("domain", "1.8"),
        ("design", "4"),
    ]

"""The repository's papers as a test reads them: files, code blocks, headings, links, command lines."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from tests.support.paths import ROOT

_SKIPPED = {".git", ".venv", ".venv-bench", "var", "node_modules", "__pycache__"}
_LINK = re.compile(r"!?\[(?:[^\]\[]|\[[^\]]*\])*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#{1,6}\s+(.*?)\s*#*$", re.M)
_INLINE = re.compile(r"(`+)(.+?)\1")


def papers() -> list[Path]:
    """Every .md of the repository but those that tests keep as fixtures."""
    found = [path for path in ROOT.rglob("*.md") if not _SKIPPED & set(path.relative_to(ROOT).parts)]
    return sorted(path for path in found if not path.is_relative_to(ROOT / "tests/fixtures"))


def code_lines(text: str) -> Iterator[tuple[int, str]]:
    """(number, line) of every line of code: in fences, or indented by four after an empty line or such a line."""
    fenced, indented, empty = False, False, True
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("```"):
            fenced = not fenced
            continue
        indented = line.startswith("    ") and (empty or indented)
        empty = not line.strip()
        if fenced or indented:
            yield number, line.strip()


def prose(text: str) -> str:
    """The text without its code lines."""
    code = {number for number, _ in code_lines(text)}
    return "\n".join(line for number, line in enumerate(text.splitlines(), 1) if number not in code)


def inline_code(text: str) -> list[str]:
    """Everything in backticks outside code lines."""
    return [found[1].strip() for line in prose(text).splitlines() for found in _INLINE.findall(line)]


def links(text: str) -> list[str]:
    """The targets of all links and images in prose; brackets in backticks are no link."""
    return _LINK.findall(_INLINE.sub(lambda found: re.sub(r"[\[\]()]", " ", found[2]), prose(text)))


def anchors(text: str) -> set[str]:
    """What its headings are called in addresses, as GitHub builds them: small, without marks, hyphens for spaces."""
    seen: dict[str, int] = {}
    found = set()
    for heading in _HEADING.findall(prose(text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).strip().replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if name in seen else name)
        seen[name] = seen.get(name, 0) + 1
    return found


def words_of(line: str) -> list[str]:
    """A command line's words, without a comment behind it."""
    return shlex.split(line, comments=True)


def make_targets() -> set[str]:
    """The targets of the Makefile."""
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))

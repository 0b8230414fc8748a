"""Every command and option is documented, and every command line that a paper shows would be taken."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pytest
import typer
from typer.core import TyperGroup, TyperOption
from typer.exceptions import TyperException
from typer.main import get_command

import cli
from core.domain.errors import UsageError
from tests.support.papers import code_lines, inline_code, make_targets, papers, words_of
from tests.support.paths import ROOT


class AnyCommand(Protocol):
    """What a command and a group of Typer's have in common here."""

    @property
    def name(self) -> str | None: ...

    @property
    def params(self) -> Sequence[object]: ...

    def make_context(self, info_name: str | None, args: list[str]) -> object: ...


PROGRAM = get_command(cli.app)
COMMANDS = ROOT / "docs/commands.md"
TARGETS = make_targets()
RUN = re.compile(r"^(?:\$ )?(?:(?:\w+=\S+ )*)(?:\.venv/bin/)?(chengxin|make)\s")


def _commands(command: AnyCommand = PROGRAM, name: str = "") -> Iterator[tuple[str, AnyCommand]]:
    """(name, command) of everything that can be called."""
    if isinstance(command, TyperGroup):
        if name and command.invoke_without_command:
            yield name, command
        for part, below in command.commands.items():
            yield from _commands(below, f"{name} {part}".strip())
    else:
        yield name, command


CALLABLE = dict(_commands())


def options_of(command: AnyCommand) -> set[str]:
    return {name for p in command.params if isinstance(p, TyperOption) for name in p.opts}


def _sections() -> dict[str, str]:
    """Command → its section of docs/commands.md."""
    found = {}
    for part in COMMANDS.read_text("utf-8").split("\n### ")[1:]:
        heading, _, body = part.partition("\n")
        words = heading.strip("`").removeprefix("chengxin ").split()
        name = next(" ".join(words[:n]) for n in (2, 1) if " ".join(words[:n]) in CALLABLE)
        found[name] = body.split("\n## ")[0]
    return found


def test_every_command_has_a_section() -> None:
    assert set(_sections()) == set(CALLABLE)
    assert len(CALLABLE) >= 40


@pytest.mark.parametrize("name", CALLABLE)
def test_every_option_is_documented_and_every_documented_option_exists(name: str) -> None:
    body = re.sub(r"^    .*$", "", _sections()[name], flags=re.M)
    documented = {word for words in inline_code(body) for word in words.split() if word.startswith("--")}
    assert documented == {word for word in options_of(CALLABLE[name]) if word.startswith("--")}


@pytest.mark.parametrize("name", CALLABLE)
def test_every_command_is_in_the_chinese_readme(name: str) -> None:
    """By its whole name, or as the second of a group in a row: `mail outbox`、`mail send`."""
    text = (ROOT / "README.zh-CN.md").read_text("utf-8")
    assert re.search(rf"(?:`|chengxin ){name}(?![\w-])", text) or name in text, name


def _mistake(line: str) -> str:
    """Why a shown command line would not be taken; "" where it would."""
    words = words_of(line)
    words = words[next(n for n, word in enumerate(words) if word.endswith(("chengxin", "make"))) :]
    if words[0] == "make":
        unknown = [word for word in words[1:] if word not in TARGETS]
        return f"no target {unknown}" if unknown or not words[1:] else ""
    command: AnyCommand = PROGRAM
    rest = words[1:]
    while isinstance(command, TyperGroup) and rest and rest[0] in command.commands:
        command, rest = command.commands[rest[0]], rest[1:]
    if command is PROGRAM:
        return "" if rest in (["--help"], ["--version"]) else f"no command {rest[:1]}"
    if isinstance(command, TyperGroup) and (not command.invoke_without_command or (rest and rest[0][0] != "-")):
        return f"no command {rest[:1]} of {command.name}"
    try:
        command.make_context(command.name or "", list(rest))
    except typer.Exit:
        return ""
    except (TyperException, UsageError) as error:
        return str(error) or type(error).__name__
    return ""


def _shown() -> list[tuple[str, str]]:
    """(place, line) of every command line in a code block of a paper."""
    return [
        (f"{page.relative_to(ROOT)}:{number}", line)
        for page in papers()
        for number, line in code_lines(page.read_text("utf-8"))
        if RUN.match(f"{line} ")
    ]


def test_every_command_line_shown_would_be_taken() -> None:
    mistakes = [f"{place}: {line}: {why}" for place, line in _shown() if (why := _mistake(line))]
    assert not mistakes, "\n".join(mistakes)
    assert len(_shown()) >= 100


@pytest.mark.parametrize("page", papers(), ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_named_in_a_sentence_exists(page: Path) -> None:
    unknown = []
    for code in inline_code(page.read_text("utf-8")):
        words = code.split()
        if words[:1] == ["make"] and len(words) > 1:
            unknown += [code for word in words[1:] if word not in TARGETS]
        if words[:1] == ["chengxin"] and words[1:] and words[1] not in ("COMMAND", "--help", "--version"):
            command = next((CALLABLE[n] for n in (" ".join(words[1:3]), words[1]) if n in CALLABLE), None)
            known = command is not None or words[1] in {name.split()[0] for name in CALLABLE}
            unknown += [] if known else [code]
            if command is not None:
                options = options_of(command) | {"--help"}
                unknown += [code for word in words if word.startswith("-") and word not in options]
    assert not unknown


def test_a_wrong_line_is_found() -> None:
    """The test of the test."""
    assert (
        _mistake("chengxin nihgt") and _mistake("chengxin report") and _mistake("chengxin report 2026Q3 --fromat pdf")
    )
    assert _mistake("make nonesuch") and _mistake("chengxin mail nonesuch")
    assert not _mistake("chengxin report 2026Q3 --format pdf   # a comment") and not _mistake("make check")
    assert not _mistake(".venv/bin/chengxin night --as-of 2026-07-01T00:30")

"""Whether the program would take a command line: parsed by the program itself, nothing is run."""

from typing import Protocol

import typer
from typer.core import TyperGroup
from typer.exceptions import TyperException
from typer.main import get_command

import cli
from core.domain.errors import UsageError


class _Command(Protocol):
    @property
    def name(self) -> str | None: ...

    def make_context(self, info_name: str | None, args: list[str]) -> object: ...


def refused(words: list[str]) -> str:
    """Why `chengxin WORDS` would not be taken; "" where it would."""
    command: _Command = get_command(cli.app)
    rest = list(words)
    while isinstance(command, TyperGroup):
        if not rest or rest[0] not in command.commands:
            return f"no command {rest[:1]}"
        command, rest = command.commands[rest[0]], rest[1:]
    try:
        command.make_context(command.name or "", rest)
    except typer.Exit:
        return ""
    except (TyperException, UsageError) as error:
        return str(error) or type(error).__name__
    return ""

"""Wrong use of the command line in Chinese: what was meant, what is missing, and where the help is."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from core.domain.errors import UsageError

if TYPE_CHECKING:
    from typer._click import Command as AnyCommand
    from typer._click import Context

_HELP_WORDS = {
    "Usage: ": "用法：",
    "[OPTIONS]": "[选项]",
    "COMMAND [ARGS]...": "命令 …",
    "Options:": "选项：",
    "Commands:": "命令：",
    "Arguments:": "参数：",
    "Show this message and exit.": "显示这段说明",
    "[required]": "[必填]",
    "env var: ": "环境变量 ",
    "default:": "默认",
}
_BOUNDS = {
    "less than or equal to": "至多为",
    "greater than or equal to": "至少为",
    "less than": "须小于",
    "greater than": "须大于",
}
_KINDS = {"integer": "一个整数", "number": "一个数", "boolean": "是或否", "path": "一个路径"}


class ChineseCommand(TyperCommand):
    """A command whose complaints and help are Chinese."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """As ever; UsageError in Chinese for what does not fit."""
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            raise UsageError(_sentence(error, ctx)) from None

    def get_help(self, ctx: "Context") -> str:
        """The help with its headings in Chinese."""
        return _chinese(super().get_help(ctx))


class ChineseGroup(TyperGroup):
    """A group of commands whose complaints and help are Chinese."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """As ever; without any word the help, exit 2; UsageError in Chinese for what does not fit."""
        if not args and self.no_args_is_help:
            typer.echo(self.get_help(ctx), err=True)
            raise typer.Exit(2)
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            raise UsageError(_sentence(error, ctx)) from None

    def resolve_command(self, ctx: "Context", args: list[str]) -> "tuple[str | None, AnyCommand | None, list[str]]":
        """The command named first in `args`; UsageError with what was perhaps meant."""
        if args[0] not in self.commands:
            meant = _meant(args[0], self.commands) or f"；全部命令见 {ctx.command_path} --help"
            raise UsageError(f"没有这个命令：{args[0]}{meant}")
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: "Context") -> str:
        """The help with its headings in Chinese."""
        return _chinese(super().get_help(ctx))


def speak_chinese(app: typer.Typer) -> None:
    """Let every command and group of `app`, registered so far, answer wrong use in Chinese."""
    app.info.cls = ChineseGroup
    for command in app.registered_commands:
        command.cls = ChineseCommand
    for group in app.registered_groups:
        if group.typer_instance is not None:
            speak_chinese(group.typer_instance)


def _chinese(text: str) -> str:
    for english, chinese in _HELP_WORDS.items():
        text = text.replace(english, chinese)
    return text


def _meant(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known))
    return f"；是不是 {'、'.join(near)}？" if near else ""


def _sentence(error: TyperException, ctx: "Context") -> str:
    """What does not fit, in Chinese, from the record that the parser keeps of it."""
    where = f"；写法见 {ctx.command_path} --help"
    option = getattr(error, "option_name", "")
    if option:
        names = [name for param in ctx.command.params for name in param.opts]
        if option in names:
            return f"{option} {'不带值' if 'not take a value' in error.message else '后面要写一个值'}{where}"
        return f"没有这个选项：{option}{_meant(option, names) or where}"
    param = getattr(error, "param", None)
    if param is None:
        return f"写多了：{_surplus(error)}{where}"
    name = param.opts[0] if param.param_type_name == "option" else param.name.upper()
    if hasattr(error, "param_type"):
        sort = "选项" if param.param_type_name == "option" else "参数"
        return f"缺少{sort} {name}{_explained(param.help)}{_example(ctx)}"
    return f"{name} 的值不对：{_expected(error.message)}{where}"


def _surplus(error: TyperException) -> str:
    """The words that no argument takes, out of the parser's English."""
    found = re.search(r"argument(?:\(s\))? \((.*)\)$", error.message)
    return found[1] if found else error.message


def _explained(text: str | None) -> str:
    return f"（{text}）" if text else ""


def _example(ctx: "Context") -> str:
    """The command's own example, else where its help is."""
    found = re.search(r"例：(.+)", ctx.command.help or "")
    return f"；例：{found[1]}" if found else f"；写法见 {ctx.command_path} --help"


def _expected(message: str) -> str:
    """What a value should have been, out of the validator's English."""
    bound = re.search(
        r"should be (less than or equal to|greater than or equal to|less than|greater than) (\S+)", message
    )
    if bound:
        return f"{_BOUNDS[bound[1]]} {bound[2]}"
    kind = re.search(r"valid (\w+)", message)
    return f"应为{_KINDS.get(kind[1], '另一种写法')}" if kind else "应为另一种写法"

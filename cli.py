"""The command line: parse, call one function, map failure to an exit code.

Exit codes: 0 done (breaches found are a result) · 1 `--strict` and something is breached · 2 wrong use or
configuration · 3 the engine failed · 4 a result was not delivered.
"""

import sys

import typer

from commands import register
from core.domain.errors import ChengxinError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="政务诚信监测：核查双公示是否在期限内公示，留存证据，生成预警、报告和季度等级。",
)

register(app)


def main() -> None:
    """Entry point: run a command; a known failure is one sentence and its exit code."""
    try:
        app()
    except ChengxinError as error:
        typer.echo(f"错误：{error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        sys.exit(0)


if __name__ == "__main__":
    main()

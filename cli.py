"""The command line: parse, call one function, map failure to an exit code.

Exit codes: 0 done (breaches found are a result) · 1 `--strict` and something is breached · 2 wrong use or
configuration · 3 the engine failed · 4 a result was not delivered · 130 interrupted by Ctrl+C · 143 a night told to end
(SIGTERM; 129 by SIGHUP).
"""

import gc
import sys
from typing import Annotated

searched = gc.isenabled()
gc.disable()  # what is imported is never garbage: nothing searches it
try:
    import typer

    from commands import desk as desk_commands
    from commands import register
    from commands.output.streams import clean_streams
    from commands.usage import speak_chinese
    from core.runtime.failures import INTERRUPTED, explain
    from core.runtime.owner_only import keep_to_owner
    from core.runtime.termination import Terminated
except Exception as broken:  # a copy of the program that is not whole, or too little memory to load it
    why = f"{type(broken).__name__}：{broken}".splitlines()[0]
    print(f"错误：程序装载不了，没有做成（{why}）；请检查安装是否完整、内存是否够用", file=sys.stderr)
    raise SystemExit(3) from None

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="政务诚信监测：核查双公示是否在期限内公示，留存证据，生成预警、报告和季度等级。",
)


def _print_version(asked: bool) -> None:
    if asked:
        from core.runtime.version import code_version

        typer.echo(f"chengxin {code_version()}")
        raise typer.Exit


@app.callback(help=app.info.help)
def _options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="显示版本和所构建的提交")
    ] = False,
) -> None:
    """What stands before any command."""


def _desk() -> desk_commands.Faces:
    from desk import serve

    return serve


register(app)
desk_commands.register(app, _desk)
speak_chinese(app)
gc.freeze()
if searched:  # not where a program that imports this one has said otherwise
    gc.set_threshold(50_000, 10, 10)  # a command loads what it runs, and most of it stays
    gc.enable()


def main() -> None:
    """Entry point: run a command; a failure is one Chinese sentence and its exit code, never a traceback."""
    keep_to_owner()
    sys.exit(_run())


def _run() -> int:
    with clean_streams():
        return _answered()


def _answered() -> int:
    try:
        result = app(standalone_mode=False, prog_name="chengxin")
    except (KeyboardInterrupt, typer.Abort):
        result = 130
    except BrokenPipeError:
        return 0
    except (Exception, Terminated) as error:
        sentence, code = explain(error)
        typer.echo(f"错误：{sentence}", err=True)
        return code
    if result == 130:
        typer.echo(INTERRUPTED, err=True)
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()

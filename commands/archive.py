"""The archive's files and the store that ended nights are put away to."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.options import DEFAULT_DISTRICT, District, Var, open_district, open_session
from core.domain.errors import DeliveryError

archive_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="存证文件放到共享盘或 S3 存储，或从那里取回（[archive] url）。"
)


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.add_typer(archive_app, name="archive")


@archive_app.command()
def put(district: District = DEFAULT_DISTRICT, var: Var = None) -> None:
    """把已完成的各夜的存证文件放到存储，读回来核对；夜间任务会自己放。例：chengxin archive put"""
    from core.storage.putting_away import put_away

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        done = put_away(session)
    typer.echo(f"放到存储 {len(done.put)} 个文件，从本机移走 {len(done.dropped)} 个，还有 {done.left} 个没有做")
    if done.problems:
        raise DeliveryError("；".join(done.problems))


@archive_app.command()
def fetch(
    files: Annotated[list[str] | None, typer.Argument(help="存证文件名；不写就是全部")] = None,
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
) -> None:
    """把只在存储里的存证文件取回本机，核对内容；存储里的照旧。例：chengxin archive fetch 2026-08-29-1.warc.gz"""
    from core.storage.putting_away import fetch_back

    config, paths = open_district(district, var)
    with open_session(config, paths) as session:
        fetched = fetch_back(session, files or ())
    typer.echo(f"取回 {len(fetched)} 个文件")

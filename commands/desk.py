"""The office's desk in a browser: opened, and its first accounts made. What it is stands in `desk/`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol
from urllib.parse import urlsplit

import typer

from commands.cluster import Folder, cluster_app, open_city
from commands.options import DEFAULT_DISTRICT, AsOf, District, Var, clock_of, open_district, unit_of
from core.domain.errors import UsageError

if TYPE_CHECKING:
    from core.domain.clock import Clock
    from core.runtime.paths import Paths


class Faces(Protocol):
    """What the desk answers to; the command line joins the two (`cli`), for neither room knows the other."""

    def serve(
        self,
        folder: Path,
        paths: Paths,
        *,
        host: str,
        port: int,
        names: tuple[str, ...],
        tls: bool,
        clock: Clock,
        say: Callable[[str], None],
        people: str = "",
    ) -> None:
        """See desk.serve.serve."""

    def ready_accounts(self, folder: Path, paths: Paths, say: Callable[[str], None]) -> Clock:
        """See desk.serve.ready_accounts."""

    def make_account(self, folder: Path, paths: Paths, username: str, name: str, role: str, unit: str) -> str:
        """See desk.serve.make_account."""

    def serve_city(
        self, folder: Path, *, host: str, port: int, names: tuple[str, ...], tls: bool, say: Callable[[str], None]
    ) -> None:
        """See desk.serve.serve_city."""

    def make_city_account(self, folder: Path, username: str, name: str, role: str) -> str:
        """See desk.serve.make_city_account."""


Host = Annotated[str, typer.Option(help="在哪个地址上听")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="端口；0 由系统选")]
Names = Annotated[
    list[str] | None,
    typer.Option("--name", help="浏览器里用的主机名，可写多次；district.toml 的 [desk] address 写了的不用再写"),
]
Tls = Annotated[bool, typer.Option("--tls", help="前面有 https 的反向代理：cookie 只走 https")]


def register(app: typer.Typer, desk: Callable[[], Faces]) -> None:
    """Add the commands to `app`; `desk` loads the room when one of them runs."""

    @app.command("desk")
    def open_desk(
        district: District = DEFAULT_DISTRICT,
        var: Var = None,
        host: Host = "127.0.0.1",
        port: Port = 8420,
        name: Names = None,
        tls: Tls = False,
        ready: Annotated[
            bool, typer.Option("--ready", help="演示：备好每种角色的账号，密码印出来（只限模拟区县）")
        ] = False,
        as_of: AsOf = None,
    ) -> None:
        """打开信用办的工作台（浏览器）。例：chengxin desk --port 8420"""
        config, paths = open_district(district, var)
        folder = district.resolve()
        clock = desk().ready_accounts(folder, paths, typer.echo) if ready else clock_of(config, as_of)
        desk().serve(
            folder,
            paths,
            host=host,
            port=port,
            names=_names(name, config.district.desk.address),
            tls=tls,
            clock=clock_of(config, as_of) if as_of else clock,
            say=_aloud,
        )

    @app.command("desk-account")
    def desk_account(
        username: Annotated[str, typer.Argument(help="用户名：小写字母、数字、短横")],
        full_name: Annotated[str, typer.Option("--name", help="姓名")],
        role: Annotated[
            str, typer.Option(help="角色：system、security、auditor、head、reviewer、clerk、leader、contact")
        ],
        district: District = DEFAULT_DISTRICT,
        var: Var = None,
        unit: Annotated[str, typer.Option("--unit", "-u", help="单位联系人的单位")] = "",
    ) -> None:
        """建立工作台的账号，或给已有的账号重设密码、解除第二因素；三员（系统、安全、审计管理员）只能这样建。

        例：chengxin desk-account xitong --name 王某 --role system
        """
        config, paths = open_district(district, var)
        slug = unit_of(config, unit) if unit else ""
        first = desk().make_account(district.resolve(), paths, username, full_name, role, slug)
        typer.echo(f"账号 {username} 的初始密码：{first}（只显示这一次，第一次登录要改）")

    @cluster_app.command("desk")
    def city_desk(
        folder: Folder,
        district: Annotated[str, typer.Argument(help="区县文件夹的名字；不写：全市的工作台")] = "",
        host: Host = "127.0.0.1",
        port: Port = 8420,
        name: Names = None,
        tls: Tls = False,
    ) -> None:
        """打开全市的工作台，或一个区县的（可以用全市账号登录）。例：chengxin cluster desk 全市 d01 --port 8421"""
        city = open_city(folder)
        if not district:
            names = _names(name, city.desk.address)
            desk().serve_city(folder, host=host, port=port, names=names, tls=tls, say=_aloud)
            return
        if district not in city.districts:
            raise UsageError(f"全市没有这个区县：{district}（有：{'、'.join(city.districts)}）")
        config = city.config(district)
        names = _names(name, config.district.desk.address)
        desk().serve(
            city.districts[district].resolve(), city.paths(district), host=host, port=port, names=names, tls=tls,
            clock=clock_of(config, None), say=_aloud, people=city.database,
        )  # fmt: skip

    @cluster_app.command("account")
    def city_account(
        folder: Folder,
        username: Annotated[str, typer.Argument(help="用户名：小写字母、数字、短横")],
        full_name: Annotated[str, typer.Option("--name", help="姓名")],
        role: Annotated[str, typer.Option(help="角色：system、security、auditor、city、member")],
    ) -> None:
        """建立全市工作台的账号，或给已有的账号重设密码、解除第二因素；三员只能这样建。

        例：chengxin cluster account 全市 xitong --name 王某 --role system
        """
        open_city(folder)
        first = desk().make_city_account(folder, username, full_name, role)
        typer.echo(f"账号 {username} 的初始密码：{first}（只显示这一次，第一次登录要改）")


def _names(given: list[str] | None, address: str) -> tuple[str, ...]:
    """Under which names browsers ask: those given, and the one that letters name."""
    return (*(given or ()), *filter(None, [urlsplit(address).hostname]))


def _aloud(text: str) -> None:
    typer.echo(text, err=True)

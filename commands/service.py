"""How a machine runs it: files for systemd or cron, the alarm when something failed, the watch over the nights."""

import os
import re
import shutil
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from commands.options import DEFAULT_DISTRICT, District, Var, open_data, open_district
from core.domain.errors import UsageError
from core.runtime.paths import Paths

if TYPE_CHECKING:
    from core.runtime.service_units import Installation, Manager, ServiceFile

service_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="本机服务：写出 systemd 或 cron 的文件。")
_TASKS = {
    "night": "夜间任务失败",
    "desk": "工作台停了",
    "mail": "发信没有做成",
    "backup": "每日备份没有做成",
    "watch": "没有看成夜间任务",
}
_TASK = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._-]{0,127}")
_FOLDERS = {"system": Path("/etc/systemd/system"), "cron": Path("/etc/cron.d")}


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.add_typer(service_app, name="service")
    app.command()(alarm)
    app.command()(watch)


# ---------------------------------------------------------------- telling the office


def alarm(
    task: Annotated[str, typer.Argument(help="出错的任务：night、mail、backup、watch，或 systemd 单元名")],
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    text: Annotated[str, typer.Option(help="补充说明，例如退出码")] = "",
) -> None:
    """告诉信用办一个任务出错了，每天每个任务至多一次；由 systemd 的 OnFailure 或 cron 调用。例：chengxin alarm night"""
    import scheduler

    if not _TASK.fullmatch(task):
        raise UsageError(f"任务名只能用字母、数字和 . _ - @，现为 {task}")
    paths = open_data(district, var)
    kind = task.rpartition("-")[2]
    title = _TASKS.get(kind, f"任务 {task} 失败")
    slug = f"{kind if kind in _TASKS else task}-failed"
    told = scheduler.tell_office(str(district.resolve()), str(paths.root), slug, title, _particulars(task, text))
    typer.echo(f"{title}：{'已告诉信用办' if told else '今天已经告诉过信用办'}")
    if told:
        _send_now(str(district.resolve()), str(paths.root))


def _particulars(task: str, text: str) -> str:
    """What the letter says: the task, what systemd knows of its end, and where to read on."""
    result, code = os.environ.get("MONITOR_SERVICE_RESULT", ""), os.environ.get("MONITOR_EXIT_STATUS", "")
    known = [words for words in (result and f"systemd 结果 {result}", code and f"退出码 {code}") if words]
    ended = f"（{'，'.join(known)}）" if known else ""
    return f"任务 {task} 没有做成{ended}。{text}详情见数据文件夹的 logs 和 journalctl -u {task}。"


def _send_now(district: str, root: str) -> None:
    """Send what waits, the alarm with it; where another process sends already, that one does."""
    import scheduler

    with suppress(UsageError):
        scheduler.send_letters(district, root)


def watch(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    strict: Annotated[bool, typer.Option("--strict", help="超过 26 小时没有完成过一夜时以 1 退出")] = False,
) -> None:
    """看夜间任务有没有按时跑：超过 26 小时没有完成过一夜，告诉信用办，每天一次。例：chengxin watch"""
    import scheduler

    paths = open_data(district, var)
    since = scheduler.tell_missing_night(str(district.resolve()), str(paths.root))
    typer.echo("夜间任务按时" if since is None else f"{since:%Y-%m-%d %H:%M} 以后没有完成过夜间任务，已告诉信用办")
    if strict and since is not None:
        raise typer.Exit(1)


# ---------------------------------------------------------------- files for the machine


@service_app.command("install")
def install(
    district: District = DEFAULT_DISTRICT,
    var: Var = None,
    system: Annotated[bool, typer.Option("--system", help="整机的 systemd（默认）")] = False,
    user: Annotated[bool, typer.Option("--user", help="当前账号的 systemd")] = False,
    cron: Annotated[bool, typer.Option("--cron", help="cron（没有 systemd 的机器）")] = False,
    to: Annotated[Path | None, typer.Option(help="写到这个文件夹（默认 systemd、cron 自己的）")] = None,
    backups: Annotated[
        Path | None, typer.Option(help="每日备份的文件夹，最好在另一块磁盘（默认 数据文件夹/backups）")
    ] = None,
    account: Annotated[str | None, typer.Option(help="用哪个系统账号运行，不能是 root（默认数据文件夹的主人）")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示，不写")] = False,
) -> None:
    """按本机的路径写出定时、发信、看护、报警、备份的服务文件。例：chengxin service install --dry-run"""
    manager = _manager(system=system, user=user, cron=cron)
    config, paths = open_district(district, var, needs_store=False)
    from core.runtime.service_units import Installation, render

    installation = Installation(
        slug=config.district.slug,
        name=config.district.name,
        python=Path(sys.executable),
        district=district.resolve(),
        var=paths.root,
        backups=(backups or paths.backups).resolve(),
        account=account or _account(paths, manager),
        night_at=config.district.night_at,
        chromium=_chromium(),
    )
    if _write(render(installation, manager), installation, manager, to, dry_run=dry_run):
        typer.echo(_next_steps(installation, manager))


@service_app.command("city")
def install_city(
    folder: Annotated[Path, typer.Argument(help="城市的文件夹，里面有 city.toml 和各区县的文件夹")],
    account: Annotated[str, typer.Option(help="用哪个系统账号运行，不能是 root")],
    to: Annotated[Path | None, typer.Option(help="写到这个文件夹（默认 systemd 自己的）")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只显示，不写")] = False,
) -> None:
    """写出全市的 systemd 服务文件：工作进程、全市的工作台、各区县的工作台。每台机器上各做一次。

    例：chengxin service city 全市 --account chengxin --dry-run
    """
    from commands.cluster import open_city
    from core.runtime.service_units import CITY, Installation, render_city

    if account == "root":
        raise UsageError("不能用 root 运行，那样浏览器没有沙箱；可以用 useradd --system 建一个")
    city = open_city(folder)
    installation = Installation(
        slug=CITY,
        name=city.name,
        python=Path(sys.executable),
        district=folder.resolve(),
        districts=next(iter(city.districts.values())).parent.resolve(),
        var=city.data.resolve(),
        backups=(city.backups or city.data).resolve(),
        account=account,
        night_at=city.night_at,
        chromium=_chromium(),
    )
    if not _write(render_city(installation), installation, "system", to, dry_run=dry_run):
        return
    for place in () if to else (installation.var / "_city", *(installation.var / each for each in city.districts)):
        _make_folder(place, account)
    typer.echo(_next_steps_of_a_city(list(city.districts)))


def _write(
    files: "tuple[ServiceFile, ...]", installation: "Installation", manager: "Manager", to: Path | None,
    *, dry_run: bool,
) -> bool:  # fmt: skip
    """Write them, or show them; whether they were written."""
    from core.runtime.service_units import write_files

    if dry_run:
        _show(files)
        return False
    written = write_files(files, to or _FOLDERS.get(manager, Path.home() / ".config/systemd/user"))
    for place in () if to else (installation.var, installation.backups):
        _make_folder(place, installation.account)
    for path in written:
        typer.echo(f"已写出 {path}")
    return True


def _chromium() -> str:
    """The browser's place where it is none that the machine finds by itself."""
    from core.runtime.chromium import find_chromium

    browser = find_chromium()
    return "" if browser and shutil.which(Path(browser).name) == browser else browser


def _manager(*, system: bool, user: bool, cron: bool) -> "Manager":
    named: list[Literal["system", "user", "cron"]] = []
    named += ["system"] if system else []
    named += ["user"] if user else []
    named += ["cron"] if cron else []
    if len(named) > 1:
        raise UsageError("--system、--user、--cron 只能写一个")
    return named[0] if named else "system"


def _account(paths: Paths, manager: "Manager") -> str:
    """Whose rights a night has: the present account; of root's installation the owner of the data. Never root."""
    import getpass

    own = _owner(paths.root) if _is_root() and manager != "user" else getpass.getuser()
    if own == "root":
        raise UsageError(
            "用 --account 写明用哪个账号运行：不能是 root，那样浏览器没有沙箱；可以用 useradd --system 建一个"
        )
    return own


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _owner(folder: Path) -> str:
    try:
        return folder.owner()
    except (OSError, KeyError, NotImplementedError):
        return "root"


def _make_folder(folder: Path, account: str) -> None:
    """A folder that a unit may write to must be there before the unit starts; it is the account's alone."""
    if folder.exists():
        return
    folder.mkdir(parents=True, mode=0o700)
    if _is_root():
        try:
            shutil.chown(folder, account)
        except LookupError:
            raise UsageError(f"本机没有账号 {account}：先建好，再把 {folder} 交给它（chown）") from None


def _show(files: "tuple[ServiceFile, ...]") -> None:
    for file in files:
        typer.echo(f"# ---- {file.name}\n{file.text}")


def _next_steps(installation: "Installation", manager: "Manager") -> str:
    from core.runtime.service_units import secrets_of

    name = f"chengxin-{installation.slug}"
    if manager == "cron":
        return "cron 会自己读到；先手工跑一夜：chengxin night"
    ctl = "systemctl --user" if manager == "user" else "systemctl"
    timers = " ".join(f"{name}-{task}.timer" for task in ("night", "mail", "watch", "backup"))
    return (
        "接下来：\n"
        f"  1. 邮件服务器的密码（如有）写进 {secrets_of(installation.slug, manager)}："
        "CHENGXIN_SMTP_PASSWORD=…，权限 0600\n"
        f"  2. {ctl} daemon-reload\n"
        f"  3. {ctl} enable --now {timers}\n"
        f"  4. 信用办在浏览器里办事的：先用 chengxin desk-account 建账号，再 {ctl} enable --now {name}-desk.service"
    )


def _next_steps_of_a_city(districts: Sequence[str]) -> str:
    from core.runtime.service_units import CITY, secrets_of

    name, secrets = f"chengxin-{CITY}", secrets_of(CITY, "system")
    odd = [f"“{each}”" for each in districts if not re.fullmatch(r"[A-Za-z0-9:_.-]+", each)]
    renamed = f"\n     {'、'.join(odd)} 不能做 systemd 服务的实例名：先把区县的文件夹改成拼音，没有空格" if odd else ""
    return (
        "接下来：\n"
        f"  1. 数据库的连接串（CHENGXIN_CITY_DATABASE=…）和邮件服务器的密码（CHENGXIN_SMTP_PASSWORD=…）写进 {secrets}，"
        "权限 0600；然后 chengxin cluster init\n"
        "  2. systemctl daemon-reload\n"
        f"  3. 每个处理器四个左右的工作进程（多数时间在等主机的间隔）："
        f"systemctl enable --now {name}-worker@{{1..8}}.service；到点自己开始每夜的任务\n"
        f"  4. 只在一台机器上：先用 chengxin cluster account 建账号，再 systemctl enable --now {name}-desk.service\n"
        f"  5. 区县的工作台：{secrets.with_suffix('')}/区县.env 里写 PORT=端口，"
        f"再 systemctl enable --now {name}-district-desk@区县.service（区县：{'、'.join(districts)}）{renamed}"
    )

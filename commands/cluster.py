"""A city's districts on several machines: its database, its workers, how a night stands."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.domain.errors import UsageError

if TYPE_CHECKING:
    from cluster.city import City
    from cluster.ledger import Ledger

cluster_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="全市多个区县、多台机器：要装 chengxin[city] 和 PostgreSQL。"
)
Folder = Annotated[Path, typer.Argument(help="城市的文件夹，里面有 city.toml 和各区县的文件夹")]


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.add_typer(cluster_app, name="cluster")


def require_programs() -> None:
    """UsageError where what a city needs is not installed."""
    try:
        from cluster import worker  # noqa: F401
    except ImportError as error:
        raise UsageError(f"没有装全市部署要的程序（{error.name}）：请安装 chengxin[city]") from error


def open_city(folder: Path) -> "City":
    """The city in a folder; UsageError where what a city needs is not installed."""
    require_programs()
    from cluster.city import load_city

    return load_city(folder)


@cluster_app.command()
def init(folder: Folder) -> None:
    """检查数据库能不能用，建好要用的表；可以重复做。例：chengxin cluster init 全市"""
    city = open_city(folder)
    from contextlib import closing

    from cluster import worker
    from cluster.database import connected, room

    if lacking := worker.init(city):
        raise UsageError(f"这个数据库缺少要用的功能：{'、'.join(lacking)}")
    with closing(connected(city.database)) as connection:
        most, workers = room(connection)
    typer.echo(f"{city.name}：数据库可用，区县 {len(city.districts)} 个")
    typer.echo(f"数据库最多 {most} 个连接，约够 {workers} 个工作进程；要更多，改 PostgreSQL 的 max_connections")


@cluster_app.command()
def night(folder: Folder) -> None:
    """开始今夜：把各区县的计划交给工作进程；可以重复做。由定时任务每夜调用。例：chengxin cluster night 全市"""
    city = open_city(folder)
    from cluster import worker

    typer.echo(f"{worker.begin_night(city)}：已交给工作进程")


@cluster_app.command(name="worker")
def work(
    folder: Folder,
    name: Annotated[str, typer.Option(help="工作进程的名字，全市不得重复；默认用机器名和进程号")] = "",
    until_done: Annotated[bool, typer.Option("--until-done", help="没有未完成的夜就结束")] = False,
) -> None:
    """开一个工作进程，按先后做各区县的计划、访问、收尾，直到叫它停。例：chengxin cluster worker 全市"""
    city = open_city(folder)
    from cluster import worker

    worker.work(city, name or worker.name_of_this(), typer.echo, until_done=until_done)


@cluster_app.command()
def status(folder: Folder) -> None:
    """没有做完的各夜和最近一夜：各区县、主机做到哪步、由谁做、哪些没做成；工作进程。例：chengxin cluster status 全市"""
    city = open_city(folder)
    from contextlib import closing

    from cluster.ledger import Ledger

    with closing(Ledger(city.database)) as ledger:
        for run in ledger.last_nights():
            typer.echo(run)
            for line in night_lines(ledger, run).values():
                typer.echo(f"  {line}")
        for worker in ledger.workers():
            typer.echo(f"工作进程 {worker.name}　{worker.version}　{worker.said}")


def night_lines(ledger: "Ledger", run: str) -> dict[str, str]:
    """How each district and each host of a night stands, in a line, by their names."""
    from cluster.ledger import DISTRICT_WORDS, VISIT_WORDS

    lines = {}
    for district in ledger.districts(run):
        state = DISTRICT_WORDS.get(district.state, district.state)
        lines[district.district] = f"{district.district}：{state}{_said(district.worker)}{_said(district.said)}"
    for visit in ledger.visits(run):
        state, again = (
            VISIT_WORDS.get(visit.state, visit.state),
            f"（第 {visit.attempt} 次）" if visit.attempt > 1 else "",
        )
        lines[visit.host] = f"{visit.host}：{state}{again}{_said(visit.worker)}{_said(visit.said)}"
    return lines


def _said(text: str) -> str:
    return f"　{text}" if text else ""


@cluster_app.command()
def drain(folder: Folder, name: Annotated[str, typer.Argument(help="工作进程的名字")]) -> None:
    """叫一个工作进程做完手上的就停，好换版本或关机。例：chengxin cluster drain 全市 jiqi-1"""
    city = open_city(folder)
    from contextlib import closing

    from cluster.ledger import Ledger

    with closing(Ledger(city.database)) as ledger:
        if not ledger.drain(name):
            raise UsageError(f"没有叫 {name} 的工作进程")
    typer.echo(f"{name} 做完手上的就停")

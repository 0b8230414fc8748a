"""The demonstration of a city: districts on shared hosts, a database of its own, three workers, one of them killed."""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Annotated

import typer

from commands.cluster import night_lines, require_programs
from core.domain.clock import Clock
from core.domain.errors import EngineError, UsageError
from core.runtime.failures import LOG
from core.runtime.paths import Paths

if TYPE_CHECKING:
    from cluster.city import City
    from cluster.ledger import Ledger
    from cluster.local_workers import LocalWorkers
    from simulation.city import Host

Say = Callable[[str], None]
WORKERS, REPLACEMENT = ("w1", "w2", "w3"), "w4"
DELAY, SLOW = 0.3, 0.06  # seconds between two requests to a host, and until it answers
TOLERANCE = 0.1  # seconds that a request may be on its way for longer than the next one
LONGEST = 600.0  # seconds that the night may take
_FACTS = {
    "looks": "核查", "captures": "网页存证", "sightings": "看到的条目", "findings": "读出的决定",
    "decisions": "比对后的决定", "evidence": "认定", "scores": "评分", "letters": "信件",
}  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command(name="demo-city")(demo_city)


def demo_city(
    districts: Annotated[int, typer.Option(min=2, max=30, help="几个区县；主机比区县多一台")] = 4,
    var: Annotated[Path, typer.Option("--var", help="数据文件夹：空的，或上次演示留下的（会先清空）")] = Path(
        "var/demo-city"
    ),
    database: Annotated[str, typer.Option(help="start 或 stop：只开、只停上次演示的数据库，不演示")] = "",
) -> None:
    """演示全市：本机开一个数据库，三个工作进程过一夜，中途杀掉一个，与各区县单独运行比。例：chengxin demo-city"""
    require_programs()
    paths = LOG.paths = Paths(var.resolve())
    if database:
        _switch(paths.root, database)
        return
    raise typer.Exit(_play(paths.root, var, districts, typer.echo))


def _switch(root: Path, word: str) -> None:
    from cluster import local_postgres

    server = local_postgres.known(root)
    if server is None or word not in ("start", "stop"):
        raise UsageError(f"{root} 里没有演示的数据库" if server is None else "--database 只能是 start 或 stop")
    if word == "start" and not server.runs():
        server.start()
    elif word == "stop":
        server.stop("fast")
    typer.echo(f"数据库{'已开' if word == 'start' else '已停'}：{server.url}")


def _play(root: Path, named: Path, districts: int, say: Say) -> int:
    """The night, and each district's alone; 0 when they left the same, else 3."""
    from cluster import local_postgres, worker
    from cluster.city import DATABASE, load_city
    from simulation.city import NIGHT, Plan, served, write_city

    os.environ.pop(DATABASE, None)  # no other database than its own, here and in the workers
    _clear(root)
    with served(districts + 1, slow=SLOW) as hosts:
        server = local_postgres.made(root)
        try:
            write_city(root, server.url, hosts, Plan(districts=districts, delay=DELAY))
            city = load_city(root)
            worker.init(city)
            night = worker.begin_night(city, NIGHT.isoformat())
            say(f"模拟的{city.name}：{districts} 个区县的栏目共用 {len(hosts)} 台主机；数据库 {server.url}")
            began = time.monotonic()
            _night(city, night, hosts, say)
            say(f"一夜完成，用时 {time.monotonic() - began:.0f} 秒（网站和数据库都在本机）")
            code = _compare(city, hosts, say)
        finally:
            server.stop("fast")
    _close(named, say)
    return code


def _clear(root: Path) -> None:
    """Empty the folder of an earlier demonstration, and end its database."""
    from cluster import local_postgres
    from simulation.demo import MARK, clear_folder

    if (root / MARK).exists() and (earlier := local_postgres.known(root)) is not None:
        earlier.remove()
    clear_folder(root)


# ---------------------------------------------------------------- the night


def _night(city: "City", night: str, hosts: Sequence["Host"], say: Say) -> None:
    """Three workers, one of which is killed at a host and replaced, until every district has its night."""
    from cluster.ledger import Ledger
    from cluster.local_workers import at_work, wait_for

    say(f"{night}：工作进程 {'、'.join(WORKERS)} 开始")
    told: dict[str, str] = {}
    until = time.monotonic() + LONGEST
    with at_work(city.folder, WORKERS) as workers, closing(Ledger(city.database)) as ledger:
        while True:
            over = not ledger.nights()
            told = _tell(ledger, night, told, say)
            if over:
                wait_for(lambda: all(each.poll() is not None for each in workers.running.values()))
                return
            if REPLACEMENT not in workers.running:
                _kill_one(ledger, night, workers, hosts, say)
            if time.monotonic() > until:
                raise EngineError(f"等了 {LONGEST:.0f} 秒，这一夜没有做完")
            time.sleep(0.2)


def _tell(ledger: "Ledger", night: str, told: dict[str, str], say: Say) -> dict[str, str]:
    """Say what has changed; how everything stands now."""
    lines = night_lines(ledger, night)
    for name, line in lines.items():
        if told.get(name) != line:
            say(f"  {line}")
    return lines


def _kill_one(ledger: "Ledger", night: str, workers: "LocalWorkers", hosts: Sequence["Host"], say: Say) -> None:
    """Kill a worker in the middle of a visit, where one is, and begin another, as the machine's own service would."""
    asked = {host.name for host in hosts if len(host.asked) > 1}
    for visit in ledger.visits(night):
        if visit.state == "visiting" and visit.worker in workers.running and visit.host in asked:
            workers.kill(visit.worker)
            workers.begin(REPLACEMENT)
            say(f"  强行终止 {visit.worker}（kill -9）：它正在访问 {visit.host}；换上 {REPLACEMENT}")
            return


# ---------------------------------------------------------------- what it left


def _compare(city: "City", hosts: Sequence["Host"], say: Say) -> int:
    """Run each district alone on the same sites, and say what each has and whether it is the same."""
    lists = sum(len(host.lists()) for host in hosts)
    say(
        f"每台主机同时在办的请求最多 {'1' if not sum(host.overlaps() for host in hosts) else '不止 1'} 个，"
        f"间隔的中位数 {median(gap for host in hosts for gap in host.gaps()):.2f} 秒（约定 {DELAY} 秒），"
        f"抢先的 {sum(len(host.hurried(DELAY - TOLERANCE)) for host in hosts)} 个"
    )
    say("再让每个区县单独过同一夜，逐项相比：")
    different = [name for name in city.districts if not _same(city, name, say)]
    alone = sum(len(host.lists()) for host in hosts) - lists
    say(f"栏目列表：全市一起取了 {lists} 次（含被杀掉的那次），各区县单独取共 {alone} 次")
    if different:
        say(f"与单独运行不同的区县：{'、'.join(different)}")
        return 3
    say(f"{len(city.districts)} 个区县，每一个都与它单独运行时逐字节相同：{'、'.join(_FACTS.values())}")
    say("（不比的只有：时刻、链头、存证文件的名字和其中的位置、用时和占用）")
    return 0


def _same(city: "City", name: str, say: Say) -> bool:
    import scheduler
    from cluster.facts import facts_of
    from simulation.city import NIGHT

    config, alone = city.config(name), Paths(city.folder / "alone" / name)
    scheduler.night(config, alone, Clock(base=NIGHT))
    there, here = facts_of(config, city.paths(name), NIGHT), facts_of(config, alone, NIGHT)
    told = "，".join(f"{word} {len(there[fact])}" for fact, word in _FACTS.items() if fact != "scores")
    unlike = [word for fact, word in _FACTS.items() if there[fact] != here[fact]]
    say(f"  {name}：{told}；{'不同：' + '、'.join(unlike) if unlike else '与单独运行相同'}")
    return not unlike


def _close(named: Path, say: Say) -> None:
    say(f"报告在 {named}/var/<区县>/report/index.html，信件在 {named}/var/<区县>/outbox/，单独运行的在 {named}/alone/")
    say("数据库已停。再看这一夜：")
    switch = f"demo-city --var {named} --database"
    look = f"cluster account {named} kanshi --name 演示 --role city", f"cluster desk {named}"
    for line in (f"{switch} start", f"cluster status {named}", *look, f"{switch} stop"):
        say(f"  chengxin {line}")

"""A worker: it takes a city's jobs from the queue (procrastinate), one after another, until it is told to end.

Every job may be done again: what is done already is found done. So a worker that died is made good by giving its jobs
to the others (`_recover`, on every worker), and one that only seemed dead finds the host or the district held, or its
attempt no longer the newest (`cluster/ledger.py`).
"""

import asyncio
import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress

import psycopg
from procrastinate import App, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import ConnectorException

from cluster import chores
from cluster import district as districts
from cluster import visit as visits
from cluster.city import City
from cluster.database import connected, lacks, make_tables
from cluster.ledger import Held, Ledger
from cluster.tables import LEDGER, ROLL_UP
from cluster.versions import FIRST, Newer, queues
from core.domain.clock import Clock, parse_moment
from core.domain.errors import EngineError, StoreError, UsageError
from core.runtime.version import code_version

HEARTBEAT, STALLED = 2.0, 10.0  # seconds between two signs of life; without one for so long, a worker's jobs go on
RECOVER = 2.0  # seconds between two looks for what was left
CHORES = "chores"  # the queue of jobs of seconds: every worker has a hand free for them while it is at a host for hours
SKEW = 60.0  # seconds that a worker's clock may differ from the database's
_AGAIN = RetryStrategy(wait=3, linear_wait=3)  # without end: what cannot be done now is done later, or its day is over

Say = Callable[[str], None]


def name_of_this() -> str:
    """A worker's name where none is given."""
    return f"{socket.gethostname()}-{os.getpid()}"


def init(city: City) -> list[str]:
    """Make the tables of the queue and of the ledger; what the database lacks, in words, and then nothing is made."""
    with closing(connected(city.database)) as connection:
        if lacking := lacks(connection):
            return lacking
        make_tables(connection, LEDGER)
        make_tables(connection, ROLL_UP)
    with _app(city, "").open() as app:
        if not app.check_connection():
            app.schema_manager.apply_schema()
    return []


def begin_night(city: City, base: str = "") -> str:
    """Put a night's first jobs into the queue: each district's plan. The night's name; it may be asked for again."""
    clock = Clock(base=parse_moment(base)) if base else Clock()
    began = clock.now()
    night = f"{began:%Y-%m-%d}"
    if not city.has_hours(began):
        raise UsageError(
            f"现在开始，{city.night_hours} 小时的时限（night_hours）要过零点，做不完的就不能再补：请在零点以后开始"
        )
    with closing(Ledger(city.database)) as ledger, _app(city, "").open() as app:
        ledger.begin(night, base, list(city.districts))
        _plans(_Queue(app), ledger, night)
    return night


def work(city: City, name: str, say: Say = lambda _: None, *, until_done: bool = False) -> None:
    """Take jobs until told to end by a signal or `cluster drain`, or with `until_done` until no night is open.

    UsageError where a worker of this name is at work, EngineError where this machine's clock is off.
    """
    with ExitStack() as opened:
        ledger = opened.enter_context(closing(Ledger(city.database)))
        off = abs((ledger.now() - Clock().now()).total_seconds())
        if off > SKEW:
            raise EngineError(f"本机时钟与数据库相差 {off:.0f} 秒，存证的时间靠不住：请先校准时钟，再开工作进程")
        if not ledger.stand_for(name):
            raise UsageError(f"已经有一个叫 {name} 的工作进程：用 --name 换一个名字")
        ledger.enlist(name, code_version())
        visits.clear_left()
        say(f"工作进程 {name} 开始")
        asyncio.run(_work(city, ledger, name, say, until_done=until_done))
        say(f"工作进程 {name} 结束")


async def _work(city: City, ledger: Ledger, name: str, say: Say, *, until_done: bool) -> None:
    async with _app(city, name, say).open_async() as app:
        told, beside = _taking(app, name, queues()), _taking(app, f"{name}/{CHORES}", [CHORES], told=False)
        workers = [told, beside]
        while not any(each.done() for each in workers):
            await asyncio.wait(workers, timeout=RECOVER, return_when=asyncio.FIRST_COMPLETED)
            with suppress(StoreError, ConnectorException, psycopg.Error, OSError):  # it may be gone for a while
                ledger = _standing(city, ledger, name)
                if told.done() or (await asyncio.to_thread(ledger.is_drained, name)):
                    break
                await _recover(city, app, ledger)
                if not until_done:
                    await asyncio.to_thread(_chores, city.now(), app, ledger)
                if until_done and not ledger.nights():
                    break
        for each in workers:
            each.cancel()  # it ends its job first; nothing where it has ended
        for each in workers:
            with suppress(asyncio.CancelledError):
                await each
        with suppress(StoreError, psycopg.Error):  # the database may be gone just now
            _standing(city, ledger, name).drain(name)  # so that nobody takes it for one that broke off


def _taking(app: App, name: str, queues: Sequence[str], *, told: bool = True) -> "asyncio.Task[None]":
    """Take jobs from some queues, one after another. `told`: whether it hears at once that a job came, and that the
    process is to end."""
    return asyncio.create_task(
        app.run_worker_async(
            name=name, queues=queues, concurrency=1, update_heartbeat_interval=HEARTBEAT,
            stalled_worker_timeout=STALLED, fetch_job_polling_interval=1.0 if told else RECOVER,
            delete_jobs="successful", listen_notify=told, install_signal_handlers=told,
        )
    )  # fmt: skip


def _standing(city: City, ledger: Ledger, name: str) -> Ledger:
    """A ledger whose connection stands, and holds the worker's name as soon as the old one's end has come through."""
    standing = ledger if ledger.is_there() else Ledger(city.database)
    standing.stand_for(name)
    return standing


async def _recover(city: City, app: App, ledger: Ledger) -> None:
    """Give jobs of workers that are gone to others, and put into the queue what a night still lacks."""
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
        await app.job_manager.retry_job(job)
    for night, _ in ledger.nights():
        await asyncio.to_thread(_next, city, app, ledger, night)


def _chores(city: City, app: App, ledger: Ledger) -> None:
    """Put into their queue what is due beside the nights."""
    now = Clock().now()
    if chores.is_night_due(city, ledger, now):
        with suppress(UsageError):  # its last moment went by meanwhile
            begin_night(city)
    queue = _Queue(app)
    for chore, district in chores.due(city, ledger, now):
        queue.add(chore, f"{chore}:{district}", queue=CHORES, district=district)
    for night, district in ledger.untold():
        if district in city.districts:
            queue.add("tell", f"tell:{district}", queue=CHORES, night=night, district=district)


def _next(city: City, app: App, ledger: Ledger, night: str) -> None:
    """Put into the queue what can be done now; what is there already is not put there twice."""
    districts.end_over(ledger, night)
    queue = _Queue(app)
    for host in ledger.open_visits(night, city.plan_minutes):
        queue.add("visit", f"host:{host}", night=night, host=host)
    for district in ledger.ready(night, city.night_hours):
        queue.add("finish", f"district:{district}", night=night, district=district)
    _plans(queue, ledger, night)


def _plans(queue: "_Queue", ledger: Ledger, night: str) -> None:
    for each in ledger.districts(night):
        if each.state == "planning":
            queue.add("plan", f"district:{each.district}", night=night, district=each.district)


class _Queue:
    """The queue as it stands at one moment, asked for once: every worker looks every two seconds."""

    def __init__(self, app: App) -> None:
        self._app = app
        jobs = (job for status in ("todo", "doing") for job in app.job_manager.list_jobs(status=status))
        self._known = {(job.task_name, *sorted(job.task_kwargs.items())) for job in jobs}

    def add(self, task: str, lock: str, *, queue: str = FIRST, **arguments: str) -> None:
        """Put a job into it where it is neither waiting nor being done."""
        if (job := (task, *sorted(arguments.items()))) not in self._known:
            self._app.configure_task(task, lock=lock, queue=queue).defer(**arguments)
            self._known.add(job)


def _left(lock: str) -> str:
    """The lock of a job that was left to a newer program: it keeps no later night's job waiting."""
    return f"{lock} newer"


@contextmanager
def _or_left(app: App, task: str, lock: str, **arguments: str) -> Iterator[None]:
    """Where this program is too old for a job, put it into the queue of those that are not: it is taken once here."""
    try:
        yield
    except Newer as newer:
        app.configure_task(task, lock=_left(lock), queue=newer.mark).defer(**arguments)


@contextmanager
def _noted(ledger: Ledger, night: str, district: str) -> Iterator[None]:
    """Why a job was not done stands in `cluster status` until it is; it is tried again."""
    try:
        yield
    except Held:
        raise
    except Newer as newer:
        ledger.note(night, district, str(newer))
        raise
    except Exception as error:
        with suppress(Exception):  # the database itself may be gone
            ledger.note(night, district, f"没有做成，再试：{error}")
        raise


def _app(city: City, worker: str, say: Say = lambda _: None) -> App:
    """The queue with its three tasks, as this worker does them."""
    # few connections a worker: a machine has many workers, and PostgreSQL a hundred connections as it is installed
    app = App(connector=PsycopgConnector(conninfo=city.database, min_size=1, max_size=4))

    @app.task(name="plan", retry=_AGAIN)
    def plan(night: str, district: str) -> None:
        lock = f"district:{district}"
        with closing(Ledger(city.database)) as ledger:
            with _or_left(app, "plan", lock, night=night, district=district), _noted(ledger, night, district):
                districts.plan(city.now(), ledger, night, district, worker)
                say(f"{night} {district}：已计划")
            _next(city, app, ledger, night)

    @app.task(name="visit", retry=_AGAIN)
    def visit(night: str, host: str) -> None:
        with closing(Ledger(city.database)) as ledger:
            with _or_left(app, "visit", f"host:{host}", night=night, host=host):
                visits.visit(city.now(), ledger, night, host, worker)
                say(f"{night} {host}：已访问")
            _next(city, app, ledger, night)

    @app.task(name="finish", retry=_AGAIN)
    def finish(night: str, district: str) -> None:
        left = _or_left(app, "finish", f"district:{district}", night=night, district=district)
        with closing(Ledger(city.database)) as ledger, left, _noted(ledger, night, district):
            result = districts.finish(city.now(), ledger, night, district, worker)
            if result is not None:
                say(f"{night} {district}：已完成，核查 {len(result.looks)} 次")

    @app.task(name="letters")
    def letters(district: str) -> None:
        chores.letters(city.now(), district)

    @app.task(name="backup")
    def backup(district: str) -> None:
        chores.backup(city.now(), district)
        say(f"{district}：今天的备份已有")

    @app.task(name="tell")
    def tell(night: str, district: str) -> None:
        with closing(Ledger(city.database)) as ledger:
            chores.tell(city.now(), ledger, night, district)

    return app

"""Readers apart: what one page takes, eats or kills costs its reader alone."""

import asyncio
import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import astuple
from pathlib import Path

import pytest

from crawler.families import parser_of
from crawler.page_reading import read_list_page
from crawler.pages import NotGenuine, Unparsed
from crawler.reader_pool import ReaderPool, reading_alone
from crawler.readers import MOST_OVERRUNS, NotRead, OwnReading, PageReading, Readers, ReadingBroke
from tests.support.paths import ROOT
from tests.support.portal_cases import CASES, Case
from tests.support.processes import below, lives, within


@pytest.fixture
async def pool() -> AsyncIterator[ReaderPool]:
    with ReaderPool(2) as readers:
        yield readers


def who() -> int:
    return os.getpid()


def spin(seconds: float) -> None:
    """Our own code at work: a signal stops it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def spin_in_c() -> int:
    """C code at work: no signal stops it."""
    return sum(range(10**13))


def eat() -> int:
    return len(bytearray(8 * 1024**3))


def eat_bit_by_bit() -> int:
    return len([bytearray(2**24) for _ in range(512)])


def say_too_much() -> bytes:
    return bytes(300 * 1024**2)


def fall() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(7)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse() -> None:
    raise NotGenuine("soft-404", "某页")


def fail() -> None:
    raise ValueError("nobody foresaw it")


async def test_a_page_is_read_in_another_process_and_the_next_by_the_same(pool: ReaderPool) -> None:
    first, second = await pool.read("p", 5, who), await pool.read("p", 5, who)
    assert first == second != os.getpid()


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (spin_in_c, "page-slow"),
        (eat, "page-memory"),
        (eat_bit_by_bit, "page-memory"),
        (say_too_much, "page-memory"),
        (fall, "page-crashed"),
        (leave, "page-crashed"),
        (be_killed, "page-crashed"),
    ],
    ids=lambda case: getattr(case, "__name__", case),
)
async def test_what_breaks_its_reader_is_named_and_the_next_page_has_another(
    pool: ReaderPool, work: Callable[[], object], reason: str
) -> None:
    before = await pool.read("p", 5, who)
    began = time.monotonic()
    with pytest.raises(Unparsed) as given_up:
        await pool.read("p", 1 if reason == "page-slow" else 15, work)
    assert given_up.value.reason == reason
    assert time.monotonic() - began < 15
    assert await pool.read("p", 5, who) not in (before, os.getpid())
    assert within(5, lambda: not lives(before))


async def test_our_own_code_is_stopped_by_a_signal_and_its_reader_lives(pool: ReaderPool) -> None:
    before = await pool.read("p", 5, who)
    with pytest.raises(Unparsed) as given_up:
        await pool.read("p", 0.2, spin, 60.0)
    assert given_up.value.reason == "page-slow" and await pool.read("p", 5, who) == before


async def test_what_a_page_is_refused_for_is_told_as_it_was(pool: ReaderPool) -> None:
    with pytest.raises(NotGenuine) as refused:
        await pool.read("p", 5, refuse)
    assert (refused.value.reason, refused.value.detail) == ("soft-404", "某页")
    with pytest.raises(ReadingBroke, match="nobody foresaw it"):
        await pool.read("p", 5, fail)


async def test_other_visits_are_read_while_one_page_takes_its_time(pool: ReaderPool) -> None:
    slow = asyncio.gather(*(pool.read("slow", 2, spin_in_c) for _ in range(3)), return_exceptions=True)
    await asyncio.sleep(0)
    with pytest.raises(Unparsed):  # the first of them; by then the visit is known for it
        await pool.read("slow", 2, spin_in_c)
    began = time.monotonic()
    for _ in range(20):
        await pool.read("other", 5, who)
    assert time.monotonic() - began < 1.9
    assert {getattr(error, "reason", "") for error in await slow} == {"page-slow"}


async def test_a_visit_whose_pages_are_given_up_again_and_again_is_read_no_further(pool: ReaderPool) -> None:
    pages = PageReading(readers=pool, visit="p", seconds=5)
    for _ in range(MOST_OVERRUNS):
        with pytest.raises(Unparsed):
            await pages.read(leave)
    with pytest.raises(NotRead):
        await pages.read(who)
    assert pages.given_up() == ("page-crashed",) and pages.given_up() == ()


async def test_a_reader_whose_visit_is_given_up_is_ended(pool: ReaderPool) -> None:
    before = await pool.read("p", 5, who)
    task = asyncio.create_task(pool.read("p", 60, spin_in_c))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert within(5, lambda: not lives(before)) and await pool.read("p", 5, who) != before


async def test_without_a_nursery_no_page_is_read(pool: ReaderPool) -> None:
    os.kill(pool.nursery, signal.SIGKILL)
    with pytest.raises(Unparsed) as given_up:
        await pool.read("p", 5, who)
    assert given_up.value.reason == "page-crashed"


LIMITED = """
import asyncio, resource, sys
from crawler.reader_pool import ReaderPool
from tests.crawler.test_reader_pool import eat, who
def address_space():
    return int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
most = address_space() + int(sys.argv[1]) * 2**20
resource.setrlimit(resource.RLIMIT_AS, (most, most))
async def main(readers):
    print(await readers.read("p", 5, who) > 0, flush=True)
    await readers.read("p", 5, eat)
with ReaderPool(1) as readers:
    try:
        asyncio.run(main(readers))
    except Exception as error:
        print(type(error).__name__, getattr(error, "reason", ""), getattr(error, "errno", ""))
"""


@pytest.mark.parametrize(("mebibytes", "said"), [
    (600, ["True", "Unparsed page-memory"]), (40, ["True", f"OSError  {errno.ENOMEM}"]),
], ids=["enough for a page", "not enough for any"])  # fmt: skip
def test_under_a_limit_of_the_machines_readers_read_and_where_none_could_no_page_is_blamed(
    mebibytes: int, said: list[str]
) -> None:
    """A hard limit below our own (ulimit -v, LimitAS) once ended every reader before its first page."""
    command = [sys.executable, "-c", LIMITED, str(mebibytes)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert [line.strip() for line in done.stdout.splitlines()] == [line.strip() for line in said], done.stderr[-600:]


def test_readers_hold_no_file_of_the_crawl_and_end_with_it() -> None:
    with Path(__file__).open("rb") as kept, ReaderPool(1) as readers:

        async def held() -> list[str]:
            return await readers.read("p", 5, open_files)

        assert str(Path(f"/proc/self/fd/{kept.fileno()}").readlink()) == __file__
        assert __file__ not in asyncio.run(held())
        children = [readers.nursery, *below(readers.nursery)]
        assert len(children) == 2
    assert within(5, lambda: not any(map(lives, children)))


def open_files() -> list[str]:
    return [str(name.readlink()) for name in Path("/proc/self/fd").iterdir() if name.is_symlink()]


BUSY = """
import asyncio, sys
from crawler.reader_pool import ReaderPool, reading_alone
from tests.crawler.test_reader_pool import spin_in_c
async def main(readers):
    print(flush=True)
    await asyncio.gather(*(readers.read(v, 600, spin_in_c) for v in 'ab'))
with ReaderPool(2) as readers:
    asyncio.run(main(readers))
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=lambda how: how.name)
def test_when_the_crawl_is_killed_no_reader_remains(how: signal.Signals) -> None:
    crawl = subprocess.Popen([sys.executable, "-c", BUSY], cwd=ROOT, stdout=subprocess.PIPE)
    assert within(30, lambda: len(below(crawl.pid)) == 3), below(crawl.pid)
    readers = below(crawl.pid)
    crawl.send_signal(how)
    crawl.wait(30)
    assert crawl.stdout is not None
    crawl.stdout.close()
    assert within(10, lambda: not any(map(lives, readers)))


# ---------------------------------------------------------------- the same answers


async def _answer(readers: Readers, case: Case) -> object:
    parser = parser_of(case.portal)
    try:
        if case.meta["part"] == "detail":
            return astuple(await readers.read("p", 60, parser.parse_detail, case.response, case.row))
        return astuple(await readers.read("p", 60, read_list_page, case.portal, parser.parse_list, case.response))
    except (NotGenuine, Unparsed) as refused:
        return type(refused), refused.reason, refused.detail


async def test_every_saved_page_reads_the_same_in_a_reader(pool: ReaderPool) -> None:
    """One reader after another takes the whole collection, so that nothing of a page is left for the next."""
    differing = [c.name for c in CASES if await _answer(pool, c) != await _answer(OwnReading(), c)]
    assert differing == [] and len(CASES) > 50


def test_the_limit_of_a_file_is_its_own_readers_too(tmp_path: Path) -> None:
    """The process that reads a workbook is ended with the reader that waits for it."""
    script = (
        "import subprocess, sys, os, time; from core.documents.child import end_with_caller;"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); end_with_caller(os.getppid()); time.sleep(60)"
    )
    outer = subprocess.Popen(
        [sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {script!r}])"], cwd=ROOT
    )
    assert within(20, lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text("utf-8") != "")
    inner = int((tmp_path / "pid").read_text("utf-8"))
    time.sleep(0.3)
    outer.kill()
    outer.wait(10)
    assert within(5, lambda: not lives(inner))


def test_a_command_that_fetches_nothing_gives_a_page_up_and_reads_the_next() -> None:
    with reading_alone(1) as reading:
        began = time.monotonic()
        assert [reading.read(work) for work in (spin_in_c, fall, refuse)] == [None, None, None]
        assert time.monotonic() - began < 10
        assert reading.read(who) not in (None, os.getpid())
        with pytest.raises(ReadingBroke, match="nobody foresaw it"):
            reading.read(fail)

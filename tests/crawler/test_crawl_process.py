"""Crawls in processes of their own, forked from one server: told apart, and gone with their caller."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from crawler import crawl_server
from crawler.crawl_process import Asked, run_crawl
from tests.support.paths import ROOT
from tests.support.processes import below, lives, within

CALLER = (  # whoever runs the tests may ignore SIGINT, and what it starts does so too
    "import signal, sys; from pathlib import Path; from crawler.crawl_process import run_crawl; "
    "signal.signal(signal.SIGINT, signal.default_int_handler); run_crawl(Path(sys.argv[1]))"
)


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[Path]:
    """A job that a crawl waits for, and gets, empty, when the test is over: whatever came of it, none waits on."""
    os.mkfifo(tmp_path / "job.json")
    yield tmp_path / "job.json"
    with suppress(OSError):  # nobody waits
        os.close(os.open(tmp_path / "job.json", os.O_WRONLY | os.O_NONBLOCK))


@pytest.fixture
def caller(waiting: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of which a crawl is under way."""
    caller = subprocess.Popen([sys.executable, "-c", CALLER, str(waiting)], cwd=ROOT)
    assert within(60, lambda: [*map(is_server, below(caller.pid))] == [True, True]), "no server with a crawl"
    yield caller
    caller.kill()
    caller.wait()


def is_server(pid: int) -> bool:
    """Whether it is the server, or a crawl forked from it; not what an import starts for a moment."""
    place = Path(f"/proc/{pid}/cmdline")
    return place.exists() and b"crawler.crawl_server" in place.read_bytes()


def test_a_crawl_that_fails_says_why_and_the_next_is_another(tmp_path: Path) -> None:
    (tmp_path / "job.json").write_text("{}", "utf-8")
    code, said = run_crawl(tmp_path / "job.json")
    assert code == 1 and "CrawlJob" in said
    code, said = run_crawl(tmp_path / "nothing.json")
    assert code == 1 and "nothing.json" in said and "CrawlJob" not in said


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_a_crawl_ends_with_its_caller(caller: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    server, crawl = below(caller.pid)
    caller.send_signal(how)
    caller.wait(30)
    assert within(30, lambda: not lives(server) and not lives(crawl))


def test_a_crawl_ends_with_its_server(caller: "subprocess.Popen[bytes]") -> None:
    """All that the system knows to be the caller's is killed at once; the crawl is in a group of its own."""
    server, crawl = below(caller.pid)
    caller.kill()
    os.kill(server, signal.SIGKILL)
    caller.wait(30)
    assert within(30, lambda: not lives(server) and not lives(crawl))


def test_a_caller_that_is_killed_while_its_server_starts_leaves_no_crawl(tmp_path: Path, waiting: Path) -> None:
    """What it asked for stands in the pipe already, and the crawl is to end at the moment at which it is forked."""
    asked = Asked(job=str(waiting), said=str(tmp_path / "said"), environment=dict(os.environ))
    command = [sys.executable, "-m", "crawler.crawl_server"]
    for _ in range(3):
        server = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True
        )
        try:
            server.communicate(json.dumps(asked).encode() + b"\n", timeout=60)
            assert server.returncode == 0
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGKILL)


def test_a_crawl_goes_on_while_another_is_asked_for(tmp_path: Path, waiting: Path) -> None:
    run_crawl(tmp_path / "nothing.json")
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(run_crawl, waiting)
        assert within(30, lambda: len([pid for pid in below(os.getpid()) if is_server(pid)]) == 2), "no crawl"
        crawl = [pid for pid in below(os.getpid()) if is_server(pid)][-1]
        other = pool.submit(run_crawl, tmp_path / "nothing.json")
        time.sleep(0.5)
        assert lives(crawl)
        waiting.write_text("{}", "utf-8")
        assert one.result(30)[0] == 1 and "CrawlJob" in one.result()[1]
        assert other.result(30)[0] == 1 and "nothing.json" in other.result()[1]


def test_a_crawl_that_is_killed_is_told_and_the_next_goes_on(tmp_path: Path, waiting: Path) -> None:
    told: list[tuple[int, str]] = []
    before = set(below(os.getpid()))
    asked = threading.Thread(target=lambda: told.append(run_crawl(waiting)))
    asked.start()
    assert within(30, lambda: any(not below(pid) for pid in set(below(os.getpid())) - before)), "no crawl"
    time.sleep(0.3)
    crawl = next(pid for pid in below(os.getpid())[::-1] if pid not in before and not below(pid))
    os.kill(crawl, signal.SIGKILL)
    asked.join(30)
    assert told == [(-signal.SIGKILL, "")]
    assert run_crawl(tmp_path / "nothing.json")[0] == 1


def test_a_server_that_ended_for_want_of_work_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from crawler import crawl_process

    run_crawl(tmp_path / "nothing.json")
    server = crawl_process._Server.kept()
    assert server.process.stdin is not None
    server.process.stdin.close()  # to the server the same as having waited long enough: it ends and says nothing
    server.process.wait(10)
    # asked although it has ended meanwhile, as where it ends between the look at it and the request
    monkeypatch.setattr(server.process, "poll", lambda: None)
    monkeypatch.setattr(server.process, "stdin", os.fdopen(os.dup(os.pipe()[1]), "wb"))
    code, said = run_crawl(tmp_path / "nothing.json")
    assert code == 1 and "nothing.json" in said


def test_a_crawl_has_the_surroundings_that_its_caller_has_now(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crawl_server, "read_job", lambda path: path)
    monkeypatch.setattr(crawl_server, "crawl", lambda path: path.write_text(str(sorted(os.environ))) * 0 + 3)
    asked = Asked(job=str(tmp_path / "job"), said=str(tmp_path / "said"), environment={"ONE": "1", "TZ": "UTC"})
    caller = os.getpid()
    pid = os.fork()
    if pid == 0:
        crawl_server._become(asked, caller)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 3
    assert (tmp_path / "job").read_text() == "['ONE', 'TZ']"

"""Bad nights stay small and are told: mail that hangs, full disks, dead processes, no network, clocks, services."""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, timedelta
from email import message_from_bytes
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import scheduler
from core.domain.clock import Clock, moment_text
from core.domain.config import Config, load
from core.domain.errors import EngineError
from core.domain.models import Run
from core.runtime import log
from core.runtime.heartbeat import Beat, write_beat
from core.runtime.locks import NIGHT_RUNNING, night_lock, sender_lock
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.outbox import Outbox
from core.storage.runs import Runs
from notifications import sender_process
from notifications.sender_process import TIMED_OUT, send_apart
from pipeline import replay
from pipeline.crawl import config_files
from pipeline.notify import night_facts, pending_alerts
from pipeline.status import portal_health, status_of
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SITES, SimulatedSites
from simulation.world import night_moment
from tests.crawler.test_crawl_process import is_server
from tests.support.mail_server import raw_server, serving
from tests.support.paths import ROOT
from tests.support.processes import below, lives, within
from tests.support.sessions import session_of

NIGHT = date(2026, 8, 18)
CLOSED = {site.name: 500 + n for n, site in enumerate(SITES)}  # ports where nobody listens, one a site
FEW = ("wjw", "yjj", "jtj", "spj")  # four portals on four sites


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "var")


def district(folder: Path, ports: dict[str, int] | None = None, *, keep: tuple[str, ...] = (), mail: str = "") -> Path:
    """A district of the portals `keep` alone, sending as `mail` (TOML) says."""
    write_district(folder, ports or CLOSED)
    for portal in (folder / "portals").glob("*.toml"):
        if portal.stem not in keep:
            portal.unlink()
    with (folder / "district.toml").open("a", encoding="utf-8") as file:
        file.write(mail)
    return folder


def smtp(port: int, **more: float) -> str:
    """The mail settings of a server at `port`."""
    keys = "".join(f"{key} = {value}\n" for key, value in more.items())
    return f'\n[mail.smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\n{keys}'


def beat_of(paths: Paths) -> dict[str, Any]:
    """The heartbeat as a watcher reads it."""
    beat: dict[str, Any] = json.loads(paths.heartbeat.read_text("utf-8"))
    return beat


def night_by_hand(folder: Path, paths: Paths, **more: Any) -> subprocess.CompletedProcess[str]:
    """`chengxin night` in a process of its own."""
    command = [sys.executable, "-m", "cli", "night", "-d", str(folder), "--var", str(paths.root)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, **more)


def alarms(paths: Paths) -> dict[str, Any]:
    """The office's alarms by what they are about."""
    letters = sorted(paths.outbox.glob("*-alarm-*.eml"))
    return {p.stem.split("-alarm-")[1]: message_from_bytes(p.read_bytes(), policy=default) for p in letters}


def states(paths: Paths) -> list[str]:
    with Store(paths.store) as store:
        return [delivery.state for delivery in Outbox(store).deliveries()]


# ---------------------------------------------------------------- mail never holds a night


def test_a_server_that_drips_holds_neither_the_night_nor_its_lock(tmp_path: Path, paths: Paths) -> None:
    """While the sender still talks the run is closed, the lock is free, and the night has its own end."""
    with raw_server("drip") as port:
        config = load(district(tmp_path / "d", mail=smtp(port, letter_seconds=6, session_seconds=6)))
        results: list[scheduler.NightResult] = []
        running = threading.Thread(target=lambda: results.append(scheduler.night(config, paths, Clock())))
        running.start()
        while running.is_alive() and not paths.mail_lock.exists():
            time.sleep(0.05)
        assert running.is_alive() and beat_of(paths)["told"] is False
        with night_lock(paths), Store(paths.store) as store:
            assert Runs(store).all()[0].finished_at is not None
        running.join(timeout=30)
    assert not running.is_alive() and not results[0].already
    beat = beat_of(paths)
    assert (beat["verdict"], beat["code"], beat["told"]) == ("ran", 0, False) and "没有都送到" in beat["problem"]
    assert states(paths) == ["waiting"]


def test_a_held_mail_lock_changes_nothing_but_what_is_said(tmp_path: Path, paths: Paths) -> None:
    with serving() as server:
        folder = district(tmp_path / "d", mail=smtp(server.port))
        with sender_lock(paths):
            done = night_by_hand(folder, paths)
        assert done.returncode == 0 and "另一个进程正在发信" in done.stderr
        assert beat_of(paths)["told"] is False and server.taken == []
        scheduler.scheduled_mail(str(folder), str(paths.root))
        assert len(server.taken) == 1 and set(states(paths)) == {"sent"}


def test_a_night_that_could_send_says_so(tmp_path: Path, paths: Paths) -> None:
    with serving() as server:
        done = night_by_hand(district(tmp_path / "d", mail=smtp(server.port)), paths)
        assert done.returncode == 0 and len(server.taken) == 1
    beat = beat_of(paths)
    assert (beat["verdict"], beat["judged"], beat["told"], beat["problem"]) == ("ran", True, True, "")
    assert (beat["looked"], beat["of"]) == (0, 0) and beat["finished_at"]


def test_a_sender_that_does_not_end_is_killed_and_told(
    tmp_path: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What no limit inside can end (here: starting up) ends from outside, and the office has it in writing."""
    with raw_server("drip") as port:
        folder = district(tmp_path / "d", mail=smtp(port, letter_seconds=0.1, session_seconds=0.1))
        with Store(paths.store):
            pass
        sending = send_apart(load(folder), paths, grace=0.0)
        assert sending.code == TIMED_OUT and sending.is_broken
        monkeypatch.setattr(sender_process.send_apart, "__kwdefaults__", {"grace": 0.0})
        scheduler.scheduled_mail(str(folder), str(paths.root))
    assert "没有按时结束" in alarms(paths)["mail"].get_content()


def test_a_letter_that_waits_is_in_the_next_summary(tmp_path: Path, paths: Paths) -> None:
    with raw_server("close-before-354") as port:
        config = load(district(tmp_path / "d", mail=smtp(port)))
        scheduler.night(config, paths, Clock())
    with Store(paths.store) as store:
        session = session_of(store, config, Clock().now(), paths=paths)
        (waiting,) = night_facts(session, session.now().date(), 1.0).troubled
    assert (waiting.state, waiting.repeats, waiting.attempts) == ("waiting", 0, 1) and waiting.said


def test_a_night_killed_between_its_end_and_its_mail_sends_when_it_is_called_again(
    tmp_path: Path, paths: Paths
) -> None:
    """What stands is the timer's word that it was killed; the night itself is done, and is not made anew."""
    with serving() as server:
        folder = district(tmp_path / "d", keep=("wjw",), mail=smtp(server.port))
        with sender_lock(paths):  # nothing is sent
            assert night_by_hand(folder, paths).returncode == 0
        write_beat(paths, Beat(verdict="failed", at=Clock().now(), code=-9))
        finished = [run.finished_at for run in _runs(paths)]
        for _ in range(2):
            done = night_by_hand(folder, paths)
            assert done.returncode == 0 and "已经完成" in done.stderr
        assert len(server.taken) == 1 and [run.finished_at for run in _runs(paths)] == finished
    beat = beat_of(paths)
    assert (beat["verdict"], beat["told"]) == ("ran", True) and beat["finished_at"] == moment_text(
        finished[0] or Clock().now()
    )


def _runs(paths: Paths) -> list[Run]:
    with Store(paths.store) as store:
        return Runs(store).all()


# ---------------------------------------------------------------- what failed is told


def test_a_configuration_that_does_not_load_is_told_to_the_office_last_known(tmp_path: Path, paths: Paths) -> None:
    with serving() as server:
        folder = district(tmp_path / "d", keep=("wjw",), mail=smtp(server.port))
        with Store(paths.store) as store:
            Runs(store).add_config("h", config_files(load(folder)), Clock().now())
            Runs(store).begin(Run(id="2026-01-01", started_at=Clock().now(), config_hash="h"))
        (folder / "portals/wjw.toml").write_text("id = ", "utf-8")
        scheduler.scheduled_night(str(folder), str(paths.root))
        scheduler.scheduled_mail(str(folder), str(paths.root))
        assert [recipients for recipients, _ in server.taken] == [("xinyongban@example.invalid",)]
    assert "wjw.toml" in alarms(paths)["night-failed"].get_content()
    beat = beat_of(paths)
    assert (beat["verdict"], beat["code"]) == ("failed", 2) and "wjw.toml" in beat["problem"]


def test_a_configuration_that_never_loaded_is_said_here_and_by_the_heartbeat(
    tmp_path: Path, paths: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = district(tmp_path / "d")
    (folder / "units.toml").unlink()
    paths.root.mkdir()
    scheduler.scheduled_night(str(folder), str(paths.root))
    assert beat_of(paths)["verdict"] == "failed" and not alarms(paths)
    said = capsys.readouterr().err
    assert "夜间任务没有做成" in said and "units.toml" in said and "Traceback" not in said


def _killing(monkeypatch: pytest.MonkeyPatch, after: float = 1.0) -> None:
    """The timer's child is killed so many seconds after it began, as the kernel does it for want of memory."""

    def run(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        child = subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True)
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        said = child.communicate()[1]
        return subprocess.CompletedProcess(words, child.returncode, "", said)

    monkeypatch.setattr(subprocess, "run", run)


def test_a_night_killed_by_a_signal_is_told(tmp_path: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = district(tmp_path / "d")
    with Store(paths.store):
        pass
    with closing(sqlite3.connect(paths.store, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # so that the child is still there to be killed
        _killing(monkeypatch)
        monkeypatch.setattr(scheduler, "tell_office", _after(other, scheduler.tell_office))
        scheduler.scheduled_night(str(folder), str(paths.root))
    beat = beat_of(paths)
    assert (beat["verdict"], beat["code"], beat["run"]) == ("failed", -9, "") and "信号 9" in beat["problem"]
    assert "信号 9" in alarms(paths)["night-failed"].get_content()


def _after(other: sqlite3.Connection, tell: Any) -> Any:
    def told(*words: str) -> None:
        other.rollback()
        tell(*words)

    return told


def test_a_crawl_that_died_is_told(tmp_path: Path, paths: Paths) -> None:
    folder = district(tmp_path / "d", keep=FEW)
    paths.root.mkdir()
    paths.archive.write_text("no folder", "utf-8")
    scheduler.scheduled_night(str(folder), str(paths.root))
    beat = beat_of(paths)
    assert (beat["verdict"], beat["code"]) == ("failed", 3) and "抓取进程失败" in beat["problem"]
    assert "抓取进程失败" in alarms(paths)["night-failed"].get_content()
    logged = [json.loads(line) for line in (paths.logs / log.NAME).read_text("utf-8").splitlines()]
    assert [line["error"] for line in logged if line["event"] == "failed"] == ["EngineError"]  # once


def test_a_second_night_beside_the_first_is_no_failed_night(tmp_path: Path, paths: Paths) -> None:
    folder = district(tmp_path / "d")
    paths.root.mkdir()
    write_beat(paths, Beat(verdict="ran", at=Clock().now()))
    with night_lock(paths):
        done = night_by_hand(folder, paths)
        scheduler.scheduled_night(str(folder), str(paths.root))
    assert done.returncode == 2 and NIGHT_RUNNING in done.stderr
    assert beat_of(paths)["verdict"] == "ran"
    assert NIGHT_RUNNING in alarms(paths)["night-failed"].get_content()


def test_what_breaks_in_the_timer_itself_is_a_sentence(paths: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    scheduler.scheduled_mail(str(paths.root / "nowhere"), str(paths.root))
    said = capsys.readouterr().err
    assert said.startswith("错误：发信没有做成：配置有误") and said.count("\n") == 1


def test_a_job_store_that_is_none_is_a_sentence(tmp_path: Path, paths: Paths) -> None:
    folder = district(tmp_path / "d")
    paths.root.mkdir()
    paths.jobs.write_bytes(b"no database at all, but long enough to be looked at" * 40)
    command = [sys.executable, "-m", "cli", "schedule", "-d", str(folder), "--var", str(paths.root)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 3 and done.stderr.count("\n") == 1 and "数据库" in done.stderr


@pytest.mark.parametrize("lacking", ["commands.usage", "typer"])
def test_a_program_that_is_not_whole_is_a_sentence(lacking: str) -> None:
    command = [sys.executable, "-c", f"import sys; sys.modules[{lacking!r}] = None; import cli; cli.main()"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 3 and done.stderr.count("\n") == 1
    assert done.stderr.startswith("错误：程序装载不了") and lacking in done.stderr


def test_simulating_wrongly_is_no_failed_night(tmp_path: Path, paths: Paths) -> None:
    paths.root.mkdir()
    write_beat(paths, Beat(verdict="ran", at=Clock().now()))
    command = [sys.executable, "-m", "cli", "night", "-d", str(ROOT / "districts/huaian"), "--as-of", "2026-07-01"]
    done = subprocess.run([*command, "--var", str(paths.root)], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2 and beat_of(paths)["verdict"] == "ran"


# ---------------------------------------------------------------- the watcher outside


@contextmanager
def watcher() -> Iterator[tuple[str, list[tuple[str, dict[str, Any]]]]]:
    """(address, what is posted there: path and heartbeat)."""
    posted: list[tuple[str, dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, json.loads(body)))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/ping/one", posted
    server.shutdown()
    server.server_close()


def test_a_watcher_outside_hears_of_each_night(tmp_path: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that ran, one that failed by itself, and one that was killed under a configuration that no longer loads."""
    with watcher() as (url, posted):
        folder = district(tmp_path / "d", mail=f'\n[watch]\nurl = "{url}"\n')
        assert night_by_hand(folder, paths).returncode == 0
        with (folder / "district.toml").open("a", encoding="utf-8") as file:
            file.write("\n[archive]\nmin_free_mib = 1_000_000_000\n")
        assert night_by_hand(folder, paths).returncode == 3
        (folder / "units.toml").unlink()
        with monkeypatch.context() as patch:
            _killing(patch, after=0.05)
            scheduler.scheduled_night(str(folder), str(paths.root))
    assert [path for path, _ in posted] == ["/ping/one", "/ping/one/fail", "/ping/one/fail"]
    assert [beat["verdict"] for _, beat in posted] == ["ran", "failed", "failed"]
    assert [beat["code"] for _, beat in posted] == [0, 3, -9] and posted[-1][1] == beat_of(paths)


@pytest.mark.parametrize("all_at_once", [False, True], ids=["the night alone", "with its children"])
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP], ids=lambda how: how.name)
def test_a_night_that_is_told_to_end_fails_aloud_and_its_crawl_ends_with_it(
    tmp_path: Path, paths: Paths, how: signal.Signals, all_at_once: bool
) -> None:
    """systemd sends SIGTERM to a unit that is stopped, or takes too long; a shutdown to everything."""
    with closing(socket.create_server(("127.0.0.1", 0))) as silent, watcher() as (url, posted):
        ports = {site.name: silent.getsockname()[1] for site in SITES}  # takes whoever comes, and never answers
        folder = district(tmp_path / "d", ports, keep=FEW, mail=f'\n[watch]\nurl = "{url}"\n')
        command = [sys.executable, "-m", "cli", "night", "-d", str(folder), "--var", str(paths.root)]
        running = subprocess.Popen(
            command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True,
            preexec_fn=lambda: signal.signal(how, signal.SIG_DFL),  # nohup would hand it down
        )  # fmt: skip
        assert within(60, lambda: len(crawls := below(running.pid)) >= 2 and all(map(is_server, crawls))), "no crawl"
        children = below(running.pid)
        time.sleep(0.3)
        for pid in (running.pid, *(children if all_at_once else ())):
            os.kill(pid, how)
        _, said = running.communicate(timeout=60)
        assert within(20, lambda: not any(map(lives, children)))
    code = 128 + how
    assert running.returncode == code and f"被系统要求停止（{how.name}）" in said and "Traceback" not in said
    assert (beat_of(paths)["verdict"], beat_of(paths)["code"]) == ("failed", code)
    assert [(path, beat["verdict"], beat["code"]) for path, beat in posted] == [("/ping/one/fail", "failed", code)]
    logged = [json.loads(line) for line in (paths.logs / log.NAME).read_text("utf-8").splitlines()]
    assert [(e["event"], e["error"]) for e in logged if "error" in e] == [
        ("night-broken-off", "Terminated"), ("failed", "Terminated"),
    ]  # fmt: skip
    assert f"退出码 {code}" in alarms(paths)["night-failed"].get_content()
    with Store(paths.store) as store:
        assert all(run.finished_at is None for run in Runs(store).all())
    for portal in (folder / "portals").glob("*.toml"):
        portal.unlink()
    assert night_by_hand(folder, paths).returncode == 0  # it is taken up where its stored looks end
    assert beat_of(paths)["verdict"] == "ran"


def test_a_watcher_that_does_not_end_its_answer_holds_no_night(tmp_path: Path, paths: Paths) -> None:
    with raw_server("drip") as port:
        folder = district(tmp_path / "d", mail=f'\n[watch]\nurl = "http://127.0.0.1:{port}"\nseconds = 1\n')
        began = time.monotonic()
        assert night_by_hand(folder, paths).returncode == 0
        assert time.monotonic() - began < 20


# ---------------------------------------------------------------- the disk


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[None]:
    """A disk of `size` at `place`."""
    place.mkdir(parents=True)
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("only root mounts a small disk")
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=False).returncode:
        pytest.skip("this machine lets nobody mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def roomless(folder: Path) -> Path:
    """The district, which asks for no room before a night."""
    with (folder / "district.toml").open("a", encoding="utf-8") as file:
        file.write("\n[archive]\nmin_free_mib = 0\n")
    return folder


def test_without_room_no_night_begins(tmp_path: Path, paths: Paths) -> None:
    folder = district(tmp_path / "d", keep=FEW)
    with small_disk(paths.root, "40m"):
        done = night_by_hand(folder, paths)
        assert done.returncode == 3 and done.stderr.count("\n") == 1
        assert "磁盘空间不够一夜之用" in done.stderr and "至少要 200 MiB" in done.stderr
        assert beat_of(paths)["verdict"] == "failed" and "磁盘空间" in beat_of(paths)["problem"]
        assert "磁盘空间不够" in alarms(paths)["night-failed"].get_content()
        with Store(paths.store) as store:
            assert Runs(store).all() == []  # once there is room it can run under this very day


def test_what_the_last_nights_took_is_asked_for(paths: Paths) -> None:
    """Three times 30 MiB do not fit into 80; the floor alone would."""
    from core.runtime.room import require_room

    with small_disk(paths.root, "110m"):
        paths.archive.mkdir()
        require_room(paths, 10)
        (paths.archive / "2026-08-01-1.warc.gz").write_bytes(b"0" * 30 * 1024**2)
        with pytest.raises(EngineError, match="至少要 90 MiB"):
            require_room(paths, 10)


def test_a_disk_that_fills_up_is_called_full_and_the_heartbeat_says_so(tmp_path: Path, paths: Paths) -> None:
    """There is no room for a second file: the verdict is written into the one that is there."""
    folder = roomless(district(tmp_path / "d"))
    with small_disk(paths.root, "4m"):
        write_beat(paths, Beat(verdict="ran", at=Clock().now() - timedelta(days=1)))
        with (paths.root / "ballast").open("wb", buffering=0) as file, pytest.raises(OSError, match="space"):
            while True:
                file.write(b"0" * 4096)
        done = night_by_hand(folder, paths)
        assert done.returncode == 3 and "磁盘已满" in done.stderr and done.stderr.count("\n") == 1
        assert beat_of(paths)["verdict"] == "failed" and "磁盘已满" in beat_of(paths)["problem"]


def test_a_disk_that_became_read_only_is_called_that(tmp_path: Path, paths: Paths) -> None:
    folder = roomless(district(tmp_path / "d"))
    with small_disk(paths.root, "40m"):
        assert night_by_hand(folder, paths).returncode == 0
        subprocess.run(["mount", "-o", "remount,ro", str(paths.root)], check=True)
        done = night_by_hand(folder, paths)
        assert done.returncode == 3 and "只读" in done.stderr and done.stderr.count("\n") == 1
        assert beat_of(paths)["verdict"] == "ran"  # nothing can be written: its age tells


# ---------------------------------------------------------------- our own network


def test_a_night_that_reached_nobody_is_ours_and_the_next_one_reads_again(tmp_path: Path, paths: Paths) -> None:
    with SimulatedSites(make_world(), troubled=False) as simulated:
        away = load(district(tmp_path / "away", keep=FEW))
        here = load(district(tmp_path / "here", dict(simulated.ports), keep=FEW))
        first = scheduler.night(away, paths, Clock(base=night_moment(NIGHT)))
        assert len(first.looks) == 4 * len(FEW)  # each asked twice, and all of it once more
        _is_ours(away, paths, first)
        simulated.set_time(night_moment(NIGHT + timedelta(days=1)))
        second = scheduler.night(here, paths, Clock(base=night_moment(NIGHT + timedelta(days=1))))
    assert all(look.genuine for look in second.looks) and len(second.looks) == 2 * len(FEW)
    assert beat_of(paths)["looked"] == len(FEW) and beat_of(paths)["problem"] == ""
    with Store(paths.store) as store:
        session = session_of(store, here, night_moment(NIGHT + timedelta(days=1)), paths=paths)
        assert status_of(session)["network"] == "" and not any(h.blind for h in portal_health(session))
        looks, differences = replay.replay(session, _folder(tmp_path / "again"))
        assert (looks, differences) == (6 * len(FEW), [])


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def _is_ours(config: Config, paths: Paths, result: scheduler.NightResult) -> None:
    """Said in status, summary, alarm and heartbeat; no portal has it to answer for, and nobody is urged."""
    said = "本机网络可能不通"
    assert said in beat_of(paths)["problem"] and beat_of(paths)["looked"] == 0
    assert said in alarms(paths)["network"].get_content()
    (summary,) = paths.outbox.glob("*-summary.eml")
    letter = message_from_bytes(summary.read_bytes(), policy=default)
    body = letter.get_body(("plain",))
    assert "【先查本机网络】" in letter["Subject"] and body is not None and said in body.get_content()
    with Store(paths.store) as store:
        session = session_of(store, config, night_moment(NIGHT), paths=paths)
        health = portal_health(session)
        assert {(h.nights, h.dark_since, h.blind) for h in health} == {(0, None, True)}
        assert said in status_of(session)["network"] and "4 个网站" in status_of(session)["network"]
        assert not any(a.stage == "portal-down" for a in pending_alerts(session, result.evaluation))
    assert scheduler.night(config, paths, Clock(base=night_moment(NIGHT))).already
    assert len(list(paths.outbox.glob("*-alarm-network.eml"))) == 1


def test_one_site_that_answers_means_that_the_others_are_dark(tmp_path: Path, paths: Paths) -> None:
    with SimulatedSites(make_world(), troubled=False) as simulated:
        simulated.set_time(night_moment(NIGHT))
        ports = {name: port if name == "wjw" else 9 for name, port in simulated.ports.items()}
        config = load(district(tmp_path / "d", ports, keep=FEW))
        scheduler.night(config, paths, Clock(base=night_moment(NIGHT)))
    with Store(paths.store) as store:
        session = session_of(store, config, night_moment(NIGHT), paths=paths)
        assert {h.portal: h.nights for h in portal_health(session)} == {name: int(name != "wjw") for name in FEW}
        assert status_of(session)["network"] == ""
    assert "network" not in alarms(paths)


def test_two_sites_may_be_down_together_so_it_is_said_and_still_counted(tmp_path: Path, paths: Paths) -> None:
    config = load(district(tmp_path / "d", {site.name: 9 + (site.name == "wjw") for site in SITES}, keep=FEW))
    scheduler.night(config, paths, Clock(base=night_moment(NIGHT)))
    with Store(paths.store) as store:
        session = session_of(store, config, night_moment(NIGHT), paths=paths)
        assert {h.nights for h in portal_health(session)} == {1}
        assert "也可能是网站停了" in status_of(session)["network"]


# ---------------------------------------------------------------- services and clocks


def test_a_second_service_on_the_same_data_is_told(tmp_path: Path, paths: Paths) -> None:
    folder = district(tmp_path / "d")
    command = [sys.executable, "-m", "cli", "schedule", "-d", str(folder), "--var", str(paths.root)]
    first = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        assert first.stderr is not None and "00:30" in first.stderr.readline()
        second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
        assert second.returncode == 2 and second.stderr.count("\n") == 1
        assert "另一个常驻服务" in second.stderr and str(paths.root) in second.stderr
    finally:
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=20) == 0


def test_a_clock_set_back_a_day_is_told_and_dates_nothing_anew(tmp_path: Path, paths: Paths) -> None:
    config = load(district(tmp_path / "d"))
    for day in (NIGHT, NIGHT + timedelta(days=1)):
        scheduler.night(config, paths, Clock(base=night_moment(day)))
    with Store(paths.store) as store:
        before = store.rows("SELECT * FROM runs ORDER BY id"), store.rows("SELECT * FROM manifests ORDER BY number")
    for back in (NIGHT, NIGHT - timedelta(days=3)):
        with pytest.raises(EngineError, match="时钟可能被拨回"):
            scheduler.night(config, paths, Clock(base=night_moment(back)))
    with Store(paths.store) as store:
        after = store.rows("SELECT * FROM runs ORDER BY id"), store.rows("SELECT * FROM manifests ORDER BY number")
    assert before == after

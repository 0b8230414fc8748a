"""Raw servers on loopback that answer byte by byte as a test says, and one crawl of portals that stand on them."""

import json
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.domain.config import Config
from core.domain.models import Look, Run
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.runs import Runs
from crawler.crawl_job import CrawlJob, ListPass, VisitPlan, write_job
from tests.support.paths import ROOT

AGENT = 'user_agent = "chengxin/test"\ncontact = "mailto:office@example.invalid"'
NAME = "chengxin/test +mailto:office@example.invalid"
Answer = bytes | Callable[[socket.socket], None]
NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@dataclass
class Hit:
    """One request as it came in."""

    path: str
    at: float
    headers: dict[str, str]


@dataclass
class RawSite:
    """Answers by path (without its query); what is not there is a 404. A callable writes to the socket itself."""

    answers: Mapping[str, Answer]
    address: str = "127.0.0.1"
    certificate: Path | None = None
    port: int = 0
    hits: list[Hit] = field(default_factory=list)
    connections: int = 0

    def __enter__(self) -> "RawSite":
        self._socket = socket.create_server((self.address, self.port))
        self.port = self._socket.getsockname()[1]
        self._tls = None
        if self.certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(self.certificate)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    @property
    def base(self) -> str:
        return f"http{'s' if self.certificate else ''}://{self.address}:{self.port}"

    def paths(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [hit.path for hit in self.hits if hit.path != "/robots.txt"]

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, ValueError):
            connection.settimeout(20)
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head and (data := connection.recv(65536)):
                head += data
            if head:
                self._answer(connection, head)
            with suppress(OSError):
                connection.shutdown(socket.SHUT_WR)
        connection.close()

    def _answer(self, connection: socket.socket, head: bytes) -> None:
        first, *lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        path = first.split(" ")[1]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        self.hits.append(Hit(path, time.monotonic(), headers))
        answer = self.answers.get(path, self.answers.get(path.split("?")[0], NO_ROBOTS))
        if callable(answer):
            answer(connection)
        else:
            connection.sendall(answer)


def http(body: bytes | str = b"", status: str = "200 OK", **headers: str) -> bytes:
    """A whole answer, closed after it. Without a Date: it is made long before it is sent."""
    data = body.encode() if isinstance(body, str) else body
    told = {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(data)),
        "Connection": "close",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + data


def list_page(rows: int = 3, total: int | None = None, base: str = "", page: int = 1, head: str = "") -> str:
    """One page of a cmsweb list; its rows lead to `base` (elsewhere: rows without details)."""
    first = (page - 1) * rows
    items = "".join(
        f'<li><a href="{base or "https://elsewhere.invalid"}/art/{100000 + first + n}.html" '
        f'title="甲罚〔2026〕{first + n}号">甲罚〔2026〕{first + n}号</a>'
        f'<div class="lb-time">2026-11-01</div></li>'
        for n in range(rows)
    )
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'>{head}<title>行政处罚</title></head><body><div>"
        f"行政处罚</div>"
        f'<div class="lb-lb"><ul>{items}</ul></div>'
        f'<script>nsetpage({page},{rows if total is None else total},{rows},"list","html");</script></body></html>'
    )


def portal(url: str, more: str = "", family: str = "cmsweb") -> str:
    """A portal's TOML without its id, on loopback unless `more` says otherwise."""
    allow = "" if "allow_private" in more else "allow_private = true\n"
    return (
        f'name = "某栏目"\nchannel = "credit"\nkinds = ["penalty"]\nfamily = "{family}"\nurl = {json.dumps(url)}\n'
        f'marker = "行政处罚"\nlist_date = "published"\n{allow}{more}\n'
    )


def patient(config: Config, seconds: float) -> Config:
    """The district with another time limit."""
    file = config.folder / "district.toml"
    file.write_text(file.read_text("utf-8").replace("timeout_seconds = 5", f"timeout_seconds = {seconds}"), "utf-8")
    return config


@dataclass
class Night:
    """What one crawl left: its looks by portal, its cost, and the store."""

    looks: dict[str, Look]
    store: Store
    log: str
    seconds: float
    peak_mib: float
    looked_up: list[str]


def _child(root: Path, timeout: float) -> "subprocess.CompletedProcess[str]":
    """The crawl that `root` describes, in a process of its own."""
    return subprocess.run(
        [
            sys.executable,
            str(ROOT / "tests/support/crawl_child.py"),
            str(root / "job.json"),
            str(root / "plan.json"),
        ],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


def crawl(
    root: Path,
    config: Config,
    *,
    passes: int = 1,
    browser: str = "",
    names: Mapping[str, Any] | None = None,
    timeout: float = 90,
    lease: Path | None = None,
    shared: Path | None = None,
    **overrides: Any,
) -> Night:
    """One crawl of every portal of `config` in a process of its own; a crawl that does not end is a failure."""
    store = Store(root / "chengxin.db")
    now = datetime.now(UTC)
    Runs(store).add_config(config.hash, {}, now)
    Runs(store).begin(Run(id="night", started_at=now, config_hash=config.hash))
    plan = tuple(ListPass(number=n, kind="full", past_caches=n == 2) for n in range(1, passes + 1))
    job = CrawlJob(
        district=config.folder,
        store=store.path,
        archive=root / "archive",
        run="night",
        plans=tuple(VisitPlan(portal=p.id, passes=plan) for p in config.portals),
        browser=browser,
        log=root / "crawl.log",
        lease=lease,
        shared=shared,
    )
    write_job(job, root / "job.json")
    (root / "plan.json").write_text(json.dumps({"overrides": overrides, "names": dict(names or {})}), "utf-8")
    began = time.monotonic()
    done = _child(root, timeout)
    log = (root / "crawl.log").read_text("utf-8") if (root / "crawl.log").exists() else ""
    assert done.returncode == 0, done.stderr[-3000:] + log[-3000:]
    told = json.loads((root / "plan.told").read_text("utf-8"))
    looks = {look.portal: look for look in Looks(store).looks(run="night")}
    return Night(looks, store, log, time.monotonic() - began, told["peak_kib"] / 1024, told["looked_up"])

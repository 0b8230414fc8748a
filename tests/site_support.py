"""A folder of pages served on loopback, and whole crawls of it: sites that a test changes between two nights."""

import hashlib
import subprocess
import sys
import tarfile
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from core.clock import ZONE
from core.config import Config, load
from core.models import Run
from core.store import Store
from crawler.job import Errand, Job, Pass, write_job

ROOT = Path(__file__).resolve().parent.parent
SITES = ROOT / "tests/fixtures/sites"
DISTRICT = """slug = "t"
name = "某区"
office = "某区信用办"
credit_site = "信用某区"
scheme = "scheme-2022.toml"
simulated = true
[crawl]
delay_seconds = 0
timeout_seconds = 5
{crawl}
[mail]
sender = "a@example.invalid"
office = "b@example.invalid"
office_name = "某区信用办"
"""


def saved(name: str) -> dict[str, bytes]:
    """The files of a saved site by name."""
    with tarfile.open(SITES / f"{name}.tar.xz") as files:
        return {
            Path(member.name).name: body.read()
            for member in files.getmembers()
            if member.isfile() and (body := files.extractfile(member)) is not None
        }


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


class Site:
    """Serves `pages` (path → body) at a simulated time. `validators`: sends ETags and answers 304; `lies` always does."""

    def __init__(self, pages: Mapping[str, bytes], *, validators: bool = False) -> None:
        self.pages, self.validators, self.lies = dict(pages), validators, False
        self.at = datetime(2026, 7, 1, 0, 30, tzinfo=ZONE)
        self.asked: list[tuple[str, int]] = []  # (path, status sent)
        self.headers: list[dict[str, str]] = []
        self._server = _Server(("127.0.0.1", 0), self._handler())

    def __enter__(self) -> "Site":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def answer(self, path: str, tag: str) -> tuple[int, bytes, str]:
        body = self.pages.get(path)
        if body is None:
            return 404, b"", ""
        own = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.validators and tag and (tag == own or self.lies):
            return 304, b"", tag
        return 200, body, own

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                path = urlsplit(self.path).path.lstrip("/")
                status, body, tag = site.answer(path, self.headers.get("If-None-Match", ""))
                site.asked.append((path, status))
                site.headers.append({k.lower(): v for k, v in self.headers.items()})
                self.send_response_only(status)
                self.send_header("Date", format_datetime(site.at.astimezone(UTC), usegmt=True))
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                    self.send_header("Content-Type", "text/html")
                if site.validators and tag:
                    self.send_header("ETag", tag)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler


def district(folder: Path, portals: Mapping[str, str], crawl: str = "") -> Config:
    """A district of the portals given (id → TOML without its id)."""
    (folder / "portals").mkdir(parents=True, exist_ok=True)
    (folder / "district.toml").write_text(DISTRICT.format(crawl=crawl), "utf-8")
    (folder / "units.toml").write_text('[[unit]]\nslug = "u"\nname = "某局"\nkind = "dept-a"\n', "utf-8")
    (folder / "scheme-2022.toml").write_text((ROOT / "districts/huaian/scheme-2022.toml").read_text("utf-8"), "utf-8")
    for name, text in portals.items():
        (folder / "portals" / f"{name}.toml").write_text(f'id = "{name}"\n{text}', "utf-8")
    return load(folder)


def crawl_night(
    root: Path, config: Config, site: Site, night: date, *, kind: str = "window", passes: int = 2
) -> Store:
    """One night's crawl of every portal of `config` in a process of its own; the store is returned open."""
    site.at = datetime(night.year, night.month, night.day, 0, 30, tzinfo=ZONE)
    store = Store(root / "chengxin.db")
    store.add_config(config.hash, {}, site.at)
    store.begin_run(Run(id=f"{night}", started_at=site.at, config_hash=config.hash))
    plan = tuple(Pass(number=n, kind=kind, past_caches=n == 2) for n in range(1, passes + 1))
    job = Job(
        district=config.folder, store=store.path, archive=root / "archive", run=f"{night}",
        errands=tuple(Errand(portal=p.id, passes=plan) for p in config.portals),
        base=site.at + timedelta(seconds=1), log=root / "crawl.log",
    )
    write_job(job, root / "job.json")
    done = subprocess.run(
        [sys.executable, "-m", "crawler", str(root / "job.json")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return store

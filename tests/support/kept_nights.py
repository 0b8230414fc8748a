"""Sealed nights with archive files of a few captures, made without a crawl."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from core.domain.config import Config, load
from core.domain.models import Capture, Look, LookBundle, Run
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import seal
from core.storage.observations import Looks
from core.storage.runs import Runs
from core.storage.session import Session
from core.storage.warc_archive import Archive, Exchange
from tests.support.paths import HUAIAN
from tests.support.sessions import session_of

FIRST = datetime.fromisoformat("2026-08-01T00:30:00+08:00")
BODIES = (b"<html>one</html>" * 40, b"<html>one</html>" * 40, "<p>二</p>".encode() * 90)  # the second is a revisit


@dataclass(frozen=True)
class Kept:
    """A data folder with nights of one archive file each, and who reads it when."""

    config: Config
    paths: Paths
    store: Store
    files: tuple[str, ...]
    now: datetime

    def session(self, url: str, *, keep_days: int = 30, later: int = 0) -> Session:
        """A session with a store at `url`, `later` days after the last night."""
        archive = self.config.district.archive.model_copy(update={"url": url, "keep_days": keep_days})
        district = self.config.district.model_copy(update={"archive": archive})
        config = self.config.model_copy(update={"district": district})
        return session_of(self.store, config, self.now + timedelta(days=later), self.paths)

    def captures(self) -> list[Capture]:
        return Looks(self.store).captures()


@cache
def _config() -> Config:
    return load(HUAIAN)


def kept_nights(root: Path, nights: int = 2) -> Kept:
    """So many nights from `FIRST` on, in a store that the caller closes."""
    config, paths = _config(), Paths(root)
    store = Store(paths.store)
    Runs(store).add_config(config.hash, {}, FIRST)
    files = tuple(add_night(store, config, paths, FIRST + timedelta(days=n)) for n in range(nights))
    return Kept(config, paths, store, files, FIRST + timedelta(days=nights - 1, hours=1))


def add_night(store: Store, config: Config, paths: Paths, at: datetime, *, ends: bool = True) -> str:
    """A night with a look of three captures; its archive file's name. `ends`: sealed and finished."""
    run = f"{at:%Y-%m-%d}"
    Runs(store).begin(Run(id=run, started_at=at, code_version="c", config_hash=config.hash))
    archive, look = Archive(paths.archive, run), f"{run}/p/1"
    captures = tuple(_capture(archive, look, number, body, at) for number, body in enumerate(BODIES, 1))
    archive.close()
    made = Look(
        id=look, run=run, portal="p", kind="full", started_at=at, finished_at=at, genuine=True, parsed=True, whole=True
    )
    Looks(store).add_look(LookBundle(look=made, captures=captures), at)
    if ends:
        end_night(store, paths, at)
    return archive.name


def end_night(store: Store, paths: Paths, at: datetime) -> None:
    """Seal and finish the night of `at`."""
    seal(store, paths, f"{at:%Y-%m-%d}", at)
    Runs(store).finish(f"{at:%Y-%m-%d}", at, 1.0, 1)


def _capture(archive: Archive, look: str, number: int, body: bytes, at: datetime) -> Capture:
    url = f"http://x/{number}"
    exchange = Exchange(url=url, status=200, headers=(("A", "b"),), body=body, asked_at=at, received_at=at)
    return Capture(
        id=f"{look}#{number}", look=look, url=url, method="GET", request_body="", status=200,
        sha256=hashlib.sha256(body).hexdigest(), size=len(body), received_at=at, warc=archive.name,
        offset=archive.append(exchange),
    )  # fmt: skip

"""The picture of a kept page: from the archive, drawn once, kept for the owner alone, and no evidence."""

import hashlib
import os
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.config import load
from core.domain.errors import PictureError, StoreError, UsageError
from core.domain.models import (
    Capture,
    CheckBundle,
    CheckVerdict,
    Look,
    LookBundle,
    ReadingCheck,
    Run,
)
from core.runtime.chromium import find_chromium
from core.runtime.disk import sizes_of
from core.runtime.locks import picture_lock
from core.runtime.owner_only import tighten
from core.storage.backup import backup
from core.storage.database import Store
from core.storage.hash_chain import verify
from core.storage.session import Session
from core.storage.warc_archive import Archive, Exchange
from crawler.page_picture import PNG, Picture
from crawler.pages import Response
from pipeline import page_picture as module
from pipeline.page_picture import page_picture
from tests.support.paths import HUAIAN
from tests.support.pictures import red_box
from tests.support.sessions import session_of

Calls = list[tuple[bytes, tuple[str, ...]]]
AT = datetime(2026, 7, 1, 0, 30, tzinfo=ZONE)
NIGHT = f"{date(2026, 7, 1)}"
LOOK, CHECK = f"{NIGHT}/p/1", f"{NIGHT}/p/citizen"
NUMBER = "楚市监罚〔2026〕12号"
PAGE = f"<meta charset=gb2312><h1>行政处罚决定书</h1><p>{NUMBER}</p>".encode("gb18030")
browser = pytest.mark.browser
needs_chromium = pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：网页的图没有测试")


def capture(archive: Archive, name: str, body: bytes, *, status: int = 200) -> Capture:
    exchange = Exchange(
        url="http://a.example.invalid/1.html",
        status=status,
        headers=(("Content-Type", "text/html"),),
        body=body,
        asked_at=AT,
        received_at=AT,
    )
    place = archive.append(exchange)
    return Capture(
        id=name,
        look=name.rpartition("#")[0],
        url=exchange.url,
        status=status,
        sha256=exchange.sha256,
        size=len(body),
        received_at=AT,
        warc=archive.name,
        offset=place,
    )


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    """A store with one look of two pages (the second confirmed the first), and a check of one."""
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, load(HUAIAN), AT)
        session.runs.add_config("h", {}, AT)
        session.runs.begin(Run(id=NIGHT, started_at=AT, config_hash="h"))
        archive = Archive(session.paths.archive, NIGHT)
        look = Look(
            id=LOOK, run=NIGHT, portal="p", kind="full", started_at=AT, finished_at=AT, genuine=True, parsed=True
        )
        check = ReadingCheck(
            id=CHECK, run=NIGHT, portal="p", read_as="", started_at=AT, finished_at=AT, verdict=CheckVerdict.AGREES,
            whole=True, reasons=(),
        )  # fmt: skip
        seen = CheckBundle(check=check, captures=(capture(archive, f"{CHECK}#1", b"<p>seen</p>"),), unseen=())
        pages = (capture(archive, f"{LOOK}#1", PAGE), capture(archive, f"{LOOK}#2", b"", status=304))
        archive.close()
        bundle = LookBundle(look=look, captures=pages, revalidated=((pages[1].id, pages[0].id),), check=seen)
        session.looks.add_look(bundle, AT)
        yield session


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """What was drawn; instead of a browser a few bytes."""
    calls: Calls = []

    def draw(response: Response, texts: tuple[str, ...], _chromium: str) -> Picture:
        calls.append((response.body, tuple(texts)))
        return Picture(PNG + str(len(calls)).encode())

    monkeypatch.setattr(module, "draw", draw)
    return calls


@browser
@needs_chromium
def test_a_page_in_gbk_is_drawn_from_the_archive_and_not_a_second_time(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = page_picture(session, f"{LOOK}#1", [NUMBER, "没有的"])
    assert red_box(first.png) is not None and first.unmarked == ("没有的",)
    monkeypatch.setenv("CHENGXIN_CHROMIUM", "/nowhere")
    assert page_picture(session, f"{LOOK}#1", [NUMBER, "没有的"]) == first
    with pytest.raises(PictureError, match="画不出来：本机没有 Chromium"):
        page_picture(session, f"{LOOK}#1", ["别的"])


def test_what_was_drawn_once_is_kept_for_the_owner_by_page_and_texts(session: Session, drawn: Calls) -> None:
    first = page_picture(session, f"{LOOK}#1", [NUMBER])
    assert page_picture(session, f"{LOOK}#1", [NUMBER]) == page_picture(session, f"{LOOK}#2", [NUMBER]) == first
    assert page_picture(session, f"{LOOK}#1", ["行政处罚"]) != first
    assert drawn == [(PAGE, (NUMBER,)), (PAGE, ("行政处罚",))]
    folder = session.paths.pictures
    assert folder.stat().st_mode & 0o077 == 0 and len(list(folder.iterdir())) == 2
    assert all(file.stat().st_mode & 0o077 == 0 for file in folder.iterdir())
    for place in (folder, *folder.iterdir()):
        place.chmod(0o777)
    tighten(session.paths)
    assert all(place.stat().st_mode & 0o077 == 0 for place in (folder, *folder.iterdir()))


def test_a_page_that_a_check_saw_is_drawn_too_and_an_unknown_one_is_refused(session: Session, drawn: Calls) -> None:
    page_picture(session, f"{CHECK}#1", [])
    assert drawn == [(b"<p>seen</p>", ())]
    for name in (f"{LOOK}#9", "../1", ""):
        with pytest.raises(UsageError, match="没有这个网页存证"):
            page_picture(session, name, [])


def test_bytes_that_are_not_those_that_were_kept_are_not_shown(session: Session, drawn: Calls) -> None:
    session.store.db.execute("DROP TRIGGER IF EXISTS captures_no_update")
    session.store.db.execute("UPDATE captures SET sha256 = ?", [hashlib.sha256(b"other").hexdigest()])
    with pytest.raises(PictureError, match="SHA-256 不符"):
        page_picture(session, f"{LOOK}#1", [])
    for file in session.paths.archive.iterdir():
        file.unlink()
    with pytest.raises(StoreError, match="存证读不出"):
        page_picture(session, f"{LOOK}#1", [])
    assert drawn == [] and not session.paths.pictures.exists()


def test_the_longest_unasked_for_go_when_there_are_too_many(
    session: Session, drawn: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    for number, text in enumerate("abcd"):
        page_picture(session, f"{LOOK}#1", [text])
        for file in session.paths.pictures.iterdir():  # each a minute after the other
            os.utime(file, ns=(0, file.stat().st_mtime_ns - 60 * 10**9))
        if number == 2:
            page_picture(session, f"{LOOK}#1", ["a"])
    assert len(list(session.paths.pictures.iterdir())) == 3
    page_picture(session, f"{LOOK}#1", ["a"])
    assert [texts for _, texts in drawn] == [("a",), ("b",), ("c",), ("d",)]
    page_picture(session, f"{LOOK}#1", ["b"])
    assert len(drawn) == 5


def test_one_is_drawn_at_a_time_and_who_waits_too_long_is_told(
    session: Session, drawn: Calls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE", 0.05)
    with picture_lock(session.paths, 0), pytest.raises(PictureError, match="正在画别的网页"):
        page_picture(session, f"{LOOK}#1", [])
    assert drawn == []


def test_pictures_are_no_evidence(session: Session, drawn: Calls, tmp_path: Path) -> None:
    before, sizes = verify(session.store, session.paths), sizes_of(session.paths)
    page_picture(session, f"{LOOK}#1", [])
    assert verify(session.store, session.paths) == before and sizes_of(session.paths) == sizes
    backup(session.paths, tmp_path / "backup.zip")
    assert not any("picture" in name for name in zipfile.ZipFile(tmp_path / "backup.zip").namelist())

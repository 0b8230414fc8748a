"""A page that the site says is unchanged is read from the store; where that is away, the site is asked for it whole."""

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.domain.config import load
from core.domain.errors import ArchiveUnreachable
from core.domain.models import KnownPage
from core.runtime import object_store
from core.runtime.paths import Paths
from core.storage.crawl_history import CachedPage, CrawlHistory
from core.storage.database import Store
from core.storage.hash_chain import seal
from core.storage.putting_away import put_away
from core.storage.runs import Runs
from core.storage.shelf import Shelf
from simulation.static_site import StaticSite
from tests.crawler.test_visit import NIGHT, ROWS, night, sent, site_of
from tests.support.kept_nights import kept_nights
from tests.support.sessions import session_of


@pytest.fixture
def site() -> Iterator[StaticSite]:
    with StaticSite(site_of(ROWS), validators=True) as made:
        yield made


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    yield
    object_store._rests.clear()


def _put_away(root: Path, day: date, site: StaticSite) -> list[str]:
    """End the night, and put its files away."""
    with Store(root / "chengxin.db") as store:
        seal(store, Paths(root), f"{day}", site.at)
        Runs(store).finish(f"{day}", site.at, 1.0, 1)
        return list(put_away(session_of(store, load(root / "district"), site.at, Paths(root))).dropped)


def test_a_confirmed_page_comes_from_the_store_and_without_it_from_the_site(tmp_path: Path, site: StaticSite) -> None:
    (disk := tmp_path / "disk").mkdir()
    away = f'[archive]\nurl = "file://{disk}"\nkeep_days = 0\n'
    night(tmp_path, site, crawl=away)
    assert _put_away(tmp_path, NIGHT, site) == ["2026-07-01-1.warc.gz"]
    first, second = night(tmp_path, site, 1, crawl=away)
    assert sent(site)["list", 304] == 4 and sent(site)["list", 200] == 4
    assert first.whole and second.whole and "revalidated" in first.reasons and first.rows == len(ROWS)
    assert _put_away(tmp_path, NIGHT + timedelta(days=1), site)
    shutil.move(disk, tmp_path / "unmounted")
    first, second = night(tmp_path, site, 2, crawl=away)
    assert first.whole and second.whole and first.rows == len(ROWS) and "revalidated" not in first.reasons
    assert sent(site)["list", 200] == 8


def test_a_crawl_waits_once_for_a_store_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, asked = kept_nights(tmp_path / "var"), list[str]()
    (disk := tmp_path / "disk").mkdir()
    put_away(kept.session(f"file://{disk}", keep_days=1))
    history = CrawlHistory(kept.store, Shelf(kept.paths.archive, f"file://{disk}"))
    monkeypatch.setattr(object_store, "RESTS", 0.0)
    shutil.move(disk, tmp_path / "unmounted")
    real = object_store.object_store
    monkeypatch.setattr("core.storage.shelf.object_store", lambda url: asked.append(url) or real(url))  # type: ignore[func-returns-value]
    for capture in kept.captures():
        page = KnownPage(portal="p", key="k", capture=capture.id, etag="", modified="", read_at=kept.now)
        known = CachedPage(page=page, sha256=capture.sha256, warc=capture.warc, offset=capture.offset)
        if capture.warc == kept.files[1]:  # still in the folder
            assert history.read(known)[1]
            continue
        with pytest.raises(ArchiveUnreachable, match="共享盘"):
            history.read(known)
    assert len(asked) == 1 and history.unreached
    kept.store.close()

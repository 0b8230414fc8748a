"""The store: facts once and whole, caches disposable, backup consistent; the archive gives back what it took."""

import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from core.domain.clock import ZONE
from core.domain.errors import StoreError, UsageError
from core.domain.models import (
    Attachment,
    Capture,
    DateKind,
    Decision,
    Finding,
    Kind,
    Look,
    LookBundle,
    Reading,
    Run,
    Sighting,
    StatedDate,
    Submission,
    ZeroReport,
)
from core.runtime.paths import Paths
from core.storage.backup import backup
from core.storage.crawl_history import CrawlHistory
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.findings import Findings
from core.storage.observations import COLUMN_READINGS, Looks
from core.storage.outbox import Outbox, OutboxLetter
from core.storage.restore import restore
from core.storage.runs import Runs
from core.storage.submissions import Submissions
from core.storage.warc_archive import Archive, Exchange, read_body, read_exchange

T = datetime(2026, 7, 1, 0, 30, tzinfo=ZONE)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    opened = Store(tmp_path / "chengxin.db")
    Runs(opened).add_config("c", {"district.toml": ""}, T)
    for day in range(1, 10):
        Runs(opened).begin(Run(id=f"2026-07-{day:02d}", started_at=T + timedelta(days=day - 1), config_hash="c"))
    return opened


def bundle(day: int, keys: str = "ab", number: int = 1, **look: Any) -> LookBundle:
    run = f"2026-07-{day:02d}"
    start = T + timedelta(days=day - 1, minutes=number)
    name = f"{run}/p/{number}"
    seen = Look(
        id=name,
        run=run,
        portal="p",
        kind="full",
        started_at=start,
        finished_at=start + timedelta(seconds=9),
        genuine=True,
        parsed=True,
        whole=True,
        reasons=("detail-unread",),
        **look,
    )
    capture = Capture(id=f"{name}#1", look=name, url="http://x/", status=200, sha256="00", size=1, received_at=start)
    sightings = tuple(
        Sighting(
            look=name,
            portal="p",
            row_key=k,
            content_hash=f"h{k}",
            sort_key="2026-07-01",
            seen_at=start + timedelta(seconds=1),
            listed_on=date(2026, 7, 1),
            capture=capture.id,
        )
        for k in keys
    )
    finding = Finding(
        id=f"f{day}{keys}",
        portal="p",
        row_key=keys[0] if keys else "",
        content_hash=f"h{keys[:1]}",
        kind=Kind.PENALTY,
        unit="u",
        published=StatedDate(date(2026, 7, 1), DateKind.PUBLISHED, "list"),
        observed_at=start,
    )
    return LookBundle(look=seen, captures=(capture,), sightings=sightings, findings=(finding,) if keys else ())


def test_a_look_is_stored_whole_and_once(store: Store) -> None:
    one = bundle(1)
    assert Looks(store).add_look(one, T)
    assert not Looks(store).add_look(one, T + timedelta(hours=1))
    assert Looks(store).looks() == [one.look]
    assert Looks(store).captures() == list(one.captures)
    assert list(Findings(store).all().values()) == list(one.findings)
    assert CrawlHistory(store, Path()).known("p", [("a", "ha"), ("a", "hb"), ("b", "hb")]) == {("a", "ha")}
    assert [s.row_key for s in Looks(store).unread_rows(T, ["p"])] == ["b"]


def test_a_look_that_cannot_be_stored_leaves_nothing(store: Store) -> None:
    broken = replace(bundle(1), captures=(replace(bundle(1).captures[0], look="nowhere"),))
    with pytest.raises(sqlite3.IntegrityError):
        Looks(store).add_look(broken, T)
    assert Looks(store).looks() == []
    assert store.rows("SELECT count(*) FROM sightings") == [(0,)]


def test_dark_looks_are_those_since_the_last_proving_night(store: Store) -> None:
    for day, good in ((1, True), (2, False), (3, True), (4, False), (5, False)):
        made = bundle(day, "a")
        Looks(store).add_look(replace(made, look=replace(made.look, genuine=good)), T)
    assert [look.run for look in Looks(store).dark_looks("p")] == ["2026-07-04", "2026-07-05"]
    assert Looks(store).dark_looks("other") == []


def test_a_copy_had_after_a_moment_is_not_the_newest_reading_before_it(store: Store) -> None:
    """A cached copy is older than what was had before it; a look in between rests on what had been had by then."""
    looks = Looks(store)
    for day, age in ((1, 0), (3, 0), (4, 0), (5, 26)):
        made = bundle(day, "a")
        began = made.look.started_at - timedelta(hours=age)
        read = Reading(
            look=made.look.id, portal="p", row_key="a", content_hash="ha", began_at=began,
            read_at=made.look.finished_at, grows=True,
        )  # fmt: skip
        looks.add_look(replace(made, readings=(read,)), T)
    since = bundle(4, "a").look.started_at - timedelta(hours=1)
    loaded = looks.readings_growing({"p": since})
    assert [reading.look for reading in loaded][:2] == ["2026-07-01/p/1", "2026-07-03/p/1"]


def test_spans_are_what_the_sightings_say(store: Store) -> None:
    for day, keys in ((1, "ab"), (2, "abc"), (3, "bc"), (4, "")):
        Looks(store).add_look(bundle(day, keys), T)
    spans = {s.row_key: (s.first_look, s.last_look) for s in Looks(store).spans("p")}
    assert spans == {
        "a": ("2026-07-01/p/1", "2026-07-02/p/1"),
        "b": ("2026-07-01/p/1", "2026-07-03/p/1"),
        "c": ("2026-07-02/p/1", "2026-07-03/p/1"),
    }
    counted = store.rows(
        "SELECT v.row_key, min(s.seen_at), max(s.seen_at) FROM sightings s JOIN versions v ON v.id = s.version "
        "GROUP BY 1 ORDER BY 1"
    )
    assert [(s.row_key, s.first_seen, s.last_seen) for s in Looks(store).spans("p")] == [
        (k, datetime.fromisoformat(a), datetime.fromisoformat(b)) for k, a, b in counted
    ]
    assert [s.row_key for s in Looks(store).spans_of([("p", "c"), ("p", "zz")])] == ["c"]


def test_a_night_reads_so_many_of_the_rows_it_lists(store: Store) -> None:
    looks = Looks(store)
    for day, keys in ((1, "abcd"), (2, "abcd"), (9, "abcdefgh")):
        made = bundle(day, keys, rows=len(keys))
        found = tuple(replace(made.findings[0], id=f"f{day}{k}", row_key=k, numbers=(k,)) for k in keys if k in "abc")
        bare = replace(made.findings[0], id=f"n{day}", row_key="d")  # it was read, and gave no number
        looks.add_look(replace(made, findings=(*found, bare)), T)
    newest, *before = looks.column_readings("p", 8)
    assert (newest.run, newest.listed, newest.read, newest.fresh, newest.fresh_read) == ("2026-07-09", 8, 3, 4, 0)
    assert [(night.run, night.listed, night.read) for night in before] == [("2026-07-02", 4, 3), ("2026-07-01", 4, 3)]
    assert len(looks.column_readings("p", 2)) == 2 and looks.column_readings("q", 2) == []
    plan = " ".join(row[3] for row in store.rows("EXPLAIN QUERY PLAN " + COLUMN_READINGS, "p", 8, 7))
    assert "SCAN s" not in plan and "SCAN v" not in plan and "SCAN l" not in plan and "SCAN f" not in plan


def test_importing_twice_adds_nothing(store: Store) -> None:
    attachment = Attachment(sha256="ab", name="x.xlsx", size=3, received_at=T)
    row = Submission(
        id="s1",
        unit="u",
        kind=Kind.LICENCE,
        workbook="x.xlsx",
        workbook_sha256="ab",
        sheet="行政许可",
        row=2,
        received_at=T,
    )
    assert Submissions(store).add_workbook(attachment, [row], [], T) == (1, 0, 0)
    assert Submissions(store).add_workbook(attachment, [row], [], T) == (0, 0, 0)
    assert list(Submissions(store).all().values()) == [row]


def test_each_receipt_that_brought_something_new_is_known_by_unit_and_kind(store: Store) -> None:
    place: dict[str, Any] = {
        "workbook": "八月.xlsx",
        "workbook_sha256": "w0",
        "sheet": "行政许可",
        "row": 2,
        "received_at": T,
    }
    row = Submission(id="s1", unit="u", kind=Kind.LICENCE, **place)
    zero = ZeroReport(id="z", unit="u", kind="licence", month="2026-08", **place)
    days = [T + timedelta(days=n) for n in range(4)]
    brought = ([row], [row, replace(row, id="s2")], [row], [row])  # handed in again, a row is no news
    for day, rows in zip(days, brought, strict=True):
        book = Attachment(sha256="w0", name="八月.xlsx", size=1, received_at=day)
        Submissions(store).add_workbook(book, rows, [zero] if day == days[3] else [], day)
    known = Submissions(store)
    assert known.receipts({("u", Kind.LICENCE): T.date()}) == {"u": {Kind.LICENCE: (days[0], days[1], days[3])}}
    assert known.receipts({("u", Kind.LICENCE): days[1].date()}) == {"u": {Kind.LICENCE: (days[1], days[3])}}
    assert known.receipts({("u", Kind.PENALTY): T.date(), ("v", Kind.LICENCE): T.date()}) == {}


def test_what_is_new_is_told_by_commits_not_by_clocks(store: Store) -> None:
    """An import stamped before a night and committed after it is still new to the next judgement."""
    Looks(store).add_look(bundle(1), T + timedelta(hours=2))
    marks = store.marks(("findings", "submissions"))
    attachment = Attachment(sha256="ab", name="x.xlsx", size=3, received_at=T)
    row = Submission(
        id="s1",
        unit="u",
        kind=Kind.LICENCE,
        workbook="x.xlsx",
        workbook_sha256="ab",
        sheet="行政许可",
        row=2,
        received_at=T,
    )
    Submissions(store).add_workbook(attachment, [row], [], T)
    assert list(Submissions(store).all(after=marks["submissions"])) == ["s1"]
    assert Findings(store).all(after=marks["findings"]) == {}


def test_tables_are_strict_and_keys_foreign(store: Store) -> None:
    tables = {
        name
        for name, sql in store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        if "STRICT" not in (sql or "")
    }
    of_words = {f"decision_words{part}" for part in ("", "_config", "_data", "_docsize", "_idx")}  # as FTS5 makes them
    assert tables == {"_sqlite_migrations", *of_words}
    with pytest.raises(sqlite3.IntegrityError):
        store.db.execute("INSERT INTO submissions VALUES ('x', 'u', 'licence', 'no such file', '{}', '')")


def test_the_block_closure_reaches_through_shared_keys(store: Store) -> None:
    cache = EvaluationCache(store)
    cache.add_keys([("r1", {"a"}), ("r2", {"a", "b"}), ("r3", {"b"}), ("r4", {"c"})])
    assert cache.closure({"r1"}) == {"r1", "r2", "r3"}
    assert cache.closure({"new"}) == {"new"}
    cache.add_keys([("r5", {"!d"}), ("r6", {"!d"}), ("r7", {"?d"}), ("r8", {"?d"})])
    assert cache.closure({"r5"}) == {"r5", "r6", "r7", "r8"}  # through those that ask
    assert cache.keyed(["!d"]) == {"r5", "r6"}


def test_replacing_a_decision_takes_its_evidence_along(store: Store) -> None:
    cache = EvaluationCache(store)
    cache.replace_decisions([], [Decision(id="d", unit="u", kind=Kind.LICENCE, findings=("f",))])
    assert set(cache.decisions_of(["f"])) == {"d"} == cache.open_decisions()
    cache.replace_decisions(["d"], [])
    assert cache.decisions() == {}
    assert store.rows("SELECT count(*) FROM members") == [(0,)]


def test_a_letter_is_committed_once(store: Store) -> None:
    outbox = Outbox(store)
    for _ in range(2):
        outbox.commit(
            OutboxLetter(
                key="2026-07-05-u", night="2026-07-05", addressee="u", message=b"letter", alerts={"k": "breached"}
            ),
            T,
        )
    assert [key for key, *_ in outbox.unwritten()] == ["2026-07-05-u"]
    outbox.mark_written("2026-07-05-u", T)
    assert (outbox.unwritten(), outbox.already_notified()) == ([], {"k"})


def test_backup_while_another_connection_writes_and_restore(store: Store, tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    paths.archive.mkdir()
    (paths.archive / "n.warc.gz").write_bytes(b"warc")
    Looks(store).add_look(bundle(1), T)
    with sqlite3.connect(paths.store, isolation_level=None) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO configs VALUES ('open', '', '')")
        assert backup(paths, tmp_path / "b.zip") == 2
        writer.execute("ROLLBACK")
    target = Paths(tmp_path / "new")
    assert restore(tmp_path / "b.zip", target) == 2
    with Store(target.store) as again:
        assert Looks(again).looks() == Looks(store).looks()
    assert (target.archive / "n.warc.gz").read_bytes() == b"warc"
    with pytest.raises(UsageError, match="已有数据"):
        restore(tmp_path / "b.zip", target)
    (tmp_path / "bad.zip").write_bytes(b"PK not a zip")
    with pytest.raises(StoreError, match="损坏"):
        restore(tmp_path / "bad.zip", Paths(tmp_path / "other"))


def test_a_file_that_is_no_store_says_so(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"not a database at all, but long enough to be looked at")
    with pytest.raises(StoreError, match="打不开"):
        Store(tmp_path / "x.db")


# ---------------------------------------------------------------- the archive


def exchange(url: str = "http://x/a", body: bytes = "正文".encode(), **more: Any) -> Exchange:
    return Exchange(
        url=url,
        status=200,
        headers=(("Content-Type", "text/html"), ("Content-Encoding", "gzip")),
        body=body,
        asked_at=T,
        received_at=T,
        **more,
    )


def test_the_archive_gives_back_what_it_took_also_for_revisits_and_posts(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive", "2026-07-01")
    taken = [
        exchange(),
        exchange("http://x/b"),
        exchange("http://x/c", b"\x00\xff" * 500, method="POST", request_body=b"page=2"),
    ]
    offsets = [archive.append(one) for one in taken]
    archive.close()
    assert [read_body(tmp_path / "archive", archive.name, offset) for offset in offsets] == [one.body for one in taken]
    assert archive.path.stat().st_mode & 0o777 == 0o600


def test_public_tools_find_a_posts_request_by_its_answer_and_show_a_page_as_it_came_not_as_it_was_drawn(
    tmp_path: Path,
) -> None:
    archive = Archive(tmp_path, "n")
    archive.append(
        exchange(
            "http://x/api?a=1",
            b"{}",
            method="POST",
            request_body=b"page=2",
            request_type="application/x-www-form-urlencoded",
        )
    )
    offset = archive.append(exchange("http://x/p", b"<html>drawn</html>", drawn=True))
    archive.append(exchange("http://x/p", b"<html>wire</html>"))
    archive.close()
    with archive.path.open("rb") as file:
        told = [
            (r.rec_type, r.rec_headers.get_header("WARC-Target-URI"), r.rec_headers, r.http_headers)
            for r in ArchiveIterator(file)
        ]
    assert [(kind, target) for kind, target, _, _ in told] == [
        ("warcinfo", None), ("response", "http://x/api?a=1"), ("request", "http://x/api?a=1"),
        ("conversion", "http://x/p"), ("response", "http://x/p"),
    ]  # fmt: skip
    assert told[2][2].get_header("WARC-Concurrent-To") == told[1][2].get_header("WARC-Record-ID")
    assert told[2][3].get_header("Content-Type") == "application/x-www-form-urlencoded"
    assert told[2][3].protocol == "POST" and told[2][3].statusline == "/api?a=1 HTTP/1.1"
    assert read_exchange(tmp_path, archive.name, offset) == (200, exchange().headers, b"<html>drawn</html>")


def test_each_attempt_of_a_night_has_its_own_file_and_empty_ones_go(tmp_path: Path) -> None:
    first = Archive(tmp_path, "n")
    first.append(exchange())
    first.close()
    second = Archive(tmp_path, "n")
    assert second.name == "n-2.warc.gz"
    second.close()
    assert [p.name for p in tmp_path.iterdir()] == ["n-1.warc.gz"]


def test_a_missing_capture_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="存证读不出"):
        read_body(tmp_path, "none.warc.gz", 0)

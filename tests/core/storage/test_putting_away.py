"""Archive files put away to a store: read, verified, backed up as before, whatever becomes of the store."""

import hashlib
import multiprocessing
import os
import shutil
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.errors import AlreadyRunning, ArchiveUnreachable, StoreError, UsageError
from core.runtime import object_store
from core.runtime.diagnostics import examine
from core.runtime.locks import archive_lock
from core.runtime.object_store import MARKER
from core.runtime.paths import Paths
from core.storage.backup import backup
from core.storage.database import Store
from core.storage.hash_chain import verify
from core.storage.putting_away import PutAway, fetch_back, put_away
from core.storage.restore import restore
from core.storage.retention import outdated, retire, sweep
from core.storage.session import Session
from core.storage.shelf import Digests, Shelf
from core.storage.warc_archive import Archive, is_drawn, read_asked, read_exchange
from tests.support.kept_nights import BODIES, FIRST, Kept, add_night, end_night, kept_nights
from tests.support.s3_server import BUCKET, KEY, S3, SECRET, s3_server


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = kept_nights(tmp_path / "var")
    yield made
    made.store.close()


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """A shared disk."""
    (tmp_path / "disk").mkdir()
    return tmp_path / "disk"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    from fsspec.config import conf
    from s3fs import S3FileSystem

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    S3FileSystem.clear_instance_cache()
    with s3_server() as server:
        monkeypatch.setitem(conf, "s3", {"endpoint_url": server.endpoint})
        yield server
    S3FileSystem.clear_instance_cache()


@pytest.fixture(autouse=True)
def rested() -> Iterator[None]:
    """A store that failed in one test is asked at once in the next."""
    object_store._rests.clear()
    yield
    object_store._rests.clear()


def url_of(disk: Path) -> str:
    return f"file://{disk}"


def checked(session: Session) -> tuple[str, dict[str, str]]:
    """(what is broken, what could not be checked)."""
    digests = Digests(session.shelf)
    _, broken = verify(session.store, session.paths, digests)
    return str(broken or ""), digests.unchecked


def bodies(session: Session, kept: Kept) -> list[bytes]:
    return [read_exchange(session.shelf, c.warc, c.offset)[2] for c in kept.captures()]


def object_of(kept: Kept, file: str) -> str:
    digest = hashlib.sha256((kept.paths.archive / file).read_bytes()).hexdigest()
    return f"{file.removesuffix('.warc.gz')}-{digest}.warc.gz"


# ---------------------------------------------------------------- it goes, and is read as before


@pytest.mark.parametrize("kind", ["file", "memory", "s3"])
def test_what_was_put_away_is_read_and_verified_from_the_store(
    kept: Kept, tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    (tmp_path / "disk").mkdir()
    if kind == "s3":
        request.getfixturevalue("s3")
    url = {"file": f"file://{tmp_path}/disk", "memory": f"memory://{tmp_path.name}", "s3": f"s3://{BUCKET}/a/b"}[kind]
    session = kept.session(url, keep_days=1)
    before = bodies(session, kept)
    assert put_away(session) == PutAway(put=[*kept.files], dropped=[kept.files[0]], left=0, problems=[])
    assert session.shelf.local() == [kept.files[1]] and session.shelf.noted() == list(kept.files)
    assert bodies(session, kept) == before == [*BODIES] * 2
    first = kept.captures()[0]
    assert read_asked(session.shelf, first.warc, first.offset)[0] == first.url
    assert not is_drawn(session.shelf, first.warc, first.offset)
    assert checked(session) == ("", {})
    again = put_away(kept.session(url, keep_days=1, later=1))
    assert again == PutAway(put=[], dropped=[kept.files[1]], left=0, problems=[])
    assert put_away(session) == PutAway(put=[], dropped=[], left=0, problems=[])
    assert checked(session) == ("", {}) and bodies(session, kept) == before


def test_a_file_that_is_longer_than_a_part_goes_in_parts_and_comes_back(
    kept: Kept, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(object_store, "STEP", 3 * 1024**2)
    big = os.urandom(14 * 1024**2)
    (source := kept.paths.root / "big").write_bytes(big)
    store = object_store.object_store(f"s3://{BUCKET}/x")
    store.write("big", source)
    assert s3.objects["x/big"] == big and len(next(iter(s3.parts.values()))) > 1
    assert object_store.digest_of(store, "big", len(big)) == hashlib.sha256(big).hexdigest()


def test_its_name_says_the_night_and_the_hash_and_is_its_owners(kept: Kept, disk: Path) -> None:
    names = {object_of(kept, file) for file in kept.files}
    put_away(kept.session(url_of(disk)))
    assert {path.name for path in disk.iterdir()} == names | {MARKER}
    assert {path.stat().st_mode & 0o777 for path in disk.iterdir()} == {0o600}


def test_a_name_that_was_put_away_is_not_given_again(kept: Kept, disk: Path) -> None:
    put_away(kept.session(url_of(disk), keep_days=0))
    assert kept.files[0] == "2026-08-01-1.warc.gz"
    second = Archive(kept.paths.archive, "2026-08-01")
    assert second.name == "2026-08-01-2.warc.gz"
    second.close()


# ---------------------------------------------------------------- what is not put away


def test_the_file_of_a_night_that_has_not_ended_stays(kept: Kept, disk: Path) -> None:
    at = FIRST + timedelta(days=2)
    running = add_night(kept.store, kept.config, kept.paths, at, ends=False)
    half = Archive(kept.paths.archive, "2026-08-03")  # and one that a crawl is writing
    session = kept.session(url_of(disk), keep_days=0, later=1)
    assert put_away(session).put == list(kept.files)
    assert session.shelf.local() == [running, half.name]
    half.close()
    end_night(kept.store, kept.paths, at)
    assert put_away(session).put == [running]


def test_a_night_that_was_sealed_and_not_finished_keeps_its_file(kept: Kept, disk: Path) -> None:
    kept.store.db.execute("UPDATE runs SET finished_at = NULL WHERE id = '2026-08-02'")
    assert put_away(kept.session(url_of(disk))).put == [kept.files[0]]


def test_a_file_that_is_not_what_was_sealed_is_not_put_away(kept: Kept, disk: Path) -> None:
    with (kept.paths.archive / kept.files[0]).open("ab") as file:
        file.write(b"x")
    done = put_away(kept.session(url_of(disk), keep_days=0))
    assert done.put == [kept.files[1]] and done.left == 1
    assert "与封存时不同" in done.problems[0] and kept.files[0] in done.problems[0]
    assert (kept.paths.archive / kept.files[0]).exists()


def test_two_at_a_time_are_one(kept: Kept, disk: Path) -> None:
    with archive_lock(kept.paths), pytest.raises(AlreadyRunning):
        put_away(kept.session(url_of(disk)))


def test_without_a_store_that_is_said(kept: Kept) -> None:
    with pytest.raises(UsageError, match="url"):
        put_away(kept.session(""))


def test_where_time_is_up_the_rest_goes_the_next_night(kept: Kept, disk: Path) -> None:
    done = put_away(kept.session(url_of(disk)), seconds=-1)
    assert (done.put, done.left) == ([], 2) and "下一夜" in done.problems[0]
    assert put_away(kept.session(url_of(disk))).left == 0


# ---------------------------------------------------------------- written once


def test_two_districts_with_one_name_each_keep_their_own(kept: Kept, disk: Path, tmp_path: Path) -> None:
    other = kept_nights(tmp_path / "other")
    assert other.files == kept.files
    for one in (kept, other):
        assert put_away(one.session(url_of(disk), keep_days=0)).dropped == list(one.files)
    assert len(list(disk.iterdir())) == 5
    for one in (kept, other):
        assert checked(one.session(url_of(disk))) == ("", {})
    other.store.close()


def test_what_is_there_already_is_left_and_noted(kept: Kept, s3: S3) -> None:
    name = f"a/{object_of(kept, kept.files[0])}"
    s3.objects[name] = (kept.paths.archive / kept.files[0]).read_bytes()
    assert put_away(kept.session(f"s3://{BUCKET}/a", keep_days=0)).dropped == list(kept.files)
    assert name not in s3.written


def test_two_machines_that_put_one_file_away_at_once_write_it_once(kept: Kept, disk: Path, tmp_path: Path) -> None:
    shutil.copytree(kept.paths.root, tmp_path / "twin", ignore=shutil.ignore_patterns("*.lock"))
    fork = multiprocessing.get_context("fork")
    ready, ended = fork.Barrier(2), fork.Queue()

    def child(root: Path) -> None:
        with Store(root / "chengxin.db") as store:
            one = Kept(kept.config, Paths(root), store, kept.files, kept.now).session(url_of(disk), keep_days=0)
            ready.wait()
            ended.put(put_away(one))

    both = [fork.Process(target=child, args=(root,)) for root in (kept.paths.root, tmp_path / "twin")]
    for process in both:
        process.start()
    done = [ended.get(timeout=30) for _ in both]
    for process in both:
        process.join()
    assert [(one.dropped, one.left, one.problems) for one in done] == [([*kept.files], 0, [])] * 2
    assert len(list(disk.iterdir())) == 3 and checked(kept.session(url_of(disk))) == ("", {})


def test_a_disk_without_second_names_is_written_once_as_well(
    kept: Kept, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    assert checked(away(kept, url_of(disk))) == ("", {}) and len(list(disk.iterdir())) == 3
    store, before = object_store.object_store(url_of(disk)), {p.name: p.read_bytes() for p in disk.iterdir()}
    (other := kept.paths.root / "other").write_bytes(b"x")
    with pytest.raises(FileExistsError):
        store.write(MARKER, other)
    assert {p.name: p.read_bytes() for p in disk.iterdir()} == before


@pytest.mark.parametrize(("there", "said"), [(b"other", "字节"), (None, "内容不同")])
def test_what_is_there_with_other_bytes_is_not_overwritten_and_nothing_is_dropped(
    kept: Kept, disk: Path, there: bytes | None, said: str
) -> None:
    other = there or bytes((kept.paths.archive / kept.files[0]).stat().st_size)
    (place := disk / object_of(kept, kept.files[0])).write_bytes(other)
    session = kept.session(url_of(disk), keep_days=0)
    done = put_away(session)
    assert said in done.problems[0] and "没有覆盖" in done.problems[0]
    assert place.read_bytes() == other and session.shelf.local() == [kept.files[0]]
    assert session.shelf.noted() == [kept.files[1]]


def test_a_store_that_keeps_other_bytes_than_it_was_given_is_found_at_once(kept: Kept, s3: S3) -> None:
    def spoil(method: str, key: str) -> None:
        if method == "GET" and key in s3.objects and key.endswith(".gz"):
            s3.objects[key] = bytes(len(s3.objects[key]))

    s3.begins = spoil
    session = kept.session(f"s3://{BUCKET}", keep_days=0)
    assert "读回来" in put_away(session).problems[0]
    assert session.shelf.local() == list(kept.files) and session.shelf.noted() == []


@pytest.mark.parametrize("before", ["write", "note", "drop"])
def test_killed_before_any_step_the_next_time_does_the_rest(kept: Kept, disk: Path, before: str) -> None:
    session = kept.session(url_of(disk), keep_days=0)
    patched = {
        "write": "core.storage.putting_away._write",
        "note": "core.storage.shelf.write_whole",
        "drop": "core.storage.putting_away._drop",
    }[before]

    def child() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(patched, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
            put_away(session)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert session.shelf.local() == list(kept.files) and bodies(session, kept) == [*BODIES] * 2
    assert checked(session) == ("", {})
    assert put_away(session).dropped == list(kept.files)
    assert checked(session) == ("", {}) and len(list(disk.iterdir())) == 3


def test_killed_while_it_copies_no_half_object_has_the_name(kept: Kept, disk: Path) -> None:
    session = kept.session(url_of(disk), keep_days=0)

    def child() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(object_store, "_name_new", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            put_away(session)

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join()
    (half,) = disk.iterdir()
    assert half.suffix == ".part"
    os.utime(half, (0, 0))
    assert put_away(session).dropped == list(kept.files) and not half.exists()


# ---------------------------------------------------------------- a store that is not there, and one that has changed


def away(kept: Kept, url: str) -> Session:
    """All nights in the store alone."""
    session = kept.session(url, keep_days=0)
    assert put_away(session).dropped == list(kept.files)
    return session


def test_a_store_that_cannot_be_reached_is_said_and_nothing_goes(
    kept: Kept, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fsspec.config import conf

    with s3_server() as gone:
        monkeypatch.setitem(conf, "s3", {"endpoint_url": gone.endpoint})
    session = kept.session(f"s3://{BUCKET}", keep_days=0)
    done = put_away(session)
    assert (done.put, done.dropped, done.left) == ([], [], 2) and "连不上" in done.problems[0]
    assert session.shelf.local() == list(kept.files)
    object_store._rests.clear()
    monkeypatch.setitem(conf, "s3", {"endpoint_url": s3.endpoint})
    assert put_away(session).dropped == list(kept.files)


@pytest.mark.parametrize("trouble", ["unreachable", "bucket", "key", "refused", "no keys"])
def test_what_cannot_be_reached_could_not_be_checked_and_is_not_said_to_be_gone(
    kept: Kept, s3: S3, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    from fsspec.config import conf
    from s3fs import S3FileSystem

    session = away(kept, f"s3://{BUCKET}/p")
    S3FileSystem.clear_instance_cache()
    if trouble == "unreachable":
        with s3_server() as gone:
            monkeypatch.setitem(conf, "s3", {"endpoint_url": gone.endpoint})
    elif trouble == "bucket":
        del s3.buckets[BUCKET]
    elif trouble == "key":
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    elif trouble == "no keys":
        monkeypatch.delenv("AWS_ACCESS_KEY_ID")
        monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    else:
        s3.refuse = lambda *_: 403
    broken, unchecked = checked(session)
    assert broken == "" and list(unchecked) == list(kept.files)
    said = {"unreachable": "连不上", "bucket": MARKER, "no keys": "没有存储的钥匙"}.get(trouble, "不认这里的钥匙")
    assert all(said in why for why in unchecked.values())
    capture = kept.captures()[0]
    with pytest.raises(ArchiveUnreachable, match=said):
        read_exchange(session.shelf, capture.warc, capture.offset)


def test_a_bucket_that_is_not_there_is_not_made_by_the_way(kept: Kept, s3: S3) -> None:
    done = put_away(kept.session("s3://none/p", keep_days=0))
    assert (done.put, done.left) == ([], 2) and "桶" in done.problems[0] and "none" not in s3.buckets


def test_a_disk_that_is_not_mounted_is_not_an_empty_store(kept: Kept, disk: Path) -> None:
    session = away(kept, url_of(disk))
    shutil.move(disk, disk.with_name("unmounted"))
    assert len(checked(session)[1]) == 2
    object_store._rests.clear()
    disk.mkdir()  # its mount point
    broken, unchecked = checked(session)
    assert broken == "" and len(unchecked) == 2
    add_night(kept.store, kept.config, kept.paths, FIRST + timedelta(days=2))
    assert MARKER in put_away(session).problems[0] and list(disk.iterdir()) == []


def test_without_the_address_it_could_not_be_checked(kept: Kept, disk: Path) -> None:
    away(kept, url_of(disk))
    broken, unchecked = checked(kept.session(""))
    assert broken == "" and len(unchecked) == 2 and "url" in unchecked[kept.files[0]]
    capture = kept.captures()[0]
    with pytest.raises(ArchiveUnreachable):
        read_exchange(kept.paths.archive, capture.warc, capture.offset)  # who knows the folder alone


@pytest.mark.parametrize("change", ["gone", "byte", "cut", "swapped"])
def test_what_somebody_did_to_an_object_is_named(kept: Kept, disk: Path, change: str) -> None:
    session = away(kept, url_of(disk))
    first, second = sorted(path for path in disk.iterdir() if path.name != MARKER)
    data = bytearray(first.read_bytes())
    if change == "gone":
        first.unlink()
    elif change == "byte":
        data[len(data) // 2] ^= 1
        first.write_bytes(data)
    elif change == "cut":
        first.write_bytes(data[: len(data) // 2])
    else:
        first.write_bytes(second.read_bytes())
    broken, unchecked = checked(session)
    assert kept.files[0] in broken and unchecked == {}
    assert ("存储里没有了" in broken) == (change == "gone")
    if change in ("gone", "cut"):
        with pytest.raises(StoreError, match="存储里"):
            read_exchange(session.shelf, kept.files[0], kept.captures()[-1].offset)


def test_a_copy_that_changed_is_named_while_the_file_is_still_here_and_is_not_dropped(kept: Kept, disk: Path) -> None:
    session = kept.session(url_of(disk))
    put_away(session)
    first, _ = sorted(path for path in disk.iterdir() if path.name != MARKER)
    first.write_bytes(bytes(first.stat().st_size))
    assert "存储里的那一份内容变了" in checked(session)[0]
    done = put_away(kept.session(url_of(disk), keep_days=0))
    assert done.dropped == [kept.files[1]] and "内容不同" in done.problems[0]
    assert (kept.paths.archive / kept.files[0]).exists()
    first.unlink()
    assert "存储里没有了" in checked(session)[0]
    assert put_away(kept.session(url_of(disk), keep_days=0)).dropped == [kept.files[0]]  # put there again, and whole
    assert checked(session) == ("", {})


def test_a_note_proves_nothing(kept: Kept, disk: Path) -> None:
    session = away(kept, url_of(disk))
    note = kept.paths.archive / f"{kept.files[0]}.away"
    (kept.paths.archive / f"{kept.files[1]}.away").replace(note)  # another sound object under this name
    assert kept.files[0] in checked(session)[0]
    note.write_text("{}")
    with pytest.raises(StoreError, match="登记"):
        read_exchange(session.shelf, kept.files[0], 0)
    assert "文件不见了" in checked(session)[0]


def test_a_note_that_nobody_can_read_stops_no_night_and_is_written_anew(kept: Kept, disk: Path) -> None:
    put_away(kept.session(url_of(disk)))
    note = kept.paths.archive / f"{kept.files[0]}.away"
    note.write_bytes(b"\xff{")
    late = kept.session(url_of(disk), later=36 * 31 + 2)
    assert [old.file for old in outdated(late)] == list(kept.files) and checked(late) == ("", {})
    assert put_away(kept.session(url_of(disk), keep_days=0)).dropped == list(kept.files)
    assert checked(late) == ("", {})
    note.write_text("{}")
    assert outdated(late)[0].size == 0
    with pytest.raises(StoreError, match="chengxin verify"):
        retire(late)
    assert sweep(kept.store, kept.paths, url_of(disk)) == []


def test_a_store_that_did_not_answer_is_left_alone_for_a_while(kept: Kept, s3: S3) -> None:
    session = away(kept, f"s3://{BUCKET}")
    s3.refuse = lambda *_: 403
    for capture in kept.captures():
        with pytest.raises(ArchiveUnreachable):
            read_exchange(session.shelf, capture.warc, capture.offset)
    assert len([one for one in s3.asked[-3:] if one[0] == "HEAD"]) <= 2
    asked = len(s3.asked)
    with pytest.raises(ArchiveUnreachable):
        read_exchange(session.shelf, kept.files[0], 0)
    assert len(s3.asked) == asked


def test_without_the_extra_it_is_said_what_to_install(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)
    done = put_away(kept.session(f"s3://{BUCKET}"))
    assert "chengxin[s3]" in done.problems[0] and done.left == 2


def test_a_shared_disk_needs_no_extra(kept: Kept, disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fsspec", "fsspec.core", "fsspec.config", "s3fs"):
        monkeypatch.setitem(__import__("sys").modules, name, None)
    assert checked(away(kept, url_of(disk))) == ("", {})


def test_doctor_says_how_the_store_stands(kept: Kept, disk: Path) -> None:
    def told(url: str) -> list[tuple[str, str]]:
        return [(d.state, d.detail) for d in examine(kept.session(url).config, kept.paths.root, "") if "存储" in d.name]

    assert told("") == []
    assert "还没有放过" in told(url_of(disk))[0][1]
    away(kept, url_of(disk))
    assert told(url_of(disk)) == [("good", f"{url_of(disk)}，在用")]
    ((state, detail),) = told(f"{url_of(disk)}/none")
    assert state == "warn" and "共享盘" in detail


# ---------------------------------------------------------------- back, backups, and what is given up


def test_what_is_fetched_back_is_as_it_was(kept: Kept, disk: Path) -> None:
    before = {name: (kept.paths.archive / name).read_bytes() for name in kept.files}
    session = away(kept, url_of(disk))
    assert fetch_back(session, [kept.files[1]]) == [kept.files[1]] == session.shelf.local()
    assert fetch_back(session) == [kept.files[0]] and fetch_back(session) == []
    assert {name: (kept.paths.archive / name).read_bytes() for name in kept.files} == before
    assert checked(kept.session("")) == ("", {})  # whoever leaves the store has all of it here
    with pytest.raises(UsageError, match="没有放到存储"):
        fetch_back(session, ["other.warc.gz"])


@pytest.mark.parametrize("trouble", ["changed", "full", "no room"])
def test_what_cannot_be_fetched_whole_leaves_nothing(
    kept: Kept, disk: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    session = away(kept, url_of(disk))
    first = min(path for path in disk.iterdir() if path.name != MARKER)
    if trouble == "changed":
        first.write_bytes(bytes(first.stat().st_size))
    elif trouble == "full":

        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("core.runtime.atomic_write._sync", full)
    else:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 1))
    said = {"changed": "内容变了", "full": "No space", "no room": "腾出空间"}[trouble]
    with pytest.raises(StoreError, match=said):
        fetch_back(session)
    assert session.shelf.local() == [] and not list(kept.paths.archive.glob("*.part"))


def test_a_backup_names_what_is_in_the_store_and_restored_it_is_found(kept: Kept, disk: Path, tmp_path: Path) -> None:
    put_away(kept.session(url_of(disk), keep_days=1))
    backup(kept.paths, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", Paths(tmp_path / "new"))
    with Store(tmp_path / "new/chengxin.db") as store:
        again = Kept(kept.config, Paths(tmp_path / "new"), store, kept.files, kept.now)
        session = again.session(url_of(disk))
        assert session.shelf.only_away() == [kept.files[0]]
        assert bodies(session, again) == [*BODIES] * 2 and checked(session) == ("", {})


def test_a_backup_from_before_and_the_store_hold_the_same(kept: Kept, disk: Path, tmp_path: Path) -> None:
    backup(kept.paths, tmp_path / "b.zip")
    away(kept, url_of(disk))
    restore(tmp_path / "b.zip", Paths(tmp_path / "new"))
    with Store(tmp_path / "new/chengxin.db") as store:
        again = Kept(kept.config, Paths(tmp_path / "new"), store, kept.files, kept.now)
        assert put_away(again.session(url_of(disk), keep_days=0)).dropped == list(kept.files)
        assert checked(again.session(url_of(disk))) == ("", {})


def test_what_goes_while_a_backup_is_written_is_in_it_by_its_note(
    kept: Kept, disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from core.storage import backup as module

    listed = module._kept

    def goes(paths: Paths) -> Iterator[tuple[Path, str]]:
        found = list(listed(paths))
        away(kept, url_of(disk))
        yield from found

    monkeypatch.setattr(module, "_kept", goes)
    backup(kept.paths, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", Paths(tmp_path / "new"))
    with Store(tmp_path / "new/chengxin.db") as store:
        again = Kept(kept.config, Paths(tmp_path / "new"), store, kept.files, kept.now)
        assert checked(again.session(url_of(disk))) == ("", {})


def _next_night(kept: Kept, at_days: int) -> None:
    add_night(kept.store, kept.config, kept.paths, FIRST + timedelta(days=at_days))


def test_what_is_past_its_time_goes_from_the_store_too_and_the_chain_holds(kept: Kept, disk: Path) -> None:
    away(kept, url_of(disk))
    late = kept.session(url_of(disk), later=36 * 31 + 2)
    assert [old.file for old in outdated(late)] == list(kept.files)
    assert all(old.size > 100 for old in outdated(late)) and len(retire(late)) == 2
    assert sweep(kept.store, kept.paths, url_of(disk)) == []
    _next_night(kept, 36 * 31 + 3)
    shutil.move(disk, disk.with_name("unmounted"))
    assert sweep(kept.store, kept.paths, url_of(disk)) == []  # it goes when the store is there again
    object_store._rests.clear()
    shutil.move(disk.with_name("unmounted"), disk)
    assert len(sweep(kept.store, kept.paths, url_of(disk))) == 2
    assert [path.name for path in disk.iterdir()] == [MARKER] and late.shelf.noted() == []
    assert checked(late) == ("", {})


def test_a_removal_cut_short_between_the_store_and_the_note_is_finished(kept: Kept, disk: Path) -> None:
    away(kept, url_of(disk))
    late = kept.session(url_of(disk), later=36 * 31 + 2)
    retire(late)
    _next_night(kept, 36 * 31 + 3)
    for path in disk.iterdir():
        if path.name != MARKER:
            path.unlink()
    assert checked(late) == ("", {})
    assert len(sweep(kept.store, kept.paths, url_of(disk))) == 2 and checked(late) == ("", {})


def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path) -> None:
    for name in ("../x.warc.gz", "..", "", "/etc/passwd"):
        with pytest.raises(StoreError, match="文件名"):
            Shelf(tmp_path, "file:///").open(name)

"""The hash chain: each night ends with a manifest of all new facts, hashed onto the one before.

A manifest is a file of lines, one a record: `{"kind", "id", "sha256"}`, first the head of the manifest before
it. Its own SHA-256 is the new head, printed in reports and mails: whoever keeps one mail can prove later that
nothing before it was changed. `verify` re-reads everything and names the first broken record.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.domain.clock import moment_text
from core.domain.errors import ArchiveUnreachable, StoreError
from core.runtime.atomic_write import write_whole
from core.runtime.paths import Paths
from core.runtime.signing import SigningKey
from core.storage.database import Store
from core.storage.heads import Head, record_head, sm3
from core.storage.journal import first_unlike
from core.storage.shelf import CHANGED, LOST, MISSING, UNCHECKED, Digests, Shelf, file_digest
from core.storage.warc_archive import read_body

GENESIS = "0" * 64
# every table of facts with the columns that name a record; a look's sightings are sealed together, under the look
_TABLES: dict[str, str] = {
    "configs": "hash",
    "looks": "id",
    "captures": "id",
    "revalidations": "capture",
    "versions": "portal || '|' || row_key || '|' || content_hash",
    "findings": "id",
    "readings": "look || '|' || row_key",
    "reading_checks": "id",
    "check_captures": "id",
    "unseen_rows": "\"check\" || '|' || row_key",
    "attachments": "sha256",
    "submissions": "id",
    "zero_reports": "id",
    "rulings": "id",
    "removals": "file",
    "objections": "id",
    "frozen": "id",
    "filings": "id",
    "hand_ins": "id",
    "refusals": "id",
    "signatures": "kind || '/' || word || '/' || public_key",
    "proposals": "id",
    "told": "rowid",  # its key names a decision, and manifests leave the house in evidence packages
    "runs": "id",
    "outbox": "key",
    "row_events": "id",
    "heads": "run",
    "stamps": "run",
}
# of rows that change, the columns that never do; of all others every column is sealed
_FIXED = {
    "runs": ("id", "started_at", "code_version", "config_hash"),
    "outbox": ("key", "night", "addressee", "message"),
}
_CAPTURED = ("captures", "check_captures")  # the tables whose rows name archive files
_WORDS = {
    "configs": "配置",
    "looks": "核查",
    "sightings": "核查的见证",
    "captures": "网页存证",
    "versions": "条目",
    "revalidations": "页面未变的确认",
    "findings": "公示记录",
    "readings": "读取",
    "reading_checks": "读取核对",
    "check_captures": "读取核对的网页存证",
    "unseen_rows": "看不见的条目",
    "attachments": "附件登记",
    "submissions": "报送记录",
    "zero_reports": "零报告",
    "rulings": "复核裁定",
    "removals": "存证移除",
    "objections": "异议",
    "frozen": "冻结的结果",
    "filings": "报送材料",
    "hand_ins": "收件登记",
    "refusals": "未收的行",
    "signatures": "签名",
    "proposals": "冻结的提议",
    "told": "已告知的事项",
    "runs": "批次",
    "outbox": "信件",
    "deliveries": "投递",
    "row_events": "状态登记",
    "heads": "链头签名",
    "stamps": "时间戳",
    "warc": "存证文件",
    "file": "附件文件",
    "manifest": "清单",
}


@dataclass(frozen=True, slots=True)
class SealedLine:
    """One record of a manifest."""

    kind: str
    id: str
    sha256: str

    def text(self) -> str:
        """The line as it stands in the file."""
        return json.dumps({"kind": self.kind, "id": self.id, "sha256": self.sha256}, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Broken:
    """The first record that is not what was sealed."""

    manifest: str  # its file's name; "" for what stands in no manifest yet, or in none alone
    kind: str
    id: str
    why: str

    def __str__(self) -> str:
        where = f"（清单 {self.manifest}）" if self.manifest else ""
        return f"{_WORDS.get(self.kind, self.kind)} {self.id}：{self.why}{where}"


def head(store: Store) -> str:
    """The hash of the newest manifest; GENESIS before the first."""
    rows = store.rows("SELECT hash FROM manifests ORDER BY number DESC LIMIT 1")
    return str(rows[0][0]) if rows else GENESIS


def seal(store: Store, paths: Paths, run: str, at: datetime, signer: SigningKey | None = None) -> str:
    """Seal every fact that no manifest holds yet under the night `run`; returns the new head, signed by `signer`.

    Sealing a night twice gives the head it had: a night taken up again adds nothing to a closed manifest, and a head
    without a signature gets none later, or whoever seals again would have it signed by the next night.
    """
    known = store.rows("SELECT hash FROM manifests WHERE run = ?", run)
    if known:
        return str(known[0][0])
    with store.transaction():
        number, previous, since = _last(store)
        marks = store.marks(_TABLES)
        lines = [SealedLine("manifest", previous, previous), *_lines(store, paths, since, marks)]
        body = "".join(line.text() for line in lines).encode()
        digest = hashlib.sha256(body).hexdigest()
        _write(paths.manifests / f"{run}.jsonl", body)
        store.db.execute(
            "INSERT INTO manifests VALUES (?, ?, ?, ?, ?, ?, ?)",
            [run, number + 1, previous, digest, json.dumps(marks), len(lines), moment_text(at)],
        )
        record_head(store, Head(run=run, number=number + 1, sha256=digest, sm3=sm3(body)), signer, at)
    return digest


def _here(paths: Paths) -> Callable[[str], str]:
    return lambda name: file_digest(paths.archive / name)


def verify(store: Store, paths: Paths, archive: Digests | None = None) -> tuple[int, Broken | None]:
    """(how many records hold, the first that does not). Reads every manifest, row, WARC file and attachment again.

    `archive`: the archive files' hashes where any were put away; what could not be read just now it keeps a note of,
    and nothing is said of it here.
    """
    checked, previous, removed = 0, GENESIS, _removed(store)
    archive = archive or Digests(Shelf(paths.archive))
    since: Mapping[str, int] = {}
    for run, before, digest, marks_text in store.rows(
        "SELECT run, previous, hash, marks FROM manifests ORDER BY number"
    ):
        name, marks = f"{run}.jsonl", json.loads(marks_text)
        broken = _damage(paths.manifests / name, digest, before, previous)
        if broken is not None:
            return checked, broken
        present = iter(_lines(store, paths, since, marks, archive))
        for line in _read(paths.manifests / name):
            now = next(present, None)
            if now and _is_same_file(now, line) and now.sha256 == UNCHECKED:
                continue
            if now != line and not (now and _is_removed(now, line, removed)):
                return checked, _name(store, archive.shelf, name, line, now)
            checked += 1
        extra = next(present, None)
        if extra is not None:
            return checked, Broken(name, extra.kind, extra.id, "封存之后插入的记录")
        previous, since = digest, marks
    return checked, _shortened(store, paths) or _unlike(store)


def _shortened(store: Store, paths: Paths) -> Broken | None:
    """What shows that manifests were taken away, or rows put where no manifest looks."""
    rows = store.rows("SELECT run, number FROM manifests ORDER BY number")
    for expected, (run, number) in enumerate(rows, 1):
        if number != expected:
            return Broken(f"{run}.jsonl", "manifest", f"{run}.jsonl", f"它是第 {number} 份清单，第 {expected} 份不见了")
    for (run,) in store.rows(
        "SELECT id FROM runs WHERE finished_at IS NOT NULL AND id NOT IN (SELECT run FROM manifests) ORDER BY id"
    ):
        return Broken("", "manifest", f"{run}.jsonl", f"{run} 的夜间任务已经完成，却没有这一夜的清单")
    # a night that was killed while it sealed leaves the file without the row, and is not finished
    open_runs = {row[0] for row in store.rows("SELECT id FROM runs WHERE finished_at IS NULL")}
    for path in sorted(paths.manifests.glob("*.jsonl")):
        if path.stem not in open_runs and not store.rows("SELECT 1 FROM manifests WHERE run = ?", path.stem):
            return Broken(path.name, "manifest", path.name, "清单文件还在，存证链里却没有这一夜")
    for table, name in _TABLES.items():
        for (found,) in store.rows(f"SELECT {name} FROM {table} WHERE rowid <= 0 LIMIT 1"):
            return Broken("", table, str(found), "放在没有清单会封存的位置上")
    return None


def _unlike(store: Store) -> Broken | None:
    """The first row whose state was set past the program."""
    unlike = first_unlike(store)
    return Broken("", unlike.kind, unlike.id, unlike.why) if unlike else None


@dataclass(frozen=True, slots=True)
class Sealed:
    """One fact with the seal it carries: `text` are the characters whose SHA-256 stands in `line` of the manifest."""

    kind: str
    id: str
    text: str
    sha256: str
    manifest: str  # the manifest's file name; "" for a fact that no night has sealed yet
    line: int


def sealed_facts(store: Store, paths: Paths, wanted: Mapping[str, Sequence[str]]) -> Iterator[Sealed]:
    """The facts named (kind → ids) as they were hashed, and where each is sealed."""
    places = _places(paths, {(kind, name) for kind, names in wanted.items() for name in names})
    for kind, names in wanted.items():
        columns = ", ".join(f'"{row[1]}"' for row in store.rows(f"PRAGMA table_info({kind})"))
        for name in names:
            for row in store.rows(f"SELECT {columns} FROM {kind} WHERE {_TABLES[kind]} = ?", name):
                text = _canonical(list(row))
                manifest, line = places.get((kind, name), ("", 0))
                yield Sealed(kind, name, text, hashlib.sha256(text.encode()).hexdigest(), manifest, line)


def _places(paths: Paths, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[str, int]]:
    places = {}
    for path in sorted(paths.manifests.glob("*.jsonl")):
        for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
            line = json.loads(text)
            if (line["kind"], line["id"]) in wanted:
                places[line["kind"], line["id"]] = (path.name, number)
    return places


def _removed(store: Store) -> dict[str, str]:
    """Archive files whose removal the newest manifest seals, with the hash they had."""
    _, _, marks = _last(store)
    return dict(store.rows("SELECT file, sha256 FROM removals WHERE rowid <= ?", marks.get("removals", 0)))


def _is_same_file(now: SealedLine, sealed: SealedLine) -> bool:
    return (now.kind, now.id) == (sealed.kind, sealed.id) == ("warc", sealed.id)


def _is_removed(now: SealedLine, sealed: SealedLine, removed: Mapping[str, str]) -> bool:
    """Whether a file is missing because its removal is on record, with the very hash it was sealed with."""
    gone = _is_same_file(now, sealed) and now.sha256 in (MISSING, LOST)
    return gone and removed.get(sealed.id) == sealed.sha256


def _last(store: Store) -> tuple[int, str, dict[str, int]]:
    rows = store.rows("SELECT number, hash, marks FROM manifests ORDER BY number DESC LIMIT 1")
    return (rows[0][0], rows[0][1], json.loads(rows[0][2])) if rows else (0, GENESIS, {})


def _lines(
    store: Store,
    paths: Paths,
    since: Mapping[str, int],
    marks: Mapping[str, int],
    warc_digest: Callable[[str], str] | None = None,
) -> Iterator[SealedLine]:
    """Every record between two marks, table by table in the order of commits, then the files they rest on.

    `warc_digest`: the hash of an archive file; by default of the one in the folder: what a night seals is there.
    """
    for table, name in _TABLES.items():
        window = (since.get(table, 0), marks.get(table, 0))
        columns = _FIXED.get(table) or [row[1] for row in store.rows(f"PRAGMA table_info({table})")]
        quoted = ", ".join(f'"{column}"' for column in columns)
        cursor = store.db.execute(
            f"SELECT {name}, {quoted} FROM {table} WHERE rowid > ? AND rowid <= ? ORDER BY rowid", list(window)
        )
        for row in cursor:
            yield SealedLine(table, str(row[0]), _digest([_plain(value) for value in row[1:]]))
            if table == "looks":
                yield SealedLine("sightings", str(row[0]), _sightings(store, str(row[0])))
    yield from _files(store, paths, since, marks, warc_digest or _here(paths))


def _sightings(store: Store, look: str) -> str:
    rows = store.rows(
        "SELECT version, seen_at, page, capture, recorded_at, position FROM sightings WHERE look = ? ORDER BY version",
        look,
    )
    return _digest([list(row) if row[-1] else list(row[:-1]) for row in rows])  # older nights noted no position


def _files(
    store: Store, paths: Paths, since: Mapping[str, int], marks: Mapping[str, int], warc_digest: Callable[[str], str]
) -> Iterator[SealedLine]:
    warcs = store.rows(
        " UNION ".join(f"SELECT warc FROM {t} WHERE rowid > ? AND rowid <= ? AND warc != ''" for t in _CAPTURED)
        + " ORDER BY warc",
        *(mark for table in _CAPTURED for mark in (since.get(table, 0), marks.get(table, 0))),
    )
    for (name,) in warcs:
        yield SealedLine("warc", name, warc_digest(name))
    window = [since.get("attachments", 0), marks.get("attachments", 0)]
    for (name,) in store.rows("SELECT sha256 FROM attachments WHERE rowid > ? AND rowid <= ? ORDER BY sha256", *window):
        file = next(iter(sorted(paths.attachments.glob(f"{name}*"))), paths.attachments / name)
        yield SealedLine("file", name, file_digest(file))


def _plain(value: object) -> object:
    """A column as it is hashed: bytes by their own hash."""
    return f"sha256:{hashlib.sha256(value).hexdigest()}" if isinstance(value, bytes) else value


def _canonical(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, default=str)


def _digest(values: object) -> str:
    return hashlib.sha256(_canonical(values).encode()).hexdigest()


def sealed_files(paths: Paths) -> dict[str, str]:
    """Archive file → the SHA-256 it was sealed with."""
    lines = (
        json.loads(text)
        for path in sorted(paths.manifests.glob("*.jsonl"))
        for text in path.read_text("utf-8").splitlines()
    )
    return {line["id"]: line["sha256"] for line in lines if line["kind"] == "warc"}


def _write(path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, body)


def _damage(path: Path, digest: str, before: str, previous: str) -> Broken | None:
    """What is wrong with a manifest itself."""
    if not path.exists():
        return Broken(path.name, "manifest", path.name, "清单文件不见了")
    if file_digest(path) != digest:
        return Broken(path.name, "manifest", path.name, "清单文件的内容变了")
    with path.open("rb") as file:
        first = json.loads(file.readline())
    if before != previous or first["sha256"] != previous:
        return Broken(path.name, "manifest", path.name, "没有接在上一份清单之后")
    return None


def _read(path: Path) -> Iterator[SealedLine]:
    """A manifest's records, after the line that names the manifest before it."""
    with path.open(encoding="utf-8") as file:
        next(file)
        for line in file:
            yield SealedLine(**json.loads(line))


_GONE = {
    MISSING: "文件不见了",
    LOST: "已放到存储的文件，存储里没有了",
    CHANGED: "存储里的那一份内容变了，本机的这一份还与封存时相同",
}


def _name(store: Store, shelf: Shelf, manifest: str, sealed: SealedLine, now: SealedLine | None) -> Broken:
    """Which record is broken: the sealed one that is gone or changed, down to the capture inside a WARC file."""
    if now is None or now.id != sealed.id or now.kind != sealed.kind:
        return Broken(manifest, sealed.kind, sealed.id, "封存的记录不见了")
    if now.sha256 in _GONE:
        return Broken(manifest, sealed.kind, sealed.id, _GONE[now.sha256])
    for table in _CAPTURED if sealed.kind == "warc" else ():
        if capture := _broken_capture(store, shelf, table, sealed.id):
            return Broken(manifest, table, capture, f"{sealed.id} 中的存证内容变了")
    return Broken(manifest, sealed.kind, sealed.id, "内容变了")


def _broken_capture(store: Store, shelf: Shelf, table: str, warc: str) -> str:
    """The first capture of a WARC file whose bytes are not what they were; "" when the damage lies beside them."""
    for name, offset, digest in store.rows(
        f'SELECT id, "offset", sha256 FROM {table} WHERE warc = ? ORDER BY "offset"', warc
    ):
        try:
            body = read_body(shelf, warc, offset)
        except ArchiveUnreachable:
            return ""
        except StoreError:
            return str(name)
        if hashlib.sha256(body).hexdigest() != digest:
            return str(name)
    return ""

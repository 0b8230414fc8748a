"""The hash chain: one flipped byte anywhere is found and named."""

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.domain.clock import Clock
from core.domain.models import Attachment, Kind, Run, Submission
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import GENESIS, head, seal, verify
from core.storage.runs import Runs
from core.storage.submissions import Submissions
from simulation.background_cases import make_world
from simulation.server import SimulatedSites
from simulation.world import night_moment
from tests.support.crawl_runs import look_at

NIGHTS = (date(2026, 8, 29), date(2026, 8, 30))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two sealed nights: a crawl, then a workbook row."""
    root = tmp_path_factory.mktemp("sealed")
    paths = Paths(root)
    with SimulatedSites(make_world()) as simulated, look_at(root, simulated, NIGHTS[0], ("scjgj", "spj")) as store:
        seal(store, paths, f"{NIGHTS[0]}", night_moment(NIGHTS[0]))
        at = night_moment(NIGHTS[1])
        runs = Runs(store)
        runs.begin(Run(id=f"{NIGHTS[1]}", started_at=at, config_hash=runs.all()[0].config_hash))
        paths.attachments.mkdir()
        import hashlib

        sha = hashlib.sha256(b"workbook").hexdigest()
        (paths.attachments / f"{sha}.xlsx").write_bytes(b"workbook")
        row = Submission(
            id="s1",
            unit="scjgj",
            kind=Kind.PENALTY,
            workbook="x.xlsx",
            workbook_sha256=sha,
            sheet="行政处罚",
            row=2,
            received_at=at,
        )
        Submissions(store).add_workbook(Attachment(sha256=sha, name="x.xlsx", size=8, received_at=at), [row], [], at)
        seal(store, paths, f"{NIGHTS[1]}", at)
    (root / "chengxin.db").rename(root / "moved.db")
    shutil.move(root / "moved.db", root / "chengxin.db")
    return root


@pytest.fixture
def copy(sealed: Path, tmp_path: Path) -> Paths:
    shutil.copytree(sealed, tmp_path / "copy")
    return Paths(tmp_path / "copy")


def checked(paths: Paths) -> tuple[int, str]:
    with Store(paths.store) as store:
        count, broken = verify(store, paths)
    return count, str(broken) if broken else ""


def test_what_was_sealed_holds(copy: Paths) -> None:
    count, broken = checked(copy)
    assert broken == ""
    assert count > 80


CHANGES = [
    ("looks", "UPDATE looks SET whole = 0 WHERE id LIKE '%/scjgj/1'", "核查 2026-08-29/scjgj/1"),
    (
        "sightings",
        "UPDATE sightings SET seen_at = '2026-08-01' WHERE look LIKE '%/spj/2'",
        "核查的见证 2026-08-29/spj/2",
    ),
    ("a sighting gone", "DELETE FROM sightings WHERE look LIKE '%/spj/2' AND page = 1", "核查的见证 2026-08-29/spj/2"),
    ("versions", "UPDATE versions SET listed_on = '2026-01-01' WHERE id = 3", "条目 "),
    ("captures", "UPDATE captures SET sha256 = '00' WHERE id LIKE '%/scjgj/1#1'", "网页存证 2026-08-29/scjgj/1#1"),
    ("findings", "UPDATE findings SET data = replace(data, '2026', '2025') WHERE rowid = 2", "公示记录 "),
    ("a finding gone", "DELETE FROM findings WHERE rowid = 2", "封存的记录不见了"),
    ("submissions", "UPDATE submissions SET unit = 'spj'", "报送记录 s1"),
    ("configs", "UPDATE configs SET files = '{}' || ' '", "配置 "),
    ("the order of manifests", "UPDATE manifests SET previous = 'x' WHERE number = 2", "没有接在上一份清单之后"),
]


@pytest.mark.parametrize(("change", "named"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_a_changed_row_is_named(copy: Paths, change: str, named: str) -> None:
    with Store(copy.store) as store:
        store.db.execute("PRAGMA foreign_keys = OFF")
        store.db.execute(change)
    assert named in checked(copy)[1]


def _flip(path: Path, position: int) -> None:
    data = bytearray(path.read_bytes())
    data[position % len(data)] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


@pytest.mark.parametrize("position", [20, 977, 5003, 20011, -9])
def test_one_flipped_byte_of_the_archive_is_named(copy: Paths, position: int) -> None:
    (warc,) = copy.archive.glob("*.warc.gz")
    _flip(warc, position)
    _, broken = checked(copy)
    assert warc.name in broken


@pytest.mark.parametrize("folder", ["manifests", "attachments"])
def test_one_flipped_byte_of_a_manifest_or_attachment_is_named(copy: Paths, folder: str) -> None:
    file = sorted((copy.root / folder).iterdir())[-1]
    _flip(file, 3)
    assert file.stem in checked(copy)[1]


@pytest.mark.parametrize("victim", ["archive/*.warc.gz", "manifests/2026-08-29.jsonl", "attachments/*.xlsx"])
def test_a_missing_file_is_named(copy: Paths, victim: str) -> None:
    (file,) = copy.root.glob(victim)
    file.unlink()
    assert "不见了" in checked(copy)[1]


def test_a_record_slipped_in_is_named(copy: Paths) -> None:
    with Store(copy.store) as store:
        store.db.execute("PRAGMA foreign_keys = OFF")
        store.db.execute("DELETE FROM findings WHERE rowid = 2")
        store.db.execute(
            "INSERT INTO findings (rowid, id, portal, row_key, content_hash, look, data, recorded_at) VALUES (2, "
            "'new', '', '', '', '', '{}', '')"
        )
    assert "封存的记录不见了" in checked(copy)[1] or "插入" in checked(copy)[1]


def test_sealing_twice_changes_nothing_and_each_manifest_names_the_one_before(copy: Paths) -> None:
    with Store(copy.store) as store:
        before = head(store)
        assert seal(store, copy, f"{NIGHTS[1]}", Clock().now() + timedelta(days=1)) == before
    first, second = (json.loads((copy.manifests / f"{n}.jsonl").read_text("utf-8").splitlines()[0]) for n in NIGHTS)
    assert first["sha256"] == GENESIS
    assert second["sha256"] != GENESIS


def test_facts_after_the_seal_wait_for_the_next_one(copy: Paths) -> None:
    with Store(copy.store) as store:
        sha = store.rows("SELECT sha256 FROM attachments")[0][0]
        late = Submission(
            id="s2",
            unit="scjgj",
            kind=Kind.PENALTY,
            workbook="x.xlsx",
            workbook_sha256=sha,
            sheet="行政处罚",
            row=3,
            received_at=Clock().now(),
        )
        Submissions(store).add_workbook(
            Attachment(sha256=sha, name="x.xlsx", size=8, received_at=Clock().now()), [late], [], Clock().now()
        )
        assert verify(store, copy)[1] is None


def test_nothing_sealed_is_no_error(tmp_path: Path) -> None:
    with Store(tmp_path / "chengxin.db") as store:
        assert verify(store, Paths(tmp_path)) == (0, None)

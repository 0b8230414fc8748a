"""The demonstration's folder: it clears what it made itself, and nothing else."""

from datetime import date
from pathlib import Path

import pytest

from checks import CHECKS
from core.domain.errors import UsageError
from core.domain.models import Decision, Evidence, Kind, Outcome
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from simulation.demo import MARK, accusing, clear_folder


@pytest.mark.parametrize("check", CHECKS)
def test_a_night_is_held_against_the_truth_by_every_check(tmp_path: Path, check: str) -> None:
    """A code that accuses in one check and not in another was not asked for: a breach of 漏报 was known by the last
    night alone, and a wrong one that was taken back meanwhile would have gone unseen."""
    codes = [code for code in CHECKS[check].TEXT.codes if code.may_be(Outcome.BREACHED)]
    with Store(tmp_path / "chengxin.db") as store, store.transaction():
        cache = EvaluationCache(store)
        cache.replace_decisions((), [Decision(id="d", unit="u", kind=Kind.PENALTY, decided_on=(date(2026, 7, 1),))])
        made = [
            Evidence(key=code, check=check, unit="u", decision="d", outcome=Outcome.BREACHED, slug=code, sentence="…")
            for code in (known.code for known in codes)
        ]
        cache.replace_evidence({"d": (made, False)})
        assert {item.slug for item in accusing(cache)} == {code.code for code in codes}


def test_a_new_folder_is_made_and_marked(tmp_path: Path) -> None:
    clear_folder(tmp_path / "var/demo")
    assert [path.name for path in (tmp_path / "var/demo").iterdir()] == [MARK]


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    clear_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MARK]


def test_what_an_earlier_demonstration_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/kept.txt").write_text("kept", "utf-8")
    folder = tmp_path / "demo"
    clear_folder(folder)
    (folder / "archive").mkdir()
    (folder / "archive/a.warc.gz").write_bytes(b"x")
    (folder / "chengxin.db").write_bytes(b"x")
    (folder / "link").symlink_to(tmp_path / "outside")
    clear_folder(folder)
    assert [path.name for path in folder.iterdir()] == [MARK]
    assert (tmp_path / "outside/kept.txt").exists()


def test_a_folder_that_it_did_not_make_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "年报.docx").write_bytes(b"mine")
    with pytest.raises(UsageError, match=r"年报\.docx"):
        clear_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["年报.docx"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(UsageError, match="是一个文件"):
        clear_folder(tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == b"mine"

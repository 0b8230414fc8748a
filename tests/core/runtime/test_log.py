"""The log of events: whole lines, bounded files, the owner's alone, and no identity number in any of them."""

import json
import multiprocessing
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from core.domain.text import mask_identities
from core.runtime import log
from core.runtime.log import NAME, Value, events

PERSON = "32080319850412049X"


def lines(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / NAME).read_text("utf-8").split("\n")[:-1]]


def test_an_event_is_one_line_in_beijing_time(tmp_path: Path) -> None:
    events(tmp_path).event("night-begun", run="2026-07-01", portals=3, seconds=1.5, whole=True, head=None)
    (line,) = lines(tmp_path)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00", line.pop("at"))
    assert line == {
        "event": "night-begun", "run": "2026-07-01", "portals": 3, "seconds": 1.5, "whole": True, "head": None
    }  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [
        PERSON,
        f"当事人张三（{PERSON}）\n第二行",
        ["a", PERSON],
        {"deep": {PERSON: [PERSON]}},
        Path(f"/tmp/{PERSON}.xlsx"),
        ValueError(PERSON),
        {PERSON},
    ],
)
def test_an_identity_number_is_masked_at_whatever_depth(tmp_path: Path, value: Value) -> None:
    assert mask_identities(PERSON)[1], "the number planted here must be one"
    events(tmp_path).event("failed", what=value)
    text = (tmp_path / NAME).read_text("utf-8")
    assert PERSON not in text and text.count("\n") == 1
    assert not [e for e in mask_identities(text)[1] if e.what == "identity-number"]


def test_a_hash_of_our_own_is_whole_and_what_only_holds_one_is_not(tmp_path: Path) -> None:
    digest = "ab" * 10 + "320803197201031217" + "cd" * 13
    assert mask_identities(digest)[0] != digest
    events(tmp_path).event("sealed", head=digest, sentence=f"甲{digest}", longer=digest + "e")
    (line,) = lines(tmp_path)
    assert line["head"] == digest and digest not in line["sentence"] + line["longer"]


def test_a_number_that_is_an_identity_number_is_masked(tmp_path: Path) -> None:
    number = int("320803198504120027")
    assert mask_identities(str(number))[1]
    events(tmp_path).event("failed", what=number, rows=12)
    assert str(number) not in (tmp_path / NAME).read_text("utf-8") and lines(tmp_path)[0]["rows"] == 12


@pytest.mark.parametrize("value", ["\ud800", "\0\x1b[31m\u2028", "长" * 10_000])
def test_what_no_file_could_take_as_it_is_is_one_bounded_line(tmp_path: Path, value: str) -> None:
    events(tmp_path).event("failed", what=value)
    assert len((tmp_path / NAME).read_bytes()) < 2000 and len(lines(tmp_path)) == 1


def test_the_files_are_bounded_in_size_and_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "MAX_BYTES", 500)
    monkeypatch.setattr(log, "KEPT", 3)
    for number in range(100):
        events(tmp_path).event("mail", number=number)
    files = sorted(path.name for path in tmp_path.glob(f"{NAME}*") if path.suffix != ".lock")
    assert files == [NAME, f"{NAME}.1", f"{NAME}.2", f"{NAME}.3"]
    assert all((tmp_path / name).stat().st_size <= 500 for name in files)
    assert lines(tmp_path)[-1]["number"] == 99
    older = [json.loads(x)["number"] for x in (tmp_path / f"{NAME}.1").read_text("utf-8").split("\n")[:-1]]
    assert older[-1] + 1 == lines(tmp_path)[0]["number"]  # nothing is lost between two files


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    events(tmp_path).event("mail")
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.glob(f"{NAME}*"))


def _write(folder: Path, who: int) -> None:
    for number in range(40):
        events(folder).event("mail", who=who, number=number, filler="x" * 250)


def test_processes_that_write_at_once_leave_whole_lines(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path, who)) for who in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    told = [(line["who"], line["number"]) for line in lines(tmp_path)]
    assert sorted(told) == [(who, number) for who in range(3) for number in range(40)]


def test_where_nothing_can_be_written_nothing_is_raised(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file, where the folder should be")
    events(tmp_path / "logs").event("night-begun")
    assert (tmp_path / "logs").read_text() == "a file, where the folder should be"

"""`chengxin … | head -1`: a reader that goes away ends no work; nothing is said, the exit code is its own."""

import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.config import load
from core.domain.models import Attachment, Kind, Run, Submission
from core.runtime.heartbeat import says_it_ran
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.runs import Runs
from pipeline.evaluate import evaluate
from tests.support.paths import ROOT
from tests.support.sessions import session_of
from tests.test_bad_nights import district

Q3 = ("--period", "2026Q3")
PRINTING = (("evidence", "--json"), ("evidence",), ("explain", "scjgj", "--full", *Q3), ("scores", *Q3), ("--help",))


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A district of which 300 decisions were handed in: more evidence than a pipe holds."""
    root, at = tmp_path_factory.mktemp("pipe"), datetime(2026, 8, 20, 9, 0, tzinfo=ZONE)
    rows = [
        Submission(
            id=f"{n:020d}", unit="scjgj", kind=Kind.PENALTY, workbook="七月.xlsx", workbook_sha256="w", sheet="处罚",
            row=n, name=f"第{n}公司", number_text=f"某罚〔2026〕{n}号", numbers=(f"某罚〔2026〕{n}号",),
            decided_on=date(2026, 7, 1), received_at=at,
        )
        for n in range(300)
    ]  # fmt: skip
    config = load(district(root / "d"))
    with Store(root / "var/chengxin.db") as store:
        session = session_of(store, config, at)
        session.runs.add_config(config.hash, {}, at)
        session.runs.begin(Run(id="2026-08-20", started_at=at, config_hash=config.hash))
        book = Attachment(sha256="w", name="七月.xlsx", size=1, received_at=at)
        session.submissions.add_workbook(book, rows, [], at)
        evaluate(session)
    return root


def read_no_further(*words: str, folder: Path, var: Path, stream: str = "stdout") -> tuple[int, bytes]:
    """(exit code, what the other stream said) of a command whose `stream` nobody reads from the start."""
    reader, writer = os.pipe()
    os.close(reader)
    out, err = (writer, subprocess.PIPE) if stream == "stdout" else (subprocess.PIPE, writer)
    command = [sys.executable, "-m", "cli", *words]
    where = ["-d", str(folder), "--var", str(var)] if words != ("--help",) else []
    done = subprocess.run([*command, *where], cwd=ROOT, check=False, timeout=120, stdout=out, stderr=err)
    os.close(writer)
    return done.returncode, done.stderr or done.stdout or b""


@pytest.mark.parametrize("words", PRINTING, ids=" ".join)
def test_a_list_that_nobody_reads_on_ends_quietly(handed_in: Path, words: tuple[str, ...]) -> None:
    assert read_no_further(*words, folder=handed_in / "d", var=handed_in / "var") == (0, b"")


def test_a_reader_that_takes_one_line_ends_nothing(handed_in: Path) -> None:
    """More than a pipe holds is still to come."""
    command = [sys.executable, "-m", "cli", "evidence", "--json", "-d", str(handed_in / "d")]
    command += ["--var", str(handed_in / "var")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None and running.stderr is not None
        assert running.stdout.readline() == b"[\n"
        running.stdout.close()
        assert (running.wait(60), running.stderr.read()) == (0, b"")


def test_wrong_use_keeps_its_code_where_nobody_reads_why(handed_in: Path) -> None:
    folder, var = handed_in / "d", handed_in / "var"
    assert read_no_further("explain", "nobody", folder=folder, var=var, stream="stderr") == (2, b"")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_night_goes_on_where_nobody_reads_what_it_says(tmp_path: Path, stream: str) -> None:
    folder, var = district(tmp_path / "d"), tmp_path / "var"
    assert read_no_further("night", folder=folder, var=var, stream=stream)[0] == 0
    with Store(var / "chengxin.db") as store:
        (run,) = Runs(store).all()
    assert run.finished_at is not None and says_it_ran(Paths(var), run.id)

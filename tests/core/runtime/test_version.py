"""Which program this is: a checkout says its own commit, a wheel its build's, and neither a stranger's."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from core.runtime.version import BUILT, VERSION, commit_of
from tests.support.paths import ROOT

SHIPPED = (
    *("checks", "commands", "core", "crawler", "intake", "linking", "notifications", "pipeline", "reporting"),
    *("review", "scoring", "simulation", "templates", "districts"),
)


def _git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"]
    done = subprocess.run(["git", *who, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _repository(folder: Path, text: str) -> str:
    """A repository with one commit; returns the commit's twelve digits."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "file.txt").write_text(text, "utf-8")
    _git(folder, "init", "-q")
    _git(folder, "add", "-A")
    _git(folder, "commit", "-q", "-m", "one")
    return _git(folder, "rev-parse", "--short=12", "HEAD")


def test_a_checkout_says_its_own_commit_and_whether_it_was_changed(tmp_path: Path) -> None:
    commit = _repository(tmp_path, "a")
    assert commit_of(tmp_path) == commit
    (tmp_path / "file.txt").write_text("b", "utf-8")
    assert commit_of(tmp_path) == f"{commit}-dirty"


def test_the_repository_that_a_program_is_installed_inside_is_not_asked(tmp_path: Path) -> None:
    _repository(tmp_path, "a")
    installed = tmp_path / ".venv/lib/site-packages"
    installed.mkdir(parents=True)
    assert commit_of(installed) == ""


def test_what_the_environment_says_of_another_repository_is_not_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = _repository(tmp_path / "own", "a")
    _repository(tmp_path / "other", "b")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other/.git"))
    assert commit_of(tmp_path / "own") == own


def test_what_the_build_wrote_down_comes_first(tmp_path: Path) -> None:
    _repository(tmp_path, "a")
    (tmp_path / BUILT).parent.mkdir(parents=True)
    (tmp_path / BUILT).write_text("0123456789ab\n", "ascii")
    assert commit_of(tmp_path) == "0123456789ab"


def test_a_source_tree_without_git_has_a_version_and_no_commit(tmp_path: Path) -> None:
    assert commit_of(tmp_path) == ""


# ---------------------------------------------------------------- the wheel


@pytest.fixture(scope="module", name="checkout")
def checkout_of_one_commit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sources of this checkout as a repository of one commit."""
    folder = tmp_path_factory.mktemp("checkout") / "chengxin"
    left_out = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in SHIPPED:
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    for name in ("cli.py", "scheduler.py", "hatch_build.py", "pyproject.toml", "README.md", "LICENSE", ".gitignore"):
        shutil.copyfile(ROOT / name, folder / name)
    _repository(folder, "the program")
    return folder


@pytest.fixture(scope="module", name="wheel")
def wheel_of_the_checkout(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(command, cwd=checkout, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    return wheel


def _asked(code: str, program: Path, folder: Path) -> str:
    """What the program in `program` prints when asked from `folder`, no other copy of it in reach."""
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[0] = {str(program)!r}\n{code}"]
    surroundings = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    done = subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_wheel_installed_inside_another_repository_says_its_own_commit(
    checkout: Path, wheel: Path, tmp_path: Path
) -> None:
    stranger = _repository(tmp_path, "another program")
    installed = tmp_path / ".venv/lib/site-packages"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    said = _asked("from core.runtime.version import code_version; print(code_version())", installed, tmp_path)
    assert said == f"{VERSION}+{_git(checkout, 'rev-parse', '--short=12', 'HEAD')}"
    assert stranger not in said


def test_the_build_leaves_the_checkout_as_it_was(checkout: Path, wheel: Path) -> None:
    assert wheel.name.startswith(f"chengxin-{VERSION}-")
    assert _git(checkout, "status", "--porcelain") == ""


def test_everything_that_is_read_at_run_time_is_in_the_wheel(checkout: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    kept = set(_git(checkout, "-c", "core.quotePath=false", "ls-files").splitlines())
    assert {name for name in kept if name.startswith(tuple(f"{folder}/" for folder in SHIPPED))} <= packed
    assert {"templates/district/units.toml", "districts/huaian/scheme-2022.toml", "core/domain/labels.toml"} <= packed
    assert not [name for name in packed if name.startswith(("tests/", "benchmarks/", "hatch_build"))]


def test_wheel_and_checkout_evaluate_as_the_same_code(checkout: Path, wheel: Path, tmp_path: Path) -> None:
    """Evidence kept under one is evidence of the other: the note of the commit is no part of the fingerprint."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    asked = (
        "from importlib import metadata\nmetadata.version = lambda name: '1'\n"
        "from core.runtime.code_fingerprint import code_fingerprint; print(code_fingerprint())"
    )
    assert _asked(asked, tmp_path, tmp_path) == _asked(asked, checkout, tmp_path)

"""Which browser is taken of those that a machine has."""

from pathlib import Path

import pytest

from core.runtime.chromium import find_chromium


def program(folder: Path, name: str) -> str:
    (folder / name).write_text("#!/bin/sh\n", "utf-8")
    (folder / name).chmod(0o755)
    return str(folder / name)


def test_the_browser_without_windows_is_taken_before_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHENGXIN_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    full = program(tmp_path, "chromium")
    assert find_chromium() == full
    shell = program(tmp_path, "chromium-headless-shell")
    assert find_chromium() == shell


def test_the_one_that_is_named_is_taken_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    program(tmp_path, "chromium")
    named = program(tmp_path, "mine")
    monkeypatch.setenv("CHENGXIN_CHROMIUM", named)
    assert find_chromium() == named
    monkeypatch.setenv("CHENGXIN_CHROMIUM", f"{named}-gone")
    assert find_chromium() == ""

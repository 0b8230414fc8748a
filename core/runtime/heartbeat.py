"""The heartbeat: what became of the last night, in a file for a watcher outside (docs/operations.md)."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.domain.clock import moment_text, read_moment
from core.runtime.atomic_write import write_whole
from core.runtime.paths import Paths


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """A night's verdict. `at`: when this was known; `run`: the night, "" where none was begun.

    `looked`: portals with a proving look tonight, of the `of` that are watched. `told`: nothing that is due waits to be
    sent. `problem`: what is wrong, in a sentence; a night that ran may have one too. `code`: the exit code, below 0 the
    signal that ended the night.
    """

    verdict: Literal["ran", "failed"]
    at: datetime
    run: str = ""
    finished_at: datetime | None = None
    code: int = 0
    looked: int = 0
    of: int = 0
    judged: bool = False
    told: bool = False
    problem: str = ""

    def as_json(self) -> str:
        """One line; every field is always there."""
        fields = {
            "run": self.run,
            "finished_at": moment_text(self.finished_at) if self.finished_at else None,
            "verdict": self.verdict,
            "at": moment_text(self.at),
            "code": self.code,
            "looked": self.looked,
            "of": self.of,
            "judged": self.judged,
            "told": self.told,
            "problem": self.problem,
        }
        return json.dumps(fields, ensure_ascii=False) + "\n"


def write_beat(paths: Paths, beat: Beat) -> bool:
    """Put `beat` in the place of the last one; False where it cannot be written at all.

    A full disk has no room for a second file, but for other words in the one that is there.
    """
    try:
        write_whole(paths.heartbeat, beat.as_json())
    except OSError:
        return _overwrite(paths, beat.as_json().encode())
    return True


def _overwrite(paths: Paths, text: bytes) -> bool:
    try:
        with paths.heartbeat.open("r+b") as file:
            file.write(text)
            file.truncate()
    except OSError:
        return False
    return True


def last_beat(paths: Paths) -> datetime | None:
    """When the heartbeat was last written; None where there is none, or an older version wrote it."""
    at = _read(paths).get("at")
    return read_moment(at) if isinstance(at, str) else None


def says_it_ran(paths: Paths, run: str) -> bool:
    """Whether the heartbeat's last word is that this night ran."""
    beat = _read(paths)
    return beat.get("run") == run and beat.get("verdict") == "ran"


def _read(paths: Paths) -> dict[str, object]:
    try:
        beat = json.loads(paths.heartbeat.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return beat if isinstance(beat, dict) else {}

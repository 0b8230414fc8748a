"""The boundary between one fact and all others: what breaks is noted in the night's log, and everything else goes on.

The only place where any error of our own code is caught. It is asked at named boundaries alone: one record, one case,
one unit, one letter, one workbook (decision 0023). A machine that fails (no memory, a locked or damaged store, a full
disk) is no fault of a fact and goes on up: the night ends, and is told.
"""

import sqlite3
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from core.domain.clock import moment_text
from core.domain.text import loggable
from core.runtime.log import events

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failed:
    """What came of an attempt that broke down: the error's type. Its words are in the log: they may quote a page."""

    error: str


@dataclass(frozen=True, slots=True)
class Boundary:
    """Attempts of one night, with the folder and the moment of its log."""

    logs: Path
    at: datetime

    def attempt(self, what: str, act: Callable[[], T]) -> T | Failed:
        """What `act` returns, or Failed where it broke down; `what` names it in the log, which never keeps it back.

        MemoryError and errors of SQLite and of the system are raised.
        """
        try:
            return act()
        except (MemoryError, OSError, sqlite3.Error):
            raise
        except Exception as error:  # the boundary: whatever one fact does, the others are evaluated
            self._log(what, error)
            return Failed(type(error).__name__)

    def _log(self, what: str, error: Exception) -> None:
        events(self.logs).event("set-aside", subject=what, error=type(error).__name__)
        words = "".join(traceback.format_exception(error))
        text = f"{moment_text(self.at)} set aside: {what}\n{words}\n"
        with suppress(OSError):
            self.logs.mkdir(parents=True, exist_ok=True)
            path = self.logs / f"{self.at:%Y-%m-%d}.log"
            path.touch(mode=0o600)
            with path.open("a", encoding="utf-8", errors="replace") as file:
                file.write(loggable(text))

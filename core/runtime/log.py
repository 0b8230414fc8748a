"""What happened, for whoever maintains the program: `logs/chengxin.jsonl`, one JSON line an event, in Beijing time.

Nights and their stages, imports, rulings, mails, backups, alarms, failures: what it was, of which run, how much and how
long. No record's contents and nobody's name; identity numbers are masked in every string all the same, however deep.
The files are the owner's alone (0600) and bounded: `KEPT` older ones of `MAX_BYTES` each. Several processes write at a
time. A log never ends what it speaks of: where it cannot be written, nothing is.
"""

import os
import re
from collections.abc import Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from filelock import FileLock, Timeout

from core.domain.clock import Clock, moment_text
from core.domain.text import mask_identities

Value: TypeAlias = "str | int | float | bool | Sequence[Value] | Mapping[str, Value] | None"
NAME = "chengxin.jsonl"
MAX_BYTES = 4 * 1024 * 1024
KEPT = 8  # older files beside the newest: 36 MiB in all
LONGEST = 300  # characters of one string
_DIGEST = re.compile("[0-9a-f]{64}")  # a hash of ours, alone: it stays whole whatever its digits look like
PATIENCE = 2.0  # seconds that a line waits for another process's


@dataclass(frozen=True, slots=True)
class EventLog:
    """The log of one data folder."""

    file: "_File"

    def event(self, what: str, /, **facts: Value) -> None:
        """Write one line: `what` happened (a slug), and the facts of it. `run`: the night's id, where there is one."""
        import structlog  # a tenth of a second, with Twisted: by whoever writes, not by every command

        render = structlog.processors.JSONRenderer(ensure_ascii=False)
        structlog.BoundLogger(self.file, [_stamp, _mask, render], {}).line(what, **facts)


def events(logs: Path) -> EventLog:
    """The log in the folder `logs`, which is made with the first line."""
    return EventLog(_File(logs / NAME))


def _stamp(_: object, __: str, fields: MutableMapping[str, object]) -> MutableMapping[str, object]:
    return {"at": moment_text(Clock().now()), **fields}


def _mask(_: object, __: str, fields: MutableMapping[str, object]) -> MutableMapping[str, object]:
    return {str(_masked(name)): _masked(value) for name, value in fields.items()}


def _masked(value: object) -> object:
    """The value with identity numbers masked; a number as long as one is a string from then on."""
    match value:
        case bool() | float() | None:
            return value
        case int():
            text = str(value)
            masked = mask_identities(text)[0]
            return value if masked == text else masked
        case Mapping():
            return {str(_masked(str(name))): _masked(each) for name, each in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(each) for each in value]
    text = str(value).encode("utf-8", "replace").decode()
    return text if _DIGEST.fullmatch(text) else mask_identities(text)[0][:LONGEST]


class _File:
    """The file that lines go to; renamed to `.1`, `.2` … when it is full."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def line(self, text: str) -> None:
        """Append one line. Nothing is raised: a full disk is told by what was being done."""
        data = f"{text}\n".encode()
        with suppress(OSError, Timeout):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.path}.lock", timeout=PATIENCE, mode=0o600):
                self._turn_over(len(data))
                handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(handle, data)
                finally:
                    os.close(handle)

    def _turn_over(self, more: int) -> None:
        if not self.path.exists() or self.path.stat().st_size + more <= MAX_BYTES:
            return
        for number in range(KEPT, 0, -1):
            older = self._numbered(number - 1)
            if older.exists():
                older.replace(self._numbered(number))

    def _numbered(self, number: int) -> Path:
        return self.path.with_name(f"{NAME}.{number}") if number else self.path

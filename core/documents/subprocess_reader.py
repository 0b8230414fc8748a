"""Reading in a process of its own, of limited memory and time (`core/documents/child.py` says why)."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path

from core.documents.size_limits import FileRefused
from core.domain.look_reasons import LookReason

CHILD = Path(__file__).with_name("child.py")
CHILD_MEMORY = 2 * 1024**3  # bytes of address space
CHILD_CPU = 120  # seconds
CHILD_SECONDS = 180
_OUT_OF_TIME: int | None = getattr(signal, "SIGXCPU", None)  # not on Windows


def read_apart(kind: str, data: bytes, limits: Iterable[int], seconds: int = CHILD_SECONDS) -> dict[str, object]:
    """What the reader `child_<kind>.py` says of `data`. Raises Refused, also when it dies or takes too long."""
    figures = (CHILD_MEMORY, min(CHILD_CPU, seconds), *limits)
    command = [sys.executable, "-I", str(CHILD), kind, *(str(figure) for figure in figures)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        raise FileRefused(LookReason.FILE_SLOW, str(seconds)) from error
    if _OUT_OF_TIME is not None and done.returncode == -_OUT_OF_TIME:
        raise FileRefused(LookReason.FILE_SLOW, str(seconds))
    if done.returncode != 0:
        raise FileRefused(LookReason.FILE_DAMAGED, f"读取时中断（{done.returncode}）")
    answer: dict[str, object] = json.loads(done.stdout, object_hook=_untagged)
    if "error" in answer:
        reason, detail = str(answer["error"]), str(answer["detail"])
        raise FileRefused(reason, f"无法读取（{detail}）" if reason == LookReason.FILE_DAMAGED else detail)
    return answer


def _untagged(value: dict[str, object]) -> object:
    match value:
        case {"moment": str(text)}:
            return datetime.fromisoformat(text)
        case {"day": str(text)}:
            return date.fromisoformat(text)
        case {"time": str(text)}:
            return time.fromisoformat(text)
        case {"seconds": float(seconds)}:
            return timedelta(seconds=seconds)
    return value

"""The one way to a terminal: whatever a command prints, no control or direction character of a page comes out.

A published title may hold `ESC ]` or a mark that turns the line around; a terminal would obey it. Every string passes
here, so no command has to think of it. Colours that rich adds itself pass by another (`commands/output/terminal.py`).
Where nobody reads on (`| head -1`), the rest is written to nowhere: no work ends for want of a reader.
"""

import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO, cast

from core.domain.printable import printable


class CleanStream(io.TextIOBase):
    """Text on its way to `raw`, made printable. It has no `buffer`: nobody writes past it."""

    def __init__(self, raw: TextIO) -> None:
        self.raw = raw

    def write(self, text: str) -> int:
        """Write `text`, printable."""
        try:
            return self.raw.write(printable(text))
        except BrokenPipeError:
            unread(self.raw)
            return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]  # of text, as TextIO has it
        """Write each, printable."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush `raw`."""
        try:
            self.raw.flush()
        except BrokenPipeError:
            unread(self.raw)

    def writable(self) -> bool:
        """It is there to be written to."""
        return True

    def isatty(self) -> bool:
        """Whether `raw` is a terminal."""
        return self.raw.isatty()

    def fileno(self) -> int:
        """The file of `raw`."""
        return self.raw.fileno()

    def close(self) -> None:
        """Nothing: `raw` is its owner's to close."""

    @property
    def encoding(self) -> str:  # type: ignore[override]  # read-only here
        """That of `raw`."""
        return self.raw.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]  # read-only here
        """That of `raw`."""
        return self.raw.errors


def unread(stream: TextIO) -> None:
    """From here on what is written to `stream` goes nowhere: its reader has closed the pipe."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
    stream.flush()  # what was still held


@contextmanager
def clean_streams() -> Iterator[None]:
    """Standard output and error pass the door while the block runs; characters they have no code for end nothing."""
    before = sys.stdout, sys.stderr
    try:
        sys.stdout, sys.stderr = map(_cleaned, before)
        yield
    finally:
        for stream in filter(None, (sys.stdout, sys.stderr)):
            stream.flush()  # here, where a closed pipe is no error
        sys.stdout, sys.stderr = before


def _cleaned(stream: TextIO) -> TextIO:
    if stream is None:  # no console at all (pythonw)
        return stream
    if isinstance(stream, io.TextIOWrapper):
        ascii_only = stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968")
        stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="backslashreplace")
    return cast(TextIO, CleanStream(stream))

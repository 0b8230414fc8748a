"""The one way to a terminal: whatever a command prints, no control or direction character of a page comes out.

A published title may hold `ESC ]` or a mark that turns the line around; a terminal would obey it. Every string passes
here, so no command has to think of it. Colours that rich adds itself pass by another (`commands/output/terminal.py`).
"""

import io
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TextIO, cast

from core.domain.text import printable


class CleanStream(io.TextIOBase):
    """Text on its way to `raw`, made printable. It has no `buffer`: nobody writes past it."""

    def __init__(self, raw: TextIO) -> None:
        self.raw = raw

    def write(self, text: str) -> int:
        """Write `text`, printable."""
        return self.raw.write(printable(text))

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]  # of text, as TextIO has it
        """Write each, printable."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush `raw`."""
        self.raw.flush()

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


@contextmanager
def clean_streams() -> Iterator[None]:
    """Standard output and error pass the door while the block runs; characters they have no code for end nothing."""
    before = sys.stdout, sys.stderr
    try:
        sys.stdout, sys.stderr = map(_cleaned, before)
        yield
    finally:
        sys.stdout, sys.stderr = before


def _cleaned(stream: TextIO) -> TextIO:
    if stream is None:  # no console at all (pythonw)
        return stream
    if isinstance(stream, io.TextIOWrapper):
        ascii_only = stream.encoding.lower() in ("ascii", "us-ascii", "ansi_x3.4-1968")
        stream.reconfigure(encoding="utf-8" if ascii_only else None, errors="backslashreplace")
    return cast(TextIO, CleanStream(stream))

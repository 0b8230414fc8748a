"""Tables and words for a terminal, their styles let through (`commands/output/streams.py` lets nothing else)."""

import sys
from collections.abc import Iterable
from typing import TextIO, cast

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from commands.output.streams import CleanStream, unread
from core.domain.text import printable


class _CleanConsole(Console):
    """A console whose words are printable and whose styles are its own."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)

    def on_broken_pipe(self) -> None:
        """Go on, unread; rich itself would end the program with 1 and not a word."""
        self.quiet = True
        unread(cast(TextIO, self.file))


def console() -> Console:
    """Where people read; published words are no markup and no control characters."""
    out = sys.stdout.raw if isinstance(sys.stdout, CleanStream) else sys.stdout
    # a pipe has no width; tables wide enough not to cut what a program or a reader needs
    return _CleanConsole(file=out, width=None if out.isatty() else 200, highlight=False, markup=False)

"""Pages of HTML on stdin, each as PDF on stdout: a process that `press.py` starts, which says why.

It starts in isolated mode, has a limit of memory, ends with the thread that started it, and reads a page whole before
it answers, so that neither side ever waits for the other to read.

Usage: print_child.py MAX_BYTES_OF_MEMORY
"""

import gc
import json
import os
import struct
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import BinaryIO

PAGE_HEAD = struct.Struct("<Q")  # how a page begins: the bytes of [html, day] as JSON
ANSWER_HEAD = struct.Struct("<?Q")  # how an answer begins: whether it was printed, its bytes (a PDF, or why not)


def main(arguments: list[str]) -> None:
    """Print pages until stdin ends; what this code does not expect ends the process, with its reason on stderr."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from core.documents.child import end_with_caller
    from core.domain.errors import DeliveryError
    from reporting.formal.pdf import to_pdf

    end_with_caller(os.getppid())
    _limit_memory(int(arguments[0]))
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is no answer
    with suppress(OSError):  # a machine that lacks its libraries hears of it page by page
        import weasyprint  # noqa: F401  # held before `freeze`
    gc.freeze()  # what was imported need not be looked through after each page
    while head := sys.stdin.buffer.read(PAGE_HEAD.size):
        html, day = json.loads(_read(sys.stdin.buffer, PAGE_HEAD.unpack(head)[0]))
        try:
            printed, answer = True, to_pdf(html, date.fromisoformat(day))
        except DeliveryError as error:
            printed, answer = False, str(error).encode("utf-8", "backslashreplace")
        answers.write(ANSWER_HEAD.pack(printed, len(answer)))
        answers.write(answer)
        answers.flush()


def _read(source: BinaryIO, size: int) -> bytes:
    data = source.read(size)
    if len(data) < size:
        raise EOFError("a page that is not whole")
    return data


def _limit_memory(most: int) -> None:
    """Bound this process where the system knows such a limit (Windows does not)."""
    from core.documents.child import within_hard

    with suppress(ImportError):
        import resource

        hard = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (within_hard(resource.RLIMIT_AS, most), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


if __name__ == "__main__":
    main(sys.argv[1:])

"""The process that draws one kept page: `python -m crawler.picture_process CALLER`, a Drawing (pickled) on its stdin.

On stdout stands the PNG, or why there is none, in Chinese. It forks the one that draws and waits for it; whatever that
began, a browser's every process included, is adopted here when its parent dies, and ended before this process ends.
"""

import ctypes
import io
import json
import os
import pickle
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

from PIL import ImageDraw
from PIL.PngImagePlugin import PngInfo

from core.documents.child import end_with_caller, within_hard
from core.domain.errors import PictureError
from crawler.page_picture import NUMBERED, TOO_SLOW, UNMARKED, Drawing
from crawler.picture_drawing import Drawn, drawn

MEMORY = 1024**3  # bytes of its own that each process of the browser may have
_SET_PDEATHSIG, _SET_CHILD_SUBREAPER = 1, 36  # <linux/prctl.h>
_RED, _LINE, _AIR = (224, 0, 36), 3, 3  # the outline: colour, pixels, pixels between it and the text beside it


def main(caller: int) -> None:
    """Draw, and end with 0 where something is on stdout, TOO_SLOW where time was up."""
    _adopt(caller)
    drawing: Drawing = pickle.load(sys.stdin.buffer)  # from the caller, which is our own code
    if not hasattr(os, "fork"):
        _draw(drawing)
        return
    code = 1
    try:
        signal.signal(signal.SIGALRM, _time_is_up)
        signal.setitimer(signal.ITIMER_REAL, drawing.seconds)
        me, child = os.getpid(), os.fork()
        if child == 0:
            _draw_and_end(drawing, me)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    except TimeoutError:
        code = TOO_SLOW
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        _end_everything()
    sys.exit(abs(code))


def _time_is_up(_number: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(1)


def _adopt(caller: int) -> None:
    """Be told when the caller is gone, and be the parent of whatever loses its own below here (Linux)."""
    signal.signal(signal.SIGTERM, _stop)
    with suppress(AttributeError, OSError, TypeError):
        prctl = ctypes.CDLL(None).prctl
        prctl(_SET_CHILD_SUBREAPER, 1)
        prctl(_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != caller:
        sys.exit(1)


def _end_everything() -> None:
    """Kill what is below this process until nothing is: what a killed one leaves comes here."""
    with suppress(ChildProcessError):
        while True:
            for pid in _children():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            os.waitpid(-1, 0)


def _children() -> list[int]:
    return [
        int(pid) for thread in Path("/proc/self/task").glob("*/children") for pid in thread.read_text("ascii").split()
    ]


# ---------------------------------------------------------------- the one that draws


def _draw_and_end(drawing: Drawing, parent: int) -> NoReturn:
    code = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        end_with_caller(parent)
        _limit(drawing.seconds)
        _draw(drawing)
        code = 0
    finally:
        os._exit(code)


def _limit(seconds: float) -> None:
    """Bound the memory and CPU of this process and of each that it begins."""
    import resource

    limits = ((resource.RLIMIT_DATA, MEMORY), (resource.RLIMIT_CPU, 2 * int(seconds) + 1), (resource.RLIMIT_CORE, 0))
    for what, limit in limits:
        most = within_hard(what, limit)
        resource.setrlimit(what, (most, most))


def _draw(drawing: Drawing) -> None:
    try:
        page = drawn(drawing.response, drawing.texts, drawing.chromium, numbered=drawing.numbered)
        answer = _png(page, drawing.texts)
    except PictureError as error:
        answer = error.why.encode()
    except MemoryError:
        answer = "内容太大".encode()
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def _png(page: Drawn, texts: tuple[str, ...]) -> bytes:
    """The picture with its outlines, the names of the texts that have none, and where numbered elements stand."""
    image = page.image.convert("RGB")
    pen = ImageDraw.Draw(image)
    for left, top, right, bottom in page.boxes:
        beside, above = _AIR + _LINE, _LINE  # lines may stand close
        pen.rectangle((left - beside, top - above, right + beside, bottom + above), outline=_RED, width=_LINE)
    said = PngInfo()
    said.add_itxt(UNMARKED, json.dumps([text for n, text in enumerate(texts) if n not in page.marked]))
    said.add_itxt(NUMBERED, json.dumps(page.numbered))
    file = io.BytesIO()
    image.save(file, "PNG", pnginfo=said)
    return file.getvalue()


if __name__ == "__main__":
    main(int(sys.argv[1]))

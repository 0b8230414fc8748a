"""A kept page as a picture, with texts outlined on it: what a reviewer looks at beside a decision.

It is drawn by a process of its own (`crawler/picture_process.py`) that has no network, little memory and little time,
and that leaves no process behind: pages are other people's, and may be anything.
"""

import io
import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from core.domain.errors import PictureError
from core.runtime.paths import ROOT
from crawler.pages import Response

SECONDS = 15.0  # in which a page must be drawn, the start of the browser included
UNMARKED = "unmarked"  # the text of the PNG that names what could not be marked
NUMBERED = "numbered"  # and the one that says where numbered elements stand
PNG = b"\x89PNG\r\n\x1a\n"
TOO_SLOW = 3  # exit codes of the drawing process
_MARGIN = 10  # seconds in which it must have ended everything that it began


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as it was drawn: PNG, at most 1200 by 4000 pixels, texts outlined in red."""

    png: bytes

    @property
    def unmarked(self) -> tuple[str, ...]:
        """The texts that stand nowhere on the page where anybody could see them."""
        with Image.open(io.BytesIO(self.png)) as image:
            return tuple(json.loads(str(image.info.get(UNMARKED, "[]"))))

    @property
    def numbered(self) -> tuple[tuple[int, int, int, int, int], ...]:
        """Element's number, left, top, right, bottom in pixels; an element that breaks over lines stands there more
        than once."""
        with Image.open(io.BytesIO(self.png)) as image:
            return tuple((n, a, b, c, d) for n, a, b, c, d in json.loads(str(image.info.get(NUMBERED, "[]"))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """What the drawing process is asked for. `chromium`: its path, "" for none; `seconds`: in all."""

    response: Response
    texts: tuple[str, ...]
    chromium: str
    seconds: float
    numbered: bool = False


def draw(
    response: Response, texts: Sequence[str], chromium: str, seconds: float = SECONDS, *, numbered: bool = False
) -> Picture:
    """The answer as a browser without scripts and network shows it, `texts` outlined where they stand.

    JSON is laid out, of a PDF the pages that show the texts are drawn (else the first ones), of other documents what
    was read of them. A page longer than the picture is cut to where most of the texts stand. `numbered`: where the
    elements of a page stand is told too, by their numbers (`crawler.discovery.pointing`). Raises PictureError.
    """
    wanted = tuple(dict.fromkeys(texts))
    asked = Drawing(response=response, texts=wanted, chromium=chromium, seconds=seconds, numbered=numbered)
    with tempfile.TemporaryDirectory(prefix="picture-", ignore_cleanup_errors=True) as folder:
        process = subprocess.Popen(
            [sys.executable, "-m", "crawler.picture_process", str(os.getpid())],
            cwd=ROOT,
            env=os.environ | {"TMPDIR": folder},  # the browser's profile goes with it
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            answer, _ = process.communicate(pickle.dumps(asked), timeout=seconds + _MARGIN)
        except subprocess.TimeoutExpired:
            raise _too_slow(seconds) from None
        finally:
            _end(process)
    if process.returncode == TOO_SLOW:
        raise _too_slow(seconds)
    if process.returncode == 0 and answer.startswith(PNG):
        return Picture(answer)
    raise PictureError(answer.decode("utf-8", "replace") if process.returncode == 0 else "画图的进程中途退出")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End it where it has not ended; told to, it ends all that it began first."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(_MARGIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _too_slow(seconds: float) -> PictureError:
    return PictureError(f"{seconds:g} 秒之内没有画完")

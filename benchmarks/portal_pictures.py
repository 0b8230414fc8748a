"""`make pictures`: `portal try` at a terminal on kinds of sites of chance, as PNGs for the documents.

Each picture is what the command wrote to a terminal of COLUMNS columns, drawn in Chromium; nothing is typed in. Only
the port, another one each time, is written as PORT; the marks of posted requests hang on it, all else is drawn the same
by the same code: the clock is the column's first night.
"""

import argparse
import fcntl
import html
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from unicodedata import east_asian_width

from PIL import Image
from playwright.sync_api import Browser
from rich.text import Text

from simulation.portals_of_chance.column import Column
from simulation.portals_of_chance.office import write_district
from simulation.portals_of_chance.person import chromium
from simulation.portals_of_chance.serve import PortalServer
from simulation.portals_of_chance.shape import from_line
from simulation.portals_of_chance.story import night_at

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs/images"
COLUMNS, PORT = 124, 8000
COLOURS = 32  # of a picture: letters of three colours with their edges
PROMPT = "："  # how a question ends
_STYLE = """body{margin:0;padding:14px;background:#1e2127;color:#d7dae0}
div{white-space:pre;height:20px;font:16px/20px 'Noto Sans Mono CJK SC',monospace}
i{font-style:normal;display:inline-block;width:8px} i.w{width:16px}
.b{font-weight:bold;color:#fff} .r{font-weight:bold;color:#ff6b6b}"""


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: its file's name, the site's shape, and what the operator answers; nothing: she is not asked."""

    name: str
    shape: str
    says: tuple[str, ...] = ()


PICTURES = (
    Picture("try-static", "pager=下一页", ("", "y", "张三")),
    Picture("try-onclick", "pager=numbers address=onclick link=onclick"),
    Picture("try-frame", "transport=frame pager=下一页"),
    Picture("try-script", "transport=json-get pager=加载更多"),
    Picture("try-post", "transport=form-post pager=下一页 link=post"),
    Picture("try-endless", "pager=one-page extent=none", ("n", "不知道", "n", "n")),
)


def screen(picture: Picture) -> str:
    """What a terminal shows from the command's line to its end, colours as ANSI; RuntimeError where it failed."""
    with tempfile.TemporaryDirectory() as work, PortalServer(Column.of(from_line(picture.shape))) as site:
        write_district(Path(work) / "districts/huaian")
        site.set_night(0)
        words = ["portal", "try", site.home, "--id", "scjgj-penalty", "--unit", "市监局", "--kind", "penalty"]
        words += ["--allow-private", "--as-of", f"{night_at(0):%Y-%m-%dT%H:%M}"]
        words += [] if picture.says else ["--no-ask"]
        typed = " ".join(["chengxin", *words]).replace(" --allow", " \\\n    --allow")
        written = _on_terminal([sys.executable, "-m", "cli", *words], Path(work), picture.says)
    return re.sub(r"127\.0\.0\.1:\d+", f"127.0.0.1:{PORT}", f"\x1b[1m$ {typed}\x1b[0m\n{written}")


def _on_terminal(command: Sequence[str], folder: Path, says: Sequence[str]) -> str:
    """What `command` writes to a terminal, its questions answered in their order."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 60, COLUMNS, 0, 0))
    around = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(command, cwd=folder, env=around, stdin=theirs, stdout=theirs, stderr=theirs) as running:
        os.close(theirs)
        written, answers = b"", list(says)
        for piece in _pieces(ours):
            written += piece
            if answers and written.endswith(PROMPT.encode()):
                os.write(ours, f"{answers.pop(0)}\n".encode())
    os.close(ours)
    if running.returncode or answers:
        raise RuntimeError(f"{shlex.join(command)}: {running.returncode}\n{written.decode()}")
    return written.decode().replace("\r\n", "\n")


def _pieces(terminal: int) -> Iterator[bytes]:
    """What comes from a terminal until its other end is closed, which Linux tells as an error."""
    with suppress(OSError):
        while piece := os.read(terminal, 65536):
            yield piece


def page_of(text: str) -> str:
    """A terminal's text as HTML, each character in a cell or two of its own, lines cut at COLUMNS."""
    rows = [row for line in Text.from_ansi(text).split("\n", allow_blank=True) for row in _rows(line)]
    lines = "".join(f"<div>{row}</div>" for row in rows).removesuffix("<div></div>")
    return f"<meta charset='utf-8'><style>{_STYLE}body{{width:{(COLUMNS + 2) * 8}px}}</style>{lines}"


def _rows(line: Text) -> Iterator[str]:
    """The HTML of one line, folded where the terminal ends."""
    row, used = "", 0
    for place, character in enumerate(line.plain):
        width = 2 if east_asian_width(character) in "WF" or character in "“”…×" else 1
        if used + width > COLUMNS + 2:  # what counts one cell and is drawn in two may stand in the margin
            yield row
            row, used = "", 0
        row += _cell(character, width, _class(line, place))
        used += width
    yield row


def _cell(character: str, width: int, style: str) -> str:
    return f"<i class='{style}{' w' if width == 2 else ''}'>{html.escape(character)}</i>"


def _class(line: Text, place: int) -> str:
    """Red where a character is red, bold where it is bold."""
    styles = [str(span.style) for span in line.spans if span.start <= place < span.end]
    return (
        "r" if any("color(1)" in style or "red" in style for style in styles) else "b" if "bold" in str(styles) else ""
    )


def draw(browser: Browser, text: str, path: Path) -> None:
    """Draw a terminal's text as a PNG."""
    page = browser.new_page(viewport={"width": (COLUMNS + 2) * 8 + 28, "height": 100})
    page.set_content(page_of(text))
    keep(page.screenshot(full_page=True), COLOURS, path)
    page.close()


def keep(shot: bytes, colours: int, path: Path) -> None:
    """Write a screenshot as a small PNG of so many colours."""
    drawn = Image.open(BytesIO(shot)).convert("RGB")
    drawn.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path)


def main(arguments: list[str] | None = None) -> int:
    """Draw the pictures that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.portal_pictures", description="portal try 的图")
    parser.add_argument("--only", action="append", choices=[picture.name for picture in PICTURES], help="只画这一张")
    parser.add_argument("--to", type=Path, default=IMAGES, help="画到哪个文件夹")
    asked = parser.parse_args(arguments)
    screens = {p.name: screen(p) for p in PICTURES if not asked.only or p.name in asked.only}
    with chromium() as browser:
        for name, text in screens.items():
            draw(browser, text, asked.to / f"{name}.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())

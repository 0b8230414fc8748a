"""`make papers`: the papers and letters of a demo played to its end (`make demo`), as PNGs for the documents.

Each picture is a page as it was written, opened in Chromium; of a letter its HTML part. The demo is only read.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.portal_pictures import IMAGES, keep
from simulation.portals_of_chance.person import chromium

COLOURS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is drawn: the file that `of` finds in a demo's folder, in a window, from the element `at` on."""

    name: str
    of: Callable[[Path], Path]
    width: int = 820
    height: int = 1000
    at: str = "body"


def _distributed(folder: str, ending: str) -> Callable[[Path], Path]:
    return lambda demo: _newest(demo / "distribution", f"*/{folder}/*{ending}.html")


def _newest(folder: Path, pattern: str) -> Path:
    """The last of those found by name; raises FileNotFoundError where a demo was not played so far."""
    found = sorted(folder.glob(pattern))
    if not found:
        raise FileNotFoundError(f"{folder}/{pattern}")
    return found[-1]


def _longest(folder: Path, pattern: str) -> Path:
    """The letter that says most."""
    return max(folder.glob(pattern), key=lambda path: (path.stat().st_size, path.name))


PICTURES = (
    Picture(name="night", of=lambda demo: demo / "report/index.html", width=1100, height=900),
    Picture(name="item", of=lambda demo: demo / "report/index.html", width=1100, height=620, at="article.item"),
    Picture(name="looks", of=lambda demo: demo / "report/index.html", width=1100, height=620, at="#coverage"),
    Picture(name="report", of=_distributed("区领导和营商办", "报告"), height=1100),
    Picture(name="brief", of=_distributed("区领导和营商办", "（简报）"), height=1100),
    Picture(name="public", of=_distributed("公开版", ""), height=900),
    Picture(name="letter", of=_distributed("各单位主要负责人", "市场监督管理局"), height=1100),
    Picture(name="morning", of=lambda demo: _newest(demo / "outbox", "*-summary.eml"), width=760),
    Picture(name="mail", of=lambda demo: _longest(demo / "outbox", "*-scjgj.eml"), width=760),
    Picture(name="notice", of=lambda demo: _longest(demo / "outbox", "*-scjgj.html"), height=1000),
)


def as_page(file: Path, folder: Path) -> Path:
    """The file itself, or of a letter its HTML part as a file of `folder`."""
    if file.suffix != ".eml":
        return file
    body = message_from_bytes(file.read_bytes(), policy=default).get_body(("html",))
    page = folder / f"{file.stem}.html"
    page.write_text(body.get_content() if body else "", "utf-8")
    return page


def draw(browser: Browser, pictures: Iterator[tuple[Picture, Path]], to: Path) -> None:
    """Draw each of the pages."""
    for picture, file in pictures:
        page = browser.new_page(viewport={"width": picture.width, "height": picture.height})
        page.goto(file.resolve().as_uri())
        page.evaluate("at => document.querySelector(at).scrollIntoView()", picture.at)
        keep(page.screenshot(), COLOURS, to / f"{picture.name}.png")
        page.close()


def main(arguments: list[str] | None = None) -> int:
    """Draw the pictures that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.paper_pictures", description="报告和信件的图")
    parser.add_argument("demo", type=Path, nargs="?", default=Path("var/demo"), help="演示的文件夹")
    parser.add_argument("--only", action="append", choices=[picture.name for picture in PICTURES], help="只画这一张")
    parser.add_argument("--to", type=Path, default=IMAGES, help="画到哪个文件夹")
    asked = parser.parse_args(arguments)
    chosen = [picture for picture in PICTURES if not asked.only or picture.name in asked.only]
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        draw(browser, ((p, as_page(p.of(asked.demo), Path(folder))) for p in chosen), asked.to)
    return 0


if __name__ == "__main__":
    sys.exit(main())

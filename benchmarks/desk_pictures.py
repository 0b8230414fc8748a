"""`make desk-pictures DEMO=…`: screens of the desk on a copy of a demonstration's data, as PNGs for the documents.

The demonstration must have something that waits: `chengxin demo --nights 70` has, one played to its end has not.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from benchmarks.measure import ROOT
from benchmarks.portal_pictures import IMAGES, keep
from desk.serve import READY
from simulation.portals_of_chance.person import chromium

COLOURS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A screen: who is signed in, the address, or the link that is followed from it, and the window."""

    name: str
    role: str
    address: str
    follow: str = ""
    width: int = 1366
    height: int = 900


PICTURES = (
    Picture(name="desk-today", role="head", address="/"),
    Picture(name="desk-matters", role="head", address="/matters?kind=BREACH"),
    Picture(
        name="desk-item",
        role="head",
        address="/matters?kind=BREACH&unit=scjgj",
        follow="td[data-h=事项] a",
        height=1900,
    ),
    Picture(name="desk-unit", role="head", address="/units/scjgj", height=1100),
    Picture(name="desk-quarter", role="head", address="/quarter"),
    Picture(name="desk-own", role="contact", address="/own", follow="td[data-h=事项] a", width=375, height=1500),
    Picture(name="desk-log", role="auditor", address="/log", height=600),
)


@contextmanager
def served(demo: Path) -> Iterator[str]:
    """The desk on a copy of a demo, with ready accounts; its address."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "demo"
        shutil.copytree(demo, copy, ignore=shutil.ignore_patterns("desk.*"))
        place = ["-d", str(copy / "district"), "--var", str(copy)]
        words = [sys.executable, "-m", "cli", "desk", *place, "--port", "0", "--ready"]
        with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as server:
            assert server.stderr is not None
            found = re.search(r"http://[\d.:]+", server.stderr.readline())
            assert found, "the desk did not open"
            yield found[0]
            server.terminate()


def draw(browser: Browser, address: str, picture: Picture, folder: Path) -> None:
    """Sign in, go there, keep what is seen."""
    context = browser.new_context(
        base_url=address, viewport={"width": picture.width, "height": picture.height}, locale="zh-CN"
    )
    page: Page = context.new_page()
    page.goto("/login")
    page.get_by_label("用户名").fill(picture.role)
    page.get_by_label("密码").fill(READY)
    page.get_by_role("button", name="登录").click()
    page.goto(picture.address)
    if picture.follow:
        page.locator(picture.follow).first.click()
    keep(page.screenshot(), COLOURS, folder / f"{picture.name}.png")
    context.close()


def main() -> None:
    """Draw all of them, or those named."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("demo", type=Path)
    asked.add_argument("--only", nargs="*", default=[picture.name for picture in PICTURES])
    chosen = asked.parse_args()
    with served(chosen.demo) as address, chromium() as browser:
        for picture in (each for each in PICTURES if each.name in chosen.only):
            draw(browser, address, picture, IMAGES)


if __name__ == "__main__":
    main()

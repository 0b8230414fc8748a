"""A real Chromium for pages that exist only after their scripts ran, by Playwright."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str:
    """The path of a Chromium on this machine: CHENGXIN_CHROMIUM, the PATH, Playwright's own; else ""."""
    named = os.environ.get("CHENGXIN_CHROMIUM", "")
    if named:
        return named if Path(named).exists() else ""
    for name in _NAMES:
        path = shutil.which(name)
        if path:
            return path
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright")
    configured = sorted(cache.glob("chromium*/chrome-linux*/chrome")) + sorted(
        cache.glob("chromium*/chrome-linux*/headless_shell")
    )
    return str(configured[-1]) if configured else ""


class ChromiumOptions(TypedDict):
    """How Playwright starts a Chromium."""

    executable_path: str
    headless: bool
    args: list[str]


def launch_options(executable: str) -> ChromiumOptions:
    """How Chromium is started: quiet, and without its sandbox only where root must run it."""
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    return {"executable_path": executable, "headless": True, "args": [*_QUIET, *sandbox]}


def ensure_chromium() -> str:
    """The path of a Chromium, installing one where the machine has none: Debian's when root, else Playwright's own.

    Returns "" when neither can be had; the rendered portals are then not looked at, and say so.
    """
    path = find_chromium()
    if path:
        return path
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    if root and shutil.which("apt-get"):
        steps = [
            ["apt-get", "update", "-qq"],
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
        ]
    else:
        steps = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    for step in steps:
        print("没有找到 Chromium，正在安装：", " ".join(step[:3]), file=sys.stderr)
        subprocess.run(step, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return find_chromium()

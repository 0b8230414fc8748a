"""A real Chromium for pages that exist only after their scripts ran, by Playwright."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TypedDict

_SHELL = "chromium-headless-shell"  # the same engine without a window's machinery: a third of the cost (0026)
_NAMES = (_SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
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

    Where Debian's may be installed its headless shell is, beside a Chromium that the machine has, unless one is named.
    Returns "" when none can be had; the rendered portals are then not looked at, and say so.
    """
    named, found = os.environ.get("CHENGXIN_CHROMIUM", ""), find_chromium()
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    debian = root and shutil.which("apt-get") is not None
    if named or (found and (not debian or shutil.which(_SHELL))):
        return found
    add = ["apt-get", "install", "-y", "-qq", "--no-install-recommends"]
    if debian:
        _install(["apt-get", "update", "-qq"], [*add, _SHELL])
        if not find_chromium():  # a distribution without the shell
            _install([*add, "chromium"])
    else:
        _install([sys.executable, "-m", "playwright", "install", "chromium"])
    return find_chromium()


def _install(*steps: list[str]) -> None:
    for step in steps:
        print("正在安装 Chromium：", " ".join(step[:3]), file=sys.stderr)
        subprocess.run(step, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

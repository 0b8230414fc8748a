"""Which program this is: its version, and the commit it was built from or is checked out at."""

import os
import subprocess
from functools import cache
from pathlib import Path

VERSION = "0.1.0"  # read by the build as well (pyproject.toml)
ROOT = Path(__file__).resolve().parents[2]
BUILT = "core/runtime/build_commit.txt"  # written into a wheel by hatch_build.py; never in a checkout


@cache
def code_version() -> str:
    """`0.1.0+<commit>`; `-dirty` behind it where files of the checkout were changed; `0.1.0` where nobody knows."""
    commit = commit_of(ROOT)
    return f"{VERSION}+{commit}" if commit else VERSION


def commit_of(root: Path) -> str:
    """The commit of the program that stands in `root`: what its build wrote down, else what its own checkout says.

    A repository that the program merely happens to be installed inside is not asked. "" where there is neither.
    """
    built = root / BUILT
    if built.exists():
        return built.read_text("ascii").strip()
    return _described(root) if (root / ".git").exists() else ""


def _described(root: Path) -> str:
    """What git says of the checkout at `root`, whatever repository the environment (a hook's, say) points at."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    command = ["git", "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=root, env=surroundings, capture_output=True, text=True, check=False)
    except OSError:  # no git on this machine
        return ""
    return done.stdout.strip()

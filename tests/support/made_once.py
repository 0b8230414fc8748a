"""A costly folder that many tests, and many processes of tests, start from: made once, copied for each."""

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path


def copy_of(made: Path, root: Path, make: Callable[[Path], None]) -> None:
    """`made` copied to `root`; the first who asks makes it, whole or not at all, while the others wait."""
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            half = made.with_suffix(".half")
            shutil.rmtree(half, ignore_errors=True)
            make(half)
            half.rename(made)
    shutil.copytree(made, root, dirs_exist_ok=True)

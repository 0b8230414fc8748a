"""What a deployment keeps is for its owner alone: personal data stands in the archive, the store and the letters.

Every entry (the command line, the crawl's own process, the timer) calls `keep_to_owner` once, so that no file is ever
made for others; `tighten` takes away what older versions gave.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core.runtime.paths import Paths

_OTHERS = 0o077  # what a group and everybody else may do


def keep_to_owner() -> None:
    """From here on files and folders are made for their owner alone, by this process and those it starts."""
    os.umask(_OTHERS)


def tighten(paths: Paths) -> None:
    """Take from others what they may do with all that is kept; what is somebody else's stays as it is."""
    if not paths.store.exists():  # no deployment's folder: nothing of ours is in it
        return
    for place in (paths.root, *_kept(paths)):
        close_to_others(place)


def _kept(paths: Paths) -> Iterator[Path]:
    """Every file and folder of a deployment."""
    folders = (paths.archive, paths.attachments, paths.manifests, paths.report.parent, paths.outbox, paths.logs)
    names = (paths.store, paths.jobs, paths.heartbeat, paths.lock, paths.mail_lock)
    yield from (place for name in names for place in paths.root.glob(f"{name.name}*"))
    for folder in (folder for folder in folders if folder.exists()):
        yield folder
        yield from folder.rglob("*")


def close_to_others(place: Path) -> None:
    """Take from others what they may do with one file or folder."""
    with suppress(OSError):
        mode = place.lstat().st_mode
        if mode & _OTHERS and not place.is_symlink():
            place.chmod(mode & 0o7700)

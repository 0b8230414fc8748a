"""What a deployment keeps is for its owner alone: personal data stands in the archive, the store and the letters.

Every entry (the command line, the crawl's own process, the timer) calls `keep_to_owner` once, so that no file is ever
made for others; `tighten` takes away what older versions gave.
"""

import os
from contextlib import suppress
from pathlib import Path

from core.runtime.paths import Paths

_OTHERS = 0o077  # what a group and everybody else may do


def keep_to_owner() -> None:
    """From here on files and folders are made for their owner alone, by this process and those it starts."""
    os.umask(_OTHERS)


def tighten(paths: Paths) -> None:
    """Take from others what they may do with all that is kept; what is somebody else's stays as it is.

    A folder that is closed is not walked: nobody else gets to what is in it, and every command asks. It is closed after
    its contents, so that a walk that was cut short is made again.
    """
    if not paths.store.exists():  # no deployment's folder: nothing of ours is in it
        return
    kept = (paths.archive, paths.attachments, paths.manifests, paths.report.parent, paths.outbox, paths.logs)
    folders = (*kept, paths.pictures, paths.portal_tries)
    for folder in filter(_is_open, folders):
        for place in (*folder.rglob("*"), folder):
            close_to_others(place)
    names = (
        paths.store, paths.jobs, paths.desk, paths.heartbeat, paths.lock, paths.mail_lock, paths.picture_lock,
        paths.archive_lock,
    )  # fmt: skip
    for place in (place for name in names for place in paths.root.glob(f"{name.name}*")):
        close_to_others(place)
    close_to_others(paths.root)


def _is_open(folder: Path) -> bool:
    return folder.is_dir() and bool(folder.stat().st_mode & _OTHERS)


def close_to_others(place: Path) -> None:
    """Take from others what they may do with one file or folder."""
    with suppress(OSError):
        mode = place.lstat().st_mode
        if mode & _OTHERS and not place.is_symlink():
            place.chmod(mode & 0o7700)

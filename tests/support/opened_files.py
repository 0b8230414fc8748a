"""Which files below a folder are opened, by whatever process (Linux's inotify)."""

import ctypes
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_OPEN, _IS_FOLDER, _NONBLOCK = 0x20, 0x40000000, os.O_NONBLOCK
_EVENT = struct.Struct("iIII")
_libc = ctypes.CDLL(None, use_errno=True)


@contextmanager
def opened_below(folder: Path) -> Iterator[set[str]]:
    """The files (not folders) below a folder that are opened meanwhile, filled in when the block ends; folders that are
    made meanwhile are not watched."""
    watching, found = _libc.inotify_init1(_NONBLOCK), set[str]()
    assert watching >= 0
    try:
        watched = {
            _libc.inotify_add_watch(watching, os.fsencode(path), _OPEN): path
            for path in (folder, *(p for p in folder.rglob("*") if p.is_dir()))
        }
        assert -1 not in watched, os.strerror(ctypes.get_errno())
        yield found
        found.update(_read(watching, watched))
    finally:
        os.close(watching)


def _read(watching: int, watched: dict[int, Path]) -> Iterator[str]:
    while True:
        try:
            data = os.read(watching, 1 << 20)
        except BlockingIOError:
            return
        place = 0
        while place < len(data):
            number, mask, _, length = _EVENT.unpack_from(data, place)
            assert number != -1, "more was opened than the kernel could tell"
            name = os.fsdecode(data[place + _EVENT.size : place + _EVENT.size + length].rstrip(b"\0"))
            place += _EVENT.size + length
            if not mask & _IS_FOLDER and name:
                yield str(watched[number] / name)

"""Files from a browser, put into a folder of their own for as long as they are taken in."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath

from django.core.files.uploadedfile import UploadedFile

from core.domain.errors import UsageError
from core.domain.text import printable

MOST_FILES, MOST_BYTES = 20, 100 * 1024 * 1024  # of one form; what a workbook may be stands in core/documents
_LONGEST = 120  # characters of a name


@contextmanager
def laid_out(files: list[UploadedFile]) -> Iterator[list[Path]]:
    """The files side by side under the names they came with, made safe: no path is made of a name.

    UsageError for none, for too many or too large ones.
    """
    if not files:
        raise UsageError("没有选文件")
    if len(files) > MOST_FILES or sum(file.size or 0 for file in files) > MOST_BYTES:
        raise UsageError(
            f"一次至多 {MOST_FILES} 个文件、合计 {MOST_BYTES // 1024 // 1024} MB；多的请压缩成 zip 或分几次交"
        )
    with tempfile.TemporaryDirectory(prefix="chengxin-desk-") as folder:
        placed: list[Path] = []
        for file in files:
            path = Path(folder) / _name(str(file.name or ""), placed)
            with path.open("xb") as target:
                for chunk in file.chunks():
                    target.write(chunk)
            placed.append(path)
        yield placed


def _name(given: str, taken: list[Path]) -> str:
    """The last part of a name without what no file may be called; a second one of the same gets its number."""
    bare = PurePath(given.replace("\\", "/")).name
    plain = "".join(c for c in printable(bare) if c not in '/\\:*?"<>|\0').strip(". ") or "文件"
    stem, suffix = PurePath(plain).stem[:_LONGEST], PurePath(plain).suffix[:10]
    name, number = f"{stem}{suffix}", 1
    while any(path.name == name for path in taken):
        number += 1
        name = f"{stem}（{number}）{suffix}"
    return name

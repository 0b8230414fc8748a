"""What is handed in: one workbook, a folder or a zip, with the files that lie beside the workbooks.

A file named in a cell is looked for in the listing by its name alone: no path is ever made from what a cell says.
"""

import os
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath

from core.documents.size_limits import MAX_BYTES, is_workbook
from core.domain.errors import WorkbookError

MAX_FILES = 5_000
MAX_EXPANDED = 1024 * 1024 * 1024  # bytes of all files of a zip together
BOOK_SUFFIXES = frozenset({".xlsx", ".xls", ".xlsm", ".xltx", ".xltm"})
_OURS = ("~$", ".", "__MACOSX")  # what office programs and archivers leave lying about
_BROKEN = (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its path inside the parcel, its size in bytes as listed, and how to read it."""

    path: str
    size: int
    read: Callable[[], bytes]

    @property
    def name(self) -> str:
        """Its name without folders."""
        return PurePosixPath(self.path).name


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Files handed in together: `books` are to be read, `entries` may be named by them; `notes`: what was left out."""

    name: str
    books: tuple[Entry, ...]
    entries: tuple[Entry, ...]
    notes: tuple[str, ...] = ()

    def find(self, written: str, beside: Entry) -> Sequence[Entry]:
        """The entries that a cell of the workbook `beside` may mean: by name, those of its own folder first.

        A name without its suffix does where only one file has it. Several entries: it is not clear which.
        """
        wanted = PurePosixPath(_plain(written.replace("\\", "/")))
        named = [e for e in self.entries if PurePosixPath(_plain(e.path)).name == wanted.name]
        named = named or [e for e in self.entries if PurePosixPath(_plain(e.path)).stem == wanted.name]
        folder = PurePosixPath(beside.path).parent
        return [e for e in named if PurePosixPath(e.path).parent == folder] or named


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def open_upload(path: Path) -> Upload:
    """The parcel at `path`; WorkbookError when nothing of it can be read."""
    if path.is_dir():
        return _folder(path)
    if not path.exists():
        raise WorkbookError(f"《{shown_name(path)}》不存在")
    if path.suffix.lower() == ".zip" or _is_archive(path):
        return _archive(path)
    return Upload(name=shown_name(path), books=(_on_disk(path, path.parent),), entries=tuple(_beside(path)))


def _beside(path: Path) -> Iterator[Entry]:
    """The files of a workbook's own folder; none where it cannot be listed."""
    try:
        neighbours = sorted(path.parent.iterdir())[:MAX_FILES]
    except OSError:
        return
    for file in neighbours:
        if file != path and not file.name.startswith(_OURS) and not file.is_symlink() and file.is_file():
            yield _on_disk(file, path.parent)


def _folder(folder: Path) -> Upload:
    entries, notes = [], []
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if any(part.startswith(_OURS) for part in inside.parts):
            continue
        if file.is_symlink():
            notes.append(f"{_named(inside)} 是链接，未读取")
        elif file.is_file():
            entries.append(_on_disk(file, folder))
        if len(entries) > MAX_FILES:
            raise WorkbookError(f"文件夹《{shown_name(folder)}》里超过 {MAX_FILES} 个文件，请分批导入")
    return _parcel(f"{shown_name(folder)}/", entries, notes)


def _on_disk(file: Path, root: Path) -> Entry:
    return Entry(_named(file.relative_to(root)), file.stat().st_size, partial(_read_file, file))


def _named(path: Path) -> str:
    """A file's path as people wrote it: names that are no UTF-8 come out of Chinese systems' zips as GB 18030."""
    name = path.as_posix()
    return os.fsencode(name).decode("gb18030", "replace") if any("\udc80" <= c <= "\udcff" for c in name) else name


def shown_name(path: Path) -> str:
    """A file's own name as people wrote it."""
    return _named(Path(path.name))


def _read_file(file: Path) -> bytes:
    if file.stat().st_size > MAX_BYTES:
        raise WorkbookError(f"《{shown_name(file)}》超过上限 {MAX_BYTES // 1024 // 1024} MB，请压缩或拆分后再报")
    try:
        return file.read_bytes()
    except OSError as error:
        raise WorkbookError(f"《{shown_name(file)}》打不开，请检查文件权限（{error.strerror}）") from error


def _parcel(name: str, entries: Sequence[Entry], notes: Sequence[str]) -> Upload:
    books = tuple(e for e in entries if PurePosixPath(e.path).suffix.lower() in BOOK_SUFFIXES)
    if not books:
        raise WorkbookError(f"《{name}》里没有工作簿（.xlsx 或 .xls）")
    return Upload(name=name, books=books, entries=tuple(entries), notes=tuple(notes))


# ---------------------------------------------------------------- zip


def _is_archive(path: Path) -> bool:
    """Whether a file is a zip that is not itself a workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = frozenset(name.lower() for name in archive.namelist())
    except _BROKEN:
        return False
    return path.suffix.lower() not in BOOK_SUFFIXES and not is_workbook(names)


def _archive(path: Path) -> Upload:
    try:
        archive = zipfile.ZipFile(path)
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except _BROKEN as error:
        raise WorkbookError(
            f"压缩包《{shown_name(path)}》打不开（{type(error).__name__}），请重新压缩成 .zip"
        ) from error
    if len(infos) > MAX_FILES or sum(info.file_size for info in infos) > MAX_EXPANDED:
        most = f"{MAX_FILES} 个文件、{MAX_EXPANDED // 1024**3} GB"
        raise WorkbookError(f"压缩包《{shown_name(path)}》解开后超过上限（{most}），请分批导入")
    if any(info.flag_bits & 1 for info in infos):
        raise WorkbookError(f"压缩包《{shown_name(path)}》设有密码，请取消密码后再报")
    entries, notes = [], []
    for info in infos:
        name = _member_name(info)
        parts = PurePosixPath(name).parts
        if any(part.startswith(_OURS) and part != ".." for part in parts):
            continue
        if name.startswith("/") or ".." in parts or ":" in name:
            notes.append(f"压缩包里的 {name[:60]} 指向包外，未读取")
        elif name.lower().endswith((".zip", ".rar", ".7z")):
            notes.append(f"压缩包里还有压缩包 {name[:60]}，未读取：请解开后放在同一层")
        else:
            entries.append(Entry(name, info.file_size, partial(_read_member, archive, info)))
    return _parcel(shown_name(path), entries, notes)


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name as its maker wrote it: without the UTF-8 flag, Chinese systems write GB 18030."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = info.filename
    return name.replace("\\", "/")


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """A member's bytes, never more than the limit, whatever its header says."""
    name = PurePosixPath(_member_name(info)).name
    try:
        with archive.open(info) as member:
            data = member.read(MAX_BYTES + 1)
    except _BROKEN as error:
        raise WorkbookError(f"《{name}》在压缩包里已损坏（{type(error).__name__}）") from error
    if len(data) > MAX_BYTES:
        raise WorkbookError(f"《{name}》超过上限 {MAX_BYTES // 1024 // 1024} MB，请压缩或拆分后再报")
    return data

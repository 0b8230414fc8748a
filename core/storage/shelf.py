"""The one door to a district's archive files: those in its folder, and those that were put away to a store.

A file that was put away has a note beside its place, `<file>.away`: the SHA-256 and the size under which the store
holds it. The note is written once the object has been read back whole, and before the file may go; so a file is in the
folder, or its note is, or both. Notes go into backups with the folder. They prove nothing: `verify` asks the chain.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.domain.errors import ArchiveUnreachable, StoreError
from core.runtime.atomic_write import write_whole
from core.runtime.object_store import MARKER, ObjectStore, digest_of, object_store

FILES = ".warc.gz"
NOTE = ".away"
# words for a hash that there is none of
MISSING = "missing"  # neither here nor put away
LOST = "lost"  # put away, and the store has it no more
CHANGED = "changed"  # what is here is sound, its copy in the store is another
UNCHECKED = "unchecked"  # the store could not be asked
_AHEAD = 256 * 1024  # bytes that one request fetches at the least; most captures are shorter


class Note(BaseModel):
    """What is noted of a file that was put away."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(ge=1)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where a district's archive files stand. `url`: of the store that ended nights are put away to; "" for none."""

    folder: Path
    url: str = ""

    def path(self, name: str) -> Path:
        """A file's place in the folder; StoreError for a name that leads elsewhere: a store may come out of anybody's
        backup."""
        if name in ("", "..") or Path(name).name != name:
            raise StoreError(f"存证的文件名不对：{name[:60]}")
        return self.folder / name

    def note(self, name: str) -> Note | None:
        """What is noted of a file; None where it was not put away. StoreError where the note cannot be read."""
        try:
            return Note.model_validate_json(note_of(self.path(name)).read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError as error:
            raise StoreError(f"存证的登记读不出：{note_of(self.path(name))}") from error

    def add_note(self, name: str, note: Note) -> None:
        """Note that the store holds a file, where this is not noted yet or nobody can read the note."""
        with suppress(StoreError):
            if self.note(name) == note:
                return
        text = json.dumps({"file": name, **note.model_dump()}, indent=1) + "\n"
        write_whole(note_of(self.path(name)), text, mode=0o600)

    def readable_note(self, name: str) -> Note | None:
        """The same as `note`, None also for one that cannot be read: where something is to go on without it."""
        with suppress(StoreError):
            return self.note(name)
        return None

    def local(self) -> list[str]:
        """The files in the folder, by name."""
        return sorted(path.name for path in self.folder.glob(f"*{FILES}"))

    def noted(self) -> list[str]:
        """The files that were put away, wherever else they still are."""
        return sorted(path.name.removesuffix(NOTE) for path in self.folder.glob(f"*{FILES}{NOTE}"))

    def only_away(self) -> list[str]:
        """The files that the store alone holds."""
        here = set(self.local())
        return [name for name in self.noted() if name not in here]

    def holds(self, name: str) -> bool:
        """Whether a file is here or noted as put away."""
        return self.path(name).exists() or note_of(self.path(name)).exists()

    def version(self, name: str) -> tuple[str | int, ...]:
        """What changes when a file does. FileNotFoundError where it is neither here nor put away."""
        try:
            about = self.path(name).stat()
            return about.st_size, about.st_mtime_ns
        except FileNotFoundError:
            note = self.note(name)
            if note is None:
                raise
            return (note.sha256,)

    def open(self, name: str) -> BinaryIO:
        """A file to read and seek in: the one in the folder, else the one put away, by ranges.

        FileNotFoundError where it is neither here nor put away; StoreError where the store has lost it or has another;
        ArchiveUnreachable where that cannot be known.
        """
        try:
            return self.path(name).open("rb")  # a note stands before its file goes: in this order none is missed
        except FileNotFoundError:
            note = self.note(name)
            if note is None:
                raise
        size = self.size_away(name, note)
        if size is None:
            raise StoreError(f"存储里没有这个存证文件了：{object_name(name, note)}")
        if size != note.size:
            raise StoreError(f"存储里的存证文件变了：{object_name(name, note)} 有 {size} 字节，应为 {note.size}")
        return BufferedReader(_Ranged(self.store, object_name(name, note), size), _AHEAD)

    @property
    def store(self) -> ObjectStore:
        """The store; ArchiveUnreachable where none is configured, or it cannot be reached."""
        if not self.url:
            raise ArchiveUnreachable("存证文件已放到存储，而 district.toml 没有写 [archive] url")
        return object_store(self.url)

    def size_away(self, name: str, note: Note) -> int | None:
        """Bytes of a file in the store; None where a store that is ours has none such."""
        store = self.store
        size = store.size(object_name(name, note))
        if size is None and store.size(MARKER) is None:
            raise ArchiveUnreachable(
                f"{self.url} 里没有 {MARKER}，不是原来的存储：可能桶或路径写错了、共享盘没有挂上，或没有整个搬来"
            )
        return size

    def digest_away(self, name: str, note: Note) -> str | None:
        """SHA-256 of a file in the store, read whole; None where a store that is ours has none such."""
        size = self.size_away(name, note)
        return None if size is None else digest_of(self.store, object_name(name, note), size)


def shelf_of(archive: Path | Shelf) -> Shelf:
    """The shelf that is meant; a folder alone knows no store."""
    return archive if isinstance(archive, Shelf) else Shelf(archive)


def note_of(path: Path) -> Path:
    """Where the note of an archive file stands."""
    return path.with_name(f"{path.name}{NOTE}")


def object_name(name: str, note: Note) -> str:
    """A file's name in the store: the night is legible, the content is named, and no two contents have one name."""
    return f"{name.removesuffix(FILES)}-{note.sha256}{FILES}"


class _Ranged(RawIOBase):
    """An object of a store, a range at a time."""

    def __init__(self, store: ObjectStore, name: str, size: int) -> None:
        self._store, self._name, self._size, self._at = store, name, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        end = min(self._at + len(buffer), self._size)
        data = self._store.read(self._name, self._at, end) if self._at < end else b""
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class Digests:
    """The archive files' hashes as `verify` holds them against the chain: those here and those in the store.

    A word stands for a hash where there is none: see `MISSING` and the others. `unchecked`: file → why it, or its copy
    in the store, could not be read just now.
    """

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.unchecked: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """A file's SHA-256, or the word for why there is none."""
        here, note = file_digest(self.shelf.path(name)), self.shelf.readable_note(name)
        if note is None:
            return here
        if here == MISSING:
            return self._away(name, note)
        if not self.shelf.url:  # whoever leaves a store has its files here
            return here
        away = self._away(name, note)
        if away in (here, UNCHECKED):
            return here
        return away if away == LOST else CHANGED

    def _away(self, name: str, note: Note) -> str:
        try:
            return self.shelf.digest_away(name, note) or LOST
        except ArchiveUnreachable as error:
            self.unchecked[name] = str(error)
            return UNCHECKED
        except FileNotFoundError:  # gone while it was read
            return LOST


def file_digest(path: Path) -> str:
    """SHA-256 of a file; MISSING where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return MISSING

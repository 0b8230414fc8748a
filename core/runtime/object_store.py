"""Where whole files are kept for long: a folder (`file://`), or whatever fsspec reaches (S3 above all).

Four acts are enough: how large an object is, a range of it, writing one that is not there yet, removing one. Nothing is
overwritten. Where a store does not answer, or answers that it may not, ArchiveUnreachable says so in Chinese; None and
FileNotFoundError are said only by a store that answered.

Keys and endpoints come from the environment that fsspec and botocore read (docs/archive.md), never from a file of ours.
"""

import errno
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from shutil import copyfileobj
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from core.domain.errors import ArchiveUnreachable
from core.domain.text import printable
from core.runtime.atomic_write import sync_folder

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

EXTRA = "chengxin[s3]"
MARKER = "chengxin-archive.json"  # by which a store is known again: an empty mount or another bucket has none
STEP = 4 * 1024**2  # bytes that are read, or sent, at a time
RESTS = 60.0  # seconds in which a store that did not answer is not asked again: a crawl would wait for it page by page
_ABANDONED = 24 * 3600.0  # seconds after which a half copy in a folder is a killed writer's
_TRIES = 2  # s3fs's own tries; botocore's come on top of each, and are one
# seconds; and many that speak S3 know no checksums in trailers (SHA-256 is ours)
_S3 = {
    "connect_timeout": 5, "read_timeout": 20, "retries": {"total_max_attempts": 1},
    "request_checksum_calculation": "when_required", "response_checksum_validation": "when_required",
}  # fmt: skip
_rests: dict[str, tuple[float, str]] = {}  # address → until when, and why


class ObjectStore(Protocol):
    """A store of whole files by name. All of it may raise ArchiveUnreachable."""

    def size(self, name: str) -> int | None:
        """Bytes of an object; None where there is none."""

    def read(self, name: str, start: int, end: int) -> bytes:
        """Its bytes from `start` to before `end`. FileNotFoundError where it is not there."""

    def write(self, name: str, source: Path) -> None:
        """Copy a file there, all of it or nothing. FileExistsError where the store says that one is there."""

    def remove(self, name: str) -> None:
        """Delete it; nothing where it is not there."""


def object_store(url: str) -> ObjectStore:
    """The store at an address; ArchiveUnreachable where what reaches it is not installed, or it just did not answer."""
    until, why = _rests.get(url, (0.0, ""))
    if time.monotonic() < until:
        raise ArchiveUnreachable(why)
    parts = urlsplit(url)
    return _Folder(url, Path(unquote(parts.path))) if parts.scheme == "file" else _Remote(url)


def digest_of(store: ObjectStore, name: str, size: int) -> str:
    """SHA-256 of an object of that size, read whole."""
    digest = sha256()
    for start in range(0, size, STEP):
        digest.update(store.read(name, start, min(start + STEP, size)))
    return digest.hexdigest()


@contextmanager
def _answering(url: str) -> Iterator[None]:
    """ArchiveUnreachable for whatever goes wrong but what the store itself says of an object."""
    try:
        yield
    except (FileNotFoundError, FileExistsError, ArchiveUnreachable):
        raise
    except Exception as error:  # each store and its client fail by classes of their own
        said = printable(" ".join(f"{type(error).__name__}: {error}".split()))[:200]
        why = f"{_why(error)}：{url}（{said}）"
        _rests[url] = (time.monotonic() + RESTS, why)
        raise ArchiveUnreachable(why) from error


def _why(error: Exception) -> str:
    if type(error).__name__ in ("NoCredentialsError", "PartialCredentialsError"):
        return "没有存储的钥匙（环境变量 AWS_ACCESS_KEY_ID、AWS_SECRET_ACCESS_KEY）"
    if isinstance(error, PermissionError):
        return "存储不认这里的钥匙，或者不许这样做"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "存储满了"
    return "连不上存储，或者存储出错"


# ---------------------------------------------------------------- a folder


class _Folder:
    """A shared disk. What is written is synced, and has its name only once it is whole."""

    def __init__(self, url: str, root: Path) -> None:
        self._url, self._root = url, root

    def size(self, name: str) -> int | None:
        with _answering(self._url):
            self._there()
            try:
                return (self._root / name).stat().st_size
            except FileNotFoundError:
                return None

    def read(self, name: str, start: int, end: int) -> bytes:
        with _answering(self._url), (self._root / name).open("rb") as file:
            file.seek(start)
            return file.read(end - start)

    def write(self, name: str, source: Path) -> None:
        with _answering(self._url):
            self._there()
            self._clear(name)
            part = self._root / f"{name}.{uuid4().hex}.part"
            try:
                with source.open("rb") as file, part.open("xb") as copy:
                    part.chmod(0o600)
                    copyfileobj(file, copy, STEP)
                    copy.flush()
                    os.fsync(copy.fileno())
                _name_new(part, self._root / name)
            finally:
                part.unlink(missing_ok=True)
            sync_folder(self._root)

    def remove(self, name: str) -> None:
        with _answering(self._url):
            self._there()
            (self._root / name).unlink(missing_ok=True)
            sync_folder(self._root)

    def _there(self) -> None:
        if not self._root.is_dir():
            raise ArchiveUnreachable(f"没有这个文件夹，共享盘可能没有挂上：{self._url}")

    def _clear(self, name: str) -> None:
        for part in self._root.glob(f"{name}.*.part"):
            with suppress(OSError):
                if time.time() - part.stat().st_mtime > _ABANDONED:
                    part.unlink()


def _name_new(part: Path, target: Path) -> None:
    """Give a file its name where nothing has it."""
    try:
        target.hardlink_to(part)
    except OSError:  # it is there; or a disk without second names, as shares of Windows
        if target.exists():
            raise FileExistsError(target) from None
        part.rename(target)


# ---------------------------------------------------------------- by fsspec


class _Remote:
    """Anything that fsspec knows. S3 shows an object only once it is whole."""

    def __init__(self, url: str) -> None:
        self._url = url
        with _answering(url):
            self._files, self._root = _file_system(url)

    def size(self, name: str) -> int | None:
        with _answering(self._url):
            try:
                return int(self._files.info(self._place(name))["size"])
            except FileNotFoundError:
                return None

    def read(self, name: str, start: int, end: int) -> bytes:
        with _answering(self._url):
            return bytes(self._files.cat_file(self._place(name), start=start, end=end))

    def write(self, name: str, source: Path) -> None:
        with _answering(self._url):
            more = {"chunksize": 2 * STEP, "max_concurrency": 2} if self._files.protocol[0] == "s3" else {}
            try:
                self._files.put_file(str(source), self._place(name), **more)
            except FileNotFoundError as error:  # nothing can be put there: a bucket is not made by the way
                raise ArchiveUnreachable(f"存储里没有这个桶或文件夹：{self._url}（{error}）") from error

    def remove(self, name: str) -> None:
        with _answering(self._url), suppress(FileNotFoundError):
            self._files.rm_file(self._place(name))

    def _place(self, name: str) -> str:
        return f"{self._root}/{name}"


def _file_system(url: str) -> "tuple[AbstractFileSystem, str]":
    try:
        from fsspec.config import conf
        from fsspec.core import url_to_fs

        more = _s3_options(conf) if urlsplit(url).scheme in ("s3", "s3a") else {}
        files, root = url_to_fs(url, **more)
        files.retries = min(_TRIES, getattr(files, "retries", _TRIES))
    except ImportError as error:
        raise ArchiveUnreachable(f"没有装读写 {url} 要用的程序（{error.name or error}）：请安装 {EXTRA}") from error
    return files, str(root).rstrip("/")


def _s3_options(conf: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What S3 is asked with; what the environment says (`FSSPEC_S3`) goes before it."""
    return {"use_listings_cache": False, "config_kwargs": _S3 | dict(conf.get("s3", {}).get("config_kwargs") or {})}

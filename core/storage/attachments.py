"""Files handed in, kept by their hash and owner-only: workbooks, what they name, and what comes with an objection."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from core.domain.errors import UsageError, WorkbookError
from core.domain.models import Attachment
from core.domain.text import spoken
from core.runtime.atomic_write import write_whole
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.submissions import Submissions

MAX_BYTES = 50 * 1024 * 1024  # of a file beside an objection; a workbook's own limits stand in core/documents


def keep_attachment(folder: Path, name: str, sha256: str, read: Callable[[], bytes]) -> None:
    """Keep a file under its hash and the suffix of `name`; one that is kept already is not read again.

    WorkbookError where its bytes are no longer those that `sha256` was taken of.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    suffix = "".join(c for c in Path(name).suffix.lower() if c.isalnum())[:8]
    kept = folder / (f"{sha256}.{suffix}" if suffix else sha256)
    if kept.exists():
        return
    data = read()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise WorkbookError(f"《{name}》在导入时被改动了，请关闭打开它的程序后重新导入")
    write_whole(kept, data, mode=0o600)


def keep_files(store: Store, paths: Paths, files: Sequence[Path], now: datetime) -> tuple[tuple[str, str], ...]:
    """Keep loose files and note each as received; returns (name, SHA-256) of each, numbers of persons in names masked.

    UsageError for one that cannot be read or is larger than MAX_BYTES.
    """
    kept = []
    for file in files:
        try:
            if file.stat().st_size > MAX_BYTES:
                raise UsageError(f"附件 {file.name} 超过 {MAX_BYTES // 1024 // 1024} MB")
            data = file.read_bytes()
        except OSError as error:
            raise UsageError(f"附件 {file} 读不出：{error.strerror}") from error
        digest = hashlib.sha256(data).hexdigest()
        keep_attachment(paths.attachments, file.name, digest, partial(bytes, data))
        Submissions(store).add_workbook(
            Attachment(sha256=digest, name=spoken(file.name), size=len(data), received_at=now), [], [], now
        )
        kept.append((spoken(file.name), digest))
    return tuple(kept)

"""Files handed in beside an objection: kept by their hash, owner-only."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from core.domain.errors import UsageError
from core.domain.models import Attachment
from core.runtime.paths import Paths
from core.storage.database import Store

MAX_BYTES = 50 * 1024 * 1024


def keep(store: Store, paths: Paths, files: Sequence[Path], now: datetime) -> tuple[tuple[str, str], ...]:
    """Keep the files; returns (name, SHA-256) of each. UsageError for one that cannot be read or is too large."""
    kept = []
    for file in files:
        try:
            if file.stat().st_size > MAX_BYTES:
                raise UsageError(f"附件 {file.name} 超过 {MAX_BYTES // 1024 // 1024} MB")
            data = file.read_bytes()
        except OSError as error:
            raise UsageError(f"附件 {file} 读不出：{error.strerror}") from error
        digest = hashlib.sha256(data).hexdigest()
        _write(paths.attachments / f"{digest}{file.suffix.lower()}", data)
        store.add_workbook(Attachment(sha256=digest, name=file.name, size=len(data), received_at=now), [], [], now)
        kept.append((file.name, digest))
    return tuple(kept)


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not target.exists():
        part = target.with_suffix(".part")
        part.write_bytes(data)
        part.chmod(0o600)
        part.replace(target)

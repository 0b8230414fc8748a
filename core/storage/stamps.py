"""Time stamps of heads, as the authority answered: whoever has the manifest's file can check them with `openssl ts`."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.domain.clock import moment_text, read_moment
from core.domain.config import Config
from core.storage.database import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadStamp:
    """A head's stamp. `sealed_at`: when the night was sealed by our clock; None where the head is not in the chain."""

    run: str
    sha256: str
    stamped_at: datetime
    url: str
    sealed_at: datetime | None


def ca_file(config: Config) -> Path:
    """Where the authority's certificates stand; the district must have one."""
    settings = config.district.timestamp
    return config.folder / (settings.ca_file if settings else "")


class Stamps:
    """The time stamps of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, run: str, sha256: str, response: bytes, *, url: str, stamped_at: datetime, at: datetime) -> None:
        """Keep a head's stamp; the first one counts."""
        self._store.db.execute(
            "INSERT OR IGNORE INTO stamps VALUES (?, ?, ?, ?, ?, ?)",
            [run, sha256, moment_text(stamped_at), url, response, moment_text(at)],
        )

    def all(self) -> list[HeadStamp]:
        """Every stamp in the order of nights."""
        rows = self._store.rows(
            "SELECT s.run, s.hash, s.stamped_at, s.url, m.at FROM stamps s"
            " LEFT JOIN manifests m ON m.run = s.run AND m.hash = s.hash ORDER BY s.run"
        )
        return [
            HeadStamp(
                run=run,
                sha256=digest,
                stamped_at=read_moment(stamped),
                url=url,
                sealed_at=read_moment(at) if at else None,
            )
            for run, digest, stamped, url, at in rows
        ]

    def response(self, run: str) -> bytes:
        """The authority's answer about a night's head; b"" where there is none. Each takes about 6 KB."""
        rows = self._store.rows("SELECT response FROM stamps WHERE run = ?", run)
        return bytes(rows[0][0]) if rows else b""

    def of(self, run: str) -> HeadStamp | None:
        """The stamp of a night's head."""
        return next((stamp for stamp in self.all() if stamp.run == run), None)

    def lacking(self) -> list[tuple[str, str]]:
        """(night, head) of every head without a stamp, the newest first: it covers all before it."""
        rows = self._store.rows(
            "SELECT run, hash FROM manifests WHERE run NOT IN (SELECT run FROM stamps) ORDER BY number DESC"
        )
        return [(run, digest) for run, digest in rows]

"""Time stamps of heads: asked for after a night's seal, and later for those that the authority did not answer."""

import time
from dataclasses import dataclass

from core.runtime.time_stamps import NoStampError, ask, checked_stamp
from core.storage.heads import signed_heads
from core.storage.session import Session
from core.storage.shelf import file_digest
from core.storage.stamps import Stamps, ca_file


@dataclass(frozen=True, slots=True)
class Stamped:
    """The nights whose heads were stamped now, how many still lack a stamp, and why it ended, in Chinese."""

    runs: tuple[str, ...]
    lacking: int
    why: str = ""


def stamp_heads(session: Session, seconds: float) -> Stamped:
    """Have every head stamped that lacks it, the newest first, until one fails or `seconds` have passed.

    Without `[timestamp]` nothing is asked. Nothing is raised: what was not stamped is asked for again next time.
    """
    settings, until, done, why = session.config.district.timestamp, time.monotonic() + seconds, [], ""
    stamps = Stamps(session.store)
    lacking = stamps.lacking() if settings else []
    for run, digest in lacking:
        left = until - time.monotonic()
        if left <= 0 or settings is None:
            break
        try:
            _stamp(session, stamps, run, digest, min(left, settings.timeout_seconds))
        except NoStampError as error:
            why = str(error)
            break
        done.append(run)
    return Stamped(tuple(done), len(lacking) - len(done), why)


def seal_told(session: Session) -> str:
    """Who signed the newest head, and when an authority outside stamped it, in Chinese; "" where neither."""
    newest = next(reversed(signed_heads(session.store)), None)
    if newest is None or not newest.signature:
        return ""
    stamp = Stamps(session.store).of(newest.head.run)
    stamped = f"，时间戳 {stamp.stamped_at:%Y-%m-%d %H:%M:%S}（{stamp.url}）" if stamp else ""
    return f"签名公钥 {newest.public_key}{stamped}"


def _stamp(session: Session, stamps: Stamps, run: str, digest: str, seconds: float) -> None:
    """One head's stamp, checked before it is kept; NoStampError where it is not had."""
    settings, manifest = session.config.district.timestamp, session.paths.manifests / f"{run}.jsonl"
    if settings is None or file_digest(manifest) != digest:
        raise NoStampError(f"清单 {manifest.name} 不是封存时的样子，不盖时间戳：请核对（chengxin verify）")
    answer = ask(settings.url, manifest.read_bytes(), seconds)
    stamp = checked_stamp(answer, digest, ca_file(session.config))
    stamps.add(run, digest, answer, url=settings.url, stamped_at=stamp.at, at=session.now())

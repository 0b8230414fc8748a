"""The picture of a kept page beside a matter: drawn once from the archive, then kept as a cache.

The cache stands in `Paths.pictures`, for the owner alone, a file a page and texts; whoever deletes it loses nothing. It
is no evidence: backup, `verify` and the figures of the disk leave it out. Where retention gives archive files up, all
of it goes (`core/storage/retention.py`).
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from core.domain.errors import PictureError, UsageError
from core.domain.models import Capture
from core.runtime.atomic_write import write_whole
from core.runtime.chromium import find_chromium
from core.runtime.locks import picture_lock
from core.runtime.paths import Paths
from core.storage.session import Session
from core.storage.warc_archive import read_exchange
from crawler.page_picture import PNG, SECONDS, Picture, draw
from crawler.pages import PageRequest, Response
from reporting.evidence_package.redact import content_type_of, redact

MOST = 2_000  # pictures that are kept; the longest unasked for go first
_DRAWN_AS = 2  # counted up where pictures come out otherwise, so that older ones are drawn again
_PATIENCE = 2 * SECONDS  # in which a picture's turn must come


def page_picture(session: Session, capture: str, texts: Sequence[str]) -> Picture:
    """The page kept as `capture` (its id), `texts` outlined on it.

    UsageError where there is no such capture, StoreError where the archive no longer has its bytes, PictureError where
    it cannot be drawn: the saved text can still be shown then.
    """
    kept = _capture(session, capture)
    target = _place(session.paths, kept, texts)
    if (picture := _kept(target)) is not None:
        return picture
    with picture_lock(session.paths, _PATIENCE):  # one browser at a time, however many ask
        if (picture := _kept(target)) is not None:
            return picture
        picture = draw(_response(session, kept), texts, find_chromium())
        if session.shelf.holds(kept.warc):  # not given up meanwhile
            _keep(target, picture)
    return picture


def _capture(session: Session, name: str) -> Capture:
    """The capture of a look, or of a check of reading, whose pages stand apart."""
    found = session.looks.captures_by_id([name]).get(name)
    if found is None:
        check = session.reading_checks.captures(name.rpartition("#")[0])
        found = next((capture for capture in check if capture.id == name), None)
    if found is None:
        raise UsageError(f"没有这个网页存证：{name}")
    original = session.looks.original_of(found.id)  # a page that was confirmed unchanged came earlier
    return session.looks.captures_by_id([original]).get(original, found) if original else found


def _place(paths: Paths, capture: Capture, texts: Sequence[str]) -> Path:
    asked = json.dumps([_DRAWN_AS, capture.sha256, capture.url, *texts], ensure_ascii=False)
    return paths.pictures / f"{hashlib.sha256(asked.encode('utf-8', 'replace')).hexdigest()}.png"


def _kept(path: Path) -> Picture | None:
    with suppress(OSError):
        data = path.read_bytes()
        path.touch()  # asked for
        return Picture(data) if data.startswith(PNG) else None
    return None


def _response(session: Session, capture: Capture) -> Response:
    """What was kept, if it still is what was kept; people's numbers masked in whatever is text."""
    status, headers, body = read_exchange(session.shelf, capture.warc, capture.offset)
    if hashlib.sha256(body).hexdigest() != capture.sha256:
        raise PictureError("存证的内容与登记的 SHA-256 不符，请告诉值班的人核对（chengxin verify）")
    masked = redact(body, content_type_of(headers))
    if masked.kept:  # of files nobody can mask a part: they are drawn as they were published
        body = masked.body
    request = PageRequest(url=capture.url, method=capture.method, body=capture.request_body.encode())
    return Response(url=capture.url, status=status, body=body, headers=headers, request=request)


def _keep(target: Path, picture: Picture) -> None:
    """Write it, and let the oldest go. A full disk costs the cache alone."""
    with suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_whole(target, picture.png, mode=0o600)
        pictures = sorted(target.parent.glob("*.png"), key=lambda path: path.stat().st_mtime_ns)
        for path in pictures[:-MOST]:
            path.unlink(missing_ok=True)

"""What a night left behind in a district, in words that two runs of it share: no moments, heads, names of files."""

import email
import email.policy
import json
import re
from datetime import datetime
from pathlib import Path

from core.domain.clock import Clock
from core.domain.config import Config
from core.domain.periods import period_of
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.serialization import dump
from core.storage.session import Session
from pipeline.score import evaluation_of

_ITS_OWN = (
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[0-9:.+]*"), "<moment>"),
    (re.compile(r"\b\d\d:\d\d(:\d\d)?\b"), "<time>"),
    (re.compile(r"\d{4}-\d\d-\d\d-[\w.-]*?\.warc\.gz"), "<archive>"),
    (re.compile(r'"offset":\d+'), '"offset":0'),
    (re.compile(r"(用时|内存|数据占用)[^\n<]*"), r"\1"),
)


_HEAD = re.compile(r"\b[0-9a-f]{64}\b")  # of the chain, which seals moments


def shared(text: str) -> str:
    """A text without what is one run's own."""
    for pattern, name in _ITS_OWN:
        text = pattern.sub(name, text)
    return text


def facts_of(config: Config, paths: Paths, night: datetime) -> dict[str, list[str]]:
    """Looks, sightings, findings, decisions, evidence, scores and letters of a store in a night, each as
    sorted lines."""
    with Store(paths.store) as store:
        session = Session(config, store, paths, Clock.stopped(night))
        evaluation = evaluation_of(session, period_of(night.date()))
        asked = {
            "looks": "SELECT id, kind, genuine, parsed, whole, rows, pages, total, reasons FROM looks",
            "captures": "SELECT id, url, status, sha256, size FROM captures",
            "sightings": "SELECT s.look, v.portal, v.row_key, v.content_hash FROM sightings s JOIN versions v"
            " ON v.id = s.version",
            "findings": "SELECT data FROM findings",
        }
        told = {name: [json.dumps(row, ensure_ascii=False) for row in store.rows(sql)] for name, sql in asked.items()}
        told["decisions"] = [dump(d) for d in evaluation.decisions.values()]
        told["evidence"] = [dump(e) for e in evaluation.evidence]
        told["scores"] = [dump(s) for s in evaluation.scores]
    told["letters"] = [_words(file) for file in paths.outbox.glob("*.eml")]
    return {name: sorted(map(shared, lines)) for name, lines in told.items()}


def _words(file: Path) -> str:
    letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    parts = [p.get_content() for p in letter.walk() if p.get_content_type() == "text/plain"]
    return f"{letter['To']} {letter['Subject']}\n{_HEAD.sub('<head>', ''.join(parts))}"

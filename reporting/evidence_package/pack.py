"""The zip itself: 说明.html, the redacted WARC, photographs, the facts with the chain they are sealed in."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from core.domain.config import Config
from core.domain.errors import StoreError
from core.domain.look_reasons import sentence
from core.domain.models import Capture, Decision, Evidence, Facts
from core.domain.reason_codes import CheckText
from core.runtime.atomic_write import whole_file
from core.runtime.paths import TEMPLATES, Paths
from core.storage.database import Store
from core.storage.hash_chain import Sealed, sealed_facts
from core.storage.session import Session
from core.storage.warc_archive import read_exchange
from reporting.evidence_package.pages import page_of
from reporting.evidence_package.redact import charset_of, mask, redact
from reporting.evidence_package.shots import photograph
from reporting.evidence_package.warc import Kept, write_warc
from reporting.wording import OUTCOMES

MAX_SHOTS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is exported: one decision, its evidence, and the facts it rests on."""

    decision: Decision
    evidence: Sequence[Evidence]
    facts: Facts
    texts: Mapping[str, CheckText]
    head: str
    at: datetime


def export(session: Session, subject: Subject, out: Path, chromium: str) -> list[str]:
    """Write the zip; returns what could not be put in, in Chinese. `out` is replaced whole or not at all."""
    notes: list[str] = []
    store, config, paths = session.store, session.config, session.paths
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "证据包"
        (root / "screenshots").mkdir(parents=True)
        kept = _records(paths, subject, notes)
        write_warc(root / "captures.warc.gz", kept)
        shots = _shots(root, kept, subject, chromium, notes)
        sealed = _facts(store, paths, root, subject)
        _manifests(paths, root, sealed)
        _tell(config, root, subject, kept, shots, sealed, notes)
        _sums(root)
        with whole_file(out) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as box:
            for path in sorted(p for p in root.rglob("*") if p.is_file()):
                box.write(path, path.relative_to(root.parent))
    return notes


def _records(paths: Paths, subject: Subject, notes: list[str]) -> list[Kept]:
    kept = []
    for capture in sorted(subject.facts.captures.values(), key=lambda c: (c.received_at, c.id)):
        try:
            _, headers, body = read_exchange(paths.archive, capture.warc, capture.offset)
        except StoreError as error:
            notes.append(f"存证 {capture.id} 读不出，未放入：{error}")
            continue
        said = next((v for k, v in headers if k.lower() == "content-type"), "")
        masked = redact(body, said)
        if not masked.kept:
            notes.append(f"存证 {capture.id} 是文件，无法隐去其中的个人信息，只写明原件 SHA-256 {capture.sha256}")
        own = tuple((name, mask(value)) for name, value in headers)
        kept.append(Kept(capture=capture, headers=own, redacted=masked))
    return kept


def _shots(
    root: Path, kept: Sequence[Kept], subject: Subject, chromium: str, notes: list[str]
) -> list[tuple[str, Capture]]:
    """Photographs of the pages that matter most: those that show the decision, then the list pages of the looks."""
    if not chromium:
        notes.append("本机没有 Chromium，没有附截图；captures.warc.gz 里有网页原样")
        return []
    needles, days = _needles(subject), [f"{d:%Y-%m-%d}" for d in subject.decision.decided_on]
    pages = []
    for one in kept:
        if one.redacted.kept and one.redacted.body and one.capture.status == 200:
            said = {k.lower(): v for k, v in one.headers}.get("content-type", "")
            html, marked = page_of(one.capture, one.redacted.body, charset_of(one.redacted.body, said), needles, days)
            pages.append((not marked, one.capture, html))
    pages.sort(key=lambda page: (page[0], page[1].received_at))
    chosen = [(f"{n:02d}.png", capture, html) for n, (_, capture, html) in enumerate(pages[:MAX_SHOTS], 1)]
    if len(pages) > MAX_SHOTS:
        notes.append(f"页面共 {len(pages)} 张，截图取与本决定最有关的 {MAX_SHOTS} 张，其余在 captures.warc.gz")
    photograph(chromium, [(html, root / "screenshots" / name) for name, _, html in chosen])
    return [(name, capture) for name, capture, _ in chosen]


def _needles(subject: Subject) -> list[str]:
    """What is marked: numbers as printed and as compared, and the party."""
    found = [f for f in subject.facts.findings.values() if f.id in subject.decision.findings]
    return [*(f.number_text for f in found), subject.decision.number, subject.decision.name]


# ---------------------------------------------------------------- facts and their seals


def _facts(store: Store, paths: Paths, root: Path, subject: Subject) -> list[Sealed]:
    """Every fact the evidence rests on, as the bytes that were hashed."""
    facts, decision = subject.facts, subject.decision
    proofs = [proof for item in subject.evidence for proof in item.proofs]
    cited = {p.ref for p in proofs if p.kind == "look"} | {c.look for c in facts.captures.values()}
    wanted = {
        "looks": sorted(cited),
        "captures": sorted(facts.captures),
        "findings": sorted(decision.findings),
        "submissions": sorted(decision.submissions),
    }
    sealed = list(sealed_facts(store, paths, wanted))
    (root / "facts").mkdir()
    for number, fact in enumerate(sealed, 1):
        if mask(fact.text) == fact.text:
            (root / "facts" / f"{number:04d}-{fact.kind}.json").write_text(fact.text, "utf-8", newline="")
    return sealed


def _manifests(paths: Paths, root: Path, sealed: Sequence[Sealed]) -> None:
    """The manifests from the first that holds a fact to the newest: the chain up to the head that letters print."""
    (root / "manifests").mkdir()
    first = min((fact.manifest for fact in sealed if fact.manifest), default=None)
    for path in sorted(paths.manifests.glob("*.jsonl")):
        if first is not None and path.name >= first:
            shutil.copyfile(path, root / "manifests" / path.name)


def _tell(
    config: Config,
    root: Path,
    subject: Subject,
    kept: Sequence[Kept],
    shots: Sequence[tuple[str, Capture]],
    sealed: Sequence[Sealed],
    notes: Sequence[str],
) -> None:
    names = {p.id: p.name for p in config.portals}
    looks = sorted(subject.facts.looks.values(), key=lambda look: look.started_at)
    cited = {p.ref for item in subject.evidence for p in item.proofs if p.kind == "look"}
    data: dict[str, Any] = {
        "decision": _plain(asdict(subject.decision)),
        "evidence": [_plain(asdict(item)) for item in subject.evidence],
        "captures": [
            {
                "id": k.capture.id,
                "url": k.capture.url,
                "method": k.capture.method,
                "request_body": k.capture.request_body,
                "received_at": k.capture.received_at.isoformat(),
                "raw_sha256": k.capture.sha256,
                "redacted": k.redacted.changed,
                "included": k.redacted.kept,
                "warc": k.capture.warc,
            }
            for k in kept
        ],
        "screenshots": [{"file": f"screenshots/{name}", "capture": capture.id} for name, capture in shots],
        "facts": [
            {"kind": f.kind, "id": f.id, "sha256": f.sha256, "manifest": f.manifest, "line": f.line} for f in sealed
        ],
        "head": subject.head,
        "made_at": subject.at.isoformat(),
        "notes": list(notes),
    }
    (root / "manifest.json").write_text(mask(json.dumps(data, ensure_ascii=False, indent=1)), "utf-8")
    page = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(default=True)).get_template(
        "exhibit/说明.html.j2"
    )
    unit = next((u.name for u in config.units if u.slug == subject.decision.unit), subject.decision.unit)
    html = page.render(
        district=config.district,
        unit=unit,
        decision=subject.decision,
        evidence=subject.evidence,
        texts=subject.texts,
        outcomes=OUTCOMES,
        looks=[look for look in looks if look.id in cited],
        names=names,
        sentence=sentence,
        shots=shots,
        head=subject.head,
        at=subject.at,
        notes=notes,
        facts=sealed,
    )
    (root / "说明.html").write_text(mask(html), "utf-8")


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, ensure_ascii=False, default=str))


def _sums(root: Path) -> None:
    """SHA256SUMS of every file, for `sha256sum -c`."""
    files = sorted(p for p in root.rglob("*") if p.is_file())
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(root)}\n" for p in files]
    (root / "SHA256SUMS").write_text("".join(lines), "utf-8")

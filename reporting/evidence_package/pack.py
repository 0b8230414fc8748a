"""The zip itself: 说明.html, the redacted WARC, photographs, the facts with the chain they are sealed in."""

import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape

from core.domain.config import Config
from core.domain.errors import ArchiveUnreachable, StoreError
from core.domain.look_reasons import sentence
from core.domain.models import Capture, Decision, Evidence, Facts
from core.domain.reason_codes import CheckText
from core.domain.text import printable
from core.runtime.atomic_write import whole_file
from core.runtime.paths import TEMPLATES, Paths
from core.runtime.signing import public_der, public_pem
from core.storage.database import Store
from core.storage.hash_chain import Sealed, sealed_facts
from core.storage.heads import installation_key, key_path, signed_heads
from core.storage.session import Session
from core.storage.shelf import Shelf
from core.storage.stamps import Stamps, ca_file
from core.storage.warc_archive import read_exchange
from reporting.evidence_package.pages import page_of
from reporting.evidence_package.redact import charset_of, content_type_of, mask, redact
from reporting.evidence_package.shots import photograph
from reporting.evidence_package.wacz import About, Sign, Signed, write_wacz
from reporting.evidence_package.warc import Kept, Placed, write_warc
from reporting.wording import OUTCOMES

MAX_SHOTS = 12
_DIGEST = re.compile("[0-9a-f]{64}")
WACZ = "存证.wacz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is exported: one decision, its evidence, and the facts it rests on."""

    decision: Decision
    evidence: Sequence[Evidence]
    facts: Facts
    texts: Mapping[str, CheckText]
    head: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What went into the package: records as they leave, photographs (file, capture), sealed facts; what did not."""

    kept: Sequence[Kept]
    shots: Sequence[tuple[str, Capture]]
    sealed: Sequence[Sealed]
    notes: Sequence[str]
    seals: Sequence[str]  # what stands in heads/: signatures (.sig), stamps (.tsr), certificates


def export(session: Session, subject: Subject, out: Path, chromium: str) -> list[str]:
    """Write the zip; returns what could not be put in, in Chinese. `out` is replaced whole or not at all.

    The digest of the WACZ inside is signed by the installation's key, where nights have made one.
    """
    notes: list[str] = []
    store, config, paths = session.store, session.config, session.paths
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "证据包"
        (root / "screenshots").mkdir(parents=True)
        kept = _records(session.shelf, subject, notes)
        placed = write_warc(root / "captures.warc.gz", kept, subject.at, session.looks.confirmations())
        shots = _shots(root, kept, subject, chromium, notes)
        sealed = _facts(store, paths, root, subject)
        _manifests(paths, root, sealed)
        _wacz(session, root, subject, placed)
        seals = _seals(session, root)
        _papers(config, root, subject, Contents(kept=kept, shots=shots, sealed=sealed, notes=notes, seals=seals))
        _sums(root)
        _zip(root, out, subject.at)
    return notes


def _zip(root: Path, out: Path, at: datetime) -> None:
    """The folder as a zip; its entries bear the moment at which it was made, whatever the file system says."""
    with whole_file(out) as part, zipfile.ZipFile(part, "w") as box:
        for path in sorted(p for p in root.rglob("*") if p.is_file()):
            entry = zipfile.ZipInfo(str(path.relative_to(root.parent)), at.timetuple()[:6])
            entry.external_attr = 0o644 << 16
            packed = path.suffix in {".gz", ".wacz", ".png"}
            box.writestr(entry, path.read_bytes(), zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED)


def _records(shelf: Shelf, subject: Subject, notes: list[str]) -> list[Kept]:
    kept = []
    for capture in sorted(subject.facts.captures.values(), key=lambda c: (c.received_at, c.id)):
        try:
            _, headers, body = read_exchange(shelf, capture.warc, capture.offset)
        except ArchiveUnreachable:
            raise  # a package without it would be another one tomorrow
        except StoreError as error:
            notes.append(f"存证 {capture.id} 读不出，未放入：{error}")
            continue
        masked = redact(body, content_type_of(headers))
        if not masked.kept:
            notes.append(f"存证 {capture.id} 是文件，无法隐去其中的个人信息，只写明原件 SHA-256 {capture.sha256}")
        masked_headers = tuple((name, mask(value)) for name, value in headers)
        kept.append(Kept(capture=capture, headers=masked_headers, redacted=masked))
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
    for record in kept:
        body = record.redacted.body
        if record.redacted.kept and body and record.capture.status == 200:
            charset = charset_of(body, content_type_of(record.headers))
            html, marked = page_of(record.capture, body, charset, needles, days)
            pages.append((not marked, record.capture, html))
    pages.sort(key=lambda page: (page[0], page[1].received_at))
    chosen = [(f"{n:02d}.png", capture, html) for n, (_, capture, html) in enumerate(pages[:MAX_SHOTS], 1)]
    if len(pages) > MAX_SHOTS:
        notes.append(f"页面共 {len(pages)} 张，截图取与本决定最有关的 {MAX_SHOTS} 张，其余在 captures.warc.gz")
    lacking = photograph(chromium, [(html, root / "screenshots" / name) for name, _, html in chosen])
    notes += [f"截图 {path.name} 没有拍成，这一页的原样在 captures.warc.gz 里" for path in lacking]
    return [(name, capture) for name, capture, _ in chosen if root / "screenshots" / name not in lacking]


def _needles(subject: Subject) -> list[str]:
    """What is marked: numbers as printed and as compared, and the party."""
    findings = [finding for finding in subject.facts.findings.values() if finding.id in subject.decision.findings]
    return [*(finding.number_text for finding in findings), subject.decision.number, subject.decision.name]


# ---------------------------------------------------------------- facts and their seals


def _facts(store: Store, paths: Paths, root: Path, subject: Subject) -> list[Sealed]:
    """Every fact the evidence rests on, as the bytes that were hashed."""
    facts, decision = subject.facts, subject.decision
    citations = [citation for item in subject.evidence for citation in item.proofs]
    looks = {c.ref for c in citations if c.kind == "look"} | {c.look for c in facts.captures.values()}
    wanted = {
        "looks": sorted(looks),
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


def _seals(session: Session, root: Path) -> list[str]:
    """What was signed of each manifest's head, the signature, the key, and the time stamp as the authority answered."""
    folder, stamps = root / "heads", Stamps(session.store)
    for each in signed_heads(session.store):
        run = each.head.run
        if not (root / "manifests" / f"{run}.jsonl").exists():
            continue
        folder.mkdir(exist_ok=True)
        if each.signature:
            (folder / f"{run}.txt").write_text(each.head.text, "utf-8", newline="")
            (folder / f"{run}.sig").write_bytes(bytes.fromhex(each.signature))
            (folder / f"{run}.pem").write_bytes(public_pem(each.public_key))
        if response := stamps.response(run):
            (folder / f"{run}.tsr").write_bytes(response)
    authority = ca_file(session.config)
    if session.config.district.timestamp and folder.exists() and authority.exists():
        shutil.copyfile(authority, folder / "tsa-ca.pem")
    return sorted(path.name for path in folder.glob("*"))


def _wacz(session: Session, root: Path, subject: Subject, placed: Sequence[Placed]) -> None:
    """The same captures as one file for public viewers; it names the chain that they are sealed in."""
    manifests = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted((root / "manifests").iterdir())}
    title = printable(mask(f"{session.config.district.name} {subject.decision.number or subject.decision.id} 证据"))
    about = About(title=title, at=subject.at, chain={"head": subject.head, "manifests": manifests})
    write_wacz(root / WACZ, (root / "captures.warc.gz").read_bytes(), placed, about, _signer(session))


def _signer(session: Session) -> Sign | None:
    """How the installation signs; None where it has no key yet."""
    path = key_path(session.config, session.paths)
    if not path.exists():
        return None
    key = installation_key(path)
    return lambda digest: Signed(bytes.fromhex(key.sign(digest.decode())), public_der(key.public))


def _papers(config: Config, root: Path, subject: Subject, contents: Contents) -> None:
    """manifest.json for programs, 说明.html for people; both with people masked."""
    data, own = _manifest(subject, contents), _hashes(subject, contents)
    (root / "manifest.json").write_text(printable(mask(json.dumps(data, ensure_ascii=False, indent=1), own)), "utf-8")
    (root / "说明.html").write_text(printable(mask(_page(config, subject, contents), own)), "utf-8")


def _hashes(subject: Subject, contents: Contents) -> set[str]:
    """The SHA-256 that this program took: who checks the package needs every digit of them."""
    taken = (subject.head, *(k.capture.sha256 for k in contents.kept), *(fact.sha256 for fact in contents.sealed))
    return {digest for digest in taken if _DIGEST.fullmatch(digest)}


def _manifest(subject: Subject, contents: Contents) -> dict[str, object]:
    """Everything in the package, by hash and id."""
    return {
        "decision": _plain(asdict(subject.decision)),
        "evidence": [_plain(asdict(item)) for item in subject.evidence],
        "captures": [_capture(record) for record in contents.kept],
        "screenshots": [{"file": f"screenshots/{name}", "capture": capture.id} for name, capture in contents.shots],
        "facts": [
            {"kind": fact.kind, "id": fact.id, "sha256": fact.sha256, "manifest": fact.manifest, "line": fact.line}
            for fact in contents.sealed
        ],
        "head": subject.head,
        "heads": [f"heads/{name}" for name in contents.seals],
        "made_at": subject.at.isoformat(),
        "notes": list(contents.notes),
    }


def _capture(record: Kept) -> dict[str, object]:
    capture = record.capture
    return {
        "id": capture.id,
        "url": capture.url,
        "method": capture.method,
        "request_body": capture.request_body,
        "received_at": capture.received_at.isoformat(),
        "raw_sha256": capture.sha256,
        "redacted": record.redacted.changed,
        "included": record.redacted.kept,
        "warc": capture.warc,
    }


def _page(config: Config, subject: Subject, contents: Contents) -> str:
    cited = {citation.ref for item in subject.evidence for citation in item.proofs if citation.kind == "look"}
    looks = sorted(subject.facts.looks.values(), key=lambda look: look.started_at)
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(default=True))
    return templates.get_template("evidence_package/说明.html.j2").render(
        district=config.district,
        unit=next((unit.name for unit in config.units if unit.slug == subject.decision.unit), subject.decision.unit),
        decision=subject.decision,
        evidence=subject.evidence,
        texts=subject.texts,
        outcomes=OUTCOMES,
        looks=[look for look in looks if look.id in cited],
        names={portal.id: portal.name for portal in config.portals},
        sentence=sentence,
        shots=contents.shots,
        head=subject.head,
        at=subject.at,
        notes=contents.notes,
        signed=any(name.endswith(".sig") for name in contents.seals),
        stamped=any(name.endswith(".tsr") for name in contents.seals),
    )


def _plain(value: object) -> object:
    plain: object = json.loads(json.dumps(value, ensure_ascii=False, default=str))
    return plain


def _sums(root: Path) -> None:
    """SHA256SUMS of every file, for `sha256sum -c`."""
    files = sorted(p for p in root.rglob("*") if p.is_file())
    lines = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.relative_to(root)}\n" for p in files]
    (root / "SHA256SUMS").write_text("".join(lines), "utf-8")

"""证据包: what leaves the house shows no person, and holds up against public tools alone."""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from warcio.archiveiterator import ArchiveIterator

from checks import TEXTS
from core.domain.config import load
from core.domain.errors import UsageError
from core.domain.text import mask_identities
from core.runtime.chromium import find_chromium
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.findings import Findings
from core.storage.hash_chain import head, seal
from core.storage.heads import installation_key
from core.storage.observations import Looks
from pipeline.evaluate import evaluate
from pipeline.evidence_package import with_attachments
from pipeline.ingest import import_uploads
from pipeline.report_context import dossier, facts_to_export
from pipeline.stamp import stamp_heads
from reporting.evidence_package.pack import Subject, export
from reporting.evidence_package.redact import mask, redact
from simulation.background_cases import make_world
from simulation.server import SimulatedSites
from simulation.workbooks import write_workbooks
from simulation.world import moment, night_moment
from tests.support.crawl_runs import look_at
from tests.support.sessions import session_of
from tests.support.time_stamp_authority import time_stamp_authority

NIGHT = date(2026, 8, 30)


@pytest.fixture(scope="module")
def clear() -> tuple[str, str]:
    """(id, identity number) of a decision whose page shows a person's number in the clear."""
    world = make_world()
    standing = {ref for portal in ("jtj", "scjgj") for p in world.rows(portal, night_moment(NIGHT)) for ref in p.acts}
    act = next(a for a in world.acts if a.identity == "clear" and a.ref in standing)
    return f"{act.unit}|{act.kind}|{act.numbers[0]}", act.party.identity


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root, world = tmp_path_factory.mktemp("exhibit"), make_world()
    with (
        SimulatedSites(world, troubled=False) as simulated,
        look_at(root, simulated, NIGHT, ("jtj", "scjgj", "credit-penalty", "credit-licence", "cgj", "gxj")) as store,
    ):
        config = load(root / "district")
        files = write_workbooks(world, date(2026, 8, 24), root / "inbox")
        import_uploads(session_of(store, config, moment(date(2026, 8, 24), "09:00"), paths=Paths(root)), files)
        evaluate(session_of(store, config, night_moment(NIGHT)))
        seal(store, Paths(root), f"{NIGHT}", night_moment(NIGHT), installation_key(root / "installation.key"))
        _stamped(root, store)
        yield root


def _stamped(root: Path, store: Store) -> None:
    """The head stamped by an authority of our own, whose certificates the district keeps."""
    with time_stamp_authority(root / "tsa") as authority:
        with (root / "district" / "district.toml").open("a", encoding="utf-8") as file:
            file.write(f'\n[timestamp]\nurl = "{authority.url}"\nca_file = "{authority.ca}"\n')
        done = stamp_heads(session_of(store, load(root / "district"), paths=Paths(root)), 20)
        assert done.runs == (f"{NIGHT}",), done.why


def pack(var: Path, name: str, out: Path, chromium: str = "") -> tuple[Path, list[str]]:
    config, paths = load(var / "district"), Paths(var)
    with Store(paths.store) as store:
        found = dossier(session_of(store, config, night_moment(NIGHT)), name, None)
        (decision,) = found.decisions.values()
        subject = Subject(
            decision=decision,
            evidence=found.evidence,
            facts=with_attachments(
                session_of(store, config, paths=paths), decision, facts_to_export(session_of(store, config), found)
            ),
            texts=TEXTS,
            head=head(store),
            at=night_moment(NIGHT),
        )
        notes = export(session_of(store, config, paths=paths), subject, out, chromium)
    shutil.unpack_archive(out, out.parent / "open")
    return out.parent / "open" / "证据包", notes


def test_no_person_leaves_the_house(var: Path, clear: tuple[str, str], tmp_path: Path) -> None:
    folder, _ = pack(var, clear[0], tmp_path / "x.zip")
    raw = (folder / "captures.warc.gz").read_bytes()
    with (folder / "captures.warc.gz").open("rb") as file:
        bodies = [r.content_stream().read() for r in ArchiveIterator(file) if r.rec_type in {"response", "request"}]
    assert raw and bodies
    texts = [body.decode(charset, "replace") for body in bodies for charset in ("utf-8", "gb18030")]
    texts += [p.read_text("utf-8") for p in folder.rglob("*") if p.suffix in {".html", ".json", ".jsonl"}]
    for text in texts:
        assert clear[1] not in text
        assert [e for e in mask_identities(text)[1] if e.what == "identity-number"] == []
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert any(capture["redacted"] for capture in manifest["captures"])


def test_it_holds_up_against_public_tools(var: Path, clear: tuple[str, str], tmp_path: Path) -> None:
    folder, _ = pack(var, clear[0], tmp_path / "x.zip")
    said = re.findall(r"<pre>(.*?)</pre>", (folder / "说明.html").read_text("utf-8"), re.S)
    commands = [c.replace("&#34;", '"').replace("&amp;", "&").replace("&#39;", "'") for c in said]
    assert len(commands) == 5
    sums, facts, chain, signatures, stamps = (
        subprocess.run(["bash", "-c", c], cwd=folder, capture_output=True, text=True, check=False) for c in commands
    )
    assert sums.returncode == 0 and "FAILED" not in sums.stdout
    assert facts.stdout.count("相符") > 5 and "不符" not in facts.stdout
    with Store(Paths(var).store) as store:
        assert f"链头 {head(store)}" in chain.stdout and "断开" not in chain.stdout
    with zipfile.ZipFile(folder / "存证.wacz") as box:
        digest = json.loads(box.read("datapackage-digest.json"))
        assert digest["hash"] == f"sha256:{hashlib.sha256(box.read('datapackage.json')).hexdigest()}"
    told = digest["signedData"]
    key = load_der_public_key(base64.b64decode(told["publicKey"]))
    assert isinstance(key, Ed25519PublicKey)
    key.verify(base64.b64decode(told["signature"]), digest["hash"].encode())  # InvalidSignature where it is not
    assert "签名相符" in signatures.stdout and "不符" not in signatures.stdout
    assert "Time stamp" in stamps.stdout and "不符" not in stamps.stdout
    (folder / "说明.html").write_text("改过", "utf-8")
    assert (
        subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, check=False).returncode != 0
    )


def test_the_archive_is_a_sound_warc_and_keeps_what_was_posted(var: Path, tmp_path: Path) -> None:
    with Store(Paths(var).store) as store:
        (key,) = store.rows(
            "SELECT d.id FROM decisions d WHERE d.unit = 'cgj' AND EXISTS (SELECT 1 FROM members m"
            " JOIN findings f ON f.id = m.record WHERE m.decision = d.id AND f.portal = 'cgj') LIMIT 1"
        )[0]
    folder, _ = pack(var, key, tmp_path / "x.zip")
    done = subprocess.run(
        [
            shutil.which("warcio") or str(Path(__import__("sys").executable).with_name("warcio")),
            "check",
            str(folder / "captures.warc.gz"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    with (folder / "captures.warc.gz").open("rb") as file:
        records = [
            (r.rec_type, r.rec_headers.get_header("X-Raw-SHA256"), r.content_stream().read())
            for r in ArchiveIterator(file)
        ]
    assert records[0][0] == "warcinfo"
    assert any(kind == "request" and b"infoId=" in body for kind, _, body in records)
    sealed = {
        fact["id"]
        for fact in json.loads((folder / "manifest.json").read_text("utf-8"))["facts"]
        if fact["kind"] == "captures"
    }
    with Store(Paths(var).store) as store:
        raw = {c.sha256 for c in Looks(store).captures() if c.id in sealed}
    assert {sha for kind, sha, _ in records if kind == "response"} <= raw


def test_the_file_that_a_record_was_read_from_is_named_with_its_bytes_hash(var: Path, tmp_path: Path) -> None:
    with Store(Paths(var).store) as store:
        captures = {c.id: c for c in Looks(store).captures()}
        finding = next(
            f
            for f in Findings(store).all().values()
            if f.portal == "gxj" and f.numbers and captures[f.capture].url.endswith(".html")
        )
        ((key,),) = store.rows("SELECT decision FROM members WHERE record = ?", finding.id)
        files = {
            c.id: c.sha256
            for c in Looks(store).captures(captures[finding.capture].look)
            if not c.url.endswith((".html", "/"))
        }
    folder, notes = pack(var, key, tmp_path / "x.zip")
    told = {c["id"]: c for c in json.loads((folder / "manifest.json").read_text("utf-8"))["captures"]}
    (carried,) = told.keys() & files.keys()
    assert finding.capture in told and told[carried]["raw_sha256"] == files[carried]
    assert not told[carried]["included"] and any(carried in note for note in notes)


@pytest.mark.browser
def test_photographs_show_the_page_its_margin_and_the_mark(var: Path, clear: tuple[str, str], tmp_path: Path) -> None:
    if not (chromium := find_chromium()):
        pytest.skip("没有 Chromium")
    folder, notes = pack(var, clear[0], tmp_path / "x.zip", chromium)
    shots = sorted((folder / "screenshots").iterdir())
    assert shots and all(shot.read_bytes().startswith(b"\x89PNG") and shot.stat().st_size > 10_000 for shot in shots)
    assert not any("Chromium" in note for note in notes)


def test_without_a_browser_all_but_the_photographs_are_there(var: Path, clear: tuple[str, str], tmp_path: Path) -> None:
    folder, notes = pack(var, clear[0], tmp_path / "x.zip")
    assert not list((folder / "screenshots").glob("*")) and any("没有 Chromium" in note for note in notes)
    assert zipfile.ZipFile(tmp_path / "x.zip").testzip() is None


def test_a_browser_that_cannot_draw_costs_the_photographs_alone(
    var: Path, clear: tuple[str, str], tmp_path: Path
) -> None:
    folder, notes = pack(var, clear[0], tmp_path / "x.zip", "/bin/false")
    assert not list((folder / "screenshots").glob("*")) and any("没有拍成" in note for note in notes)
    assert json.loads((folder / "manifest.json").read_text("utf-8"))["screenshots"] == []


def test_a_name_that_is_no_one_decisions_is_refused(var: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有这个决定"):
        pack(var, "无此〔2026〕1号", tmp_path / "x.zip")


@pytest.mark.parametrize(
    ("body", "kind", "kept", "changed"),
    [
        ("电话 13912345678 号".encode(), "text/html", True, True),
        ("证件 110101199003078515，某".encode("gb18030"), "text/html; charset=gb2312", True, True),
        (b"\xff\xfe" + "证件 110101199003078515".encode("utf-16-le"), "text/html", True, True),
        ("决定 2026 年 12345678901 号".encode(), "text/html", True, False),
        (b"PK\x03\x04rest", "application/vnd.ms-excel", False, True),
        (b"%PDF-1.7", "text/html", False, True),
        (b"\x80\x81 \xfe bytes", "text/html", True, False),
    ],
)
def test_a_body_leaves_with_people_masked_or_not_at_all(body: bytes, kind: str, kept: bool, changed: bool) -> None:
    made = redact(body, kind)
    assert (made.kept, made.changed) == (kept, changed)
    assert made.kept is False or changed or made.body == body
    assert b"110101199003078515" not in made.body and b"13912345678" not in made.body


def test_a_phone_is_masked_and_a_number_that_is_none_is_not() -> None:
    assert mask("13912345678") == "139****5678"
    assert mask("139123456789") == "139123456789"

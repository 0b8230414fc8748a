"""存证.wacz: the public validator takes it, and what its index points at is what the package says it is."""

import base64
import gzip
import hashlib
import json
import subprocess
import sys
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from wacz.main import main as public_tool
from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from core.domain.clock import ZONE
from core.domain.models import Capture
from core.domain.text import mask_identities
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import head
from reporting.evidence_package.redact import Redacted
from reporting.evidence_package.wacz import BLOCKS, INDEX, PAGES, WARC, About, Sign, Signed, surt, write_wacz
from reporting.evidence_package.warc import Kept, write_warc
from tests.reporting.evidence_package.test_pack import clear, pack, var

__all__ = ["clear", "var"]
AT = datetime(2026, 8, 30, 9, 0, tzinfo=ZONE)
ABOUT = About(title="某区 某罚〔2026〕1号 证据", at=AT, chain={"head": "0" * 64, "manifests": {}})
PAGE = "<html><meta charset=utf-8><title>\n处罚 &amp; 公示\n</title><body>某罚〔2026〕1号</body></html>".encode()


def kept(
    number: int,
    url: str,
    body: bytes = PAGE,
    status: int = 200,
    mime: str = "text/html; charset=utf-8",
    posted: str = "",
) -> Kept:
    capture = Capture(
        id=f"2026-08-30/p/1#{number}",
        look="2026-08-30/p/1",
        url=url,
        method="POST" if posted else "GET",
        request_body=posted,
        status=status,
        sha256=hashlib.sha256(body).hexdigest(),
        size=len(body),
        received_at=AT.replace(second=number),
    )
    return Kept(capture=capture, headers=(("Content-Type", mime),), redacted=Redacted(body, False, True))


# a page, its confirmation, a redirect, a POST's answer, two states of one page, and data that a script fetched
CAPTURES = (
    kept(1, "http://www.x.gov.cn/list.html?b=2&a=1"),
    kept(2, "http://www.x.gov.cn/list.html?b=2&a=1", b"", status=304),
    kept(3, "http://www.x.gov.cn/old.html", b"", status=301),
    kept(4, "http://www.x.gov.cn:8080/api", b'{"rows": []}', mime="application/json", posted="p=1&q=2"),
    kept(5, "http://www.x.gov.cn/info/1.html", PAGE.replace(b"26", b"25")),
    kept(6, "http://www.x.gov.cn/info/1.html"),
    kept(7, "http://www.x.gov.cn/style.css", b"a{}", mime="text/css"),
)
CONFIRMED = {"2026-08-30/p/1#2": "2026-08-30/p/1#1"}


PLAIN = [record for record in CAPTURES if record.capture.status != 304]


def made(folder: Path, sign: Sign | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    placed = write_warc(folder / "captures.warc.gz", CAPTURES, AT, CONFIRMED)
    write_wacz(folder / "x.wacz", (folder / "captures.warc.gz").read_bytes(), placed, ABOUT, sign)
    return folder / "x.wacz"


def parts_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as box:
        assert {entry.compress_type for entry in box.infolist()} == {zipfile.ZIP_STORED}
        return {name: box.read(name) for name in box.namelist()}


def index_of(parts: dict[str, bytes]) -> list[tuple[str, str, dict[str, str]]]:
    """The index as a viewer has it: by the index of its blocks."""
    lines: list[str] = []
    meta, *blocks = parts[BLOCKS].decode().splitlines()
    assert json.loads(meta.split(" ", 2)[2])["format"] == "cdxj-gzip-1.0"
    for block in blocks:
        place = json.loads(block.split(" ", 2)[2])
        member = parts[INDEX][place["offset"] : place["offset"] + place["length"]]
        assert place["digest"] == f"sha256:{hashlib.sha256(member).hexdigest()}"
        lines += gzip.decompress(member).decode().splitlines()
    assert lines == sorted(lines)
    return [(key, stamp, json.loads(entry)) for key, stamp, entry in (line.split(" ", 2) for line in lines)]


def record_at(parts: dict[str, bytes], entry: dict[str, str]) -> ArcWarcRecord:
    """The one record that an index line points at; nothing of a neighbour is read."""
    start = int(entry["offset"])
    return next(iter(ArchiveIterator(BytesIO(parts[WARC][start : start + int(entry["length"])]))))


def is_valid(path: Path) -> bool:
    return bool(public_tool(["validate", "-f", str(path)]) == 0)


def test_the_public_validator_takes_it_and_no_changed_one(tmp_path: Path) -> None:
    path = made(tmp_path)
    assert is_valid(path)
    parts = parts_of(path)
    for changed in (WARC, INDEX, PAGES, "datapackage.json"):
        with zipfile.ZipFile(tmp_path / "changed.wacz", "w") as box:
            for name, body in parts.items():
                box.writestr(name, body.replace(b"data", b"dota", 1) + b"\n" if name == changed else body)
        assert not is_valid(tmp_path / "changed.wacz"), changed


def test_every_index_line_points_at_its_record(tmp_path: Path) -> None:
    parts = parts_of(made(tmp_path))
    found = {(entry["url"], stamp): entry for _, stamp, entry in index_of(parts)}
    assert len(found) == len(CAPTURES)
    for one in CAPTURES:
        entry = found[one.capture.url, f"202608300100{one.capture.received_at.second:02d}"]
        record = record_at(parts, entry)
        assert record.rec_headers.get_header("X-Capture") == one.capture.id
        assert record.rec_headers.get_header("WARC-Payload-Digest") == entry["digest"]
        assert record.http_headers.get_statuscode() == entry["status"] == str(one.capture.status)
        assert record.content_stream().read() == one.redacted.body


def test_a_confirmed_page_is_a_revisit_of_the_page_it_confirmed(tmp_path: Path) -> None:
    parts = parts_of(made(tmp_path))
    (revisit,) = (entry for _, _, entry in index_of(parts) if entry["mime"] == "warc/revisit")
    record = record_at(parts, revisit)
    assert (record.rec_type, revisit["status"]) == ("revisit", "304")
    assert record.rec_headers.get_header("WARC-Refers-To-Target-URI") == CAPTURES[0].capture.url
    assert record.rec_headers.get_header("WARC-Refers-To-Date") == "2026-08-30T01:00:01Z"
    originals = [e for _, _, e in index_of(parts) if e["digest"] == revisit["digest"] and e is not revisit]
    assert any(record_at(parts, entry).content_stream().read() == PAGE for entry in originals)


def test_the_index_is_what_the_public_indexer_makes_of_the_same_file(tmp_path: Path) -> None:
    parts = parts_of(made(tmp_path))
    (tmp_path / "data.warc.gz").write_bytes(parts[WARC])
    tool = Path(sys.executable).with_name("cdxj-indexer")
    done = subprocess.run([tool, "-p", "-s", tmp_path / "data.warc.gz"], capture_output=True, text=True, check=True)
    theirs = [json.loads(line.split(" ", 2)[2]) for line in done.stdout.splitlines()]
    same = ("offset", "filename", "digest", "url", "mime", "status")
    ours = {tuple(entry.get(name) for name in same) for _, _, entry in index_of(parts) if entry["status"] != "304"}
    assert ours == {tuple(e.get(name) for name in same) for e in theirs if e["mime"] != "warc/revisit"}
    posted = next(line for line in done.stdout.splitlines() if "POST" in line)
    assert posted.split(" ")[0] in {key for key, _, entry in index_of(parts) if entry.get("method") == "POST"}


def test_pages_stand_in_the_list_by_title(tmp_path: Path) -> None:
    head_, *pages = map(json.loads, parts_of(made(tmp_path))[PAGES].decode().splitlines())
    assert head_["format"] == "json-pages-1.0"
    assert [(p["id"][-1], p["title"]) for p in pages] == [
        ("1", "处罚 & 公示"), ("4", "http://www.x.gov.cn:8080/api"), ("5", "处罚 & 公示"), ("6", "处罚 & 公示"),
    ]  # fmt: skip
    assert {p["ts"] for p in pages} == {f"2026-08-30T01:00:0{n}Z" for n in (1, 4, 5, 6)}


def test_the_same_captures_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = made(tmp_path / "a").read_bytes(), made(tmp_path / "b").read_bytes()
    assert first == second


def test_the_digest_is_signed_where_there_is_a_key(tmp_path: Path) -> None:
    asked: list[bytes] = []

    def sign(digest: bytes) -> Signed:
        asked.append(digest)
        return Signed(hashlib.sha256(b"key" + digest).digest(), b"key")

    path = made(tmp_path, sign)
    parts = parts_of(path)
    told, package = json.loads(parts["datapackage-digest.json"]), json.loads(parts["datapackage.json"])
    digest = f"sha256:{hashlib.sha256(parts['datapackage.json']).hexdigest()}"
    assert (told["hash"], asked) == (digest, [digest.encode()])
    assert told["signedData"]["hash"] == digest and told["signedData"]["created"] == package["created"]
    assert base64.b64decode(told["signedData"]["signature"]) == hashlib.sha256(b"key" + digest.encode()).digest()
    assert is_valid(path)
    assert "signedData" not in json.loads(parts_of(made(tmp_path / "unsigned"))["datapackage-digest.json"])


def test_the_package_carries_it_masked_and_bound_to_the_chain(
    var: Path, clear: tuple[str, str], tmp_path: Path
) -> None:
    folder, _ = pack(var, clear[0], tmp_path / "x.zip")
    (tmp_path / "again").mkdir()
    pack(var, clear[0], tmp_path / "again/x.zip")
    assert (tmp_path / "again/x.zip").read_bytes() == (tmp_path / "x.zip").read_bytes()
    assert is_valid(folder / "存证.wacz")
    parts = parts_of(folder / "存证.wacz")
    assert parts[WARC] == (folder / "captures.warc.gz").read_bytes()
    with Store(Paths(var).store) as store:
        chain = json.loads(parts["datapackage.json"])["chain"]
        assert chain["head"] == head(store)
    for name, digest in chain["manifests"].items():
        assert hashlib.sha256((folder / "manifests" / name).read_bytes()).hexdigest() == digest
    told = {c["id"]: c for c in json.loads((folder / "manifest.json").read_text("utf-8"))["captures"]}
    entries = index_of(parts)
    records = [record_at(parts, entry) for _, _, entry in entries]
    assert {r.rec_headers.get_header("X-Capture") for r in records} == told.keys()
    texts = [r.content_stream().read().decode("utf-8", "replace") for r in records]
    for text in (*texts, *(parts[name].decode() for name in (PAGES, "datapackage.json"))):
        assert clear[1] not in text
        assert [e for e in mask_identities(text)[1] if e.what == "identity-number"] == []
    titles = {json.loads(line)["title"] for line in parts[PAGES].decode().splitlines()[1:]}
    assert len(titles) > 1 and any(not title.startswith("http") for title in titles)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("http://www.X.gov.cn/A/b.html", "cn,gov,x)/a/b.html"),
        ("https://x.gov.cn", "cn,gov,x)/"),
        ("http://x.gov.cn:8080/l?b=2&a=1&a=0", "cn,gov,x:8080)/l?a=1&a=0&b=2"),
        ("http://x.gov.cn/l?empty=&t=%E5%85%AC", "cn,gov,x)/l?empty=&t=%E5%85%AC"),
        ("http://127.0.0.1:8000/x", "1,0,0,127:8000)/x"),
        ("http://x:99999999/", "http://x:99999999/"),
    ],
)
def test_an_address_is_sorted_as_viewers_do(url: str, key: str) -> None:
    assert surt(url) == key


@pytest.mark.parametrize("url", ["http://站.cn/公示 1.html", "http://[", "x\r\nBcc: y", "http://x/\x85\u2028"])
def test_a_kept_address_that_is_none_breaks_no_record(tmp_path: Path, url: str) -> None:
    """Older versions stored what a page called an address."""
    asked = kept(1, url, posted="甲=1")
    placed = write_warc(tmp_path / "captures.warc.gz", [asked], AT, {})
    write_wacz(tmp_path / "x.wacz", (tmp_path / "captures.warc.gz").read_bytes(), placed, ABOUT)
    with (tmp_path / "captures.warc.gz").open("rb") as file:
        told = [r.rec_headers.get_header("WARC-Target-URI") for r in ArchiveIterator(file)][1:]
    (_, _, entry), *_ = index_of(parts_of(tmp_path / "x.wacz"))
    assert told == [entry["url"]] * 2 and entry["url"].isascii() and entry["url"].isprintable()

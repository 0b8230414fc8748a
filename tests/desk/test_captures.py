"""Archived pages at the desk: people masked, nothing of theirs runs, a unit sees what its own items rest on alone."""

from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest

from core.domain.models import Capture, Evidence, Look, LookBundle
from core.domain.ruling_validity import call_number
from core.runtime.chromium import find_chromium
from core.storage.shelf import Note, Shelf
from core.storage.warc_archive import Archive, Exchange
from tests.desk.conftest import Enter
from tests.support.desk_town import LAST, NOW, UNIT, Town

PAGE = (
    "<html><head><script>fetch('http://127.0.0.1:1/')</script></head><body onload=alert(1)>"
    "<p>楚市监处罚〔2026〕310号</p><p>居民身份证 320803199001011237，电话 13812345678</p>"
    "<img src=http://127.0.0.1:1/x.png></body></html>"
)


def archived(town: Town, name: str, page: str = PAGE, kind: str = "text/html; charset=utf-8") -> None:
    """A page under the capture that a finding names."""
    archive = Archive(town.desk.paths.archive, "2026-07-30")
    body = page.encode()
    exchange = Exchange(
        url="http://127.0.0.1:9/a.html",
        status=200,
        headers=(("Content-Type", kind),),
        body=body,
        asked_at=NOW,
        received_at=NOW,
    )
    offset = archive.append(exchange)
    archive.close()
    look = Look(
        id="late",
        run="2026-07-30",
        portal=UNIT,
        kind="full",
        genuine=False,
        parsed=False,
        started_at=NOW,
        finished_at=NOW + timedelta(seconds=1),
    )
    capture = Capture(
        id=name, look="late", url=exchange.url, status=200, sha256=exchange.sha256, size=len(body), received_at=NOW,
        warc=archive.name, offset=offset,
    )  # fmt: skip
    with town.desk.session() as session:
        session.looks.add_look(LookBundle(look=look, captures=(capture,)), NOW)


def shown(town: Town) -> tuple[Evidence, str]:
    """An item of the unit whose decision was read off a page, and the capture's name."""
    with town.desk.session() as session:
        for item in session.evaluations.evidence_between(date(2026, 7, 1), LAST):
            if item.unit != UNIT:
                continue
            decision = session.evaluations.decisions([item.decision]).get(item.decision)
            for finding in session.findings.by_id(decision.findings if decision else ()).values():
                if finding.capture:
                    return item, finding.capture
    raise AssertionError("nothing was read off a page")


def test_the_words_are_masked_marked_and_harmless(town: Town, enter: Enter) -> None:
    archived(town, "late#1")
    query = urlencode({"id": "late#1", "mark": "〔2026〕310号"})
    page = enter("clerk").get(f"/captures/text?{query}").content.decode()
    assert "<mark>〔2026〕310号</mark>" in page and "320803" in page
    assert "199001011237" not in page and "13812345678" not in page and "fetch(" not in page and "onload" not in page


@pytest.mark.parametrize("name", ["", "nothing", "../../etc/passwd", "2026-07-12/scjgj/1#1"])
def test_what_is_not_there_is_said_so(town: Town, enter: Enter, name: str) -> None:
    for kind in ("text", "picture"):
        assert enter("clerk").get(f"/captures/{kind}?{urlencode({'id': name})}").status_code == 404


def test_a_page_whose_store_is_away_is_not_said_to_be_gone(town: Town, enter: Enter, tmp_path: Path) -> None:
    archived(town, "late#1")
    (warc,) = town.desk.paths.archive.glob("2026-07-30-*.warc.gz")
    Shelf(town.desk.paths.archive).add_note(warc.name, Note(sha256="0" * 64, size=9))
    warc.unlink()
    file = town.desk.folder / "district.toml"
    file.write_text(f'{file.read_text("utf-8")}\n[archive]\nurl = "file://{tmp_path}/unmounted"\n', "utf-8")
    client = enter("clerk")
    client.raise_request_exception = False
    for kind in ("text", "picture"):
        answer = client.get(f"/captures/{kind}?id=late%231")
        assert answer.status_code == 503 and "共享盘" in answer.content.decode(), kind
        assert str(tmp_path) not in answer.content.decode()


def test_a_file_is_not_shown_as_words(town: Town, enter: Enter) -> None:
    archived(town, "late#1", "%PDF-1.4 320803199001011237", "application/pdf")
    page = enter("clerk").get("/captures/text?id=late%231").content.decode()
    assert "不在这里显示" in page and "199001011237" not in page


def test_a_unit_sees_what_its_own_items_rest_on(town: Town, enter: Enter) -> None:
    item, name = shown(town)
    archived(town, name)
    client, call = enter("contact"), call_number(item.key)
    assert client.get(f"/own/items/{call}/text?{urlencode({'id': name})}").status_code == 200
    assert client.get(f"/own/items/{call}/text?{urlencode({'id': 'late#2'})}").status_code == 404
    assert client.get(f"/captures/text?{urlencode({'id': name})}").status_code == 403
    other = town.call("jtj")
    assert client.get(f"/own/items/{other}/text?{urlencode({'id': name})}").status_code == 404


@pytest.mark.browser
def test_the_page_is_drawn(town: Town, enter: Enter) -> None:
    if not find_chromium():
        pytest.skip("no Chromium")
    archived(town, "late#1")
    done = enter("clerk").get(f"/captures/picture?{urlencode({'id': 'late#1', 'mark': '楚市监处罚〔2026〕310号'})}")
    assert done.status_code == 200 and done.headers["Content-Type"] == "image/png"
    assert done.content.startswith(b"\x89PNG")
    assert list(town.desk.paths.pictures.glob("*.png"))

"""The portal that only a real Chromium can read, and what happens without one."""

import json
from datetime import date
from pathlib import Path

import pytest

from core.runtime.chromium import find_chromium
from core.storage.findings import Findings
from core.storage.observations import Looks
from core.storage.warc_archive import read_body
from crawler.fetching.tabs import refuse_sub_request
from simulation.server import SimulatedSites
from tests.support.crawl_runs import look_at

NIGHT = date(2026, 8, 30)
needs_chromium = pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：需要浏览器渲染的栏目未测试")


@needs_chromium
@pytest.mark.browser
def test_a_list_drawn_by_script_is_read_whole_and_its_wire_bytes_are_kept(
    tmp_path: Path, simulated: SimulatedSites
) -> None:
    with look_at(tmp_path, simulated, NIGHT, ("yjj",)) as store:
        for look in Looks(store).looks():
            assert look.genuine and look.parsed and look.whole, look.reasons
            assert look.total is not None and look.rows == look.total > 5
        assert len(Findings(store).all()) >= look.rows
        raw = [c for c in Looks(store).captures() if c.url.endswith(".json")]
        assert raw, "the data the scripts fetched is kept beside the page they drew"
        data = json.loads(read_body(tmp_path / "archive", raw[0].warc, raw[0].offset))
        assert data["total"] == look.total


def test_without_a_browser_the_look_says_so_and_the_rest_goes_on(tmp_path: Path, simulated: SimulatedSites) -> None:
    with look_at(tmp_path, simulated, NIGHT, ("yjj", "wjw"), passes=1, browser="") as store:
        looks = {look.portal: look for look in Looks(store).looks()}
    assert looks["yjj"].reasons == ("browser-missing",)
    assert not looks["yjj"].proves_absent(None)
    assert looks["wjw"].whole


@pytest.mark.parametrize(
    ("url", "kind", "refused"),
    [
        ("http://yjj.gov.cn/data/list_1.json", "fetch", False),
        ("http://cdn.example.com/track.js", "script", True),
        ("http://169.254.169.254/latest/meta-data", "fetch", True),
        ("file:///etc/passwd", "document", True),
        ("http://yjj.gov.cn/banner.jpg", "image", True),
        ("data:text/css,x", "stylesheet", False),
    ],
)
def test_a_page_may_only_ask_its_own_hosts(url: str, kind: str, refused: bool) -> None:
    assert refuse_sub_request(frozenset({"yjj.gov.cn"}), url, kind) is refused

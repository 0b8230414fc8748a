"""`portal try`, `portal check` and `portal record` at a terminal's end: an unknown site becomes a draft and cases."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from vcr.serializers import yamlserializer

from core.domain.config import load
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SimulatedSites
from simulation.static_site import StaticSite
from simulation.world import night_moment
from tests.support.paths import ROOT
from tests.support.site_runs import PENALTIES
from tests.support.site_runs import district as small_district

NIGHT = date(2026, 8, 25)


@pytest.fixture(scope="module")
def simulated() -> Iterator[SimulatedSites]:
    with SimulatedSites(make_world(), troubled=False) as made:
        yield made


@pytest.fixture
def district(tmp_path: Path, simulated: SimulatedSites) -> Path:
    write_district(tmp_path / "district", simulated.ports)
    return tmp_path / "district"


def run(simulated: SimulatedSites, *arguments: str) -> subprocess.CompletedProcess[str]:
    simulated.set_time(night_moment(NIGHT))
    as_of = f"{NIGHT}T00:30:02"
    return subprocess.run(
        [sys.executable, "-m", "cli", *arguments, "--as-of", as_of],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


# what a person who opened these columns would have written (replica/district/portals)
KNOWN = [
    ("scjgj", "cmsweb", "行政许可和行政处罚信息公示"),
    ("wjw", "hanweb-jpage", "双公示信息"),
    ("credit-penalty", "credit-static", "行政处罚公示"),
]
# pages whose scripts ask an interface for the list: family, and what of its draft a person need not fill in
ASKING: dict[str, tuple[str, dict[str, Any]]] = {
    "spj": ("credit-json", {"type": "1", "page_size": 10, "list_path": "/intertidwebapp/cxIndex/getPContentByPage"}),
    "yjj": (
        "json-api",
        {"path": "/xxgk/sgs/data/list_{page}.json", "pager": "page", "total": "total", "detail": "get", "url": "{url}"},
    ),
    "zrzy": (
        "json-api",
        {
            "path": "/api/sgs/query",
            "query": {"offset": "{offset}", "limit": "{size}"},
            "pager": "offset",
            "size": 10,
            "ok": {"path": "code", "values": ["200"]},
            "total": "data.result.total",
            "id": "infoId",
            "title": "bt",
            "date": "fbsj",
        },
    ),
    "xfdd": (
        "json-api",
        {
            "method": "POST",
            "body": '{"cursor": "{cursor}", "size": {size}}',
            "pager": "cursor",
            "rows": "result.records",
            "has_more": "result.hasMore",
            "cursor": "result.nextCursor",
            "date": "publishTime",
        },
    ),
}


@pytest.mark.parametrize(("known", "family", "marker"), KNOWN, ids=[k[0] for k in KNOWN])
def test_an_unknown_column_becomes_a_draft_that_reads_it(
    tmp_path: Path, district: Path, simulated: SimulatedSites, known: str, family: str, marker: str
) -> None:
    file = district / "portals" / f"{known}.toml"
    url = tomllib.loads(file.read_text("utf-8"))["url"]
    file.unlink()
    where = ["--unit", known] if not known.startswith("credit") else []
    done = run(
        simulated,
        "portal",
        "try",
        url,
        "--id",
        known,
        "-d",
        str(district),
        "--cases",
        str(tmp_path / "cases"),
        "--allow-private",
        "--plain",
        *where,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    draft = tomllib.loads(file.read_text("utf-8"))
    assert (draft["family"], draft["marker"], draft["url"]) == (family, marker, url)
    assert draft["verified"] is draft["enabled"] is False
    assert draft["list_date"] in {"published", "unknown"} and draft["order"] == "newest-first"
    load(district)  # the draft is a lawful portal
    assert "不认识的项" in done.stdout or "详情里读到的项" in done.stdout
    for part in ("list", "detail"):
        expected = json.loads((tmp_path / "cases" / known / part / "expected.json").read_text("utf-8"))
        assert "unconfirmed" in expected
    file.write_text(file.read_text("utf-8").replace("enabled = false", "enabled = true"), "utf-8")
    checked = run(simulated, "portal", "check", known, "-d", str(district), "--json")
    (look,) = json.loads(checked.stdout)["looks"]
    assert look["genuine"] and look["parsed"] and look["whole"], look


@pytest.mark.browser
@pytest.mark.parametrize("known", ASKING)
def test_a_list_that_scripts_ask_for_becomes_a_draft_of_its_interface(
    tmp_path: Path, district: Path, simulated: SimulatedSites, known: str
) -> None:
    file = district / "portals" / f"{known}.toml"
    url = tomllib.loads(file.read_text("utf-8"))["url"]
    file.unlink()
    done = run(
        simulated,
        "portal",
        "try",
        url,
        "--id",
        known,
        "-d",
        str(district),
        "--cases",
        str(tmp_path / "cases"),
        "--allow-private",
        "--unit",
        known,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    draft = tomllib.loads(file.read_text("utf-8"))
    family, options = ASKING[known]
    assert draft["family"] == family and draft["options"] | options == draft["options"], draft["options"]
    assert not draft.get("rendered") and (tmp_path / "cases" / known / "list/expected.json").exists()
    file.write_text(file.read_text("utf-8").replace("enabled = false", "enabled = true"), "utf-8")
    checked = run(simulated, "portal", "check", known, "-d", str(district), "--json")
    (look,) = json.loads(checked.stdout)["looks"]
    assert look["genuine"] and look["parsed"] and look["whole"] and look["rows"] > 0, look


def test_what_nobody_can_read_is_said_and_nothing_is_written(
    tmp_path: Path, district: Path, simulated: SimulatedSites
) -> None:
    done = run(
        simulated,
        "portal",
        "try",
        f"{simulated.base('scjgj')}/login",
        "--id",
        "new",
        "-d",
        str(district),
        "--cases",
        str(tmp_path / "cases"),
        "--allow-private",
    )
    assert done.returncode == 2 and "没有写出草案" in done.stderr
    assert not (district / "portals/new.toml").exists() and not (tmp_path / "cases").exists()


@pytest.mark.parametrize("url", ["scjgj.gov.cn/list.html", "ftp://a.example.invalid/", "file:///etc/passwd"])
def test_what_is_no_address_is_refused(district: Path, simulated: SimulatedSites, url: str) -> None:
    done = run(simulated, "portal", "try", url, "--id", "new", "-d", str(district))
    assert done.returncode == 2 and "不是网址" in done.stderr


def test_a_portal_that_exists_is_never_overwritten(tmp_path: Path, district: Path, simulated: SimulatedSites) -> None:
    before = (district / "portals/scjgj.toml").read_text("utf-8")
    url = tomllib.loads(before)["url"]
    done = run(
        simulated,
        "portal",
        "try",
        url,
        "--id",
        "scjgj",
        "-d",
        str(district),
        "--cases",
        str(tmp_path / "cases"),
        "--allow-private",
        "--plain",
        "--unit",
        "scjgj",
    )
    assert done.returncode == 2 and "已经有了" in done.stderr
    assert (district / "portals/scjgj.toml").read_text("utf-8") == before
    assert done.stdout == "", "said before anything is looked at"


def test_what_a_person_answers_stands_signed_in_the_draft(
    tmp_path: Path, district: Path, simulated: SimulatedSites
) -> None:
    """On a terminal's input: may it be empty, and has she compared it; flags would say the same."""
    file = district / "portals/jtj.toml"
    url = tomllib.loads(file.read_text("utf-8"))["url"]
    file.unlink()
    where = ["-d", str(district), "--cases", str(tmp_path / "cases"), "--allow-private", "--plain", "--unit", "jtj"]
    said = ["--ask", "--as-of", f"{NIGHT}T00:30:02", "--one-page-by", "张三", "--date", "published"]
    simulated.set_time(night_moment(NIGHT))
    done = subprocess.run(
        [sys.executable, "-m", "cli", "portal", "try", url, "--id", "jtj", *where, *said],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        input="n\ny\n张三\n",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    draft = tomllib.loads(file.read_text("utf-8"))
    assert draft["verified"] == {"signed_by": "张三", "on": NIGHT} and draft["enabled"] is False
    assert "may_be_empty" not in draft and "one_page" not in draft and "没有写“只有一页”的签注" in done.stdout
    assert draft["name"] == "交通局 行政许可和行政处罚信息公示"
    assert load(district).portal("jtj").verified_by == f"核实：张三 {NIGHT}"
    checked = run(simulated, "portal", "check", "jtj", "-d", str(district))
    assert f"核实：张三 {NIGHT}" in checked.stdout


def test_a_recorded_case_waits_for_a_persons_eye(tmp_path: Path, district: Path, simulated: SimulatedSites) -> None:
    done = run(simulated, "portal", "record", "jtj", "-d", str(district), "--cases", str(tmp_path / "cases"))
    assert done.returncode == 0, done.stderr
    home = tmp_path / "cases/jtj"
    assert sorted(p.name for p in home.iterdir()) == ["detail", "list", "look", "portal.toml"]
    meta = json.loads((home / "list/meta.json").read_text("utf-8"))
    assert meta["part"] == "list" and meta["source"] == "real" and meta["status"] == 200
    expected = json.loads((home / "detail/expected.json").read_text("utf-8"))
    assert expected["charset"] == "gb18030" and expected["findings"][0]["numbers"]
    look = json.loads((home / "look/expected.json").read_text("utf-8"))
    tape = yamlserializer.deserialize((home / "look/cassette.yaml").read_text("utf-8"))
    assert look["unconfirmed"] and look["genuine"] and len(look["records"]) == 5 < len(look["rows"])
    asked = [one["request"]["uri"] for one in tape["interactions"]]
    assert len(set(asked)) == look["pages"] + 5 and "整次试看" in done.stdout


def test_a_recorded_look_replays_with_its_site_gone(tmp_path: Path, district: Path, simulated: SimulatedSites) -> None:
    """A POSTed list, kept with its form: what the operator records is looked at again without the network."""
    run(simulated, "portal", "record", "spj", "-d", str(district), "--cases", str(tmp_path / "cases"))
    folder = tmp_path / "cases/spj/look"
    subprocess.run(
        [sys.executable, "-m", "tests.support.replay_looks", str(tmp_path), str(folder)], cwd=ROOT, check=True
    )
    result = json.loads((tmp_path / "0.json").read_text("utf-8"))
    want = json.loads((folder / "expected.json").read_text("utf-8"))
    del want["unconfirmed"]
    assert result["read"] == want and len(want["records"]) == 5
    assert (result["missing"], result["unasked"], result["network"]) == ([], [], [])


ONE_PAGE = {
    "index.html": "<html><head><title>双公示专栏</title></head><body><h1>双公示专栏</h1><ul class='list'>"
    + "".join(
        f"<li><a href='/info/10000{n}.html'>某罚〔2026〕{n}号处罚公示</a><span>2026-08-2{n}</span></li>"
        for n in range(4, 0, -1)
    )
    + "</ul></body></html>",
    **{
        f"info/10000{n}.html": "<html><body><div id='zoom'><table><tr><td>文书号</td>"
        f"<td>某罚〔2026〕{n}号</td></tr><tr><td>当事人</td><td>第{n}公司</td></tr></table></div></body></html>"
        for n in range(1, 5)
    },
}


@pytest.mark.parametrize(("behind", "signed"), [("", True), ("<a href='index_1.html'>更多&gt;&gt;</a>", False)])
def test_a_signed_page_is_looked_at_again_as_it_was_signed(tmp_path: Path, behind: str, signed: bool) -> None:
    """The look that is saved as a case is the signed draft's; a page that speaks of more takes no signature."""
    pages = {name: text.replace("</ul>", "</ul>" + behind).encode() for name, text in ONE_PAGE.items()}
    with StaticSite(pages) as site:
        folder = small_district(tmp_path / "district", {"p": PENALTIES.format(base=site.base)}).folder
        flags = ["--one-page-by", "张三", "--verified-by", "张三", "--allow-private", "--plain", "--unit", "u"]
        now = f"{site.at:%Y-%m-%dT%H:%M:%S}"
        where = ["-d", str(folder), "--cases", str(tmp_path / "cases"), "--as-of", now]
        done = subprocess.run(
            [sys.executable, "-m", "cli", "portal", "try", f"{site.base}/index.html", "--id", "q", *flags, *where],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    draft = tomllib.loads((folder / "portals/q.toml").read_text("utf-8"))
    assert draft["verified"]["signed_by"] == "张三" and ("one_page" in draft) is signed
    look = json.loads((tmp_path / "cases/q/look/expected.json").read_text("utf-8"))
    assert ("seen-whole:signed" in look["reasons"]) is signed and look["whole"] is signed
    assert ("操作人签注只有一页" in done.stdout) is signed and len(look["rows"]) == 4

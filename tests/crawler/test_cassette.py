"""A whole spider replays from a vcrpy cassette with its server gone: five families, robots and guard included."""

import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from core.domain.config import load
from core.domain.look_reasons import faults_of
from core.storage.database import Store
from core.storage.findings import Findings
from core.storage.observations import Looks
from tests.support.paths import ROOT
from tests.support.record_cassette import HERE, PORTALS


def test_a_whole_crawl_replays_with_its_server_gone(tmp_path: Path) -> None:
    config = load(HERE / "district")
    for portal in PORTALS:
        address = urlsplit(config.portal(portal).url)
        with socket.socket() as probe:
            assert probe.connect_ex((address.hostname, address.port)) != 0, "the recorded server must be gone"
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.record_cassette", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with Store(tmp_path / "chengxin.db") as store:
        looks = Looks(store).looks()
        assert {look.portal for look in looks} == set(PORTALS)
        assert all(look.genuine and look.parsed and look.whole and not faults_of(look.reasons) for look in looks), looks
        by_portal = {p: sum(f.portal == p for f in Findings(store).all().values()) for p in PORTALS}
    assert by_portal == {look.portal: by_portal[look.portal] for look in looks}
    for look in looks:
        assert look.total == look.rows <= by_portal[look.portal], look.portal  # a row may carry several records


def test_a_request_that_was_not_recorded_proves_nothing(tmp_path: Path) -> None:
    """With an empty cassette every look is unproving and nothing was seen: silence is never absence."""
    script = (
        "import sys; from pathlib import Path; import tests.support.record_cassette as r;"
        "r.HERE = Path(sys.argv[2]); sys.exit(r.run(Path(sys.argv[1]), 'none'))"
    )
    empty = tmp_path / "empty"
    (empty / "district").parent.mkdir()
    import shutil

    shutil.copytree(HERE / "district", empty / "district")
    (empty / "night.yaml").write_text("interactions: []\nversion: 1\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "var"), str(empty)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with Store(tmp_path / "var" / "chengxin.db") as store:
        assert all(not look.genuine and look.rows == 0 for look in Looks(store).looks())
        assert Findings(store).all() == {}

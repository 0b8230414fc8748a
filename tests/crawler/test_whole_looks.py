"""Every saved look is looked again from its cassette, through Scrapy and the whole visit, with the network shut.

A look is a folder `look` beside a portal's pages: `cassette.yaml` (vcrpy's format), `meta.json` (when and how) and
`expected.json`: rows, ends and records as a person sees them there.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from vcr.serializers import yamlserializer

from core.domain.text import mask_identities
from tests.support.look_runs import plainly
from tests.support.paths import ROOT
from tests.support.portal_cases import LOOKS, PORTALS, Case

MOST = 60_000  # bytes of a made cassette
MADE = [case for case in LOOKS if case.meta["source"] == "made"]
FAMILIES = {"html-list", "trs", "cmsweb", "hanweb-jpage", "json-api", "credit-json", "one-table", "citizen"}
NAMES = [pytest.param(number, id=case.name) for number, case in enumerate(LOOKS)]


def replay(work: Path, folders: list[Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.support.replay_looks", str(work), *map(str, folders)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    work = tmp_path_factory.mktemp("looks")
    done = replay(work, [case.folder for case in LOOKS])
    assert done.returncode == 0, done.stderr[-3000:]
    return [json.loads((work / f"{number}.json").read_text("utf-8")) for number in range(len(LOOKS))]


@pytest.mark.parametrize("number", NAMES)
def test_a_saved_look_reads_the_same_again(replayed: list[dict[str, Any]], number: int) -> None:
    result, want = replayed[number], plainly(LOOKS[number].expected)
    read = plainly(result["read"])
    assert {key: read[key] for key in want} == want
    assert (result["missing"], result["unasked"], result["network"]) == ([], [], [])


def test_an_interaction_that_the_cassette_does_not_hold_breaks_the_look(tmp_path: Path) -> None:
    """Whichever is taken out: the second page of the list, or a detail."""
    source = PORTALS / "made-html-next"
    tape = yamlserializer.deserialize((source / "look/cassette.yaml").read_text("utf-8"))
    folders = []
    for taken in range(1, len(tape["interactions"])):
        home = tmp_path / f"without-{taken}"
        shutil.copytree(source / "look", home / "look")
        shutil.copy(source / "portal.toml", home)
        left = [one for number, one in enumerate(tape["interactions"]) if number != taken]
        (home / "look/cassette.yaml").write_text(yamlserializer.serialize({**tape, "interactions": left}), "utf-8")
        folders.append(home / "look")
    done = replay(tmp_path, folders)
    assert done.returncode == 0, done.stderr[-3000:]
    for number, taken in enumerate(range(1, len(tape["interactions"]))):
        result = json.loads((tmp_path / f"{number}.json").read_text("utf-8"))
        assert result["missing"] == [f"GET {tape['interactions'][taken]['request']['uri']}"]
        assert not result["read"]["genuine"] and result["read"]["reasons"] == ["family-error"]


def test_the_families_of_most_sites_have_a_saved_look() -> None:
    assert {case.portal.family for case in LOOKS} >= FAMILIES
    assert {case.portal.options.get("pager") for case in LOOKS} >= {"next", "url", "offset"}


def test_no_expectation_of_a_look_still_waits_for_a_person() -> None:
    assert [case.name for case in LOOKS if "unconfirmed" in case.expected] == []


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in MADE])
def test_a_cassette_is_small_and_holds_no_person_cookie_or_secret(case: Case) -> None:
    text = (case.folder / "cassette.yaml").read_text("utf-8")
    assert len(text) < MOST
    assert mask_identities(text)[0] == text
    tape = yamlserializer.deserialize(text)
    headers = {
        name for one in tape["interactions"] for part in ("request", "response") for name in one[part]["headers"]
    }
    assert {name.lower() for name in headers} <= {"content-type", "content-length", "last-modified", "location"}


def test_the_network_is_really_shut() -> None:
    code = """
import socket
from tests.support.replay_looks import shut_the_network
tried = []
shut_the_network(tried)
for reach in (lambda: socket.socket().connect(("127.0.0.1", 9)), lambda: socket.getaddrinfo("localhost", 80)):
    try:
        reach()
    except OSError as error:
        print(error)
print(len(tried))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    said = ["the network is shut", "names do not resolve: the network is shut", "1"]
    assert done.stdout.splitlines() == said, done.stderr

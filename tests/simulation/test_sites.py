"""The families read every page of the replica as it stands, and none of its block pages for a list.

The one list that is drawn by script is read in the demonstration; here its details are.
"""

import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

import pytest

from core.domain.config import Config, Portal, load
from core.domain.models import Channel, Finding, Kind
from core.domain.text import plain
from core.domain.unit_names import UnitNames
from crawler.extract.files import read_file, with_files
from crawler.extract.findings import read_findings
from crawler.families import parser_of
from crawler.pages import ListPage, ListRow, NotGenuine, PageRequest, Response
from simulation.district import write as write_district
from simulation.outages import OUTAGES, Outage, Trouble
from simulation.scenarios_per_site import UNITS
from simulation.server import SimulatedSites
from simulation.sites.scripted import drawn_detail_path
from simulation.world import Act, Posting, World, night_moment

AT = night_moment(date(2026, 8, 30))
DRAWN = "yjj"
READABLE = {Trouble.SHIFT, Trouble.STALE, Trouble.WRONG_CLOCK}  # the page itself comes
UNANSWERED = {Trouble.HANG, Trouble.SHORT_BODY}  # the downloader's to notice
BLOCKING = [o for o in OUTAGES if o.portal != DRAWN and o.trouble not in READABLE | UNANSWERED]


@pytest.fixture(scope="module")
def config(simulated: SimulatedSites, tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder: Path = tmp_path_factory.mktemp("district")
    write_district(folder, simulated.ports)
    return load(folder)


def fetch(request: PageRequest) -> Response:
    sent = urllib.request.Request(
        request.url, data=request.body or None, headers=dict(request.headers), method=request.method
    )
    try:
        with urllib.request.urlopen(sent, timeout=15) as answer:
            return Response(
                url=answer.url,
                status=answer.status,
                body=answer.read(),
                headers=tuple(answer.headers.items()),
                request=request,
            )
    except urllib.error.HTTPError as error:
        with error:
            return Response(url=request.url, status=error.code, body=error.read(), request=request)


def walk(portal: Portal) -> list[ListRow]:
    parser = parser_of(portal)
    before: ListPage | None = None
    rows: list[ListRow] = []
    for number in range(1, 30):
        page = parser.parse_list(fetch(parser.page_request(number, before)))
        before = page
        rows += page.rows
        if (
            page.last
            or number == page.pages
            or (page.total is not None and page.pages is None and len(rows) >= page.total)
        ):
            assert page.total in (None, len(rows))
            return rows
    raise AssertionError("the list never ends")


def rows_of(simulated: SimulatedSites, portal: Portal, standing: tuple[Posting, ...]) -> list[ListRow]:
    if portal.id != DRAWN:
        return walk(portal)
    urls = [simulated.base(DRAWN) + drawn_detail_path(p) for p in standing]
    return [
        ListRow(key=p.row, sort_key="", title=p.title, url=url, listed_on=p.listed, detail=PageRequest(url=url))
        for p, url in zip(standing, urls, strict=True)
    ]


PORTALS = ("credit-licence", "credit-penalty", "jtj", "scjgj", "spj", "sthj", "wjw", "yjj", "zjj", *UNITS)
CODED = {"xfdd", "ylbzj"}  # their rows are the records: no detail, and fewer fields


@pytest.mark.parametrize("name", PORTALS)
def test_every_row_and_detail_is_read_as_it_stands(
    simulated: SimulatedSites, world: World, config: Config, name: str
) -> None:
    simulated.set_time(AT)
    portal, standing = config.portal(name), world.rows(name, AT)
    rows = rows_of(simulated, portal, standing)
    assert [(r.listed_on, r.pinned) for r in rows] == [(p.listed, p.pinned) for p in standing]
    assert len({r.key for r in rows}) == len(rows)
    parser = parser_of(portal)
    for row, posting in zip(rows, standing, strict=True):
        assert (row.detail is None) == (name in CODED)
        detail = parser.parse_detail(fetch(row.detail) if row.detail else None, row)
        findings = read_findings(
            portal,
            row,
            detail,
            content_hash="h",
            capture="",
            observed_at=AT,
            names=UnitNames.of(config),
        )
        if detail.files:
            detail = with_files(detail, [read_file(fetch(request)) for request in detail.files])
            findings = read_findings(
                portal, row, detail, content_hash="h", capture="", observed_at=AT, names=UnitNames.of(config)
            )
        acts = [world.act(ref) for ref in posting.acts]
        assert sorted(n for f in findings for n in f.numbers) == sorted(n for a in acts for n in a.numbers)
        for finding in findings:
            if name == "mzj" and not finding.numbers:  # a letter's words, kept beside its record
                assert dict(finding.fields)["text"]
                continue
            _agrees(finding, next(a for a in acts if a.numbers[0] in finding.numbers), posting, portal.channel)


def _agrees(finding: Finding, act: Act, posting: Posting, channel: Channel) -> None:
    shown = act.credit_identity if channel is Channel.CREDIT else act.identity
    exposed = {"clear": ["identity-number"], "weak": ["identity-number-weak"]}.get(shown, [])
    said = (finding.unit, finding.name, finding.code, finding.decided_on)
    assert said == (act.unit, act.party.name, act.party.code, act.printed_decided)
    if posting.portal == "mzj" and act.kind is Kind.PENALTY:  # a letter: what was decided stands in its words
        assert (
            plain(act.item) in plain(finding.content + dict(finding.fields).get("text", ""))
            or act.category in finding.category
        )
        return
    if posting.portal not in CODED:
        assert (finding.kind, finding.category, finding.public_until) == (act.kind, act.category, act.public_until)
    assert plain(finding.content) == plain(act.item) and finding.unknown_labels == ()
    assert (finding.published.on if finding.published else None) == (posting.stated.date() if posting.stated else None)
    assert [e.what for e in finding.exposures] == ([] if posting.portal in CODED else exposed)


@pytest.mark.parametrize("outage", BLOCKING, ids=lambda o: f"{o.portal}-{o.first}-{o.trouble.name}")
def test_no_block_page_passes_for_a_list(simulated: SimulatedSites, config: Config, outage: Outage) -> None:
    simulated.set_time(night_moment(outage.first))
    with pytest.raises(NotGenuine):
        walk(config.portal(outage.portal))

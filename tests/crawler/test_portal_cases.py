"""Every saved page is read as a person reads it: one walk over tests/fixtures/portals.

A case is a folder: the page's bytes, `meta.json` (where, when and how it came) and `expected.json`, written from
the page by eye or by a plain regex over its bytes, never by the code under test. Titles and values are written
as printed and compared after `plain` (width and white space).
"""

import re
import tomllib
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from core.domain.models import Finding, StatedDate
from core.domain.text import mask_identities, plain
from core.domain.unit_names import UnitNames
from crawler.extract.charset import decode
from crawler.extract.findings import read_findings
from crawler.extract.publication_date import adopt
from crawler.families import FAMILIES, parser_of
from crawler.fetching.block_detection import why_not_genuine
from crawler.list_walk import PageRead, Proofs, Walk, content_hash
from crawler.pages import Detail, NotGenuine, Unparsed
from tests.support.paths import ROOT
from tests.support.portal_cases import CASES, PORTALS, Case, portal_in, read_list

IN_USE = (*ROOT.glob("districts/*/portals/*.toml"), *ROOT.glob("simulation/**/portals/*.toml"))
PARTS = ("list", "detail", "blocked")


def of_part(part: str) -> list[Any]:
    return [pytest.param(case, id=case.name) for case in CASES if case.meta["part"] == part]


def read_detail(case: Case) -> tuple[Detail, tuple[Finding, ...]]:
    portal, row = case.portal, case.row
    detail = parser_of(portal).parse_detail(case.response, row)
    findings = read_findings(
        portal,
        row,
        detail,
        content_hash=content_hash(row),
        capture="c",
        observed_at=datetime.fromisoformat(case.meta["observed_at"]),
        names=UnitNames((), (), "某区"),
    )
    return detail, findings


# ---------------------------------------------------------------- the cases


@pytest.mark.parametrize("case", of_part("list"))
def test_a_list_page_is_read_as_it_stands(case: Case) -> None:
    want = case.expected
    if "refused" in want:
        with pytest.raises(NotGenuine) as refused:
            read_list(case)
        assert refused.value.reason == want["refused"]
        return
    page = read_list(case)
    assert (page.total, page.pages, page.page) == (want["total"], want["pages"], want["page"])
    assert page.last == want["last"]
    assert len(page.rows) == want["rows"]
    assert [row.key for row in page.rows] == want["keys"]
    assert [row.listed_on.isoformat() if row.listed_on else None for row in page.rows] == want["dates"]
    assert [number for number, row in enumerate(page.rows) if row.pinned] == want["pinned"]
    ends = [plain(row.title) for row in (*page.rows[:1], *page.rows[-1:])]
    assert ends == [plain(title) for title in want["ends"]]
    for number, url in want.get("urls", {}).items():
        assert page.rows[int(number)].url == url
    for number in want.get("no_detail", []):
        assert page.rows[number].detail is None


@pytest.mark.parametrize("case", of_part("list"))
def test_a_list_page_cut_anywhere_is_refused_or_read_whole(case: Case) -> None:
    """A generator that dies halfway must not make the rest of the list seem absent."""
    if "refused" in case.expected:
        return
    whole, sent, parser = read_list(case), case.response, parser_of(case.portal)
    for cut in range(len(sent.body) // 24, len(sent.body), max(len(sent.body) // 24, 1)):
        try:
            page = parser.parse_list(replace(sent, body=sent.body[:cut]))
        except (NotGenuine, Unparsed):
            continue
        assert ([row.key for row in page.rows], page.total) == ([row.key for row in whole.rows], whole.total), cut


@pytest.mark.parametrize("case", of_part("detail"))
def test_a_detail_page_is_read_as_it_stands(case: Case) -> None:
    want = case.expected
    assert decode(case.response.body).detected == want["charset"]
    detail, findings = read_detail(case)
    if "title" in want:
        assert plain(detail.title) == plain(want["title"])
    for name, content in want.get("meta", {}).items():
        assert dict(detail.meta).get(name) == content
    assert len(findings) == len(want["findings"])
    for finding, said in zip(findings, want["findings"], strict=True):
        assert_says(finding, said)
        assert list(finding.unknown_labels) == want.get("unknown_labels", [])
    adopted, every = adopt(detail, case.row, case.portal)
    assert ({"on": adopted.on.isoformat(), "source": adopted.source} if adopted else None) == want["published"]
    assert sorted(stated(one) for one in every if one is not adopted) == sorted(want.get("stated", []))
    assert {(finding.published, finding.stated) for finding in findings} <= {(adopted, every)}


def assert_says(finding: Finding, said: dict[str, Any]) -> None:
    """Every value that the expectation names; a value it does not name is not asked for."""
    for name, value in said.items():
        if name == "fields":
            have = dict(finding.fields)
            assert {k: plain(have.get(k, "")) for k in value} == {k: plain(v) for k, v in value.items()}
        elif name == "text_has":
            text = dict(finding.fields)["text"]
            assert [words for words in value if plain(words) not in plain(text)] == []
        elif name == "exposures":
            assert [[e.what, e.masked] for e in finding.exposures] == value
        else:
            assert (name, shown(getattr(finding, name))) == (name, shown(value))


def shown(value: Any) -> Any:
    """A finding's value as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    return plain(value) if isinstance(value, str) else value


def stated(one: StatedDate) -> list[str]:
    return [one.on.isoformat(), one.source, one.kind.value]


@pytest.mark.parametrize("case", of_part("blocked"))
def test_a_refusal_is_named_by_its_content(case: Case) -> None:
    want, portal = case.expected, case.portal
    assert why_not_genuine(case.response) == want["why"]
    parser = parser_of(portal)
    if case.response.status == 200:
        with pytest.raises(NotGenuine) as refused:
            parser.parse_list(case.response)
        assert refused.value.reason == want.get("list", refused.value.reason)
    if want.get("detail") == "refused":
        with pytest.raises(NotGenuine):
            parser.parse_detail(case.response, case.row)


# ---------------------------------------------------------------- the collection itself


def test_every_portal_folder_has_a_case_and_every_case_its_three_files() -> None:
    for folder in sorted(PORTALS.iterdir()):
        assert list(folder.glob("*/meta.json")), f"{folder.name}: no case"
        assert portal_in(folder).id == folder.name
        for case in (path for path in folder.iterdir() if path.is_dir()):
            page = "cassette" if case.name.split("-")[0] == "look" else "page"
            assert {path.name.split(".")[0] for path in case.iterdir()} == {page, "meta", "expected"}, case
    assert {case.meta["part"] for case in CASES} == set(PARTS)
    assert {case.meta["source"] for case in CASES} == {"real", "made"}


def test_no_expectation_still_waits_for_a_person() -> None:
    """`portal record` and `portal try` write what the code reads; a case counts once a person has compared it."""
    assert [case.name for case in CASES if "unconfirmed" in case.expected] == []


def test_every_family_in_use_has_a_list_and_a_detail_among_the_cases() -> None:
    have = {(case.portal.family, case.meta["part"]) for case in CASES}
    used = {str(tomllib.loads(path.read_text("utf-8"))["family"]) for path in IN_USE}
    assert used <= set(FAMILIES) and len(used) > 1
    wanted = {(family, part) for family in used | set(FAMILIES) for part in ("list", "detail")}
    assert sorted(wanted - have) == []


def test_no_case_shows_a_person() -> None:
    """No valid identity number and no mobile phone stands in any saved page or expectation."""

    phone = re.compile(r"(?<![\w.-])1[3-9]\d{9}(?!\w)")
    for path in PORTALS.glob("*/*/*"):
        text = decode(path.read_bytes()).text
        assert [e.masked for e in mask_identities(text)[1] if e.what == "identity-number"] == [], path
        assert [p for p in phone.findall(text) if not p.startswith("1390000")] == [], path


# ---------------------------------------------------------------- whole columns, page after page


def column(name: str) -> list[Case]:
    found = [
        case for case in CASES if case.folder.parent.name == "sip-credit" and case.folder.name.startswith(f"{name}_")
    ]
    return sorted(found, key=lambda case: int(case.meta["page"]))


def walk(name: str, kind: str) -> tuple[Walk, Proofs]:
    pages = column(name)
    at = datetime.fromisoformat(pages[0].meta["observed_at"])
    made = Walk(kind=kind, ordered=True, window_start=date(2015, 12, 7), max_pages=60, max_skew=60)
    while (number := made.next_page()) is not None:
        made.add(PageRead(number=number, page=read_list(pages[number - 1]), received_at=at))
    return made, made.proofs()


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("content61", 11),
        ("content335", 217),
        ("content364", 111),
        ("content365", 68),
        ("content474", 24),
        ("content60", 9),
    ],
)
def test_a_real_column_is_walked_whole(name: str, rows: int) -> None:
    made, proofs = walk(name, "full")
    assert (proofs.whole, proofs.total, len(made.rows()), proofs.reasons) == (True, rows, rows, ())


def test_a_window_of_a_real_column_ends_early_and_in_order_in_spite_of_pinned_rows() -> None:
    made, proofs = walk("content335", "window")
    assert not proofs.whole and proofs.floor is not None and proofs.floor < "2015-12-07"
    assert len(made.reads) < 22

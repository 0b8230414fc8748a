"""Pages of every family, spoilt in every way: rows, records and findings that can be kept, or a reason why not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.clock import ZONE
from core.domain.config import Portal
from core.domain.unit_names import UnitNames
from core.storage.serialization import dump
from crawler.extract.findings import read_findings
from crawler.extract.page_identity import speaks_of
from crawler.families import FAMILIES, parser_of
from crawler.fetching.block_detection import why_not_genuine
from crawler.fetching.http_dates import http_moment
from crawler.fetching.middleware import _seconds
from crawler.list_walk import content_hash
from crawler.pages import Detail, ListPage, ListRow, NotGenuine, Response, Unparsed
from crawler.places import can_grow, read_request, state_of, written
from tests.support.fuzzing import Mutation, fuzzed, mutations, spoil, spoilt, storable, texts
from tests.support.portal_cases import CASES, Case
from tests.support.workbook_samples import district

NAMES = UnitNames.of(district())
AT = datetime(2026, 7, 5, 0, 30, tzinfo=ZONE)
HEADERS = st.sampled_from(("Content-Type", "Content-Disposition", "Age", "Date", "Location"))
LONG = 60_000  # bytes
CHARSETS = ("gb18030", "big5", "utf-16", "utf-16-le", "utf-7", "latin-1", "shift_jis")


def test_every_family_has_pages_to_spoil() -> None:
    assert {case.portal.family for case in CASES} == set(FAMILIES)


def listed(portal: Portal, response: Response) -> ListPage | None:
    """A list page as a visit has it read; None where the family says why not."""
    parser = parser_of(portal)
    try:
        page = parser.parse_list(response)
        if page.rows and page.last is not True:  # else a walk asks for no more
            parser.page_request(2, page)
    except (NotGenuine, Unparsed) as error:
        storable([error.reason, error.detail])
        return None
    return page


def kept(portal: Portal, row: ListRow, detail: Detail) -> None:
    """What a visit makes of a detail goes into the store, whatever it says."""
    found = read_findings(portal, row, detail, content_hash=content_hash(row), capture="c", observed_at=AT, names=NAMES)
    for finding in found:
        dump(finding)
        storable(finding)
    state_of(found, detail, ())
    can_grow(row, detail, found)
    for request in (row.detail, *detail.files):
        assert read_request(written(request)) == request


def read_all(portal: Portal, response: Response, row: ListRow) -> None:
    """Everything that may be asked of an answer."""
    why_not_genuine(response)
    page = listed(portal, response)
    if page is not None:
        storable(page)
        for each in page.rows[:3]:
            kept(portal, each, Detail(records=(each.fields,)))
            assert read_request(written(each.detail)) == each.detail
    try:
        detail = parser_of(portal).parse_detail(response, row)
    except (NotGenuine, Unparsed) as error:
        storable([error.reason, error.detail])
        return
    speaks_of(row, detail, response)
    storable(detail)
    kept(portal, row, detail)


def pages(family: str) -> st.SearchStrategy[Case]:
    """The saved pages of a family; the few very long ones take seconds each."""
    ours = [case for case in CASES if case.portal.family == family]
    short = [case for case in ours if len(case.response.body) < LONG]
    return st.sampled_from(short or ours)


@pytest.mark.parametrize("family", FAMILIES)
@fuzzed(12)
@given(data=st.data(), ways=mutations(), title=texts())
def test_a_spoilt_page_is_read_or_refused(
    family: str, data: st.DataObject, ways: Sequence[Mutation], title: str
) -> None:
    case = data.draw(pages(family))
    response = replace(case.response, body=spoil(case.response.body, ways))
    read_all(case.portal, response, replace(case.row, title=title.encode("utf-8", "replace").decode()))


@pytest.mark.parametrize("family", FAMILIES)
@fuzzed(5)
@given(data=st.data(), charset=st.sampled_from(CHARSETS), name=HEADERS, value=texts(), ways=mutations())
def test_a_page_in_another_charset_with_other_headers(
    family: str, data: st.DataObject, charset: str, name: str, value: str, ways: Sequence[Mutation]
) -> None:
    case = data.draw(pages(family))
    body = case.response.body.decode("utf-8", "replace").encode(charset, "replace")
    wire = value.encode("utf-8", "replace").decode("latin-1")  # as Scrapy hands a header on
    response = replace(case.response, body=spoil(body, ways), headers=((name, wire), *case.response.headers))
    read_all(case.portal, response, case.row)


@fuzzed(60)
@given(
    value=texts()
    | st.sampled_from(("Sun, 05 Jul 2026 00:30:00 GMT", "Sun, 05 Jul 2026 00:30:00 -0000")).flatmap(spoilt)
)
def test_a_header_states_a_moment_or_nothing(value: str) -> None:
    moment = http_moment(value)
    assert moment is None or moment.tzinfo is not None
    assert _seconds(value) >= 0

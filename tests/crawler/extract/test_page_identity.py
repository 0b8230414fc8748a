"""Whether a page is its row's own: by the row's title, and where it has attachments by a heading that is part of it."""

import pytest

from crawler.extract.detail import read_detail
from crawler.extract.page_identity import speaks_of
from crawler.pages import ListRow
from tests.support.detail_pages import URL, page

ROW = ListRow(key="k", sort_key="", title="双公示信息（2022年11月07日当周）", url=URL)
FILE = "<a href='/files/a.xlsx'>附件</a>"


@pytest.mark.parametrize(
    ("heading", "body", "own"),
    [
        ("双公示信息", FILE, True),  # its one record stands in the file: that is asked before the page is dropped
        ("双公示信息", "", False),
        ("机关简介", FILE, False),
        ("公示", FILE, False),  # a word that any title may hold
        ("双公示信息（2022年11月07日当周）", "", True),
    ],
)
def test_a_heading_shorter_than_the_lists_title(heading: str, body: str, own: bool) -> None:
    answer = page(f"<h1>{heading}</h1><div id='zoom'>{'本局依法公开有关信息。' * 12}{body}</div>")
    assert speaks_of(ROW, read_detail(answer), answer) is own

"""A number is read where a place says."""

import pytest
from lxml import html as lxml_html

from crawler.families.parsing.page_claims import number_at

SAID = [
    ("/共\\s*(\\d+)\\s*页/", "<p>共<b> 12 </b>页 第3页</p>", 12),
    ("/共\\s*(\\d+)\\s*条记录/", "<p>共 3,432 条记录</p>", None),
    ("/共\\s*([\\d,]+)\\s*条记录/", "<p>共 3,432 条记录</p>", 3432),
    ("div.pagebar@totalcount", "<div class='pagebar' totalcount='35'></div>", 35),
    ("/totalPages\\s*=\\s*(\\d+)/", "<script>var totalPages = 7;</script>", 7),
    ("/pages\\s*:\\s*(\\d+)/", "<script>laypage({pages:9})</script>", 9),
    ('/"pageCount"\\s*:\\s*"(\\d+)"/', '<script>var p={"pageCount": "4"};</script>', 4),
    ("b.n", "<b class='n'>共 8 页</b>", 8),
    ("b.n", "<i>8</i>", None),
    ("/共(\\d+)页/", "<!-- 共5页 --><p>无</p>", None),
    ("/countPage=(\\d+)/", "<script>//countPage=2\nvar countPage=5</script>", 5),
    ("/共(\\d+)页/", "<p>共5页</p><div>共5页</div>", 5),
]


@pytest.mark.parametrize(("place", "body", "number"), SAID)
def test_a_number_is_read_where_the_options_say(place: str, body: str, number: int | None) -> None:
    assert number_at(lxml_html.fromstring(f"<html><body>{body}</body></html>"), place) == number

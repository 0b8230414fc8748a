"""Markup is parsed within bounds, whatever stands in it."""

import time
from contextlib import suppress
from pathlib import Path
from typing import cast

import pytest
from lxml.etree import XPath

from core.domain.text import plain
from crawler.extract.lines import text_lines
from crawler.extract.markup import is_silent, text_of, tree_of, words_of
from crawler.families.parsing.listing import html_rows
from crawler.fetching.block_detection import unfilled_page, why_not_genuine
from crawler.pages import NotGenuine, PageRequest, Response, Unparsed
from tests.support.hostile_markup import LAUGHS
from tests.support.hostile_servers import list_page, portal
from tests.support.site_runs import district

MANY_ATTRIBUTES = b"<p " + b"".join(b'a%d="1" ' % n for n in range(150_000)) + b">x</p>"
QUICK = 6.0  # seconds of this process for some megabytes; each took minutes to hours before it was bounded


@pytest.mark.parametrize("body", [
    b"<" * 5_000_000, b"<script " * 600_000, b"<!--" * 1_000_000, b"<a " * 1_500_000, b"<style>" * 700_000,
    MANY_ATTRIBUTES,
    b"<div>" * 1_000_000, MANY_ATTRIBUTES.replace(b" ", b"").replace(b"<p", b"<p "), b"[" * 2_000_000,
    b"{{" * 2_000_000, LAUGHS.encode(), b" " * 5_000_000,
    *(b"<style>" + part * 700_000 + b"</style><p>x</p>" for part in (b"/*", b"@", b"a{", b"a:b{", b"}")),
    b"<style>.x{display:none}" + b"@media x{" * 20_000 + b"</style><p class=x>x</p>",
    b"<style>" + b"*{display:none}" * 5_000 + b"</style>" + b"<p>x</p>" * 20_000,
], ids=lambda body: body[:14].decode())  # fmt: skip
def test_no_markup_takes_the_parser_for_ever(body: bytes) -> None:
    response = Response(url="http://x.test/", status=200, body=body, request=PageRequest(url="http://x.test/"))
    began = time.process_time()
    with suppress(NotGenuine, Unparsed):
        words_of(tree_of(text_of(response)))
    why_not_genuine(response)
    assert time.process_time() - began < QUICK


@pytest.mark.parametrize(("levels", "read"), [(100, True), (300, True), (1500, True), (2100, False), (100_000, False)])
def test_what_nests_too_deep_to_be_read_whole_is_refused(levels: int, read: bool) -> None:
    text = f"<html><body>{'<div>' * levels}<p>行政处罚</p>{'</div>' * levels}<p>其后</p></body></html>"
    if read:
        assert words_of(tree_of(text)) == "行政处罚其后"
    else:
        with pytest.raises(Unparsed, match="too-deep"):
            tree_of(text)


def test_a_long_tag_of_one_value_is_no_danger() -> None:
    picture = "A" * 3_000_000
    assert (
        words_of(tree_of(f'<html><body><p>行政处罚</p><img src="data:image/png;base64,{picture}=="></body></html>'))
        == "行政处罚"
    )


def test_very_many_links_are_read_in_time_that_grows_with_their_number(tmp_path: Path) -> None:
    config = district(tmp_path, {"p": portal("http://x.test/a.html")})
    spent = []
    for rows in (4_000, 16_000):
        tree = tree_of(list_page(rows))
        began = time.process_time()  # what this took, whatever else runs on the machine
        assert (
            len(html_rows(config.portals[0], tree.cssselect("div.lb-lb ul li"), "http://x.test/", ".lb-time")) == rows
        )
        spent.append(time.process_time() - began)
    assert spent[1] < 8 * spent[0] + 0.5


@pytest.mark.parametrize("markup", [
    "<td>甲 公司</td>", "<td></td>", "<td> 一 <!-- 二 --> 三 </td>", "<td>一<b>二</b>三</td>", "<td>一<br>二</td>",
    "<template><p>不显示</p></template>", "<td><template>不</template></td>", "<style>p{}</style>",
    "<script>x</script>", "<noscript><p>仍是文字</p></noscript>", "<p>一\n二\t三\u200b</p>", "<td><?php 一 ?>二</td>",
    "<option>甲\n乙</option>",
])  # fmt: skip
def test_an_element_without_parts_has_the_words_that_a_search_of_its_text_finds(markup: str) -> None:
    search = XPath(".//text()[not(ancestor::script or ancestor::style or ancestor::template)]")
    for element in tree_of(f"<html><body><table><tr><td>{markup}</td></tr></table></body></html>").iter("*"):
        said = plain("".join(cast("list[str]", search(element))))
        assert words_of(element) == said
        assert len(element) > 0 or is_silent(element) or text_lines(element) == said


@pytest.mark.parametrize("holder", [
    "{{row.title}}", "｛｛row.title｝｝", "{ {row.title} }", "${item.url}", "[!--title--]", "［!--title--］",
    "{dede:title/}", "﹛﹛row.title﹜﹜",
])  # fmt: skip
def test_a_place_holder_in_any_width_is_seen_on_a_page(holder: str) -> None:
    bare = "".join(each for each in holder if each not in "{}｛｝[]［］﹛﹜")
    assert unfilled_page(f"<html><body><p>{holder}</p></body></html>")
    assert not unfilled_page(f"<html><body><p>{bare}</p></body></html>")

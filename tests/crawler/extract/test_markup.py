"""Markup is parsed within bounds, whatever stands in it."""

import time
from contextlib import suppress
from pathlib import Path

import pytest

from crawler.extract.markup import text_of, tree_of, words_of
from crawler.families.parsing.listing import html_rows
from crawler.fetching.block_detection import why_not_genuine
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

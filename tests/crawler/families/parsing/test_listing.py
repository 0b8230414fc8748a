"""What lists have in common: addresses, keys of rows, words of an empty list."""

import pytest

from crawler.families.parsing.listing import absolute, key_of, says_empty

SITE = "http://a.example.invalid"


# ---------------------------------------------------------------- what sites do


@pytest.mark.parametrize(
    ("href", "whole"),
    [
        ("content61_2.html?date=Wed%20Jan", SITE + "/html/content61_2.html"),
        ("/a.html?id=7&_=123#top", SITE + "/a.html?id=7"),
        (" ../b.html ", SITE + "/b.html"),
        ("//c.example.invalid/x?t=1785500000000", "http://c.example.invalid/x"),
        ("/x?rnd=0.31&random=0.2&v=0.0172", SITE + "/x"),
        ("/d.do;jsessionid=0A1B?id=5&jsessionid=2", SITE + "/d.do?id=5"),
        ("/d.do?v=12&t=3&date=2026-08-01", SITE + "/d.do?v=12&t=3&date=2026-08-01"),
    ],
)
def test_addresses_are_made_whole_without_cache_breakers(href: str, whole: str) -> None:
    assert absolute(f"{SITE}/html/content61_1.html", href) == whole


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("/art/2026/9/11/art_33718_11828204.html", "11828204"),
        ("/202008/t20200802_1352104.html", "1352104"),
        ("/col/11899_458884/art/w/17722944/17745997506024JsQdCt2.html", "17745997506024JsQdCt2"),
        ("/col/814_747345/art/ff80808165421cbf016554fc0f69081b.html", "ff80808165421cbf016554fc0f69081b"),
    ],
)
def test_a_row_is_known_by_the_id_in_its_address(path: str, key: str) -> None:
    assert key_of(SITE + path) == key


def test_addresses_that_differ_in_their_query_are_different_rows() -> None:
    keys = {key_of(f"{SITE}/view.jsp?id={n}") for n in range(5)}
    assert len(keys) == 5 and key_of("https://other.invalid/view.jsp?id=1") in keys


@pytest.mark.parametrize(
    ("text", "empty"),
    [("暂无数据", True), ("没有查询到相关记录", True), ("共 0 条", True), ("共 10 条", False), ("公示", False)],
)
def test_emptiness_is_said_in_words(text: str, empty: bool) -> None:
    assert says_empty(text) is empty

"""What fuzzing found, each by its story and for its class: these inputs once ended a look, a command or a night."""

import os
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.config import load
from core.domain.errors import ConfigError
from core.domain.text import plain
from core.domain.web_addresses import is_address, joined, parts_of
from core.storage.warc_archive import Archive, Exchange, read_exchange
from crawler.families import parser_of
from crawler.families.parsing.json_calls import Call
from crawler.families.parsing.json_decoding import at_path, json_of
from crawler.fetching.http_dates import http_moment
from crawler.fetching.middleware import _seconds
from crawler.pages import NotGenuine, Unparsed
from intake.uploads import open_upload
from simulation.district import write as write_district
from simulation.server import SITES
from tests.support.fuzzing import storable
from tests.support.portal_cases import CASES

NO_ADDRESSES = ("http://[", "//[", "http://x:99999999/", "http://x:²/", "http://a]/", "http://\u2100/x")


@pytest.mark.parametrize("href", NO_ADDRESSES)
def test_what_is_no_address_is_none(href: str) -> None:
    assert not is_address(href) and parts_of(href).netloc == "" and joined("http://h/", href) == ""


@pytest.mark.parametrize("href", ("http://[", "http://x:99999999/"))
@pytest.mark.parametrize(
    "tag", ["<a href='{}'>附件</a>", "<base href='{}'>", "<a href='{}'>下一页</a>", "<form action='{}'>"]
)
def test_a_link_that_is_no_address_does_not_break_a_page(tag: str, href: str) -> None:
    for case in CASES:
        if case.folder.name in ("list", "detail", "last") and b"<body" in case.response.body:
            body = case.response.body.replace(b"<body>", f"<body>{tag.format(href)}".encode(), 1)
            response, parser = replace(case.response, body=body), parser_of(case.portal)
            with suppress(NotGenuine, Unparsed):
                parser.parse_list(response)
            with suppress(NotGenuine, Unparsed):
                parser.parse_detail(response, case.row)


@pytest.mark.parametrize("half", [r"\ud800", r"\uDFFF", r"\ude00\ud83d", "\ud800"])
def test_half_a_character_in_json_can_be_stored(half: str) -> None:
    document = json_of('{"a": ["' + half + '"], "b": "{\\"c\\": 1}"}')
    storable(document)
    assert "\ufffd" in str(at_path(document, "a[0]")) and at_path(document, "b.c") == 1


def test_whole_characters_and_backslashes_in_json_stay() -> None:
    assert json_of(r'["\ud83d\ude00", "\\ud800", "\n"]') == ["😀", "\\ud800", "\n"]


def test_what_is_no_number_stays_as_printed() -> None:
    assert json_of('{"total": 12, "x": NaN, "y": -Infinity}') == {"total": 12, "x": "NaN", "y": "-Infinity"}


@pytest.mark.parametrize("levels", [200, 900, 100_000])
def test_json_too_deep_to_walk_is_refused(levels: int) -> None:
    with pytest.raises((Unparsed, NotGenuine)):
        json_of("[" * levels + "]" * levels)


def test_an_id_that_the_charset_does_not_hold_is_sent_as_browsers_do() -> None:
    call = Call(path="/d?id={id}", post=False, query={"q": "{id}"}, charset="gb2312")
    assert call.request("http://h/", lambda _: "😀").url == "http://h/d?id=%26%23128512%3B&q=%26%23128512%3B"


@pytest.mark.parametrize(
    "stamp", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Fri, 31 Dec 9999 23:00:00 -2359", "²", "", "x" * 999]
)
def test_a_header_that_states_no_moment(stamp: str) -> None:
    assert http_moment(stamp) is None and _seconds(stamp) == float("inf")


def test_half_a_character_in_a_cell_or_a_page_becomes_a_sign_of_it() -> None:
    assert plain("甲\ud800乙\udfff") == "甲\ufffd乙\ufffd"


def test_a_file_name_that_is_no_utf8_is_read_as_chinese_systems_write_it(tmp_path: Path) -> None:
    (Path(os.fsdecode(os.fsencode(tmp_path) + "/报送表.xlsx".encode("gb18030")))).write_bytes(b"x")
    upload = open_upload(tmp_path)
    assert [entry.name for entry in upload.books] == ["报送表.xlsx"] and upload.books[0].read() == b"x"


@pytest.mark.parametrize("value", ["9" * 5000, "[" * 2000 + "]" * 2000])
def test_toml_that_no_parser_bears_names_its_file(tmp_path: Path, value: str) -> None:
    write_district(tmp_path, {site.name: 9001 + n for n, site in enumerate(SITES)})
    (tmp_path / "holidays.toml").write_text(f"off = {value}\n", "utf-8")
    with pytest.raises(ConfigError, match=r"holidays\.toml"):
        load(tmp_path)


@pytest.mark.parametrize("scheme", ["portals", f"scheme-{'9' * 400}.toml"])
def test_a_scheme_that_cannot_be_opened_is_named(tmp_path: Path, scheme: str) -> None:
    write_district(tmp_path, {site.name: 9001 + n for n, site in enumerate(SITES)})
    file = tmp_path / "district.toml"
    lines = [
        f'scheme = "{scheme}"' if line.startswith("scheme = ") else line
        for line in file.read_text("utf-8").splitlines()
    ]
    file.write_text("\n".join(lines), "utf-8")
    with pytest.raises(ConfigError, match="文件读不出来"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("name", "kept"),
    [("X-\xe9", "X-%C3%A9"), ("A b", "A%20b"), ("A:b\r\nC", "A%3Ab%0D%0AC"), ("X-Powered-By~1", "X-Powered-By~1")],
)
def test_a_header_that_no_record_can_name_does_not_lose_the_page(tmp_path: Path, name: str, kept: str) -> None:
    at = datetime(2026, 8, 30, tzinfo=ZONE)
    page = Exchange(url="http://h/", status=200, headers=((name, "v"),), body=b"x", asked_at=at, received_at=at)
    archive = Archive(tmp_path, "2026-08-30")
    place = archive.append(page)
    archive.close()
    assert read_exchange(tmp_path, archive.name, place) == (200, ((kept, "v"),), b"x")

"""A look's exchange as a cassette: people masked, cookies left behind, bounded."""

from datetime import datetime

import pytest
from vcr.serializers import yamlserializer

from core.domain.models import Capture
from crawler.discovery.look_recorder import MOST_BYTES, Exchanged, cassette_of, left_out
from crawler.pages import PageRequest, Response

URL = "http://a.example.invalid/list"
COOKIE = (("Set-Cookie", "JSESSIONID=1"), ("X-Api-Key", "k-4711"), ("Content-Type", "text/html; charset=gb18030"))


def exchanged(
    body: bytes, url: str = URL, posted: str = "", headers: tuple[tuple[str, str], ...] = COOKIE
) -> Exchanged:
    capture = Capture(
        id="l#1",
        look="l",
        url=url,
        method="POST" if posted else "GET",
        request_body=posted,
        status=200,
        sha256="",
        size=len(body),
        received_at=datetime.fromisoformat("2026-08-30T00:30:00+08:00"),
    )
    response = Response(url=url, status=200, body=body, headers=headers, request=PageRequest(url=url))
    return Exchanged(capture=capture, response=response, sent_type="application/json" if posted else "")


def valid_id() -> str:
    weights, base = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "32081119900307123"
    return base + "10X98765432"[sum(w * int(d) for w, d in zip(weights, base, strict=True)) % 11]


def test_people_are_masked_in_address_form_and_body_in_the_pages_own_charset() -> None:
    number = valid_id()
    page = f"<p>当事人张三，身份证号{number}</p>".encode("gb18030")
    tape = yamlserializer.deserialize(cassette_of([exchanged(page, f"{URL}?id={number}", f'{{"id":"{number}"}}')]))
    (one,) = tape["interactions"]
    body = one["response"]["body"]["string"]
    text = body.decode("gb18030") if isinstance(body, bytes) else body
    assert "当事人张三" in text
    assert number not in text and number not in one["request"]["uri"] and number not in one["request"]["body"]


def test_of_headers_only_those_that_say_how_to_read_are_kept() -> None:
    (one,) = yamlserializer.deserialize(cassette_of([exchanged(b"x", posted="{}")]))["interactions"]
    assert one["request"]["headers"] == {"Content-Type": ["application/json"]}
    assert one["response"]["headers"] == {"Content-Type": ["text/html; charset=gb18030"]}


@pytest.mark.parametrize(("body", "url"), [(b"\xff\x00\x89PNG", URL), ("甲".encode(), URL + "/甲")])
def test_bytes_stand_as_they_came(body: bytes, url: str) -> None:
    (one,) = yamlserializer.deserialize(cassette_of([exchanged(body, url, headers=())]))["interactions"]
    kept = one["response"]["body"]["string"]
    assert (kept.encode() if isinstance(kept, str) else kept) == body and one["request"]["uri"] == url


def test_a_wire_length_of_a_packed_answer_is_left_behind() -> None:
    headers = (("Content-Encoding", "gzip"), ("Content-Length", "3"))
    (one,) = yamlserializer.deserialize(cassette_of([exchanged(b"four", headers=headers)]))["interactions"]
    assert one["response"]["headers"] == {}


@pytest.mark.parametrize(
    ("sizes", "why"), [([10], ""), ([], "没有读到页面"), ([MOST_BYTES // 2, MOST_BYTES // 2 + 1], "超过")]
)
def test_what_is_not_saved_says_why(sizes: list[int], why: str) -> None:
    said = left_out([exchanged(b"x" * size) for size in sizes])
    assert (why in said) if why else said == ""

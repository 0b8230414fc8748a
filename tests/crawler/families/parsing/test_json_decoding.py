"""JSON as sites send it: its wrapping, its places, its numbers and dates."""

import json
from typing import Any

import pytest

from crawler.families.parsing.json_decoding import at_path, count, day_text, json_of
from crawler.pages import NotGenuine

WRAPPED = {
    "bare": '{"a": [1]}',
    "a BOM": '\ufeff{"a": [1]}',
    "a script before": "<script type='text/javascript'>var a={x:[1]};</script>\n{\"a\": [1]}",
    "scripts and comments on both sides": '<!-- v1 --><script>1</script>\ufeff <style>b{}</style>{"a": [1]}<script>'
    "cnzz()</script><!-- t=3 -->",
    "an XML head": '<?xml version="1.0"?>{"a": [1]}',
    "a call": 'cb({"a": [1]});',
    "a call with a comment and a dotted name": '/**/ jQuery.cb_1788({"a": [1]}) ',
    "a string of JSON": json.dumps('{"a": [1]}'),
    "a call around a string of JSON": "cb(" + json.dumps('{"a": [1]}') + ")",
    "a web service's XML": '<?xml version="1.0"?>\r\n<string xmlns="http://tempuri.org/">{&quot;a&quot;: [1]}</string>',
    "as a browser draws it": '<pre style="x">{"a": [1]}</pre>',
}


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED)
def test_an_answer_is_found_in_its_wrapping(text: str) -> None:
    assert json_of(text) == {"a": [1]}


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED)
def test_an_answer_cut_anywhere_is_refused_or_read_whole(text: str) -> None:
    for cut in range(1, len(text)):
        try:
            data = json_of(text[:cut])
        except NotGenuine:
            continue
        assert data == {"a": [1]}, cut  # only what stands behind the JSON was missing


NO_ANSWER = {
    "a page": ("<html><body>系统维护中</body></html>", "not-json"),
    "a page that speaks in braces": ("<p>{{row.title}}</p>", "not-json"),
    "nothing": ("", "not-json"),
    "words": ("error", "not-json"),
    "a string of words": ('"login"', "not-json"),
    "a script's call": ("alert('请登录')", "not-json"),
    "a call left open": ('cb({"a": [1]}', "truncated"),
    "words behind": ('{"a": [1]} 数据库连接失败', "truncated"),
    "two documents": ('{"a": [1]}{"a": []}', "truncated"),
    "a service's XML left open": ('<string xmlns="x">{"a": [1]}', "truncated"),
    "cut": ('{"a": [1', "truncated"),
    "a number of ten thousand digits": ('{"a": ' + "9" * 10_000 + "}", "truncated"),
    "ever deeper": ('{"a":' * 100_000, "truncated"),
    "a code": ('{"code": 403, "rows": []}', "json-refused"),
    "a code as text": ('{"code": "500"}', "json-refused"),
    "a status": ('{"status": 404}', "json-refused"),
    "no success": ('{"success": false, "rows": []}', "json-refused"),
    "no success as text": ('{"success": "False", "rows": []}', "json-refused"),
    "no success as a number": ('{"success": 0}', "json-refused"),
    "a refusal in a call": ('cb({"code": 401})', "json-refused"),
}


@pytest.mark.parametrize(("text", "reason"), NO_ANSWER.values(), ids=NO_ANSWER)
def test_what_is_no_answer_is_refused(text: str, reason: str) -> None:
    with pytest.raises(NotGenuine) as refused:
        json_of(text)
    assert refused.value.reason == reason


def test_numbers_stay_as_they_were_printed() -> None:
    assert json_of('{"fine": 0.20, "id": 12345678901234567890}') == {"fine": "0.20", "id": 12345678901234567890}


PATHS = [
    ("data.list", {"data": {"list": [1]}}, [1]), ("custom.data[0].x", {"custom": {"data": [{"x": 5}]}}, 5),
    ("$", [1, 2], [1, 2]),
    ("[1].a", [0, {"a": 3}], 3), ("d.Table", {"d": '{"Table": [7]}'}, [7]),
    ("a.b.c", {"a": '{"b": "{\\"c\\": 1}"}'}, 1),
    ("data[3]", {"data": [1]}, None), ("data.list", {"data": [1]}, None), ("data[0]", {"data": {"[0]": 1}}, None),
    ("d.Table", {"d": '{"Table": [7]'}, None), ("d", {"d": '{"Table": [7]}'}, '{"Table": [7]}'), ("a", {}, None),
]  # fmt: skip


@pytest.mark.parametrize(("path", "data", "value"), PATHS)
def test_a_path_leads_through_objects_arrays_and_json_texts(path: str, data: Any, value: Any) -> None:
    assert at_path(data, path) == value


@pytest.mark.parametrize(
    ("value", "number"),
    [("²", None), ("1" * 13, None), ("007", 7), (12, 12), ("12.0", None), (" 3 ", 3), (False, None)],
)
def test_a_count_is_plain_digits(value: Any, number: int | None) -> None:
    assert count(value) == number


DAYS = [
    (1568180781000, "2019-09-11 13:46:21"), ("1568180781000", "2019-09-11 13:46:21"),
    (1568180781, "2019-09-11 13:46:21"),
    (1525622400000, "2018-05-07 00:00:00"),  # midnight in Beijing is the day before in London
    (1525622399000, "2018-05-06 23:59:59"), ("/Date(1525622400000)/", "2018-05-07 00:00:00"),
    ("/Date(1525622400000+0800)/", "2018-05-07 00:00:00"), ("/Date(-62135596800000)/", ""), (0, "0"), (None, ""),
    ("", ""),
    ("0000000000000", ""), ("2026091108", ""), (1899999999, "2030-03-18 01:46:39"),
    ("2026-09-11 08:00:00", "2026-09-11 08:00:00"),
    ("20260911", "20260911"), ({"time": 1}, ""), (True, "true"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "text"), DAYS)
def test_epochs_are_beijing_time(value: Any, text: str) -> None:
    assert day_text(value) == text


@pytest.mark.parametrize(
    ("value", "number"), [("12", 12), (0, 0), ("", None), (None, None), (-3, None), ("1.5", None), (True, None)]
)
def test_only_a_number_counts(value: Any, number: int | None) -> None:
    assert count(value) == number


@pytest.mark.parametrize(
    "before", ["<script type='text/javascript'>var a={};</script>", "\ufeff", "<script>1</script>\n<script>2</script> "]
)
def test_html_before_json_is_passed_over(before: str) -> None:
    assert json_of(before + '{"a":{"b":[1]}}') == {"a": {"b": [1]}}


def test_a_path_through_what_is_no_object_is_nothing() -> None:
    assert at_path({"a": [1]}, "a.b") is None and at_path({"a": {"b": 2}}, "a.b") == 2

"""hanweb lists: groups, caps on what a server gives, and calls."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from crawler.pages import NotGenuine, Unparsed
from tests.support.html_lists import (
    ALL,
    ask,
    li,
    portal,
    read,
    served,
    walk,
)


def store(numbers: range, total: int, group: str = "") -> str:
    records = "".join(f"<record><![CDATA[{li(n, f'2026-08-{28 - n:02}')}]]></record>" for n in numbers)
    on = f'<nextgroup><![CDATA[<a href="{group}"></a>]]></nextgroup>' if group else ""
    return f"<datastore>{on}<totalrecord>{total}</totalrecord><recordset>{records}</recordset></datastore>"


def by_record(query: dict[str, str], cap: int) -> range:
    first, last = int(query["startrecord"]) - 1, int(query["endrecord"])
    return range(first, min(last, first + cap, 11))


def by_page(query: dict[str, str], cap: int) -> range:
    size = min(int(query["perpage"]), cap)
    first = (int(query["page"]) - 1) * size
    return range(first, min(first + size, 11))


def by_page_alone(query: dict[str, str], cap: int) -> range:
    first = (int(query["page"]) - 1) * cap
    return range(first, min(first + cap, 11))


def by_page_of_asked_size(query: dict[str, str], cap: int) -> range:
    size = int(query["perpage"])
    first = (int(query["page"]) - 1) * size
    return range(first, min(first + min(size, cap), 11))


Gives = Callable[[dict[str, str], int], range]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("perpage", [2, 4, 50])
@pytest.mark.parametrize("gives", [by_record, by_page, by_page_alone, by_page_of_asked_size])
def test_no_record_is_skipped_whatever_the_server_goes_by(gives: Gives, perpage: int, method: str) -> None:
    def site(path: str, _method: str, form: dict[str, str]) -> bytes:
        query = dict(parse_qsl(urlsplit(path).query, keep_blank_values=True)) | form
        return store(gives(query, 4), 11).encode() if query["columnid"] == "7" else b""

    with served(site) as address:
        options = {"mode": "dataproxy", "perpage": perpage, "method": method, "form": {"columnid": "7"}}
        keys, proofs = walk(portal(f"{address}/col/col7/index.html", family="hanweb-jpage", options=options))
    assert (keys, proofs.whole, proofs.reasons) == (ALL, True, ())


def test_a_server_that_always_gives_the_first_records_is_never_whole() -> None:
    with served(lambda *_: store(range(4), 11).encode()) as address:
        _, proofs = walk(portal(f"{address}/c/", family="hanweb-jpage", options={"mode": "dataproxy", "perpage": 4}))
    assert not proofs.whole and proofs.floor is None


def test_groups_are_followed_by_their_link() -> None:
    def site(path: str, *_: Any) -> bytes:
        query = dict(parse_qsl(urlsplit(path).query))
        group = int(query.get("page", "1")) if query.get("columnid", "7") == "7" and "amp;columnid" not in query else 1
        on = f"/module/web/jpage/dataproxy.jsp?page={group + 1}&amp;columnid=7" if group < 3 else ""
        inside = store(range((group - 1) * 4, min(group * 4, 11)), 11, on)
        return (f"<html><h1>双公示</h1>{inside}</html>" if group == 1 else inside).encode()

    with served(site) as address:
        owner = portal(
            f"{address}/col/col7/index.html", family="hanweb-jpage", options={"mode": "group"}, marker="双公示"
        )
        keys, proofs = walk(owner)
    assert (keys, proofs.whole, proofs.reasons) == (ALL, True, ())


@pytest.mark.parametrize(
    ("group", "reason"), [("http://evil.example.net/x", "outside-hosts"), ("list.html", "no-end-sign")]
)
def test_a_group_that_leads_astray_is_refused(group: str, reason: str) -> None:
    with pytest.raises(Unparsed, match=reason):
        read(portal(family="hanweb-jpage", options={"mode": "group"}), store(range(4), 11, group))


def test_truecms_is_asked_with_a_referer_and_answers_in_a_call() -> None:
    owner = portal(
        family="hanweb-jpage",
        options={"mode": "truecms", "proxy": "/m/getMessage.do", "perpage": 20, "form": {"columnId": "5"}},
    )
    request = ask(owner, 1)
    assert dict(request.headers) == {"Referer": owner.url}
    assert dict(parse_qsl(urlsplit(request.url).query)) == {
        "startrecord": "1",
        "endrecord": "20",
        "perpage": "20",
        "columnId": "5",
        "callback": "cb",
    }
    listed = read(owner, f"cb({json.dumps({'result': store(range(3), 3)})});")
    assert [row.key for row in listed.rows] == ALL[:3]
    for wrong in ("cb({})", 'cb({"result":"<x/>"})', 'cb({"result":"<data', "<html>404</html>"):
        with pytest.raises(NotGenuine):
            read(owner, wrong)

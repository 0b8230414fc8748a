"""A JSON list's details by the members that stand in the requests of presses: every one of them, or none."""

import json
from typing import Any

import pytest

from core.domain.config import Portal
from core.domain.json_types import Json
from crawler.discovery.detail_templates import detail_options
from crawler.pages import PageRequest
from tests.support.html_lists import SITE, portal

LIST: dict[str, Any] = {
    "path": "/api/list?p={page}", "rows": "rows", "total": "n", "id": "id", "title": "t", "date": "d", "detail": "none",
    "size": 5,
}  # fmt: skip
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
ENTRIES: list[dict[str, Json]] = [
    {"id": f"76{n}", "year": 2020 + n, "kind": "cf", "t": f"某{n}", "d": f"2026-08-0{n}"} for n in range(1, 5)
]


def owner() -> Portal:
    return portal(f"{SITE}/xzcf/index.html", family="json-api", options=LIST)


def get(path: str) -> PageRequest:
    return PageRequest(url=f"{SITE}{path}")


def post(path: str, body: str, headers: tuple[tuple[str, str], ...] = FORM) -> PageRequest:
    return PageRequest(url=f"{SITE}{path}", method="POST", body=body.encode(), headers=headers)


MADE = {
    "in the path": (lambda e: get(f"/art/{e['id']}.html"), {"detail": "get", "detail_path": "/art/{id}.html"}),
    "in the query": (lambda e: get(f"/view?x=1&i={e['id']}"), {"detail": "get", "detail_path": "/view?x=1&i={id}"}),
    "of two members": (
        lambda e: get(f"/{e['year']}/art_{e['id']}.html"),
        {"detail": "get", "detail_path": "/{year}/art_{id}.html"},
    ),
    "a form": (
        lambda e: post("/detail.do", f"infoId={e['id']}&type=1"),
        {"detail": "post", "detail_path": "/detail.do", "detail_form": {"infoId": "{id}", "type": "1"}},
    ),
    "a JSON body": (
        lambda e: post("/detail", json.dumps({"id": e["id"]})),
        {"detail": "post", "detail_path": "/detail", "detail_body": '{"id": "{id}"}'},
    ),
}


@pytest.mark.parametrize(("lead", "options"), MADE.values(), ids=MADE)
def test_a_template_makes_every_request_from_its_own_row(lead: Any, options: dict[str, Any]) -> None:
    assert detail_options(owner(), LIST, [(entry, lead(entry)) for entry in ENTRIES]) == LIST | options


NOT_MADE = {
    "one row leads elsewhere": lambda e: get(f"/art/{e['id'] if e['id'] != '764' else '9'}.html"),
    "what no member says": lambda e: get(f"/art/{int(str(e['id'])) * 7}.html"),
    "the same for all": lambda _: get("/art/761.html"),
    "another host": lambda e: PageRequest(url=f"http://b.example.invalid/{e['id']}"),
    "a token": lambda e: post("/detail.do", f"id={e['id']}", (*FORM, ("X-Token", "t"))),
    "braces": lambda e: get(f"/{{id}}/{e['id']}"),
}


@pytest.mark.parametrize("lead", NOT_MADE.values(), ids=NOT_MADE)
def test_a_template_that_misses_one_request_is_none(lead: Any) -> None:
    assert detail_options(owner(), LIST, [(entry, lead(entry)) for entry in ENTRIES]) is None


def test_one_row_tells_no_template() -> None:
    assert detail_options(owner(), LIST, [(ENTRIES[0], get("/art/761.html"))]) is None

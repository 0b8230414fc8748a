"""`may_be_empty`: one key of the portal by which a list that says nothing of its emptiness is an empty column."""

import pytest

from crawler.pages import NotGenuine
from tests.crawler.families.test_families import MARK, ONE_ROW, cms, portal, read, static

# a list without rows, and nothing that says so
SILENT = {
    "cmsweb": (portal("cmsweb"), cms("", pager="")),
    "credit-static": (ONE_ROW["credit-static"][0], static("", None)),
    "rendered-list": (
        portal("rendered-list", options={"total": "", "container": "#list", "items": "#list li"}),
        f"<html><body><b>{MARK}</b><ul id='list'></ul></body></html>",
    ),
    "citizen": (
        portal("citizen", rendered=True, options={"container": "#list", "items": "li"}),
        f"<html><body><b>{MARK}</b><ul id='list'></ul></body></html>",
    ),
    "html-list": (
        portal("html-list", options={"container": "#list", "items": "li", "pager": "none"}),
        f"<html><body><b>{MARK}</b><ul id='list'></ul></body></html>",
    ),
    "trs": (
        portal("trs", options={"container": "#list", "items": "li"}),
        f"<html><body><b>{MARK}</b><ul id='list'></ul><script>createPageHTML(1, 0, 'i', 'html')</script></body></html>",
    ),
    "one-table": (
        portal("one-table"),
        f"<html><body><b>{MARK}</b><table><tr><th>文书号</th><th>当事人</th></tr></table></body></html>",
    ),
}


@pytest.mark.parametrize("family", SILENT)
def test_one_key_says_in_every_family_that_a_column_may_be_empty(family: str) -> None:
    """Where an interface answers with no rows the visit asks for it: tests/crawler/test_visit.py."""
    owner, body = SILENT[family]
    with pytest.raises(NotGenuine):
        read(owner, body)
    assert read(owner.model_copy(update={"may_be_empty": True}), body).rows == ()


@pytest.mark.parametrize("family", ["credit-static", "html-list", "trs", "one-table"])
def test_the_older_spelling_in_the_options_says_the_same(family: str) -> None:
    owner, body = SILENT[family]
    older = owner.model_copy(update={"options": {**owner.options, "may_be_empty": True}})
    assert read(older, body) == read(owner.model_copy(update={"may_be_empty": True}), body)


def test_a_column_that_may_be_empty_must_still_be_itself() -> None:
    owner, body = SILENT["html-list"]
    with pytest.raises(NotGenuine):
        read(owner.model_copy(update={"may_be_empty": True}), body.replace(MARK, "另一栏目"))

"""What an element of a page could be of a column's TOML: read by the family before it is offered, whatever the page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.errors import UsageError
from crawler.discovery.pointing import elements_of
from crawler.extract.markup import tree_of, words_of
from pipeline.pointed import OUTLINE, Answer, Offer, answer
from pipeline.pointing_process import Question, ask

TOML = """id = "q"
name = "某局"
channel = "department"
unit = "u"
kinds = ["penalty"]
family = "html-list"
url = "http://site.example/list.html"
marker = "台账"
"""
PAGE = "<html><head><title>台账</title></head><body><h1>台账</h1>{}</body></html>"
CELLS = PAGE.format(
    "<table class=t><tr><td><a href=/1.html>甲市罚〔2026〕1号</a></td><td>第一公司</td><td>2026-07-01</td></tr>"
    "<tr><td><a href=/2.html>甲市罚〔2026〕2号</a></td><td>第二公司</td><td>2026-06-30</td></tr></table>"
    "<p class=sum>总计 27 件</p><div class=pg><a href=2.html>下一页</a></div>"
)


def asked(page: str, words: str, toml: str = TOML, kind: str = "plain", **changes: Any) -> Mapping[str, Offer]:
    """What is offered for the first element of these words, by key."""
    elements = elements_of(tree_of(page))
    number = max(n for n, element in enumerate(elements) if words_of(element) == words)
    chosen = answer(page, kind, toml, changes, number, "", 0).chosen
    assert chosen is not None
    return {offer.key: offer for offer in chosen.offers}


def rows(page: str, words: str, kind: str = "plain") -> dict[str, Any]:
    """The changes that make the row around some words the list."""
    return asked(page, words, kind=kind)["row0"].changes


def test_a_table_s_columns_are_named_by_pointing_at_a_cell() -> None:
    known = rows(CELLS, "第一公司")
    offer = asked(CELLS, "第一公司", **known)["column1"]
    assert offer.word == "这一列是行政相对人名称" and offer.read.rows == 2 and not offer.read.why
    options = offer.changes["options"]
    assert isinstance(options, dict) and options["columns"] == ["", "行政相对人名称", ""]
    more = asked(CELLS, "甲市罚〔2026〕2号", **{**known, **offer.changes})["column0"].changes["options"]
    assert isinstance(more, dict) and more["columns"] == ["决定文书号", "行政相对人名称", ""]


def test_a_total_and_a_next_page_that_says_so_are_taken_as_the_page_says_them() -> None:
    known = rows(CELLS, "第一公司")
    total = asked(CELLS, "总计 27 件", **known)["total"]
    assert total.word == "总条数（27）" and total.css == "p.sum" and "网页写明共 27 条" in total.read.told
    onward = asked(CELLS, "下一页", **known)["next"].changes["options"]
    assert isinstance(onward, dict) and onward["pager"] == "next" and "next" not in onward


def test_on_a_drawn_page_the_citizen_s_family_reads() -> None:
    changes = rows(CELLS, "第二公司", kind="drawn")
    assert (changes["family"], changes["rendered"], changes["citizen"]) == ("citizen", True, None)


def test_another_list_loses_what_was_said_of_the_one_before() -> None:
    toml = f"{TOML}[options]\npager = 'none'\ncontainer = 'div.x'\n[citizen]\ncontainer = 'div.x'\nitems = 'i'\n"
    changes = asked(CELLS, "第一公司", toml=toml)["row0"].changes
    assert changes["citizen"] is None and "div.x" not in str(changes["options"])


def test_what_would_not_be_read_says_why() -> None:
    page = CELLS.replace("<a href=/2.html>甲市罚〔2026〕2号</a>", "甲市罚〔2026〕2号")
    assert "甲市罚〔2026〕2号" in asked(page, "第一公司")["row0"].read.why


def test_a_long_page_is_told_in_parts() -> None:
    page = PAGE.format("".join(f"<p>第{n}段</p>" for n in range(300)))
    first = answer(page, "plain", TOML, {}, None, "", 0)
    last = answer(page, "plain", TOML, {}, None, "", 240)
    assert len(first.outline) == OUTLINE and first.more and len(last.outline) == 61 and not last.more
    assert [each.words for each in answer(page, "plain", TOML, {}, None, "第299", 0).outline] == ["第299段"]


BITS = st.sampled_from(
    ("<div class='a\"b'>", "<li>", "<a href=/x>", "<td>", "<tr>", "</div>", "</a>", "<table>", "</table>", "甲", "]]>",
     "2026-07-01", "<ul class=row1>", "<o:p>", "<!-- x -->", "<script>", "</script>", "\x00", "<svg><g>", "<input>",
     "<b id=\"'\">")
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(BITS, max_size=40), st.integers(-3, 60), st.sampled_from(["plain", "drawn"]))
def test_no_page_breaks_it(bits: list[str], number: int, kind: str) -> None:
    said = answer("".join(bits), kind, TOML, {}, number, "甲", 0)
    assert isinstance(said, Answer)


def test_a_page_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(CELLS, "utf-8")
    question = Question(page=page, kind="plain", toml=TOML, changes={}, number=12)
    assert ask(question).chosen
    with pytest.raises(UsageError, match="太大或太乱"):
        ask(question, 0.01)


def test_a_page_of_everything_at_once_stays_within_bounds(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    row = "<div class='r x{0}'><a href='/{0}.html'>某某公司处罚决定{0}号</a><i>2026-07-01</i></div>"
    page.write_text(PAGE.format("".join(row.format(n) for n in range(4_000))), "utf-8")
    said = ask(Question(page=page, kind="plain", toml=TOML, changes={}, number=9_000))
    assert said.chosen is not None and said.chosen.offers[0].read.rows == 4_000

"""What is pointed at is found again: by class where one says it, else by place, whatever the page."""

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from lxml.html import HtmlElement

from crawler.discovery.pointing import (
    MOST_ELEMENTS,
    elements_of,
    meant_by,
    next_link,
    part_of,
    place_of,
    row_groups,
    spoken,
)
from crawler.extract.markup import tree_of
from crawler.extract.selectors import select

LIST = """<html><body><ul class="nav"><li><a href=/>首页</a></li><li><a href=/a>公开</a></li></ul>
<div class="box"><div class="hd"><a href=/more>更多</a></div>
{rows}<div class="it pg"><a href=2.html>下一页</a></div></div></body></html>"""
ROW = '<div class="it n{n}"><p><a href="/{n}.html">某罚〔2026〕{n}号</a></p><i class="when">2026-01-0{n}</i></div>'


def page(markup: str) -> HtmlElement:
    return tree_of(markup)


def first(tree: HtmlElement, css: str) -> HtmlElement:
    return select(tree, css)[0]


def rows_by(tree: HtmlElement, container: str, items: str) -> list[HtmlElement]:
    return [row for box in select(tree, container) for row in select(box, items)]


def test_a_word_in_a_row_names_the_list() -> None:
    tree = page(LIST.format(rows="".join(ROW.format(n=n) for n in range(1, 6))))
    day = select(tree, "i.when")[2]
    group = row_groups(tree, day)[0]
    assert (group.container, group.items) == ("div.box", ":scope > div.it")
    assert len([row for row in group.rows if select(row, "i")]) == 5
    assert part_of(group.rows, group.row, day) == ".when"
    assert part_of(group.rows, group.row, select(group.row, "a")[0]) == "a"


def test_boxes_side_by_side_are_one_list_or_each_its_own() -> None:
    block = "<ul class=blk>{}</ul>"
    row = "<li><a href=/{0}>某公司许可{0}</a></li>"
    blocks = "".join(block.format("".join(row.format(f"{b}{n}") for n in range(3))) for b in range(4))
    tree = page(f"<html><body><div id=main>{blocks}</div></body></html>")
    own, several = row_groups(tree, select(tree, "a")[4])[:2]
    assert (len(own.rows), len(several.rows)) == (3, 12)
    assert several.container == "div#main > ul.blk" and rows_by(tree, several.container, several.items) == list(
        several.rows
    )


def test_the_next_page_is_known_by_what_it_is_called_and_not_by_its_place() -> None:
    tree = page("<html><body><div class=pg><a href=0>前翻</a><a href=2>后翻</a></div></body></html>")
    assert next_link(tree, select(tree, "a")[1]) == ".pg > a:last-child"
    tree = page("<html><body><div class=pg><a class=p href=0>‹</a><a class='p fwd' href=2>›</a></div></body></html>")
    assert next_link(tree, select(tree, "a")[1]) == "a.fwd"


def test_the_font_around_a_word_means_its_cell_and_a_link_means_itself() -> None:
    tree = page("<table><tr><td><font><b>甲</b></font></td><td><a href=/1><span>乙</span></a></td></tr></table>")
    assert meant_by(first(tree, "b")).tag == "td"
    assert meant_by(first(tree, "span")).tag == "a"


def test_a_page_in_words_says_each_thing_once_and_can_be_searched() -> None:
    tree = page("<html><head><title>题</title></head><body><p>甲<b>乙</b></p><script>丙</script><p>丁</p></body>")
    assert [each.words for each in spoken(elements_of(tree))] == ["甲乙", "乙", "丁"]
    assert [each.words for each in spoken(elements_of(tree), "丁 ")] == ["丁"]


def test_a_page_of_too_many_elements_is_pointed_at_as_far_as_it_is_numbered() -> None:
    tree = page(f"<html><body>{'<p>x</p>' * (MOST_ELEMENTS + 50)}</body></html>")
    assert len(elements_of(tree)) == MOST_ELEMENTS


ODD = ("it", "it odd", "a:b", "2x", "x'y", 'q"q', "中文", "]{}", "\\", "*", ".", "row1 it", "", "-", "a b c d e f g h")
TAGS = ("div", "li", "span", "a", "p", "tr", "td", "i", "o:p", "x-y")


@st.composite
def trees(draw: st.DrawFn) -> HtmlElement:
    """A page of any shape, as a tree: names that CSS cannot take, tags that are none."""
    root = tree_of("<html><body><hr></body></html>")
    places = select(root, "body")
    for _ in range(draw(st.integers(1, 25))):
        above = draw(st.sampled_from(places))
        tag, name, word = (
            draw(st.sampled_from(TAGS)),
            draw(st.sampled_from(ODD)),
            draw(st.sampled_from(("", "甲", "2"))),
        )
        for _ in range(draw(st.integers(1, 3))):
            element = html.fragment_fromstring(f"<{tag}>{word}</{tag}>")
            element.set("class", name)
            element.set("id", draw(st.sampled_from(("", "k", "a'b", "n1234"))))
            above.append(element)
        places.append(element)
    return root


def shape(element: HtmlElement) -> tuple[str, frozenset[str]]:
    return str(element.tag), frozenset((element.get("class") or "").split())


def pointed(tree: HtmlElement) -> Iterable[HtmlElement]:
    return [element for element in elements_of(tree) if element.tag not in ("html", "head", "body")]


@settings(max_examples=150, deadline=None)
@given(trees())
def test_whatever_is_pointed_at_is_found(tree: HtmlElement) -> None:
    for element in pointed(tree):
        assert select(tree, place_of(tree, element)) == [element]
        for group in row_groups(tree, element):
            found = rows_by(tree, group.container, group.items)
            alike = {each for each in group.row.getparent() if shape(each) == shape(group.row)}
            assert found == list(group.rows) and element in set(group.row.iter()) and alike <= set(found)
            css = part_of(group.rows, group.row, element)
            assert not css if element is group.row else select(group.row, css)[0] is element


@settings(max_examples=50, deadline=None)
@given(trees())
def test_a_link_is_found_alone_whatever_it_is_called(tree: HtmlElement) -> None:
    for link in tree.iter("a"):
        assert select(tree, next_link(tree, link)) == [link]


def test_deep_pages_are_walked() -> None:
    tree = page(f"<html><body>{'<div>' * 180}<a href=/1>甲</a><a href=/2>乙</a>{'<div>' * 1500}<a>丙</a>")
    link = select(tree, "a")[1]
    assert row_groups(tree, link)[0].row is link and select(tree, place_of(tree, link)) == [link]
    assert select(tree, "a")[2] not in elements_of(tree)

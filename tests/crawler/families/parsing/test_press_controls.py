"""What a person would press to turn a page, and by what she sees that nothing follows: pagers as sites have them."""

import pytest
from lxml import html
from lxml.html import HtmlElement

from crawler.families.parsing.press_controls import Onward, Way, onward

ROWS = (
    "<ul class='l'><li><a href='/d/1'>某公司行政许可决定</a></li><li><a href='/d/2'>另一公司行政许可决定</a></li></ul>"
)
HAND = "data-cx-press=''"


def _drawn(body: str) -> HtmlElement:
    """A drawn page with every element named, as `page.js` names them."""
    tree = html.document_fromstring(f"<html><body>{body}</body></html>")
    for number, element in enumerate(tree.iter()):
        if isinstance(element.tag, str):
            element.set("data-cx", f"0-{number}")
    return tree


def _onward(pager: str, page: int) -> Onward:
    tree = _drawn(f"<div class='nav'><a href='/'>首页</a></div>{ROWS}{pager}")
    return onward(tree, tree.cssselect("ul.l > li"), page)


def _deep(page: int, pages: int) -> str:
    cells = (f"<b>{n}</b>" if n == page else f"<a href='?p={n}'>{n}</a>" for n in range(1, pages + 1))
    return f"<table><tr>{''.join(f'<td><div><em>{cell}</em></div></td>' for cell in cells)}</tr></table>"


PRESSED = [
    ("下一页 with an address", "<a href='?p=2'>下一页</a>", 1, "下一页"),
    ("下页 by a call", "<a href='javascript:go(2)'>下页</a>", 1, "下页"),
    ("往后", "<a href='list_2.html'>往后</a>", 1, "往后"),
    ("next in English", "<a href='?p=2'>Next</a>", 1, "Next"),
    ("an arrow", "<a href='?p=2'>»</a>", 1, "»"),
    ("a button", "<button>下一页</button>", 1, "下一页"),
    ("an input", "<input type='button' value='下一页' onclick='go()'>", 1, "下一页"),
    ("a span that the hand points at", f"<span {HAND}>下一页</span>", 1, "下一页"),
    ("a dead link that the hand points at", f"<a href='javascript:;' {HAND}>下一页</a>", 1, "下一页"),
    ("a picture", "<a href='?p=2'><img src='/images/xiayiye.gif'></a>", 1, ""),
    ("a class", "<a class='next' href='?p=2'><i></i></a>", 1, ""),
    ("numbers, this one no link", "<div><span>1</span> <a href='?p=2'>2</a> <a href='?p=3'>3</a></div>", 1, "2"),
    ("numbers, this one bare", "<div>1 <a href='?p=2'>2</a> <a href='?p=3'>3</a></div>", 1, "2"),
    ("numbers in brackets", "<div><a href='?p=1'>[1]</a><a href='?p=2'>[2]</a><a href='?p=3'>[3]</a></div>", 2, "3"),
    ("numbers in a list", "<ul class='pagination'><li><a href='?1'>1</a></li><li><a href='?2'>2</a></li></ul>", 1, "2"),
    ("numbers of a far page", "<div><a href='?1'>1</a> … <a href='?8'>8</a> 9 <a href='?10'>10</a></div>", 9, "10"),
    ("numbers deep in boxes", _deep(1, 3), 1, "2"),
    ("numbers deep in boxes, further on", _deep(2, 3), 2, "3"),
    ("next before numbers", "<div>1 <a href='?p=2'>2</a> <a href='?p=2'>下一页</a></div>", 1, "下一页"),
]


@pytest.mark.parametrize(("pager", "page", "words"), [p[1:] for p in PRESSED], ids=[p[0] for p in PRESSED])
def test_what_leads_on_is_pressed(pager: str, page: int, words: str) -> None:
    found = _onward(pager, page)
    assert found.control is not None and not found.ended
    assert (found.control.way, found.control.words) == (Way.PRESS, words)
    assert found.control.mark


ENDED = [
    ("words without a link", "<span>下一页</span>", 3),
    ("marked as disabled", "<a class='disabled' href='?p=4'>下一页</a>", 3),
    ("a disabled button", "<button disabled>下一页</button>", 3),
    ("in a disabled item", f"<li class='disabled' {HAND}><a href='#'>下一页</a></li>", 3),
    ("takes no press", f"<a data-cx-dead='' {HAND} href='javascript:go(4)'>下一页</a>", 3),
    ("the greatest number, bare", "<div><a href='?p=1'>1</a> <a href='?p=2'>2</a> 3</div>", 3),
    ("the greatest number, a link", "<div><a href='?p=1'>1</a> <a href='?p=2'>2</a></div>", 2),
    ("the greatest number, deep in boxes", _deep(3, 3), 3),
    ("the last page's number in its box", "<div>共3页 <input value='3'> <button>GO</button></div>", 3),
    ("the last choice", "<select><option>1</option><option selected>2</option></select>", 2),
]


@pytest.mark.parametrize(("pager", "page"), [p[1:] for p in ENDED], ids=[p[0] for p in ENDED])
def test_what_is_seen_and_cannot_be_pressed_ends_the_list(pager: str, page: int) -> None:
    assert _onward(pager, page) == Onward(ended=True)


NOTHING = [
    ("no pager", "", 1),
    ("a pager that nobody sees", "<div hidden><a href='?p=2'>下一页</a></div>", 1),
    ("numbers of something else", "<div><a href='/a'>12</a> <a href='/b'>15</a></div>", 1),
    (
        "numbers far apart in a page of words",
        "<div><p><a href='/a'>1</a></p>甲公司<p><i><a href='/b'>2</a></i></p></div>",
        1,
    ),
    ("a box to look for words", "<div>共3页 <input value='食品'> <button>搜索</button></div>", 1),
    ("a box of another number", "<div>第3/9页 <input value='7'> <button>GO</button></div>", 1),
    ("one number", "<p>访问量 <a href='/c'>2</a></p>", 1),
    ("a year's choices", "<select><option>2025</option><option>2026</option></select>", 1),
    ("更多 that leads to another list", "<a href='/news/'>更多>></a>", 1),
    ("next news of a slide show", "<a href='/info/9.html'>下一条：某单位召开会议</a>", 1),
]


@pytest.mark.parametrize(("pager", "page"), [p[1:] for p in NOTHING], ids=[p[0] for p in NOTHING])
def test_what_says_nothing_of_the_list_neither_leads_on_nor_ends_it(pager: str, page: int) -> None:
    assert _onward(pager, page) == Onward()


def test_a_select_of_pages_is_chosen_from() -> None:
    found = _onward("<select><option value='a'>第1页</option><option value='b'>第2页</option></select>", 1)
    assert found.control is not None
    assert (found.control.way, found.control.value, found.control.words) == (Way.SELECT, "b", "2")


BOXES = [
    "<div>共3页 转到第<input value='1'>页 <input type='button' value='GO' onclick='go()'></div>",
    "<p>1/3 <input type='text' value=''> <a href='javascript:jump()'>跳转</a></p>",
    "<div><span>Page 1 of 3</span> <input type='number' value='1'><button>确定</button></div>",
]


@pytest.mark.parametrize("pager", BOXES)
def test_a_page_is_typed_where_nothing_else_leads_on(pager: str) -> None:
    found = _onward(pager, 1)
    assert found.control is not None and found.control.way is Way.TYPE
    assert found.control.value == "2" and found.control.box and found.control.mark != found.control.box


@pytest.mark.parametrize(
    "more",
    [
        "<button>加载更多</button>",
        f"<div {HAND}>查看更多</div>",
        "<a href='javascript:;' onclick='m()'>点击加载更多</a>",
    ],
)
def test_a_button_that_loads_into_the_list_is_no_page(more: str) -> None:
    found = _onward(more, 1)
    assert found.control is not None and found.control.way is Way.MORE


def test_what_stands_in_the_rows_turns_no_page() -> None:
    tree = html.document_fromstring(
        "<ul class='l'><li><a href='/d/1'>下一页</a></li><li><a href='/d/2'>2</a></li></ul>"
    )
    assert onward(tree, tree.cssselect("li"), 1) == Onward()


# ---------------------------------------------------------------- what is not the list's own

CAPTCHA = "<form class='q'>验证码：<input name='yzm' size='4'><img src='/images/next.gif' alt='验证码'></form>"
SLIDE_ENDED = f"<div class='swiper'><div class='swiper-button-next next disabled' {HAND}></div></div>"
SLIDE = f"<div class='swiper'><a class='next' {HAND} href='javascript:;'></a></div>"
SISTER = (
    "<div class='other'><h2>行政处罚公示</h2><ul><li><a href='/p/1'>别的公司处罚</a></li></ul>"
    "<a href='?q=2'>下一页</a></div>"
)
SISTER_ENDED = SISTER.replace("<a href='?q=2'>下一页</a>", "<span>下一页</span>")
SELECT = "<select><option value='1'>1</option><option value='2'>2</option></select>"
MORE = f"<div class='more' {HAND}>加载更多</div>"
NUMBERS = f"<ul class='el-pager'><li class='active'>1</li><li {HAND}>2</li></ul>"
NEXT, NEXT_ENDED = "<a href='?p=2'>下一页</a>", "<span>下一页</span>"

OWN = [
    (f"{name} beside {other}", around, pager, words)
    for other, around in (
        ("the picture of a captcha", CAPTCHA), ("a slide show at its end", SLIDE_ENDED), ("a slide show", SLIDE),
        ("another list", SISTER), ("another list at its end", SISTER_ENDED),
    )
    for name, pager, words in (
        ("a select", SELECT, "2"), ("加载更多", MORE, "加载更多"), ("numbers", NUMBERS, "2"),
        ("下一页", NEXT, "下一页"), ("an end", NEXT_ENDED, ""),
    )
]  # fmt: skip


def _beside(around: str, pager: str, *, before: bool) -> Onward:
    main = f"<div class='main'>{ROWS}<div class='page'>{pager}</div></div>"
    tree = _drawn(f"{around}{main}" if before else f"{main}{around}")
    return onward(tree, tree.cssselect("ul.l > li"), 1)


@pytest.mark.parametrize("before", [True, False], ids=["above", "below"])
@pytest.mark.parametrize(("around", "pager", "words"), [o[1:] for o in OWN], ids=[o[0] for o in OWN])
def test_what_stands_elsewhere_neither_ends_the_list_nor_turns_its_page(
    around: str, pager: str, words: str, before: bool
) -> None:
    """A false end would prove rows absent that stand on the next page."""
    found = _beside(around, pager, before=before)
    assert (found.control.words if found.control else "") == words
    assert found.ended == (not words)


@pytest.mark.parametrize("around", [CAPTCHA, SLIDE_ENDED], ids=["a captcha", "a slide show"])
def test_a_picture_or_a_class_alone_that_cannot_be_pressed_ends_no_list(around: str) -> None:
    assert _beside(around, "", before=True) == Onward()
    assert not _onward(around, 1).ended


FLAT = "<h2>行政处罚公示</h2><ul><li><a href='/p/1'>甲公司处罚</a></li><li><a href='/p/2'>乙公司处罚</a></li></ul>"
PROVES = [
    ("its own", _beside("", NEXT, before=True), True, True),
    ("its own, beside another list's", _beside(SISTER, NEXT, before=True), True, False),
    ("its own among numbers", _onward(f"<p>1 <a href='?p=2'>2</a> <a href='?p=3'>3</a> {NEXT}</p>", 1), True, False),
    ("a slide show's arrow below it", _beside(SLIDE, "", before=False), False, True),
    ("another list's", _beside(SISTER, "", before=False), False, True),
    ("another list's, whose box is the page", _onward(f"{FLAT}{NEXT}", 1), False, True),
    ("its own, another list below", _onward(f"{NEXT}{FLAT}", 1), True, True),
    ("two of its own", _onward(f"<div>{NEXT}</div><div>{NEXT}</div>", 1), True, True),
]  # fmt: skip


@pytest.mark.parametrize(("found", "proves", "alone"), [p[1:] for p in PROVES], ids=[p[0] for p in PROVES])
def test_a_press_that_brings_nothing_ends_the_list_whose_own_it_is(found: Onward, proves: bool, alone: bool) -> None:
    assert found.control is not None and (found.proves, found.alone) == (proves, alone)


def test_the_arrow_of_a_slide_show_above_the_list_is_never_pressed() -> None:
    assert (
        _beside(
            f"<ul><li><a href='/j'>机构概况</a></li><li><a href='/x'>政务公开</a></li></ul>{SLIDE}", "", before=True
        )
        == Onward()
    )


def test_an_end_of_another_list_ends_none() -> None:
    assert _beside(SISTER_ENDED, "", before=False) == Onward()
    assert _onward(f"{FLAT}{NEXT_ENDED}", 1) == Onward()
    assert _onward(f"{NEXT_ENDED}{FLAT}", 1) == Onward(ended=True)

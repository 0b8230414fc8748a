"""Where the list stands on a drawn page, whatever it is made of, beside menus, news and link lists."""

import pytest
from lxml import html

from crawler.extract.markup import words_of
from crawler.extract.selectors import select
from crawler.families.parsing.drawn_lists import css_path, find_lists, title_css

RECORDS = [(f"淮市监许准〔2026〕{n}号", f"淮安某{n}有限公司", f"2026-06-{n:02d}") for n in range(11, 19)]
ASIDE = (
    f"<div class='nav'>{''.join(f'<a href=/m{n}>政务公开栏目{n}</a>' for n in range(9))}</div>"
    f"<div class='side'><h3>要闻</h3><ul>{'<li><a href=/n>区领导调研重点项目建设情况</a></li>' * 12}</ul></div>"
    f"<div class='friendlink'>{''.join(f'<a href=http://l{n}>友情链接之单位{n}</a>' for n in range(12))}</div>"
)
ONCLICK = "onclick=\"view('{no}')\""


def _items(row: str) -> str:
    return "".join(
        row.format(no=no, name=name, day=day, md=day[5:], d=day[8:], ym=day[:7]) for no, name, day in RECORDS
    )


SHAPES = [
    (
        "items with links",
        f"<ul class='zlist'>{_items('<li><a href=/d/{no}>{name}行政许可</a><span>{day}</span></li>')}</ul>",
    ),
    (
        "items opened by a call",
        f"<ul>{_items('<li><a href=# ' + ONCLICK + '>{name}准予许可</a><i>{day}</i></li>')}</ul>",
    ),
    (
        "cards that the hand points at",
        f"<div>{_items('<div data-cx-press=><p>{name}处罚决定</p><em>{md}</em></div>')}</div>",
    ),
    (
        "a day in two parts",
        f"<div>{_items('<div><b>{d}</b><i>{ym}</i><a href=/d/{no}>{name}行政许可</a></div>')}</div>",
    ),
    ("without days", f"<ul>{_items('<li><a href=/d/{no}>{name}行政许可决定书（{no}）</a></li>')}</ul>"),
    (
        "a table of records",
        f"<table><tr><th>文书号</th><th>相对人</th><th>日期</th></tr>"
        f"{_items('<tr><td>{no}</td><td>{name}</td><td>{day}</td></tr>')}</table>",
    ),
    (
        "a table with a 查看",
        f"<table>{_items('<tr><td>{no}</td><td>{name}</td><td><a href=/d/{no}>查看</a></td></tr>')}</table>",
    ),
    ("definition lists", f"<div>{_items('<dl><dt><a href=/d/{no}>{name}处罚决定</a></dt><dd>{day}</dd></dl>')}</div>"),
    ("links alone", f"<div class='con'>{_items('<a href=/d/{no}>{name}行政处罚（{no}）{day}</a>')}</div>"),
]


@pytest.mark.parametrize("shape", [s[1] for s in SHAPES], ids=[s[0] for s in SHAPES])
def test_the_columns_list_is_found_beside_all_others(shape: str) -> None:
    tree = html.document_fromstring(f"<html><body>{ASIDE}<div id='main'>{shape}</div></body></html>")
    best = find_lists(tree)[0]
    rows = [row for box in tree.cssselect(best.container) for row in box.cssselect(best.items)]
    said = "".join(words_of(row) for row in rows)
    assert all(name in said for _, name, _ in RECORDS) and "调研" not in said and "友情" not in said
    assert len(rows) - len(RECORDS) in {0, 1}  # a table's head is told apart where rows are read


NAMED = {
    "by the cell beside 查看": "<tr><td>·</td><td>{name}行政处罚决定书</td><td>{day}</td>"
    "<td><a href=/d/{no}>查看</a></td></tr>",
    "in a table of its own": "<tr><td><table><tr><td>·</td><td><span>{name}行政处罚决定书</span></td><td>{day}</td>"
    "<td><a href=/d/{no}>查看</a></td></tr></table></td></tr>",
    "in a line of its own": "<tr><td><p>{name}行政处罚决定书</p><a href=/d/{no}>查看</a> {day}</td></tr>",
}


@pytest.mark.parametrize("row", NAMED.values(), ids=NAMED)
def test_a_row_of_a_table_whose_link_only_says_look_is_named_by_its_words(row: str) -> None:
    tree = html.document_fromstring(f"<html><body><table id='t'>{_items(row)}</table></body></html>")
    best = find_lists(tree)[0]
    (box,) = tree.cssselect(best.container)
    rows = box.cssselect(best.items)
    assert len(rows) == len(RECORDS)
    assert [words_of(row.cssselect(best.title)[0]) for row in rows] == [
        f"{name}行政处罚决定书" for _, name, _ in RECORDS
    ]


def test_a_longer_list_of_dated_news_comes_behind_the_column() -> None:
    news = "".join(
        f"<li><a href='/n/{n}'>我区召开第{n}次工作推进会</a><i>2026-07-{n:02}</i></li>" for n in range(10, 28)
    )
    rows = _items("<li><a href=/d/{no}>{name}处罚决定（{no}）</a><i>{day}</i></li>")
    tree = html.document_fromstring(f"<html><body><ul class='news'>{news}</ul><ul class='l'>{rows}</ul></body></html>")
    assert [found.container for found in find_lists(tree)][:2] == ["ul.l", "ul.news"]


def test_a_page_of_menus_and_news_has_no_list_of_decisions() -> None:
    tree = html.document_fromstring(f"<html><body>{ASIDE}</body></html>")
    assert find_lists(tree) == []


def test_a_path_leads_to_one_element_alone() -> None:
    tree = html.document_fromstring(
        "<div class='a'><ul><li>1</li></ul><ul><li>2</li></ul></div><div class='a b'><p>x</p></div>"
    )
    for element in tree.iter("ul", "li", "p", "div"):
        assert tree.cssselect(css_path(tree, element)) == [element]


@pytest.mark.parametrize(
    "title", ["<o:p>关于某某公司的行政处罚决定书</o:p>", "<o:p class='t'>关于某某公司的行政处罚决定书</o:p>"]
)
def test_what_was_pasted_from_word_fails_nothing(title: str) -> None:
    """Its tags cannot stand in CSS as they are."""
    tree = html.fromstring(f"<html><body><ul>{f'<li>{title}<i>2026-07-01</i></li>' * 5}</ul></body></html>")
    rows = tree.findall(".//li")
    css = title_css(rows)
    assert css == "" or all(select(row, css) for row in rows)
    word = rows[0][0]
    assert select(tree, css_path(tree, word)) == [word]


@pytest.mark.parametrize("beside", ["<b>{}</b>", "<input>{}", "<div><i>{}</i></div>"])
def test_a_title_beside_the_only_cell_of_its_row_breaks_nothing(beside: str) -> None:
    """Markup that a row may not have and browsers take: found by chance, where a person points at a page."""
    lines = (f"<tr><td>2026-07-0{n}</td>{beside.format(f'某某公司{n}号行政处罚决定书')}</tr>" for n in (1, 2))
    rows = list(html.fromstring(f"<table>{''.join(lines)}</table>").iter("tr"))
    assert isinstance(title_css(rows), str)

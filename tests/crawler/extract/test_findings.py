"""Findings of a detail page, each on the smallest page that shows the case."""

from datetime import date

import pytest

from core.domain.config import Unit
from core.domain.models import Kind
from core.domain.unit_names import UnitNames
from crawler.extract.body import Article
from crawler.extract.detail import read_detail
from crawler.extract.findings import MAX_TEXT, read_findings
from crawler.extract.lines import text_lines
from crawler.extract.markup import tree_of
from crawler.pages import Detail, ListRow, NotGenuine
from tests.support.detail_pages import AT, NAMES, PLACES, UNITS, URL, findings, portal
from tests.support.identity_forms import FORMS, shows, sound

# ---------------------------------------------------------------- tables

HEADS = "<tr><th>文书号</th><th>当事人</th><th>处罚决定日期</th></tr>"


# ---------------------------------------------------------------- several decisions on one page


def block(number: int, tag: str = "<p>{}：{}</p>") -> str:
    said = (("文书号", f"甲罚〔2026〕{number}号"), ("当事人", f"公司{number}"), ("处罚决定日期", f"2026-08-0{number}"))
    return "".join(tag.format(*pair) for pair in said)


CELLS, ROW = (
    "<tr><td>{}</td><td>{}</td></tr>",
    "<tr><td>甲罚〔2026〕{0}号</td><td>公司{0}</td><td>2026-08-0{0}</td></tr>",
)
TURNED = (
    "<tr><th>当事人</th><th>处罚决定日期</th><th>文书号</th></tr><tr><td>公司2</td><td>2026-08-02</td><td>"
    "甲罚〔2026〕2号</td></tr>"
)
TWO = {
    "blocks of lines": f"<div id='zoom'>{block(1)}{block(2)}</div>",
    "a line a decision": f"<div id='zoom'><p>{block(1, '{}：{}；')}</p><p>{block(2, '{}：{}；')}</p></div>",
    "labels that share lines by blanks": f"<div id='zoom'><p>{block(1, '{}：{} ')}</p><p>{block(2, '{}：{} ')}</p>"
    f"</div>",
    "blocks in one table": f"<table>{block(1, CELLS)}{block(2, CELLS)}</table>",
    "a table each": f"<table>{block(1, CELLS)}</table><table>{block(2, CELLS)}</table>",
    "a table that goes on without its head": f"<table>{HEADS}{ROW.format(1)}</table><table>{ROW.format(2)}</table>",
    "a second head in another order": f"<table>{HEADS}{ROW.format(1)}{TURNED}</table>",
    "a cell with a decision's lines each": f"<table><tr><td>{block(1)}</td></tr><tr><td>{block(2)}</td></tr></table>",
}


@pytest.mark.parametrize("body", TWO.values(), ids=TWO)
def test_two_decisions_on_a_page_are_two_findings(body: str) -> None:
    assert [(f.numbers, f.name, f.decided_on) for f in findings(body)] == [
        ((f"甲罚〔2026〕{n}号",), f"公司{n}", date(2026, 8, n)) for n in (1, 2)
    ]


def test_a_head_of_two_labels_is_a_head() -> None:
    rows = "".join(f"<tr><td>甲罚〔2026〕{n}号</td><td>公司{n}</td></tr>" for n in (1, 2))
    found = findings(f"<table><tr><th>文书号</th><th>当事人</th></tr>{rows}</table>")
    assert [(f.numbers, f.name) for f in found] == [((f"甲罚〔2026〕{n}号",), f"公司{n}") for n in (1, 2)]


@pytest.mark.parametrize(
    "empty", ["<tr><td>当事人</td><td></td><td>文书号</td><td></td></tr>", "<tr><td>处罚机关</td><td>机关</td></tr>"]
)
def test_labels_beside_empty_values_are_no_head(empty: str) -> None:
    (found,) = findings(f"<table>{empty}{block(1, CELLS)}</table>")
    assert found.numbers == ("甲罚〔2026〕1号",) and found.name == "公司1"


def test_several_parties_of_one_number_are_each_read_under_it() -> None:
    parties = "".join(f"<p>当事人：{name}</p>" for name in ("甲公司", "乙公司", "甲公司"))
    said = f"<p>处罚机关：某局</p>{parties}<p>文书号：甲罚〔2026〕1号</p>"
    found = findings(f"<div id='zoom'>{said}</div>")
    assert [(f.numbers, f.name) for f in found] == [(("甲罚〔2026〕1号",), "甲公司"), (("甲罚〔2026〕1号",), "乙公司")]


def test_what_stands_above_all_blocks_fills_each() -> None:
    found = findings(f"<div id='zoom'><p>处罚机关：淮安区市场监督管理局</p>{block(1)}{block(2)}</div>")
    assert [f.unit for f in found] == ["scjgj", "scjgj"]
    table = (
        f"<table><tr><td>处罚机关</td><td colspan=2>淮安区市场监督管理局</td></tr>"
        f"{HEADS}{ROW.format(1)}{ROW.format(2)}</table>"
    )
    assert [(f.unit, f.name) for f in findings(table)] == [("scjgj", "公司1"), ("scjgj", "公司2")]


def test_a_table_inside_a_decisions_cell_takes_nothing_from_it() -> None:
    inner = "<table><tr><td>罚款</td><td>三千元</td></tr></table>"
    (found,) = findings(f"<table>{block(1, CELLS)}<tr><td>处罚内容</td><td>{inner}</td></tr></table>")
    assert (found.numbers, found.decided_on, found.content) == (("甲罚〔2026〕1号",), date(2026, 8, 1), "罚款三千元")


HEAD_LINES = {
    "its number last": "<p>索引号：014/2026-1</p><p>发布机构：某局</p><p>文号：无</p>",
    "its number inside": "<p>索引号：014/2026-1</p><p>文号：无</p><p>主题分类：市场</p>",
}


@pytest.mark.parametrize("head", HEAD_LINES.values(), ids=HEAD_LINES)
@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("at_foot", [False, True])
def test_a_disclosure_head_without_a_number_hides_no_decision(head: str, count: int, at_foot: bool) -> None:
    order = ("当事人", "文号", "处罚决定日期")
    said = "".join(
        f"<p>{order[0]}：公司{n}</p><p>{order[1]}：甲罚〔2026〕{n}号</p><p>{order[2]}：2026-08-0{n}</p>"
        for n in range(1, count + 1)
    )
    found = findings(said + head if at_foot else head + said)
    assert [(f.numbers, f.name, f.decided_on) for f in found] == [
        ((f"甲罚〔2026〕{n}号",), f"公司{n}", date(2026, 8, n)) for n in range(1, count + 1)
    ]


def test_a_value_that_says_nothing_yields_to_one_that_does() -> None:
    (found,) = findings(
        pairs(("文书号", "无"), ("当事人", "某公司"), ("处罚决定书文号", "甲罚〔2026〕1号"), ("处罚内容", "罚款"))
    )
    assert found.numbers == ("甲罚〔2026〕1号",)


def test_two_numbers_in_one_cell_are_two_numbers() -> None:
    cell = "<p>甲罚〔2026〕1号</p><p>甲罚〔2026〕2号</p>"
    (found,) = findings(
        f"<table><tr><td>文书号</td><td>{cell}</td></tr><tr><td>当事人</td><td>某公司</td></tr></table>"
    )
    assert found.numbers == ("甲罚〔2026〕1号", "甲罚〔2026〕2号")


@pytest.mark.parametrize("beside", ["我局另作出甲罚〔2026〕2号处罚决定", "行政处罚决定书文号：甲罚[2026]第2号"])
def test_a_number_told_of_beside_the_records_is_kept_as_text(beside: str) -> None:
    record, text = findings(f"<div id='zoom'><table>{block(1, CELLS)}</table><p>{beside}，{PROSE}</p></div>")
    assert record.numbers == ("甲罚〔2026〕1号",) and text.numbers == ()
    assert "2号" in dict(text.fields)["text"]


def test_a_records_own_number_said_again_adds_nothing() -> None:
    said = "<h1>行政处罚决定书甲罚〔2026〕1号</h1><p>文号甲罚[2026]第001号，证书甲安B(2011)0200719</p>"
    assert len(findings(f"<div id='zoom'>{said}<table>{block(1, CELLS)}</table></div>")) == 1


def test_a_text_too_long_to_keep_rules_nothing_out() -> None:
    _, rest = findings(
        f"<div id='zoom'><table>{block(1, CELLS)}</table><p>甲罚〔2026〕2号</p><p>{PROSE * 400}</p></div>"
    )
    assert (rest.numbers, rest.name, rest.fields) == ((), "", ())


# ---------------------------------------------------------------- findings


def pairs(*said: tuple[str, str]) -> str:
    return "<table>" + "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in said) + "</table>"


def test_several_numbers_of_one_record_are_one_finding() -> None:
    (found,) = findings(pairs(("处罚决定书文号", "甲罚〔2026〕10号、11号、89-91号"), ("当事人", "某公司")))
    assert found.numbers == tuple(f"甲罚〔2026〕{n}号" for n in (10, 11, 89, 90, 91))


IDENTITY = "320803199003077619"
MASKED = "320803********7619"


def test_identity_numbers_are_masked_wherever_they_stand() -> None:
    body = pairs(
        ("处罚决定书文号", "甲罚〔2026〕1号"),
        ("当事人", f"某某（{IDENTITY}）"),
        ("统一社会信用代码", IDENTITY),
        ("处罚机关", f"某局{IDENTITY}"),
        ("处罚类别", IDENTITY),
        ("没见过的", IDENTITY),
        ("处罚内容", f"对{IDENTITY}罚款"),
    )
    row = ListRow(key="k", sort_key="", title=f"某某{IDENTITY}", url=f"{URL}?code={IDENTITY}")
    (found,) = findings(body, row=row)
    assert IDENTITY not in repr(found) and found.code == MASKED
    assert {e.masked for e in found.exposures} == {MASKED} and len(found.exposures) == 8


def test_an_identity_number_that_stands_as_a_label_is_masked() -> None:
    (found,) = findings(pairs(("文书号", "甲罚〔2026〕1号"), (IDENTITY, "某某")))
    assert IDENTITY not in repr(found) and found.unknown_labels == (MASKED,)
    assert [e.masked for e in found.exposures] == [MASKED]


def test_an_identity_number_in_free_text_and_number_is_masked() -> None:
    text = f"当日，{IDENTITY}号身份证持有人因无证经营被我局查处，现将有关情况予以公布，请社会各界监督。"
    found = findings(f"<div id='zoom'><p>{text}</p></div>", row=ListRow(key="k", sort_key=""))
    assert IDENTITY not in repr(found) and MASKED in dict(found[0].fields)["text"]


@pytest.mark.parametrize(
    ("authority", "unit"),
    [
        ("淮安区市场监督管理局", "scjgj"),
        ("江苏省淮安市淮安区市场监督管理局", "scjgj"),
        ("市场监督管理局", "scjgj"),
        ("区市场监管局", "scjgj"),
        ("淮安区 行政审批局", "spj"),
        ("淮阴区行政审批局", "other"),
        ("淮安市公安局", None),
        ("淮安市市场监督管理局", None),
        ("江苏省市场监督管理局", None),
        ("", None),
    ],
)
def test_an_authority_is_resolved_by_name_or_not_at_all(authority: str, unit: str | None) -> None:
    assert NAMES.slug_on(authority, AT.date()) == unit


def test_an_authority_two_units_may_mean_is_nobodys() -> None:
    both = (UNITS[0], Unit(slug="twin", name="淮安区某局", kind="dept-a", aliases=("市场监督管理局",)))
    assert UnitNames(both, PLACES, "淮安市淮安区").slug_on("市场监督管理局", AT.date()) is None


@pytest.mark.parametrize(("channel", "unit", "want"), [("credit", None, "scjgj"), ("department", "spj", "spj")])
def test_a_departments_portal_is_its_owners(channel: str, unit: str | None, want: str) -> None:
    said = pairs(("文书号", "甲罚〔2026〕1号"), ("处罚机关", "淮安区市场监督管理局"))
    (found,) = findings(said, channel=channel, unit=unit)
    assert found.unit == want


@pytest.mark.parametrize(
    ("labels", "kinds", "kind"),
    [
        (("处罚决定日期", "处罚类别"), ("licence", "penalty"), Kind.PENALTY),
        (("许可决定日期",), ("licence", "penalty"), Kind.LICENCE),
        (("审批时间",), ("licence", "penalty"), Kind.LICENCE),
        (("决定日期",), ("licence", "penalty"), None),
        (("决定日期",), ("penalty",), Kind.PENALTY),
    ],
)
def test_the_kind_is_told_by_its_labels_where_the_portal_has_both(
    labels: tuple[str, ...], kinds: tuple[str, ...], kind: Kind | None
) -> None:
    (found,) = findings(pairs(("文书号", "甲〔2026〕1号"), *((label, "2026-08-01") for label in labels)), kinds=kinds)
    assert found.kind is kind


def test_the_list_fills_what_the_detail_leaves_empty() -> None:
    row = ListRow(
        key="k", sort_key="", fields=(("XK_XDR_MC", "某公司"), ("XK_WSH", "另一号"), ("XK_JDRQ", "2026-08-01"))
    )
    (found,) = findings(pairs(("许可文号", "甲许〔2026〕1号"), ("被许可人", "")), row=row)
    assert (found.name, found.numbers, found.decided_on) == ("某公司", ("甲许〔2026〕1号",), date(2026, 8, 1))


def test_what_the_list_shows_belongs_to_a_record_that_stands_alone() -> None:
    row = ListRow(key="k", sort_key="", fields=(("XK_XDR_MC", "某公司"), ("惩戒方式", "约谈")))
    body = (
        f"<table>{HEADS}<tr><td>甲罚〔2026〕1号</td><td></td><td></td></tr><tr><td>甲罚〔2026〕2号</td><td></td>"
        f"<td></td></tr></table>"
    )
    assert [f.name for f in findings(body, row=row)] == ["", ""]
    (found,) = findings(pairs(("文书号", "甲罚〔2026〕1号")), row=row)
    assert (found.name, found.unknown_labels, dict(found.fields)["惩戒方式"]) == ("某公司", ("惩戒方式",), "约谈")


def test_a_sites_own_name_for_something_never_stands_over_a_known_field() -> None:
    detail = Detail(
        records=((("CF_XDR_MC", "某公司"), ("CF_WSH", "甲罚〔2026〕1号"), ("name", "警告"), ("x", "1"), ("x", "2")),)
    )
    (found,) = read_findings(
        portal(), ListRow(key="k", sort_key=""), detail, content_hash="h", capture="c", observed_at=AT, names=NAMES
    )
    assert (found.name, dict(found.fields)["name"]) == ("某公司", "某公司")
    assert {"警告", "1", "2"} <= set(dict(found.fields).values())


def test_a_row_without_a_page_of_ours_says_only_its_title() -> None:
    detail = read_detail(None)
    row = ListRow(key="k", sort_key="", title="行政处罚决定书（甲市监罚〔2026〕12号）")
    number, rest = read_findings(portal(), row, detail, content_hash="h", capture="c", observed_at=AT, names=NAMES)
    assert (number.numbers, rest.fields) == (("甲市监罚〔2026〕12号",), ())
    assert (
        read_findings(
            portal(), ListRow(key="k", sort_key=""), detail, content_hash="h", capture="c", observed_at=AT, names=NAMES
        )
        == ()
    )


def test_revoked_placeholder_and_empty_days() -> None:
    (found,) = findings(
        pairs(
            ("文书号", "无"),
            ("当事人", "某公司"),
            ("处罚决定日期", "1970-01-01"),
            ("处罚内容", "罚款"),
            ("当前状态", "已撤销"),
            ("有效期至", "长期"),
            ("统一社会信用代码", "空"),
        )
    )
    assert (found.numbers, found.decided_on, found.revoked, found.code) == ((), None, True, "")
    assert found.valid_until == date(2099, 12, 31)


# ---------------------------------------------------------------- pages without labelled records

PROSE = (
    "经查，某某餐饮管理有限公司未取得许可擅自经营，依据《某条例》第三条，我局决定给予罚款三千元的行政处罚，现予公布。"
)


def test_a_page_of_words_alone_is_read_as_its_text() -> None:
    (found,) = findings(f"<div id='zoom'><p>{PROSE}</p></div>", head="<meta name='PubDate' content='2026-08-01'>")
    assert (found.numbers, found.name, found.number_text, found.kind) == ((), "", "", None)
    assert dict(found.fields) == {"text": text_lines(tree_of(f"<p>{PROSE}</p>"))}
    assert found.published is not None and found.published.source == "meta"


ELSEWHERE = {
    "a file": "<a href='/upload/20260801.xls'>名单</a>",
    "a file with a query": "<a href='/getfile.do?id=1&filename=%E5%8F%8C.xlsx'>名单</a>",
    "a 书版 file": "<a href='P020.ceb'>公示表</a>",
    "a download without a name": "<a href='/download?id=9'>名单</a>",
    "a link that says so": "<a href='/other.html'>点击查看公示表</a>",
    "a file named in words": "<p>公示表.docx</p>",
    "an attachment spoken of": "<p>名单见附件</p>",
    "a picture": "<img src='a.gif'>",
    "a picture of unknown size": "<img src='a' width='100%'>",
    "a frame": "<iframe src='/list'></iframe>",
    "an embedded document": "<embed src='x'>",
}


@pytest.mark.parametrize("more", ELSEWHERE.values(), ids=ELSEWHERE)
def test_what_stands_outside_the_words_leaves_the_row_unread(more: str) -> None:
    try:
        found = findings(f"<div id='zoom'><p>{PROSE}</p>{more}</div>")
    except NotGenuine:  # a page that is little but a frame is called a shell: unread as well
        found = ()
    assert found == ()


HARMLESS = {
    "an icon": "<img src='new.gif' width='16' height='16'>",
    "an anchor": "<a href='#top'>返回</a>",
    "a law": "<a href='http://www.gov.cn/law.html'>《某条例》</a>",
}


@pytest.mark.parametrize("more", HARMLESS.values(), ids=HARMLESS)
def test_what_holds_no_content_does_not_matter(more: str) -> None:
    assert (
        len(findings(f"<div id='zoom'><p>{PROSE}</p>{more}</div><div><img src='logo.png'><a href='x.pdf'>y</a></div>"))
        == 1
    )


def test_pictures_anywhere_count_where_no_article_is_marked_off() -> None:
    assert len(findings(f"<p>{PROSE}</p>")) == 1
    assert findings(f"<p>{PROSE}</p><img src='a.jpg'>") == ()


def test_a_picture_in_any_of_several_containers_counts() -> None:
    page = f"<body><div class='TRS_Editor'><p>{PROSE}</p></div><div id='zoom'><img src='a.jpg'></div></body>"
    assert Article(tree_of(page)).text() == ""


def test_a_caption_or_an_endless_text_is_no_reading() -> None:
    assert findings("<div id='zoom'><p>双公示信息一览</p></div><p>" + PROSE + "</p>") == ()
    assert findings(f"<div id='zoom'><p>{PROSE * (MAX_TEXT // len(PROSE) + 1)}</p></div>") == ()


NUMBERED = {
    "in the title": ("关于某公司的行政处罚决定书（甲市监罚〔2026〕12号）", PROSE, ("甲市监罚〔2026〕12号",)),
    "a range in the title": ("甲金罚决字〔2026〕89-90号", PROSE, ("甲金罚决字〔2026〕89号", "甲金罚决字〔2026〕90号")),
    "alone on its line": ("行政处罚决定书", f"<p>甲市监罚〔2026〕012号</p><p>{PROSE}</p>", ("甲市监罚〔2026〕12号",)),
    "behind 决定书": ("公示", f"<p>处罚决定书文号为：甲市监罚(2026)12号。{PROSE}</p>", ("甲市监罚〔2026〕12号",)),
    "in title and text alike": (
        "甲市监罚〔2026〕12号",
        f"<p>甲市监罚[2026]第12号</p><p>{PROSE}</p>",
        ("甲市监罚〔2026〕12号",),
    ),
}


@pytest.mark.parametrize(("title", "body", "numbers"), NUMBERED.values(), ids=NUMBERED)
def test_a_pages_own_number_is_a_finding_beside_its_text(title: str, body: str, numbers: tuple[str, ...]) -> None:
    number, text = findings(f"<div id='zoom'>{body}</div>", row=ListRow(key="k", sort_key="", title=title))
    assert (number.numbers, text.numbers) == (numbers, ())
    assert "text" not in dict(number.fields) and "餐饮管理" in dict(text.fields)["text"]


CITED = {
    "a law's number": f"<p>根据《某办法》（甲府办〔2014〕192号），{PROSE}</p>",
    "run into the sentence": f"<p>我局于2026年作出甲市监罚〔2026〕12号行政处罚，{PROSE}</p>",
    "two of its own": f"<p>甲市监罚〔2026〕12号</p><p>甲市监罚〔2026〕13号</p><p>{PROSE}</p>",
}


@pytest.mark.parametrize("body", CITED.values(), ids=CITED)
def test_a_number_that_may_be_anothers_is_left_to_the_text(body: str) -> None:
    (found,) = findings(f"<div id='zoom'>{body}</div>")
    assert found.numbers == () and "号" in dict(found.fields)["text"]


def test_a_number_whose_page_is_a_file_leaves_a_record_that_rules_nothing_out() -> None:
    number, rest = findings(
        f"<div class='nav'>{'首页 政务公开 ' * 9}</div><div id='zoom'><a href='a.doc'>附件.doc</a></div>",
        row=ListRow(key="k", sort_key="", title="甲市监公告〔2026〕3号"),
    )
    assert number.numbers == ("甲市监公告〔2026〕3号",)
    assert (rest.numbers, rest.name, rest.fields) == ((), "", ())


def test_the_head_of_a_disclosure_page_is_not_a_decision() -> None:
    head = (
        "<div><p>索引号：014/2026-1</p><p>发布机构：某局</p><p>文号：无</p><p>主题分类：市场</p><p>发布日期："
        "2026年08月02日</p></div>"
    )
    (found,) = findings(f"{head}<div id='zoom'><p>{PROSE}</p></div>")
    assert found.numbers == () and "text" in dict(found.fields)
    assert found.published is not None and found.published.on == date(2026, 8, 2)


@pytest.mark.parametrize("form", FORMS)
def test_no_written_form_of_an_identity_number_gets_into_a_finding(form: str) -> None:
    number = sound("320803", date(1971, 11, 2), 111)
    written = FORMS[form](number)
    body = pairs(("处罚决定书文号", "甲罚〔2026〕1号"), ("当事人", f"张三 {written}"), ("处罚内容", f"对{written}罚款"))
    row = ListRow(key="k", sort_key="", title=f"张三{written}", url=URL)
    prose = f"当事人张三，{written}，因无证经营被我局查处，现将有关情况予以公布，请社会各界监督。"
    for page in (body, f"<div id='zoom'><p>{prose}</p></div>"):
        read = findings(page, row=row)
        assert read and not any(shows(repr(f), number) for f in read) and any(f.exposures for f in read)


def test_what_persons_show_in_prose_is_an_exposure_of_the_page() -> None:
    text = "当事人：张三，男，1990年3月7日出生，住址：江苏省淮安市淮安区某街道某小区1幢，联系电话：13812345678。"
    (found,) = findings(f"<div id='zoom'><p>{text}</p></div>", row=ListRow(key="k", sort_key=""))
    assert sorted(e.what for e in found.exposures) == ["address", "birth-date", "phone"]
    assert "13812345678" not in repr(found)

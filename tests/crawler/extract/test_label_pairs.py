"""The forms that pages come in, each on the smallest page that shows it: tables, lists, lines, META, charsets."""

from datetime import date, datetime

import pytest

from core.domain.clock import ZONE
from core.domain.config import Portal
from core.domain.models import Channel, Finding, Kind
from core.domain.unit_names import UnitNames
from crawler.extract.charset import decode
from crawler.extract.detail import read_detail
from crawler.extract.findings import read_findings
from crawler.pages import ListRow, NotGenuine, Response
from tests.support.file_samples import BASE, answer

PORTAL = Portal.model_validate(
    {
        "id": "p",
        "name": "栏目",
        "channel": Channel.CREDIT,
        "kinds": (Kind.PENALTY,),
        "family": "cmsweb",
        "url": BASE,
        "marker": "栏目",
    }
)
PROSE = (
    "本月我局对辖区内食品经营单位开展了检查，发现问题已责令整改，现将有关情况予以通报，请各单位引以为戒，"
    "切实落实主体责任。"
)


def page(body: str, head: str = "<meta charset='utf-8'>") -> Response:
    return answer(f"<html><head>{head}</head><body>{body}</body></html>".encode())


def findings(response: Response) -> tuple[Finding, ...]:
    return read_findings(
        PORTAL,
        ListRow(key="k", sort_key=""),
        read_detail(response),
        content_hash="h",
        capture="c",
        observed_at=datetime(2026, 8, 30, 1, tzinfo=ZONE),
        names=UnitNames((), (), "某区"),
    )


# ---------------------------------------------------------------- one decision, in every dress


def cells(*rows: str) -> str:
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"


ONE = {
    "two columns": cells(
        "<td>文书号</td><td>甲罚〔2026〕1号</td>",
        "<td>当事人</td><td>甲公司</td>",
        "<td>处罚决定日期</td><td>2026-07-05</td>",
    ),
    "four columns": cells(
        "<td>文书号</td><td>甲罚〔2026〕1号</td><td>当事人</td><td>甲公司</td>",
        "<td>处罚决定日期</td><td>2026-07-05</td><td>处罚机关</td><td>某局</td>",
    ),
    "labels on top": cells(
        "<th>文书号</th><th>当事人</th><th>处罚决定日期</th>",
        "<td>甲罚〔2026〕1号</td><td>甲公司</td><td>2026-07-05</td>",
    ),
    "labels on top under a caption": cells(
        "<td colspan=3>公示表</td>",
        "<th>文书号</th><th>当事人</th><th>处罚决定日期</th>",
        "<td>甲罚〔2026〕1号</td><td>甲公司</td><td>2026-07-05</td>",
    ),
    "a group of rows": cells(
        "<td rowspan=3>基本信息</td><td>文书号</td><td>甲罚〔2026〕1号</td>",
        "<td>当事人</td><td>甲公司</td>",
        "<td>处罚决定日期</td><td>2026-07-05</td>",
    ),
    "a list of definitions": "<dl><dt>文书号：</dt><dd>甲罚〔2026〕1号</dd><dt>当事人：</dt><dd>甲公司</dd><dt>"
    "处罚决定日期：</dt><dd>2026-07-05</dd></dl>",
    "a term without a value": "<dl><dt>文书号</dt><dd>甲罚〔2026〕1号</dd><dt>备注</dt><dt>当事人</dt><dd>"
    "甲公司</dd><dt>处罚决定日期</dt><dd>2026-07-05</dd></dl>",
    "a term with two values": "<dl><dt>文书号</dt><dd>甲罚〔2026〕1号</dd><dt>备注</dt><dd>一</dd><dd>二</dd><dt>"
    "当事人</dt><dd>甲公司</dd><dt>处罚决定日期</dt><dd>2026-07-05</dd></dl>",
    "lines": "<p>文书号：甲罚〔2026〕1号</p><p>当事人：甲公司</p><p>处罚决定日期：2026年7月5日</p>",
    "numbered lines": "<p>一、文书号：甲罚〔2026〕1号</p><p>二、当事人：甲公司</p><p>（三）处罚决定日期："
    "2026年7月5日</p>",
    "lines by br": "文书号：甲罚〔2026〕1号<br>当事人：甲公司<br/>处罚决定日期：2026年7月5日",
    "one line": "<p>文书号：甲罚〔2026〕1号，当事人：甲公司，处罚决定日期：2026年7月5日</p>",
    "words in pieces": cells(
        "<td><span>文</span><span>书号</span></td><td>甲罚<span>〔2026〕</span><b>1</b>号</td>",
        "<td>当<i>事</i>人</td><td>甲<o:p></o:p>公司</td>",
        "<td>处罚决<span>定日期</span></td><td>2026<span>-07-</span>05</td>",
    ),
    "full width and odd spaces": cells(
        "<td>文　书　号：</td><td>甲罚﹝２０２６﹞１号</td>",
        "<td>当&nbsp;事&nbsp;人</td><td>甲公司\u200b</td>",
        "<td>处罚决定日期</td><td>２０２６-０７-０５</td>",
    ),
    "twice, for the screen and the printer": (
        once := cells(
            "<th>文书号</th><th>当事人</th><th>处罚决定日期</th>",
            "<td>甲罚〔2026〕1号</td><td>甲公司</td><td>2026-07-05</td>",
        )
    )
    + f"<div class='print'>{once}</div>",
    "beside a template's braces": "<p>来源：{{data.docSource}}</p>"
    + cells(
        "<td>文书号</td><td>甲罚〔2026〕1号</td>",
        "<td>当事人</td><td>甲公司</td>",
        "<td>处罚决定日期</td><td>2026-07-05</td>",
    ),
}


@pytest.mark.parametrize("body", ONE.values(), ids=ONE)
def test_one_decision_in_every_dress(body: str) -> None:
    assert [(f.numbers, f.name, f.decided_on) for f in findings(page(f"<div id='zoom'>{body}</div>"))] == [
        (("甲罚〔2026〕1号",), "甲公司", date(2026, 7, 5))
    ]


def test_a_shell_of_braces_is_no_page() -> None:
    with pytest.raises(NotGenuine):
        read_detail(page("<div id='zoom'><h1>{{data.docTitle}}</h1><p>{{data.docContent}}</p></div>"))


# ---------------------------------------------------------------- META (docs/domain.md §2.4)

MAKE = "<meta name='Maketime' content='{}'>"
META = {
    "as the standard says": (
        "<meta name='PubDate' content='2026-07-06 09:30'><meta name='ContentSource' content='区局'>",
        (2026, 7, 6),
    ),
    "rebuilt on another day (江苏)": (
        f"<meta name='PubDate' content='2026-07-06 09:30'>{MAKE.format('2026-07-14 10:00:00')}",
        (2026, 7, 6),
    ),
    "content before name (青岛, 石景山)": ("<meta content='2026-07-06 09:30' name='PubDate'>", (2026, 7, 6)),
    "lower case (济南)": ("<meta name='pubdate' content='2026-07-06 09:30'>", (2026, 7, 6)),
    "an older name (大汉)": (
        "<meta name='pubDate' content='2026-07-06'><meta name='source' content='区局'>",
        (2026, 7, 6),
    ),
    "another name in lower case (佛山)": (
        "<meta name='contentSource' content='区局'><meta name='PubDate' content='2026-07-06 09:30'>",
        (2026, 7, 6),
    ),
    "two blanks (北京教委)": ("<meta name='PubDate' content='2026-07-06  14:52'>", (2026, 7, 6)),
    "a day alone (上海, 深圳)": ("<meta name='PubDate' content='2026-07-06'>", (2026, 7, 6)),
    "midnight (安徽)": ("<meta name='PubDate' content='2026-07-06 00:00'>", (2026, 7, 6)),
    "seconds (武汉)": (
        "<meta name='ColumnName' content='标题'><meta name='PubDate' content='2026-07-06 09:30:15'>",
        (2026, 7, 6),
    ),
    "in Chinese (邯郸)": ("<meta name='PubDate' content='2026年07月06日'>", (2026, 7, 6)),
    "a suffix of the rebuild's (浙江)": (
        f"<meta name='PubDate' content='2026-07-06'>{MAKE.format('2026-07-06 12:51:44_194')}",
        None,
    ),
    "the rebuild's time (万载)": (
        "<meta name='PubDate' content='2026-07-06 10:00:43'><meta name='others' content='页面生成时间 2026-07-06 "
        "10:00:43'>",
        None,
    ),
    "twice over (万载)": ("<meta name='PubDate' content='2026-07-06'>" * 2, (2026, 7, 6)),
    "none (河北)": ("<meta name='SiteName' content='某局'>", None),
    "without quotes (南昌)": ("<META NAME=PubDate CONTENT=2026-07-06>", (2026, 7, 6)),
    "empty": ("<meta name='PubDate' content=''>", None),
    "1970": ("<meta name='PubDate' content='1970-01-01 08:00'>", None),
}


@pytest.mark.parametrize(("head", "day"), META.values(), ids=META)
def test_meta_as_sites_write_it(head: str, day: tuple[int, int, int] | None) -> None:
    (found,) = findings(page(f"<div id='zoom'><p>{PROSE}</p></div>", head))
    assert (found.published.on if found.published else None) == (date(*day) if day else None)


@pytest.mark.parametrize(
    ("declared", "charset", "bom"),
    [
        ("gb2312", "gb18030", b""),
        ("gb2312", "utf-16-le", b"\xff\xfe"),
        ("unicode", "utf-16-le", b"\xff\xfe"),
        ("gb2312", "utf-16-le", b""),
        ("gbk", "utf-8", b"\xef\xbb\xbf"),
        ("utf-8", "gb18030", b""),
        ("", "gb18030", b""),
        ("", "utf-8", b""),
    ],
)
def test_a_page_is_read_in_the_charset_it_is_written_in(declared: str, charset: str, bom: bytes) -> None:
    head = f"<meta http-equiv=Content-Type content='text/html; charset={declared}'>" if declared else ""
    text = (
        f"<html><head>{head}</head><body><div id='zoom'>{ONE['lines']}<p>当事人䶮某到场</p><p>{PROSE}</p></div>"
        f"</body></html>"
    )
    response = answer(bom + text.encode(charset))
    assert decode(response.body).declared == declared
    assert [(f.numbers, f.name) for f in findings(response)] == [(("甲罚〔2026〕1号",), "甲公司")]


def test_fines_are_stated_in_yuan_where_their_unit_is_sure() -> None:
    said = {
        ("罚款金额(万元)", "0.2"): "2000",
        ("罚款金额（元）", "3000"): "3000",
        ("CF_NR_FK", "0.200000"): "2000",
        ("罚款金额", "贰拾万元"): "200000",
        ("罚款金额", "3000"): "",
        ("金额", "3000元"): "",
        ("处罚内容", "警告，罚款2000元"): "2000",
        ("处罚结果", "3000"): "",
        ("处罚结果", "已履行"): "",
        ("处罚内容", "对甲罚款100元，对乙罚款200元"): "",
        ("没收金额", "5000元"): "",
    }
    for (label, value), yuan in said.items():
        body = cells("<td>文书号</td><td>甲罚〔2026〕1号</td>", f"<td>{label}</td><td>{value}</td>")
        (found,) = findings(page(body))
        assert (label, value, dict(found.fields).get("fine_yuan", "")) == (label, value, yuan)


def test_fines_that_disagree_are_stated_by_neither() -> None:
    body = cells(
        "<td>文书号</td><td>甲罚〔2026〕1号</td>",
        "<td>罚款金额(万元)</td><td>0.3</td>",
        "<td>处罚内容</td><td>罚款2000元</td>",
    )
    (found,) = findings(page(body))
    assert "fine_yuan" not in dict(found.fields)


LABELS = [
    ("行政处罚决定案号", "违法主体名称或姓名"),
    ("决定书（通知书）文号", "违法主体名称"),
    ("处罚决定文号", "被处罚对象名称"),
    ("行政处罚决定书文号", "违法企业名称或违法自然人姓名"),
    ("行政处罚决定书文号", "当事人（名称/姓名）"),
    ("行政处罚决定书文号", "被处罚行为人"),
]


@pytest.mark.parametrize(("number", "name"), LABELS)
def test_labels_of_offices_tables(number: str, name: str) -> None:
    body = cells(f"<td>{number}</td><td>甲罚〔2026〕1号</td>", f"<td>{name}</td><td>甲公司</td>")
    (found,) = findings(page(f"<div id='zoom'>{body}</div>"))
    assert (found.numbers, found.name) == (("甲罚〔2026〕1号",), "甲公司")


def test_a_fine_that_the_facts_work_out_and_do_not_impose_is_none() -> None:
    facts = "处以林木价值2倍的罚款，即300元×2倍=600元，低于另一项。本机关决定对毁坏林木不作出行政处罚。"
    body = cells("<td>文书号</td><td>甲罚〔2026〕1号</td>", f"<td>违法事实</td><td>{facts}</td>")
    (found,) = findings(page(body))
    assert "fine_yuan" not in dict(found.fields)


STACKED = [
    "一、处罚决定书编号",
    "（清）文综罚字〔2026〕3号",
    "二、案件名称",
    "石桥网吧案",
    "三、处罚部门",
    "清岸县文化局",
    "四、处罚事由及结果",
]


def test_numbered_headings_are_labels_above_their_values() -> None:
    (found,) = findings(page(f"<div id='zoom'>{''.join(f'<p>{line}</p>' for line in [*STACKED, '罚款5000元'])}</div>"))
    assert (found.numbers, found.authority) == (("（清）文综罚字〔2026〕3号",), "清岸县文化局")
    assert "fine_yuan" not in dict(found.fields)  # below the last heading a page may go on


@pytest.mark.parametrize(
    "lines",
    [
        ["一、处罚依据", "二、处罚程序", "三、文号", "四、处罚部门"],  # a table of contents
        [*STACKED[:1], "按年度编列", *STACKED[2:]],
        [*STACKED[:2], *STACKED[:1], "（清）文综罚字〔2026〕4号", *STACKED[2:]],
    ],
    ids=["contents", "no number", "two"],
)
def test_numbered_headings_without_one_number_are_none(lines: list[str]) -> None:
    text = "".join(f"<p>{line}</p>" for line in [*lines, PROSE])
    assert not any(f.authority for f in findings(page(f"<div id='zoom'>{text}</div>")))


def test_what_should_be_one_line_below_a_numbered_heading_and_is_two_says_nothing() -> None:
    lines = [*STACKED[:5], "清岸县文化局", "联系电话见官网", *STACKED[6:], PROSE]
    found = findings(page(f"<div id='zoom'>{''.join(f'<p>{line}</p>' for line in lines)}</div>"))
    assert [f.authority for f in found if f.numbers] == [""]


BARE = [
    "清岸县市场监督管理局",
    "行政处罚决定文书号",
    "清市监罚〔2026〕10号",
    "处罚对象",
    "清岸县石桥百货店",
    "处罚内容",
    "作如下处罚：",
    "罚款：1000元。",
    "处罚机关",
    "处罚决定日期",
    "2026年7月6日",
    "公示截止日期",
    "2026年10月6日",
]


def test_labels_each_on_a_line_of_its_own_stand_above_their_values() -> None:
    (found,) = findings(page(f"<div id='zoom'>{''.join(f'<p>{line}</p>' for line in BARE)}</div>"))
    assert (found.numbers, found.name, found.decided_on) == (
        ("清市监罚〔2026〕10号",),
        "清岸县石桥百货店",
        date(2026, 7, 6),
    )
    assert (dict(found.fields)["fine_yuan"], found.authority) == ("1000", "")


@pytest.mark.parametrize(
    "lines",
    [
        [
            "处罚决定书文号",
            "处罚对象",
            "处罚内容",
            "处罚决定日期",
            "清市监罚〔2026〕10号",
            "石桥店",
            "警告",
            "2026年7月6日",
        ],
        [*BARE[:2], "按年度编列", *BARE[3:]],
        [*BARE, "行政处罚决定文书号", "清市监罚〔2026〕11号", "处罚对象", "清岸县乙店", "备注"],
        ["文号", "清市监罚〔2026〕10号", "标题", "关于某事", "主题词", "通知", "来源", "本站"],
    ],
    ids=["a column of labels, then of values", "no number", "two numbers", "a page's head"],
)
def test_labels_on_lines_that_are_no_one_record_are_none(lines: list[str]) -> None:
    found = findings(page(f"<div id='zoom'>{''.join(f'<p>{line}</p>' for line in [*lines, PROSE])}</div>"))
    assert not any(f.name or f.decided_on for f in found)


@pytest.mark.parametrize(
    ("below", "party"),
    [
        (["清岸县石桥百货店", "违法企业登记编码", "92150602"], "清岸县石桥百货店"),
        (["清岸县石桥百货店", "清岸县石桥超市"], ""),
        (["清岸县石桥百货店", "联系人", "陈小红"], ""),
        (["详见决定书", "第二页"], ""),
    ],
)
def test_below_a_label_a_name_ends_where_a_label_that_nobody_knows_follows(below: list[str], party: str) -> None:
    lines = [*BARE[1:4], *below, *BARE[5:]]
    found = findings(page(f"<div id='zoom'>{''.join(f'<p>{line}</p>' for line in lines)}</div>"))
    assert [f.name for f in found if f.numbers] == [party]


def test_a_numbers_cell_may_name_the_paper_behind_it() -> None:
    body = cells(
        "<th>文书号</th><th>被处罚人</th><th>案由（具体）</th><th>处罚结果及执行情况</th>",
        "<td>清罚〔2026〕3号行政处罚决定书</td><td>石桥店</td><td>占道</td><td>罚款人民币叁仟元整，已执行。</td>",
    )
    (found,) = findings(page(body))
    assert (found.numbers, found.name, dict(found.fields)["fine_yuan"]) == (("清罚〔2026〕3号",), "石桥店", "3000")


@pytest.mark.parametrize(
    ("title", "party"),
    [("清岸县石桥百货店经营超过保质期食品案", "清岸县石桥百货店"), ("李某在石桥百货店销售假药案", "")],
)
def test_a_cases_name_tells_a_records_party_where_nothing_else_does(title: str, party: str) -> None:
    body = cells(f"<td>案件名称</td><td>{title}</td>", "<td>文书号</td><td>甲罚〔2026〕1号</td>")
    (found,) = findings(page(f"<meta name='ArticleTitle' content='{title}'>{body}"))
    assert found.name == party

"""How much is read of detail pages in every layout, and that nothing is ever invented."""

from datetime import date
from itertools import islice

import pytest

from crawler.pages import ListRow
from simulation.portals_of_chance.shape import Layout
from tests.support.chance_details import FIELDS, Counts, measure, shapes
from tests.support.detail_pages import findings

FLOOR = 1.0  # of what pages of each layout state


@pytest.fixture(scope="module")
def counts() -> Counts:
    """Every eleventh shape: each layout with every form, charset, matter and title somewhere."""
    return measure(islice(shapes(), 5, None, 11), rows=1)


@pytest.mark.parametrize("layout", Layout)
def test_details_in_every_layout_are_read_and_nothing_is_invented(layout: Layout, counts: Counts) -> None:
    read = {name: counts[layout, name] for name in FIELDS}
    assert {name: count.invented for name, count in read.items()} == dict.fromkeys(FIELDS, 0)
    assert all(count.stated for name, count in read.items() if name != "published")
    assert {name: count.recall for name, count in read.items() if count.recall < FLOOR} == {}


# ---------------------------------------------------------------- stories that the portals of chance do not tell


def say(*said: tuple[str, str]) -> str:
    return "<table>" + "".join(f"<tr><td>{label}</td><td>{value}</td></tr>" for label, value in said) + "</table>"


FORM = (
    "<table><tr><td colspan=3>行政处罚决定书文号</td><td>甲罚〔2026〕1号</td></tr>"
    "<tr><td rowspan=3>被处罚当事人姓名或名称</td>"
    "<td colspan=2>个人姓名</td><td>{}</td></tr><tr><td rowspan=2>单位</td><td>名称</td><td>{}</td></tr>"
    "<tr><td>法定代表人（主要负责人）姓名</td><td>张三</td></tr></table>"
)
CODE = "91320803MA1MXJK746"
PARTIES = {
    "a firm in the financial form": (FORM.format("", "某某银行"), "某某银行"),
    "a person in the financial form": (FORM.format("李四", ""), "李四"),
    "a label in the value's place": (say(("文书号", "甲罚〔2026〕1号"), ("当事人姓名或名称", "个人姓名")), ""),
    "a sub-table's head in the value's place": (say(("文书号", "甲罚〔2026〕1号"), ("当事人", "角色")), ""),
    "a code in the cell's second line": (
        say(("文书号", "甲罚〔2026〕1号"), ("当事人", f"某某有限责任公司<br>统一社会信用代码:{CODE}")),
        "某某有限责任公司",
    ),
    "a code behind the name": (
        say(("文书号", "甲罚〔2026〕1号"), ("当事人", f"某某有限责任公司（统一社会信用代码：{CODE}）")),
        "某某有限责任公司",
    ),
    "a party among its agents": (
        say(
            ("文书号", "甲罚〔2026〕1号"),
            ("当事人信息", "<table><tr><td>角色</td><td>姓名</td><td>身份证号</td><td>住址</td></tr><tr><td>当事人</td>"
             "<td>王某</td><td></td><td>某地</td></tr><tr><td>代理人</td><td>李某</td><td></td><td>某地</td></tr></table>"),
        ),
        "王某",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("body", "party"), PARTIES.values(), ids=PARTIES)
def test_a_party_is_read_or_left_out(body: str, party: str) -> None:
    (found,) = findings(body)
    assert (found.numbers, found.name) == (("甲罚〔2026〕1号",), party)


LETTER = (
    "<div id='zoom'><p>文书号：淮市监罚〔2026〕12号</p><p>当事人：某某有限公司</p><p>{}</p>"
    "<p>淮安区市场监督管理局</p><p>2026年7月5日</p></div>"
)


def test_labelled_lines_do_not_hide_the_signature_and_the_fine() -> None:
    found = findings(LETTER.format("案由：超期经营。依据某条例第三条，我局决定对当事人作出如下处罚：并处8万元罚款。"))[
        0
    ]
    assert (found.numbers, found.name, found.unit) == (("淮市监罚〔2026〕12号",), "某某有限公司", "scjgj")
    assert (found.decided_on, dict(found.fields)["fine_yuan"]) == (date(2026, 7, 5), "80000")


def test_a_label_stands_inside_a_sentence() -> None:
    body = "<p>经审查，同意某某有限公司建设项目环境影响报告表，决定文书号：淮环许〔2022〕11号，请按要求组织实施。</p>"
    assert findings(f"<div id='zoom'>{body}</div>")[0].numbers == ("淮环许〔2022〕11号",)


def test_number_and_party_that_stand_only_in_the_title_are_read_there() -> None:
    row = ListRow(key="k", sort_key="", title="某某有限公司行政处罚决定书（淮市监罚〔2026〕12号）")
    (found,) = findings(say(("处罚决定日期", "2026-07-05"), ("处罚内容", "罚款2000元")), row=row)
    assert (found.numbers, found.name) == (("淮市监罚〔2026〕12号",), "某某有限公司")


def test_a_notices_own_number_is_no_decisions() -> None:
    row = ListRow(key="k", sort_key="", title="淮市监〔2026〕3号关于公示行政处罚信息的通知")
    (found,) = findings(say(("当事人", "甲"), ("处罚决定日期", "2026-07-05"), ("处罚内容", "罚款2000元")), row=row)
    assert found.numbers == ()


STAMPS = {
    "a day and a time before the source": ("<p>2020年09月15日 09时32分 来源：某局</p>", date(2020, 9, 15)),
    "a list of articles": ("<p>2020年09月15日 来源：某局</p><p>2020年09月16日 来源：某局</p>", None),
    "a day in the text": ("<p>2020年09月15日某局检查时发现来源：不明</p>", None),
}


@pytest.mark.parametrize(("line", "day"), STAMPS.values(), ids=STAMPS)
def test_a_day_without_a_label_beside_the_title(line: str, day: date | None) -> None:
    (found,) = findings(f"<h1>甲</h1>{line}{say(('文书号', '甲罚〔2026〕1号'), ('当事人', '某公司'))}")
    assert (found.published and found.published.on) == day


NUMBER, PARTY, NOW = "<p>甲罚〔2026〕12号</p>", "<p>当事人：某有限公司</p>", "<p>我局决定对当事人处以罚款5000元。</p>"
EARLIER = "<p>{}淮安区市场监督管理局于2025年3月1日作出行政处罚决定：罚款1000元。</p>"
HISTORIES = {
    "before the decision": (EARLIER.format("") + NOW, "5000"),
    "behind it": (NOW + EARLIER.format("另查，"), "5000"),
    "beside one in other words": (EARLIER.format("") + "<p>当事人再次违法，依法罚款5000元。</p>", ""),
}


@pytest.mark.parametrize(("text", "fine"), HISTORIES.values(), ids=HISTORIES)
def test_an_earlier_decision_that_is_told_of_gives_no_day_and_no_fine(text: str, fine: str) -> None:
    row = ListRow(key="k", sort_key="", title="某有限公司行政处罚决定书")
    found = findings(f"<div id='zoom'>{NUMBER}{PARTY}{text}</div>", row=row)[0]
    assert (found.numbers, found.name, found.decided_on) == (("甲罚〔2026〕12号",), "某有限公司", None)
    assert dict(found.fields).get("fine_yuan", "") == fine


def test_a_reconsideration_is_not_the_decision_that_it_is_about() -> None:
    row = ListRow(key="k", sort_key="", title="行政复议决定书（甲复〔2026〕3号）")
    text = "申请人不服淮安区市场监督管理局于2026年5月1日作出行政处罚决定：甲罚〔2026〕12号，申请行政复议。"
    found = findings(f"<div id='zoom'><p>申请人：某有限公司</p><p>{text}</p></div>", row=row)[0]
    assert (found.name, found.decided_on, found.authority) == ("", None, "")


def test_an_amount_imposed_is_the_fine_and_an_amount_that_a_law_names_is_none() -> None:
    said = "<p>应当处2000元以上5000元以下罚款。我局决定处2000元罚款。</p><p>淮安区市场监督管理局</p><p>2026年7月5日</p>"
    found = findings(f"<div id='zoom'>{NUMBER}{PARTY}{said}</div>")[0]
    assert (dict(found.fields)["fine_yuan"], found.decided_on) == ("2000", date(2026, 7, 5))


def test_a_party_that_is_the_pages_whole_title_is_the_records() -> None:
    said = say(("处罚决定文书号", "常工商案字(2011)第00980号"), ("处罚机关", "某局"))
    (found,) = findings(f"<h1>【单位】格力浦电子(常熟)有限公司</h1>{said}")
    assert found.name == "格力浦电子(常熟)有限公司"

"""Decisions told in free text, in the style that offices write them: what is read, and what is left to the text."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from core.domain.clock import ZONE
from core.domain.config import Portal, Unit
from core.domain.models import Channel, Finding, Kind
from core.domain.unit_names import UnitNames
from crawler.extract.detail import read_detail
from crawler.extract.files import read_file, with_files
from crawler.extract.findings import read_findings
from crawler.extract.free_text import decision_in
from crawler.pages import Detail, ListRow
from tests.support.file_samples import BASE, answer, html_page, pdf, word
from tests.support.paths import FIXTURES

BUREAU = "淮安市淮安区市场监督管理局"
UNITS = (
    Unit(slug="scjgj", name="淮安区市场监督管理局", kind="dept-a"),
    Unit(slug="yjj", name="淮安区应急管理局", kind="dept-a"),
    Unit(slug="cgj", name="淮安区城市管理局", kind="dept-a"),
    Unit(slug="spj", name="淮安区行政审批局", kind="dept-a"),
)
NAMES = UnitNames(UNITS, ("江苏省", "淮安市", "淮安区"), "淮安市淮安区")
PORTAL = Portal.model_validate(
    {
        "id": "p",
        "name": "栏目",
        "channel": Channel.CREDIT,
        "kinds": (Kind.LICENCE, Kind.PENALTY),
        "family": "cmsweb",
        "url": BASE,
        "marker": "栏目",
    }
)


def findings(detail: Detail, title: str = "") -> tuple[Finding, ...]:
    return read_findings(
        PORTAL,
        ListRow(key="k", sort_key="", title=title),
        detail,
        content_hash="h",
        capture="c",
        observed_at=datetime(2026, 8, 30, 1, tzinfo=ZONE),
        names=NAMES,
    )


MARKET = """淮安市淮安区市场监督管理局
行政处罚决定书
淮市监罚〔2026〕112号
当事人：淮安区河下小吃店
主体资格证照名称：营业执照
统一社会信用代码：91320803MA1MXJK746
住所（住址）：淮安市淮安区河下街道某路1号
2026年5月12日，本局执法人员对当事人进行现场检查，发现其经营的餐饮食品未明码标价。2026年5月20日，本局予以立案。
2026年6月20日，本局向当事人送达了《行政处罚告知书》（淮市监罚告〔2026〕98号），告知拟作出行政处罚的内容及事实、理由、\
依据，当事人在法定期限内未提出陈述、申辩意见。
本局认为，当事人的行为违反了《中华人民共和国价格法》第十三条第一款的规定。依据《中华人民共和国价格法》第四十二条的规定\
，决定处罚如下：
1.警告；
2.罚款2000元（大写：贰仟元整）。
当事人应当自收到本处罚决定书之日起十五日内缴纳罚款。逾期不缴纳的，本局可以每日按罚款数额的百分之三加处罚款。
如不服本处罚决定，可以自收到本决定书之日起六十日内申请行政复议。本行政处罚决定予以公示。
淮安市淮安区市场监督管理局
（印章）
2026年7月5日
（本行政处罚决定书一式三份，一份送达，一份归档，一份留存）"""

SAFETY = """行政处罚决定书（单位）
（淮）应急罚〔2026〕21号
被处罚单位：淮安市清河化工有限公司
地址：淮安市淮安区工业园区　邮政编码：223200
统一社会信用代码：91320803555123456W
违法事实及证据：2026年4月1日检查发现，该公司未如实记录安全生产教育和培训情况。
以上事实违反了《中华人民共和国安全生产法》第二十八条第四款的规定，依据《中华人民共和国安全生产法》第九十七条第四项的规\
定，决定给予罚款人民币贰万元整的行政处罚。
处以罚款的，罚款自收到本决定书之日起15日内缴至指定账户。
淮安市淮安区应急管理局（公章）
二〇二六年七月五日"""

PERSON = """行政处罚决定书
淮城管罚字〔2026〕第0305号
当事人：张某某，男，汉族，1980年3月出生，住淮安市淮安区某镇某村
经查，当事人于2026年6月30日在镇淮楼西路擅自占用城市道路堆放物料，违反了《江苏省城市市容和环境卫生管理条例》第十九条的\
规定。
现依据该条例第五十二条的规定，本机关决定对当事人处以罚款人民币伍佰元整。
淮安市淮安区城市管理局 2026年7月5日"""

LICENCE = """准予行政许可决定书
淮审批许〔2026〕15号
淮安市晨光粮油有限公司：
你公司于2026年6月28日提出的食品经营许可申请，本机关于2026年6月29日受理。经审查，符合法定条件、标准，\
根据《中华人民共和国行政许可法》第三十八条第一款的规定，决定准予行政许可。
请你公司持本决定书领取《食品经营许可证》。
淮安市淮安区行政审批局
2026年7月5日"""

JOINT = """行政处罚决定书
淮文执罚〔2026〕7号
当事人：淮安市某某网络科技有限公司
经查，当事人未经许可擅自从事互联网文化活动，违法所得八百元，违反了《互联网文化管理暂行规定》第八条。
我们决定对当事人作出没收违法所得800元、罚款人民币10,000元的行政处罚。
淮安市淮安区文化广电和旅游局
淮安市淮安区公安局
2026年7月5日"""

STOP = """行政处罚决定书
淮环罚字〔2026〕9号
被处罚单位名称：淮安市某某金属制品有限公司
我局于2026年5月6日对你单位调查，发现你单位未批先建。
依据《建设项目环境保护管理条例》第二十三条，我局决定对你单位作出如下行政处罚：责令停止生产；\
处罚款贰拾万元整（￥200000元）。
淮安市生态环境局
2026年7月5日"""

AT_THE_TOP = MARKET.replace("主体资格证照名称：营业执照", "当事人：淮安区河下饭店")
TWO_PARTIES = MARKET.replace("如不服本处罚决定", "当事人：淮安区河下饭店\n如不服本处罚决定")
NO_SIGNATURE = MARKET[: MARKET.rindex("淮安市淮安区市场监督管理局")]
TWO_DAYS = MARKET + "\n淮安市淮安区市场监督管理局\n2026年7月9日"
DIGITS = MARKET.replace("（印章）\n2026年7月5日", "2026-07-05")
TOP = "淮安市淮安区市场监督管理局\n2026年7月9日\n" + NO_SIGNATURE
IMPOSSIBLE = MARKET.replace("2026年7月5日", "2026年7月35日")
WRONG_CODE = MARKET.replace("91320803MA1MXJK746", "91320803MA1MXJK747")

DAY = date(2026, 7, 5)
LETTERS = {
    "market": (
        MARKET,
        "淮市监罚〔2026〕112号",
        "淮安区河下小吃店",
        "91320803MA1MXJK746",
        DAY,
        "scjgj",
        "警告;罚款",
        "2000",
    ),
    "safety, 二〇二六年": (
        SAFETY,
        "（淮）应急罚〔2026〕21号",
        "淮安市清河化工有限公司",
        "91320803555123456W",
        DAY,
        "yjj",
        "罚款",
        "20000",
    ),
    "a person, signed on one line": (PERSON, "淮城管罚字〔2026〕305号", "张某某", "", DAY, "cgj", "罚款", "500"),
    "a licence that addresses its party": (
        LICENCE,
        "淮审批许〔2026〕15号",
        "淮安市晨光粮油有限公司",
        "",
        DAY,
        "spj",
        "",
        "",
    ),
    "signed by two": (
        JOINT,
        "淮文执罚〔2026〕7号",
        "淮安市某某网络科技有限公司",
        "",
        DAY,
        None,
        "罚款;没收违法所得",
        "10000",
    ),
    "said in one sentence": (
        STOP,
        "淮环罚字〔2026〕9号",
        "淮安市某某金属制品有限公司",
        "",
        DAY,
        None,
        "罚款",
        "200000",
    ),
    "a second party below what it says": (
        TWO_PARTIES,
        "淮市监罚〔2026〕112号",
        "",
        "91320803MA1MXJK746",
        DAY,
        "scjgj",
        "警告;罚款",
        "2000",
    ),
    "not signed": (
        NO_SIGNATURE,
        "淮市监罚〔2026〕112号",
        "淮安区河下小吃店",
        "91320803MA1MXJK746",
        None,
        "scjgj",
        "警告;罚款",
        "2000",
    ),
    "two days at the end": (
        TWO_DAYS,
        "淮市监罚〔2026〕112号",
        "淮安区河下小吃店",
        "91320803MA1MXJK746",
        None,
        "scjgj",
        "警告;罚款",
        "2000",
    ),
    "a day of the site's": (
        DIGITS,
        "淮市监罚〔2026〕112号",
        "淮安区河下小吃店",
        "91320803MA1MXJK746",
        None,
        "scjgj",
        "警告;罚款",
        "2000",
    ),
    "a day above the letter": (
        TOP,
        "淮市监罚〔2026〕112号",
        "淮安区河下小吃店",
        "91320803MA1MXJK746",
        None,
        "scjgj",
        "警告;罚款",
        "2000",
    ),
    "an impossible day": (
        IMPOSSIBLE,
        "淮市监罚〔2026〕112号",
        "淮安区河下小吃店",
        "91320803MA1MXJK746",
        None,
        "scjgj",
        "警告;罚款",
        "2000",
    ),
    "a wrong code": (WRONG_CODE, "淮市监罚〔2026〕112号", "淮安区河下小吃店", "", DAY, "scjgj", "警告;罚款", "2000"),
}


def as_page(text: str) -> str:
    lines = "".join(f"<p>{line}</p>" for line in text.splitlines())
    return (
        f"<ul><li>首页</li><li>通知公告</li></ul><div id='zoom'>{lines}</div><div>主办：淮安区人民政府 "
        f"2026年8月1日</div>"
    )


@pytest.mark.parametrize(
    ("text", "number", "name", "code", "day", "unit", "category", "fine"), LETTERS.values(), ids=LETTERS
)
def test_a_letter_says_what_is_sure(
    text: str, number: str, name: str, code: str, day: date | None, unit: str | None, category: str, fine: str
) -> None:
    found, rest = findings(read_detail(html_page(as_page(text))))
    assert (found.numbers, found.name, found.code, found.decided_on) == ((number,), name, code, day)
    assert (found.unit, found.category, dict(found.fields).get("fine_yuan", "")) == (unit, category, fine)
    assert dict(rest.fields)["text"].startswith(text.split("\n")[0].replace("（", "(").replace("）", ")"))


def test_what_was_decided_is_quoted() -> None:
    said = [dict(decision_in("", text)) for text in (MARKET, SAFETY, LICENCE, STOP)]
    assert [one.get("处罚内容") or one["许可内容"] for one in said] == [
        "决定处罚如下:1.警告;2.罚款2000元(大写:贰仟元整)。",
        "决定给予罚款人民币贰万元整的行政处罚。",
        "决定准予行政许可。",
        "决定对你单位作出如下行政处罚:责令停止生产;处罚款贰拾万元整(¥200000元)。",
    ]


def test_the_kind_goes_by_the_letter() -> None:
    kinds = [findings(read_detail(html_page(as_page(text))))[0].kind for text in (MARKET, LICENCE)]
    assert kinds == [Kind.PENALTY, Kind.LICENCE]


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ("责令改正，并作出行政处罚如下：", "作出行政处罚如下:罚款600元整。"),
        ("对当事人给予处罚如下：", "给予处罚如下:罚款600元整。"),
        ("做出行政处罚决定如下：", "做出行政处罚决定如下:罚款600元整。"),
        ("责令改正，并处罚如下：", "处罚如下:罚款600元整。"),
        ("现对石桥店作出：", "现对石桥店作出:罚款600元整。"),
        ("现对石桥店作出说明：", None),
        ("我局拟对你单位作出行政处罚如下：", None),
        ("我局拟对你单位作出如下行政处罚：", None),
    ],
)
def test_a_penalty_decides_in_other_words_too_and_a_plan_does_not(words: str, content: str | None) -> None:
    text = f"{BUREAU}\n行政处罚决定书\n当事人：石桥店\n{words}\n罚款600元整。\n{BUREAU}\n2026年7月5日"
    assert dict(decision_in("", text)).get("处罚内容") == content


def test_the_day_that_a_case_was_filed_is_not_the_decisions() -> None:
    filed = "根据规定，清岸市应急管理局于2026年6月25日批准对王**进行立案调查。"
    text = f"行政处罚决定书\n被处罚人：王**\n{filed}\n经查，王**未履行职责。"
    assert "处罚决定日期" not in dict(decision_in("", text))


OTHERS = {
    "a notice before the decision": MARKET.replace("行政处罚决定书\n淮", "行政处罚告知书\n淮"),
    "not to punish": MARKET.replace("行政处罚决定书\n淮", "不予行政处罚决定书\n淮"),
    "revoking one": MARKET.replace("行政处罚决定书\n淮", "撤销行政处罚决定书\n淮"),
    "pressing for one": MARKET.replace("行政处罚决定书\n淮", "履行行政处罚决定催告书\n淮"),
    "news": "昨日，区市场监管局召开会议。\n当事人：某公司\n会议要求加强监管，各单位要认真落实。"
    "\n淮安市淮安区市场监督管理局\n2026年7月5日",
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_is_no_decision_is_left_to_its_text(text: str) -> None:
    assert decision_in("", text) == ()
    assert not any(f.name or f.decided_on for f in findings(read_detail(html_page(as_page(text)))))


@pytest.mark.parametrize("title", ["关于送达行政处罚决定书的公告", "行政处罚听证告知书", "关于更正行政处罚决定的说明"])
def test_a_title_may_say_that_it_is_another_thing(title: str) -> None:
    assert decision_in(title, MARKET) == ()


def test_beside_a_picture_a_letter_is_left_to_its_number() -> None:
    detail = read_detail(html_page(as_page(MARKET).replace("</div>", "<img src='p.jpg'></div>", 1)))
    number, rest = findings(detail)
    assert (number.numbers, number.name, rest.fields) == (("淮市监罚〔2026〕112号",), "", ())


BARE = MARKET.replace("淮市监罚〔2026〕112号\n", "")
UNDATED = BARE.replace("（印章）\n2026年7月5日", "")


def test_a_letter_without_a_number_needs_its_party_and_its_day() -> None:
    found, _ = findings(read_detail(html_page(as_page(BARE))))
    assert (found.numbers, found.name, found.decided_on) == ((), "淮安区河下小吃店", DAY)
    (text,) = findings(read_detail(html_page(as_page(UNDATED.replace("行政处罚决定书\n", "")))))
    assert text.name == "" and "text" in dict(text.fields)


FACTS = (
    "经查，2026年7月1日晚有四名未成年人进入该场所，执法人员依法进行了检查，制作了现场笔录，上述事实有照片等证据证明。"
)
SPOKEN_TO = "清岸县石桥商贸有限公司：\n经查，你公司擅自生产。决定处罚如下：\n1.警告。"


@pytest.mark.parametrize(
    ("title", "text", "party", "authority"),
    [
        (f"{BUREAU}行政处罚决定书", UNDATED, "淮安区河下小吃店", BUREAU),
        ("", UNDATED, "淮安区河下小吃店", BUREAU),
        (f"{BUREAU}行政处罚决定书", UNDATED.replace("112号", "xxx号"), "淮安区河下小吃店", BUREAU),
        ("关于清岸县石桥商贸有限公司的行政处罚决定书", SPOKEN_TO, "清岸县石桥商贸有限公司", ""),
        ("关于对清岸县石桥商贸有限公司作出行政处罚的决定", SPOKEN_TO, "清岸县石桥商贸有限公司", ""),
        ("关于对清岸县乙商贸有限公司作出行政处罚的决定", SPOKEN_TO, "", ""),
        (f"{BUREAU}行政处罚决定书（清岸县石桥商贸有限公司）", SPOKEN_TO, "清岸县石桥商贸有限公司", BUREAU),
        (f"{BUREAU}行政处罚决定书（清岸县乙商贸有限公司）", SPOKEN_TO, "", ""),
        ("清岸县石桥搅拌站行政处罚决定书", SPOKEN_TO.replace("商贸有限公司", "搅拌站"), "清岸县石桥搅拌站", ""),
        ("清岸县石桥监督站行政处罚决定书", SPOKEN_TO, "", ""),
        ("行政处罚决定书", "\n".join(UNDATED.splitlines()[2:-2]), "", ""),
        (f"{BUREAU}行政处罚决定书送达公告", UNDATED, "", ""),
        ("清岸市石桥网吧 行政处罚决定书", FACTS, "清岸市石桥网吧", ""),
        ("清岸市石桥网吧行政处罚决定书的说明", FACTS, "", ""),
        ("清岸市石桥网吧与清岸市乙网吧的行政处罚决定书", FACTS, "", ""),
        ("清岸市石桥网吧 行政处罚决定书", "送达公告\n" + FACTS, "", ""),
        ("石桥店的情况", "当事人：清岸县石桥店\n" + "某项情况。\n" * 12 + f"附件\n{BUREAU}\n行政处罚决定书\n", "", ""),
        (f"{BUREAU}行政处罚决定书的说明", BARE.split("行政处罚决定书")[0] + SPOKEN_TO, "", ""),
    ],
)
def test_a_papers_heading_stands_for_number_and_day_where_it_says_whose_and_on_whom(
    title: str, text: str, party: str, authority: str
) -> None:
    found = [f for f in findings(read_detail(html_page(as_page(text))), title) if f.name]
    assert [(f.name, f.authority, f.numbers, f.decided_on) for f in found] == (
        [(party, authority, (), None)] if party else []
    )


@pytest.mark.parametrize(
    ("head", "numbers"),
    [
        ("[ 索引号 ] 64/2026-1 [ 发文字号 ] 清市监处罚〔2026〕602号", ("清市监处罚〔2026〕602号",)),
        ("[ 索引号 ] 64/2026-1 [ 发文字号 ] 清办发〔2026〕602号", ()),
        ("[ 索引号 ] 64/2026-1 [ 发文字号 ]", ()),
    ],
)
def test_a_penalty_by_its_heading_has_the_decisions_number_of_the_pages_head(
    head: str, numbers: tuple[str, ...]
) -> None:
    page = f"<p>{head}</p><p>[ 发布机构 ] {BUREAU}</p>" + as_page(UNDATED)
    found = [f for f in findings(read_detail(html_page(page)), f"{BUREAU}行政处罚决定书（淮安区河下小吃店）") if f.name]
    assert [(f.name, f.numbers) for f in found] == [("淮安区河下小吃店", numbers)]


@pytest.mark.parametrize(
    "head",
    [
        "当事人：清岸发展股份有限公司（以下简称清岸发展），住所：清岸市某路1号。\n当事人：李某某，男，时任董事长。",
        "当事人：清岸发展股份有限公司\n当事人：李某某\n我局对清岸发展股份有限公司（以下简称清岸发展）一案进行了审理。",
    ],
)
def test_a_firm_is_fined_under_the_short_name_that_the_letter_gives_it(head: str) -> None:
    decided = "我局决定：\n一、对清岸发展给予警告，并处以50万元罚款；\n二、对李某某给予警告，并处以5万元罚款。"
    letter = f"行政处罚决定书\n清证监罚〔2026〕3号\n{head}\n经查明，当事人存在以下违法事实。\n{decided}"
    found = [f for f in findings(read_detail(html_page(as_page(letter)))) if f.numbers]
    assert [(f.name, dict(f.fields).get("fine_yuan", "")) for f in found] == [
        ("清岸发展股份有限公司", "500000"),
        ("李某某", "50000"),
    ]


@pytest.mark.parametrize("make", [word, pdf], ids=["docx", "pdf"])
def test_a_letter_in_a_file_is_read_as_on_a_page(make: Callable[..., bytes]) -> None:
    body = make(words=MARKET.splitlines())
    found, rest = findings(read_file(answer(body)))
    assert (found.numbers, found.name, found.code, found.decided_on) == (
        ("淮市监罚〔2026〕112号",),
        "淮安区河下小吃店",
        "91320803MA1MXJK746",
        DAY,
    )
    assert (found.unit, found.category) == ("scjgj", "警告;罚款") and "价格法" in dict(rest.fields)["text"]


def test_letters_in_several_files_are_a_decision_each() -> None:
    prose = "现将本月作出的行政处罚决定予以公示，公示期七个工作日，欢迎社会各界监督，特此公示。"
    page = read_detail(
        html_page(f"<div id='zoom'><p>{prose}</p><a href='1.docx'>1.docx</a><a href='2.pdf'>2.pdf</a></div>")
    )
    parts = [read_file(answer(word(words=MARKET.splitlines()))), read_file(answer(pdf(words=SAFETY.splitlines())))]
    *letters, rest = findings(with_files(page, parts))
    assert [(f.numbers, f.name, f.decided_on) for f in letters] == [
        (("淮市监罚〔2026〕112号",), "淮安区河下小吃店", DAY),
        (("（淮）应急罚〔2026〕21号",), "淮安市清河化工有限公司", DAY),
    ]
    assert "淮市监罚告〔2026〕98号" in dict(rest.fields)["text"]  # a number cited, which none of the two records holds


REAL = ("gov-articles/zhejiang-fgw", "gov-articles/cmse", "gov-articles/shanxi-gov")


@pytest.mark.parametrize("name", REAL)
def test_real_articles_that_are_no_decisions_are_read_as_none(name: str) -> None:

    body = (FIXTURES / "portals" / name / "page.html").read_bytes()
    detail = read_detail(answer(body))
    assert decision_in(detail.title, detail.text) == ()


@pytest.mark.parametrize("whose", ["许可机关", "数据来源单位", "处罚机关", "作出决定部门"])
def test_the_authoritys_code_is_not_the_partys(whose: str) -> None:
    """A letter that prints no code of the party's, and the authority's own below it."""
    bare = MARKET.replace("91320803MA1MXJK746", "")
    assert bare != MARKET
    lines = bare.splitlines()
    for label, code in ((f"{whose}统一社会信用代码：", ""), ("统一社会信用代码：", "11320831000000033T")):
        letter = "\n".join([*lines[:-2], f"{label}11320831000000033T", *lines[-2:]])
        found, _ = findings(read_detail(html_page(as_page(letter))))
        assert (found.name, found.code) == ("淮安区河下小吃店", code)


ADDRESSED = {
    "with a colon, above its code": (
        "某甲新材料有限公司：",
        "统一社会信用代码：91430681XXXXXXXXXX",
        "某甲新材料有限公司",
    ),
    "with a colon, above its head": ("某甲加油站：", "投资人方某，地址某县某镇某村。", "某甲加油站"),
    "alone, above its code": ("某甲编织有限公司", "统一社会信用代码：91320803MA1MXJK746", "某甲编织有限公司"),
    "alone, above an address": ("某甲编织有限公司", "地址：某县某镇", ""),
    "an office above its address": ("某某市场监督管理局", "统一社会信用代码：91320803MA1MXJK746", ""),
}


@pytest.mark.parametrize(("line", "after", "party"), ADDRESSED.values(), ids=ADDRESSED)
def test_a_letter_addresses_its_party_above_what_it_says_of_it(line: str, after: str, party: str) -> None:
    decided = "我局决定对你单位处以罚款贰万元。\n某市某局\n2026年7月5日"
    text = f"行政处罚决定书\n豫0721环罚决字〔2024〕5号\n{line}\n{after}\n{decided}"
    said = dict(decision_in("", text))
    assert (said.get("当事人", ""), said["处罚决定日期"]) == (party, "2026年7月5日")


@pytest.mark.parametrize(
    ("opening", "party"),
    [
        ("清岸县梅湖水库管理中心：\n我局于2026年7月1日收到你单位提出的取水许可申请材料。", "清岸县梅湖水库管理中心"),
        ("清岸县河东水利管理所：\n本机关于2026年7月1日受理你所提出的延续取水许可申请。", "清岸县河东水利管理所"),
        ("清岸县柳溪镇人民政府：\n你镇报送的申请材料收悉。", "清岸县柳溪镇人民政府"),
        ("公民李大明：\n你提交的申请材料收悉。", "李大明"),
        ("韩*：\n你单位报送的申请材料收悉。", "韩*"),
        ("张某某：\n你报送的申请材料收悉。", "张某某"),
        ("备注：\n你单位报送的申请材料收悉。", ""),
        ("各镇街人民政府：\n现将有关事项通知如下。", ""),
        ("各镇街水利站：\n我局要求你站据实上报。", ""),
        ("清岸县财政局：\n我局于2026年7月1日收到群众对清岸县某公司的投诉。", ""),
    ],
)
def test_a_licence_names_whom_it_addresses_though_the_office_speaks_first(opening: str, party: str) -> None:
    letter = f"{opening}经审查，该申请符合法定条件，决定准许延续。\n清岸县水务局\n2026年7月6日"
    said = dict(decision_in("准予水行政许可决定书", letter))
    assert said.get("当事人", "") == party
    assert (said["决定机关"], said["许可决定日期"]) == ("清岸县水务局", "2026年7月6日")


@pytest.mark.parametrize(
    "decided",
    [
        "你厂《清岸县石桥砖厂使用林地的申请报告》已收悉。现特作如下决定：同意你厂临时使用林地3公顷。",
        "《关于使用林地的初步审查意见》（清林〔2026〕9号）你单位的材料收悉。我局同意将该许可延期至2027年9月1日。",
        "你厂申请临时占用林地延期的材料已收悉。经研究，本机关同意该许可延期至2027年9月1日。现将有关事项通知如下：\n一、依法支付补偿费。",
    ],
)
def test_a_licence_decides_in_other_words_too(decided: str) -> None:
    letter = f"清岸县石桥砖厂：\n{decided}\n清岸县林业局\n2026年7月6日\n附：地形图"
    said = dict(decision_in("延续行政许可决定书", letter))
    assert (said["当事人"], said["决定机关"], said["许可决定日期"]) == (
        "清岸县石桥砖厂",
        "清岸县林业局",
        "2026年7月6日",
    )


def test_a_payment_put_off_is_no_decision() -> None:
    letter = (
        "清岸县石桥砖厂：\n你厂不服处罚，行政处罚决定书收悉。我局同意你厂延期缴纳罚款。\n清岸县林业局\n2026年7月6日"
    )
    assert {"处罚决定日期", "许可决定日期"}.isdisjoint(dict(decision_in("", letter)))


@pytest.mark.parametrize(
    ("title", "letter"),
    [
        (
            "关于同意设立清岸县星星幼儿园的批复",
            "你园报来的材料已收悉，现批复如下：\n一、同意正式设立清岸县星星幼儿园。",
        ),
        (
            "关于同意清岸县星星幼儿园变更办学内容的批复",
            "根据《通知》，经审核，现同意你园办学内容变更为学前教育。\n特此批复",
        ),
        ("准予变更行政许可决定书", "你园提出的变更申请收悉。准予变更行政许可决定书\n本机关决定准予变更。"),
    ],
)
def test_a_reply_and_a_change_may_be_licences(title: str, letter: str) -> None:
    said = dict(decision_in(title, f"清岸县星星幼儿园：\n{letter}\n清岸县教育局\n2026年7月6日"))
    assert (said["决定机关"], said["许可决定日期"]) == ("清岸县教育局", "2026年7月6日")
    assert said.get("当事人", "清岸县星星幼儿园") == "清岸县星星幼儿园"


def test_a_penalty_that_is_changed_is_no_decision_of_its_own() -> None:
    letter = "清岸县石桥砖厂：\n你厂的行政处罚变更决定书如下。\n我局决定处以罚款一万元。\n清岸县林业局\n2026年7月6日"
    assert decision_in("行政处罚变更决定书", letter) == ()


SIGNED = "清岸县林业局\n2026年7月6日"
REPLIES = {
    "by what it was examined for": (
        "使用林地审核同意书",
        "根据《森林法》的规定，经审核，同意厂房项目使用林地1公顷。\n你单位要依法办理手续。",
    ),
    "on a proposal": ("关于石桥道路工程项目建议书的批复", "你单位来文收悉。现就项目建议书批复如下：\n一、项目名称。"),
    "in the office's own name": ("关于石桥码头修缮工程立项的批复", "你单位的请示收悉。我局批复如下：\n一、同意立项。"),
    "as a letter": ("关于同意延长水票期限的复函", "你单位来函收悉，有关意见函复如下：\n经核，同意你单位延长期限。"),
    "as an opinion": ("关于水上水下施工作业审批办理的意见", "你单位的申请收悉。经核，同意该项目施工作业申请。"),
    "behind a colon": ("交通运输行政许可决定书", "你单位的申请书收悉。本机关决定：同意你单位上报的评价审核申请。"),
    "above an attachment that agrees to more": (
        "交通运输行政许可决定书",
        "你单位的申请书收悉。本机关决定：同意施工方案。\n清岸县林业局\n2026年7月6日\n附件\n经审核意见如下。\n一、基本情况",
    ),
    "in matters": ("石桥水厂取水行政许可决定书", "你单位的材料收悉。行政许可决定事项如下。\n一、同意本项目取水。"),
}


@pytest.mark.parametrize(("title", "words"), REPLIES.values(), ids=REPLIES)
def test_a_licence_is_a_licence_in_whatever_words_it_grants(title: str, words: str) -> None:
    said = dict(decision_in(title, f"清岸县石桥水务有限公司：\n{words}\n{SIGNED}"))
    assert (said["当事人"], said["决定机关"], said["许可决定日期"]) == (
        "清岸县石桥水务有限公司",
        "清岸县林业局",
        "2026年7月6日",
    )


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("关于不准予人工繁育野生动物的行政许可决定", "你单位的申请收悉。决定如下：\n一、该事项不予许可。"),
        ("关于不同意危险废物跨省转移的批复", "你单位的申请收悉。经研究，批复如下：\n一、不同意你单位转移。"),
        ("关于补充完善手续的函", "你单位来函收悉。经现场勘查，应完善审批手续，待批准后方可实施。"),
        ("关于咨询事项的答复", "你单位来信收悉。经批准后方可砍伐树木。"),
        ("关于拟批准石桥水厂项目的公示", "经审查，拟同意你单位项目。"),
        ("石桥水厂召开会议", "近日，经研究，同意石桥水厂上市。"),
        ("关于石桥道路问题的答复", "你单位反映的问题收悉。经研究，同意将该路段列入维修计划。"),
    ],
)
def test_a_refusal_and_an_answer_are_no_licences(title: str, words: str) -> None:
    assert decision_in(title, f"清岸县石桥水务有限公司：\n{words}\n{SIGNED}") == ()


@pytest.mark.parametrize(
    ("title", "decides"),
    [
        ("清岸省人民政府关于撤销石桥开发区的批复", True),
        ("清岸省人民政府关于撤销石桥开发区的批复(清政函〔2026〕3号)", True),
        ("清岸县水务局关于撤销取水许可的批复", False),
        ("清岸县人民政府关于撤销清水罚〔2026〕3号的批复", False),
        ("清岸县水务局关于撤销清水罚〔2026〕3号处罚决定的批复", False),
        ("清岸县水务局关于撤销石桥水务有限公司登记的批复", False),
        ("清岸省人民政府关于撤销石桥开发区的公告", False),
    ],
)
def test_a_reply_that_dissolves_a_zone_decides_and_one_that_undoes_a_decision_does_not(
    title: str, decides: bool
) -> None:
    said = decision_in(title, f"清岸市人民政府：\n你市的请示收悉。现批复如下：\n同意你市的意见。\n{SIGNED}")
    assert bool(said) == decides


@pytest.mark.parametrize(
    ("title", "decides"), [("关于石桥住宅楼设计方案意见的函", True), ("关于石桥住宅楼设计方案的通知", False)]
)
def test_a_letter_of_opinion_that_agrees_is_a_licence_when_signed_too(title: str, decides: bool) -> None:
    letter = (
        "清岸省文化厅：\n你厅的请示收悉。经研究，我局原则同意石桥住宅楼建设项目。\n专此函复。\n清岸文物局\n2026年7月6日"
    )
    assert bool(decision_in(title, letter)) == decides


@pytest.mark.parametrize(("title", "decides"), [("关于调整项目业主的批复", True), ("关于调整项目业主的通知", False)])
def test_a_reply_that_alters_a_licence_is_one_and_a_notice_of_changes_is_not(title: str, decides: bool) -> None:
    words = "你单位的请示收悉，现就有关事项调整如下：\n一、项目业主由甲调整为乙。"
    said = dict(decision_in(title, f"清岸县文化局：\n{words}\n{SIGNED}"))
    assert said.get("当事人", "") == ("清岸县文化局" if decides else "")


REPLY = f"清岸县水务局关于石桥水厂取水的批复\n石桥水厂：\n你单位的申请收悉。经研究，现批复如下：\n同意取水。\n{SIGNED}"


@pytest.mark.parametrize(
    ("words", "party"),
    [
        (f"{REPLY}\n全文下载.pdf", "石桥水厂"),
        (f"{REPLY}\n批复.doc\n附表.xls", "石桥水厂"),
        (f"批复.pdf\n{REPLY}", ""),  # the file may be another's, and the words below of it
        (f"{REPLY}\n见公示表.xls，以此为准", ""),
    ],
)
def test_the_name_of_a_file_below_a_letter_leaves_it_a_letter(words: str, party: str) -> None:
    found = findings(read_detail(html_page(as_page(words))), "关于石桥水厂取水的批复")
    assert {f.name for f in found} - {""} == ({party} if party else set())
    assert not any("text" in dict(f.fields) for f in found)  # the file may hold more: the words rule nothing out


NUMBERED = "索引号 6400/2026-1 发布机构 清岸县水务局\n发文字号 {} 公开形式 主动公开"


@pytest.mark.parametrize(
    ("head", "letter", "numbers"),
    [
        ("清水许〔2026〕4号", REPLY, {("清水许〔2026〕4号",)}),
        ("清水许〔2025〕4号", REPLY, set()),  # of another year than the letter is signed in
        ("清政办〔2026〕9号", f"清水许〔2026〕4号\n{REPLY}", {("清水许〔2026〕4号",)}),
        ("清政办〔2026〕9号", "县水务局召开会议，部署取水管理工作，要求各单位认真落实有关规定，确保安全。", set()),
    ],
)
def test_a_letter_without_a_number_has_that_of_the_pages_head(
    head: str, letter: str, numbers: set[tuple[str, ...]]
) -> None:
    page = "".join(f"<p>{line}</p>" for line in NUMBERED.format(head).split("\n")) + as_page(letter)
    found = findings(read_detail(html_page(page)), "关于石桥水厂取水的批复")
    assert {f.numbers for f in found} - {()} == numbers


def test_offices_that_are_answered_together_are_a_finding_each() -> None:
    letter = REPLY.replace("石桥水厂：\n你单位的申请", "清岸县水利局、清岸县发改委：\n你们的请示")
    found = findings(read_detail(html_page(as_page(f"清水许〔2026〕4号\n{letter}"))))
    assert [f.name for f in found if f.numbers] == ["清岸县水利局", "清岸县发改委"]


def test_parties_that_a_letters_head_names_are_a_finding_each_and_a_fine_of_both_is_nobodys() -> None:
    text = AT_THE_TOP.replace("淮安区河下小吃店", "淮安市河下粮油公司")
    for names, letter in (
        (["淮安市河下粮油公司", "淮安区河下饭店"], text),
        ([""], text.replace("当事人：淮安区河下饭店", "当事人：见下述各段")),  # no name: then not whom
    ):
        found = findings(read_detail(html_page(as_page(letter))))
        assert [f.name for f in found if f.numbers] == names
        if len(names) == 2:
            assert not any("fine_yuan" in dict(f.fields) for f in found)


HEADINGS = {
    "清岸县教育局行政处罚决定书 清教罚字〔2026〕14号": True,
    "安全生产行政执法文书行政处罚决定书（清）应急罚〔2026〕执法二中队-9号": True,
    "清岸市自然资源局行政处罚决定书（清资罚〔2026〕6号） 清岸置业有限公司非法占地案": True,
    "清岸县农业农村局行政处罚决定书": True,
    "清城罚决字〔2026〕建设第22号": True,
    "清环罚告〔2026〕22号": False,
    "清岸海关关于清岸矿业进出口有限公司擅自处置边角料案的处罚决定": True,
    "清岸海关关于清岸矿业进出口有限公司擅自处置边角料案的说明": False,
    "关于清岸矿业进出口有限公司案的行政处罚决定书的解读": False,
    "关于给予清岸矿业有限公司行政处罚的决定": True,
    "关于学习行政处罚的决定": False,
    "清岸置业有限公司收到清岸县环境局行政处罚决定书（清环罚〔2026〕6号）": False,
    "清岸县环境局作出行政处罚决定书（清环罚〔2026〕6号）": False,
    "清岸县环境局行政处罚决定书（清环罚〔2026〕6号）的说明": False,
    "清岸县环境局开出首份行政处罚决定书": False,
    "不服清岸县环境局行政处罚决定书": False,
}


@pytest.mark.parametrize(("title", "decides"), HEADINGS.items())
def test_a_title_that_is_a_papers_heading_makes_its_text_one(title: str, decides: bool) -> None:
    said = dict(decision_in(title, "当事人：清岸县石桥砖厂\n经查，当事人于2026年7月1日擅自生产。"))
    assert said.get("当事人", "") == ("清岸县石桥砖厂" if decides else "")


def test_a_letter_is_read_beside_an_attachment_that_nothing_links() -> None:
    words = "你公司的申请书收悉。本机关决定准予许可，并提出审查意见（详见附件）。"
    letter = f"准予行政许可决定书\n清水许〔2026〕3号\n清岸县石桥水务有限公司：\n{words}\n{SIGNED}"
    found, rest = findings(read_detail(html_page(as_page(letter))))
    assert (found.numbers, found.name, found.decided_on) == (
        ("清水许〔2026〕3号",),
        "清岸县石桥水务有限公司",
        date(2026, 7, 6),
    )
    assert rest.fields == ()  # the attachment may hold more: the page's words rule nothing out


def test_a_penalty_that_an_office_made_is_one_that_it_imposed() -> None:
    letter = "本机关做出如下处罚决定：\n1、对该饲料商店给予6500元罚款，陆仟伍佰元整。"
    assert "6500元罚款" in dict(decision_in("清农罚〔2026〕1号行政处罚决定", letter))["处罚内容"]


@pytest.mark.parametrize(
    ("title", "authority"),
    [
        ("清文物函〔2026〕7号《清岸省文物局关于石桥校舍建设项目意见的函》", "清岸省文物局"),
        ("清岸县水利局关于石桥水库工程的批复", "清岸县水利局"),
        ("关于石桥水库工程的批复", ""),
    ],
)
def test_a_reply_whose_end_is_cut_off_is_known_by_its_title(title: str, authority: str) -> None:
    said = dict(decision_in(title, "清岸县文物局：\n你局的请示收悉。经研究，我局原则同意实施建设项目。"))
    assert (said["当事人"], said.get("决定机关", "")) == ("清岸县文物局", authority)


def test_a_party_masked_to_its_last_character_is_none() -> None:
    masked = MARKET.replace("当事人：淮安区河下小吃店", "当事人：***")
    found, _ = findings(read_detail(html_page(as_page(masked))))
    assert (found.numbers, found.name) == (("淮市监罚〔2026〕112号",), "")


def test_an_order_on_wages_keeps_its_number_beside_its_labelled_party() -> None:
    letter = "清人社监理字〔2026〕第1号\n被行政处理人：清岸县石桥建筑有限公司\n案由：拖欠工资案\n" + SIGNED
    found, *_ = findings(read_detail(html_page(as_page(letter))))
    assert (found.numbers, found.name) == (("清人社监理字〔2026〕1号",), "清岸县石桥建筑有限公司")


def test_what_a_notice_decides_in_items_is_no_penalty() -> None:
    notice = "石桥镇人民政府：\n为加强管理，我局决定：\n一、责令你镇限期整改。\n二、加强处罚力度。\n" + SIGNED
    assert "处罚内容" not in dict(decision_in("关于加强管理的通知", notice))


TOLD_OF = """2026年，清岸市石桥石材有限公司擅自越界开采。
2026年6月8日，清岸市自然资源局对清岸市石桥石材有限公司越界开采的行为进行立案查处，于2026年7月6日依法对其作出行政处罚决定：
1.责令退回矿区范围内开采；
2.处以罚款10万元。"""


@pytest.mark.parametrize(
    ("title", "text", "read"),
    [
        ("清岸市石桥石材有限公司越界开采案", TOLD_OF, True),
        ("清岸市乙石材有限公司越界开采案", TOLD_OF, False),
        ("清岸市石桥石材有限公司越界开采案", TOLD_OF + "\n后该决定经复议被撤销。", False),
        ("清岸市石桥石材有限公司越界开采案", TOLD_OF + "\n" + TOLD_OF, False),
        ("清岸市石桥石材有限公司越界开采案", TOLD_OF.replace("对其作出", "拟对其作出"), False),
        ("清岸市石桥石材有限公司越界开采案", TOLD_OF.replace("对其作出", "对李某作出"), False),
        ("清岸市石桥石材有限公司越界开采案典型案例", TOLD_OF, False),
    ],
)
def test_news_tells_of_a_decision_on_the_firm_of_its_title(title: str, text: str, read: bool) -> None:
    found = [f for f in findings(read_detail(html_page(as_page(text))), title) if f.name]
    assert [(f.name, f.authority, f.decided_on, dict(f.fields).get("fine_yuan")) for f in found] == (
        [("清岸市石桥石材有限公司", "清岸市自然资源局", date(2026, 7, 6), "100000")] if read else []
    )

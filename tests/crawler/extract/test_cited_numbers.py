"""Which of the numbers in a title is the page's own."""

import pytest

from crawler.extract.cited_numbers import head_number, own_numbers


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("企业148家（锡信委〔2015〕7号）", "锡信委〔2015〕7号"),
        ("关于印发苏园管〔2015〕58号的通知", "苏园管〔2015〕58号"),
        ("（通二区）药行罚〔2016〕8号", "(通二区)药行罚〔2016〕8号"),
        ("某某有限公司 淮市监处罚〔2023〕12号", "淮市监处罚〔2023〕12号"),
        ("某某有限公司淮市监处罚〔2023〕12号", "淮市监处罚〔2023〕12号"),
        ("(某经营处)德环罚字【2019】0013号", "德环罚字【2019】0013号"),
        ("重庆保监局渝保监罚〔2013〕46号", "渝保监罚〔2013〕46号"),
        ("津市场监管局处罚〔2024〕3号", "津市场监管局处罚〔2024〕3号"),
        ("东昌公（光）行罚决字[2018]111号", "东昌公(光)行罚决字[2018]111号"),
    ],
)
def test_a_numbers_prefix_is_cut_out_of_its_title(title: str, number: str) -> None:
    assert own_numbers(title, "") == (number,)


@pytest.mark.parametrize(
    "title",
    [
        "关于撤销淮行审〔2024〕1号的批复",
        "关于撤销淮市监处罚〔2024〕12号行政处罚决定的决定",
        "关于注销淮卫医许〔2023〕5号许可证的公告",
        "关于依法撤回淮行审〔2024〕1号的通知",
        "关于更正淮环罚〔2024〕7号行政处罚决定书的公告",
    ],
)
def test_the_number_of_a_decision_that_is_undone_is_not_the_pages(title: str) -> None:
    assert own_numbers(title, "") == ()
    assert own_numbers(title, "淮行审〔2024〕9号\n你公司的申请收悉。") == ("淮行审〔2024〕9号",)


@pytest.mark.parametrize(
    "order",
    [
        "责令改正违法行为决定书",
        "责令改正决定书",
        "查封（扣押）决定书",
        "行政强制措施决定书",
        "现场处理措施决定书",
        "停止施工决定书",
        "冻结存款决定书",
    ],
)
def test_the_number_of_an_order_that_is_told_of_is_not_the_pages(order: str) -> None:
    told = f"2024年7月18日，我局对你单位下达《{order}》（豫0923环责改字〔2024〕14号），责令你单位立即改正。"
    assert own_numbers("", f"豫0923环罚决字〔2024〕7号\n{told}") == ("豫0923环罚决字〔2024〕7号",)
    assert own_numbers("", f"{order}\n豫0923环责改字〔2024〕14号") == ("豫0923环责改字〔2024〕14号",)


def test_the_number_of_two_papers_begins_behind_what_says_so() -> None:
    told = "《取水许可证》《取水许可证登记表》编号均为取水（清）字〔2026〕第00005号，其他事项在其中载明。"
    assert own_numbers("", told) == ("取水(清)字〔2026〕第00005号",)


def test_the_number_behind_a_heading_in_its_line_is_the_same_as_alone() -> None:
    page = "使用林地审核同意书 清林地许准〔2026〕35号\n使用林地审核同意书\n清林地许准〔2026〕35号"
    assert own_numbers("使用林地审核同意书 清林地许准〔2026〕35号", page) == ("清林地许准〔2026〕35号",)


def test_the_number_that_an_application_is_given_is_not_the_decisions() -> None:
    told = "本项目《取水许可申请书》签注上述审批意见后编号为（清水）申字〔2026〕第00001号，随本文批复你公司。"
    assert own_numbers("", told) == ()


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        ("清发改〔2026〕4号县水务局：\n你局的报告收悉。", ("清发改〔2026〕4号",)),
        ("清环罚〔2026〕4号清岸县石桥砖厂：\n罚款三万元。", ()),
        ("清环罚〔2026〕4号清岸县石桥砖厂：你厂的申请收悉。", ()),
    ],
)
def test_a_number_that_was_glued_to_whom_the_letter_addresses(lines: str, numbers: tuple[str, ...]) -> None:
    assert own_numbers("", lines) == numbers


HEAD = "索引号 640000/2026-1 生成日期 2026-07-06\n发文字号 {} 公开形式 主动公开\n所属机构 清岸县林业局"
HEADS = {
    "in the page's head": (HEAD.format("清林许〔2026〕4号"), "清林许〔2026〕4号"),
    "none there": (HEAD.format("无"), ""),
    "cited by a text without a head": ("根据《通知》(发文字号：国发〔2020〕1号)的规定。", ""),
    "cited by a text below a head": (
        HEAD.format("") + "\n文" * 12 + "\n根据《通知》（发文字号：国发〔2020〕1号）。",
        "",
    ),
    "two heads": ("\n".join(map(HEAD.format, ("清林许〔2026〕4号", "清林许〔2026〕5号"))), ""),
}


@pytest.mark.parametrize(("text", "number"), HEADS.values(), ids=HEADS)
def test_the_number_that_a_pages_head_gives_its_document(text: str, number: str) -> None:
    assert head_number(text) == number


SERIES = {
    "行政处罚决定书（清）文综罚字〔2026〕第F-000069号": ("(清)文综罚字〔2026〕第F-000069号",),
    "行政处罚决定书（清）应急罚〔2026〕执法二中队-9号": ("(清)应急罚〔2026〕执法二中队-9号",),
    "清城罚决字〔2026〕建设第22号": ("清城罚决字〔2026〕建设第22号",),
    "行政处罚决定书 （清）文综罚字〔2026〕F-26-2号": ("(清)文综罚字〔2026〕F-26-2号",),
    "清岸规资执[处罚决定]〔2026〕18号": ("清岸规资执[处罚决定]〔2026〕18号",),
    "行政处罚决定书（清岸规资执[处罚决定]〔2026〕18号）": ("清岸规资执[处罚决定]〔2026〕18号",),
    "林业行政处罚决定书〔2026〕46号": (),
    "清办发〔2026〕文件第3号": (),
    "清罚字〔2026〕年度第3号": (),
}


@pytest.mark.parametrize(("title", "numbers"), SERIES.items())
def test_a_department_may_number_a_series_of_its_own(title: str, numbers: tuple[str, ...]) -> None:
    assert own_numbers(title, "") == numbers


@pytest.mark.parametrize(
    ("title", "text", "numbers"),
    [
        ("钱*运输动物案 清农（动监）罚〔2026〕50号", "清农（动监）罚〔2026〕50号", ("清农(动监)罚〔2026〕50号",)),
        ("钱*运输动物案清农罚〔2026〕50号", "清农罚〔2026〕50号", ("清农罚〔2026〕50号",)),
        ("清农罚〔2026〕50号", "清农罚〔2026〕5号", ("清农罚〔2026〕50号", "清农罚〔2026〕5号")),
        ("", "清财罚字〔2026〕1号\n石桥项目（项目编号：清采招〔2026〕16号）", ("清财罚字〔2026〕1号",)),
        ("", "清林罚决〔2026〕3号\n送达了《告知书》（文号：清林罚权告〔2026〕33号）", ("清林罚决〔2026〕3号",)),
        ("清市罚〔2026〕9号", "下达编号为清市监先登[2026]541号的通知书", ("清市罚〔2026〕9号",)),
        ("", "编号：清林罚决〔2026〕3号", ("清林罚决〔2026〕3号",)),
        ("", "清农罚〔2026〕8号\n许可范围为玉米，编号为B（清）农种许字（2019）第0015号。", ("清农罚〔2026〕8号",)),
        ("", "清交处罚〔2026〕092（非）号", ("清交处罚〔2026〕092(非)号",)),
        ("清交处罚〔 2026〕092(非) 号", "清交处罚〔 2026〕092(非) 号", ("清交处罚〔2026〕092(非)号",)),
        ("", "清交处罚〔2026〕092（详见附件一）号", ()),
        ("", "清岸国土（执法）决定字〔2026〕第15号", ("清岸国土(执法)决定字〔2026〕第15号",)),
        ("清岸国土决定字〔2026〕15号", "", ("清岸国土决定字〔2026〕15号",)),
        ("", "行政处罚决定书字〔2026〕15号", ()),
        ("清岸市 林草罚决〔2026〕33号", "清岸市 林草罚决〔2026〕33号", ("清岸市林草罚决〔2026〕33号",)),
        ("林草罚决〔2026〕33号", "清岸市林草罚决〔2026〕33号", ("林草罚决〔2026〕33号", "清岸市林草罚决〔2026〕33号")),
        ("", "（清保）应急罚[2026]k-39号", ("(清保)应急罚[2026]k-39号",)),
        ("", "林业行政处罚决定书〔2026〕46号", ()),
    ],
)
def test_a_papers_number_is_told_from_what_stands_about_it(title: str, text: str, numbers: tuple[str, ...]) -> None:
    assert own_numbers(title, text) == numbers

"""Whom a letter is about, in the words of offices of many trades; every name is made up."""

import pytest

from core.domain.text import tight
from crawler.extract.addressees import party_of_letter

GRANTED = "同意你单位在清岸县石桥镇取地表水。"
LETTERS = {
    "spoken to at once": ("清岸县石桥水务有限公司：\n你公司报送的取水申请材料收悉。", "清岸县石桥水务有限公司"),
    "spoken to in the same line": ("清岸县石桥水务有限公司：你公司报送的材料收悉。", "清岸县石桥水务有限公司"),
    "你司": ("清岸县石桥管道有限公司：\n你司提交的申请收悉。", "清岸县石桥管道有限公司"),
    "without a colon": ("清岸县石桥管道有限公司\n你公司（地址：某路1号）提交的申请表收悉。", "清岸县石桥管道有限公司"),
    "with its code in brackets": (
        "清岸县石桥管道有限公司（统一社会信用代码：91320803MA1MXJK746）：\n你公司提交的申请收悉。",
        "清岸县石桥管道有限公司",
    ),
    "named as the receiver": ("主送：清岸县石桥管道有限公司：\n你公司提交的申请收悉。", "清岸县石桥管道有限公司"),
    "by what it asked": ("县石桥塑业有限公司：\n县石桥塑业有限公司厂房项目建议书悉。", "县石桥塑业有限公司"),
    "by what is granted, and only then spoken to": (
        "清岸县高新区管理委员会：\n根据《森林法》的规定，经审核，同意厂房项目使用林地1公顷。\n你单位要依法办理手续。",
        "清岸县高新区管理委员会",
    ),
    "a university": ("清岸大学：\n你单位申请进入自然保护区的材料收悉。", "清岸大学"),
    "a town": ("清岸县石桥镇人民政府：\n你单位石政发〔2026〕4号文收悉。", "清岸县石桥镇人民政府"),
    "a section of roads": ("县公路管理段：\n石桥养护站迁建项目建议书悉。", "县公路管理段"),
    "a citizen": ("陈小红：\n你报来的设立幼儿园的材料收悉。", "陈小红"),
    "a firm above its representative and its code": (
        "清岸县石桥塑业有限公司\n法定代表人：李某\n统一社会信用代码：91320803MA1MXJK746",
        "清岸县石桥塑业有限公司",
    ),
    "by the application that was received": (
        "本机关于2026年7月1日受理清岸县石桥物业有限公司提出的砍伐树木申请。\n同意你单位砍伐杜英1株。",
        "清岸县石桥物业有限公司",
    ),
    "a citizen whose sex stands right behind the name": ("被处罚人姓名：陈小红 性别：女\n住址：清岸县石桥镇", "陈小红"),
    "a citizen whose sex stands without its colon": ("当事人：陈小红 性别女", "陈小红"),
    "a form's line without its colons": (
        "被处罚人姓名 陈小红 性别 男 出生日期 ****年**月**日\n住址：清岸县石桥镇",
        "陈小红",
    ),
    "a firm in a form's line without its colons": ("被处罚单位名称 清岸县石桥石场\n法定代表人 陈某", "清岸县石桥石场"),
    "a form's line that nobody filled in": ("被处罚人姓名 不详\n住址：清岸县石桥镇", ""),
    "a form's line that tells of a name": ("被处罚单位名称变更为清岸县石桥石场的说明", ""),
    "a citizen whose sex stands behind a mark of lists": ("当事人：陈*红、性别：男、联系电话：158*******9", "陈*红"),
    "a citizen told of without a colon": (
        "当事人陈某某，男，汉族，1976年出生，住清岸县。\n经查，当事人擅自捕捞。",
        "陈某某",
    ),
    "a citizen told of later": ("经查，当事人陈某某，男，擅自捕捞。", ""),
    "a citizen told of by what was done": ("当事人陈某某擅自捕捞，男女老少均有参与。", ""),
    "by the part a firm had": (
        "当事人（中标供应商）清岸县石桥商贸有限公司\n地址：清岸县石桥镇",
        "清岸县石桥商贸有限公司",
    ),
    "a name above its code": (
        "名称：清岸县石桥商贸有限公司\n统一社会信用代码：91320803MA1MXJK746",
        "清岸县石桥商贸有限公司",
    ),
    "a name above an address": ("名称：清岸县石桥商贸有限公司\n地址：清岸县石桥镇", ""),
    "a label above its name": ("当事人：\n清岸县石桥商贸有限公司\n法定代表人：陈某", "清岸县石桥商贸有限公司"),
    "a label above a citizen and his particulars": ("被处罚人：\n何小华，男，汉族\n住址：清岸县", "何小华"),
    "a label at the end, for who signs for it": (
        "清岸县石桥商贸有限公司：\n你公司擅自生产。\n当事人：\n何小华",
        "清岸县石桥商贸有限公司",
    ),
    "a supplier's name among the facts": (
        "何小华：\n你于2026年7月1日销售假酒。\n名称：清岸县石桥酒厂\n法定代表人：陈某",
        "何小华",
    ),
    "a label above a heading": ("当事人：\n基本情况\n法定代表人：陈某", ""),
    "a label above another label": ("当事人：\n地址：清岸县石桥镇", ""),
    "a column of labels": ("当事人\n文号\n清岸县石桥商贸有限公司", ""),
    "a firm alone below the number": (
        "清环罚字[2026]102002号\n清岸县石桥石料场\n地址：清岸县石桥镇\n法定代表人：陈某",
        "清岸县石桥石料场",
    ),
    "a citizen alone below the heading": ("行政处罚决定书\n何小华\n居民身份证号码：3208031990********", "何小华"),
    "a firm alone below the number, above an address alone": (
        "清环罚字〔2026〕1号\n清岸县石桥石料场\n地址：清岸县石桥镇\n经查，存在违法行为。\n法定代表人：陈某",
        "",
    ),
    "two alone below two numbers": (
        "清环罚字〔2026〕1号\n清岸县甲石料场\n经营者：陈某\n清环罚字〔2026〕2号\n清岸县乙石料场\n经营者：陈某",
        "",
    ),
    "an office alone below the number": ("清环罚字〔2026〕1号\n清岸县生态环境局\n负责人：陈某", ""),
    "a firm further down": ("清环罚字〔2026〕1号\n经查：\n清岸县石桥石料场\n经营者：陈某", ""),
    "told of without a colon, with a short name": (
        "当事人清岸县石桥证券有限公司（以下简称石桥证券），住所：清岸县石桥镇1号。",
        "清岸县石桥证券有限公司",
    ),
    "two told of without a colon": (
        "当事人清岸县甲有限公司，住所：清岸县石桥镇1号。\n当事人清岸县乙有限公司，住所：清岸县石桥镇2号。",
        "",
    ),
    "a citizen and his number": ("何小华（身份证号码：320803********0000）：\n你于2026年7月1日擅自占地。", "何小华"),
    "a citizen of a double name": ("欧阳小红：\n你提交的申请收悉。", "欧阳小红"),
    "a citizen whose name has a dot": ("买买提·吐尔逊：\n你于2026年7月1日擅自占地。", "买买提·吐尔逊"),
    "a name above who runs it": (
        "名称：清岸县石桥猪场\n经营者：林小红\n统一社会信用代码：92320803MA1MXJK746",
        "清岸县石桥猪场",
    ),
    "two names above who runs them": ("名称：清岸县甲猪场\n经营者：林小红\n名称：清岸县乙猪场\n经营者：林小红", ""),
    "a citizen and what he is": ("徐**（养猪场租户）：\n承租人：徐**（身份证号：320803********0000）", "徐**"),
    "a citizen above his number": ("何小华：\n身份证号码：320803********0000\n经查，你擅自占地。", "何小华"),
    "a farm and its village": ("陈明养鸭场（丰石村）：\n经营者：陈明", "陈明养鸭场(丰石村)"),
    "a farm and its village, told of": ("养鸭场（丰石村）：\n检查时未发现问题。", ""),
    "a citizen and what he is, told of": ("徐**（养猪场租户）：\n承认上述事实。", ""),
    "an office's name above its code": ("名称：清岸县林业局\n统一社会信用代码：11320831000000033T", ""),
    "a citizen under what he is": ("当事人：个人\n姓名：李**，性别：男，\n住址：清岸县", "李**"),
    "whose number stands right behind the name": ("当事人：钱** 身份证号码：110101********0000", "钱**"),
    "spoken to only behind how the case began": (
        "清岸县石桥置业有限公司：\n我局于2026年7月1日对清岸县石桥置业有限公司涉嫌违法占地一案立案调查。经查，你（单位）擅自占地。",
        "清岸县石桥置业有限公司",
    ),
    "spoken to behind what was looked into": (
        "清岸县石桥置业有限公司：\n本机关2026年7月1日对征缴建设费案调查。经调查，你公司未缴纳。",
        "清岸县石桥置业有限公司",
    ),
    "told how another's case began": (
        "清岸县财政局：\n我局于2026年7月1日对清岸县石桥置业有限公司涉嫌违法占地一案立案调查。经查，该单位擅自占地。",
        "",
    ),
    "two addressed in one line": ("甲县环境局、甲县水务局：\n甲环〔2026〕6号文收悉。", ""),
    "offices that asked together": ("甲县人民政府，乙县商务局：\n你们的请示收悉。", "甲县人民政府\n乙县商务局"),
    "three offices that asked together": (
        "省水利厅、省发改委、省财政厅：\n你们《关于调整计划的请示》收悉。",
        "省水利厅\n省发改委\n省财政厅",
    ),
    "an office told to do something together with another": ("甲县人民政府，乙县商务局：\n你们要加强监管。", ""),
    "every office": ("各县人民政府、各委办局：\n你们的请示收悉。", ""),
    "a town by its bare name": ("石桥镇：\n你镇《关于调整总体规划的请示》收悉。", "石桥镇"),
    "a place, not a town that is spoken to": ("石桥镇：\n你单位在此取水的申请收悉。", ""),
    "every town": ("各乡镇：\n你镇的请示收悉。", ""),
    "a number that was glued to the office": (
        "清发改〔2026〕4号县水务局：\n你局《关于审批项目建议书的报告》收悉。",
        "县水务局",
    ),
    "a number that was glued to it, behind words": ("附清发改〔2026〕4号，县水务局：\n你局的报告收悉。", ""),
    "two addressed one below the other": (
        "清岸县甲水务有限公司：\n你公司的申请收悉。\n清岸县乙水务有限公司：\n你公司的申请收悉。",
        "",
    ),
    "spoken to behind what was found": (
        "清岸县石桥置业有限公司：\n经查，2026年你公司擅自占地。",
        "清岸县石桥置业有限公司",
    ),
    "a citizen spoken to below a section's heading": (
        "何小华：\n一、环境违法事实和证据\n经调查核实，你经营的加工点未报批。",
        "何小华",
    ),
    "a citizen's name above a section on another": ("何小华：\n一、违法事实\n经调查核实，石桥加工点未报批。", ""),
    "a label's other form": ("当事人（姓名或名称）：清岸县石桥医院\n法定代表人：陈某", "清岸县石桥医院"),
    "a label in brackets": ("（公司名称）：清岸县石桥部件有限公司\n法定代表人：陈某", "清岸县石桥部件有限公司"),
    "a label that begins with brackets": ("（法人）名称：清岸县石桥部件有限公司", "清岸县石桥部件有限公司"),
    "told what was found of another": ("清岸县财政局：\n经查，石桥置业有限公司擅自占地。", ""),
    "a citizen whose case was looked into": ("曾小红：\n我局于2026年7月1日对你擅自建房一案立案调查。", "曾小红"),
    "a heading above another's case": ("金额：\n我局于2026年7月1日对某某擅自建房一案立案调查。", ""),
    "a citizen who is not spoken to": ("金小虎：\n现将有关事项通知如下。", ""),
    "a heading": ("说明：\n你单位报送的材料收悉。", ""),
    "a citizen under the heading of his particulars": (
        "一、当事人基本情况\n戴**，男，汉族，住址：清岸县石桥镇\n二、案件来源",
        "戴**",
    ),
    "a firm under the heading of its particulars": (
        "当事人信息：\n清岸县石桥商贸有限公司，统一社会信用代码：91320803MA1MXJK746",
        "清岸县石桥商贸有限公司",
    ),
    "two under the heading of their particulars": (
        "一、当事人基本情况\n戴**，男，汉族\n李**，女，汉族\n二、案件来源",
        "",
    ),
    "a citizen told of under another heading": ("二、案件来源\n戴**，男，汉族，举报称有人擅自捕捞。", ""),
    "a firm and who stands for it in one line below the number": (
        "清关检罚字〔2026〕100号\n清岸农业开发有限公司，法定代表人为：陈某，联系地址：清岸县石桥镇1号。\n经查，当事人未报检。",
        "清岸农业开发有限公司",
    ),
    "a firm and who stands for it among the facts": (
        "清关检罚字〔2026〕100号\n经查，货物由他人代理。\n清岸农业开发有限公司，法定代表人为：陈某，受当事人委托。",
        "",
    ),
    "two firms and who stands for them below the number": (
        "清关检罚字〔2026〕100号\n清岸甲有限公司，法定代表人：陈某\n清岸乙有限公司，法定代表人：李某",
        "",
    ),
    "a firm whose certificate's name stands in its line": (
        "当事人：清岸县石桥镇陈明超市 主体资格证照名称：营业执照 统一社会信用代码： 住所（住址）：",
        "清岸县石桥镇陈明超市",
    ),
    "a line that says more than a name": ("当事人：清岸县石桥镇超市 某项：某值 某某：某某", ""),
    "a firm and who runs it in brackets": ("当事人：清岸县石桥种业经销部（经营者：欧阳某）", "清岸县石桥种业经销部"),
    "a firm that is dealt with": ("被行政处理人：清岸县石桥建筑有限公司\n案由：拖欠工资案", "清岸县石桥建筑有限公司"),
    "citizens that asked together": ("公民周小红、公民侯某：\n你们提交的设立幼儿园的请示收悉。", "周小红\n侯某"),
    "citizens under one 公民": ("公民周小红、陈某某、刘小学：\n你们提交的请示收悉。", "周小红\n陈某某\n刘小学"),
    "two citizens who built together": (
        "段小勇、蒋小娥：\n经县人民政府指定，由我局对你二人非法占用土地一案进行查处。",
        "段小勇\n蒋小娥",
    ),
    "two firms that asked together": (
        "清岸甲有限公司、清岸乙有限公司：\n你们的申请收悉。",
        "清岸甲有限公司\n清岸乙有限公司",
    ),
    "two citizens of whom another is told": ("段小勇、蒋小娥：\n经县人民政府指定，对某某一案进行查处。", ""),
    "two citizens of whom one is spoken to": ("段小勇、蒋小娥：\n你提交的申请收悉。", ""),
    "headings in one line": ("项目、金额：\n你们的申请收悉。", ""),
    "a citizen of a rarer name": ("祖小根：\n你提交的申办幼儿园的申请收悉。", "祖小根"),
    "a citizen of a rarer name who is not spoken to": ("祖小根：\n现将有关事项通知如下。", ""),
    "a heading above what somebody handed in": ("事由：\n你提交的申办幼儿园的申请收悉。", ""),
    "a label in longer words": ("当事人姓名或者单位名称：清岸县石桥食品店\n住所：清岸县", "清岸县石桥食品店"),
    "an office told of another's complaint": ("清岸县财政局：\n我局收到群众对清岸县某公司的投诉。", ""),
}


@pytest.mark.parametrize(("letter", "party"), LETTERS.values(), ids=LETTERS)
def test_whom_a_letter_addresses(letter: str, party: str) -> None:
    assert party_of_letter("", [tight(line) for line in letter.split("\n")], GRANTED) == party


ALONE = {
    "an office": ("县林业局\n你局《关于调整面积的请示》悉。", "清岸县人民政府", "县林业局"),
    "a town's government": ("石桥乡人民政府\n你单位的材料已收悉。", "清岸市林业局", "石桥乡人民政府"),
    "the letterhead": ("清岸县林业局\n你单位的材料已收悉。", "清岸县林业局", ""),
    "the letterhead, in short": ("县林业局\n你单位的材料已收悉。", "清岸县林业局", ""),
    "who signs is not known": ("清岸县林业局\n你单位的材料已收悉。", "", ""),
    "one that is told something": ("清岸县财政局\n你单位要加强监管。", "清岸县人民政府", ""),
    "every office": ("各镇人民政府\n你单位的材料已收悉。", "清岸县人民政府", ""),
}


@pytest.mark.parametrize(("letter", "authority", "party"), ALONE.values(), ids=ALONE)
def test_an_office_without_a_colon_is_answered_where_another_signs(letter: str, authority: str, party: str) -> None:
    assert party_of_letter("", [tight(line) for line in letter.split("\n")], GRANTED, authority) == party


@pytest.mark.parametrize(
    ("decided", "party"),
    [
        ("同意清岸县港务集团有限公司使用海域12公顷。", ""),
        ("同意交通码头修缮工程立项。", "清岸县海洋局"),
        ("同意你局新建码头。", "清岸县海洋局"),
    ],
)
def test_an_office_that_asked_for_a_firm_is_not_the_party(decided: str, party: str) -> None:
    letter = ["清岸县海洋局：", "你局《关于报请审批海域使用的请示》收悉。", decided]
    assert party_of_letter("", letter, decided) == party


TITLES = {
    "关于同意清岸县港务集团有限公司海域使用申请的批复": "清岸县港务集团有限公司",
    "某县林业局关于准予清岸县龟鳖养殖有限公司出售野生动物的行政许可决定": "清岸县龟鳖养殖有限公司",
    "关于清岸县石桥塑业有限公司年产8400吨编织袋项目环境影响报告表的批复": "清岸县石桥塑业有限公司",
    "关于清岸农村商业银行股份有限公司石桥支行开业的批复": "",
    "关于同意清岸县甲置业有限公司与清岸县乙置业有限公司合并的批复": "",
    "关于同意清岸县甲置业有限公司等3家企业延续资质的批复": "",
    "关于清岸县石桥镇污水管网工程可行性研究报告的批复": "",
    "关于对清岸县石桥塑业有限公司信访事项的答复": "",
}


@pytest.mark.parametrize(("title", "party"), TITLES.items())
def test_the_firm_that_a_title_grants_to_is_the_party_where_none_but_an_office_is_addressed(
    title: str, party: str
) -> None:
    decided = "经研究，请按规定办理。"
    assert party_of_letter(title, ["省海洋厅：", decided], decided) == party
    assert party_of_letter(title, ["清岸县丙投资有限公司：", decided], decided) == ""

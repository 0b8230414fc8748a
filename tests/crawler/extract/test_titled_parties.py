"""The party that a title names; every name is made up."""

import pytest

from crawler.extract.titled_parties import party_of_case, party_of_title


def test_the_title_of_a_penalty_names_its_party() -> None:
    assert party_of_title("清岸县石桥酒店（行政处罚决定书）") == "清岸县石桥酒店"
    assert party_of_title("【单位】清岸县石桥商行") == "清岸县石桥商行"


PENALTIES = {
    "关于对清岸县石桥商贸有限公司作出行政处罚的决定": "清岸县石桥商贸有限公司",
    "关于给予清岸县石桥商贸有限公司行政处罚的决定": "清岸县石桥商贸有限公司",
    "对清岸县石桥药业有限责任公司行政处罚决定书": "清岸县石桥药业有限责任公司",
    "关于清岸县石桥商贸有限公司的行政处罚决定书": "清岸县石桥商贸有限公司",
    "关于对清岸县石桥商贸有限公司举报清岸县乙商贸有限公司行政处罚的答复": "",
    "清岸县环境局对清岸县石桥商贸有限公司作出行政处罚": "",
    "关于对清岸县甲有限公司、清岸县乙有限公司作出行政处罚的决定": "",
    "对监管有限公司行政处罚工作的意见": "",
}


@pytest.mark.parametrize(("title", "party"), PENALTIES.items())
def test_a_title_that_imposes_a_penalty_on_somebody_names_its_party(title: str, party: str) -> None:
    assert party_of_title(title) == party


CASES = {
    "清岸县石桥百货店(李xx)经营超过保质期食品案": "清岸县石桥百货店",
    "清岸县石桥化工有限公司未采取防治扬尘措施案": "清岸县石桥化工有限公司",
    "清岸县石桥经营部涉嫌销售假冒商标商品案": "清岸县石桥经营部",
    "销售假冒石桥酒厂生产的白酒案": "",
    "李某在石桥商店销售假药案": "",
    "清岸县市场监管局查处石桥药店销售假药案": "",
    "清岸市一家药店未凭处方销售处方药案": "",
    "清岸市首例药店未凭处方销售处方药案": "",
    "曝光石桥药店销售假药案": "",
    "向石桥酒店销售假酒案": "",
    "石桥超市销售清岸酒厂生产的假酒案": "",
    "清岸甲有限公司举报清岸乙有限公司未公示案": "",
    "清岸县石桥化工有限公司员工非法排污案": "",
    "清岸县石桥化工有限公司经营情况": "",
    "某公司使用未检验电梯案": "",
    "对石桥超市经营过期食品案的处罚决定": "",
}


@pytest.mark.parametrize(("case", "party"), CASES.items())
def test_a_case_is_named_after_the_firm_that_did_it(case: str, party: str) -> None:
    assert party_of_case(case) == party

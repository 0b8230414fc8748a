"""Who decided and when, by a paper's end and by its top; every name is made up."""

import pytest

from crawler.extract.signatures import letterhead_of, signature_of

ENDS = {
    "a name above a day": ("清岸县林业局\n2026年7月6日", ("清岸县林业局", "2026年7月6日")),
    "and what stands below it": (
        "清岸县林业局\n2026年7月6日\n附件：地形图\n15656276",
        ("清岸县林业局", "2026年7月6日"),
    ),
    "sealed for licences": ("清岸县审批局（行政许可专用章）\n2026年7月6日", ("清岸县审批局", "2026年7月6日")),
    "a department of a ministry": ("清岸航道管理处\n二○二六年七月六日", ("清岸航道管理处", "二○二六年七月六日")),
    "a ministry": ("水利部\n2026年7月6日", ("水利部", "2026年7月6日")),
    "a committee of a zone": ("清岸经济开发区管委会\n2026年7月6日", ("清岸经济开发区管委会", "2026年7月6日")),
    "a seal alone, above the foot of the paper": (
        "请据此开展下步工作。\n二○二六年七月六日\n抄送：县府办。\n清岸县计划局办公室2026年7月6日印发",
        ("", "二○二六年七月六日"),
    ),
    "a seal alone, where the letter ends": ("请据此开展下步工作。\n2026年7月6日", ("", "2026年7月6日")),
    "a seal alone, below 此复, a Latin O for each nought": ("此复。\n二OO六年七月六日", ("", "二OO六年七月六日")),
    "a seal alone, behind the office's address": (
        "联系人：甲某\n地址：清岸县石桥路3699号2026年7月6日",
        ("", "2026年7月6日"),
    ),
    "a seal alone, below a penalty's remedies": (
        "逾期不履行行政处罚决定的，依法申请人民法院强制执行。\n2026年7月6日",
        ("", "2026年7月6日"),
    ),
    "the day that a fine was paid": ("行政处罚的罚款已缴清。\n2026年7月6日", ("", "")),
    "the day of its service": ("请据此开展下步工作。\n送达地址：清岸县石桥路3699号2026年7月6日", ("", "")),
    "the day that it was signed for": ("请据此开展下步工作。\n签收人：\n2026年7月6日", ("", "")),
    "a seal alone, below the attachments' names": (
        "请据此办理。\n有效期三年。\n附件：取水许可证\n2026年7月6日",
        ("", "2026年7月6日"),
    ),
    "a day below two lines of attachments": (
        "请据此办理。\n附件：1.取水许可证\n附件2：承诺书\n2026年7月6日",
        ("", ""),
    ),
    "the day of an attachment": ("请据此开展下步工作。\n附件：承诺书\n我单位承诺依法取水。\n2026年7月6日", ("", "")),
    "a day that an address ends with, further up": (
        "地址：清岸县石桥路3699号2026年7月6日\n请据此开展下步工作。",
        ("", ""),
    ),
    "the numbers of a house and a year run together": ("此复。\n地址：清岸县石桥路36992026年7月6日", ("", "")),
    "a day of the site's": ("请据此开展下步工作。\n2026年7月6日\n打印本页", ("", "")),
    "two days": ("清岸县林业局\n2026年7月6日\n清岸县林业局\n2026年7月9日", ("", "")),
}


@pytest.mark.parametrize(("end", "signature"), ENDS.values(), ids=ENDS)
def test_a_letters_end_says_who_decided_and_when(end: str, signature: tuple[str, str]) -> None:
    assert signature_of(end.split("\n")) == signature


HEADS = {
    "above its heading": ("", "清岸县生态环境局\n行政处罚决定书\n清环罚字〔2026〕4号", "清岸县生态环境局"),
    "above what it is about": ("", "清岸县发展和改革局文件\n关于石桥道路工程项目建议书的批复", "清岸县发展和改革局"),
    "above its number": ("", "清岸县水利局\n清水许〔2026〕4号", "清岸县水利局"),
    "in its title": ("清岸县水利局关于石桥水库工程的批复", "你单位的申请收悉。", "清岸县水利局"),
    "in its heading, before its number": (
        "清岸县应急管理局行政处罚决定书（清）应急罚〔2026〕5号",
        "",
        "清岸县应急管理局",
    ),
    "in its title, behind its number": (
        "清环许〔2026〕5号 清岸县生态环境局关于石桥塑业有限公司危险废物转移的批复",
        "",
        "清岸县生态环境局",
    ),
    "in its title, which breaks": (
        "",
        "清岸县水利局关于石桥水厂取水\n行政许可决定\n你单位的申请收悉。",
        "清岸县水利局",
    ),
    "in another's title, which does not break": ("", "清岸县水利局关于石桥水厂取水的请示\n关于石桥水厂的批复", ""),
    "in its title without its province": (
        "清岸县水利局行政处罚决定书",
        "某省清岸县水利局\n行政处罚决定书",
        "某省清岸县水利局",
    ),
    "two different ones": ("清岸县水利局行政处罚决定书", "清岸县林业局\n行政处罚决定书", ""),
    "short of its county": ("县行政审批局关于石桥道路工程的批复", "你单位的申请收悉。", ""),
    "two that head it together": ("", "清岸县公安局\n清岸县文化局\n行政处罚决定书", ""),
    "passed on": ("清岸市人民政府转发清岸市水利局关于石桥水库工程的批复", "", ""),
    "another's paper, cited below": ("", "\n".join("abcdefgh") + "\n清岸县水利局关于石桥水库工程的批复", ""),
    "whom it addresses": ("", "清岸县水利局：\n你局的请示收悉。", ""),
}


@pytest.mark.parametrize(("title", "top", "authority"), HEADS.values(), ids=HEADS)
def test_a_papers_top_names_its_authority(title: str, top: str, authority: str) -> None:
    assert letterhead_of(title, top.split("\n")) == authority

"""Names of parties, as linking compares them."""

import pytest

from linking.name_similarity import hooks, is_masked, likeness, read_name

READ = [
    ("淮安宏达商贸有限责任公司", "淮安宏达商贸有限公司", {"淮安宏达商贸有限公司"}, False),
    ("淮安宏达（淮安）商贸有限公司", "淮安宏达(淮安)商贸有限公司", {"淮安宏达(淮安)商贸有限公司"}, False),
    (
        "广州原千惠五金制品有限公司（现广州爱舍房子智能科技有限公司）",
        "广州原千惠五金制品有限公司",
        {"广州爱舍房子智能科技有限公司"},
        False,
    ),
    ("某某农村商业银行及其责任人员", "某某农村商业银行", {"某某农村商业银行"}, False),
    ("李四（时任某银行副总经理）", "李四", {"李四"}, False),
    ("淮安宏达商贸有…", "淮安宏达商贸有", {"淮安宏达商贸有"}, True),
    ("无", "", set(), False),
    ("淮安区平桥镇正贵面馆（戚正贵）", "淮安区平桥镇正贵面馆(戚正贵)", {"淮安区平桥镇正贵面馆"}, False),
    ("戚正贵（淮安区平桥镇正贵面馆）", "戚正贵(淮安区平桥镇正贵面馆)", {"淮安区平桥镇正贵面馆"}, False),
]


def test_no_shop_is_read_where_brackets_name_a_form_or_a_place() -> None:
    for name in ("淮安百盛塑业(有限合伙)", "淮安宏达超市(河下店)", "淮安宏达商贸(淮安区)"):
        assert read_name(name).known == {name}


@pytest.mark.parametrize(("text", "name", "known", "cut"), READ, ids=[r[0] for r in READ])
def test_what_a_cell_names(text: str, name: str, known: set[str], cut: bool) -> None:
    found = read_name(text)
    assert (found.text, found.cut) == (name, cut)
    assert known <= found.known


LIKE = [
    ("淮安宏达商贸有限公司", "淮安宏达商贸有限公司", False, "same"),
    ("淮安宏达商贸有限公司", "淮安宏大商贸有限公司", False, "alike"),
    ("淮安宏达商贸有限公司", "淮安宏大物流有限公司", False, "other"),
    ("淮安市淮安区宏达商贸有限公司", "宏达商贸有限公司", False, "alike"),
    ("淮安宏达超市有限公司翔宇路分公司", "淮安宏达超市有限公司", False, "other"),
    ("淮安宏达超市有限公司第一分公司", "淮安宏达超市有限公司第二分公司", False, "other"),
    ("淮安宏达商贸有限公司", "淮安宏达商贸", True, "alike"),
    ("张三", "张四", False, "other"),
    ("张三", "张*", False, "masked"),
    ("张三丰", "张某某", False, "masked"),
    ("欧阳某", "欧阳修", False, "masked"),
    ("李四", "张*", False, "other"),
    ("张**", "张**", False, "masked"),
    ("*三", "*三", False, "other"),
    ("", "张三", False, "unknown"),
]


@pytest.mark.parametrize(("left", "right", "cut", "wanted"), LIKE, ids=[f"{c[0]}-{c[1]}" for c in LIKE])
def test_likeness(left: str, right: str, cut: bool, wanted: str) -> None:
    assert likeness(left, right, cut=cut) == likeness(right, left, cut=cut) == wanted


def test_a_company_of_a_certain_name_is_not_masked() -> None:
    assert not is_masked("某某农村商业银行")
    assert is_masked("张某") and is_masked("淮安**公司")


def test_fragments_find_a_name_with_a_slip_a_cut_or_a_mask() -> None:
    whole = set(hooks("淮安宏达商贸有限公司"))
    for other in ("淮安宏大商贸有限公司", "淮安洪达商贸有限公司", "淮安宏达商", "淮安市宏达商贸有限公司"):
        assert whole & set(hooks(other)), other
    assert set(hooks("张三")) & set(hooks("张**"))
    assert hooks("") == hooks("*三") == ()

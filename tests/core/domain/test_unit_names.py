"""Names of units: known by every way of writing them, never taken for another level's."""

import pickle
from datetime import date

import pytest

from core.domain.unit_names import UnitNames, valid_unit
from tests.support.workbook_samples import district

NAMES = UnitNames.of(district())


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("发改委", "fgw"),
        ("淮安区发改委", "fgw"),
        ("区发改委", "fgw"),
        ("淮安市淮安区发展和改革委员会", "fgw"),
        ("江苏省淮安市淮安区 财政局", "czj"),
        ("楚州区财政局", "czj"),
        ("FGW", "fgw"),
        ("淮安市公安局淮安分局", "gafj"),
        ("江苏省淮安市公安局淮安分局", "gafj"),
        ("公安分局", "gafj"),
        ("国家税务总局淮安市淮安区税务局", "shuiwj"),
        ("淮安区平桥镇人民政府", "pqz"),
        ("平桥镇", "pqz"),
        ("中共淮安市淮安区委组织部", "zzb"),
        ("区委组织部", "zzb"),
        ("淮安区（市场监督管理局）", "scjgj"),
    ],
)
def test_a_unit_is_found(name: str, slug: str) -> None:
    assert [unit.slug for unit in NAMES.find(name)] == [slug]


@pytest.mark.parametrize(
    "name",
    [
        "淮安市发改委",
        "淮安市财政局",
        "市财政局",
        "江苏省财政厅",
        "淮安市生态环境局",
        "淮安市公安局",
        "公安局",
        "清江浦区财政局",
        "淮阴区教育体育局",
        "淮安区",
        "淮安市",
        "",
        " ",
        "局",
    ],
)
def test_another_level_or_nobody_is_not_found(name: str) -> None:
    assert NAMES.find(name) == ()


def test_every_unit_is_found_by_its_own_names() -> None:
    for unit in district().units:
        for name in (unit.slug, unit.name, *unit.aliases):
            assert NAMES.find(name) == (unit,), name


def test_of_two_that_share_a_name_the_day_decides() -> None:
    old = district().unit("kjj").model_copy(update={"valid_to": date(2024, 3, 31)})
    new = district().unit("gxj").model_copy(update={"valid_from": date(2024, 4, 1), "aliases": ("科技局",)})
    names = UnitNames.of(district().model_copy(update={"units": (old, new)}))
    found = names.find("科技局")
    assert {unit.slug for unit in found} == {"kjj", "gxj"}
    assert [
        unit and unit.slug for unit in (valid_unit(found, date(2024, 3, 31)), valid_unit(found, date(2024, 4, 1)))
    ] == [
        "kjj",
        "gxj",
    ]
    assert valid_unit((district().unit("fgw"), district().unit("czj")), date(2026, 1, 1)) is None


def test_names_that_were_looked_up_in_go_to_another_process_and_find_the_same() -> None:
    known = ("市监局", "某市某区市场监督管理局", "谁也不是")
    found = [NAMES.find(name) for name in known]
    sent = pickle.loads(pickle.dumps(NAMES))
    assert [sent.find(name) for name in known] == found

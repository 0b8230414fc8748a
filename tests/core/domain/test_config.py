"""The district as shipped: what the scheme's text names is there and adds up; faults are told by file and key."""

import re
import shutil
import tomllib
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from core.domain.config import CitizenReading, Config, Portal, load
from core.domain.errors import ConfigError
from core.domain.models import Channel, Kind
from crawler.families import as_a_citizen, parser_of
from tests.support.paths import HUAIAN

FOLDER = HUAIAN
AS_PRINTED = (
    "发改委、工信局、财政局、公安分局、法院、人社局、行政审批局、生态环境局、住建局、交通局、市监局、税务局、"
    "自然资源和规划局、应急管理局、统计局、文化旅游局、农业农村局、城管局、商务局、卫健委、教育体育局、审计局、"
    "民政局、司法局、水利局、编办、科技局、医保局、残联、烟草局"
)
A_DEPARTMENTS = AS_PRINTED.split("、")


@pytest.fixture(scope="module")
def config() -> Config:
    return load(FOLDER)


def open_points(config: Config, kind: str, *, lost: bool) -> Decimal:
    rows = (i for i in config.scheme.indicators if kind in i.applies_to and (i.enabled or lost))
    return sum((row.points for row in rows), Decimal(0))


def test_every_a_department_of_the_text_is_there_and_found_by_its_short_name(config: Config) -> None:
    named = [u for u in config.units if u.kind == "dept-a"]
    assert len(named) == len(A_DEPARTMENTS) == 30
    for short, unit in zip(A_DEPARTMENTS, named, strict=True):
        assert short in unit.aliases or unit.name.endswith(short), f"{short} ↔ {unit.name}"
        assert unit.source == "text"


def test_b_departments_are_the_three_named_and_towns_are_marked_as_not_in_the_source(config: Config) -> None:
    assert [u.slug for u in config.units if u.kind == "dept-b"] == ["zzb", "jrj", "rhzh"]
    worlds = [u for u in config.units if u.kind == "town"]
    assert worlds and all(u.source == "not-in-source" for u in worlds)


def test_no_two_units_share_a_name_or_an_alias(config: Config) -> None:
    names = [name for unit in config.units for name in (unit.name, *unit.aliases)]
    assert len(names) == len(set(names))


def test_nothing_leaves_the_house_before_the_office_releases_it(config: Config) -> None:
    assert config.district.mail.trial
    addresses = [c.email for u in config.units for c in u.contacts]
    addresses += [config.district.mail.sender, config.district.mail.office, config.district.crawl.contact]
    assert all(address.endswith("@example.invalid") for address in addresses)
    assert {c.role for c in config.unit("fgw").contacts} == {"contact", "deputy", "leader"}


@pytest.mark.parametrize(
    ("kind", "without", "with_lost"), [("dept-a", 80, 100), ("dept-b", 70, 70), ("town", 100, 100)]
)
def test_open_points_are_those_of_the_reading(config: Config, kind: str, without: int, with_lost: int) -> None:
    assert open_points(config, kind, lost=False) == without
    assert open_points(config, kind, lost=True) == with_lost


@pytest.mark.parametrize(
    ("section", "points"),
    [("一", 20), ("二", 10), ("三", 45), ("四", 15), ("五", 30), ("创新", 10)],
)
def test_sections_add_up_as_the_text_heads_them(config: Config, section: str, points: int) -> None:
    assert sum(i.points for i in config.scheme.indicators if i.section.startswith(section)) == points


def test_every_indicator_says_where_it_comes_from(config: Config) -> None:
    for indicator in config.scheme.indicators:
        assert indicator.text and indicator.evidence
        assert indicator.provenance == "text" or indicator.note, indicator.code
    lost = [i for i in config.scheme.indicators if not i.enabled]
    assert [i.points for i in lost] == [5, 5, 5, 5]
    assert all(i.provenance == "lost" and i.applies_to == ("dept-a",) for i in lost)


def test_notes_point_at_readings_that_exist(config: Config) -> None:
    slugs = {reading.slug for reading in config.scheme.readings}
    notes = " ".join(i.note for i in config.scheme.indicators)
    assert set(re.findall(r"[a-z]+(?:-[a-z0-9]+)+", notes)) <= slugs


def test_deadline_bands_and_the_first_indicator(config: Config) -> None:
    assert (config.scheme.deadline.days, config.scheme.deadline.calendar) == (7, "natural")
    assert config.scheme.grades.red == 85 and config.scheme.grades.blue == 60
    first = config.scheme.indicators[0]
    assert first.checks == (
        "reported_within_deadline",
        "decision_was_submitted",
        "collection_matches_gov_office",
        "sample_agrees",
    )
    assert first.penalty_checks == ("spot_check_is_clean",)
    assert next(i for i in config.scheme.indicators if i.code == "4.1").parameters["each"] == Decimal("3.5")


def test_duties_leave_no_decision_without_a_row(config: Config) -> None:
    general = [d for d in config.scheme.duties if d.kind is Kind.PENALTY and not d.category]
    assert [(str(d.decided_from), str(d.decided_to)) for d in general] == [
        ("None", "2026-03-31"),
        ("2026-04-01", "None"),
    ]
    assert {d.category: d.duty for d in config.scheme.duties if d.category} == {
        "简易程序": "unknown",
        "警告": "unknown",
        "通报批评": "unknown",
    }
    licences = [d for d in config.scheme.duties if d.kind is Kind.LICENCE]
    assert [(d.duty, d.removal_months) for d in licences] == [("yes", 3)]


def test_no_portal_is_read_before_someone_has_verified_its_address(config: Config) -> None:
    assert {k for p in config.portals if p.channel is Channel.CREDIT for k in p.kinds} == {Kind.LICENCE, Kind.PENALTY}
    for portal in config.portals:
        assert portal.note and (portal.verified or not portal.enabled), portal.id
    assert config.channel(Channel.CREDIT, "fgw", Kind.LICENCE) == ()


def test_every_portal_is_of_a_known_family_with_sound_options(config: Config) -> None:
    for portal in config.portals:
        parser_of(portal)  # raises where an option is not sound


# ---------------------------------------------------------------- faults are told by file and key


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "huaian"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        ("district.toml", "night_at", "nihgt_at", "nihgt_at"),
        ("scheme-2022.toml", "days = 7", "dayz = 7", "deadline"),
        ("scheme-2022.toml", 'rule = "all-or-nothing"', 'rule = "all-or-noting"', "rule"),
        ("scheme-2022.toml", 'code = "1.2"', 'code = "1.1"', "indicator.code"),
        ("units.toml", 'slug = "gxj"', 'slug = "fgw"', "unit.slug"),
        ("units.toml", 'slug = "gxj"', 'slug = "gxj"\nsuccessor = "nobody"', "gxj.successor"),
        ("portals/xzspj-zghaq.toml", 'unit = "xzspj"', 'unit = "nobody"', "unit"),
        ("portals/credit-licence.toml", 'id = "credit-licence"', 'id = "credit-other"', "id"),
        ("district.toml", 'scheme = "scheme-2022.toml"', 'scheme = "scheme-2099.toml"', ""),
    ],
)
def test_a_fault_names_file_and_key(copy: Path, file: str, old: str, new: str, key: str) -> None:
    edit(copy / file, old, new)
    with pytest.raises(ConfigError) as caught:
        load(copy)
    assert key in caught.value.key
    assert ("scheme-2099.toml" if "2099" in new else Path(file).name) in caught.value.where


def test_a_department_portal_without_its_unit_is_a_fault(copy: Path) -> None:
    edit(copy / "portals" / "xzspj-zghaq.toml", 'unit = "xzspj"\n', "")
    with pytest.raises(ConfigError, match=r"xzspj-zghaq\.toml.*unit"):
        load(copy)


def test_a_missing_file_is_a_fault(copy: Path) -> None:
    (copy / "units.toml").unlink()
    with pytest.raises(ConfigError, match=r"units\.toml.*不存在"):
        load(copy)


BARE = {"id": "p", "name": "栏目", "channel": "credit", "kinds": ["licence"], "family": "cmsweb", "url": "http://a/"}


@pytest.mark.parametrize(
    ("written", "verified", "words"),
    [
        ("", False, "未核实"),
        ("verified = false", False, "未核实"),
        ("verified = true", True, "已核实，未署名"),
        ('verified = { signed_by = " 张三 ", on = 2026-11-26 }', True, "核实：张三 2026-11-26"),
        ('[verified]\nsigned_by = "张三"\non = 2026-11-26', True, "核实：张三 2026-11-26"),
    ],
)
def test_a_portal_is_verified_by_a_signature_or_as_before(written: str, verified: bool, words: str) -> None:
    portal = Portal.model_validate({**BARE, "marker": "x", **tomllib.loads(written)})
    assert (bool(portal.verified), portal.verified_by) == (verified, words)


@pytest.mark.parametrize(
    "wrong", [{"signed_by": "", "on": "2026-11-26"}, {"signed_by": " "}, {"on": "2026-11-26"}, "谁"]
)
def test_a_signature_needs_a_name_and_a_day(wrong: object) -> None:
    with pytest.raises(ValidationError):
        Portal.model_validate({**BARE, "marker": "x", "verified": wrong})


@pytest.mark.parametrize(
    ("more", "allows"),
    [
        ({}, False),
        ({"may_be_empty": True}, True),
        ({"expect": {"rows_min": 0}}, True),
        ({"expect": {"rows_min": 1}}, False),
    ],
)
def test_a_column_may_be_empty_by_one_key_or_by_the_older_one(more: dict[str, object], allows: bool) -> None:
    assert Portal.model_validate({**BARE, "marker": "x", **more}).allows_empty is allows


CITIZEN = {"container": "ul.list", "items": "li"}
OWN = """id = "p"
name = "栏目"
channel = "credit"
kinds = ["licence"]
url = "http://a/"
marker = "x"
family = "{family}"
"""


@pytest.mark.parametrize(
    ("family", "table", "key", "words"),
    [
        ("cmsweb", 'container = "ul"\nitmes = "li"', "citizen.i", ""),
        ("cmsweb", 'container = "ul"\nitems = "li"\nitmes = "li"', "citizen.itmes", "没有这个键"),
        ("cmsweb", 'container = "ul"', "citizen.items", "缺少这一项"),
        ("cmsweb", 'container = ""\nitems = "li"', "citizen.container", "要写 CSS 选择器"),
        ("cmsweb", 'container = "ul"\nitems = "li:::a"', "citizen.items", "不是 CSS 选择器"),
        ("citizen", 'container = "ul"\nitems = "li"', "", "不得再写 [citizen]"),
    ],
)
def test_a_fault_in_how_a_person_reads_names_file_and_key(
    copy: Path, family: str, table: str, key: str, words: str
) -> None:
    (copy / "portals/p.toml").write_text(f"{OWN.format(family=family)}[citizen]\n{table}\n", "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(copy)
    assert caught.value.where == "p.toml" or caught.value.where.endswith("portals/p.toml")
    assert key in caught.value.key and words in str(caught.value)


def test_the_days_between_checks_are_no_negative_number(copy: Path) -> None:
    edit(copy / "district.toml", "[crawl]", "[crawl]\ncitizen_every_days = -1")
    with pytest.raises(ConfigError) as caught:
        load(copy)
    assert caught.value.key == "crawl.citizen_every_days"


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"note": "看过"}, True),
        ({"enabled": False}, True),
        ({"expect": {"rows_min": 3}}, True),
        ({"options": {"items": "li.row"}}, False),
        ({"family": "trs"}, False),
        ({"marker": "y"}, False),
        ({"citizen": {**CITIZEN, "items": "tr"}}, False),
        ({"verified": {"signed_by": "张三", "on": "2026-11-26"}}, False),
        ({"one_page": {"signed_by": "张三", "on": "2026-11-26"}}, False),
    ],
)
def test_how_a_portal_is_read_has_a_name_of_its_own(changed: dict[str, object], same: bool) -> None:
    first = {**BARE, "marker": "x", "citizen": CITIZEN}
    assert (Portal.model_validate(first).read_as == Portal.model_validate({**first, **changed}).read_as) is same


def test_a_portal_is_read_by_its_citizen_table_as_by_the_family() -> None:
    portal = Portal.model_validate({**BARE, "marker": "data.list", "citizen": {**CITIZEN, "marker": "行政许可公示"}})
    person = as_a_citizen(portal)
    assert (person.family, person.rendered, person.marker, person.options) == ("citizen", True, "行政许可公示", CITIZEN)
    assert (
        person.url == portal.url
        and as_a_citizen(portal.model_copy(update={"citizen": CITIZEN_ONLY})).marker == "data.list"
    )
    parser_of(person)


CITIZEN_ONLY = CitizenReading.model_validate(CITIZEN)


# ---------------------------------------------------------------- told in Chinese

WRONG = {
    "too small": ("[archive]\nkeep_months = 1\n", "archive.keep_months", "不能小于 12（现值 1）"),
    "too large": (
        "[timestamp]\nurl = 'http://t'\nca_file = 'c'\ntimeout_seconds = 999\n",
        "timeout_seconds",
        "不能大于 120",
    ),
    "no number": ("[review]\nobjection_days = '七'\n", "review.objection_days", "应是整数（现值 '七'）"),
    "no switch": ("[review]\ntwo_persons = 2\n", "review.two_persons", "应是 true 或 false（现值 2）"),
    "no text": ("[watch]\nurl = 3\n", "watch.url", "应是加引号的文字（现值 3）"),
    "no section": ("watch = 3\n", "watch", "应是一节（[名称] 下的若干键）（现值 3）"),
    "no list": ("places = 3\n", "places", "应是方括号里的列表（现值 3）"),
    "no choice": (
        "[mail.smtp]\nhost = 'h'\nsecurity = 'ssl'\n",
        "mail.smtp.security",
        "只能是 'starttls'、'tls'、'none'",
    ),
    "no address": ("[archive]\nurl = 'bucket/x'\n", "archive.url", "应写成 s3://桶/路径"),
    "a key in an address": ("[archive]\nurl = 's3://AK:SK@bucket/x'\n", "archive.url", "不要把钥匙写在这里"),
    "a chain of stores": ("[archive]\nurl = 'simplecache::s3://bucket'\n", "archive.url", "应写成"),
    "an address with settings": ("[archive]\nurl = 's3://bucket/x?key=1'\n", "archive.url", "不带参数"),
    "a folder on a host": ("[archive]\nurl = 'file://share/x'\n", "archive.url", "写完整路径"),
    "no such key": ("[archive]\nkeep_month = 12\n", "archive.keep_month", "没有这个键（拼写有误？）"),
}


@pytest.mark.parametrize(("lines", "key", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_value_is_told_in_chinese(tmp_path: Path, lines: str, key: str, said: str) -> None:
    shutil.copytree(FOLDER, tmp_path / "district")
    file = tmp_path / "district/district.toml"
    written = file.read_text("utf-8")
    section = re.match(r"\[(.+?)\]", lines)
    standing = rf"(?ms)^\[{re.escape(section[1])}\].*?(?=^\[|\Z)" if section else rf"(?m)^{lines.split()[0]} = .*$"
    written = re.sub(standing, "", written)
    file.write_text(lines + written if section is None else f"{written}\n{lines}", "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "district")
    told = str(caught.value)
    assert "district.toml" in told and key in told and said in told
    assert not re.search(r"[a-z]{4,} (?:should|must|be|is)\b", told)

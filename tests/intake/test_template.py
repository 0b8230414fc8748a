"""The template: official columns in order, hints that work, and nothing lost from filling in to importing."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook

from core.documents.cells import mask_document
from core.domain.clock import ZONE
from core.domain.errors import DeliveryError, UsageError
from core.domain.models import Kind
from intake.columns import KIND_WORDS, by_field, columns
from intake.template import write_template
from intake.workbook_reader import read_file
from tests.support.workbook_samples import GOOD, PERSON, RECEIVED, at, district, headers

LICENCE_TEXT = (
    "行政相对人名称 行政相对人类别 行政相对人代码_1(统一社会信用代码) 行政相对人代码_2(工商注册号) "
    "行政相对人代码_3(组织机构代码) "
    "行政相对人代码_4(税务登记号) 行政相对人代码_5(事业单位证书号) 行政相对人代码_6(社会组织登记证号) 法定代表人 "
    "法定代表人证件类型 "
    "法定代表人证件号码 证件类型 证件号码 行政许可决定文书名称 行政许可决定文书号 许可类别 许可证书名称 许可编号 "
    "许可内容 许可决定日期 "
    "有效期自 有效期至 许可机关 许可机关统一社会信用代码 当前状态 数据来源单位 数据来源单位统一社会信用代码 备注"
)
PENALTY_TEXT = (
    "行政相对人名称 行政相对人类别 行政相对人代码_1(统一社会信用代码) 行政相对人代码_2(工商注册号) "
    "行政相对人代码_3(组织机构代码) "
    "行政相对人代码_4(税务登记号) 行政相对人代码_5(事业单位证书号) 行政相对人代码_6(社会组织登记证号) 法定代表人 "
    "法定代表人证件类型 "
    "法定代表人证件号码 证件类型 证件号码 行政处罚决定书文号 违法行为类型 违法事实 处罚依据 处罚类别 处罚内容 "
    "罚款金额(万元) "
    "没收违法所得、没收非法财物的金额(万元) 暂扣或吊销证照名称及编号 处罚决定日期 处罚有效期 公示截止期 处罚机关 "
    "处罚机关统一社会信用代码 数据来源单位 数据来源单位统一社会信用代码 备注"
)
OFFICIAL = {Kind.LICENCE: LICENCE_TEXT.split(), Kind.PENALTY: PENALTY_TEXT.split()}
ADDED = ["公开类型", "不予公开理由", "暂缓公开至", "报送时间", "收件登记时间"]


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "模板.xlsx"
    write_template("double-publicity", path, district())
    return path


def fill(book: Workbook, kind: Kind, row: int, values: dict[str, Any]) -> None:
    sheet = book[KIND_WORDS[kind]]
    for index, header in enumerate(headers(kind), start=1):
        sheet.cell(row, index, values.get(header))


@pytest.mark.parametrize("kind", list(Kind))
def test_official_columns_stand_in_order_before_the_added_ones(template: Path, kind: Kind) -> None:
    sheet = openpyxl.load_workbook(template)[KIND_WORDS[kind]]
    assert [cell.value for cell in sheet[1]] == OFFICIAL[kind] + ADDED
    assert sheet.freeze_panes == "B2"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_column_means_something_to_the_label_table(kind: Kind) -> None:
    assert len(by_field(kind)) == len(columns(kind)), "each header has a field of its own"


def test_codes_keep_their_digits_and_dates_their_form(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    for kind in Kind:
        sheet = book[KIND_WORDS[kind]]
        formats = {
            column.header: sheet.column_dimensions[get_column_letter(i)].number_format
            for i, column in enumerate(columns(kind), start=1)
        }
        assert (
            formats["行政相对人代码_1(统一社会信用代码)"]
            == formats["证件号码"]
            == formats["数据来源单位统一社会信用代码"]
            == "@"
        )
        assert {formats[c.header] for c in columns(kind) if c.style == "date"} == {"yyyy-mm-dd"}


def test_drop_downs_hold_the_lists_and_the_units(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    lists = {v.promptTitle: v.formula1 for v in book["行政许可"].data_validations.dataValidation if v.type == "list"}
    assert lists["公开类型"] == '"公开,暂缓公开,不公开"'
    assert lists["行政相对人类别"] == '"法人及非法人组织,自然人,个体工商户"'
    assert lists["数据来源单位"] == f"'单位名单'!$A$2:$A${len(district().units) + 1}"
    names = [row[0] for row in book["单位名单"].iter_rows(min_row=2, values_only=True)]
    assert names == [unit.name for unit in district().units]


def test_required_headers_are_told_apart_by_colour(template: Path) -> None:
    sheet = openpyxl.load_workbook(template)["行政处罚"]
    colours = {cell.value: cell.fill.start_color.rgb for cell in sheet[1]}
    assert colours["行政相对人名称"] == colours["处罚决定日期"] != colours["备注"]
    assert colours["罚款金额(万元)"] not in (colours["备注"], colours["行政相对人名称"])


def test_the_guide_explains_every_column(template: Path) -> None:
    rows = list(openpyxl.load_workbook(template)["填报说明"].iter_rows(values_only=True))
    explained = {(row[0], row[1]): row for row in rows if row[0] in KIND_WORDS.values()}
    wanted = {(KIND_WORDS[kind], column.header) for kind in Kind for column in columns(kind)}
    assert set(explained) == wanted
    assert all(row[2] in ("必填", "条件", "选填") and row[3] for row in explained.values())
    assert any("7 天（自然日）" in str(row[0]) for row in rows)


def test_an_empty_template_imports_as_nothing(template: Path) -> None:
    reading = read_file(template, district(), RECEIVED)
    assert (reading.submissions, reading.zero_reports, reading.faults, reading.warnings) == ((), (), (), ())


def test_what_is_filled_in_comes_out_again(template: Path) -> None:
    book = openpyxl.load_workbook(template)
    stamp = {"报送时间": at("2026-06-04 15:02:01"), "收件登记时间": at("2026-06-05 09:00:00")}
    licence = GOOD[Kind.LICENCE] | stamp | {"备注": "变更", "证件号码": PERSON, "证件类型": "身份证"}
    claim = {"公开类型": "暂缓公开", "不予公开理由": "《政府信息公开条例》第十六条", "暂缓公开至": date(2026, 12, 31)}
    fill(book, Kind.LICENCE, 2, licence)
    fill(book, Kind.PENALTY, 2, GOOD[Kind.PENALTY] | claim)
    fill(book, Kind.PENALTY, 3, GOOD[Kind.PENALTY] | {"行政处罚决定书文号": "淮市监罚〔2026〕9号"})
    book["零报告"].append(["淮安市淮安区财政局", "2026-06", "许可、处罚"])
    book.save(template)

    reading = read_file(template, district(), RECEIVED)
    assert (reading.faults, reading.warnings) == ((), ())
    assert [(s.unit, s.row) for s in reading.submissions] == [("xzspj", 2), ("scjgj", 2), ("scjgj", 3)]
    assert [(z.unit, str(z.kind), z.month) for z in reading.zero_reports] == [
        ("czj", "licence", "2026-06"),
        ("czj", "penalty", "2026-06"),
    ]
    first, second, _ = reading.submissions
    assert first.reported_at == datetime(2026, 6, 4, 15, 2, 1, tzinfo=ZONE)
    assert (second.publicity, second.publicity_until) == ("暂缓公开", date(2026, 12, 31))
    assert dict(first.fields) == written(Kind.LICENCE, licence)
    assert dict(second.fields) == written(Kind.PENALTY, GOOD[Kind.PENALTY] | claim)


def written(kind: Kind, values: dict[str, Any]) -> dict[str, str]:
    """What every filled cell should have become: dates as ISO, the identity number masked."""
    shown = {}
    for field, column in by_field(kind).items():
        value = values.get(column.header)
        if isinstance(value, datetime):
            shown[field] = value.isoformat(" ")
        elif value is not None:
            shown[field] = mask_document(PERSON) if value == PERSON else str(value)
    return {k: v.replace("2026年6月3日", "2026-06-03") for k, v in shown.items()}


def test_an_unknown_template_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="double-publicity"):
        write_template("contracts", tmp_path / "x.xlsx", district())


def test_a_place_that_cannot_be_written_is_a_delivery_error(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="写不到"):
        write_template("double-publicity", tmp_path / "没有这个文件夹" / "x.xlsx", district())

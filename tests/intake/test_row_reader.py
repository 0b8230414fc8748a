"""One spoiled row at a time: what keeps it out, what only earns a remark, and what is kept of it."""

from datetime import date, datetime
from typing import Any

import pytest

from checks.published_matches_submitted import fine_of
from core.domain.clock import ZONE
from core.domain.models import Kind
from intake.cell_readers import CellReading
from intake.results import WorkbookReading
from intake.submissions import submission_id
from tests.support.workbook_samples import CODE, LICENCE, PERSON, at, district, grid, read, read_rows, xlsx

LIC, PEN = Kind.LICENCE, Kind.PENALTY
DAMAGED = CODE[:-1] + "7"


def reasons(reading: WorkbookReading) -> str:
    return "\n".join(fault.reason for fault in (*reading.faults, *reading.warnings))


@pytest.mark.parametrize("kind", [LIC, PEN])
def test_a_good_row_is_one_submission_without_a_remark(kind: Kind) -> None:
    reading = read_rows(kind, {})
    assert (len(reading.submissions), reading.faults, reading.warnings) == (1, (), ())


def test_a_licence_is_read_whole() -> None:
    (submission,) = read_rows(LIC, {"报送时间": at("2026-06-04 15:02:01"), "收件登记时间": "2026-06-05"}).submissions
    assert (submission.unit, submission.kind, submission.sheet, submission.row) == ("xzspj", LIC, "行政许可", 2)
    assert (submission.name, submission.code) == (LICENCE["行政相对人名称"], CODE)
    assert (submission.number_text, submission.numbers) == ("淮审批许〔2026〕15号", ("淮审批许〔2026〕15号",))
    assert (submission.decided_on, submission.valid_until) == (date(2026, 6, 1), date(2031, 5, 31))
    assert submission.reported_at == datetime(2026, 6, 4, 15, 2, 1, tzinfo=ZONE)
    assert submission.receipt_at == datetime(2026, 6, 5, tzinfo=ZONE)
    assert (submission.publicity, submission.category, submission.content) == ("公开", "普通", "食品经营许可")
    assert dict(submission.fields)["licence_decided_on"] == "2026-06-01"


def test_a_penalty_is_read_whole() -> None:
    (submission,) = read_rows(PEN, {}).submissions
    assert (submission.unit, submission.category, submission.code) == ("scjgj", "罚款", "")
    assert (submission.decided_on, submission.public_until) == (date(2026, 6, 3), date(2026, 9, 3))
    assert submission.valid_until == date(2029, 6, 3)
    assert dict(submission.fields)["fine_amount"] == "0.2"


@pytest.mark.parametrize(
    ("kind", "changes", "column", "said"),
    [
        (LIC, {"行政相对人名称": None}, "A列“行政相对人名称”", "缺少行政相对人名称"),
        (LIC, {"行政相对人名称": "无"}, "A列“行政相对人名称”", "缺少行政相对人名称"),
        (LIC, {"行政许可决定文书号": None}, "O列“行政许可决定文书号”", "缺少文书号"),
        (PEN, {"行政处罚决定书文号": "--"}, "N列“行政处罚决定书文号”", "缺少文书号"),
        (PEN, {"行政处罚决定书文号": "《价格违法行为行政处罚规定》"}, "N列“行政处罚决定书文号”", "不是文书号"),
        (PEN, {"行政处罚决定书文号": 140900201800008123}, "N列“行政处罚决定书文号”", "存成了数字"),
        (PEN, {"行政处罚决定书文号": "1.40900201800008E+17"}, "N列“行政处罚决定书文号”", "存成了数字"),
        (PEN, {"行政处罚决定书文号": "号" * 1200}, "N列“行政处罚决定书文号”", "不像文书号"),
        (LIC, {"许可决定日期": None}, "T列“许可决定日期”", "缺少许可决定日期"),
        (LIC, {"许可决定日期": "1970-01-01"}, "T列“许可决定日期”", "读不出来"),
        (LIC, {"许可决定日期": "2026-02-30"}, "T列“许可决定日期”", "读不出来"),
        (LIC, {"许可决定日期": "上月底"}, "T列“许可决定日期”", "读不出来"),
        (LIC, {"许可决定日期": 46174}, "T列“许可决定日期”", "存成了数字 46174"),
        (LIC, {"许可决定日期": date(2026, 7, 6)}, "T列“许可决定日期”", "晚于收件日 2026-07-05"),
        (PEN, {"处罚决定日期": "2099-12-31"}, "W列“处罚决定日期”", "晚于收件日"),
        (
            LIC,
            {"数据来源单位": "淮安市行政审批局", "许可机关": None},
            "Z列“数据来源单位”",
            "“淮安市行政审批局”不在单位名单里",
        ),
        (LIC, {"数据来源单位": None, "许可机关": "某某局"}, "", "许可机关“某某局”不在单位名单里"),
        (LIC, {"数据来源单位": None, "许可机关": None}, "", "没有写明报送单位"),
    ],
)
def test_what_keeps_a_row_out(kind: Kind, changes: dict[str, Any], column: str, said: str) -> None:
    reading = read_rows(kind, {}, changes)
    assert len(reading.submissions) == 1, "the good row beside it stays"
    (fault,) = reading.faults
    assert (fault.file, fault.sheet, fault.row) == ("报送表.xlsx", SHEETS[kind], 3)
    assert said in fault.reason
    assert not column or fault.column == column


SHEETS = {LIC: "行政许可", PEN: "行政处罚"}


@pytest.mark.parametrize(
    ("changes", "said", "code"),
    [
        ({"行政相对人代码_1(统一社会信用代码)": DAMAGED}, "校验位不符", DAMAGED),
        ({"行政相对人代码_1(统一社会信用代码)": CODE[:-1]}, "应为 18 位，现为 17 位", CODE[:-1]),
        ({"行政相对人代码_1(统一社会信用代码)": "91140107MAOGRYBK5D"}, "字母 O、I 与数字 0、1", "91140107MAOGRYBK5D"),
        ({"行政相对人代码_1(统一社会信用代码)": 913208035551234567}, "存成了数字", ""),
        ({"行政相对人代码_1(统一社会信用代码)": "9.13208E+17"}, "存成了数字", ""),
        ({"行政相对人代码_1(统一社会信用代码)": PERSON}, "填的是身份证号", ""),
        ({"行政相对人代码_1(统一社会信用代码)": "00000000000000000X"}, "只用于没有统一社会信用代码的个体工商户", ""),
        ({"行政相对人代码_1(统一社会信用代码)": None}, "应填统一社会信用代码", ""),
    ],
)
def test_a_wrong_code_is_told_and_kept_as_written_or_not_at_all(changes: dict[str, Any], said: str, code: str) -> None:
    reading = read_rows(LIC, changes)
    assert reading.faults == ()
    assert said in reasons(reading)
    assert reading.submissions[0].code == code
    assert dict(reading.submissions[0].fields).get("code", "") in (code, "00000000000000000X", mask(PERSON))


def mask(number: str) -> str:
    return f"{number[:6]}********{number[-4:]}"


def test_a_lower_case_code_with_blanks_is_the_same_code() -> None:
    (submission,) = read_rows(
        LIC, {"行政相对人代码_1(统一社会信用代码)": f" {CODE[:8]} {CODE[8:].lower()} "}
    ).submissions
    assert submission.code == CODE


def test_a_sole_trader_without_code_needs_the_registration_number() -> None:
    assert "应填工商注册号" in reasons(read_rows(PEN, {"行政相对人代码_2(工商注册号)": None}))


@pytest.mark.parametrize("kind", [LIC, PEN])
@pytest.mark.parametrize("label", ["证件号码", "法定代表人证件号码"])
def test_identity_numbers_are_kept_masked_only(kind: Kind, label: str) -> None:
    changes = {label: PERSON, "备注": f"经营者 {PERSON}", "行政相对人名称": f"张某 {PERSON}"}
    reading = read_rows(kind, changes)
    assert mask(PERSON) in repr(reading)
    assert PERSON not in repr(reading)


def test_a_wrong_identity_number_is_told_without_showing_it() -> None:
    wrong = PERSON[:-1] + "5"
    reading = read_rows(LIC, {"行政相对人类别": "自然人", "证件类型": "身份证", "证件号码": wrong, "备注": wrong})
    assert "身份证号校验位不符" in reasons(reading)
    assert wrong not in repr(reading)


@pytest.mark.parametrize("number", ["E12345678", "330324********1052", "H0012345600"])
def test_other_documents_and_masked_numbers_raise_no_digit_remark(number: str) -> None:
    changes = {
        "行政相对人类别": "自然人",
        "证件类型": "护照号",
        "证件号码": number,
        "行政相对人代码_1(统一社会信用代码)": None,
    }
    assert "校验位" not in reasons(read_rows(LIC, changes))


@pytest.mark.parametrize(
    ("written", "ground", "meaning", "said"),
    [
        (None, None, "公开", ""),
        ("可向社会公开", None, "公开", ""),
        ("暂缓公开", "《信息公开条例》第十六条", "暂缓公开", ""),
        ("不予公开", None, "不公开", "没有写明理由"),
        ("特定范围内公开", "涉商业秘密", "不公开", ""),
        ("看情况", None, "不公开", "不认识"),
    ],
)
def test_publicity_is_a_claim_that_needs_a_ground(
    written: str | None, ground: str | None, meaning: str, said: str
) -> None:
    reading = read_rows(LIC, {"公开类型": written, "不予公开理由": ground, "暂缓公开至": "2026-12-31"})
    assert reading.submissions[0].publicity == meaning
    assert reading.submissions[0].publicity_until == date(2026, 12, 31)
    assert (said in reasons(reading)) if said else reading.warnings == ()


@pytest.mark.parametrize("label", ["报送时间", "收件登记时间"])
@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2026-05-31 10:00", "早于决定日期"),
        ("2026-07-05 10:00:00", "晚于收件时间"),
        ("昨天", "读不出来"),
        (46180.5, "读不出来"),
    ],
)
def test_a_stamp_that_cannot_be_true_is_dropped_and_the_row_kept(label: str, written: Any, said: str) -> None:
    reading = read_rows(LIC, {label: written})
    (submission,) = reading.submissions
    assert (submission.reported_at, submission.receipt_at) == (None, None)
    assert f"{label}" in reasons(reading) and said in reasons(reading)


@pytest.mark.parametrize(
    "written",
    [
        date(2026, 6, 1),
        at("2026-06-01 08:30:00"),
        "2026-06-01",
        "2026/6/1",
        "2026年6月1日",
        "20260601",
        20260601,
        "二〇二六年六月一日",
        "2026.6.1",
        "２０２６－０６－０１",
    ],
)
def test_dates_as_people_write_them(written: Any) -> None:
    (submission,) = read_rows(LIC, {"许可决定日期": written}).submissions
    assert submission.decided_on == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("written", "until"),
    [
        ("长期", date(2099, 12, 31)),
        ("2026-06-01至2031-05-31", date(2031, 5, 31)),
        ("2026年6月1日—2031年5月31日", date(2031, 5, 31)),
        ("2031-05-31", date(2031, 5, 31)),
        ("至2031.5.31", date(2031, 5, 31)),
        ("2026-06-01至长期", date(2099, 12, 31)),
        ("五年", None),
    ],
)
def test_a_period_ends_on_its_last_day(written: str, until: date | None) -> None:
    reading = read_rows(LIC, {"有效期至": written})
    assert reading.submissions[0].valid_until == until
    assert (until is None) == ("读不出来" in reasons(reading))


def test_phones_are_kept_masked() -> None:
    assert dict(read_rows(LIC, {"联系电话": "13812345678"}).submissions[0].fields)["phone"] == "138****5678"


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("淮审批许[2026]015号", ("淮审批许〔2026〕15号",)),
        ("淮审批许（2026）第15号", ("淮审批许〔2026〕15号",)),
        ("淮审批许〔2026〕15-17号", ("淮审批许〔2026〕15号", "淮审批许〔2026〕16号", "淮审批许〔2026〕17号")),
        ("JJ转2018001", ("JJ转2018001",)),
        (140900201800008, ("140900201800008",)),
    ],
)
def test_document_numbers_are_normalised_and_expanded(written: Any, numbers: tuple[str, ...]) -> None:
    assert read_rows(LIC, {"行政许可决定文书号": written}).submissions[0].numbers == numbers


def test_without_a_document_number_the_licence_number_stands_in() -> None:
    (submission,) = read_rows(LIC, {"行政许可决定文书号": "无", "许可编号": "JY13208030012345"}).submissions
    assert (submission.number_text, submission.numbers) == ("JY13208030012345", ("JY13208030012345",))


@pytest.mark.parametrize("text", ["=1+1", "+86", "-公司", "@SUM(A1)", '=HYPERLINK("http://example.invalid")'])
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    assert read_rows(LIC, {"行政相对人名称": text}).submissions[0].name == text


def test_an_empty_required_cell_is_a_remark_only() -> None:
    reading = read_rows(PEN, {"违法事实": None, "处罚依据": "无"})
    assert len(reading.submissions) == 1
    assert [w.reason for w in reading.warnings] == ["必填项“违法事实”为空", "必填项“处罚依据”为空"]


def test_a_word_outside_a_closed_list_is_a_remark_only() -> None:
    reading = read_rows(LIC, {"行政相对人类别": "公司", "当前状态": "有效", "许可类别": "其他-备案"})
    assert [w.reason.split("不在")[0] for w in reading.warnings] == ["“公司”"]


# ---------------------------------------------------------------- whose row it is


@pytest.mark.parametrize(
    "name",
    [
        "行政审批局",
        "淮安区行政审批局",
        "区行政审批局",
        "江苏省淮安市淮安区行政审批局",
        " 淮安市 淮安区行政审批局",
        "xzspj",
    ],
)
def test_a_unit_is_known_by_every_way_of_writing_it(name: str) -> None:
    assert read_rows(LIC, {"数据来源单位": name}).submissions[0].unit == "xzspj"


def test_a_reporting_column_goes_before_the_source_and_the_authority() -> None:
    reading = read_rows(LIC, {"报送单位": "区卫健委"})
    assert reading.submissions[0].unit == "wjw"
    assert "许可机关“淮安市淮安区行政审批局”不是淮安市淮安区卫生健康委员会" in reasons(reading)


def test_an_unknown_source_falls_back_to_the_authority_and_says_so() -> None:
    reading = read_rows(LIC, {"数据来源单位": "市大数据中心"})
    assert reading.submissions[0].unit == "xzspj"
    assert "“市大数据中心”不在单位名单里，按许可机关登记为淮安市淮安区行政审批局" in reasons(reading)


def test_a_line_above_the_header_names_the_reporting_unit() -> None:
    table = grid(LIC, {"许可机关": None}, drop=("数据来源单位",))
    above: list[list[Any]] = [
        ["双公示行政许可信息归集表"],
        ["填报单位（盖章）：淮安区行政审批局", None, "填报日期：2026-06-30"],
    ]
    reading = read(xlsx({"行政许可": [*above, *table]}))
    assert [(s.unit, s.row) for s in reading.submissions] == [("xzspj", 4)]


def reformed() -> Any:
    """淮安区 with 科技局 merged into 工信局 at the end of May 2026."""
    config = district()
    old = config.unit("kjj").model_copy(update={"valid_to": date(2026, 5, 31), "successor": "gxj"})
    return config.model_copy(update={"units": tuple(old if u.slug == "kjj" else u for u in config.units)})


def test_a_unit_that_no_longer_stood_on_the_day_is_an_error_that_names_its_heir() -> None:
    late = {"数据来源单位": "科技局", "许可机关": "科技局"}
    (fault,) = read_rows(LIC, late, config=reformed()).faults
    assert "决定日期 2026-06-01 不在存续期内" in fault.reason and "gxj" in fault.reason
    before = read_rows(LIC, late | {"许可决定日期": date(2026, 5, 31)}, config=reformed())
    assert before.submissions[0].unit == "kjj"


@pytest.mark.parametrize(
    ("column", "written", "said", "yuan"),
    [
        ("罚款金额(万元)", "125,000元", "金额“125,000元”自带单位，与本列的万元不同，按 125000 元读取", 125000),
        ("罚款金额(万元)", "壹拾贰万伍仟元整", "按 125000 元读取", 125000),
        ("罚款金额(万元)", "12.5万元", "", 125000),
        ("罚款金额(万元)", "12.5", "", 125000),
        ("罚款金额(万元)", "一万五元", "按 15000 元读取", 15000),
        ("罚款金额(万元)", "零", "", 0),
        ("罚款金额(元)", "2000", "", 2000),
        ("罚款金额(元)", "0.2万元", "与本列的元不同，按 2000 元读取", 2000),
        ("罚款数额", "2000", "", None),
        ("罚款数额", "2000元", "自带单位，按 2000 元读取", 2000),
    ],
)
def test_the_cells_own_unit_wins_over_the_columns(column: str, written: str, said: str, yuan: int | None) -> None:
    rows = grid(PEN, {column: written}, drop=() if column == "罚款金额(万元)" else ("罚款金额(万元)",))
    reading = read(xlsx({"行政处罚": rows}))
    (submission,) = reading.submissions
    assert fine_of(submission) == yuan
    remarks = [fault.reason for fault in reading.warnings if "自带单位" in fault.reason]
    assert len(remarks) == bool(said) and all(said in remark for remark in remarks)


def test_an_amount_drawn_from_another_field_is_no_part_of_what_the_row_is() -> None:
    assert dict(read_rows(PEN, {}).submissions[0].fields).get("fine_yuan") is None
    fields = {"fine_amount": CellReading(packed='["fine_amount","2000"]')}
    more = fields | {"fine_yuan": CellReading(packed='["fine_yuan","2000"]')}
    assert submission_id("u", PEN, (), fields) == submission_id("u", PEN, (), more)

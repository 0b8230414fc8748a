"""The workbooks the units hand in, day by day: the official 2018 columns, with everything people do to them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import xlsxwriter

from core.domain.models import Kind
from simulation.offices import OFFICES, Office
from simulation.sites.records import fine
from simulation.world import FIRST_NIGHT, Act, WorkbookEntry, World, moment

SHEETS = {Kind.LICENCE: "行政许可", Kind.PENALTY: "行政处罚"}
TAIL = ("公开类型", "不予公开理由", "暂缓公开至", "报送时间")
HEADERS: dict[Kind, tuple[str, ...]] = {
    Kind.LICENCE: (
        "行政相对人名称",
        "行政相对人类别",
        "行政相对人代码_1(统一社会信用代码)",
        "行政相对人代码_2(工商注册号)",
        "法定代表人",
        "证件类型",
        "证件号码",
        "行政许可决定文书名称",
        "行政许可决定文书号",
        "许可类别",
        "许可内容",
        "许可决定日期",
        "有效期自",
        "有效期至",
        "许可机关",
        "许可机关统一社会信用代码",
        "当前状态",
        "数据来源单位",
        "数据来源单位统一社会信用代码",
        "备注",
        *TAIL,
    ),
    Kind.PENALTY: (
        "行政相对人名称",
        "行政相对人类别",
        "行政相对人代码_1(统一社会信用代码)",
        "行政相对人代码_2(工商注册号)",
        "法定代表人",
        "证件类型",
        "证件号码",
        "行政处罚决定书文号",
        "违法行为类型",
        "违法事实",
        "处罚依据",
        "处罚类别",
        "处罚内容",
        "罚款金额(万元)",
        "处罚决定日期",
        "处罚有效期",
        "公示截止期",
        "处罚机关",
        "处罚机关统一社会信用代码",
        "数据来源单位",
        "数据来源单位统一社会信用代码",
        "备注",
        *TAIL,
    ),
}
# how the emergency office words its headers, below a title and a line naming the unit
OTHER_WORDS = {
    "行政相对人代码_1(统一社会信用代码)": "统一社会信用代码",
    "行政许可决定文书号": "许可文书号",
    "许可决定日期": "许可日期",
    "行政处罚决定书文号": "处罚决定书文号",
    "处罚决定日期": "作出处罚决定的日期",
    "处罚机关": "作出处罚决定的机关名称",
}
OTHERWISE_WORDED = "yjj"
DATES = {"许可决定日期", "有效期自", "有效期至", "处罚决定日期", "处罚有效期", "公示截止期", "暂缓公开至"}
ZERO_DAY = 5  # of the month after
SENT_AGAIN = {("scjgj", date(2026, 8, 10)): date(2026, 8, 12)}  # the same file comes in twice


@dataclass(frozen=True, slots=True)
class _Line:
    """One row to write: who decided (None for a stray), and what the row says."""

    kind: Kind
    act: Act | None
    filing: WorkbookEntry


def write_workbooks(world: World, day: date, folder: Path) -> list[Path]:
    """Write what comes in on the morning of `day`, after that day's night; returns the files in unit order.

    Called again for the same day it writes the same files. A row handed in on `day` is therefore known to
    the night of the day after.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for office in OFFICES:
        for first_day in [
            day,
            *(first for (unit, first), again in SENT_AGAIN.items() if unit == office.slug and again == day),
        ]:
            lines, zeros = _lines(world, office, first_day), _zero_months(office, first_day)
            if lines or zeros:
                path = folder / f"{office.name}双公示信息归集表{first_day:%Y%m%d}.xlsx"
                _write(path, office, lines, zeros, first_day)
                written.append(path)
    return written


def _lines(world: World, office: Office, day: date) -> list[_Line]:
    filings = [
        _Line(act.kind, act, f)
        for act in world.acts
        if act.unit == office.slug
        for f in act.filings
        if f.handed_in == day
    ]
    strays = [_Line(kind, None, f) for unit, kind, f in world.strays if unit == office.slug and f.handed_in == day]
    return filings + strays


def _zero_months(office: Office, day: date) -> list[tuple[str, str]]:
    """(month, 类别) of the 零报告 handed in on `day` for the month before."""
    due = ZERO_DAY if office.zero_reports else office.day
    before = f"{day.replace(day=1) - timedelta(days=1):%Y-%m}"
    if day.day != due or day < FIRST_NIGHT:
        return []
    if office.zero_reports:
        return [(before, "双公示")]
    return [(before, "行政处罚")] if office.slug == "spj" else []


def _write(path: Path, office: Office, lines: list[_Line], zeros: list[tuple[str, str]], day: date) -> None:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    book.set_properties({"title": path.stem, "created": moment(day).replace(tzinfo=None)})
    bold = book.add_format({"bold": True})
    for kind in Kind:
        rows = [line for line in lines if line.kind is kind]
        if rows:
            _sheet(book, bold, office, kind, rows)
    if zeros:
        sheet = book.add_worksheet("零报告")
        sheet.write_row(0, 0, ("单位", "月份", "类别"), bold)
        for n, (month, word) in enumerate(zeros, 1):
            sheet.write_row(n, 0, (office.name, month, word))
    book.close()


def _sheet(
    book: xlsxwriter.Workbook, bold: xlsxwriter.format.Format, office: Office, kind: Kind, lines: Iterable[_Line]
) -> None:
    sheet = book.add_worksheet(SHEETS[kind])
    other = office.slug == OTHERWISE_WORDED
    top = 0
    if other:
        sheet.merge_range(0, 0, 0, 8, f"{office.name}{SHEETS[kind]}信息归集表", bold)
        sheet.write(1, 0, f"填报单位：{office.name}")
        top = 2
    sheet.write_row(top, 0, [OTHER_WORDS.get(h, h) if other else h for h in HEADERS[kind]], bold)
    stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for n, line in enumerate(lines, top + 1):
        values = _values(office, line)
        for column, header in enumerate(HEADERS[kind]):
            value = values.get(header)
            if isinstance(value, datetime):
                sheet.write_datetime(n, column, value.replace(tzinfo=None), stamp)
            elif isinstance(value, date) and header in DATES:
                sheet.write_datetime(n, column, value)
            elif isinstance(value, float):
                sheet.write_number(n, column, value)
            elif value:
                sheet.write_string(n, column, str(value))


def _values(office: Office, line: _Line) -> dict[str, object]:
    filing, act = line.filing, line.act
    values: dict[str, object] = {
        "行政相对人名称": filing.name,
        "行政相对人代码_1(统一社会信用代码)": filing.code,
        "数据来源单位": filing.source_unit or office.name,
        "数据来源单位统一社会信用代码": office.code,
        "公开类型": filing.publicity,
        "不予公开理由": filing.ground,
        "暂缓公开至": filing.until,
        "报送时间": filing.reported_at,
    }
    of_kind = _licence_values if line.kind is Kind.LICENCE else _penalty_values
    return values | _party(act) | of_kind(office, filing, act)


def _licence_values(office: Office, filing: WorkbookEntry, act: Act | None) -> dict[str, object]:
    return {
        "行政许可决定文书名称": "行政许可决定书",
        "行政许可决定文书号": filing.number_text,
        "许可类别": act.category if act else "普通",
        "许可内容": act.item if act else "准予经营",
        "许可决定日期": filing.decided,
        "有效期自": filing.decided,
        "有效期至": act.valid_until if act else None,
        "许可机关": filing.source_unit or office.name,
        "许可机关统一社会信用代码": office.code,
        "当前状态": "1",
    }


def _penalty_values(office: Office, filing: WorkbookEntry, act: Act | None) -> dict[str, object]:
    amount, decided = fine(act) if act else "0.2", filing.decided
    return {
        "行政处罚决定书文号": filing.number_text,
        "违法行为类型": "违反行政管理秩序的行为",
        "违法事实": f"{filing.name}未按规定履行义务",
        "处罚依据": "《中华人民共和国行政处罚法》第三十二条",
        "处罚类别": act.category if act else "罚款",
        "处罚内容": act.item if act else "罚款人民币2000元",
        "罚款金额(万元)": float(amount) if amount else None,
        "处罚决定日期": decided,
        "处罚有效期": decided + timedelta(days=365) if decided else None,
        "公示截止期": act.public_until if act else None,
        "处罚机关": filing.source_unit or office.name,
        "处罚机关统一社会信用代码": office.code,
    }


def _party(act: Act | None) -> dict[str, object]:
    if act is None:
        return {"行政相对人类别": "法人及非法人组织"}
    values: dict[str, object] = {"行政相对人类别": act.party.kind, "法定代表人": act.party.head}
    if act.party.identity:
        values |= {"证件类型": "身份证", "证件号码": act.party.identity}
    if act.party.kind == "个体工商户":
        values["行政相对人代码_2(工商注册号)"] = f"32083160{act.numbers[0][-4:-1]:0>7}"
    return values

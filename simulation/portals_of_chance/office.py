"""The office that watches a column of chance: its district folder, and the workbook by which the unit reported."""

import shutil
from datetime import datetime, time, timedelta
from pathlib import Path

import xlsxwriter

from core.domain.clock import ZONE
from core.domain.models import Kind
from simulation.district import HERE, SCHEME, SCHEME_SOURCE
from simulation.offices import BY_SLUG
from simulation.portals_of_chance.shape import Matter, Shape
from simulation.portals_of_chance.story import AUTHORITY, DECIDED, UNIT, Act, Story
from simulation.workbooks import DATES, HEADERS, SHEETS

PORTAL = "chance"
HANDED_IN = datetime.combine(DECIDED, time(17), ZONE)  # between the first night and the second, before any is late


_ENDS = frozenset({"有效期至", "处罚有效期", "公示截止期"})


def kind_of(shape: Shape) -> Kind:
    """What the column lists."""
    return Kind.PENALTY if shape.matter is Matter.PENALTY else Kind.LICENCE


def write_district(folder: Path, portal: str = "") -> None:
    """Write a district of one portal at most (`portal`: its TOML) into `folder`."""
    (folder / "portals").mkdir(parents=True, exist_ok=True)
    for name in ("district.toml", "units.toml"):
        shutil.copyfile(HERE / name, folder / name)
    shutil.copyfile(SCHEME_SOURCE, folder / SCHEME)
    if portal:
        (folder / "portals" / f"{PORTAL}.toml").write_text(portal, "utf-8")


def write_workbook(story: Story, folder: Path) -> Path:
    """The unit's report of every act, in time; returns the file."""
    kind = kind_of(story.shape)
    path = folder / f"{AUTHORITY}双公示信息归集表.xlsx"
    folder.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet(SHEETS[kind])
    sheet.write_row(0, 0, HEADERS[kind])
    stamp = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for n, act in enumerate(story.acts, 1):
        values = _values(kind, act)
        for column, header in enumerate(HEADERS[kind]):
            if header == "报送时间":
                sheet.write_datetime(n, column, _reported(act), stamp)
            elif header in DATES and header in values:
                years = 1 if header in _ENDS else 0
                sheet.write_datetime(n, column, datetime.combine(act.decided + timedelta(days=365 * years), time()))
            elif header in values:
                sheet.write(n, column, values[header])
    book.close()
    return path


def _reported(act: Act) -> datetime:
    """When the collection system had it: on the day of the act, in the afternoon."""
    return datetime.combine(act.decided, time(15, 30))


def _identity(act: Act) -> dict[str, str]:
    """The number of a natural person, as the form asks for it."""
    return {"证件类型": "身份证", "证件号码": act.reported.identity} if act.reported.identity else {}


def _values(kind: Kind, act: Act) -> dict[str, str | float]:
    both: dict[str, str | float] = {
        "行政相对人名称": act.reported.name, "行政相对人类别": act.reported.kind, "法定代表人": act.reported.head,
        "行政相对人代码_1(统一社会信用代码)": act.reported.code, **_identity(act), "数据来源单位": AUTHORITY,
        "数据来源单位统一社会信用代码": BY_SLUG[UNIT].code,
    }  # fmt: skip
    if kind is Kind.LICENCE:
        return both | {
            "行政许可决定文书名称": "行政许可决定书", "行政许可决定文书号": act.number, "许可类别": "普通",
            "许可内容": act.content, "许可决定日期": "", "有效期自": "", "有效期至": "",
            "许可机关统一社会信用代码": BY_SLUG[UNIT].code, "许可机关": AUTHORITY, "当前状态": "1",
        }  # fmt: skip
    return both | {
        "行政处罚决定书文号": act.number, "违法行为类型": "违反食品安全管理规定", "违法事实": "经营超过保质期的食品",
        "处罚依据": "《中华人民共和国食品安全法》第一百二十四条", "处罚类别": "罚款", "处罚内容": act.content,
        "罚款金额(万元)": float(act.fine or 0) / 10_000, "处罚决定日期": "", "处罚有效期": "",
            "公示截止期": "", "处罚机关统一社会信用代码": BY_SLUG[UNIT].code, "处罚机关": AUTHORITY,
    }  # fmt: skip

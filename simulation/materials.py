"""What the units hand in beside 双公示, and what the lists of documents and commitments show: one table of truth.

Each paper is a row of a form with the day it is handed in. `wrong_since`: from when an accusation about it is right.
The headers are what people fill in; they are written here by hand, as the system's own words are what is tried.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from simulation.offices import BY_SLUG, OFFICES
from simulation.parties import company
from simulation.world import Posting, moment

MONTHS = ("2026-07", "2026-08", "2026-09")
HAND_IN = 8  # of the month after
DUE = 10
COMMITMENTS = "credit-commitment"
DOCUMENTS = {"scjgj": "zwgk-scjgj", "zjj": "zwgk-zjj", "qhz": "zwgk-qhz"}
SILENT = "wgl"
LATE_FOR_AUGUST = "jtj"
FIELDS = (
    "政务", "财政", "就业", "物业", "就学", "公共卫生", "卫生健康", "养老", "助残", "医保", "住房", "出行", "停车",
    "防火防盗", "拥军优属", "便民服务",
)  # fmt: skip
NO_PROMISE = "停车"


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """One row of a form: `sheet` its title, `values` by header, `files` named in it (name → bytes)."""

    unit: str
    by: str  # who hands it in: a unit, or an office that provides data
    sheet: str
    handed_in: date
    values: tuple[tuple[str, str], ...]
    files: tuple[tuple[str, bytes], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingTruth:
    """An accusation that is right: the check, the unit, words that its sentence must hold, and from which night.

    `visible_from`: the first night on which it can be proved.
    """

    check: str
    unit: str
    words: str
    since: date
    visible_from: date


def after(month: str, day: int) -> date:
    """A day of the month after `month`."""
    year, number = int(month[:4]), int(month[5:])
    return date(year + (number == 12), number % 12 + 1, day)


def picture(name: str) -> bytes:
    """A picture of its own: the smallest JPEG there is, told apart by a comment."""
    text = name.encode()
    comment = b"\xff\xfe" + (len(text) + 2).to_bytes(2, "big") + text
    return b"\xff\xd8" + comment + b"\xff\xd9"


def paper_file(name: str) -> bytes:
    """A document of its own."""
    return f"%PDF-1.4\n% {name}\n%%EOF\n".encode()


# ---------------------------------------------------------------- what is handed in


def told_papers() -> tuple[Material, ...]:
    """Everything of which a story is told."""
    return (*_zeros(), *_market(), *_builders(), *_activities(), *_towns(), *_providers())


def row(
    unit: str, sheet: str, day: date, *values: tuple[str, str], by: str = "", files: tuple[str, ...] = ()
) -> Material:
    """A row of a form with the files that it names: pictures and papers of its own."""
    kept = tuple((name, picture(name) if name.endswith(".jpg") else paper_file(name)) for name in files)
    return Material(unit=unit, by=by or unit, sheet=sheet, handed_in=day, values=values, files=kept)


def _zero(unit: str, month: str, kind: str, *, by: str = "", name: str = "") -> Material:
    values = (("单位", name or BY_SLUG[unit].name), ("月份", month), ("类别", kind))
    return row(unit, "零报告", after(month, HAND_IN), *values, by=by)


def _zeros() -> Iterator[Material]:
    """零报告 of the two monthly groups and of 招商引资承诺, by all but those who have something or say nothing."""
    for office in OFFICES:
        for month in MONTHS:
            if office.slug == SILENT or (office.slug == LATE_FOR_AUGUST and month == "2026-08"):
                continue
            if office.kinds:
                yield from (_zero(office.slug, month, kind) for kind in _other_zero(office.slug))
            yield from (_zero(office.slug, month, kind) for kind in _promise_zero(office.slug, month))
        if office.slug not in (SILENT, "scjgj"):
            yield _zero(office.slug, "2026-09", "招商引资承诺")


def _other_zero(unit: str) -> tuple[str, ...]:
    return ("行政强制、行政确认、行政裁决、行政奖励",) if unit == "scjgj" else ("其他行政信息",)


def _promise_zero(unit: str, month: str) -> tuple[str, ...]:
    has = unit == "scjgj" or (unit == "zjj" and month == "2026-07")
    return ("承诺违约、合同履约",) if has else ("承诺与合同履约",)


def commitment(unit: str, serial: int, day: date, publicity: str = "可向社会公开") -> tuple[tuple[str, str], ...]:
    """A commitment by a company of the town."""
    party = company(serial)
    return (
        ("单位", BY_SLUG[unit].name), ("承诺人名称", party.name), ("承诺人类别", "法人及非法人组织"),
        ("承诺人代码", party.code), ("承诺类型", "容缺受理型"), ("承诺事由", "经营许可"),
        ("承诺内容", "在规定时限内补齐材料"), ("承诺作出日期", str(day)),
        ("承诺履行状态", "全部履行"), ("公开类型", publicity),
    )  # fmt: skip


def _market(unit: str = "scjgj") -> Iterator[Material]:
    """The market office has something of everything."""
    name = ("单位", BY_SLUG[unit].name)
    for number, month in enumerate(MONTHS):
        due, day = after(month, HAND_IN), date.fromisoformat(f"{month}-06")
        yield row(
            unit,
            "行政监督检查",
            due,
            name,
            ("检查文书号", f"楚市监检〔2026〕{number + 1}号"),
            ("行政相对人名称", company(1300 + number).name),
            ("检查事项", "食品经营单位日常检查"),
            ("作出日期", str(day)),
            ("检查结果", "合格"),
        )
        for n in range(2):
            yield row(unit, "信用承诺", due, *commitment(unit, 1310 + 2 * number + n, day))
    yield row(unit, "信用承诺", after("2026-07", HAND_IN), *commitment(unit, 1330, date(2026, 7, 9), "不可公开"))
    yield from _market_projects(unit, name)


def _market_projects(unit: str, name: tuple[str, str]) -> Iterator[Material]:
    """A document, permits on credit, a promise to an investor and a case that the city took up."""
    yield row(
        unit,
        "制度文件",
        date(2026, 8, 8),
        name,
        ("文件标题", "关于在行政许可中开展信用审查的通知"),
        ("文号", "楚市监发〔2026〕6号"),
        ("成文日期", "2026-07-14"),
        ("应用领域", "行政许可"),
        ("电子档", "通知.pdf"),
        files=("通知.pdf",),
    )
    for n in range(5):
        papers = (f"承诺书{n + 1}.pdf", f"跟踪表{n + 1}.pdf")
        yield permit_on_credit(unit, company(1340 + n).name, date(2026, 8, 3 + n), date(2026, 9, 8), papers)
    yield _investor(unit, name)
    yield example(unit, "信用审查嵌入办件系统", date(2026, 8, 18), date(2026, 9, 8), "推广文件.pdf")


def permit_on_credit(unit: str, party: str, day: date, handed: date, papers: tuple[str, str]) -> Material:
    """A permit on credit with the promise and the sheet on which it was followed."""
    return row(
        unit, "信易批办理", handed, ("单位", BY_SLUG[unit].name), ("申请人名称", party), ("办理事项", "食品经营许可"),
        ("办理日期", str(day)), ("履约跟踪结果", "按期补齐"), ("承诺书", papers[0]), ("履约跟踪表", papers[1]),
        files=papers,
    )  # fmt: skip


def _investor(unit: str, name: tuple[str, str]) -> Material:
    return row(
        unit,
        "招商引资承诺",
        date(2026, 10, 8),
        name,
        ("企业名称", company(1350).name),
        ("承诺事项", "兑付设备投资奖励 50 万元"),
        ("应兑现日期", "2026-08-31"),
        ("兑现情况", "已兑现"),
    )


def example(unit: str, title: str, day: date, handed: date, paper: str) -> Material:
    """A case that the city took up."""
    return row(
        unit, "创新案例", handed, ("单位", BY_SLUG[unit].name), ("案例名称", title), ("推广部门", "市信用办"),
        ("推广层级", "市级"), ("推广日期", str(day)), ("文件或截图", paper), files=(paper,),
    )  # fmt: skip


def _builders(unit: str = "zjj") -> Iterator[Material]:
    """The housing office: a commitment the site never shows, and a document that its portal has under other words."""
    yield row(unit, "信用承诺", date(2026, 8, 8), *commitment(unit, 1360, date(2026, 7, 20)))
    yield row(unit, "信用承诺", date(2026, 8, 8), *commitment(unit, 1361, date(2026, 7, 21)))
    yield row(
        unit,
        "制度文件",
        date(2026, 8, 8),
        ("单位", BY_SLUG[unit].name),
        ("文件标题", "关于对守信建筑企业给予激励的实施办法"),
        ("成文日期", "2026-07-22"),
        ("应用领域", "守信激励"),
    )
    yield row(
        unit,
        "制度文件",
        date(2026, 8, 8),
        ("单位", BY_SLUG[unit].name),
        ("文件标题", "楚汀区建筑市场失信惩戒工作细则"),
        ("成文日期", "2026-07-23"),
        ("应用领域", "失信惩戒"),
    )


def activity(
    unit: str, sheet: str, title: str, kind: str, day: date, handed: date, pictures: tuple[str, ...]
) -> Material:
    """An activity with its pictures."""
    header = "活动类型" if sheet == "宣贯教育活动" else "五进类型"
    return row(
        unit, sheet, handed, ("单位", BY_SLUG[unit].name), ("活动名称", title), (header, kind), ("活动日期", str(day)),
        ("地点", "区行政中心"), ("图片", "；".join(pictures)), files=pictures,
    )  # fmt: skip


def _activities() -> Iterator[Material]:
    """Publicity: full for the market office; one picture for two activities in the city office; none in one."""
    for n, kind in enumerate(("条例宣贯", "公务员诚信教育")):
        yield activity(
            "scjgj",
            "宣贯教育活动",
            f"诚信建设学习会{n + 1}",
            kind,
            date(2026, 7, 8 + n),
            date(2026, 8, 8),
            (f"学习会{n + 1}.jpg",),
        )
    for n, kind in enumerate(("进校园", "进企业", "进街道社区", "进村镇", "进商圈", "进企业")):
        yield activity(
            "scjgj",
            "诚信五进活动",
            f"诚信{kind}第{n + 1}场",
            kind,
            date(2026, 8, 3 + n),
            date(2026, 9, 8),
            (f"五进{n + 1}.jpg",),
        )
    yield from _activities_in_doubt()


def _activities_in_doubt() -> Iterator[Material]:
    """One picture for two activities, one that did not come with its row, and two meetings that are in order."""
    for n in range(2):
        yield activity(
            "cgj",
            "宣贯教育活动",
            f"城管诚信课堂{n + 1}",
            "条例宣贯",
            date(2026, 7, 13 + n),
            date(2026, 8, 8),
            ("课堂.jpg",),
        )
    yield row(
        "rsj",
        "宣贯教育活动",
        date(2026, 8, 8),
        ("单位", BY_SLUG["rsj"].name),
        ("活动名称", "人社诚信宣讲"),
        ("活动类型", "条例宣贯"),
        ("活动日期", "2026-07-15"),
        ("地点", "人才市场"),
        ("图片", "没有带来.jpg"),
    )
    for unit in ("jrj", "qhz"):
        yield activity(
            unit,
            "宣贯教育活动",
            f"{BY_SLUG[unit].name}条例宣贯会",
            "条例宣贯",
            date(2026, 7, 16),
            date(2026, 8, 8),
            (f"{unit}宣贯.jpg",),
        )


def _towns(unit: str = "qhz") -> Iterator[Material]:
    """清河镇 takes part in everything; 板桥街道 reports nothing but zeros."""
    name = ("单位", BY_SLUG[unit].name)
    yield row(
        unit,
        "诚信镇街创建方案",
        date(2026, 8, 8),
        name,
        ("文件标题", "清河镇诚信建设实施方案"),
        ("类型", "组织机制和实施方案"),
        ("印发日期", "2026-07-06"),
        ("电子档", "方案.pdf"),
        files=("方案.pdf",),
    )
    yield row(
        unit,
        "信用村居验收",
        date(2026, 9, 8),
        name,
        ("村(居)名称", "柳湾村"),
        ("验收日期", "2026-08-20"),
        ("验收结果", "合格"),
        ("诚信户数", "6"),
        ("验收单位", "区信用办"),
        ("验收单", "验收单.pdf"),
        files=("验收单.pdf",),
    )
    yield from _enterprise_promises(unit, name)
    yield from _field_promises(unit, name)


def _enterprise_promises(unit: str, name: tuple[str, str]) -> Iterator[Material]:
    for n in range(10):
        party = company(1370 + n)
        yield row(
            unit,
            "企业自主承诺",
            date(2026, 9, 8),
            name,
            ("企业名称", party.name),
            ("统一社会信用代码", party.code),
            ("承诺事项", "安全生产、环境保护、依法纳税"),
            ("签订日期", f"2026-08-{3 + n:02d}"),
            ("法人签字盖章", "是"),
            ("承诺书", f"企业承诺{n + 1}.pdf"),
            files=(f"企业承诺{n + 1}.pdf",),
        )


def _field_promises(unit: str, name: tuple[str, str]) -> Iterator[Material]:
    for field in FIELDS:
        if field != NO_PROMISE:
            yield row(
                unit,
                "政务诚信承诺",
                date(2026, 9, 8),
                name,
                ("承诺类别", field),
                ("承诺事项", f"{field}公开承诺"),
                ("承诺内容", f"{field}事项按承诺时限办结"),
                ("公开日期", "2026-08-12"),
            )


def _providers() -> Iterator[Material]:
    """What other offices know: nothing, but one record, one true notice, and two counts."""
    for kind in ("法院数据", "网信办数据", "营商办数据", "编办数据", "纪委数据"):
        yield _zero("scjgj", "2026-08", kind, by=kind, name="全区")
    yield row(
        "rsj",
        "纪委数据",
        date(2026, 8, 20),
        ("单位", BY_SLUG["rsj"].name),
        ("事由", "办件中吃拿卡要受到通报"),
        ("类型", "通报"),
        ("涉及对象", "公务员"),
        ("认定日期", "2026-08-12"),
        ("建议程度", "一般"),
        by="纪委",
    )
    yield row(
        "jytj",
        "抽查通报",
        date(2026, 8, 20),
        ("单位", BY_SLUG["jytj"].name),
        ("通报内容", "处罚决定漏报 1 件"),
        ("通报单位", "省信息中心"),
        ("问题类型", "漏报"),
        ("通报日期", "2026-08-14"),
        ("核查结果", "属实"),
        by="省信息中心",
    )
    yield from _figures()


def _figures() -> Iterator[Material]:
    """How many decisions two units made, and how content people were with two."""
    for unit, count in (("qhz", "0"), ("scjgj", "90")):
        yield row(
            unit,
            "政府办数据",
            date(2026, 8, 20),
            ("单位", BY_SLUG[unit].name),
            ("类别", "许可"),
            ("月份", "2026-07"),
            ("产生件数", count),
            by="政府办",
        )
    for unit, rate in (("rsj", "88.2"), ("scjgj", "96.5")):
        yield row(
            unit,
            "群众满意度",
            date(2026, 9, 25),
            ("单位", BY_SLUG[unit].name),
            ("调查名称", "2026 年三季度满意度调查"),
            ("调查日期", "2026-09-20"),
            ("满意率(%)", rate),
            ("样本数", "300"),
            by="信用办",
        )


# ---------------------------------------------------------------- what the lists show


def notices() -> tuple[Posting, ...]:
    """The rows of the commitment column and of the document portals."""
    rows = [(COMMITMENTS, company(1310 + n).name, date(2026, 7 + n // 2, 10)) for n in range(6)]
    rows += [(COMMITMENTS, company(1361).name, date(2026, 7, 27))]
    rows += [(COMMITMENTS, company(1370 + n).name, date(2026, 8, 14)) for n in range(10)]
    posted = [_notice(portal, f"{name}信用承诺书", day) for portal, name, day in rows]
    posted += [
        _notice(DOCUMENTS["scjgj"], "关于在行政许可中开展信用审查的通知", date(2026, 7, 15)),
        _notice(DOCUMENTS["zjj"], "关于对守信建筑业企业给予激励的实施办法（试行）", date(2026, 7, 24)),
        *(
            _notice(portal, f"{BY_SLUG[unit].name}政府信息公开年度报告", date(2026, 3, 2))
            for unit, portal in DOCUMENTS.items()
        ),
    ]
    return tuple(_numbered(posted))


def _notice(portal: str, title: str, day: date) -> Posting:
    up = moment(day, "10:00")
    return Posting(portal=portal, row="0", acts=(), title=title, up=up, down=None, listed=day, stated=up)


def _numbered(posted: list[Posting]) -> Iterator[Posting]:
    for number, row in enumerate(posted):
        yield replace(row, row=str(990001 + number))


# ---------------------------------------------------------------- what is true


def filing_truths() -> tuple[FilingTruth, ...]:
    """Every accusation about filings that is right."""
    return (*_single_truths(), *_missing_reports())


def _single_truths() -> tuple[FilingTruth, ...]:
    return (
        FilingTruth(
            check="commitment_is_on_credit_site",
            unit="zjj",
            words=company(1360).name,
            since=date(2026, 8, 11),
            visible_from=date(2026, 8, 18),
        ),
        FilingTruth(
            check="document_is_on_portal",
            unit="zjj",
            words="失信惩戒工作细则",
            since=date(2026, 10, 11),
            visible_from=date(2026, 10, 12),
        ),
        FilingTruth(
            check="no_dishonesty_on_record",
            unit="rsj",
            words="吃拿卡要",
            since=date(2026, 8, 21),
            visible_from=date(2026, 8, 21),
        ),
        FilingTruth(
            check="spot_check_is_clean",
            unit="jytj",
            words="漏报",
            since=date(2026, 8, 21),
            visible_from=date(2026, 8, 21),
        ),
        FilingTruth(
            check="public_commitment_covers_field",
            unit="qhz",
            words=NO_PROMISE,
            since=date(2026, 10, 11),
            visible_from=date(2026, 10, 12),
        ),
    )


def _missing_reports() -> Iterator[FilingTruth]:
    silent = [(SILENT, month) for month in MONTHS] + [(LATE_FOR_AUGUST, "2026-08")]
    for unit, month in silent:
        since = after(month, DUE + 1)
        for words in (f"{month} 没有报送其他行政信息", f"{month} 没有报送信用承诺与合同履约"):
            yield FilingTruth(
                check="monthly_collection_is_complete", unit=unit, words=words, since=since, visible_from=since
            )

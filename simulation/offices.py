"""The district's offices and their sites: one table, from which units.toml's twins and the portals follow."""

from dataclasses import dataclass

from core.domain.models import Kind
from simulation.parties import office_code

CREDIT = {Kind.LICENCE: "credit-licence", Kind.PENALTY: "credit-penalty"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A unit as the town knows it. `rhythm`: weekly (Mondays), monthly (the 5th to 9th) or none.

    `portal` is its own site's portal, which lists `kinds`; `day` the day of the month a monthly unit hands in.
    """

    slug: str
    name: str
    serial: int
    kinds: tuple[Kind, ...] = ()
    heads: tuple[tuple[Kind, str], ...] = ()  # number template, {n} the serial, as the office writes it
    portal: str = ""
    rhythm: str = "none"
    day: int = 0
    zero_reports: bool = False

    @property
    def code(self) -> str:
        """Its 统一社会信用代码."""
        return office_code(self.serial)

    def number(self, kind: Kind, serial: int) -> str:
        """A document number of this office as it prints it."""
        return dict(self.heads)[kind].format(n=serial)


def _both(licence: str, penalty: str) -> tuple[tuple[Kind, str], ...]:
    return ((Kind.LICENCE, licence), (Kind.PENALTY, penalty))


_ALL = (Kind.LICENCE, Kind.PENALTY)
OFFICES: tuple[Office, ...] = (
    Office(
        slug="scjgj",
        name="楚汀区市场监督管理局",
        serial=1,
        kinds=_ALL,
        portal="scjgj",
        rhythm="weekly",
        heads=_both("楚市监许准字〔2026〕第{n}号", "楚市监处罚〔2026〕{n}号"),
    ),
    Office(
        slug="jtj",
        name="楚汀区交通运输局",
        serial=2,
        kinds=_ALL,
        portal="jtj",
        rhythm="weekly",
        heads=_both("楚交许〔2026〕{n}号", "楚综执罚〔2026〕{n}号"),
    ),
    Office(
        slug="zjj",
        name="楚汀区住房和城乡建设局",
        serial=3,
        kinds=_ALL,
        portal="zjj",
        rhythm="weekly",
        heads=_both("楚住建许〔2026〕{n}号", "楚住建罚决字〔2026〕{n}号"),
    ),
    Office(
        slug="wjw",
        name="楚汀区卫生健康委员会",
        serial=4,
        kinds=_ALL,
        portal="wjw",
        rhythm="weekly",
        heads=_both("楚卫医许〔2026〕{n}号", "楚卫医罚〔2026〕{n}号"),
    ),
    Office(
        slug="sthj",
        name="楚汀生态环境局",
        serial=5,
        kinds=_ALL,
        portal="sthj",
        rhythm="monthly",
        day=6,
        heads=_both("楚环许〔2026〕{n}号", "楚环罚字〔2026〕{n}号"),
    ),
    Office(
        slug="yjj",
        name="楚汀区应急管理局",
        serial=6,
        kinds=_ALL,
        portal="yjj",
        rhythm="monthly",
        day=7,
        heads=_both("楚应急经字〔2026〕{n}号", "（楚）应急罚〔2026〕{n}号"),
    ),
    Office(
        slug="spj",
        name="楚汀区行政审批局",
        serial=7,
        kinds=(Kind.LICENCE,),
        portal="spj",
        rhythm="monthly",
        day=5,
        heads=((Kind.LICENCE, "楚审批许〔2026〕{n}号"),),
    ),
    Office(
        slug="nyncj",
        name="楚汀区农业农村局",
        serial=8,
        kinds=_ALL,
        rhythm="monthly",
        day=9,
        heads=_both("楚农许〔2026〕{n}号", "楚综执罚〔2026〕{n}号"),
    ),
    Office(
        slug="sljj",
        name="楚汀区水利局",
        serial=21,
        kinds=_ALL,
        portal="sljj",
        rhythm="weekly",
        heads=_both("楚水许〔2026〕{n}号", "楚水罚〔2026〕{n}号"),
    ),
    Office(
        slug="mzj",
        name="楚汀区民政局",
        serial=22,
        kinds=_ALL,
        portal="mzj",
        rhythm="weekly",
        heads=_both("楚民许〔2026〕{n}号", "楚民罚〔2026〕{n}号"),
    ),
    Office(
        slug="rsj",
        name="楚汀区人力资源和社会保障局",
        serial=23,
        kinds=_ALL,
        portal="rsj",
        rhythm="monthly",
        day=6,
        heads=_both("楚人社许〔2026〕{n}号", "楚人社罚字〔2026〕{n}号"),
    ),
    Office(
        slug="cgj",
        name="楚汀区城市管理局",
        serial=24,
        kinds=_ALL,
        portal="cgj",
        rhythm="weekly",
        heads=_both("楚城管许〔2026〕{n}号", "楚城管罚决字〔2026〕第{n}号"),
    ),
    Office(
        slug="jytj",
        name="楚汀区教育体育局",
        serial=25,
        kinds=_ALL,
        portal="jytj",
        rhythm="monthly",
        day=7,
        heads=_both("楚教许〔2026〕{n}号", "楚教体罚〔2026〕{n}号"),
    ),
    Office(
        slug="zrzy",
        name="楚汀自然资源和规划局",
        serial=26,
        kinds=_ALL,
        portal="zrzy",
        rhythm="weekly",
        heads=_both("楚自然资许〔2026〕{n}号", "楚自然资罚〔2026〕{n}号"),
    ),
    Office(
        slug="xfdd",
        name="楚汀区消防救援大队",
        serial=27,
        kinds=_ALL,
        portal="xfdd",
        rhythm="monthly",
        day=8,
        heads=_both("楚消安检字〔2026〕第{n}号", "楚（消）行罚决字〔2026〕{n}号"),
    ),
    Office(
        slug="ylbzj",
        name="楚汀区医疗保障局",
        serial=28,
        kinds=_ALL,
        portal="ylbzj",
        rhythm="monthly",
        day=5,
        heads=_both("楚医保许〔2026〕{n}号", "楚医保罚〔2026〕{n}号"),
    ),
    Office(
        slug="gxj",
        name="楚汀区工业和信息化局",
        serial=29,
        kinds=_ALL,
        portal="gxj",
        rhythm="weekly",
        heads=_both("楚工信许〔2026〕{n}号", "楚工信罚〔2026〕{n}号"),
    ),
    Office(slug="wgl", name="楚汀区文化广电和旅游局", serial=9),  # silent all quarter
    Office(slug="jrj", name="楚汀区金融管理局", serial=10, zero_reports=True),
    Office(slug="qhz", name="清河镇人民政府", serial=11, zero_reports=True),
    Office(slug="bqjd", name="板桥街道办事处", serial=12, zero_reports=True),
)
BY_SLUG = {office.slug: office for office in OFFICES}


def own_portal(unit: str, kind: Kind) -> str | None:
    """The portal of `unit` where a decision of `kind` stands, or None where it has none."""
    office = BY_SLUG[unit]
    return office.portal if office.portal and kind in office.kinds else None

"""Who plays: companies, shops and people that do not exist, with numbers whose check digits are sound."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from stdnum.cn import ric, uscc

PartyKind = Literal["法人及非法人组织", "自然人", "个体工商户"]
NO_CODE = "0" * 17 + "X"  # what a shop without a code fills in (docs/domain.md §1.3)
REGION = "320831"
BIRTH_PLACE = "110105"  # of the specimen numbers in GB 11643; nobody local is meant
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714-1997
_PLACE = ("清岸", "楚汀", "板桥", "河西", "运东", "石塘", "苏嘴", "林集")
_WORDS = (
    "瑞禾",
    "长淮",
    "恒丰",
    "楚韵",
    "众诚",
    "安澜",
    "永泰",
    "金穗",
    "宏图",
    "正源",
    "天泽",
    "博远",
    "德润",
    "嘉和",
    "兴业",
    "通达",
    "海纳",
    "明德",
    "华清",
    "百川",
    "润东",
    "和顺",
    "新越",
    "鼎盛",
    "佳禾",
    "启航",
    "润泽",
    "盛景",
    "云帆",
    "锦程",
)
_TRADES = (
    "建设工程有限公司",
    "食品有限公司",
    "物流有限公司",
    "医疗器械有限公司",
    "环保科技有限公司",
    "餐饮管理有限公司",
    "农业发展有限公司",
    "化工有限公司",
    "建材有限公司",
    "汽车运输有限责任公司",
    "超市有限公司",
    "纺织有限公司",
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"
_GIVEN = ("建国", "秀英", "志强", "桂兰", "海涛", "雪梅", "文斌", "玉珍", "立新", "春燕", "大伟", "小红")


@dataclass(frozen=True, slots=True)
class Party:
    """行政相对人. `code` is what stands in 代码_1; `identity` the full number of a natural person, else empty."""

    name: str
    kind: PartyKind
    code: str = ""
    identity: str = ""
    head: str = ""  # 法定代表人

    @property
    def masked_identity(self) -> str:
        """The form 信用中国 publishes: 6 + ******** + 4."""
        return f"{self.identity[:6]}********{self.identity[-4:]}" if self.identity else ""

    @property
    def weak_identity(self) -> str:
        """Only month and day hidden: it can be enumerated (docs/domain.md §1.8)."""
        return f"{self.identity[:10]}****{self.identity[-4:]}" if self.identity else ""


def company(serial: int) -> Party:
    """The `serial`-th company; names and codes never repeat below 2,880."""
    place = _PLACE[serial % len(_PLACE)]
    word = _WORDS[serial // len(_PLACE) % len(_WORDS)]
    trade = _TRADES[(serial + serial // (len(_PLACE) * len(_WORDS))) % len(_TRADES)]
    return Party(f"{place}{word}{trade}", "法人及非法人组织", company_code(serial), head=_name(serial * 7 + 3))


def shop(serial: int) -> Party:
    """A shop without a unified code."""
    return Party(f"{_PLACE[serial % len(_PLACE)]}镇{_name(serial)}便利店", "个体工商户", NO_CODE, head=_name(serial))


def person(serial: int) -> Party:
    """A natural person with a sound identity number."""
    born = date(1960 + serial % 35, serial % 12 + 1, serial % 27 + 1)
    body = f"{BIRTH_PLACE}{born:%Y%m%d}{serial % 900 + 100:03d}"
    return Party(_name(serial * 5 + 1), "自然人", identity=body + ric.calc_check_digit(body + "0"))


def company_code(serial: int) -> str:
    """A 统一社会信用代码 of a company, both check digits sound (GB 32100-2015, GB 11714)."""
    body = f"MA{serial * 37 % 1_000_000:06d}"
    values = [int(c) if c.isdigit() else ord(c) - 55 for c in body]
    rest = 11 - sum(w * v for w, v in zip(_ORG_WEIGHTS, values, strict=True)) % 11
    check = {10: "X", 11: "0"}.get(rest, str(rest))
    code = f"91{REGION}{body}{check}"
    return code + uscc.calc_check_digit(code)


def office_code(serial: int) -> str:
    """A 统一社会信用代码 of a government office (11…)."""
    code = f"11{REGION}{serial:08d}{serial % 10}"
    return code + uscc.calc_check_digit(code)


def _name(serial: int) -> str:
    return _SURNAMES[serial % len(_SURNAMES)] + _GIVEN[serial // len(_SURNAMES) % len(_GIVEN)]

"""Made records of the same acts as two sides tell of them, with the truth of which are one. Deterministic.

Side A is what units submitted (workbook rows), side B what portals published. Both are written from the same acts, each
with slips of its own (docs/domain.md §5): number forms, ranges, typos that land on another act's number, names cut,
misspelt, old
or masked, fields swapped, codes and dates missing. Some acts stand on one side alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from stdnum.cn import uscc

from core.domain.clock import ZONE
from core.domain.models import Finding, Kind, Submission
from core.domain.text import document_numbers

UNITS = 60
FIRST, DAYS = date(2024, 1, 1), 900
BOTH, TWO_PORTALS, AGAIN = 0.90, 0.15, 0.01  # acts on both sides, on two portals, submitted twice

_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文斌鑫浩宇轩梓涵怡佳"
_BRANDS = "宏达远盛兴隆华泰恒瑞鼎丰金源聚力博雅天诚康顺安信永利通祥福佳美嘉德润泽凯旋正大新锐联创卓越汇智百川海纳"
_TRADES = (
    "商贸",
    "餐饮管理",
    "建设工程",
    "物流",
    "食品",
    "医药",
    "超市",
    "机械制造",
    "环保科技",
    "房地产开发",
    "农业发展",
    "化工",
    "汽车服务",
    "文化传媒",
    "劳务",
)
_PLACES = ("淮安市", "淮安", "江苏", "淮安区", "淮安市淮安区", "南京")
_SHOPS = ("便利店", "小吃店", "大药房", "理发店", "五金店", "超市", "水果店", "早餐店")
_ROADS = ("翔宇路", "楚州大道", "镇淮楼路", "关天培路", "漕运街", "河下")
_HEADS = "市监环住建农交卫城管应急文广水资规教民税人社发改商司"
_SLIPS = dict(
    zip("达远盛隆泰瑞丰源博诚安利祥佳德泽凯锐创越智川", "大运胜龙秦端沣原搏城按丽样家得译恺税仓跃知州", strict=True)
)


@dataclass(frozen=True, slots=True)
class SyntheticParty:
    """A company, a branch, a shop of one trader, or a person (no code)."""

    name: str
    code: str
    person: str = ""  # the trader behind a shop
    before: str = ""  # an older name


@dataclass(frozen=True, slots=True)
class SyntheticAct:
    """One decision as it truly is."""

    unit: int
    kind: Kind
    head: str
    year: int
    serial: int
    party: SyntheticParty
    day: date
    content: str


@dataclass(frozen=True, slots=True)
class SyntheticWorld:
    """Both sides and the truth: pairs of (submission id, finding id) that share an act."""

    submissions: list[Submission] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    truth: set[tuple[str, str]] = field(default_factory=set)


def make(size: int, seed: int = 1, days: int = DAYS) -> SyntheticWorld:
    """A world of about `size` records a side, over `days` days."""
    random = Random(seed)
    acts = _acts(random, round(size / (BOTH + (1 - BOTH) / 2 + AGAIN)), days)
    serials = _serials(acts)
    slips = _Slips(random, serials)
    world = SyntheticWorld()
    by_party: dict[str, list[int]] = {}
    submitted: dict[int, list[str]] = {}
    for group in _pages(random, acts):
        for n in group:
            lot = random.random()
            if lot < (1 + BOTH) / 2:
                submitted[n] = [_submit(slips, world, acts[n], f"s{n}")]
                if random.random() < AGAIN:
                    submitted[n].append(_submit(slips, world, acts[n], f"s{n}b"))
        published = [n for n in group if n not in submitted or random.random() < BOTH / ((1 + BOTH) / 2)]
        if not published:
            continue
        for portal in ("credit", "department")[: 2 if random.random() < TWO_PORTALS else 1]:
            name = f"{portal[0]}{published[0]}"
            _publish(slips, world, [acts[n] for n in published], name, portal)
            by_party[name] = published
    world.truth.update((s, name) for name, group in by_party.items() for n in group for s in submitted.get(n, ()))
    return world


# ---------------------------------------------------------------- acts


def _acts(random: Random, count: int, days: int) -> list[SyntheticAct]:
    """Acts of sixty units in order of number; one in eight starts a batch of the same party and day."""
    parties = _parties(random, max(count // 4, 20))
    heads = [
        (f"淮{_HEADS[u % len(_HEADS)]}{_HEADS[(u * 7 + 3) % len(_HEADS)]}{'' if u < 30 else '分'}", u)
        for u in range(UNITS)
    ]
    acts: list[SyntheticAct] = []
    starts = sorted(random.randrange(days) for _ in range(count))
    last: dict[tuple[int, Kind, int], int] = {}
    for start in starts:
        if len(acts) >= count:
            break
        head, unit = heads[min(random.randrange(UNITS), random.randrange(UNITS))]
        kind = random.choice((Kind.PENALTY, Kind.LICENCE))
        day = FIRST + timedelta(days=start)
        party = (
            parties[min(int(random.paretovariate(0.9)) - 1, len(parties) - 1)]
            if random.random() < 0.1
            else random.choice(parties)
        )
        for _ in range(random.randint(2, 12) if random.random() < 0.03 else 1):
            key = (unit, kind, day.year)
            last[key] = last.get(key, 0) + 1
            word = f"{head}{'罚' if kind is Kind.PENALTY else '许'}{'字' if unit % 3 == 0 else ''}"
            acts.append(
                SyntheticAct(
                    unit,
                    kind,
                    f"（淮二）{word}" if unit % 17 == 5 else word,
                    day.year,
                    last[key],
                    party,
                    day,
                    _content(random, kind),
                )
            )
    return acts[:count]


def _parties(random: Random, count: int) -> list[SyntheticParty]:
    parties: list[SyntheticParty] = []
    while len(parties) < count:
        lot = random.random()
        person = random.choice(_SURNAMES) + "".join(random.choice(_GIVEN) for _ in range(random.choice((1, 2, 2))))
        if lot < 0.22:
            parties.append(SyntheticParty(person, ""))
        elif lot < 0.40:
            shop = f"淮安区{random.choice(_ROADS)}{''.join(random.sample(_BRANDS, 2))}{random.choice(_SHOPS)}"
            parties.append(SyntheticParty(shop, _code(random, "92"), person=person))
        else:
            brand = "".join(random.sample(_BRANDS, 2))
            place, trade = random.choice(_PLACES), random.choice(_TRADES)
            bracket = random.choice(("", "", "", "（淮安）", "（江苏）"))
            name = f"{place}{brand}{bracket}{trade}有限公司"
            before = f"{place}{''.join(random.sample(_BRANDS, 2))}{trade}有限公司" if random.random() < 0.05 else ""
            parties.append(SyntheticParty(name, _code(random, "91"), before=before))
            if random.random() < 0.1:
                parties += [
                    SyntheticParty(f"{name}{road}分公司", _code(random, "91")) for road in random.sample(_ROADS, 2)
                ]
    return parties[:count]


def _code(random: Random, kind: str) -> str:
    body = f"{kind}320803" + "MA" + "".join(random.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(7))
    return body + uscc.calc_check_digit(body)


def _content(random: Random, kind: Kind) -> str:
    if kind is Kind.PENALTY:
        sort = random.choice(("罚款{n}元", "警告并处罚款人民币{n}元整", "没收违法所得{n}元，责令改正", "责令改正"))
        return sort.format(n=random.randint(2, 400) * 100)
    return random.choice(
        ("准予许可", "食品经营许可证 JY{n}", "建设工程施工许可 面积{n}平方米", "同意其变更登记申请")
    ).format(n=random.randint(10**5, 10**6))


def _serials(acts: Sequence[SyntheticAct]) -> dict[tuple[int, Kind, int], int]:
    """The highest serial by unit, kind and year: a slip below it lands on another act."""
    highest: dict[tuple[int, Kind, int], int] = {}
    for act in acts:
        highest[act.unit, act.kind, act.year] = max(act.serial, highest.get((act.unit, act.kind, act.year), 0))
    return highest


def _pages(random: Random, acts: Sequence[SyntheticAct]) -> Iterator[list[int]]:
    """Acts in their order; now and then some of one unit, kind, day and party that share a published page."""
    waiting: list[int] = []
    for n, act in enumerate(acts):
        first = acts[waiting[0]] if waiting else None
        alike = first is not None and (first.unit, first.kind, first.day, first.party) == (
            act.unit,
            act.kind,
            act.day,
            act.party,
        )
        if waiting and alike and len(waiting) < 5 and random.random() < 0.3:
            waiting.append(n)
            continue
        if waiting:
            yield waiting
        waiting = [n]
    if waiting:
        yield waiting


# ---------------------------------------------------------------- slips


class _Slips:
    """How one side writes what it knows."""

    def __init__(self, random: Random, serials: dict[tuple[int, Kind, int], int]) -> None:
        self.random, self._serials = random, serials

    def number(self, acts: Sequence[SyntheticAct], rate: float) -> str:
        """The number cell of a record: one number in some form, a range or a list; mistyped or empty at times."""
        random, act = self.random, acts[0]
        if random.random() < 0.015:
            return random.choice(("", "无", "/", "详见附件"))
        serials = [a.serial for a in acts]
        if random.random() < rate:
            serials[0] = self._mistyped(act)
        if len(serials) > 1:
            whole = serials == list(range(serials[0], serials[0] + len(serials)))
            tail = (
                f"{serials[0]}-{serials[-1]}号"
                if whole and random.random() < 0.5
                else "、".join(f"{n}号" for n in serials)
            )
            return f"{act.head}〔{act.year}〕{tail}"
        return self._form(act, serials[0])

    def _mistyped(self, act: SyntheticAct) -> int:
        """A wrong digit; nine in ten land on the number of another act."""
        random, digits = self.random, list(str(act.serial))
        highest = self._serials[act.unit, act.kind, act.year]
        for _ in range(20):
            changed = digits.copy()
            changed[random.randrange(len(digits))] = random.choice("0123456789")
            serial = int("".join(changed))
            if serial not in (act.serial, 0) and (serial <= highest or random.random() < 0.1):
                return serial
        return act.serial + 1

    def _form(self, act: SyntheticAct, serial: int) -> str:
        random, lot = self.random, self.random.random()
        head, year = act.head, act.year
        if lot < 0.55:
            return f"{head}〔{year}〕{serial}号"
        if lot < 0.992:
            opening, closing = random.choice(("[]", "【】", "（）", "()", "﹝﹞", "［］"))
            return random.choice(
                (
                    f"{head}{opening}{year}{closing}{serial}号",
                    f"{head}{opening}{year}{closing}第{serial}号",
                    f"{head}{opening}{year}{closing}{serial:03d}号",
                    f"{head} {opening} {year} {closing} {serial} 号",
                    f"{head}{year}第{serial}号",
                    f"{head}〔{year}〕{serial}",
                    f"{head}〔{year}〕{serial}号".translate(str.maketrans("0123456789", "０１２３４５６７８９")),
                )
            )
        if lot < 0.996:
            return f"{head}{year}{serial}号"  # no brackets and no 第: nobody can tell year from serial
        return f"{head.removesuffix('字')}{'' if head.endswith('字') else '字'}〔{year}〕{serial}号"

    def party(self, party: SyntheticParty, masks: bool) -> tuple[str, str]:
        """(name, code) as this side has them."""
        random = self.random
        name, code = self._name(party, masks), party.code
        lot = random.random()
        if lot < 0.15:
            code = random.choice(("", "", "无", "00000000000000000X"))
        elif lot < 0.17 and code:
            place = random.randrange(8, 17)
            code = (
                code[:place] + random.choice("0123456789") + code[place + 1 :]
            )  # damaged: its check digit no longer fits
        elif lot < 0.175 and code:
            name, code = code, name
        return name, code

    def _name(self, party: SyntheticParty, masks: bool) -> str:
        random, name = self.random, party.name
        if not party.code:
            return (
                name
                if not masks or random.random() < 0.3
                else name[0] + random.choice(("*" * (len(name) - 1), "某" * (len(name) - 1), "*"))
            )
        lot = random.random()
        if lot < 0.08:
            return name.replace("有限公司", "有限责任公司")
        if lot < 0.12:
            return name.replace("（", "(").replace("）", ")")
        if lot < 0.15 and len(name) > 9:
            return name[: random.randint(8, len(name) - 1)] + random.choice(("…", "...", ".."))
        if lot < 0.17:
            return self._misspelt(name)
        if lot < 0.20 and party.person:
            return party.person
        if lot < 0.22 and party.before:
            return party.before
        if lot < 0.24 and party.before:
            return f"{name}（原{party.before}）"
        if lot < 0.25:
            return name + "及其责任人员"
        if lot < 0.255:
            return ""
        return " ".join((name[:4], name[4:])) if lot > 0.97 else name

    def _misspelt(self, name: str) -> str:
        places = [n for n, letter in enumerate(name) if letter in _SLIPS]
        if not places:
            return name[:3] + name[4:]
        place = self.random.choice(places)
        return name[:place] + _SLIPS[name[place]] + name[place + 1 :]

    def day(self, day: date) -> date | None:
        lot = self.random.random()
        if lot < 0.02:
            return None
        if lot < 0.035:
            return day + timedelta(days=self.random.choice((-1, 1)))
        if lot < 0.04:
            return day + timedelta(days=self.random.randint(5, 60))
        return day

    def content(self, text: str) -> str:
        lot = self.random.random()
        if lot < 0.1:
            return ""
        if lot < 0.2:
            return f"决定：{text}。"
        if lot < 0.22:
            return text.replace("00元", "000元")
        return text


def _submit(slips: _Slips, world: SyntheticWorld, act: SyntheticAct, name: str) -> str:
    party, code = slips.party(act.party, masks=False)
    number = slips.number([act], 0.006)
    if slips.random.random() < 0.003:
        party, number = number, party
    world.submissions.append(
        Submission(
            id=name,
            unit=f"u{act.unit:02d}",
            kind=act.kind,
            workbook="x.xlsx",
            workbook_sha256="0" * 64,
            sheet="1",
            row=1,
            name=party,
            code=code,
            number_text=number,
            numbers=document_numbers(number),
            decided_on=slips.day(act.day),
            content=slips.content(act.content),
            received_at=at(act.day, 3),
        )
    )
    return name


def _publish(slips: _Slips, world: SyntheticWorld, acts: Sequence[SyntheticAct], name: str, portal: str) -> None:
    act = acts[0]
    party, code = slips.party(act.party, masks=True)
    number = slips.number(acts, 0.004)
    unknown = portal == "credit" and slips.random.random() < 0.05
    world.findings.append(
        Finding(
            id=name,
            portal=portal,
            row_key=name,
            content_hash="h",
            kind=None if slips.random.random() < 0.02 else act.kind,
            unit=None if unknown else f"u{act.unit:02d}",
            name=party,
            code=code,
            number_text=number,
            numbers=document_numbers(number),
            decided_on=slips.day(act.day),
            content=slips.content(act.content),
            observed_at=at(act.day, 5),
        )
    )


def at(day: date, later: int) -> datetime:
    """Midnight, `later` days after a day."""
    return datetime.combine(day + timedelta(days=later), datetime.min.time(), ZONE)

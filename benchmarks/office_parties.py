"""Parties of `benchmarks/office_pairs.py`, and how a clerk writes one: shortened, renamed, masked, with its owner."""

from dataclasses import dataclass
from random import Random

from stdnum.cn import uscc

_FAMILY = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗"
_FIRST = "建国志强秀英海燕玉兰文博晓东丽萍俊杰桂芳德明永红春梅少华立新庆云如意小平成龙美玲振宇雪琴加林正贵"
_SIGNS = "安邦百盛宝丰北辰长青诚达德源鼎新东方福满富康高升光明广源国泰海天汉唐和顺恒通宏图华宇汇丰佳和嘉禾金城锦绣"
_TRADES = (
    *("食品", "百货", "粮油", "建筑安装工程", "置业", "运输", "餐饮服务", "大药房连锁", "农业科技", "塑业", "新材料"),
    *("装饰工程", "电子商务", "物业管理", "酒店管理", "医疗器械", "劳务派遣", "教育咨询", "环境工程", "汽车维修"),
)
_FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "专业合作社", "(有限合伙)")
_PLACES = ("淮安市", "淮安", "江苏", "淮安市楚州区", "淮安区", "扬州市", "宿迁", "上海", "盐城")
_SHOPS = (
    "超市",
    "烟酒店",
    "棋牌室",
    "面馆",
    "副食品商店",
    "美容店",
    "诊所",
    "旅社",
    "汽配店",
    "网吧",
    "浴室",
    "水产摊",
)
_STREETS = ("平桥镇", "朱桥镇", "淮城街道", "河下街道", "山阳街道", "车桥镇", "施河镇")
_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Party:
    """A firm, a trader's shop with its owner, a person or a public body; `code` "" for a person."""

    name: str
    code: str = ""
    owner: str = ""
    formerly: str = ""


def parties(random: Random, count: int) -> list[Party]:
    """`count` parties; chains bring their branches with them."""
    found: list[Party] = []
    while len(found) < count:
        lot = random.random()
        if lot < 0.3:
            found.append(Party(_person(random)))
        elif lot < 0.55:
            owner = _person(random)
            sign = random.choice((_sign(random), owner, owner[1:] or owner))
            found.append(
                Party(f"淮安市淮安区{random.choice(_STREETS)}{sign}{random.choice(_SHOPS)}", _code(random, "92"), owner)
            )
        elif lot < 0.6:
            body = (
                f"淮安市淮安区{random.choice(_STREETS)}{random.choice(('中心小学', '卫生院', '幼儿园', '村民委员会'))}"
            )
            found.append(Party(body, _code(random, "12")))
        else:
            found += _firm(random)
    return found[:count]


def _firm(random: Random) -> list[Party]:
    place, trade, form = random.choice(_PLACES), random.choice(_TRADES), random.choice(_FORMS)
    name = f"{place}{_sign(random)}{trade}{form}"
    formerly = f"{place}{_sign(random)}{trade}{form}" if random.random() < 0.06 else ""
    branches = random.randint(2, 6) if random.random() < 0.04 else 0
    return [
        Party(name, _code(random, "91"), formerly=formerly),
        *(
            Party(f"{name}{_sign(random)}{random.choice(('店', '分公司'))}", _code(random, "91"))
            for _ in range(branches)
        ),
    ]


def _person(random: Random) -> str:
    place = random.randrange(len(_FIRST) - 1)
    return random.choice(_FAMILY) + _FIRST[place : place + random.choice((1, 2, 2))]


def _sign(random: Random) -> str:
    return "".join(random.sample(_SIGNS, random.choice((2, 2, 3))))


def _code(random: Random, kind: str) -> str:
    body = f"{kind}3208{random.choice(('03', '00', '12'))}MA" + "".join(random.choice(_SYMBOLS) for _ in range(7))
    return body + uscc.calc_check_digit(body)


def written(random: Random, party: Party, care: float, *, masks: bool) -> tuple[str, str]:
    """(name, code) as a clerk writes them; the careless leave codes out and mistype them."""
    name, code = _name(random, party, care, masks), party.code
    lot = random.random()
    if lot < 0.05 * care:
        code = ""
    elif lot < 0.062 * care and code:
        place = random.randrange(2, len(code))
        code = code[:place] + random.choice(_SYMBOLS) + code[place + 1 :]
    elif lot < 0.066 * care and code:
        code = code[:-1]
    return name, code


def _name(random: Random, party: Party, care: float, masks: bool) -> str:
    name, lot = party.name, random.random()
    if not party.code:
        return _masked(random, name) if masks and random.random() < 0.6 else name
    if party.owner and lot < 0.12:
        return random.choice((party.owner, f"{name}（{party.owner}）", f"{party.owner}（{name}）"))
    if party.formerly and lot < 0.25:
        return random.choice((party.formerly, f"{name}（原{party.formerly}）"))
    if lot < 0.02 * care:
        return _shortened(random, name)
    if lot < 0.03 * care:
        place = random.randrange(len(name))
        return random.choice(
            (name[:place] + name[place + 1 :], name[:place] + random.choice(_SIGNS) + name[place + 1 :])
        )
    return name.replace("有限公司", "有限责任公司") if lot > 0.96 else name


def _masked(random: Random, name: str) -> str:
    hidden = len(name) - 1
    return name[0] + random.choice(("*" * hidden, "某" * hidden, "某", "**", "＊" * hidden))


def _shortened(random: Random, name: str) -> str:
    for place in _PLACES:
        if name.startswith(place) and random.random() < 0.6:
            return name[len(place) :]
    return name.replace("有限公司", "").replace("股份", "") if random.random() < 0.7 else name[: max(len(name) - 4, 4)]

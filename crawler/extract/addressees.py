"""Whom a letter is about: the party that a label names, that the letter addresses, or that its title names.

A letter addresses its party on a line of its own, above the sentence that speaks to it (某公司：/你公司…) or tells
of its application (…收悉). An office that asked on behalf of a firm is not the party: 省海洋局：… 同意某公司使用海域.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from crawler.extract.letter_heads import below_heading, named_by_labels, of_form, of_particulars, several_at_the_top
from crawler.extract.party_names import A_FIRM, A_PERSON, ABOUT_IT, CITIZEN, COMPANY, PLACE, ROLE
from crawler.extract.titled_parties import granted_to, is_office

_SALUTED = re.compile(
    rf"(?:主送(?:单位|机关)?[：:])?(?P<name>(?!各|[^：:]*〔(?:19|20)\d\d〕)[^：:，,。；;、]{{2,39}}(?:公司|集团|店|厂|部|行|社|站|场|馆|园|院|校|大学|中学|小学|所|会|中心|户|经营者|局|厅|处|委"
    rf"|政府|街道办|社区|村|基地|码头|矿|库|寺|段|队|台|团|室|房){PLACE})(?:\((?:统一社会信用代码|社会信用代码|法定代表人|以下|下称)[^()]{{0,80}}\))?[：:]"
)
_TOWN = re.compile(r"(?P<name>(?!各)[\u4e00-\u9fff]{1,15}(?P<kind>镇|乡|街道|县|市|区|州|盟|旗))[：:]")
_OFFICE_NAME = r"(?!各)[\u4e00-\u9fff()]{2,30}(?:局|厅|委|委员会|政府|办公室|中心)"
_OFFICE_ALONE = re.compile(_OFFICE_NAME)
_OFFICES = re.compile(rf"(?P<names>{_OFFICE_NAME}(?:[、，,]{_OFFICE_NAME}){{1,3}})[：:]")
_YOU_BOTH = re.compile(r"^你们[^。]{2,200}?悉[。，,；]")
_YOUR_OFFICE = re.compile(r"^你(?:单位|局|厅|委|办|中心|[省市县区州盟旗乡镇])[^。]{2,200}?悉[。，,；]")
_MASKED = re.compile(
    rf"(?:公民)?(?P<name>(?<=公民)[\u4e00-\u9fff·]{{2,5}}|[\u4e00-\u9fff]{{1,2}}[某*＊×]{{1,3}}[\u4e00-\u9fff]?){ROLE}[：:]"
)
_PERSON = re.compile(rf"(?P<name>{CITIZEN})(?:先生|女士|同志)?{ROLE}[：:]")
_ONE_OF = rf"(?:公民)?(?:{A_PERSON})|{A_FIRM}"
_TOGETHER = re.compile(rf"(?P<names>(?:{_ONE_OF})(?:[、，,](?:{_ONE_OF})){{1,4}})[：:]")
_TO_BOTH = re.compile(r"^[^。；;]{0,100}?你(?:们|[二两三四]人)")
_SECTION = re.compile(r"[一1][、.．][^。；：:，,]{2,25}")  # a heading between whom a letter addresses and what it says
_SPOKEN_TO = re.compile(
    r"^经(?:调?查|查明|查实|调查核实)[，,]你(?!们)|^你(?:于|提交|提出|报来|报送|申请|所?递交|向)|^[我本](?:局|机关|委|厅)[^。；：:]{1,60}对你"
)
_FIRM_ALONE = re.compile(r"([\u4e00-\u9fff（()）]{2,36}(?:公司|合作社|商行|超市|[厂店]))")
_CODE_FIRST = re.compile(r"^(?:统一)?社会信用代码")
_ABOUT_PERSON = re.compile(r"^(?:(?:居民)?身份证|公民身份号码|性别)")
_YOU = re.compile(
    r"^你|^关于你|^[我本](?:局|机关|委|厅)[^：:]{1,150}?(?:立案|调查)。经(?:调?查|查明)[，,]?你|^[我本][^。；：:]{1,60}你(?!方?们)|^《[^。；]{1,120}》[^。；：:]{0,30}你|^[^。]{1,150}现同意你"
    r"|^经(?:调?查|查明|查实|调查核实)[，,：:][^。；：:]{0,30}你(?:单位|公司|厂|店|社|司|局|\(单位\))"
)  # 我局于某日收到你单位…
_YOURS = re.compile(r"^你(?:单位|公司|厂|店|社|司)")
_APPLIED = re.compile(
    r"^(?:本机关|本单位|我[局厅委])[^。；：:，,]{0,20}?(?:受理|收到)了?"
    r"(?P<name>(?!你|关于)[\u4e00-\u9fff()]{2,40}?(?:公司|集团|合作社|医院|学校|幼儿园|[厂店]))(?:提出|提交|报送|申报|申请)"
)
_ASKED = re.compile(r"^[^。]{2,200}?悉[。，,；]")
_RUN_ON = re.compile(r"(?<=[司团店厂部行社站场馆园院校学所会心户局厅处委府地][：:])(?=你)")  # 某公司：你公司…
_NUMBERED = re.compile(
    r"^[^：:，,。；;、〔]{1,20}〔(?:19|20)\d\d〕\d+号(?=[^：:，,。；;、〔]{2,40}[：:]$)"
)  # glued to it
_GRANTS_TO_WHOM = re.compile(r"^(?:根据|依据|依照|按照|经)[^。]{2,300}?(?:同意|准予|批准|核准)")
_TO_YOU = re.compile(r"你(?:单位|公司|厂|院|校|店|行|社|站|园|中心|集团|委|部|局|所|户)")
_TO_A_FIRM = re.compile(rf"(?:同意|准予|批准|核准)[“\"]?{COMPANY}")


def party_of_letter(title: str, lines: Sequence[str], decided: str, authority: str = "") -> str:
    """The one party that a label names, else whom the letter addresses, else the firm that its title grants to.

    "" for several and for none; but parties that its head names each under its label are one a line, and so are offices
    that are answered together (甲局、乙局：你们…收悉).
    `decided`: what the letter decides, as quoted; an office that is told what a firm may do is not the party.
    `authority`: who signs; without it an office's name above the letter may be its own.
    """
    if several := several_at_the_top(lines):
        return "\n".join(several)
    named = set(named_by_labels(lines))
    if any(re.search("[：:]", name) for name in named):
        return ""  # it says more than a name
    named = named or of_form(lines) or of_particulars(lines) or below_heading(lines)
    if not named:
        lines = [part for line in lines for part in _RUN_ON.sub("\\n", _NUMBERED.sub("", line)).split("\n")]
        addressed = _addressed(lines) or _offices(lines, authority)
        named = {who for who in addressed if not (is_office(who) and _TO_A_FIRM.search(decided))}
    if not named:
        named = granted_to(title, {match["name"] for line in lines if (match := _SALUTED.fullmatch(line))})
    return named.pop() if len(named) == 1 else ""


def addresses(line: str, after: str) -> bool:
    """Whether a line addresses somebody whom the next one speaks to."""
    return bool(_SALUTED.fullmatch(line) and _YOU.search(after))


def _offices(lines: Sequence[str], authority: str) -> list[str]:
    """Several whom one line addresses; offices that a reply answers: a town by its bare name, one without a colon."""
    found = []
    for line, after in pairwise(lines):
        if (town := _TOWN.fullmatch(line)) and after.startswith(f"你{town['kind']}"):
            found.append(town["name"])
        elif (several := _OFFICES.fullmatch(line)) and _YOU_BOTH.search(after):
            found.append("\n".join(re.split("[、，,]", several["names"])))
        elif (both := _TOGETHER.fullmatch(line)) and _TO_BOTH.search(after):
            found.append("\n".join(name.removeprefix("公民") for name in re.split("[、，,]", both["names"])))
        elif _OFFICE_ALONE.fullmatch(line) and _YOUR_OFFICE.search(after) and _is_other(line, authority):
            found.append(line)
    return found


def _is_other(office: str, authority: str) -> bool:
    """Whether an office is surely not the one that signs."""
    return bool(authority) and office not in authority and authority not in office


def _addressed(lines: Sequence[str]) -> list[str]:
    said = [line for line in lines if not _SECTION.fullmatch(line)]
    spoken_to = [party for line, after in pairwise(said) if (party := _by_next_line(line, after))]
    return spoken_to or [
        *(_told_of_a_licence(lines)),
        *(match["name"] for line in lines if (match := _APPLIED.search(line))),
        *(line for place, line in enumerate(lines) if _FIRM_ALONE.fullmatch(line) and _has_code(lines[place + 1 :])),
    ]


def _by_next_line(line: str, after: str) -> str:
    """Whom a line addresses, by what the next says: 某公司：/你单位…, 张某：/你…, 某公司：/社会信用代码…; else ""."""
    if (match := _SALUTED.fullmatch(line) or _MASKED.fullmatch(line)) and (
        _YOU.search(after) or ABOUT_IT.search(after)
    ):
        return match["name"]
    if (match := _SALUTED.fullmatch(line)) and _ASKED.search(after):
        return match["name"]
    if _FIRM_ALONE.fullmatch(line) and _YOURS.search(after):
        return line
    spoken_to = _SPOKEN_TO.search(after) or _ABOUT_PERSON.search(after)
    return match["name"] if (match := _PERSON.fullmatch(line)) and spoken_to else ""


def _told_of_a_licence(lines: Sequence[str]) -> list[str]:
    """Whom a letter addresses that opens with what it grants, and only then says 你单位."""
    return [
        match["name"]
        for place, line in enumerate(lines[:-1])
        if (match := _SALUTED.fullmatch(line))
        and _GRANTS_TO_WHOM.search(lines[place + 1])
        and any(map(_TO_YOU.search, lines[place + 1 :]))
    ]


def _has_code(below: Sequence[str]) -> bool:
    """Whether the lines right below a name tell of it, and one of them its code."""
    for line in below:
        if _CODE_FIRST.search(line):
            return True
        if not ABOUT_IT.search(line):
            return False
    return False

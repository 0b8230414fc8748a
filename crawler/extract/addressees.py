"""Whom a letter is about: the party that a label names, that the letter addresses, or that its title names.

A letter addresses its party on a line of its own, above the sentence that speaks to it (某公司：/你公司…) or tells
of its application (…收悉). An office that asked on behalf of a firm is not the party: 省海洋局：… 同意某公司使用海域.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from core.domain.labels import canonical
from core.domain.text import tight
from crawler.extract.lines import labelled_lines
from crawler.extract.parties import NO_NAMES, is_name

_CUT = re.compile(
    r"[，,。；;]|性别[：:]?[男女]|[（(](?:以下|下称|统一社会信用代码|身份证)"
    r"|[（(]?(?:(?:居民)?身份证(?:件)?号码?|公民身份号码|证件号码|出生(?:日期|年月)|民族|年龄|职务|住址|住所|地址|(?:联系)?电话|(?:统一)?社会信用代码|法定代表人|主体资格(?:证照)?名称|证照名称|组成形式|经营者|投资人|负责人|经营场所)[：:]"
)
_ROLE = r"(?:[(（][^()（）]{0,8}(?:户|人|者|主)[)）])?"  # what somebody is, behind the name
_PLACE = r"(?:[(（][\u4e00-\u9fff]{2,6}(?:村|镇|乡|社区|街道)[)）])?"
_SALUTED = re.compile(
    rf"(?:主送(?:单位|机关)?[：:])?(?P<name>(?!各|[^：:]*〔(?:19|20)\d\d〕)[^：:，,。；;、]{{2,39}}(?:公司|集团|店|厂|部|行|社|站|场|馆|园|院|校|大学|中学|小学|所|会|中心|户|经营者|局|厅|处|委"
    rf"|政府|街道办|社区|村|基地|码头|矿|库|寺|段|队|台|团|室|房){_PLACE})(?:\((?:统一社会信用代码|社会信用代码|法定代表人|以下|下称)[^()]{{0,80}}\))?[：:]"
)
_TOWN = re.compile(r"(?P<name>(?!各)[\u4e00-\u9fff]{1,15}(?P<kind>镇|乡|街道|县|市|区|州|盟|旗))[：:]")
_OFFICE_NAME = r"(?!各)[\u4e00-\u9fff()]{2,30}(?:局|厅|委|委员会|政府|办公室|中心)"
_OFFICE_ALONE = re.compile(_OFFICE_NAME)
_OFFICES = re.compile(rf"(?P<names>{_OFFICE_NAME}(?:[、，,]{_OFFICE_NAME}){{1,3}})[：:]")
_YOU_BOTH = re.compile(r"^你们[^。]{2,200}?悉[。，,；]")
_YOUR_OFFICE = re.compile(r"^你(?:单位|局|厅|委|办|中心|[省市县区州盟旗乡镇])[^。]{2,200}?悉[。，,；]")
_MASKED = re.compile(
    rf"(?:公民)?(?P<name>(?<=公民)[\u4e00-\u9fff·]{{2,5}}|[\u4e00-\u9fff]{{1,2}}[某*＊×]{{1,3}}[\u4e00-\u9fff]?){_ROLE}[：:]"
)
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜"
    "崔谭陆汪范金石廖贾韦夏付方邹熊白孟秦邱侯江尹薛闫雷龙史陶贺毛段郝顾龚邵万覃武钱戴严莫孔向汤温康施洪"
    "傅皮卞齐伍卜萧穆祁禹狄臧茅庞纪舒屈祝阮蓝闵季娄童颜梅盛刁骆樊凌霍虞柯昝缪郁杭诸左吉邢裴荣翁荀甄储靳焦巴隗宓仲"
    "伊宫宁仇栾厉戎祖符詹幸黎薄蒲卓蔺屠池乔胥闻莘翟冉雍桑桂濮牛扈燕冀浦尚庄晏柴瞿阎慕茹艾戈耿匡寇欧聂晁敖阚饶鞠丰巢荆竺"
    "桓辜苟岳苗宛佟嵇钮滑芮羿汲邴糜牧邰郏俞"
)
_PERSON = re.compile(rf"(?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})(?:先生|女士|同志)?{_ROLE}[：:]")
_A_PERSON = rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}|[\u4e00-\u9fff][某*＊×xX]{{1,3}}[\u4e00-\u9fff]?"
_A_FIRM = (
    r"[\u4e00-\u9fff()]{2,36}(?:公司|集团|合作社|商行|超市|酒店|宾馆|饭店|门诊部|诊所|医院|网吧|会所|[厂店场矿部])"
)
_ONE_OF = rf"(?:公民)?(?:{_A_PERSON})|{_A_FIRM}"
_TOGETHER = re.compile(rf"(?P<names>(?:{_ONE_OF})(?:[、，,](?:{_ONE_OF})){{1,4}})[：:]")
_TO_BOTH = re.compile(r"^[^。；;]{0,100}?你(?:们|[二两三四]人)")
_WITHOUT_COLON = re.compile(  # a form's line, its blanks gone
    rf"被处罚(?:人|单位)(?:姓名|名称)(?P<filled>{_A_PERSON}|{_A_FIRM})(?:(?:性别|法定代表人|出生日期|地址|住址|职务)[^。]{{0,60}})?"
    rf"|当事人(?P<told>{_A_PERSON}|{_A_FIRM})[，,][男女][，,][^：:]*"
    rf"|当事人\([^()]{{2,10}}\)(?P<role>{_A_FIRM})"
)
_PARTICULARS = re.compile(r"(?:[一二三]、)?当事人(?:的)?(?:基本)?(?:情况|信息)[：:]?")
_BELOW_THEM = re.compile(
    rf"(?P<name>{_A_PERSON})[，,][男女][，,][^：:].*|(?P<firm>{_A_FIRM})[，,](?:统一社会信用代码|法定代表人|住所|地址)[为是]?[：:].*"
)
_HEADS_A_LETTER = re.compile(r"[^，。；：:]{0,40}(?:决定书|〔(?:19|20)\d\d〕第?\d+号)")
_FIRM_OF_WHOM = re.compile(rf"(?P<name>{_A_FIRM})[，,]法定代表人[为是]?[：:].*")
_SHORT_NAME = r"[（(](?:以下)?简称[：:]?[“”\"]?[^（）()“”\"\n]{2,20}[“”\"]?[）)]"
_EACH_UNDER = frozenset({"当事人", "被处罚人", "被处罚单位", "受处罚人"})
_OF_EACH = re.compile(rf"(?:{'|'.join(sorted(_EACH_UNDER))})[：:]")
_NAMED_FIRM = re.compile(rf"名称[：:](?P<name>{_A_FIRM})")
_SECTION = re.compile(r"[一1][、.．][^。；：:，,]{2,25}")  # a heading between whom a letter addresses and what it says
_SPOKEN_TO = re.compile(
    r"^经(?:调?查|查明|查实|调查核实)[，,]你(?!们)|^你(?:于|提交|提出|报来|报送|申请|所?递交|向)|^[我本](?:局|机关|委|厅)[^。；：:]{1,60}对你"
)
_FIRM_ALONE = re.compile(r"([\u4e00-\u9fff（()）]{2,36}(?:公司|合作社|商行|超市|[厂店]))")
_WHO_RUNS_IT = re.compile(r"^(?:(?:统一)?社会信用代码|法定代表人|负责人|经营者|投资人)")
_CODE_FIRST = re.compile(r"^(?:统一)?社会信用代码")
_ABOUT_PERSON = re.compile(r"^(?:(?:居民)?身份证|公民身份号码|性别)")
_ABOUT_IT = re.compile(
    r"^(?:(?:统一)?社会信用代码|营业执照|法定代表人|负责人|经营者|投资人|承租人|住所|住址|地址|(?:居民)?身份证|公民身份号码|性别)"
)
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
_OFFICE = re.compile(r"(?:局|厅|委|委员会|政府|处|部|镇|乡|街道|[县市区州盟旗])$")
_FIRM = r"[\u4e00-\u9fff()]{2,40}?(?:公司|集团|合作社|银行)"
_BRANCH = r"[\u4e00-\u9fff()]{0,20}?(?:[分支]公司|[分支]行|[分支]店|分厂|营业部|加油站|项目部)"
_TO_A_FIRM = re.compile(rf"(?:同意|准予|批准|核准)[“\"]?{_FIRM}")
_SEVERAL = re.compile(r"(?:公司|集团|银行)[与和及]|公司.")
_GRANTED_TO = re.compile(
    rf"[^，。；：:]{{0,30}}关于(?:同意|准予|批准|核准|许可)?(?P<name>(?!同意|准予|批准|核准|许可|[对给在]){_FIRM})(?!{_BRANCH})"
    rf"(?![^，。]*(?:公司|集团|银行))(?![与和及、]|等\d*[家个户])[^，。；：:]{{2,80}}(?:批复|许可决定书?|审[批查核]意见|审核同意书|复函|的函)"
)
_TITLED = re.compile(
    r"(?:关于)?(?:对|给予)?(?P<name>(?:(?![关于对、]|局|委员会|政府|办公室|监管)[\u4e00-\u9fff()·]){2,40}?"
    r"(?:公司|集团|合作社|银行|[支分]行|营业部|经营部|商行|超市|酒店|宾馆|饭店|餐厅|药房|药店|医院|卫生院|门诊部|诊所|网吧|加油站|厂))"
    r"(?:的|作出|[_—-])?[(]?行政(?:处罚|许可)(?!工作)"
)
_NOT_ITS_NAME = (
    "销售|生产|经营(?!部)|使用|侵犯|假冒|冒用|未|擅自|违[反法]|举报|投诉|涉嫌|关于|员工"
    "|[在向为从由与和及给对的被将某案诉]"
)
_DID = (
    "(?:未|擅自|违[反法规]|经营|销售|生产|使用|发布|超[出过]|无[证照]|不按|非法|拒不|虚假|伪造|转让|出租|允许"
    "|采[购用]|购进)"
)
_SHOP = "(?:公司|合作社|经营部|商行|超市|药房|酒店|宾馆|饭店|餐厅|网吧|医院|诊所|门诊部|加油站|[厂店])"
_CASE = re.compile(
    rf"(?P<name>(?:(?!{_NOT_ITS_NAME})[\u4e00-\u9fff()]){{2,36}}{_SHOP})(?:\([^()]{{2,8}}\))?(?:涉嫌)?{_DID}"
    rf"(?![^，。]*{_SHOP}{_DID})[^，。；：:]{{2,60}}案"
)
_OF_TWO = re.compile(
    rf"公司(?!{_BRANCH}$|[\u4e00-\u9fff()]{{1,12}}[店厂部站]$).|公司.*(?:举报|投诉|起诉|[与和及诉])|[店厂吧站][与和及]"
)
_ENTITLED = re.compile(r"【(?:单位|企业|法人)】(?P<name>[\u4e00-\u9fff()·]{2,36}(?:公司|集团|合作社|厂|店|商行|超市))")


def party_of_letter(title: str, lines: Sequence[str], decided: str, authority: str = "") -> str:
    """The one party that a label names, else whom the letter addresses, else the firm that its title grants to.

    "" for several and for none; but parties that its head names each under its label are one a line, and so are offices
    that are answered together (甲局、乙局：你们…收悉).
    `decided`: what the letter decides, as quoted; an office that is told what a firm may do is not the party.
    `authority`: who signs; without it an office's name above the letter may be its own.
    """
    labelled = labelled_lines("\n".join(lines))
    if several := _at_the_top(lines):
        return "\n".join(several)
    named = {_name_of(value) for label, value in labelled if canonical(label) == "name"} - {"", *NO_NAMES}
    if any(re.search("[：:]", name) for name in named):
        return ""  # it says more than a name
    named = named or _of_form(lines) or _of_particulars(lines)
    if not named:
        lines = [part for line in lines for part in _RUN_ON.sub("\\n", _NUMBERED.sub("", line)).split("\n")]
        addressed = _addressed(lines) or _offices(lines, authority)
        named = {who for who in addressed if not (_OFFICE.search(who) and _TO_A_FIRM.search(decided))}
    if not named:
        named = _granted_to(title, lines)
    return named.pop() if len(named) == 1 else ""


def _name_of(value: str) -> str:
    """What a label of a party says before it says more of the party."""
    return _CUT.split(value)[0].rstrip("、")


def addresses(line: str, after: str) -> bool:
    """Whether a line addresses somebody whom the next one speaks to."""
    return bool(_SALUTED.fullmatch(line) and _YOU.search(after))


def party_of_title(title: str) -> str:
    """The one firm that a decision's title opens with (关于某公司的行政处罚公示) or is (【单位】某公司), else ""."""
    match = _TITLED.match(tight(title)) or _ENTITLED.fullmatch(tight(title))
    return match["name"] if match and not _OF_TWO.search(match["name"]) else ""


def party_of_case(name: str) -> str:
    """The one firm that a case is named after, which did it (某店经营超过保质期食品案), else ""."""
    match = _CASE.fullmatch(tight(name))
    return match["name"] if match else ""


def _granted_to(title: str, lines: Sequence[str]) -> set[str]:
    """The firms that titles grant something to (关于准予某公司…的批复), where none but an office is addressed."""
    saluted = {match["name"] for line in lines if (match := _SALUTED.fullmatch(line))}
    titled = [match["name"] for line in map(tight, title.splitlines()) if (match := _GRANTED_TO.match(line))]
    firms = {name for name in titled if not _SEVERAL.search(name)}
    return firms if all(_OFFICE.search(who) or who in firms for who in saluted) else set()


def _at_the_top(lines: Sequence[str]) -> list[str]:
    """The several parties that a letter's head names, each under its own 当事人, before it says anything; else [].

    Each with the short name that the letter gives it, in its brackets (某甲公司（以下简称某甲）).
    """
    said = next((n for n, line in enumerate(lines) if "。" in _without_stop(line)), len(lines))
    labelled = labelled_lines("\n".join(lines[:said]))
    names = [_name_of(value) for label, value in labelled if tight(label) in _EACH_UNDER]
    below = [label for label, _ in labelled_lines("\n".join(lines[said:])) if tight(label) in _EACH_UNDER]
    if not (len(set(names)) == len(names) > 1 and all(map(is_name, names))) or below:
        return []
    text = "\n".join(lines)
    short = (re.search(re.escape(name) + _SHORT_NAME, text) for name in names)
    return [match[0] if match else name for name, match in zip(names, short, strict=True)]


def _without_stop(line: str) -> str:
    """A line; without the full stop that one of a party's particulars ends with."""
    return line.removesuffix("。") if _OF_EACH.match(line) else line


def _of_form(lines: Sequence[str]) -> set[str]:
    """Whom a form's lines name without their colons (被处罚人姓名 某某 性别 男), or as 名称：某公司 above its code."""
    forms = filter(None, map(_WITHOUT_COLON.fullmatch, lines))
    named = {match["filled"] or match["told"] or match["role"] for match in forms}
    above = {
        m["name"]
        for line, after in pairwise(lines)
        if (m := _NAMED_FIRM.fullmatch(line)) and _WHO_RUNS_IT.search(after)
    }
    return named or above


def _of_particulars(lines: Sequence[str]) -> set[str]:
    """Who stands below 当事人基本情况, or in a letter's first line with who stands for it (某公司，法定代表人：…)."""
    named = set()
    for line, after in pairwise(lines):
        if _PARTICULARS.fullmatch(line) and (match := _BELOW_THEM.fullmatch(after)):
            named.add(match["name"] or match["firm"])
        elif _HEADS_A_LETTER.fullmatch(line) and (match := _FIRM_OF_WHOM.fullmatch(after)):
            named.add(match["name"])
    alike = [line for line in lines if _BELOW_THEM.fullmatch(line) or _FIRM_OF_WHOM.fullmatch(line)]
    return named if len(alike) == 1 else set()


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
        _YOU.search(after) or _ABOUT_IT.search(after)
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
        if not _ABOUT_IT.search(line):
            return False
    return False

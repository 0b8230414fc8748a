"""Whom a paper's head names: under labels, in a form's lines without their colons, right below its heading."""

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

from core.domain.labels import canonical
from core.domain.text import tight
from crawler.extract.lines import labelled_lines
from crawler.extract.parties import NO_NAMES, is_name
from crawler.extract.party_names import A_FIRM, A_PERSON, ABOUT_IT, PLACE, ROLE

_CUT = re.compile(
    r"[，,。；;]|性别[：:]?[男女]|[（(](?:以下|下称|统一社会信用代码|身份证)"
    r"|[（(]?(?:(?:居民)?身份证(?:件)?号码?|公民身份号码|证件号码|出生(?:日期|年月)|民族|年龄|职务|住址|住所|地址|(?:联系)?电话|(?:统一)?社会信用代码|法定代表人|主体资格(?:证照)?名称|证照名称|组成形式|经营者|投资人|负责人|经营场所)[：:]"
)
_WITHOUT_COLON = re.compile(  # a form's line, its blanks gone
    rf"被处罚(?:人|单位)(?:姓名|名称)(?P<filled>{A_PERSON}|{A_FIRM})(?:(?:性别|法定代表人|出生日期|地址|住址|职务)[^。]{{0,60}})?"
    rf"|当事人(?P<told>{A_PERSON}|{A_FIRM})[，,][男女][，,][^：:]*"
    rf"|当事人\([^()]{{2,10}}\)(?P<role>{A_FIRM})"
    rf"|当事人(?P<short>{A_FIRM})(?:\((?:以下|下称)?简称[^()]*\))?[，,](?:统一社会信用代码|法定代表人|住所|地址|经营场所)[^。]{{0,120}}。?"
)
_PARTICULARS = re.compile(r"(?:[一二三]、)?当事人(?:的)?(?:基本)?(?:情况|信息)[：:]?")
_BELOW_THEM = re.compile(
    rf"(?P<name>{A_PERSON})[，,][男女][，,][^：:].*|(?P<firm>{A_FIRM})[，,](?:统一社会信用代码|法定代表人|住所|地址)[为是]?[：:].*"
)
_HEADS_A_LETTER = re.compile(
    r"[^，。；：:]{0,40}(?:决定书|[〔\[【（(](?:19|20)\d\d[〕\]】）)]字?第?[\dA-Za-z-]{1,12}(?:\([^()]{1,3}\))?号)"
)
_NAME_ALONE = re.compile(rf"(?P<name>(?:{A_FIRM}){PLACE}|{A_PERSON}){ROLE}[：:]?")
_NAME_FIRST = re.compile(rf"(?P<name>{A_FIRM}|{A_PERSON})(?:[，,（(;；].*)?")
_FIRM_OF_WHOM = re.compile(rf"(?P<name>{A_FIRM})[，,]法定代表人[为是]?[：:].*")
_SHORT_NAME = r"[（(](?:以下)?简称[：:]?[“”\"]?[^（）()“”\"\n]{2,20}[“”\"]?[）)]"
_EACH_UNDER = frozenset({"当事人", "被处罚人", "被处罚单位", "受处罚人"})
_OF_EACH = re.compile(rf"(?:{'|'.join(sorted(_EACH_UNDER))})[：:]")
_NAMED_FIRM = re.compile(rf"名称[：:](?P<name>{A_FIRM})")
_CODE_FIRST = re.compile(r"^(?:统一)?社会信用代码")
_WHO_RUNS_IT = re.compile(r"^(?:(?:统一)?社会信用代码|法定代表人|负责人|经营者|投资人)")
_IDENTIFIES = re.compile(rf"{_WHO_RUNS_IT.pattern}|^(?:居民)?身份证|^公民身份")  # an address alone does not


def named_by_labels(lines: Sequence[str]) -> list[str]:
    """What labels of a party name, each once; also the line below a label that nothing stands behind (当事人：)."""
    labelled = labelled_lines("\n".join(lines))
    named = [_name_of(value) for label, value in labelled if canonical(label) == "name"]
    below = [_name_below(line, after) for line, after in pairwise(lines[: _first_sentence(lines) + 1])]
    return list(dict.fromkeys(name for name in (*named, *below) if name and name not in NO_NAMES))


def _name_below(label: str, after: str) -> str:
    if not label.endswith(("：", ":")) or canonical(label) != "name" or canonical(after.rstrip("：:")):
        return ""
    match = _NAME_FIRST.fullmatch(after)
    return match["name"] if match else ""


def below_heading(lines: Sequence[str]) -> set[str]:
    """Who stands alone right below a paper's heading or number, above particulars; none where two do."""
    alone = [
        match["name"]
        for place, (line, after) in enumerate(pairwise(lines))
        if _HEADS_A_LETTER.fullmatch(line)
        and (match := _NAME_ALONE.fullmatch(after))
        and any(map(_IDENTIFIES.search, takewhile(ABOUT_IT.search, lines[place + 2 :])))
    ]
    return set(alone) if len(alone) == 1 else set()


def several_at_the_top(lines: Sequence[str]) -> list[str]:
    """The several parties that a letter's head names, each under its own 当事人, before it says anything; else [].

    Each with the short name that the letter gives it, in its brackets (某甲公司（以下简称某甲）).
    """
    said = _first_sentence(lines)
    labelled = labelled_lines("\n".join(lines[:said]))
    names = [_name_of(value) for label, value in labelled if tight(label) in _EACH_UNDER]
    below = [label for label, _ in labelled_lines("\n".join(lines[said:])) if tight(label) in _EACH_UNDER]
    if not (len(set(names)) == len(names) > 1 and all(map(is_name, names))) or below:
        return []
    text = "\n".join(lines)
    short = (re.search(re.escape(name) + _SHORT_NAME, text) for name in names)
    return [match[0] if match else name for name, match in zip(names, short, strict=True)]


def _first_sentence(lines: Sequence[str]) -> int:
    """The number of the line with which a letter begins to say something, below its head."""
    return next((n for n, line in enumerate(lines) if "。" in _without_stop(line)), len(lines))


def _without_stop(line: str) -> str:
    """A line; without the full stop that one of a party's particulars ends with."""
    return line.removesuffix("。") if _OF_EACH.match(line) else line


def of_form(lines: Sequence[str]) -> set[str]:
    """Whom a form's lines name without their colons (被处罚人姓名 某某 性别 男), or as 名称：某公司 above its code."""
    forms, said = filter(None, map(_WITHOUT_COLON.fullmatch, lines)), _first_sentence(lines)
    named = {match["filled"] or match["told"] or match["role"] or match["short"] for match in forms}
    above = {
        m["name"]
        for place, (line, after) in enumerate(pairwise(lines))
        if (m := _NAMED_FIRM.fullmatch(line)) and (_CODE_FIRST if place > said else _WHO_RUNS_IT).search(after)
    }
    return named or above


def of_particulars(lines: Sequence[str]) -> set[str]:
    """Who stands below 当事人基本情况, or in a letter's first line with who stands for it (某公司，法定代表人：…)."""
    named = set()
    for line, after in pairwise(lines):
        if _PARTICULARS.fullmatch(line) and (match := _BELOW_THEM.fullmatch(after)):
            named.add(match["name"] or match["firm"])
        elif _HEADS_A_LETTER.fullmatch(line) and (match := _FIRM_OF_WHOM.fullmatch(after)):
            named.add(match["name"])
    alike = [line for line in lines if _BELOW_THEM.fullmatch(line) or _FIRM_OF_WHOM.fullmatch(line)]
    return named if len(alike) == 1 else set()


def _name_of(value: str) -> str:
    """What a label of a party says before it says more of the party."""
    return _CUT.split(value)[0].rstrip("、")

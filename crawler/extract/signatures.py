"""Who decided and when, by a letter's end (落款): an authority's name above or beside a day."""

import re
from collections.abc import Sequence
from itertools import pairwise

from core.domain.text import parse_day, tight

DAY = (
    r"(?:(?:19|20)\d\d|[二〇○零O0一三四五六七八九]{4})年"
    r"[\d〇○零一二三四五六七八九十]{1,2}月[\d〇○零一二三四五六七八九十]{1,3}日"
)
BODY = (
    r"[\u4e00-\u9fff（()）]{2,40}(?:局|委员会|管委会|监会|委|厅|部|总署|海关|政府|办公室|大队|支队|总队|管理处|办事处|海事处"
    r"|中心|所|院)"
)
_BODY = re.compile(BODY)
_SIGNED = re.compile(rf"(?P<who>[^：:]*?)(?P<day>{DAY})")
_STAMP = re.compile(r"[（(][^（()）]{0,12}章[)）]")
_SHORT = re.compile(r"[省县区州盟旗]|市(?![场政容])")  # 县行政审批局: of which county, its site says
_PASSED_ON = re.compile(r"转发|批转|印发|关于|收到|作出|开出|发出|不服|公司")
_HEADS = re.compile(rf"(?P<who>{BODY})(?:文件)?")
_HEADED = re.compile(r"关于|[^，。；：:]{0,20}决定书$|[^，。；：:]{2,20}〔(?:19|20)\d\d〕\d+号$")
_TITLES = re.compile(
    r"(?:[^，。；：:〔\[【]{2,20}[〔\[【](?:19|20)\d\d[〕\]】]\d+号《?)?"
    rf"(?P<who>{BODY})(?:关于[^，。；：:]{{2,90}}(?:批复|许可决定书?|处罚决定书?|意见|复函|的函|同意书)》?|[^，。；：:局委厅]{{0,16}}决定书"
    r"[^，。；：:]{0,60})"
)
_BROKEN = re.compile(r"(?!关于)[^，。；：:]{0,12}(?:批复|许可决定书?|复函|同意书)")  # a title's second line
_TOP = 8  # lines; further down a paper cites others' titles
_FOOT = re.compile(r"[(（]?此件|主题词|抄送|抄报")
_ENDED = re.compile(r"。$|^(?:特?此复|特此(?:批复|函复|决定))。?$")
_REMEDIES = re.compile(r"复议|诉讼|强制执行|发生法律效力|一式")  # what a penalty ends with
_AT_ADDRESS = re.compile(
    rf"(?:联系|本机关)?地址[：:][^：:。]{{2,60}}?(?<!\d)(?P<day>{DAY})"
)  # a day at the line's right end
_ATTACHMENT = re.compile(r"附(?:件|表|图)?\d*[：:]?")
_NOTE = re.compile(r"附(?:件|表|图)?\d*[：:].{2,80}")  # the attachments' names, above the day by GB/T 9704


def signature_of(lines: Sequence[str]) -> tuple[str, str]:
    """The authority and the day at the end of the letter; ("", "") unless there is just one such day.

    A seal may stand for the name: then the day alone is read where the foot of an official paper follows it, or where
    it is the last that the letter says, right below its last sentence or behind the office's address.
    """
    bare = [line for line in (_STAMP.sub("", line) for line in lines) if line]
    days = [(place, signed) for place, line in enumerate(bare) if (signed := _signed(line))]
    named = {(who, signed["day"]) for place, signed in days if (who := _signer(signed["who"], bare[:place]))}
    sealed = {
        ("", signed["day"])
        for place, signed in days
        if not signed["who"] and place + 1 < len(bare) and _FOOT.match(bare[place + 1])
    }
    signatures = named or sealed or {("", day) for day in _last_day(bare)}
    if len({parse_day(day) for _, day in signatures}) != 1:
        return "", ""
    names = {who for who, _ in signatures}
    return (names.pop() if len(names) == 1 else ""), next(day for _, day in signatures)


def _last_day(lines: Sequence[str]) -> list[str]:
    """The day that a letter ends with where a seal stood for the name; else []. An attachment may end with its own.

    A penalty's stands right below its remedies: below other words it may be the day that the fine was paid.
    """
    if len(lines) > 3 and _NOTE.fullmatch(lines[-2]) and not any(map(_ATTACHMENT.match, lines[:-2])):
        lines = [*lines[:-2], lines[-1]]
    if len(lines) < 2 or any(map(_ATTACHMENT.match, lines)):
        return []
    ended = _REMEDIES if any("处罚" in line for line in lines) else _ENDED
    beside, alone = _AT_ADDRESS.fullmatch(lines[-1]), ended.search(lines[-2])
    signed = beside or (_signed(lines[-1]) if alone else None)
    return [signed["day"]] if signed and not signed.groupdict().get("who") and parse_day(signed["day"]) else []


def letterhead_of(title: str, lines: Sequence[str]) -> str:
    """The one authority that a paper names at its top: above its heading, or in it (某局关于…的批复); else ""."""
    heads = [_HEADS.fullmatch(line) for line in lines]
    above = {
        head["who"]
        for (before, head), after in zip(pairwise((None, *heads)), lines[1:], strict=False)
        if head and _HEADED.match(after) and not before  # of two that head a paper together, none
    }
    broken = [line + after for line, after in pairwise(lines[:_TOP]) if _BROKEN.fullmatch(after)]
    titles = (*map(tight, title.splitlines()), *lines[:_TOP], *broken)
    within = {m["who"] for line in titles if (m := _TITLES.fullmatch(line))}
    named = {who for who in above | within if not _PASSED_ON.search(who) and not _SHORT.match(who)}
    whole = [who for who in named if not any(other != who and other.endswith(who) for other in named)]
    return whole[0] if len(whole) == 1 else ""


def _signed(line: str) -> re.Match[str] | None:
    match = _SIGNED.fullmatch(line)
    return match if match and parse_day(match["day"]) else None


def _signer(beside: str, above: Sequence[str]) -> str:
    """The authority beside the day or on the line above it; of several that sign, all."""
    if beside:
        return beside if _BODY.fullmatch(beside) else ""
    names: list[str] = []
    for line in reversed(above):
        if not _BODY.fullmatch(line):
            break
        names.insert(0, line)
    return "、".join(names)

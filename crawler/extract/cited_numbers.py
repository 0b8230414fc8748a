"""The document number a free text is about, told from the numbers it only cites.

A number is the page's own where it stands in the title, alone on its line, or behind 决定书 or 文号. Anywhere else
it may be the law's or another office's, and the words before it run into its prefix.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from core.domain.text import document_numbers, plain, tight

_NUMBER = (
    r"(?:[\w（）()]|[〔\[【][\u4e00-\u9fff]{2,8}[〕\]】]){1,20}?[〔\[【﹝（(](?:19|20)\d\d[〕\]】﹞）)](?:字)?"
    # of one department's own series: 第F-000069号, 执法二中队-9号, 建设第22号
    r"(?:第?[A-Za-z]{1,4}-?(?=\d)|(?<=[罚许决处字].{6})(?!年|度)[\u4e00-\u9fff]{2,6}(?:第|-))?"
    # 092(非)号: of what kind the case is; 第(0003)号
    r"(?:第?[\d、,，\-~至号]{1,40}(?:[(（][\u4e00-\u9fff]{1,3}[)）])?|第?[(（]\d{1,8}[)）])号"
)
_ENDS_IN = "号"  # without it a line holds no number
_ANYWHERE = re.compile(_NUMBER)
_MARK = re.compile(
    r"(\w{1,2})[〔\[【﹝（(]((?:19|20)\d\d)[〕\]】﹞）)](?:字)?第?(?:[A-Za-z]{1,4}-?)?0*(\d+)(?=[\d、,，~至和号-]*(?:[(（][\u4e00-\u9fff]{1,3}[)）])?号)"
)
_BLANK = re.compile(
    r"(?<=[\u4e00-\u9fff）)》]) (?=[^\s处罚行许审字第〔\[【（(]{2}(?:[^\s〔\[【（(]|[（(][^\s（()）]{1,6}[)）])*"
    r"[〔\[【（(](?:19|20)\d\d)"
)
_GLUED = re.compile(rf"({_NUMBER})[^：:，,。；;、\d]{{2,40}}[：:]")  # and right behind it whom the letter addresses
_YOU = re.compile(r"[你您贵]")
_ALONE = re.compile(rf"[（(]?({_NUMBER})[）)]?")
_HEADED = re.compile(
    r"[^，。；：:\n]{2,60}(?:书|函|批复|决定|意见|证)\n(?P<number>[^\n]+)"
)  # a title, and behind it its number
# an order's on the way to the decision (责令改正违法行为决定书, 查封（扣押）决定书) is only told of
_ORDERS = "".join(
    f"(?<!{word})"
    for word in (
        "改正违法行为",
        "责令改正",
        "限期改正",
        "整改",
        "措施",
        "停止",
        "停产",
        "停业",
        "暂扣",
        "封存",
        "冻结",
        "代履行",
        "强制执行",
        "查封",
        "扣押",
        r"扣押\)",
        "扣押）",
        "保存",
    )
)
_ITS_OWN = "".join(
    f"(?<!{word})"
    for word in ("审批意见后", "项目", "合同", "报告", "证书", "备案", "采购", "招标", "许可证", "案件", "立案", "受理")
)
_NOTICE = re.compile(
    r"(?:告|责改|听|催|通|先登|强制|扣押?|查封)字?[〔\[【﹝（(](?:19|20)\d\d"
)  # on the way to a decision
_NAMED = re.compile(
    rf"(?:{_ORDERS}决定书|文号|文书号|(?<![，,；;、]){_ITS_OWN}编号)[》”\"]?(?:均?为|是)?[（(：:]?({_NUMBER})"
)
_ANOTHERS = re.compile(  # an order's by its name, in front of its number
    r"《(?![^《》]*(?:处罚|许可|处理|审批|审核|核准|批准|准予|同意|延续))[^《》]{2,30}决定书》?[（(：:]?$"
)
_EARLIER = re.compile(
    r"(?:曾|此前|(?:19|20)\d\d年\d{1,2}月\d{1,2}日)[^。；;]{0,60}(?:作出|下达|送达|受到|处以|给予)[^。；;]{0,30}$"
)
_DECISIONS = re.compile(r"[罚许审决批准][决处字]{0,2}[〔\[【﹝（(](?:19|20)\d\d")
_OF_HEAD = re.compile(rf"(?:^|[\w)\]】•·|\[【])(?:发文字号|文书?号)[\]】]?[：:]?({_NUMBER})")
_HEAD_WORDS = re.compile(r"[\[【]?(?:索引号|发布机构|发文机关|公开形式|主题分类|生成日期|成文日期|公文时效|所属机构)")
_HEAD_LINES = 12
_RUN_IN = re.compile(
    r"^.*(?:决定书?(?!字)|文书?号|编号|公示|公开表|公示表|公告|信息|通知书?|通报|关于|印发|作出|发布|依据|根据|按照|贯彻)(?=[^〕\]】])"
)
# a decision about a decision (关于撤销某号的决定) names the other's number
_UNDONE = re.compile(
    r"^(?:.*(?:决定|依法|予以|准予|同意))?(?:撤销|撤回|注销|废止|吊销|更正|补正|终止|中止)(?=[^〔\[【﹝]{2})"
)
_NO_PREFIX = re.compile(r"(?:.{0,40}书)?字?(?<=[书字])[〔\[【﹝（(]")  # 决定书〔2026〕46号: whose it is nobody says
_FIRM = "公司|集团|合作社|经营部|经营处|经营户|个体户|商行|超市|酒店|宾馆|饭店|餐厅|药房|门诊部|[^门书]店|厂"
_PARTY_IN_BRACKETS = re.compile(rf"^[（(][^（()）]*(?:{_FIRM}|个人)[)）](?=.)")
# a whole name before a prefix that begins with its place (重庆保监局渝保监罚); 某局处罚 is itself a prefix
_NAME_BEFORE = re.compile(rf"^.*(?:{_FIRM}|[监管理务安护通]局|委员会|政府)(?=[^处罚行许审字第局（()）]{{2}})")


def own_numbers(title: str, text: str) -> tuple[str, ...]:
    """Texts of the numbers the page is about, each once as it is compared; several mean that none stands out."""
    in_title, in_text = _in_title(title), _in_text(text)
    clean = tuple(tight(number) for number in in_text)
    numbers: dict[tuple[str, ...], str] = {}
    whole = [number for number in clean if number in tight(title)]
    titled = (number for number in in_title if not _runs_into(tight(number), clean) and not _cut(tight(number), whole))
    for number in (*titled, *in_text):
        numbers.setdefault(document_numbers(number), number)
    return tuple(numbers.values())


def _runs_into(number: str, clean: Sequence[str]) -> bool:
    """Whether a title's number is one of the text's, with words of the title in front of it."""
    return any(number != other and number.endswith(other) for other in clean)


def _cut(number: str, whole: Sequence[str]) -> bool:
    """Whether a title's number is the end of one of the text's that the title holds too, a blank within it."""
    return any(number != other and other.endswith(number) for other in whole)


def head_number(text: str) -> str:
    """The one number that a page's head (索引号, 发布机构, 发文字号) gives its document; "" for none and several."""
    lines = [tight(line) for line in text.splitlines()]
    heads = [n for n, line in enumerate(lines) if _HEAD_WORDS.match(line)]
    words = {word for n in heads for word in _HEAD_WORDS.findall(lines[n])}
    if len(words) < 2 or heads[-1] - heads[0] > _HEAD_LINES:
        return ""
    found = [number for line in lines[heads[0] : heads[-1] + 2] for number in _OF_HEAD.findall(line)]
    numbers = {document_numbers(number): number for number in map(_without_run_in, found)}
    return numbers.popitem()[1] if len(numbers) == 1 else ""


def has_other_numbers(text: str, known_text: str) -> bool:
    """Whether `text` holds a document number that `known_text` does not.

    Told apart by year, serial and the end of the prefix: before it, words of the text run into the number. Without
    号 it is some certificate's (苏建安B(2011)0200719).
    """
    known: dict[tuple[str, str], set[str]] = defaultdict(set)  # (year, serial) → ends of prefixes
    for end, *which in _MARK.findall(tight(known_text)):
        known[which[0], which[1]].add(end)
    return not all(
        any(end.endswith(other) or other.endswith(end) for other in known.get((year, serial), ()))
        for end, year, serial in _MARK.findall(tight(text))
    )


def number_of_line(line: str) -> str:
    """The page's own number in one line of its text, alone there or named as its number; "" for none or several."""
    numbers = _in_text(line)
    return numbers[0] if len(numbers) == 1 else ""


def _in_title(title: str) -> list[str]:
    numbers = _prefixed(match for line in title.splitlines() for match in _ANYWHERE.findall(_parted(line)))
    return [number for number in numbers if not _UNDONE.match(number)]


def _parted(line: str) -> str:
    """A title without white space, but where a blank parts a name from the number behind it."""
    return _BLANK.sub("\n", plain(line)).replace(" ", "")


def _in_text(text: str) -> list[str]:
    numbers: list[str] = []
    lines = [tight(line) for line in text.splitlines()]
    if not any(_ENDS_IN in line for line in lines):
        return []
    glued = {
        line: match[1] for line, after in pairwise(lines) if _YOU.match(after) and (match := _GLUED.fullmatch(line))
    }
    alone = [_alone(line) for line in text.splitlines()]
    is_decisions = any(map(_DECISIONS.search, alone))
    for line, number in zip(lines, alone, strict=True):
        if _ENDS_IN not in line:
            continue
        named = _named_in(line, told_of=is_decisions)
        numbers += [number] if number else named or filter(None, [glued.get(line, "")])
    return _prefixed(numbers)


def _alone(line: str) -> str:
    """The number that a line is, or that stands behind the title that it is; else ""."""
    if _ENDS_IN not in tight(line):
        return ""
    headed = _HEADED.fullmatch(_parted(line))
    match = _ALONE.fullmatch(headed["number"] if headed else tight(line))
    return match[1] if match else ""


def _named_in(line: str, *, told_of: bool) -> list[str]:
    """The numbers that a line names as a decision's; `told_of`: but for those of earlier decisions that it tells of."""
    found = [match for match in _NAMED.finditer(line) if not _NOTICE.search(match[1])]
    before = [line[max(match.start(1) - 150, 0) : match.start(1)] for match in found]  # what stands in front, so far
    earlier = [bool(_ANOTHERS.search(words) or (told_of and _EARLIER.search(words))) for words in before]
    return [match[1] for match, other in zip(found, earlier, strict=True) if not other]


def _prefixed(numbers: Iterable[str]) -> list[str]:
    """The numbers without what ran into them; those are none of which nothing but 书 or 字 is left in front."""
    return [number for number in map(_without_run_in, numbers) if not _NO_PREFIX.match(number)]


def _without_run_in(number: str) -> str:
    """The number without the words of a title that ran into its prefix, its brackets in pairs."""
    head, mark, tail = re.split(r"([〔\[【﹝（(](?=(?:19|20)\d\d[〕\]】﹞）)]))", number, maxsplit=1)
    head = _NAME_BEFORE.sub("", _PARTY_IN_BRACKETS.sub("", _RUN_IN.sub("", head)))
    while head.count("(") + head.count("（") > head.count(")") + head.count("）"):
        head = re.split(r"[（(]", head, maxsplit=1)[1]
    head = head.lstrip(")）")
    opened = head.count("(") + head.count("（") < head.count(")") + head.count("）")  # 决定书（淮）应急罚: cut too far
    return ("(" if opened else "") + head + mark + tail

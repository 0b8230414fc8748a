"""A decision in free text (行政处罚决定书, 准予许可决定书): who, what, by whom and when, each only where it is sure.

The day of a decision is the one below its authority's name at the end of the letter (落款); where nobody
decides in the first person, the one that the only deciding sentence opens with (某局于2026年7月5日作出…决定), never
another that the text tells of. A letter that announces, serves, changes or revokes a decision is none.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from core.domain.labels import canonical
from core.domain.text import parse_day, read_code, tight
from crawler.extract.addressees import addresses, party_of_letter
from crawler.extract.cited_numbers import number_of_line
from crawler.extract.letter_kinds import is_another
from crawler.extract.lines import Pairs, labelled_lines, letter_lines
from crawler.extract.signatures import BODY, DAY, letterhead_of, signature_of
from crawler.extract.titled_parties import party_of_title

_DECISION = re.compile(r"决定书(?!文?号)|决定如下|批复如下|现同意你|(?:[作做]出|给予|处以)(?:如下|以下)")
_IMPOSES = re.compile(r"罚款|警告|没收|吊销|暂扣|责令|处罚|许可|同意你|准予|准许|批准")
_TOLD = re.compile(
    rf"(?:^|[，,；;。：:])(?P<who>{BODY})[于在](?P<day>{DAY})(?:依法)?"
    r"(?!(?:同意|批准)[^。；;]{0,60}(?:立案|调查|查封|扣押|延长|延期))(?=同意|准予|批准|作出(?:了)?(?:准予)?(?:行政)?(?:处罚|许可)?决定[：:])"
)
_TOLD_OF = re.compile(  # …某局对某公司…立案查处，于2026年4月16日依法对其作出行政处罚决定：
    rf"(?:^|[，,])(?P<who>{BODY})对(?P<party>[\u4e00-\u9fff()]{{2,30}}(?:公司|集团|合作社|[厂店场]))(?!、)"
    rf"[^。；;：:]{{0,60}}立案(?:查处|调查)[，,](?:并)?于(?P<day>{DAY})(?:依法)?对其(?:作出|下达)了?(?:如下)?行政处罚决定[：:]$"
)
_UNDONE = re.compile("撤销|复议|诉讼|起诉")
_ELSEWHERE = re.compile(
    r"[我本](?:局|机关|委|厅|单位|[大支总]?队|所)[^。]{0,30}决定(?!书)|再次|曾[于因经被]|此前|不服|另查"
)
_DECIDES = re.compile(
    r"(?<!拟)决定(?:对[^，。；]{1,60}?)?(?:作出|给予|处以|处(?=人民币|[\d一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾])|予以(?!公示|公开|公布)|准予|准许|处罚|如下)|(?<!拟)(?:[作做]出?|给予|处以)(?:如下|以下)(?:行政)?(?:处罚|许可|决定)"
    r"|(?<!拟)(?:[作做]出?|给予)(?:行政)?(?:处罚|许可)(?:决定)?如下"
    r"|(?<!拟)处罚如下(?=[：:])|现(?:依法)?对[^，,。；;：:]{1,60}?(?:作出|给予|处以)(?=[：:]|罚款|警告|责令|没收|人民币|\d)"
    r"|(?:现[^。；，,：:]{0,40})?批复如下|现(?=同意你)"
)
_PLANNED = re.compile(r"拟[^，,。；;：:]{0,40}$")  # 我局拟对你单位作出…: what a notice told before
_ITEMISED = re.compile(r"[我本](?:局|会|机关|厅|委|分局)决定[：:]$")  # in a penalty's paper: a notice may decide so too
_AGREES = re.compile(
    r"(?:本机关|我[局厅委])(?:原则|基本)?同意|(?<![未须需应])经[^。；，,：:]{0,30}[，,](?:原则|基本)?(?:同意|准予|批准|核准)(?!后|的)"
    r"|(?<!拟)决定(?:[：:]|予以)?(?:原则|基本)?(?:同意|批准|核准)|决定[：:](?=准予|准许)"
    r"|现[就将对][^。；，,：:]{0,40}(?:调整|变更|明确|核定)如下|(?:函复|决定事项|(?:审批|审查|审核|批复|许可)意见)如下|如下(?:审批|审查|审核|批复|许可)意见"
)  # decides a licence; in a letter on a penalty it puts off its payment
_GRANTS = re.compile(r"同意|准予|准许|批准|核准")
_NUMBERED = r"[^，。；：:《》]{1,20}〔(?:19|20)\d\d〕[^，。；：:《》]{1,16}号"
_TRADES = "林业|农业|水|土地|安全生产|卫生|环境|交通运输|文化市场|校外培训监管|劳动保障监察"
_TITLED_PAPER = re.compile(
    r"(?!.*(?:收到|作出|开出|发出|不服|关于对|收取|首[份张个例])|.{0,200}公司.{0,100}[局厅委])"  # news of a paper
    rf"(?:(?:{BODY})?(?:{_TRADES})?行政(?:处罚|许可)决定书"
    rf"|(?:{BODY})?关于[^，。；：:、]{{2,80}}案的(?:行政)?处罚决定书?"
    rf"|[^，。；：:]{{0,60}}行政(?:处罚|许可)决定书[(（]?{_NUMBERED}[)）]?(?:[^，。；：:]{{2,50}}案)?"
    r"|[^，。；：:《》告责听催改]{2,20}罚[决处字]{0,3}〔(?:19|20)\d\d〕[^，。；：:《》]{1,12}号)"
)
_HEADING = re.compile(rf"(?:{BODY})?(?:{_TRADES})?行政处罚决定书(?:[(（](?:单位|个人|公民|法人)[)）])?")
_NAMED_IN_IT = re.compile(
    rf"(?:{BODY})?(?:关于)?(?:对|给予)?[^，。；：:、]{{2,60}}(?:的|作出)?行政处罚(?:的?决定|决定书)"
)  # and nothing behind it
_TOP = 12  # lines, those of the page's head among them; further down a paper may list others
_ALTERS = re.compile(r"^现[就将对][^。；，,：:]{0,40}(?:调整|变更|明确|核定)如下")  # a licence, in a reply alone
_LICENCE_TITLE = re.compile(r"(?:批复|许可决定书?|同意书|批准书|复函|意见的函)[》)）]?$", re.M)
_LICENCE_PAPER = re.compile(r"许可|批复|审批|审核|审查意见|同意|准予|核准|批准")
_ITEM = re.compile(r"^[（(]?(?:\d{1,2}|[一二三四五六七八九十])[)）、.．]")
_CODE = re.compile(r"[0-9A-Z]{18}")
_CODED = re.compile(r"信用代码[)）]?[为是：:]?([0-9A-Z]{18})(?![0-9A-Z])")
_AUTHORITYS = re.compile("机关|来源|部门")  # in front of 信用代码: not the party's
_CATEGORIES = (
    ("警告", "警告"), ("通报批评", "通报批评"), ("罚款", "罚款"), ("没收违法所得", "没收违法所得"),
    ("没收", "没收非法财物"), ("暂扣", "暂扣许可证件"), ("降低资质等级", "降低资质等级"), ("吊销", "吊销许可证件"),
    ("限制开展", "限制开展生产经营活动"), ("停产停业", "责令停产停业"), ("责令关闭", "责令关闭"),
    ("限制从业", "限制从业"), ("拘留", "行政拘留"),
)  # fmt: skip


def decision_in(title: str, text: str) -> Pairs:
    """What a letter says of its one decision, as labelled values; () for what is no letter of a decision."""
    lines = letter_lines(text)
    if is_another(title, lines):
        return ()
    content, end = _content(lines)
    who, day = signature_of(lines[end:]) if content else ("", "")
    told_of = _told_of(title, lines) if not content else None
    if told_of:
        match, content = told_of
        who, day = match["who"], match["day"]
    elif not content:
        who, day, content = _told(lines)
    if not _is_decision(title, lines, content, signed=bool(day)):
        return ()
    penal = "处罚" in title + content or any("处罚决定书" in line for line in lines)
    authority = who or letterhead_of(title, lines)
    labels = ("处罚决定日期", "处罚内容") if penal else ("许可决定日期", "许可内容")
    pairs = (
        ("当事人", told_of[0]["party"] if told_of else party_of_letter(title, lines, content, authority)),
        ("统一社会信用代码", _code(text)),
        ("决定机关", authority),
        (labels[0], day),
        (labels[1], content),
        ("处罚类别", _category(content) if penal else ""),
    )
    return tuple((label, value) for label, value in pairs if value)


def is_headed(title: str, text: str, party: str = "") -> bool:
    """Whether a text has the heading of a penalty's paper: its title or one of its top lines, and nothing beside it.

    In brackets behind it may stand on whom it is: `party`, and nobody else.
    """
    lines = map(tight, (*title.splitlines(), *text.splitlines()[:_TOP]))
    named = re.compile(rf"[(（]{re.escape(tight(party))}[)）]$")
    return any(_HEADING.fullmatch(named.sub("", line) if party else line) for line in lines)


def names_its_party(title: str, party: str) -> bool:
    """Whether a title imposes a penalty on `party` and says no more (关于对某公司作出行政处罚的决定)."""
    titles = map(tight, title.splitlines())
    return any(party_of_title(line) == tight(party) and _NAMED_IN_IT.fullmatch(line) for line in titles if party)


def _is_decision(title: str, lines: Sequence[str], content: str, *, signed: bool) -> bool:
    """Whether a text calls itself a decision, or decides what only a decision does and says whose and when."""
    titles = list(map(tight, title.splitlines()))
    if any(map(_DECISION.search, lines)) or any(map(_TITLED_PAPER.fullmatch, titles)):
        return True
    if any(party_of_title(line) and _NAMED_IN_IT.fullmatch(line) for line in titles):
        return True
    if _GRANTS.search(content) and (_LICENCE_TITLE.search(title) or (signed and _LICENCE_PAPER.search(title))):
        return True
    if _ALTERS.search(content) and _LICENCE_TITLE.search(title) and signed:
        return True
    return bool(_IMPOSES.search(content)) and (signed or "决定书" in title)


def letters_in(title: str, text: str) -> tuple[Pairs, ...]:
    """The decisions of a page that holds several letters, one below the other, each with its number; else ().

    Each begins with its number's line or with whom it addresses, and holds one number; else none is told apart.
    """
    lines = [line for line in map(tight, text.splitlines()) if line]
    numbered = [n for n, line in enumerate(lines) if number_of_line(line)]
    addressed = [n for n, (line, after) in enumerate(pairwise(lines)) if addresses(line, after)]
    begins = next((at for at in (_alone(lines, numbered), addressed) if len(at) == len(numbered) > 1), [])
    if not begins or numbered[0] < begins[0]:
        return ()
    letters = [lines[begin:end] for begin, end in pairwise((*begins, len(lines)))]
    numbers = [[number for line in letter if (number := number_of_line(line))] for letter in letters]
    read = [decision_in(title, "\n".join(letter)) for letter in letters]
    if any(len(found) != 1 for found in numbers) or not all(read) or len({n for (n, *_) in numbers}) < len(numbers):
        return ()
    return tuple((("文书号", number), *said) for (number, *_), said in zip(numbers, read, strict=True))


def _alone(lines: Sequence[str], numbered: Sequence[int]) -> list[int]:
    """Those of the lines with a number that say nothing else."""
    return [n for n in numbered if tight(number_of_line(lines[n])) == lines[n].strip("()（）")]


def _code(text: str) -> str:
    """The one valid code that stands under its label, or right behind it."""
    values = [value for label, value in labelled_lines(text) if canonical(label) == "code"]
    said = [code for value in values for code in _CODE.findall(tight(value).upper())]
    flat = tight(text).upper()
    behind = [m[1] for m in _CODED.finditer(flat) if not _AUTHORITYS.search(flat[max(0, m.start() - 8) : m.start()])]
    codes = {read_code(code) for code in (*said, *behind)}
    valid = {code for code, state in codes if state == "valid"}
    return valid.pop() if len(valid) == 1 else ""


def _content(lines: Sequence[str]) -> tuple[str, int]:
    """What was decided, as quoted, and the number of the line behind it; ("", 0) where it is not said."""
    searched = [(_DECIDES, range(len(lines) - 1, -1, -1))]
    if any("行政处罚决定书" in line for line in lines):
        searched.append((_ITEMISED, range(len(lines) - 1, -1, -1)))
    if not any("处罚" in line for line in lines):
        searched.append((_AGREES, range(len(lines))))  # the first: conditions follow, and attachments agree to more
    places = ((n, found) for words, order in searched for n in order if (found := _said_in(lines[n], words)))
    number, match = next(places, (0, None))
    if match is None:
        return "", 0
    sentence = re.split(r"(?<=。)", lines[number][match.start() :])[0]
    if not sentence.endswith(("：", ":", "如下。")):
        return sentence, number + 1
    items = list(_items(lines[number + 1 :]))
    return sentence + "".join(items), number + 1 + len(items)


def _said_in(line: str, words: re.Pattern[str]) -> re.Match[str] | None:
    """The first place of a line where `words` decide, and do not tell of what was only meant to be decided."""
    found = words.finditer(line)
    return next((said for said in found if not _PLANNED.search(line[max(said.start() - 50, 0) : said.start()])), None)


def _told(lines: Sequence[str]) -> tuple[str, str, str]:
    """(authority, day, what was decided) of the one sentence that tells of a decision; blanks where more is decided."""
    text = "\n".join(lines)
    told = list(_TOLD.finditer(text))
    if len(told) != 1 or _ELSEWHERE.search(text) or not parse_day(told[0]["day"]):
        return "", "", ""
    return told[0]["who"], told[0]["day"], re.split(r"(?<=。)|\n", text[told[0].end() :])[0]


def _told_of(title: str, lines: Sequence[str]) -> tuple[re.Match[str], str] | None:
    """The one sentence by which news tells of a decision on the firm that its title names, and what was decided."""
    found = [(n, match) for n, line in enumerate(lines) if (match := _TOLD_OF.search(line))]
    if len(found) != 1 or any(map(_UNDONE.search, lines)) or not parse_day(found[0][1]["day"]):
        return None
    place, match = found[0]
    items = "".join(_items(lines[place + 1 :]))
    named = any(line.startswith(match["party"]) for line in map(tight, title.splitlines()))
    return (match, f"决定:{items}") if named and _IMPOSES.search(items) else None


def _items(lines: Sequence[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        if place and not _ITEM.search(line):
            return
        yield line


def _category(content: str) -> str:
    """The kinds of penalty that the words name; "" where some are said not to be imposed."""
    if re.search(r"不予|免予|免于|减轻|从轻", content):
        content = re.sub(r"(?:依法)?(?:减轻|从轻)(?:行政)?处罚", "", content)
    if re.search(r"不予|免予|免于", content):
        return ""
    named = [name for word, name in _CATEGORIES if word in content]
    if "没收违法所得" in named and content.count("没收") == content.count("没收违法所得"):
        named.remove("没收非法财物")
    return ";".join(named)

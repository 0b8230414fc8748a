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
from crawler.extract.cited_numbers import number_of_line
from crawler.extract.lines import Pairs, labelled_lines

_DECISION = re.compile(r"决定书(?!文?号)|决定如下|批复如下|现同意你|(?:作出|给予|处以)(?:如下|以下)")
_IMPOSES = re.compile(r"罚款|警告|没收|吊销|暂扣|责令|处罚|许可|同意你|准予|准许|批准")
_OTHER = re.compile(
    r"复议|诉讼|裁定|强制执行|典型案例|通报|告知书|通知书|催告|公告|撤销|变更|更正|解除|终止|不予|拟(?:作出|给予|处)|送达|名单"
)
_HEADING = re.compile(
    r"[^，。；：:]{0,40}(?:告知书|催告书|送达公告|(?:撤销|变更|更正|解除|终止|不予)[^，。；：:]{0,20}(?:决定书|通知书))"
)
_GRANTED = re.compile(r"(?:准予|同意|核准)[^，。；：:]{0,40}?(?:变更|解除|终止)")  # a licence to change is one
_DAY = (
    r"(?:(?:19|20)\d\d|[二〇○零0一三四五六七八九]{4})年"
    r"[\d〇○零一二三四五六七八九十]{1,2}月[\d〇○零一二三四五六七八九十]{1,3}日"
)
_SIGNED = re.compile(rf"(?P<who>[^：:]*?)(?P<day>{_DAY})")
_STAMP = re.compile(r"[（(](?:公章|印章|盖章|签章|章)[)）]")
_BODY = re.compile(
    r"[\u4e00-\u9fff（）()]{2,40}(?:局|委员会|委|厅|政府|办公室|大队|支队|总队|管理处|办事处|中心|所|院)"
)
_TOLD = re.compile(
    rf"(?:^|[，,；;。：:])(?P<who>{_BODY.pattern})[于在](?P<day>{_DAY})(?:依法)?"
    r"(?=同意|准予|批准|作出(?:了)?(?:准予)?(?:行政)?(?:处罚|许可)?决定[：:])"
)
_ELSEWHERE = re.compile(
    r"[我本](?:局|机关|委|厅|单位|[大支总]?队|所)[^。]{0,30}决定(?!书)|再次|曾[于因经被]|此前|不服|另查"
)
_DECIDES = re.compile(
    r"(?<!拟)决定(?:对[^，。；]{1,60}?)?(?:作出|给予|处以|处(?=人民币|[\d一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾])|予以(?!公示|公开|公布)|准予|准许|处罚|如下)|(?<!拟)(?:作出?|给予|处以)(?:如下|以下)(?:行政)?(?:处罚|许可|决定)"
    r"|现批复如下|现(?=同意你)"
)
_AGREES = re.compile(
    r"(?:本机关|我[局厅委])同意"
)  # decides a licence; in a letter on a penalty it puts off its payment
_ITEM = re.compile(r"^[（(]?(?:\d{1,2}|[一二三四五六七八九十])[)）、.．]")
_CUT = re.compile(r"[，,。；;]|[（(](?:以下|下称|统一社会信用代码|身份证)")
_SALUTED = re.compile(
    r"((?!各)[^：:，。；]{3,40}(?:公司|集团|店|厂|部|行|社|站|场|馆|园|院|校|所|会|中心|户|经营者|局|处|政府|基地))[：:]"
)
_MASKED = re.compile(
    r"(?:公民)?((?<=公民)[\u4e00-\u9fff·]{2,5}|[\u4e00-\u9fff]{1,2}[某*＊×]{1,3}[\u4e00-\u9fff]?)[：:]"
)
_TITLED = re.compile(
    r"(?:关于)?(?P<name>(?:(?![关于对]|局|委员会|政府|办公室)[\u4e00-\u9fff()·]){2,40}?"
    r"(?:公司|集团|合作社|银行|[支分]行|营业部|经营部|商行|超市|酒店|宾馆|饭店|餐厅|药房|药店|医院|卫生院|门诊部|诊所|厂))"
    r"(?:的|[_—-])?[(]?行政(?:处罚|许可)"
)
_ENTITLED = re.compile(r"【(?:单位|企业|法人)】(?P<name>[\u4e00-\u9fff()·]{2,36}(?:公司|集团|合作社|厂|店|商行|超市))")
_FIRM_ALONE = re.compile(r"([\u4e00-\u9fff（()）]{2,36}(?:公司|合作社|商行|超市|[厂店]))")
_CODE_FIRST = re.compile(r"^(?:统一)?社会信用代码")
_ABOUT_IT = re.compile(r"^(?:(?:统一)?社会信用代码|营业执照|法定代表人|负责人|经营者|投资人|住所|住址|地址)")
_YOU = re.compile(
    r"^你|^关于你|^[我本][^。；：:]{1,60}你(?!方?们)|^《[^。；]{1,120}》[^。；：:]{0,30}你|^[^。]{1,150}现同意你"
)  # 我局于某日收到你单位…
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
    lines = [line for line in map(tight, text.splitlines()) if line]
    if _OTHER.search(_GRANTED.sub("", tight(title))) or any(
        _HEADING.fullmatch(_GRANTED.sub("", line)) for line in lines
    ):
        return ()
    content, end = _content(lines)
    who, day = _signature(lines[end:]) if content else ("", "")
    if not content:
        who, day, content = _told(lines)
    if not _is_decision(title, lines, content, signed=bool(day)):
        return ()
    penal = "处罚" in title + content or any("处罚决定书" in line for line in lines)
    labels = ("处罚决定日期", "处罚内容") if penal else ("许可决定日期", "许可内容")
    pairs = (
        ("当事人", _party(lines)),
        ("统一社会信用代码", _code(text)),
        ("决定机关", who),
        (labels[0], day),
        (labels[1], content),
        ("处罚类别", _category(content) if penal else ""),
    )
    return tuple((label, value) for label, value in pairs if value)


def _is_decision(title: str, lines: Sequence[str], content: str, *, signed: bool) -> bool:
    """Whether a text calls itself a decision, or decides what only a decision does and says whose and when."""
    if any(map(_DECISION.search, lines)):
        return True
    return bool(_IMPOSES.search(content)) and (signed or "决定书" in title)


def letters_in(title: str, text: str) -> tuple[Pairs, ...]:
    """The decisions of a page that holds several letters, one below the other, each with its number; else ().

    Each begins with its number's line or with whom it addresses, and holds one number; else none is told apart.
    """
    lines = [line for line in map(tight, text.splitlines()) if line]
    numbered = [n for n, line in enumerate(lines) if number_of_line(line)]
    addressed = [
        n for n, (line, after) in enumerate(pairwise(lines)) if _SALUTED.fullmatch(line) and _YOU.search(after)
    ]
    begins = next((at for at in (_alone(lines, numbered), addressed) if len(at) == len(numbered) > 1), [])
    if not begins or numbered[0] < begins[0]:
        return ()
    letters = [lines[begin:end] for begin, end in pairwise((*begins, len(lines)))]
    numbers = [[number for line in letter if (number := number_of_line(line))] for letter in letters]
    read = [decision_in(title, "\n".join(letter)) for letter in letters]
    if any(len(found) != 1 for found in numbers) or not all(read) or len({n for (n, *_) in numbers}) < len(numbers):
        return ()
    return tuple((("文书号", number), *said) for (number, *_), said in zip(numbers, read, strict=True))


def party_of_title(title: str) -> str:
    """The one firm that a decision's title opens with (关于某公司的行政处罚公示) or is (【单位】某公司), else ""."""
    match = _TITLED.match(tight(title)) or _ENTITLED.fullmatch(tight(title))
    return match["name"] if match and not _OTHER.search(tight(title)) else ""


def _alone(lines: Sequence[str], numbered: Sequence[int]) -> list[int]:
    """Those of the lines with a number that say nothing else."""
    return [n for n in numbered if tight(number_of_line(lines[n])) == lines[n].strip("()（）")]


def _party(lines: Sequence[str]) -> str:
    """The one party that a label names, else the one that the letter addresses (某公司：你单位于…); "" for several."""
    named = {_CUT.split(value)[0] for label, value in _labels(lines) if canonical(label) == "name"} - {""}
    if not named:
        named = {party for line, after in pairwise(lines) if (party := _addressed(line, after))}
    return named.pop() if len(named) == 1 else ""


def _addressed(line: str, after: str) -> str:
    """Whom a line addresses, by what the next says: 某公司：/你单位…, 张某：/你…, 某公司/统一社会信用代码…; else ""."""
    if (match := _SALUTED.fullmatch(line) or _MASKED.fullmatch(line)) and (
        _YOU.search(after) or _ABOUT_IT.search(after)
    ):
        return match[1]
    return line if _FIRM_ALONE.fullmatch(line) and _CODE_FIRST.search(after) else ""


def _labels(lines: Sequence[str]) -> Pairs:
    return labelled_lines("\n".join(lines))


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
    decides = [_DECIDES] if any("处罚" in line for line in lines) else [_DECIDES, _AGREES]
    for number in range(len(lines) - 1, -1, -1):
        match = next((found for words in decides if (found := words.search(lines[number]))), None)
        if match is None:
            continue
        sentence = re.split(r"(?<=。)", lines[number][match.start() :])[0]
        if not sentence.endswith(("：", ":")):
            return sentence, number + 1
        items = list(_items(lines[number + 1 :]))
        return sentence + "".join(items), number + 1 + len(items)
    return "", 0


def _told(lines: Sequence[str]) -> tuple[str, str, str]:
    """(authority, day, what was decided) of the one sentence that tells of a decision; blanks where more is decided."""
    text = "\n".join(lines)
    told = list(_TOLD.finditer(text))
    if len(told) != 1 or _ELSEWHERE.search(text) or not parse_day(told[0]["day"]):
        return "", "", ""
    return told[0]["who"], told[0]["day"], re.split(r"(?<=。)|\n", text[told[0].end() :])[0]


def _items(lines: Sequence[str]) -> Iterator[str]:
    for place, line in enumerate(lines):
        if place and not _ITEM.search(line):
            return
        yield line


def _signature(lines: Sequence[str]) -> tuple[str, str]:
    """The authority and the day at the end of the letter; ("", "") unless there is just one such day."""
    bare = [line for line in (_STAMP.sub("", line) for line in lines) if line]
    signatures = {
        (who, signed["day"])
        for place, line in enumerate(bare)
        if (signed := _SIGNED.fullmatch(line))
        and parse_day(signed["day"])
        and (who := _signer(signed["who"], bare[:place]))
    }
    if len({parse_day(day) for _, day in signatures}) != 1:
        return "", ""
    names = {who for who, _ in signatures}
    return (names.pop() if len(names) == 1 else ""), next(day for _, day in signatures)


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

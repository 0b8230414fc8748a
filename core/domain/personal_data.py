"""Personal data beside identity numbers that no publication may show (docs/domain.md §1.8): phone, card, home, birth.

Only what is certain counts: a telephone under a label for it, a card number that its check digit (Luhn) bears out and
that words or a label call an account, the address of a natural person. A company's or an authority's telephone and
address are public; whose they are in prose the words before them say, and where these say both it is for review. Pure.
"""

import re
from collections.abc import Mapping
from typing import Literal

from core.domain.models import Exposure
from core.domain.text import parse_day

_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
_CARD = re.compile(r"(?<![\d*])((?:62|4|5)\d{2})[ -]?(\d{4})[ -]?(\d{4})[ -]?(\d{1,4})[ -]?(\d{0,3})(?![\d*])")
_ACCOUNT = re.compile(r"账号|帐号|账户|帐户|卡号|银行卡")
_PHONES = re.compile(r"电话|手机|联系方式")
_BORN = re.compile(r"出生|生日")
_NEAR = 16  # characters before a card number in which a word says what it is


def is_natural(fields: Mapping[str, str]) -> bool:
    """Whether the party of a record is a natural person, by what the record says of it."""
    subject, code = fields.get("subject_type", ""), fields.get("code", "")
    return "自然人" in subject or (not subject and not code and bool(fields.get("identity_number")))


def mask_personal(label: str, value: str, *, natural: bool) -> tuple[str, tuple[Exposure, ...]]:
    """`value` under `label` with cards and a natural person's phones masked, and what stood in the clear.

    Of a natural person's address only the head is kept of what was shown; the value itself stays: it is evidence.
    """
    exposures: list[Exposure] = []

    def card(match: re.Match[str]) -> str:
        number = "".join(match.groups())
        before = value[max(match.start() - _NEAR, 0) : match.start()]
        if not (16 <= len(number) <= 19 and luhn(number) and (_ACCOUNT.search(label) or _ACCOUNT.search(before))):
            return match[0]
        masked = f"{number[:4]}********{number[-4:]}"
        exposures.append(Exposure("bank-card", label, masked))
        return masked

    def phone(match: re.Match[str]) -> str:
        masked = f"{match[1]}****{match[3]}"
        exposures.append(Exposure("phone", label, masked))
        return masked

    value = _CARD.sub(card, value)
    if natural and (label == "phone" or _PHONES.search(label)):
        value = _MOBILE.sub(phone, value)
    if natural and _BORN.search(label) and (day := parse_day(value)):
        exposures.append(Exposure("birth-date", label, f"{day.year}年**月**日"))
    if natural and label == "address" and len(value) > len("某某市某某区"):
        exposures.append(Exposure("address", label, f"{value[:6]}…"))
    prose, more = mask_prose(label, value) if label not in ("phone", "address") else (value, ())
    return prose, (*exposures, *more)


# ---------------------------------------------------------------- prose

_TELEPHONE = re.compile(
    r"(?:电话|手机号?码?|联系方式|联系号码|tel)[^\d。；;\n]{0,6}"
    r"(?P<number>(?P<head>1[3-9]\d|0\d{2,3}|\(0\d{2,3}\))[ -]?\d{3,4}[ -]?(?P<tail>\d{4}))(?!\d)",
    re.I,
)
_HOME = re.compile(
    r"(?:现住址|家庭住址|户籍(?:所在地|地址?)|经常居住地|居住地|住址|现住|家住)(?:为|是|于|在|[:：,，）)])*"
    r"(?P<home>[\u4e00-\u9fff][\u4e00-\u9fffA-Za-z0-9（）()#-]{6,60})"
)
_YEAR = r"(?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{3}"
_SMALL = r"[\d〇零一二三四五六七八九十]{1,3}"
_BIRTH = re.compile(
    rf"(?P<y1>{_YEAR})[年.-]{_SMALL}[月.-](?:{_SMALL}日?)?(?:出生(?!缺陷|医学|证|率|登记|人口|一件事)|生(?=[,，、;；。)）\s]|$))"
    rf"|(?:出生(?:日期|年月日?|于)?|(?<![发产诞])生于|生日)[^\d。；;\n]{{0,3}}(?P<y2>{_YEAR})(?:[年.-]{_SMALL}|\d{{4}}(?!\d))"
)
_PERSON = re.compile(
    r"身份证|公民身份|性别|民族|出生|户籍|自然人|[,，、（(\s:：](?:男|女)(?=[,，、。；;)）\s]|$)|[,，、]汉族"
)
_FIRM = re.compile(
    r"公司|集团|企业|合伙|信用代码|法定代表人|法人|负责人|经营者|经营部|经营场所|注册地|营业执照|商行|合作社|个体|[厂店]|单位名称|代理人|委托"
)
_OFFICE = re.compile(
    r"本机关|我局|本局|咨询|举报|投诉|监督|复议|诉讼|听证|联系人|联系地址|执法|承办|经办|办公|传真|邮编|邮政|值班|缴纳|银行"
    r"|(?:局|委员会|政府|大队|支队|总队|中心|大厅)(?:地址|电话|联系|[:：])"
)
_PARTY = re.compile(r"当事人|被处罚人|被处罚单位|行政相对人|相对人|申请人|违法行为人|被许可人")
_SCOPE = 200  # characters before a datum in which words say whose it is
Owner = Literal["person", "either", "other"]


def mask_prose(label: str, text: str) -> tuple[str, tuple[Exposure, ...]]:
    """`text` with natural persons' telephones masked, and what of persons stands in it: phones, homes, days of birth.

    A telephone of which it is unclear whose it is counts as "phone-unclear". Homes and births stay: they are evidence.
    """
    exposures: list[Exposure] = []

    def telephone(match: re.Match[str]) -> str:
        owner = _owner(text, match.start())
        if owner == "other" or (owner == "either" and not match["head"].startswith("1")):
            return match[0]
        masked = f"{match['head']}****{match['tail']}"
        exposures.append(Exposure("phone" if owner == "person" else "phone-unclear", label, masked))
        return match[0].replace(match["number"], masked)

    for match in _HOME.finditer(text):
        if _owner(text, match.start()) != "other":
            exposures.append(Exposure("address", label, f"{match['home'][:6]}…"))
    for match in _BIRTH.finditer(text):
        exposures.append(Exposure("birth-date", label, f"{match['y1'] or match['y2']}年**月**日"))
    return _TELEPHONE.sub(telephone, text), tuple(exposures)


def _owner(text: str, at: int) -> Owner:
    """Whose a datum at `at` is, by the words before it: since the last full stop, and the last party that is named."""
    before = re.split(r"[。！？!?]", text[max(at - _SCOPE, 0) : at])[-1]
    begins = [match.start() for match in _PARTY.finditer(before)]
    before = before[begins[-1] :] if begins else before
    person, firm, office = (bool(words.search(before)) for words in (_PERSON, _FIRM, _OFFICE))
    if office:
        return "other"
    if person:
        return "either" if firm else "person"
    return "other" if firm else "either"


def luhn(number: str) -> bool:
    """Whether the last digit is the check digit of the rest (ISO/IEC 7812-1)."""
    digits = [int(d) for d in reversed(number)]
    doubled = (sum(divmod(2 * d, 10)) for d in digits[1::2])
    return len(set(number)) > 1 and (sum(digits[::2]) + sum(doubled)) % 10 == 0

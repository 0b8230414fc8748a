"""Whom a decision is about: what its cell says of a party, and a record for each of several."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from core.domain.text import is_placeholder, mask_identities, plain_name, tight
from crawler.extract.fines import fines_of, with_fine
from crawler.extract.lines import is_label

MAX_PARTIES = 50  # more names in one place are a list of something else
CONTENT = ("content", "result", "project", "facts")
NO_NAMES = frozenset({"名称", "单位", "个人", "单位/名称", "当事人信息", "基本信息"})
# what stands between is looked at from its first character alone: from each of them it would take the square of it
_BEFORE = r"(?<![\s（(,，;；、])[\s（(,，;；、]*"
_CODED = re.compile(rf"\n|{_BEFORE}(?:统一)?(?:社会)?信用代码")
_AUTHORITYS = re.compile(rf"{_BEFORE}(?<=[\s，,；;（(])[\u4e00-\u9fff]{{0,6}}(?:机关|部门|来源单位)$")
_LABELLED = re.compile(
    rf"{_BEFORE}(?:法定代表人|法人代表|主要负责人|负责人|经营者|投资人|住所|住址|地址|经营场所|工商注册号|营业执照"
    r"|主体资格(?:证照)?名称)"
    r"[^，,。；;：:]{0,14}[：:]"
)
_ABOUT_PERSON = re.compile(rf"{_BEFORE}(?:性别[：:]?\s*[男女]|(?:民族|出生日期|出生年月|年龄|国籍)[：:])")
_NAMED = re.compile(r"^(?:单位|企业|公司|当事人)?(?:名称|姓名)(?:或(?:名称|姓名))?[：:]\s*")
_CODE = re.compile(r"[0-9A-Z]{18}(?![0-9A-Z])")
_CALLED = re.compile(r"[（(](?:以下)?简称[：:]?[“”\"'「]?(?P<short>[^（）()“”\"'「」]{2,20})[“”\"'」]?[）)]$")
_ANYBODYS = re.compile(r"(?:该|本|你|贵|我|某)?(?:公司|单位|当事人|企业|集团|厂|店|银行|机构|分公司)|你(?:们|方)?")
_BETWEEN = re.compile(r"[\n、；;]")
_FIRM = re.compile(
    r".{2,40}(?:公司|集团|合作社|银行|[支分]行|(?:营业|经营|经销|销售|服务|门市)部|商行|超市|酒店|宾馆|饭店|餐厅|药房|诊所|[厂店])"
)
_OFFICE = re.compile(r"[\u4e00-\u9fff()（）]{2,40}(?:局|厅|委|委员会|人民政府|政府办公室)")
_PERSON = re.compile(r"(?![你我该本其以共等各如详见])[\u4e00-\u9fff][\u4e00-\u9fff*＊×某]{1,3}")
_OF_ROLE = re.compile(r"当事人|相对人|[被受](?:处罚|许可)|处罚对象|违法主体")  # a label that no one else stands under


def party_in(value: str) -> tuple[str, str]:
    """(the party's name, its code) in a cell; what stands behind the name with a label of its own is not its name.

    A label is nobody's name: it is the head of a table within the cell, or of the columns below; nor is a name
    masked to its last character. Several parties are one name here, each on its line with the short name it is given.
    """
    if is_label(value) or tight(value) in NO_NAMES or not tight(value).strip("*＊×xX"):
        return "", ""
    if several := _several(value):
        return "\n".join(several), ""
    value = _NAMED.sub("", value)
    name, *rest = _CODED.split(value, maxsplit=1)
    if authoritys := _AUTHORITYS.search(name):
        return value[: authoritys.start()].strip(), ""  # the code is not the party's
    code = _CODE.search(tight(value[len(name) :]).upper()) if rest else None
    return _without_labels(name).strip() or value, code[0] if code and name.strip() else ""


def _without_labels(name: str) -> str:
    """A name without what stands behind it with a label; with it where that must be seen, to be masked."""
    firm, *rest = _LABELLED.split(name, maxsplit=1)
    if rest and _FIRM.fullmatch(tight(firm)) and not mask_identities(rest[0])[1]:
        return firm
    person, *rest = _ABOUT_PERSON.split(name, maxsplit=1)
    return person if rest and _PERSON.fullmatch(tight(person)) and not mask_identities(rest[0])[1] else name


def _several(value: str) -> list[str]:
    """The parties of a cell that names several and nothing else; [] for one."""
    names = [name.strip() for name in _BETWEEN.split(value)]
    return names if 1 < len(names) <= MAX_PARTIES and all(is_name(_CALLED.sub("", name)) for name in names) else []


def is_name(text: str) -> bool:
    """Whether a text is a firm's, an office's or a person's name and nothing else."""
    return any(pattern.fullmatch(tight(text)) for pattern in (_FIRM, _OFFICE, _PERSON))


def further_party(known: str, label: str, value: str) -> str:
    """The names of a record, one a line, with the one that the same label of a party names once more."""
    names = known.split("\n")
    if len(names) == MAX_PARTIES:
        return known
    if not _OF_ROLE.search(label) or not is_name(value) or plain_name(value) in map(plain_name, names):
        return known
    if is_placeholder(known):
        return value
    return "\n".join((*names, value))


def each_party(values: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """A record for each party of one decision: its own code and fine where it is clear whose, else none."""
    said = values.get("name", "").split("\n")
    if len(said) == 1:
        yield with_fine(values, CONTENT)
        return
    names = [_CALLED.sub("", name) for name in said]
    firms = [name for name in names if _FIRM.fullmatch(tight(name))]
    rest = {name: value for name, value in values.items() if name not in {"name", "code", "fine_yuan"}}
    fines = _fines(names, _short_names(said, names), values)
    for name in names:
        code = {"code": values["code"]} if firms == [name] and values.get("code") else {}
        yield {**rest, "name": name, **code, **({"fine_yuan": fines[name]} if name in fines else {})}


def _short_names(said: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """The short name that a paper gives a party (以下简称某甲) → the party; none that others may go by."""
    given = [
        (tight(match["short"]), name) for text, name in zip(said, names, strict=True) if (match := _CALLED.search(text))
    ]
    once = {short for short, times in Counter(short for short, _ in given).items() if times == 1}
    known = set(map(tight, names))
    return {short: name for short, name in given if short in once - known and not _ANYBODYS.fullmatch(short)}


def _fines(names: Sequence[str], called: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Party → its fine, where no two texts of the record say differently."""
    said: dict[str, set[str]] = {}
    for field in CONTENT:
        for name, fine in fines_of(names, values.get(field, ""), called).items():
            said.setdefault(name, set()).add(fine)
    return {name: fines.pop() for name, fines in said.items() if len(fines) == 1}

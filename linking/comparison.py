"""When two mentions are one act (docs/design.md §6). Pure pair rules; each answer carries its reason.

Exact levels link. An exact number links only when code, name or date agrees with it and no other party is named: a
wrong digit lands on another decision's number, and on a busy day often on one of the same date. Weaker resemblances
are scored and land in the review band, which a person settles.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from core.domain.amounts import read_amount
from linking.mentions import Mention
from linking.name_similarity import PERSON, Likeness, likeness
from linking.number_similarity import are_near, are_neighbours, loose, serial_of, slips_of

NEAR_DAYS = 3
SLIPS = 2  # places in which a mistyped code may differ from the right one
UNLIKE_CONTENT = 60  # of 100: texts less alike speak of two acts

Party = Likeness | Literal["split"]  # split: one name, two valid codes
Days = Literal["same", "near", "far", "unknown"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`linked` True: one act. False: `score` 0–100 and whether a person must look (`review`)."""

    linked: bool
    review: bool
    level: str
    score: int
    why: str


NONE = Comparison(False, False, "", 0, "")
APART = Comparison(
    False, False, "other-unit", 0, "文书号相同，但单位或类别不同"
)  # known two acts, whoever resembles both


def compare(a: Mention, b: Mention) -> Comparison:
    """Judge one pair of mentions; symmetric."""
    kinds_differ = a.kind is not None and b.kind is not None and a.kind is not b.kind
    if kinds_differ or (a.unit and b.unit and a.unit != b.unit):
        return APART if a.number and a.number == b.number else NONE
    if a.row and a.row == b.row and a.number != b.number and (corrected := _corrected(a, b)):
        return corrected
    if a.number and a.number == b.number:
        return _same_number(a, b)
    if a.number and b.number:
        return _near_number(a, b)
    return _without_number(a, b)


# ---------------------------------------------------------------- what is compared


def party_of(a: Mention, b: Mention) -> Party:
    """Whether two mentions name one party: by their codes where both have one, else by their names.

    Where neither can be compared, a mistyped code may still be too unlike the other to be its slip.
    """
    if a.code and b.code:
        if a.code == b.code:
            return "same"
        return "split" if _names(a, b) == "same" else "other"
    names = _names(a, b)
    return "other" if names == "unknown" and _codes_agree(a, b) is False else names


def _codes_agree(a: Mention, b: Mention) -> bool | None:
    if a.code and b.code:
        return a.code == b.code
    left, right = a.code or a.damaged, b.code or b.damaged
    return False if left and right and OSA.distance(left, right, score_cutoff=SLIPS) > SLIPS else None


def _names(a: Mention, b: Mention) -> Likeness:
    level = likeness(a.name, b.name, cut=a.cut or b.cut)
    return "same" if level == "other" and not a.names.isdisjoint(b.names) else level


def days_of(a: Mention, b: Mention) -> Days:
    """How far apart the decision dates are."""
    if a.decided_on is None or b.decided_on is None:
        return "unknown"
    if a.decided_on == b.decided_on:
        return "same"
    return "near" if abs((a.decided_on - b.decided_on).days) <= NEAR_DAYS else "far"


def contents_of(a: Mention, b: Mention) -> Literal["same", "other", "unknown"]:
    """Whether the contents say one thing: one holds the other; other figures or other words are another."""
    if not (a.content and b.content):
        return "unknown"
    if a.content == b.content:
        return "same"
    left, right = sorted((_bare(a.content), _bare(b.content)), key=len)
    if left in right or (_money(a.content) is not None and _money(a.content) == _money(b.content)):
        return "same"
    other = _FIGURES.findall(left) != _FIGURES.findall(right) or fuzz.ratio(left, right) < UNLIKE_CONTENT
    return "other" if other else "unknown"


def unrelated(a: Mention, b: Mention) -> bool:
    """Whether the contents are of two acts, and not one's sum or licence mistyped."""
    if contents_of(a, b) != "other":
        return False
    left, right = _SUMS.findall(a.content), _SUMS.findall(b.content)
    return all(OSA.distance(x, y, score_cutoff=1) > 1 for x in left for y in right)


def contradictions(a: Mention, b: Mention) -> int:
    """How much speaks against two records being one; what is missing does not."""
    party = {"split": 1, "other": 3}.get(party_of(a, b), 0)
    days = {"near": 1, "far": 2}.get(days_of(a, b), 0)
    return party + days + (contents_of(a, b) == "other")


@lru_cache(maxsize=1 << 12)
def _money(content: str) -> Decimal | None:
    """The one sum that a content names: 罚款0.2万元 and 警告，罚款贰仟元整 say one thing."""
    return read_amount(content) if len(content) <= _A_SENTENCE else None


_A_SENTENCE = 200  # letters; what is longer names more than a sum
_FIGURES = re.compile(r"\d+")
_SUMS = re.compile(r"\d{3,}")
_UNIQUE = re.compile(r"\d{7,}")  # a licence's number, no sum
_MARKS = re.compile(r"[\W_]+")


def _bare(content: str) -> str:
    return _MARKS.sub("", content)


def _agreements(a: Mention, b: Mention) -> tuple[list[str], list[str]]:
    """(what agrees, what contradicts) of code, name and decision date, where both sides have it, as people read it."""
    names, days = _names(a, b), days_of(a, b)
    pairs = [
        ("代码", _codes_agree(a, b)),
        ("名称", {"same": True, "other": False}.get(names)),
        ("决定日期", None if days == "unknown" else days == "same"),
    ]
    return [label for label, same in pairs if same], [label for label, same in pairs if same is False]


# ---------------------------------------------------------------- levels


def _corrected(a: Mention, b: Mention) -> Comparison | None:
    """Two readings of one row: the site corrected the number. Only where nothing else changed but it."""
    agree, differ = _agreements(a, b)
    if not agree or differ:
        return None
    return Comparison(True, False, "same-row", 100, f"同一条目前后两次读到，{'、'.join(agree)}一致，只是文书号改了")


def _same_number(a: Mention, b: Mention) -> Comparison:
    party, days = party_of(a, b), days_of(a, b)
    if party == "other" or (party == "split" and days != "same"):
        return _other_party(a, b)
    if party in ("same", "split"):
        if days == "far" and contents_of(a, b) == "other":
            return Comparison(False, True, "number-contradicted", 90, "文书号、当事人相同，但决定日期和内容均不一致")
        return Comparison(True, False, "number", 100, f"文书号相同，且{'、'.join(_agreements(a, b)[0])}一致")
    content = _own_content(a, b) and party in ("alike", "masked") and days in ("near", "unknown")
    if days == "same" and party == "masked" and unrelated(a, b):  # a surname fits many
        return Comparison(
            False, True, "number-contradicted", 90, "文书号、决定日期相同，名称隐去部分也相符，但内容毫不相干"
        )
    if days == "same" and party == "unknown" and _named(a) and _named(b) and contents_of(a, b) != "same":
        return Comparison(
            False, True, "number-alone", 92, "文书号、决定日期相同，但一方只写代码、另一方只写名称，无从比对当事人"
        )
    if days == "same" or content:
        word = {"alike": "，名称只差个别字", "masked": "，名称隐去部分相符"}.get(party, "")
        level = "number" if party == "alike" else "number-date"
        return Comparison(True, False, level, 98, f"文书号相同，且{'内容' if content else '决定日期'}一致{word}")
    if party == "unknown" and days == "unknown":
        return Comparison(False, True, "number-alone", 90, "文书号相同，但没有代码、名称或日期可以印证")
    if days == "unknown":
        return Comparison(False, True, "number-alone", 92, "文书号相同，名称相近，但没有日期可以印证")
    return Comparison(False, True, "number-contradicted", 90, "文书号相同，但决定日期不一致")


def _named(mention: Mention) -> bool:
    return bool(mention.name or mention.code)


def _other_party(a: Mention, b: Mention) -> Comparison:
    """One document may have several parties, and a wrong digit lands on another's number: each record is its own."""
    agree, differ = _agreements(a, b)
    if a.code and b.code:
        return Comparison(False, True, "number-other-party", 85, f"文书号相同，{'、'.join(differ)}不同")
    but = f"，只有{'、'.join(agree)}一致" if agree else ""
    return Comparison(False, True, "number-contradicted", 90, f"文书号相同，但{'、'.join(differ)}不一致{but}")


def _near_number(a: Mention, b: Mention) -> Comparison:
    """Two numbers that differ by a slip (a digit, a 字): one act only if a person says so.

    Party or date that agree make it a question; so does having nothing to compare where year and serial are one.
    """
    days = days_of(a, b)
    if days == "far" or not are_near(a.number, b.number):
        return _one_serial(a, b)
    party = party_of(a, b)
    if days in ("near", "unknown") or not (a.unit and b.unit):  # less to go by: one slip only
        near = party in ("same", "split") and b.number in slips_of(a.number)
    else:
        near = party in ("same", "split", "alike", "masked")
    return _near(a, b) if near else _one_serial(a, b)


def _one_serial(a: Mention, b: Mention) -> Comparison:
    """Numbers of one unit, year and serial under other prefixes, or without brackets, unless all speaks against it."""
    serial = serial_of(a.number) if a.unit and b.unit else ""
    if not (serial and serial == serial_of(b.number)) and loose(a.number) != loose(b.number):
        return NONE
    agree, differ = _agreements(a, b)
    return _near(a, b) if agree or not differ else NONE


def _near(a: Mention, b: Mention) -> Comparison:
    agree = _agreements(a, b)[0]
    if _is_slip(a, b, agree):
        what = f"单位、{'、'.join(agree)}、内容一致，两侧均无其他可对应的记录"
        why = f"文书号只差一处笔误（{a.number}／{b.number}），{what}"
        return Comparison(True, False, "number-slip", 96, why)
    witness = f"，{'、'.join(agree)}一致" if agree else ""
    return Comparison(False, True, "number-near", 88, f"文书号相近（{a.number}／{b.number}）{witness}")


def _is_slip(a: Mention, b: Mention, agree: Sequence[str]) -> bool:
    """Whether all but the number says that two records are one act, and the numbers are one, mistyped or written
    otherwise.

    The party by its code, or by the whole name of what is no person; the day; one content, of the act's own where
    digits differ. Two acts of one party and day have numbers near each other and may have one sum: there only a
    licence's number will do. Whether both stand alone only the others can say (`clustering`).
    """
    if not (a.unit and a.unit == b.unit and a.kind and a.kind is b.kind and a.submitted is not b.submitted):
        return False
    party = "代码" in agree or ("名称" in agree and len(a.name) > PERSON and not (a.code and b.code))
    if not party or days_of(a, b) != "same":
        return False
    if loose(a.number) == loose(b.number):
        return contents_of(a, b) != "other"
    if not _own_content(a, b):
        return False
    if b.number in slips_of(a.number):
        return not are_neighbours(a.number, b.number) or all(_UNIQUE.search(m.content) for m in (a, b))
    return serial_of(a.number) == serial_of(b.number) != "" and a.number[-1] == b.number[-1] == "号"


def _without_number(a: Mention, b: Mention) -> Comparison:
    """At least one side has no number: code + date + content, then name + date + content that tells something."""
    party, days = party_of(a, b), days_of(a, b)
    if party in ("other", "unknown", "split") or days == "far":
        return NONE
    if days == "same" and party == "same" and _own_content(a, b):
        if a.code and b.code:
            return Comparison(True, False, "code-date-content", 98, "代码、决定日期、内容一致")
        return Comparison(True, False, "name-date-content", 95, "名称、决定日期、内容一致")
    if days == "unknown" and (party != "same" or not _may_lack_date(a, b)):
        return NONE
    score = {"same": 100, "alike": 90}.get(party, 80)
    content = round(fuzz.ratio(a.content, b.content)) if a.content and b.content else 60
    near = "无日期可比" if days == "unknown" else "日期相近"
    why = f"一方缺文书号；当事人相似度 {score}，内容相似度 {content}，{near}"
    return Comparison(False, True, "resembling", round(0.7 * score + 0.3 * content), why)


def _may_lack_date(a: Mention, b: Mention) -> bool:
    """Whether a pair without a date to compare may be one: a record that states neither number nor date may be any of
    its party's; else the content must be the same."""
    if not (a.unit and b.unit):
        return False
    bare = any(not m.number and m.decided_on is None for m in (a, b))
    return bare or (bool(a.content) and a.content == b.content)


_TELLING = re.compile(r"\d{3,}|.{15,}")


def _own_content(a: Mention, b: Mention) -> bool:
    """Whether both say one thing that is an act's own (a sum, a licence's number), not 准予许可, said by hundreds."""
    return all(_TELLING.search(m.content) for m in (a, b)) and contents_of(a, b) == "same"

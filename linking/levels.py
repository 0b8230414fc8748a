"""When two mentions are one act (DESIGN 6). Pure pair rules; each answer carries its reason.

Exact levels link. An exact number links only when code, name or date agrees with it; contradicted by all
that are present, or with nothing to agree, it goes to review: a wrong digit lands on another decision's
number. Weaker resemblances are scored and land in the review band, which a person settles.
"""

from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from linking.mentions import Mention, serial_of

REVIEW_FLOOR = 80  # points of 100; below it two records are not even suspected
NEAR_NUMBER = 2  # edits between two numbers that may be one, mistyped
NEAR_DAYS = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """`linked` True: one act. False: `score` 0–100 and whether a person must look (`review`)."""

    linked: bool
    review: bool
    level: str
    score: int
    why: str


_NO = Verdict(False, False, "", 0, "")


def compare(a: Mention, b: Mention) -> Verdict:
    """Judge one pair of mentions; symmetric."""
    if a.kind is not None and b.kind is not None and a.kind is not b.kind:
        return _NO
    if a.unit and b.unit and a.unit != b.unit:
        return _NO
    if a.row and a.row == b.row and a.number != b.number and (corrected := _corrected(a, b)):
        return corrected
    if a.number and a.number == b.number:
        return _same_number(a, b)
    if a.number and b.number:
        return _near_number(a, b)
    return _without_number(a, b)


def _corrected(a: Mention, b: Mention) -> Verdict | None:
    """Two readings of one row: the site corrected the number. Only where nothing else changed but it."""
    agree, differ = _agreements(a, b)
    if not agree or differ:
        return None
    return Verdict(True, False, "same-row", 100, f"同一条目前后两次读到，{'、'.join(agree)}一致，只是文号改了")


def _agreements(a: Mention, b: Mention) -> tuple[list[str], list[str]]:
    """(what agrees, what contradicts) among code, name and decision date, where both sides have it."""
    pairs = [("代码", a.code, b.code), ("名称", a.name, b.name), ("决定日期", a.decided_on, b.decided_on)]
    both = [(label, x == y) for label, x, y in pairs if x and y]
    return [label for label, same in both if same], [label for label, same in both if not same]


def _same_number(a: Mention, b: Mention) -> Verdict:
    agree, differ = _agreements(a, b)
    if "代码" in differ and "名称" in differ:  # one document, two parties: each party's record is its own
        return Verdict(False, True, "number-other-party", 85, f"文号相同，{'、'.join(differ)}不同")
    if agree:
        return Verdict(True, False, "number", 100, f"文号相同，且{'、'.join(agree)}一致")
    if differ:
        return Verdict(False, True, "number-contradicted", 90, f"文号相同，但{'、'.join(differ)}均不一致")
    return Verdict(False, True, "number-alone", 90, "文号相同，但没有代码、名称或日期可以印证")


def _without_number(a: Mention, b: Mention) -> Verdict:
    """At least one side has no number: code + date + content, then name + date + content."""
    same_day = a.decided_on is not None and a.decided_on == b.decided_on
    same_content = bool(a.content) and a.content == b.content
    if same_day and same_content and a.code and a.code == b.code:
        return Verdict(True, False, "code-date-content", 98, "代码、决定日期、内容一致")
    if same_day and same_content and a.name and a.name == b.name and not (a.code and b.code):
        return Verdict(True, False, "name-date-content", 95, "名称、决定日期、内容一致")
    return _resembling(a, b, "resembling")


def _near_number(a: Mention, b: Mention) -> Verdict:
    """Two numbers that differ by a slip (a digit, a 字): one act only if a person says so.

    Anything that agrees makes it a question, and so does having nothing to compare; a contradiction with
    nothing to agree makes them two.
    """
    slip = _same_serial(a.number, b.number)
    if not slip and DamerauLevenshtein.distance(a.number, b.number, score_cutoff=NEAR_NUMBER) > NEAR_NUMBER:
        return _NO
    agree, differ = _agreements(a, b)
    party = "代码" in agree or "名称" in agree
    if (party and "决定日期" not in differ) or (slip and (agree or not differ)):
        witness = f"，{'、'.join(agree)}一致" if agree else ""
        return Verdict(False, True, "number-near", 88, f"文号相近（{a.number}／{b.number}）{witness}")
    return _NO


def _same_serial(left: str, right: str) -> bool:
    """Whether two numbers share year and serial and differ in the prefix alone, or one only adds words to the other."""
    if left.startswith(right) or right.startswith(left):
        return True
    return serial_of(left) != "" and serial_of(left) == serial_of(right)


def _resembling(a: Mention, b: Mention, level: str) -> Verdict:
    """Party alike and date near: scored, for review only."""
    if not _dates_near(a, b):
        return _NO
    if a.code and b.code:
        party = 100 if a.code == b.code else 0
    else:
        party = round(fuzz.ratio(a.name, b.name)) if a.name and b.name else 0
    content = round(fuzz.ratio(a.content, b.content)) if a.content and b.content else 60
    score = round(0.7 * party + 0.3 * content)
    if party < REVIEW_FLOOR:  # different words for the content never clear a pair of like parties
        return _NO
    return Verdict(False, True, level, score, f"一方缺文号；当事人相似度 {party}，内容相似度 {content}，日期相近")


def _dates_near(a: Mention, b: Mention) -> bool:
    if a.decided_on is None or b.decided_on is None:
        return True
    return abs((a.decided_on - b.decided_on).days) <= NEAR_DAYS

"""Do the documents that a unit handed in cover 审查, 激励 and 惩戒, as the text asks? (docs/rules.md §2.1)

Asked only where the scheme weighs it. That no document says so proves nothing: what a document holds beyond its title
only who reads it can say, so the part is then for the office, and never breached.
"""

from checks.cases.unit_case import Respect, UnitCase, proof_of
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "policy_covers_part"
COVERED = ReasonCode("part-covered", "报送的文件里有这一样。", Outcome.MET)
NOT_SAID = ReasonCode("part-not-said", "报送的文件看不出有没有这一样，由信用办认定。", Outcome.INCONCLUSIVE)
TEXT = CheckText(
    name=NAME,
    title_met="审查、激励、惩戒都有文件",
    title_breached="审查、激励、惩戒缺一样",
    action="请补报这一样的文件；已有的，请在“应用领域”写明。",
    responsible="unit",
    codes=(COVERED, NOT_SAID),
)
_AREAS = frozenset(
    {
        "优惠政策扶持",
        "资金安排",
        "行政许可",
        "资质认定",
        "备案管理",
        "人员提拔使用",
        "评优评先",
        "表彰奖励",
        "代表委员推荐",
    }
)  # where the text asks for 信用审查
# part → the areas that a row may state for it, and the words of a title that tell it
_PARTS: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "信用审查": (_AREAS, ("信用审查", "信用核查", "信用查询")),
    "守信激励": (frozenset({"守信激励"}), ("激励", "奖惩")),
    "失信惩戒": (frozenset({"失信惩戒"}), ("惩戒", "奖惩")),
}


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a part, of a unit that handed documents in for the period; its `value` is the part."""
    filings = [f for f in case.of("policy-document") if f.on and case.first <= f.on <= case.last]
    if not filings or NAME not in case.asked:
        return ()
    return tuple(_of(case, part, filings) for part in _PARTS)


def _of(case: UnitCase, part: str, filings: list[Filing]) -> Evidence:
    respect = Respect(name=f"{part}|{case.first}", day=case.first, deadline=case.closing, value=part)
    for filing in filings:
        if why := _why(part, filing):
            return case.of_respect(TEXT, respect, COVERED, f"{part}：{why}", [proof_of(filing)])
    told = f"{part}：报送的 {len(filings)} 份文件看不出有没有，由信用办认定"
    return case.of_respect(TEXT, respect, NOT_SAID, told, [proof_of(f) for f in filings[:20]])


def _why(part: str, filing: Filing) -> str:
    """Why a document covers the part, with the words quoted; "" where nothing tells."""
    areas, words = _PARTS[part]
    name, stated = f"《{filing.title.strip('《》')}》", filing.said("field")
    if stated in areas:
        return f"{name}，报送时写明“{stated}”"
    word = next((word for word in words if word in filing.title), "")
    return f"{name}，标题里有“{word}”" if word else ""

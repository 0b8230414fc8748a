"""Is a 信易批 case borne out by its commitment form and its 履约跟踪表? (docs/rules.md §3.1)"""

from checks.cases.shared_reasons import COUNTED_ONCE, PAPER_MISSING
from checks.cases.unit_case import UnitCase, paper_hashes
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "case_is_tracked"
TRACKED = ReasonCode("tracked", "承诺书和履约跟踪表都在。", Outcome.MET)
TEXT = CheckText(
    name=NAME,
    title_met="信易批办理有承诺书和履约跟踪表",
    title_breached="信易批办理材料不齐",
    action="请把承诺书和履约跟踪表与报送表放在一起重报。",
    responsible="unit",
    codes=(
        TRACKED,
        PAPER_MISSING.worded("承诺书或履约跟踪表没有附上。"),
        COUNTED_ONCE.worded("同一份承诺书或跟踪表已经计过一例。"),
    ),
)


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a case; two cases on one paper are one."""
    seen: set[str] = set()
    return tuple(_of(case, filing, seen) for filing in case.of("credit-approval"))


def _of(case: UnitCase, filing: Filing, seen: set[str]) -> Evidence:
    what = f"{filing.title}（{filing.said('matter')}）"
    missing = [
        word for word, field in (("承诺书", "promise"), ("履约跟踪表", "tracking")) if not paper_hashes(filing, field)
    ]
    papers = set(paper_hashes(filing))
    if missing:
        return case.about(TEXT, filing, PAPER_MISSING, f"{what}：没有附上{'、'.join(missing)}")
    if papers & seen:
        return case.about(TEXT, filing, COUNTED_ONCE, f"{what}：附件与另一例相同，不重复计")
    seen |= papers
    return case.about(TEXT, filing, TRACKED, f"{what}：承诺书和履约跟踪表齐全")

"""Is a 信易批 case borne out by its commitment form and its 履约跟踪表? (docs/rules.md §3.1)"""

from checks.cases.unit_case import UnitCase, found_papers
from core.domain.models import CheckText, Evidence, Filing, Outcome

NAME = "case_is_tracked"
TEXT = CheckText(
    name=NAME,
    title_met="信易批办理有承诺书和履约跟踪表",
    title_breached="信易批办理材料不齐",
    todo="请把承诺书和履约跟踪表与报送表放在一起重报。",
    whose="unit",
    slugs=(
        ("tracked", "承诺书和履约跟踪表都在。"),
        ("paper-missing", "承诺书或履约跟踪表没有附上。"),
        ("counted-once", "同一份承诺书或跟踪表已经计过一例。"),
    ),
)


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a case; two cases on one paper are one."""
    seen: set[str] = set()
    return tuple(_of(case, filing, seen) for filing in case.of("credit-approval"))


def _of(case: UnitCase, filing: Filing, seen: set[str]) -> Evidence:
    what = f"{filing.title}（{filing.said('matter')}）"
    missing = [
        word for word, field in (("承诺书", "promise"), ("履约跟踪表", "tracking")) if not found_papers(filing, field)
    ]
    papers = set(found_papers(filing))
    if missing:
        return case.about(NAME, filing, Outcome.INCONCLUSIVE, "paper-missing", f"{what}：没有附上{'、'.join(missing)}")
    if papers & seen:
        return case.about(NAME, filing, Outcome.NOT_APPLICABLE, "counted-once", f"{what}：附件与另一例相同，不重复计")
    seen |= papers
    return case.about(NAME, filing, Outcome.MET, "tracked", f"{what}：承诺书和履约跟踪表齐全")

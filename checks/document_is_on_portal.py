"""Does a document that a unit claims stand on its 政务公开 portal? (docs/rules.md §2.1)"""

from checks.cases.site_lookup import absence, find_title, rows_of, sighting_proof
from checks.cases.unit_case import UnitCase
from core.domain.models import CheckText, Evidence, Filing, Outcome

NAME = "document_is_on_portal"
TEXT = CheckText(
    name=NAME,
    title_met="文件在政务公开栏目里",
    title_breached="没有在政务公开栏目见到文件",
    todo="请在政务公开栏目公开该文件，或把报送的标题、网址改成与栏目上一致后重报。",
    whose="unit",
    slugs=(
        ("on-portal", "在政务公开栏目见到，标题和日期相符。"),
        ("similar", "见到相近的标题，是不是同一份由信用办认定。"),
        ("not-on-site", "截止之后两次完整核查都没有见到。"),
        ("could-not-look", "截止之后还没有完整看过政务公开栏目。"),
        ("not-read-lately", "此前没有见到，但最近一夜没有看成栏目，其间可能已经公开。"),
        ("one-look-only", "只完整看过一次，等下一次核查。"),
        ("no-portal", "没有配置该单位的政务公开栏目。"),
        ("counted-once", "同一份文件已经报过。"),
        ("due", "还没有到截止日。"),
    ),
)


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a document."""
    return tuple(_of(case, filing) for filing in case.of("policy-document"))


def _of(case: UnitCase, filing: Filing) -> Evidence:
    views = case.sites.get("documents", ())
    match = find_title(filing.title, filing.on, rows_of(views), filing.said("url"))
    name = f"《{filing.title.strip('《》')}》"
    if match:
        outcome, slug = (Outcome.MET, "on-portal") if match.exact else (Outcome.INCONCLUSIVE, "similar")
        return case.about(NAME, filing, outcome, slug, f"{name}：{match.why}", proofs=[sighting_proof(match, views)])
    found = absence(case, views, case.closing)
    return case.about(
        NAME, filing, found.outcome, found.slug, f"{name}：{found.sentence}", proofs=found.proofs, deadline=case.closing
    )

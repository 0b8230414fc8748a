"""Does a document that a unit claims stand on its 政务公开 portal? (docs/rules.md §2.1)"""

from checks.cases.publication_verdict import COULD_NOT_LOOK
from checks.cases.shared_reasons import NO_PORTAL
from checks.cases.site_lookup import (
    LOOKED_ONCE,
    NOT_DUE_YET,
    NOT_ON_SITE,
    NOT_READ_LATELY,
    SIMILAR,
    absence,
    find_title,
    rows_of,
    sighting_proof,
)
from checks.cases.unit_case import UnitCase
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "document_is_on_portal"
ON_PORTAL = ReasonCode("on-portal", "在政务公开栏目见到，标题和日期相符。", Outcome.MET)
TEXT = CheckText(
    name=NAME,
    title_met="文件在政务公开栏目里",
    title_breached="没有在政务公开栏目见到文件",
    action="请在政务公开栏目公开该文件，或把报送的标题、网址改成与栏目上一致后重报。",
    responsible="unit",
    codes=(
        ON_PORTAL,
        SIMILAR.worded("见到相近的标题，是不是同一份由信用办认定。"),
        NOT_ON_SITE,
        COULD_NOT_LOOK.worded("截止之后还没有完整看过政务公开栏目。"),
        NOT_READ_LATELY,
        LOOKED_ONCE,
        NO_PORTAL.worded("没有配置该单位的政务公开栏目。"),
        NOT_DUE_YET,
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
        reason = ON_PORTAL if match.exact else SIMILAR
        return case.about(TEXT, filing, reason, f"{name}：{match.why}", proofs=[sighting_proof(match, views)])
    missing = absence(case, views, case.closing)
    return case.about(
        TEXT, filing, missing.reason, f"{name}：{missing.sentence}", proofs=missing.proofs, deadline=case.closing
    )

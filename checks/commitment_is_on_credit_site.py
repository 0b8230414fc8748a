"""Does a commitment that was handed in stand on the credit site? (docs/rules.md §1.3, §5.2)"""

from collections.abc import Iterator

from checks.cases.publication_verdict import COULD_NOT_LOOK
from checks.cases.shared_reasons import COUNTED_ONCE, NO_PORTAL, PAPER_MISSING
from checks.cases.site_lookup import (
    LOOKED_ONCE,
    NOT_DUE_YET,
    NOT_ON_SITE,
    NOT_READ_LATELY,
    ROWS_UNNAMED,
    SIMILAR,
    absence,
    find_party,
    rows_of,
    sighting_proof,
)
from checks.cases.unit_case import UnitCase, paper_hashes
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode
from core.domain.text import plain_name

NAME = "commitment_is_on_credit_site"
ON_SITE = ReasonCode("on-site", "在信用网站的承诺栏目见到。", Outcome.MET)
NOT_PUBLIC = ReasonCode("not-public", "公开类型不是向社会公开，不作未公示处理。", Outcome.NOT_APPLICABLE)
NOT_SEALED = ReasonCode("not-sealed", "没有法人签字盖章，不计。", Outcome.NOT_APPLICABLE)
MASKED_NAME = ReasonCode("masked-name", "承诺人是自然人，网站上姓名会隐去，由信用办认定。", Outcome.INCONCLUSIVE)
TEXT = CheckText(
    name=NAME,
    title_met="承诺已公示",
    title_breached="承诺没有公示",
    action="请核对承诺是否已在信用网站公示；不能公开的，请把“公开类型”改正后重报。",
    responsible="unit",
    codes=(
        ON_SITE,
        NOT_PUBLIC,
        COUNTED_ONCE.worded("同一家企业已经计过。"),
        NOT_SEALED,
        PAPER_MISSING.worded("没有附上签字盖章的承诺书，由信用办认定。"),
        SIMILAR,
        MASKED_NAME,
        NOT_ON_SITE,
        COULD_NOT_LOOK.worded("截止之后还没有完整看过承诺栏目。"),
        NOT_READ_LATELY,
        LOOKED_ONCE,
        ROWS_UNNAMED,
        NO_PORTAL.worded("没有配置承诺公示的栏目。"),
        NOT_DUE_YET,
    ),
)
_FORMS = ("commitment", "enterprise-commitment")
_OPEN = ("", "可向社会公开")


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a commitment; its `value` is the form."""
    seen: set[str] = set()
    return tuple(_of(case, filing, seen) for filing in case.of(*_FORMS))


def _of(case: UnitCase, filing: Filing, seen: set[str]) -> Evidence:
    for reason, sentence in _set_aside(filing, seen):
        return case.about(TEXT, filing, reason, f"{filing.title}：{sentence}", value=filing.form)
    views = case.sites.get("commitments", ())
    match = find_party(filing.title, rows_of(views), filing.said("url"))
    if match:
        reason = ON_SITE if match.exact else SIMILAR
        sentence = f"{filing.title}的承诺：{match.why}（{match.row.first_seen:%Y-%m-%d} 首次见到）"
        return case.about(TEXT, filing, reason, sentence, value=filing.form, proofs=[sighting_proof(match, views)])
    if filing.said("party_kind") == "自然人":
        return case.about(
            TEXT,
            filing,
            MASKED_NAME,
            f"{filing.title}：自然人的承诺，无法按名称核对",
            value=filing.form,
        )
    # commitments are collected by the month (docs/rules.md §1.3); an enterprise's have until the quarter's closing
    until = case.month_due(filing.month) if filing.form == "commitment" else case.closing
    missing = absence(case, views, until, by_name=True)
    sentence = f"{filing.title}的承诺：{missing.sentence}"
    return case.about(TEXT, filing, missing.reason, sentence, value=filing.form, proofs=missing.proofs, deadline=until)


def _set_aside(filing: Filing, seen: set[str]) -> Iterator[tuple[ReasonCode, str]]:
    """Why a commitment is not looked for: it may not be public, does not count, or counts already (一企计一次)."""
    if filing.said("publicity") not in _OPEN:
        yield NOT_PUBLIC, f"公开类型为{filing.said('publicity')}"
    if filing.form != "enterprise-commitment":
        return
    who = filing.said("code") or plain_name(filing.title)
    if who in seen:
        yield COUNTED_ONCE, "同一家企业已计一次"
    elif filing.said("sealed") == "否":
        yield NOT_SEALED, "没有法人签字盖章，不计"
    elif not paper_hashes(filing):
        yield PAPER_MISSING, "没有附上签字盖章的承诺书"
    seen.add(who)

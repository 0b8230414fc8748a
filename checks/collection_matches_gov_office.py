"""Did the unit report as many decisions as 政府办 knows it made? (docs/rules.md §1.1: 报送结果同政府办提供数据比对)"""

from checks.cases.publication_verdict import DUE
from checks.cases.shared_reasons import AGREES
from checks.cases.unit_case import UnitCase
from core.domain.models import Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "collection_matches_gov_office"
NONE_KNOWN = ReasonCode("none-known", "政府办没有掌握该月的件数，单位也没有报送。", Outcome.NOT_APPLICABLE)
FEWER = ReasonCode(
    "fewer", "报送数少于政府办掌握的件数，差在哪里由信用办核对。", Outcome.INCONCLUSIVE, needs_review=True
)
TEXT = CheckText(
    name=NAME,
    title_met="报送数与政府办数据相符",
    title_breached="报送数少于政府办数据",
    action="请与政府办核对件数；有漏报的补报。",
    responsible="unit",
    codes=(
        NONE_KNOWN,
        AGREES.worded("报送数不少于政府办掌握的件数。"),
        FEWER,
        DUE.worded("还没有到报送期限。"),
    ),
)
_KINDS = {"许可": "licence", "处罚": "penalty"}


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a month and kind; the newest figure counts."""
    newest = {(f.month, f.said("kind")): f for f in sorted(case.of("gov-office-data"), key=lambda f: f.received_at)}
    return tuple(_of(case, filing) for _, filing in sorted(newest.items()))


def _of(case: UnitCase, filing: Filing) -> Evidence:
    kind, known = filing.said("kind"), int(filing.said("count") or 0)
    reported = case.submitted.get((_KINDS.get(kind, ""), filing.month), 0)
    what = f"{filing.month} {kind}：政府办 {known} 件，报送 {reported} 件"
    if reported == known == 0:
        return case.about(TEXT, filing, NONE_KNOWN, what)
    if reported >= known:
        return case.about(TEXT, filing, AGREES, what)
    due = case.month_due(filing.month)
    if case.now <= due:
        return case.about(TEXT, filing, DUE, f"{what}；{due:%m 月 %d 日}前补报即可", deadline=due)
    return case.about(TEXT, filing, FEWER, f"{what}，少 {known - reported} 件")

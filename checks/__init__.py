"""One file a check, named as a proposition. Pure: a Case in, evidence out; no points, store, clock or network.

Checks of a decision are given a Case; checks of what a unit handed in, a UnitCase.
Adding a check: one file with its reason codes, NAME, TEXT and `check(case)` (`Check` below), its test, one line below
(report order), and one entry under `checks` in the scheme.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

from checks import (
    activity_is_real,
    case_is_tracked,
    collection_matches_gov_office,
    commitment_is_on_credit_site,
    decision_was_submitted,
    document_is_on_portal,
    household_is_new,
    innovation_is_adopted,
    key_area_is_done,
    monthly_collection_is_complete,
    no_dishonesty_on_record,
    person_is_masked,
    policy_covers_part,
    promise_is_kept,
    public_commitment_covers_field,
    published_matches_submitted,
    published_text_is_unchanged,
    published_within_deadline,
    record_is_complete,
    record_is_lawful,
    reported_within_deadline,
    sample_agrees,
    spot_check_is_clean,
    stated_date_is_borne_out,
    still_published,
    village_is_accepted,
)
from checks.cases.decision_case import Case
from checks.cases.unit_case import UnitCase
from core.domain.models import Evidence, Outcome
from core.domain.reason_codes import NOT_BY_PROVIDER, SET_ASIDE, CheckText, ReasonCode, Settled
from core.domain.scheme import Scheme

_CLOSED = frozenset({Outcome.MET, Outcome.NOT_APPLICABLE})
_AnyCase = TypeVar("_AnyCase", contravariant=True)


class Check(Protocol[_AnyCase]):
    """What a file of this folder holds: a check of decisions (`Check[Case]`) or of filings (`Check[UnitCase]`).

    `NAME` is the file's name and `TEXT.name`; `check` gives only reason codes that `TEXT` declares.
    """

    NAME: str
    TEXT: CheckText

    def check(self, case: _AnyCase, /) -> tuple[Evidence, ...]:
        """The evidence about one case."""


_IN_REPORT_ORDER: tuple[Check[Case], ...] = (
    reported_within_deadline,
    published_within_deadline,
    decision_was_submitted,
    still_published,
    published_matches_submitted,
    published_text_is_unchanged,
    record_is_complete,
    record_is_lawful,
    person_is_masked,
    stated_date_is_borne_out,
)

_FILED_IN_REPORT_ORDER: tuple[Check[UnitCase], ...] = (
    collection_matches_gov_office,
    sample_agrees,
    spot_check_is_clean,
    monthly_collection_is_complete,
    commitment_is_on_credit_site,
    document_is_on_portal,
    policy_covers_part,
    case_is_tracked,
    key_area_is_done,
    promise_is_kept,
    no_dishonesty_on_record,
    activity_is_real,
    village_is_accepted,
    household_is_new,
    public_commitment_covers_field,
    innovation_is_adopted,
)

CHECKS: dict[str, Check[Case]] = {module.NAME: module for module in _IN_REPORT_ORDER}
FILED_CHECKS: dict[str, Check[UnitCase]] = {module.NAME: module for module in _FILED_IN_REPORT_ORDER}
TEXTS: dict[str, CheckText] = {module.NAME: module.TEXT for module in CHECKS.values()}
TEXTS |= {module.NAME: module.TEXT for module in FILED_CHECKS.values()}


def reasons_by_code(texts: Iterable[CheckText]) -> dict[str, ReasonCode]:
    """Every code of these checks with one of its records. ValueError where two checks mean two things by one code.

    The store finds evidence by its code alone, so what follows from a code may not depend on the check.
    """
    known: dict[str, ReasonCode] = {}
    for text in texts:
        for reason in text.codes:
            if not known.setdefault(reason.code, reason).means_the_same(reason):
                raise ValueError(f"reason code {reason.code} of {text.name} means something else in another check")
    return known


REASONS = reasons_by_code(TEXTS.values()) | {code.code: code for code in (SET_ASIDE, NOT_BY_PROVIDER)}


def unknown_checks(scheme: Scheme) -> dict[str, list[str]]:
    """Checks that a scheme weighs and that do not exist, by indicator: points that nothing could ever speak of."""
    named = {i.code: [name for name in i.propositions if name not in TEXTS] for i in scheme.indicators}
    return {code: names for code, names in named.items() if names}


def unknown_words(names: Sequence[str]) -> str:
    """What is said of checks that do not exist."""
    return f"没有这种核查：{'、'.join(names)}（可用：{'、'.join(TEXTS)}）"


def evaluate_case(case: Case) -> tuple[Evidence, ...]:
    """All evidence about one decision, in report order."""
    return tuple(evidence for module in CHECKS.values() for evidence in module.check(case))


def evaluate_unit(case: UnitCase) -> tuple[Evidence, ...]:
    """All evidence about what one unit handed in, in report order."""
    return tuple(evidence for module in FILED_CHECKS.values() for evidence in module.check(case))


def stays_open(case: Case, evidence: Sequence[Evidence]) -> bool:
    """Whether time or looks alone may change this evidence, so that every night must evaluate it again."""
    deferred = any(s.publicity != "公开" for s in case.submissions) or bool(case.rulings)
    return deferred or not all(_is_settled(item) for item in evidence)


def _is_settled(item: Evidence) -> bool:
    _, outcome, code = item.other_calendar.split(":") if item.other_calendar else ("", "", "")
    if outcome and outcome not in _CLOSED and REASONS[code].settled is Settled.OPEN:
        return False  # the other reckoning of "7 天" waits yet
    settled = REASONS[item.slug].settled
    return (
        item.outcome in _CLOSED
        or settled is Settled.ALWAYS
        or (settled is Settled.ONCE_SEEN and item.late_days is not None)
    )

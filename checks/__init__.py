"""One file a check, named as a proposition. Pure: a Case in, evidence out; no points, store, clock or network.

Checks of a decision are given a Case; checks of what a unit handed in, a UnitCase.
Adding a check: one file with NAME, TEXT and `check(case)`, its test, one line below (report order),
and one entry under `checks` in the scheme.
"""

from collections.abc import Callable

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
from core.domain.models import CheckText, Evidence
from core.domain.scheme import Scheme

Check = Callable[[Case], tuple[Evidence, ...]]
FiledCheck = Callable[[UnitCase], tuple[Evidence, ...]]

_IN_REPORT_ORDER = (
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

_FILED_IN_REPORT_ORDER = (
    collection_matches_gov_office,
    sample_agrees,
    spot_check_is_clean,
    monthly_collection_is_complete,
    commitment_is_on_credit_site,
    document_is_on_portal,
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

CHECKS: dict[str, Check] = {module.NAME: module.check for module in _IN_REPORT_ORDER}
FILED_CHECKS: dict[str, FiledCheck] = {module.NAME: module.check for module in _FILED_IN_REPORT_ORDER}
TEXTS: dict[str, CheckText] = {module.NAME: module.TEXT for module in _IN_REPORT_ORDER + _FILED_IN_REPORT_ORDER}


def unknown_checks(scheme: Scheme) -> dict[str, list[str]]:
    """Checks that a scheme weighs and that do not exist, by indicator: points that nothing could ever speak of."""
    named = {i.code: [name for name in (*i.checks, *i.penalty_checks) if name not in TEXTS] for i in scheme.indicators}
    return {code: names for code, names in named.items() if names}


def evaluate_case(case: Case) -> tuple[Evidence, ...]:
    """All evidence about one decision, in report order."""
    return tuple(evidence for check in CHECKS.values() for evidence in check(case))


def evaluate_unit(case: UnitCase) -> tuple[Evidence, ...]:
    """All evidence about what one unit handed in, in report order."""
    return tuple(evidence for check in FILED_CHECKS.values() for evidence in check(case))

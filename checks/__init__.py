"""One file a check, named as a proposition. Pure: a Case in, evidence out; no points, store, clock or network.

Adding a check: one file with NAME, TEXT and `check(case)`, its test, one line in CHECKS (report order),
and one entry under `checks` in the scheme.
"""

from collections.abc import Callable

from checks import (
    decision_was_submitted,
    person_is_masked,
    published_matches_submitted,
    published_text_is_unchanged,
    published_within_deadline,
    record_is_complete,
    record_is_lawful,
    reported_within_deadline,
    stated_date_is_borne_out,
    still_published,
)
from checks.case import Case
from core.models import CheckText, Evidence

Check = Callable[[Case], tuple[Evidence, ...]]

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

CHECKS: dict[str, Check] = {module.NAME: module.check for module in _IN_REPORT_ORDER}
TEXTS: dict[str, CheckText] = {module.NAME: module.TEXT for module in _IN_REPORT_ORDER}


def judge_case(case: Case) -> tuple[Evidence, ...]:
    """All evidence about one decision, in report order."""
    return tuple(evidence for check in CHECKS.values() for evidence in check(case))

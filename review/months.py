"""What the office says of a month: whether a unit has handed in all of its decisions of one kind."""

from collections.abc import Iterable
from datetime import date

from core.domain.errors import UsageError
from core.domain.models import Kind, MonthSubject, Ruling, RulingKind
from core.domain.periods import parse_period
from core.domain.ruling_kinds import MONTH_KINDS
from core.domain.ruling_validity import complete_months
from review.rulings import RulingRequest, read_kind, require_why

KIND_NAMES = {
    "许可": Kind.LICENCE,
    "行政许可": Kind.LICENCE,
    "处罚": Kind.PENALTY,
    "行政处罚": Kind.PENALTY,
    **{kind.value: kind for kind in Kind},
}


def month_subject(unit: str, kind: str, month: str, today: date) -> MonthSubject:
    """The month of a unit (its slug) and kind that somebody names; UsageError where there is none or it is not over."""
    if kind not in KIND_NAMES:
        raise UsageError(f"决定的种类写“许可”或“处罚”，没有“{kind}”")
    period = parse_period(month)
    if not period.interim:
        raise UsageError(f"{month} 不是月份，应写成 2026-08")
    if period.last >= today:
        raise UsageError(f"{month} 还没有过完，不能认定已报齐")
    return MonthSubject(unit, KIND_NAMES[kind], month)


def on_month(subject: MonthSubject, word: str, why: str, rulings: Iterable[Ruling]) -> RulingRequest:
    """The word that all of the month was handed in (accept), or that this is taken back (dismiss).

    From an acceptance on, and never within a working day of it, a decision that stands on the department's portal, in
    no workbook and not on the credit site was left out. UsageError where there is nothing to take back.
    """
    require_why(why)
    chosen = read_kind(word, MONTH_KINDS, "对一个月是否报齐")
    if chosen is RulingKind.DISMISS and subject not in complete_months(rulings):
        raise UsageError(f"没有认定过 {subject.month} 已报齐，无从撤回")
    return RulingRequest(subject=subject, kind=chosen, why=why)

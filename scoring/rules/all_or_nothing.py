"""All the points or none (docs/rules.md §1.1, §1.2, §1.3, §2.1, §3.y, §6.1), and what comes off the total besides
(倒扣).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from core.domain.models import IndicatorScore, Outcome, ScoreItem
from core.domain.reason_codes import ZERO_ALONE
from core.domain.scheme import Indicator
from scoring.adjudicated import Adjudicated
from scoring.rules.inputs import ZERO, UnitFacts, item, may_come, open_range, result, unheard


def all_or_nothing(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """`need = "all"`: nothing may be amiss · `need = "any"`: one that is met wins the points, if all of `also` is met.

    A breach nobody has reviewed is provisional: it may take the points, so it opens the range and no more. With
    `penalty`, a confirmed breach of `penalty_checks` wins nothing and takes that much off the total.
    """
    base = _all(indicator, facts) if indicator.need == "all" else _besides(indicator, facts, _any(indicator, facts))
    broken = [w for w in facts.weighed(indicator.penalty_checks) if w.outcome is Outcome.BREACHED or w.unknown]
    if not broken:
        return base
    penalty = indicator.parameters["penalty"]
    certain = [w for w in broken if not w.unknown]
    if certain:
        lost = item(f"{len(certain)} 项经认定，本项不得分", ZERO, weighed=certain)
        taken = item(f"经认定，倒扣 {penalty} 分", -penalty, weighed=certain)
        return result(indicator, [lost], deductions=[taken] if penalty else [])
    doubt = item(f"{len(broken)} 项待认定，认定后本项不得分", -base.low, ZERO, broken)
    may_come_off = item(f"待认定，认定后倒扣 {penalty} 分", -penalty, ZERO, broken)
    return result(indicator, [*base.items, doubt], deductions=[may_come_off] if penalty else [], judged=base.judged)


def _all(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    weighed = facts.weighed(indicator.checks)
    doubts = [w for w in weighed if w.unknown]
    if lost := _lost(weighed):
        return result(indicator, [lost])
    if doubts:
        return result(indicator, [_doubt(doubts, indicator.points)])
    if facts.unjudged & set(indicator.checks):
        return open_range(indicator, "新报的记录还没有判定", weighed, judged=False)
    met = [w for w in weighed if w.outcome is Outcome.MET]
    missing = facts.missing_reports.get(indicator.code)
    if met and (silent := facts.silent_cells.get(indicator.code)):
        why = f"报了的都达到要求；{'、'.join(silent)} 既无数据也无零报告，是否全量还不知道"
        return result(indicator, [item(why, ZERO, indicator.points, met)])
    if met:
        unsaid = (
            f"（既无数据也无零报告：{'、'.join(missing)}）" if missing else ""
        )  # no duty to say so, yet nobody can tell
        return result(indicator, [item(f"全部达到要求{unsaid}", indicator.points, weighed=met)])
    if missing is None:
        return result(indicator, [item("已零报告", indicator.points)])
    return open_range(indicator, f"没有报送，零报告尚缺 {'、'.join(missing)}，未评", judged=False)


def by_month(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """The points in equal parts by month (reading `monthly-all-or-nothing`: per-month), each part all or nothing.

    A month of which no evidence speaks is not over, and its part is open.
    """
    weighed = facts.weighed(indicator.checks)
    months = [m for m in facts.period.months if facts.unit.valid_on(date.fromisoformat(f"{m}-01"))]
    if not weighed or not months:
        return _all(indicator, facts)
    items = []
    for number, month in enumerate(months):
        part = indicator.points * (number + 1) / len(months) - indicator.points * number / len(months)
        items.append(_of_month(month, part, [w for w in weighed if f"{w.evidence.decided_on:%Y-%m}" == month]))
    return result(indicator, items)


def _of_month(month: str, part: Decimal, weighed: Sequence[Adjudicated]) -> ScoreItem:
    if not weighed:
        return item(f"{month} 还没有过完", ZERO, part)
    doubts = [w for w in weighed if w.unknown]
    found = _lost(weighed) or (_doubt(doubts, part) if doubts else item("达到要求", part, weighed=weighed))
    return replace(found, why=f"{month} {found.why}")


def _lost(weighed: Sequence[Adjudicated]) -> ScoreItem | None:
    """Why nothing is won, if so: a breach that stands, or months of 零报告 alone where these do not count."""
    stands = [w for w in weighed if w.outcome is Outcome.BREACHED and not w.provisional]
    if stands:
        return item(f"{len(stands)} 项经复核不符合", ZERO, weighed=stands)
    empty = [w for w in weighed if w.evidence.slug == ZERO_ALONE.code and w.outcome is Outcome.NOT_APPLICABLE]
    return item(f"{len(empty)} 个月只有零报告，没有归集到信息，不得分", ZERO, weighed=empty) if empty else None


def _besides(indicator: Indicator, facts: UnitFacts, base: IndicatorScore) -> IndicatorScore:
    """What is won where everything of `also` must be met besides; as it is where nothing speaks of that."""
    weighed = facts.weighed(indicator.also)
    wanting = [w for w in weighed if w.outcome is Outcome.BREACHED or w.unknown]
    if not wanting or not base.high:
        return base
    if lost := _lost(wanting):
        return result(indicator, [lost])
    why = f"{base.why}；{'、'.join(w.sentence for w in wanting)}"
    return result(indicator, [item(why, ZERO, base.high, [*facts.weighed(indicator.checks), *wanting])])


def _doubt(doubts: Sequence[Adjudicated], points: Decimal) -> ScoreItem:
    provisional = sum(w.provisional for w in doubts)
    parts = [f"{provisional} 项不符合（待核实）"] if provisional else []
    parts += [f"{len(doubts) - provisional} 项尚无定论"] if len(doubts) > provisional else []
    return item("，".join(parts), ZERO, points, doubts)


def _any(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    weighed = facts.weighed(indicator.checks)
    met = [w for w in weighed if w.outcome is Outcome.MET]
    if met:
        return result(indicator, [item(f"{len(met)} 项达到要求", indicator.points, weighed=met)])
    doubts = [w for w in weighed if w.unknown]
    if doubts:
        return result(indicator, [_doubt(doubts, indicator.points)])
    if unheard(indicator, facts):
        return open_range(indicator, "尚未收到任何单位的材料，未评", judged=False)
    if why := may_come(indicator, facts):
        return open_range(indicator, why)
    return result(indicator, [item("没有达到要求的材料", ZERO, weighed=weighed)])

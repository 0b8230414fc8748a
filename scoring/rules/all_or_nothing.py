"""All the points or none (docs/rules.md §1.1, §1.2, §1.3, §2.1, §3.y, §6.1), and what comes off the total besides
(倒扣).
"""

from collections.abc import Sequence

from core.domain.models import IndicatorScore, Outcome, ScoreItem
from core.domain.scheme import Indicator
from scoring.adjudicated import Adjudicated
from scoring.rules.inputs import ZERO, UnitFacts, item, may_come, open_range, result, unheard


def all_or_nothing(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    """`need = "all"`: nothing may be amiss · `need = "any"`: one that is met wins the points.

    A breach nobody has reviewed is provisional: it may take the points, so it opens the range and no more. With
    `penalty`, a confirmed breach of `penalty_checks` wins nothing and takes that much off the total.
    """
    base = _all(indicator, facts) if indicator.need == "all" else _any(indicator, facts)
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
    stands = [w for w in weighed if w.outcome is Outcome.BREACHED and not w.provisional]
    doubts = [w for w in weighed if w.unknown]
    if stands:
        return result(indicator, [item(f"{len(stands)} 项经复核不符合", ZERO, weighed=stands)])
    if doubts:
        return result(indicator, [_doubt(indicator, doubts)])
    if facts.unjudged & set(indicator.checks):
        return open_range(indicator, "新报的记录还没有判定", weighed, judged=False)
    met = [w for w in weighed if w.outcome is Outcome.MET]
    missing = facts.missing_reports.get(indicator.code)
    if met:
        unsaid = (
            f"（既无数据也无零报告：{'、'.join(missing)}）" if missing else ""
        )  # no duty to say so, yet nobody can tell
        return result(indicator, [item(f"全部达到要求{unsaid}", indicator.points, weighed=met)])
    if missing is None:
        return result(indicator, [item("已零报告", indicator.points)])
    return open_range(indicator, f"没有报送，零报告尚缺 {'、'.join(missing)}，未评", judged=False)


def _doubt(indicator: Indicator, doubts: Sequence[Adjudicated]) -> ScoreItem:
    provisional = sum(w.provisional for w in doubts)
    parts = [f"{provisional} 项不符合（待核实）"] if provisional else []
    parts += [f"{len(doubts) - provisional} 项尚无定论"] if len(doubts) > provisional else []
    return item("，".join(parts), ZERO, indicator.points, doubts)


def _any(indicator: Indicator, facts: UnitFacts) -> IndicatorScore:
    weighed = facts.weighed(indicator.checks)
    met = [w for w in weighed if w.outcome is Outcome.MET]
    if met:
        return result(indicator, [item(f"{len(met)} 项达到要求", indicator.points, weighed=met)])
    doubts = [w for w in weighed if w.unknown]
    if doubts:
        return result(indicator, [_doubt(indicator, doubts)])
    if unheard(indicator, facts):
        return open_range(indicator, "尚未收到任何单位的材料，未评", judged=False)
    if why := may_come(indicator, facts):
        return open_range(indicator, why)
    return result(indicator, [item("没有达到要求的材料", ZERO, weighed=weighed)])

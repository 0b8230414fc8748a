"""The quarter's calendar: what is due when, what is done, and what the next step still lacks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from core.domain.deadlines import closing, period_in_question
from core.domain.models import Evaluation
from core.domain.periods import Period, parse_period
from core.storage.session import Session
from reporting.open_matters import ASKS_FOR_A_WORD, MatterKind, NextStep, Tallies
from review.freeze import hindrances
from review.objections import closing_day

_SHOWN = 6  # lines of what a freeze lacks; `freeze --check` shows them all


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a quarter. `day`: its last day, or the first on which it may be done; `done`: None where nobody keeps
    a record of it. `lacking`: what it lacks, in words; `todo`: what is to be done, with the command.
    """

    name: str
    day: date
    done: bool | None
    lacking: tuple[str, ...] = ()
    todo: str = ""


def quarter_in_question(session: Session) -> Period:
    """The quarter that commands, reports and letters are about where nobody names another."""
    return period_in_question(session.config, session.now(), session.frozen.quarters(), session.runs.first_day())


def calendar_of(session: Session, evaluation: Evaluation, open_: Tallies) -> tuple[Step, ...]:
    """The steps of an evaluated quarter in their order; `open_`: what all that is open in it comes to."""
    today, name, period = session.now().date(), evaluation.period, parse_period(evaluation.period)
    due, objections = closing(session.config, period).date(), closing_day(session.config, period)
    result = session.frozen.newest(name)
    words = {kind: each.number for kind, each in open_.items() if kind in ASKS_FOR_A_WORD}
    missing = open_[MatterKind.MISSING].number if MatterKind.MISSING in open_ else 0
    hindered = hindrances(session, period, evaluation, open_)
    fixed = result.at.date() if result else objections + timedelta(days=1)
    freezing = "" if result else f"chengxin freeze {name}" + (" --over 理由" if hindered.open else "")
    return (
        Step(name="季度最后一天", day=period.last, done=today > period.last),
        Step(
            name="报送截止",
            day=due,
            done=today > due,
            lacking=(f"{MatterKind.MISSING} {missing} 项",) if missing else (),
            todo="催报：chengxin chase 月份" if missing else "",
        ),
        Step(
            name="异议截止",
            day=objections,
            done=today > objections,
            todo="" if today > objections else f"告知各单位：chengxin report {name} --unit 单位",
        ),
        Step(
            name="逐项裁定",
            day=objections,
            done=not words,
            lacking=tuple(f"{kind} {number} 项" for kind, number in words.items()),
            todo="看一项办一项：chengxin pending；成批办：chengxin review export 复核表.xlsx" if words else "",
        ),
        Step(
            name="冻结",
            day=fixed,
            done=result is not None,
            lacking=() if result else _first((*hindered.firm, *hindered.open), name),
            todo=freezing,
        ),
        Step(
            name="分发",
            day=fixed,
            done=None if result else False,
            todo=f"chengxin publish {name}" if result else "",
        ),
    )


def next_of(session: Session, evaluation: Evaluation, open_: Tallies) -> NextStep | None:
    """The first step of an evaluated quarter that is not done; None where all that is recorded is."""
    for step in calendar_of(session, evaluation, open_):
        if step.done is False:
            return NextStep(
                quarter=evaluation.period, name=step.name, day=step.day, lacking=step.lacking, todo=step.todo
            )
    return None


def _first(lines: Sequence[str], period: str) -> tuple[str, ...]:
    """The first of what is lacking; with what shows all where there is more."""
    left = len(lines) - _SHOWN
    return (*lines[:_SHOWN], *([f"另有 {left} 处，全部见 chengxin freeze {period} --check"] if left > 0 else []))

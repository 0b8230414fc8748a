"""What if, and who moved: scores under other facts, another scheme or another period, set side by side."""

import tomllib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from pydantic import ValidationError

from core.domain.errors import UsageError
from core.domain.interpretations import Choice, Interpretation, set_value
from core.domain.models import Evaluation, Evidence, EvidenceSubject, IndicatorScore, Outcome, Ruling, Score
from core.domain.periods import Period
from core.domain.ruling_validity import call_number
from core.domain.scheme import Scheme
from core.storage.backup import copy_store
from core.storage.database import Store
from core.storage.session import Session
from pipeline.evaluate import evaluate, evidence_of
from pipeline.score import evaluation_of, scores_of
from scoring.grades import rescored
from scoring.rules import UnitFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorChange:
    """One indicator's points before and after, each a range, and the reasons after."""

    code: str
    title: str
    before: tuple[Decimal, Decimal]
    after: tuple[Decimal, Decimal]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitChange:
    """One unit before and after; `shifts`: the indicators that changed, the widest first."""

    unit: str
    before: Score
    after: Score
    shifts: tuple[IndicatorChange, ...]

    @property
    def is_still(self) -> bool:
        """Whether nothing changed."""
        same = (self.before.total, self.before.grade_low, self.before.grade_high)
        return not self.shifts and same == (self.after.total, self.after.grade_low, self.after.grade_high)


def score_changes(before: Iterable[Score], after: Iterable[Score]) -> tuple[UnitChange, ...]:
    """Every unit that has a score on both sides, in the order of the first."""
    later = {score.unit: score for score in after}
    return tuple(_move(score, later[score.unit]) for score in before if score.unit in later)


def _move(before: Score, after: Score) -> UnitChange:
    old = {row.code: row for row in before.indicators}
    new = {row.code: row for row in after.indicators}
    shifts = []
    for code in dict.fromkeys([*old, *new]):
        a, b = old.get(code), new.get(code)
        ends = tuple(_ends(row) for row in (a, b))
        if ends[0] != ends[1]:
            title = (b or a).title  # type: ignore[union-attr]
            shifts.append(
                IndicatorChange(code=code, title=title, before=ends[0], after=ends[1], why=b.why if b else "不再考评")
            )
    shifts.sort(key=lambda s: (-abs(s.after[0] - s.before[0]) - abs(s.after[1] - s.before[1]), s.code))
    return UnitChange(unit=before.unit, before=before, after=after, shifts=tuple(shifts))


def _ends(row: IndicatorScore | None) -> tuple[Decimal, Decimal]:
    """An indicator's points with what it takes off the total."""
    if row is None:
        return Decimal(0), Decimal(0)
    low, high = (sum((getattr(d, end) for d in row.deductions), Decimal(0)) for end in ("low", "high"))
    return row.low + low, row.high + high


# ---------------------------------------------------------------- what if


def if_met(session: Session, period: Period, names: Collection[str]) -> tuple[Score, ...]:
    """The scores if the evidence named (call numbers or keys) were met; UsageError for a name nobody knows."""
    evaluation = evidence_of(session, period)
    known = {name for e in evaluation.everything for name in (e.key, call_number(e.key))}
    if unknown := set(names) - known:
        raise UsageError(f"没有这个事项：{'、'.join(sorted(unknown))}（chengxin explain 或 pending 列出事项号）")
    evidence, filed = (tuple(_as_met(e, names) for e in all_) for all_ in (evaluation.evidence, evaluation.filed))
    return scores_of(session, replace(evaluation, evidence=evidence, filed=filed))


def _as_met(evidence: Evidence, names: Collection[str]) -> Evidence:
    if evidence.key not in names and call_number(evidence.key) not in names:
        return evidence
    return replace(evidence, outcome=Outcome.MET, slug="supposed", sentence=f"{evidence.sentence}（假定已符合）")


def if_worded(scheme: Scheme, facts: UnitFacts, before: Score, item: Evidence, ruling: Ruling) -> UnitChange:
    """The same of a unit whose facts are at hand: only what weighs the evidence is reckoned again."""
    words = dict(facts.words) | {item.key: ruling}
    (change,) = score_changes([before], [rescored(scheme, replace(facts, words=words), before, item.check)])
    return change


def if_ruled(session: Session, evaluation: Evaluation, ruling: Ruling) -> UnitChange | None:
    """What a ruling on an evidence would change for its unit, against an evaluation with scores; None where the unit
    has no score. Nothing is stored.
    """
    known = {item.key: item for item in evaluation.with_earlier}
    item = known.get(ruling.subject.key) if isinstance(ruling.subject, EvidenceSubject) else None
    before = next((score for score in evaluation.scores if item is not None and score.unit == item.unit), None)
    if item is None or before is None:
        return None
    (after,) = scores_of(session.at(evaluation.at), evaluation, (ruling,), item.unit)
    return next(iter(score_changes([before], [after])), None)


def if_scheme(session: Session, period: Period, scheme: Scheme, work: Path) -> tuple[Score, ...]:
    """The scores under another scheme: all is judged anew on a copy of the store in the folder `work`."""
    changes = {"scheme": scheme, "scheme_hash": "what-if", "schemes": (), "hash": "what-if"}
    copy_store(session.store.path, work / "what-if.db")
    with Store(work / "what-if.db") as copied:
        other = replace(session.at(session.now()), store=copied, config=session.config.model_copy(update=changes))
        evaluate(other, full=True)
        return evaluation_of(other, period).scores


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTrial:
    """A reading under another of its choices: who would move, with the scores before and after."""

    reading: Interpretation
    choice: Choice
    moves: tuple[UnitChange, ...]


def reading_trials(session: Session, period: Period, path: Path) -> tuple[ReadingTrial, ...]:
    """Every reading of the scheme file under each choice that is not in force; UsageError where the file has none.

    Readings bear on what was handed in and on points alone: the evidence about decisions stays as it was evaluated.
    """
    now = evaluation_of(session, period).scores
    readings = [reading for reading in changed_scheme(path, ()).readings if reading.choices]
    if not readings:
        raise UsageError(f"{path.name} 的解读没有写 choice，没有别的解读可试")
    return tuple(
        ReadingTrial(reading=reading, choice=choice, moves=score_changes(now, if_read(session, period, path, change)))
        for reading in readings
        for choice in reading.others
        for change in [(f"{reading.slug}:in_force={choice.name}", f"{reading.slug}:enabled=true")]
    )


def if_read(session: Session, period: Period, path: Path, changes: Iterable[str]) -> tuple[Score, ...]:
    """The scores with values of the scheme file set that bear on points and hand-ins alone (`reading_trials`)."""
    scheme = changed_scheme(path, changes)
    changed = {"scheme": scheme, "scheme_hash": "what-if", "schemes": (), "hash": "what-if"}
    return evaluation_of(replace(session, config=session.config.model_copy(update=changed)), period).scores


def changed_scheme(path: Path, changes: Iterable[str]) -> Scheme:
    """The scheme file with values set, as in `1.3:points=8`, `1.1:parameters.penalty=5`, `deadline:calendar=working`.

    UsageError for a change that cannot be read, names nothing, or makes no scheme.
    """
    data = tomllib.loads(path.read_text("utf-8"), parse_float=Decimal)
    try:
        for change in changes:
            set_value(data, change)
        return Scheme.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            f"改后的方案不成立：{'.'.join(map(str, first['loc']))}：{first['msg'].removeprefix('Value error, ')}"
        ) from None
    except ValueError as error:
        raise UsageError(str(error)) from None

"""The system's word held against the truth: who was accused wrongly, and which breach was missed."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from statistics import median

from core.domain.models import Decision, Evidence, Outcome
from core.domain.text import document_numbers, plain_name
from simulation.ground_truth import PUBLISHED, Truth
from simulation.materials import FilingTruth
from simulation.world import LAST_NIGHT, night_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """One accusation that was not right when it was made."""

    night: date
    evidence: str
    slug: str
    decision_ref: str  # empty: a decision the town does not know
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Missed:
    """One breach that could be proved and never was."""

    decision_ref: str
    check: str
    channel: str
    visible_from: date
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Nights between the first night a breach could be proved and the night it was."""

    median: float
    max: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """The two numbers that rule (both lists must be empty), and what else is worth knowing."""

    accused_wrongly: tuple[Wrong, ...]
    missed: tuple[Missed, ...]
    inconclusive_share: Decimal  # of final publication evidences, one a decision and channel
    delay_nights: dict[str, Delay]
    detected: int  # of the visible ones
    visible: int  # breaches that could be proved

    def __add__(self, other: "Accuracy") -> "Accuracy":
        """Both together; the share and the delays stay this one's."""
        return replace(
            self,
            accused_wrongly=self.accused_wrongly + other.accused_wrongly,
            missed=self.missed + other.missed,
            detected=self.detected + other.detected,
            visible=self.visible + other.visible,
        )


@dataclass(frozen=True, slots=True)
class _Index:
    by_number: dict[tuple[str, str], list[Truth]]
    by_name: dict[tuple[str, str, date], list[Truth]]

    def refs(self, decision: Decision) -> list[str]:
        """The town's decisions that this one is: by number, narrowed by name; else by name and day."""
        numbers = document_numbers(decision.number)
        matching = _of_kind(decision, [t for n in numbers for t in self.by_number.get((decision.unit, n), [])])
        name = plain_name(decision.name)
        same = [t for t in matching if plain_name(t.name) == name]
        if name and not same:  # its number may be another's: who and when then say whose it is
            keys = [(decision.unit, name, day) for day in decision.decided_on]
            same = _of_kind(decision, [t for key in keys for t in self.by_name.get(key, [])])
        return list(dict.fromkeys(t.decision_ref for t in same or matching))


def _of_kind(decision: Decision, truths_of_number: list[Truth]) -> list[Truth]:
    return [t for t in truths_of_number if decision.kind is None or t.kind is decision.kind]


def compare(
    truths: Iterable[Truth],
    evidence_by_night: Iterable[tuple[date, Evidence]],
    decisions: Mapping[str, Decision] | Iterable[Decision],
    *,
    final: Iterable[Evidence] | None = None,
    last_night: date = LAST_NIGHT,
) -> Accuracy:
    """Hold evidence against truth.

    `evidence_by_night` holds at least every first breach, under the night it was made; evidence of other outcomes
    may stand there too. `final` is the last night's whole evidence; None takes what stands under `last_night`.
    `decisions` must know every decision that any of the evidence names, whatever night that was.
    """
    rows, events = tuple(truths), list(evidence_by_night)
    known = decisions if isinstance(decisions, Mapping) else {d.id: d for d in decisions}
    last = list(final) if final is not None else [e for night, e in events if night == last_night]
    accusations = [(n, e) for n, e in events if e.outcome is Outcome.BREACHED]
    accusations += [(last_night, e) for e in last if e.outcome is Outcome.BREACHED]
    wrong, first_found = _sort_out(rows, accusations, known)
    visible = [t for t in rows if t.breached and t.visible_from is not None and t.visible_from <= last_night]
    missed = tuple(
        Missed(decision_ref=t.decision_ref, check=t.check, channel=_word(t), visible_from=t.visible_from, why=t.why)
        for t in visible
        if t.visible_from is not None and _key(t) not in first_found
    )
    return Accuracy(
        accused_wrongly=wrong,
        missed=missed,
        inconclusive_share=_inconclusive(last),
        delay_nights=_delays(visible, first_found),
        detected=sum(_key(t) in first_found for t in visible),
        visible=len(visible),
    )


def compare_filings(
    truths: Iterable[FilingTruth], events: Iterable[tuple[date, Evidence]], last_night: date
) -> Accuracy:
    """Hold the breaches about what was handed in against the truth: who, which check, what the sentence is about."""
    table, first = tuple(truths), dict[FilingTruth, date]()
    wrong: dict[str, Wrong] = {}
    for night, item in sorted(events, key=lambda event: event[0]):
        right = [
            t
            for t in table
            if (t.check, t.unit) == (item.check, item.unit) and t.words in item.sentence and t.since <= night
        ]
        for truth in right:
            first.setdefault(truth, night)
        if not right and item.key not in wrong:
            reason = f"the town knows of no such breach: {item.sentence}"
            wrong[item.key] = Wrong(night=night, evidence=item.key, slug=item.slug, decision_ref="", reason=reason)
    visible = [t for t in table if t.visible_from <= last_night]
    missed = tuple(
        Missed(
            decision_ref=t.words, check=t.check, channel=t.unit, visible_from=t.visible_from, why="handed in, and so"
        )
        for t in visible
        if t not in first
    )
    return Accuracy(
        accused_wrongly=tuple(wrong.values()),
        missed=missed,
        inconclusive_share=Decimal(0),
        delay_nights={},
        detected=len(visible) - len(missed),
        visible=len(visible),
    )


def _sort_out(
    rows: tuple[Truth, ...], accusations: list[tuple[date, Evidence]], known: Mapping[str, Decision]
) -> tuple[tuple[Wrong, ...], dict[tuple[str, str, str], date]]:
    """Wrong accusations, one an evidence key, and the first night of every right one."""
    index, table = _index(rows), {_key(t): t for t in rows}
    wrong: dict[str, Wrong] = {}
    first_seen: dict[tuple[str, str, str], date] = {}
    for night, evidence in sorted(accusations, key=lambda pair: pair[0]):
        decision = known.get(evidence.decision)
        refs = index.refs(decision) if decision else []
        answers = [t for ref in refs for t in _truths_for(table, ref, evidence)]
        right = [t for t in answers if t.holds_against(night_moment(night))]
        for truth in right:
            first_seen.setdefault(_key(truth), night)
        if not right:
            wrong.setdefault(evidence.key, _wrong(night, evidence, answers))
    return tuple(wrong.values()), first_seen


def _truths_for(table: Mapping[tuple[str, str, str], Truth], ref: str, evidence: Evidence) -> list[Truth]:
    words = {evidence.channel.value if evidence.channel else "", ""}
    return [table[key] for key in ((ref, evidence.check, word) for word in sorted(words)) if key in table]


def _wrong(night: date, evidence: Evidence, answers: list[Truth]) -> Wrong:
    if not answers:  # also of a check that the town knows no breach of
        return Wrong(
            night=night, evidence=evidence.key, slug=evidence.slug, decision_ref="", reason="no such decision was made"
        )
    truth = answers[0]
    return Wrong(
        night=night, evidence=evidence.key, slug=evidence.slug, decision_ref=truth.decision_ref, reason=truth.why
    )


def _index(rows: tuple[Truth, ...]) -> _Index:
    index = _Index({}, {})
    for truth in rows:
        if truth.check != PUBLISHED:
            continue
        for number in truth.numbers:
            index.by_number.setdefault((truth.unit, number), []).append(truth)
        index.by_name.setdefault((truth.unit, plain_name(truth.name), truth.decided), []).append(truth)
    return index


def _key(truth: Truth) -> tuple[str, str, str]:
    return truth.decision_ref, truth.check, _word(truth)


def _word(truth: Truth) -> str:
    return truth.channel.value if truth.channel else ""


def _inconclusive(last: list[Evidence]) -> Decimal:
    asked = [e for e in last if e.check == PUBLISHED]
    open_ones = sum(1 for e in asked if e.outcome is Outcome.INCONCLUSIVE)
    return (Decimal(open_ones) / len(asked)).quantize(Decimal("0.0001")) if asked else Decimal(0)


def _delays(visible: list[Truth], first_seen: Mapping[tuple[str, str, str], date]) -> dict[str, Delay]:
    by_check: dict[str, list[int]] = {}
    for truth in visible:
        if truth.visible_from is not None and _key(truth) in first_seen:
            nights = (first_seen[_key(truth)] - truth.visible_from).days
            by_check.setdefault(truth.check, []).append(max(nights, 0))
    return {check: Delay(median=float(median(late)), max=max(late)) for check, late in sorted(by_check.items())}


def dump(accuracy: Accuracy, truths: Iterable[Truth], path: Path) -> None:
    """Write `truth.json`: the two numbers, the lists behind them, and the whole table of truths."""
    data = {
        "accused_wrongly": len(accuracy.accused_wrongly),
        "missed": len(accuracy.missed),
        "inconclusive_share": float(accuracy.inconclusive_share),
        "delay_nights": {check: asdict(delay) for check, delay in accuracy.delay_nights.items()},
        "found": accuracy.detected,
        "visible": accuracy.visible,
        "accused_wrongly_list": [asdict(w) for w in accuracy.accused_wrongly],
        "missed_list": [asdict(m) for m in accuracy.missed],
        "truths": [asdict(t) for t in truths],
    }
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, default=_plain), "utf-8")


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{value!r} has no place in truth.json")

"""What still holds a grade open, or waits for a person's word: one list for `pending`, the review workbook, the reports
and the freeze.

A grade is open where a reason for points has two ends (docs/scoring.md §五). Each such reason is a matter of its own,
by the evidence that it rests on; beside these stand the words that are asked for and move no points: a breach that no
indicator weighs, a page that a person must look at, records that may be one act, objections without an answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from checks.cases.publication_verdict import DUTY_UNCLEAR
from core.domain.clock import ZONE
from core.domain.models import Evidence, Objection, Outcome, PossibleLink, Ruling, Score, ScoreItem
from core.domain.reason_codes import SET_ASIDE
from core.domain.ruling_validity import call_number, newest_words, ruled_links
from reporting import wording
from reporting.citations import citation_lines
from reporting.evidence_items import about, record_line
from reporting.lookup import Lookup
from reporting.view_models import Status
from scoring.adjudicated import SEVERITIES, Adjudicated, adjudicate


class MatterKind(StrEnum):
    """Why a matter is open, the one that asks most of the office first."""

    OBJECTION = "异议未答复"
    BREACH = "待核实"
    SEVERITY = "程度待定"
    CEILING = "等级上限待定"
    CLAIM = "主张待裁定"
    REVIEW = "待复核"
    LINK = "疑似同一件"
    ASIDE = "搁置"
    UNDECIDED = "未定（影响得分）"
    MISSING = "缺少材料"
    NOT_DUE = "期限未到"


# what the office can do about it, in the words of the commands
TODO: Mapping[MatterKind, str] = {
    MatterKind.OBJECTION: "用裁定答复：chengxin rule 裁定 事项号 --why 理由",
    MatterKind.BREACH: "裁定成立或不成立：chengxin rule confirm|dismiss 事项号 --why 理由",
    MatterKind.SEVERITY: "裁定程度：chengxin rule amend 事项号 --value 一般|较重|严重 --why 理由",
    MatterKind.CEILING: "裁定等级上限：chengxin rule-unit 单位 conduct --value 蓝|黄 --period 季度 --why 理由",
    MatterKind.CLAIM: "裁定不公开、暂缓公开的主张：chengxin rule-claim 文书号 accept|dismiss --why 理由",
    MatterKind.REVIEW: "核对后更正：chengxin rule amend 事项号 --value 符合|不符合|不适用 --why 理由",
    MatterKind.LINK: "在复核表的“疑似同一件”里选：chengxin review export 复核表.xlsx",
    MatterKind.ASIDE: "放行或撤回记录：chengxin set-aside",
    MatterKind.UNDECIDED: "等下一次核查；有别的材料可凭的，核对后更正（同待复核）",
    MatterKind.MISSING: "催有关单位报送或零报告：chengxin chase 月份",
    MatterKind.NOT_DUE: "到期自明，不用办",
}
ASKS_FOR_A_WORD = frozenset({MatterKind.OBJECTION, MatterKind.BREACH})  # nothing is frozen before these are answered
_CEILING = "等级上限"
_RANK = {kind: number for number, kind in enumerate(MatterKind)}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenMatter:
    """One matter. `call`: what a command takes (an item's number, of a pair the beginnings of its records' ids, of what
    is missing the indicator); `changes`: what it would change, of each indicator the ends; `proof`: where it rests;
    `since`: the night on which it was told first, None where it was not; `until`: the last day for a word on it.
    """

    kind: MatterKind
    call: str
    unit: str  # slug
    unit_name: str
    about: str
    sentence: str
    changes: tuple[str, ...] = ()
    proof: str = ""
    since: date | None = None
    until: date | None = None
    todo: str
    evidence: str = ""  # its key, where it has one
    pair: PossibleLink | None = None
    before: Ruling | None = None  # the word that no longer holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said beside the evidence: objections that no ruling came after, the night on which an item was told
    first (by evidence key), and the last day for words on the period."""

    unanswered: Sequence[Objection] = ()
    told: Mapping[str, date] = field(default_factory=dict)
    until: date | None = None


def open_matters(lookup: Lookup, said: Said, *, quoted: bool = True) -> tuple[OpenMatter, ...]:
    """All that is open in the evaluation, by kind, then in the order of units.toml and by number; `quoted`: with the
    fact that each rests on, for which the index has to have it."""
    order = {unit.slug: number for number, unit in enumerate(lookup.config.units)}
    reasons = tuple(_open_reasons(lookup))
    about_points = (*_of_evidence(lookup, said, reasons, quoted=quoted), *_missing(lookup, said, reasons))
    matters = (*about_points, *_pairs(lookup, said), *_objections(lookup, said))
    return tuple(sorted(matters, key=lambda m: (_RANK[m.kind], order.get(m.unit, len(order)), m.about, m.call)))


def counted(matters: Iterable[OpenMatter]) -> dict[MatterKind, int]:
    """How many there are of each kind that occurs."""
    numbers: dict[MatterKind, int] = dict.fromkeys(MatterKind, 0)
    for matter in matters:
        numbers[matter.kind] += 1
    return {kind: number for kind, number in numbers.items() if number}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is open of one kind: how many, the first of them; of those that would change points (`held`) the same; the
    night on which the first was told, the first last day for a word."""

    number: int
    first: OpenMatter
    held: int
    first_held: OpenMatter | None
    oldest: date | None
    until: date | None

    def joined(self, later: "Tally") -> "Tally":
        """The same for this and what follows in the list."""
        return Tally(
            number=self.number + later.number,
            first=self.first,
            held=self.held + later.held,
            first_held=self.first_held or later.first_held,
            oldest=_first_day(self.oldest, later.oldest),
            until=_first_day(self.until, later.until),
        )


Tallies = Mapping[MatterKind, Tally]  # of each kind that occurs, in the order of kinds


def tallied(matters: Iterable[OpenMatter]) -> Tallies:
    """What a list of matters comes to, kind by kind."""
    found: dict[MatterKind, list[OpenMatter]] = {}
    for matter in matters:
        found.setdefault(matter.kind, []).append(matter)
    return {kind: _tally(found[kind]) for kind in MatterKind if kind in found}


def _tally(matters: Sequence[OpenMatter]) -> Tally:
    """What matters of one kind come to; there is one at least."""
    held = [matter for matter in matters if matter.changes]
    return Tally(
        number=len(matters),
        first=matters[0],
        held=len(held),
        first_held=held[0] if held else None,
        oldest=_first_day(*{matter.since for matter in matters}),
        until=_first_day(*{matter.until for matter in matters}),
    )


def joined_tallies(parts: Iterable[Tallies]) -> Tallies:
    """What parts of a list come to together, in their order."""
    found: dict[MatterKind, Tally] = {}
    for part in parts:
        for kind, tally in part.items():
            found[kind] = found[kind].joined(tally) if kind in found else tally
    return {kind: found[kind] for kind in MatterKind if kind in found}


def _first_day(*days: date | None) -> date | None:
    return min((day for day in days if day), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits of one kind: how many, since when the oldest was told, the last day for words, what is to be done."""

    kind: MatterKind
    number: int
    oldest: date | None
    until: date | None
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What the quarter's calendar asks for next: `day` is its last day, or the first on which it may be done."""

    quarter: str
    name: str
    day: date
    lacking: tuple[str, ...] = ()
    todo: str = ""


def waiting(open_: Tallies) -> tuple[Waiting, ...]:
    """What waits for the office, kind by kind; what ends by itself is left out."""
    return tuple(
        Waiting(kind=kind, number=each.number, oldest=each.oldest, until=each.until, todo=TODO[kind])
        for kind, each in open_.items()
        if kind is not MatterKind.NOT_DUE
    )


# ---------------------------------------------------------------- reasons for points with two ends


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenReason:
    """A reason of a unit's with two ends, of an indicator (`code`; "" of the ceiling). `waiting`: the keys of the
    evidence that it waits for; none where it waits for something to come in."""

    unit: str
    code: str
    title: str
    item: ScoreItem
    waiting: tuple[str, ...]

    @property
    def change(self) -> str:
        """What its settling would change, with its ends."""
        if not self.code:
            return self.title
        return f"{self.code}：{wording.points_range((self.item.low, self.item.high))} 分"


def _open_reasons(lookup: Lookup) -> Iterator[_OpenReason]:
    for score in lookup.evaluation.scores:
        for code, title, item in _two_ended(score):
            waiting = tuple(_waiting(lookup, code, item))
            yield _OpenReason(unit=score.unit, code=code, title=title, item=item, waiting=waiting)


def _two_ended(score: Score) -> Iterator[tuple[str, str, ScoreItem]]:
    """(indicator's code, its title, the reason); "" and 等级上限 for what the ceiling waits for."""
    for row in score.indicators:
        for item in (*row.items, *row.deductions):
            if item.low != item.high:
                yield row.code, row.title, item
    for item in score.ceiling_waiting:
        yield "", _CEILING, item


def _waiting(lookup: Lookup, code: str, item: ScoreItem) -> Iterator[str]:
    """What may still turn out either way, and what is confirmed and not yet weighed (a record without its severity, a
    conduct without its ceiling)."""
    for evidence in lookup.known(item.evidence):
        said = _adjudicated(lookup, evidence)
        weighed = said.outcome is not Outcome.BREACHED or (code and not _by_severity(lookup, evidence))
        if said.unknown or not weighed:
            yield evidence.key


# ---------------------------------------------------------------- by evidence


def _of_evidence(lookup: Lookup, said: Said, reasons: Iterable[_OpenReason], *, quoted: bool) -> Iterator[OpenMatter]:
    held: defaultdict[str, list[str]] = defaultdict(list)
    for reason in reasons:
        for key in reason.waiting:
            held[key].append(reason.change)
    newest = newest_words(lookup.facts.rulings)
    weighed_before = lookup.known(key for key in held if key not in lookup.evidence)
    for evidence in (*lookup.evaluation.everything, *weighed_before):
        changes = held.get(evidence.key, ())
        kind = _kind(lookup, evidence, held=bool(changes))
        if kind is None:
            continue
        yield OpenMatter(
            kind=kind,
            call=call_number(evidence.key),
            unit=evidence.unit,
            unit_name=lookup.unit_name(evidence.unit),
            about=about_item(lookup, evidence),
            sentence=wording.safe(evidence.sentence),
            changes=tuple(changes),
            proof=_proof(lookup, evidence) if quoted else "",
            since=said.told.get(evidence.key),
            until=said.until,
            todo=TODO[kind],
            evidence=evidence.key,
            before=newest.get(evidence.key) if kind is MatterKind.BREACH else None,
        )


def _kind(lookup: Lookup, evidence: Evidence, *, held: bool) -> MatterKind | None:
    """Why this evidence is open; None where it is not. `held`: a reason for points with two ends rests on it."""
    status = lookup.status(evidence)
    if status is Status.PROVISIONAL:
        return MatterKind.BREACH
    if held and not _adjudicated(lookup, evidence).unknown:
        told = lookup.rulings[evidence.key].value in SEVERITIES
        return MatterKind.SEVERITY if not told and _by_severity(lookup, evidence) else MatterKind.CEILING
    if evidence.slug == SET_ASIDE.code:
        return MatterKind.ASIDE
    if evidence.slug == DUTY_UNCLEAR.code and evidence.key not in lookup.rulings:
        return MatterKind.CLAIM
    reason = lookup.text(evidence.check).reason(evidence.slug)
    if reason is not None and reason.needs_review and evidence.key not in lookup.rulings:
        return MatterKind.REVIEW
    if not held:
        return None
    return MatterKind.NOT_DUE if evidence.outcome is Outcome.PENDING else MatterKind.UNDECIDED


def _by_severity(lookup: Lookup, evidence: Evidence) -> bool:
    """Whether its points go by severity."""
    rules = {i.rule for i in lookup.config.scheme.indicators if evidence.check in i.checks}
    return "deduct-by-severity" in rules


def _adjudicated(lookup: Lookup, evidence: Evidence) -> Adjudicated:
    return adjudicate(evidence, lookup.rulings, lookup.today)


def about_item(lookup: Lookup, evidence: Evidence) -> str:
    """The decision, or what was handed in, and the check's name: one subject in words, never a hash."""
    title = lookup.title(evidence)
    channel = wording.CHANNELS[evidence.channel] if evidence.channel else ""
    subject = about(lookup, evidence) if evidence.decision else ""
    return "　".join(filter(None, (subject, f"{title}（{channel}）" if channel else title)))


def _proof(lookup: Lookup, evidence: Evidence) -> str:
    """The first fact that it cites, in one line."""
    return next((line.text for line in citation_lines(lookup, evidence.proofs[:1])), "")


# ---------------------------------------------------------------- what is missing, pairs, objections


def _missing(lookup: Lookup, said: Said, reasons: Iterable[_OpenReason]) -> Iterator[OpenMatter]:
    """Reasons that wait for no evidence: nobody has handed in what they ask for."""
    for reason in reasons:
        if not reason.waiting:
            yield OpenMatter(
                kind=MatterKind.MISSING,
                call=reason.code,
                unit=reason.unit,
                unit_name=lookup.unit_name(reason.unit),
                about=f"{reason.code} {reason.title}".strip(),
                sentence=wording.safe(reason.item.why),
                changes=(reason.change,),
                until=said.until,
                todo=TODO[MatterKind.MISSING],
            )


def _pairs(lookup: Lookup, said: Said) -> Iterator[OpenMatter]:
    """Pairs of records that may be one act and that nobody has settled; each pair once."""
    settled = set(ruled_links(lookup.facts.rulings))
    for decision in sorted(lookup.evaluation.decisions.values(), key=lambda d: d.id):
        for pair in decision.reviews:
            records = frozenset((pair.left, pair.right))
            if records not in settled:
                settled.add(records)
                yield _pair(lookup, said, decision.unit, pair)


def _pair(lookup: Lookup, said: Said, unit: str, pair: PossibleLink) -> OpenMatter:
    names = [record_line(lookup, name) for name in (pair.left, pair.right)]
    return OpenMatter(
        kind=MatterKind.LINK,
        call=f"{pair.left[:8]}＝{pair.right[:8]}",
        unit=unit,
        unit_name=lookup.unit_name(unit) if unit else "单位未定",
        about=" ＝？ ".join(names),
        sentence=wording.safe(pair.why),
        until=said.until,
        todo=TODO[MatterKind.LINK],
        pair=pair,
    )


def _objections(lookup: Lookup, said: Said) -> Iterator[OpenMatter]:
    for objection in said.unanswered:
        evidence = next(iter(lookup.known([objection.evidence])), None)
        yield OpenMatter(
            kind=MatterKind.OBJECTION,
            call=call_number(objection.evidence),
            unit=objection.unit,
            unit_name=lookup.unit_name(objection.unit),
            about=about_item(lookup, evidence) if evidence else "已经没有的事项",
            sentence=wording.safe(objection.text),
            proof=f"附件 {len(objection.papers)} 个" if objection.papers else "",
            since=objection.received_at.astimezone(ZONE).date(),
            until=said.until,
            todo=TODO[MatterKind.OBJECTION],
            evidence=objection.evidence,
        )

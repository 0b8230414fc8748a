"""Freezing a quarter: the result with the facts it rests on becomes immutable; a correction is a new version."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from core.domain.clock import ZONE
from core.domain.errors import UsageError
from core.domain.models import Evaluation, Evidence, FreezeProposal, FrozenResult, Score
from core.domain.periods import Period, parse_period
from core.domain.ruling_validity import call_number
from core.domain.text import MAX_TITLE, spoken
from core.runtime.log import events
from core.storage.hash_chain import head
from core.storage.serialization import dump, parse
from core.storage.session import Session
from reporting.open_matters import ASKS_FOR_A_WORD, MatterKind, OpenMatter, Tallies, tallied
from reporting.wording import OUTCOMES, WITHHELD, grade, safe, score_range
from review.objections import closing_day
from review.reviewers import Person, sign
from review.rulings import require_why
from scoring.at_freeze import KEPT_OPEN, READING, as_counted


@dataclass(frozen=True, slots=True)
class Difference:
    """What later facts would change in a frozen result: of a unit, in words, and of evidence by key and codes."""

    unit: str
    what: str
    coded: str = ""  # evidence as programs read it


@dataclass(frozen=True, slots=True)
class Hindrances:
    """What stands in the way of a freeze, in words. `firm`: what must be done first; `open`: what nobody may ever be
    able to settle (a portal dark to the end, a silent unit), and over which the office may freeze with a reason.
    """

    firm: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.firm or self.open)


def hindrances(session: Session, period: Period, evaluation: Evaluation, open_: Tallies) -> Hindrances:
    """What stands in the way of freezing a quarter as evaluated, of which the scores are asked; `open_`: what all that
    is open in it comes to (reporting.open_matters).
    """
    scores = counted_as_read(session, evaluation).scores
    firm = []
    if period.interim:
        firm.append(f"{period.name} 是月度进度，只有季度才冻结")
    closing = closing_day(session.config, period)
    if session.now().date() <= closing:
        firm.append(f"异议期到 {closing} 才截止")
    asked = {kind: each for kind, each in open_.items() if kind in ASKS_FOR_A_WORD}
    firm += [_counted(kind, each.number, each.first) for kind, each in asked.items()]
    held = [_counted(k, t.held, t.first_held) for k, t in open_.items() if k not in asked and t.first_held]
    return Hindrances(tuple(firm), (*held, *_unwalked(session, period), *_ungraded(session, scores)))


def counted_as_read(session: Session, evaluation: Evaluation) -> Evaluation:
    """An evaluation with its scores as a freeze counts what is undecided (the scheme's `undecided-at-freeze`)."""
    scheme = session.config.on(parse_period(evaluation.period).first).scheme
    return replace(evaluation, scores=tuple(as_counted(scheme, score) for score in evaluation.scores))


def _ungraded(session: Session, scores: Sequence[Score]) -> list[str]:
    """One sentence that names every unit whose grade a freeze would withhold."""
    names = [f"{session.config.unit(s.unit).name}{grade(s).removeprefix(WITHHELD)}" for s in scores if s.grade is None]
    return [f"冻结后{WITHHELD}的单位 {len(names)} 个：{'、'.join(names)}"] if names else []


def _counted(kind: MatterKind, number: int, first: OpenMatter) -> str:
    """How many there are of a kind, and the first of them."""
    return f"{kind} {number} 项，例如 {first.unit_name} {first.about}（{first.call}）"


def _unwalked(session: Session, period: Period) -> list[str]:
    """The enabled portals without a proving full walk after the period's last day."""
    config = session.config
    if not any(p.enabled for p in config.portals):
        return ["没有启用任何栏目：没有一次核查支持这个结果"]
    end = datetime.combine(period.last, time.max, ZONE)
    newest = session.looks.newest_whole()
    dark = [p.name for p in config.portals if p.enabled and not (p.id in newest and newest[p.id] > end)]
    return [f"{name}：{period.last} 之后没有完整核查" for name in dark]


def freeze(
    session: Session,
    evaluation: Evaluation,
    period: Period,
    person: Person,
    *,
    matters: Sequence[OpenMatter],
    code: str,
    why: str = "",
    over: str = "",
) -> FrozenResult | FreezeProposal:
    """Fix the evaluation of a quarter; `code` is the version that made it. UsageError while something stands in the
    way.

    `matters`: all that is open in it. What cannot be settled any more is frozen over with a reason (`over`), which is
    sealed and printed with what was left open; never a breach without a word on it, nor an objection without an answer.
    A quarter that is frozen already is frozen again only as a formal correction, with its reason (`why`). Where the
    district asks for two persons, the first one's word is a proposal; the second freezes what was proposed.
    """
    now, evaluation = session.now(), counted_as_read(session, evaluation)
    open_proposal = next(iter(session.proposals.open(period.name)), None)
    why = spoken(why, MAX_TITLE) or (open_proposal.why if open_proposal else "")
    before = session.frozen.newest(period.name)
    if before is not None and not why:
        raise UsageError(
            f"{period.name} 已于 {before.at:%Y-%m-%d} 冻结（第 {before.version} 版）；更正要写理由（--correct）"
        )
    over = spoken(over, MAX_TITLE) or (open_proposal.over if open_proposal else "")
    hindered = hindrances(session.at(now), period, evaluation, tallied(matters))
    if hindered.firm:
        raise UsageError(f"{period.name} 还不能冻结：" + "；".join((*hindered.firm, *hindered.open)))
    if hindered.open and not over:
        listed = "；".join(hindered.open)
        raise UsageError(f"{period.name} 还有没定的：{listed}。能定的先定；确实定不了的，写明理由冻结（--over 理由）")
    if over:
        require_why(over)
    version, text = before.version + 1 if before else 1, dump(evaluation)
    if session.config.district.review.two_persons:
        agreed = _agreed(open_proposal, evaluation, person)
        if agreed is None:
            return _propose(session, period, person, version, text, why, over)
        text = agreed.judgement
    reasons = _Reasons(why=why, over=over if hindered.open else "", left_open=_counting(session, period, hindered.open))
    return _fix(session, period, person, version, text, code=code, reasons=reasons)


def _counting(session: Session, period: Period, left_open: tuple[str, ...]) -> tuple[str, ...]:
    """What was left open, and last how it was counted, where that is not by a range."""
    scheme = session.config.on(period.first).scheme
    reading = scheme.reading(READING)
    if not left_open or reading is None or scheme.choice(READING) == KEPT_OPEN:
        return left_open
    return (*left_open, f"计法（解读“{reading.title}”）：{reading.taken.text.rstrip('。')}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reasons:
    """Why it is frozen as it is; see FrozenResult."""

    why: str
    over: str
    left_open: tuple[str, ...]


def _agreed(proposal: FreezeProposal | None, evaluation: Evaluation, person: Person) -> FreezeProposal | None:
    """The proposal that this person may put into effect; None where there is none, or facts have changed it since.

    UsageError where it is the same person's, or was made by the same means.
    """
    if proposal is None or differences(as_frozen(proposal), evaluation):
        return None
    if person.name == proposal.by:
        raise UsageError(f"{proposal.period} 已由 {proposal.by} 提议冻结，还要另一名复核人来冻结")
    if person.via == proposal.via:
        raise UsageError(f"{proposal.by} 提议冻结用的也是 {person.via}：第二人要用自己的账号或密钥")
    return proposal


def _propose(
    session: Session, period: Period, person: Person, version: int, text: str, why: str, over: str
) -> FreezeProposal:
    now, digest = session.now(), hashlib.sha256(text.encode()).hexdigest()
    proposal = FreezeProposal(
        id=hashlib.sha256(f"{period.name}|{version}|{person.name}|{digest}|{now.isoformat()}".encode()).hexdigest()[:32],
        period=period.name, version=version, at=now, by=person.name, via=person.via, why=why, over=over,
        sha256=digest, judgement=text,
    )  # fmt: skip
    with session.store.transaction():
        session.proposals.add(proposal, now)
        sign(session, "proposals", proposal.id, person)
    return proposal


def _fix(
    session: Session, period: Period, person: Person, version: int, text: str, *, code: str, reasons: _Reasons
) -> FrozenResult:
    config, now = session.config.on(period.first), session.now()
    result = FrozenResult(
        period=period.name,
        version=version,
        at=now,
        by=person.name,
        via=person.via,
        why=reasons.why,
        left_open=reasons.left_open,
        over=reasons.over,
        scheme=config.scheme.version,
        scheme_hash=config.scheme_hash,
        config_hash=config.hash,
        code_version=code,
        head=head(session.store),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        judgement=text,
    )
    with session.store.transaction():
        session.frozen.add(result, now)
        sign(session, "frozen", f"{period.name}/{version}", person)
    events(session.paths.logs).event("frozen", period=result.period, version=result.version, head=result.head)
    return result


def as_frozen(result: FrozenResult | FreezeProposal) -> Evaluation:
    """The judgement that was fixed; UsageError where its text is no longer what was fixed."""
    if hashlib.sha256(result.judgement.encode()).hexdigest() != result.sha256:
        raise UsageError(
            f"{result.period} 第 {result.version} 版的内容与冻结时的散列值不符，请告诉值班的人核对（chengxin verify）"
        )
    return parse(Evaluation, result.judgement)


def differences(then: Evaluation, now: Evaluation) -> list[Difference]:
    """What later facts, rulings or code would change, unit by unit; the frozen result stays what it is."""
    return score_differences(then.scores, now.scores) + _of_evidence(then, now)


def score_differences(then: Sequence[Score], now: Sequence[Score]) -> list[Difference]:
    """What they would change in scores."""
    changes = []
    before, after = ({s.unit: s for s in scores} for scores in (then, now))
    for unit in sorted(before.keys() | after.keys()):
        a, b = before.get(unit), after.get(unit)
        if a is None or b is None:
            changes.append(Difference(unit, "冻结时没有该单位" if a is None else "现在没有该单位"))
            continue
        if (a.total, a.grade_low, a.grade_high) != (b.total, b.grade_low, b.grade_high):
            changes.append(Difference(unit, f"得分 {score_range(a.total)} → {score_range(b.total)}"))
        old = {i.code: (i.low, i.high) for i in a.indicators}
        changes += [
            Difference(unit, f"{i.code} {i.title}：{score_range(old[i.code])} → {score_range((i.low, i.high))}")
            for i in b.indicators
            if i.code in old and old[i.code] != (i.low, i.high)
        ]
    return changes


def _of_evidence(then: Evaluation, now: Evaluation) -> list[Difference]:
    before, after = ({e.key: e for e in evaluation.everything} for evaluation in (then, now))
    decisions, changes = then.decisions | now.decisions, []
    for key in sorted(before.keys() | after.keys()):
        a, b = before.get(key), after.get(key)
        if (a and (a.outcome, a.slug)) != (b and (b.outcome, b.slug)):
            either = a or b
            assert either is not None
            about = decisions.get(either.decision)
            named = [f"事项 {call_number(key)}", *filter(None, (about.number, about.name) if about else ())]
            what = f"{safe(' '.join(named))}：{_answer(a)} → {_answer(b)}"
            changes.append(Difference(either.unit, what, f"证据 {key}：{_code(a)} → {_code(b)}"))
    return changes


def _answer(evidence: Evidence | None) -> str:
    """What was said of it, in words."""
    return f"{OUTCOMES[evidence.outcome]}（{safe(evidence.sentence)}）" if evidence else "没有这一项"


def _code(evidence: Evidence | None) -> str:
    return f"{evidence.outcome}:{evidence.slug}" if evidence else "无"

"""Freezing a quarter: the result with the facts it rests on becomes immutable; a correction is a new version."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, time

from core.domain.clock import ZONE
from core.domain.errors import UsageError
from core.domain.models import Evaluation, Evidence, FreezeProposal, FrozenResult
from core.domain.periods import Period
from core.domain.text import MAX_TITLE, spoken
from core.runtime.log import events
from core.storage.hash_chain import head
from core.storage.serialization import dump, parse
from core.storage.session import Session
from review.objections import closing_day, unanswered
from review.reviewers import Person, sign
from review.rulings import pending


@dataclass(frozen=True, slots=True)
class Difference:
    """What later facts would change in a frozen result: of a unit, in words."""

    unit: str
    what: str


def hindrances(session: Session, evaluation: Evaluation, period: Period) -> list[str]:
    """Why the quarter cannot be frozen yet, in words; empty when it can."""
    reasons, config, now = [], session.config, session.now()
    if period.interim:
        reasons.append(f"{period.name} 是月度进度，只有季度才冻结")
    closing = closing_day(config, period)
    if now.date() <= closing:
        reasons.append(f"异议期到 {closing} 才截止")
    rulings = session.rulings.all()
    waiting = pending(evaluation.everything, rulings, now.date())
    if waiting:
        reasons.append(f"{len(waiting)} 项“待核实”还没有裁定，例如 {waiting[0][0].key}")
    objections = unanswered(session.objections.all(), rulings)
    if objections:
        reasons.append(f"{len(objections)} 件异议还没有答复，例如 {objections[0].evidence}")
    reasons += [f"{name}：{period.last} 之后没有完整核查" for name in _unwalked(session, period)]
    return reasons


def _unwalked(session: Session, period: Period) -> list[str]:
    """Names of enabled portals without a proving full walk after the period's last day."""
    config = session.config
    if not any(p.enabled for p in config.portals):
        return ["没有启用任何栏目"]
    end = datetime.combine(period.last, time.max, ZONE)
    newest = session.looks.newest_whole()
    return [p.name for p in config.portals if p.enabled and not (p.id in newest and newest[p.id] > end)]


def freeze(
    session: Session, evaluation: Evaluation, period: Period, person: Person, *, code: str, why: str = ""
) -> FrozenResult | FreezeProposal:
    """Fix the evaluation of a quarter; `code` is the version that made it. UsageError while something stands in the
    way.

    A quarter that is frozen already is frozen again only as a formal correction, with its reason. Where the district
    asks for two persons, the first one's word is a proposal; the second freezes what was proposed.
    """
    now = session.now()
    open_proposal = next(iter(session.proposals.open(period.name)), None)
    why = spoken(why, MAX_TITLE) or (open_proposal.why if open_proposal else "")
    before = session.frozen.newest(period.name)
    if before is not None and not why:
        raise UsageError(
            f"{period.name} 已于 {before.at:%Y-%m-%d} 冻结（第 {before.version} 版）；更正要写理由（--correct）"
        )
    if reasons := hindrances(session.at(now), evaluation, period):
        raise UsageError(f"{period.name} 还不能冻结：" + "；".join(reasons))
    version, text = before.version + 1 if before else 1, dump(evaluation)
    if session.config.district.review.two_persons:
        agreed = _agreed(open_proposal, evaluation, person)
        if agreed is None:
            return _propose(session, period, person, version, text, why)
        text = agreed.judgement
    return _fix(session, period, person, version, text, code=code, why=why)


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


def _propose(session: Session, period: Period, person: Person, version: int, text: str, why: str) -> FreezeProposal:
    now, digest = session.now(), hashlib.sha256(text.encode()).hexdigest()
    proposal = FreezeProposal(
        id=hashlib.sha256(f"{period.name}|{version}|{person.name}|{digest}|{now.isoformat()}".encode()).hexdigest()[:32],
        period=period.name, version=version, at=now, by=person.name, via=person.via, why=why,
        sha256=digest, judgement=text,
    )  # fmt: skip
    with session.store.transaction():
        session.proposals.add(proposal, now)
        sign(session, "proposals", proposal.id, person)
    return proposal


def _fix(
    session: Session, period: Period, person: Person, version: int, text: str, *, code: str, why: str
) -> FrozenResult:
    config, now = session.config.on(period.first), session.now()
    result = FrozenResult(
        period=period.name,
        version=version,
        at=now,
        by=person.name,
        via=person.via,
        why=why,
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
        raise UsageError(f"{result.period} 第 {result.version} 版的内容与冻结时的散列值不符，请运行 chengxin verify")
    return parse(Evaluation, result.judgement)


def differences(then: Evaluation, now: Evaluation) -> list[Difference]:
    """What later facts, rulings or code would change, unit by unit; the frozen result stays what it is."""
    changes = []
    before, after = ({s.unit: s for s in j.scores} for j in (then, now))
    for unit in sorted(before.keys() | after.keys()):
        a, b = before.get(unit), after.get(unit)
        if a is None or b is None:
            changes.append(Difference(unit, "冻结时没有该单位" if a is None else "现在没有该单位"))
            continue
        if (a.total, a.grade_low, a.grade_high) != (b.total, b.grade_low, b.grade_high):
            changes.append(Difference(unit, f"得分 {_range(a.total)} → {_range(b.total)}"))
        old = {i.code: i for i in a.indicators}
        changes += [
            Difference(
                unit, f"{i.code} {i.title}：{_range((old[i.code].low, old[i.code].high))} → {_range((i.low, i.high))}"
            )
            for i in b.indicators
            if i.code in old and (old[i.code].low, old[i.code].high) != (i.low, i.high)
        ]
    return changes + _of_evidence((*then.evidence, *then.filed), (*now.evidence, *now.filed))


def _of_evidence(then: tuple[Evidence, ...], now: tuple[Evidence, ...]) -> list[Difference]:
    before, after = ({e.key: e for e in all_} for all_ in (then, now))
    changes = []
    for key in sorted(before.keys() | after.keys()):
        a, b = before.get(key), after.get(key)
        if (a and (a.outcome, a.slug)) != (b and (b.outcome, b.slug)):
            unit = (a or b).unit  # type: ignore[union-attr]
            changes.append(Difference(unit, f"证据 {key}：{_answer(a)} → {_answer(b)}"))
    return changes


def _answer(evidence: Evidence | None) -> str:
    return f"{evidence.outcome}:{evidence.slug}" if evidence else "无"


def _range(ends: tuple[object, object]) -> str:
    low, high = ends
    return f"{low:.2f}" if low == high else f"{low:.2f}～{high:.2f}"

"""Rulings: what a person says of evidence, links, claims, repairs and units; the machine's answer stays beside it."""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from core.domain.errors import UsageError
from core.domain.models import (
    ClaimSubject,
    Evidence,
    EvidenceSubject,
    Grade,
    LinkSubject,
    MonthSubject,
    Outcome,
    RecordSubject,
    RepairSubject,
    Ruling,
    RulingKind,
    Subject,
    UnitSubject,
)
from core.domain.ruling_kinds import CHOICES, EVIDENCE_KINDS, LINK_KINDS, UNIT_KINDS
from core.domain.ruling_validity import fingerprint, rulings_on, standing, unit_rulings
from core.domain.scheme import FULL
from core.domain.text import MAX_TITLE, spoken
from core.runtime.log import events
from core.storage.session import Session
from review.reviewers import Person, sign
from scoring.adjudicated import SEVERITIES

LEAST_WHY = 4  # characters: a reason is a sentence, not a dot
CODE, _LEAST = 10, 6  # characters of a ruling's id: as it is printed; fewer than the least are a slip
_OPPOSITES: Mapping[type, str] = {
    ClaimSubject: "chengxin rule-claim 决定 dismiss",
    RepairSubject: "chengxin rule-repair 决定 --withdraw",
    MonthSubject: "chengxin rule-month 单位 表 月份 dismiss",
    RecordSubject: "chengxin release 记录代号；放行的再 withdraw",
}
_AMENDED = {o.value for o in (Outcome.MET, Outcome.BREACHED, Outcome.NOT_APPLICABLE)} | set(SEVERITIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulingRequest:
    """What somebody wants to rule, checked against the facts of the day; `record_rulings` makes it a ruling."""

    subject: Subject
    kind: RulingKind
    why: str
    value: str = ""
    until: date | None = None
    seen: str = ""


class Overtaken(UsageError):
    """Somebody has said another word on the same subject since its author looked at it; nothing was recorded."""


def record_rulings(
    session: Session,
    requests: Iterable[RulingRequest],
    person: Person,
    *,
    newest_seen: Mapping[Subject, str] | None = None,
) -> int:
    """Store rulings, all or none; returns how many were new. The requests must have been checked.

    `newest_seen`: by subject, the id of the newest word on it that the author saw ("" for none). Overtaken where
    another has come since: two people who rule at once do not overwrite each other unseen.
    """
    added, now = 0, session.now()
    with session.store.transaction():
        if newest_seen:
            _require_newest(session, newest_seen)
        for request in requests:
            ruling = Ruling(
                id=_identity(request, person, now), subject=request.subject, word=request.kind,
                by=person.name, via=person.via, why=spoken(request.why, MAX_TITLE), at=now,
                until=request.until, value=request.value, seen=request.seen,
            )  # fmt: skip
            if session.rulings.add(ruling, now):
                added += 1
                sign(session, "rulings", ruling.id, person)
    events(session.paths.logs).event("ruled", new=added, via=person.via)
    return added


def newest_on(rulings: Iterable[Ruling], subject: Subject) -> Ruling | None:
    """The newest ruling on a subject that stands; `rulings` in order of record."""
    return next(iter(reversed(rulings_on(standing(rulings), subject))), None)


def _require_newest(session: Session, newest_seen: Mapping[Subject, str]) -> None:
    rulings = session.rulings.all()
    for subject, seen in newest_seen.items():
        word = newest_on(rulings, subject)
        if (word.id if word else "") != seen:
            said = (
                f"{word.by} 已于 {word.at:%Y-%m-%d %H:%M} 裁定（{CHOICES[word.word]}：{word.why}）"
                if word
                else "此前的裁定已撤回"
            )
            raise Overtaken(f"您打开以后{said}，您的裁定没有记下，请看过再定")


def _identity(request: RulingRequest, person: Person, now: datetime) -> str:
    text = "|".join(
        (
            request.subject.text, request.kind, request.value, request.why, request.seen, str(request.until),
            person.name, now.isoformat(),
        )
    )  # fmt: skip
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def read_kind(text: str, allowed: Collection[RulingKind], about: str) -> RulingKind:
    """The kind of ruling that somebody wrote; UsageError for one that is not given `about` such a subject."""
    kind = next((kind for kind in allowed if kind == text), None)
    if kind is None:
        raise UsageError(f"{about}的裁定只有 {'、'.join(allowed)}，没有 {text}")
    return kind


def on_evidence(
    evidence: Evidence, kind: str, why: str, *, value: str = "", until: date | None = None
) -> RulingRequest:
    """A ruling on one evidence as it is now; UsageError where it does not fit what the machine said."""
    chosen = read_kind(kind, EVIDENCE_KINDS, "对证据")
    require_why(why)
    if chosen is RulingKind.AMEND:
        if value not in _AMENDED:
            raise UsageError(f"更正要写明更正为什么（amend --value：{'、'.join(sorted(_AMENDED))}）")
    elif value and value not in SEVERITIES:
        raise UsageError(f"{CHOICES[chosen]}不带更正的值（--value）")
    if chosen is not RulingKind.AMEND and evidence.outcome is not Outcome.BREACHED:
        raise UsageError(f"系统的结论不是不符合（{evidence.key}：{evidence.outcome}），只能更正（amend）")
    if chosen is RulingKind.CONFIRM and value:
        chosen = RulingKind.AMEND  # a breach confirmed with its severity
    return RulingRequest(
        subject=EvidenceSubject(evidence.key), kind=chosen, why=why, value=value, until=until,
        seen=fingerprint(evidence),
    )  # fmt: skip


def on_unit(unit: str, quarter: str, kind: str, value: str, why: str, *, until: date | None = None) -> RulingRequest:
    """A ruling on a unit for a quarter (note 2, the conduct ceiling): deduct points, list-yellow, conduct blue|yellow,
    lift ID.
    """
    require_why(why)
    chosen = read_kind(kind, UNIT_KINDS, "对单位")
    if chosen is RulingKind.DEDUCT and not _is_amount(value):
        raise UsageError(f"扣分要写大于 0、不超过 {FULL}（满分）的分值，最多两位小数，现为 {value!r}")
    if chosen is RulingKind.CONDUCT and value not in (Grade.BLUE, Grade.YELLOW):
        raise UsageError("行为等级上限只能裁定为 blue（蓝）或 yellow（黄）")
    if chosen is RulingKind.LIFT and not value:
        raise UsageError("撤回裁定要写它的代号")
    return RulingRequest(subject=UnitSubject(unit, quarter), kind=chosen, why=why, value=value, until=until)


def of_standing(lift: RulingRequest, rulings: Iterable[Ruling], today: date) -> RulingRequest:
    """The same request; of a lift, with the whole id of what it names by its code, as `rulings` prints it.

    UsageError where that is no ruling on the same unit and quarter that stands.
    """
    if not isinstance(lift.subject, UnitSubject) or lift.kind is not RulingKind.LIFT:
        return lift
    standing = unit_rulings(rulings, lift.subject, today)
    named = [r.id for r in standing if len(lift.value) >= _LEAST and r.id.startswith(lift.value)]
    if len(named) != 1:
        listed = "、".join(f"{r.id[:CODE]}（{CHOICES[r.word]}：{r.why}）" for r in standing) or "没有"
        raise UsageError(f"没有可以撤回的裁定 {lift.value}；该单位 {lift.subject.quarter} 有效的裁定：{listed}")
    return replace(lift, value=named[0])


def on_lift(rulings: Sequence[Ruling], name: str, why: str) -> RulingRequest:
    """A ruling taken back, named by the beginning of its id: what was said before it counts again.

    UsageError unless it is exactly one that stands, on evidence, a pair or a unit; the other words are taken back by
    their own opposites.
    """
    require_why(why)
    ruling = ruling_named(rulings, name)
    if opposite := _OPPOSITES.get(type(ruling.subject)):
        raise UsageError(f"这项裁定在说它的那一处撤回（不用 lift，用 {opposite}）")
    if ruling not in standing(rulings):
        raise UsageError(f"裁定 {ruling.id[:CODE]} 已经撤回")
    return RulingRequest(subject=ruling.subject, kind=RulingKind.LIFT, why=why, value=ruling.id)


def ruling_named(rulings: Iterable[Ruling], name: str) -> Ruling:
    """The one ruling whose id begins so; UsageError, saying how to find it, unless it is exactly one."""
    named = [r for r in rulings if r.word is not RulingKind.LIFT and r.id.startswith(name)]
    found = named if len(name) >= _LEAST else []
    if len(found) != 1:
        none = "没有这项裁定（代号由 chengxin rulings 列出）"
        raise UsageError(f"{name}：{f'对应 {len(found)} 项裁定，请把代号写长一些' if found else none}")
    return found[0]


def on_link(left: str, right: str, kind: str, why: str) -> RulingRequest:
    """A ruling on a suspected pair of records: confirm (one act) or dismiss; the newest one counts.

    UsageError for ids that name no pair of records.
    """
    require_why(why)
    chosen = read_kind(kind, LINK_KINDS, "对疑似同一件")
    if not left or not right or left == right or "|" in left + right:
        raise UsageError(f"记录代号“{left}”“{right}”不是一对记录，请重新导出复核表")
    return RulingRequest(subject=LinkSubject.of(left, right), kind=chosen, why=why)


def require_why(why: str) -> None:
    """UsageError for a ruling without a reason."""
    if len(why.strip()) < LEAST_WHY:
        raise UsageError(f"裁定要写理由（至少 {LEAST_WHY} 个字）：它会印在报告里，也是答复异议的依据")


def _is_amount(value: str) -> bool:
    """Whether it is points that can be taken off: two decimals at most, as scores are printed."""
    try:
        amount = Decimal(value)
        return 0 < amount <= FULL and amount == amount.quantize(Decimal("0.01"))
    except InvalidOperation:
        return False

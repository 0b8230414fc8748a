"""The state of the whole as plain data: last run, portals, counts, letters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.domain.config import Portal
from core.domain.look_reasons import faults_of, reason_of, sentence
from core.domain.models import CheckKind, CheckVerdict, ColumnReading, Look, ReadingCheck
from core.runtime.diagnostics import Diagnosis
from core.storage.observations import Looks
from core.storage.outbox import BOUNCED, DEAD, UNCERTAIN, Outbox
from core.storage.session import Session
from notifications.alerts import PortalHealth
from pipeline.network import doubt_of, excused_nights

NIGHTS = 8  # of readings: the newest, and those that a fall is measured by
LATE = 4  # periods without a check that could be read: the office is told


def status_of(session: Session) -> dict[str, Any]:
    """The state of the whole as plain data: last run, portals, counts."""
    last, proving = session.runs.newest(), session.looks.newest_proving()
    decisions, outcomes = session.evaluations.counts()
    checks = {each.portal.id: each for each in checks_of(session)}
    return {
        "district": session.config.district.name,
        "last_run": last
        and {
            "id": last.id,
            "state": "已完成" if last.finished_at else "未完成，重跑会接着做",
            "finished_at": last.finished_at,
        },
        "portals": [
            {
                "portal": h.portal,
                "name": h.name,
                "last_proving": f"{proving[h.portal]:%Y-%m-%d %H:%M}" if h.portal in proving else "",
                "dark_nights": h.nights,
                "reasons": list(h.reasons),
                "readings": [
                    {"run": r.run, "listed": r.listed, "read": r.read} for r in readings_of(session, h.portal)
                ],
                "unread": h.unread,
                "check": checks[h.portal].as_data() if h.portal in checks else None,
            }
            for h in portal_health(session)
        ],
        "network": doubt.sentence if (doubt := last and doubt_of(session, last.id)) else "",
        "decisions": decisions,
        "outcomes": outcomes,
        "unwritten_letters": len(session.outbox.unwritten()),
        "letters": _letters(session.outbox),
        "proposed": [
            {"period": p.period, "version": p.version, "by": p.by, "at": f"{p.at:%Y-%m-%d %H:%M}"}
            for p in session.proposals.open()
        ],
    }


def _letters(outbox: Outbox) -> dict[str, Any]:
    """Deliveries by state, and those that need a person."""
    troubled = outbox.deliveries(DEAD, UNCERTAIN, BOUNCED)
    return {
        "counts": outbox.counts(),
        "troubled": [{"key": d.key, "recipient": d.recipient, "state": d.state, "said": d.said} for d in troubled],
    }


def portal_health(session: Session) -> tuple[PortalHealth, ...]:
    """Since when each enabled portal has had no proving look, in nights that ran, and what is odd about the last.

    A night in which this machine reached nobody is counted against no portal.
    """
    dark = {p.id: session.looks.dark_looks(p.id) for p in session.config.portals if p.enabled}
    first = min((look.run for looks in dark.values() for look in looks), default=None)
    excused = excused_nights(session, first) if first is not None else set[str]()
    return tuple(_health_of(session, portal, looks, excused) for portal, looks in dark.items())


def _health_of(session: Session, portal: str, dark: Sequence[Look], excused: Collection[str]) -> PortalHealth:
    """One portal's, of its looks since the last proving one."""
    counted = [look for look in dark if look.run not in excused]
    nights = sorted({look.run for look in counted})
    readings = readings_of(session, portal)
    reasons = tuple(dict.fromkeys(reason for look in counted if look.run == nights[-1] for reason in look.reasons))
    return PortalHealth(
        portal=portal,
        name=session.config.portal(portal).name,
        dark_since=counted[0].started_at if counted else None,
        nights=len(nights),
        reasons=tuple(sentence(reason) for reason in faults_of(reasons)),
        odd=_odd(session.looks, portal),
        reading=readings[0] if readings else None,
        unread=bool(readings) and (readings[0].reads_nothing or readings[0].has_fallen(readings[1:])),
        blind=bool(dark),
    )


def readings_of(session: Session, portal: str) -> list[ColumnReading]:
    """The newest nights' readings of a column of decisions, newest first; of other lists only the rows are read."""
    return session.looks.column_readings(portal, NIGHTS) if session.config.portal(portal).lists == "decisions" else []


def newest_readings(session: Session) -> tuple[ColumnReading, ...]:
    """What the newest night read of each enabled column that was ever read."""
    enabled = (portal.id for portal in session.config.portals if portal.enabled)
    return tuple(readings[0] for name in enabled if (readings := readings_of(session, name)))


def readings_diagnosis(session: Session) -> Diagnosis:
    """What `doctor` says of how well the columns are read."""
    health = [h for h in portal_health(session) if h.reading is not None]
    bad = [f"{h.name}（列出 {h.reading.listed}，读出 {h.reading.read}）" for h in health if h.unread and h.reading]
    if bad:
        return Diagnosis("栏目读出", "bad", f"列出的条目读不出记录：{'、'.join(bad)}；请核对栏目设置")
    listed, read = (sum(getattr(h.reading, name) for h in health) for name in ("listed", "read"))
    return Diagnosis("栏目读出", "good", f"{len(health)} 个栏目最近一夜列出 {listed} 条，读出文号的 {read} 条")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckState:
    """How a portal that a person's reading is held against stands. `newest`: the newest check that could be read;
    `late`: there has been none for too long; `why`: why the newest could not be, in Chinese."""

    portal: Portal
    newest: ReadingCheck | None
    late: bool = False
    why: str = ""

    def as_data(self) -> dict[str, Any]:
        """For `status`."""
        newest = self.newest
        return {
            "at": f"{newest.started_at:%Y-%m-%d %H:%M}" if newest else "",
            "verdict": newest.verdict if newest else "",
            "differing": newest.differing if newest else "",
            "late": self.late,
            "why": self.why,
        }


def checks_of(session: Session) -> tuple[CheckState, ...]:
    """Every enabled portal whose TOML says how a person reads it; none where nobody checks."""
    days, night = session.config.district.crawl.citizen_every_days, session.runs.newest()
    portals = [p for p in session.config.portals if p.enabled and p.citizen is not None]
    return tuple(_check_state(session, p, night.started_at, days) for p in portals) if days and night else ()


def _check_state(session: Session, portal: Portal, now: datetime, days: int) -> CheckState:
    checks = [c for c in session.reading_checks.all(portal.id) if c.read_as == portal.read_as]
    newest = next((c for c in reversed(checks) if c.verdict is not CheckVerdict.UNREAD), None)
    since = newest or next(iter(checks), None)
    late = since is not None and now - since.started_at > timedelta(days=LATE * days)
    unread = checks[-1].reasons if checks and checks[-1] is not newest else ()
    return CheckState(portal=portal, newest=newest, late=late, why="、".join(map(sentence, faults_of(unread))))


def checks_diagnosis(session: Session) -> tuple[Diagnosis, ...]:
    """What `doctor` says of the checks by a person's reading; () where no portal has any."""
    states = checks_of(session)
    late = [f"{s.portal.name}（{s.why}）" if s.why else s.portal.name for s in states if s.late]
    differ = [s.portal.name for s in states if s.newest and s.newest.verdict is CheckVerdict.DIFFERS]
    words = [
        *([f"读到的与浏览器里看到的不同：{'、'.join(differ)}；请重新运行 chengxin portal try"] if differ else []),
        *([f"很久没有核对成：{'、'.join(late)}；请看浏览器能否打开这些栏目"] if late else []),
    ]
    agree = sum(s.newest is not None for s in states)
    told = "；".join(words) or f"{len(states)} 个栏目定期用浏览器另读核对，{agree} 个已核对相符"
    citizens = (Diagnosis("读取核对", "warn" if words else "good", told),) if states else ()
    return (*citizens, *_beside_diagnosis(session))


_BESIDE = {
    CheckKind.SEEN: "列表里有看不见的条目",
    CheckKind.DETAILS: "详情页里有看不见的内容",
    CheckKind.AGENT: "网站给普通浏览器的条目与给本系统的不同",
}


def _beside_diagnosis(session: Session) -> tuple[Diagnosis, ...]:
    """What `doctor` says of what the portals were held against beside; () where nothing could be seen yet."""
    days, portals = session.config.district.crawl.citizen_every_days, [p for p in session.config.portals if p.enabled]
    checked = [(p, k, session.reading_checks.newest_read(p.id, p.checked_as(k))) for p in portals for k in _BESIDE]
    seen = [(p, k, check) for p, k, check in checked if check is not None] if days else []
    differ = [(p, k, c) for p, k, c in seen if session.reading_checks.standing(p.id, c.read_as) is not None]
    words = [f"{p.name}：{_BESIDE[k]}{f'（{c.differing}）' if c.differing else ''}" for p, k, c in differ]
    count = len({p.id for p, _, _ in seen})
    told = "；".join([*words, "请打开栏目核对"]) if words else f"{count} 个栏目在浏览器里画出核对过，没有看不见的条目"
    return (Diagnosis("所见核对", "warn" if words else "good", told),) if seen else ()


def _odd(looks: Looks, portal: str) -> tuple[str, ...]:
    """What the newest night's looks say of a portal that is not as it was."""
    reasons = (reason for look in looks.newest_looks(portal) for reason in look.reasons)
    return tuple(r for r in dict.fromkeys(reasons) if (known := reason_of(r)) is not None and known.is_odd)

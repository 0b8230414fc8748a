"""The state of the whole as plain data: last run, portals, counts, letters."""

from typing import Any

from core.domain.look_reasons import faults_of, reason_of, sentence
from core.domain.models import ColumnReading
from core.runtime.diagnostics import Diagnosis
from core.storage.observations import Looks
from core.storage.outbox import BOUNCED, DEAD, UNCERTAIN, Outbox
from core.storage.session import Session
from notifications.alerts import PortalHealth

NIGHTS = 8  # of readings: the newest, and those that a fall is measured by


def status_of(session: Session) -> dict[str, Any]:
    """The state of the whole as plain data: last run, portals, counts."""
    last, proving = session.runs.newest(), session.looks.newest_proving()
    decisions, outcomes = session.evaluations.counts()
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
            }
            for h in portal_health(session)
        ],
        "decisions": decisions,
        "outcomes": outcomes,
        "unwritten_letters": len(session.outbox.unwritten()),
        "letters": _letters(session.outbox),
    }


def _letters(outbox: Outbox) -> dict[str, Any]:
    """Deliveries by state, and those that need a person."""
    troubled = outbox.deliveries(DEAD, UNCERTAIN, BOUNCED)
    return {
        "counts": outbox.counts(),
        "troubled": [{"key": d.key, "recipient": d.recipient, "state": d.state, "said": d.said} for d in troubled],
    }


def portal_health(session: Session) -> tuple[PortalHealth, ...]:
    """Since when each enabled portal has had no proving look, in nights that ran, and what is odd about the last."""
    health = []
    for portal in (p for p in session.config.portals if p.enabled):
        dark = session.looks.dark_looks(portal.id)
        nights = sorted({look.run for look in dark})
        readings = readings_of(session, portal.id)
        reasons = tuple(dict.fromkeys(reason for look in dark if look.run == nights[-1] for reason in look.reasons))
        health.append(
            PortalHealth(
                portal=portal.id,
                name=portal.name,
                dark_since=dark[0].started_at if dark else None,
                nights=len(nights),
                reasons=tuple(sentence(reason) for reason in faults_of(reasons)),
                odd=_odd(session.looks, portal.id),
                reading=readings[0] if readings else None,
                unread=bool(readings) and (readings[0].reads_nothing or readings[0].has_fallen(readings[1:])),
            )
        )
    return tuple(health)


def readings_of(session: Session, portal: str) -> list[ColumnReading]:
    """The newest nights' readings of a column of decisions, newest first; of other lists only the rows are read."""
    return session.looks.column_readings(portal, NIGHTS) if session.config.portal(portal).lists == "decisions" else []


def readings_diagnosis(session: Session) -> Diagnosis:
    """What `doctor` says of how well the columns are read."""
    health = [h for h in portal_health(session) if h.reading is not None]
    bad = [f"{h.name}（列出 {h.reading.listed}，读出 {h.reading.read}）" for h in health if h.unread and h.reading]
    if bad:
        return Diagnosis("栏目读出", "bad", f"列出的条目读不出记录：{'、'.join(bad)}；请核对栏目设置")
    listed, read = (sum(getattr(h.reading, name) for h in health) for name in ("listed", "read"))
    return Diagnosis("栏目读出", "good", f"{len(health)} 个栏目最近一夜列出 {listed} 条，读出文号的 {read} 条")


def _odd(looks: Looks, portal: str) -> tuple[str, ...]:
    """What the newest night's looks say of a portal that is not as it was."""
    reasons = (reason for look in looks.newest_looks(portal) for reason in look.reasons)
    return tuple(r for r in dict.fromkeys(reasons) if (known := reason_of(r)) is not None and known.is_odd)

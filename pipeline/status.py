"""The state of the whole as plain data: last run, portals, counts, letters."""

from typing import Any

from core.domain.config import Config
from core.domain.look_reasons import sentence
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.outbox import BOUNCED, DEAD, UNCERTAIN, Outbox
from notifications.alerts import ODD, PortalHealth


def status_of(store: Store, config: Config) -> dict[str, Any]:
    """The state of the whole as plain data: last run, portals, counts."""
    runs = store.runs()
    last = runs[-1] if runs else None
    proving = dict(store.rows("SELECT portal, max(started_at) FROM looks WHERE genuine AND parsed GROUP BY portal"))
    return {
        "district": config.district.name,
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
                "last_proving": (proving.get(h.portal) or "")[:16].replace("T", " "),
                "dark_nights": h.nights,
                "reasons": list(h.reasons),
            }
            for h in portal_health(store, config)
        ],
        "decisions": store.rows("SELECT count(*) FROM decisions")[0][0],
        "outcomes": dict(store.rows("SELECT outcome, count(*) FROM evidence GROUP BY outcome ORDER BY outcome")),
        "unwritten_letters": len(Outbox(store).unwritten()),
        "letters": _letters(store),
    }


def _letters(store: Store) -> dict[str, Any]:
    """Deliveries by state, and those that need a person."""
    outbox = Outbox(store)
    counts = dict(store.rows("SELECT state, count(*) FROM deliveries GROUP BY state ORDER BY state"))
    troubled = outbox.deliveries(DEAD, UNCERTAIN, BOUNCED)
    return {
        "counts": counts,
        "troubled": [{"key": d.key, "recipient": d.recipient, "state": d.state, "said": d.said} for d in troubled],
    }


def portal_health(store: Store, config: Config) -> tuple[PortalHealth, ...]:
    """Since when each enabled portal has had no proving look, in nights that ran, and what is odd about the last."""
    found = []
    for portal in (p for p in config.portals if p.enabled):
        dark = Looks(store).dark_looks(portal.id)
        nights = sorted({look.run for look in dark})
        reasons = tuple(dict.fromkeys(reason for look in dark if look.run == nights[-1] for reason in look.reasons))
        found.append(
            PortalHealth(
                portal=portal.id,
                name=portal.name,
                dark_since=dark[0].started_at if dark else None,
                nights=len(nights),
                reasons=tuple(sentence(reason) for reason in reasons),
                odd=_odd(store, portal.id),
            )
        )
    return tuple(found)


def _odd(store: Store, portal: str) -> tuple[str, ...]:
    """What the newest night's looks say of a portal that is not as it was."""
    reasons = (reason for look in Looks(store).newest_looks(portal) for reason in look.reasons)
    return tuple(r for r in dict.fromkeys(reasons) if r.partition(":")[0] in ODD)

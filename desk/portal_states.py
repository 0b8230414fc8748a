"""How the portals stand, kept between pages: it changes with nights, looks and what is read of them alone."""

from core.storage.session import Session
from desk.site import Desk, current
from notifications.alerts import PortalHealth
from pipeline.status import portal_health

_SEEN = ("looks", "findings", "runs")
_kept: list[tuple[Desk, tuple[object, ...], tuple[PortalHealth, ...]]] = []


def portal_states(session: Session) -> tuple[PortalHealth, ...]:
    """`pipeline.status.portal_health` of the desk's store as it is now."""
    desk, newest = current(), session.runs.newest()
    made_of = (session.config.hash, tuple(session.store.marks(_SEEN).items()), newest)
    for of, known, states in _kept:
        if of is desk and known == made_of:
            return states
    states = portal_health(session)
    _kept[:] = [(desk, made_of, states)]
    return states

"""For whoever watches the machine: alive or not, and figures. Neither says anything of units or people."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from core.domain.errors import ChengxinError
from desk.portal_states import portal_states
from desk.site import current

LATE = 26 * 3600  # seconds after which a night is missing


def healthz(_: HttpRequest) -> HttpResponse:
    """200 where the store opens and its files load, 503 where not; `night`: whether the last one is recent."""
    try:
        with current().session() as session:
            newest = session.runs.newest()
            recent = newest is not None and (session.now() - newest.started_at).total_seconds() < LATE
    except (ChengxinError, OSError):
        return JsonResponse({"store": "unusable"}, status=503)
    return JsonResponse({"store": "good", "night": "recent" if recent else "missing"})


def metrics(_: HttpRequest) -> HttpResponse:
    """Prometheus's text format: the last night's age in seconds, portals without proof, deliveries by state."""
    with current().session() as session:
        newest, counts = session.runs.newest(), session.outbox.counts()
        health = portal_states(session)
        age = (session.now() - newest.started_at).total_seconds() if newest else -1
    lines = [
        "# HELP chengxin_last_night_age_seconds Seconds since the newest night began, -1 for none",
        "# TYPE chengxin_last_night_age_seconds gauge",
        f"chengxin_last_night_age_seconds {age:.0f}",
        "# HELP chengxin_portals_watched Enabled portals",
        "# TYPE chengxin_portals_watched gauge",
        f"chengxin_portals_watched {len(health)}",
        "# HELP chengxin_portals_without_proof Enabled portals whose last night had no proving look",
        "# TYPE chengxin_portals_without_proof gauge",
        f"chengxin_portals_without_proof {sum(h.blind for h in health)}",
        "# HELP chengxin_deliveries Letters to recipients, by state",
        "# TYPE chengxin_deliveries gauge",
        *(f'chengxin_deliveries{{state="{state}"}} {count}' for state, count in counts.items()),
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")

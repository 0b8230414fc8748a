"""The office's first page: the night, what waits, the quarter's next step, the units."""

from django.http import HttpResponse
from django.shortcuts import render

from core.domain.clock import ZONE
from desk.access import Asked
from desk.as_it_stands import counted_by_unit, reckoned
from desk.questions import all_waiting
from desk.site import current
from pipeline.quarter import calendar_of
from pipeline.status import portal_health
from reporting import wording
from reporting.open_matters import waiting
from reporting.unit_views import score_view


def today(request: Asked) -> HttpResponse:
    """What is new, and what is to be done."""
    desk = current()
    with desk.session() as session:
        standing = reckoned(desk).standing(session)
        night = session.runs.newest()
        dark = [h for h in portal_health(session) if h.blind]
        now = session.now()
        calendar = calendar_of(session, standing.evaluation, standing.matters)
        letters = session.outbox.counts()
        objections = session.objections.all()
        asked = all_waiting(session, standing)
    replied = {o.unit: o.received_at for o in sorted(objections, key=lambda o: o.received_at)}
    counts = counted_by_unit(standing)
    scores = {score.unit: score_view(standing.lookup, score) for score in standing.evaluation.scores}
    units = [
        {
            "slug": unit.slug,
            "name": wording.short_name(unit),
            "score": scores[unit.slug],
            "open": counts.get(unit.slug, 0),
            "replied": f"{replied[unit.slug].astimezone(ZONE):%m-%d}" if unit.slug in replied else "",
        }
        for unit in desk.config.units
        if unit.slug in scores
    ]
    return render(
        request,
        "desk/today.html.j2",
        {
            "night": night,
            "late": night is None or (now - night.started_at).total_seconds() > 26 * 3600,
            "dark": dark,
            "waiting": waiting(standing.matters),
            "steps": calendar,
            "next": next((step for step in calendar if step.done is False), None),
            "period": standing.period,
            "units": units,
            "asked": len(asked),
            "troubled": sum(letters.get(state, 0) for state in ("dead", "uncertain", "bounced")),
            "today": now.date(),
        },
    )

"""The office's first page: the night, what waits, the quarter's next step, the units."""

from django.http import HttpResponse
from django.shortcuts import render

from core.domain.clock import ZONE
from desk.access import Asked
from desk.as_it_stands import reckoned
from desk.portal_states import portal_states
from desk.questions import all_waiting
from desk.site import current
from pipeline.quarter import calendar_of
from reporting import wording
from reporting.open_matters import waiting


def today(request: Asked) -> HttpResponse:
    """What is new, and what is to be done."""
    desk = current()
    with desk.session() as session:
        district = reckoned(desk).listed(session)
        night = session.runs.newest()
        dark = [h for h in portal_states(session) if h.blind]
        now = session.now()
        open_ = district.matters.tallies
        calendar = () if district.unknown else calendar_of(session, district.evaluation, open_)
        letters = session.outbox.counts()
        replied = session.objections.newest_by_unit()
        asked = all_waiting(session)
    units = [
        {
            "slug": unit.slug,
            "name": wording.short_name(unit),
            "score": part.view,
            "open": district.open_of(unit.slug),
            "replied": f"{replied[unit.slug].astimezone(ZONE):%m-%d}" if unit.slug in replied else "",
        }
        for unit in desk.config.units
        if (part := district.parts.get(unit.slug)) is not None and part.view is not None
    ]
    return render(
        request,
        "desk/today.html.j2",
        {
            "night": night,
            "late": night is None or (now - night.started_at).total_seconds() > 26 * 3600,
            "dark": dark,
            "waiting": waiting(open_),
            "steps": calendar,
            "next": next((step for step in calendar if step.done is False), None),
            "period": district.period,
            "lag": district.lag,
            "units": units,
            "asked": len(asked),
            "troubled": sum(letters.get(state, 0) for state in ("dead", "uncertain", "bounced")),
            "today": now.date(),
        },
    )

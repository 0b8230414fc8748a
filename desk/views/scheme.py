"""The scheme in force: indicators, readings with their alternatives, what a change would do."""

from django.http import HttpResponse
from django.shortcuts import render

from core.domain.errors import UsageError
from core.domain.periods import parse_period
from desk.access import Asked
from desk.as_it_stands import reckoned
from desk.log import note
from desk.site import current
from pipeline.whatif import UnitChange, if_read, score_changes
from reporting import wording
from reporting.explanation import RULE_WORDS


def shown(request: Asked) -> HttpResponse:
    """What is weighed, by which rule, with which parameters; the readings beside their other choices, and who would
    move under one of these (`reading`, `choice`)."""
    desk = current()
    slug, choice = request.GET.get("reading", ""), request.GET.get("choice", "")
    with desk.session() as session:
        standing = reckoned(desk).standing(session)
        config = desk.config.on(parse_period(standing.period).first)
        moves = None
        if slug:
            reading = config.scheme.reading(slug)
            if reading is None or choice not in {c.name for c in reading.others}:
                raise UsageError("没有这种解读")
            session = session.at(standing.evaluation.at)
            after = if_read(
                session,
                parse_period(standing.period),
                desk.folder / desk.config.district.scheme,
                (f"{slug}:in_force={choice}", f"{slug}:enabled=true"),
            )
            moves = [_told(m) for m in score_changes(standing.evaluation.scores, after) if not m.is_still]
            note(request, "saw", slug, f"试算解读 {choice}")
    names = {unit.slug: unit.name for unit in desk.config.units}
    return render(
        request,
        "desk/scheme.html.j2",
        {
            "scheme": config.scheme,
            "period": standing.period,
            "kinds": wording.UNIT_KINDS,
            "provenance": wording.PROVENANCE,
            "rules": RULE_WORDS,
            "names": names,
            "moves": moves,
            "tried": (slug, choice),
        },
    )


def _told(move: UnitChange) -> dict[str, object]:
    return {
        "unit": move.unit,
        "before": f"{wording.score_range(move.before.total)}　{wording.grade(move.before)}",
        "after": f"{wording.score_range(move.after.total)}　{wording.grade(move.after)}",
        "shifts": [
            f"{s.code} {s.title}：{wording.points_range(s.before)} → {wording.points_range(s.after)}"
            for s in move.shifts
        ],
    }

"""Quarters side by side: a year, two periods, and a period with some of its items met. Nothing is changed."""

import re

from django.http import HttpResponse
from django.shortcuts import render

from core.domain.errors import UsageError
from core.domain.models import Score
from core.domain.periods import before, parse_period, period_of
from core.storage.session import Session
from desk.access import Asked
from desk.site import current
from pipeline.newest import evaluation_at, newest_night
from pipeline.quarter import quarter_in_question
from pipeline.whatif import UnitChange, if_met, score_changes
from pipeline.year import year_of
from reporting import wording

_CALLS = 30  # items that are supposed to be met at once


def year(request: Asked) -> HttpResponse:
    """The quarters of a year: frozen results where there are any."""
    desk, asked = current(), request.GET.get("year", "")
    with desk.session() as session:
        if asked and not (len(asked) == 4 and asked.isascii() and asked.isdigit()):
            raise UsageError(f"{asked} 不是年份，应写成 2026")
        number = int(asked) if asked else newest_night(session).year
        quarters = year_of(session, number)
    rows = [
        (unit, [quarter.scores.get(unit.slug) for quarter in quarters])
        for unit in desk.config.units
        if any(unit.slug in quarter.scores for quarter in quarters)
    ]
    told = [(unit.slug, unit.name, [_score(score) for score in scores]) for unit, scores in rows]
    return render(request, "desk/year.html.j2", {"number": number, "quarters": quarters, "rows": told})


def compare(request: Asked) -> HttpResponse:
    """Who moved from one period (`before`) to another (`after`), or would if items (`met`: call numbers) were met."""
    desk = current()
    asked = {name: request.GET.get(name, "").strip() for name in ("before", "after", "met")}
    with desk.session() as session:
        quarter = quarter_in_question(session).name
        moves = _moves(session, **asked)
    names = {unit.slug: unit.name for unit in desk.config.units}
    usual = {"before": period_of(before(parse_period(quarter), 1)).name, "after": quarter, "met": ""}
    return render(
        request,
        "desk/compare.html.j2",
        {
            "asked": {name: asked[name] or usual[name] for name in asked},
            "moves": None if moves is None else [(names.get(m.unit, m.unit), told_of(m)) for m in moves],
            "is_met": bool(asked["met"]),
        },
    )


def _moves(session: Session, before: str, after: str, met: str) -> list[UnitChange] | None:
    if met:
        calls = [call for call in re.split(r"[\s,，、]+", met) if call]
        if len(calls) > _CALLS:
            raise UsageError(f"一次至多假定 {_CALLS} 项")
        evaluation = evaluation_at(session, after or None)
        then = if_met(session.at(evaluation.at), parse_period(evaluation.period), calls)
        return _moved(evaluation.scores, then)
    if not (before and after):
        return None
    return _moved(evaluation_at(session, before).scores, evaluation_at(session, after).scores)


def _moved(first: tuple[Score, ...], then: tuple[Score, ...]) -> list[UnitChange]:
    return [move for move in score_changes(first, then) if not move.is_still]


def told_of(move: UnitChange) -> dict[str, object]:
    """A unit's move in words."""
    return {
        "unit": move.unit,
        "before": _score(move.before),
        "after": _score(move.after),
        "shifts": [
            f"{s.code} {s.title}：{wording.points_range(s.before)} → {wording.points_range(s.after)}"
            for s in move.shifts
        ],
    }


def _score(score: Score | None) -> str:
    return f"{wording.score_range(score.total)}　{wording.grade(score)}" if score else "—"

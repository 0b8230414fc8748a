"""The units, and one unit's page: its score down to the point, its open matters, its letters and hand-ins."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.clock import ZONE
from core.domain.errors import UsageError
from core.domain.models import Objection, RulingKind, UnitSubject
from core.domain.periods import before, parse_period, period_of
from core.domain.ruling_kinds import CHOICES, UNIT_KINDS
from core.domain.ruling_validity import unit_rulings
from core.domain.ruling_words import printed
from core.storage.session import Session
from desk.access import Asked
from desk.as_it_stands import Standing, counted_by_unit, reckoned
from desk.letters import letters_to
from desk.log import note
from desk.questions import asked_of
from desk.roles import Right
from desk.site import current
from pipeline.unit_letters import send_link
from reporting import wording
from reporting.explanation import explain
from reporting.unit_views import score_view
from review.freeze import as_frozen
from review.rulings import newest_on

KINDS = {"licence": "行政许可", "penalty": "行政处罚"}
EARLIER = 4  # quarters of the history


def listed(request: Asked) -> HttpResponse:
    """Every unit with its grade and what is open."""
    desk = current()
    with desk.session() as session:
        standing = reckoned(desk).standing(session)
    counts = counted_by_unit(standing)
    scores = {score.unit: score_view(standing.lookup, score) for score in standing.evaluation.scores}
    rows = [(unit, scores.get(unit.slug), counts.get(unit.slug, 0)) for unit in desk.config.units]
    return render(request, "desk/units.html.j2", {"rows": rows, "period": standing.period})


def unit(request: Asked, slug: str) -> HttpResponse:
    """One unit."""
    desk = current()
    with desk.session() as session:
        standing = reckoned(desk).standing(session, request.GET.get("period") or None)
        context = unit_context(session, standing, slug)
        context |= _words_on(session, slug, standing.period)
    context |= {"may_rule": request.user.may(Right.RULE)}
    note(request, "saw", slug, "单位页")
    return render(request, "desk/unit.html.j2", context | {"has_links": bool(desk.config.district.desk.address)})


def link(request: Asked, slug: str) -> HttpResponse:
    """Send a unit's contact a new link to its own page."""
    desk = current()
    if slug not in {known.slug for known in desk.config.units}:
        raise Http404("没有这个单位")
    with desk.session() as session:
        if not send_link(session, slug):
            raise UsageError("今天已经给这个单位的联系人寄过新链接")
    note(request, "link-sent", slug)
    return redirect(f"/units/{slug}#letters")


def _words_on(session: Session, slug: str, quarter: str) -> dict[str, Any]:
    """The office's words on the unit for the quarter that stand, and the newest of them."""
    subject = UnitSubject(slug, quarter)
    rulings = session.rulings.all()
    newest = newest_on(rulings, subject)
    stand = unit_rulings(rulings, subject, session.now().date())
    return {
        "words": [
            (r.id, f"{printed(r)}：{wording.safe(r.why)}（{wording.safe(r.by)}，{r.at:%Y-%m-%d}）") for r in stand
        ],
        "words_newest": newest.id if newest else "",
        "unit_choices": [CHOICES[k] for k in UNIT_KINDS if k is not RulingKind.LIFT],
        "past_months": [m for m in parse_period(quarter).months if parse_period(m).last < session.now().date()],
    }


def unit_context(session: Session, standing: Standing, slug: str) -> dict[str, Any]:
    """What a unit's page shows, the office's and its own alike; Http404 for none of the district's."""
    known = next((unit for unit in session.config.units if unit.slug == slug), None)
    if known is None:
        raise Http404("没有这个单位")
    scored = any(score.unit == slug for score in standing.evaluation.scores)
    period = parse_period(standing.period)
    said = [o for o in session.objections.all() if o.unit == slug]
    return {
        "unit": known,
        "kind": wording.UNIT_KINDS[known.kind],
        "period": standing.period,
        "explanation": explain(standing.lookup, slug) if scored else None,
        "score": next((score_view(standing.lookup, s) for s in standing.evaluation.scores if s.unit == slug), None),
        "matters": [m for m in standing.matters if m.unit == slug],
        "letters": letters_to(session, slug),
        "questions": asked_of(session, standing, slug),
        "months": months_of(session, slug, period.months),
        "history": history_of(session, standing, slug),
        "said": _said(said),
    }


def months_of(session: Session, slug: str, months: Sequence[str]) -> list[dict[str, str]]:
    """What came in by month and kind."""
    counts = session.submissions.counts(months[0], months[-1]).get(slug, {})
    return [
        {"month": month, "kind": word, "rows": str(counts.get((kind, month), "") or "")}
        for month in months
        for kind, word in KINDS.items()
    ]


def history_of(session: Session, standing: Standing, slug: str) -> list[dict[str, Any]]:
    """The unit's score of the quarters before as frozen, and of this one as it stands; the oldest first."""
    told = []
    for back in range(EARLIER, 0, -1):
        earlier = period_of(before(parse_period(standing.period), back))
        result = session.frozen.newest(earlier.name)
        scores = as_frozen(result).scores if result else ()
        told += [(earlier.name, score) for score in scores if score.unit == slug]
    told += [(standing.period, score) for score in standing.evaluation.scores if score.unit == slug]
    return [
        {
            "period": name,
            "total": wording.score_range(score.total),
            "grade": wording.grade(score) if score.grade else "未定",
            "low": float(score.total[0]),
            "high": float(score.total[1]),
        }
        for name, score in told
    ]


def _said(objections: Sequence[Objection]) -> list[dict[str, str]]:
    return [
        {
            "kind": wording.name_of(wording.ANSWERS, o.kind),
            "text": wording.short(o.text, 200),
            "at": f"{o.received_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        }
        for o in sorted(objections, key=lambda o: o.received_at, reverse=True)[:50]
    ]

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
from desk.as_it_stands import reckoned
from desk.district import District
from desk.frozen import frozen_of
from desk.letters import letters_to
from desk.log import note
from desk.paging import page_of
from desk.questions import asked_of
from desk.roles import Right
from desk.site import current
from pipeline.unit_letters import send_link
from reporting import wording
from review.rulings import newest_on

KINDS = {"licence": "行政许可", "penalty": "行政处罚"}
SHOWN = 20  # open matters on a page
EARLIER = 4  # quarters of the history


def listed(request: Asked) -> HttpResponse:
    """Every unit with its grade and what is open."""
    desk = current()
    with desk.session() as session:
        district = reckoned(desk).listed(session)
    parts = district.parts
    views = {unit.slug: parts[unit.slug].view if unit.slug in parts else None for unit in desk.config.units}
    rows = [(unit, views[unit.slug], district.open_of(unit.slug)) for unit in desk.config.units]
    return render(
        request,
        "desk/units.html.j2",
        {"rows": rows, "period": district.period, "lag": district.lag, "unknown": district.unknown},
    )


def unit(request: Asked, slug: str) -> HttpResponse:
    """One unit."""
    desk = current()
    with desk.session() as session:
        district = reckoned(desk).listed(session, request.GET.get("period") or None, units=[slug])
        context = unit_context(request, session, district, slug)
        context |= _words_on(session, slug, district.period)
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


def unit_context(request: Asked, session: Session, district: District, slug: str) -> dict[str, Any]:
    """What a unit's page shows, the office's and its own alike; Http404 for none of the district's."""
    known = next((unit for unit in session.config.units if unit.slug == slug), None)
    part = district.parts.get(slug)
    if known is None or part is None:
        raise Http404("没有这个单位")
    period = parse_period(district.period)
    return {
        "unit": known,
        "kind": wording.UNIT_KINDS[known.kind],
        "period": district.period,
        "lag": district.lag_of(slug),
        "explanation": part.explanation,
        "score": part.view,
        "page": page_of(request, district.matters.parts[slug].matters, size=SHOWN),
        "letters": letters_to(session, slug),
        "questions": asked_of(session, slug),
        "months": months_of(session, slug, period.months),
        "history": history_of(session, district, slug),
        "said": _said(session.objections.of_unit(slug, 50)),
    }


def months_of(session: Session, slug: str, months: Sequence[str]) -> list[dict[str, str]]:
    """What came in by month and kind."""
    counts = session.submissions.counts_of(slug, months)
    return [
        {"month": month, "kind": word, "rows": str(counts.get((kind, month), "") or "")}
        for month in months
        for kind, word in KINDS.items()
    ]


def history_of(session: Session, district: District, slug: str) -> list[dict[str, Any]]:
    """The unit's score of the quarters before as frozen, and of this one as it stands; the oldest first."""
    told = []
    for back in range(EARLIER, 0, -1):
        earlier = period_of(before(parse_period(district.period), back))
        frozen = frozen_of(session, earlier.name)
        told += [(earlier.name, score) for score in (frozen.scores if frozen else ()) if score.unit == slug]
    told += [(district.period, score) for score in (district.parts[slug].score,) if score is not None]
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
        for o in sorted(objections, key=lambda o: o.received_at, reverse=True)
    ]

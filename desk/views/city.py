"""What the city's office sees: its districts side by side, one district, one frozen quarter; and the machines.

Each page is made of the roll-up alone (cluster.roll_up): nothing of what a district has not fixed or published is in
it.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from cluster.ledger import DISTRICT_WORDS, VISIT_WORDS, Ledger
from cluster.ledger import DistrictState as NightState
from cluster.roll_up import DistrictState, Movement, QuarterResult, movement
from cluster.roll_ups import RollUps
from core.domain.errors import ChengxinError
from core.domain.models import UnitRates
from desk.access import Asked
from desk.city import the_city
from desk.log import note
from reporting.unit_views import rate_view
from reporting.view_models import RateView
from scoring.rates import total_of

NOT_COMPARABLE = "方案不同，等级不能比"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One district in the city's table. `missed`: that it had no part in the newest night; `moved`: against its quarter
    before, in words."""

    slug: str
    state: DistrictState | None
    missed: bool
    rates: tuple[RateView, ...]
    result: QuarterResult | None
    moved: str


def shown(request: Asked) -> HttpResponse:
    """The districts side by side, in the order of their names."""
    city = the_city()
    with closing(RollUps(city.database)) as roll_ups:
        states, results = roll_ups.states(), roll_ups.newest_results()
    missed = {each.district for each in _newest_night(city.database) if each.state == "left-out"}
    rows = [_row(slug, states.get(slug), results.get(slug, ()), slug in missed) for slug in city.districts]
    seen = [row.state for row in rows if row.state]
    # what an official rate counts is the same everywhere (docs/rules.md §1.1)
    total = total_of(UnitRates(unit=s.name, decisions=s.decisions, rates=s.rates, cases={}, unclear=0) for s in seen)
    return render(
        request,
        "desk/city.html.j2",
        {
            "city": city,
            "rows": rows,
            "columns": sum(len(state.columns) for state in seen),
            "dark": sum(len(state.dark) for state in seen),
            "rates": tuple(map(rate_view, total.rates)) if seen else (),
            "decisions": total.decisions,
            "periods": sorted({state.period for state in seen}),
            "schemes": sorted({row.result.scheme for row in rows if row.result}),
        },
    )


def district(request: Asked, slug: str) -> HttpResponse:
    """One district: its columns, and its frozen quarters with how the units moved from one to the next."""
    state, results = _known(slug)
    quarters = [(each, _moved(results[place + 1 :], each)) for place, each in enumerate(results)]
    rates = tuple(rate_view(rate) for rate in state.rates) if state else ()
    context = {"slug": slug, "state": state, "rates": rates, "quarters": quarters}
    return render(request, "desk/city_district.html.j2", context)


def quarter(request: Asked, slug: str, period: str) -> HttpResponse:
    """A frozen quarter of a district: its units' scores and grades; of one unit (`unit`) each indicator's points."""
    state, results = _known(slug)
    place = next((n for n, each in enumerate(results) if each.period == period), None)
    if place is None:
        raise Http404("这个季度没有冻结，市信用办看不到没有冻结的")
    result, asked = results[place], request.GET.get("unit", "")
    units = {unit.slug: unit for unit in result.units}
    if asked and asked not in units:
        raise Http404("这个季度没有这个单位")
    before = {unit.slug: unit.said for each in results[place + 1 : place + 2] for unit in each.units}
    note(request, "saw", f"{slug}/{period}{'/' if asked else ''}{asked}")
    context = {
        "slug": slug, "name": state.name if state else slug, "result": result, "before": before,
        "moved": _moved(results[place + 1 :], result), "unit": units.get(asked),
        "rates": tuple(rate_view(rate) for rate in result.rates),
    }  # fmt: skip
    return render(request, "desk/city_quarter.html.j2", context)


def machines(request: Asked) -> HttpResponse:
    """How the newest night stands: districts, hosts, workers."""
    with closing(Ledger(the_city().database)) as ledger:
        night = ledger.newest()
        context = {
            "night": night,
            "districts": ledger.districts(night) if night else (),
            "visits": ledger.visits(night) if night else (),
            "workers": ledger.workers(),
            "district_words": DISTRICT_WORDS,
            "visit_words": VISIT_WORDS,
        }
    return render(request, "desk/city_machines.html.j2", context)


def healthz(_: HttpRequest) -> HttpResponse:
    """200 where the city's database answers, 503 where not."""
    try:
        with closing(RollUps(the_city().database)):
            return JsonResponse({"database": "good"})
    except ChengxinError:
        return JsonResponse({"database": "unusable"}, status=503)


def _known(slug: str) -> tuple[DistrictState | None, tuple[QuarterResult, ...]]:
    """A district of the city with what is known of it; Http404 for any other name."""
    city = the_city()
    if slug not in city.districts:
        raise Http404("全市没有这个区县")
    with closing(RollUps(city.database)) as roll_ups:
        return roll_ups.states().get(slug), roll_ups.results(slug)


def _newest_night(database: str) -> Sequence[NightState]:
    with closing(Ledger(database)) as ledger:
        night = ledger.newest()
        return ledger.districts(night) if night else ()


def _row(slug: str, state: DistrictState | None, results: tuple[QuarterResult, ...], missed: bool) -> Row:
    rates = tuple(rate_view(rate) for rate in state.rates) if state else ()
    moved = _moved(results[1:], results[0]) if results else ""
    return Row(
        slug=slug, state=state, missed=missed, rates=rates, result=results[0] if results else None, moved=moved
    )  # fmt: skip


def _moved(earlier: Sequence[QuarterResult], result: QuarterResult) -> str:
    """How the units moved since the frozen quarter before, in words; "" where there is none."""
    if not earlier:
        return ""
    moved = movement(earlier[0], result)
    return f"比 {earlier[0].period}：{_told(moved) if moved else NOT_COMPARABLE}"


def _told(moved: Movement) -> str:
    unknown = f"、不能比 {moved.unknown}（暂不定级，或只在一季里）" if moved.unknown else ""
    return f"升 {moved.up}、降 {moved.down}、不变 {moved.still}{unknown}"

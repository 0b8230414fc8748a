"""The night's report as one HTML file: inline style and SVG, no script, nothing loaded from anywhere."""

from collections.abc import Mapping, Sequence

from core.domain.models import ListChanges
from reporting import wording
from reporting.dashboard.coverage import coverage
from reporting.dashboard.overview import SEGMENTS, overview, reason_groups
from reporting.dashboard.quality import origin, quality
from reporting.dashboard.rules import rules_view
from reporting.dashboard.view import ReportView
from reporting.lookup import Lookup
from reporting.open_matters import TODO, MatterKind
from reporting.rendering import render
from reporting.unit_views import all_units
from reporting.view_models import Status


def build_view(
    lookup: Lookup,
    *,
    head: str = "",
    seal: str = "",
    changes: Sequence[ListChanges] = (),
    matters: Mapping[MatterKind, int] | None = None,
) -> ReportView:
    """Everything the night's report shows. `head`: of the hash chain; `seal`: who signed and stamped it.

    `changes`: what the night's lists show otherwise; `matters`: how many of each kind are open.
    """
    units = all_units(lookup)
    district, evaluation = lookup.config.district, lookup.evaluation
    return ReportView(
        district=wording.safe(district.name),
        office=wording.safe(district.office),
        credit_site=wording.safe(district.credit_site),
        simulated=district.simulated,
        period=wording.period(evaluation.period),
        at=wording.moment(evaluation.at),
        overview=overview(lookup, units),
        matters=tuple((kind, number, TODO[kind]) for kind, number in (matters or {}).items()),
        units=units,
        reasons=reason_groups(lookup),
        coverage=coverage(lookup, changes),
        rules=rules_view(lookup),
        quality=quality(lookup, units),
        origin=origin(lookup, head, seal),
    )


def render_report(view: ReportView) -> str:
    """The whole report; the same view gives the same bytes."""
    return render("report/report.html.j2", {"view": view, "Status": Status, "SEGMENTS": SEGMENTS})

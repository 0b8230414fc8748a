"""The report as one HTML file: inline style and SVG, no script, nothing loaded from anywhere."""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from core.domain.config import Config
from core.domain.models import Evaluation, Facts
from core.domain.reason_codes import CheckText
from core.runtime.paths import TEMPLATES
from reporting import wording
from reporting.dashboard.coverage import coverage
from reporting.dashboard.overview import SEGMENTS, bar_length, overview, reasons
from reporting.dashboard.quality import origin, quality
from reporting.dashboard.rules import rules_view
from reporting.dashboard.units import unit_sections
from reporting.dashboard.view import ReportView
from reporting.lookup import open_lookup
from reporting.view_models import Status

MOST = 4_000  # characters of one text on a page; a longer one is cut and says so


def build_view(
    config: Config, judgement: Evaluation, facts: Facts, checks: Mapping[str, CheckText], *, head: str = ""
) -> ReportView:
    """Everything a report shows. `checks` in report order; `head` is the head of the manifest's hash chain."""
    lookup = open_lookup(config, judgement, facts, checks)
    units = unit_sections(lookup)
    district = config.district
    return ReportView(
        district=wording.safe(district.name),
        office=wording.safe(district.office),
        credit_site=wording.safe(district.credit_site),
        simulated=district.simulated,
        period=wording.period(judgement.period),
        at=wording.moment(judgement.at),
        overview=overview(lookup, units),
        units=units,
        reasons=reasons(lookup),
        coverage=coverage(lookup),
        rules=rules_view(lookup),
        quality=quality(lookup, units),
        origin=origin(lookup, head),
    )


def render_report(view: ReportView) -> str:
    """The whole report; the same view gives the same bytes."""
    return environment().get_template("report/report.html.j2").render(view=view)


@cache
def environment() -> Environment:
    """Templates with escaping on, undefined names an error, and every text passed through `words.safe`.

    The view is already safe; the second gate costs little and holds for what is added later.
    """
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=lambda name: not (name or "").endswith(".txt.j2"),
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(Status=Status, SEGMENTS=SEGMENTS, bar_length=bar_length)
    made.filters.update(short=wording.short, sha=lambda text: text[:12])
    return made


def _finalize(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return wording.short(value, MOST)
    return value

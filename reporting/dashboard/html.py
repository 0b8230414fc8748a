"""The report as one HTML file: inline style and SVG, no script, nothing loaded from anywhere."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reporting import wording
from reporting.dashboard.overview import SEGMENTS, bar_length
from reporting.dashboard.view import ReportView
from reporting.view_models import Status

MOST = 4_000  # characters of one text on a page; a longer one is cut and says so
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


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

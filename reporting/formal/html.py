"""The formal report and the letters as HTML, to be read as they are or printed (`pdf.py`)."""

from markupsafe import Markup

from reporting import wording
from reporting.formal.pdf import FIRST_PAGE, PART
from reporting.formal.report import FormalReport, limited
from reporting.rendering import render
from reporting.view_models import Status, UnitView


def formal_html(report: FormalReport) -> str:
    """The whole report as one page that needs nothing else; the same report gives the same bytes."""
    report = limited(report)
    context = {
        "report": report,
        "period": wording.period(report.period),
        "day": wording.long_day(report.day),
        "LATENESS": wording.LATENESS,
        "PART": Markup(PART),
        "FIRST_PAGE": Markup(FIRST_PAGE),
    }
    return render("report/formal.html.j2", context)


def letter_html(report: FormalReport, unit: UnitView) -> str:
    """The letter to one unit's leader."""
    report, unit = limited(report), limited(unit, 120)
    items = [item for item in unit.accused if not item.is_the_offices]
    context = {
        "report": report,
        "unit": unit,
        "score": unit.graded,
        "period": wording.period(report.period),
        "day": wording.long_day(report.day),
        "items": items,
        "provisional": sum(item.status is Status.PROVISIONAL for item in items),
        "offices": len(unit.accused) - len(items),
    }
    return render("report/letter.html.j2", context)

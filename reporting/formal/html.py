"""The formal report and the letters as HTML, to be read as they are or printed (`pdf.py`)."""

from dataclasses import replace

from markupsafe import Markup

from reporting import wording
from reporting.formal.pdf import FIRST_PAGE, PART
from reporting.formal.remarks import COMMON
from reporting.formal.report import FormalReport, limited
from reporting.rendering import render
from reporting.view_models import Status, UnitView

CHART_ROWS = 40  # units or columns of one chart: a picture that is higher than a page is cut off at its foot


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
        "page": report.leaders,
        "COMMON": COMMON,
        "CHART_ROWS": CHART_ROWS,
    }
    return render("report/formal.html.j2", context)


def brief_html(report: FormalReport) -> str:
    """The report's first page by itself, to be printed for those who read no more; of a quarter's full edition."""
    report = limited(report)
    context = {"report": report, "page": report.leaders, "day": wording.long_day(report.day)}
    return render("report/brief.html.j2", context)


def letter_html(report: FormalReport, unit: UnitView) -> str:
    """The letter to one unit's leader, with the list of what it speaks of; what was lifted is only counted."""
    report, unit, listed = limited(replace(report, units=())), limited(unit, 120), limited(unit)  # of itself alone
    items = [item for item in listed.accused if item.is_breach and not item.is_the_offices]
    until = report.objections_until
    context = {
        "report": report,
        "unit": unit,
        "score": unit.graded,
        "period": wording.period(report.period),
        "day": wording.long_day(report.day),
        "until": wording.long_day(until) if until else "",
        "closed": bool(until and report.day > until),
        "items": items,
        "weighing": sum(bool(item.indicators) for item in items),
        "provisional": sum(item.status is Status.PROVISIONAL for item in items),
        "offices": sum(item.is_breach and item.is_the_offices for item in unit.accused),
        "settled": len(unit.settled),
    }
    return render("report/letter.html.j2", context)

"""The formal report and the letters as HTML, to be read as they are or printed (`paper.py`)."""

from markupsafe import Markup

from core.domain.models import Rate
from reporting import wording
from reporting.dashboard.html import environment
from reporting.explanation import plain
from reporting.formal.pdf import FIRST_PAGE, PART
from reporting.formal.report import FormalReport, ReportRow, UnitPage, limited
from reporting.view_models import Status

OFFICE = wording.WHOSE["office"]  # whose move an item is: no fault of the unit's


def formal_html(report: FormalReport) -> str:
    """The whole report as one page that needs nothing else; the same book gives the same bytes."""
    report = limited(report)
    context = {
        "report": report,
        "period": wording.period(report.period),
        "codes": codes_of(report),
        "rows_of": _rows_of,
        "percent": percent,
        "MEANING": wording.RATES,
        "LATENESS": wording.LATENESS,
        "OFFICE": OFFICE,
        "PART": Markup(PART),
        "FIRST_PAGE": Markup(FIRST_PAGE),
    }
    return environment().get_template("report/formal.html.j2").render(context)


def letter_html(report: FormalReport, page: UnitPage) -> str:
    """The letter to one unit's leader."""
    report, page = limited(report), limited(page, 120)
    provisional = sum(one.status == Status.PROVISIONAL and one.whose != OFFICE for one in page.items)
    context = {
        "report": report,
        "page": page,
        "period": wording.period(report.period),
        "provisional": provisional,
        "OFFICE": OFFICE,
    }
    return environment().get_template("report/letter.html.j2").render(context)


def codes_of(report: FormalReport) -> list[tuple[str, str]]:
    """Every indicator that any unit is graded by, in the scheme's order: (code, title)."""
    found: dict[str, str] = {}
    for page in report.units:
        for row in page.rows:
            found.setdefault(row.code, row.title)
    order = [line.title.split(" ")[0] for line in report.readings if line.what == "指标"]
    return sorted(found.items(), key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))


def _rows_of(page: UnitPage) -> dict[str, ReportRow]:
    return {row.code: row for row in page.rows}


def percent(rate: Rate) -> str:
    """A rate with one decimal; — where nothing could be judged."""
    return "—" if rate.value is None else f"{plain(rate.value.quantize(rate.value.__class__('0.1')))}%"

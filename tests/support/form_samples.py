"""Workbooks of forms, filled in."""

import io

import xlsxwriter

from core.domain.forms import UNIT_HEADER, Form
from intake.results import WorkbookReading

UNIT, TOWN = "淮安区发展和改革委员会", "淮安市淮安区车桥镇人民政府"
TODAY = "2026-06-20"


def unit_of(form: Form) -> str:
    """A unit that a row of the form may be about."""
    return TOWN if form.kinds == ("town",) else UNIT


def book(form: Form, *rows: dict[str, str], title: str = "") -> bytes:
    """A workbook of one form with rows by field; what a row leaves out comes from the form's example."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = made.add_worksheet(title or form.title)
    sheet.write_row(0, 0, [UNIT_HEADER, *(c.header for c in form.columns)])
    for number, row in enumerate(rows, 1):
        sheet.write_string(number, 0, row.get("unit", unit_of(form)))
        for index, column in enumerate(form.columns, 1):
            given = "" if column.style == "papers" else TODAY if column.style == "date" else column.example
            given = "2026-05" if column.style == "month" else given
            sheet.write_string(number, index, row.get(column.field, given))
    made.close()
    return out.getvalue()


def reasons(reading: WorkbookReading) -> list[str]:
    return [f.reason for f in (*reading.faults, *reading.warnings)]

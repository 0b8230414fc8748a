"""What comes in beside the 双公示 workbooks: a zip a sender and day, a workbook with a sheet a form, and its files."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from simulation.materials import Material
from simulation.offices import BY_SLUG
from simulation.other_work import papers
from simulation.world import moment


def write_envelopes(day: date, folder: Path) -> list[Path]:
    """Write what comes in on the morning of `day`; the same day gives the same files."""
    due = [paper for paper in papers() if paper.handed_in == day]
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for sender in dict.fromkeys(paper.by for paper in due):
        name = BY_SLUG[sender].name if sender in BY_SLUG else sender
        path = folder / f"{name}政务诚信材料{day:%Y%m%d}.zip"
        _write(path, f"{name}报送表{day:%Y%m%d}.xlsx", [p for p in due if p.by == sender], day)
        written.append(path)
    return written


def _write(path: Path, book: str, rows: Sequence[Material], day: date) -> None:
    stamp = (day.year, day.month, day.day, 9, 0, 0)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(book, stamp), _book(rows, day))
        files = {name: data for row in rows for name, data in row.files}
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, stamp), data)


def _book(rows: Sequence[Material], day: date) -> bytes:
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    book.set_properties({"created": moment(day).replace(tzinfo=None)})
    for title in dict.fromkeys(row.sheet for row in rows):
        sheet, sheet_rows = book.add_worksheet(title), [row for row in rows if row.sheet == title]
        headers = list(dict.fromkeys(header for row in sheet_rows for header, _ in row.values))
        sheet.write_row(0, 0, headers)
        for number, row in enumerate(sheet_rows, 1):
            values = dict(row.values)
            sheet.write_row(number, 0, [values.get(header, "") for header in headers])
    book.close()
    return data.getvalue()

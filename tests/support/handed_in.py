"""Workbooks of several forms, row by row, as a sender hands them in."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import xlsxwriter

from core.domain.config import Config
from core.domain.forms import UNIT_HEADER, forms
from tests.support.workbook_samples import district

Row = tuple[str, str, Mapping[str, str]]  # form, whom it is about, field → text where it is not the example's
UNITS = ("fgw", "fy", "czj", "cqz", "pqz", "zzb")


def small_district() -> Config:
    """淮安区 with a handful of its units, of every kind."""
    whole = district()
    return whole.model_copy(update={"units": tuple(unit for unit in whole.units if unit.slug in UNITS)})


def hand_in(
    path: Path,
    rows: Sequence[Row] = (),
    zeros: Sequence[tuple[str, str, str]] = (),
    *,
    day: str = "2026-08-04",
    line: str = "",
) -> Path:
    """A workbook with a sheet a form, its rows in the order given, and 零报告 (unit, month, what)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path))
    top = [[f"报送单位：{line}"]] if line else []
    for slug in dict.fromkeys(row[0] for row in rows):
        form = forms()[slug]
        default = {"date": day, "month": day[:7], "papers": ""}
        sheet = book.add_worksheet(form.title)
        grid = [[UNIT_HEADER, *(column.header for column in form.columns)]]
        for _, unit, values in (row for row in rows if row[0] == slug):
            cells = (values.get(c.field, default.get(c.style, c.example)) for c in form.columns)
            grid.append([unit, *cells])
        for number, cells_ in enumerate([*top, *grid]):
            sheet.write_row(number, 0, cells_)
    if zeros or not rows:
        sheet = book.add_worksheet("零报告")
        for number, zero in enumerate([*top, ["单位", "月份", "类别"], *map(list, zeros)]):
            sheet.write_row(number, 0, zero)
    book.close()
    return path

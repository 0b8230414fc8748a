"""CSV and text between tabs, as grids."""

import csv
import io

from core.documents.size_limits import FileRefused, check_grid
from core.domain.look_reasons import LookReason

_DELIMITERS = (",", "\t", ";", "|", "，")


def read_csv(text: str) -> list[list[str]]:
    """The cells of a CSV text; FileRefused (`file-type`) where no delimiter makes columns, or it ends inside quotes."""
    delimiter = _delimiter(text)
    try:
        grid = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise FileRefused(LookReason.FILE_DAMAGED, str(error)) from error
    check_grid(len(grid), max((len(line) for line in grid), default=0))
    return [[cell.strip() for cell in line] for line in grid if any(cell.strip() for cell in line)]


def _delimiter(text: str) -> str:
    """The one that stands most often in the first line that holds any (titles may stand above the labels)."""
    for line in text.splitlines()[:20]:
        best = max(_DELIMITERS, key=line.count)
        if line.count(best) >= 1:
            return best
    raise FileRefused(LookReason.FILE_TYPE, "csv")

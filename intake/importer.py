"""Reading many workbooks: one that fails whole does not keep the others out. Saving is the scheduler's."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from core.config import Config
from core.errors import WorkbookError
from intake.records import Fault, Reading
from intake.workbooks import read_file


def import_files(paths: Sequence[Path], config: Config, received_at: datetime) -> tuple[Reading, ...]:
    """One Reading a file, in the order given; a file that cannot be read has one fault and nothing else."""
    return tuple(_read_or_fault(path, config, received_at) for path in paths)


def _read_or_fault(path: Path, config: Config, received_at: datetime) -> Reading:
    try:
        return read_file(path, config, received_at)
    except WorkbookError as error:
        return Reading(file=path.name, faults=(Fault(file=path.name, reason=str(error)),))

"""What reading a workbook gives: its submissions and zero reports, and every fault with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.domain.models import Filing, Refusal, Submission, UploadedFile, ZeroReport

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """What a row that was not taken spoke of, as far as can be told; "" where not (core.domain.models.Refusal)."""

    unit: str = ""
    form: str = ""
    month: str = ""
    title: str = ""
    numbers: tuple[str, ...] = ()
    content: str = ""
    publicity: str = "公开"
    zero: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a workbook, told in Chinese; identity numbers in `reason` are masked.

    `row` is the number Excel shows, 0 for the whole sheet; `sheet` is empty for the whole file.
    An error keeps the row (or sheet, or file) out; a warning keeps it in. `wrong_sender`: who handed it in may not;
    `spoken`: what the row that is kept out spoke of.
    """

    file: str
    sheet: str = ""
    row: int = 0
    column: str = ""
    reason: str
    severity: Severity = "error"
    wrong_sender: bool = False
    spoken: tuple[Spoken, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkbookReading:
    """One file as it was read. `size` is in bytes, `sha256` of the file as handed in; `papers`: what its rows name;
    `refusals`: what of it was not taken (of a file that cannot be read, the file).

    `senders`: by sheet, whom its filings and 零报告 are from, as the store keeps it.
    """

    file: str
    sha256: str = ""
    size: int = 0
    submissions: tuple[Submission, ...] = ()
    zero_reports: tuple[ZeroReport, ...] = ()
    filings: tuple[Filing, ...] = ()
    senders: Mapping[str, str] = field(default_factory=dict)
    papers: tuple[UploadedFile, ...] = ()
    source: UploadedFile | None = None
    refusals: tuple[Refusal, ...] = ()
    faults: tuple[Fault, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it could be kept."""
        return not (self.submissions or self.zero_reports or self.filings)

"""Facts of handing in: submissions, filings, attachments, 零报告. Immutable."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from core.domain.models.enums import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """附件: a file a unit handed in, kept by its hash."""

    sha256: str
    name: str
    size: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it was handed in: its name, its SHA-256 and size in bytes, and how to read it once more."""

    name: str
    sha256: str
    size: int
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """报送记录: one row that a unit submitted. `row` is the number Excel shows."""

    id: str  # hash of unit, kind and the row's content: importing twice adds nothing
    unit: str
    kind: Kind
    workbook: str
    workbook_sha256: str
    sheet: str
    row: int
    name: str = ""
    code: str = ""
    numbers: tuple[str, ...] = ()
    number_text: str = ""
    decided_on: date | None = None
    reported_at: datetime | None = None  # 报送时间: the collection system's timestamp
    receipt_at: datetime | None = None  # 收件登记时间: the registered receipt; never the import's
    publicity: str = "公开"  # 公开 | 暂缓公开 | 不公开
    publicity_ground: str = ""
    publicity_until: date | None = None
    category: str = ""
    content: str = ""
    valid_until: date | None = None
    public_until: date | None = None
    fields: tuple[tuple[str, str], ...] = ()
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedSubmission(Submission):
    """A submission whose stored text cannot be read any more: unit, kind and workbook are known. Never stored."""

    error: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that a filing names: under which column, as what, and its hash ("": it was not found)."""

    field: str
    name: str
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """报送材料: one row of any form but 双公示 (core/forms): what it says of `unit`, and the files behind it.

    `month` is what it counts for (`YYYY-MM`): of `on`, the day it speaks of. `fields`: the form's field → text,
    personal numbers masked. `row` is the number Excel shows.
    """

    id: str  # hash of `content` and the files found: importing twice adds nothing
    content: str  # hash of form, unit and what the row says: handed in again with its files it is the same act
    form: str
    unit: str
    on: date | None = None
    month: str
    title: str
    fields: tuple[tuple[str, str], ...] = ()
    papers: tuple[Paper, ...] = ()
    workbook: str
    workbook_sha256: str
    sheet: str
    row: int
    received_at: datetime

    def said(self, field: str) -> str:
        """What the row says under `field`; "" where it is silent."""
        return dict(self.fields).get(field, "")

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"《{self.workbook}》{self.sheet} 第 {self.row} 行"


@dataclass(frozen=True, slots=True, kw_only=True)
class DamagedFiling(Filing):
    """A filing whose stored text cannot be read any more: form, unit, month and workbook are known. Never stored."""

    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """未收的行: what came in with a workbook and was not taken. It counts for nothing, and is no silence either.

    `row` 0: a whole sheet; no `sheet`: a whole file. What it spoke of, as far as can be told and "" where not: `unit`,
    `form` (or a Kind), `month` (`YYYY-MM`), `title` (or party), `numbers`; `content`: of a filing that lacks nothing
    but a sender who may say it; `zero`: a 零报告.
    """

    id: str
    unit: str = ""
    form: str = ""
    month: str = ""
    title: str = ""
    numbers: tuple[str, ...] = ()
    content: str = ""
    publicity: str = "公开"
    zero: bool = False
    reason: str
    workbook: str
    workbook_sha256: str
    sheet: str
    row: int
    received_at: datetime

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        row = f" 第 {self.row} 行" if self.row else ""
        return f"《{self.workbook}》{self.sheet}{row}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroReport:
    """零报告: a unit's word that it has nothing of `kind` (a Kind, or a form) for `month` (`YYYY-MM`)."""

    id: str
    unit: str
    kind: str
    month: str
    workbook: str
    workbook_sha256: str
    sheet: str
    row: int
    received_at: datetime

"""What a workbook may speak of, by whom it is from: rows of a form that is not its sender's are not taken, each told.

Whom it is from: the office's word at the import (`--from`), the line above the header (报送单位：…), the name of the
file, its folder or the parcel, else the one unit that all its rows are about (core.domain.senders, decision 0037).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.documents.cells import quote
from core.domain.config import Config, Unit
from core.domain.forms import Form, forms, kind_word
from core.domain.models import Filing, Submission, ZeroReport
from core.domain.senders import OFFICE, Sender, SenderNames, who_may
from intake.refusals import spoken_of
from intake.results import Fault

_Row = Filing | ZeroReport | Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Whence:
    """What a workbook says of its sender. `stated`: the office's word; `lines`: sheet → what stands above its header;
    `names`: of the file, then of the parcel in which it was sent; `folders`: of the disk on which it lies."""

    stated: Sender | None
    lines: Mapping[str, str]
    names: Sequence[str]
    folders: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Rightful:
    """The rows that may be taken, with the senders of all sheets, and what is told of every other."""

    filings: tuple[Filing, ...]
    zeros: tuple[ZeroReport, ...]
    submissions: tuple[Submission, ...]
    senders: Mapping[str, Sender]
    faults: tuple[Fault, ...]


def spoken_units(
    filings: Sequence[Filing], zeros: Sequence[ZeroReport], submissions: Sequence[Submission]
) -> frozenset[str]:
    """The units whose own matters the rows are: all but those of a provider's forms."""
    own = [f.unit for f in filings if not forms()[f.form].provider] + [s.unit for s in submissions]
    own += [z.unit for z in zeros if z.unit and (z.kind not in forms() or not forms()[z.kind].provider)]
    return frozenset(own)


def rightful(
    whence: Whence,
    config: Config,
    filings: Sequence[Filing],
    zeros: Sequence[ZeroReport],
    submissions: Sequence[Submission],
    sheets: Iterable[str] = (),
) -> Rightful:
    """The rows that the sender may hand in; every other with a fault at its row.

    Rows of 双公示 are held where a line above them is somebody's name, or the office says whose they are: a summary's
    file too may have a unit's name (`intake/whose_rows.py`), and a line a town's as a part of its branch's.
    `sheets`: others whose senders are asked for.
    """
    names = SenderNames(config)
    own, units = spoken_units(filings, zeros, submissions), {unit.slug: unit for unit in config.units}
    unanimous = next(iter(set(whence.lines.values()))) if len(set(whence.lines.values())) == 1 else ""

    def line_of(sheet: str) -> str:
        return whence.lines.get(sheet, unanimous)

    def sender(sheet: str) -> Sender:
        return whence.stated or names.judged(line=line_of(sheet), file=whence.names, folders=whence.folders, rows=own)

    def is_signed(sheet: str) -> bool:
        return whence.stated is not None or names.named(line_of(sheet)) is not None

    rows: list[_Row] = [*filings, *zeros, *submissions]
    spoken = {row.sheet for row in rows}
    senders = {sheet: sender(sheet) for sheet in spoken | set(sheets)}
    signed = {sheet for sheet in spoken if is_signed(sheet)}
    held = _Held(senders, names, units)
    kept = [f for f in filings if held.takes(f, forms()[f.form])]
    kept_zeros = [z for z in zeros if held.takes(z, forms().get(z.kind))]
    kept_rows = [s for s in submissions if s.sheet not in signed or held.takes(s, None)]
    faults = [held.fault(row, form) for row, form in held.refused]
    return Rightful(tuple(kept), tuple(kept_zeros), tuple(kept_rows), senders, tuple(faults))


class _Held:
    """The rows held back so far, and how each is told."""

    def __init__(self, senders: Mapping[str, Sender], names: SenderNames, units: Mapping[str, Unit]) -> None:
        self._senders, self._names, self._units = senders, names, units
        self.refused: list[tuple[_Row, Form | None]] = []

    def takes(self, row: _Row, form: Form | None) -> bool:
        """Whether the row's sender may say it; noted where not."""
        taken = self._names.may_hand_in(self._senders[row.sheet], form, self._units.get(row.unit))
        if not taken:
            self.refused.append((row, form))
        return taken

    def fault(self, row: _Row, form: Form | None) -> Fault:
        """One sentence: what was not taken, who may hand it in, and what to do."""
        what = quote(form.title if form else kind_word("" if isinstance(row, Filing) else row.kind))
        what += "的零报告" if isinstance(row, ZeroReport) else ""
        what += quote(row.number_text) if isinstance(row, Submission) and row.number_text else ""
        reason = self._reason(what, form, self._senders[row.sheet], self._units.get(row.unit))
        return Fault(
            file=row.workbook,
            sheet=row.sheet,
            row=row.row,
            reason=reason,
            wrong_sender=True,
            spoken=(spoken_of(row),),
        )

    def _reason(self, what: str, form: Form | None, sender: Sender, unit: Unit | None) -> str:
        if form is not None and not form.provider and unit is not None and unit.kind not in form.kinds:
            return f"{what}只由{who_may(form)}报送，{unit.name}不报这张表，未收：请删去这一行"
        who = who_may(form) if form is not None and form.provider else f"{unit.name if unit else '该单位'}自己"
        known = sender.is_known
        said = f"文件（或文件夹）的名称写的是{sender.name}" if sender.by_name else f"本表是{sender.name}的"
        unclear = f"文件名写的是{sender.name}，各行写的不是，" if sender.by_name else ""
        whose = said if known else f"{unclear}看不出本表是谁报的"
        mark = f"“报送单位：{who.removesuffix('自己')}”"
        todo = f"请{who}另行报送" if known else f"请在表头上方写明{mark}"
        office = f"；{OFFICE}代录的" if who != OFFICE else ""
        return f"{what}只由{who}报送，{whose}，未收：{todo}{office}，导入时加 --from {OFFICE}"

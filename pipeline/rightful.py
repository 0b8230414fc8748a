"""Rows that came in before senders were noted, and that show themselves to be from somebody who may not hand them in.

They count no more (decision 0037). What cannot be shown to be wrong counts as it did: a row is foreign where its
workbook's name or its other rows are of a unit that may not speak of it, or where its unit is not asked for the form.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from core.domain.config import Config
from core.domain.forms import forms
from core.domain.models import Kind
from core.domain.senders import Sender, SenderNames
from core.storage.hand_ins import OldRow
from core.storage.session import Session


def foreign_rows(session: Session) -> frozenset[str]:
    """The ids of the filings and 零报告, those of 双公示 too, that count no more for who handed them in."""
    old = [row for row in session.hand_ins.without_sender() if row.form in (*forms(), *Kind)]
    own: dict[str, set[str]] = defaultdict(set)
    for sha256, unit in session.hand_ins.submitting_units([row.sha256 for row in old]):
        own[sha256].add(unit)
    return _foreign(session.config, old, own) if old else frozenset()


def _foreign(config: Config, old: Sequence[OldRow], submitting: Mapping[str, set[str]]) -> frozenset[str]:
    names, units = SenderNames(config), {unit.slug: unit for unit in config.units}
    rows: dict[str, list[OldRow]] = defaultdict(list)
    for row in old:
        rows[row.sha256].append(row)
    found: set[str] = set()
    for sha256, of_book in rows.items():
        own = {row.unit for row in of_book if row.unit and not _is_providers(row)}
        sender = names.judged(line="", file=[of_book[0].workbook], rows=own | submitting.get(sha256, set()))
        for row in of_book:
            form, unit = forms().get(row.form), units.get(row.unit)
            misplaced = form is not None and not form.provider and unit is not None and unit.kind not in form.kinds
            if misplaced or (_is_shown(sender) and not names.may_hand_in(sender, form, unit)):
                found.add(row.id)
    return frozenset(found)


def _is_providers(row: OldRow) -> bool:
    return row.form in forms() and bool(forms()[row.form].provider)


def _is_shown(sender: Sender) -> bool:
    """Whether it is known whose the workbook was."""
    return sender.is_known and not sender.several

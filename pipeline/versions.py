"""What is handed in has versions: the newest hand-in of a key stands, the older ones are kept and count no more.

A key is what a form's TOML says names the act. Newest is by the order of hand-ins, not by hashes or the row's own days
(decision 0037). Facts are never changed: what stands is read off the hand-ins each time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import SequenceMatcher
from functools import lru_cache, partial

from core.domain.forms import forms
from core.domain.models import DamagedFiling, Filing, ZeroReport
from core.domain.ruling_validity import newest_words
from core.storage.hand_ins import FilingHandIn
from core.storage.session import Session
from pipeline.rightful import foreign_rows

_COMPARED = 200  # characters of what two rows say otherwise


@dataclass(frozen=True, slots=True)
class Replacement:
    """In one batch (one workbook's import) a filing took the place of an older one.

    `was_ruled`: the office had ruled on what the older one said; that word does not pass to the new one.
    """

    batch: int
    new: Filing
    old: Filing
    was_ruled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """`filings`: those that count, in order of month, form and id; `disowned`: those not by their provider, with the
    零报告 that are not (`disowned_zeros`); `gone`: the ids of all that count no more but for a ruling; `replaced`: what
    took whose place."""

    filings: tuple[Filing, ...]
    disowned: tuple[Filing, ...]
    gone: frozenset[str]
    replaced: tuple[Replacement, ...]
    disowned_zeros: tuple[ZeroReport, ...] = ()

    @property
    def foreign(self) -> frozenset[str]:
        """The ids of what never counted for who handed it in; an older version of what stands did."""
        return frozenset({row.id for row in self.disowned} | {zero.id for zero in self.disowned_zeros})

    def between(self, first: str, last: str) -> tuple[Filing, ...]:
        """Those that count of the months from `first` to `last` (`YYYY-MM`)."""
        return tuple(filing for filing in self.filings if first <= filing.month <= last)


def standing(session: Session) -> Standing:
    """What stands of all that was ever handed in beside 双公示. What cannot be read, or is of a form that nobody knows,
    is version of nothing and stands."""
    everything = {filing.id: filing for filing in session.filings.all()}
    foreign = foreign_rows(session)
    withdrawn = {record: ruling.at for record, ruling in session.rulings.withdrawn().items()}
    alone = {
        name for name, filing in everything.items() if isinstance(filing, DamagedFiling) or filing.form not in forms()
    }
    sound = {name: filing for name, filing in everything.items() if name not in foreign | alone}
    ruled = {key.partition("|")[2] for key in newest_words(session.rulings.all())}
    kept, replaced = what_stands(_batches(session.hand_ins.of_filings(), sound), withdrawn)
    counting = (kept | alone) - set(withdrawn)
    counts = (filing for name, filing in everything.items() if name in counting)
    return Standing(
        filings=tuple(sorted(counts, key=lambda f: (f.month, f.form, f.id))),
        disowned=tuple(everything[name] for name in sorted(foreign & set(everything) - alone - set(withdrawn))),
        gone=foreign - alone | (set(sound) - kept),
        disowned_zeros=_zeros(session, foreign - set(everything) - set(withdrawn)),
        replaced=tuple(replace(each, was_ruled=each.old.content in ruled) for each in replaced),
    )


def _zeros(session: Session, named: frozenset[str]) -> tuple[ZeroReport, ...]:
    return tuple(zero for zero in session.submissions.zero_reports() if zero.id in named) if named else ()


@dataclass(frozen=True, slots=True)
class Batch:
    """What one workbook brought, in its order, in one import at `at`."""

    number: int
    at: datetime
    rows: Sequence[Filing]


def _batches(hand_ins: Iterable[FilingHandIn], sound: Mapping[str, Filing]) -> list[Batch]:
    batches: dict[int, list[FilingHandIn]] = defaultdict(list)
    for each in hand_ins:
        batches[each.batch].append(each)
    return [
        Batch(number, of_batch[0].at, [sound[each.record] for each in of_batch if each.record in sound])
        for number, of_batch in batches.items()
    ]


def what_stands(
    batches: Iterable[Batch], withdrawn: Mapping[str, datetime]
) -> tuple[frozenset[str], tuple[Replacement, ...]]:
    """(ids of what stands after all hand-ins, withdrawn ones too; what took whose place). `withdrawn`: id → since."""
    stand = _Stand(withdrawn)
    for batch in batches:
        stand.take(batch)
    return frozenset(f.id for group in stand.groups.values() for f in group), tuple(stand.replaced)


@dataclass(slots=True)
class _Stand:
    """What stands so far, by form (and unit, where keys are a unit's own), in the order in which it came."""

    withdrawn: Mapping[str, datetime]
    groups: dict[tuple[str, str], list[Filing]] = field(default_factory=lambda: defaultdict(list))
    replaced: list[Replacement] = field(default_factory=list)

    def take(self, batch: Batch) -> None:
        """Take up what one workbook brought: each of its rows takes the place of at most one that stood before it."""
        groups: dict[tuple[str, str], dict[str, Filing]] = defaultdict(dict)
        for row in batch.rows:
            of_group = groups[row.form, "" if forms()[row.form].across else row.unit]
            if row.content not in of_group or found_papers(row) > found_papers(of_group[row.content]):
                of_group[row.content] = row
        for key, contents in groups.items():
            self._take_group(batch, self.groups[key], list(contents.values()))

    def _take_group(self, batch: Batch, group: list[Filing], rows: Sequence[Filing]) -> None:
        """Rows that say the same are one first; each other replaces the likest version that is left, or is added."""
        free = {filing.content: n for n, filing in enumerate(group)}
        changed = [row for row in rows if row.content not in free]
        for row in rows:
            if row.content in free:
                self._again(batch, group, free.pop(row.content), row)
        left = self._by_key(group, free.values()) if changed else {}
        for row in changed:
            near = {n for key in self._named(row) for n in left.get(key, ())}
            versions = [n for n in near if self._are_one(group[n], row)]
            if not versions:
                group.append(row)
                continue
            likest = max(versions, key=partial(_nearness, group, row))
            for key in self._named(group[likest]):
                left[key].discard(likest)
            self._replace(batch, group, likest, row)

    def _by_key(self, group: Sequence[Filing], places: Iterable[int]) -> dict[tuple[int, str], set[int]]:
        """(which alternative, what it says) → the places in the group that say so."""
        found: dict[tuple[int, str], set[int]] = defaultdict(set)
        for place in places:
            for key in self._named(group[place]):
                found[key].add(place)
        return found

    def _named(self, filing: Filing) -> list[tuple[int, str]]:
        return [(n, key) for n, key in enumerate(_keys(filing.form, filing.fields)) if key]

    def _are_one(self, one: Filing, other: Filing) -> bool:
        """Whether two rows of one form are one act: by the first alternative of its key that both fill in."""
        pairs = zip(_keys(one.form, one.fields), _keys(other.form, other.fields), strict=True)
        return next((mine == theirs for mine, theirs in pairs if mine and theirs), False)

    def _again(self, batch: Batch, group: list[Filing], place: int, row: Filing) -> None:
        """The same content once more: the files that came last count, but not fewer than before."""
        if self._is_given_up(group[place], batch.at) or found_papers(row) >= found_papers(group[place]):
            self._replace(batch, group, place, row)

    def _is_given_up(self, filing: Filing, at: datetime) -> bool:
        """Whether the office had withdrawn it before the hand-in at `at`."""
        return filing.id in self.withdrawn and self.withdrawn[filing.id] <= at

    def _replace(self, batch: Batch, group: list[Filing], place: int, row: Filing) -> None:
        if group[place].id != row.id:
            self.replaced.append(Replacement(batch.number, row, group[place]))
        group[place] = row


def found_papers(filing: Filing) -> int:
    """How many of the files it names came with it."""
    return sum(1 for paper in filing.papers if paper.sha256)


def _nearness(group: Sequence[Filing], row: Filing, place: int) -> tuple[bool, int, float, int]:
    """How like a standing filing is to a row: the same unit, most equal cells, the likest words, else the first."""
    other = group[place]
    equal = set(other.fields) & set(row.fields)
    was, now = ("".join(value for pair in f.fields if pair not in equal for value in pair[1:]) for f in (other, row))
    likeness = SequenceMatcher(None, was[:_COMPARED], now[:_COMPARED]).ratio()
    return other.unit == row.unit, len(equal), likeness, -place


@lru_cache(maxsize=1 << 16)  # asked of every row each time that what stands is read off the hand-ins
def _keys(form: str, fields: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """What a row says under each alternative of its form's key."""
    return forms()[form].keys(dict(fields))

"""Who handed a workbook in, and what they may say (decision 0037): a unit of itself, an office that provides data of
others, the credit office for anybody. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePath

from core.domain.config import Config, Unit
from core.domain.config_model import UnitKind
from core.domain.forms import Form, forms
from core.domain.text import tight
from core.domain.unit_names import UnitNames

OFFICE = "信用办"  # the provider whose forms are the credit office's own
KIND_NAMES: dict[UnitKind, str] = {"town": "镇（街道）", "dept-a": "A 类部门", "dept-b": "B 类部门"}
_SHORTEST = 3  # characters of a unit's name that a file's name gives; a provider's may be shorter (法院)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Whom a workbook is from: a unit (several slugs after a reform), a provider, both (法院 is graded too), or nobody
    known. `office`: the credit office by its own word, which may speak for everybody; `several`: the rows are about
    many and nothing says who wrote them down; `by_name`: no more than a file's or a folder's name says so."""

    name: str = ""
    units: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    office: bool = False
    several: bool = False
    by_name: bool = False

    @property
    def is_known(self) -> bool:
        """Whether anybody is known to have handed it in."""
        return bool(self.units or self.providers or self.office)

    @property
    def stored(self) -> str:
        """As the store keeps it; "" for nobody known."""
        parts = [f"graded:{slug}" for slug in sorted(self.units)] + [
            f"provider:{name}" for name in sorted(self.providers)
        ]
        return ",".join([*parts, *(["office"] if self.office else [])])


NOBODY = Sender()


class SenderNames:
    """A district's units, its providers of data and its credit office, found by what a line or a file's name says."""

    def __init__(self, config: Config) -> None:
        self._names = UnitNames.of(config)
        self._units = config.units
        self._offices = frozenset(map(tight, (OFFICE, config.district.office, config.district.mail.office_name)))
        self._providers: dict[str, set[str]] = {}
        for form in forms().values():
            for name in (form.provider, *form.provider_names) if form.provider else ():
                self._providers.setdefault(tight(name), set()).add(form.provider)

    def named(self, written: str) -> Sender | None:
        """Whom a line (报送单位：…) or a person names; None for nobody of ours."""
        bare = self._names.without_places(written)
        if tight(written) in self._offices or bare == OFFICE:
            return Sender(name=written, providers=frozenset({OFFICE}), office=True)
        units = self._names.find(written)
        providers = self._providers.get(bare, set()) | self._providers_that_are(units)
        if not units and not providers:
            return None
        return self._whole(written, units, providers)

    def _whole(self, written: str, units: Iterable[Unit], providers: Iterable[str]) -> Sender:
        """A sender with all that it is: a provider may be a unit too."""
        graded = {unit.slug for unit in units} | {unit.slug for name in providers for unit in self._names.find(name)}
        return Sender(name=written, units=frozenset(graded), providers=frozenset(providers))

    def _providers_that_are(self, units: Iterable[Unit]) -> set[str]:
        slugs = {unit.slug for unit in units}
        return {
            provider
            for names in self._providers.values()
            for provider in names
            if slugs & {unit.slug for unit in self._names.find(provider)}
        }

    def in_file_name(self, name: str) -> Sender:
        """Whom a file's name gives; nobody where it gives none, or two. 信用办 in it (报信用办七月.xlsx) is weak: it
        covers the office's own forms alone."""
        stem = tight(PurePath(name).stem)
        found = {written: sender for written, sender in self._written_names.items() if written in stem}
        longest = [w for w in found if not any(w != other and w in other for other in found)]
        senders = {(found[w].units, found[w].providers) for w in longest}
        return found[longest[0]] if len(senders) == 1 else NOBODY

    @cached_property
    def _written_names(self) -> dict[str, Sender]:
        names: dict[str, Sender] = {}
        for unit in self._units:
            for name in (unit.name, *unit.aliases):
                bare = self._names.without_places(name)
                if len(bare) >= _SHORTEST:
                    names[bare] = self._whole(name, [unit], self._providers_that_are([unit]))
        for written, providers in self._providers.items():
            names[written] = self._whole(written, [], providers)
        return names

    def of_rows(self, slugs: Iterable[str]) -> Sender:
        """Whom rows speak of that units hand in about themselves: the one unit, with those it took the place of."""
        units = [unit for unit in self._units if unit.slug in set(slugs)]
        heads = {self._heir(unit).slug: self._heir(unit) for unit in units}
        if len(heads) > 1:
            return Sender(several=True)
        return self._whole(units[-1].name, units, self._providers_that_are(units)) if units else NOBODY

    def _heir(self, unit: Unit) -> Unit:
        """The last of those that took a unit's place."""
        seen = {unit.slug}
        while unit.successor and unit.successor not in seen:
            seen.add(unit.successor)
            unit = next((other for other in self._units if other.slug == unit.successor), unit)
        return unit

    def are_one(self, one: str, other: str) -> bool:
        """Whether two slugs are one unit before and after a reform."""
        units = {unit.slug: unit for unit in self._units if unit.slug in (one, other)}
        return len(units) == 2 and self._heir(units[one]) == self._heir(units[other])

    def judged(self, *, line: str, file: Sequence[str], rows: Iterable[str], folders: Sequence[str] = ()) -> Sender:
        """Whom a sheet is from: what a line says, else what the names of file and parcel say, else whose its rows are.

        Where a file's name gives one and all rows are about another unit nobody can be told; 信用办 in a name yields,
        and so do `folders`, which whoever sorts what came in has named (发改委信用科收件).
        """
        said = self.said(line)
        if said.is_known:
            return said
        by_rows = self.of_rows(rows)
        by_name, by_folder = self._first_named(file), self._first_named(folders)
        if not by_name.is_known and (not by_rows.units or by_folder.units & by_rows.units):
            by_name = by_folder
        if not by_name.is_known or (by_name.providers == {OFFICE} and by_rows != NOBODY):
            return by_rows
        if by_name.providers and by_rows.units and not by_name.units & by_rows.units:
            return Sender(name=by_name.name, several=True, by_name=True)
        return replace(by_name, by_name=True)

    def _first_named(self, names: Iterable[str]) -> Sender:
        return next((sender for sender in map(self.in_file_name, names) if sender.is_known), NOBODY)

    def said(self, line: str) -> Sender:
        """Whom a line above a header means (报送单位：发改委信用科); nobody for none of ours."""
        return (self.named(line) or self.in_file_name(line)) if line else NOBODY

    def may_hand_in(self, sender: Sender, form: Form | None, unit: Unit | None) -> bool:
        """Whether the sender may say of `unit` (None: of the whole district) what stands in a form (None: 双公示).

        A table of many units' 双公示 that nobody signs is the office's summary, as its rows are (intake.whose_rows);
        one whose name and rows contradict each other is nobody's.
        """
        if form is not None and form.provider:
            return sender.office or form.provider in sender.providers
        if unit is None or (form is not None and unit.kind not in form.kinds):
            return False
        if form is None and not sender.is_known:
            return not sender.by_name
        return sender.office or any(slug == unit.slug or self.are_one(slug, unit.slug) for slug in sender.units)


def who_may(form: Form) -> str:
    """Who may hand a form in, in words."""
    return form.provider or "、".join(KIND_NAMES[kind] for kind in form.kinds)

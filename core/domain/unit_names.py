"""From a name on a page or in a workbook to the unit of the district: exact after normalisation, never a guess."""

from collections.abc import Iterable, Sequence
from datetime import date

from core.domain import text
from core.domain.config import Config, Unit
from core.domain.met_again import worked_out_once

_LEVELS = frozenset("省市州盟县区旗")  # a place without such an ending (淮安) is a short name of the district itself


class UnitNames:
    """The district's unit names as they are looked up.

    Place names in front may be left out (发改委, 淮安区发改委, 淮安市淮安区发展和改革委员会), but a name that
    carries only a higher level (淮安市发改委) is the city's, not the district's: it is not found.
    """

    def __init__(self, units: Sequence[Unit], places: Sequence[str], district: str) -> None:
        self._places = tuple(sorted(places, key=len, reverse=True))
        self._level = district[-1:]
        self._highest = places[0] if places else ""
        self._index: dict[str, list[Unit]] = {}
        for unit in units:
            for name in {unit.slug, unit.name, *unit.aliases}:
                for key in self._keys(name):
                    self._add(key, unit)

    @classmethod
    def of(cls, config: Config) -> "UnitNames":
        """The names of a whole district."""
        return cls(config.units, config.district.places, config.district.name)

    def _add(self, key: str, unit: Unit) -> None:
        known = self._index.setdefault(key, [])
        if unit not in known:
            known.append(unit)

    def _keys(self, name: str) -> Iterable[str]:
        """The forms under which a unit's own name is found."""
        full = _compact(name)
        level, rest = self._split(full)
        yield full
        if level in ("", self._level):
            yield rest
            yield self._level + rest

    def _split(self, full: str) -> tuple[str, str]:
        """The level (last character) of the lowest place in front of a name, and the name without places."""
        level, rest = "", full
        while True:
            place = next((p for p in self._places if rest.startswith(p) and len(rest) > len(p)), None)
            if place is None:
                return level, rest
            level, rest = place[-1:] if place[-1:] in _LEVELS else self._level, rest[len(place) :]

    def find(self, name: str) -> tuple[Unit, ...]:
        """Every unit that may be meant by `name`; several after a reform (机构改革), none if unknown."""
        full = _compact(name)
        if full in self._index:
            return tuple(self._index[full])
        level, rest = self._split(full)
        if level in ("", self._level):
            return tuple(self._index.get(rest, ()))
        # 江苏省淮安市公安局淮安分局 → 淮安市公安局淮安分局, which a unit's full name may be;
        # 江苏省某局 is the province's
        outer = full.removeprefix(self._highest)
        return tuple(self._index.get(outer, ())) if outer != rest else ()

    def without_places(self, name: str) -> str:
        """A unit's name without the places in front of it: 淮安市淮安区交通运输局 → 交通运输局."""
        return self._split(_compact(name))[1]

    def slug_on(self, name: str, day: date) -> str | None:
        """The slug of the one unit that `name` means on `day`; None when none or more than one may be meant."""
        unit = valid_unit(self.find(name), day)
        return unit.slug if unit else None


def valid_unit(units: Sequence[Unit], day: date) -> Unit | None:
    """The one of `units` that existed on `day`; None when none or more than one did."""
    standing = [unit for unit in units if unit.valid_on(day)]
    return standing[0] if len(standing) == 1 else None


@worked_out_once(4_096)
def _compact(name: str) -> str:
    return text.tight(name).replace("(", "").replace(")", "").lower()

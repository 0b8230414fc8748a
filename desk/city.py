"""The desk of a city's office: how its districts stand, their frozen quarters, and the city's accounts.

It has no store and opens none: what it shows is the roll-up that districts write at the end of their nights
(cluster.roll_up), and its accounts, sessions and log stand in the city's PostgreSQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from cluster.city import City
from core.domain.clock import Clock
from core.domain.config import Config, District
from core.domain.errors import UsageError
from core.runtime.paths import Paths
from core.storage.session import Session
from desk.roles import OF_A_CITY, POWERS, Role
from desk.site import Desk, current, postgres


@dataclass
class CityDesk(Desk):
    """An open desk of a city."""

    city: City | None = None
    roles: ClassVar[frozenset[Role]] = OF_A_CITY
    known: ClassVar[frozenset[Role]] = OF_A_CITY | POWERS
    least: ClassVar[Role] = Role.MEMBER
    by_hand: ClassVar[str] = "chengxin cluster account"
    urls: ClassVar[str] = "desk.city_urls"

    @property
    def config(self) -> Config:
        """What stands around a page, as if the city were a district without units and columns."""
        city = self.its_city
        named: dict[str, Any] = {"slug": "city", "name": city.name, "office": city.office, "desk": city.desk}
        around: dict[str, Any] = {"folder": city.folder, "units": (), "portals": ()}
        return Config.model_construct(**around, district=District.model_construct(**named))

    @property
    def shown(self) -> Config:
        """The same."""
        return self.config

    @property
    def its_city(self) -> City:
        """The city as its files stand now, with a district that was added; as last loaded, where they do not load."""
        assert self.city is not None
        return self.city.now()

    def databases(self) -> dict[str, dict[str, object]]:
        """The city's PostgreSQL alone."""
        return {"default": postgres(self.its_city.database)}

    @contextmanager
    def session(self) -> Iterator[Session]:
        """UsageError: there is no district's store here."""
        raise UsageError("全市的工作台不打开区县的数据")
        yield


def desk_of(city: City) -> CityDesk:
    """A city's desk; its secret stands in the city's data folder."""
    paths = Paths(city.data / "_city")
    return CityDesk(folder=city.folder, paths=paths, clock=Clock(), city=city)


def the_city() -> City:
    """The city whose desk is open; UsageError where a district's is."""
    desk = current()
    if not isinstance(desk, CityDesk):
        raise UsageError("这不是全市的工作台")
    return desk.its_city

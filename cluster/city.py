"""A city: its districts' folders, where their data stands, and the database that holds the jobs."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from core.domain.config import Config, DeskSettings, load, read_settings
from core.domain.errors import ConfigError
from core.runtime.paths import Paths

FILE = "city.toml"
DATABASE = "CHENGXIN_CITY_DATABASE"  # in the environment it goes before the file: a password need not stand there


class _CityFile(BaseModel):
    """`city.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1)]
    office: str = ""
    desk: DeskSettings = DeskSettings()
    database: str = ""
    data: str = "var"
    districts: str = "districts"
    plan_minutes: Annotated[int, Field(ge=1, le=240)] = 30
    night_hours: Annotated[int, Field(ge=1, le=20)] = 6
    night_at: Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")] = "00:30"
    backups: str = "backups"


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """A city as its folder says. `districts`: slug → folder, in order; `plan_minutes`: after which a night goes on
    without the districts that have no plan; `night_hours`: after which what was not visited counts as not looked at;
    `office`: whose desk the city's is; `desk`: how one signs in there; `night_at`: when workers begin a night, "" for
    never; `backups`: the folder of the districts' backups, None for none."""

    name: str
    office: str
    desk: DeskSettings
    folder: Path
    database: str
    data: Path
    districts: dict[str, Path]
    plan_minutes: int
    night_hours: int
    night_at: str
    backups: Path | None

    def paths(self, district: str) -> Paths:
        """Where a district's data stands."""
        return Paths(self.data / district)

    def config(self, district: str) -> Config:
        """A district's configuration; ConfigError where it does not load, or its folder is there no more."""
        if district not in self.districts:
            raise ConfigError(self.folder / FILE, "districts", f"没有区县 {district} 的文件夹")
        return load(self.districts[district])

    def has_hours(self, began: datetime) -> bool:
        """Whether a night's hours end before the next midnight: what a later day sees is not put down to this one."""
        return (began + timedelta(hours=self.night_hours)).date() == began.date()

    def now(self) -> "City":
        """The city as its folder stands now: whoever runs for months knows a district that was added; as last loaded,
        where it does not load."""
        try:
            return load_city(self.folder)
        except ConfigError:
            return self


def load_city(folder: Path) -> City:
    """The city in a folder; ConfigError where it cannot be read. Its districts are loaded by whoever works on one."""
    file = folder / FILE
    known = read_settings(file, _CityFile)
    database = os.environ.get(DATABASE) or known.database
    if not database:
        raise ConfigError(file, "database", f"没有写 PostgreSQL 的连接串，环境变量 {DATABASE} 也没有")
    below = folder / known.districts
    named = sorted(path for path in below.glob("[!.]*") if path.is_dir())
    districts = {path.name: path for path in named}
    if not districts:
        raise ConfigError(file, "districts", f"{below} 里没有区县的文件夹")
    return City(
        name=known.name, office=known.office or f"{known.name}信用办", desk=known.desk, folder=folder,
        database=database, data=folder / known.data, districts=districts, plan_minutes=known.plan_minutes,
        night_hours=known.night_hours, night_at=known.night_at,
        backups=folder / known.backups if known.backups else None,
    )  # fmt: skip

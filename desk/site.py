"""The one district that this desk is about: its configuration, data folder and clock, and sessions on its store."""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import ClassVar

from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.errors import ConfigError, StoreError, UsageError
from core.runtime.desk_secret import desk_secret
from core.runtime.entry_links import without_links
from core.runtime.failures import is_busy
from core.runtime.paths import Paths
from core.storage.session import Session, open_session
from desk.roles import OF_A_CITY, OF_A_DISTRICT, Role

CITY = "city"  # what Django calls the database of a city's accounts, at a district's desk
PATIENCE = 5.0  # seconds that a page waits where the night is writing; it says so then


class Busy(UsageError):
    """Another program writes to the store, and has for longer than a page waits: nothing was recorded."""

    def __init__(self) -> None:
        super().__init__("夜间任务正在写数据库，这次没有记下；写的内容还在，过一会儿再按一次")


@dataclass
class Desk:
    """An open desk. `clock`: stands elsewhere only for a simulated district; `people`: how the database of the city's
    accounts is reached, "" where there is no city.

    `roles`: those that can be given here, `known`: those that an account here may have, `least`: that of a new account
    until one is given; `by_hand`: the command that makes accounts; `urls`: the table of pages.
    """

    folder: Path
    paths: Paths
    clock: Clock = field(default_factory=Clock)
    people: str = field(default="", repr=False)  # a password stands in it
    roles: ClassVar[frozenset[Role]] = OF_A_DISTRICT
    known: ClassVar[frozenset[Role]] = frozenset(Role) - OF_A_CITY
    least: ClassVar[Role] = Role.LEADER
    by_hand: ClassVar[str] = "chengxin desk-account"
    urls: ClassVar[str] = "desk.urls"
    _config: Config | None = field(default=None, repr=False)
    _of: tuple[tuple[str, int, int], ...] = field(default=(), repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @property
    def config(self) -> Config:
        """The district's configuration as its files stand now; ConfigError where they do not load."""
        with self._lock:
            state = _state(self.folder)
            if self._config is None or state != self._of:
                self._config, self._of = load(self.folder), state
            return self._config

    @property
    def shown(self) -> Config:
        """The same for what stands around a page: as the files last loaded, where they do not now."""
        try:
            return self.config
        except ConfigError:
            if self._config is None:
                raise
            return self._config

    def databases(self) -> dict[str, dict[str, object]]:
        """What Django keeps accounts in, as its settings name it: the desk's own file, and a city's accounts."""
        own: dict[str, object] = {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(self.paths.desk),
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL", "timeout": 20},
        }
        self.paths.desk.touch(mode=0o600)
        return {"default": own} | ({CITY: postgres(self.people)} if self.people else {})

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session on the store; StoreError where it cannot be opened, Busy where another program does not let go."""
        try:
            with open_session(self.config, self.paths, self.clock, PATIENCE) as session:
                yield session
        except (sqlite3.OperationalError, StoreError) as error:
            if is_busy(error):
                raise Busy from error
            raise


def _state(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """The files that a configuration is read from, with size and moment of change."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple((str(path), (known := path.stat()).st_size, known.st_mtime_ns) for path in files)


class _WithoutLinks(logging.Filter):
    """Django writes the address of what it refuses to its log; who reads that must not be able to use a link."""

    def filter(self, record: logging.LogRecord) -> bool:
        """The record, every link in it cut."""
        record.msg, record.args = without_links(record.getMessage()), ()
        return True


_CUT = _WithoutLinks()
_open: list[Desk] = []


def current() -> Desk:
    """The open desk; UsageError where none is."""
    if not _open:
        raise UsageError("工作台没有打开")
    return _open[-1]


def postgres(database: str) -> dict[str, object]:
    """A PostgreSQL as Django's settings name it. `database`: as psycopg is told it."""
    from psycopg.conninfo import conninfo_to_dict

    told = conninfo_to_dict(database)
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "OPTIONS": {"connect_timeout": 10} | {key: value for key, value in told.items() if key not in names},
        **{names[key]: str(value) for key, value in told.items() if key in names},
    }


def open_desk(desk: Desk, *, hosts: tuple[str, ...] = ("127.0.0.1", "localhost"), tls: bool = False) -> None:
    """Make Django ready for this district: its own database, its own secret, tables up to date.

    `hosts`: names that browsers may ask for; `tls`: cookies go by https alone. Calling it again opens another desk.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "desk.settings"
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections

    settings.SECRET_KEY = desk_secret(desk.paths)
    settings.ALLOWED_HOSTS = list(hosts)
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = tls
    settings.SECURE_HSTS_SECONDS = 365 * 86_400 if tls else 0
    settings.ROOT_URLCONF = desk.urls
    settings.DATABASES = desk.databases()
    django.setup()
    for name in ("django.request", "django.security.csrf"):
        logging.getLogger(name).addFilter(_CUT)
    connections.close_all()
    for name in list(connections.settings):  # those of the desk that was open before
        with suppress(AttributeError):
            del connections[name]
    connections.settings = connections.configure_settings(settings.DATABASES)
    call_command("migrate", verbosity=0, interactive=False)
    _open[:] = [desk]

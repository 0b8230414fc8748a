"""A session for tests that hold a store of their own: by default a clock that stands still where the test says."""

from datetime import datetime

from core.domain.clock import Clock
from core.domain.config import Config
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.session import Session


def session_of(store: Store, config: Config, now: datetime | None = None, paths: Paths | None = None) -> Session:
    """The store's folder is the data folder unless `paths` says otherwise."""
    return Session(config, store, paths or Paths(store.path.parent), Clock.stopped(now) if now is not None else Clock())

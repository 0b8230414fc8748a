"""A configuration to speak by: the district's own, or where that no longer loads, what the newest night ran under."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from core.domain.config import Config, load
from core.domain.errors import ConfigError
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.runs import Runs


@contextmanager
def usable_config(district: Path, paths: Paths) -> Iterator[Config]:
    """The configuration of `district`; a broken one is no reason to tell nobody: then the last that is kept.

    ConfigError (the district's own) where none is kept, or this code cannot read it. Only for telling: nothing is
    looked at or evaluated by a configuration that was replaced.
    """
    try:
        config = load(district)
    except ConfigError as broken:
        fault = broken
    else:
        yield config
        return
    with TemporaryDirectory(prefix="chengxin-district-") as folder:
        yield _kept(paths, Path(folder), fault)


def _kept(paths: Paths, folder: Path, fault: ConfigError) -> Config:
    files = None
    if paths.store.exists():
        with Store(paths.store) as store:
            files = Runs(store).newest_config()
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    try:
        return load(folder)
    except ConfigError:
        raise fault from None

"""A night under watch: where it fails, the heartbeat and the office say so before the error goes its way."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.domain.clock import Clock
from core.domain.errors import AlreadyRunning, ChengxinError, UsageError
from core.runtime.failures import LOG, sentence_of
from core.runtime.heartbeat import Beat, write_beat
from core.runtime.paths import Paths
from core.runtime.termination import Terminated, termination_raised

PATIENCE = 1.0  # seconds for a store that is held: the timer, which is not failing, waits for minutes


@contextmanager
def watched_night(district: Path, var: Path | None, *, live: bool) -> Iterator[None]:
    """Any failure within is told and raised again; a night that another one keeps from beginning is no failure.

    A night that is told to end (SIGTERM, SIGHUP) failed; its children end with it.
    `live`: by the real clock. Nobody is written to about a simulated night, or one that a person interrupted; and
    simulating wrongly is no night at all.
    """
    with termination_raised():
        try:
            yield
        except (Exception, KeyboardInterrupt, Terminated) as error:
            if not (isinstance(error, AlreadyRunning) or (isinstance(error, UsageError) and not live)):
                _failed(district, var, error, live=live)
            raise


def _failed(district: Path, var: Path | None, error: BaseException, *, live: bool) -> None:
    paths = LOG.paths or (Paths(var.resolve()) if var is not None else None)
    if paths is None or not paths.root.is_dir():
        return
    said, code = sentence_of(error)
    beat = Beat(verdict="failed", at=Clock().now(), code=code, problem=said)
    write_beat(paths, beat)
    if live and not isinstance(error, KeyboardInterrupt):
        _tell(district, paths, beat)


def _tell(district: Path, paths: Paths, beat: Beat) -> None:
    """The watcher, and the office if it can be told at once; else the timer does."""
    from core.storage.session import open_session
    from notifications.watch_ping import ping
    from pipeline.known_config import usable_config
    from pipeline.notify import alarm

    with suppress(ChengxinError, sqlite3.Error, OSError), usable_config(district, paths) as config:
        ping(config.district.watch, beat)
        with open_session(config, paths, patience=PATIENCE) as session:
            alarm(session, "night-failed", "夜间任务失败", f"退出码 {beat.code}。{beat.problem}")

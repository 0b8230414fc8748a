"""A session gathers the repositories; its clock can be made to stand still; SQL is spoken in core/storage alone."""

import ast
import re
from datetime import datetime, timedelta
from pathlib import Path

from core.domain.clock import ZONE
from core.domain.config import load
from core.domain.models import Run
from core.runtime.paths import Paths
from core.storage.session import open_session
from tests.support.paths import HUAIAN, ROOT

NOW = datetime(2026, 8, 1, 0, 30, tzinfo=ZONE)
ROOMS = (
    "checks",
    "commands",
    "crawler",
    "intake",
    "linking",
    "notifications",
    "pipeline",
    "reporting",
    "review",
    "scoring",
)
SQL = re.compile(r"^\s*(SELECT|INSERT|UPDATE|DELETE|WITH|CREATE|PRAGMA)\b", re.IGNORECASE)


def test_what_one_repository_keeps_another_session_reads(tmp_path: Path) -> None:
    config, paths = load(HUAIAN), Paths(tmp_path)
    with open_session(config, paths) as session:
        session.runs.add_config(config.hash, {}, NOW)
        session.runs.begin(Run(id="2026-08-01", started_at=NOW, config_hash=config.hash))
    with open_session(config, paths) as session:
        newest = session.runs.newest()
        assert newest is not None and (newest.id, newest.started_at) == ("2026-08-01", NOW)
        assert session.runs.first_day() == NOW.date() and session.runs.before("2026-08-01") is None


def test_a_stopped_session_stays_at_its_moment(tmp_path: Path) -> None:
    with open_session(load(HUAIAN), Paths(tmp_path)) as session:
        still = session.at(NOW)
        assert still.now() == still.now() == NOW
        assert still.at(NOW + timedelta(days=1)).now() == NOW + timedelta(days=1)
        assert still.store is session.store and session.now() > NOW


def _sql_in(path: Path) -> list[str]:
    tree = ast.parse(path.read_text("utf-8"))
    texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return [f"{path.relative_to(ROOT)}: {text[:60]}" for text in texts if SQL.match(text) and " " in text.strip()]


def test_no_sql_is_spoken_outside_storage() -> None:
    rooms = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    assert len(rooms) > 150
    assert [text for path in [*rooms, ROOT / "scheduler.py"] for text in _sql_in(path)] == []
    assert _sql_in(ROOT / "core/storage/runs.py")  # the search finds what there is

"""A district that has had every workbook of the quarter and never looked at a page: it rests on paper alone."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from typer.testing import CliRunner

from cli import app
from core.domain.clock import ZONE
from core.domain.config import Config, load
from core.domain.models import Run
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.runs import Runs
from pipeline.evaluate import evaluate
from pipeline.ingest import import_uploads
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.server import SITES
from simulation.submission_zips import write_envelopes
from simulation.workbooks import write_workbooks
from simulation.world import moment, nights
from tests.support.made_once import copy_of
from tests.support.sessions import session_of

NOW = datetime(2026, 10, 12, 1, tzinfo=ZONE)


@dataclass(frozen=True)
class Office:
    config: Config
    paths: Paths
    district: Path

    def run(self, *words: str, code: int = 0) -> str:
        """A command's words to people; it must end with `code`."""
        done = CliRunner().invoke(
            app, [*words, "-d", str(self.district), "--var", str(self.paths.root)], env={"COLUMNS": "240"}
        )
        assert done.exit_code == code, done.output + str(done.exception)
        return done.output


def copy_of_the_office(shared: Path, root: Path) -> Office:
    """The office below `root`, copied from the one that the first who asks makes below `shared`."""
    copy_of(shared / "office-of-the-quarter", root, _make)
    return Office(load(root / "district"), Paths(root / "var"), root / "district")


def _make(root: Path) -> None:
    write_district(root / "district", {site.name: 9 for site in SITES})
    config, paths, world = load(root / "district"), Paths(root / "var"), make_world()
    with Store(paths.store) as store:
        Runs(store).add_config(config.hash, {}, NOW)
        for night in nights():
            inbox = [*write_workbooks(world, night, root / "in"), *write_envelopes(night, root / "in")]
            import_uploads(session_of(store, config, moment(night, "09:00"), paths=paths), inbox)
        Runs(store).begin(Run(id="2026-10-12", started_at=NOW, config_hash=config.hash))
        evaluate(session_of(store, config, NOW))

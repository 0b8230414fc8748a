"""One index an evaluation: a night's report and all its letters are printed from it, and nothing is indexed twice."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import scheduler
from core.domain.clock import ZONE, Clock
from core.domain.models import Evaluation
from core.domain.periods import parse_period
from core.runtime.paths import Paths
from core.storage.database import Store
from pipeline.report_context import lookup_of
from pipeline.score import evaluation_of
from reporting import lookup
from reporting.lookup import Lookup, open_lookup
from reporting.unit_views import Beside, all_units, graded_units
from tests.support.filed_district import NOW, Office
from tests.support.sample_quarter import CHECKS, sample
from tests.support.sessions import session_of

MID_QUARTER = datetime(2026, 9, 14, 1, tzinfo=ZONE)  # the quarter before can no longer be closed: one evaluation
AFTER_QUARTER = NOW + timedelta(days=1)  # letters tell of two quarters, the report is about the last: two evaluations


@pytest.fixture
def indexed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Evaluation]]:
    """The evaluations of which an index was made, in order."""
    evaluations: list[Evaluation] = []

    def counted(**fields: object) -> Lookup:
        made = Lookup(**fields)  # type: ignore[arg-type]  # whatever open_lookup hands over
        evaluations.append(made.evaluation)
        return made

    monkeypatch.setattr(lookup, "Lookup", counted)
    yield evaluations


@pytest.mark.parametrize(("now", "indexes", "addressees"), [(MID_QUARTER, 1, 4), (AFTER_QUARTER, 2, 2)])
def test_a_night_indexes_each_evaluation_once_however_many_it_writes_to(
    office: Office, indexed: list[Evaluation], now: datetime, indexes: int, addressees: int, tmp_path: Path
) -> None:
    paths = Paths(tmp_path / "var")  # a copy without the office's own night: one before it would be refused
    shutil.copytree(office.paths.root, paths.root)
    with Store(paths.store) as store:
        store.db.execute("DELETE FROM runs")
    sightless = office.config.model_copy(update={"portals": ()})
    result = scheduler.night(sightless, paths, Clock.stopped(now))
    letters = [path for path in result.letters if "summary" not in path.name]
    assert paths.report.is_file() and len(letters) >= addressees
    assert len(indexed) == indexes == len({id(evaluation) for evaluation in indexed})


def test_the_nights_report_and_the_formal_one_show_the_same_records(office: Office) -> None:
    with Store(office.paths.store) as store:
        session = session_of(store, office.config, NOW)
        index = lookup_of(session, evaluation_of(session, parse_period("2026Q3")))
    night = {unit.slug: unit for unit in all_units(index)}
    formal = graded_units(index, Beside())
    assert len(formal) > 10 and any(unit.accused for unit in formal)
    for unit in formal:
        assert unit.score == night[unit.slug].score
        assert unit.accused == night[unit.slug].accused
        assert (unit.counts, unit.open_items, unit.met) == tuple(
            getattr(night[unit.slug], name) for name in ("counts", "open_items", "met")
        )


def test_evidence_of_the_quarters_before_is_known_but_not_of_the_period() -> None:
    config, evaluation, facts = sample()
    first, *rest = evaluation.evidence
    index = open_lookup(config, replace(evaluation, evidence=tuple(rest), earlier=(first,)), facts, CHECKS)
    assert first.key not in index.evidence
    assert index.known((first.key, rest[0].key, "nobody knows")) == (first, rest[0])

"""A night's judging, scoring, report and letters cost what is new and open; how much is long settled costs nothing.

Counted are SQL statements, rows fetched and steps of SQLite's machine: the same on every machine, and no clock.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.storage.database import Store
from core.storage.hash_chain import seal
from core.storage.session import Session
from pipeline.evaluate import evaluate
from pipeline.notify import notify
from pipeline.open_matters import matters_of
from pipeline.quarter import next_of
from pipeline.report_context import lookup_of
from reporting.letters.messages import LetterContext
from reporting.open_matters import counted as counted_by_kind
from reporting.open_matters import tallied
from scheduler import _alerts, joined, tonight, write_report
from tests.support.lived_archive import LivedArchive
from tests.support.sql_cost import Cost, SqlCosts, counted

QUARTERS, TIMES = 3, 4
MORE = 1.1
STATEMENTS, ROWS, STEPS = 0, 3, 300  # that two nights may differ by beside
# How a text of SQL begins that grows all the same: with what people said or handed in by hand, or with the nights
# themselves, never with decisions, looks and what was read. A word or a paper may be about any quarter.
KNOWN = {
    "SELECT data FROM rulings WHERE rowid > ?": "each word",
    "SELECT data FROM rulings WHERE rowid IN": "each record withdrawn",
    "SELECT DISTINCT portal, row_key FROM findings WHERE id IN (SELECT substr(subject": "each record withdrawn",
    "SELECT id FROM findings WHERE id IN (SELECT substr(subject": "each record withdrawn",
    "SELECT dense_rank()": "each paper of a form",
    "SELECT f.data, f.id, f.form": "each paper of a form",
    "SELECT r.id, r.unit, r.form": "each paper of a form",
    "SELECT batch, record, recorded_at FROM hand_ins": "each paper of a form",
    "SELECT r.id, r.unit, r.kind": "each 零报告",
    "SELECT data FROM zero_reports": "each 零报告",
    "SELECT data FROM refusals": "each row that was not taken",
    "SELECT data FROM objections": "each objection",
    "SELECT key, night FROM told": "each alert told",
    "SELECT key FROM told": "each alert told",
    "SELECT key, recipient, state": "each letter",
    "SELECT count(*) FROM rulings": "each word",
    "SELECT id, started_at, finished_at": "each night",
    "SELECT DISTINCT period FROM frozen": "each quarter",
    "SELECT portal, row_key FROM unseen_rows": "each row that nobody sees",
    "SELECT data FROM findings INDEXED BY findings_loose": "each record that says too little to be told apart",
}


@dataclass(frozen=True)
class Night:
    """What one night cost, and how many decisions it evaluated."""

    costs: SqlCosts
    evaluated: int
    alerts: int


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Night, Night]:
    """The same night on an archive, and on one of four times as many earlier quarters."""
    small, large = (_night(tmp_path_factory.mktemp("archive"), n) for n in (QUARTERS, TIMES * QUARTERS))
    return small, large


def _night(root: Path, earlier: int) -> Night:
    archive = LivedArchive(root, earlier)
    with Store(archive.paths.store) as store:
        _tell(archive.session(store, archive.before), f"{archive.before}")
        archive.look(store)
        session = archive.session(store, archive.night)
        with counted(store) as costs:
            evaluated = evaluate(session)
            alerts = _tell(session, f"{archive.night}")
    return Night(costs, evaluated, alerts)


def _tell(session: Session, run: str) -> int:
    """What a night does after judging (`scheduler._night`); how much it told."""
    evaluations = tonight(session)
    alerts = _alerts(session, evaluations)
    head = seal(session.store, session.paths, run, session.now())
    lookup = lookup_of(session, joined(evaluations))
    asked = lookup_of(session, evaluations[0]) if len(evaluations) > 1 else lookup
    matters = matters_of(session, asked)
    write_report(session, asked, head, counted_by_kind(matters))
    context = LetterContext(lookup=lookup, night=session.now().date(), head=head, alerts=alerts)
    notify(session, context, 1.0, matters, next_of(session, evaluations[0], tallied(matters)))
    return len(alerts)


def _grown(small: SqlCosts, large: SqlCosts) -> Iterator[str]:
    """Each text that costs more on the larger archive, the worst first."""
    texts = sorted({*small.by_text, *large.by_text}, key=lambda text: -large.by_text[text].steps)
    for text in texts:
        one, other = small.by_text[text], large.by_text[text]
        if _is_more(one, other) and not any(text.startswith(known) for known in KNOWN):
            yield f"{_pair('statements', one, other)} {_pair('rows', one, other)} {_pair('steps', one, other)}  {text}"


def _is_more(one: Cost, other: Cost) -> bool:
    beside = {"statements": STATEMENTS, "rows": ROWS, "steps": STEPS}
    return any(getattr(other, name) > MORE * getattr(one, name) + few for name, few in beside.items())


def _pair(name: str, one: Cost, other: Cost) -> str:
    return f"{name} {getattr(one, name)} → {getattr(other, name)}"


def test_the_nights_are_of_one_size_and_have_something_to_do(nights: tuple[Night, Night]) -> None:
    small, large = nights
    assert small.evaluated == large.evaluated > 0
    assert small.alerts == large.alerts > 0


def test_no_query_of_a_night_grows_with_the_archive(nights: tuple[Night, Night]) -> None:
    small, large = nights
    assert not list(_grown(small.costs, large.costs)), "\n".join(_grown(small.costs, large.costs))


def test_what_grows_by_hand_is_still_asked_for_in_as_many_statements(nights: tuple[Night, Night]) -> None:
    small, large = nights
    assert large.costs.total.statements == small.costs.total.statements


def test_every_exception_is_one(nights: tuple[Night, Night]) -> None:
    """Else it would excuse what comes later."""
    texts = {text for night in nights for text in night.costs.by_text}
    assert {known for known in KNOWN if not any(text.startswith(known) for text in texts)} == set()

"""Hostile rows and records that a store holds: evaluated, scored, reported and mailed; others as before."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scheduler
from core.domain.config import Config, load
from core.domain.models import Attachment, Finding, Kind, Outcome, Run, Submission
from core.domain.text import document_numbers, plain
from core.storage.database import Store
from pipeline.evaluate import evaluate
from pipeline.notify import notify, pending_alerts
from pipeline.open_matters import matters_of
from pipeline.report_context import lookup_of
from reporting.letters.messages import LetterContext
from reporting.open_matters import counted
from simulation.district import write as write_district
from simulation.server import SITES
from simulation.world import night_moment
from tests.crawler.test_look_that_cannot_be_stored import look_of, stored
from tests.support.fuzzing import fuzzed, spoilt, texts
from tests.support.sessions import session_of

DAY = date(2026, 8, 20)
AT = night_moment(DAY)
NUMBER = "淮市监罚〔2026〕8号"
FIELDS = ("fine_amount", "text", "name", "code", "phone", "address", "result", "basis")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    folder = tmp_path_factory.mktemp("district")
    write_district(folder, {site.name: 9001 + n for n, site in enumerate(SITES)})
    return load(folder)


def said() -> st.SearchStrategy[str]:
    """A text as the doors let it through."""
    return (texts() | spoilt(NUMBER)).map(plain)


@st.composite
def rows(draw: st.DrawFn) -> Submission:
    written = draw(said())
    return Submission(
        id=draw(st.uuids()).hex,
        unit="scjgj",
        kind=draw(st.sampled_from(list(Kind))),
        workbook=draw(said()),
        workbook_sha256="w",
        sheet=draw(said()),
        row=draw(st.integers(1, 10**6)),
        name=draw(said()),
        code=draw(said()),
        number_text=written,
        numbers=document_numbers(written),
        decided_on=draw(st.dates(date(2026, 6, 1), date(2026, 8, 19))),
        category=draw(said()),
        content=draw(said()),
        fields=tuple((name, draw(said())) for name in draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=4))),
        received_at=AT,
    )


@st.composite
def records(draw: st.DrawFn) -> Finding:
    written = draw(said())
    return Finding(
        id=draw(st.uuids()).hex,
        portal="",
        row_key="r",
        content_hash="h",
        ordinal=draw(st.integers(1, 99)),
        title=draw(said()),
        url=draw(said()),
        unit="scjgj",
        kind=Kind.PENALTY,
        name=draw(said()),
        code=draw(said()),
        number_text=written,
        numbers=document_numbers(written),
        decided_on=draw(st.none() | st.dates(date(2026, 6, 1), date(2026, 8, 19))),
        content=draw(said()),
        fields=tuple((name, draw(said())) for name in draw(st.lists(st.sampled_from(FIELDS), unique=True, max_size=4))),
        observed_at=AT,
    )


def a_night(config: Config, folder: Path, more: list[Submission], shown: list[Finding]) -> set[tuple[str, str]]:
    """What is accused: (number, check) of decisions that the undisturbed rows are about."""
    good = Submission(
        id="good",
        unit="scjgj",
        kind=Kind.PENALTY,
        workbook="报送表",
        workbook_sha256="w",
        sheet="",
        row=2,
        name="某公司",
        number_text=NUMBER,
        numbers=(NUMBER,),
        decided_on=date(2026, 7, 1),
        received_at=AT,
    )
    portals = [p for p in config.portals if p.lists == "decisions" and p.unit in (None, "scjgj")]
    with Store(folder / "chengxin.db") as store:
        session = session_of(store, config, AT + timedelta(hours=1))
        session.runs.add_config(config.hash, {}, AT)
        book = Attachment(sha256="w", name="x.xlsx", size=1, received_at=AT)
        session.submissions.add_workbook(book, [good, *more], [], AT)
        for day in (DAY - timedelta(days=n) for n in range(48, -1, -6)):
            session.runs.begin(Run(id=f"{day}", started_at=night_moment(day), config_hash=config.hash))
            stored(store, *(look_of(p.id, kind=Kind.PENALTY, day=day, more=tuple(shown)) for p in portals))
        evaluate(session)
        evaluations = scheduler.tonight(session)
        evaluation = scheduler.joined(evaluations)
        alerts = tuple(alert for each in evaluations for alert in pending_alerts(session, each))
        lookup = lookup_of(session, evaluation)
        matters = matters_of(session, lookup)
        scheduler.write_report(session, lookup, "", counted(matters))
        notify(session, LetterContext(lookup=lookup, night=DAY, head="", alerts=alerts), 1.0, matters)
        assert list(session.paths.outbox.glob("*-summary.eml")) and session.paths.report.exists()
        assert not list(session.paths.logs.glob("*.log"))  # and nothing had to be set aside
        mine = {name for name, d in evaluation.decisions.items() if "good" in d.submissions}
        return {
            (str(e.channel), e.check)
            for e in evaluation.evidence
            if e.decision in mine and e.outcome is Outcome.BREACHED
        }


@pytest.fixture(scope="module")
def undisturbed(config: Config, tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    accused = a_night(config, tmp_path_factory.mktemp("undisturbed"), [], [])
    assert accused  # else nothing could be accused wrongly beside it
    return accused


@fuzzed(4)
@given(more=st.lists(rows(), max_size=4, unique_by=lambda row: row.id), shown=st.lists(records(), max_size=3))
def test_no_row_and_no_record_ends_a_night_or_accuses_another(
    config: Config, undisturbed: set[tuple[str, str]], more: list[Submission], shown: list[Finding]
) -> None:
    with TemporaryDirectory() as folder:
        assert a_night(config, Path(folder), more, shown) <= undisturbed

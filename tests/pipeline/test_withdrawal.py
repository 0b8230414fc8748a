"""A record withdrawn counts as never come in, released it counts again; nobody is accused or excused by it wrongly."""

import json
import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

from core.domain.errors import UsageError
from core.domain.forms import review_worksheet as form
from core.domain.models import (
    Attachment,
    DamagedFiling,
    DamagedFinding,
    DamagedSubmission,
    Evidence,
    Filing,
    Finding,
    Outcome,
    RecordSubject,
    RulingKind,
    ZeroReport,
)
from core.domain.periods import period_of
from core.domain.reason_codes import SET_ASIDE
from core.storage.backup import copy_store
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.hash_chain import seal, verify
from pipeline.evaluate import evaluate, evidence_of
from pipeline.filings import evaluate_filings
from pipeline.open_matters import lookup_by_now, matters_of
from pipeline.score import evaluation_of
from reporting.evidence_items import set_aside_lines
from review.records import on_record, record_named, troubled_records
from review.reviewers import Person
from review.rulings import record_rulings
from review.worksheet import write_out
from tests.pipeline.test_set_aside import Town
from tests.pipeline.test_set_aside import town as built
from tests.support.sessions import session_of

assert built  # a fixture
OFFICE = Person("王某", "account:wang")
WHY = "核对原件，此行有误"


@pytest.fixture
def town(built: Town, tmp_path: Path) -> Iterator[Town]:
    """The town as it was built, in a store of its own."""
    copy_store(built.session.paths.store, tmp_path / "chengxin.db")
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, built.session.config, built.session.now())
        evaluate(session, full=True)
        made = Town(session, {})
        made.whole = made.evidence()
        yield made


def say(town: Town, record: str, kind: RulingKind) -> dict[str, Evidence]:
    """Rule on a record; the evidence of the next night, which must be that of a full evaluation."""
    record_rulings(town.session, [on_record(town.session, record, kind, WHY)], OFFICE)
    evaluate(town.session)
    night = town.evidence()
    assert night == town.evaluated()
    return night


def never_seen(town: Town) -> list[str]:
    return [name for name in sorted(town.accused()) if town.whole[name].slug == "not-published"]


def shown_records(town: Town) -> list[Finding]:
    ids = {item.decision for item in town.whole.values()}
    decisions = EvaluationCache(town.session.store).decisions(ids).values()
    return list(town.session.findings.by_id(n for d in decisions if d.submissions for n in d.findings).values())


@pytest.mark.parametrize("nth", range(4))
def test_a_finding_withdrawn_accuses_nobody_and_released_all_is_as_before(town: Town, nth: int) -> None:
    found = shown_records(town)[:: max(len(shown_records(town)) // 4, 1)][nth]
    evidence = say(town, found.id, RulingKind.WITHDRAW)
    assert town.accused(evidence) <= town.accused()  # read wrongly is not "not there"
    assert not any(found.id in d.findings for d in EvaluationCache(town.session.store).decisions().values())
    owners = [i for i in evidence.values() if i.check == "published_within_deadline" and i.slug == "could-be-unlinked"]
    assert len(owners) < len(evidence) / 4
    assert town.session.findings.by_id([found.id])[found.id] == found  # history stays
    assert say(town, found.id, RulingKind.RELEASE) == town.whole


def test_what_only_the_withdrawn_reading_proved_is_inconclusive(town: Town) -> None:
    cache = EvaluationCache(town.session.store)
    for decision in cache.decisions().values():
        met = [i for i in cache.evidence(decision=decision.id) if i.check == "published_within_deadline"]
        if len(decision.findings) == 1 and decision.submissions and any(i.outcome is Outcome.MET for i in met):
            break
    portal = town.session.findings.by_id(decision.findings)[decision.findings[0]].portal
    channel = town.session.config.portal(portal).channel
    evidence = say(town, decision.findings[0], RulingKind.WITHDRAW)
    (item,) = [
        i
        for i in evidence.values()
        if i.decision == decision.id and i.check == "published_within_deadline" and i.channel == channel
    ]
    assert item.outcome in (Outcome.INCONCLUSIVE, Outcome.PENDING), item


def test_a_submission_withdrawn_counts_as_never_handed_in(town: Town) -> None:
    record = next(s for s in town.session.submissions.all().values() if s.decided_on)
    month, before = (record.kind, f"{record.decided_on:%Y-%m}"), town.session.submissions.counts("2026-01", "2026-12")
    evidence = say(town, record.id, RulingKind.WITHDRAW)
    counts = town.session.submissions.counts("2026-01", "2026-12")
    assert counts[record.unit].get(month, 0) == before[record.unit][month] - 1
    assert not any(record.id in d.submissions for d in EvaluationCache(town.session.store).decisions().values())
    assert not any(p.ref == record.id for item in evidence.values() for p in item.proofs)
    assert record.id in town.session.submissions.by_id([record.id])
    assert say(town, record.id, RulingKind.RELEASE) == town.whole


def test_the_word_is_a_ruling_with_its_reason_and_is_sealed(town: Town) -> None:
    record = next(iter(town.session.submissions.all()))
    say(town, record, RulingKind.WITHDRAW)
    ruling = town.session.rulings.withdrawn()[record]
    assert (ruling.subject, ruling.by, ruling.via, ruling.why) == (RecordSubject(record), "王某", "account:wang", WHY)
    with pytest.raises(UsageError, match="已经撤回"):
        on_record(town.session, record, RulingKind.WITHDRAW, WHY)
    with pytest.raises(UsageError, match="理由"):
        on_record(town.session, record, RulingKind.RELEASE, "x")
    other = list(town.session.submissions.all())[1]
    with pytest.raises(UsageError, match="无从放行"):
        on_record(town.session, other, RulingKind.RELEASE, WHY)
    listed = {item["record"]: item for item in troubled_records(town.session, ())}
    assert listed[record]["state"] == "已撤回" and WHY in listed[record]["why"] and "第" in listed[record]["place"]


def test_a_record_is_named_by_the_beginning_of_its_id(town: Town) -> None:
    record = next(iter(town.session.submissions.all()))
    assert record_named(town.session, record[:12]) == ("submissions", record)
    for name in (record[:3], "zzzzzzzz", ""):
        with pytest.raises(UsageError, match="没有这条记录"):
            record_named(town.session, name)


def filed(town: Town, month: str = "2026-08") -> Filing:
    """A filing and a 零报告 in the store."""
    at = town.session.now() - timedelta(days=1)
    filing = Filing(
        id="f" * 20, content="c", form="credit-village", unit=town.session.config.units[0].slug, on=date(2026, 8, 1),
        month=month, title="柳湾村", workbook="村.xlsx", workbook_sha256="w", sheet="表", row=3, received_at=at,
    )  # fmt: skip
    zero = ZeroReport(
        id="z" * 20, unit=filing.unit, kind="innovation", month=month, workbook="零.xlsx", workbook_sha256="w",
        sheet="表", row=2, received_at=at,
    )  # fmt: skip
    book = Attachment(sha256="w", name="村.xlsx", size=1, received_at=at)
    town.session.submissions.add_workbook(book, [], [zero], at, [filing])
    return filing


def test_a_filing_and_a_zero_report_withdrawn_were_never_handed_in(town: Town) -> None:
    filing = filed(town)
    reported = town.session.filings.reported("2026-08", "2026-08")
    assert (filing.unit, "credit-village", "2026-08") in reported and (filing.unit, "innovation", "2026-08") in reported
    for record in (filing.id, "z" * 20):
        say(town, record, RulingKind.WITHDRAW)
    assert not town.session.filings.between("2026-08", "2026-08")
    assert not [r for r in town.session.filings.reported("2026-08", "2026-08") if r[0] == filing.unit]
    say(town, filing.id, RulingKind.RELEASE)
    assert town.session.filings.between("2026-08", "2026-08") == (filing,)


# ---------------------------------------------------------------- rows of the store that cannot be read

BROKEN = ('{"id": ', "not json", "[]", "null", '{"id": 1}')


def damage(town: Town, table: str, record: str, data: str | None = None) -> None:
    """Put `data` (by default the record with a word of a newer version) in the place of what a row holds."""
    connection: sqlite3.Connection = town.session.store.db.conn
    known = json.loads(connection.execute(f"SELECT data FROM {table} WHERE id = ?", [record]).fetchone()[0])
    of_json = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql LIKE '%json%' AND tbl_name = ?"
    indexes = connection.execute(of_json, [table])
    kept = indexes.fetchall()
    for name, _ in kept:
        connection.execute(f"DROP INDEX {name}")
    newer = json.dumps({**known, "kind": "concession", "word": "ponder", "received_at": "when"})
    connection.execute(f"UPDATE {table} SET data = ? WHERE id = ?", [newer if data is None else data, record])
    for _, sql in kept:
        valid = sql.replace("(data,", "(CASE WHEN json_valid(data) THEN data END,")  # a damaged page asks nobody
        connection.execute(sql if data is None else valid)


@pytest.mark.parametrize("data", [None, *BROKEN])
def test_a_submission_that_cannot_be_read_is_set_aside(town: Town, data: str | None) -> None:
    ids = {town.whole[key].decision for key in town.accused()}
    owner = next(d for d in EvaluationCache(town.session.store).decisions(ids).values() if d.submissions)
    bad = owner.submissions[0]
    damage(town, "submissions", bad, data)
    record = town.session.submissions.by_id([bad])[bad]
    assert isinstance(record, DamagedSubmission) and record.unit == owner.unit
    evidence = town.evaluated()
    aside = [item for item in evidence.values() if item.slug == SET_ASIDE.code]
    assert aside and bad[:12] in aside[0].sentence and record.workbook in aside[0].sentence
    assert town.accused(evidence) <= town.accused()
    again = town.evidence()
    evaluate(town.session)
    assert town.evidence() == again
    listed = {item["record"]: item for item in troubled_records(town.session, ())}
    assert listed[bad]["state"] == "读不出"
    without = say(town, bad, RulingKind.WITHDRAW)
    assert not [item for item in without.values() if item.slug == SET_ASIDE.code]


@pytest.mark.parametrize("nth", range(3))
def test_a_finding_that_cannot_be_read_is_set_aside(town: Town, nth: int) -> None:
    bad = shown_records(town)[nth * 7]
    damage(town, "findings", bad.id)
    read = town.session.findings.by_id([bad.id])[bad.id]
    assert isinstance(read, DamagedFinding) and (read.portal, read.row_key) == (bad.portal, bad.row_key)
    evidence = town.evaluated()
    assert town.accused(evidence) <= town.accused()
    whole = evidence_of(town.session, period_of(town.session.now().date()))
    (line,) = set_aside_lines(whole)
    assert bad.id[:12] in line and bad.portal in line
    evaluate(town.session)
    assert town.evidence() == evidence
    assert [r["state"] for r in troubled_records(town.session, ()) if r["record"] == bad.id] == ["读不出"]


@pytest.mark.parametrize("data", [None, *BROKEN])
def test_a_filing_a_zero_report_or_a_word_that_cannot_be_read_ends_no_night(town: Town, data: str | None) -> None:
    filing = filed(town)
    seal(town.session.store, town.session.paths, "2026-08-20", town.session.now())
    say(town, filing.id, RulingKind.WITHDRAW)
    say(town, filing.id, RulingKind.RELEASE)
    ruling = town.session.rulings.all()[0].id
    for table, record in (("filings", filing.id), ("zero_reports", "z" * 20), ("rulings", ruling)):
        damage(town, table, record, data)
    assert isinstance(town.session.filings.by_id([filing.id])[filing.id], DamagedFiling)
    evaluate(town.session)
    town.evaluated()
    items = evaluate_filings(town.session, period_of(date(2026, 8, 1))).evidence
    of_unit = [item for item in items if item.unit == filing.unit]
    assert any(item.slug == SET_ASIDE.code and "村.xlsx" in item.sentence for item in of_unit)
    assert not [item for item in of_unit if item.outcome is Outcome.BREACHED]
    assert {r["record"] for r in troubled_records(town.session, of_unit)} >= {filing.id, "z" * 20, ruling}
    _, broken = verify(town.session.store, town.session.paths)
    assert broken is not None  # and it is named


def test_the_review_workbook_lists_the_records_of_what_waits_for_a_word(town: Town, tmp_path: Path) -> None:
    evaluation = evaluation_of(town.session, period_of(town.session.now().date()))
    lookup = lookup_by_now(town.session, evaluation)
    write_out(tmp_path / "x.xlsx", town.session, lookup, matters_of(town.session, lookup))
    rows = list(load_workbook(tmp_path / "x.xlsx")[form.RECORDS_SHEET].iter_rows(min_row=2, values_only=True))
    waiting = {e.decision for e in evaluation.everything if e.outcome is Outcome.BREACHED and e.decision}
    decisions = [evaluation.decisions[name] for name in waiting]
    assert decisions and {str(row[-1]) for row in rows} >= {n for d in decisions for n in (*d.submissions, *d.findings)}
    for row in rows:
        assert row[1] and row[3] and row[2] in ("报送记录", "公示记录", "报送材料")

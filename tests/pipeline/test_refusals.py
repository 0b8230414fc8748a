"""What came in and was not taken is no silence: nobody is said not to have reported what we refused (decision 0038)."""

import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.models import Evaluation, Evidence, Outcome, RecordSubject, Ruling, RulingKind
from core.domain.periods import parse_period
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.session import Session
from pipeline.evaluate import evidence_of
from pipeline.filings import missing_of
from pipeline.held import held
from pipeline.ingest import import_uploads
from pipeline.score import scores_of
from pipeline.versions import standing
from review.records import troubled_records
from tests.support.handed_in import Row, hand_in, small_district
from tests.support.sessions import session_of

Q3 = parse_period("2026Q3")
NOW = datetime(2026, 10, 20, 9, tzinfo=ZONE)
AUGUST: list[Row] = [("commitment", "平桥镇", {}), ("contract", "平桥镇", {}), ("commitment-breach", "平桥镇", {})]
ZEROS = [("车桥镇", month, "信用承诺、承诺违约、合同履约") for month in Q3.months]


def opened(folder: Path, store: Store) -> Session:
    """A district in which somebody else has reported, so that silence is heard."""
    session = session_of(store, small_district(), NOW, Paths(folder))
    zeros = [("财政局", month, "信用承诺、承诺违约、合同履约") for month in Q3.months]
    rows: list[Row] = [("innovation", "财政局", {}), ("publicity", "财政局", {})]
    import_uploads(session, [hand_in(folder / "财政局.xlsx", rows, zeros)])
    return session


def evaluation(session: Session) -> Evaluation:
    return evidence_of(session, Q3)


def august(session: Session, unit: str) -> Evidence:
    (item,) = [
        e
        for e in evaluation(session).filed
        if (e.unit, e.check, e.subject) == (unit, "monthly_collection_is_complete", "1.3|2026-08")
    ]
    return item


def points(session: Session, unit: str, code: str) -> tuple[float, float]:
    scores = scores_of(session, evaluation(session))
    return next((float(i.low), float(i.high)) for s in scores if s.unit == unit for i in s.indicators if i.code == code)


def listed(session: Session) -> list[tuple[str, str, str]]:
    """(state, unit, place) of what the office sees set aside."""
    of_now = held(session, standing(session)).refusals
    return [(r["state"], r["unit"], r["place"]) for r in troubled_records(session, evaluation(session).filed, of_now)]


def broken(path: Path) -> Path:
    path.write_bytes(b"\xd0\xcf\x11\xe0 not a workbook at all")
    return path


def zipped(book: Path, name: str) -> Path:
    parcel = book.parent.parent / name
    with zipfile.ZipFile(parcel, "w") as archive:
        archive.write(book, book.name)
    return parcel


def parcel(path: Path, other: str, *, workbook: bool = True) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(other, b"not read")
        if workbook:
            archive.write(hand_in(path.parent / "书/平桥镇.xlsx", [("innovation", "平桥镇", {})]), "平桥镇.xlsx")
    return path


INNOCENTS: list[tuple[str, Callable[[Path], Path]]] = [
    ("the file's name is a neighbour's", lambda f: hand_in(f / "车桥镇八月.xlsx", AUGUST)),
    ("the neighbour's line stands above the header", lambda f: hand_in(f / "八月.xlsx", AUGUST, line="车桥镇")),
    ("a summary that nobody signed", lambda f: hand_in(f / "汇总.xlsx", [*AUGUST, ("commitment", "车桥镇", {})])),
    (
        "零报告 in a neighbour's workbook",
        lambda f: hand_in(f / "财政局.xlsx", zeros=[("平桥镇", "2026-08", "信用承诺、承诺违约、合同履约")]),
    ),
    ("a day that cannot be read", lambda f: hand_in(f / "平桥镇.xlsx", AUGUST, day="八月的一天")),
    ("the unit's name mistyped", lambda f: hand_in(f / "平桥镇.xlsx", [("commitment", "平桥真", {})])),
    ("the unit's name mistyped, and no name on the file", lambda f: hand_in(f / "x.xlsx", [("commitment", "平", {})])),
    ("unmarked, in a parcel that a neighbour sent", lambda f: zipped(hand_in(f / "a/八月.xlsx", AUGUST), "车桥镇.zip")),
    ("an archive in the archive", lambda f: parcel(f / "平桥镇八月.zip", "八月.rar")),
    ("a table of another program beside the workbook", lambda f: parcel(f / "来件.zip", "平桥镇八月.et")),
    ("a parcel without any workbook", lambda f: parcel(f / "平桥镇八月.zip", "八月.et", workbook=False)),
    ("a file that cannot be opened", lambda f: broken(f / "平桥镇八月.xlsx")),
    ("a file that cannot be opened, named by the mail gateway", lambda f: broken(f / "ATT00001.xlsx")),
]


@pytest.mark.parametrize(("story", "handed"), INNOCENTS, ids=[story for story, _ in INNOCENTS])
def test_what_we_refused_is_not_silence(tmp_path: Path, story: str, handed: Callable[[Path], Path]) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        assert august(session, "pqz").slug == "month-silent"
        (tmp_path / "in").mkdir()
        import_uploads(session, [handed(tmp_path / "in")])
        item = august(session, "pqz")
        assert (item.outcome, item.slug) == (Outcome.INCONCLUSIVE, "came-not-taken"), story
        assert "报来而未收" in item.sentence
        assert any("（报来过，待核）" in word for word in missing_of(session, "2026-08")["pqz"])
        assert any(state == "报来未收" for state, _, _ in listed(session))


def test_a_year_mistyped_is_not_silence_of_the_month_that_was_meant(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        import_uploads(session, [hand_in(tmp_path / "平桥镇.xlsx", AUGUST, day="2025-08-04")])
        assert august(session, "pqz").slug == "came-not-taken"
        assert any("（报来过，待核）" in word for word in missing_of(session, "2026-08")["pqz"])
        assert not listed(session)  # the rows are taken, and count for 2025
        import_uploads(session, [hand_in(tmp_path / "平桥镇.xlsx", AUGUST)])
        assert august(session, "pqz").slug == "complete"


TAKEN: list[tuple[str, Callable[[Path], Path]]] = [
    ("the gateway's name says nothing", lambda f: hand_in(f / "ATT00001.xlsx", AUGUST)),
    ("a folder named by whoever sorts the mail", lambda f: hand_in(f / "发改委信用科收件/八月.xlsx", AUGUST).parent),
    ("an older template without the line", lambda f: hand_in(f / "诚信建设报送表.xlsx", AUGUST)),
    ("sent to the office", lambda f: hand_in(f / "报信用办八月.xlsx", AUGUST)),
]


@pytest.mark.parametrize(("story", "handed"), TAKEN, ids=[story for story, _ in TAKEN])
def test_what_nothing_speaks_against_is_taken(tmp_path: Path, story: str, handed: Callable[[Path], Path]) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        (tmp_path / "in").mkdir()
        import_uploads(session, [handed(tmp_path / "in")])
        assert august(session, "pqz").slug == "complete", story


def say(session: Session, record: str, word: RulingKind) -> None:
    ruling = Ruling(id=f"r{word}", subject=RecordSubject(record), word=word, why="核对过", by="王某", at=NOW)
    session.rulings.add(ruling, NOW)


def test_the_offices_word_ends_it(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        import_uploads(session, [broken(tmp_path / "平桥镇八月.xlsx")])
        (refusal,) = session.refusals.standing()
        say(session, refusal.id, RulingKind.WITHDRAW)
        assert august(session, "pqz").slug == "month-silent"


def test_handed_in_anew_it_is_settled(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        wrong = hand_in(tmp_path / "车桥镇八月.xlsx", [("innovation", "平桥镇", {})])
        import_uploads(session, [wrong])
        assert points(session, "pqz", "6.1") == (0, 10) and len(held(session, standing(session)).refusals) == 1
        import_uploads(session, [wrong], "信用办")
        assert not held(session, standing(session)).refusals


@pytest.mark.parametrize(
    ("refused", "taken", "settled"),
    [
        ("2026-08-04", "2026-08-09", True),  # of the same month and by the same name
        ("2026-08-04", "2026-09-09", False),  # another promise of the same firm
        ("八月的一天", "2026-08-09", True),  # corrected afterwards
    ],
)
def test_what_settles_a_refused_row(tmp_path: Path, refused: str, taken: str, settled: bool) -> None:
    row: list[Row] = [("commitment", "平桥镇", {})]
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        import_uploads(session, [hand_in(tmp_path / "车桥镇.xlsx", row, day=refused)])
        later = session.at(NOW + timedelta(hours=1))
        import_uploads(later, [hand_in(tmp_path / "平桥镇.xlsx", row, day=taken)])
        assert (not held(session, standing(session)).refusals) is settled


@pytest.mark.parametrize(("form", "code"), [("innovation", "6.1"), ("publicity", "4.1"), ("credit-village", "5.1")])
def test_an_award_is_not_lost_by_a_row_that_we_refused(tmp_path: Path, form: str, code: str) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        rows: list[Row] = [("credit-village", "车桥镇", {}), ("innovation", "车桥镇", {})]
        import_uploads(session, [hand_in(tmp_path / "车桥镇.xlsx", rows)])
        assert points(session, "pqz", code) == (0, 0)
        import_uploads(session, [hand_in(tmp_path / "车桥镇八月.xlsx", [(form, "平桥镇", {})])])
        low, high = points(session, "pqz", code)
        assert low == 0 and high > 0
        (refusal,) = held(session, standing(session)).refusals
        say(session, refusal.id, RulingKind.WITHDRAW)
        assert points(session, "pqz", code) == (0, 0)


def test_a_refused_row_of_a_provider_changes_nobodys_points_and_is_listed(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        before = scores_of(session, evaluation(session))
        import_uploads(session, [hand_in(tmp_path / "财政局来件.xlsx", [("court", "平桥镇", {})])])
        assert scores_of(session, evaluation(session)) == before
        assert [(state, unit) for state, unit, _ in listed(session)] == [("报来未收", "pqz")]


def test_a_zero_report_of_licences_that_was_refused_is_told_where_it_is_missing(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        import_uploads(session, [hand_in(tmp_path / "财政局来件.xlsx", zeros=[("平桥镇", "2026-08", "许可")])])
        assert "双公示·许可（报来过，待核）" in missing_of(session, "2026-08")["pqz"]
        assert "双公示·处罚" in missing_of(session, "2026-08")["pqz"]
        assert [(state, unit) for state, unit, _ in listed(session)] == [("报来未收", "pqz")]
        scores = scores_of(session, evaluation(session))
        (told,) = [i.items[0].why for s in scores if s.unit == "pqz" for i in s.indicators if i.code == "1.1"]
        assert "2026-08 许可（报来过，待核）、2026-08 处罚、" in told and points(session, "pqz", "1.1") == (0, 10)
        import_uploads(session, [hand_in(tmp_path / "平桥镇.xlsx", zeros=[("平桥镇", "2026-08", "许可")])])
        assert not listed(session)


# ---------------------------------------------------------------- rows of older stores


def as_old(session: Session) -> None:
    session.store.db.execute("DELETE FROM hand_ins")


def test_an_old_zero_report_of_licences_in_a_neighbours_workbook_gives_no_points(tmp_path: Path) -> None:
    zeros = [("平桥镇", month, "许可、处罚") for month in Q3.months]
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        import_uploads(session, [hand_in(tmp_path / "车桥镇.xlsx", zeros=zeros)], "信用办")
        assert points(session, "pqz", "1.1") == (10, 10)
        as_old(session)
        assert points(session, "pqz", "1.1") == (0, 10)
        assert ("报来未收", "《车桥镇.xlsx》pqz 2026-08 零报告") in [(s, place) for s, _, place in listed(session)]
        import_uploads(session, [hand_in(tmp_path / "平桥镇.xlsx", zeros=zeros)])
        assert points(session, "pqz", "1.1") == (10, 10)


def test_old_rows_that_count_no_more_are_listed_and_are_no_silence(tmp_path: Path) -> None:
    with Store(tmp_path / "x.db") as store:
        session = opened(tmp_path, store)
        import_uploads(session, [hand_in(tmp_path / "车桥镇八月.xlsx", AUGUST)], "信用办")
        assert august(session, "pqz").slug == "complete"
        as_old(session)
        assert august(session, "pqz").slug == "came-not-taken"
        assert {(state, unit) for state, unit, _ in listed(session)} == {("报来未收", "pqz")}

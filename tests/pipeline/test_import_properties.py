"""Handing in is a function of what was said last: again, corrected and back, in any order, it gives the same points."""

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.clock import ZONE
from core.domain.models import Score
from core.domain.periods import parse_period
from core.runtime.paths import Paths
from core.storage.database import Store
from pipeline.evaluate import evidence_of
from pipeline.ingest import import_uploads
from pipeline.score import scores_of
from tests.support.handed_in import Row, hand_in, small_district
from tests.support.sessions import session_of

Q3 = parse_period("2026Q3")
NOW = datetime(2026, 10, 20, 9, tzinfo=ZONE)
STATES = ("已兑现", "期限未到", "未兑现", "毁约")
LEVELS = ("国家级", "省级", "市级", "区级")
TOWNS = ("车桥镇", "平桥镇")
Said = tuple[str, str]  # evidence's key and reason code


def a_row(kind: str, number: int, word: int) -> Row:
    """One act in one of its wordings; acts are told apart by what their form's key says."""
    town = TOWNS[number % 2]
    if kind == "investment-promise":
        return kind, town, {"party": f"某公司{number}", "content": f"第{number}项", "state": STATES[word % 4]}
    if kind == "innovation":
        return kind, town, {"number": f"创新{number}", "title": f"案例{number}", "level": LEVELS[word % 4]}
    return kind, town, {"number": f"HT-{number}", "name": f"合同{number}", "amount": str(word + 1)}


act = st.tuples(st.sampled_from(["investment-promise", "innovation", "contract"]), st.integers(0, 3))
worded = st.dictionaries(act, st.integers(0, 3), min_size=1, max_size=6)
quick = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def after(books: Sequence[Sequence[Row]]) -> tuple[tuple[Score, ...], list[Said]]:
    """Scores and what is said of what was filed, once these workbooks have come one after the other."""
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder) / "x.db") as store:
        session = session_of(store, small_district(), NOW, Paths(Path(folder)))
        for number, rows in enumerate(books):
            import_uploads(session, [hand_in(Path(folder) / f"{number}.xlsx", rows, line="信用办")])
        found = evidence_of(session, Q3)
        return scores_of(session, found), sorted((item.key, item.slug) for item in found.filed)


def rows_of(said: dict[tuple[str, int], int]) -> list[Row]:
    return [a_row(kind, number, word) for (kind, number), word in said.items()]


@quick
@given(said=worded, again=st.data())
def test_handing_in_again_what_stands_changes_nothing(said: dict[tuple[str, int], int], again: st.DataObject) -> None:
    rows = rows_of(said)
    part = again.draw(st.lists(st.sampled_from(rows), unique_by=lambda row: (row[0], tuple(row[2].values()))))
    assert after([rows, part]) == after([rows])


@quick
@given(said=worded, data=st.data())
def test_a_correction_and_its_reversal_give_the_same_points(
    said: dict[tuple[str, int], int], data: st.DataObject
) -> None:
    changed = {name: data.draw(st.integers(0, 3)) for name in said if data.draw(st.booleans())}
    was = {name: said[name] for name in changed}
    if changed:
        assert after([rows_of(said), rows_of(changed), rows_of(was)]) == after([rows_of(said)])
        assert after([rows_of(said), rows_of(changed)]) == after([rows_of(said | changed)])


@quick
@given(said=worded, data=st.data())
def test_the_order_of_hand_ins_with_the_same_final_rows_never_matters(
    said: dict[tuple[str, int], int], data: st.DataObject
) -> None:
    rows = data.draw(st.permutations(rows_of(said)))
    cut = data.draw(st.integers(0, len(rows)))
    books = [part for part in (rows[:cut], rows[cut:]) if part]
    assert after(books) == after(books[::-1]) == after([rows_of(said)])

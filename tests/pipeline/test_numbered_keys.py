"""Block keys are known by their numbers: two keys of one number make a block larger, and change nothing else."""

from datetime import datetime, time
from pathlib import Path

import pytest

from benchmarks.synthetic_quarters import Quarters, district
from core.domain.clock import ZONE
from core.domain.periods import parse_period
from core.storage import evaluation_cache
from core.storage.database import Store
from linking import meeting
from pipeline.evaluate import evaluate
from tests.support.sessions import session_of

NUMBER = evaluation_cache._number


def judged(folder: Path) -> tuple[list[object], list[object]]:
    """A quarter judged night by night: decisions and evidence."""
    folder.mkdir()
    config, quarters = district(5), Quarters(district(5), (parse_period("2026Q3"),), 30)
    nights = quarters.nights()
    with Store(folder / "chengxin.db") as store:
        for start in range(0, len(nights), 20):
            some = nights[start : start + 20]
            quarters.fill(store, some)
            evaluate(session_of(store, config, datetime.combine(some[-1], time(1, 10), ZONE)))
        cache = evaluation_cache.EvaluationCache(store)
        return list(cache.decisions().values()), list(cache.evidence())


def test_keys_that_share_a_number_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    apart = judged(tmp_path / "apart")
    monkeypatch.setattr(evaluation_cache, "_number", lambda key: (NUMBER(key) >> 2) % 7 << 2 | NUMBER(key) & 3)
    assert judged(tmp_path / "together") == apart and len(apart[0]) == 30 < len(apart[1])


@pytest.mark.parametrize("key", ["n|淮市监罚〔2026〕1号", "!甲公司|2026-07-01", "?甲公司|2026-07-01"])
def test_numbers_meet_as_their_keys_do(key: str) -> None:
    assert set(evaluation_cache._meeting(NUMBER(key))) == {NUMBER(other) for other in meeting(key)}

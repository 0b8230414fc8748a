"""The page of costs says what was measured, and nothing else."""

import json

from benchmarks.performance import COSTS, PAGE, RESULTS, page_of


def test_the_page_is_made_from_the_results() -> None:
    results = json.loads(RESULTS.read_text("utf-8"))
    assert list(results) == list(COSTS), "every cost was measured"
    assert page_of(results) == PAGE.read_text("utf-8"), "make bench writes it"

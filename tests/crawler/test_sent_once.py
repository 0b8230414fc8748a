"""What is the same with every page is made into bytes once, and read from them once."""

import pickle
from collections.abc import Iterator

import pytest

from crawler import sent_once
from crawler.sent_once import SentOnce


class Costly:
    """What counts how often it is written and read."""

    written = read = 0

    def __getstate__(self) -> dict[str, int]:
        Costly.written += 1
        return {"kept": 1}

    def __setstate__(self, _state: dict[str, int]) -> None:
        Costly.read += 1


@pytest.fixture(autouse=True)
def counted() -> Iterator[None]:
    sent_once._received.cache_clear()
    Costly.written = Costly.read = 0
    yield
    sent_once._received.cache_clear()


def test_many_jobs_write_and_read_it_once() -> None:
    column = SentOnce(Costly())
    got = [pickle.loads(pickle.dumps((number, column))) for number in range(50)]
    assert (Costly.written, Costly.read) == (1, 1)
    assert [number for number, _ in got] == list(range(50)) and len({id(each.value) for _, each in got}) == 1


def test_what_differs_is_told_apart() -> None:
    first, second = SentOnce(["甲"]), SentOnce(["乙"])
    for column in (first, second, first):
        assert pickle.loads(pickle.dumps(column)).value == column.value


def test_what_was_received_can_be_sent_on() -> None:
    assert pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(SentOnce("甲"))))).value == "甲"

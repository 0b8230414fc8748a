"""A limit of time ends what it holds and nothing after it."""

import re
import signal
import time

import pytest

from crawler.extract.time_limit import time_limit
from crawler.pages import Unparsed


def test_patience_ends_what_it_holds_and_nothing_after_it() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(Unparsed, match="page-slow"), time_limit(0.1):
        re.search(r"(a+)+b", "a" * 60)
    assert signal.getsignal(signal.SIGALRM) is before and signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    with time_limit(0.1):
        pass
    time.sleep(0.2)

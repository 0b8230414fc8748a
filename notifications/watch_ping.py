"""The heartbeat sent out: a watcher elsewhere calls for help when it does not come, or comes as a failure.

As healthchecks.io and its like take it: a POST to the address is a night that ran, one to `address/fail` one that did
not. The body is the heartbeat.
"""

import threading
from contextlib import suppress

from core.domain.config import Watch
from core.runtime.heartbeat import Beat
from core.runtime.outgoing import NotSent, post

_HEADERS = {"Content-Type": "application/json; charset=utf-8"}


def ping(watch: Watch | None, beat: Beat) -> bool:
    """Whether the watcher took `beat` within its seconds; a watcher that does not answer changes nothing here."""
    if watch is None:
        return False
    took: list[bool] = []
    asking = threading.Thread(target=_post, args=(watch, beat, took), daemon=True)  # an answer that drips never ends
    asking.start()
    asking.join(watch.seconds)
    return bool(took)


def _post(watch: Watch, beat: Beat, took: list[bool]) -> None:
    address = watch.url.rstrip("/") + ("/fail" if beat.verdict == "failed" else "")
    with suppress(NotSent):
        post(address, beat.as_json().encode(), _HEADERS, seconds=watch.seconds, inside=True)
        took.append(True)

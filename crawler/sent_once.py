"""What goes to readers with every page and is the same each time: made into bytes once, and read from them once."""

import pickle
from functools import lru_cache
from typing import Generic, TypeVar

T = TypeVar("T")
_KEPT = 64  # values that a reader keeps: some columns of a night


class SentOnce(Generic[T]):
    """A value that never changes. Sent again it costs its bytes alone: a district's names take longer than a page."""

    __slots__ = ("_bytes", "value")

    def __init__(self, value: T) -> None:
        self.value = value
        self._bytes = b""

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        self._bytes = self._bytes or pickle.dumps(self.value, pickle.HIGHEST_PROTOCOL)
        return _received, (self._bytes,)


@lru_cache(_KEPT)
def _received(data: bytes) -> SentOnce[object]:
    return SentOnce(pickle.loads(data))  # from the crawl, as the job around it

"""Short texts are met again on every page (menus, labels, names): what is made of them is worked out once."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")
_LONGEST = 64  # characters; longer texts are seldom met twice, and would fill the memory


def worked_out_once(entries: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """A decorator for a pure function of one text: the results of its last `entries` short texts are remembered."""

    def remembering(make: Callable[[str], T]) -> Callable[[str], T]:
        known = lru_cache(entries)(make)

        @wraps(make)
        def made(text: str) -> T:
            return known(text) if len(text) <= _LONGEST else make(text)

        return made

    return remembering

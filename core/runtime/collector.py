"""The cycle collector, kept out of bulk work: what that makes has no cycles, and looking for them costs a fifth of it
(of linking a whole archive two fifths)."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_off() -> Iterator[None]:
    """Without the cycle collector, where it was on; memory is freed all the same, as what holds it lets go."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()

"""What a night's linking costs as the archive grows: the same new records on a real store, one size after another."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.measure import table
from bench.pairs import World, make
from core.cache import JudgementCache
from core.clock import ZONE
from core.models import Attachment, Capture, Finding, Look, LookBundle, Run, Submission
from core.store import Store
from judging import _relink


def growth(sizes: Sequence[int]) -> None:
    """Relinking of the newest hundred records of each side, on archives of `sizes` a side."""

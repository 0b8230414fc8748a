"""A frozen result for tests that need a quarter to be fixed, without its many hindrances."""

import hashlib

from core.domain.models import FrozenResult
from tests.support.filed_district import NOW


def frozen_of(judgement: str) -> FrozenResult:
    """The first version of 2026Q3 with this judgement."""
    return FrozenResult(
        period="2026Q3", version=1, at=NOW, by="李某", via="account:li", scheme="2022.1", scheme_hash="s",
        config_hash="c", code_version="v",
        head="h", sha256=hashlib.sha256(judgement.encode()).hexdigest(), judgement=judgement,
    )  # fmt: skip

"""`make bench-desk`: what a page of the desk costs the server, on a small quarter and on a large one.

Each page is asked for again and again by Django's own client; beside it stands what the first page after a night costs,
when the period is reckoned anew. A ratio of one says that a page does not care how many decisions there are.
"""

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from datetime import time as time_of_day
from functools import cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.evaluation import COLUMNS, LAST
from benchmarks.measure import table
from benchmarks.synthetic_quarters import Quarters, district
from core.domain.clock import ZONE, Clock
from core.domain.config import Config, Reviewer
from core.domain.models import Outcome
from core.domain.ruling_validity import call_number, fingerprint
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.session import Session
from desk.site import Desk, open_desk
from pipeline.evaluate import evaluate

if TYPE_CHECKING:
    from django.test import Client

TIMES = 9


class MadeDesk(Desk):
    """A desk on a district that was never written down."""

    @property
    def config(self) -> Config:
        """The made district, with a reviewer at the desk."""
        return _config()


@cache
def _config() -> Config:
    made = district(COLUMNS)
    review = made.district.review.model_copy(update={"reviewers": (Reviewer(name="王某", desk="head"),)})
    return made.model_copy(update={"district": made.district.model_copy(update={"review": review})})


def measured(decisions: int) -> dict[str, float]:
    """Milliseconds by page, on a quarter of so many decisions."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        quarters = Quarters(_config(), (LAST,), decisions)
        nights = quarters.nights()
        at = datetime.combine(nights[-1], time_of_day(1, 10), ZONE)
        with Store(root / "chengxin.db") as store:
            quarters.fill(store, nights)
            evaluate(Session(_config(), store, Paths(root), Clock.stopped(at)), full=True)
        open_desk(MadeDesk(root, Paths(root), Clock.stopped(at + timedelta(hours=8))), hosts=("testserver",))
        return dict(_costs())


def _costs() -> Iterator[tuple[str, float]]:
    from desk.site import current

    client, desk = _signed_in(), current()
    with desk.session() as session:
        unit = next(p.unit for p in _config().portals if p.unit)
        found = session.evaluations.evidence(unit=unit)
    breach = next((e for e in found if e.outcome is Outcome.BREACHED), found[0])
    call, number = call_number(breach.key), breach.decision
    yield "the first page after a night", _asked(client, "/")
    pages = {
        "今天": "/", "待办": "/matters", "事项": f"/items/{call}", "单位": f"/units/{unit}",
        "决定（找）": "/decisions?q=没有这样的字", "决定（一件）": f"/decisions/one?id={number}", "栏目": "/portals",
        "季度": "/quarter",
    }  # fmt: skip
    for name, address in pages.items():
        _asked(client, address)
        yield name, median(_asked(client, address) for _ in range(TIMES))
    sent = {
        "seen": fingerprint(breach),
        "newest": "",
        "why": "核对存证和报送材料，情况属实",
        "word": "更正",
        "value": "不适用",
    }
    began = time.perf_counter()
    done = client.post(f"/items/{call}/rule", sent)
    assert done.status_code == 302, done.content.decode()[:500]
    yield "裁定", 1000 * (time.perf_counter() - began)
    yield "the page after a word", _asked(client, "/matters")


def _signed_in() -> "Client":
    from django.test import Client

    from desk.models import Account
    from desk.roles import Role

    account = Account.objects.create(username="head", name="王某", role=Role.HEAD, password="!")
    client = Client()
    client.force_login(account, "django.contrib.auth.backends.ModelBackend")
    return client


def _asked(client: "Client", address: str) -> float:
    began = time.perf_counter()
    done = client.get(address)
    taken = 1000 * (time.perf_counter() - began)
    assert done.status_code == 200, (address, done.status_code)
    return taken


def main() -> None:
    """Print every page at both sizes with its ratio."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs=2, default=(1_000, 20_000))
    small, large = asked.parse_args().sizes
    few, many = measured(small), measured(large)
    print(f"milliseconds of server time, {small:,} and {large:,} decisions of one quarter")
    rows = [(page, f"{few[page]:.0f}", f"{many[page]:.0f}", f"{many[page] / few[page]:.1f}") for page in few]
    table(("page", f"{small:,}", f"{large:,}", "ratio"), rows)


if __name__ == "__main__":
    main()

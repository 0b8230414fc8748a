"""`make bench-desk`: what a page of the desk costs the server, on a small quarter and on a large one.

Each page is asked for again and again by Django's own client, each word is said of another item. A ratio of one says
that a page does not care how many decisions there are. What pages cost while a desk that was just opened still reckons
the large quarter behind them is told by itself: the small one is reckoned at once.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from functools import cache
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.evaluation import COLUMNS, LAST
from benchmarks.measure import table
from benchmarks.synthetic_quarters import Quarters, district
from core.domain.clock import ZONE, Clock
from core.domain.config import Config, Reviewer
from core.domain.models import Decision, Evidence, Kind
from core.domain.ruling_validity import fingerprint
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.session import Session
from desk.serve import TURN
from desk.site import Desk, open_desk
from pipeline.evaluate import evaluate
from reporting.open_matters import MatterKind

if TYPE_CHECKING:
    from django.test import Client

TIMES = 25
WORDS = 9
_WORDS = "宏达远盛兴隆华泰恒瑞鼎丰金源聚力博雅天诚康顺安信永利通祥福佳美嘉德润泽凯旋正大新锐联创卓越汇智百川海纳"


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


@dataclass(frozen=True, slots=True)
class Size:
    """How large a store is: decisions in all, those of the quarter in question, the share of these never shown."""

    all: int
    quarter: int
    never: float


SMALL, LARGE = Size(1_000, 60, 0.7), Size(1_000_000, 60_000, 0.7)


def measured(size: Size) -> dict[str, float]:
    """Milliseconds by page, on a store of this size; how many matters are open, under that name."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        quarters = Quarters(_config(), (LAST,), size.quarter, never=size.never)
        nights = quarters.nights()
        at = datetime.combine(nights[-1], time_of_day(1, 10), ZONE)
        with Store(root / "chengxin.db") as store:
            quarters.fill(store, nights)
            session = Session(_config(), store, Paths(root), Clock.stopped(at))
            evaluate(session, full=True)
            _archive(session, size.all - size.quarter)
        open_desk(MadeDesk(root, Paths(root), Clock.stopped(at + timedelta(hours=8))), hosts=("testserver",))
        return dict(_costs())


def _archive(session: Session, count: int) -> None:
    """So many decisions of the three years before, as they were once linked; what was judged of them is left out."""
    units, random = [p.unit for p in _config().portals if p.unit], Random(1)
    first, left = LAST.first - timedelta(days=3 * 365), iter(range(count))
    while numbers := list(islice(left, 2_000)):
        made = [
            Decision(
                id=f"old|{n}",
                unit=units[n % len(units)],
                kind=list(Kind)[n % 2],
                number=f"淮{units[n % len(units)]}许〔{2023 + n % 4}〕{n}号",
                name=f"淮安市{''.join(random.choice(_WORDS) for _ in range(3))}商贸有限公司",
                decided_on=(first + timedelta(days=n % (3 * 365)),),
            )
            for n in numbers
        ]
        with session.store.transaction():
            session.evaluations.replace_decisions((), made)


def _costs() -> Iterator[tuple[str, float]]:
    from desk.as_it_stands import reckoned
    from desk.site import current

    client, desk = _signed_in(), current()
    sys.setswitchinterval(TURN)
    yield "the first page of a desk", _asked(client, "/")
    began, meanwhile = time.perf_counter(), list[float]()
    with desk.session() as session:
        while _lags(session):
            meanwhile += (_asked(client, page) for page in ("/", "/matters", "/units", "/decisions", "/portals"))
            time.sleep(0.1)
        if meanwhile:
            print(f"a desk just opened knows all after {time.perf_counter() - began:.0f} s; meanwhile a page takes")
            print(f"{median(meanwhile):.0f} ms by the median, {max(meanwhile):.0f} at worst")
        district = reckoned(desk).district(session)
        matters = [m for m in district.matters if m.kind is MatterKind.BREACH][: WORDS + 1]
        breaches = [session.evaluations.evidence_called(m.call)[0] for m in matters]
    call, number, unit = matters[0].call, breaches[0].decision, matters[0].unit
    yield "matters", len(district.matters)
    pages = {
        "今天": "/", "待办": "/matters", "待办（一类末页）": "/matters?kind=BREACH&page=999999",
        "待办（分派给我的）": "/matters?mine=1", "事项": f"/items/{call}", "各单位": "/units", "单位": f"/units/{unit}",
        "决定（新的）": "/decisions", "决定（找不到）": "/decisions?q=没有这样的字",
        "决定（多数都有的字）": "/decisions?q=商贸有限公司", "决定（一个单位）": f"/decisions?q=公司&unit={unit}",
        "决定（文书号）": f"/decisions?q={number.rpartition('|')[2]}",
        "决定（一件）": f"/decisions/one?id={number}", "栏目": "/portals", "季度": "/quarter", "裁定": "/rulings",
        "搁置的": "/records", "待单位答复": "/questions", "方案": "/scheme", "表和报告": "/papers", "信件": "/outbox",
    }  # fmt: skip
    for name, address in pages.items():
        _asked(client, address)
        yield name, median(_asked(client, address) for _ in range(TIMES))
    words, after = list[float](), list[float]()
    for each, breach in zip(matters, breaches, strict=True):
        words.append(_ruled(client, each.call, breach))
        after.append(_asked(client, "/matters"))
        with desk.session() as session:
            while _lags(session):
                time.sleep(0.05)
    yield "裁定（按下）", median(words[1:])
    yield "裁定以后的待办", median(after[1:])


def _lags(session: Session) -> bool:
    """Whether anything is still reckoned behind the pages; its time is told by itself."""
    from desk.as_it_stands import reckoned
    from desk.site import current

    known = reckoned(current())
    return bool(known.listed(session).lag or known.listed(session, moment="now").lag)


def _ruled(client: "Client", call: str, breach: Evidence) -> float:
    sent = {"seen": fingerprint(breach), "newest": "", "why": "核对存证，情况属实", "word": "更正", "value": "不适用"}
    began = time.perf_counter()
    done = client.post(f"/items/{call}/rule", sent)
    assert done.status_code == 302, done.content.decode()[:500]
    return 1000 * (time.perf_counter() - began)


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
    argparse.ArgumentParser(description=__doc__).parse_args()
    few, many = measured(SMALL), measured(LARGE)
    open_ = few.pop("matters"), many.pop("matters")
    print(f"milliseconds of server time: {SMALL.all:,} decisions, {open_[0]:,.0f} matters open; then")
    print(f"{LARGE.all:,} decisions, {open_[1]:,.0f} matters open")
    rows = [(page, f"{few[page]:.0f}", f"{many[page]:.0f}", f"{many[page] / few[page]:.1f}") for page in few]
    table(("page", f"{SMALL.all:,}", f"{LARGE.all:,}", "ratio"), rows)


if __name__ == "__main__":
    main()

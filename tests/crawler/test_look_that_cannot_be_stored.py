"""A look that cannot be written down fails alone: the night goes on, the look says so, nobody is accused by it."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.models import Attachment, Finding, Kind, Look, LookBundle, Outcome, Run, Sighting, Submission
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.observations import Looks
from core.storage.runs import Runs
from core.storage.submissions import Submissions
from crawler.spider import NightSpider, StorePipeline
from pipeline.evaluate import evaluate
from simulation.district import write as write_district
from simulation.server import SITES
from simulation.world import night_moment
from tests.support.sessions import session_of

DAY = date(2026, 8, 20)
AT = night_moment(DAY)


def district(folder: Path) -> Config:
    write_district(folder / "district", {site.name: 9001 + n for n, site in enumerate(SITES)})
    return load(folder / "district")


def look_of(
    portal: str, title: str = "甲", kind: Kind = Kind.PENALTY, day: date = DAY, more: tuple[Finding, ...] = ()
) -> LookBundle:
    """A look that proves its list whole: one row, and the record of another decision read off it."""
    at = night_moment(day)
    look = Look(
        id=f"{day}/{portal}/1",
        run=f"{day}",
        portal=portal,
        kind="full",
        started_at=at,
        finished_at=at,
        genuine=True,
        parsed=True,
        whole=True,
        rows=1,
    )
    row = Sighting(look=look.id, portal=portal, row_key="r", content_hash="h", sort_key="", seen_at=at, title=title)
    other = Finding(
        id=f"f-{portal}",
        portal=portal,
        row_key="r",
        content_hash="h",
        kind=kind,
        unit="scjgj",
        name="另一公司",
        number_text="淮市监罚〔2026〕99号",
        numbers=("淮市监罚〔2026〕99号",),
        decided_on=date(2026, 7, 20),
        title=title,
        observed_at=at,
    )
    others = tuple(replace(f, id=f"{f.id}-{portal}", portal=portal, observed_at=at) for f in more)
    return LookBundle(look=look, sightings=(row,), findings=(other, *others))


def stored(store: Store, *bundles: LookBundle) -> dict[str, int]:
    """The looks as the crawl stores them, one after another; what it counts."""
    spider = object.__new__(NightSpider)
    spider.store, spider.clock = store, Clock.stopped(AT)
    spider.job = SimpleNamespace(looks=None)  # type: ignore[assignment]
    counted: dict[str, int] = {}
    stats = SimpleNamespace(inc_value=lambda name: counted.update({name: counted.get(name, 0) + 1}))
    pipeline = StorePipeline(SimpleNamespace(spider=spider, stats=stats))  # type: ignore[arg-type]  # all it asks of one
    for bundle in bundles:
        pipeline.process_item(bundle)
    return counted


def begun(store: Store, config: Config, day: date = DAY) -> None:
    Runs(store).add_config(config.hash, {}, AT)
    Runs(store).begin(Run(id=f"{day}", started_at=night_moment(day), config_hash=config.hash))


@pytest.mark.parametrize("what", ["title", "count"])
def test_a_look_that_cannot_be_stored_fails_alone(tmp_path: Path, what: str) -> None:
    config = district(tmp_path)
    first, second, third = [portal.id for portal in config.portals if portal.lists == "decisions"][:3]
    bad = look_of(second, "甲\ud800") if what == "title" else look_of(second)
    bad = replace(bad, look=replace(bad.look, bytes=10**400)) if what == "count" else bad
    with Store(tmp_path / "chengxin.db") as store:
        begun(store, config)
        counted = stored(store, look_of(first), bad, look_of(third))
        assert counted == {"chengxin/looks": 3}
        looks = {look.portal: look for look in Looks(store).looks()}
        assert looks[first].whole and looks[third].whole
        failed = looks[second]
        assert failed.reasons == ("family-error",) and not (failed.genuine or failed.parsed or failed.whole)
        assert not failed.proves_absent("9999") and not failed.proves_absent(None)
        assert store.rows("SELECT count(*) FROM row_spans WHERE portal = ?", second) == [(0,)]


@pytest.mark.parametrize(("title", "accused"), [("甲", True), ("甲\ud800", False)])
def test_nobody_is_accused_by_it(tmp_path: Path, title: str, accused: bool) -> None:
    """The same look, stored, shows that a decision is missing; where it cannot be stored it shows nothing."""
    config = district(tmp_path)
    portal = next(p for p in config.portals if p.lists == "decisions" and p.unit == "scjgj")
    row = Submission(
        id="s",
        unit="scjgj",
        kind=portal.kinds[0],
        workbook="报送表",
        workbook_sha256="w",
        sheet="",
        row=2,
        name="某公司",
        number_text="淮市监罚〔2026〕8号",
        numbers=("淮市监罚〔2026〕8号",),
        decided_on=date(2026, 7, 1),
        received_at=AT,
    )
    with Store(tmp_path / "chengxin.db") as store:
        begun(store, config)
        book = Attachment(sha256="w", name="报送表", size=1, received_at=AT)
        Submissions(store).add_workbook(book, [row], [], AT)
        for day in (DAY - timedelta(days=n) for n in range(48, -1, -3)):
            begun(store, config, day)
            portals = config.channel(portal.channel, "scjgj", row.kind)
            stored(store, *(look_of(p.id, title, row.kind, day) for p in portals))
        evaluate(session_of(store, config, AT + timedelta(hours=1)))
        evidence = EvaluationCache(store).evidence()
        here = [e for e in evidence if e.channel is portal.channel and e.outcome is Outcome.BREACHED]
        assert bool(here) is accused

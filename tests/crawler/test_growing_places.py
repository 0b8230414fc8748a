"""One article of a month whose table grows, and a row that changes, read night by night.

The story that was told wrongly: a record added in time was accused, for its row was listed before and its place was
read a week later; one added late was first proved late, then said to have stood there from the row's first day on.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.config import Config
from core.domain.models import Evidence, Outcome
from core.runtime.chromium import find_chromium
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.findings import Findings
from core.storage.observations import Looks
from pipeline.audit import audit
from pipeline.evaluate import evaluate
from simulation.static_site import StaticSite
from tests.crawler.test_visit import MARK, PORTAL
from tests.support.sessions import session_of
from tests.support.site_runs import crawl_night, district

EARLY, IN_TIME, LATE = (f"某罚〔2026〕{n}号" for n in (11, 12, 13))
ARTICLE = "双公示信息（2026年7月）"
NIGHTS = (date(2026, 7, 4), date(2026, 7, 5), date(2026, 7, 11), date(2026, 7, 12), date(2026, 7, 13))


def table(*numbers: str, title: str = ARTICLE, day: str = "2026-06-27") -> bytes:
    head = "<tr><td>行政处罚决定书文号</td><td>行政相对人名称</td><td>处罚内容</td><td>处罚决定日期</td></tr>"
    rows = "".join(f"<tr><td>{n}</td><td>第{n[-3:-1]}公司</td><td>罚款1000元</td><td>{day}</td></tr>" for n in numbers)
    return f"<html><body><h1>{title}</h1><div id='zoom'><table>{head}{rows}</table></div></body></html>".encode()


def listing(*rows: tuple[int, str, str]) -> bytes:
    shown = "".join(
        f'<li><a href="/info/{key}.html" title="{title}">{title}</a><span class="lb-time">{day}</span></li>'
        for key, title, day in rows
    )
    end = f"<script>nsetpage(1,{len(rows)},{len(rows)},1)</script>"
    return f"<html><body><h1>{MARK}</h1><div class='lb-lb'><ul>{shown}</ul></div>{end}</body></html>".encode()


@dataclass
class Lived:
    store: Store
    config: Config
    paths: Paths
    asked: list[Counter[str]] = field(default_factory=list)
    told: list[dict[str, Evidence]] = field(default_factory=list)

    def slug(self, night: int, number: str) -> str:
        return self.published(night, number).slug

    def published(self, night: int, number: str) -> Evidence:
        (name,) = (d.id for d in EvaluationCache(self.store).decisions().values() if d.number == number)
        return self.told[night][f"published_within_deadline|{name}|department"]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    root = tmp_path_factory.mktemp("growing")
    # beside the article of the month a plain page, which nobody asks for again before its turn
    listed = listing((100001, ARTICLE, "2026-07-01"), (100002, "某罚〔2026〕90号", "2026-07-01"))
    pages = {"index.html": listed, "info/100001.html": table(EARLY)}
    pages["info/100002.html"] = table("某罚〔2026〕90号", title="某罚〔2026〕90号")
    with StaticSite(pages, validators=True) as site:
        config = district(root / "district", {"p": PORTAL.format(base=site.base)})
        found: Lived | None = None
        for night in NIGHTS:
            if night == NIGHTS[1]:
                site.pages["info/100001.html"] = table(EARLY, IN_TIME)
            if night == NIGHTS[-1]:
                site.pages["info/100001.html"] = table(LATE, EARLY, IN_TIME)  # newest first
            site.asked.clear()
            store = crawl_night(root, config, site, night, kind="full")
            if found is None:
                found = Lived(store, config, Paths(root))
            found.store = store
            found.asked.append(Counter(path for path, _ in site.asked))
            evaluate(session_of(store, config, _after(night)))
            found.told.append({e.key: e for e in EvaluationCache(store).evidence()})
        assert found is not None
        yield found


def _after(night: date) -> datetime:
    return datetime(night.year, night.month, night.day, 1, tzinfo=ZONE)


def test_a_record_added_in_time_is_never_accused(lived: Lived) -> None:
    """Added on the 4th afternoon, the last day; read on the 4th and the 5th at half past midnight."""
    assert {lived.slug(night, IN_TIME) for night in range(1, len(NIGHTS))} == {"no-look-around-deadline"}
    breached = {(e.slug, e.decision) for told in lived.told for e in told.values() if e.outcome is Outcome.BREACHED}
    assert breached == {("published-late", lived.published(-1, LATE).decision)}


def test_a_record_added_late_is_late_and_stays_it(lived: Lived) -> None:
    told = lived.published(-1, LATE)
    assert (told.slug, told.late_days) == ("published-late", (8, 9))
    seen = next(p for p in told.proofs if p.note.startswith("首次见到"))
    assert seen.note == "首次见到 2026-07-13 00:30"
    (finding,) = (f for f in Findings(lived.store).all().values() if LATE in f.numbers)
    assert finding.capture == seen.ref


def test_a_record_that_moved_down_its_table_is_no_second_one(lived: Lived) -> None:
    numbers = [n for f in Findings(lived.store).all().values() for n in f.numbers]
    assert sorted(numbers) == sorted({EARLY, IN_TIME, LATE, "某罚〔2026〕90号"})


def test_a_place_that_grows_is_asked_every_night_and_a_plain_page_in_its_turn(lived: Lived) -> None:
    assert [asked["info/100001.html"] for asked in lived.asked[1:]] == [2, 2, 2, 2]  # once a look
    plain = [asked["info/100002.html"] for asked in lived.asked[1:]]
    assert plain[0] == 0 and sum(plain) == 1  # its turn comes after a week, to the second


def test_incremental_equals_full_where_places_grow(lived: Lived) -> None:
    evaluate(session_of(lived.store, lived.config, _after(NIGHTS[-1])), full=True)
    assert {e.key: e for e in EvaluationCache(lived.store).evidence()} == lived.told[-1]


def test_nothing_stated_contradicts_the_kept_bytes(lived: Lived) -> None:
    done = audit(session_of(lived.store, lived.config, _after(NIGHTS[-1]), paths=lived.paths))
    assert done.contradictions == () and done.held > 4


def test_a_first_sighting_by_the_row_alone_is_contradicted(lived: Lived) -> None:
    """What was said before this law: the record's first sighting is its row's."""
    (span,) = (s for s in Looks(lived.store).spans("p") if s.row_key == "100001")
    told = lived.published(-1, LATE)
    seen = next(p for p in told.proofs if p.note.startswith("首次见到"))
    from core.storage.serialization import dump

    before = dump(told)
    data = before.replace(seen.ref, span.first_capture)
    lived.store.db.execute("UPDATE evidence SET data = ? WHERE key = ?", [data, told.key])
    try:
        done = audit(session_of(lived.store, lived.config, paths=lived.paths))
    finally:
        lived.store.db.execute("UPDATE evidence SET data = ? WHERE key = ?", [before, told.key])
    assert [c.evidence for c in done.contradictions] == [told.key]


def test_a_row_that_changed_is_read_that_very_night(tmp_path: Path) -> None:
    title = "某罚〔2026〕21号"
    pages = {"index.html": listing((100003, title, "2026-07-01")), "info/100003.html": table(title, title=title)}
    with StaticSite(pages, validators=True) as site:
        config = district(tmp_path / "d", {"p": PORTAL.format(base=site.base)})
        crawl_night(tmp_path, config, site, NIGHTS[0]).close()
        site.asked.clear()
        site.pages["index.html"] = listing((100003, f"{title}（更正）", "2026-07-02"))
        crawl_night(tmp_path, config, site, NIGHTS[1]).close()
        assert "info/100003.html" in {path for path, _ in site.asked}
        site.asked.clear()
        with crawl_night(tmp_path, config, site, NIGHTS[1] + timedelta(days=1)) as store:
            assert "info/100003.html" not in {path for path, _ in site.asked}
            assert not Looks(store).unread_rows(site.at - timedelta(days=9), ["p"])


BOXED = """name = "某局·行政处罚"
channel = "department"
kinds = ["penalty"]
unit = "u"
family = "citizen"
url = "{base}/index.html"
marker = "行政处罚公示"
list_date = "published"
rendered = true
allow_private = true

[options]
container = "#list"
items = ":scope > li"
"""


def boxed(*numbers: str) -> bytes:
    """A column whose one row unfolds the article of the month."""
    inside = table(*numbers).decode().partition("<div id='zoom'>")[2].partition("</div>")[0]
    return (
        f"<html><head><meta charset=utf-8></head><body><h1>行政处罚公示</h1><p>共1条</p><ul id=list><li>"
        f"<a href='#' onclick='box.hidden=!box.hidden;return false'>{ARTICLE}</a><i>2026-07-01</i>"
        f"<div id=box hidden>{inside}</div></li></ul></body></html>"
    ).encode()


@pytest.mark.browser
@pytest.mark.skipif(not find_chromium(), reason="needs a Chromium")
def test_a_record_that_comes_into_a_box_that_unfolds_came_when_it_did(tmp_path: Path) -> None:
    """The row stood there from the first night on; what it shows at a press was looked at every night."""
    with StaticSite({"index.html": boxed(EARLY)}) as site:
        config = district(tmp_path / "district", {"p": BOXED.format(base=site.base)})
        for night in (date(2026, 7, 3), date(2026, 7, 6), date(2026, 7, 12)):
            if night.day == 12:
                site.pages["index.html"] = boxed(LATE, EARLY)
            store = crawl_night(tmp_path, config, site, night, kind="full", browser=find_chromium())
        evaluate(session_of(store, config, _after(night)))
        told = {e.key: e for e in EvaluationCache(store).evidence()}
        lived = Lived(store, config, Paths(tmp_path), told=[told])
        assert lived.published(0, LATE).slug == "published-late"
        assert lived.published(0, EARLY).slug == "published-in-time"

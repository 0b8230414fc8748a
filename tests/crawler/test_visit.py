"""Costs in proportion to what is new, and what is known is watched: confirmations, turns, edits, drift."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.domain.models import Look
from core.storage.database import Store
from core.storage.findings import Findings
from core.storage.observations import Looks
from simulation.static_site import StaticSite
from tests.support.site_runs import crawl_night, district

NIGHT = date(2026, 7, 1)
MARK = "双公示专栏"
PORTAL = """name = "某局·双公示"
channel = "department"
kinds = ["penalty"]
unit = "u"
family = "cmsweb"
url = "{base}/index.html"
marker = "双公示专栏"
list_date = "published"
allow_private = true
"""


def row(n: int, day: str) -> str:
    return (
        f'<li><a href="/info/{100000 + n}.html" title="某罚〔2026〕{n}号">某罚〔2026〕{n}号</a><span '
        f'class="lb-time">{day}</span></li>'
    )


def listed(rows: list[tuple[int, str]], page: int = 1, size: int = 5) -> bytes:
    shown = "".join(row(*r) for r in rows[(page - 1) * size : page * size])
    return (
        f"<html><body><h1>{MARK}</h1><div class='lb-lb'><ul>{shown}</ul></div><script>"
        f"nsetpage({page},{len(rows)},{size},1)</script></body></html>"
    ).encode()


def detail(n: int, fine: str = "1000元", day: str = "2026-06-20") -> bytes:
    return (
        f"<html><body><div id='zoom'><table><tr><td>行政处罚决定书文号</td><td>某罚〔2026〕{n}号</td></tr><tr><td>"
        f"行政相对人名称</td><td>第{n}公司</td></tr>"
        f"<tr><td>处罚内容</td><td>罚款{fine}</td></tr><tr><td>处罚决定日期</td><td>{day}</td></tr></table></div>"
        f"</body></html>"
    ).encode()


def site_of(rows: list[tuple[int, str]], size: int = 5) -> dict[str, bytes]:
    pages = max(-(-len(rows) // size), 1)
    lists = {("index.html" if p == 1 else f"index_{p}.html"): listed(rows, p, size) for p in range(1, pages + 1)}
    return lists | {f"info/{100000 + n}.html": detail(n) for n, _ in rows}


ROWS = [(n, f"2026-06-{n:02d}") for n in range(28, 16, -1)]  # twelve rows on three pages, all within the window


@pytest.fixture
def site() -> Iterator[StaticSite]:
    with StaticSite(site_of(ROWS), validators=True) as made:
        yield made


def night(
    tmp_path: Path, site: StaticSite, number: int = 0, crawl: str = "", more: str = "", **kind: Any
) -> list[Look]:
    config = district(tmp_path / "district", {"p": PORTAL.format(base=site.base) + more}, crawl)
    site.asked.clear()
    site.headers.clear()
    at = NIGHT + timedelta(days=number)
    with crawl_night(tmp_path, config, site, at, **kind) as store:
        return Looks(store).looks(run=f"{at}")


def sent(site: StaticSite) -> Counter[tuple[str, int]]:
    return Counter(
        (("list" if path.startswith("index") else "detail" if path.startswith("info") else "other"), s)
        for path, s in site.asked
    )


# ---------------------------------------------------------------- confirmations


def test_a_page_that_did_not_change_is_confirmed_first_and_sent_once(tmp_path: Path, site: StaticSite) -> None:
    night(tmp_path, site)
    first, second = night(tmp_path, site, 1)
    assert sent(site)["list", 304] == 4 and sent(site)["list", 200] == 4  # three pages and the closing read, each pass
    assert sent(site)["detail", 200] == sent(site)["detail", 304] == 0
    assert first.whole and "revalidated" in first.reasons and first.rows == len(ROWS)
    assert second.whole and second.reasons == ("seen-whole:total",)


def test_a_confirmed_page_shows_its_rows_by_the_bytes_that_were_kept(tmp_path: Path, site: StaticSite) -> None:
    night(tmp_path, site)
    night(tmp_path, site, 1)
    with Store(tmp_path / "chengxin.db") as store:
        confirmed = store.rows("SELECT capture, original FROM revalidations")
        assert len(confirmed) == 4
        assert all(new.startswith("2026-07-02/p/1#") and old.startswith("2026-07-01/p/") for new, old in confirmed)
        shown = {c for (c,) in store.rows("SELECT DISTINCT capture FROM sightings WHERE look = '2026-07-02/p/1'")}
        assert shown <= {old for _, old in confirmed}


def test_a_full_walk_takes_no_ones_word(tmp_path: Path, site: StaticSite) -> None:
    night(tmp_path, site)
    looks = night(tmp_path, site, 1, kind="full")
    assert all(status == 200 for _, status in site.asked if status != 404)
    assert not any("revalidated" in look.reasons for look in looks)


def test_a_night_without_a_second_reading_asks_for_the_pages_themselves(tmp_path: Path, site: StaticSite) -> None:
    night(tmp_path, site)
    night(tmp_path, site, 1, passes=1)
    assert sent(site)["list", 304] == 0


def test_a_site_that_wrongly_says_unchanged_is_seen_through_the_same_night(tmp_path: Path, site: StaticSite) -> None:
    night(tmp_path, site)
    site.pages |= site_of([(29, "2026-06-29"), *ROWS])
    site.lies = True
    first, second = night(tmp_path, site, 1)
    assert (first.rows, second.rows) == (12, 13)
    with Store(tmp_path / "chengxin.db") as store:
        (span,) = [s for s in Looks(store).spans("p") if s.row_key == "100029"]
        assert span.first_look == second.id


# ---------------------------------------------------------------- a list that moves while it is read


class _Losing(StaticSite):
    """Takes its fourth row down once the first page was sent."""

    def answer(self, path: str, tag: str) -> tuple[int, bytes, str]:
        answer = super().answer(path, tag)
        if path == "index.html":
            self.pages |= site_of([r for r in ROWS if r != ROWS[3]])
        return answer


@pytest.mark.parametrize("passes", [1, 2])
def test_a_row_that_went_while_the_list_was_read_was_seen_by_that_look(tmp_path: Path, passes: int) -> None:
    with _Losing(site_of(ROWS)) as site:
        first, *rest = night(tmp_path, site, passes=passes)
    gone = f"{100000 + ROWS[3][0]}"
    assert first.whole and first.rows == len(ROWS) - 1  # read again, the list is whole without the row
    with Store(tmp_path / "chengxin.db") as store:
        (span,) = [s for s in Looks(store).spans("p") if s.row_key == gone]
        assert span.first_look == span.last_look == first.id  # ... and this look never says that it was not there
        assert gone in {f.row_key for f in Findings(store).of_look(first.id)}
    assert all(look.rows == len(ROWS) - 1 for look in rest)


# ---------------------------------------------------------------- what is known is read again in turn

TURNS = "reread_details = 4\nreread_every_days = 3"


def test_known_details_are_read_again_in_turn_oldest_first(tmp_path: Path, site: StaticSite) -> None:
    night(tmp_path, site, 0, TURNS)
    assert sent(site)["detail", 200] == 12
    night(tmp_path, site, 2, TURNS)
    assert sent(site)["detail", 304] == 0  # nobody's turn yet
    turns = []
    for number in (4, 5, 6):
        night(tmp_path, site, number, TURNS)
        assert sent(site)["detail", 304] == 4
        turns += [path for path, _ in site.asked if path.startswith("info")]
    assert len(set(turns)) == 12


def test_an_edit_of_a_known_detail_is_a_reading_of_its_own(tmp_path: Path, site: StaticSite) -> None:
    night(tmp_path, site, 0, TURNS)
    site.pages["info/100020.html"] = detail(20, fine="100元")
    for number in (4, 5, 6):
        night(tmp_path, site, number, TURNS)
    with Store(tmp_path / "chengxin.db") as store:
        readings = [f for f in Findings(store).all().values() if f.row_key == "100020"]
    assert sorted(f.content for f in readings) == ["罚款1000元", "罚款100元"]
    assert len({f.id for f in readings}) == 2 and {f.observed_at.date() for f in readings} >= {NIGHT}


@pytest.mark.parametrize("validators", [True, False])
def test_what_only_looks_changed_is_no_edit(tmp_path: Path, site: StaticSite, validators: bool) -> None:
    site.validators = validators
    night(tmp_path, site, 0, TURNS)
    for name in [name for name in site.pages if name.startswith("info")]:
        site.pages[name] = site.pages[name].replace(b"<html>", "<html><!-- 浏览 17 次 -->".encode())
    for number in (4, 5, 6):
        night(tmp_path, site, number, TURNS)
    with Store(tmp_path / "chengxin.db") as store:
        assert len(Findings(store).all()) == 12


def test_a_detail_that_cannot_be_had_again_is_no_edit(tmp_path: Path, site: StaticSite) -> None:
    night(tmp_path, site, 0, TURNS)
    for n, _ in ROWS[:6]:
        del site.pages[f"info/{100000 + n}.html"]
    site.pages["info/100017.html"] = "<html><body>系统维护中，请稍后访问</body></html>".encode()
    for number in (4, 5, 6):
        night(tmp_path, site, number, TURNS)
    with Store(tmp_path / "chengxin.db") as store:
        assert len(Findings(store).all()) == 12


def test_a_detail_that_is_not_its_rows_own_stays_unread_until_it_is(tmp_path: Path, site: StaticSite) -> None:
    """Another page of the site, that no word betrays and that carries no record, in the place of one detail."""
    own, site.pages["info/100020.html"] = (
        site.pages["info/100020.html"],
        "<html><body><h1>机关简介</h1>本局负责全区工作。</body></html>".encode(),
    )
    assert all("detail-unread" in look.reasons for look in night(tmp_path, site, 0, TURNS))
    site.pages["info/100020.html"] = own
    assert not any("detail-unread" in look.reasons for look in night(tmp_path, site, 1, TURNS))
    with Store(tmp_path / "chengxin.db") as store:
        assert len(Findings(store).all()) == 12


def test_a_server_that_gives_every_row_the_same_record_is_believed_for_the_row_it_names(
    tmp_path: Path, site: StaticSite
) -> None:
    site.pages |= {f"info/{100000 + n}.html": detail(20) for n, _ in ROWS}
    assert all("detail-unread" in look.reasons for look in night(tmp_path, site, 0, TURNS))
    with Store(tmp_path / "chengxin.db") as store:
        assert {f.url.rpartition("/")[2] for f in Findings(store).all().values()} == {"100020.html"}


PROXY = """
[options]
mode = "dataproxy"
form = { columnid = "7" }
"""


@pytest.mark.parametrize(
    ("more", "proves"),
    [(PROXY, False), (PROXY + "[expect]\nrows_min = 0\n", True), ("may_be_empty = true\n" + PROXY, True)],
)
def test_no_rows_by_an_answer_without_a_marker_prove_an_empty_column_only_where_a_person_says_so(
    tmp_path: Path, site: StaticSite, more: str, proves: bool
) -> None:
    """A column id that died answers "0 rows" as an empty column does."""
    site.pages["module/web/jpage/dataproxy.jsp"] = (
        b"<datastore><totalrecord>0</totalrecord><recordset></recordset></datastore>"
    )
    config = district(tmp_path / "d", {"p": PORTAL.format(base=site.base).replace("cmsweb", "hanweb-jpage") + more}, "")
    with crawl_night(tmp_path, config, site, NIGHT) as store:
        looks = Looks(store).looks(run=f"{NIGHT}")
    assert looks and all(look.proves_absent(None) is proves for look in looks if look.kind == "full" or not proves)
    assert all(("empty-unproved" in look.reasons) is not proves for look in looks)


def test_a_page_that_cannot_be_read_is_not_asked_for_every_night(tmp_path: Path, site: StaticSite) -> None:
    site.pages = {n: p.replace("某罚〔2026〕20号".encode(), "公示照片".encode()) for n, p in site.pages.items()}
    site.pages["info/100020.html"] = (
        f"<html><body><h1>公示照片</h1>{MARK * 9}<div id='zoom'><img src='scan.jpg' width='800'></div></body>"
        f"</html>".encode()
    )
    looks = night(tmp_path, site, 0, TURNS)
    assert all("detail-unread" in look.reasons for look in looks)
    looks = night(tmp_path, site, 1, TURNS)
    assert all("detail-unread" in look.reasons for look in looks)
    assert sent(site)["detail", 200] == 0
    night(tmp_path, site, 4, TURNS)
    assert "info/100020.html" in {path for path, _ in site.asked}


# ---------------------------------------------------------------- copies in caches


@pytest.mark.parametrize(
    ("age", "stubborn", "requests", "ages", "rows"),
    [
        (1800, False, 8, [1800, 0], [12, 13]),  # a copy of half an hour will do
        (86400, False, 12, [0, 0], [13, 13]),  # an old one is asked past, in the same look
        (86400, True, 12, [86400, 86400], [12, 12]),  # a cache that gives nobody else is as old as it says
    ],
)
def test_an_old_copy_in_a_cache_is_asked_past(
    tmp_path: Path, site: StaticSite, age: int, stubborn: bool, requests: int, ages: list[int], rows: list[int]
) -> None:
    """One fresh look beside an old copy is one look: a night with a stale cache would prove no absence."""
    night(tmp_path, site, kind="full")
    site.cached, site.stubborn = (age, site_of(ROWS)), stubborn
    site.validators = False
    site.pages = site_of([(29, "2026-06-29"), *ROWS])
    looks = night(tmp_path, site, 1, kind="full")
    assert [look.age_seconds for look in looks] == ages and [look.rows for look in looks] == rows
    assert proving(looks) == [True, True]
    assert sum(path.startswith("index") for path, _ in site.asked) == requests


def test_a_copy_given_while_the_site_is_down_proves_as_of_when_it_was_made(tmp_path: Path, site: StaticSite) -> None:
    """A cache that answers for a site that fails (stale-if-error): the copy is what it is, and past it is nothing."""
    night(tmp_path, site, kind="full")
    site.cached, site.validators, site.pages = (86400, site_of(ROWS)), False, {}
    first, second = night(tmp_path, site, 1, kind="full")
    assert proving([first, second]) == [True, False]
    assert (first.age_seconds, first.rows, first.whole) == (86400, 12, True)


# ---------------------------------------------------------------- drift


def proving(looks: list[Look]) -> list[bool]:
    return [look.genuine and look.parsed for look in looks]


def test_fewer_rows_than_expected_prove_nothing(tmp_path: Path, site: StaticSite) -> None:
    looks = night(tmp_path, site, 0, more="[expect]\nrows_min = 13\n", kind="full")
    assert proving(looks) == [False, False]
    assert all("drift-rows" in look.reasons and not look.whole for look in looks)
    looks = night(tmp_path, site, 1, more="[expect]\nrows_min = 12\nrows_max = 11\n", kind="full")
    assert proving(looks) == [True, True] and all(look.reasons == ("many-rows", "seen-whole:total") for look in looks)


def test_a_list_that_lost_half_its_rows_is_told_by_its_own_past(tmp_path: Path, site: StaticSite) -> None:
    many = [(n, f"2026-06-{1 + n % 28:02d}") for n in range(24)]
    many.sort(key=lambda r: r[1], reverse=True)
    site.pages = site_of(many)
    for number in range(5):
        assert proving(night(tmp_path, site, number, kind="full", passes=1)) == [True]
    site.pages |= site_of(many[:11])
    (look,) = night(tmp_path, site, 5, kind="full", passes=1)
    assert proving([look]) == [False] and "drift-rows" in look.reasons
    (look,) = night(tmp_path, site, 6, more="[expect]\nrows_min = 10\n", kind="full", passes=1)
    assert proving([look]) == [True]


@pytest.mark.parametrize(
    ("gone", "kind", "proves"), [(2, "full", True), (3, "full", False), (3, "window", False), (6, "full", False)]
)
def test_rows_that_are_gone_at_once_are_drift_though_the_list_looks_whole(
    tmp_path: Path, site: StaticSite, gone: int, kind: str, proves: bool
) -> None:
    assert proving(night(tmp_path, site, 0, kind=kind)) == [True, True]
    site.pages = site_of(ROWS) | site_of([r for n, r in enumerate(ROWS) if n % 2 or n >= 2 * gone])
    looks = night(tmp_path, site, 1, kind=kind)
    assert proving(looks) == [proves, proves]
    assert all(("drift-vanished" in look.reasons) is not proves for look in looks)
    looks = night(tmp_path, site, 2, kind=kind, more=f"[expect]\nrows_min = {12 - gone}\n")
    assert proving(looks) == [True, True]


def renumbered(pages: dict[str, bytes]) -> dict[str, bytes]:
    """The site with every row and its detail under another id; what they say is as before."""
    return {
        re.sub(r"\d{6}", lambda n: str(int(n[0]) + 500), name): re.sub(
            rb"/info/(\d+)", lambda n: b"/info/%d" % (int(n[1]) + 500), page
        )
        for name, page in pages.items()
    }


@pytest.mark.parametrize(("gone", "proves"), [(0, True), (2, True), (3, False), (12, False)])
def test_rows_under_other_ids_are_not_gone(tmp_path: Path, site: StaticSite, gone: int, proves: bool) -> None:
    """A site rebuilt gives every row a new address; only what nobody can read there any more is lost."""
    assert proving(night(tmp_path, site, 0, kind="full")) == [True, True]
    new = [(n + 40, day) for n, day in ROWS[:gone]]  # other decisions of the same days
    site.pages = renumbered(site_of([*new, *ROWS[gone:]]))
    looks = night(tmp_path, site, 1, kind="full")
    assert proving(looks) == [proves, proves]
    assert all(("drift-vanished" in look.reasons) is not proves for look in looks)


def test_rows_that_say_no_day_are_told_by_titles_of_their_own_alone(tmp_path: Path, site: StaticSite) -> None:
    """Twelve rows of one title, and twelve new ones of it: nobody can say that they are the same."""
    alike = {
        name: re.sub(r"title=\"[^\"]*\">[^<]*", 'title="决定书">决定书', page.decode()).encode()
        for name, page in site_of(ROWS).items()
    }
    dateless = {name: re.sub(rb"<span [^>]*>[^<]*</span>", b"", page) for name, page in alike.items()}
    more = 'order = "none"\n'
    site.pages = dateless
    assert proving(night(tmp_path, site, 0, kind="full", more=more)) == [True, True]
    site.pages = renumbered(dateless)
    assert proving(night(tmp_path, site, 1, kind="full", more=more)) == [False, False]


def test_a_fill_rate_below_the_expected_one_proves_nothing(tmp_path: Path, site: StaticSite) -> None:
    for n, _ in ROWS[:9]:
        site.pages[f"info/{100000 + n}.html"] = detail(n, day="")
    looks = night(tmp_path, site, 0, more="[expect]\nfill = { decided_on = 0.5 }\n")
    assert proving(looks) == [False, False] and "drift-fill:decided_on" in looks[0].reasons


def test_a_new_label_in_most_details_is_drift_until_it_is_expected(tmp_path: Path, site: StaticSite) -> None:
    many = [(n, "2026-06-28") for n in range(45, 0, -1)]
    site.pages = site_of(many[15:], size=50)
    assert proving(night(tmp_path, site, 0)) == [True, True]
    fresh = site_of(many, size=50)
    new = "<tr><td>信用风险分档</td><td>甲</td></tr></table>".encode()
    site.pages = {
        n: p.replace(b"</table>", new) if n in {f"info/{100000 + k}.html" for k, _ in many[:15]} else p
        for n, p in fresh.items()
    }
    looks = night(tmp_path, site, 1)
    assert proving(looks) == [False, False] and "drift-columns:信用风险分档" in looks[0].reasons
    looks = night(tmp_path, site, 2, more='[expect]\nlabels = ["信用风险分档"]\n')
    assert proving(looks) == [True, True]


def test_a_list_quiet_for_longer_than_ever_is_told_and_still_proves(tmp_path: Path, site: StaticSite) -> None:
    night(tmp_path, site, 0)
    site.pages |= site_of([(29, "2026-07-02"), *ROWS])
    night(tmp_path, site, 2)
    looks = night(tmp_path, site, 15)
    assert all("list-quiet" not in look.reasons for look in looks)
    looks = night(tmp_path, site, 18)
    assert proving(looks) == [True, True] and all("list-quiet" in look.reasons for look in looks)

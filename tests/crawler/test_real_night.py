"""One whole saved night of a real district's credit site, served as it is, and a second night made from it."""

import re
from datetime import date

import pytest

from core.storage.database import Store
from core.storage.list_diff import changes
from core.storage.observations import Looks
from simulation.static_site import StaticSite
from tests.support.site_runs import crawl_night, district, saved

FIRST, SECOND = date(2016, 1, 6), date(2016, 1, 7)
PAGES = saved("sip_credit-20160106")
COLUMNS = sorted({name.split("_")[0] for name in PAGES if re.fullmatch(r"content\d+_\d+\.html", name)})
TOTAL = re.compile(r"共(?:&nbsp;|</?b>|\s)*(\d+)(?:&nbsp;|</?b>|\s)*条")
COLUMN = re.compile(r"<em>([^<]+)</em>")
LIST = re.compile(rb'(<ul class="list inlist">)(.*?)(</ul>)', re.S)
ITEM = re.compile(rb"<li><a href=\"javascript:queryOfPreview\('(\d+)'\)\">.*?</li>", re.S)
FIRST_TITLE = re.compile(rb"(<ul class=\"list inlist\">.*?queryOfPreview\('\d+'\)\">)", re.S)
NUMBER = "苏园罚〔2016〕1号".encode()
# most of the columns are news: a title with a decision's number in each, as a list that gives none proves nothing
PAGES |= {n: FIRST_TITLE.sub(lambda m: m[1] + NUMBER, p, count=1) for n, p in PAGES.items() if n.endswith("_1.html")}


def stated(column: str) -> int:
    """What the first page of a column says of its total; an empty column prints no pager."""
    found = TOTAL.search(PAGES[f"{column}_1.html"].decode("utf-8-sig"))
    return int(found[1]) if found else 0


def portal(column: str, base: str) -> str:
    name = COLUMN.findall(PAGES[f"{column}_1.html"].decode("utf-8-sig"))[-1].strip()
    return f'''name = "{name}"
channel = "credit"
kinds = ["penalty", "licence"]
family = "credit-static"
url = "{base}/{column}_1.html"
marker = "<em>{name}</em>"
list_date = "published"
allow_private = true
[options]
pinned = "img[src*='new.']"
may_be_empty = {"true" if stated(column) == 0 else "false"}
[one_page]
signed_by = "某人"
on = 2016-01-01
'''


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, StaticSite]:
    root = tmp_path_factory.mktemp("sip")
    with StaticSite(PAGES) as site:
        config = district(root / "district", {column: portal(column, site.base) for column in COLUMNS})
        crawl_night(root, config, site, FIRST, kind="full", passes=1).close()
        site.pages.update(second_night())
        site.asked.clear()
        return crawl_night(root, config, site, SECOND, kind="full", passes=1), site


def items(name: str) -> list[bytes]:
    shown = LIST.search(PAGES[name])
    assert shown is not None
    return [match[0] for match in ITEM.finditer(shown[2])]


def second_night() -> dict[str, bytes]:
    """守信公示 (content61, two pages, 11 rows): one row added, one edited, one removed, one moved to another place."""
    rows = [*items("content61_1.html"), *items("content61_2.html")]
    assert len(rows) == 11
    added = rows[0].replace(b"1911270", b"1999999")
    edited = rows[3].replace("市政府".encode(), "更正：市政府".encode())
    assert added != rows[0] and edited != rows[3]
    order = [
        added,
        *rows[:3],
        edited,
        rows[5],
        rows[6],
        rows[7],
        rows[4],
        *rows[8:10],
    ]  # rows[10] is gone, rows[4] moved
    return {
        "content61_1.html": LIST.sub(lambda m: m[1] + b"".join(order[:10]) + m[3], PAGES["content61_1.html"]),
        "content61_2.html": LIST.sub(lambda m: m[1] + b"".join(order[10:]) + m[3], PAGES["content61_2.html"]),
        "condetail1999999.html": PAGES["condetail1911270.html"],
    }


def test_every_column_is_read_whole_and_in_balance(nights: tuple[Store, StaticSite]) -> None:
    store, _ = nights
    looks = {look.portal: look for look in Looks(store).looks(run=f"{FIRST}")}
    assert set(looks) == set(COLUMNS) and len(COLUMNS) == 31
    for column, look in looks.items():
        assert look.genuine and look.parsed and look.whole, (column, look.reasons)
        assert look.rows == (look.total or 0) == stated(column), column
    assert sum(stated(column) for column in COLUMNS) == 473


def test_the_second_night_shows_exactly_what_was_changed(nights: tuple[Store, StaticSite]) -> None:
    store, _ = nights
    found = {column: changes(store, column, f"{SECOND}") for column in COLUMNS}
    rows = [row.split(b"'")[1].decode() for row in (*items("content61_1.html"), *items("content61_2.html"))]
    mine = found.pop("content61")
    assert mine is not None
    assert mine.added == ("1999999",)
    assert mine.edited == (rows[3],)
    assert mine.removed == (rows[10],)
    assert mine.moved == (rows[4],)
    for column, other in found.items():
        assert other is not None, column
        assert not (other.added or other.edited or other.removed or other.moved), column


def test_the_second_night_asks_for_new_details_alone(nights: tuple[Store, StaticSite]) -> None:
    """Besides the list pages: the added row, and the edited one, whose detail may say something else now.

    Pages that nobody can read, and those that may take up further records, are asked for as well.
    """
    store, site = nights
    unread = {
        f"condetail{span.row_key}.html"
        for span in Looks(store).unread_rows(
            site.at, [row[0] for row in store.rows("SELECT DISTINCT portal FROM looks")]
        )
    }
    asked = {path for path, _ in site.asked if path.startswith("condetail")}
    edited = items("content61_1.html")[3].split(b"'")[1].decode()
    growing = {
        f"condetail{place.row_key}.html" for column in COLUMNS for place, _ in Looks(store).growing_places(column, 500)
    }
    assert len(growing) < 60
    new = {"condetail1999999.html", f"condetail{edited}.html"}
    assert new <= asked
    assert asked - unread - growing <= new

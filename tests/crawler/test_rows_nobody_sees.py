"""Rows and details that stand in a page and that no citizen sees: what a plain night says, the weekly check, evidence.

Each way of hiding comes by four carriers: the element's own style, a rule of the page's `<style>`, a style sheet of its
own, a script that hides after the page has come. Two rows of four are hidden in one page, so that what is read by the
look and what is told by the check is known for each.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.config import Config, load
from core.domain.models import Attachment, Channel, CheckKind, CheckVerdict, Kind, Outcome, Submission
from core.runtime.chromium import find_chromium
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.hash_chain import seal, verify
from core.storage.observations import Looks
from core.storage.reading_checks import ReadingChecks
from pipeline import replay
from pipeline.evaluate import evaluate
from simulation.static_site import StaticSite
from tests.support.sessions import session_of
from tests.support.site_runs import COUNTED, PENALTIES, crawl_night, district

needs_chromium = pytest.mark.skipif(not find_chromium(), reason="本机没有 Chromium：看不见的条目未测试")
NIGHT = date(2026, 7, 1)
PORTAL = PENALTIES + COUNTED
STYLES = {
    "display": "display:none",
    "visibility": "visibility:hidden",
    "opacity": "opacity:0",
    "no size": "width:0;height:0;overflow:hidden;display:block",
    "no letters": "font-size:0",
    "far indent": "text-indent:-9999px",
    "far left": "position:absolute;left:-9999px",
    "far margin": "margin-left:-9999px",
    "clip": "position:absolute;clip:rect(0,0,0,0)",
    "clip path": "clip-path:inset(100%)",
    "shrunk": "transform:scale(0)",
    "see-through": "color:transparent",
    "as the ground": "color:#fff",
    "unseen content": "content-visibility:hidden",
}
SEEN_IN_A_BROWSER_ALONE = {"as the ground"}  # by what stands behind it: no style says so by itself
CARRIERS = ("inline", "rule", "sheet", "script")
OWN = frozenset({"inline", "rule"})  # what stands in the page itself
MARKS = {
    "hidden": "<li hidden>{row}</li>",
    "template": "<template><li>{row}</li></template>",
    "noscript": "<noscript><li>{row}</li></noscript>",
}
LID = "<div style='position:absolute;left:0;top:0;width:100%;height:100%;background:#fff;z-index:9'>欢迎</div>"


def words(n: int) -> str:
    day = NIGHT + timedelta(days=n - 14)
    return f"<a href='/info/{100000 + n}.html'>某罚〔2026〕{n}号处罚公示</a> <span>{day}</span>"


def page(hidden: str, head: str = "", script: str = "", count: int = 4) -> bytes:
    """A list of rows 14 (`hidden`), 13, 12, 11; row 14 as it is given."""
    shown = "".join(f"<li>{words(n)}</li>" for n in (13, 12, 11))
    body = f"<h1>双公示专栏</h1><p>共{count}条</p><ul class='list'>{hidden}{shown}</ul>{script}"
    return f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


HIDE = """<script>setTimeout(function () {{ for (var e of document.querySelectorAll('.x, .x *'))
  e.style.cssText += ';{style}'; }}, 60);</script>"""
# children of a box do not take over all that hides a row: what is told of the row must hold of its words
EVERY = ".x, .x *"


def carried(style: str, carrier: str) -> tuple[bytes, dict[str, bytes]]:
    """The page whose row 14 is hidden by a style, and the files beside it."""
    rule = f"{EVERY} {{ {style} }}"
    if carrier == "inline":
        inner = words(14).replace("<a ", f"<a style='{style}' ").replace("<span", f"<span style='{style}'")
        return page(f"<li style='{style}'>{inner}</li>"), {}
    row = f"<li class=x>{words(14)}</li>"
    if carrier == "rule":
        return page(row, f"<style>{rule}</style>"), {}
    if carrier == "sheet":
        return page(row, "<link rel=stylesheet href='/own.css'>"), {"own.css": rule.encode()}
    return page(row, script=HIDE.format(style=style)), {}


CASES: dict[str, tuple[bytes, dict[str, bytes], bool]] = {  # page, files beside it, whether a plain look sees it too
    **{
        f"{name}, {carrier}": (*carried(style, carrier), carrier in OWN and name not in SEEN_IN_A_BROWSER_ALONE)
        for name, style in STYLES.items()
        for carrier in CARRIERS
    },
    **{name: (page(mark.format(row=words(14))), {}, True) for name, mark in MARKS.items()},
    "taken out by a script": (
        page(f"<li class=x>{words(14)}</li>", script="<script>document.querySelector('.x').remove()</script>"),
        {},
        False,
    ),
    "under a lid": (page(f"<li style='position:relative'>{words(14)}{LID}</li>"), {}, False),
    "under a lid that takes no press": (
        page(f"<li style='position:relative'>{words(14)}{LID.replace('z-', 'pointer-events:none;z-')}</li>"),
        {},
        False,
    ),
}  # fmt: skip
DETAIL = (
    "<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body><h1>处罚公示</h1><div id=zoom {style}><table>"
    "<tr><td>行政处罚决定书文号</td><td>某罚〔2026〕{n}号</td></tr>"
    "<tr><td>行政相对人名称</td><td>第{n}公司</td></tr><tr><td>处罚内容</td><td>罚款人民币{n}00元整</td></tr>"
    "<tr><td>处罚决定日期</td><td>2026-06-2{last}</td></tr></table></div>{script}</body></html>"
)


def detail(n: int, style: str = "", head: str = "", script: str = "") -> bytes:
    return DETAIL.format(n=n, last=n % 10, style=style, head=head, script=script).encode()


DETAILS = {f"info/{100000 + n}.html": detail(n) for n in range(10, 20)}


@pytest.fixture
def site() -> Iterator[StaticSite]:
    with StaticSite(dict(DETAILS)) as made:
        yield made


def night(
    tmp_path: Path, config: Config, site: StaticSite, number: int = 0, kinds: tuple[CheckKind, ...] = ()
) -> Store:
    at = NIGHT + timedelta(days=number)
    return crawl_night(tmp_path, config, site, at, kind="full", browser=find_chromium(), beside=kinds)


# ---------------------------------------------------------------- all ways at once: a portal each


def portals(site: StaticSite, names: list[str]) -> dict[str, str]:
    """A portal for each way; its page is `<id>.html` of the same site."""
    base = PORTAL.format(base=site.base)
    return {f"p{n}": base.replace("/index.html", f"/p{n}.html") for n, _ in enumerate(names)}


@pytest.mark.browser
@needs_chromium
def test_what_no_citizen_sees_is_seen_not_to_be_seen(tmp_path: Path, site: StaticSite) -> None:
    """Each way of hiding a row: a plain look leaves it out, or the check finds it; neither look is proof then."""
    names = list(CASES)
    for n, name in enumerate(names):
        body, files, _ = CASES[name]
        site.pages[f"p{n}.html"] = body.replace(b"/own.css", b"/own%d.css" % n)
        site.pages |= {f"own{n}.css": text for text in files.values()}
    config = district(tmp_path / "district", portals(site, names))
    with night(tmp_path, config, site, 0, (CheckKind.SEEN,)) as store:
        looks = {look.portal: look for look in Looks(store).looks()}
        checks = {check.portal: check for check in ReadingChecks(store).all()}
        unseen = ReadingChecks(store).unseen()
    wrong = {}
    for n, name in enumerate(names):
        look, check, plain = looks[f"p{n}"], checks[f"p{n}"], CASES[name][2]
        said = (look.rows, check.verdict, look.genuine and look.parsed and look.whole)
        expected = (3, CheckVerdict.AGREES, False) if plain else (4, CheckVerdict.DIFFERS, False)
        if said != expected or (not plain) != ((f"p{n}", "100014") in unseen):
            wrong[name] = (said, look.reasons, check.reasons, check.differing)
    assert not wrong


SHOWN = {
    "nothing hides it": page(f"<li>{words(14)}</li>"),
    "a rule that another overrides": page(
        f"<li class='x on'>{words(14)}</li>", "<style>.x{display:none} .x.on{display:list-item}</style>"
    ),
    "a rule for print": page(f"<li class=x>{words(14)}</li>", "<style>@media print{.x{display:none}}</style>"),
    "a sheet for print": page(f"<li class=x>{words(14)}</li>", "<style media=print>.x{display:none}</style>"),
    "a rule at the pointer": page(f"<li class=x>{words(14)}</li>", "<style>.x:hover{display:none}</style>"),
    "a rule for other rows": page(f"<li>{words(14)}</li>", "<style>.y{display:none}</style><!-- .x{} -->"),
    "a note that floats over one corner": page(
        f"<li>{words(14)}</li>",
        script="<div style='position:fixed;right:0;bottom:0;width:90px;height:90px;background:#fff'>客服</div>",
    ),
    "a veil that shines through": page(
        f"<li>{words(14)}</li>",
        script="<div style='position:fixed;left:0;top:0;width:100%;height:100%;background:rgba(0,0,0,.4)'></div>",
    ),
    "a lid that lies behind": page(
        f"<li style='position:relative'><div style='position:relative;z-index:2'>{words(14)}</div>"
        f"{LID.replace('z-index:9', 'z-index:1')}</li>"
    ),
    "white on a dark ground": page(f"<li style='background:#036'><b style='color:#fff'>{words(14)}</b></li>"),
    "a title that is cut": page(
        "<li><a href='/info/100014.html' title='某罚〔2026〕14号处罚公示'>某罚〔2026〕14号…</a> "
        "<span>2026-07-01</span></li>"
    ),
}


@pytest.mark.browser
@needs_chromium
def test_what_a_citizen_sees_is_not_taken_for_hidden(tmp_path: Path, site: StaticSite) -> None:
    for n, body in enumerate(SHOWN.values()):
        site.pages[f"p{n}.html"] = body
    config = district(tmp_path / "district", portals(site, list(SHOWN)))
    with night(tmp_path, config, site, 0, (CheckKind.SEEN,)) as store:
        looks = {look.portal: look for look in Looks(store).looks()}
        checks = {check.portal: check for check in ReadingChecks(store).all()}
    said = {name: (looks[f"p{n}"].rows, checks[f"p{n}"].verdict) for n, name in enumerate(SHOWN)}
    assert said == dict.fromkeys(SHOWN, (4, CheckVerdict.AGREES)), [check.differing for check in checks.values()]


# ---------------------------------------------------------------- details


DETAIL_WAYS = {
    # a table takes over no indent from what it stands in: under "far indent" it is seen
    **{f"{name}, inline": detail(14, f"style='{style}'") for name, style in STYLES.items() if name != "far indent"},
    "a sheet": detail(14, head="<link rel=stylesheet href='/d.css'>"),
    "a script": detail(14, script="<script>document.getElementById('zoom').style.display='none'</script>"),
    "a lid": detail(
        14, script="<div style='position:fixed;left:0;top:0;width:100%;height:100%;background:#fff'>欢迎</div>"
    ),
}


@pytest.mark.browser
@needs_chromium
def test_a_detail_whose_text_nobody_sees_is_found_and_voids_no_look(tmp_path: Path, site: StaticSite) -> None:
    """The list's rows are seen: what a look of them proves of others stands; only this decision is for review."""
    site.pages["d.css"] = b"#zoom { display: none }"
    for n, (name, body) in enumerate(DETAIL_WAYS.items()):
        site.pages[f"p{n}.html"] = page(f"<li>{words(14)}</li>").replace(b"/info/100014", b"/info/%d" % (900000 + n))
        site.pages[f"info/{900000 + n}.html"] = body
        assert name
    config = district(tmp_path / "district", portals(site, list(DETAIL_WAYS)))
    with night(tmp_path, config, site, 0, (CheckKind.DETAILS,)) as store:
        checks = {check.portal: check for check in ReadingChecks(store).all()}
        unseen = ReadingChecks(store).unseen()
        looks = Looks(store).looks()
    said = {name: (checks[f"p{n}"].verdict, (f"p{n}", str(900000 + n)) in unseen) for n, name in enumerate(DETAIL_WAYS)}
    assert said == dict.fromkeys(DETAIL_WAYS, (CheckVerdict.DIFFERS, True)), [c.differing for c in checks.values()]
    assert all(look.genuine and look.parsed and look.whole for look in looks), [look.reasons for look in looks]


# ---------------------------------------------------------------- what the evidence says

BOOK = Attachment(sha256="0" * 64, name="b.xlsx", size=1, received_at=datetime(2026, 7, 1, tzinfo=ZONE))


def submit(store: Store, config: Config, at: datetime) -> None:
    """The unit hands in decision 14 (hidden on its list) and 13 (shown there), both of 24 and 23 June."""
    rows = tuple(
        Submission(
            id=f"s{n}", unit="u", kind=Kind.PENALTY, workbook=BOOK.name, workbook_sha256=BOOK.sha256, sheet="行政处罚",
            row=n, name=f"第{n}公司", numbers=(f"某罚〔2026〕{n}号",), number_text=f"某罚〔2026〕{n}号",
            decided_on=date(2026, 6, 20 + n % 10), received_at=BOOK.received_at,
        )
        for n in (13, 14)
    )  # fmt: skip
    session_of(store, config, at).submissions.add_workbook(BOOK, rows, (), at, (), ())


def slugs(store: Store, config: Config, at: datetime, *, full: bool = False) -> dict[str, tuple[str, Outcome]]:
    session = session_of(store, config, at)
    evaluate(session, full=full)
    numbers = {d.id: d.number or "" for d in session.evaluations.decisions().values()}
    return {
        numbers[e.decision]: (e.slug, e.outcome)
        for e in session.evaluations.evidence()
        if e.check == "published_within_deadline" and e.channel == Channel.DEPARTMENT and e.decision
    }


REVIEW = ("shown-to-nobody", Outcome.INCONCLUSIVE)
IN_TIME = ("published-in-time", Outcome.MET)


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("kind", [CheckKind.SEEN, CheckKind.DETAILS])
def test_what_nobody_sees_was_not_published_in_time_nor_is_anybody_accused(
    tmp_path: Path, site: StaticSite, kind: CheckKind
) -> None:
    """By a plain night it is in time; once the check has seen it, it is for review, and stays so on later nights."""
    body, _, _ = CASES["display, sheet"]
    site.pages["own.css"] = b".x { display: none }"
    site.pages["index.html"] = body if kind is CheckKind.SEEN else page(f"<li>{words(14)}</li>")
    if kind is CheckKind.DETAILS:
        site.pages["info/100014.html"] = detail(14, "class=x", "<link rel=stylesheet href='/own.css'>")
    config, found = district(tmp_path / "district", {"p": PORTAL.format(base=site.base)}), []
    for number, kinds in enumerate([(), (kind,), (), ()]):
        with night(tmp_path, config, site, number, kinds) as store:
            if number == 0:
                submit(store, config, site.at)
            at = site.at + timedelta(hours=1)
            found.append(slugs(store, config, at))
            assert slugs(store, config, at, full=True) == found[-1], "a night gives what evaluating everything gives"
    first, *later = found
    mine, other = "某罚〔2026〕14号", "某罚〔2026〕13号"
    assert first[mine] == IN_TIME and [night[mine] for night in later] == [REVIEW] * 3, found
    assert all(night[other][1] is Outcome.MET for night in found)
    with Store(tmp_path / "chengxin.db") as store:
        session = session_of(store, load(tmp_path / "district"), paths=Paths(tmp_path))
        assert replay.replay(session, tmp_path / "again") == (8, [])
        seal(store, Paths(tmp_path), "2026-07-04", site.at)
        assert verify(store, Paths(tmp_path))[1] is None
        store.db.execute("UPDATE unseen_rows SET row_key = 'another'")
        assert "看不见的条目" in str(verify(store, Paths(tmp_path))[1])


@pytest.mark.browser
@needs_chromium
def test_a_row_hidden_after_the_deadline_of_another_accuses_nobody(tmp_path: Path, site: StaticSite) -> None:
    """While a difference stands no absence is proved: a decision that never came is not said to be missing."""
    site.pages["own.css"] = b".x { display: none }"
    site.pages["index.html"] = CASES["display, sheet"][0].replace(b"2026\xe3\x80\x9513", b"2026\xe3\x80\x9563")
    site.pages["info/100013.html"] = detail(14).replace("14号".encode(), "63号".encode())
    config, said = district(tmp_path / "district", {"p": PORTAL.format(base=site.base)}), []
    for number, kinds in enumerate([(CheckKind.SEEN,), (), ()]):
        with night(tmp_path, config, site, 5 * number, kinds) as store:
            if number == 0:
                submit(store, config, site.at)
            said.append(slugs(store, config, site.at + timedelta(hours=1))["某罚〔2026〕13号"][1])
    assert Outcome.BREACHED not in said, said

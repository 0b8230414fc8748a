"""A list of "共23条 1 2 3", ten rows a page: what stands on page 2 is not called missing, whoever signed what."""

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.domain.clock import ZONE, Clock
from core.domain.config import load
from core.domain.models import Attachment, Channel, Kind, Look, Outcome, Submission
from core.storage.observations import Looks
from pipeline.evaluate import evaluate
from pipeline.onboard import check_portal
from pipeline.portal_trial import try_portal
from simulation.static_site import StaticSite
from tests.support.sessions import session_of
from tests.support.site_runs import PENALTIES, crawl_night, district

NIGHT = date(2026, 7, 1)
PAGERS = "共23条 1 <a href='index_1.html'>2</a> <a href='index_2.html'>3</a>"
SIGNED = '[one_page]\nsigned_by = "张三"\non = 2026-01-01\n'


def site_of(behind: str, *, news: bool = False) -> dict[str, bytes]:
    """Ten rows of 23 on the first page; `news`: articles that are no decisions."""
    days = [NIGHT - timedelta(days=1 + n) for n in range(10)]
    title = "我局召开第{}次工作会议" if news else "某罚〔2026〕{}号处罚公示"
    rows = "".join(
        f"<li><a href='/info/{100000 + n}.html'>{title.format(n)}</a><span>{day}</span></li>"
        for n, day in enumerate(days)
    )
    page = f"<html><body><h1>双公示专栏</h1><ul class='list'>{rows}</ul><div>{behind}</div></body></html>"
    text = "会议要求全局上下抓好落实" if news else "某罚〔2026〕{}号 当事人：第{}公司"
    details = {
        f"info/{100000 + n}.html": f"<html><body><div id='zoom'><p>{text.format(n, n)}</p></div></body></html>".encode()
        for n in range(10)
    }
    return {"index.html": page.encode(), **details}


def looks_at(tmp_path: Path, pages: dict[str, bytes], toml: str) -> list[Look]:
    with StaticSite(pages) as site:
        config = district(tmp_path / "district", {"p": toml.format(base=site.base)})
        with crawl_night(tmp_path, config, site, NIGHT, kind="full", passes=2) as store:
            return Looks(store).looks()


@pytest.mark.parametrize("signature", ["", SIGNED], ids=["unsigned", "signed"])
def test_a_list_with_numbers_behind_it_proves_no_absence(tmp_path: Path, signature: str) -> None:
    looks = looks_at(tmp_path, site_of(PAGERS), PENALTIES + signature)
    assert len(looks) == 2 and all(look.genuine and look.rows == 10 for look in looks)
    assert not any(look.whole or look.proves_absent(None) for look in looks)
    reason = "signature-void:所写总数：共23条" if signature else "more-seen:所写总数：共23条"
    assert all(reason in look.reasons for look in looks), looks


def test_a_signature_holds_while_nothing_speaks_of_more(tmp_path: Path) -> None:
    looks = looks_at(tmp_path, site_of(""), PENALTIES + SIGNED)
    assert all(look.whole and "seen-whole:signed" in look.reasons for look in looks), looks


def test_a_list_of_news_beside_the_column_proves_nothing(tmp_path: Path) -> None:
    looks = looks_at(tmp_path, site_of("", news=True), PENALTIES + SIGNED)
    assert all(look.genuine and not look.parsed and "no-records" in look.reasons for look in looks), looks
    assert not any(look.proves_absent("2026-12-31") for look in looks)


SHAPES = {
    "numbers": PAGERS,
    "more": "<a href='javascript:;' onclick='more()'>加载更多</a>",
    "select": "<select><option>1</option><option>2</option><option>3</option></select>",
    "pictures": "<a href='index_1.html'><img src='/images/next.gif'></a>",
}
BEHIND = "某罚〔2026〕8812号"  # it stands on page 2, where no night looks


def test_nobody_is_accused_of_what_stands_on_a_page_that_was_not_read(tmp_path: Path) -> None:
    """An older TOML's `pager = "none"`, signed as one page, over weeks; a true one-page list is the control."""
    shapes = {**SHAPES, "whole": ""}
    pages = {f"{name}/{path}": body for name, shape in shapes.items() for path, body in site_of(shape).items()}
    pages |= {path: body for path, body in site_of("").items() if path.startswith("info/")}
    with StaticSite(pages) as site:
        toml = {
            n: (PENALTIES + SIGNED).format(base=f"{site.base}/{n}").replace('unit = "u"', f'unit = "{n}"')
            for n in shapes
        }
        folder = tmp_path / "district"
        district(folder, {})
        units = "".join(f'[[unit]]\nslug = "{n}"\nname = "某局{n}"\nkind = "dept-a"\n' for n in shapes)
        (folder / "units.toml").write_text(units, "utf-8")
        for name, text in toml.items():
            (folder / "portals" / f"{name}.toml").write_text(f'id = "{name}"\n{text}', "utf-8")
        config = load(folder)
        for night in (NIGHT, NIGHT + timedelta(days=7), NIGHT + timedelta(days=14), NIGHT + timedelta(days=21)):
            with crawl_night(tmp_path, config, site, night, kind="full") as store:
                session = session_of(store, config, site.at + timedelta(hours=1))
                if night == NIGHT:
                    session.submissions.add_workbook(BOOK, tuple(map(_handed_in, shapes)), (), site.at, (), ())
                evaluate(session)
                told = [e for e in session.evaluations.evidence() if e.check == CHECK]
                accused = {e.unit for e in told if e.outcome is Outcome.BREACHED and e.channel == Channel.DEPARTMENT}
                assert accused <= {"whole"}
    assert accused == {"whole"}


CHECK = "published_within_deadline"
BOOK = Attachment(sha256="0" * 64, name="b.xlsx", size=1, received_at=datetime(2026, 7, 1, tzinfo=ZONE))


def _handed_in(unit: str) -> Submission:
    return Submission(
        id=unit, unit=unit, kind=Kind.PENALTY, workbook=BOOK.name, workbook_sha256=BOOK.sha256, sheet="行政处罚", row=2,
        name="第八八公司", numbers=(BEHIND,), number_text=BEHIND, decided_on=NIGHT, received_at=BOOK.received_at,
    )  # fmt: skip


def test_neither_a_try_nor_a_check_calls_it_whole(tmp_path: Path) -> None:
    with StaticSite(site_of(PAGERS)) as site:
        config = district(tmp_path / "district", {"p": PENALTIES.format(base=site.base)})
        clock = Clock(site.at)
        (tmp_path / "check").mkdir()
        (look,) = check_portal(config, "p", clock, tmp_path / "check").looks
        facts = {"id": "q", "channel": "department", "unit": "u", "kinds": ["penalty"], "allow_private": True}
        trial = try_portal(config, f"{site.base}/index.html", clock, tmp_path / "try", facts, twice=False)
    assert not look.whole and not look.proves_absent(None)
    assert not trial.look.whole and "one_page" not in trial.toml
    assert trial.chosen is None or "total" in str(trial.chosen.options)

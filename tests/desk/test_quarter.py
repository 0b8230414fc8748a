"""The quarter at the desk: what hinders a freeze is said, nothing is frozen over it unsaid, the set is made behind."""

import time
from datetime import datetime
from pathlib import Path

import pytest

from core.domain.clock import ZONE
from core.domain.models import Outcome
from pipeline import publish as publishing
from pipeline.evaluate import evaluate
from review.reviewers import Person
from review.rulings import on_evidence, record_rulings
from tests.desk.conftest import Enter
from tests.support.desk_town import Town, open_town

AFTER = datetime(2026, 10, 18, 10, tzinfo=ZONE)


@pytest.fixture
def later(shared_root: Path, tmp_path: Path) -> Town:
    """The same after the objections' last day, every breach ruled on."""
    town = open_town(shared_root, tmp_path / "later", now=AFTER)
    with town.desk.session() as session:
        evaluate(session, full=True)
        breached = [e for e in session.evaluations.evidence() if e.outcome is Outcome.BREACHED]
        record_rulings(
            session, [on_evidence(e, "confirm", "核对存证，情况属实") for e in breached], Person("王主任", "desk:head")
        )
    return town


def test_what_hinders_is_said_and_nothing_is_frozen(town: Town, enter: Enter) -> None:
    client = enter("head")
    page = client.get("/quarter").content.decode()
    assert "还不能冻结" in page and "才截止" in page
    done = client.post("/quarter/freeze", {"period": "2026Q3", "over": "试一试冻结", "sure": "1"})
    assert done.status_code == 422 and "还不能冻结" in done.content.decode()
    with town.desk.session() as session:
        assert session.frozen.newest("2026Q3") is None


def test_it_is_frozen_over_a_reason_and_distributed(later: Town, enter: Enter) -> None:
    client = enter("head")
    page = client.get("/quarter?period=2026Q3").content.decode()
    assert "没有定的" in page and "冻结 2026Q3" in page, page
    sent = {"period": "2026Q3", "over": "未能核查的栏目到期仍不能核清", "sure": "1"}
    for wrong in ({**sent, "over": ""}, {**sent, "sure": ""}):
        assert client.post("/quarter/freeze", wrong).status_code == 422
    assert client.post("/quarter/freeze", sent).status_code == 302
    with later.desk.session() as session:
        frozen = session.frozen.newest("2026Q3")
    assert frozen is not None and (frozen.by, frozen.via) == ("王主任", "desk:head")
    assert "已冻结" in client.get("/quarter?period=2026Q3").content.decode()
    again = client.post("/quarter/freeze", sent)
    assert again.status_code == 422 and "更正" in again.content.decode()


@pytest.mark.parametrize("period", ["2026-08", "2026", "gestern", ""])
def test_what_is_no_quarter_is_refused(town: Town, enter: Enter, period: str) -> None:
    done = enter("head").post("/quarter/freeze", {"period": period, "sure": "1", "over": "试一试冻结"})
    assert done.status_code == 422


def test_no_set_before_the_freeze_and_no_file_beside_it(town: Town, enter: Enter) -> None:
    assert enter("head").post("/quarter/publish", {"period": "2026Q3"}).status_code == 422
    for name in ("../../chengxin.db", "清单.json", ""):
        assert enter("head").get("/quarter/file", {"period": "2026Q3", "name": name}).status_code == 404


def test_the_set_is_made_behind_the_page(later: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the real set one book, so that it takes seconds."""

    def one_book(session: object, period: object, folder: Path, say: object) -> list[object]:
        report = publishing.open_report(session, period)  # type: ignore[arg-type]
        written = publishing.write_report(report, ["json"], folder / "区领导和营商办", say)  # type: ignore[arg-type]
        publishing.write(folder, "清单.json", b"{}", "区信用办")
        return list(written)

    monkeypatch.setattr(publishing, "publish", one_book)
    client = enter("head")
    client.post("/quarter/freeze", {"period": "2026Q3", "over": "未能核查的栏目到期仍不能核清", "sure": "1"})
    assert client.post("/quarter/publish", {"period": "2026Q3"}).status_code == 302
    until = time.monotonic() + 60
    while "/quarter/file?" not in (page := client.get("/quarter?period=2026Q3").content.decode()):
        assert time.monotonic() < until and "没有做完" not in page, page
        time.sleep(0.1)
    name = page.split("&amp;name=", 1)[1].split('"', 1)[0]
    given = client.get(f"/quarter/file?period=2026Q3&name={name}")
    assert given.status_code == 200 and given.headers["Content-Disposition"].startswith("attachment")
    assert enter("contact").get(f"/quarter/file?period=2026Q3&name={name}").status_code == 403


def test_the_days_are_as_the_command_says(town: Town, enter: Enter) -> None:
    page = enter("leader").get("/quarter?period=2026Q3").content.decode()
    assert "2026-10-10" in page and "2026-10-17" in page
    assert "冻结 2026Q3</button>" not in page  # a leader reads

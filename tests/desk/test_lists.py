"""What the command line lists is listed at the desk, and what came on paper is entered there."""

from io import BytesIO
from pathlib import Path

import pytest

from core.domain.models import Outcome
from desk.as_it_stands import reckoned
from tests.desk.conftest import Enter
from tests.support.desk_town import UNIT, Town

PAPER = "来函〔2026〕7号：已于期内公示"


def said(town: Town) -> list[tuple[str, str, tuple[str, ...]]]:
    with town.desk.session() as session:
        return [(o.kind, o.text, tuple(name for name, _ in o.papers)) for o in session.objections.all()]


def test_what_came_on_paper_is_entered_and_waits_for_a_word(town: Town, enter: Enter) -> None:
    client, call, scan = enter("clerk"), town.call(), BytesIO(b"%PDF")
    scan.name = "来函.pdf"
    assert f'action="/items/{call}/said"' in client.get(f"/items/{call}").content.decode()
    done = client.post(f"/items/{call}/said", {"word": "异议", "text": PAPER, "file": scan})
    assert done.status_code == 302 and said(town) == [("objection", PAPER, ("来函.pdf",))]
    assert client.post(f"/items/{call}/said", {"word": "异议", "text": PAPER}).status_code == 302
    page = enter("leader").get("/said").content.decode()
    assert "等裁定答复" in page and "来函.pdf" in page and f"/items/{call}" in page
    assert f"/items/{call}" in client.get("/matters?kind=OBJECTION").content.decode()
    assert PAPER in enter("contact").get(f"/own/items/{call}").content.decode()


@pytest.mark.parametrize(("sent", "says"), [({"word": "异议", "text": ""}, "写明理由"), ({"text": PAPER}, "先选")])
def test_what_cannot_be_entered_keeps_what_was_typed(town: Town, enter: Enter, sent: dict[str, str], says: str) -> None:
    done = enter("clerk").post(f"/items/{town.call()}/said", sent)
    page = done.content.decode()
    assert done.status_code == 422 and says in page and sent["text"] in page and not said(town)


def test_who_may_not_take_in_enters_nothing(town: Town, enter: Enter) -> None:
    for who in ("leader", "contact", "system"):
        sent = {"word": "异议", "text": PAPER}
        assert enter(who).post(f"/items/{town.call()}/said", sent).status_code == 403
    assert not said(town)


def test_every_answer_of_the_checks_is_listed(town: Town, enter: Enter) -> None:
    client = enter("leader")
    for outcome in (Outcome.BREACHED, Outcome.MET):
        page = client.get(f"/evidence?unit={UNIT}&outcome={outcome}").content.decode()
        assert 'href="/items/' in page and page.count("<tr>") > 1
    assert f"/items/{town.call()}" in client.get(f"/evidence?unit={UNIT}&outcome=breached").content.decode()
    assert client.get("/evidence?unit=nowhere").status_code == 404


def test_claims_are_listed_with_where_they_are_ruled(town: Town, enter: Enter) -> None:
    page = enter("leader").get("/claims").content.decode()
    assert "等待裁定" in page and "/decisions/one?id=" in page


def test_quarters_stand_side_by_side(town: Town, enter: Enter) -> None:
    client = enter("leader")
    page = client.get("/year?year=2026").content.decode()
    assert "2026Q3（未冻结）" in page and f"/units/{UNIT}" in page
    assert client.get("/year?year=2999").status_code == 422 and client.get("/year?year=x").status_code == 422
    assert "谁也不变" in client.get("/compare?before=2026Q3&after=2026Q3").content.decode()
    assert client.get("/compare?before=gestern&after=2026Q3").status_code == 422


def test_what_would_be_if_an_item_were_met(town: Town, enter: Enter) -> None:
    with town.desk.session() as session:
        weighed = [m.call for m in reckoned(town.desk).district(session).matters if m.evidence and m.changes]
    page = enter("leader").get(f"/compare?after=2026Q3&met={','.join(weighed[:20])}").content.decode()
    assert "假如已经符合" in page and "→" in page
    done = enter("leader").get("/compare?met=0000000000")
    assert done.status_code == 422 and "没有这个事项" in done.content.decode()
    assert "chengxin" not in done.content.decode().split("<main", 1)[1]


@pytest.mark.parametrize(("edition", "name"), [("public", "公开版"), ("brief", "简报"), (UNIT, "告知书"), ("", "2026")])
def test_each_edition_of_a_report(town: Town, enter: Enter, edition: str, name: str) -> None:
    from urllib.parse import unquote

    done = enter("leader").get(f"/papers/report?period=2026Q3&form=html&edition={edition}")
    assert done.status_code == 200 and name in unquote(done.headers["Content-Disposition"])
    assert Path(unquote(done.headers["Content-Disposition"])).suffix.startswith(".html")
    assert b"<html" in done.getvalue()


@pytest.mark.parametrize("edition", ["nowhere", "brief&form=docx", "../x"])
def test_an_edition_that_there_is_not(town: Town, enter: Enter, edition: str) -> None:
    assert enter("leader").get(f"/papers/report?period=2026Q3&edition={edition}").status_code == 422

"""A unit's own page: it answers for itself, and of other units it sees and reaches nothing."""

import html
import re
from io import BytesIO

import pytest

from core.domain.forms import forms
from core.domain.ruling_validity import call_number
from desk.as_it_stands import reckoned
from tests.desk.conftest import Enter
from tests.support.desk_town import UNIT, Town
from tests.support.form_samples import book

OTHER = "jtj"


def said(town: Town) -> list[tuple[str, str, str, int]]:
    with town.desk.session() as session:
        return [(o.unit, o.kind, o.text, len(o.papers)) for o in session.objections.all()]


def test_its_own_page_names_nobody_else(town: Town, enter: Enter) -> None:
    page = enter("contact").get("/own").content.decode()
    own, other = town.breaches(), town.breaches(OTHER)
    assert call_number(own[0].key) in page and other
    names = [u.name for u in town.desk.config.units if u.slug != UNIT]
    assert not [name for name in names if name in page]
    assert not [e.key for e in other if call_number(e.key) in page]


@pytest.mark.parametrize(
    "address",
    [
        "/own/items/{call}", "/own/items/{call}/text?id=x", "/items/{call}", "/units/jtj", "/matters", "/decisions",
        "/decisions/one?id=x", "/portals", "/outbox", "/captures/text?id=x", "/attachments/" + "0" * 64, "/quarter",
        "/log", "/hand-in", "/scheme", "/drafts",
    ],
)  # fmt: skip
def test_what_is_another_units_is_not_there(town: Town, enter: Enter, address: str) -> None:
    done = enter("contact").get(address.format(call=town.call(OTHER)))
    assert done.status_code in (403, 404), address


def test_it_objects_with_a_file_and_the_office_sees_it(town: Town, enter: Enter) -> None:
    call, paper = town.call(), BytesIO(b"\x89PNG proof")
    paper.name = "../../截图.png"
    sent = {"word": "异议", "text": "已于期内公示，见截图", "file": paper}
    assert enter("contact").post(f"/own/items/{call}/answer", sent).status_code == 302
    assert said(town) == [(UNIT, "objection", "已于期内公示，见截图", 1)]
    page = enter("head").get(f"/items/{call}").content.decode()
    assert "已于期内公示" in page and "截图.png" in page
    sha = page.split("/attachments/", 1)[1][:64]
    given = enter("head").get(f"/attachments/{sha}")
    assert given.getvalue() == b"\x89PNG proof"
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "异议未答复" in enter("head").get("/matters?kind=OBJECTION").content.decode()


@pytest.mark.parametrize(
    ("sent", "says"), [({"word": "异议", "text": ""}, "写明理由"), ({"word": "", "text": "什么"}, "先选")]
)
def test_an_answer_that_cannot_be_taken_keeps_what_was_typed(
    town: Town, enter: Enter, sent: dict[str, str], says: str
) -> None:
    done = enter("contact").post(f"/own/items/{town.call()}/answer", sent)
    assert done.status_code == 422 and says in done.content.decode() and sent["text"] in done.content.decode()
    assert not said(town)


def test_it_answers_for_nobody_else(town: Town, enter: Enter) -> None:
    done = enter("contact").post(f"/own/items/{town.call(OTHER)}/answer", {"word": "情况属实", "text": ""})
    assert done.status_code == 404 and not said(town)


def test_the_same_answer_twice_is_kept_once(town: Town, enter: Enter) -> None:
    client, sent = enter("contact"), {"word": "说明", "text": "网站当日停机"}
    for _ in range(2):
        assert client.post(f"/own/items/{town.call()}/answer", sent).status_code == 302
    assert len(said(town)) == 1


@pytest.mark.parametrize(("whose", "taken"), [(UNIT, 1), (OTHER, 0)])
def test_its_workbook_speaks_of_itself_alone(town: Town, enter: Enter, whose: str, taken: int) -> None:
    names = {u.slug: u.name for u in town.desk.config.units}
    upload = BytesIO(book(forms()["contract"], {"unit": names[whose]}))
    upload.name = "合同履约.xlsx"
    page = enter("contact").post("/own/hand-in", {"file": upload}).content.decode()
    assert ("新收 其他报送 1 条" in page) == bool(taken), page
    with town.desk.session() as session:
        assert session.store.rows("SELECT count(*) FROM filings WHERE unit = ?", whose) == [(taken,)]


def test_an_account_without_a_unit_sees_nothing(town: Town, enter: Enter) -> None:
    from desk.models import Account

    Account.objects.filter(username="contact").update(unit="")
    done = enter("contact").get("/own")
    assert done.status_code == 403 and "没有写明单位" in done.content.decode()


@pytest.mark.parametrize(("role", "start", "item"), [("contact", "/own", "/own/items/"), ("head", "", "/items/")])
def test_every_matter_of_a_unit_can_be_reached_from_its_page(
    town: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch, role: str, start: str, item: str
) -> None:
    """However many there are: what is not on the first page is on those that follow."""
    monkeypatch.setattr("desk.views.units.SHOWN", 1)
    client, page, seen = enter(role), start or f"/units/{UNIT}", list[str]()
    while page:
        text = client.get(page).content.decode()
        section = text.split('id="matters"')[1].split("</section>")[0]
        seen += re.findall(rf'href="{item}([0-9a-f]{{10}})"', section)
        later = re.search(r'href="([^"]+)" rel="next"', section)
        page = html.unescape(later[1]) if later else ""
    with town.desk.session() as session:
        matters = reckoned(town.desk).district(session).matters.parts[UNIT].matters
    wanted = [m.call for m in matters if m.evidence]
    assert len(wanted) > 1 and seen == wanted

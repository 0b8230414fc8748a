"""What is typed in every form's field of its sort: a day, and the page of the desk that somebody came from."""

from datetime import date

import pytest

from core.domain.clock import read_day
from core.domain.errors import UsageError
from desk.typed import own_page, typed_day
from tests.desk.conftest import Enter
from tests.desk.test_matters import form, words
from tests.support.desk_town import UNIT, Town

SLIPS = ["20261231", "2026-W01-1", "2026-1-5", "明天", "2026-02-30", "２０２６-12-31", "2026-12-31T00:00", "-1"]


@pytest.mark.parametrize("slip", SLIPS)
def test_a_day_is_written_in_one_way_alone(slip: str) -> None:
    with pytest.raises(UsageError, match="修复的日期要写成 2026-12-31 的样子，现为"):
        typed_day(slip, "修复的日期")
    with pytest.raises(UsageError, match="日期要写成 2026-12-31 的样子"):
        read_day(slip)
    assert typed_day(" ", "修复的日期") is None and typed_day(" 2026-12-31 ", "x") == date(2026, 12, 31)


@pytest.mark.parametrize("slip", SLIPS[:2])
def test_each_page_says_the_same_of_it(town: Town, enter: Enter, slip: str) -> None:
    (item, *_), client = town.breaches(), enter("head")
    asked = {
        f"/items/{town.call()}/rule": form(item, "成立") | {"until": slip},
        "/decisions/repair": {"id": item.decision, "on": slip, "why": "修复决定书三号"},
    }
    for address, sent in asked.items():
        done = client.post(address, sent)
        assert done.status_code == 422 and "要写成 2026-12-31 的样子" in done.content.decode(), address
    done = enter("auditor").get(f"/log?day={slip}")
    assert done.status_code == 422 and "要写成 2026-12-31 的样子" in done.content.decode()
    assert not words(town)


@pytest.mark.parametrize(
    "page", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "", "items/x", "\n/x"]
)
def test_nobody_is_sent_elsewhere(page: str) -> None:
    assert own_page(page) == "" and own_page("/matters?kind=BREACH") == "/matters?kind=BREACH"
    assert own_page("/people", "/items/", "/rulings") == "" and own_page("/items/x", "/items/") == "/items/x"


def test_a_word_that_waits_for_a_second_person_is_not_logged_as_taken_back(town: Town, enter: Enter) -> None:
    from desk.models import LogEntry

    (item, *_), client = town.breaches(), enter("head")
    client.post(f"/items/{town.call()}/rule", form(item, "成立"))
    with town.desk.session() as session:
        (ruling,) = session.rulings.all()
    file = town.desk.folder / "district.toml"
    both = "[review]\ntwo_persons = true\n\n[[review.reviewer]]"
    file.write_text(file.read_text("utf-8").replace("[[review.reviewer]]", both, 1), "utf-8")
    done = client.post("/rulings/lift", {"ruling": ruling.id, "why": "看错了单位", "back": "//evil.example"})
    assert done.status_code == 302 and done.headers["Location"] == "/rulings"
    assert [e.action for e in LogEntry.objects.order_by("pk")][-1] == "drafted" and len(words(town)) == 1
    assert client.get(f"/units/{UNIT}").status_code == 200

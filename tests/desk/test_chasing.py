"""催办 at the desk: whom and what is seen first; one letter a unit, however often somebody presses."""

import re
from typing import TYPE_CHECKING

import pytest

from desk.roles import RIGHTS, Right, Role
from tests.desk.conftest import Enter
from tests.support.desk_town import UNIT, Town, letters

if TYPE_CHECKING:
    from django.test import Client

PAGE = "/papers/chase?month=2026-06"


def shown(client: "Client", *units: str) -> dict[str, object]:
    """What the page gives to send, with these units ticked."""
    page = client.get(PAGE).content.decode()
    seen = dict(re.findall(r'name="(seen-[\w-]+)" value="(\w+)"', page))
    return {"month": "2026-06", "unit": list(units), **{f"seen-{unit}": seen[f"seen-{unit}"] for unit in units}}


def test_whom_and_what_is_seen_before_anything_is_written(linked: Town, enter: Enter) -> None:
    client = enter("clerk")
    assert f'href="{PAGE}"' in client.get("/papers?month=2026-06").content.decode()
    page = client.get(f"{PAGE}&unit={UNIT}").content.decode()
    assert "缺哪几张" in page and f"{UNIT}@example.invalid" in page and "信是这样写的" in page
    assert "2026-06 的下列报送表" in page and "/own/enter/…" in page  # nobody of the office sees the unit's link
    assert not letters(linked)


def test_a_letter_a_unit_and_only_one_a_day(linked: Town, enter: Enter) -> None:
    from desk.models import LogEntry

    client = enter("clerk")
    sent = shown(client, UNIT, "jtj")
    done = client.post("/papers/chase", sent)
    assert done.status_code == 302 and done.headers["Location"].endswith("written=2")
    assert sorted(letters(linked)) == ["2026-07-30-chase-jtj-2026-06", f"2026-07-30-chase-{UNIT}-2026-06"]
    assert client.post("/papers/chase", sent).headers["Location"].endswith("written=0")
    assert len(letters(linked)) == 2
    with linked.desk.session() as session:
        to = {d.recipient for d in session.outbox.deliveries()}
        assert all(d.next_at >= session.now() for d in session.outbox.deliveries())
    assert to == {f"{UNIT}@example.invalid", "jtj@example.invalid"}
    assert [e.detail for e in LogEntry.objects.filter(action="chased")] == [f"2 封：{UNIT}、jtj", "今天都已写过"]
    assert "今天已写" in client.get(PAGE).content.decode()
    assert "催办（2026-06 的报送表）" in client.get(f"/units/{UNIT}").content.decode()


def test_on_trial_the_office_alone_gets_it(linked: Town, enter: Enter) -> None:
    file = linked.desk.folder / "district.toml"
    file.write_text(file.read_text("utf-8").replace("trial = false", "trial = true"), "utf-8")
    client = enter("clerk")
    assert "试运行，只发信用办" in client.get(PAGE).content.decode()
    client.post("/papers/chase", shown(client, UNIT))
    with linked.desk.session() as session:
        assert [d.recipient for d in session.outbox.deliveries()] == [session.config.district.mail.office]
    assert "【试运行】" in next(iter(letters(linked).values()))


def test_what_has_come_since_stops_all_of_them(linked: Town, enter: Enter) -> None:
    client = enter("clerk")
    sent = shown(client, UNIT, "jtj") | {"seen-jtj": "0"}
    done = client.post("/papers/chase", sent)
    assert done.status_code == 409 and "一封信都没有写" in done.content.decode() and not letters(linked)


@pytest.mark.parametrize(
    ("month", "says"), [("2026-07", "还没有过完"), ("2026Q3", "不是月份"), ("gestern", "2026"), ("2027-01", "没有过完")]
)
def test_a_month_that_nobody_is_late_for(linked: Town, enter: Enter, month: str, says: str) -> None:
    done = enter("clerk").get(f"/papers/chase?month={month}")
    assert done.status_code == 422 and says in done.content.decode()


def test_who_may_not_ask_chases_nobody(linked: Town, enter: Enter) -> None:
    for role in Role:
        if Right.ASK not in RIGHTS[role]:
            assert enter(role.value).post("/papers/chase", {"month": "2026-06", "unit": UNIT}).status_code == 403
    assert not letters(linked)

"""已送达, 已读, 已签收: what became of a unit's letters, and that nobody sees another's."""

from datetime import timedelta

from core.storage.outbox import OutboxLetter
from tests.desk.conftest import Enter
from tests.support.desk_town import NOW, UNIT, Town, arrive, at_another_time

OTHER = "jtj"
BODY = b"From: a@example.invalid\r\nTo: b@example.invalid\r\nSubject: x\r\n\r\n"


def write(town: Town, unit: str, key: str, recipient: str = "") -> None:
    with town.desk.session() as session:
        to = recipient or f"{unit}@example.invalid"
        words = f"say-{key}\r\nhttps://desk.example.invalid/own/enter/{key}.{unit}.1.abc\r\n".encode()
        letter = OutboxLetter(key=key, night="2026-07-30", addressee=unit, message=BODY + words, recipients=[to])
        session.outbox.commit(letter, session.now())


def marks(key: str) -> tuple[bool, bool]:
    from desk.models import LetterMark

    mark = LetterMark.objects.filter(key=key).first()
    return bool(mark and mark.read_at), bool(mark and mark.signed_at)


def test_delivered_read_and_signed_for(linked: Town, enter: Enter) -> None:
    key = f"2026-07-30-{UNIT}"
    write(linked, UNIT, key)
    assert "待发" in enter("contact").get("/own").content.decode()
    assert marks(key) == (False, False)  # it has not come yet
    arrive(linked, NOW + timedelta(minutes=5))
    enter("contact").get("/own")
    assert marks(key) == (False, False)  # nor had it when the page was opened
    at_another_time(linked, NOW + timedelta(hours=1))
    office = enter("clerk").get(f"/units/{UNIT}").content.decode()
    assert "2026-07-30 10:05" in office and marks(key) == (False, False)  # the office reads for nobody
    assert "2026-07-30 11:00" in enter("link").get("/own").content.decode()
    assert marks(key) == (True, False)
    at_another_time(linked, NOW + timedelta(hours=2))
    enter("contact").get("/own")
    assert enter("contact").post("/own/letters/sign", {"key": key}).status_code == 302
    office = enter("clerk").get(f"/units/{UNIT}").content.decode()
    assert "2026-07-30 11:00" in office and "2026-07-30 12:00" in office and "（contact）" in office
    assert marks(key) == (True, True)


def test_all_at_once_and_the_first_moment_stays(linked: Town, enter: Enter) -> None:
    from desk.models import LetterMark, LogEntry

    for number in (1, 2, 3):
        write(linked, UNIT, f"2026-07-30-{number}")
    assert "全部签收" in enter("contact").get("/own").content.decode()
    assert enter("contact").post("/own/letters/sign", {"key": "all"}).status_code == 302
    at_another_time(linked, NOW + timedelta(hours=1))
    enter("link").post("/own/letters/sign", {"key": "all"})
    assert {mark.signed_at for mark in LetterMark.objects.all()} == {NOW}
    assert {mark.signed_by for mark in LetterMark.objects.all()} == {"contact"}
    assert LogEntry.objects.filter(action="signed-for").count() == 1


def test_another_units_letter_is_not_there(linked: Town, enter: Enter) -> None:
    key = f"2026-07-30-{OTHER}"
    write(linked, OTHER, key)
    arrive(linked, NOW)
    for who in ("contact", "link"):
        client = enter(who)
        assert key not in client.get("/own").content.decode()
        assert client.get(f"/own/letter?key={key}").status_code == 404
        assert client.post("/own/letters/sign", {"key": key}).status_code == 404
        assert client.post("/own/letters/sign", {"key": "all"}).status_code == 404  # it has none
    assert marks(key) == (False, False)


def test_a_letter_is_read_without_its_link(linked: Town, enter: Enter) -> None:
    key = f"2026-07-30-{UNIT}"
    write(linked, UNIT, key)
    page = enter("link").get(f"/own/letter?key={key}").content.decode()
    assert f"say-{key}" in page and "/own/enter/…" in page and ".1.abc" not in page


def test_what_went_to_the_office_or_came_back_did_not_come(linked: Town, enter: Enter) -> None:
    office = linked.desk.config.district.mail.office
    write(linked, UNIT, "2026-07-30-to-office", office)
    write(linked, UNIT, "2026-07-30-back")
    arrive(linked, NOW)
    with linked.desk.session() as session:
        assert session.outbox.bounced("2026-07-30-back", f"{UNIT}@example.invalid", "no such mailbox", NOW)
    page = enter("contact").get("/own").content.decode()
    assert "只发到信用办" in page and "被退回" in page and "no such mailbox" in page
    assert marks("2026-07-30-to-office") == marks("2026-07-30-back") == (False, False)


def test_a_letter_of_ones_own_opens_no_others(linked: Town, enter: Enter) -> None:
    own, other = f"2026-07-30-{UNIT}", f"2026-07-30-{OTHER}"
    write(linked, UNIT, own)
    write(linked, OTHER, other)
    for who in ("contact", "link"):
        client = enter(who)
        assert client.get(f"/own/letter?key={own}").status_code == 200
        assert client.get(f"/own/letter?key={other}").status_code == 404
        assert client.post("/own/letters/sign", {"key": other}).status_code == 404
        client.post("/own/letters/sign", {"key": "all"})
    assert marks(other) == (False, False) and marks(own) == (True, True)

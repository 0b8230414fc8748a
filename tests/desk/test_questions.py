"""问单位: a question is kept with its letter, waits in the queue, is answered on the unit's page, and is no ruling."""

from datetime import timedelta
from pathlib import Path

import pytest

from review.objections import add_objections, objection_to
from tests.desk.conftest import Enter
from tests.support.desk_town import NOW, UNIT, WITH_LINKS, Town, at_another_time, letters, open_town

OTHER = "jtj"
TEXT = "请说明为什么没有在期限内公示"


def asked(town: Town) -> list[tuple[str, str, str, str]]:
    from desk.models import Question

    return [(q.unit, q.call, q.text, q.letter) for q in Question.objects.order_by("pk")]


def test_the_office_asks_and_the_unit_answers(linked: Town, enter: Enter) -> None:
    call = linked.call()
    page = enter("reviewer").get(f"/items/{call}").content.decode()
    assert 'href="#ask">问单位' in page
    done = enter("reviewer").post(f"/items/{call}/ask", {"question": TEXT})
    assert done.status_code == 302
    key = f"2026-07-30-ask-{UNIT}-{call}"
    assert asked(linked) == [(UNIT, call, TEXT, key)]
    told = letters(linked)[key]
    assert TEXT in told and call in told and "/own/enter/" in told
    waiting = enter("clerk").get("/questions").content.decode()
    assert TEXT in waiting and "2026-07-30" in waiting and "信待发" in waiting
    assert "已问单位，自 2026-07-30 等答复" in enter("clerk").get(f"/matters?unit={UNIT}").content.decode()
    assert "还没有答的 1 项" in enter("clerk").get("/").content.decode()
    own = enter("contact").get("/own").content.decode()
    assert own.index(f"信用办问：{TEXT}") < own.index("未定的事项") and f"/own/items/{call}/answer" in own
    assert TEXT in enter("contact").get(f"/own/items/{call}").content.decode()
    assert enter("contact").post(f"/own/items/{call}/answer", {"word": "说明", "text": "当日停机"}).status_code == 302
    page = enter("reviewer").get(f"/items/{call}").content.decode()
    assert TEXT in page and "说明：当日停机" in page and "等单位答复" not in page
    assert TEXT not in enter("clerk").get("/questions").content.decode()
    assert "信用办问：" not in enter("contact").get("/own").content.decode()


def test_a_question_is_no_ruling_and_moves_nothing(linked: Town, enter: Enter) -> None:
    call = linked.call()
    with linked.desk.session() as session:
        before = (session.rulings.all(), session.objections.all(), session.evaluations.evidence(unit=UNIT))
    enter("clerk").post(f"/items/{call}/ask", {"question": TEXT})
    with linked.desk.session() as session:
        assert before == (session.rulings.all(), session.objections.all(), session.evaluations.evidence(unit=UNIT))


def test_twice_a_day_is_one_letter(linked: Town, enter: Enter) -> None:
    call = linked.call()
    for text in (TEXT, "还请附上截图"):
        assert enter("clerk").post(f"/items/{call}/ask", {"question": text}).status_code == 302
    assert [letter for *_, letter in asked(linked)] == [f"2026-07-30-ask-{UNIT}-{call}", ""]
    assert len(letters(linked)) == 1
    again = enter("clerk").post(f"/items/{call}/ask", {"question": TEXT})
    assert again.status_code == 422 and "已经问过" in again.content.decode() and len(asked(linked)) == 2
    later = at_another_time(linked, NOW + timedelta(days=1))
    assert enter("clerk").post(f"/items/{call}/ask", {"question": "第二天再问"}).status_code == 302
    assert len(letters(later)) == 2


@pytest.mark.parametrize("text", ["", "　", "问", "长" * 501])
def test_what_cannot_be_asked_leaves_the_page_with_what_was_typed(linked: Town, enter: Enter, text: str) -> None:
    done = enter("reviewer").post(f"/items/{linked.call()}/ask", {"question": text})
    assert done.status_code == 422 and "写明要问什么" in done.content.decode()
    assert not asked(linked) and not letters(linked)


def test_peoples_numbers_are_masked(linked: Town, enter: Enter) -> None:
    call = linked.call()
    enter("clerk").post(f"/items/{call}/ask", {"question": "当事人 320102199003076712 的决定为什么没有公示"})
    assert "320102199003076712" not in asked(linked)[0][2]
    pages = [enter("contact").get("/own"), enter("head").get(f"/items/{call}"), enter("head").get("/questions")]
    assert not [page for page in pages if "320102199003076712" in page.content.decode()]
    assert "320102199003076712" not in "".join(letters(linked).values())


@pytest.mark.parametrize("who", ["leader", "contact", "link", "system", "security", "auditor"])
def test_who_may_not_ask(linked: Town, enter: Enter, who: str) -> None:
    assert enter(who).post(f"/items/{linked.call()}/ask", {"question": TEXT}).status_code == 403
    assert not asked(linked) and not letters(linked)


def test_another_units_question_is_not_there(linked: Town, enter: Enter) -> None:
    call = linked.call(OTHER)
    enter("clerk").post(f"/items/{call}/ask", {"question": TEXT})
    for who in ("contact", "link"):
        assert TEXT not in enter(who).get("/own").content.decode()
        assert enter(who).get(f"/own/items/{call}").status_code == 404
        assert enter(who).post(f"/own/items/{call}/answer", {"word": "说明", "text": "替别人答"}).status_code == 404
    assert TEXT in enter("clerk").get("/questions").content.decode()


def test_an_answer_said_before_word_for_word_answers_too(linked: Town, enter: Enter) -> None:
    call, same = linked.call(), {"word": "情况属实", "text": ""}
    enter("contact").post(f"/own/items/{call}/answer", same)
    at_another_time(linked, NOW + timedelta(hours=1))
    enter("clerk").post(f"/items/{call}/ask", {"question": TEXT})
    assert "等单位答复" in enter("clerk").get(f"/items/{call}").content.decode()
    enter("contact").post(f"/own/items/{call}/answer", same)
    assert TEXT not in enter("clerk").get("/questions").content.decode()


def test_the_hours_and_the_trial_hold_for_it(shared_root: Path, tmp_path: Path, enter: Enter) -> None:
    evening = NOW.replace(hour=21)
    town = open_town(shared_root, tmp_path, mail=WITH_LINKS, now=evening)
    call = town.call()
    enter("clerk").post(f"/items/{call}/ask", {"question": TEXT})
    with town.desk.session() as session:
        (delivery,) = session.outbox.deliveries()
    assert delivery.recipient == f"{UNIT}@example.invalid"
    assert delivery.next_at == evening.replace(day=31, hour=8, minute=30)
    file = town.desk.folder / "district.toml"
    file.write_text(file.read_text("utf-8").replace("trial = false", "trial = true"), "utf-8")
    other = town.call(OTHER)
    enter("clerk").post(f"/items/{other}/ask", {"question": TEXT})
    with town.desk.session() as session:
        (trial,) = session.outbox.deliveries_of(f"2026-07-30-ask-{OTHER}-{other}")
    assert trial.recipient == town.desk.config.district.mail.office and trial.next_at == evening
    told = letters(town)[trial.key]
    assert "试运行" in told and "/own/enter/" not in told  # who reads it must not speak for the unit


def test_a_question_is_kept_with_its_letter_or_not_at_all(
    linked: Town, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("core.storage.outbox.Outbox.commit", full)
    assert enter("clerk").post(f"/items/{linked.call()}/ask", {"question": TEXT}).status_code == 503
    assert not asked(linked) and not letters(linked)


def test_without_an_address_of_the_desk_there_is_no_link(town: Town, enter: Enter) -> None:
    enter("clerk").post(f"/items/{town.call()}/ask", {"question": TEXT})
    (told,) = letters(town).values()
    assert "/own/enter/" not in told and "回复本邮件" in told


def test_after_the_last_day_for_objections_nothing_can_be_asked(linked: Town, enter: Enter) -> None:
    call = linked.call()
    at_another_time(linked, NOW.replace(month=12))
    done = enter("clerk").post(f"/items/{call}/ask", {"question": TEXT, "period": "2026Q3"})
    assert done.status_code == 422 and "已于" in done.content.decode() and not asked(linked)


def test_a_question_about_what_is_gone_waits_for_nobody(linked: Town, enter: Enter) -> None:
    from desk.models import Account, Question

    Question.objects.create(
        evidence="gone", call="0123456789", unit=UNIT, about="从前的事项", text=TEXT, at=NOW,
        author=Account.objects.get(username="clerk"),
    )  # fmt: skip
    assert TEXT not in enter("clerk").get("/questions").content.decode()
    assert "信用办问：" not in enter("contact").get("/own").content.decode()
    assert "不用再答" in enter("clerk").get(f"/units/{UNIT}").content.decode()


def test_a_list_of_replies_answers_too(linked: Town, enter: Enter) -> None:
    call = linked.call()
    enter("clerk").post(f"/items/{call}/ask", {"question": TEXT})
    later = at_another_time(linked, NOW + timedelta(hours=1))
    with later.desk.session() as session:
        evidence = later.breaches()[0]
        said = objection_to(session.config, evidence, UNIT, "表上答的", (), session.now(), "note")
        add_objections(session, [said], None)
    page = enter("clerk").get(f"/items/{call}").content.decode()
    assert "说明：表上答的" in page and "等单位答复" not in page
    assert TEXT not in enter("clerk").get("/questions").content.decode()

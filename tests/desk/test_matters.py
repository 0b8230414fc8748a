"""A word at the desk: recorded like any other, never over another's unseen, never by who may not speak."""

from datetime import timedelta
from pathlib import Path

import pytest

from core.domain.models import Evidence, Outcome, RulingKind
from core.domain.ruling_validity import call_number, fingerprint, newest_words
from desk.as_it_stands import reckoned
from pipeline.evaluate import evaluate
from reporting.open_matters import MatterKind
from review.reviewers import Person
from review.rulings import on_evidence, record_rulings
from simulation.world import night_moment
from tests.desk.conftest import Enter
from tests.support.desk_town import LAST, Town, open_town

WHY = "核对存证和报送材料，情况属实"


def form(evidence: Evidence, word: str, why: str = WHY, newest: str = "", **more: str) -> dict[str, str]:
    return {"word": word, "why": why, "seen": fingerprint(evidence), "newest": newest, "period": "", **more}


def words(town: Town) -> list[tuple[str, str, str, str]]:
    with town.desk.session() as session:
        return [(r.word, r.by, r.via, r.why) for r in session.rulings.all()]


def test_a_breach_is_confirmed_and_leaves_the_queue(town: Town, enter: Enter) -> None:
    client, (item, *_) = enter("head"), town.breaches()
    call = call_number(item.key)
    assert f"/items/{call}" in client.get("/matters?kind=BREACH").content.decode()
    done = client.post(f"/items/{call}/rule", form(item, "成立"))
    assert done.status_code == 302, done.content.decode()
    assert words(town) == [(RulingKind.CONFIRM, "王主任", "desk:head", WHY)]
    assert f"/items/{call}" not in client.get("/matters?kind=BREACH").content.decode()
    page = client.get(f"/items/{call}").content.decode()
    assert "已核实" in page and WHY in page


def test_what_it_would_change_stands_beside_it(town: Town, enter: Enter) -> None:
    """Of a breach that points hang on, in points; of one that none hang on, that nothing changes."""
    with town.desk.session() as session:
        matters = reckoned(town.desk).district(session).matters
    breaches = [m for m in matters if m.kind is MatterKind.BREACH]
    weighed, idle = next(m for m in breaches if m.changes), next(m for m in breaches if not m.changes)
    client = enter("head")
    assert "→" in client.get(f"/items/{weighed.call}").content.decode().split("变在哪里", 1)[1]
    page = client.get(f"/items/{idle.call}").content.decode().split("变在哪里", 1)[1]
    assert "→" not in page and page.count("不变") >= 2


@pytest.mark.parametrize(
    ("who", "says"), [("signer", "登记了签名公钥"), ("stranger", "还不是登记的复核人"), ("clerk", "不能打开这一页")]
)
def test_who_is_no_reviewer_of_the_district_says_no_word(town: Town, enter: Enter, who: str, says: str) -> None:
    (item, *_) = town.breaches()
    done = enter(who).post(f"/items/{call_number(item.key)}/rule", form(item, "成立"))
    assert done.status_code in (403, 422) and says in done.content.decode()
    assert not words(town)


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"word": "成立", "why": "是"}, "裁定要写理由"),
        ({"word": "", "why": WHY}, "先选"),
        ({"word": "删除", "why": WHY}, "先选"),
        ({"word": "更正", "why": WHY, "value": "随便"}, "更正为什么"),
        ({"word": "成立", "why": WHY, "until": "明天"}, "有效至要写成"),
    ],
)
def test_a_word_that_cannot_be_had_keeps_what_was_typed(
    town: Town, enter: Enter, sent: dict[str, str], says: str
) -> None:
    (item, *_) = town.breaches()
    done = enter("head").post(f"/items/{call_number(item.key)}/rule", form(item, "", "") | sent)
    page = done.content.decode()
    assert done.status_code == 422 and says in page and sent["why"] in page
    assert not words(town)


def test_two_people_rule_on_the_same_item(town: Town, enter: Enter) -> None:
    (item, *_), call = town.breaches(), town.call()
    first, second = enter("head"), enter("reviewer")
    first.get(f"/items/{call}"), second.get(f"/items/{call}")
    assert first.post(f"/items/{call}/rule", form(item, "成立")).status_code == 302
    done = second.post(f"/items/{call}/rule", form(item, "不成立", "网站停机，有公告为证"))
    page = done.content.decode()
    assert done.status_code == 409 and "王主任" in page and "没有记下" in page and "网站停机，有公告为证" in page
    assert [word for word, *_ in words(town)] == [RulingKind.CONFIRM]
    with town.desk.session() as session:  # the page carries the newest word: said again, it counts
        newest = newest_words(session.rulings.all())[item.key].id
    assert f'name="newest" value="{newest}"' in page
    assert second.post(f"/items/{call}/rule", form(item, "不成立", "网站停机，有公告为证", newest)).status_code == 302
    assert [word for word, *_ in words(town)] == [RulingKind.CONFIRM, RulingKind.DISMISS]


def test_a_word_at_the_command_line_is_seen_at_once(town: Town, enter: Enter) -> None:
    """Another program's writing is taken up some seconds later by pages; by a word at once."""
    (item, *_), call, client = town.breaches(), town.call(), enter("head")
    client.get(f"/items/{call}")
    with town.desk.session() as session:
        record_rulings(session, [on_evidence(item, "dismiss", "命令行先裁定了")], Person("李复核", "account:li"))
    done = client.post(f"/items/{call}/rule", form(item, "成立"))
    assert done.status_code == 409 and "命令行先裁定了" in done.content.decode()
    assert [by for _, by, *_ in words(town)] == ["李复核"]


def test_a_tab_is_a_day_old_and_the_facts_have_changed(town: Town, enter: Enter) -> None:
    (item, *_), call = town.breaches(), town.call()
    done = enter("head").post(f"/items/{call}/rule", form(item, "成立") | {"seen": "0123456789abcdef"})
    assert done.status_code == 409 and "事实有变化" in done.content.decode()
    assert not words(town)


def test_a_night_runs_in_between(town: Town, enter: Enter) -> None:
    """What it did not change can still be ruled on; what is gone says so."""
    (item, *_), call, client = town.breaches(), town.call(), enter("head")
    client.get(f"/items/{call}")
    with town.desk.session() as session:
        evaluate(session.at(night_moment(LAST) + timedelta(days=1)), full=True)
    assert client.post(f"/items/{call}/rule", form(item, "成立")).status_code == 302
    assert client.post("/items/0123456789/rule", form(item, "成立")).status_code == 404


def test_a_word_is_taken_back(town: Town, enter: Enter) -> None:
    (item, *_), call, client = town.breaches(), town.call(), enter("head")
    client.post(f"/items/{call}/rule", form(item, "成立"))
    with town.desk.session() as session:
        (ruling,) = session.rulings.all()
    sent = {"ruling": ruling.id, "why": "看错了单位", "back": f"/items/{call}"}
    assert client.post("/rulings/lift", {**sent, "why": ""}).status_code == 422
    assert client.post("/rulings/lift", {**sent, "ruling": "0" * 32}).status_code == 422
    assert client.post("/rulings/lift", sent).status_code == 302
    assert client.post("/rulings/lift", sent).status_code == 422  # taken back already
    assert f"/items/{call}" in client.get("/matters?kind=BREACH").content.decode()
    assert [word for word, *_ in words(town)] == [RulingKind.CONFIRM, RulingKind.LIFT]


def test_the_like_ones_together_all_or_none(town: Town, enter: Enter) -> None:
    items, client = town.breaches()[:3], enter("reviewer")
    calls = [call_number(item.key) for item in items]
    sent = {f"seen-{call_number(i.key)}": f"{fingerprint(i)}|" for i in items} | {"word": "成立", "why": WHY}
    spoilt = client.post("/matters/together", {**sent, f"seen-{calls[2]}": "0|", "call": calls})
    assert spoilt.status_code == 422 and not words(town)
    assert client.post("/matters/together", {**sent, "word": "更正", "call": calls}).status_code == 422
    assert (
        client.post("/matters/together", {**sent, "call": calls, "back": "//evil.example"}).headers["Location"]
        == "/matters"
    )
    assert len(words(town)) == 3


def test_every_call_of_a_list_can_be_opened(town: Town, enter: Enter) -> None:
    client = enter("head")
    page = client.get("/matters").content.decode()
    for part in page.split('href="/items/')[1:]:
        assert client.get(f"/items/{part[:10]}").status_code == 200


# ---------------------------------------------------------------- two persons


@pytest.fixture
def two(shared_root: Path, tmp_path: Path) -> Town:
    return open_town(shared_root, tmp_path / "two", two_persons=True)


def test_one_proposes_another_agrees(two: Town, enter: Enter) -> None:
    (item, *_), call = two.breaches(), two.call()
    head, reviewer = enter("head"), enter("reviewer")
    assert head.post(f"/items/{call}/rule", form(item, "成立")).status_code == 302
    assert not words(two)
    again = reviewer.post(f"/items/{call}/rule", form(item, "不成立"))
    assert again.status_code == 409 and "正等第二人" in again.content.decode()
    from desk.models import Draft

    (draft,) = Draft.objects.all()
    alone = head.post(f"/drafts/{draft.pk}", {"word": "同意"})
    assert alone.status_code == 422 and not words(two)
    assert reviewer.post(f"/drafts/{draft.pk}", {"word": "同意"}).status_code == 302
    assert words(two) == [(RulingKind.CONFIRM, "王主任", "desk:head+desk:reviewer", WHY)]
    assert reviewer.post(f"/drafts/{draft.pk}", {"word": "同意"}).status_code == 422  # settled already
    assert len(words(two)) == 1


def test_a_draft_is_sent_back(two: Town, enter: Enter) -> None:
    (item, *_), call = two.breaches(), two.call()
    enter("head").post(f"/items/{call}/rule", form(item, "成立"))
    from desk.models import Draft

    (draft,) = Draft.objects.all()
    assert enter("reviewer").post(f"/drafts/{draft.pk}", {"word": "退回", "remark": "证据不够"}).status_code == 302
    assert not words(two) and "证据不够" in enter("head").get("/drafts").content.decode()


def test_a_draft_whose_facts_change_is_never_recorded(two: Town, enter: Enter) -> None:
    (item, *_), call = two.breaches(), two.call()
    enter("head").post(f"/items/{call}/rule", form(item, "成立"))
    from desk.models import Draft

    (draft,) = Draft.objects.all()
    Draft.objects.update(seen="0123456789abcdef")
    done = enter("reviewer").post(f"/drafts/{draft.pk}", {"word": "同意"})
    assert done.status_code == 422 and "事实有变化" in done.content.decode()
    assert not words(two) and Draft.objects.get().settled_as == "stale"


def test_a_word_from_elsewhere_outdates_a_draft(two: Town, enter: Enter) -> None:
    (item, *_), call = two.breaches(), two.call()
    enter("head").post(f"/items/{call}/rule", form(item, "成立"))
    with two.desk.session() as session:
        record_rulings(session, [on_evidence(item, "dismiss", "命令行先裁定了")], Person("赵某", "account:z"))
    from desk.models import Draft

    (draft,) = Draft.objects.all()
    done = enter("reviewer").post(f"/drafts/{draft.pk}", {"word": "同意"})
    assert done.status_code == 422 and "命令行先裁定了" in done.content.decode()
    assert [word for word, *_ in words(two)] == [RulingKind.DISMISS]


def test_evidence_that_is_no_breach_is_amended_alone(town: Town, enter: Enter) -> None:
    with town.desk.session() as session:
        open_one = next(e for e in session.evaluations.evidence(unit="scjgj") if e.outcome is Outcome.INCONCLUSIVE)
    call, client = call_number(open_one.key), enter("head")
    assert client.post(f"/items/{call}/rule", form(open_one, "成立")).status_code == 422
    assert client.post(f"/items/{call}/rule", form(open_one, "更正", value="不适用")).status_code == 302
    assert [word for word, *_ in words(town)] == [RulingKind.AMEND]

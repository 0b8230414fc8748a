"""Cards of a letter: one a decision; one for many of which the very same is said."""

from dataclasses import replace

import pytest
from bs4 import BeautifulSoup

from reporting.letters.digest import ALIKE, OVERDUE, Group, Notice
from reporting.letters.messages import Letter, LetterContext, compose_digest, compose_notice, letter_to
from reporting.view_models import ItemView
from tests.reporting.letters.test_morning import UNIT, Told, told  # noqa: F401
from tests.reporting.letters.test_morning import _context as context_of
from tests.support.filed_district import Office

LACKING = "缺国家标准的必填项：数据来源单位"


@pytest.fixture(scope="module")
def one(office: Office, told: Told) -> tuple[LetterContext, Notice, ItemView]:  # noqa: F811
    context = context_of(office.config, told)
    letter = letter_to(context, UNIT, [alert for alert in told[2] if alert.to == UNIT])
    notice = next(n for group in letter.groups for n in group.notices if n.item)
    assert notice.item is not None
    return context, notice, notice.item


def row(notice: Notice, item: ItemView, number: int, **changes: str | None) -> Notice:
    """The workbook's row `number` lacks what its column would say."""
    mine = replace(item, decision=f"d{number}", call=f"{number:010x}", number=f"楚罚〔2026〕{number}号", deadline="")
    sentence = str(changes.pop("sentence", LACKING))
    return replace(notice, sentence=sentence, item=replace(mine, **changes))  # type: ignore[arg-type]


def group_of(*notices: Notice) -> Group:
    return Group(name=OVERDUE, title="逾期（待核实）", word="待核实", notices=notices)


@pytest.mark.parametrize(
    ("rows", "cards"), [(1, 1), (ALIKE - 1, ALIKE - 1), (ALIKE, 1), (603, 1)]
)  # fmt: skip
def test_a_column_that_a_workbook_lacks_is_told_once(
    one: tuple[LetterContext, Notice, ItemView], rows: int, cards: int
) -> None:
    _, notice, item = one
    group = group_of(*(row(notice, item, n) for n in range(rows)))
    assert len(group.cards) == cards and group.counted == f"待核实 {cards} 项"
    assert sum(len(card.notices) for card in group.cards) == rows


@pytest.mark.parametrize(
    "changes",
    [
        {"deadline": "2026-10-20"},  # each has its own last day
        {"unit": "another"},
        {"check": "another"},
        {"sentence": "缺国家标准的必填项：行政相对人名称"},
        {"decision": ""},
    ],
)
def test_what_differs_stands_by_itself(one: tuple[LetterContext, Notice, ItemView], changes: dict[str, str]) -> None:
    _, notice, item = one
    alike = [row(notice, item, n) for n in range(ALIKE)]
    other = row(notice, item, 99, **changes)
    cards = group_of(*alike, other).cards
    assert [len(card.notices) for card in cards] == [ALIKE, 1] and not cards[1].alike


def test_a_decisions_other_matter_keeps_its_card(one: tuple[LetterContext, Notice, ItemView]) -> None:
    _, notice, item = one
    late = row(notice, item, 2, sentence="公示晚了", deadline="2026-10-01")
    cards = group_of(*(row(notice, item, n) for n in range(ALIKE)), late).cards
    assert [(len(card.notices), card.alike) for card in cards] == [(ALIKE, True), (1, False)]


def test_such_a_card_names_the_first_and_counts_the_rest_in_every_form(
    one: tuple[LetterContext, Notice, ItemView],
) -> None:
    context, notice, item = one
    group = group_of(*(row(notice, item, n) for n in range(13)))
    letter = Letter(context=context, recipient=UNIT, groups=(group,), escalated=False)
    digest = compose_digest(letter)
    plain, page = (digest.get_body((form,)).get_content() for form in ("plain", "html"))  # type: ignore[union-attr]
    texts = (plain, BeautifulSoup(page, "lxml").get_text(), BeautifulSoup(compose_notice(letter), "lxml").get_text())
    for text in texts:
        assert "13 件同样" in text and text.count(LACKING) == 1
        assert "楚罚〔2026〕9号（事项号 0000000009）" in text and "楚罚〔2026〕10号" not in text and "另有 3 件" in text
    assert str(digest["Subject"]).count("待核实 1 项") == 1

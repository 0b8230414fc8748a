"""A mistyped number: linked with its reason where nothing else may be meant, asked about where anything may."""

from itertools import permutations
from typing import Any

import pytest

from core.domain.models import Kind
from linking import Mention, link
from tests.support.mentions import CODE_A, CODE_B, meet, mention

N = "淮市监罚〔2026〕{}号"
LONG = "淮安宏达商贸有限公司"


def decided(*mentions: Mention) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {(d.submissions, d.findings) for d in link(mentions)}


def asked(*mentions: Mention) -> set[tuple[str, str, str]]:
    return {(r.left, r.right, r.level) for d in link(mentions) for r in d.reviews}


def row(number: str = N.format(13), **more: Any) -> Mention:
    return mention("s", number, submitted=True, **more)


def page(number: str = N.format(31), record: str = "p", **more: Any) -> Mention:
    return mention(record, number, **{"portal": "p", **more})


SLIPS = [
    ("two digits exchanged", {}, True),
    ("a digit left out", {"number": N.format(1)}, True),
    ("a digit too many", {"number": N.format(133)}, True),
    ("a wrong digit", {"number": N.format(83)}, True),
    ("a wrong digit that gives a neighbour's number, one sum", {"number": N.format(18)}, False),
    ("last year's number", {"number": "淮市监罚〔2025〕13号"}, True),
    ("字 left out", {"number": "淮市监罚字〔2026〕13号"}, True),
    ("字 left out, a content of nobody's own", {"number": "淮市监罚字〔2026〕13号", "content": ""}, True),
    ("two digits wrong", {"number": N.format(28)}, False),
    ("another content", {"content": "罚款9000元"}, False),
    ("no content on one side", {"content": ""}, False),
    ("a content of nobody's own", {"content": "责令改正"}, False),
    ("the day after", {"day": 2}, False),
    ("no day", {"day": None}, False),
    ("no code on one side, a person's name", {"code": ""}, False),
    ("another code", {"code": CODE_B}, False),
    ("no unit on one side", {"unit": ""}, False),
    ("no kind on one side", {"kind": None}, False),
    ("another kind", {"kind": Kind.LICENCE}, False),
]


@pytest.mark.parametrize(("other", "linked"), [s[1:] for s in SLIPS], ids=[s[0] for s in SLIPS])
def test_a_mistyped_number_links_where_all_else_agrees(other: dict[str, Any], linked: bool) -> None:
    pair = row(), page(**other)
    assert ((("s",), ("p",)) in decided(*pair)) is linked
    (first, *_) = link(pair)
    assert any(why.startswith("number-slip：") for why in first.links) is linked
    assert not linked or (meet(*pair) and not asked(*pair))


def test_without_codes_a_firm_is_known_by_its_whole_name_and_a_person_is_not() -> None:
    firm, person = {"name": LONG, "code": ""}, {"name": "张三丰", "code": ""}
    assert decided(row(**firm), page(**firm)) == {(("s",), ("p",))}
    assert len(decided(row(**person), page(**person))) == 2
    assert ("p", "s", "number-near") in asked(row(**person), page(**person))


def test_over_a_neighbours_number_only_a_licences_number_links() -> None:
    licence = {"content": "准予核发许可证，编号JY7718863627179"}
    assert decided(row(**licence), page(N.format(14), **licence)) == {(("s",), ("p",))}
    assert len(decided(row(), page(N.format(14)))) == 2  # two fines of one sum, each missing on another side
    assert ("p", "s", "number-near") in asked(row(), page(N.format(14)))


RIVALS = [
    ("another row that may be the page's", mention("t", N.format(11), submitted=True)),
    ("another page that may be the row's", page(N.format(33), "q")),
    ("a row without a number", mention("t", "", submitted=True, content="警告")),
    ("another act of the day that says the same, far away and whole", None),
]


@pytest.mark.parametrize("rival", [r[1] for r in RIVALS], ids=[r[0] for r in RIVALS])
def test_two_acts_of_one_party_and_day_are_never_taken_for_one_mistyped(rival: Mention | None) -> None:
    whole = [mention("t", N.format(977), submitted=True), page(N.format(977), "q")]
    records = [row(), page(), *([rival] if rival else whole)]
    found = decided(*records)
    assert not any("s" in submissions and "p" in findings for submissions, findings in found)
    assert any({left, right} == {"s", "p"} for left, right, _ in asked(*records))  # inconclusive, not silent
    for order in permutations(records):
        assert link(order) == link(records)


def test_a_neighbour_of_the_day_that_has_its_partner_and_says_something_else_is_no_rival() -> None:
    near = [mention("t", N.format(12), submitted=True, content="警告"), page(N.format(12), "q", content="警告")]
    assert (("s",), ("p",)) in decided(row(), page(), *near)


def test_a_partner_that_comes_later_takes_the_place_of_a_slip() -> None:
    right = page(N.format(13), "right", known=9)
    assert decided(row(), page()) == {(("s",), ("p",))}
    assert decided(row(), page(), right) == {(("s",), ("right",)), ((), ("p",))}


def test_a_slip_on_a_second_portal_joins_the_pair_of_the_first() -> None:
    assert decided(row(), page(N.format(13), "q", portal="q"), page()) == {(("s",), ("p", "q"))}


# ---------------------------------------------------------------- what is asked


def test_parties_of_one_document_that_have_all_found_their_own_are_not_asked_about() -> None:
    other: dict[str, Any] = {"name": "乙公司", "code": CODE_B}
    own = [row(), page(N.format(13)), mention("t", N.format(13), submitted=True, **other)]
    theirs = page(N.format(13), "q", **other)
    assert len(decided(*own, theirs)) == 2 and asked(*own, theirs) == set()
    unpublished = asked(*own)  # its own page is missing, and another party's is that one's
    assert unpublished == set()


def test_a_page_that_nobody_handed_in_is_asked_about_once_a_portal() -> None:
    other: dict[str, Any] = {"name": "乙公司", "code": CODE_B}
    lone = page(N.format(13), "q", **other)
    assert len(asked(row(), page(N.format(13)), lone)) == 1  # nobody is accused of it before a person has looked


def test_a_lone_page_is_asked_about_with_every_act_whose_earlier_page_it_may_be() -> None:
    """Else the second act, seen late on its own page, would be late though it may have stood there before."""
    lone = page(N.format(13), "q", name="丙公司", code="")
    acts = [
        mention(side + n, N.format(13), submitted=side == "s", name=name, code=code)
        for n, name, code in (("1", "甲公司", CODE_A), ("2", "乙公司", CODE_B))
        for side in "sp"
    ]
    held = {record for pair in asked(*acts, lone) for record in pair[:2]} - {"q"}
    assert {record[1] for record in held} == {"1", "2"}


def test_one_question_unites_two_acts_however_many_records_they_have() -> None:
    pages = [page(N.format(13), f"p{n}", portal=f"p{n}", name="乙公司", code="") for n in range(2)]
    assert len(asked(row(name="甲公司", code=""), *pages)) == 1

"""What other records say of a pair: disputes, batches, parties and units that never unite."""

from dataclasses import replace

import pytest

from linking import Mention, link
from tests.support.mentions import CODE_B, meet, mention


def decided(
    *mentions: Mention, settled: dict[frozenset[str], bool] | None = None
) -> set[tuple[tuple[str, ...], tuple[str, ...]]]:
    return {(d.submissions, d.findings) for d in link(mentions, settled)}


def asked(*mentions: Mention) -> set[tuple[str, str, str]]:
    return {(min(r.left, r.right), max(r.left, r.right), r.level) for d in link(mentions) for r in d.reviews}


N = "淮市监罚〔2026〕{}号"


def test_a_wrong_digit_that_landed_on_another_act_of_the_party_is_disputed_by_its_own() -> None:
    wrong = mention("s14", N.format(18), submitted=True, day=1, content="罚款100元")
    there = mention("p18", N.format(18), day=2, content="罚款900元", portal="p")
    own = mention("p14", N.format(14), day=1, content="罚款100元", portal="p")
    assert (("s14",), ("p18",)) in decided(wrong, there)  # nothing else to go by
    assert (("s14",), ()) in decided(wrong, there, own)
    assert {("p18", "s14", "number-contested"), ("p14", "s14", "number-near")} <= asked(wrong, there, own)
    taken = mention("t14", N.format(14), submitted=True, day=1, content="罚款100元")
    assert (("s14",), ("p18",)) in decided(wrong, there, own, taken)  # what is taken by its own number disputes nothing


def test_two_submissions_of_one_number_are_disputed_by_a_free_record_that_fits_as_well() -> None:
    twins = [mention(name, N.format(18), submitted=True, content="准予许可") for name in ("a", "b")]
    there, free = (mention(f"p{n}", N.format(n), content="准予许可", portal="p") for n in (18, 14))
    assert (("a", "b"), ("p18",)) in decided(*twins, there)
    assert {s for s, _ in decided(*twins, there, free)} == {("a",), ("b",), ()}


@pytest.mark.parametrize(
    ("content", "linked"),
    [("罚款5000元", True), ("罚款50000元", True), ("罚款", True), ("", True), ("罚款88元", False), ("责令改正", False)],
)
def test_in_a_batch_a_number_links_unless_the_contents_are_of_two_acts(content: str, linked: bool) -> None:
    neighbour = mention("s19", N.format(19), submitted=True, content="警告")
    there = mention("p18", N.format(18), content=content, portal="p")
    pair = (mention("s18", N.format(18), submitted=True), there)
    assert ((("s18",), ("p18",)) in decided(*pair, neighbour)) is linked
    assert (("s18",), ("p18",)) in decided(*pair)  # outside a batch another content is the checks' affair


def test_links_by_date_alone_never_unite_two_parties() -> None:
    bare = mention("p", name="", code="", portal="p")
    one, two = mention("a", submitted=True), mention("b", submitted=True, name="乙公司", code=CODE_B)
    assert (("a",), ("p",)) in decided(one, bare)
    assert decided(one, two, bare) == {(("a",), ()), (("b",), ()), ((), ("p",))}
    assert {("a", "p", "several"), ("b", "p", "several")} <= asked(one, two, bare)


def test_a_record_without_a_number_links_with_one_act_only() -> None:
    bare = mention("s", "", submitted=True)
    one, two = (mention(f"p{n}", N.format(n), portal="p") for n in (1, 20))
    assert decided(bare, one) == {(("s",), ("p1",))}
    assert decided(bare, one, two) == {(("s",), ()), ((), ("p1",)), ((), ("p20",))}
    taken = mention("t", N.format(1), submitted=True)
    assert decided(bare, one, taken) == {(("s",), ()), (("t",), ("p1",))}


def test_a_record_of_no_known_unit_never_unites_two_units() -> None:
    stray = mention("p", unit="", portal="p")
    one, two = mention("a", submitted=True), mention("b", submitted=True, unit="zjj")
    assert decided(one, stray) == {(("a",), ("p",))}
    assert decided(one, two, stray) == {(("a",), ()), (("b",), ()), ((), ("p",))}
    assert {("a", "p", "several"), ("b", "p", "several")} <= asked(one, two, stray)


def test_a_pair_ruled_apart_is_not_united_through_a_third() -> None:
    three = [mention("a", submitted=True), mention("b", portal="p"), mention("c", portal="q")]
    assert decided(*three) == {(("a",), ("b", "c"))}
    apart = decided(*three, settled={frozenset({"b", "c"}): False})
    assert apart == {(("a",), ()), ((), ("b",)), ((), ("c",))}
    told = decided(*three, settled={frozenset({"b", "c"}): False, frozenset({"a", "b"}): True})
    assert told == {(("a",), ("b",)), ((), ("c",))}


def test_a_day_of_near_numbers_of_one_party_asks_nothing_where_each_has_its_own() -> None:
    batch = [
        m
        for n in range(1, 8)
        for m in (
            mention(f"s{n}", N.format(n), submitted=True, content="准予许可"),
            mention(f"p{n}", N.format(n), content="准予许可", portal="p"),
        )
    ]
    assert asked(*batch) == set()
    lone = mention("p8", N.format(8), content="准予许可", portal="p")
    assert len(asked(*batch, lone)) == 1  # a wrong digit may have taken its submission: nobody is accused over it
    assert asked(*batch, replace(lone, content="罚款300元")) == set()


def test_a_party_alone_chains_nothing() -> None:
    acts = [mention(f"p{n}", N.format(10_000 + n * 1357), day=n, portal="p") for n in range(1, 20)]
    assert not any(meet(a, b) for a in acts for b in acts if a is not b)
    people = [mention(f"m{n}", N.format(10_000 + n * 1357), name="张**", code="", day=n) for n in range(1, 20)]
    assert not any(meet(a, b) for a in people for b in people if a is not b)

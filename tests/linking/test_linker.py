"""Record linkage: exact levels link, contradicted ones go to review, order never matters."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest

from core.domain.clock import ZONE
from core.domain.models import Finding, Kind, Submission
from linking import Mention, block_keys, link, meeting, mentions_of_finding, mentions_of_submission
from linking.comparison import compare

T0 = datetime(2026, 7, 1, tzinfo=ZONE)
CODE_A, CODE_B = "91320803MA1XXXXX0A", "91320803MA1YYYYY0B"


def mention(
    record: str,
    number: str = "淮市监罚〔2026〕1号",
    *,
    submitted: bool = False,
    unit: str = "scjgj",
    name: str = "甲公司",
    code: str = CODE_A,
    day: int | None = 1,
    content: str = "罚款5000元",
    kind: Kind | None = Kind.PENALTY,
    known: int = 0,
    portal: str = "",
    cut: bool = False,
    damaged: str = "",
) -> Mention:
    return Mention(
        record=record,
        submitted=submitted,
        unit=unit,
        kind=kind,
        number=number,
        name=name,
        code=code,
        decided_on=date(2026, 7, day) if day else None,
        content=content,
        known_at=T0 + timedelta(days=known),
        portal=portal,
        cut=cut,
        damaged=damaged,
        row=f"{portal}|{record}|0" if portal else "",
    )


def meet(a: Mention, b: Mention) -> bool:
    return not {other for key in block_keys(a) for other in meeting(key)}.isdisjoint(block_keys(b))


PAIRS: list[tuple[str, dict[str, Any], tuple[bool, bool]]] = [
    ("number, all agree", {}, (True, False)),
    ("number, only date agrees, another name", {"name": "乙公司", "code": ""}, (False, True)),
    ("number and date agree, no party on one side", {"name": "", "code": ""}, (True, False)),
    ("number agrees, no party, another date", {"name": "", "code": "", "day": 9}, (False, True)),
    ("number and code agree, date and content differ", {"day": 20, "content": "罚款70元"}, (False, True)),
    ("number and code agree, date differs", {"day": 20}, (True, False)),
    ("number, name and date agree, codes differ", {"code": CODE_B}, (True, False)),
    ("number and name agree, codes and dates differ", {"code": CODE_B, "day": 9}, (False, True)),
    ("number, name agrees, date differs", {"day": 3, "code": ""}, (True, False)),
    ("number, everything contradicts", {"name": "乙公司", "code": "", "day": 9}, (False, True)),
    ("number, nothing to agree", {"name": "", "code": "", "day": None}, (False, True)),
    ("number, another party of the same document", {"name": "乙公司", "code": CODE_B}, (False, True)),
    ("another unit", {"unit": "zjj"}, (False, False)),
    ("unit unknown on the credit site", {"unit": ""}, (True, False)),
    ("another kind", {"kind": Kind.LICENCE}, (False, False)),
    ("kind unknown", {"kind": None}, (True, False)),
    ("no number, code, date and content agree", {"number": ""}, (True, False)),
    ("no number, no code, name, date, content agree", {"number": "", "code": ""}, (True, False)),
    ("no number, content differs", {"number": "", "content": "警告并没收"}, (False, True)),
    ("no number, content of nobody's own", {"number": "", "content": "准予许可"}, (False, True)),
    ("no number, date two days off", {"number": "", "day": 3}, (False, True)),
    ("no number, date far off", {"number": "", "day": 9}, (False, False)),
    ("neither number nor date", {"number": "", "day": None, "content": "警告"}, (False, True)),
    ("brackets lost", {"number": "淮市监罚20261号"}, (False, True)),
    ("brackets lost, no unit, no date", {"number": "淮市监罚20261号", "unit": "", "day": None}, (False, True)),
    ("number off by one digit, the day after", {"number": "淮市监罚〔2026〕7号", "day": 2}, (False, True)),
    ("number with a digit too many, the day after", {"number": "淮市监罚〔2026〕31号", "day": 2}, (False, True)),
    ("number off by one digit, a week after", {"number": "淮市监罚〔2026〕7号", "day": 8}, (False, False)),
    (
        "number off by one digit, the day after, another party",
        {"number": "淮市监罚〔2026〕7号", "day": 2, "name": "乙公司", "code": CODE_B},
        (False, False),
    ),
    (
        "number off by one digit, no date, another party",
        {"number": "淮市监罚〔2026〕7号", "day": None, "name": "乙公司", "code": CODE_B},
        (False, False),
    ),
    ("no number, another party", {"number": "", "code": CODE_B, "name": "完全不同的另一家"}, (False, False)),
    ("number off by one digit, party and date agree", {"number": "淮市监罚〔2026〕7号"}, (False, True)),
    ("number off by one digit, party agrees, no date", {"number": "淮市监罚〔2026〕7号", "day": None}, (False, True)),
    ("prefix written otherwise, party and date agree", {"number": "淮市监罚字〔2026〕1号"}, (False, True)),
    (
        "prefix written otherwise, nothing to compare",
        {"number": "淮市监处罚字〔2026〕1号", "name": "", "code": "", "day": None},
        (False, True),
    ),
    (
        "prefix written otherwise, another party and day",
        {"number": "淮市监罚字〔2026〕1号", "name": "乙公司", "code": CODE_B, "day": 9},
        (False, False),
    ),
    ("number with words behind it", {"number": "淮市监罚〔2026〕1号（已撤销）"}, (False, True)),
    ("number with words behind it, another day", {"number": "淮市监罚〔2026〕1号（已撤销）", "day": 9}, (False, True)),
    ("number off by one digit, date differs", {"number": "淮市监罚〔2026〕7号", "day": 9}, (False, False)),
    ("another number", {"number": "淮市监罚〔2026〕345号"}, (False, False)),
]


@pytest.mark.parametrize(("other", "wanted"), [p[1:] for p in PAIRS], ids=[p[0] for p in PAIRS])
def test_pairs(other: dict[str, Any], wanted: tuple[bool, bool]) -> None:
    a, b = mention("a", submitted=True), mention("b", **other)
    for verdict in (compare(a, b), compare(b, a)):
        assert (verdict.linked, verdict.review) == wanted
        assert verdict.why or wanted == (False, False)


def test_whatever_links_or_is_suspected_shares_a_block() -> None:
    for _, other, wanted in PAIRS:
        a, b = mention("a"), mention("b", **other)
        if True in wanted:
            assert meet(a, b), other


def test_a_record_of_several_numbers_belongs_to_several_decisions() -> None:
    found = link(
        [
            mention("page", "甲〔2026〕10号"),
            mention("page", "甲〔2026〕11号"),
            mention("s10", "甲〔2026〕10号", submitted=True),
            mention("s11", "甲〔2026〕11号", submitted=True),
        ]
    )
    assert [(d.submissions, d.findings) for d in found] == [(("s10",), ("page",)), (("s11",), ("page",))]


def test_two_parties_of_one_number_stay_two_decisions() -> None:
    other: dict[str, Any] = {"name": "乙公司", "code": CODE_B}
    found = link([mention("a", submitted=True), mention("b", submitted=True, known=1, **other), mention("p", known=2)])
    assert [(d.submissions, d.findings) for d in found] == [(("a",), ("p",)), (("b",), ())]
    assert found[0].id == "scjgj|penalty|淮市监罚〔2026〕1号"
    assert found[1].id.startswith(found[0].id + "|")


def test_a_notice_kept_by_its_text_mentions_no_decision() -> None:
    notice = Finding(
        id="n",
        portal="p",
        row_key="r",
        content_hash="h",
        kind=None,
        unit="scjgj",
        fields=(("text", "放假通知"),),
        observed_at=T0,
    )
    assert mentions_of_finding(notice) == ()
    assert len(mentions_of_finding(replace(notice, name="甲公司"))) == 1


def test_a_ruling_settles_a_pair_for_good() -> None:
    pair = [mention("a", submitted=True), mention("b", name="乙公司", code="", day=9)]
    assert len(link(pair)) == 2
    assert len(link(pair, {frozenset({"a", "b"}): True})) == 1
    rejected = link(pair, {frozenset({"a", "b"}): False})
    assert len(rejected) == 2
    assert not any(d.reviews for d in rejected)


def test_order_of_input_never_matters_and_closed_blocks_link_alone() -> None:
    random = Random(7)
    pool = [
        mention(
            f"r{i}",
            f"淮市监罚〔2026〕{random.randint(1, 9)}号" if random.random() < 0.8 else "",
            submitted=random.random() < 0.5,
            name=random.choice(["甲公司", "乙公司", "丙公司"]),
            code=random.choice([CODE_A, CODE_B, ""]),
            day=random.randint(1, 4),
            known=random.randint(0, 5),
        )
        for i in range(60)
    ]
    whole = link(pool)
    shuffled = pool[:]
    random.shuffle(shuffled)
    assert link(shuffled) == whole
    some, keys = {"r0"}, {k for key in block_keys(pool[0]) for k in meeting(key)}
    while grown := [m for m in pool if m.record not in some and block_keys(m) & keys]:
        some |= {m.record for m in grown}
        keys |= {k for m in grown for key in block_keys(m) for k in meeting(key)}
    part = link([m for m in pool if m.record in some])
    assert set(part) <= set(whole) or {d.id for d in part} <= {d.id for d in whole}


# ---------------------------------------------------------------- one row read twice

CORRECTED = [
    ("the number alone was corrected", {}, True),
    ("the party was changed too", {"name": "乙公司", "code": ""}, False),
    ("the day was changed too", {"day": 9}, False),
    ("nothing else to agree", {"name": "", "code": "", "day": None}, False),
    ("another row", {"row": "p|r2|0"}, False),
    ("no row is known", {"row": ""}, False),
]


@pytest.mark.parametrize(("change", "linked"), [c[1:] for c in CORRECTED], ids=[c[0] for c in CORRECTED])
def test_a_number_corrected_in_its_own_row_is_still_one_act(change: dict[str, Any], linked: bool) -> None:
    a = replace(mention("a", "淮市监罚〔2026〕11号"), row="p|r|0")
    more = {"row": "p|r|0", **change}
    row = str(more.pop("row"))
    b = replace(mention("b", "淮市监罚〔2026〕345号", **more), row=row)
    verdict = compare(a, b)
    assert verdict.linked is linked
    assert (verdict.level == "same-row") is linked
    assert compare(b, a) == verdict
    assert not linked or meet(a, b)


def test_a_row_of_several_numbers_is_never_taken_for_a_correction() -> None:
    def finding(name: str, numbers: tuple[str, ...]) -> Finding:
        return Finding(
            id=name,
            portal="p",
            row_key="r",
            content_hash="h",
            kind=Kind.PENALTY,
            unit="u",
            name="甲公司",
            numbers=numbers,
            observed_at=T0,
        )

    one, two = finding("a", ("甲〔2026〕1号", "甲〔2026〕9号")), finding("b", ("甲〔2026〕1号", "甲〔2026〕9号"))
    decisions = link([*mentions_of_finding(one), *mentions_of_finding(two)])
    assert sorted(d.number for d in decisions) == ["甲〔2026〕1号", "甲〔2026〕9号"]


# ---------------------------------------------------------------- names, masks, cut ends

LONG = "淮安宏达商贸有限公司"
NAMED = [
    ("a wrong letter, same day", LONG, {"name": "淮安宏大商贸有限公司"}, (True, False)),
    (
        "a wrong letter, another day and content",
        LONG,
        {"name": "淮安宏大商贸有限公司", "day": 9, "content": "警告"},
        (False, True),
    ),
    ("cut off, same day", LONG, {"name": "淮安宏达商", "cut": True}, (False, True)),
    ("cut off behind six letters, same day", LONG, {"name": "淮安宏达商贸", "cut": True}, (True, False)),
    ("its branch, same day", LONG, {"name": LONG + "翔宇路分公司"}, (False, True)),
    ("mask fits, same day", "张三丰", {"name": "张**"}, (True, False)),
    ("mask fits, no day, own content", "张三丰", {"name": "张某某", "day": None}, (True, False)),
    (
        "mask fits, no day, content that many share",
        "张三丰",
        {"name": "张*", "day": None, "content": "准予许可"},
        (False, True),
    ),
    ("mask does not fit, same day", "张三丰", {"name": "李**"}, (False, True)),
    ("two masks, same day", "张**", {"name": "张*"}, (True, False)),
    ("two equal masks, another day", "张**", {"name": "张**", "day": 9, "content": ""}, (False, True)),
    ("mask fits, number off by a digit", "张三丰", {"name": "张**", "number": "淮市监罚〔2026〕7号"}, (False, True)),
    ("mask fits, no number", "张三丰", {"name": "张**", "number": ""}, (False, True)),
]


# A wrong digit may land on the number of another person's act of the same day (found among a million made acts)
BARE = [
    ("a mask that fits, sums of two acts", "叶斌玉", {"name": "叶*", "content": "罚款33800元"}, False),
    ("a mask that fits, a sum mistyped", "叶斌玉", {"name": "叶*", "content": "罚款50000元"}, True),
    ("a mask that fits, no content", "叶斌玉", {"name": "叶*", "content": ""}, True),
    ("a code here, a name there", "", {"code": "", "content": "责令改正"}, False),
    ("a code here, a name there, one content", "", {"code": ""}, True),
    ("a code here, nobody there", "", {"code": "", "name": "", "content": "责令改正"}, True),
    (
        "a code here, there one too unlike it to be its slip",
        "",
        {"name": "", "damaged": "92320803MA87YDXWYT", "content": "责令改正"},
        False,
    ),
    ("a code here, its slip there", "", {"name": "", "damaged": "91320803MA1XXXXX0B", "content": "责令改正"}, True),
]


@pytest.mark.parametrize(("name", "other", "linked"), [b[1:] for b in BARE], ids=[b[0] for b in BARE])
def test_a_number_and_a_date_are_no_proof_of_a_party_that_cannot_be_compared(
    name: str, other: dict[str, Any], linked: bool
) -> None:
    a = mention("a", submitted=True, name=name, code="" if name else CODE_A)
    b = mention("b", **{"code": "", **other})
    for verdict in (compare(a, b), compare(b, a)):
        assert (verdict.linked, verdict.review) == (linked, not linked)


@pytest.mark.parametrize(("name", "other", "wanted"), [n[1:] for n in NAMED], ids=[n[0] for n in NAMED])
def test_names_without_codes(name: str, other: dict[str, Any], wanted: tuple[bool, bool]) -> None:
    a, b = mention("a", submitted=True, name=name, code=""), mention("b", code="", **other)
    for verdict in (compare(a, b), compare(b, a)):
        assert (verdict.linked, verdict.review) == wanted
    assert meet(a, b)


SWAPPED = [
    (
        "name and code",
        {"name": "91320803MA1MC4T51R", "code": "甲公司"},
        ("甲公司", "91320803MA1MC4T51R", "甲〔2026〕1号"),
    ),
    (
        "name and number",
        {"name": "甲〔2026〕1号", "number_text": "甲公司", "numbers": ("甲公司",)},
        ("甲公司", "", "甲〔2026〕1号"),
    ),
    ("a name where the number should be", {"name": "无", "numbers": ("甲公司",)}, ("甲公司", "", "")),
    ("nothing swapped", {"name": "甲公司"}, ("甲公司", "", "甲〔2026〕1号")),
]


@pytest.mark.parametrize(("cells", "wanted"), [c[1:] for c in SWAPPED], ids=[c[0] for c in SWAPPED])
def test_swapped_columns_are_compared_where_they_belong(cells: dict[str, Any], wanted: tuple[str, str, str]) -> None:
    row = Submission(
        id="s",
        unit="u",
        kind=Kind.PENALTY,
        workbook="x.xlsx",
        workbook_sha256="0",
        sheet="1",
        row=2,
        received_at=T0,
        **{"numbers": ("甲〔2026〕1号",), **cells},
    )
    (found,) = mentions_of_submission(row)
    assert (found.name, found.code, found.number) == wanted


def test_a_mistyped_code_identifies_nobody_but_is_kept() -> None:
    row = Submission(
        id="s",
        unit="u",
        kind=Kind.PENALTY,
        workbook="x.xlsx",
        workbook_sha256="0",
        sheet="1",
        row=2,
        received_at=T0,
        numbers=("甲〔2026〕1号",),
        code="91320803MA1MC4T51X",
    )
    for code, kept in (
        ("91320803MA1MC4T51X", "91320803MA1MC4T51X"),
        ("320803000012345", ""),
        ("见附件", ""),
        ("91320803MA1MC4T51R", ""),
    ):
        (found,) = mentions_of_submission(replace(row, code=code))
        assert found.damaged == kept
    assert found.code == "91320803MA1MC4T51R"


# ---------------------------------------------------------------- what else is there


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

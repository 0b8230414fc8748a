"""Record linkage: clusters of mentions become decisions, and their order never matters."""

from random import Random
from typing import Any

from core.domain.models import Finding, Kind
from linking import block_keys, link, meeting, mentions_of_finding
from tests.support.mentions import CODE_A, CODE_B, T0, mention


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

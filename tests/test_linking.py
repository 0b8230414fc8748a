"""Record linkage: exact levels link, contradicted ones go to review, order never matters."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

from core.clock import ZONE
from core.models import Finding, Kind
from linking import Mention, block_keys, link, mentions_of_finding
from linking.levels import compare

T0 = datetime(2026, 7, 1, tzinfo=ZONE)
CODE_A, CODE_B = "91320803MA1XXXXX0A", "91320803MA1YYYYY0B"


def mention(record: str, number: str = "淮市监罚〔2026〕1号", *, submitted: bool = False, unit: str = "scjgj", name: str = "甲公司",
            code: str = CODE_A, day: int | None = 1, content: str = "罚款", kind: Kind | None = Kind.PENALTY, known: int = 0) -> Mention:
    return Mention(
        record=record, submitted=submitted, unit=unit, kind=kind, number=number, name=name, code=code,
        decided_on=date(2026, 7, day) if day else None, content=content, known_at=T0 + timedelta(days=known),
    )


PAIRS = [
    ("number, all agree", {}, (True, False)),
    ("number, only date agrees, no code on one side", {"name": "乙公司", "code": ""}, (True, False)),
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
    ("no number, another party", {"number": "", "code": CODE_B, "name": "完全不同的另一家"}, (False, False)),
    ("number off by one digit, party and date agree", {"number": "淮市监罚〔2026〕7号"}, (False, True)),
    ("number off by one digit, party agrees, no date", {"number": "淮市监罚〔2026〕7号", "day": None}, (False, True)),
    ("prefix written otherwise, party and date agree", {"number": "淮市监罚字〔2026〕1号"}, (False, True)),
    ("prefix written otherwise, nothing to compare", {"number": "淮市监处罚字〔2026〕1号", "name": "", "code": "", "day": None}, (False, True)),
    ("prefix written otherwise, another party and day", {"number": "淮市监罚字〔2026〕1号", "name": "乙公司", "code": CODE_B, "day": 9}, (False, False)),
    ("number with words behind it", {"number": "淮市监罚〔2026〕1号（已撤销）"}, (False, True)),
    ("number off by one digit, date differs", {"number": "淮市监罚〔2026〕7号", "day": 9}, (False, False)),
    ("another number", {"number": "淮市监罚〔2026〕345号"}, (False, False)),
]


@pytest.mark.parametrize(("other", "wanted"), [p[1:] for p in PAIRS], ids=[p[0] for p in PAIRS])
def test_pairs(other: dict[str, object], wanted: tuple[bool, bool]) -> None:
    a, b = mention("a", submitted=True), mention("b", **other)  # type: ignore[arg-type]
    for verdict in (compare(a, b), compare(b, a)):
        assert (verdict.linked, verdict.review) == wanted
        assert verdict.why or wanted == (False, False)


def test_whatever_links_or_is_suspected_shares_a_block() -> None:
    for _, other, wanted in PAIRS:
        a, b = mention("a"), mention("b", **other)  # type: ignore[arg-type]
        if True in wanted and (other.get("name") != "" or a.number == b.number):
            assert block_keys(a) & block_keys(b), other


def test_a_record_of_several_numbers_belongs_to_several_decisions() -> None:
    found = link([
        mention("page", "甲〔2026〕10号"), mention("page", "甲〔2026〕11号"),
        mention("s10", "甲〔2026〕10号", submitted=True), mention("s11", "甲〔2026〕11号", submitted=True),
    ])
    assert [(d.submissions, d.findings) for d in found] == [(("s10",), ("page",)), (("s11",), ("page",))]


def test_two_parties_of_one_number_stay_two_decisions() -> None:
    other = {"name": "乙公司", "code": CODE_B}
    found = link([mention("a", submitted=True), mention("b", submitted=True, known=1, **other), mention("p", known=2)])  # type: ignore[arg-type]
    assert [(d.submissions, d.findings) for d in found] == [(("a",), ("p",)), (("b",), ())]
    assert found[0].id == "scjgj|penalty|淮市监罚〔2026〕1号"
    assert found[1].id.startswith(found[0].id + "|")


def test_a_notice_kept_by_its_text_mentions_no_decision() -> None:
    notice = Finding(id="n", portal="p", row_key="r", content_hash="h", kind=None, unit="scjgj", fields=(("text", "放假通知"),), observed_at=T0)
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
        mention(f"r{i}", f"淮市监罚〔2026〕{random.randint(1, 9)}号" if random.random() < 0.8 else "", submitted=random.random() < 0.5,
                name=random.choice(["甲公司", "乙公司", "丙公司"]), code=random.choice([CODE_A, CODE_B, ""]), day=random.randint(1, 4),
                known=random.randint(0, 5))
        for i in range(60)
    ]
    whole = link(pool)
    shuffled = pool[:]
    random.shuffle(shuffled)
    assert link(shuffled) == whole
    some, keys = {"r0"}, set(block_keys(pool[0]))
    while grown := [m for m in pool if m.record not in some and block_keys(m) & keys]:
        some |= {m.record for m in grown}
        keys |= {k for m in grown for k in block_keys(m)}
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
def test_a_number_corrected_in_its_own_row_is_still_one_act(change: dict[str, object], linked: bool) -> None:
    a = replace(mention("a", "淮市监罚〔2026〕11号"), row="p|r|0")
    more = {"row": "p|r|0", **change}
    row = str(more.pop("row"))
    b = replace(mention("b", "淮市监罚〔2026〕345号", **more), row=row)  # type: ignore[arg-type]
    verdict = compare(a, b)
    assert verdict.linked is linked
    assert (verdict.level == "same-row") is linked
    assert compare(b, a) == verdict
    assert not linked or block_keys(a) & block_keys(b)


def test_a_row_of_several_numbers_is_never_taken_for_a_correction() -> None:
    def finding(name: str, numbers: tuple[str, ...]) -> Finding:
        return Finding(id=name, portal="p", row_key="r", content_hash="h", kind=Kind.PENALTY, unit="u", name="甲公司", numbers=numbers, observed_at=T0)
    one, two = finding("a", ("甲〔2026〕1号", "甲〔2026〕9号")), finding("b", ("甲〔2026〕1号", "甲〔2026〕9号"))
    decisions = link([*mentions_of_finding(one), *mentions_of_finding(two)])
    assert sorted(d.number for d in decisions) == ["甲〔2026〕1号", "甲〔2026〕9号"]

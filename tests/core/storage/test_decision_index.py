"""What is found is what a reading of every decision finds; a call number leads to its evidence."""

import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.domain.models import Decision, Evidence, Kind, Outcome
from core.domain.ruling_validity import call_number
from core.storage import decision_index
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache

CHECKS = ("decision_was_submitted", "published_within_deadline")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "chengxin.db") as opened:
        yield opened


def decision(name: str, number: str = "", party: str = "", day: str = "2026-08-03", unit: str = "czj") -> Decision:
    days = (date.fromisoformat(day),) if day else ()
    return Decision(id=name, unit=unit, kind=Kind.LICENCE, number=number, name=party, decided_on=days)


def put(cache: EvaluationCache, *new: Decision, old: tuple[str, ...] = ()) -> None:
    cache.replace_decisions(old, new)
    cache.replace_evidence({d.id: (evidence_of(d), False) for d in new})


def evidence_of(of: Decision) -> list[Evidence]:
    return [
        Evidence(
            key=f"{check}|{of.id}", check=check, unit=of.unit, decision=of.id, outcome=outcome, slug="x", sentence="y"
        )
        for check, outcome in zip(CHECKS, (Outcome.MET, Outcome.BREACHED), strict=True)
    ]


def ids(found: list[tuple[int, Decision]]) -> list[str]:
    return [d.id for _, d in found]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", ["b", "a", "c"]),
        ("淮市监罚〔2026〕12号", ["a"]),
        ("淮市监罚(2026)12", ["a"]),  # brackets, width and 号 as people type them
        ("淮市监罚 2026 12", ["a"]),
        ("罚〔2026〕1号", []),  # figures typed whole are not a piece of others
        ("罚〔026〕12号", []),
        ("026〕12号", ["a"]),  # typed from their middle they are
        ("12", ["b", "a"]),
        ("王", ["a"]),
        ("王某", ["a"]),
        ("某", ["a"]),  # the last character of a part
        ("ＡＢＣ", ["b"]),
        ("abc贸易", ["b"]),
        ("贸易有限公司淮", []),  # parts do not run into each other
        ("〔〕", []),  # nothing that is looked for, and not everything
        ("𠮷", ["c"]),
        ("𠮷野家", ["c"]),
        ('" OR *', []),
        ("a", ["b", "a"]),  # an id, and a name
    ],
)
def test_a_text_is_found_where_it_stands(store: Store, text: str, wanted: list[str]) -> None:
    cache = EvaluationCache(store)
    put(
        cache,
        decision("a", "淮市监罚〔2026〕12号", "王某"),
        decision("b", "淮许〔2026〕120号", "淮安ABC贸易有限公司", "2026-09-01"),
        decision("c", "", "𠮷野家", ""),
    )
    assert ids(cache.search(text, "", 10)) == wanted


def test_pages_follow_each_other_and_a_unit_is_kept_to(store: Store) -> None:
    cache = EvaluationCache(store)
    put(cache, *(decision(f"d{n:03}", f"许{n}号", "同名公司", unit=("czj", "swj")[n % 2]) for n in range(200)))
    for text in ("", "同名公司"):
        seen: list[str] = []
        below = None
        while found := cache.search(text, "swj", 7, below):
            seen += ids(found)
            below = found[-1][0]
        assert sorted(seen) == [f"d{n:03}" for n in range(1, 200, 2)], text


def test_what_is_replaced_is_found_no_more(store: Store) -> None:
    cache = EvaluationCache(store)
    put(cache, decision("a", "许1号", "旧名公司"), decision("b", "许2号", "旧名公司"))
    put(cache, decision("a", "许1号", "新名公司"), old=("a", "b"))
    assert ids(cache.search("旧名公司", "", 9)) == [] and ids(cache.search("旧名", "", 9)) == []
    assert ids(cache.search("新名公司", "", 9)) == ["a"]
    call = call_number(f"{CHECKS[0]}|b")
    assert cache.evidence_called(call) == ()
    cache.clear()
    assert cache.search("", "", 9) == [] and cache.search("新名", "", 9) == []


def test_a_call_number_leads_to_its_evidence_met_or_not(store: Store) -> None:
    cache = EvaluationCache(store)
    put(cache, decision("a"), decision("b"))
    for item in evidence_of(decision("b")):
        assert cache.evidence_called(call_number(item.key)) == (item,)
    for nonsense in ("", "zz", "0123456789abcdef", "12 34", "é", "f" * 10):
        assert cache.evidence_called(nonsense) == ()
    cache.replace_evidence({"b": (evidence_of(decision("b"))[:1], False)})
    assert cache.evidence_called(call_number(f"{CHECKS[1]}|b")) == ()


def test_what_an_older_program_evaluated_is_indexed_when_asked(store: Store) -> None:
    cache = EvaluationCache(store)
    put(cache, decision("a", "许1号", "某公司"))
    store.db.execute("DELETE FROM numbered_decisions")
    store.db.execute("DELETE FROM call_numbers")
    store.db.execute("INSERT INTO decision_words (decision_words) VALUES ('delete-all')")
    assert ids(cache.search("某公司", "", 9)) == ["a"]
    assert len(cache.evidence_called(call_number(f"{CHECKS[0]}|a"))) == 1


def test_a_search_that_finds_nothing_gives_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every decision has all pairs of 甲乙丙甲乙 and none has the text."""
    monkeypatch.setattr(decision_index, "MOST_COMPARED", 100)
    cache = EvaluationCache(store)
    put(cache, decision("z", party="丙甲乙丙甲乙", day="2020-01-01"))
    put(cache, *(decision(f"d{n:04}", party="甲乙丙一丙甲") for n in range(2_000)))
    assert ids(cache.search("甲乙丙甲", "", 9)) == []


TEXTS = st.text(alphabet="淮安市许罚甲乙1122〔〕 ()-aAＡ号某", max_size=12)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parties=st.lists(st.tuples(TEXTS, TEXTS), max_size=12), text=TEXTS, cut=st.tuples(*[st.integers(0, 3)] * 2))
def test_it_finds_what_a_reading_of_all_finds(
    store: Store, parties: list[tuple[str, str]], text: str, cut: tuple[int, int]
) -> None:
    cache = EvaluationCache(store)
    cache.clear()
    made = [decision(f"#{n}", number, party) for n, (number, party) in enumerate(parties)]
    put(cache, *made)
    wanted = plain(text)
    if parties and len(parties) % 3:  # something that stands there, cut at both ends
        known = plain(parties[0][len(parties) % 3 - 1])
        wanted = known[cut[0] : len(known) - cut[1]]
    if text.strip() and not plain(text) and wanted == "":
        return
    kept = [d.id for d in made if any(wanted in plain(part) for part in (d.id, d.number, d.name))]
    assert sorted(ids(cache.search(wanted, "", 99))) == sorted(kept)


def plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())

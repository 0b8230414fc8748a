"""What is met is packed by decision, and every question finds it as if it lay in rows."""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.models import Citation, Decision, Evidence, Kind, Outcome
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.serialization import dump

NAMES = ("甲局|penalty|1号", "甲局|penalty|2号", "乙局|licence|𠮷3号")
CODES = ("submitted", "published-in-time", "published-late", "due")
DAY = date(2026, 7, 1)

pieces: st.SearchStrategy[dict[str, object]] = st.builds(
    dict,
    code=st.sampled_from(CODES),
    outcome=st.sampled_from(Outcome),
    sentence=st.text(max_size=40),
    proofs=st.lists(st.builds(Citation, st.just("capture"), st.text(max_size=9), st.text(max_size=9)), max_size=3),
)
judgements = st.dictionaries(st.sampled_from(NAMES), st.lists(pieces, max_size=6), max_size=3)


def unit_of(decision: str) -> str:
    return decision.partition("|")[0]


def evidence(decision: str, number: int, given: dict[str, object]) -> Evidence:
    return Evidence(
        key=f"check{number}|{decision}",
        check=f"check{number}",
        unit=unit_of(decision),
        decision=decision,
        outcome=given["outcome"],  # type: ignore[arg-type]
        slug=str(given["code"]),
        sentence=str(given["sentence"]).encode("utf-8", "replace").decode(),
        proofs=tuple(given["proofs"]),  # type: ignore[arg-type]
    )


def decided(name: str) -> Decision:
    day = DAY + timedelta(days=NAMES.index(name))
    return Decision(id=name, unit=unit_of(name), kind=Kind.PENALTY, submissions=(name,), decided_on=(day,))


def cache_of(store: Store) -> EvaluationCache:
    cache = EvaluationCache(store)
    with store.transaction():
        cache.replace_decisions((), [decided(name) for name in NAMES])
    return cache


def told(cache: EvaluationCache, known: Sequence[Evidence]) -> None:
    """Every question has the answer that a plain list gives."""
    in_order = tuple(sorted(known, key=lambda each: each.key.encode()))
    assert cache.evidence() == in_order
    for name in NAMES:
        about = tuple(each for each in in_order if each.decision == name)
        assert cache.evidence(decision=name) == cache.evidence_about([name]) == about
        day = DAY + timedelta(days=NAMES.index(name))
        assert cache.evidence_between(day, day) == about
    for unit in set(map(unit_of, NAMES)):
        assert cache.evidence(unit=unit) == tuple(each for each in in_order if each.unit == unit)
    for codes in (CODES[:1], CODES[1:], CODES):
        assert cache.evidence_by_codes(codes) == tuple(each for each in in_order if each.slug in codes)
    counted = {str(o): sum(each.outcome is o for each in known) for o in Outcome}
    assert cache.counts() == (len(NAMES), {name: count for name, count in counted.items() if count})


def test_every_question_finds_what_was_judged_last(tmp_path: Path) -> None:
    with Store(tmp_path / "chengxin.db") as store:
        cache = EvaluationCache(store)

        @settings(max_examples=60, deadline=None)
        @given(rounds=st.lists(judgements, min_size=1, max_size=4))
        def judged_in_turn(rounds: list[dict[str, list[dict[str, object]]]]) -> None:
            known: dict[str, list[Evidence]] = {}
            with store.transaction():
                cache.clear()
                cache.replace_decisions((), [decided(name) for name in NAMES])
            for judged in rounds:
                made = {name: [evidence(name, n, each) for n, each in enumerate(all_)] for name, all_ in judged.items()}
                with store.transaction():
                    cache.replace_evidence({name: (all_, False) for name, all_ in made.items()})
                known |= made
                told(cache, [each for all_ in known.values() for each in all_])

        judged_in_turn()


def met(name: str, number: int, sentence: str = "有报送记录") -> Evidence:
    return evidence(name, number, {"code": "submitted", "outcome": Outcome.MET, "sentence": sentence, "proofs": ()})


def test_one_that_reads_while_another_judges_anew_reads_it_whole(tmp_path: Path) -> None:
    with Store(tmp_path / "chengxin.db") as store, Store(tmp_path / "chengxin.db") as other:
        writing, reading = cache_of(store), EvaluationCache(other)
        for round_ in ("first", "second, of other words"):
            with store.transaction():
                writing.clear()
                writing.replace_decisions((), [decided(name) for name in NAMES])
                now = {name: [met(name, n, f"{round_} {n}") for n in range(5)] for name in NAMES}
                writing.replace_evidence({name: (all_, False) for name, all_ in now.items()})
            told(reading, [each for all_ in now.values() for each in all_])


def test_evidence_goes_with_its_decision(tmp_path: Path) -> None:
    with Store(tmp_path / "chengxin.db") as store:
        cache = cache_of(store)
        with store.transaction():
            cache.replace_evidence({name: ([met(name, 1)], False) for name in NAMES})
            cache.replace_decisions(NAMES[:1], ())
        assert {each.decision for each in cache.evidence()} == set(NAMES[1:])


def test_what_an_older_program_kept_in_rows_is_read_until_it_is_judged_again(tmp_path: Path) -> None:
    old = met(NAMES[0], 1, "旧")
    with Store(tmp_path / "chengxin.db") as store:
        cache = cache_of(store)
        with store.transaction():
            values = [old.key, old.decision, old.unit, old.check, old.outcome, old.slug, dump(old)]
            store.db.execute("INSERT INTO evidence VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        told(cache, [old])
        with store.transaction():
            cache.replace_evidence({NAMES[0]: ([met(NAMES[0], 1, "新")], False)})
        told(cache, [met(NAMES[0], 1, "新")])


def test_what_is_met_takes_a_few_hundred_bytes_a_decision(tmp_path: Path) -> None:
    names = [f"{NAMES[0]}{n}" for n in range(200)]
    with Store(tmp_path / "chengxin.db") as store:
        cache = EvaluationCache(store)
        with store.transaction():
            cache.replace_decisions((), [Decision(id=name, unit="甲局", kind=Kind.PENALTY) for name in names])
            cache.replace_evidence(
                {n: ([met(n, k, f"{n}：各次读到的内容一致") for k in range(12)], False) for n in names}
            )
        rows = store.rows("SELECT sum(length(data)), sum(pieces) FROM met_evidence")
        assert rows[0][1] == 2_400 and rows[0][0] < 40 * rows[0][1] and len(cache.evidence()) == 2_400

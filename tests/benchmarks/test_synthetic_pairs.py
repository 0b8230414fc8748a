"""The made pairs of `make bench-link`: the same every time, and their truth is what the records were made from."""

from benchmarks.link import indistinct, linked_pairs, mentions_of, reviewed_pairs
from benchmarks.synthetic_pairs import make
from core.domain.models import Finding, Submission
from linking import block_keys, link, meeting

WORLD = make(1500, seed=3)


def test_a_seed_gives_one_world() -> None:
    assert make(300, seed=3) == make(300, seed=3)
    assert make(300, seed=3) != make(300, seed=4)


def test_the_truth_names_records_of_both_sides_of_one_unit() -> None:
    submissions = {s.id: s for s in WORLD.submissions}
    findings = {f.id: f for f in WORLD.findings}
    assert len(submissions) == len(WORLD.submissions) and len(findings) == len(WORLD.findings)
    for left, right in WORLD.truth:
        assert findings[right].unit in (None, submissions[left].unit)
    assert {s for s, _ in WORLD.truth} < submissions.keys() and {f for _, f in WORLD.truth} < findings.keys()
    assert 0.9 < len(WORLD.truth) / len(findings) < 1.1


def test_the_world_holds_what_it_should() -> None:
    records: list[Submission | Finding] = [*WORLD.submissions, *WORLD.findings]
    assert any(len(r.numbers) > 2 for r in WORLD.findings)
    assert any("*" in r.name for r in records) and any("…" in r.name for r in records)
    assert any(r.decided_on is None for r in records) and any(not r.numbers for r in records)


def test_links_of_the_made_world_are_right_and_little_is_lost() -> None:
    decisions = link(mentions_of(WORLD))
    links, asked = linked_pairs(decisions), reviewed_pairs(decisions)
    assert links - WORLD.truth <= indistinct(WORLD, links - WORLD.truth)
    assert len(WORLD.truth & (links | asked)) > 0.99 * len(WORLD.truth)


def test_blocks_closed_under_their_keys_link_alone() -> None:
    mentions = mentions_of(WORLD)
    whole = {d.id: d for d in link(mentions)}
    by_key: dict[str, set[int]] = {}
    for n, mention in enumerate(mentions):
        for key in block_keys(mention):
            by_key.setdefault(key, set()).add(n)
    of_record: dict[str, set[int]] = {}
    for n, mention in enumerate(mentions):
        of_record.setdefault(mention.record, set()).add(n)
    for start in range(0, len(mentions), 97):
        reached, waiting = set(), {start}
        while waiting:
            n = waiting.pop()
            reached.add(n)
            near = {o for key in block_keys(mentions[n]) for met in meeting(key) for o in by_key.get(met, ())}
            waiting |= (near | of_record[mentions[n].record]) - reached
        assert len(reached) < len(mentions) / 4
        assert all(whole[d.id] == d for d in link([mentions[n] for n in reached]))

"""`make bench-link`: our linker beside Splink and recordlinkage on the same made pairs, a night's cost over years.

Each linker runs in a process of its own over the same files. Ours reads the records; the rivals are given the same
records normalised. Pairs are scored as (submission, finding); a rival's threshold is the one that scores best by the
truth, which is in its favour.
"""

import argparse
import csv
import pickle
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from statistics import median

from benchmarks import office_pairs, synthetic_pairs
from benchmarks.growth import growth
from benchmarks.measure import ROOT, Cost, run, table
from benchmarks.synthetic_pairs import SyntheticWorld
from core.domain.models import Decision
from core.runtime.collector import collector_off
from linking import Mention, link, mentions_of_finding, mentions_of_submission
from linking.name_similarity import likeness
from linking.number_similarity import serial_of

Pair = tuple[str, str]
LABELS = 500  # true pairs that the rivals are told
RIVALS = ("splink", "recordlinkage")
WORLDS: Mapping[str, Callable[[int, int], SyntheticWorld]] = {
    "synthetic": synthetic_pairs.make,
    "office": office_pairs.make,
}  # two authors
# a decision of several links is as sure as the weakest of them
_WEAKEST_FIRST = (
    *("number-slip", "name-date-content", "code-date-content", "number-date", "same-row", "number", "ruling"),
)


@dataclass(frozen=True, slots=True)
class Scored:
    """What a linker found: right and wrong links, links it should have made and did not."""

    right: int
    wrong: int
    missed: int
    note: str = ""

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missed, 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + self.wrong + self.missed, 1)


def mentions_of(world: SyntheticWorld) -> list[Mention]:
    """What judging makes of the records."""
    mentions = [m for s in world.submissions for m in mentions_of_submission(s)]
    return mentions + [m for f in world.findings for m in mentions_of_finding(f)]


# ---------------------------------------------------------------- the linkers


def ours(folder: Path) -> None:
    """Link the world in `folder` and write its decisions; runs as a child."""
    with (folder / "world.pickle").open("rb") as stream:
        submissions, findings = pickle.load(stream)
    began = time.perf_counter()
    mentions = mentions_of(SyntheticWorld(submissions, findings))
    read = time.perf_counter()
    with collector_off():  # as judging does
        decisions = link(mentions)
    (folder / "ours.seconds").write_text(f"{read - began} {time.perf_counter() - read}")
    with (folder / "ours.pickle").open("wb") as stream:
        pickle.dump(decisions, stream)


@dataclass(frozen=True, slots=True)
class Timed:
    """Seconds of reading the records into comparable form, of linking them, and what the whole process took."""

    read: float
    linked: float
    cost: Cost

    @property
    def both(self) -> float:
        return self.read + self.linked


def compare_all(author: str, size: int, seed: int, limit: float, names: Sequence[str]) -> None:
    """One table: ours and the rivals on one world of one author."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        world = WORLDS[author](size, seed)
        _write(world, folder)
        print(
            f"{author}：每侧 {size:,} 条（报送 {len(world.submissions):,}，公示 {len(world.findings):,}，真对 "
            f"{len(world.truth):,}，种子 {seed}）"
        )
        mine = _timed(folder, "ours", run(["-m", "benchmarks.link", "--ours", str(folder)]))
        with (folder / "ours.pickle").open("rb") as stream:
            decisions: Sequence[Decision] = pickle.load(stream)
        rows = [_row("ours", _score_ours(world, decisions), mine, mine)]
        rows += [_rival_row(name, world, folder, mine, limit) for name in names]
        table(_COLUMNS, rows)
        _print_band(world, decisions)


_COLUMNS = (
    *("链接器", "精确率", "召回率", "F1", "错链", "漏链"),
    *("归一秒", "链接秒", "合计比", "进程秒", "MiB", "比", "阈值"),
)


def _rival_row(name: str, world: SyntheticWorld, folder: Path, mine: Timed, limit: float) -> Sequence[object]:
    """A rival's figures, or why it has none."""
    command = ["benchmarks/linkage_baselines.py", name, str(folder)]
    try:
        cost = run(command, python=str(ROOT / ".venv-bench/bin/python"), limit=limit)
    except TimeoutError:
        return (name, f"{limit:.0f} 秒内未完成", *[""] * 11)
    except RuntimeError as error:
        return (name, f"失败：{error}", *[""] * 11)
    spent = replace(_timed(folder, name, cost), read=mine.read)  # they are given what ours has to read
    return _row(name, _score_rival(world, folder / f"{name}.csv"), spent, mine)


def _timed(folder: Path, name: str, cost: Cost) -> Timed:
    read, linked = (folder / f"{name}.seconds").read_text().split()
    return Timed(float(read), float(linked), cost)


def _row(name: str, scored: Scored, spent: Timed, base: Timed) -> Sequence[object]:
    return (
        name,
        f"{scored.precision:.5f}",
        f"{scored.recall:.4f}",
        f"{scored.f1:.4f}",
        scored.wrong,
        scored.missed,
        f"{spent.read:.1f}",
        f"{spent.linked:.1f}",
        f"{spent.both / base.both:.2f}",
        f"{spent.cost.seconds:.1f}",
        f"{spent.cost.mib:.0f}",
        f"{spent.cost.mib / base.cost.mib:.2f}",
        scored.note,
    )


def _write(world: SyntheticWorld, folder: Path) -> None:
    """The records for ours, and the same for the rivals: normalised, a row a document number, LABELS true pairs."""
    with (folder / "world.pickle").open("wb") as stream:
        pickle.dump((world.submissions, world.findings), stream)
    rows: dict[str, list[str]] = defaultdict(list)
    with (folder / "a.csv").open("w", newline="") as left, (folder / "b.csv").open("w", newline="") as right:
        writers = {True: csv.writer(left), False: csv.writer(right)}
        for n, m in enumerate(mentions_of(world)):
            cells = (
                f"m{n}",
                m.record,
                m.number,
                serial_of(m.number),
                m.name,
                m.code,
                m.decided_on or "",
                m.unit,
                m.kind or "",
                m.content,
            )
            writers[m.submitted].writerow(cells)
            rows[m.record].append(f"m{n}")
    plain = [(s, f) for s, f in sorted(world.truth) if len(rows[s]) == len(rows[f]) == 1]
    with (folder / "labels.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows(
            (rows[s][0], rows[f][0]) for s, f in Random(0).sample(plain, min(LABELS, len(plain)))
        )


# ---------------------------------------------------------------- scores


def linked_pairs(decisions: Iterable[Decision]) -> set[Pair]:
    """Pairs of submission and finding that share a decision."""
    return {(s, f) for d in decisions for s in d.submissions for f in d.findings}


def reviewed_pairs(decisions: Iterable[Decision]) -> set[Pair]:
    """Pairs of submission and finding that a person is asked about."""
    pairs = {(r.left, r.right) for d in decisions for r in d.reviews}
    return {
        (left, right) if left[0] == "s" else (right, left)
        for left, right in pairs
        if (left[0] == "s") is not (right[0] == "s")
    }


def _score_ours(world: SyntheticWorld, decisions: Sequence[Decision]) -> Scored:
    links = linked_pairs(decisions)
    right = len(links & world.truth)
    return Scored(right, len(links) - right, len(world.truth) - right)


def _score_rival(world: SyntheticWorld, path: Path) -> Scored:
    """The rival's pairs above the threshold that gives its best F1."""
    with path.open(newline="") as stream:
        pairs = sorted(((float(row[2]), (row[0], row[1])) for row in csv.reader(stream)), reverse=True)
    best, right, total = Scored(0, 0, len(world.truth)), 0, len(world.truth)
    for n, (chance, pair) in enumerate(pairs, 1):
        right += pair in world.truth
        if (n == len(pairs) or pairs[n][0] != chance) and 2 * right / (n + total) > best.f1:
            best = Scored(right, n - right, total - right, f"{chance:.3f}")
    return best


def by_level(world: SyntheticWorld, decisions: Iterable[Decision]) -> dict[str, tuple[int, int]]:
    """(linked pairs, wrong ones among them) by the weakest level that made their decision."""
    found: dict[str, tuple[int, int]] = {}
    for decision in decisions:
        pairs = linked_pairs([decision])
        if pairs:
            levels = {link.partition("：")[0] for link in decision.links}
            level = next(name for name in _WEAKEST_FIRST if name in levels)
            linked, wrong = found.get(level, (0, 0))
            found[level] = linked + len(pairs), wrong + len(pairs - world.truth)
    return found


def figures(size: int, seeds: Sequence[int]) -> dict[str, dict[str, float]]:
    """By author, medians over seeds: precision, recall, wrong links and questions in 100 decisions, of ours alone."""
    found: dict[str, dict[str, float]] = {}
    for author, make in WORLDS.items():
        runs = [_figures(make(size, seed)) for seed in seeds]
        found[author] = {name: median(run[name] for run in runs) for name in runs[0]}
    return found


def _figures(world: SyntheticWorld) -> dict[str, float]:
    decisions = link(mentions_of(world))
    scored = _score_ours(world, decisions)
    asked = {(r.left, r.right) for d in decisions for r in d.reviews}
    levels = by_level(world, decisions)
    per_level = {
        f"precision {level}": (linked - wrong) / linked if linked else 1.0
        for level in _WEAKEST_FIRST
        for linked, wrong in (levels.get(level, (0, 0)),)
    }
    return {
        "precision": scored.precision,
        "recall": scored.recall,
        "wrong in 100,000 links": 100_000 * (1 - scored.precision),
        "questions in 100 decisions": 100 * len(asked) / max(len(decisions), 1),
        **per_level,
    }


def _print_band(world: SyntheticWorld, decisions: Sequence[Decision]) -> None:
    """The review band: pairs asked about and true ones among them, what is neither linked nor asked, wrong links."""
    links, asked = linked_pairs(decisions), reviewed_pairs(decisions)
    levels = {(r.left, r.right): r.level for d in decisions for r in d.reviews}
    reached = len(world.truth & (links | asked))
    counts = "、".join(f"{level} {count}" for level, count in sorted(Counter(levels.values()).items()))
    linked = "、".join(f"{level} {n}（错 {wrong}）" for level, (n, wrong) in sorted(by_level(world, decisions).items()))
    print(f"  按最弱一级计的链接：{linked}；每百件决定提问 {100 * len(levels) / max(len(decisions), 1):.2f}")
    print(
        f"  复核带：{len(levels):,} 对（两侧之间 {len(asked - links):,}，其中真对 "
        f"{len((asked - links) & world.truth):,}）：{counts}"
    )
    print(
        f"  链接与复核合计召回 {reached / len(world.truth):.5f}（既未链接也未提请复核的真对 "
        f"{len(world.truth) - reached:,}）"
    )
    wrong = links - world.truth
    alike = indistinct(world, wrong)
    print(
        f"  错链 {len(wrong)}：其中两条记录所写文号、当事人、日期、内容全部一致，凭记录无从分辨 {len(alike)}，其余 "
        f"{len(wrong) - len(alike)}\n",
        flush=True,
    )


def indistinct(world: SyntheticWorld, wrong: set[Pair]) -> set[Pair]:
    """Wrong links whose two records say one thing: same number, same code or name (or mask), no other date or content.

    A wrong digit landed on another act of the same party and day, and that act's own record on this side is missing.
    """
    by_record: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions_of(world):
        by_record[mention.record].append(mention)
    return {pair for pair in wrong if any(_says_the_same(a, b) for a in by_record[pair[0]] for b in by_record[pair[1]])}


def _says_the_same(a: Mention, b: Mention) -> bool:
    party = a.code == b.code != "" or (not (a.code and b.code) and likeness(a.name, b.name) in ("same", "masked"))
    day = not (a.decided_on and b.decided_on) or a.decided_on == b.decided_on
    content = a.content in b.content or b.content in a.content
    return a.number == b.number != "" and party and day and content


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, nargs="+", default=[10_000, 100_000], help="每侧记录数")
    parser.add_argument("--author", nargs="+", choices=list(WORLDS), default=list(WORLDS), help="造数据的一方")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=600, help="每个对手的时限（秒）")
    parser.add_argument("--rivals", nargs="*", default=list(RIVALS))
    parser.add_argument("--archives", type=int, nargs="*", default=[1_000, 10_000, 100_000], help="增量一节的存档条数")
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.ours:
        ours(asked.ours)
        return
    for author, size in ((author, size) for size in asked.size for author in asked.author):
        compare_all(author, size, asked.seed, asked.limit, asked.rivals)
    if asked.archives:
        growth(asked.archives)


if __name__ == "__main__":
    main()

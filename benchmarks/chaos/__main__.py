"""`make chaos`: killed, starved and lied to by the machine; nothing may be lost, doubled or anybody accused.

`--trials N` (220) kills, at boundaries and at any moment, over every operation that writes; then the faults of the
machine, each once. `--only 文字` runs the operations or faults whose names contain it; `--seed` draws the moments.
Ends with 0 when all was well.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.chaos.bed import Bed, make_bed
from benchmarks.chaos.machine import FAULTS, Ground, suffer
from benchmarks.chaos.trials import Trial, boundaries, measure, moments, operations
from benchmarks.measure import table
from review.reviewers import process_account
from tests.support.mail_server import serving

TRIALS, SEED = 220, 20261126
SHARE = {"夜间任务": 0.3, "导入": 0.16, "发信": 0.16, "冻结": 0.1, "备份": 0.08, "恢复": 0.12, "清理": 0.08}


def trials(bed: Bed, work: Path, wanted: int, chance: random.Random, only: str) -> Iterator[Trial]:
    """Half of an operation's share at boundaries, half at any moment; then every fault of the machine once."""
    for operation in operations(bed, work):
        share = round(wanted * SHARE[operation.name])
        suffered = [name for name in FAULTS if only in name] if operation.looks else []
        if not suffered and not (only in operation.name and share):
            continue
        measured = measure(operation, bed, work)
        if only in operation.name:
            yield from boundaries(operation, bed, work, measured, share - share // 2)
            yield from moments(operation, bed, work, measured, share // 2, chance)
        for name in suffered:
            yield suffer(name, Ground(bed, operation, measured, work))


def main(arguments: Sequence[str]) -> int:
    """Run what is asked; 0 when all was well, else 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=TRIALS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", default="")
    asked = parser.parse_args(arguments)
    began, tried, failed = time.monotonic(), Counter[str](), Counter[str]()
    with tempfile.TemporaryDirectory() as folder, serving() as server:
        root, work = Path(folder), Path(folder) / "work"
        with make_bed(root, process_account(), server.port) as bed:
            chance = random.Random(asked.seed)
            for trial in trials(bed, work, asked.trials, chance, asked.only):
                tried[trial.operation] += 1
                failed[trial.operation] += bool(trial.wrong)
                if trial.skipped:
                    print(f"【{trial.operation}】没有试：{trial.skipped}", flush=True)
                for line in trial.wrong:
                    print(f"【{trial.operation}】{trial.how}：{line}", flush=True)
    table(("操作", "次数", "不对"), [(name, count, failed[name]) for name, count in tried.items()])
    print(f"{sum(tried.values())} 次，{sum(failed.values())} 次不对；{time.monotonic() - began:.0f} 秒")
    return 1 if failed.total() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""`python -m tests.fuzz --examples N | --minutes M | --coverage-guided SECONDS`: the room with the switch turned up."""

import argparse
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

from tests.support.fuzzing import SWITCH

ROOM = Path(__file__).parent
ROUND = 200  # examples of every property in one round of --minutes
NO_ATHERIS = "没有安装 atheris，不能按覆盖率变异：先运行 .venv/bin/python -m pip install atheris，再运行同一条命令"


def run(examples: int) -> int:
    """One run of the room with so many examples a property; pytest's exit code."""
    command = [sys.executable, "-m", "pytest", "-q", str(ROOM)]
    return subprocess.run(command, env={**os.environ, SWITCH: str(examples)}, check=False).returncode


def run_for(minutes: float) -> int:
    """Rounds, each with other examples, until the time is over or one fails."""
    end = time.monotonic() + minutes * 60
    code = run(ROUND)
    while code == 0 and time.monotonic() < end:
        code = run(ROUND)
    return code


def coverage_guided(seconds: int) -> int:
    """Pages of every family mutated by coverage (atheris, in a process of its own); 2 where it is not installed."""
    if importlib.util.find_spec("atheris") is None:
        print(NO_ATHERIS, file=sys.stderr)
        return 2
    command = [sys.executable, str(ROOM / "by_coverage.py"), f"-max_total_time={seconds}", "-rss_limit_mb=2048"]
    paths = os.pathsep.join(filter(None, (str(ROOM.parents[1]), os.environ.get("PYTHONPATH", ""))))
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    how = parser.add_mutually_exclusive_group(required=True)
    how.add_argument("--examples", type=int)
    how.add_argument("--minutes", type=float)
    how.add_argument("--coverage-guided", type=int, metavar="SECONDS")
    asked = parser.parse_args()
    if asked.minutes is not None:
        return run_for(asked.minutes)
    return run(asked.examples) if asked.examples is not None else coverage_guided(asked.coverage_guided)


if __name__ == "__main__":
    sys.exit(main())

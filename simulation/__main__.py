"""Serve the simulation for people: `python -m simulation FOLDER [--at 2026-08-01T00:30]` writes the district there."""

import argparse
import threading
from pathlib import Path

from core.domain.clock import parse_moment
from simulation.background_cases import make_world
from simulation.district import write
from simulation.server import SimulatedSites
from simulation.world import FIRST_NIGHT, night_moment


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m simulation", description="在本机回环地址上开出演示用的虚构区")
    parser.add_argument("folder", type=Path, help="把区配置写到这个文件夹")
    parser.add_argument(
        "--at", type=parse_moment, default=night_moment(FIRST_NIGHT), help="模拟时间，如 2026-08-01T00:30"
    )
    parser.add_argument("--untroubled", action="store_true", help="不模拟任何故障")
    asked = parser.parse_args()
    with SimulatedSites(make_world(), at=asked.at, troubled=not asked.untroubled) as simulated:
        write(asked.folder, simulated.ports)
        for site in simulated.ports:
            print(f"{site}\t{simulated.base(site)}/")
        print("按 Ctrl+C 结束", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()

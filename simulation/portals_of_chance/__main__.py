"""`python -m simulation.portals_of_chance`: shapes printed, one served for people, or many held against a browser."""

import argparse
import sys
import threading

from playwright.sync_api import Error as BrowserError

from simulation.portals_of_chance.column import Column
from simulation.portals_of_chance.person import chromium, unreadable, visit
from simulation.portals_of_chance.serve import PortalServer
from simulation.portals_of_chance.shape import Shape, from_line, shapes
from simulation.portals_of_chance.story import NIGHTS

CHECKED = (0, len(NIGHTS) - 1)  # nights that the browser reads


def main(arguments: list[str] | None = None) -> int:
    """Do what is asked; 1 where the browser could not read what the truth holds."""
    parser = argparse.ArgumentParser(prog="python -m simulation.portals_of_chance", description="没人见过的公示栏目")
    parser.add_argument("--count", type=int, default=20, help="几种样子")
    parser.add_argument("--seed", type=int, default=1, help="随机种子：同一种子得同样的样子")
    parser.add_argument("--shape", action="append", default=[], help="只要这一种（一行）；可写几次")
    parser.add_argument("--check", action="store_true", help="用真浏览器逐个点开，看真相里的每一条是不是读得到")
    parser.add_argument("--serve", type=int, metavar="夜", help="在本机开出第一种样子的这一夜（0 起），供人看")
    asked = parser.parse_args(arguments)
    wanted = [from_line(line) for line in asked.shape] or shapes(asked.count, asked.seed)
    if asked.serve is not None:
        return _serve(wanted[0], asked.serve)
    if asked.check:
        return _check(wanted)
    print("\n".join(shape.line() for shape in wanted))
    return 0


def _serve(shape: Shape, night: int) -> int:
    with PortalServer(Column.of(shape)) as site:
        site.set_night(night)
        print(f"{site.home}\n{shape.line()}\n按 Ctrl+C 结束", flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return 0
    return 0


def _check(wanted: list[Shape]) -> int:
    bad = 0
    with chromium() as browser:
        for shape in wanted:
            column = Column.of(shape)
            with PortalServer(column) as site:
                for night in CHECKED:
                    site.set_night(night)
                    try:
                        wrong = unreadable(column, night, visit(browser, column, site.home, night))
                    except (BrowserError, AssertionError) as error:
                        wrong = [str(error).splitlines()[0]]
                    bad += bool(wrong)
                    if wrong:
                        print(f"{shape.line()}\n    第 {night} 夜：{'；'.join(wrong[:4])}", flush=True)
    print(f"{len(wanted)} 种样子，{bad} 次没有读全")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

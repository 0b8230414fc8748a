"""`make bench`: every cost that this project states, measured in one run; kept as data, and as a page made from it.

Each figure is the median of several, and where there is a rival a ratio to it on the same machine in the same run.
`benchmarks/results.json` holds them with the machine and the versions; `docs/performance.md` is written from it alone.
`--full` measures the large sizes too (half an hour); `--only` some of the costs, the others staying as they were.
"""

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks import city, evaluation, link, smaller_costs
from benchmarks.crawl import beside_bare
from benchmarks.measure import ROOT
from benchmarks.report import cost_of
from core.domain.clock import ZONE

RESULTS, PAGE = ROOT / "benchmarks/results.json", ROOT / "docs/performance.md"
RUN_WITH = ("scrapy", "lxml", "rapidfuzz", "python-calamine", "weasyprint")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line: what was done, the figure and what it is in, and the goal where one is set."""

    what: str
    value: float
    unit: str
    goal: str = ""


def crawls(full: bool) -> list[Figure]:
    """Looking beside fetching alone, by CPU and by the wall."""
    with tempfile.TemporaryDirectory() as folder:
        pairs = list(beside_bare(Path(folder), 5 if full else 3))
    found = []
    for site in dict.fromkeys(each.site for each in pairs):
        mine = [each for each in pairs if each.site == site]
        cpu, wall = median(e.ours.cpu / e.bare.cpu for e in mine), median(e.ours.seconds / e.bare.seconds for e in mine)
        goal = "≤ 1.25" if site.startswith("10 columns") else "≤ 2"
        found += [
            Figure(
                what=f"a first night's looks against bare Scrapy on the same pages: {site}",
                value=cpu,
                unit="× CPU",
                goal=goal,
            ),
            Figure(
                what=f"a first night's looks against bare Scrapy on the same pages: {site}",
                value=wall,
                unit="× wall",
                goal="< 1",
            ),
        ]
    return found


def evaluations(full: bool) -> list[Figure]:
    """Judging: of one quarter's decisions, the night after, and a night as the archive grows."""
    large, growth = (100_000, evaluation.GROWTH) if full else (20_000, evaluation.GROWTH[:2])
    found = evaluation.figures((large // 10, large), growth)
    small, whole = found[f"evaluation {large // 10}"], found[f"evaluation {large}"]
    figures = [
        Figure(
            what=f"judging {large:,} decisions in full", value=whole["cpu"], unit="s CPU", goal="100,000 decisions ≤ 30"
        ),
        Figure(
            what=f"judging {large:,} decisions in full", value=whole["mib"], unit="MiB", goal="100,000 decisions ≤ 500"
        ),
        Figure(
            what=f"ten times the decisions, {large // 10:,} → {large:,}",
            value=whole["cpu"] / small["cpu"],
            unit="×",
        ),
        Figure(what=f"database of {large:,} decisions", value=whole["bytes"] / 1024, unit="KiB a decision", goal="≤ 3"),
        Figure(
            what=f"judging the night after, on {large:,}",
            value=whole["night_cpu"],
            unit="s CPU",
            goal="100,000 decisions ≤ 2",
        ),
    ]
    one = found["growth 1"]
    for times in growth[1:]:
        grown = found[f"growth {times}"]
        ratio = grown["evaluate"] / one["evaluate"]
        figures.append(
            Figure(
                what=f"judging a night on {times} times the archive (earlier quarters)", value=ratio, unit="×", goal="1"
            )
        )
    return figures


def linkings(full: bool) -> list[Figure]:
    """Linking: what it gets right by the author of the pairs."""
    size = 100_000 if full else 10_000
    found = []
    for author, scored in link.figures(size, (1, 2, 3) if full else (1,)).items():
        name = f"linking {size:,} a side ({author})"
        found += [
            Figure(what=f"{name}: recall", value=scored["recall"], unit="", goal="≥ 0.99"),
            Figure(what=f"{name}: wrong in 100,000 links", value=scored["wrong in 100,000 links"], unit="", goal="≤ 1"),
            Figure(
                what=f"{name}: questions in 100 decisions",
                value=scored["questions in 100 decisions"],
                unit="",
                goal="≤ 2",
            ),
        ]
    return found


def reports(full: bool) -> list[Figure]:
    """All forms of the period's report."""
    units, decisions = (100, 20_000) if full else (20, 4_000)
    seconds = cost_of("set", units, decisions).seconds
    what = f"the report in every form, {units} units, {decisions:,} decisions"
    return [Figure(what=what, value=seconds, unit="s", goal="100 units, 20,000 decisions ≤ 25")]


def smaller(full: bool) -> list[Figure]:
    """Workbooks, replay, verification, and a command's start."""
    times = 5 if full else 3
    read = smaller_costs.workbooks(10_000 if full else 3_000, times)
    again = smaller_costs.nights_again(3, 4, times)
    started = smaller_costs.commands(2 * times + 1)
    return [
        Figure(what="reading a workbook's rows", value=read["rows_a_second"], unit="rows a s CPU", goal="≥ 5,000"),
        Figure(
            what="reading a workbook's rows against reading its cells (python-calamine)",
            value=read["times_calamine"],
            unit="× CPU",
        ),
        Figure(what="importing a workbook, rows stored", value=read["stored_rows_a_second"], unit="rows a s CPU"),
        Figure(what="importing twice the rows, rows stored", value=read["twice_the_rows"], unit="×", goal="2"),
        Figure(
            what="`replay`, a first night's details among it",
            value=again["replay_ms_a_look"],
            unit="ms CPU a look",
            goal="≤ 10",
        ),
        Figure(
            what="`replay`, a first night's details among it", value=again["replay_ms_a_page"], unit="ms CPU a page"
        ),
        Figure(what="`verify` against sha256sum", value=again["verify_times_sha256sum"], unit="× CPU"),
        Figure(what="`chengxin --help` against an empty Python", value=started["help_times_python"], unit="× CPU"),
        Figure(what="chengxin --help", value=started["help_seconds"], unit="s CPU", goal="≤ 0.15"),
    ]


def cities(full: bool) -> list[Figure]:
    """A city's night: what the queue costs, and what workers and shared lists bring. One night each, on small sites."""
    apart, shared = city.measure(city.PACE if full else city.DELAY)
    plain, one = apart
    alone, by_one, by_two, by_three = shared
    unshared = "districts that share nothing, one worker against their own nights one after another"
    figures = [
        Figure(what=unshared, value=one.seconds / plain.seconds, unit="× wall", goal="1"),
        Figure(what=unshared, value=one.asked / plain.asked, unit="× requests", goal="1"),
    ]
    for night in (alone, by_one, by_two, by_three):
        who = f"by {night.workers} worker(s)" if night.workers else "own nights one after another"
        figures.append(
            Figure(what=f"districts that share lists, {who}", value=night.columns_an_hour, unit="columns an hour")
        )
    for night in (by_two, by_three):
        what = f"districts that share lists, {night.workers} workers against one"
        figures.append(Figure(what=what, value=by_one.seconds / night.seconds, unit="× as fast"))
    shares = "districts that share lists, one visit a host against their own nights"
    return [*figures, Figure(what=shares, value=by_one.asked / alone.asked, unit="× requests")]


COSTS: Mapping[str, Callable[[bool], list[Figure]]] = {
    "crawl": crawls,
    "judging": evaluations,
    "linking": linkings,
    "report": reports,
    "others": smaller,
    "city": cities,
}


def page_of(results: Mapping[str, object]) -> str:
    """The page for people: every figure beside its goal."""
    lines = [
        "# What it costs",
        "",
        "Made by `make bench` from [`benchmarks/results.json`](../benchmarks/results.json), never by hand. Medians of",
        "several in one run (of a city's nights one each); seconds are of the machine named and stand for ratios:",
        "compare two of one run.",
        "",
    ]
    for cost, told in dict(results).items():
        assert isinstance(told, dict)
        with_ = ", ".join(f"{name} {number}" for name, number in told["versions"].items())
        lines += [f"## {cost}", "", f"{told['on']}, {told['machine']}{', --full' if told['full'] else ''}; {with_}", ""]
        lines += ["| what | figure | | goal |", "|---|---:|---|---|"]
        lines += [f"| {f['what']} | {_number(f['value'])} | {f['unit']} | {f['goal']} |" for f in told["figures"]]
        lines.append("")
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}" if value < 1 or value >= 10 else f"{value:.2f}"


def _machine() -> str:
    return f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()}"


def keep(cost: str, figures: Sequence[Figure], *, full: bool) -> None:
    """Print what was measured of a cost, and put it in place of what stood there."""
    for figure in figures:
        print(f"  {figure.what}: {_number(figure.value)} {figure.unit}  {figure.goal}", flush=True)
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    results[cost] = {
        "on": f"{datetime.now(ZONE):%Y-%m-%d}",
        "machine": _machine(),
        "full": full,
        "versions": {name: version(name) for name in RUN_WITH},
        "figures": [asdict(figure) for figure in figures],
    }
    ordered = {name: results[name] for name in COSTS if name in results}
    RESULTS.write_text(json.dumps(ordered, ensure_ascii=False, indent=1) + "\n", "utf-8")
    PAGE.write_text(page_of(ordered), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="the large sizes too")
    parser.add_argument("--only", nargs="+", choices=list(COSTS), default=list(COSTS))
    asked = parser.parse_args()
    for cost in asked.only:
        print(f"{cost} …", flush=True)
        keep(cost, COSTS[cost](asked.full), full=asked.full)


if __name__ == "__main__":
    main()

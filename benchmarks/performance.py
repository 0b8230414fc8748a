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
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from benchmarks import evaluation, link, smaller_costs
from benchmarks.crawl import beside_bare
from benchmarks.measure import ROOT
from benchmarks.report import STEPS, cost_of
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
        goal = "≤ 1.25" if "10" in site.partition(" ")[0] else "≤ 2"
        found += [
            Figure(what=f"首夜核查与裸 Scrapy 之比：{site}", value=cpu, unit="倍 CPU", goal=goal),
            Figure(what=f"首夜核查与裸 Scrapy 之比：{site}", value=wall, unit="倍时长", goal="< 1"),
        ]
    return found


def evaluations(full: bool) -> list[Figure]:
    """Judging: of one quarter's decisions, the night after, and a night as the archive grows."""
    large = 100_000 if full else 20_000
    found = evaluation.figures((large // 10, large), evaluation.GROWTH if full else evaluation.GROWTH[:2])
    small, whole = found[f"evaluation {large // 10}"], found[f"evaluation {large}"]
    figures = [
        Figure(what=f"完整评价 {large:,} 件", value=whole["cpu"], unit="秒 CPU", goal="100,000 件 ≤ 30"),
        Figure(what=f"完整评价 {large:,} 件", value=whole["mib"], unit="MiB", goal="100,000 件 ≤ 500"),
        Figure(
            what=f"十倍件数的评价时间之比（{large // 10:,} → {large:,} 件）",
            value=whole["cpu"] / small["cpu"],
            unit="倍",
        ),
        Figure(what=f"数据库，{large:,} 件", value=whole["bytes"] / 1024, unit="KiB 每件", goal="≤ 3"),
        Figure(
            what=f"其上新的一夜的评价，{large:,} 件", value=whole["night_cpu"], unit="秒 CPU", goal="100,000 件 ≤ 2"
        ),
    ]
    one = found["growth 1"]
    for times in (evaluation.GROWTH if full else evaluation.GROWTH[:2])[1:]:
        grown = found[f"growth {times}"]
        ratio = grown["evaluate"] / one["evaluate"]
        figures.append(Figure(what=f"存档 {times} 倍（更早的季度）时一夜评价之比", value=ratio, unit="倍", goal="1"))
    return figures


def linkings(full: bool) -> list[Figure]:
    """Linking: what it gets right by the author of the pairs."""
    size = 100_000 if full else 10_000
    found = []
    for author, scored in link.figures(size, (1, 2, 3) if full else (1,)).items():
        name = f"链接（{author}，每侧 {size:,} 条）"
        found += [
            Figure(what=f"{name}：召回率", value=scored["recall"], unit="", goal="≥ 0.99"),
            Figure(what=f"{name}：每十万条链接中的错误", value=scored["wrong in 100,000 links"], unit="条", goal="≤ 1"),
            Figure(what=f"{name}：每百件的提问", value=scored["questions in 100 decisions"], unit="个", goal="≤ 2"),
        ]
    return found


def reports(full: bool) -> list[Figure]:
    """All forms of the period's report."""
    units, decisions = (100, 20_000) if full else (20, 4_000)
    seconds = sum(cost_of(step, units, decisions).seconds for step in STEPS)
    what = f"报告各格式，{units} 个单位 {decisions:,} 件"
    return [Figure(what=what, value=seconds, unit="秒", goal="100 个单位 20,000 件 ≤ 25")]


def smaller(full: bool) -> list[Figure]:
    """Workbooks, replay, verification, and a command's start."""
    times = 5 if full else 3
    read = smaller_costs.workbooks(10_000 if full else 3_000, times)
    again = smaller_costs.nights_again(10, 5, times)
    started = smaller_costs.commands(2 * times + 1)
    return [
        Figure(what="导入报送表", value=read["rows_a_second"], unit="行每秒 CPU", goal="≥ 5,000"),
        Figure(what="导入报送表与只读单元格（python-calamine）之比", value=read["times_calamine"], unit="倍 CPU"),
        Figure(what="重放（replay）", value=again["replay_ms_a_look"], unit="毫秒 CPU 每次核查", goal="≤ 10"),
        Figure(what="校验（verify）与 sha256sum 之比", value=again["verify_times_sha256sum"], unit="倍 CPU"),
        Figure(what="chengxin --help 与空 Python 之比", value=started["help_times_python"], unit="倍 CPU"),
        Figure(what="chengxin --help", value=started["help_seconds"], unit="秒 CPU", goal="≤ 0.15"),
    ]


COSTS: Mapping[str, Callable[[bool], list[Figure]]] = {
    "抓取": crawls,
    "评价": evaluations,
    "链接": linkings,
    "报告": reports,
    "其他": smaller,
}


def page_of(results: Mapping[str, object]) -> str:
    """The page for people: every figure beside its goal."""
    lines = [
        "# What it costs",
        "",
        "Made by `make bench` from [`benchmarks/results.json`](../benchmarks/results.json), never by hand. Medians of",
        "several in one run; seconds are of the machine named and stand for ratios: compare two of one run.",
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="大的规模也测")
    parser.add_argument("--only", nargs="+", choices=list(COSTS), default=list(COSTS))
    asked = parser.parse_args()
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    for cost in asked.only:
        print(f"{cost} …", flush=True)
        figures = COSTS[cost](asked.full)
        for figure in figures:
            print(f"  {figure.what}：{_number(figure.value)} {figure.unit}　{figure.goal}", flush=True)
        results[cost] = {
            "on": f"{datetime.now(ZONE):%Y-%m-%d}",
            "machine": _machine(),
            "full": asked.full,
            "versions": {name: version(name) for name in RUN_WITH},
            "figures": [asdict(figure) for figure in figures],
        }
        ordered = {name: results[name] for name in COSTS if name in results}
        RESULTS.write_text(json.dumps(ordered, ensure_ascii=False, indent=1) + "\n", "utf-8")
        PAGE.write_text(page_of(ordered), "utf-8")


if __name__ == "__main__":
    main()

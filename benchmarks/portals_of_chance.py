"""`make portals`: columns that nobody thought of, each tried, watched for four nights, and held against its truth.

For each shape: `portal try`, its draft switched on as it is, four nights with the simulated clock, the evidence
against the story. Ends with 0 only where nobody was accused wrongly, no proved breach was erased and no statement is
contradicted by the kept bytes.
"""

import argparse
import json
import multiprocessing
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.look_reasons import faults_of, sentence
from core.domain.models import Decision, Evidence, Look, Run
from core.runtime.paths import Paths
from core.storage.session import Session, open_session
from pipeline.audit import audit
from pipeline.crawl import crawl, plan_looks
from pipeline.evaluate import evaluate
from pipeline.ingest import import_uploads
from pipeline.portal_trial import Trial as PortalTrial
from pipeline.portal_trial import try_portal
from simulation.portals_of_chance.column import Column
from simulation.portals_of_chance.office import HANDED_IN, PORTAL, kind_of, write_district, write_workbook
from simulation.portals_of_chance.report import Trial, table
from simulation.portals_of_chance.serve import PortalServer
from simulation.portals_of_chance.shape import Shape, from_line, shapes, smallest
from simulation.portals_of_chance.story import NIGHTS, UNIT, Story, night_at, provable
from simulation.portals_of_chance.truth import (
    Read,
    Reading,
    is_true_reason,
    judge_reading,
    told_late,
    wrong_accusations,
)

BOUND = 240  # seconds for one shape, unless asked otherwise


@dataclass(frozen=True, slots=True)
class Nights:
    """What four nights brought: each night's evidence, every decision, and the first night's reading."""

    reading: Reading
    evidence: tuple[tuple[Evidence, ...], ...]
    decisions: dict[str, Decision]
    contradictions: tuple[str, ...]


def measure(shape: Shape, root: Path, *, quick: bool = False, nights: int = len(NIGHTS)) -> Trial:
    """Try, watch for `nights` and judge one shape in the empty folder `root`; `quick`: one where not all is read."""
    began, column = time.monotonic(), Column.of(shape)
    with PortalServer(column) as site:
        trial = _try(shape, site, root)
        draft = _draft(shape, trial)
        if isinstance(draft, Reading):
            return _until(nights, _told(column.story, draft, time.monotonic() - began))
        write_district(root / "district", draft)
        paths = Paths(root / "var")
        seen = _nights(column.story, site, load(root / "district"), paths, quick=quick, count=nights)
    told = _told(column.story, seen.reading, time.monotonic() - began, seen, _family(draft))
    costs = tuple((cost.family, cost.requests, cost.seconds) for cost in trial.costs)
    return _until(nights, replace(told, costs=costs))


def _until(nights: int, trial: Trial) -> Trial:
    """The trial with what can be proved within so many nights."""
    return replace(trial, provable={number: night for number, night in trial.provable.items() if night < nights})


def _try(shape: Shape, site: PortalServer, root: Path) -> PortalTrial:
    """What `portal try` makes of the column."""
    write_district(root / "trial")
    facts = {
        "id": PORTAL, "name": "", "channel": "department", "unit": UNIT, "kinds": [kind_of(shape).value],
        "allow_private": True,
    }  # fmt: skip
    site.set_night(0)
    return try_portal(
        load(root / "trial"), site.home, Clock(base=night_at(0) - timedelta(seconds=1)), root / "work", facts
    )


def _draft(shape: Shape, trial: PortalTrial) -> str | Reading:
    """The draft as it is printed, switched on and nothing else; how it was refused where there is none."""
    if trial.seen is None:
        reasons = [sentence(reason) for reason in faults_of(trial.look.reasons)]
        said = "、".join([*reasons, *filter(None, [trial.unread])]) or "没有认出列表"
        return Reading(Read.REFUSED_TRULY if is_true_reason(shape, said) else Read.REFUSED, (said,))
    return re.sub(r"^(verified|enabled) = false$", r"\1 = true", trial.toml, flags=re.M)


def _family(draft: str) -> str:
    found = re.search(r'^family = "(.*)"$', draft, re.M)
    return found[1] if found else ""


def _nights(story: Story, site: PortalServer, config: Config, paths: Paths, *, quick: bool, count: int) -> Nights:
    """`count` nights of the draft, the unit's workbook after the first; `quick`: one where not all is read."""
    evidence: list[tuple[Evidence, ...]] = []
    decisions: dict[str, Decision] = {}
    reading = Reading(Read.NOTHING)
    contradictions: tuple[str, ...] = ()
    for night in range(count):
        site.set_night(night)
        with open_session(config, paths, Clock(base=night_at(night))) as session:
            if night == 1:
                import_uploads(session.at(HANDED_IN), [write_workbook(story, paths.root / "inbox")])
            _one_night(session, night)
            evidence.append(tuple(session.evaluations.evidence()))
            decisions |= session.evaluations.decisions()
            if night == 0:
                reading = _reading(story, session)
                if quick and reading.read not in {Read.RIGHT, Read.UNPROVED}:
                    break
            if night == count - 1:
                contradictions = tuple(str(told) for told in audit(session).contradictions)
    return Nights(reading, tuple(evidence), decisions, contradictions)


def _one_night(session: Session, night: int) -> None:
    run = f"{NIGHTS[night]}"
    session.runs.add_config(session.config.hash, {}, session.now())
    session.runs.begin(Run(id=run, started_at=session.now(), config_hash=session.config.hash))
    evaluate(session)
    crawl(session, plan_looks(session, run), run)
    evaluate(session)


def _reading(story: Story, session: Session) -> Reading:
    looks = session.looks.looks(portal=PORTAL)
    best = max(looks, key=_worth)
    sightings = session.looks.first_sightings(session.looks.spans(PORTAL))
    return judge_reading(story, best, sightings, tuple(session.findings.all().values()))


def _worth(look: Look) -> tuple[bool, bool, int]:
    return look.genuine and look.parsed, look.whole, look.rows


def _told(story: Story, reading: Reading, seconds: float, nights: Nights | None = None, family: str = "") -> Trial:
    wanted = provable(story)
    if nights is None:
        return Trial(shape=story.shape, read=reading.read, amiss=reading.amiss, provable=wanted, seconds=seconds)
    told, taken_back = told_late(story, nights.evidence, nights.decisions)
    wrong = {
        (accusation.check, accusation.slug, accusation.number): accusation
        for night, evidence in reversed(list(enumerate(nights.evidence)))
        for accusation in wrong_accusations(story, night, evidence, nights.decisions)
    }
    return Trial(
        shape=story.shape, read=reading.read, amiss=reading.amiss, family=family, provable=wanted, told=told,
        accused=tuple(map(str, wrong.values())), erased=taken_back, contradicted=nights.contradictions,
        seconds=seconds,
    )  # fmt: skip


# ---------------------------------------------------------------- many of them


class _TooLong(Exception):
    """A shape that was not done within its bound."""


def _bounded(shape: Shape, quick: bool, nights: int = len(NIGHTS), bound: int = BOUND) -> Trial:
    """`measure`, within `bound` seconds; what breaks is told as such and stops nobody."""

    def stop(*_: object) -> None:
        raise _TooLong

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(bound)
    try:
        with tempfile.TemporaryDirectory() as work:
            return measure(shape, Path(work), quick=quick, nights=nights)
    except Exception as error:  # the measurement's own boundary: it must go on to the next shape
        said = f"{type(error).__name__}: {str(error)[:200]}"
        return Trial(shape=shape, read=Read.BROKE, amiss=(said,), provable=provable(Story(shape)), seconds=bound)
    finally:
        signal.alarm(0)


def shrunk(shape: Shape, *, quick: bool) -> tuple[Shape, str]:
    """(the smallest shape of which the same is to be said, what that is)."""
    said = _said(_bounded(shape, quick))
    return smallest(shape, lambda smaller: _said(_bounded(smaller, quick)) == said), said


def _said(trial: Trial) -> str:
    """The worst that is to be said of a shape."""
    wrongs = {"accused": trial.accused, "erased": trial.erased, "contradicted": trial.contradicted}
    worst = next((what for what, of in wrongs.items() if of), "")
    return worst or f"{trial.read.value}: {next(iter(trial.amiss), '')}"


def trials(wanted: list[Shape], processes: int, *, quick: bool, nights: int, bound: int) -> Iterator[Trial]:
    """Every shape's trial, as they are done."""
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=20) as pool:
        yield from pool.imap_unordered(partial(_bounded, quick=quick, nights=nights, bound=bound), wanted)


def main(arguments: list[str] | None = None) -> int:
    """Run the shapes asked for; see the module."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.portals_of_chance", description="没人见过的栏目，逐个试看"
    )
    parser.add_argument("--count", type=int, default=100, help="几种样子")
    parser.add_argument("--seed", type=int, default=1, help="随机种子：同一种子得同样的样子")
    parser.add_argument("--shape", action="append", default=[], help="只试这一种（一行）；可写几次")
    parser.add_argument("--quick", action="store_true", help="没有读全的栏目只看一夜")
    parser.add_argument("--nights", type=int, default=len(NIGHTS), choices=range(1, len(NIGHTS) + 1), help="看几夜")
    parser.add_argument("--bound", type=int, default=BOUND, help="一种样子最多几秒；机器忙时放宽")
    parser.add_argument("--shrink", action="store_true", help="找出有同样毛病的最小样子，一种一种地来")
    parser.add_argument("--processes", type=int, default=2, help="同时几个进程")
    parser.add_argument(
        "--report", type=Path, default=Path("var/portals.txt"), help="表写到哪里；逐个的结果写在旁边的 .jsonl"
    )
    asked = parser.parse_args(arguments)
    wanted = [from_line(line) for line in asked.shape] or shapes(asked.count, asked.seed)
    if asked.shrink:
        for shape in wanted:
            small, said = shrunk(shape, quick=asked.quick)
            print(f"{said}\n    {small.line()}", flush=True)
        return 0
    asked.report.parent.mkdir(parents=True, exist_ok=True)
    done: list[Trial] = []
    with asked.report.with_suffix(".jsonl").open("w", encoding="utf-8") as lines:
        for trial in trials(wanted, asked.processes, quick=asked.quick, nights=asked.nights, bound=asked.bound):
            done.append(trial)
            lines.write(json.dumps(trial.as_json(), ensure_ascii=False) + "\n")
            lines.flush()
            print(f"[{len(done)}/{len(wanted)}] {trial.read.value}: {trial.shape.line()}", file=sys.stderr, flush=True)
    text = table(done)
    asked.report.write_text(text, "utf-8")
    print(text)
    return 3 if any(trial.accused or trial.erased or trial.contradicted for trial in done) else 0


if __name__ == "__main__":
    sys.exit(main())

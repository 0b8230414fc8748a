"""`make faults`: every failure × every portal family; nobody may be accused by what we could not look at.

A district is watched for three weeks. Then, for each fault, a copy of it lives through five nights with every site
spoiled in that way, and one with all of them well. With `--corpus` every saved block page stands before every site for
a night: another one each night, and another before each site of the same night. Decisions are published in time in
those nights: a look that took a failure for an empty or complete list would accuse their units then, or on the last
night, when they are seen.
Prints how many are at stake and what each family's looks said; ends with 0 only when nobody was accused wrongly.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import scheduler
from benchmarks.fault_proxy import FAULTS, Fault, FaultProxy, corpus
from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.look_reasons import LookReason, sentence
from core.domain.models import Channel, Decision, Evidence, Look, Outcome
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from pipeline import ingest
from simulation.accuracy import Accuracy, compare
from simulation.background_cases import make_world
from simulation.district import write as write_district
from simulation.ground_truth import PUBLISHED, Truth, truths
from simulation.offices import CREDIT, own_portal
from simulation.server import SITES, SimulatedSites
from simulation.sites.base import Request, Site
from simulation.workbooks import write_workbooks
from simulation.world import FIRST_NIGHT, World, moment, night_moment
from tests.support.sessions import session_of

FIRST, START, NIGHTS = date(2026, 8, 1), date(2026, 8, 15), 5
TIMEOUT = 1.5  # seconds
PRESSED = {
    "gxj": "ul.filelist",
    "cgj": "table.infoList > tbody",
}  # columns read by pressing; where the browser has the rows
MAX_BYTES = 3_000_000


def page_of(site: Site, method: str, path: str, body: str) -> int:
    """The list page that a request is for, by the site's own routing."""
    url = urlsplit(path)
    request = Request(method=method, path=url.path, query=dict(parse_qsl(url.query)), form=dict(parse_qsl(body)))
    target = site.route(request)
    return target.page if target else 0


def prepare(root: Path, world: World, simulated: SimulatedSites, ports: Mapping[str, int]) -> Paths:
    """A district watched from FIRST to START, every site well."""
    paths = Paths(root)
    write_district(root / "district", ports)
    file = root / "district/district.toml"
    text = re.sub(
        r"(?m)^timeout_seconds = .*$", f"timeout_seconds = {TIMEOUT}\nmax_bytes = {MAX_BYTES}", file.read_text("utf-8")
    )
    file.write_text(text, "utf-8")
    for name, container in PRESSED.items():
        read_by_pressing(root / "district/portals" / f"{name}.toml", container)
    config, day = load(root / "district"), FIRST_NIGHT
    while day < START:
        if day >= FIRST:
            simulated.set_time(night_moment(day))
            scheduler.night(config, paths, Clock(base=night_moment(day)))
        hand_in(config, paths, world, day)
        day += timedelta(days=1)
    return paths


def read_by_pressing(file: Path, container: str) -> None:
    """Have a column read by the family of last resort instead of its own."""
    facts = file.read_text("utf-8").partition("[options]")[0]
    facts = re.sub(r"(?m)^family = .*$", 'family = "citizen"\nrendered = true', facts)
    items = "li" if container.startswith("ul") else "tr"
    file.write_text(f'{facts}\n[options]\ncontainer = "{container}"\nitems = ":scope > {items}"\n', "utf-8")


def hand_in(config: Config, paths: Paths, world: World, day: date) -> None:
    """What the units hand in that morning."""
    files = write_workbooks(world, day, paths.root / "inbox")
    if files:
        with Store(paths.store) as store:
            ingest.import_uploads(session_of(store, config, moment(day, "09:00"), paths=paths), files)


def at_stake(world: World, table: Sequence[Truth]) -> int:
    """Decisions published in time while the sites are spoiled, whose deadline passes before they are well."""
    begin, end = night_moment(START - timedelta(days=1)), night_moment(START + timedelta(days=NIGHTS))
    timely = {(t.decision_ref, t.channel) for t in table if t.check == PUBLISHED and not t.breached}
    acts = {act.ref: act for act in world.acts}
    return sum(
        any(begin < p.up <= end for p in world.postings_of(ref, portal)) and acts[ref].deadline <= end
        for ref, channel in timely
        if channel
        for portal in [
            CREDIT[acts[ref].kind] if channel is Channel.CREDIT else own_portal(acts[ref].unit, acts[ref].kind)
        ]
        if portal
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultBed:
    """The town that every fault is tried on: a prepared district (`base`), its truth, its sites and their proxies."""

    base: Path
    world: World
    table: Sequence[Truth]
    simulated: SimulatedSites
    proxies: Sequence[FaultProxy]


FaultAt = Callable[[int, int], Fault]  # what stands before a site (by its place in the list) on a spoiled night


def through_the_corpus(pages: Sequence[Fault]) -> dict[str, FaultAt]:
    """Rounds of NIGHTS in which each page stands before each site once."""
    rounds = -(-len(pages) // NIGHTS)

    def at(number: int, site: int, night: int) -> Fault:
        return pages[(number * NIGHTS + night + site * NIGHTS) % len(pages)]

    return {f"拦截页第 {number + 1}/{rounds} 轮": partial(at, number) for number in range(rounds)}


def suffer(bed: FaultBed, work: Path, name: str, fault: FaultAt) -> tuple[Accuracy, dict[str, set[str]]]:
    """NIGHTS spoiled nights and one that is well: who was accused, and what each family's spoiled looks said."""
    root = work / re.sub(r"\W+", "-", name)
    shutil.copytree(bed.base, root)
    paths, config = Paths(root), load(root / "district")
    events: list[tuple[date, Evidence]] = []
    decisions: dict[str, Decision] = {}
    sentences: dict[str, set[str]] = defaultdict(set)
    final: tuple[Evidence, ...] = ()
    for number in range(NIGHTS + 1):
        night = START + timedelta(days=number)
        for place, site in enumerate(bed.proxies):
            site.fault = fault(place, number) if number < NIGHTS else None
        bed.simulated.set_time(night_moment(night))
        result = scheduler.night(config, paths, Clock(base=night_moment(night)))
        if number < NIGHTS:
            _note(sentences, config, result.looks)
        with Store(paths.store) as store:
            cache = EvaluationCache(store)
            final, decisions = cache.evidence(), decisions | cache.decisions()
        events += [(night, item) for item in final if item.outcome is Outcome.BREACHED]
        hand_in(config, paths, bed.world, night)
    shutil.rmtree(root)
    return compare(bed.table, events, decisions, final=final, last_night=START + timedelta(days=NIGHTS)), sentences


def _note(sentences: dict[str, set[str]], config: Config, looks: Sequence[Look]) -> None:
    for look in looks:
        family = config.portal(look.portal).family
        proves = "看全" if look.whole else "看到窗口" if look.floor and look.genuine and look.parsed else ""
        sentences[family].add(
            "、".join(filter(None, [proves, *(sentence(r) for r in look.reasons if r != LookReason.DETAIL_UNREAD)]))
            or "没有结论"
        )


def _everywhere(fault: Fault, _site: int, _night: int) -> Fault:
    return fault


def main(arguments: Sequence[str]) -> int:
    """Run the faults asked for (all by default); returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="只跑名称里含这些字的故障")
    parser.add_argument("--corpus", action="store_true", help="连同全部拦截页样本：每个样本在每个网站前各站一夜")
    asked = parser.parse_args(arguments)
    faults: dict[str, FaultAt] = {name: partial(_everywhere, fault) for name, fault in FAULTS.items()}
    faults |= through_the_corpus(tuple(corpus().values())) if asked.corpus else {}
    chosen = {name: fault for name, fault in faults.items() if asked.only in name}
    world, began, wrong = make_world(), time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder, SimulatedSites(world, troubled=False) as simulated:
        guards = {site.name: FaultProxy(simulated.ports[site.name], partial(page_of, site)) for site in SITES}
        paths = prepare(Path(folder) / "base", world, simulated, {name: guard.port for name, guard in guards.items()})
        table = truths(world)
        families = sorted({p.family for p in load(Path(folder) / "base/district").portals})
        print(f"{len(chosen)} 种故障 × {len(families)} 个家族（{'、'.join(families)}）")
        print(f"故障期间按期公示、又在其间到期的：{at_stake(world, table)} 项", flush=True)
        proxies = tuple(guards.values())
        bed = FaultBed(base=paths.root, world=world, table=table, simulated=simulated, proxies=proxies)
        for name, fault in chosen.items():
            accuracy, sentences = suffer(bed, Path(folder), name, fault)
            wrong += len(accuracy.accused_wrongly)
            print(f"\n【{name}】accused: {len(accuracy.accused_wrongly)}", flush=True)
            for family, words in sorted(sentences.items()):
                print(f"　{family}：{'；'.join(sorted(words))}")
            for accused in accuracy.accused_wrongly:
                print(f"　冤枉：{accused.night} {accused.evidence} {accused.slug}（{accused.reason}）")
    print(f"\naccused: {wrong}（{len(chosen)} 种故障，{time.monotonic() - began:.0f} 秒）")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

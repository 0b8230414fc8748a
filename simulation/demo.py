"""The demonstration: the district lives through its quarter, and the system's word is held against the truth."""

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from checks import TEXTS
from core.domain.clock import Clock
from core.domain.config import Config, load
from core.domain.errors import UsageError
from core.domain.models import Channel, Decision, Evidence, Look, Outcome
from core.runtime.paths import Paths
from core.storage.evaluation_cache import EvaluationCache
from core.storage.session import Session, open_session
from simulation.accuracy import Accuracy, compare, compare_filings, dump
from simulation.district import write as write_district
from simulation.ground_truth import MASKED as CHECK_MASKED
from simulation.ground_truth import SUBMITTED as CHECK_SUBMITTED
from simulation.ground_truth import Truth, truths
from simulation.materials import filing_truths
from simulation.server import SimulatedSites
from simulation.submission_zips import write_envelopes
from simulation.workbooks import write_workbooks
from simulation.world import World, moment, night_moment, nights

Say = Callable[[str], None]
MARK = ".chengxin-demo"  # stands in every folder that a demonstration made, and in no other
SETTING_UP_SECONDS, NIGHT_SECONDS = 15, 6  # on two ordinary cores; the first night walks every list to its end


class NightSummary(Protocol):
    """What a night gives back, as far as the demonstration shows it."""

    @property
    def looks(self) -> tuple[Look, ...]:
        """Tonight's looks."""

    @property
    def seconds(self) -> float:
        """Wall clock seconds."""

    @property
    def peak_kib(self) -> int:
        """Peak memory so far."""


RunNight = Callable[[Config, Paths, Clock], NightSummary]
EvaluateFilings = Callable[[Session], Sequence[Evidence]]  # the quarter's evidence about what was handed in
ImportUploads = Callable[[Session, Sequence[Path]], object]


@dataclass(frozen=True, slots=True)
class Stages:
    """What the demonstration asks of the system."""

    run_night: RunNight
    import_uploads: ImportUploads
    evaluate_filings: EvaluateFilings


def run_demo(
    paths: Paths,
    played: Sequence[date],
    stages: Stages,
    world: World,
    *,
    browser: bool = True,
    reviewer: str = "",
    say: Say = print,
) -> int:
    """Play the nights `played` in order into an emptied `paths.root`; 0 when both numbers are nought, else 3.

    What was handed in before the first of them came in on its days; what stood on the sites and went, nobody saw.

    UsageError for a folder that holds anything and was not made by a demonstration.
    Without a browser the rendered portals cannot be looked at: what only they could prove is then not asked for.
    `reviewer`: the account that may rule on the district's evidence, freeze its quarter and distribute it; "": nobody.
    """
    clear_folder(paths.root)
    began = time.monotonic()
    with SimulatedSites(world) as simulated:
        district = paths.root / "district"
        write_district(district, simulated.ports)
        if reviewer:
            add_reviewer(district, reviewer)
        config = load(district)
        say(
            f"模拟区县“{config.district.name}”：{len(config.units)} 个单位、{len(config.portals)} 个栏目，共 "
            f"{len(played)} 夜，约需 {_minutes(SETTING_UP_SECONDS + NIGHT_SECONDS * len(played))}"
        )
        if not browser:
            say("本机没有 Chromium：需要浏览器渲染的栏目不核查，也不对它们作任何认定")
        events, filed, decisions, final = _live(config, paths, world, simulated, played, stages, say)
    table = truths(world, tuple(played))
    if not browser:
        table = _unseen(table, {p.unit for p in config.portals if p.rendered})
    accuracy = compare(table, events, decisions, final=final, last_night=played[-1])
    accuracy += compare_filings(filing_truths(), filed, played[-1])
    dump(accuracy, table, paths.root / "truth.json")
    _close(paths, accuracy, time.monotonic() - began, say)
    return 0 if not accuracy.accused_wrongly and not accuracy.missed else 3


def clear_folder(root: Path) -> None:
    """Make `root` an empty folder with the demonstration's mark; what an earlier demonstration left there goes.

    UsageError where `root` is a file, or holds anything without the mark.
    """
    if root.exists() and not root.is_dir():
        raise UsageError(f"{root} 是一个文件，演示要写到一个文件夹里")
    held = sorted(root.iterdir()) if root.exists() else []
    if held and not (root / MARK).exists():
        raise UsageError(f"{root} 里有不是演示写下的东西（{held[0].name} 等），不清空：请用 --var 换一个空文件夹")
    for path in held:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARK:
            path.unlink()
    root.mkdir(parents=True, exist_ok=True)
    (root / MARK).write_text("这个文件夹由 chengxin 的演示建立，下一次演示会把它清空。\n", "utf-8")


def _minutes(seconds: float) -> str:
    return f"{round(seconds / 60)} 分钟" if seconds >= 90 else "1 分钟"


def _unseen(table: Sequence[Truth], units: set[str | None]) -> tuple[Truth, ...]:
    """The truth with nothing asked of `units`' own portals: who could not look is not expected to have seen."""
    on_portal = {CHECK_SUBMITTED, CHECK_MASKED}
    return tuple(
        replace(t, visible_from=None)
        if t.unit in units and (t.channel is Channel.DEPARTMENT or t.check in on_portal)
        else t
        for t in table
    )


Events = list[tuple[date, Evidence]]
# by check: the same code may accuse in one and not in another
_ACCUSING = {code.code for text in TEXTS.values() for code in text.codes if code.may_be(Outcome.BREACHED)}


def _live(
    config: Config,
    paths: Paths,
    world: World,
    simulated: SimulatedSites,
    played: Sequence[date],
    stages: Stages,
    say: Say,
) -> tuple[Events, Events, dict[str, Decision], tuple[Evidence, ...]]:
    """Night after night; every first breach with its night (decisions, filings), all decisions, the last evidence."""
    known: set[str] = set()
    events: Events = []
    filed: Events = []
    decisions: dict[str, Decision] = {}
    final: tuple[Evidence, ...] = ()
    for day in nights():
        if day < played[0]:
            _hand_in(config, paths, world, day, stages)
    for number, night in enumerate(played, 1):
        at = night_moment(night)
        simulated.set_time(at)
        result = stages.run_night(config, paths, Clock(base=at))
        with open_session(config, paths, Clock.stopped(at)) as session:
            new = _first_breaches(night, accusing(session.evaluations), known)
            decisions |= session.evaluations.decisions(item.decision for _, item in new if item.decision)
            events += new
            filed += _first_breaches(night, stages.evaluate_filings(session), known)
            if night == played[-1]:
                final = session.evaluations.evidence()
                decisions |= session.evaluations.decisions()
        _hand_in(config, paths, world, night, stages)
        say(_line(number, len(played), night, result, len(known)))
    return events, filed, decisions, final


def _hand_in(config: Config, paths: Paths, world: World, day: date, stages: Stages) -> None:
    """Import in the morning what the offices hand in on a day."""
    inbox = paths.root / "inbox"
    files = [*write_workbooks(world, day, inbox), *write_envelopes(day, inbox)]
    if files:
        with open_session(config, paths, Clock.stopped(moment(day, "09:00"))) as session:
            stages.import_uploads(session, files)


def accusing(cache: EvaluationCache) -> tuple[Evidence, ...]:
    """Every breach about a decision that stands, in order of key; what is met is not read."""
    return tuple(item for item in cache.evidence_by_codes(_ACCUSING) if item.outcome is Outcome.BREACHED)


def _first_breaches(night: date, evidence: Sequence[Evidence], known: set[str]) -> Events:
    breaches = (item for item in evidence if item.outcome is Outcome.BREACHED)
    new = [item for item in breaches if item.key not in known]
    known |= {item.key for item in new}
    return [(night, item) for item in new]


def _line(number: int, count: int, night: date, result: NightSummary, breaches: int) -> str:
    blind = sorted({look.portal for look in result.looks if not (look.genuine and look.parsed)})
    note = f"｜未能核查：{'、'.join(blind)}" if blind else ""
    return (
        f"[{number:>2}/{count}] {night}｜核查 {len(result.looks)}｜请求 {sum(k.requests for k in result.looks)}"
        f"｜{sum(k.bytes for k in result.looks) // 1024} KiB｜累计待核实 {breaches}｜{result.seconds:.1f} 秒"
        f"｜内存 {result.peak_kib // 1024} MiB{note}"
    )


def _close(paths: Paths, accuracy: Accuracy, seconds: float, say: Say) -> None:
    minutes = timedelta(seconds=round(seconds))
    say("")
    say(f"报告　　{paths.report}")
    say(f"邮件　　{paths.outbox}/*.eml（{len(list(paths.outbox.glob('*.eml')))} 封）")
    say(f"真相表　{paths.root / 'truth.json'}")
    say(
        f"用时 {minutes}；可证明的问题 {accuracy.visible} 项，查出 {accuracy.detected} 项；无法判断的比例 "
        f"{accuracy.inconclusive_share:.1%}"
    )
    for check, delay in accuracy.delay_nights.items():
        say(f"　{check}：查出比最早可证明之夜晚 {delay.median:g} 夜（中位），最多 {delay.max} 夜")
    for wrong in accuracy.accused_wrongly:
        say(f"　冤枉：{wrong.night} {wrong.evidence} {wrong.slug}（{wrong.reason}）")
    for missed in accuracy.missed:
        say(f"　漏掉：{missed.decision_ref} {missed.check} {missed.channel} 自 {missed.visible_from}（{missed.why}）")
    say(f"冤枉的单位 {len(accuracy.accused_wrongly)}；看得见却漏掉的问题 {len(accuracy.missed)}")


def add_reviewer(district: Path, account: str) -> None:
    """Let the account rule on the district's evidence, freeze its quarter and distribute it."""
    file = district / "district.toml"
    lines = f'\n[[review.reviewer]]\nname = "演示复核员"\naccount = {json.dumps(account)}\n'
    file.write_text(file.read_text("utf-8") + lines, "utf-8")

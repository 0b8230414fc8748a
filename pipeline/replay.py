"""Every look read again from the archive, without a network, and judged anew: what today's code reads otherwise."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from core.domain.clock import ZONE
from core.domain.look_reasons import end_of, faults_of
from core.domain.models import CheckBundle, Finding, Look, LookBundle, ReadingCheck
from core.storage.crawl_history import CrawlHistory
from core.storage.database import Store
from core.storage.observations import Looks
from core.storage.reading_checks import ReadingChecks
from core.storage.retention import looks_without_bytes
from core.storage.session import Session
from crawler.replay import Captured, replay_visit
from pipeline.evaluate import evaluate


def replay(session: Session, work: Path) -> tuple[int, list[str]]:
    """(looks replayed, differences in words): every look read again from the archive, then judged anew.

    No network. The same code and configuration must give no difference; other code lists what it reads otherwise.
    `work` is an empty folder for the second store.
    """
    differences: list[str] = []
    gone, config, archive = looks_without_bytes(session.store), session.config, session.paths.archive
    looks = [k for k in session.looks.looks() if k.id not in gone and any(p.id == k.portal for p in config.portals)]
    visits: dict[tuple[str, str], list[Look]] = defaultdict(list)
    for look in looks:
        visits[look.run, look.portal].append(look)
    checks, unseen = _checks(session, visits)

    async def read_again(again: Store) -> None:
        memory = CrawlHistory(again, archive, session.store)
        for key, visit in visits.items():
            made = checks.get(key, [])
            captured: list[Captured] = [(look, session.looks.captures(look.id)) for look in visit]
            captured += [(check, session.reading_checks.captures(check.id)) for check in made]
            async for look, bundle in replay_visit(config, archive, captured, memory):
                differences.extend(_differing_look(session.findings.of_look(look.id), look, bundle))
                again_made = {b.check.id: b for b in (bundle.check, *bundle.beside) if b is not None}
                differences.extend(w for c in made if c.id in again_made for w in _differing_check(c, again_made[c.id]))
                Looks(again).add_look(bundle, look.finished_at)

    with Store(work / "replay.db") as again:
        again.copy_handed_in(session.store)
        ReadingChecks(again).take_over(session.reading_checks, unseen)
        asyncio.run(read_again(again))
        now = looks[-1].finished_at if looks else datetime.now(ZONE)
        both = (session.at(now), replace(session.at(now), store=again))
        for each in both:
            evaluate(each, full=True)
        then, today = ({e.key: e for e in each.evaluations.evidence()} for each in both)
        for key in sorted(then.keys() | today.keys()):
            a, b = (f"{e[key].outcome}:{e[key].slug}" if key in e else "无" for e in (then, today))
            differences += [f"证据 {key}：原为 {a}，重算为 {b}"] if a != b else []
    return len(looks), differences


def _checks(
    session: Session, visits: Mapping[tuple[str, str], Sequence[Look]]
) -> tuple[dict[tuple[str, str], list[ReadingCheck]], list[ReadingCheck]]:
    """The checks that can be made again, by night and portal; and those that are taken over as they were."""
    gone, kept = session.reading_checks.without_bytes(), []
    again: dict[tuple[str, str], list[ReadingCheck]] = defaultdict(list)
    for check in session.reading_checks.all():
        key = (check.run, check.portal)
        if check.id in gone or len(visits.get(key, ())) < 2:
            kept.append(check)
        else:
            again[key].append(check)
    return again, kept


def _differing_look(findings: Sequence[Finding], look: Look, bundle: LookBundle) -> list[str]:
    """What a replayed look reads otherwise than the look did."""
    differences = []
    for name in ("genuine", "parsed", "whole", "floor", "total", "rows", "reasons"):
        then, today = getattr(look, name), getattr(bundle.look, name)
        if name == "reasons" and end_of(look.reasons) is None:  # an older version did not note by what it was whole
            today = faults_of(today)
        if then != today:
            differences.append(f"核查 {look.id}：{name} 原为 {then}，重算为 {today}")
    before = {f.id: replace(f, capture="") for f in findings}
    after = {f.id: replace(f, capture="") for f in bundle.findings}
    differences += [
        f"公示记录 {name}（{look.id}）：读出的内容不同"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]
    return differences


def _differing_check(check: ReadingCheck, again: CheckBundle) -> list[str]:
    """What a replayed check sees otherwise than the check did."""
    return [
        f"读取核对 {check.id}：{name} 原为 {then}，重算为 {today}"
        for name in ("verdict", "whole", "differing", "rows", "reasons")
        if (then := getattr(check, name)) != (today := getattr(again.check, name))
    ]

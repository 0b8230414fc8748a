"""Every look read again from the archive, without a network, and judged anew: what today's code reads otherwise."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from core.domain.clock import ZONE
from core.domain.errors import ArchiveUnreachable
from core.domain.look_reasons import end_of, faults_of
from core.domain.models import CheckBundle, Evidence, Finding, Look, LookBundle, Reading, ReadingCheck, Sighting
from core.domain.text import mask_identities
from core.storage.crawl_history import CrawlHistory
from core.storage.database import Store
from core.storage.retention import looks_without_bytes
from core.storage.session import Session
from crawler.reader_pool import open_readers
from crawler.readers import Readers
from crawler.replay import Captured, Replayed, Visited, replay_visit
from crawler.visit import unstored_look
from pipeline.evaluate import evaluate

_LOOK = ("genuine", "parsed", "whole", "floor", "total", "pages", "rows", "age_seconds", "unknown_labels", "reasons")
_CHECK = ("verdict", "whole", "differing", "lacking", "more", "pages", "rows", "reasons")
_EVIDENCE = ("outcome", "slug", "sentence", "deadline", "late_days")
# by which page it is cited, and when the last of several pages came: older versions went by the order of the answers
_CHANCE = frozenset({"capture", "read_at"})
_LONGEST = 120  # characters of a value that are shown


def replay(session: Session, work: Path) -> tuple[int, list[str]]:
    """(looks replayed, differences in words): every look read again from the archive, then judged anew.

    No network. The same code and configuration must give no difference; other code lists what it reads otherwise.
    Looks whose pages were given up or whose portal is no longer configured, and the checks of such, are taken over as
    they were. `work` is an empty folder for the second store.
    """
    looks, portals = session.looks.looks(), {portal.id for portal in session.config.portals}
    gone = looks_without_bytes(session.store) | {look.id for look in looks if look.portal not in portals}
    with open_readers(1) as readers, Store(work / "replay.db") as store:
        store.copy_handed_in(session.store)
        again = replace(session, store=store)
        count, differences = asyncio.run(_read_again(session, again, _visits(session, looks, gone), readers))
        now = looks[-1].finished_at if looks else datetime.now(ZONE)
        differences += _differing_evidence(session.at(now), again.at(now))
    return count, differences


Step = Visited | Sequence[Look | ReadingCheck]  # to be made again, or to be taken over as it was


def _visits(session: Session, looks: Sequence[Look], gone: set[str]) -> Iterator[Step]:
    """What each crawl made at each portal, in time order."""
    by_visit: dict[tuple[str, str], list[Look]] = defaultdict(list)
    for look in looks:
        by_visit[look.run, look.portal].append(look)
    checks: dict[tuple[str, str], list[ReadingCheck]] = defaultdict(list)
    for check in session.reading_checks.all():
        checks[check.run, check.portal].append(check)
    lost = gone | session.reading_checks.without_bytes()
    for key in dict.fromkeys((*by_visit, *sorted(checks))):
        visit, beside = by_visit.get(key, []), checks.get(key, [])
        if any(look.id in gone for look in visit):
            yield [*visit, *beside]
        else:
            yield from _visit(session, visit, beside, lost)


def _visit(
    session: Session, looks: Sequence[Look], checks: Sequence[ReadingCheck], lost: Collection[str]
) -> Iterator[Step]:
    """One portal's night: a night that was killed and taken up again is two crawls, each with its file of the archive.

    A check stands between looks of one crawl; where that cannot be made again, it is taken over as it was.
    """
    crawls: list[list[Captured]] = []
    file = ""
    for look in looks:
        pages = session.looks.captures(look.id)
        if not crawls or (pages and file and pages[0].warc != file):
            crawls.append([])
        crawls[-1].append((look, pages))
        file = pages[0].warc if pages else file
    made = [c for c in checks if len(crawls) == 1 and len(looks) > 1 and c.id not in lost]
    if made:
        crawls[0] += [(check, session.reading_checks.captures(check.id)) for check in made]
    yield [check for check in checks if check not in made]
    for number, crawl in enumerate(crawls, 1):
        later = chain.from_iterable(crawls[number:])
        yield Visited(made=crawl, later=[look for look, _ in later if isinstance(look, Look)])


async def _read_again(
    session: Session, again: Session, visits: Iterable[Step], readers: Readers
) -> tuple[int, list[str]]:
    """How many looks were read again, and what is read otherwise; `again` is filled with what is read."""
    count, differences = 0, list[str]()
    readings_kept = False  # an older version noted none
    memory = CrawlHistory(again.store, session.shelf, session.store)
    for visit in visits:
        if not isinstance(visit, Visited):
            _take_over(session, again, visit)
            continue
        checks = [check for check, _ in visit.made if isinstance(check, ReadingCheck)]
        made_again = replay_visit(session.config, session.shelf, visit, memory, readers)
        async for replayed in _stored(again, made_again):
            count += 1
            then, now = session.looks.bundle(replayed.look), again.looks.bundle(replayed.bundle.look)
            readings_kept = readings_kept or bool(then.readings)
            if memory.unreached:  # what cannot be had just now is no difference
                raise ArchiveUnreachable(memory.unreached)
            differences += map(_masked, replayed.damaged)
            differences += [_line(*told) for told in _differing_look(then, now, readings=readings_kept)]
            made = {b.check.id: b for b in (replayed.bundle.check, *replayed.bundle.beside) if b is not None}
            differences += [w for c in checks if c.id in made for w in _differing_check(c, made[c.id])]
    return count, differences


async def _stored(again: Session, replayed: AsyncIterator[Replayed]) -> AsyncIterator[Replayed]:
    """Each look once it is stored; one that cannot be written down as a night would keep it."""
    async for each in replayed:
        try:
            again.looks.add_look(each.bundle, each.look.finished_at)
        except (ValueError, TypeError, OverflowError):
            each = replace(each, bundle=unstored_look(each.bundle.look))
            again.looks.add_look(each.bundle, each.look.finished_at)
        yield each


def _take_over(session: Session, again: Session, kept: Sequence[Look | ReadingCheck]) -> None:
    """Looks and checks as they were."""
    for each in kept:
        if isinstance(each, Look):
            again.looks.add_look(session.looks.bundle(each), each.finished_at)
    checks = [each for each in kept if isinstance(each, ReadingCheck)]
    again.reading_checks.take_over(session.reading_checks, checks)


# ---------------------------------------------------------------- differences


Told = tuple[str, str, object, object]  # what differs, its field, what it was, what it is now


def _differing_look(then: LookBundle, now: LookBundle, *, readings: bool) -> list[Told]:
    """What a replayed look brought otherwise than the look did, field by field."""
    a, b = then.look, now.look
    if end_of(a.reasons) is None:  # an older version did not note by what it was whole
        b = replace(b, reasons=faults_of(b.reasons))
    told = [(f"核查 {a.id}", *each) for each in _fields(a, b, _LOOK)]
    told += _records(
        f"见证 {{}}（{a.id}）", _by_row(then.sightings, then.sightings), _by_row(now.sightings, then.sightings)
    )
    told += _records(f"公示记录 {{}}（{a.id}）", _by_id(then.findings), _by_id(now.findings))
    if readings:
        told += _records(f"读取 {{}}（{a.id}）", _by_key(then.readings), _by_key(now.readings))
    told += _records(f"确认未变 {{}}（{a.id}）", dict(then.revalidated), dict(now.revalidated))
    return told


def _by_row(sightings: Iterable[Sighting], then: Sequence[Sighting]) -> dict[str, object]:
    """An older version did not note a row's place in the list."""
    noted = any(sighting.position for sighting in then)
    return {f"{s.row_key}/{s.content_hash}": s if noted else replace(s, position=0) for s in sightings}


def _by_id(findings: Iterable[Finding]) -> dict[str, object]:
    return {finding.id: finding for finding in findings}


def _by_key(readings: Iterable[Reading]) -> dict[str, object]:
    return {reading.row_key: reading for reading in readings}


def _records(name: str, then: dict[str, object], now: dict[str, object]) -> list[Told]:
    """The records that came, went, or say something else."""
    told: list[Told] = []
    for key in sorted(then.keys() | now.keys()):
        a, b, what = then.get(key), now.get(key), name.format(key)
        if a is None or b is None or isinstance(a, str):
            told += [(what, "", _short(a), _short(b))] if a != b else []
        else:
            told += [(what, *each) for each in _fields(a, b, _names(a))]
    return told


def _names(record: object) -> tuple[str, ...]:
    if not isinstance(record, Sighting | Finding | Reading):
        return ()
    return tuple(f.name for f in fields(record) if isinstance(record, Sighting) or f.name not in _CHANCE)


def _short(record: object) -> object:
    """A record that stands on one side only, by what names it."""
    match record:
        case Finding():
            return " ".join(filter(None, (record.number_text, record.name))) or record.title
        case Sighting():
            return record.title
        case Reading():
            return record.state
    return record


def _fields(then: object, now: object, names: Iterable[str]) -> list[tuple[str, object, object]]:
    return [(n, a, b) for n in names if (a := getattr(then, n)) != (b := getattr(now, n))]


def _differing_check(check: ReadingCheck, again: CheckBundle) -> list[str]:
    """What a replayed check sees otherwise than the check did."""
    return [_line(f"读取核对 {check.id}", *each) for each in _fields(check, again.check, _CHECK)]


def _differing_evidence(session: Session, again: Session) -> list[str]:
    """What all of it comes to otherwise when it is evaluated."""
    for each in (session, again):
        evaluate(each, full=True)
    then, now = ({e.key: e for e in each.evaluations.evidence()} for each in (session, again))
    told: list[Told] = []
    for key in sorted(then.keys() | now.keys()):
        a, b = then.get(key), now.get(key)
        if a is None or b is None:
            told.append((f"证据 {key}", "", _outcome(a), _outcome(b)))
        else:
            told += [(f"证据 {key}", *each) for each in _fields(a, b, _EVIDENCE)]
    return [_line(*each) for each in told]


def _outcome(evidence: Evidence | None) -> str | None:
    return f"{evidence.outcome}:{evidence.slug}" if evidence else None


def _line(what: str, field: str, then: object, now: object) -> str:
    """One difference as it is printed: what, which field of it, 原为, 重算为; people masked."""
    return _masked(f"{what}：{field + ' ' if field else ''}原为 {_value(then)}，重算为 {_value(now)}")


def _value(value: object) -> str:
    told = value if isinstance(value, tuple) else (value,)
    text = "、".join("无" if part is None else f"{part}" for part in told) or "无"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _masked(text: str) -> str:
    return mask_identities(text)[0]

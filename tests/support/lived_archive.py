"""An office's archive of so many earlier quarters, each as it is when it is over: published, ruled on, told, frozen.

Whatever came before, the last two quarters and the last night are the same: what a night then asks of the store may not
depend on what is long settled.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from benchmarks.evaluation import quarters_before
from benchmarks.synthetic_quarters import Act, Quarters, district
from core.domain.clock import ZONE, Clock
from core.domain.config import Config
from core.domain.models import (
    Attachment,
    CheckBundle,
    CheckVerdict,
    EvidenceSubject,
    Filing,
    Finding,
    FrozenResult,
    Kind,
    LinkSubject,
    Look,
    LookBundle,
    MonthSubject,
    Objection,
    ReadingCheck,
    RecordSubject,
    Refusal,
    Ruling,
    RulingKind,
    Sighting,
    Subject,
    UnitSubject,
    ZeroReport,
)
from core.domain.periods import Period
from core.runtime.paths import Paths
from core.storage.database import Store
from core.storage.outbox import SENT, OutboxLetter
from core.storage.session import Session
from pipeline.evaluate import evaluate

DECISIONS, COLUMNS, EVERY = 20, 5, 7
UNITS = ("fgw", "fy", "czj")


class SettledQuarters(Quarters):
    """Made quarters of which all but the last two are settled: nothing stays unpublished.

    The nights are counted back from the last: they are the same however far they reach back.
    """

    def nights(self) -> list[date]:
        """The nights of all quarters and of a fortnight after them."""
        last = self.periods[-1].last + timedelta(days=14)
        count = -(-(last - self.periods[0].first).days // self.every)
        return [last - timedelta(days=n * self.every) for n in reversed(range(count + 1))]

    @cached_property
    def acts(self) -> list[Act]:
        """Every decision, in order of day."""
        recent = self.periods[-2].first
        return [act if act.day >= recent else replace(act, shown=_in_time(act)) for act in super().acts]


def _in_time(act: Act) -> tuple[tuple[str, date], ...]:
    return tuple((portal, min(day, act.day + timedelta(days=5))) for portal, day in act.shown)


class LivedArchive:
    """The store below `root` with `earlier` quarters before the one in question, judged but for the last night."""

    def __init__(self, root: Path, earlier: int) -> None:
        self.config: Config = district(COLUMNS)
        self.paths = Paths(root)
        self._quarters = SettledQuarters(self.config, quarters_before(earlier), DECISIONS, every=EVERY)
        *before, self.night = self._quarters.nights()
        self.before = before[-1]
        with Store(self.paths.store) as store:
            self._quarters.fill(store, before)
            for period in self._quarters.periods[:-1]:
                _hand_in_and_find(self.session(store, self.before), period)
            evaluate(self.session(store, self.before), full=True)
            for period in self._quarters.periods[:-1]:
                _say(self.session(store, self.before), period)
            evaluate(self.session(store, self.before))

    def session(self, store: Store, night: date) -> Session:
        """The hour after the looks of a night."""
        return Session(self.config, store, self.paths, Clock.stopped(_at(night)))

    def look(self, store: Store) -> None:
        """The last night's looks."""
        self._quarters.fill(store, [self.night])


def _at(day: date) -> datetime:
    return datetime.combine(day, time(1, 10), ZONE)


# ---------------------------------------------------------------- what came in


def _hand_in_and_find(session: Session, period: Period) -> None:
    """A workbook of filings and 零报告, a row that was refused, records that say little, and a check in a browser."""
    at, month, name = _at(period.last), period.months[-1], period.name
    book = Attachment(sha256=f"filed{name}".ljust(64, "0"), name=f"{name}.xlsx", size=1, received_at=at)
    place: dict[str, Any] = {"workbook": book.name, "workbook_sha256": book.sha256, "received_at": at}
    filings = [
        Filing(
            id=f"filing-{name}-{n}", content=f"filing-{name}-{n}", form="innovation", unit=UNITS[n % len(UNITS)],
            on=period.last, month=month, title=f"{name} 第 {n} 例", sheet="创新案例", row=n + 2,
            fields=(("title", f"{name} 第 {n} 例"), ("number", f"淮政〔{name}〕{n}号"), ("level", "市级")), **place,
        )
        for n in range(9)
    ]  # fmt: skip
    zeros = [
        ZeroReport(id=f"zero-{name}-{unit}-{kind}", unit=unit, kind=kind, month=month, sheet="零报告", row=2, **place)
        for unit in UNITS
        for kind in (*Kind, "publicity")
    ]
    refusals = [
        Refusal(id=f"refused-{name}-{form}", unit="fgw", form=form, month=month, sheet="s", row=9, reason="r", **place)
        for form in ("innovation", Kind.LICENCE)
    ]
    session.submissions.add_workbook(
        book, [], zeros, at, filings, senders={"创新案例": "fgw", "零报告": "fgw"}, refusals=refusals
    )
    _find(session, period, at)


def _find(session: Session, period: Period, at: datetime) -> None:
    portal, name = session.config.portals[0].id, period.name
    run = session.store.rows("SELECT max(id) FROM runs WHERE id <= ?", f"{period.last}")[0][0]
    look = Look(
        id=f"{run}/{portal}/9", run=run, portal=portal, kind="window", started_at=at, finished_at=at, genuine=True,
        parsed=True, whole=False, floor=f"{period.last}", rows=2,
    )  # fmt: skip
    rows = [f"loose-{name}-{n}" for n in range(2)]
    check = ReadingCheck(
        id=f"{look.id}/check", run=run, portal=portal, read_as=f"older-{name}", started_at=at, finished_at=at,
        verdict=CheckVerdict.AGREES,
    )  # fmt: skip
    bundle = LookBundle(
        look=look,
        sightings=tuple(
            Sighting(look=look.id, portal=portal, row_key=key, content_hash="h", sort_key=key, seen_at=at, title=key,
                     url=f"https://x.invalid/{key}", listed_on=period.last, capture=f"{look.id}#1")
            for key in rows
        ),
        findings=tuple(
            Finding(id=f"{portal}|{key}", portal=portal, row_key=key, content_hash="h", kind=Kind.LICENCE, unit="fgw",
                    title=key, url=f"https://x.invalid/{key}", capture=f"{look.id}#1", observed_at=at,
                    decided_on=period.last)
            for key in rows
        ),
        check=CheckBundle(check=check, unseen=(f"unseen-{name}",)),
    )  # fmt: skip
    session.looks.add_look(bundle, at)


# ---------------------------------------------------------------- what was said and told


def _say(session: Session, period: Period) -> None:
    """Rulings of every kind that settles, objections that were answered, letters that arrived, the freeze."""
    at, name = _at(period.last + timedelta(days=1)), period.name
    keys = [item.key for item in session.evaluations.evidence_between(period.first, period.last)][:15]
    said: list[tuple[Subject, RulingKind]] = [(EvidenceSubject(key), RulingKind.CONFIRM) for key in keys]
    said += [(MonthSubject(unit, Kind.LICENCE, period.months[0]), RulingKind.ACCEPT) for unit in UNITS]
    said += [(UnitSubject(unit, name), RulingKind.DEDUCT) for unit in UNITS]
    said += [(LinkSubject(f"left-{name}", f"right-{name}"), RulingKind.DISMISS)]
    withdrawn = (f"refused-{name}-innovation", f"refused-{name}-{Kind.LICENCE}", f"filing-{name}-0")
    said += [(RecordSubject(record), RulingKind.WITHDRAW) for record in withdrawn]
    for n, (subject, word) in enumerate(said):
        ruling = Ruling(id=f"ruling-{name}-{n:02}", subject=subject, word=word, by="甲", why="已核实", at=at, value="1")
        session.rulings.add(ruling, at)
    for n, key in enumerate(keys[:5]):
        unit = key.partition("|")[0]
        before = at - timedelta(hours=1)
        session.objections.add(
            Objection(id=f"objection-{name}-{n}", unit=unit, evidence=key, text="已公示", received_at=before), before
        )
    _tell(session, name, keys, at)
    session.frozen.add(_frozen(name, at), at)


def _tell(session: Session, name: str, keys: list[str], at: datetime) -> None:
    for n in range(5):
        told = {f"{stage}|{key}": stage for key in keys[n::5] for stage in ("breached", "review", "resolved")}
        letter = OutboxLetter(
            key=f"letter-{name}-{n}", night=f"{at:%Y-%m-%d}", addressee=UNITS[n % len(UNITS)],
            message=b"Subject: x\r\n\r\ny", alerts=told, recipients=("a@example.org",),
        )  # fmt: skip
        session.outbox.commit(letter, at)
        session.outbox.mark_written(letter.key, at)
    for delivery in session.outbox.due(at):
        session.outbox.end(delivery, SENT, "250", at)


def _frozen(name: str, at: datetime) -> FrozenResult:
    return FrozenResult(
        period=name, version=1, at=at, by="甲", via="account:jia", scheme="2022.1", scheme_hash="s", config_hash="c",
        code_version="v", head="h", sha256="0" * 64, judgement="{}",
    )  # fmt: skip

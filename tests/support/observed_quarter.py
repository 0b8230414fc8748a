"""A town's quarter judged night by night from facts as an ideal watcher would have them. No page is fetched here."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from core.domain.config import Config, load
from core.domain.models import (
    Attachment,
    DateKind,
    Decision,
    Evidence,
    Exposure,
    Finding,
    Look,
    LookBundle,
    Outcome,
    Reading,
    Run,
    Sighting,
    StatedDate,
    Submission,
)
from core.domain.text import document_numbers, mask_identities
from core.storage.database import Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.observations import Looks
from core.storage.runs import Runs
from core.storage.submissions import Submissions
from pipeline.evaluate import evaluate
from simulation.district import write as write_district
from simulation.offices import CREDIT
from simulation.outages import Trouble, proving_reads, trouble_on
from simulation.server import SITES
from simulation.sites.troubles import STALE_SECONDS
from simulation.world import FIRST_NIGHT, Act, Posting, World, moment, night_moment, nights
from tests.support.random_district import ARTICLE, SCAN, Trials
from tests.support.sessions import session_of

REFUSED = {"number-missing", "date-in-future", "unit-unknown"}  # flaws that keep a row out at import


WINDOW = timedelta(days=14)
MISPRINTED = timedelta(days=5)  # for so long a row gives another number than its act's


def _grows(here: list[Posting]) -> bool:
    return int(here[0].row) >= ARTICLE or here[0].title == SCAN


def _is_scan(posting: Posting) -> bool:
    return posting.title.startswith(SCAN)


def _sighting(look: Look, posting: Posting) -> Sighting:
    return Sighting(
        look=look.id,
        portal=look.portal,
        row_key=posting.row,
        content_hash="h",
        sort_key=posting.listed.isoformat(),
        seen_at=look.finished_at,
        title=posting.title,
        listed_on=posting.listed,
    )


@dataclass
class Quarter:
    """The quarter as it was judged: first breaches by night, every decision ever, the last evidence."""

    events: list[tuple[date, Evidence]] = field(default_factory=list)
    decisions: dict[str, Decision] = field(default_factory=dict)
    final: tuple[Evidence, ...] = ()
    again: tuple[Evidence, ...] = ()  # the same facts judged anew from nothing

    def slugs(self, number: str, check: str = "published_within_deadline") -> set[str]:
        return {e.slug for e in self.final if e.check == check and self.decisions[e.decision].number == number}


class Watching:
    """Writes down what a watcher of the town sees."""

    def __init__(self, world: World, config: Config, store: Store, trials: Trials | None = None) -> None:
        self.world, self.config, self.store, self.trials = world, config, store, trials
        self._read: set[tuple[str, str, tuple[str, ...]]] = set()  # what was read off a row
        self._versions: dict[tuple[str, str], int] = {}
        self._known: dict[str, set[str]] = {}  # by portal: articles that were ever seen there
        self._corrected: set[tuple[str, str]] = set()

    def night(self, night: date) -> None:
        at = night_moment(night)
        Runs(self.store).begin(Run(id=night.isoformat(), started_at=at, config_hash=self.config.hash))
        for portal in self.config.portals:
            self._looks(portal.id, night, at)

    def _looks(self, portal: str, night: date, at: datetime) -> None:
        trouble = trouble_on(portal, night)
        now, later = self.world.rows(portal, at), self.world.rows(portal, at + timedelta(minutes=2))
        if not proving_reads(portal, night):
            self._look(portal, at, 1, (), proves=False)
        elif trouble is None and self._befalls("window", portal, "", at):
            self._look(portal, at, 1, now, window=True)
            self._look(portal, at, 2, now, window=True)
        elif trouble is Trouble.STALE:
            old = self.world.rows(portal, at - timedelta(seconds=STALE_SECONDS))
            self._look(portal, at, 1, tuple(dict.fromkeys((*now, *old))))  # asked past, and the copy showed what it did
            self._look(portal, at, 2, now)
        elif trouble is Trouble.SHIFT:
            self._look(portal, at, 1, tuple(dict.fromkeys((*later, *now))), whole=False)  # what either walk was shown
            self._look(portal, at, 2, later)
        else:
            self._look(portal, at, 1, now)
            self._look(portal, at, 2, now)

    def _look(
        self,
        portal: str,
        at: datetime,
        number: int,
        rows: tuple[Posting, ...],
        *,
        proves: bool = True,
        whole: bool = True,
        window: bool = False,
    ) -> None:
        started = at + timedelta(seconds=2 * number)
        seen = started + timedelta(seconds=1)  # a page is received after its look began
        places = _by_row(rows)
        listed = _newest(places, at.date() - WINDOW) if window else places
        keys = [here[0].listed.isoformat() for here in listed.values() if not here[0].pinned]
        look = Look(
            id=f"{at:%Y-%m-%d}/{portal}/{number}",
            run=f"{at:%Y-%m-%d}",
            portal=portal,
            kind="window" if window else "full",
            past_caches=number == 2,
            started_at=started,
            finished_at=seen,
            genuine=proves,
            parsed=proves,
            whole=proves and whole and not window,
            floor=min(keys) if proves and window and keys else None,
            rows=len(listed),
        )
        self._corrected |= {
            (portal, row) for row, (p, *_) in listed.items() if at >= p.up + MISPRINTED and self._misprints(p, p.up)
        }
        for row in listed:
            edited = number == 1 and self._befalls("edited", portal, row, at)
            self._versions[portal, row] = self._versions.get((portal, row), 0) + edited
        sightings = tuple(
            replace(_sighting(look, here[0]), content_hash=self._version(portal, row)) for row, here in listed.items()
        )
        known = self._known.setdefault(portal, set())
        known |= {row for row, here in listed.items() if _grows(here)}
        asked = {row: here for row, here in places.items() if row in listed or row in known}
        had = {row: here for row, here in asked.items() if not self._befalls("fails", portal, row, at)}
        findings = tuple(f for here in had.values() for f in self._new(here, look, seen))
        readings = tuple(self._reading(row, here, look) for row, here in had.items() if _grows(here))
        bundle = LookBundle(look=look, sightings=sightings, findings=findings, readings=readings)
        Looks(self.store).add_look(bundle, seen)

    def _befalls(self, what: str, portal: str, row: str, at: datetime) -> bool:
        return self.trials is not None and self.trials.befalls(what, portal, row, at.date())

    def _version(self, portal: str, row: str) -> str:
        corrected = "c" if (portal, row) in self._corrected else ""
        return f"h{self._versions.get((portal, row), 0) or ''}{corrected}"

    def _misprints(self, posting: Posting, at: datetime) -> bool:
        """Whether a row gives a wrong number now: the first days of one that a trial says it of."""
        plain = int(posting.row) < ARTICLE and len(posting.acts) == 1
        wrong = plain and self.trials is not None and self.trials.befalls("misprinted", posting.portal, posting.row)
        return wrong and at < posting.up + MISPRINTED

    def _new(self, here: list[Posting], look: Look, seen: datetime) -> Iterator[Finding]:
        """What a place shows and was not read off it before, under the version that the list shows now."""
        version = self._version(look.portal, here[0].row)
        for posting in here:
            known = (f"{look.portal}|{version}", posting.row, posting.acts)
            if known not in self._read:
                self._read.add(known)
                for finding in self._findings(posting, seen):
                    yield replace(
                        finding,
                        id=f"{finding.id}|{version}|{'+'.join(posting.acts)}",
                        content_hash=version,
                        capture=f"{look.id}#{posting.row}",
                    )

    def _reading(self, row: str, here: list[Posting], look: Look) -> Reading:
        """A look's reading of a place; the look's `Age` is the page's."""
        scan = _is_scan(here[0])
        return Reading(
            look=look.id,
            portal=look.portal,
            row_key=row,
            content_hash=self._version(look.portal, row),
            began_at=look.started_at - timedelta(seconds=look.age_seconds),
            read_at=look.finished_at,
            capture=f"{look.id}#{row}",
            extent=1 if scan else 2,
            grows=True,
            state="+".join(sorted(ref for posting in here for ref in posting.acts)),
        )

    def _findings(self, posting: Posting, at: datetime) -> Iterator[Finding]:
        """One finding a party; several numbers of one party stand in one. Of a scan only what its title says."""
        acts = [self.world.act(ref) for ref in posting.acts]
        if not acts:
            yield replace(_blank(posting, at), fields=(("text", posting.title),))
            return
        if _is_scan(posting):
            titled = tuple(n for act in acts for n in act.numbers) if posting.title != SCAN else ()
            if titled:
                yield replace(
                    _blank(posting, at), unit=acts[0].unit, kind=acts[0].kind, numbers=titled, name=acts[0].party.name
                )
            return
        by_party: dict[str, list[Act]] = {}
        for act in acts:
            by_party.setdefault(act.party.name, []).append(act)
        for ordinal, mine in enumerate(by_party.values()):
            finding = self._record(posting, mine, ordinal, at)
            yield finding
            if self.trials is not None and self.trials.befalls("twice", "", mine[0].ref):
                yield replace(finding, id=f"{finding.id}b", ordinal=ordinal + 50, content=f"{finding.content}（续）")

    def _record(self, posting: Posting, acts: list[Act], ordinal: int, at: datetime) -> Finding:
        act = acts[0]
        numbers, text = tuple(n for a in acts for n in a.numbers), act.number_text
        if self._misprints(posting, at):
            assert self.trials is not None
            text = self.trials.misprint(numbers[0])
            numbers = document_numbers(text)
        return replace(
            _blank(posting, at),
            id=f"{posting.portal}|{posting.row}|{ordinal}",
            ordinal=ordinal,
            kind=act.kind,
            unit=act.unit,
            name=act.party.name,
            code=act.party.code,
            numbers=numbers,
            number_text=text,
            decided_on=act.printed_decided,
            category=act.category,
            content=act.item,
            public_until=act.public_until,
            exposures=_exposed(act, posting.portal),
        )

    def import_workbooks(self, day: date) -> None:
        """What was handed in on `day`; on the first day also what was handed in before."""
        at, first = moment(day, "09:00"), day == FIRST_NIGHT - timedelta(days=1)
        filed = [
            (a, f)
            for a in self.world.acts
            for f in a.filings
            if f.flaw not in REFUSED
            if f.handed_in == day or (first and f.handed_in < day)
        ]
        rows = tuple(
            Submission(
                id=f"{act.ref}/{filing.flaw}",
                unit=act.unit,
                kind=act.kind,
                workbook="报送表",
                workbook_sha256=str(day),
                sheet="",
                row=n,
                name=filing.name,
                code=filing.code,
                numbers=document_numbers(filing.number_text),
                number_text=filing.number_text,
                decided_on=filing.decided,
                reported_at=filing.reported_at,
                publicity=filing.publicity,
                publicity_until=filing.until,
                category=act.category,
                content=act.item,
                valid_until=act.valid_until,
                public_until=act.public_until,
                received_at=at,
            )
            for n, (act, filing) in enumerate(filed, 2)
        )
        if rows:
            Submissions(self.store).add_workbook(
                Attachment(sha256=str(day), name="报送表", size=1, received_at=at), rows, (), at
            )


def _by_row(rows: tuple[Posting, ...]) -> dict[str, list[Posting]]:
    places: dict[str, list[Posting]] = {}
    for posting in rows:
        places.setdefault(posting.row, []).append(posting)
    return places


def _newest(places: dict[str, list[Posting]], since: date) -> dict[str, list[Posting]]:
    """The places that a walk down to `since` reads: to the first that is older, and those pinned."""
    old = [here[0].listed for here in places.values() if not here[0].pinned and here[0].listed < since]
    floor = max(old, default=date.min)
    return {row: here for row, here in places.items() if here[0].pinned or here[0].listed >= floor}


def _blank(posting: Posting, at: datetime) -> Finding:
    """What a row itself says, without any record."""
    stated = StatedDate(posting.stated.date(), DateKind.PUBLISHED, "list") if posting.stated else None
    return Finding(
        id=f"{posting.portal}|{posting.row}|0",
        portal=posting.portal,
        row_key=posting.row,
        content_hash="h",
        kind=None,
        unit=None,
        published=stated,
        title=posting.title,
        observed_at=at,
    )


def _exposed(act: Act, portal: str) -> tuple[Exposure, ...]:
    shown = act.credit_identity if portal in CREDIT.values() else act.identity
    number = {"clear": act.party.identity, "weak": act.party.weak_identity}.get(shown, "")
    return mask_identities(number)[1]


def live(world: World, folder: Path, trials: Trials | None = None) -> Quarter:
    """Every night of the quarter: look, evaluate, take in the morning's workbooks; at last evaluate from nothing."""
    write_district(folder / "district", {site.name: 9001 + n for n, site in enumerate(SITES)})
    config, found = load(folder / "district"), Quarter()
    with Store(folder / "chengxin.db") as store:
        Runs(store).add_config(config.hash, {}, night_moment(nights()[0]))
        watching, cache = Watching(world, config, store, trials), EvaluationCache(store)
        watching.import_workbooks(FIRST_NIGHT - timedelta(days=1))
        for night in nights():
            watching.night(night)
            evaluate(session_of(store, config, night_moment(night) + timedelta(minutes=3)))
            found.decisions |= cache.decisions()
            told = {e.key for _, e in found.events}
            found.final = cache.evidence()
            found.events += [(night, e) for e in found.final if e.outcome is Outcome.BREACHED and e.key not in told]
            if night != nights()[-1]:
                watching.import_workbooks(night)
        evaluate(session_of(store, config, night_moment(nights()[-1]) + timedelta(minutes=3)), full=True)
        found.again = cache.evidence()
    return found

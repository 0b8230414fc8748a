"""One portal's visit in a night: walk its list in the passes asked for, read what is new, yield looks."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from core.domain.config import Config, Portal
from core.domain.look_reasons import LookReason
from core.domain.models import (
    CheckBundle,
    CheckKind,
    CheckVerdict,
    Finding,
    Look,
    LookBundle,
    Place,
    Reading,
    ReadingCheck,
    Sighting,
)
from core.domain.text import mask_identities
from core.domain.unit_names import UnitNames
from core.storage.crawl_history import Baseline, CachedPage
from crawler.agent_check import check_of_agent, read_as_browser
from crawler.capture_recorder import ExchangeStore, History, PageSource, Recorder
from crawler.citizens_check import Shown, TimeSource, check_of, see
from crawler.crawl_job import ListPass, VisitPlan
from crawler.detail_reader import Reader, ReadRow
from crawler.drawn_check import see_details, see_rows
from crawler.drift import drift_of, gives_decisions, steady_rows, warnings_of
from crawler.families import parser_of
from crawler.list_reader import ListReader, sightings_of
from crawler.list_walk import UNPARSED, Walk, content_hash
from crawler.page_reading import Column
from crawler.pages import ListRow, PageRequest
from crawler.places import read_request
from crawler.readers import OwnReading, PageReading, Readers
from crawler.reading_check import Listing
from crawler.sent_once import SentOnce
from crawler.shared_answers import SharedAnswers
from crawler.turns import Turns

# of what kinds a difference voids what the list's looks prove; a detail that nobody sees says nothing of the list
_VOID: Mapping[CheckKind, LookReason] = {
    CheckKind.CITIZEN: LookReason.DRIFT_CITIZEN,
    CheckKind.SEEN: LookReason.DRIFT_CITIZEN,
    CheckKind.AGENT: LookReason.DRIFT_AGENT,
}


def _goes_on(_look: str) -> None:
    """Nothing is to be told to a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitMeans:
    """By what a visit looks and keeps: the night's own, or the archive in a replay. `history`: the nights before.

    `begin` is told the id of each look, and of a check, before it is made. `readers`: who reads pages. `asked`: in a
    replay, whether the look asked for a page. `shared`: what other districts' looks at the same host were answered.
    """

    fetcher: PageSource
    archive: ExchangeStore
    clock: TimeSource
    history: History
    begin: Callable[[str], None] = _goes_on
    readers: Readers = field(default_factory=OwnReading)
    asked: Callable[[PageRequest], bool] | None = None
    shared: SharedAnswers | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """A look as it was made. `shown`: what a person's reading is held against; `given_up`: why pages were."""

    plan: ListPass
    walk: Walk
    recorder: Recorder
    started: datetime
    finished: datetime
    findings: list[Finding]
    unread: int
    shown: Shown
    warnings: tuple[str, ...]
    given_up: tuple[LookReason, ...]


class Visit:
    """The looks of one portal in one night."""

    def __init__(
        self,
        *,
        config: Config,
        portal: Portal,
        run: str,
        plan: VisitPlan,
        means: VisitMeans,
    ) -> None:
        self._config, self.portal, self._run, self._plan, self._passes = config, portal, run, plan, plan.passes
        self._means = means
        self._archive, self._clock, self._history = means.archive, means.clock, means.history
        self._parser = parser_of(portal)
        crawl = config.district.crawl
        self._details = self._pages_apart()
        self._reader = Reader(
            column=SentOnce(Column(portal=portal, parser=self._parser, names=UnitNames.of(config))),
            new_limit=plan.details,
            rereads=crawl.reread_details,
            growing=crawl.reread_growing,
            turns=Turns(
                shortest=timedelta(days=portal.reread_every_days or crawl.reread_every_days),
                longest=timedelta(days=crawl.reread_at_most_days),
                asked=means.asked,
            ),
            pages=self._details,
        )
        self._read: set[tuple[str, str]] = set()  # row versions read earlier in this visit
        self._findings: list[Finding] = []  # of this visit
        self._places: dict[str, Place] = {}  # read earlier in this visit
        self._pages: dict[str, CachedPage] = {}
        self._seen_until: datetime | None = None
        self._baseline: Baseline = means.history.baseline(portal.id)
        self._list = ListReader(
            portal=portal,
            parser=self._parser,
            crawl=crawl,
            pages=self._pages_apart(),
            max_pages=crawl.max_pages,
            steady=steady_rows(self._baseline),
        )
        self._differs = {
            kind: check
            for kind in _VOID
            if (check := means.history.standing_difference(portal.id, portal.checked_as(kind))) is not None
        }

    async def looks(self) -> AsyncIterator[LookBundle]:
        """Make every pass asked for, in order; with a check, they are told once it says what they prove."""
        if self._checks() and len(self._passes) > 1:
            async for bundle in self._checked():
                yield bundle
            return
        for plan in self._passes:
            yield self._bundle(await self._make(plan))

    async def _checked(self) -> AsyncIterator[LookBundle]:
        """The passes with what they are held against between the first and the others."""
        first, *others = self._passes
        before = await self._make(first)
        try:
            held = [await self._hold(kind, before) for kind in self._checks()]
            self._seen_until = self._clock.now()  # what comes after a check is not older than it
            after = [await self._make(plan) for plan in others]
            made = [await tell(before.shown, after[0].shown) for tell in held]
        except Exception:  # what the first pass saw was seen; the night hears of the rest
            yield self._bundle(before)
            raise
        for bundle in made:
            self._take_in(bundle.check)
        citizens = next((bundle for bundle in made if bundle.check.kind is CheckKind.CITIZEN), None)
        beside = tuple(bundle for bundle in made if bundle is not citizens)
        yield replace(self._bundle(before), check=citizens, beside=beside)
        for each in after:
            yield self._bundle(each)

    def _checks(self) -> tuple[CheckKind, ...]:
        """What the passes are held against tonight."""
        return (*([CheckKind.CITIZEN] if self._plan.check and self.portal.citizen else []), *self._plan.beside)

    async def _hold(self, kind: CheckKind, before: "_Made") -> Callable[[Shown, Shown], Awaitable[CheckBundle]]:
        """Make one check; what is given back says what came of it once the looks around it are known."""
        name = f"{self._run}/{self.portal.id}/{kind}"
        self._means.begin(name)
        recorder, portal, clock = self._recorder(name, self._clock.now()), self.portal, self._clock
        crawl, pages = self._config.district.crawl, self._pages_apart()
        if kind is CheckKind.CITIZEN:
            seen = await see(portal, crawl, recorder, clock, pages)
            return partial(check_of, portal, seen, pages)
        if kind is CheckKind.AGENT:
            seen = await read_as_browser(portal, crawl, recorder, clock, pages)
            return partial(check_of_agent, portal, seen, pages)
        if kind is CheckKind.SEEN:
            return await see_rows(portal, recorder, clock, pages)
        return await see_details(portal, self._newest_read(before), recorder, clock, pages)

    def _newest_read(self, made: "_Made") -> list[tuple[ListRow, list[Finding]]]:
        """The rows of the first page in their order, each with what was ever read off it."""
        rows = made.walk.reads[0].page.rows if made.walk.reads else ()
        found = [(row, [f for f in self._findings if f.row_key == row.key]) for row in rows]
        return [(row, new or self._history.findings_of(self.portal.id, row.key)) for row, new in found]

    def _take_in(self, check: ReadingCheck) -> None:
        """A difference stands until a check of its kind settles it."""
        known = self._differs.get(check.kind)
        if check.verdict is CheckVerdict.DIFFERS and check.kind in _VOID:
            self._differs[check.kind] = check
        elif known is not None and check.settles(known):
            del self._differs[check.kind]

    def _pages_apart(self) -> PageReading:
        """How pages of one kind are read: those given up of another kind do not count against them."""
        seconds = self._config.district.crawl.parse_seconds
        return PageReading.of_visit(self._means.readers, self._run, self.portal.id, seconds)

    def _recorder(self, look: str, started: datetime, source: PageSource | None = None) -> Recorder:
        return Recorder(
            look=look,
            portal=self.portal,
            started=started,
            fetcher=source or self._means.fetcher,
            archive=self._archive,
            history=self._history,
            earlier=self._pages,
        )

    async def _make(self, plan: ListPass) -> _Made:
        look = f"{self._run}/{self.portal.id}/{plan.number}"
        self._means.begin(look)
        started, source = self._clock.now(), self._means.fetcher
        if self._means.shared is not None:
            shared = self._means.shared
            started, source = shared.joined(self.portal, plan.number, started, self._seen_until, source)
        recorder = self._recorder(look, started, source)
        # a page may be confirmed instead of sent only where this night reads it whole as well, past every cache
        confirm = plan.kind == "window" and not plan.past_caches and any(p.past_caches for p in self._passes)
        walk = await self._list.read(plan, recorder, started, confirm=confirm)
        findings, unread = await self._read_rows(plan, walk, recorder, started)
        failures = tuple(reason for _, reason in walk.failures)
        still = bool(walk.reads) and not walk.failures and not walk.shifted()
        for reason in drift_of(self.portal.expect, self._baseline, self._findings, walk):
            walk.fail(UNPARSED, reason)
        if self.portal.lists == "decisions" and not gives_decisions(self._baseline, self._findings, walk):
            walk.fail(UNPARSED, LookReason.NO_RECORDS)
        self._pages = self._pages | recorder.pages
        received = (capture.received_at for capture in recorder.captures)
        self._seen_until = max(filter(None, (self._seen_until, *received)), default=None)
        self._archive.flush()
        return _Made(
            plan=plan,
            walk=walk,
            recorder=recorder,
            started=started,
            finished=self._clock.now(),
            findings=findings,
            unread=unread,
            shown=Shown(Listing(sightings_of(walk, self.portal.id, look), still), failures),
            warnings=warnings_of(self.portal.expect, self._baseline, walk, started, news=bool(self._findings)),
            given_up=self._details.given_up(),
        )

    def _bundle(self, made: _Made) -> LookBundle:
        """A look with all it brought; where its family is known to read otherwise than a person, it proves nothing."""
        for kind, check in self._differs.items():
            made.walk.fail(UNPARSED, _VOID[kind].of(check.differing))
        recorder = made.recorder
        return LookBundle(
            look=self._told(made),
            captures=tuple(recorder.captures),
            sightings=tuple(made.shown.listing.rows),
            findings=tuple(made.findings),
            pages=tuple(known.page for known in recorder.pages.values()),
            revalidated=tuple(recorder.revalidated),
            readings=tuple(recorder.readings),
        )

    # ------------------------------------------------------------ the look in figures

    def _told(self, made: _Made) -> Look:
        """The look in figures, and why it proves less than was asked for."""
        plan, walk, recorder = made.plan, made.walk, made.recorder
        proofs = walk.proofs()
        labels = {_masked(label) for read in walk.reads for label in read.page.unknown_labels}
        labels |= {label for finding in made.findings for label in finding.unknown_labels}
        confirmed = any(not read.changed for read in walk.reads)
        more = (
            *(reason for reason in made.given_up if reason not in proofs.reasons),
            *([LookReason.DETAIL_UNREAD] if made.unread else []),
            *([LookReason.REVALIDATED] if confirmed else []),
            *made.warnings,
        )
        return Look(
            id=recorder.look,
            run=self._run,
            portal=self.portal.id,
            kind=plan.kind,
            past_caches=plan.past_caches,
            started_at=made.started,
            finished_at=made.finished,
            genuine=proofs.genuine,
            parsed=proofs.parsed,
            whole=proofs.whole,
            floor=proofs.floor,
            age_seconds=walk.age(),
            pages=len(walk.reads),
            rows=len(walk.rows()),
            total=proofs.total,
            requests=recorder.requests,
            bytes=recorder.bytes,
            seconds=round((made.finished - made.started).total_seconds(), 3),
            reasons=(*proofs.reasons, *more, *([LookReason.SEEN_WHOLE.of(proofs.end)] if proofs.end else [])),
            unknown_labels=tuple(sorted(labels)),
        )

    async def _read_rows(
        self, plan: ListPass, walk: Walk, recorder: Recorder, started: datetime
    ) -> tuple[list[Finding], int]:
        """Findings of new rows, and of known ones whose turn it is to be read again; how many rows stay unread.

        Of a list of documents or commitments the rows say all that is asked for.
        """
        if self.portal.lists != "decisions":
            return [], 0
        rows = self._rows_of(walk)
        versions = [(each.row.key, each.version) for each in rows]
        known = self._history.known(self.portal.id, versions) | self._read
        new = [each for each, version in zip(rows, versions, strict=True) if version not in known]
        findings, unread = await self._reader.read_new(new, recorder, started)
        await self._reader.shown_again(
            [each for each, version in zip(rows, versions, strict=True) if version in known], recorder
        )
        read = {reading.row_key for reading in recorder.readings}
        growing = [each for each in self._growing(rows) if each.row.key not in read]
        sent = plan.number > 1 or not any(p.past_caches for p in self._passes)
        findings += await self._reader.read_growing(growing, recorder, fresh=sent)
        if plan.number == 1:
            plain = {each.row.key for each in growing} | read
            old = [each for each, version in zip(rows, versions, strict=True) if version in known]
            findings += await self._reader.read_again(
                [each for each in old if each.row.key not in plain], recorder, started
            )
        self._read |= {(finding.row_key, finding.content_hash) for finding in findings}
        self._findings += findings
        self._places |= {r.row_key: _place_of(r, self._places.get(r.row_key)) for r in recorder.readings}
        return findings, unread

    def _rows_of(self, walk: Walk) -> list[ReadRow]:
        """The rows of a walk with what is known of their places."""
        rows = walk.shown()
        places = self._history.places(self.portal.id, [row.key for row, _ in rows]) | self._places
        return [
            ReadRow(
                row=row,
                version=content_hash(row),
                capture=read.capture,
                received_at=read.received_at,
                known=places.get(row.key),
            )
            for row, read in rows
        ]

    def _growing(self, rows: Sequence[ReadRow]) -> list[ReadRow]:
        """The places that may take up further records, listed tonight or not, those last read first."""
        listed = {each.row.key: each for each in rows}
        found: dict[str, ReadRow] = {}
        for place, shown in self._history.growing(self.portal.id, self._reader.growing):
            row = _row_again(place, shown)
            if row is not None:
                found[row.key] = ReadRow(
                    row=row, version=shown.content_hash, capture="", received_at=shown.seen_at, known=place
                )
        for key, each in listed.items():
            if key in found or (each.known is not None and each.known.grows):
                found[key] = each
        still = [each for key, each in found.items() if (now := self._places.get(key) or each.known) and now.grows]
        return sorted(
            (each for each in still if each.row.detail is not None),
            key=lambda each: (each.known.read_at if each.known else each.received_at, each.row.key),
        )


def failed_look(run: str, portal: str, plan: ListPass, at: datetime, reason: str) -> LookBundle:
    """The look of a visit that broke down: it proves nothing and says why."""
    look = Look(
        id=f"{run}/{portal}/{plan.number}",
        run=run,
        portal=portal,
        kind=plan.kind,
        past_caches=plan.past_caches,
        started_at=at,
        finished_at=at,
        genuine=False,
        parsed=False,
        reasons=(reason,),
    )
    return LookBundle(look=look)


def unstored_look(look: Look) -> LookBundle:
    """What is kept of a look that cannot be written down: which it was. Any figure or word of it may be at fault."""
    failed = Look(
        id=look.id,
        run=look.run,
        portal=look.portal,
        kind=look.kind,
        past_caches=look.past_caches,
        started_at=look.started_at,
        finished_at=look.finished_at,
        genuine=False,
        parsed=False,
        reasons=(LookReason.FAMILY_ERROR,),
    )
    return LookBundle(look=failed)


def _masked(text: str) -> str:
    return mask_identities(text)[0]


def _row_again(place: Place, shown: Sighting) -> ListRow | None:
    """A row as it was last listed, to be read where tonight's pages do not reach; None where nobody can ask for it."""
    detail = read_request(place.request)
    if detail is None:
        return None
    return ListRow(
        key=shown.row_key,
        sort_key=shown.sort_key,
        title=shown.title,
        url=shown.url,
        listed_on=shown.listed_on,
        detail=detail,
        pinned=shown.pinned,
    )


def _place_of(reading: Reading, before: Place | None) -> Place:
    """A place as its newest reading has it (the store adds them up the same way)."""
    same = before is not None and before.state == reading.state
    return Place(
        portal=reading.portal,
        row_key=reading.row_key,
        content_hash=reading.content_hash,
        read_at=reading.read_at,
        changed_at=before.changed_at if same and before is not None else reading.began_at,
        extent=reading.extent,
        grows=reading.grows,
        state=reading.state,
        request=reading.request,
    )

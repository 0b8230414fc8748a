"""What every use case works with: the district's configuration, its store, its folders and the clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from core.domain.clock import Clock
from core.domain.config import Config
from core.runtime.paths import Paths
from core.storage.database import PATIENCE, Store
from core.storage.evaluation_cache import EvaluationCache
from core.storage.filings import Filings
from core.storage.findings import Findings
from core.storage.hand_ins import HandIns
from core.storage.observations import Looks
from core.storage.outbox import Outbox
from core.storage.reading_checks import ReadingChecks
from core.storage.records import Records
from core.storage.refusals import Refusals
from core.storage.review import FreezeProposals, FrozenResults, Objections, Rulings
from core.storage.runs import Runs
from core.storage.shelf import Shelf
from core.storage.signatures import Signatures
from core.storage.submissions import Submissions


@dataclass(frozen=True)
class Session:
    """One district at work. What is kept is read and written through the repositories below, and nowhere else.

    A use case asks `now()` once and holds to it: a night's evaluation is of one moment.
    """

    config: Config
    store: Store
    paths: Paths
    clock: Clock = field(default_factory=Clock)

    def now(self) -> datetime:
        """The present moment in Asia/Shanghai, by this session's clock."""
        return self.clock.now()

    def at(self, moment: datetime) -> "Session":
        """The same with a clock that stands still at `moment`."""
        return replace(self, clock=Clock.stopped(moment))

    def under(self, config: Config) -> "Session":
        """The same under another configuration."""
        return replace(self, config=config)

    @property
    def shelf(self) -> Shelf:
        """Where the archive files stand, those that were put away with them."""
        return Shelf(self.paths.archive, self.config.district.archive.url)

    @cached_property
    def runs(self) -> Runs:
        """Nights and their configurations."""
        return Runs(self.store)

    @cached_property
    def looks(self) -> Looks:
        """Looks, captures, sightings and the spans of rows."""
        return Looks(self.store)

    @cached_property
    def reading_checks(self) -> ReadingChecks:
        """Portals' families held against a person's reading in a browser."""
        return ReadingChecks(self.store)

    @cached_property
    def findings(self) -> Findings:
        """What was read off rows."""
        return Findings(self.store)

    @cached_property
    def submissions(self) -> Submissions:
        """Rows of workbooks and 零报告 of 双公示."""
        return Submissions(self.store)

    @cached_property
    def filings(self) -> Filings:
        """What is handed in beside 双公示."""
        return Filings(self.store)

    @cached_property
    def hand_ins(self) -> HandIns:
        """When each filing and 零报告 came in, and from whom."""
        return HandIns(self.store)

    @cached_property
    def refusals(self) -> Refusals:
        """What came in and was not taken."""
        return Refusals(self.store)

    @cached_property
    def records(self) -> Records:
        """Whatever came in, by id."""
        return Records(self.store)

    @cached_property
    def rulings(self) -> Rulings:
        """The office's rulings."""
        return Rulings(self.store)

    @cached_property
    def objections(self) -> Objections:
        """What units said to their evidence."""
        return Objections(self.store)

    @cached_property
    def frozen(self) -> FrozenResults:
        """Frozen quarters."""
        return FrozenResults(self.store)

    @cached_property
    def proposals(self) -> FreezeProposals:
        """Quarters that one person proposed to freeze."""
        return FreezeProposals(self.store)

    @cached_property
    def signatures(self) -> Signatures:
        """Signatures under people's words."""
        return Signatures(self.store)

    @cached_property
    def outbox(self) -> Outbox:
        """Letters and their deliveries."""
        return Outbox(self.store)

    @cached_property
    def evaluations(self) -> EvaluationCache:
        """Decisions and evidence as last evaluated."""
        return EvaluationCache(self.store)


@contextmanager
def open_session(
    config: Config, paths: Paths, clock: Clock | None = None, patience: float = PATIENCE
) -> Iterator[Session]:
    """A session on the district's own store; StoreError where it cannot be opened within `patience` seconds."""
    with Store(paths.store, patience) as store:
        yield Session(config, store, paths, clock or Clock())

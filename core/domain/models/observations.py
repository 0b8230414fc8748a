"""Facts of looking: runs, looks, captures, sightings, findings, and what is kept in mind of them. Immutable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from core.domain.models.enums import CheckKind, CheckVerdict, DateKind, Kind

FEW_ROWS = 4  # fewer say nothing about how well a column is read


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """批次: one night's work. `id` is the night, `YYYY-MM-DD`; never re-dated."""

    id: str
    started_at: datetime
    finished_at: datetime | None = None
    code_version: str = ""
    config_hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """网页存证: bytes as received; the body itself lies in the WARC file at `offset`."""

    id: str  # look id + running number
    look: str
    url: str
    method: str = "GET"
    request_body: str = ""
    status: int
    sha256: str
    size: int
    received_at: datetime
    warc: str = ""
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """核查: one visit to one portal, and how much it proves.

    `genuine`: every page answered and was by positive proof itself. `parsed`: every row was counted.
    `whole`: a full walk ended by an independent sign with no row lost to shifting pages.
    `floor`: sort keys strictly above it were all read (window look); None: nothing is claimed.
    `reasons`: slugs why it proves less than asked for; empty when all went well.
    """

    id: str  # run/portal/pass, e.g. 2026-07-05/credit-licence/1
    run: str
    portal: str
    kind: str  # "window" | "full": what was asked for
    past_caches: bool = False
    started_at: datetime
    finished_at: datetime
    genuine: bool
    parsed: bool
    whole: bool = False
    floor: str | None = None
    age_seconds: int = 0
    pages: int = 0
    rows: int = 0
    total: int | None = None
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    reasons: tuple[str, ...] = ()
    unknown_labels: tuple[str, ...] = ()

    def proves_absent(self, sort_key: str | None) -> bool:
        """Whether a row that sorts at `sort_key` (None: unknown) would have been seen by this look."""
        if not (self.genuine and self.parsed):
            return False
        if self.whole:
            return True
        return sort_key is not None and self.floor is not None and sort_key > self.floor


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """见证: one row as one look showed it. `content_hash` names the row's version."""

    look: str
    portal: str
    row_key: str
    content_hash: str
    sort_key: str
    seen_at: datetime  # receipt of the list page that showed it
    title: str = ""
    url: str = ""
    listed_on: date | None = None
    page: int = 1
    position: int = 0  # place in the list as this look read it, from 1; 0: not noted
    pinned: bool = False
    capture: str = ""  # id of the list page's capture


@dataclass(frozen=True, slots=True)
class StatedDate:
    """A date the site states, its meaning and where it stood (`source`: visible|list|api|meta|field)."""

    on: date
    kind: DateKind
    source: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Exposure:
    """Personal data standing in the clear (or weakly masked). `masked` is all that is kept of it."""

    what: str  # identity-number | identity-number-weak | identity-number-unclear | phone | phone-unclear | …
    label: str
    masked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """公示记录: one record read off a row and its detail. A page with n records gives n findings."""

    id: str  # portal|row_key|content_hash|ordinal, hashed
    portal: str
    row_key: str
    content_hash: str
    ordinal: int = 0
    kind: Kind | None
    unit: str | None  # slug; None where the authority could not be resolved
    authority: str = ""
    name: str = ""
    code: str = ""
    numbers: tuple[str, ...] = ()  # normalised document numbers, ranges expanded
    number_text: str = ""
    decided_on: date | None = None
    published: StatedDate | None = None  # the stated publication date adopted (docs/design.md §4.4), if any
    stated: tuple[StatedDate, ...] = ()
    category: str = ""
    content: str = ""
    valid_until: date | None = None
    public_until: date | None = None
    revoked: bool = False
    exposures: tuple[Exposure, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()  # canonical field → text, identity numbers masked
    unknown_labels: tuple[str, ...] = ()
    title: str = ""
    url: str = ""
    capture: str = ""
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSpan:
    """One row of one portal over all looks: when it was first and last seen, and under which versions.

    `by_reading`: the times are those of one record in a place that others stood in before it, not those of the row.
    """

    portal: str
    row_key: str
    sort_key: str
    first_seen: datetime
    first_look: str
    first_capture: str
    first_hash: str
    last_seen: datetime
    last_look: str
    last_hash: str
    by_reading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """读取: one row's place (its page and attachments) as one look read it; what it did not read is no reading.

    `began_at`: from when on it may speak: the start of its look less the answers' Age. `extent`: 0 where a part could
    not be had (it says nothing), 1 where all was had and some could not be read, 2 where all was read. `grows`: the
    place may take up further records without its row changing. `confirmed`: a part was confirmed unchanged, not sent.
    `state` names what stood there, so that two readings of the same are told from two of different things.
    `request` asks for the place again (JSON; "" where nobody can).
    """

    look: str
    portal: str
    row_key: str
    content_hash: str
    began_at: datetime
    read_at: datetime
    capture: str = ""
    extent: int = 2
    grows: bool = False
    confirmed: bool = False
    state: str = ""
    request: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A row's place as its readings add up: the newest one, and since when it has been what it is.

    `extent` is that of the newest reading; `changed_at` began the first of the readings that found the same.
    """

    portal: str
    row_key: str
    content_hash: str
    read_at: datetime
    changed_at: datetime
    extent: int
    grows: bool
    state: str
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnReading:
    """读出情况: of one column in one night, how many rows were listed and how many read into a record with a number.

    `fresh` of the rows were first seen in the week before, `fresh_read` of these are read.
    """

    portal: str
    run: str
    listed: int
    read: int
    fresh: int = 0
    fresh_read: int = 0

    @property
    def reads_nothing(self) -> bool:
        """Whether rows were listed and not one of them gave a record with a number."""
        return self.listed > 0 and self.read == 0

    def has_fallen(self, before: Sequence["ColumnReading"]) -> bool:
        """Whether much less is read than was: half the share of an earlier night, or nothing of the week's new rows."""
        best = max((night.read / night.listed for night in before if night.listed >= FEW_ROWS), default=0.0)
        fell = self.listed >= FEW_ROWS and self.read < self.listed * best / 2
        stopped = self.fresh >= FEW_ROWS and self.fresh_read == 0 and self.read - self.fresh_read >= FEW_ROWS
        return fell or stopped


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One row of a list of documents or commitments over all looks, as it was last seen.

    `capture`: of its first page.
    """

    portal: str
    row_key: str
    title: str
    url: str
    listed_on: date | None
    first_seen: datetime
    last_seen: datetime
    capture: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """The newest full answer to one request of a portal, and when it was last had or confirmed.

    `key` names the request; `etag` and `modified` are its validators (RFC 9110) for asking whether it changed.
    """

    portal: str
    key: str
    capture: str
    etag: str
    modified: str
    read_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingCheck:
    """读取核对: one portal's list held against two looks around it, as a person reads it in a browser, as it is drawn
    there, or as a plain browser is answered (`CheckKind`); no look itself.

    `read_as` names how the portal was read (`Portal.read_as`). `whole`: the person saw the list's end. `lacking`: rows
    that both looks showed and she did not see; `more`: that she saw and neither showed. `differing` names them in
    Chinese; `reasons` are those of her reading, as of a look, or why there was nothing to hold it against.
    """

    id: str  # run/portal/kind (`CheckKind`)
    run: str
    portal: str
    read_as: str
    started_at: datetime
    finished_at: datetime
    verdict: CheckVerdict
    whole: bool = False
    lacking: int = 0
    more: int = 0
    differing: str = ""
    pages: int = 0
    rows: int = 0
    requests: int = 0
    bytes: int = 0
    seconds: float = 0.0
    reasons: tuple[str, ...] = ()

    @property
    def kind(self) -> CheckKind:
        """What was held against the family's reading."""
        return CheckKind(self.id.rpartition("/")[2])

    def settles(self, earlier: "ReadingCheck") -> bool:
        """Whether an earlier difference stands no longer: what was not seen to the end cannot show what is gone."""
        return self.verdict is CheckVerdict.AGREES and (self.whole or not earlier.lacking)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksSoFar:
    """What was tried of a portal's checks, as it is read now.

    `ever`: it was checked, read in whatever way. `read_at`: start of the newest that could be read; `tried_at`: of the
    newest, `first_at`: of the first; `unsettled`: how many there were since the newest that agreed.
    """

    ever: bool = False
    first_at: datetime | None = None
    read_at: datetime | None = None
    tried_at: datetime | None = None
    unsettled: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckBundle:
    """One check with the pages that the person saw, and the keys of the rows that a look shows and no person sees."""

    check: ReadingCheck
    captures: tuple[Capture, ...] = ()
    unseen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookBundle:
    """One look with all it brought; stored whole or not at all.

    `revalidated`: (capture of a 304, the earlier capture whose bytes it confirmed). `readings`: of rows' places.
    `check`: the check that the look was held against, with the first look of its visit; `beside`: the other checks.
    """

    look: Look
    captures: tuple[Capture, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    findings: tuple[Finding, ...] = ()
    pages: tuple[KnownPage, ...] = ()
    revalidated: tuple[tuple[str, str], ...] = ()
    readings: tuple[Reading, ...] = ()
    check: CheckBundle | None = None
    beside: tuple[CheckBundle, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChanges:
    """名单变化: what a whole look shows otherwise than the whole look before it, by row key.

    `before`, `after`: ids of the two looks. `moved`: the fewest rows whose going elsewhere explains the new order.
    `titles`: of every row named.
    """

    portal: str
    before: str
    after: str
    added: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_none(self) -> bool:
        """Whether the list stands as it stood."""
        return not (self.added or self.edited or self.removed or self.moved)

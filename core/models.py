"""The words of the system as frozen records: facts (append-only) and judgement (recomputed).

All times are aware and in Asia/Shanghai; all days are civil days there. A fact carries `observed_at`
(when it was true) or its own times, and `recorded_at` (when we learned it) once it is in the store.
Judgement is a pure function of facts recorded up to a moment and is never updated in place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """双公示: the two kinds of decision."""

    LICENCE = "licence"
    PENALTY = "penalty"


class Channel(StrEnum):
    """公示渠道: where an item could lawfully stand."""

    CREDIT = "credit"
    DEPARTMENT = "department"


class Outcome(StrEnum):
    """What a check can say. INCONCLUSIVE is never BREACHED: "could not look" is not "not there"."""

    MET = "met"
    BREACHED = "breached"
    PENDING = "pending"
    INCONCLUSIVE = "inconclusive"
    NOT_APPLICABLE = "not_applicable"


class DateKind(StrEnum):
    """What a stated date means. Only PUBLISHED may serve as a stated publication date."""

    PUBLISHED = "published"
    DECIDED = "decided"
    EFFECTIVE = "effective"
    DOCUMENT = "document"  # 成文、生成、发文日期: the document's, never the publication's
    UNKNOWN = "unknown"


# ---------------------------------------------------------------- facts


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

    what: str  # "identity-number" | "identity-number-weak" | "phone" | "bank-card" | "address"
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
    published: StatedDate | None = None  # the stated publication date adopted (DESIGN 4), if any
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
class Attachment:
    """附件: a file a unit handed in, kept by its hash."""

    sha256: str
    name: str
    size: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """报送记录: one row that a unit submitted. `row` is the number Excel shows."""

    id: str  # hash of unit, kind and the row's content: importing twice adds nothing
    unit: str
    kind: Kind
    workbook: str
    workbook_sha256: str
    sheet: str
    row: int
    name: str = ""
    code: str = ""
    numbers: tuple[str, ...] = ()
    number_text: str = ""
    decided_on: date | None = None
    reported_at: datetime | None = None  # 报送时间: the collection system's timestamp
    receipt_at: datetime | None = None  # 收件登记时间: the registered receipt; never the import's
    publicity: str = "公开"  # 公开 | 暂缓公开 | 不公开
    publicity_ground: str = ""
    publicity_until: date | None = None
    category: str = ""
    content: str = ""
    valid_until: date | None = None
    public_until: date | None = None
    fields: tuple[tuple[str, str], ...] = ()
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Paper:
    """A file that a filing names: under which column, as what, and its hash ("": it was not found)."""

    field: str
    name: str
    sha256: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """报送材料: one row of any form but 双公示 (core/forms): what it says of `unit`, and the files behind it.

    `month` is what it counts for (`YYYY-MM`): of `on`, the day it speaks of. `fields`: the form's field → text, personal
    numbers masked. `row` is the number Excel shows.
    """

    id: str  # hash of `content` and the files found: importing twice adds nothing
    content: str  # hash of form, unit and what the row says: handed in again with its files it is the same act
    form: str
    unit: str
    on: date | None = None
    month: str
    title: str
    fields: tuple[tuple[str, str], ...] = ()
    papers: tuple[Paper, ...] = ()
    workbook: str
    workbook_sha256: str
    sheet: str
    row: int
    received_at: datetime

    def said(self, field: str) -> str:
        """What the row says under `field`; "" where it is silent."""
        return dict(self.fields).get(field, "")

    @property
    def place(self) -> str:
        """Where it stands, in words."""
        return f"《{self.workbook}》{self.sheet} 第 {self.row} 行"


@dataclass(frozen=True, slots=True, kw_only=True)
class ZeroReport:
    """零报告: a unit's word that it has nothing of `kind` (a Kind, or a form) for `month` (`YYYY-MM`)."""

    id: str
    unit: str
    kind: str
    month: str
    workbook: str
    workbook_sha256: str
    sheet: str
    row: int
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """复核裁定: a person's word on one evidence, link, claim or unit. The raw outcome stays.

    `subject`: `evidence:<key>`, `link:<record>|<record>`, `claim:<decision>`, `repair:<decision>` or
    `unit:<slug>|<period>`. `word`: confirm, dismiss, amend or accept; for a unit deduct, list-yellow or conduct.
    `value` is what the word needs: the outcome or severity of an amendment, the points of a deduction, the ceiling of
    a conduct. `until` ends it (a waiver expires). `seen` is the fingerprint of the evidence as it was ruled on
    (scoring.settled): where the evidence has changed since, the ruling no longer holds and it is open again.
    `via`: how the person was known (`account:<name>`, `key:<name>`).
    """

    id: str
    subject: str
    word: str
    by: str
    why: str
    at: datetime
    until: date | None = None
    value: str = ""
    seen: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Objection:
    """异议: what a unit says to one evidence, with the files it handed in (`papers`: name, SHA-256).

    `kind`: an objection, which must be answered by a ruling; a note (说明); or confirm (确认), that the unit agrees.
    """

    id: str
    unit: str
    evidence: str  # its key
    text: str
    papers: tuple[tuple[str, str], ...] = ()
    kind: str = "objection"
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenResult:
    """冻结: a quarter's result as the office fixed it; never changed. A formal correction is the next `version`.

    `judgement` is the whole judgement as text (core.rows.dump), `sha256` its hash; `head` the chain's head it rests on.
    """

    period: str
    version: int
    at: datetime
    by: str
    via: str
    why: str = ""
    scheme: str
    scheme_hash: str
    config_hash: str
    code_version: str
    head: str
    sha256: str
    judgement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowSpan:
    """One row of one portal over all looks: when it was first and last seen, and under which versions."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """One row of a list of documents or commitments over all looks, as it was last seen; `capture`: of its first page."""

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
class LookBundle:
    """One look with all it brought; stored whole or not at all.

    `revalidated`: (capture of a 304, the earlier capture whose bytes it confirmed).
    """

    look: Look
    captures: tuple[Capture, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    findings: tuple[Finding, ...] = ()
    pages: tuple[KnownPage, ...] = ()
    revalidated: tuple[tuple[str, str], ...] = ()


# ---------------------------------------------------------------- judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A pair of records that may be one act; a person settles it. `score` is 0–100."""

    left: str
    right: str
    level: str
    score: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """决定事项: one real-world act, joined from its submissions and findings."""

    id: str
    unit: str
    kind: Kind | None
    number: str = ""
    name: str = ""
    decided_on: tuple[date, ...] = ()  # distinct dates its sources state
    submissions: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    reviews: tuple[Review, ...] = ()
    links: tuple[str, ...] = ()  # why its records are one act, a sentence a link


@dataclass(frozen=True, slots=True)
class Proof:
    """One fact that supports an evidence: `kind` is capture, look, sighting, submission or filing; `ref` its id."""

    kind: str
    ref: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """证据: one check's answer about one subject. `late_days`: at least, at most (None: no upper bound).

    The subject is a decision, or (`decision` empty) what `subject` names: a filing, or a month of a form.
    """

    key: str  # check|decision or subject|channel: stable over nights
    check: str
    unit: str
    decision: str = ""
    subject: str = ""
    kind: Kind | None = None  # the decision's
    channel: Channel | None = None
    outcome: Outcome
    slug: str
    sentence: str
    deadline: datetime | None = None
    late_days: tuple[int, int | None] | None = None
    other_calendar: str = ""  # what the other reading of "7 天" would have said: "natural:met" …
    decided_on: date | None = None
    proofs: tuple[Proof, ...] = ()
    value: str = ""  # what a rule counts by, where the outcome does not say it (a severity, a number of households)
    whose: str = ""  # whose move it is where it is not the check's usual one: "unit" | "office"


class Grade(StrEnum):
    """红名单 is the best, 黄名单 the worst (RULES, Grades)."""

    RED = "red"
    BLUE = "blue"
    YELLOW = "yellow"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreItem:
    """One reason for points, as a range: what it adds (a deduction is negative) at the least and at the most.

    `evidence`: keys; `rulings`: ids. The items of an indicator add up to its points, and nothing else does.
    """

    why: str
    low: Decimal
    high: Decimal
    evidence: tuple[str, ...] = ()
    rulings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorScore:
    """Points of one indicator as a range; `judged` is False where nothing can be said yet.

    `items` add up to `low` and `high`. `deductions` (negative) come off the total, unscaled.
    """

    code: str
    title: str
    points: Decimal
    judged: bool
    provenance: str
    items: tuple[ScoreItem, ...] = ()
    deductions: tuple[ScoreItem, ...] = ()

    @property
    def low(self) -> Decimal:
        """The fewest points."""
        return sum((item.low for item in self.items), Decimal(0))

    @property
    def high(self) -> Decimal:
        """The most points."""
        return sum((item.high for item in self.items), Decimal(0))

    @property
    def why(self) -> str:
        """Its reasons in one line."""
        return "；".join(dict.fromkeys(item.why for item in (*self.items, *self.deductions) if item.why))

    @property
    def evidence(self) -> tuple[str, ...]:
        """The evidence behind it."""
        items = (*self.items, *self.deductions)
        return tuple(dict.fromkeys(key for item in items for key in item.evidence))


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """得分与等级: a range where facts are unknown; `grade` is None while it is withheld.

    `scaled` is won ÷ open × 100; `total` is that with the deductions, which are not scaled. `ceiling`: the lowest and
    highest grade that conduct allows, with `ceiling_why`. `raw`: the total without any person's word.
    """

    unit: str
    period: str
    indicators: tuple[IndicatorScore, ...]
    won: tuple[Decimal, Decimal]  # points won, lowest and highest
    open_points: Decimal
    scaled: tuple[Decimal, Decimal]
    deductions: tuple[ScoreItem, ...] = ()
    total: tuple[Decimal, Decimal]
    raw: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0))
    ceiling: tuple[Grade, Grade]
    ceiling_why: tuple[ScoreItem, ...] = ()
    grade_low: Grade
    grade_high: Grade
    scheme: str
    scheme_hash: str = ""
    to_settle: tuple[str, ...] = field(default=())

    @property
    def grade(self) -> Grade | None:
        """The grade, or None while the ends of the range differ."""
        return self.grade_low if self.grade_low == self.grade_high else None


@dataclass(frozen=True, slots=True)
class Rate:
    """`numerator` of `denominator` that could be judged; `unknown` more could not."""

    name: str
    numerator: int
    denominator: int
    unknown: int

    @property
    def value(self) -> Decimal | None:
        """The rate in per cent; None where nothing could be judged."""
        return Decimal(self.numerator) * 100 / self.denominator if self.denominator else None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRates:
    """A unit's rates and cases. `cases`: how many decisions stand so; `unclear`: a side of theirs could not be seen."""

    unit: str
    decisions: int
    rates: tuple[Rate, ...]
    cases: Mapping[str, int]
    unclear: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """预警: something a unit or the office must be told. `key` is told once."""

    key: str
    to: str  # unit slug, or "office"
    stage: str  # due-3 | due-1 | breached | escalated | resolved | review | portal-down | portal-changed
    decision: str = ""
    evidence: str = ""
    title: str
    sentence: str
    todo: str = ""
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckText:
    """What stands beside a check: its proposition in Chinese, both titles, and whose move a breach is."""

    name: str
    title_met: str
    title_breached: str
    todo: str
    whose: str  # "unit" | "office"
    todo_office: str = ""  # what to do where the move is the office's
    slugs: tuple[tuple[str, str], ...] = ()  # slug → sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Everything judged at one moment from the facts recorded up to then, for one period.

    `evidence` is about `decisions`, `filed` about filings and months: what the other indicators rest on. `earlier` is
    that of the quarters before, of which awards that hold for longer speak.
    """

    at: datetime
    period: str  # "2026Q3"
    decisions: dict[str, Decision]
    evidence: tuple[Evidence, ...]
    scores: tuple[Score, ...]
    alerts: tuple[Alert, ...] = ()
    filed: tuple[Evidence, ...] = ()
    earlier: tuple[Evidence, ...] = ()

    @property
    def everything(self) -> tuple[Evidence, ...]:
        """All evidence: about decisions, then about filings."""
        return (*self.evidence, *self.filed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The facts a judgement rests on, by id: what reports quote. `sightings` are first sightings by portal|row_key."""

    looks: dict[str, Look]
    captures: dict[str, Capture]
    submissions: dict[str, Submission]
    findings: dict[str, Finding]
    sightings: dict[str, Sighting]
    filings: dict[str, Filing] = field(default_factory=dict)
    zero_reports: tuple[ZeroReport, ...] = ()
    runs: tuple[Run, ...] = ()
    rulings: tuple[Ruling, ...] = ()

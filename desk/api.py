"""The desk for programs: JSON under `/api`, described by `/api/openapi.json`, each token with the scopes that it needs.

A token is shown once and kept as its hash. What programs read is what pages show: the period in question unless another
is named, outcomes and codes as the command line's `--json` has them.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import wraps
from inspect import signature
from itertools import groupby
from typing import Annotated, Any, Literal, TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.files import UploadedFile
from ninja.params.functions import File
from ninja.security import HttpBearer
from pydantic import AfterValidator, Field

from core.domain.errors import ChengxinError, UsageError
from core.domain.model_faults import fault_in_words
from core.domain.models import Evidence, Outcome
from core.domain.periods import MONTH, QUARTER, parse_period
from core.domain.ruling_validity import call_number
from desk.as_it_stands import reckoned
from desk.frozen import frozen_of
from desk.log import note
from desk.middleware import failed
from desk.models import Token
from desk.portal_states import portal_states
from desk.site import current
from desk.uploads import MOST_FILES, laid_out
from pipeline.by_unit import lookup_of_part
from pipeline.report_context import facts_of_records
from pipeline.take_in import take_in
from reporting import wording

T = TypeVar("T")
MOST = 500  # rows of one answer


def _period(name: str) -> str:
    """A period's name, "" for the one in question; UsageError for any other."""
    return name and parse_period(name).name


Limit = Annotated[int, Field(ge=1, le=MOST)]
PeriodName = Annotated[
    str, AfterValidator(_period), Field(json_schema_extra={"pattern": f"^({QUARTER}|{MONTH})?$", "example": "2026Q3"})
]
UnitSlug = Annotated[str, Field(max_length=64)]
Key = Annotated[str, Field(max_length=12_000)]  # of evidence: a number as it was published is part of it
State = Literal["", "waiting", "sending", "sent", "dead", "uncertain", "bounced"]
SenderName = Annotated[str, Field(max_length=200)]


class Scope(StrEnum):
    """What a token may do."""

    EVIDENCE = "evidence"
    SCORES = "scores"
    LETTERS = "letters"
    PORTALS = "portals"
    IMPORT = "import"


SCOPES = {
    Scope.EVIDENCE: "读证据",
    Scope.SCORES: "读得分与等级",
    Scope.LETTERS: "读信件状况",
    Scope.PORTALS: "读栏目状况",
    Scope.IMPORT: "交材料",
}


class Bearer(HttpBearer):
    """A token that is known, in use and has the scope that the address asks for."""

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """The token; None (401) for any other, 403 where the scope is wanting."""
        digest = hashlib.sha256(token.encode()).hexdigest()
        known = next((t for t in Token.objects.filter(is_active=True) if hmac.compare_digest(t.digest, digest)), None)
        if known is None:
            note(request, "failed", "API")
            return None
        wanted = request.path.removeprefix("/api/").split("/")[0]
        if wanted not in known.scopes.split():
            note(request, "denied", request.path, account=known.name)
            raise HttpError(403, "令牌没有这一项权限")
        note(request, "saw" if request.method == "GET" else "handed-in", request.path, account=known.name)
        return known


class Failure(Schema):
    """Why there is no other answer, in a Chinese sentence."""

    detail: str


FAILURES = {400: Failure, 401: Failure, 403: Failure, 413: Failure, 422: Failure, 503: Failure}

api = NinjaAPI(
    title="政务诚信监测",
    version="1",
    description="400 请求不完整；401 没有令牌，或不对、已停用；403 令牌没有这一项权限；405 不能这样请求；413 太长；"
    "422 参数写得不对；503 数据现在读写不了。这些都答 detail，一句中文。",
    docs_url=None,
    auth=Bearer(),
    urls_namespace="api",
)


@api.exception_handler(ChengxinError)
def _refused(request: HttpRequest, error: ChengxinError | type[ChengxinError]) -> HttpResponse:
    return failed(request, 422 if isinstance(error, UsageError) else 503, str(error))


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError | type[AuthenticationError]) -> HttpResponse:
    answer = failed(request, 401, "要带在用的令牌：Authorization: Bearer 令牌")
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(HttpError)
def _not_done(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(error, HttpError)
    return failed(request, error.status_code, str(error) if error.status_code == 403 else "请求不完整，没有做任何事")


@api.exception_handler(ValidationError)
def _misspelt(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)
    return failed(request, 422, "；".join(_faults(error.errors)))


def _faults(faults: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong, a sentence a parameter. `loc`: where it stands, its name, and what it might have been."""
    for (_, name, *_), found in groupby(faults, key=lambda fault: tuple(fault["loc"][:2])):
        yield f"{name}：{fault_in_words(next(found))}"


def only_declared(view: Callable[..., T]) -> Callable[..., T]:
    """The view, for addresses that ask for nothing that it does not know, and for nothing twice: a misspelt `period`
    would be answered for another one."""
    known = [name for name in signature(view).parameters if name not in ("request", "file")]

    @wraps(view)
    def answered(request: HttpRequest, **named: object) -> T:
        odd = [name for name, values in request.GET.lists() if name not in known or len(values) > 1]
        if odd:
            raise UsageError(f"没有这个参数，或写了两次：{odd[0][:60]}（可用：{'、'.join(known) or '无'}）")
        return view(request, **named)

    return answered


class EvidenceRow(Schema):
    """One evidence: what a check says of a decision or of what was handed in. `status`: as a reader must take it."""

    call: str
    key: str
    unit: str
    check: str
    channel: str
    outcome: str
    code: str
    status: str
    sentence: str
    decided_on: date | None
    deadline: datetime | None


class EvidencePage(Schema):
    """Evidence by unit, then in order of key; `next`: what `after` is for the rows that follow, "" at the end."""

    period: str
    rows: list[EvidenceRow]
    next: str


@api.get("/evidence", response={200: EvidencePage, **FAILURES}, summary="一个考核期的证据，按单位、再按键排序，分页")
@only_declared
def evidence(
    request: HttpRequest,
    period: PeriodName = "",
    unit: UnitSlug = "",
    outcome: Outcome | Literal[""] = "",
    after: Key = "",
    limit: Limit = 100,
) -> EvidencePage:
    """Evidence of a period."""
    desk = current()
    first, _, last = after.partition("|")
    with desk.session() as session:
        kept = reckoned(desk)
        district = kept.district(session, period or None)
        shared, chosen = district.shared, list[tuple[str, Evidence, str]]()
        units = [u for u in shared.units if unit in ("", u)]
        for slug in units[units.index(first) if after and first in units else 0 :]:
            evaluation = kept.evaluation(session, shared, slug)
            of_unit = sorted(evaluation.everything, key=lambda e: e.key)
            of_unit = [
                e for e in of_unit if outcome in ("", e.outcome) and (not after or slug != first or e.key > last)
            ]
            words = session.rulings.on_evidence(e.key for e in of_unit[: limit + 1])
            lookup = lookup_of_part(session, shared, evaluation, facts_of_records(session, ()), words)
            chosen += ((slug, e, lookup.status(e).value) for e in of_unit[: limit + 1 - len(chosen)])
            if len(chosen) > limit:
                break
    rows = [
        EvidenceRow(
            call=call_number(e.key), key=e.key, unit=e.unit, check=e.check, channel=e.channel or "", outcome=e.outcome,
            code=e.slug, status=status, sentence=wording.safe(e.sentence),
            decided_on=e.decided_on, deadline=e.deadline,
        )
        for _, e, status in chosen[:limit]
    ]  # fmt: skip
    more = f"{chosen[limit - 1][0]}|{rows[-1].key}" if len(chosen) > limit else ""
    return EvidencePage(period=district.period, rows=rows, next=more)


class ScoreRow(Schema):
    """A unit's points, at the least and at the most, and its grade ("" while its ends differ)."""

    unit: str
    name: str
    low: Decimal
    high: Decimal
    grade: str
    grade_low: str
    grade_high: str


class Scores(Schema):
    """The scores of a period; `frozen`: its version where it is frozen, else 0."""

    period: str
    frozen: int
    rows: list[ScoreRow]


@api.get("/scores", response={200: Scores, **FAILURES}, summary="一个考核期的得分与等级；已冻结的按冻结的结果")
@only_declared
def scores(request: HttpRequest, period: PeriodName = "") -> Scores:
    """Scores of a period."""
    desk = current()
    with desk.session() as session:
        district = reckoned(desk).district(session, period or None)
        frozen = frozen_of(session, district.period)
    return Scores(
        period=district.period,
        frozen=frozen.result.version if frozen else 0,
        rows=[
            ScoreRow(
                unit=s.unit, name=wording.unit_name(desk.config, s.unit), low=s.total[0], high=s.total[1],
                grade=s.grade or "", grade_low=s.grade_low, grade_high=s.grade_high,
            )
            for s in (frozen.scores if frozen else district.scores)
        ],
    )  # fmt: skip


class LetterRow(Schema):
    """A letter to one recipient and what became of it."""

    key: str
    recipient: str
    state: str
    attempts: int
    said: str
    changed_at: datetime


@api.get("/letters", response={200: list[LetterRow], **FAILURES}, summary="信件到每个收件人的状况，最近变动的在前")
@only_declared
def letters(request: HttpRequest, state: State = "", limit: Limit = 100) -> Sequence[LetterRow]:
    """Deliveries."""
    with current().session() as session:
        found = session.outbox.deliveries(state) if state else session.outbox.deliveries()
    found.sort(key=lambda d: d.changed_at, reverse=True)
    return [
        LetterRow(
            key=d.key, recipient=d.recipient, state=d.state, attempts=d.attempts, said=d.said, changed_at=d.changed_at
        )
        for d in found[:limit]
    ]


class PortalRow(Schema):
    """A portal's health: nights without proof, when it was proving last, what its newest night listed and read."""

    portal: str
    name: str
    dark_nights: int
    reasons: list[str]
    last_proving: datetime | None
    listed: int | None
    read: int | None


@api.get("/portals", response={200: list[PortalRow], **FAILURES}, summary="各栏目的状况")
@only_declared
def portals(request: HttpRequest) -> Sequence[PortalRow]:
    """Portals' health."""
    with current().session() as session:
        health, proving = portal_states(session), session.looks.newest_proving()
    return [
        PortalRow(
            portal=h.portal, name=h.name, dark_nights=h.nights, reasons=list(h.reasons),
            last_proving=proving.get(h.portal), listed=h.reading.listed if h.reading else None,
            read=h.reading.read if h.reading else None,
        )
        for h in health
    ]  # fmt: skip


class FaultRow(Schema):
    """What was not taken, or is odd, at its place."""

    sheet: str
    row: int
    column: str
    reason: str


class FileTold(Schema):
    """What came of one file."""

    name: str
    what: str
    good: list[str]
    faults: list[FaultRow]
    notes: list[FaultRow]


@api.post("/import", response={200: list[FileTold], **FAILURES}, summary="交材料：报送工作簿、事项清单、退信、压缩包")
@only_declared
def hand_in(
    request: HttpRequest,
    file: list[UploadedFile] = File(..., min_length=1, max_length=MOST_FILES),
    sender: SenderName = "",
) -> Sequence[FileTold]:
    """Take in files as the drop zone does."""
    desk = current()
    with laid_out(list(file)) as paths, desk.session() as session:
        inbox = take_in(session, paths, sender=sender)
    reckoned(desk).heard()
    return [
        FileTold(
            name=told.name, what=told.what, good=list(told.good),
            faults=[FaultRow(sheet=f.sheet, row=f.row, column=f.column, reason=f.reason) for f in told.faults],
            notes=[FaultRow(sheet=f.sheet, row=f.row, column=f.column, reason=f.reason) for f in told.notes],
        )
        for told in inbox.files
    ]  # fmt: skip

"""A plan says in days after the decision what happens to it; `build` makes a town of plans."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, TypedDict

from core.domain.models import Kind
from core.domain.text import document_numbers
from simulation.offices import BY_SLUG, CREDIT, own_portal
from simulation.parties import Party
from simulation.world import Act, Posting, WorkbookEntry, World, moment

MONDAY = 0
FIRST_ROW = 1910001


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """One stay on a list. `after`, `stated` and `down` count days from the decision; `on` overrides by a moment."""

    after: int = 3
    clock: str = "10:20"
    stated: int | None = None  # the day the site claims; None: the true one
    down: int | None = None
    down_clock: str = "16:00"
    pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """How a decision is handed in. `handed` overrides the unit's rhythm; `wrong` overrides what the row says."""

    after: int = 2
    clock: str = "11:00"
    stamped: bool = True  # whether 报送时间 is filled in
    handed: date | None = None
    wrong: tuple[tuple[str, str | date | None], ...] = ()
    flaw: str = ""


class ActExtra(TypedDict, total=False):
    """Fields of an act that few plans set."""

    public_until: date
    identity: str
    credit_identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One decision to be."""

    case: str
    unit: str
    kind: Kind
    decided: date
    party: Party
    number: int
    credit: tuple[Show, ...] = (Show(),)
    own: tuple[Show, ...] = (Show(after=2, clock="09:40"),)
    files: tuple[File, ...] = (File(),)
    page: str = ""  # decisions of one unit and kind with the same word stand on one page of the own portal
    number_text: str = ""
    category: str = ""
    item: str = ""
    hide_date: bool = False
    printed: int | None = None  # days between the true decision date and the printed one
    titled: str = ""
    extra: ActExtra = field(default_factory=ActExtra)


class PlanParts(TypedDict, total=False):
    """The fields of a plan that a script need not name."""

    credit: tuple[Show, ...]
    own: tuple[Show, ...]
    files: tuple[File, ...]
    page: str
    number_text: str
    category: str
    item: str
    hide_date: bool
    printed: int | None
    titled: str
    extra: ActExtra


def build(plans: tuple[Plan, ...], strays: tuple[tuple[str, Kind, WorkbookEntry], ...] = ()) -> World:
    """The town of `plans`; refs are case and number within the case, row ids run in the order rows appear."""
    counts: dict[str, int] = {}
    acts = []
    for plan in plans:
        counts[plan.case] = counts.get(plan.case, 0) + 1
        acts.append(_act(plan, f"{plan.case}-{counts[plan.case]}"))
    return World(acts=tuple(acts), postings=_number_rows(_postings(list(zip(plans, acts, strict=True)))), strays=strays)


def _act(plan: Plan, ref: str) -> Act:
    office = BY_SLUG[plan.unit]
    text = plan.number_text or office.number(plan.kind, plan.number)
    (number,) = document_numbers(office.number(plan.kind, plan.number))
    act = Act(
        ref=ref,
        case=plan.case,
        unit=plan.unit,
        kind=plan.kind,
        party=plan.party,
        decided=plan.decided,
        number_text=text,
        numbers=(number,),
        item=plan.item or _item(plan),
        category=plan.category or _category(plan.kind),
        printed_decided=None if plan.hide_date else plan.decided + timedelta(days=plan.printed or 0),
        valid_until=plan.decided + timedelta(days=1825) if plan.kind is Kind.LICENCE else None,
        titled=plan.titled,
        **plan.extra,
    )
    return replace(act, filings=tuple(_filing(plan, act, f) for f in plan.files))


def _item(plan: Plan) -> str:
    if plan.kind is Kind.LICENCE:
        return f"准予{plan.party.name}从事经批准的经营活动（第{plan.number}项）"
    return f"罚款人民币{plan.number % 40 + 1}000元"


def _category(kind: Kind) -> str:
    return "普通" if kind is Kind.LICENCE else "罚款"


def _filing(plan: Plan, act: Act, file: File) -> WorkbookEntry:
    reported = moment(plan.decided + timedelta(days=file.after), file.clock)
    base = WorkbookEntry(
        handed_in=file.handed or handed_in(plan.unit, reported),
        reported_at=reported if file.stamped else None,
        number_text=act.number_text,
        name=plan.party.name,
        code=plan.party.code,
        decided=plan.decided,
        flaw=file.flaw,
    )
    wrong: dict[str, Any] = dict(file.wrong)  # fields of several types; a name that is none raises TypeError
    return replace(base, **wrong)


def handed_in(unit: str, reported: datetime) -> date:
    """The day on whose morning the unit's next workbook after `reported` comes in."""
    office = BY_SLUG[unit]
    day = reported.date() + timedelta(days=1)
    while not (day.weekday() == MONDAY if office.rhythm == "weekly" else day.day == office.day):
        day += timedelta(days=1)
    return day


def _postings(pairs: list[tuple[Plan, Act]]) -> list[Posting]:
    rows = [_posting(CREDIT[act.kind], plan, (act,), show) for plan, act in pairs for show in plan.credit]
    pages: dict[tuple[str, Kind, str], list[tuple[Plan, Act]]] = {}
    for plan, act in pairs:
        pages.setdefault((act.unit, act.kind, plan.page or act.ref), []).append((plan, act))
    for (unit, kind, _), members in pages.items():
        portal = own_portal(unit, kind)
        if portal is not None:
            plan = members[0][0]
            rows += [_posting(portal, plan, tuple(act for _, act in members), show) for show in plan.own]
    return rows


def _posting(portal: str, plan: Plan, acts: tuple[Act, ...], show: Show) -> Posting:
    decided = plan.decided
    up = moment(decided + timedelta(days=show.after), show.clock)
    claimed = up if show.stated is None else moment(decided + timedelta(days=show.stated), show.clock)
    down = None if show.down is None else moment(decided + timedelta(days=show.down), show.down_clock)
    states = portal != "spj"  # that site lists by decision and never says when it published
    return Posting(
        portal=portal,
        row="0",
        acts=tuple(act.ref for act in acts),
        title=_title(portal, acts),
        up=up,
        down=down,
        listed=claimed.date() if states else acts[0].printed_decided or decided,
        stated=claimed if states else None,
        pinned=show.pinned,
    )


def _title(portal: str, acts: tuple[Act, ...]) -> str:
    first = acts[0]
    if first.titled and portal not in CREDIT.values():
        return first.titled
    word = "行政许可" if first.kind is Kind.LICENCE else "行政处罚"
    if portal in CREDIT.values():
        return f"{first.party.name}{word}信息"
    if len(acts) > 1:
        return f"{word}决定信息公示表（{joined_numbers(acts)}）"
    return f"{first.party.name}{word}决定信息公示（{first.number_text}）"


def joined_numbers(acts: tuple[Act, ...]) -> str:
    """〔2026〕10号、11号: the head once, then serials alone."""
    return "、".join([acts[0].number_text, *(act.number_text.rpartition("〕")[2] for act in acts[1:])])


def _number_rows(rows: list[Posting]) -> tuple[Posting, ...]:
    rows.sort(key=lambda p: (p.up, p.portal, p.acts))
    return tuple(replace(row, row=str(FIRST_ROW + n * 3)) for n, row in enumerate(rows))

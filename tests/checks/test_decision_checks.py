"""Each check on cases made by hand: outcome, slug, and whose move it is."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from checks import CHECKS, TEXTS, evaluate_case, stays_open
from checks.cases.assemble import CaseFacts, assemble
from checks.cases.decision_case import Case, add_months
from checks.cases.portal_looks import Absence, PortalLooks
from checks.cases.publication_duty import duty_of
from checks.cases.publication_verdict import PublicationCase
from checks.cases.timeline import ChannelTimeline, PortalTimeline
from core.domain.calendar import Calendar
from core.domain.clock import ZONE, parse_moment
from core.domain.config import Config, Unit, load
from core.domain.models import (
    Channel,
    ClaimSubject,
    DateKind,
    Decision,
    Evidence,
    Exposure,
    Finding,
    Kind,
    Look,
    Outcome,
    Place,
    PossibleLink,
    RepairSubject,
    RowSpan,
    Ruling,
    RulingKind,
    StatedDate,
    Subject,
    Submission,
)
from core.domain.scheme import Duty
from tests.checks.cases.test_publication_verdict import LAW
from tests.support.paths import HUAIAN
from tests.support.sample_quarter import sample
from tests.support.timelines import read_at

SCHEME = load(HUAIAN).scheme
CONFIG: Config = sample()[0].model_copy(update={"scheme": SCHEME})
DECIDED = date(2026, 7, 1)
DAY0 = datetime(2026, 7, 1, 0, 30, tzinfo=ZONE)
NOW = DAY0 + timedelta(days=45)
SUBJECT = "scjgj|penalty|甲〔2026〕1号"


def at(day: int) -> datetime:
    return DAY0 + timedelta(days=day - 1)


def submission(**more: Any) -> Submission:
    base = Submission(
        id="s",
        unit="scjgj",
        kind=Kind.PENALTY,
        workbook="七月.xlsx",
        workbook_sha256="00",
        sheet="行政处罚",
        row=3,
        name="甲公司",
        numbers=("甲〔2026〕1号",),
        decided_on=DECIDED,
        reported_at=at(3),
        category="罚款",
        received_at=at(20),
    )
    return replace(base, **more)


def finding(**more: Any) -> Finding:
    base = Finding(
        id="f",
        portal="p-credit",
        row_key="r",
        content_hash="h",
        kind=Kind.PENALTY,
        unit="scjgj",
        name="甲公司",
        numbers=("甲〔2026〕1号",),
        decided_on=DECIDED,
        capture="c#2",
        observed_at=at(4),
    )
    return replace(base, **more)


def timeline(
    channel: Channel, seen: int | None = None, gone: tuple[int, ...] = (), absent: tuple[int, ...] = tuple(range(2, 45))
) -> ChannelTimeline:
    portal = f"p-{channel}"
    row = (
        None
        if seen is None
        else RowSpan(
            portal=portal,
            row_key="r",
            sort_key="2026-07-04",
            first_seen=at(seen),
            first_look="l",
            first_capture="c#1",
            first_hash="h",
            last_seen=at(max(seen, min(gone, default=46) - 1)),
            last_look="l",
            last_hash="h",
        )
    )

    def looks(days: tuple[int, ...]) -> tuple[Absence, ...]:
        return tuple(Absence(at=at(d), look=f"l{d}", night=f"n{d}", past_caches=False) for d in days)

    before = looks(tuple(d for d in absent if seen is None or d < seen))
    return ChannelTimeline(
        channel=channel,
        portals=(
            PortalTimeline(
                portal=portal,
                watched_since=at(1),
                rows=(row,) if row else (),
                absent_before=before,
                absent_since=looks(gone),
                since=at(1),
                proving=read_at(at(d) for d in {*range(2, 45), *absent}),
            ),
        ),
    )


def case(credit: ChannelTimeline | None = None, department: ChannelTimeline | None = None, **more: Any) -> Case:
    base = Case(
        decision=Decision(
            id=SUBJECT, unit="scjgj", kind=Kind.PENALTY, number="甲〔2026〕1号", name="甲公司", decided_on=(DECIDED,)
        ),
        unit=Unit(slug="scjgj", name="市监局", kind="dept-a"),
        kind=Kind.PENALTY,
        submissions=(submission(),),
        findings=(finding(),),
        channels={
            Channel.CREDIT: credit or timeline(Channel.CREDIT, 4),
            Channel.DEPARTMENT: department or timeline(Channel.DEPARTMENT, 4),
        },
        reported_months={(Kind.PENALTY, "2026-07"): at(20)},
        receipts=(at(20), at(42)),
        rulings=(),
        scheme=CONFIG.scheme,
        calendar=Calendar(),
        now=NOW,
    )
    return replace(base, **more)


def ruling(subject: Subject, kind: RulingKind, **more: Any) -> Ruling:
    base = Ruling(id="r", subject=subject, word=kind, by="clerk", why="依法", at=at(10))
    return replace(base, **more)


CLAIM, REPAIR = ClaimSubject(SUBJECT), RepairSubject(SUBJECT)
ACCEPT, DISMISS = RulingKind.ACCEPT, RulingKind.DISMISS


BOTH = SCHEME.model_copy(update={"deadline": SCHEME.deadline.model_copy(update={"calendar": "both"})})
NO_DUTY, UNKNOWN_DUTY = (
    SCHEME.model_copy(update={"duties": (Duty(kind=Kind.PENALTY, duty=duty),)}) for duty in ("no", "unknown")
)
NEVER, LATE = timeline(Channel.CREDIT), timeline(Channel.CREDIT, 20)
REPORTED = [
    ("stamp in time", case(), "met", "collected-in-time"),
    ("stamp in time, site never", case(NEVER), "met", "reported-in-time"),
    ("stamp late, site in time", case(submissions=(submission(reported_at=at(30)),)), "met", "collected-in-time"),
    ("stamp late, site late", case(LATE, submissions=(submission(reported_at=at(30)),)), "breached", "reported-late"),
    (
        "stamp late, site unclear",
        case(timeline(Channel.CREDIT, absent=()), submissions=(submission(reported_at=at(30)),)),
        "inconclusive",
        "reported-late-site-unclear",
    ),
    (
        "no stamp, receipt in time",
        case(NEVER, submissions=(submission(reported_at=None, receipt_at=at(5)),)),
        "met",
        "reported-in-time",
    ),
    (
        "no stamp at all, site never",
        case(NEVER, submissions=(submission(reported_at=None),)),
        "inconclusive",
        "report-time-unknown",
    ),
    (
        "no stamp, still time",
        case(NEVER, now=at(5), submissions=(submission(reported_at=None),)),
        "pending",
        "not-reported-yet",
    ),
    ("not submitted, site late", case(LATE, submissions=()), "not_applicable", "not-submitted"),
    (
        "no decision date",
        case(NEVER, decision=replace(case().decision, decided_on=())),
        "inconclusive",
        "decision-date-unknown",
    ),
    (
        "stamp between two disputed deadlines",
        case(
            NEVER,
            decision=replace(case().decision, decided_on=(DECIDED, date(2026, 7, 6))),
            submissions=(submission(reported_at=at(10)),),
        ),
        "inconclusive",
        "decision-date-disputed",
    ),
    (
        "stamp after the natural deadline, before the working one",
        case(NEVER, scheme=BOTH, submissions=(submission(reported_at=at(9)),)),
        "inconclusive",
        "calendars-disagree",
    ),
    (
        "a year whose working days nobody knows",
        case(NEVER, scheme=BOTH, decision=replace(case().decision, decided_on=(date(2031, 7, 1),))),
        "inconclusive",
        "calendar-unknown",
    ),
    ("claimed 不公开", case(NEVER, submissions=(submission(publicity="不公开"),)), "inconclusive", "duty-unclear"),
    ("a kind that need not be published", case(NEVER, scheme=NO_DUTY), "not_applicable", "no-duty"),
]


@pytest.mark.parametrize(("asked", "outcome", "slug"), [r[1:] for r in REPORTED], ids=[r[0] for r in REPORTED])
def test_reported_within_deadline(asked: Case, outcome: str, slug: str) -> None:
    (found,) = CHECKS["reported_within_deadline"].check(asked)
    assert (found.outcome, found.slug) == (outcome, slug)


TONIGHT = timeline(Channel.CREDIT, absent=tuple(range(2, 47)))
WINDOW = replace(NEVER, portals=tuple(replace(p, proving=read_at((*p.proving.moments, NOW))) for p in NEVER.portals))
SUBMITTED = [
    ("in a workbook", case(), "met", "submitted"),
    ("on the credit site only", case(submissions=()), "met", "collected-by-credit-site"),
    ("workbook not due", case(NEVER, submissions=(), now=at(20)), "pending", "workbook-not-due"),
    ("due, month reported, nowhere else", case(TONIGHT, submissions=()), "breached", "not-submitted"),
    ("due, only the newest part of the list read tonight", case(WINDOW, submissions=()), "breached", "not-submitted"),
    ("due, credit site dark tonight", case(NEVER, submissions=()), "inconclusive", "site-unclear"),
    ("due, no workbook for the month", case(NEVER, submissions=(), reported_months={}), "inconclusive", "no-workbook"),
    (
        "due, credit site not looked at",
        case(timeline(Channel.CREDIT, absent=()), submissions=()),
        "inconclusive",
        "site-unclear",
    ),
    (
        "due, credit site dark since it was due",
        case(timeline(Channel.CREDIT, absent=tuple(range(2, 40))), submissions=()),
        "inconclusive",
        "site-unclear",
    ),
    (
        "due, the month's workbooks all came before it was due",
        case(TONIGHT, submissions=(), receipts=(at(20), at(27), at(41))),
        "inconclusive",
        "workbook-before-due",
    ),
    (
        "due, a workbook came an hour ago",
        case(TONIGHT, submissions=(), receipts=(NOW,)),
        "pending",
        "workbook-just-came",
    ),
    (
        "due, the first working day since the workbook is not over",
        case(TONIGHT, submissions=(), receipts=(at(20), at(44) + timedelta(hours=9)), now=at(45)),
        "pending",
        "workbook-just-came",
    ),
    (
        "due, a workbook every day since: the first of them counts",
        case(TONIGHT, submissions=(), receipts=tuple(at(day) for day in range(20, 47))),
        "breached",
        "not-submitted",
    ),
    (
        "due, first seen on the own portal after the last look",
        case(TONIGHT, timeline(Channel.DEPARTMENT, 47), submissions=()),
        "inconclusive",
        "site-unclear",
    ),
    (
        "due, a pair is under review",
        case(
            NEVER,
            submissions=(),
            decision=replace(
                case().decision,
                reviews=(PossibleLink(left="f", right="s9", level="number-near", score=88, why="文号相近"),),
            ),
        ),
        "inconclusive",
        "could-be-unlinked",
    ),
    (
        "no decision date",
        case(NEVER, submissions=(), decision=replace(case().decision, decided_on=())),
        "inconclusive",
        "decision-date-unknown",
    ),
    ("nobody knows the duty", case(NEVER, submissions=(), scheme=UNKNOWN_DUTY), "inconclusive", "duty-unclear"),
    ("no duty", case(NEVER, submissions=(), scheme=NO_DUTY), "not_applicable", "no-duty"),
]


@pytest.mark.parametrize(("asked", "outcome", "slug"), [r[1:] for r in SUBMITTED], ids=[r[0] for r in SUBMITTED])
def test_decision_was_submitted(asked: Case, outcome: str, slug: str) -> None:
    (found,) = CHECKS["decision_was_submitted"].check(asked)
    assert (found.outcome, found.slug) == (outcome, slug)


def _left_out(decided: date, receipts: tuple[str, ...], now: str) -> tuple[str, str]:
    """What is said at `now` of an act in no workbook nor on the credit site, its unit's workbooks in at `receipts`."""
    clock = parse_moment(now)
    looked = tuple(clock - timedelta(days=n) for n in range(60, -1, -1))
    absent = tuple(
        Absence(at=moment, look=f"l{n}", night=f"n{n}", past_caches=False) for n, moment in enumerate(looked)
    )
    seen = parse_moment(f"{decided + timedelta(days=3)}T00:30")
    (shown,) = timeline(Channel.DEPARTMENT, 4).portals
    own = replace(shown, rows=tuple(replace(row, first_seen=seen, last_seen=clock) for row in shown.rows))
    portal = replace(
        NEVER.portals[0], watched_since=looked[0], absent_before=absent, since=looked[0], proving=read_at(looked)
    )
    asked = case(
        replace(NEVER, portals=(portal,)),
        ChannelTimeline(channel=Channel.DEPARTMENT, portals=(own,)),
        submissions=(),
        decision=replace(case().decision, decided_on=(decided,)),
        reported_months={(Kind.PENALTY, f"{decided:%Y-%m}"): looked[0]},
        receipts=tuple(parse_moment(text) for text in receipts),
        now=clock,
    )
    (found,) = CHECKS["decision_was_submitted"].check(asked)
    return found.outcome, found.slug


WEEKLY = ("2026-08-31T09:00", "2026-09-07T09:00")
BEFORE, CAME, OUT = (
    ("inconclusive", "workbook-before-due"),
    ("pending", "workbook-just-came"),
    ("breached", "not-submitted"),
)
AUGUST, SEPTEMBER, DECEMBER = date(2026, 8, 26), date(2026, 9, 24), date(2025, 12, 29)
WHEN = [
    ("weekly, on the Sunday after the due day", AUGUST, WEEKLY, "2026-09-13T00:30", BEFORE),
    ("weekly, on the Monday the workbook comes", AUGUST, (*WEEKLY, "2026-09-14T09:00"), "2026-09-14T23:30", CAME),
    ("weekly, the day after it came", AUGUST, (*WEEKLY, "2026-09-14T09:00"), "2026-09-15T23:30", CAME),
    ("weekly, a working day later", AUGUST, (*WEEKLY, "2026-09-14T09:00"), "2026-09-16T00:30", OUT),
    (
        "daily, in the night after the due day",
        AUGUST,
        ("2026-09-09T09:00", "2026-09-10T09:00"),
        "2026-09-11T00:30",
        BEFORE,
    ),
    (
        "daily, a working day after the due day's morrow",
        AUGUST,
        ("2026-09-10T09:00", "2026-09-11T09:00"),
        "2026-09-15T00:30",
        OUT,
    ),
    (
        "daily, a Friday's workbook on Sunday",
        AUGUST,
        ("2026-09-10T09:00", "2026-09-11T09:00"),
        "2026-09-13T00:30",
        CAME,
    ),
    ("monthly, handed in early", AUGUST, ("2026-09-03T09:00",), "2026-10-05T00:30", BEFORE),
    (
        "monthly, with the next month's workbook",
        AUGUST,
        ("2026-09-03T09:00", "2026-10-09T09:00"),
        "2026-10-13T00:30",
        OUT,
    ),
    ("monthly, handed in late", AUGUST, ("2026-09-17T09:00",), "2026-09-19T00:30", OUT),
    ("handed in on the due day's last evening", AUGUST, ("2026-09-10T23:50",), "2026-09-12T00:30", BEFORE),
    ("a holiday of days after the workbook", SEPTEMBER, ("2026-09-30T09:00",), "2026-10-15T00:30", BEFORE),
    ("December: due in January", DECEMBER, ("2026-01-05T09:00",), "2026-01-12T00:30", BEFORE),
    ("December: came after the due day", DECEMBER, ("2026-01-12T09:00",), "2026-01-14T00:30", OUT),
    ("a Spring Festival after the due day", date(2026, 1, 20), ("2026-02-14T09:00",), "2026-02-24T23:00", CAME),
    ("and over", date(2026, 1, 20), ("2026-02-13T09:00",), "2026-02-15T00:30", OUT),  # Saturday 14 February is worked
    ("a year whose holidays nobody knows", date(2030, 3, 1), ("2030-04-12T09:00",), "2030-05-12T00:30", CAME),
]


@pytest.mark.parametrize(("decided", "receipts", "now", "expected"), [w[1:] for w in WHEN], ids=[w[0] for w in WHEN])
def test_a_month_is_whole_only_a_working_day_after_a_workbook_past_its_due_day(
    decided: date, receipts: tuple[str, ...], now: str, expected: tuple[str, str]
) -> None:
    assert _left_out(decided, receipts, now) == expected


GONE = timeline(Channel.CREDIT, 4, gone=(30, 31))
STILL = [
    ("there", case(), "met", "still-there"),
    ("gone once", case(timeline(Channel.CREDIT, 4, gone=(30,))), "inconclusive", "gone-once"),
    ("gone twice, no ground known", case(GONE), "inconclusive", "withdrawn"),
    (
        "gone after its public period",
        case(GONE, findings=(finding(public_until=date(2026, 7, 20)),)),
        "met",
        "withdrawn-lawfully",
    ),
    ("gone, revoked", case(GONE, findings=(finding(revoked=True),)), "met", "withdrawn-lawfully"),
    ("gone, repair on record", case(GONE, rulings=(ruling(REPAIR, ACCEPT),)), "met", "withdrawn-lawfully"),
]


@pytest.mark.parametrize(("asked", "outcome", "slug"), [r[1:] for r in STILL], ids=[r[0] for r in STILL])
def test_still_published(asked: Case, outcome: str, slug: str) -> None:
    found = next(e for e in CHECKS["still_published"].check(asked) if e.channel is Channel.CREDIT)
    assert (found.outcome, found.slug) == (outcome, slug)


MASKED = [
    ((), "met", "masked"),
    ((Exposure("identity-number", "证件号码", "320803********1234"),), "breached", "identity-number-in-clear"),
    ((Exposure("identity-number-weak", "", "220182********0644"),), "inconclusive", "weakly-masked"),
]


def reading(day: int, capture: str, **fields: str) -> Finding:
    return finding(id=f"f{day}", capture=capture, observed_at=at(day), fields=tuple(fields.items()))


def test_an_edit_after_publication_is_told_field_by_field_and_accuses_nobody() -> None:
    first = reading(4, "c#2", document_number="甲〔2026〕1号", content="罚款 1000元", text="旧")
    again = reading(11, "c#9", document_number="甲〔2026〕1号", content="罚款1000元", text="新")
    later = reading(18, "c#12", document_number="甲〔2026〕1号", content="罚款100元", basis="某法", text="新")
    seen = timeline(Channel.CREDIT, seen=4)
    (same,) = CHECKS["published_text_is_unchanged"].check(case(seen, findings=(first, again)))
    assert (same.outcome, same.slug) == (Outcome.MET, "unchanged")
    (told,) = CHECKS["published_text_is_unchanged"].check(case(seen, findings=(later, first, again)))
    assert (told.outcome, told.slug) == (Outcome.INCONCLUSIVE, "edited-after-publication")
    assert "决定内容由“罚款1000元”改为“罚款100元”（2026-07-18 读到）" in told.sentence
    assert "依据由“”改为“某法”" in told.sentence and "旧" not in told.sentence
    assert [p.ref for p in told.proofs] == ["c#12", "c#2", "c#9"]
    other_row = replace(later, row_key="r2")
    assert {e.slug for e in CHECKS["published_text_is_unchanged"].check(case(seen, findings=(first, other_row)))} == {
        "unchanged"
    }
    assert CHECKS["published_text_is_unchanged"].check(case(seen, findings=())) == ()


@pytest.mark.parametrize(("exposures", "outcome", "slug"), MASKED)
def test_person_is_masked(exposures: tuple[Exposure, ...], outcome: str, slug: str) -> None:
    (found,) = CHECKS["person_is_masked"].check(case(findings=(finding(exposures=exposures),)))
    assert (found.outcome, found.slug) == (outcome, slug)
    assert not exposures or exposures[0].masked in found.sentence


def test_nothing_published_asks_for_no_mask() -> None:
    assert CHECKS["person_is_masked"].check(case(findings=())) == ()


@pytest.mark.parametrize(
    ("stated", "slug"),
    [
        (date(2026, 7, 19), "stated-date-borne-out"),
        (date(2026, 7, 5), "stated-date-not-borne-out"),
        (None, None),
    ],
)
def test_stated_dates(stated: date | None, slug: str | None) -> None:
    published = StatedDate(stated, DateKind.PUBLISHED, "list") if stated else None
    found = CHECKS["stated_date_is_borne_out"].check(
        case(timeline(Channel.CREDIT, 20), findings=(finding(published=published),))
    )
    assert [e.slug for e in found] == ([slug] if slug else [])
    assert all(e.outcome is not Outcome.BREACHED for e in found)


def test_a_stated_date_before_the_decision_is_told() -> None:
    stated = StatedDate(date(2026, 6, 30), DateKind.PUBLISHED, "list")
    asked = case(timeline(Channel.CREDIT, 20, absent=()), findings=(finding(published=stated),))
    assert [e.slug for e in CHECKS["stated_date_is_borne_out"].check(asked)] == ["stated-before-decision"]


def published(asked: Case, channel: Channel = Channel.CREDIT) -> Evidence:
    return next(e for e in CHECKS["published_within_deadline"].check(asked) if e.channel is channel)


def test_a_channel_without_a_portal_cannot_be_looked_at() -> None:
    nowhere = published(case(ChannelTimeline(channel=Channel.CREDIT, portals=())))
    assert (nowhere.outcome, nowhere.slug) == (Outcome.INCONCLUSIVE, "no-portal")


@pytest.mark.parametrize(("question", "outcome", "slug"), [line[1:] for line in LAW], ids=[line[0] for line in LAW])
def test_the_check_says_what_the_law_says(question: PublicationCase, outcome: str, slug: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Case, "publication", lambda _case, _channel: question)
        item = published(case(replace(question.timeline, channel=Channel.CREDIT), submissions=()))
    assert (item.outcome, item.slug) == (outcome, slug)
    assert item.sentence.startswith(f"信用网站：{TEXTS[item.check].sentence(slug)}")


def test_a_site_that_is_late_with_what_was_reported_in_time_is_the_offices_move() -> None:
    assert (published(case(LATE)).slug, published(case(LATE)).whose) == ("site-late", "office")
    assert (published(case(NEVER)).slug, published(case(NEVER)).whose) == ("site-missing", "office")
    own = case(LATE, submissions=(submission(reported_at=at(30)),))
    assert (published(own).slug, published(own).whose) == ("published-late", "")
    portal = case(department=timeline(Channel.DEPARTMENT, 20))
    assert (published(portal, Channel.DEPARTMENT).slug, published(portal, Channel.DEPARTMENT).whose) == (
        "published-late",
        "",
    )


CLAIMS = [
    ("not accepted", submission(publicity="不公开"), (), "inconclusive", "duty-unclear"),
    ("accepted", submission(publicity="不公开"), (ruling(CLAIM, ACCEPT),), "not_applicable", "no-duty"),
    (
        "accepted for a time that is over",
        submission(publicity="不公开"),
        (ruling(CLAIM, ACCEPT, until=date(2026, 8, 1)),),
        "inconclusive",
        "duty-unclear",
    ),
    (
        "postponed until later",
        submission(publicity="暂缓公开", publicity_until=date(2026, 9, 1)),
        (),
        "inconclusive",
        "duty-unclear",
    ),
    (
        "postponed until a day past",
        submission(publicity="暂缓公开", publicity_until=date(2026, 7, 20)),
        (),
        "breached",
        "site-missing",
    ),
]


@pytest.mark.parametrize(("row", "rulings", "outcome", "slug"), [c[1:] for c in CLAIMS], ids=[c[0] for c in CLAIMS])
def test_claims_not_to_publish(row: Submission, rulings: tuple[Ruling, ...], outcome: str, slug: str) -> None:
    found = published(case(NEVER, submissions=(row,), rulings=rulings))
    assert (found.outcome, found.slug) == (outcome, slug)


ROW = frozenset({("p-credit", "r")})


@pytest.mark.parametrize(
    ("seen", "unseen", "outcome", "slug"),
    [
        (4, ROW, "inconclusive", "shown-to-nobody"),
        (4, frozenset({("p-credit", "another")}), "met", "published-in-time"),
        (4, frozenset({("p-department", "r")}), "met", "published-in-time"),
        (20, ROW, "breached", "site-late"),  # rests on the looks before it
        (None, ROW, "breached", "site-missing"),
    ],
)
def test_rows_that_nobody_sees_clear_nobody(
    seen: int | None, unseen: frozenset[tuple[str, str]], outcome: str, slug: str
) -> None:
    item = published(case(replace(timeline(Channel.CREDIT, seen), unseen=unseen)))
    assert (item.outcome, item.slug) == (outcome, slug)


def test_a_row_that_is_seen_beside_one_that_is_not_clears_if_it_came_in_time() -> None:
    shown = timeline(Channel.CREDIT, 4)
    (portal,) = shown.portals
    other = replace(portal.rows[0], row_key="seen", first_seen=at(6))
    both = replace(shown, portals=(replace(portal, rows=(*portal.rows, other)),), unseen=ROW)
    late = replace(both, portals=(replace(portal, rows=(*portal.rows, replace(other, first_seen=at(20)))),))
    assert [published(case(each)).slug for each in (both, late)] == ["published-in-time", "shown-to-nobody"]


@pytest.mark.parametrize(
    ("rulings", "outcome"),
    [((), Outcome.INCONCLUSIVE), ((ruling(CLAIM, ACCEPT),), Outcome.NOT_APPLICABLE)],
    ids=["not ruled on", "accepted"],
)
def test_shown_although_closed_is_told_to_the_office(rulings: tuple[Ruling, ...], outcome: Outcome) -> None:
    item = published(case(submissions=(submission(publicity="不公开"),), rulings=rulings))
    assert (item.outcome, item.slug) == (outcome, "shown-though-closed")


# ---------------------------------------------------------------- what the office answers to a claim

CLOSED = submission(publicity="不公开", publicity_ground="商业秘密", received_at=at(6), reported_at=None)
DEFERRED = replace(CLOSED, publicity="暂缓公开")


def ruled(*given: tuple[RulingKind, int], until: date | None = None, seen: str = "") -> tuple[Ruling, ...]:
    """Rulings on the claim, each (kind, day), in order of record; the last one until `until`."""
    rulings = [ruling(CLAIM, kind, id=f"r{n}", at=at(day)) for n, (kind, day) in enumerate(given)]
    return (*rulings[:-1], replace(rulings[-1], until=until, seen=seen))


def unseen(*rulings: Ruling, row: Submission = CLOSED, now: int = 45, **more: Any) -> Evidence:
    """What is said of a decision never seen on the credit site, with a look every night."""
    own = timeline(Channel.CREDIT, absent=tuple(range(2, now)))
    return published(case(own, submissions=(row,), rulings=rulings, now=at(now), **more))


ANSWERS = [  # decided on day 1, due on day 8; day n is July n
    ("nobody has answered", CLOSED, (), 45, "inconclusive", "duty-unclear"),
    ("accepted", CLOSED, ruled((ACCEPT, 10)), 45, "not_applicable", "no-duty"),
    ("dismissed, a week not yet over", CLOSED, ruled((DISMISS, 20)), 26, "pending", "due"),
    ("dismissed, a week over", CLOSED, ruled((DISMISS, 20)), 45, "breached", "not-published"),
    ("accepted, then dismissed", CLOSED, ruled((ACCEPT, 10), (DISMISS, 20)), 45, "breached", "not-published"),
    ("dismissed, then accepted", CLOSED, ruled((DISMISS, 10), (ACCEPT, 20)), 45, "not_applicable", "no-duty"),
    ("dismissed anew: a week from then", CLOSED, ruled((DISMISS, 10), (ACCEPT, 20), (DISMISS, 30)), 36, "pending",
        "due"),
    ("dismissed twice: a week from the first", CLOSED, ruled((DISMISS, 10), (DISMISS, 38)), 40, "breached",
        "not-published"),
    ("accepted for a time that is over", CLOSED, ruled((ACCEPT, 10), until=date(2026, 7, 20)), 45, "inconclusive",
        "duty-unclear"),
    ("the newest is over, an older one is not", CLOSED,
        (*ruled((ACCEPT, 10)), *ruled((ACCEPT, 12), until=date(2026, 7, 20))), 45, "inconclusive", "duty-unclear"),
    ("deferred, accepted until later", DEFERRED, ruled((ACCEPT, 10), until=date(2026, 9, 1)), 45, "not_applicable",
        "no-duty"),
    ("deferred, on its last day", DEFERRED, ruled((ACCEPT, 10), until=date(2026, 7, 20)), 20, "not_applicable",
        "no-duty"),
    ("deferral over, its week is not", DEFERRED, ruled((ACCEPT, 10), until=date(2026, 7, 20)), 26, "pending", "due"),
    ("deferral over, and its week", DEFERRED, ruled((ACCEPT, 10), until=date(2026, 7, 20)), 45, "breached",
        "not-published"),
    ("deferral cut short", DEFERRED, ruled((ACCEPT, 10), (DISMISS, 20)), 26, "pending", "due"),
    ("its own end, never answered", replace(DEFERRED, publicity_until=date(2026, 7, 20)), (), 26, "pending", "due"),
    ("its own end, accepted without one", replace(DEFERRED, publicity_until=date(2026, 7, 20)), ruled((ACCEPT, 10)),
        26, "pending", "due"),
    ("accepted beyond its own end", replace(DEFERRED, publicity_until=date(2026, 7, 20)),
        ruled((ACCEPT, 10), until=date(2026, 9, 1)), 45, "not_applicable", "no-duty"),
    ("another claim was ruled on", CLOSED, ruled((DISMISS, 10), seen="0123456789abcdef"), 45, "inconclusive",
        "duty-unclear"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "rulings", "now", "outcome", "slug"), [a[1:] for a in ANSWERS], ids=[a[0] for a in ANSWERS]
)
def test_the_newest_answer_to_a_claim_counts(
    row: Submission, rulings: tuple[Ruling, ...], now: int, outcome: str, slug: str
) -> None:
    found = unseen(*rulings, row=row, now=now)
    assert (found.outcome, found.slug) == (outcome, slug)


def test_a_dismissed_claim_is_not_held_against_the_time_before() -> None:
    found = unseen(*ruled((DISMISS, 20)))
    assert found.deadline == datetime(2026, 7, 27, 23, 59, 59, 999999, tzinfo=ZONE)
    assert found.late_days == (17, None)  # to the last look, 13 August


@pytest.mark.parametrize(
    ("seen", "outcome", "slug"),
    [(4, "met", "published-in-time"), (25, "met", "published-in-time"), (35, "breached", "published-late")],
)
def test_published_after_a_dismissal(seen: int, outcome: str, slug: str) -> None:
    found = published(case(timeline(Channel.CREDIT, seen), submissions=(CLOSED,), rulings=ruled((DISMISS, 20))))
    assert (found.outcome, found.slug) == (outcome, slug)


def test_a_claim_made_after_publication_excuses_no_lateness() -> None:
    later = replace(CLOSED, received_at=at(18))
    found = published(case(timeline(Channel.CREDIT, 15), submissions=(later,), rulings=ruled((DISMISS, 20))))
    assert (found.outcome, found.slug) == (Outcome.BREACHED, "published-late")
    for before in (CLOSED, replace(later, reported_at=at(12)), replace(later, receipt_at=at(12))):
        found = published(case(timeline(Channel.CREDIT, 15), submissions=(before,), rulings=ruled((DISMISS, 20))))
        assert found.outcome is Outcome.MET


def test_a_late_dismissal_still_leaves_a_duty() -> None:
    """The shortest display counts from when the claim was over: it cannot have come and lawfully gone before."""
    absent = tuple(range(2, 140))
    row = timeline(Channel.CREDIT, absent=absent)
    watched = replace(row, portals=(replace(row.portals[0], proving=read_at(at(d) for d in absent)),))
    found = published(case(watched, submissions=(CLOSED,), rulings=ruled((DISMISS, 110)), now=at(140)))
    assert (found.outcome, found.slug) == (Outcome.BREACHED, "not-published")


def test_a_dismissed_claim_leaves_what_the_table_does_not_know() -> None:
    found = unseen(*ruled((DISMISS, 10)), row=replace(CLOSED, category="警告"))
    assert (found.outcome, found.slug) == (Outcome.INCONCLUSIVE, "duty-unclear")


def test_a_row_under_review_may_still_be_a_claim() -> None:
    found = unseen(*ruled((DISMISS, 10)), doubtful=(replace(CLOSED, id="other"),))
    assert (found.outcome, found.slug) == (Outcome.INCONCLUSIVE, "duty-unclear")


def test_publishing_what_was_accepted_as_closed_is_told_to_the_office() -> None:
    shown = case(submissions=(CLOSED,), rulings=ruled((ACCEPT, 10)))
    assert (published(shown).outcome, published(shown).slug) == (Outcome.NOT_APPLICABLE, "shown-though-closed")
    deferred = case(submissions=(DEFERRED,), rulings=ruled((ACCEPT, 10), until=date(2026, 9, 1)))
    assert published(deferred).slug == "no-duty"


def test_late_collection_is_not_told_of_the_time_of_a_claim() -> None:
    row = replace(CLOSED, reported_at=at(12))
    found = evaluate_case(case(NEVER, submissions=(row,), rulings=ruled((DISMISS, 10))))
    reported = next(e for e in found if e.check == "reported_within_deadline")
    assert (reported.outcome, reported.slug) == (Outcome.MET, "reported-in-time")


# ---------------------------------------------------------------- repairs


def repaired(*given: tuple[RulingKind, str]) -> tuple[Ruling, ...]:
    """Rulings on the repair, each (kind, its day), in order of record, all given on day 40."""
    return tuple(ruling(REPAIR, kind, id=f"p{n}", value=value, at=at(40)) for n, (kind, value) in enumerate(given))


REPAIRS = [  # first found gone on day 30
    ("repaired before", repaired((ACCEPT, "2026-07-20")), "withdrawn-lawfully"),
    ("repaired that day", repaired((ACCEPT, "2026-07-30")), "withdrawn-lawfully"),
    ("repaired after", repaired((ACCEPT, "2026-07-31")), "withdrawn"),
    ("put right to an earlier day", repaired((ACCEPT, "2026-07-31"), (ACCEPT, "2026-07-20")), "withdrawn-lawfully"),
    ("put right to a later day", repaired((ACCEPT, "2026-07-20"), (ACCEPT, "2026-07-31")), "withdrawn"),
    ("withdrawn", repaired((ACCEPT, "2026-07-20"), (DISMISS, "")), "withdrawn"),
    ("withdrawn and given again", repaired((DISMISS, ""), (ACCEPT, "2026-07-20")), "withdrawn-lawfully"),
    ("of before: by the day of the ruling", (ruling(REPAIR, ACCEPT, at=at(10)),), "withdrawn-lawfully"),
]


@pytest.mark.parametrize(("rulings", "slug"), [r[1:] for r in REPAIRS], ids=[r[0] for r in REPAIRS])
def test_a_repair_makes_a_later_removal_lawful(rulings: tuple[Ruling, ...], slug: str) -> None:
    gone = case(timeline(Channel.CREDIT, 4, gone=(30, 31)), rulings=rulings)
    found = next(e for e in evaluate_case(gone) if e.check == "still_published" and e.channel is Channel.CREDIT)
    assert found.slug == slug


TABLE = (
    Duty(kind=Kind.PENALTY, category="警告", only=True, duty="unknown"),
    Duty(kind=Kind.PENALTY, category="通报批评", only=True, duty="unknown"),
    Duty(kind=Kind.PENALTY, category="涉密", duty="no"),
    Duty(kind=Kind.PENALTY, duty="yes", decided_from=date(2026, 1, 1)),
)


@pytest.mark.parametrize(
    ("categories", "duty"),
    [
        ((), "yes"),
        (("罚款",), "yes"),
        (("警告",), "unknown"),
        (("警告;通报批评",), "unknown"),
        (("警告;罚款",), "yes"),
        (("涉密、罚款",), "no"),
        (("罚款", "警告"), "unknown"),
    ],
)
def test_duties(categories: tuple[str, ...], duty: str) -> None:
    assert duty_of(TABLE, Kind.PENALTY, categories, (DECIDED,)) == duty
    assert duty_of(TABLE, Kind.LICENCE, categories, (DECIDED,)) == "unknown"


def test_a_duty_before_the_table_begins_is_unknown() -> None:
    assert duty_of(TABLE, Kind.PENALTY, ("罚款",), (date(2025, 1, 1),)) == "unknown"


@pytest.mark.parametrize(
    ("day", "months", "wanted"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 7, 1), 3, date(2026, 10, 1)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months(day: date, months: int, wanted: date) -> None:
    assert add_months(day, months) == wanted


def test_every_slug_a_check_gives_has_its_sentence() -> None:
    asked = [r[1] for r in (*REPORTED, *SUBMITTED, *STILL)]
    for item in (e for one in asked for e in evaluate_case(one)):
        assert TEXTS[item.check].reason(item.slug), (item.check, item.slug)
        assert item.sentence


def test_open_is_what_time_may_still_change() -> None:
    settled, waiting = case(), case(NEVER, now=at(5))
    assert not stays_open(settled, evaluate_case(settled))
    assert stays_open(waiting, evaluate_case(waiting))
    assert stays_open(case(submissions=(submission(publicity="暂缓公开"),)), ())


# ---------------------------------------------------------------- what could be it


def _book(**more: Any) -> tuple[Decision, CaseFacts]:
    credit = next(p for p in CONFIG.portals if p.channel is Channel.CREDIT and Kind.PENALTY in p.kinds)
    looks = tuple(
        Look(
            id=f"{d}",
            run=f"n{d}",
            portal=credit.id,
            kind="full",
            started_at=at(d),
            finished_at=at(d),
            genuine=True,
            parsed=True,
            whole=True,
        )
        for d in (5, 10, 11)
    )
    unit = next(u.slug for u in CONFIG.units if u.kind == "dept-a")
    decision = Decision(
        id="d",
        unit=unit,
        kind=Kind.PENALTY,
        number="甲〔2026〕1号",
        name="甲公司",
        decided_on=(DECIDED,),
        submissions=("s",),
    )
    base: dict[str, Any] = {
        "submissions": {"s": submission(unit=unit, reported_at=at(30))},
        "findings": {},
        "spans": {},
        "looks": {credit.id: PortalLooks(looks)},
        "first_proving": {credit.id: at(1)},
    }
    return decision, CaseFacts(**base | {k: v(credit.id) for k, v in more.items()})


def _unread(first: int) -> object:
    return lambda portal: {
        portal: (
            RowSpan(
                portal=portal,
                row_key="u",
                sort_key="",
                first_seen=at(first),
                first_look="l",
                first_capture="c",
                first_hash="h",
                last_seen=at(12),
                last_look="l",
                last_hash="h",
            ),
        )
    }


def _place(changed: int, read: int) -> object:
    return lambda portal: {
        (portal, "u"): Place(
            portal=portal,
            row_key="u",
            content_hash="h",
            read_at=at(read),
            changed_at=at(changed),
            extent=1,
            grows=True,
            state="s",
            request="",
        )
    }


def _title(text: str) -> object:
    return lambda portal: {(portal, "u"): text}


def _loose(**more: Any) -> object:
    return lambda portal: {portal: (finding(portal=portal, unit=None, **{"numbers": ()} | more),)}


SUSPECTS = [
    ("nothing unread", {}, "not-published"),
    ("an unread row since the decision", {"unread": _unread(5)}, "could-be-unlinked"),
    ("an unread row from before it", {"unread": _unread(-5)}, "could-be-unlinked"),
    (
        "one whose bytes have been the same since before it",
        {"unread": _unread(-5), "places": _place(changed=-5, read=12)},
        "not-published",
    ),
    (
        "one whose attachment was replaced since",
        {"unread": _unread(-5), "places": _place(changed=6, read=12)},
        "could-be-unlinked",
    ),
    (
        "an unread row with a number of its own",
        {"unread": _unread(5), "titles": _title("甲〔2026〕77号")},
        "not-published",
    ),
    (
        "an unread row whose number is a slip away",
        {"unread": _unread(5), "titles": _title("甲〔2026〕2号")},
        "could-be-unlinked",
    ),
    (
        "a scan whose title has its own number",
        {"loose": _loose(name="", title="关于甲〔2026〕77号的公示")},
        "not-published",
    ),
    ("a record without number, same party", {"loose": _loose()}, "could-be-unlinked"),
    ("a record without number, another party", {"loose": _loose(name="完全无关的企业")}, "not-published"),
    ("a record without number, another time", {"loose": _loose(decided_on=date(2026, 7, 20))}, "not-published"),
    (
        "a number off by a digit, nothing else said",
        {"loose": _loose(name="", decided_on=None, numbers=("甲〔2026〕7号",))},
        "could-be-unlinked",
    ),
    (
        "another number, nothing else said",
        {"loose": _loose(name="", decided_on=None, numbers=("甲〔2026〕345号",))},
        "not-published",
    ),
    (
        "a page of text that names the party",
        {"loose": _loose(name="", decided_on=None, fields=(("text", "关于甲公司的通报"),))},
        "could-be-unlinked",
    ),
    (
        "a page of text that writes the number otherwise",
        {"loose": _loose(name="", decided_on=None, fields=(("text", "甲[2026]第001号"),))},
        "could-be-unlinked",
    ),
    (
        "a page of text about other things",
        {"loose": _loose(name="", decided_on=None, fields=(("text", "春节放假通知"),))},
        "not-published",
    ),
]


@pytest.mark.parametrize(("more", "slug"), [s[1:] for s in SUSPECTS], ids=[s[0] for s in SUSPECTS])
def test_rows_that_could_be_it(more: dict[str, Any], slug: str) -> None:
    decision, book = _book(**more)
    (made,) = assemble([decision], book, CONFIG, Calendar(), NOW)
    assert published(made).slug == slug


EXPOSED = (Exposure("identity-number", "text", "320803********1234"),)


@pytest.mark.parametrize(
    ("prose", "code"),
    [
        ({"row_key": "r"}, "identity-number-in-clear"),
        ({"row_key": "r", "unit": "scjgj"}, "identity-number-in-clear"),
        ({"row_key": "r", "unit": "other"}, "masked"),  # a known other unit's record on a page that both share
        ({"row_key": "r", "numbers": ("甲〔2026〕9号",)}, "masked"),  # a record that answers for itself
        ({"row_key": "r2"}, "masked"),
        ({"row_key": "r", "content_hash": "h2"}, "masked"),
        ({"row_key": "r", "portal": "p-other"}, "masked"),
    ],
)
def test_what_a_page_exposes_every_decision_on_it_answers_for(prose: dict[str, Any], code: str) -> None:
    words = finding(id="text", **{"unit": None, "numbers": (), "exposures": EXPOSED, **prose})
    read = [finding(), finding(id="f2", ordinal=1), words]
    nobodys: dict[tuple[str, str, str], list[Finding]] = {}
    for item in read:
        nobodys.setdefault((item.portal, item.row_key, item.content_hash), []).append(item)
    unit = next(u.slug for u in CONFIG.units if u.kind == "dept-a")
    known = {f.id: replace(f, unit=unit) for f in read[:2]}
    nobodys = {key: [replace(f, unit=unit) if f.unit == "scjgj" else f for f in all_] for key, all_ in nobodys.items()}
    decisions = [
        Decision(id=f"d-{name}", unit=unit, kind=Kind.PENALTY, number="甲〔2026〕1号", name="甲", findings=(name,))
        for name in known
    ]
    facts = CaseFacts(submissions={}, findings=known, spans={}, looks={}, first_proving={}, nobodys=nobodys)
    answers = [CHECKS["person_is_masked"].check(one)[0] for one in assemble(decisions, facts, CONFIG, Calendar(), NOW)]
    assert [evidence.slug for evidence in answers] == [code, code]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ("identity-number-unclear", "identity-number-doubtful"),
        ("phone-unclear", "phone-doubtful"),
        ("address", "address-shown"),
        ("birth-date", "birth-date-shown"),
    ],
)
def test_what_is_not_certain_of_a_person_is_for_review(what: str, code: str) -> None:
    (found,) = CHECKS["person_is_masked"].check(case(findings=(finding(exposures=(Exposure(what, "text", "1…"),)),)))
    assert (found.outcome, found.slug) == (Outcome.INCONCLUSIVE, code)


def test_older_readings_that_were_masked_less_are_no_edit() -> None:
    number = "320803199003074514"
    first = reading(4, "c#2", content=f"对张三（{' '.join(number)}）罚款")
    again = reading(11, "c#9", content="对张三（320803********4514）罚款")
    (evidence,) = CHECKS["published_text_is_unchanged"].check(case(findings=(first, again)))
    assert evidence.slug == "unchanged"

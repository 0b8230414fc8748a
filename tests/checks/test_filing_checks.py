"""Checks of what units hand in, case by case: what is met, what is breached, and what nobody may be accused of."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from checks import FILED_CHECKS, TEXTS, evaluate_unit
from checks.cases.site_lookup import find_party, find_title
from checks.cases.unit_case import MonthlyDuty, SiteView, UnitCase
from core.domain.clock import ZONE
from core.domain.config import Unit
from core.domain.forms import forms, titles
from core.domain.models import Evidence, Filing, Look, Outcome, Paper, SiteRow
from core.domain.scheme import PromiseField

TOWN = Unit(slug="qhz", name="清河镇人民政府", kind="town")
CLOSING = datetime(2026, 10, 10, 23, 59, 59, tzinfo=ZONE)
LATER, BEFORE = datetime(2026, 10, 20, 1, tzinfo=ZONE), datetime(2026, 9, 20, 1, tzinfo=ZONE)
DAY = date(2026, 7, 15)


def filing(
    form: str, title: str = "某事", on: date | None = DAY, papers: dict[str, str] | None = None, **fields: str
) -> Filing:
    """A filing; `papers`: field → hash ("" for one that did not come)."""
    said = tuple({forms()[form].name.field: title, **fields}.items())
    name = f"{form}|{title}|{on}|{sorted(fields.items())}"
    return Filing(
        id=f"id {name} {papers}", content=name, form=form, unit="qhz", on=on,
        month=f"{on:%Y-%m}" if on else fields.get("month", "2026-07"),
        title=title, fields=said,
        papers=tuple(Paper(f.rstrip("0123456789"), f"{h}.jpg", h, 9) for f, h in (papers or {}).items()),
        workbook="x.xlsx", workbook_sha256="w", sheet="s", row=2, received_at=BEFORE,
    )  # fmt: skip


def look(at: datetime) -> Look:
    return Look(
        id=f"{at:%m%d}",
        run=f"{at:%Y-%m-%d}",
        portal="p",
        kind="full",
        started_at=at,
        finished_at=at,
        genuine=True,
        parsed=True,
        whole=True,
        rows=7,
    )


def row(title: str, listed: date | None = date(2026, 7, 20), url: str = "https://x.gov.cn/a.html") -> SiteRow:
    return SiteRow(
        portal="p",
        row_key=title,
        title=title,
        url=url,
        listed_on=listed,
        first_seen=BEFORE,
        last_seen=LATER,
        capture="c1",
    )


def site(
    *rows: SiteRow, walks: int = 2, names: bool = True, after: datetime = CLOSING, read_at: datetime | None = LATER
) -> tuple[SiteView, ...]:
    made = tuple(look(after + timedelta(days=n + 1)) for n in range(walks))
    return (SiteView(portal="p", name="政务公开", names_parties=names, rows=rows, walks=made, read_at=read_at),)


def case(*filings: Filing, now: datetime = LATER, **more: Any) -> UnitCase:
    """A unit's case of the third quarter."""
    pictures: dict[str, str] = {}
    for one in sorted(filings, key=lambda f: f.on or date.min):
        for paper in one.papers:
            pictures.setdefault(paper.sha256, one.content)
    made = UnitCase(
        unit=TOWN, first=date(2026, 7, 1), last=date(2026, 9, 30), months=("2026-07", "2026-08", "2026-09"), now=now,
        closing=CLOSING,
        due_day=10, filings=filings, titles=titles(), pictures=pictures,
    )  # fmt: skip
    return replace(made, **more)


def said(check: str, *args: Any, **more: Any) -> list[tuple[str, str]]:
    return [(e.outcome.value, e.slug) for e in FILED_CHECKS[check].check(case(*args, **more))]


# ---------------------------------------------------------------- every check keeps its promises


@pytest.mark.parametrize("name", list(FILED_CHECKS))
def test_nothing_handed_in_accuses_nobody(name: str) -> None:
    for kind in ("town", "dept-a", "dept-b"):
        unit = Unit(slug="u", name="某单位", kind=kind)
        found = FILED_CHECKS[name].check(case(unit=unit, fields=(PromiseField(name="养老", words=("养老",)),)))
        assert all(e.outcome is not Outcome.BREACHED for e in found)


@pytest.mark.parametrize("name", list(FILED_CHECKS))
def test_each_slug_has_its_sentence(name: str) -> None:
    assert TEXTS[name].codes and TEXTS[name].action and TEXTS[name].responsible in ("unit", "office")


def test_keys_are_the_same_when_files_come_later() -> None:
    bare, full = filing("innovation", level="市级"), filing("innovation", level="市级", papers={"file": "h"})
    keys = [e.key for one in (bare, full) for e in evaluate_unit(case(one))]
    assert keys[0] == keys[1] and bare.id != full.id


# ---------------------------------------------------------------- monthly collection

DUTY = MonthlyDuty(code="1.2", title="其他行政信息归集", forms=("admin-reward", "admin-coercion"))
BOTH = frozenset({("admin-reward", "2026-07"), ("admin-coercion", "2026-07")})
OTHERS = frozenset({("admin-reward", "2026-07")})
ON_11TH, ON_10TH = datetime(2026, 8, 11, 0, 1, tzinfo=ZONE), datetime(2026, 8, 10, 23, 0, tzinfo=ZONE)
MONTHLY = [
    ("both spoken of", BOTH, BOTH, ON_10TH, ("met", "complete")),
    ("the due day is not over", frozenset(), OTHERS, ON_10TH, ("pending", "due")),
    ("silent after the due day", frozenset(), OTHERS, ON_11TH, ("breached", "month-silent")),
    (
        "one of two is silent",
        OTHERS,
        OTHERS | {("admin-coercion", "2026-07")},
        ON_11TH,
        ("inconclusive", "partly-reported"),
    ),
    ("nobody in the district spoke", frozenset(), frozenset(), ON_11TH, ("inconclusive", "nobody-reported")),
    ("the other form was never heard of", OTHERS, OTHERS, ON_11TH, ("inconclusive", "nobody-reported")),
]


@pytest.mark.parametrize(("_", "own", "forms_received", "now", "expected"), MONTHLY)
def test_monthly_collection(_: str, own: Any, forms_received: Any, now: datetime, expected: tuple[str, str]) -> None:
    assert said(
        "monthly_collection_is_complete", reported=own, forms_received=forms_received, now=now, duties=(DUTY,)
    ) == [expected]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        ({("admin-coercion", "2026-07")}, ("inconclusive", "came-not-taken")),
        ({("admin-coercion", "2026-08")}, ("breached", "month-silent")),  # of another month
        ({("commitment", "2026-07")}, ("breached", "month-silent")),  # of another form
    ],
)
def test_a_month_of_which_rows_were_refused_is_not_silent(held: Any, expected: tuple[str, str]) -> None:
    now = ON_11TH
    told = said("monthly_collection_is_complete", held=frozenset(held), forms_received=BOTH, now=now, duties=(DUTY,))
    assert told == [expected]


REWARD = frozenset({("admin-reward", "2026-07")})
NOT_COUNTED = [
    ("one form came too late", {"late": REWARD}, ("inconclusive", "month-late")),
    ("all came too late", {"late": BOTH}, ("inconclusive", "month-late")),
    ("one late, the other never", {"reported": REWARD, "late": REWARD}, ("inconclusive", "month-late")),
    ("zero reports alone, and these do not count", {"zero_alone": BOTH}, ("not_applicable", "zero-alone")),
    ("rows in one form, none in the other", {"zero_alone": REWARD}, ("met", "complete")),
]


@pytest.mark.parametrize(("_", "more", "expected"), NOT_COUNTED)
def test_what_came_and_does_not_count_accuses_nobody(_: str, more: dict[str, Any], expected: tuple[str, str]) -> None:
    facts = {"reported": BOTH, "forms_received": BOTH, "now": ON_11TH, "duties": (DUTY,), **more}
    assert said("monthly_collection_is_complete", **facts) == [expected]


def test_a_month_that_runs_is_not_asked_for() -> None:
    assert said("monthly_collection_is_complete", duties=(DUTY,), now=datetime(2026, 7, 31, 23, tzinfo=ZONE)) == []


def test_a_month_before_the_unit_stood_is_not_asked_for() -> None:
    unit = Unit(slug="u", name="新单位", kind="dept-a", valid_from=date(2026, 8, 1))
    found = FILED_CHECKS["monthly_collection_is_complete"].check(case(unit=unit, duties=(DUTY,), forms_received=BOTH))
    assert {e.subject for e in found} == {"1.2|2026-08", "1.2|2026-09"}


# ---------------------------------------------------------------- the sites

TITLE = "关于在行政许可中开展信用审查的通知"
DOCUMENTS = [
    ("word for word", site(row(TITLE)), ("met", "on-portal")),
    ("in quotes and full width", site(row("《关于在行政许可中开展信用审查的通知》")), ("met", "on-portal")),
    ("the same title, listed before it was written", site(row(TITLE, date(2026, 7, 1))), ("inconclusive", "similar")),
    ("cut by the list", site(row("关于在行政许可中开展信用审查…")), ("inconclusive", "similar")),
    ("some words differ", site(row("关于在行政许可工作中开展信用审查的通知（试行）")), ("inconclusive", "similar")),
    ("another document", site(row("关于做好防汛工作的通知")), ("breached", "not-on-site")),
    ("an empty list, read whole twice", site(), ("breached", "not-on-site")),
    ("read whole once", site(walks=1), ("inconclusive", "one-look-only")),
    ("read whole twice, dark since", site(read_at=LATER - timedelta(days=1)), ("inconclusive", "not-read-lately")),
    ("never read whole after the closing", site(walks=0), ("inconclusive", "could-not-look")),
    ("read whole before the closing only", site(after=datetime(2026, 8, 1, tzinfo=ZONE)),
        ("inconclusive", "could-not-look")),
    ("no portal", (), ("inconclusive", "no-portal")),
]  # fmt: skip


@pytest.mark.parametrize(("_", "views", "expected"), DOCUMENTS)
def test_a_document_on_the_portal(_: str, views: tuple[SiteView, ...], expected: tuple[str, str]) -> None:
    assert said("document_is_on_portal", filing("policy-document", TITLE), sites={"documents": views}) == [expected]


ASKED = frozenset({"policy_covers_part"})
PARTS = [
    ("the row says so", [("某办法", "行政许可"), ("某办法二", "守信激励"), ("某办法三", "失信惩戒")], "met met met"),
    ("the title says so", [(TITLE, ""), ("联合奖惩实施办法", "")], "met met met"),
    ("one part of three", [(TITLE, "行政许可")], "met inconclusive inconclusive"),
    ("nothing tells", [("信用工作要点", "其他")], "inconclusive inconclusive inconclusive"),
]


@pytest.mark.parametrize(("_", "documents", "expected"), PARTS)
def test_what_documents_cover_is_never_a_breach(_: str, documents: list[tuple[str, str]], expected: str) -> None:
    filings = [filing("policy-document", title, field=area) for title, area in documents]
    found = FILED_CHECKS["policy_covers_part"].check(case(*filings, asked=ASKED))
    assert [e.value for e in found] == ["信用审查", "守信激励", "失信惩戒"]
    assert " ".join(e.outcome.value for e in found) == expected


@pytest.mark.parametrize(
    "more", [{"asked": frozenset()}, {"asked": ASKED, "filings": ()}, {"asked": ASKED, "first": date(2026, 8, 1)}]
)
def test_parts_are_asked_of_documents_of_the_period_where_the_scheme_asks(more: dict[str, Any]) -> None:
    assert not FILED_CHECKS["policy_covers_part"].check(case(filing("policy-document", TITLE), **more))


def test_two_portals_must_both_be_read() -> None:
    views = (*site(), replace(site(walks=0)[0], portal="q"))
    assert said("document_is_on_portal", filing("policy-document", TITLE), sites={"documents": views}) == [
        ("inconclusive", "could-not-look")
    ]


def test_before_the_closing_absence_is_pending() -> None:
    assert said("document_is_on_portal", filing("policy-document", TITLE), sites={"documents": site()}, now=BEFORE) == [
        ("pending", "due")
    ]


def test_an_address_settles_it() -> None:
    one = filing("policy-document", "改了标题", url="http://x.gov.cn/a.html/")
    assert said("document_is_on_portal", one, sites={"documents": site(row("别的标题"))}) == [("met", "on-portal")]


def test_different_numbers_in_alike_titles_are_told() -> None:
    match = find_title("2026年信用工作要点（第3号）", None, [row("2025年信用工作要点（第3号）", None)])
    assert match is not None and not match.exact and "数字不同" in match.why


PARTY = "淮安晨光粮油有限公司"
COMMITMENTS: list[tuple[str, dict[str, str], tuple[SiteView, ...], tuple[str, str]]] = [
    ("named", {}, site(row(f"{PARTY}信用承诺书")), ("met", "on-site")),
    ("full-width brackets and 有限责任公司", {}, site(row("淮安晨光粮油有限责任公司信用承诺书")), ("met", "on-site")),
    ("a branch is another party", {}, site(row(f"{PARTY}第二分公司承诺书")), ("inconclusive", "similar")),
    ("not named", {}, site(row("别家信用承诺书")), ("breached", "not-on-site")),
    ("rows that name nobody", {}, site(row("信用承诺公示（第3批）"), names=False), ("inconclusive", "rows-unnamed")),
    ("not to be public", {"publicity": "不可公开"}, site(), ("not_applicable", "not-public")),
    ("for some only", {"publicity": "特定范围内公开"}, site(), ("not_applicable", "not-public")),
    ("a natural person", {"party_kind": "自然人"}, site(), ("inconclusive", "masked-name")),
    ("dark since", {}, site(row("别家信用承诺书"), read_at=LATER - timedelta(days=1)),
        ("inconclusive", "not-read-lately")),
    ("not looked", {}, site(walks=0), ("inconclusive", "could-not-look")),
    ("read whole once", {}, site(walks=1), ("inconclusive", "one-look-only")),
    ("no list to look at", {}, (), ("inconclusive", "no-portal")),
]  # fmt: skip


@pytest.mark.parametrize(("_", "fields", "views", "expected"), COMMITMENTS)
def test_a_commitment_on_the_credit_site(
    _: str, fields: dict[str, Any], views: tuple[SiteView, ...], expected: tuple[str, str]
) -> None:
    one = filing("commitment", PARTY, **fields)
    assert said("commitment_is_on_credit_site", one, sites={"commitments": views}) == [expected]


def test_a_commitment_of_july_is_due_on_10_august() -> None:
    views = site(after=datetime(2026, 8, 10, 23, 59, 59, tzinfo=ZONE))
    one = filing("commitment", PARTY)
    assert said("commitment_is_on_credit_site", one, sites={"commitments": views}, now=BEFORE) == [
        ("breached", "not-on-site")
    ]
    assert said("commitment_is_on_credit_site", one, sites={"commitments": views}, now=ON_10TH) == [("pending", "due")]


def test_an_enterprise_counts_once_and_only_sealed() -> None:
    views = {"commitments": site(row(f"{PARTY}承诺"))}
    sealed: dict[str, Any] = {"papers": {"file": "h"}, "sealed": "是", "code": "91320803MA1MXJK746"}
    first = filing("enterprise-commitment", PARTY, **sealed)
    again = filing("enterprise-commitment", PARTY, date(2026, 8, 1), **sealed)
    unsealed = filing(
        "enterprise-commitment", "淮安乙厂", date(2026, 7, 1), papers={"file": "k"}, sealed="否", code="x"
    )
    bare = filing("enterprise-commitment", "淮安丙厂", date(2026, 7, 2), sealed="是", code="y")
    assert said("commitment_is_on_credit_site", again, first, unsealed, bare, sites=views) == [
        ("not_applicable", "not-sealed"), ("inconclusive", "paper-missing"), ("met", "on-site"),
        ("not_applicable", "counted-once"),
    ]  # fmt: skip


def test_a_short_name_inside_a_longer_one_is_for_a_person() -> None:
    match = find_party("河下", [row("淮安河下小吃店承诺书")])
    assert match is not None and not match.exact


# ---------------------------------------------------------------- rows that speak for themselves

ROWS: list[tuple[str, str, list[Filing], list[tuple[str, str]]]] = [
    ("case_is_tracked", "both papers", [filing("credit-approval", papers={"promise": "a", "tracking": "b"})],
        [("met", "tracked")]),
    ("case_is_tracked", "one paper", [filing("credit-approval", papers={"promise": "a"})],
        [("inconclusive", "paper-missing")]),
    ("case_is_tracked", "a paper that did not come",
        [filing("credit-approval", papers={"promise": "a", "tracking": ""})], [("inconclusive", "paper-missing")]),
    ("case_is_tracked", "one paper for two cases", [
        filing("credit-approval", "甲", papers={"promise": "a", "tracking": "b"}),
        filing("credit-approval", "乙", date(2026, 8, 1), papers={"promise": "c", "tracking": "b"}),
    ], [("met", "tracked"), ("not_applicable", "counted-once")]),
    ("promise_is_kept", "kept", [filing("investment-promise", state="已兑现")], [("met", "kept")]),
    ("promise_is_kept", "nothing said", [filing("investment-promise", state="")], [("inconclusive", "unclear")]),
    ("promise_is_kept", "broken", [filing("investment-promise", state="毁约")], [("breached", "broken")]),
    ("promise_is_kept", "not due", [filing("investment-promise", on=date(2026, 12, 1), state="期限未到")],
        [("not_applicable", "not-due")]),
    ("promise_is_kept", "said to be not due and past", [filing("investment-promise", state="期限未到")],
        [("inconclusive", "due-passed")]),
    ("no_dishonesty_on_record", "a record", [filing("court", type="失信被执行人")], [("breached", "on-record")]),
    ("activity_is_real", "a picture", [filing("publicity", papers={"pictures": "a"})], [("met", "shown")]),
    ("activity_is_real", "no picture", [filing("publicity")], [("inconclusive", "picture-missing")]),
    ("activity_is_real", "a story is no picture", [filing("publicity", papers={"story": "a"})],
        [("inconclusive", "picture-missing")]),
    ("activity_is_real", "the same picture twice", [
        filing("publicity", "甲", papers={"pictures": "a"}),
        filing("five-entries", "乙", date(2026, 8, 1), papers={"pictures": "a"}),
    ], [("met", "shown"), ("inconclusive", "picture-used-before")]),
    ("activity_is_real", "one of its pictures is its own", [
        filing("publicity", "甲", papers={"pictures": "a"}),
        filing("publicity", "乙", date(2026, 8, 1), papers={"pictures1": "a", "pictures2": "b"}),
    ], [("met", "shown"), ("met", "shown")]),
    ("activity_is_real", "the same activity worded alike", [
        filing("publicity", "诚信讲堂", papers={"pictures": "a"}),
        filing("publicity", "“诚信讲堂”", papers={"pictures": "b"}, place="别处"),
    ], [("met", "shown"), ("not_applicable", "counted-once")]),
    ("village_is_accepted", "accepted", [
        filing("town-plan", on=date(2026, 7, 1)),
        filing("credit-village", result="合格", households="5", papers={"file": "a"}),
    ], [("met", "accepted")]),
    ("village_is_accepted", "four households",
        [filing("credit-village", result="合格", households="4", papers={"file": "a"})],
        [("not_applicable", "too-few-households")]),
    ("village_is_accepted", "the plan came after", [
        filing("credit-village", result="合格", households="5", papers={"file": "a"}),
        filing("town-plan", on=date(2026, 8, 1)),
    ], [("inconclusive", "no-plan")]),
    ("village_is_accepted", "not accepted", [filing("credit-village", result="待整改", households="9")],
        [("not_applicable", "not-accepted")]),
    ("village_is_accepted", "accepted once before", [
        filing("town-plan", on=date(2026, 7, 1)),
        filing("credit-village", "柳湾村", result="合格", households="5", papers={"file": "a"}),
        filing("credit-village", "柳湾村", date(2026, 8, 1), result="合格", households="6", papers={"file": "b"}),
    ], [("met", "accepted"), ("not_applicable", "counted-once")]),
    ("village_is_accepted", "no paper", [filing("credit-village", result="合格", households="5")],
        [("inconclusive", "paper-missing")]),
    ("household_is_new", "the same door twice", [
        filing("credit-household", "张某", village="柳湾村", door="12"),
        filing("credit-household", "张某某", date(2026, 8, 1), village="柳湾村", door=" 12"),
    ], [("met", "new"), ("not_applicable", "counted-once")]),
    ("innovation_is_adopted", "by the city", [filing("innovation", level="市级", papers={"file": "a"})],
        [("met", "adopted")]),
    ("innovation_is_adopted", "by the district", [filing("innovation", level="区级", papers={"file": "a"})],
        [("not_applicable", "below-city")]),
    ("innovation_is_adopted", "no paper", [filing("innovation", level="省级")], [("inconclusive", "paper-missing")]),
    ("spot_check_is_clean", "true", [filing("spot-check-notice", type="漏报", true="属实")],
        [("breached", "found-true")]),
    ("spot_check_is_clean", "untrue", [filing("complaint", type="瞒报", true="不属实")],
        [("not_applicable", "found-untrue")]),
    ("spot_check_is_clean", "open", [filing("complaint", type="瞒报")], [("inconclusive", "being-checked")]),
    ("spot_check_is_clean", "late is no omission", [filing("spot-check-notice", type="迟报", true="属实")],
        [("not_applicable", "not-an-omission")]),
    ("sample_agrees", "agrees", [filing("sample-result", result="一致")], [("met", "agrees")]),
    ("sample_agrees", "not on the site", [filing("sample-result", result="网站上没有")], [("breached", "differs")]),
    ("sample_agrees", "could not", [filing("sample-result", result="无法比对")],
        [("inconclusive", "could-not-compare")]),
    ("key_area_is_done", "done", [filing("key-area", area="政府采购", state="已完成")], [("met", "done")]),
    ("key_area_is_done", "nothing said", [filing("key-area", area="政府采购", state="")],
        [("inconclusive", "under-way")]),
    ("key_area_is_done", "not done", [filing("finance", area="政府采购", state="有问题")], [("breached", "not-done")]),
]  # fmt: skip


@pytest.mark.parametrize(("check", "_", "filings", "expected"), ROWS)
def test_rows_that_speak_for_themselves(
    check: str, _: str, filings: list[Filing], expected: list[tuple[str, str]]
) -> None:
    assert said(check, *filings) == expected
    assert said(check, *reversed(filings)) == expected


# ---------------------------------------------------------------- counts and fields

COUNTS = [
    ("12", 12, "met", "agrees"),
    ("12", 15, "met", "agrees"),
    ("12", 11, "inconclusive", "fewer"),
    ("0", 0, "not_applicable", "none-known"),
]


@pytest.mark.parametrize(("known", "reported", "outcome", "slug"), COUNTS)
def test_what_the_government_office_knows(known: str, reported: int, outcome: str, slug: str) -> None:
    one = filing("gov-office-data", "许可", None, kind="许可", month="2026-07", count=known)
    assert said("collection_matches_gov_office", one, submitted={("licence", "2026-07"): reported}) == [(outcome, slug)]


def test_what_the_government_office_knows_may_still_be_reported_until_the_due_day() -> None:
    one = filing("gov-office-data", "许可", None, kind="许可", month="2026-07", count="12")
    assert said("collection_matches_gov_office", one, now=ON_10TH) == [("pending", "due")]


ACTIVITY, PAGE = "诚信讲堂进社区", "https://x.gov.cn/a.html"
REPORTS = [
    ("told of on the site", site(row(ACTIVITY, url=PAGE)), ("met", "shown-on-site")),
    ("the list has it not", site(row("别的活动", url="https://x.gov.cn/b.html")), ("inconclusive", "address-not-seen")),
    ("the list was not read since", site(row("别的活动", url="https://x.gov.cn/b.html"), walks=0), ("met", "shown")),
    ("a list of another site", site(row("别的活动", url="https://y.gov.cn/b.html")), ("met", "shown")),
]


@pytest.mark.parametrize(("_", "views", "expected"), REPORTS)
def test_an_activity_with_an_address(_: str, views: tuple[SiteView, ...], expected: tuple[str, str]) -> None:
    one = filing("publicity", ACTIVITY, papers={"pictures": "a"}, url=PAGE)
    assert said("activity_is_real", one, sites={"documents": views}) == [expected]


CARE = (PromiseField(name="养老", words=("养老", "老人")),)


def covered(*filings: Filing, now: datetime = LATER, sites: Any = None, **more: Any) -> Evidence:
    (one,) = FILED_CHECKS["public_commitment_covers_field"].check(
        case(*filings, now=now, fields=CARE, sites=sites or {}, **more)
    )
    return one


def test_a_promise_counts_by_its_stated_field_or_by_a_word_that_is_quoted() -> None:
    assert covered(filing("public-commitment", "某承诺", field="养老")).slug == "covered"
    by_word = covered(filing("public-commitment", "探访承诺", content="每月探访老人"))
    assert by_word.slug == "covered" and "含“老人”" in by_word.sentence
    elsewhere = covered(filing("public-commitment", "老人免费停车", field="停车"))
    assert (elsewhere.outcome, elsewhere.slug) == (Outcome.BREACHED, "field-missing")


def test_a_promise_on_the_portal_counts_as_well() -> None:
    found = covered(filing("public-commitment", "别的"), sites={"documents": site(row("居家养老服务承诺"))})
    assert found.outcome is Outcome.MET and found.proofs[0].kind == "capture"
    assert (
        covered(filing("public-commitment", "别的"), sites={"documents": site(row("养老金通知"))}).outcome
        is Outcome.BREACHED
    )


def test_a_field_is_not_missing_before_the_closing_or_where_nothing_came() -> None:
    assert covered(filing("public-commitment", "别的"), now=BEFORE).slug == "due"
    assert covered().slug == "nothing-handed-in"
    came = frozenset({("public-commitment", "2026-08")})
    assert covered(filing("public-commitment", "别的"), held=came).slug == "came-not-taken"
    assert all(
        not FILED_CHECKS["public_commitment_covers_field"].check(
            case(unit=Unit(slug="u", name="u", kind=k), fields=CARE)
        )
        for k in ("dept-a", "dept-b")
    )

"""The report says what the judgement says: its numbers, its proofs, its doubts; and hostile text stays text."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any, TypeVar

import pytest
from markupsafe import escape

from core.domain.config import load
from core.domain.models import Citation, Evaluation, Evidence, EvidenceSubject, Facts, Outcome, Ruling, RulingKind
from core.domain.reason_codes import SET_ASIDE
from core.domain.ruling_validity import newest_words
from core.runtime.paths import TEMPLATES
from reporting.dashboard.html import build_view, render_report
from reporting.dashboard.view import ReportView
from reporting.lookup import open_lookup
from reporting.view_models import Status, UnitView
from reporting.wording import safe, short
from tests.support.paths import HUAIAN
from tests.support.sample_quarter import AT, CHECKS, HOSTILE, IDENTITY, Sample, breaches, sample

_EXTERNAL = {"src", "srcset", "data", "poster", "action", "formaction", "background", "xlink:href", "ping"}


T = TypeVar("T")


class Page(HTMLParser):
    """Every tag with its attributes, and the text between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def view() -> ReportView:
    return build_view(open_lookup(*sample(), CHECKS), head="ab" * 32)


@pytest.fixture(scope="module")
def html(view: ReportView) -> str:
    return render_report(view)


def view_of(judgement: Evaluation, facts: Facts) -> ReportView:
    return build_view(open_lookup(sample()[0], judgement, facts, CHECKS))


def view_of_sample(spoil: Callable[[Sample], None]) -> ReportView:
    return build_view(open_lookup(*sample(spoil), CHECKS))


def status_of(view: ReportView, evidence: Evidence) -> Status:
    """Where the report put a breach."""
    items = [one for unit in view.units for one in (*unit.breaches, *unit.settled)]
    found = [
        one for one in items if one.title == CHECKS[evidence.check].title_breached and number(evidence) == one.number
    ]
    assert len(found) == 1
    return found[0].status


def number(evidence: Evidence) -> str:
    return sample()[1].decisions[evidence.decision].number


def test_numbers_are_the_judgements(view: ReportView) -> None:
    _, judgement, _ = sample()
    raw = Counter(one.outcome for one in judgement.evidence)
    counts = view.overview.counts
    breached = counts[Status.PROVISIONAL] + counts[Status.CONFIRMED] + counts[Status.DISMISSED] + counts[Status.AMENDED]
    assert breached == raw[Outcome.BREACHED]
    assert counts[Status.MET] == raw[Outcome.MET]
    assert counts[Status.INCONCLUSIVE] == raw[Outcome.INCONCLUSIVE] == sum(group.count for group in view.reasons)
    assert counts[Status.PENDING] == raw[Outcome.PENDING]
    assert sum(counts.values()) == len(judgement.evidence) == sum(sum(unit.counts.values()) for unit in view.units)


def test_each_list_is_as_long_as_its_count(view: ReportView) -> None:
    for unit in view.units:
        assert len(unit.breaches) == unit.counts[Status.PROVISIONAL] + unit.counts[Status.CONFIRMED]
        assert len(unit.inconclusive) == unit.counts[Status.INCONCLUSIVE]
        assert len(unit.pending) == unit.counts[Status.PENDING]
        assert len(unit.settled) == unit.counts[Status.DISMISSED] + unit.counts[Status.AMENDED]
        assert sum(row.count for row in unit.met) == unit.counts[Status.MET]
        assert sum(row.count for row in unit.not_applicable) == unit.counts[Status.NOT_APPLICABLE]


def test_rates_leave_out_what_nobody_knows(view: ReportView) -> None:
    for rate in view.overview.rates:
        assert rate.judged == sum(rate.counts[status] for status in (Status.MET, Status.PROVISIONAL, Status.CONFIRMED))
        assert rate.percent == f"{rate.met * 1000 // rate.judged / 10:.1f}%"


def test_figures_stand_in_the_page(view: ReportView, html: str) -> None:
    for status, word in (
        (Status.PROVISIONAL, "待核实"),
        (Status.INCONCLUSIVE, "未能判定"),
        (Status.CONFIRMED, "已核实"),
    ):
        assert f"<b>{view.overview.counts[status]}</b>{word}" in html
    for unit in view.units:
        assert f'id="{unit.anchor}"' in html
        assert f"不符合事项（{len(unit.breaches)}）" in html


def test_every_breach_has_its_proof_lines(view: ReportView, html: str) -> None:
    _, judgement, _ = sample()
    cards = [one for unit in view.units for one in unit.breaches]
    assert len(cards) >= 10
    cited = {one.key: len(one.proofs) for one in judgement.evidence}
    assert sum(len(one.citations) for one in cards) <= sum(cited.values())
    for one in cards:
        assert one.citations
        assert not any(line.missing for line in one.citations)
        card = html.split(f'<article class="item" id="{one.anchor}">')[1].split("</article>")[0]
        assert card.count("<li>") == len(one.citations)
        for line in one.citations:
            assert not line.sha or (f'title="{line.sha}"' in card and f"{line.sha[:12]}…" in card)


def test_proofs_say_where_and_when(html: str) -> None:
    text = Page(html).text
    assert "市场监管局2026年7月双公示.xlsx · 行政处罚 · 第 30 行" in text
    assert re.search(r"接收 2026-07-\d\d 00:31:0\d", text)
    assert re.search(
        r"信用淮安区·行政许可，窗口核查，读 3 页 45 行，栏目自报 128 条；"
        r"2026-07-\d\d 00:31:00 至 00:33:20；核查未见。证明力",
        text,
    )


def test_unreviewed_breaches_are_marked(view: ReportView, html: str) -> None:
    provisional = view.overview.counts[Status.PROVISIONAL]
    assert html.count('<h4><span class="badge provisional">待核实</span>') == provisional


@pytest.mark.parametrize(
    ("word", "value", "status"),
    [
        (RulingKind.CONFIRM, "", Status.CONFIRMED),
        (RulingKind.DISMISS, "", Status.DISMISSED),
        (RulingKind.AMEND, "met", Status.AMENDED),
        (RulingKind.AMEND, "not_applicable", Status.AMENDED),
        (RulingKind.AMEND, "breached", Status.CONFIRMED),
        (RulingKind.AMEND, "moderate", Status.CONFIRMED),  # how grave it is: it stands
        (RulingKind.ACCEPT, "", Status.PROVISIONAL),
    ],
)
def test_a_ruling_moves_a_breach(word: RulingKind, value: str, status: Status) -> None:
    _, judgement, facts = sample()
    breach = next(one for one in judgement.evidence if one.outcome is Outcome.BREACHED)
    ruling = Ruling(
        id="r",
        subject=EvidenceSubject(breach.key),
        word=word,
        value=value,
        by="甲",
        why="乙",
        at=AT - timedelta(days=1),
    )
    assert status_of(view_of(judgement, replace(facts, rulings=(ruling,))), breach) is status


@pytest.mark.parametrize(
    "change",
    [
        {"until": (AT - timedelta(days=1)).date()},
        {"at": AT + timedelta(seconds=1)},
        {"subject": EvidenceSubject("other")},
    ],
)
def test_a_ruling_out_of_force_moves_nothing(change: dict[str, Any]) -> None:
    _, judgement, facts = sample()
    breach = next(one for one in judgement.evidence if one.outcome is Outcome.BREACHED)
    ruling = Ruling(
        id="r",
        subject=EvidenceSubject(breach.key),
        word=RulingKind.DISMISS,
        by="甲",
        why="乙",
        at=AT - timedelta(days=9),
    )
    spoilt = replace(ruling, **change)
    assert status_of(view_of(judgement, replace(facts, rulings=(spoilt,))), breach) is Status.PROVISIONAL


def test_the_newest_ruling_wins() -> None:
    _, judgement, facts = sample()
    breach = next(one for one in judgement.evidence if one.outcome is Outcome.BREACHED)
    first = Ruling(
        id="z",
        subject=EvidenceSubject(breach.key),
        word=RulingKind.DISMISS,
        by="甲",
        why="乙",
        at=AT - timedelta(days=2),
    )
    second = replace(first, id="a", word=RulingKind.CONFIRM, at=AT - timedelta(days=1))
    assert status_of(view_of(judgement, replace(facts, rulings=(second, first))), breach) is Status.CONFIRMED


def test_a_breach_without_proof_is_pointed_out() -> None:
    def spoil(made: Sample) -> None:
        found = breaches(made)
        for old, proofs in ((found[3], ()), (found[4], (Citation("capture", "gone"),))):
            made.evidence[made.evidence.index(old)] = replace(old, proofs=proofs)

    view = view_of_sample(spoil)
    html = render_report(view)
    assert len(view.quality.without_proof) == 2
    assert view.quality.missing == 1
    assert "2 项不符合事项没有可用存证，1 处引用的记录不在本次事实中" in html
    assert "没有附任何存证，复核前不得据此认定。" in html
    assert "本次事实中没有这条记录：capture gone" in html


def test_one_script_of_its_own_and_nothing_loaded(html: str) -> None:
    """tests/reporting/test_in_a_browser.py tries that no other script runs."""
    page = Page(html)
    assert html.lower().count("<script") == 1
    assert f"<script>{(TEMPLATES / 'report/find.js').read_text('utf-8')}</script>" in html
    assert not {tag for tag, _ in page.tags} & {
        "iframe",
        "object",
        "embed",
        "link",
        "img",
        "form",
        "base",
        "video",
        "audio",
    }
    for _, attrs in page.tags:
        assert not _EXTERNAL & set(attrs)
        assert not any(name.startswith("on") for name in attrs)
        assert re.match(r"#|https://|$", attrs.get("href", ""))
    assert not re.search(r"@import|url\((?!#)", html)


def test_anchors_lead_somewhere(html: str) -> None:
    page = Page(html)
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    for _, attrs in page.tags:
        if attrs.get("href", "").startswith("#"):
            assert attrs["href"][1:] in ids


def test_only_the_districts_hosts_are_links() -> None:
    def spoil(made: Sample) -> None:
        used = list(made.captures)[:5]
        urls = (
            "javascript:alert(1)",
            "https://evil.example/x",
            "https://a@credit.example/x",
            "http://[bad",
            "https://credit.example/good",
        )
        for key, url in zip(used, urls, strict=True):
            made.captures[key] = replace(made.captures[key], url=url)
        old = breaches(made)[3]
        made.evidence[made.evidence.index(old)] = replace(old, proofs=tuple(Citation("capture", ref) for ref in used))

    hrefs = {attrs.get("href", "") for tag, attrs in Page(render_report(view_of_sample(spoil))).tags if tag == "a"}
    assert "https://credit.example/good" in hrefs
    assert not [
        href for href in hrefs if not re.match(r"#|https://[a-z]+\.example/", href) or "evil" in href or "@" in href
    ]


def test_hostile_text_stays_text(html: str) -> None:
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f]", html)


def test_identity_numbers_never_stand_in_the_clear(view: ReportView, html: str) -> None:
    assert IDENTITY not in html
    assert IDENTITY not in repr(view)
    assert f"{IDENTITY[:6]}********{IDENTITY[-4:]}" in html


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"张三{IDENTITY}", "张三320803********1237"),
        ("３２０８０３１９９００１０１１２３７", "320803********1237"),
        ("320803 19900101 1237", "320803********1237"),
        ("/detail/sfz320803199001011237.html", "/detail/sfz320803********1237.html"),
        ("320803\u200b199001011237", "320803********1237"),
        ("电话13812345678", "电话138****5678"),
        ("138-1234-5678", "138****5678"),
        ("淮罚〔2026〕13812号", "淮罚〔2026〕13812号"),
        ("140900201800008", "140900201800008"),
        ("91320803MA1X5K2P3Q", "91320803MA1X5K2P3Q"),
        ("a\r\nBcc: b\x00\u202ec", "a Bcc: b c"),
        ("　　双  空 格　", "双 空 格"),
    ],
)
def test_safe_text(text: str, shown: str) -> None:
    assert safe(text) == shown
    assert safe(safe(text)) == shown


def test_long_names_are_cut_visibly() -> None:
    assert short("淮" * 30, 10) == "淮" * 9 + "…"
    assert short("淮安", 10) == "淮安"


def test_same_input_same_bytes(html: str) -> None:
    assert render_report(build_view(open_lookup(*sample(), CHECKS), head="ab" * 32)) == html


def turn(mapping: dict[str, T]) -> dict[str, T]:
    """The same mapping, last entry first."""
    return dict(reversed(mapping.items()))


def test_order_of_facts_does_not_matter(html: str) -> None:
    config, judgement, facts = sample()
    turned = replace(
        facts,
        looks=turn(facts.looks),
        captures=turn(facts.captures),
        submissions=turn(facts.submissions),
        sightings=turn(facts.sightings),
        rulings=facts.rulings[::-1],
    )
    assert render_report(build_view(open_lookup(config, judgement, turned, CHECKS), head="ab" * 32)) == html


def unit(view: ReportView, slug: str) -> UnitView:
    return next(one for one in view.units if one.slug == slug)


def test_a_withheld_grade_says_what_would_settle_it(view: ReportView, html: str) -> None:
    score = unit(view, "scjgj").score
    assert score is not None
    assert (score.withheld, score.grade, score.ceiling) == (True, "暂不定级（黄名单～红名单）", "红名单")
    assert score.to_settle[0] in html
    assert unit(view, "spj").graded.grade == "红名单"
    assert dict(view.overview.grades)["暂不定级"] == sum(one.grade is None for one in sample()[1].scores)


def test_unjudged_indicators_are_shown_as_such(view: ReportView, html: str) -> None:
    section = html.split(f'<section class="unit" id="{unit(view, "scjgj").anchor}">')[1].split("</section>")[0]
    assert section.count(">未评<br>") == 7 == getattr(unit(view, "scjgj").score, "unjudged", None)
    assert '<span class="mark reading">解读</span>' in section


def test_the_other_calendar(view: ReportView, html: str) -> None:
    _, judgement, facts = sample()
    ruled = {
        key
        for key, ruling in newest_words(facts.rulings).items()
        if ruling.word in {RulingKind.DISMISS, RulingKind.AMEND}
    }
    here = [
        one
        for one in judgement.evidence
        if one.outcome is Outcome.BREACHED and one.other_calendar.startswith("working:met") and one.key not in ruled
    ]
    assert [one.number for one in view.rules.only_here] == [number(one) for one in here]
    assert f"只有现行口径算不符合的 <b>{len(here)}</b> 项" in html


def test_a_breach_only_the_other_calendar_sees() -> None:
    def spoil(made: Sample) -> None:
        made.evidence[0] = replace(made.evidence[0], other_calendar="working:breached:not-published")
        made.evidence[1] = replace(made.evidence[1], other_calendar="natural:met")

    rules = view_of_sample(spoil).rules
    assert len(rules.only_other) == 1
    assert rules.only_other[0].other is not None
    assert rules.only_other[0].other.reason_text == "期限届满后两次完整核查均未见公示"


def test_readings_are_marked_with_their_origin(html: str) -> None:
    text = Page(html).text
    for words in (
        "信用网站见到即算归集",
        "诚信镇创建的有效期",
        "重点领域（重建）",
        "现行期限：作出决定之日起 7 天，按自然日计算",
    ):
        assert words in text
    assert '<span class="mark lost">原文缺失</span>' in html


def test_the_real_schemes_readings_all_stand_in_the_appendix() -> None:
    config = load(HUAIAN)
    judgement = Evaluation(at=AT, period="2026Q3", decisions={}, evidence=(), scores=())
    facts = Facts(looks={}, captures={}, submissions={}, findings={}, sightings={})
    html = render_report(build_view(open_lookup(config, judgement, facts, CHECKS)))
    scheme = config.scheme
    assert len(scheme.readings) >= 10
    for title in [*(one.title for one in scheme.readings), *(one.title for one in scheme.indicators)]:
        assert str(escape(safe(title))) in html
    origins = [one.provenance for one in scheme.readings] + [one.provenance for one in scheme.indicators]
    origins += [one.provenance for one in scheme.duties] + [scheme.deadline.provenance]
    assert html.count('<span class="mark ') == sum(origin != "text" for origin in origins)


def test_an_unknown_slug_and_an_unknown_check_are_still_shown() -> None:
    def spoil(made: Sample) -> None:
        made.evidence.append(
            replace(
                made.evidence[0],
                key="x|d0",
                check="brand_new_check",
                outcome=Outcome.INCONCLUSIVE,
                slug="odd",
                sentence="怪事一桩",
            )
        )

    view = view_of_sample(spoil)
    assert ("未登记的核查项：brand_new_check", "怪事一桩") in {(group.title, group.text) for group in view.reasons}
    assert any(group.reason == "a-slug-nobody-has-registered" for group in view.reasons)
    assert "怪事一桩" in render_report(view)


def test_a_unit_the_configuration_lost_keeps_its_section() -> None:
    def spoil(made: Sample) -> None:
        made.evidence[0] = replace(made.evidence[0], unit="abolished")

    view = view_of_sample(spoil)
    assert unit(view, "abolished").short == "abolished（配置中没有）"
    assert sum(view.overview.counts.values()) == sum(sum(one.counts.values()) for one in view.units)


def test_versions_and_their_disagreement(view: ReportView, html: str) -> None:
    for text in ("0.1.0+abc1234", view.origin.config_hash, view.origin.scheme_hash, "ab" * 32):
        assert text in html
    assert view.origin.warnings == ()
    config, judgement, facts = sample()
    changed = config.model_copy(update={"hash": "f" * 64, "scheme_hash": "e" * 64})
    other = build_view(open_lookup(changed, judgement, facts, CHECKS))
    assert len(other.origin.warnings) == 2


@pytest.mark.parametrize(("simulated", "shown"), [(True, 1), (False, 0)])
def test_a_simulated_district_says_so(simulated: bool, shown: int) -> None:
    config, judgement, facts = sample()
    district = config.district.model_copy(update={"simulated": simulated})
    lookup = open_lookup(config.model_copy(update={"district": district}), judgement, facts, CHECKS)
    html = render_report(build_view(lookup))
    assert html.count("模拟数据：本报告来自模拟区县") == shown


def test_an_empty_judgement_is_a_report_too() -> None:
    config = sample()[0]
    judgement = Evaluation(at=AT, period="2026Q3", decisions={}, evidence=(), scores=())
    facts = Facts(looks={}, captures={}, submissions={}, findings={}, sightings={})
    html = render_report(build_view(open_lookup(config, judgement, facts, CHECKS)))
    assert "本期没有任何单位的数据" in html
    assert "<b>0</b>待核实" in html


def test_scores_alone_make_a_report() -> None:
    _, judgement, facts = sample()
    html = render_report(view_of(replace(judgement, evidence=(), decisions={}), facts))
    assert html.count("不符合事项（0）") == len(judgement.scores)
    cited = [sum(len(row.evidence) for row in score.indicators) for score in judgement.scores]
    assert [int(count) for count in re.findall(r"缺失 (\d+)<", html)] == [count for count in cited if count]


def test_what_was_set_aside_is_named_with_its_place_and_counts_against_nobody() -> None:
    where = "《七月.xlsx》行政处罚 第 7 行无法判定"

    def spoil(made: Sample) -> None:
        old = breaches(made)[0]
        made.evidence[made.evidence.index(old)] = replace(
            old, outcome=Outcome.INCONCLUSIVE, slug=SET_ASIDE.code, sentence=where
        )

    view = view_of_sample(spoil)
    assert view.quality.set_aside == (where,)
    html = render_report(view)
    assert "另行存放、未参与判定的记录（1）" in html and f"<li>{where}</li>" in html


def test_unknown_labels_by_portal(view: ReportView) -> None:
    ((portal, labels),) = view.quality.labels
    assert portal == "市场监管局·双公示专栏"
    assert {label for label, _ in labels} == {"公示编号（新）", safe(HOSTILE)}

"""Does a commitment that was handed in stand on the credit site? (docs/rules.md §1.3, §5.2)"""

from collections.abc import Iterator

from checks.cases.site_lookup import absence, find_party, rows_of, sighting_proof
from checks.cases.unit_case import UnitCase, found_papers
from core.domain.models import CheckText, Evidence, Filing, Outcome
from core.domain.text import plain_name

NAME = "commitment_is_on_credit_site"
TEXT = CheckText(
    name=NAME,
    title_met="承诺已公示",
    title_breached="承诺没有公示",
    todo="请核对承诺是否已在信用网站公示；不能公开的，请把“公开类型”改正后重报。",
    whose="unit",
    slugs=(
        ("on-site", "在信用网站的承诺栏目见到。"),
        ("not-public", "公开类型不是向社会公开，不作未公示处理。"),
        ("counted-once", "同一家企业已经计过。"),
        ("not-sealed", "没有法人签字盖章，不计。"),
        ("similar", "见到相近的条目，是不是同一件由信用办认定。"),
        ("masked-name", "承诺人是自然人，网站上姓名会隐去，由信用办认定。"),
        ("not-on-site", "截止之后两次完整核查都没有见到。"),
        ("could-not-look", "截止之后还没有完整看过承诺栏目。"),
        ("not-read-lately", "此前没有见到，但最近一夜没有看成栏目，其间可能已经公开。"),
        ("one-look-only", "只完整看过一次，等下一次核查。"),
        ("rows-unnamed", "栏目标题不写名称，看不出。"),
        ("no-portal", "没有配置承诺公示的栏目。"),
        ("due", "还没有到截止日。"),
    ),
)
_FORMS = ("commitment", "enterprise-commitment")
_OPEN = ("", "可向社会公开")


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence a commitment; its `value` is the form."""
    seen: set[str] = set()
    return tuple(_of(case, filing, seen) for filing in case.of(*_FORMS))


def _of(case: UnitCase, filing: Filing, seen: set[str]) -> Evidence:
    for outcome, slug, sentence in _set_aside(filing, seen):
        return case.about(NAME, filing, outcome, slug, f"{filing.title}：{sentence}", value=filing.form)
    views = case.sites.get("commitments", ())
    match = find_party(filing.title, rows_of(views), filing.said("url"))
    if match:
        outcome, slug = (Outcome.MET, "on-site") if match.exact else (Outcome.INCONCLUSIVE, "similar")
        sentence = f"{filing.title}的承诺：{match.why}（{match.row.first_seen:%Y-%m-%d} 首次见到）"
        return case.about(
            NAME, filing, outcome, slug, sentence, value=filing.form, proofs=[sighting_proof(match, views)]
        )
    if filing.said("party_kind") == "自然人":
        return case.about(
            NAME,
            filing,
            Outcome.INCONCLUSIVE,
            "masked-name",
            f"{filing.title}：自然人的承诺，无法按名称核对",
            value=filing.form,
        )
    # commitments are collected by the month (docs/rules.md §1.3); of an enterprise's the quarter's closing is early enough
    until = case.month_due(filing.month) if filing.form == "commitment" else case.closing
    found = absence(case, views, until, by_name=True)
    sentence = f"{filing.title}的承诺：{found.sentence}"
    return case.about(
        NAME, filing, found.outcome, found.slug, sentence, value=filing.form, proofs=found.proofs, deadline=until
    )


def _set_aside(filing: Filing, seen: set[str]) -> Iterator[tuple[Outcome, str, str]]:
    """Why a commitment is not looked for: it may not be public, does not count, or counts already (一企计一次)."""
    if filing.said("publicity") not in _OPEN:
        yield Outcome.NOT_APPLICABLE, "not-public", f"公开类型为{filing.said('publicity')}"
    if filing.form != "enterprise-commitment":
        return
    who = filing.said("code") or plain_name(filing.title)
    if who in seen:
        yield Outcome.NOT_APPLICABLE, "counted-once", "同一家企业已计一次"
    elif filing.said("sealed") == "否":
        yield Outcome.NOT_APPLICABLE, "not-sealed", "没有法人签字盖章，不计"
    elif not found_papers(filing):
        yield Outcome.INCONCLUSIVE, "paper-missing", "没有附上签字盖章的承诺书"
    seen.add(who)

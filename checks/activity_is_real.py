"""Did an activity take place as handed in: with pictures of its own, and once? (docs/rules.md §4.1, §4.2)"""

from checks.cases.shared_reasons import COUNTED_ONCE
from checks.cases.site_lookup import NOT_ON_SITE, absence, bare, find_title, rows_of, sighting_proof
from checks.cases.unit_case import UnitCase, paper_hashes
from core.domain.models import Citation, Evidence, Filing, Outcome
from core.domain.reason_codes import CheckText, ReasonCode

NAME = "activity_is_real"
SHOWN = ReasonCode("shown", "有图片台账。", Outcome.MET)
SHOWN_ON_SITE = ReasonCode("shown-on-site", "有图片台账，并在网站上见到报道。", Outcome.MET)
PICTURE_MISSING = ReasonCode("picture-missing", "没有附上图片，由信用办认定。", Outcome.INCONCLUSIVE)
PICTURE_USED_BEFORE = ReasonCode(
    "picture-used-before", "图片与另一次活动的完全相同，由信用办认定。", Outcome.INCONCLUSIVE, needs_review=True
)
ADDRESS_NOT_SEEN = ReasonCode(
    "address-not-seen", "所填网址在核查的栏目里没有见到，由信用办认定。", Outcome.INCONCLUSIVE, needs_review=True
)
TEXT = CheckText(
    name=NAME,
    title_met="活动有图片台账",
    title_breached="活动材料有问题",
    action="请补交本次活动自己的场景、会标、图片；同一活动、同一张图片只计一次。",
    responsible="unit",
    codes=(
        SHOWN,
        SHOWN_ON_SITE,
        PICTURE_MISSING,
        COUNTED_ONCE.worded("同一活动已经计过。"),
        PICTURE_USED_BEFORE,
        ADDRESS_NOT_SEEN,
    ),
)
_FORMS = ("publicity", "five-entries")
Answer = tuple[ReasonCode, str, tuple[Citation, ...]]


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence an activity; its `value` is the form."""
    seen: set[tuple[str, str]] = set()
    return tuple(_of(case, filing, seen) for filing in case.of(*_FORMS))


def _of(case: UnitCase, filing: Filing, seen: set[tuple[str, str]]) -> Evidence:
    reason, sentence, proofs = _evaluate(case, filing, seen)
    what = f"{filing.on} {filing.said('type')}“{filing.title}”：{sentence}"
    return case.about(TEXT, filing, reason, what, value=filing.form, proofs=proofs)


def _evaluate(case: UnitCase, filing: Filing, seen: set[tuple[str, str]]) -> Answer:
    same = (bare(filing.title), str(filing.on))
    if same in seen:
        return COUNTED_ONCE, "同一活动已计一次", ()
    seen.add(same)
    pictures = paper_hashes(filing, "pictures")
    if not pictures:
        return PICTURE_MISSING, "没有附上图片", ()
    if all(case.pictures.get(sha, filing.content) != filing.content for sha in pictures):
        return PICTURE_USED_BEFORE, "图片与另一次活动的完全相同", ()
    return _on_site(case, filing, f"有图片 {len(pictures)} 张")


def _on_site(case: UnitCase, filing: Filing, has: str) -> Answer:
    """What the site says where an address is given; the pictures alone win the points (docs/rules.md §4.1)."""
    url, views = filing.said("url"), case.sites.get("documents", ())
    if not url:
        return SHOWN, has, ()
    match = find_title(filing.title, filing.on, rows_of(views), url)
    if match and match.exact:
        return SHOWN_ON_SITE, f"{has}，网站上见到报道", (sighting_proof(match, views),)
    watched = any(view.rows and _host(url) == _host(view.rows[0].url) for view in views)
    if watched and absence(case, views, case.closing).reason == NOT_ON_SITE:
        return ADDRESS_NOT_SEEN, f"{has}；所填网址在政务公开栏目里没有见到", ()
    return SHOWN, f"{has}；所填网址不在核查的栏目里，未核对", ()


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower()

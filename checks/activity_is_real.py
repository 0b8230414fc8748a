"""Did an activity take place as handed in: with pictures of its own, and once? (docs/rules.md §4.1, §4.2)"""

from checks.cases.site_lookup import absence, bare, find_title, rows_of, sighting_proof
from checks.cases.unit_case import UnitCase, found_papers
from core.domain.models import CheckText, Citation, Evidence, Filing, Outcome

NAME = "activity_is_real"
TEXT = CheckText(
    name=NAME,
    title_met="活动有图片台账",
    title_breached="活动材料有问题",
    todo="请补交本次活动自己的场景、会标、图片；同一活动、同一张图片只计一次。",
    whose="unit",
    slugs=(
        ("shown", "有图片台账。"),
        ("shown-on-site", "有图片台账，并在网站上见到报道。"),
        ("picture-missing", "没有附上图片，由信用办认定。"),
        ("counted-once", "同一活动已经计过。"),
        ("picture-used-before", "图片与另一次活动的完全相同，由信用办认定。"),
        ("address-not-seen", "所填网址在核查的栏目里没有见到，由信用办认定。"),
    ),
)
_FORMS = ("publicity", "five-entries")
Said = tuple[Outcome, str, str, tuple[Citation, ...]]


def check(case: UnitCase) -> tuple[Evidence, ...]:
    """One evidence an activity; its `value` is the form."""
    seen: set[tuple[str, str]] = set()
    return tuple(_of(case, filing, seen) for filing in case.of(*_FORMS))


def _of(case: UnitCase, filing: Filing, seen: set[tuple[str, str]]) -> Evidence:
    outcome, slug, sentence, proofs = _judge(case, filing, seen)
    what = f"{filing.on} {filing.said('type')}“{filing.title}”：{sentence}"
    return case.about(NAME, filing, outcome, slug, what, value=filing.form, proofs=proofs)


def _judge(case: UnitCase, filing: Filing, seen: set[tuple[str, str]]) -> Said:
    same = (bare(filing.title), str(filing.on))
    if same in seen:
        return Outcome.NOT_APPLICABLE, "counted-once", "同一活动已计一次", ()
    seen.add(same)
    pictures = found_papers(filing, "pictures")
    if not pictures:
        return Outcome.INCONCLUSIVE, "picture-missing", "没有附上图片", ()
    if all(case.pictures.get(sha, filing.content) != filing.content for sha in pictures):
        return Outcome.INCONCLUSIVE, "picture-used-before", "图片与另一次活动的完全相同", ()
    return _on_site(case, filing, f"有图片 {len(pictures)} 张")


def _on_site(case: UnitCase, filing: Filing, has: str) -> Said:
    """What the site says where an address is given; the pictures alone win the points (docs/rules.md §4.1)."""
    url, views = filing.said("url"), case.sites.get("documents", ())
    if not url:
        return Outcome.MET, "shown", has, ()
    match = find_title(filing.title, filing.on, rows_of(views), url)
    if match and match.exact:
        return Outcome.MET, "shown-on-site", f"{has}，网站上见到报道", (sighting_proof(match, views),)
    watched = any(view.rows and _host(url) == _host(view.rows[0].url) for view in views)
    if watched and absence(case, views, case.closing).slug == "not-on-site":
        return Outcome.INCONCLUSIVE, "address-not-seen", f"{has}；所填网址在政务公开栏目里没有见到", ()
    return Outcome.MET, "shown", f"{has}；所填网址不在核查的栏目里，未核对", ()


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0].lower()

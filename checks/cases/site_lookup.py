"""Is a title among the rows of a list: exact, similar (a person decides) or not; and is absence proved? Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rapidfuzz import fuzz

from checks.cases.publication_verdict import COULD_NOT_LOOK, DUE, ONE_LOOK_ONLY
from checks.cases.shared_reasons import NO_PORTAL
from checks.cases.timeline import THIS_NIGHT
from checks.cases.unit_case import SiteView, UnitCase
from core.domain.models import Citation, Outcome, SiteRow
from core.domain.reason_codes import ReasonCode
from core.domain.text import plain_name, tight

_NOISE = re.compile(r"[《》“”\"'‘’「」()（）\[\]【】〔〕、，,。.：:;；!！?？\-—_·\s]|关于|印发")
_CUT = ("...", "…", "..", "…")
_DIGITS = re.compile(r"\d+")
ALIKE = 75  # of 100; below it a row is another document
SAME_WORDS = 88  # from here on only a person can tell the two apart


@dataclass(frozen=True, slots=True)
class ListMatch:
    """The row that fits best. `exact`: nothing speaks against it; else `why` says what a person should look at."""

    row: SiteRow
    exact: bool
    why: str


def bare(title: str) -> str:
    """A title as it is compared: without brackets, quotes, punctuation and the words every document carries."""
    return _NOISE.sub("", tight(title))


def find_title(title: str, issued: date | None, rows: Sequence[SiteRow], url: str = "") -> ListMatch | None:
    """The row that carries a document's title: by address, word for word, or alike."""
    wanted = bare(title)
    best: tuple[float, ListMatch] | None = None
    for row in rows:
        if url and _address(url) == _address(row.url):
            return ListMatch(row, True, "网址相同")
        match = _compare(wanted, issued, row)
        if match and (best is None or (match[1].exact, match[0]) > (best[1].exact, best[0])):
            best = match
    return best[1] if best else None


def _compare(wanted: str, issued: date | None, row: SiteRow) -> tuple[float, ListMatch] | None:
    listed = bare(row.title)
    if not (wanted and listed):
        return None
    if wanted == listed:
        early = issued and row.listed_on and (issued - row.listed_on).days > 1
        why = f"标题相同，但列表日期 {row.listed_on} 早于成文日期 {issued}" if early else "标题相同"
        return 100.0, ListMatch(row, not early, why)
    if tight(row.title).endswith(_CUT) and len(listed) >= 8 and wanted.startswith(listed):
        return 99.0, ListMatch(row, False, f"列表标题被截断：“{row.title[:60]}”")
    alike = fuzz.ratio(wanted, listed)
    near = issued is not None and row.listed_on is not None and abs((row.listed_on - issued).days) <= 31
    if alike < (ALIKE if near else SAME_WORDS) and not (len(wanted) >= 8 and (wanted in listed or listed in wanted)):
        return None
    other = set(_DIGITS.findall(wanted)) ^ set(_DIGITS.findall(listed))
    parts = [
        f"标题相似 {alike:.0f}%：“{row.title[:60]}”",
        *(["数字不同"] if other else []),
        *(["日期相近"] if near else []),
    ]
    return alike, ListMatch(row, False, "，".join(parts))


def _address(url: str) -> str:
    return url.strip().rstrip("/").partition("://")[2].lower()


def find_party(name: str, rows: Sequence[SiteRow], url: str = "") -> ListMatch | None:
    """The row whose title names a party whole; a longer name that only contains it (a branch) is for a person."""
    wanted = plain_name(name)
    maybe: ListMatch | None = None
    for row in rows:
        if url and _address(url) == _address(row.url):
            return ListMatch(row, True, "网址相同")
        listed = plain_name(row.title)
        at = listed.find(wanted) if wanted else -1
        if at < 0:
            continue
        after = listed[at + len(wanted) :]
        if after.startswith(("分公司", "分店", "淮安分", "第")) or (at and len(wanted) < 4):
            maybe = maybe or ListMatch(row, False, f"名称只是部分相同：“{row.title[:60]}”")
        else:
            return ListMatch(row, True, "标题写有该名称")
    return maybe


# ---------------------------------------------------------------- absence

SIMILAR = ReasonCode("similar", "见到相近的条目，是不是同一件由信用办认定。", Outcome.INCONCLUSIVE, needs_review=True)
NOT_ON_SITE = ReasonCode("not-on-site", "截止之后两次完整核查都没有见到。", Outcome.BREACHED)
NOT_READ_LATELY = ReasonCode(
    "not-read-lately", "此前没有见到，但最近一夜没有看成栏目，其间可能已经公开。", Outcome.INCONCLUSIVE
)
ROWS_UNNAMED = ReasonCode("rows-unnamed", "栏目标题不写名称，看不出。", Outcome.INCONCLUSIVE)
NOT_DUE_YET = DUE.worded("还没有到截止日。")
LOOKED_ONCE = ONE_LOOK_ONLY.worded("只完整看过一次，等下一次核查。")


@dataclass(frozen=True, slots=True)
class ListAbsence:
    """What can be said of something that no row shows."""

    reason: ReasonCode
    sentence: str
    proofs: tuple[Citation, ...] = ()


def absence(case: UnitCase, views: Sequence[SiteView], until: datetime, *, by_name: bool = False) -> ListAbsence:
    """Absent only if every list was read whole, twice, after `until`; and, by a name, if every row names one.

    Late is never too late here: while a list cannot be read, what is asked for may have come to stand on it.
    """
    if not views:
        return ListAbsence(NO_PORTAL, "没有配置可以核对的栏目")
    if case.now <= until:
        return ListAbsence(DUE, f"尚未见到；{_day(until)} 前公开即可")
    after = {view.portal: [look for look in view.walks if look.started_at > until] for view in views}
    blind = [view.name for view in views if not after[view.portal]]
    if blind:
        return ListAbsence(COULD_NOT_LOOK, f"截止之后还没有完整看过：{'、'.join(blind)}")
    once = [view.name for view in views if len(after[view.portal]) < 2]
    if once:
        return ListAbsence(ONE_LOOK_ONLY, f"只完整看过一次：{'、'.join(once)}")
    dark = [view.name for view in views if view.read_at is None or view.read_at <= case.now - THIS_NIGHT]
    if dark:
        return ListAbsence(
            NOT_READ_LATELY,
            f"此前没有见到，但最近一夜没有看成 {'、'.join(dark)}，其间可能已经公开",
        )
    if by_name and not all(view.names_parties for view in views):
        return ListAbsence(ROWS_UNNAMED, "栏目的标题不写名称，看不出有没有这一条")
    proofs = tuple(
        Citation("look", look.id, f"完整核查 {look.rows} 条，没有这一条")
        for view in views
        for look in after[view.portal][-2:]
    )
    names = "、".join(view.name for view in views)
    return ListAbsence(NOT_ON_SITE, f"截止之后两次完整核查 {names}，都没有这一条", proofs)


def sighting_proof(match: ListMatch, views: Sequence[SiteView]) -> Citation:
    """The list page on which the row was first seen."""
    name = next((view.name for view in views if view.portal == match.row.portal), match.row.portal)
    return Citation(
        "capture", match.row.capture, f"{name}：“{match.row.title[:60]}”，{match.row.first_seen:%Y-%m-%d} 首次见到"
    )


def rows_of(views: Sequence[SiteView]) -> tuple[SiteRow, ...]:
    """All rows of all lists."""
    return tuple(row for view in views for row in view.rows)


def _day(moment: datetime) -> str:
    return f"{moment:%m 月 %d 日}"

"""What a reader said of a column of chance, held against its story: what was read, who was accused, what was told."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.domain.models import Decision, Evidence, Finding, Look, Outcome, Sighting
from core.domain.text import document_numbers, plain_name, tight
from simulation.portals_of_chance.shape import Dates, File, Life, Link, Pager, Shape, Transport
from simulation.portals_of_chance.story import UNIT, Act, Story, provable

PUBLISHED = "published_within_deadline"
UNCHANGED = "published_text_is_unchanged"


class Read(StrEnum):
    """How a draft read the column on the first night; the value is how the table calls it."""

    RIGHT = "right"
    UNPROVED = "right, never proving"
    PART = "part"
    NOTHING = "nothing"
    REFUSED_TRULY = "refused, true reason"
    REFUSED = "refused, no true reason"
    BROKE = "broke"


# ---------------------------------------------------------------- reading


@dataclass(frozen=True, slots=True)
class Reading:
    """How the column was read on the first night, and what was amiss, most important first."""

    read: Read
    amiss: tuple[str, ...] = ()


def judge_reading(story: Story, look: Look, sightings: Sequence[Sighting], findings: Sequence[Finding]) -> Reading:
    """The first night's look held against what a citizen could read then. `look`: the best of that night."""
    amiss = [*_rows_amiss(story, sightings), *_strange(story, findings)]
    lost = {act.number: tuple(_amiss(story, act, _of(act, findings))) for act in story.told(0)}
    amiss += sorted({f"field {name}" for names in lost.values() for name in names})
    if not amiss:
        proves = look.genuine and look.parsed and (look.whole or not story.shape.ends_visibly)
        return Reading(Read.RIGHT) if proves else Reading(Read.UNPROVED, tuple(look.reasons))
    found = any("number" not in names for names in lost.values())
    return Reading(Read.PART if found else Read.NOTHING, (*amiss, *look.reasons))


def _rows_amiss(story: Story, sightings: Sequence[Sighting]) -> Iterable[str]:
    rows = story.visible(0)
    if len({s.row_key for s in sightings}) != len(rows):
        yield "no rows" if not sightings else "rows missing" if len(sightings) < len(rows) else "rows too many"
    if story.shape.link is not Link.NONE and sightings:
        titles = [tight(s.title) for s in sightings]
        if not all(any(_same_title(tight(row.title), title) for title in titles) for row in rows):
            yield "titles"


def _same_title(whole: str, read: str) -> bool:
    """Whether a title read is the row's; a title that the page cuts may be read so."""
    return whole in read or (read.endswith("…") and whole.startswith(read.rstrip("….")) and len(read) > 8)


def _strange(story: Story, findings: Sequence[Finding]) -> Iterable[str]:
    """Records with a number that no act has."""
    known = {n for act in story.acts for n in document_numbers(act.number)}
    if any(set(finding.numbers) - known for finding in findings):
        yield "strange number"


def _of(act: Act, findings: Sequence[Finding]) -> list[Finding]:
    return [f for f in findings if set(document_numbers(act.number)) & set(f.numbers)]


def _amiss(story: Story, act: Act, read: Sequence[Finding]) -> Iterable[str]:
    """The fields that are amiss; of a picture nothing need be read, and what is must not be wrong."""
    if not story.shape.is_scanned:
        yield from _fields_amiss(act, read)
        return
    if any(f.decided_on not in {None, act.decided} for f in read):
        yield "decided"
    if any(f.name and plain_name(f.name) != plain_name(act.party.name) for f in read):
        yield "party wrong"


def _fields_amiss(act: Act, read: Sequence[Finding]) -> Iterable[str]:
    """The fields of an act that its records do not say, or say otherwise."""
    if not read:
        yield "number"
        return
    names = {plain_name(finding.name) for finding in read}
    wanted = {plain_name(p.name) for p in (act.party, act.second) if p}
    if not wanted <= names:
        yield "party" if not names - {""} else "party wrong"
    if {f.decided_on for f in read} != {act.decided}:
        yield "decided"
    if any(f.unit != UNIT for f in read):
        yield "authority"
    if act.fine is not None and _fines_of(read) != _fines_due(act):
        yield "fine"


def _fines_of(read: Sequence[Finding]) -> set[tuple[str, Decimal]]:
    """(party, its fine) as read."""
    told = ((plain_name(f.name), dict(f.fields).get("fine_yuan", "")) for f in read)
    return {(name, Decimal(fine)) for name, fine in told if fine}


def _fines_due(act: Act) -> set[tuple[str, Decimal]]:
    both = ((act.party, act.fine), (act.second, act.second_fine))
    return {(plain_name(party.name), fine) for party, fine in both if party and fine is not None}


# ---------------------------------------------------------------- a refusal's reason

# what may stand in the way, by choice, and the words of which a true reason has one
_IN_THE_WAY: tuple[tuple[object, tuple[str, ...]], ...] = (
    (Transport.FRAME, ("框架", "iframe")),
    (Transport.NESTED, ("框架", "iframe")),
    (Transport.FORM, ("表单", "POST")),
    (Transport.XML, ("XML",)),
    (Transport.JSONP, ("JSONP", "脚本")),
    (Transport.SCRIPT, ("脚本",)),
    (Transport.FRAGMENT, ("脚本",)),
    (Link.NONE, ("没有详情", "就是记录")),
    (Link.POST, ("详情", "POST", "表单")),
    (Link.CLICK, ("onclick", "点击", "脚本")),
    (Link.WINDOW, ("window.open", "点击", "脚本")),
    (Link.DATA_ID, ("data-id", "点击", "脚本")),
    (Link.CALL, ("javascript", "点击", "脚本")),
    (Link.DIALOG, ("弹窗", "弹出", "点击")),
    (Link.DIALOG_JSON, ("弹窗", "弹出", "点击")),
    (Link.DIALOG_TOKEN, ("弹窗", "弹出", "点击", "详情")),
    (Link.PANEL, ("展开", "点击")),
    (File.SCAN, ("扫描",)),
    (Link.HOST, ("另一个网站", "别的网站", "其他网站")),
    (Link.ROW_CLICK, ("onclick", "点击", "脚本")),
    (Link.VIEW, ("查看",)),
    (Dates.NONE, ("没有日期",)),
    (Dates.SHORT, ("没有年份", "不写年")),
    (Dates.SHORT_BRACKETS, ("没有年份", "不写年")),
    (Dates.SPLIT, ("日期分",)),
    (Pager.MORE, ("加载更多",)),
    (Pager.SEE_MORE, ("查看更多",)),
    (Pager.JUMP, ("页码框", "输入页码")),
    (Pager.SCROLL, ("滚动",)),
)


def is_true_reason(shape: Shape, said: str) -> bool:
    """Whether a refusal names what really stands in the way of reading this shape."""
    choices = (shape.transport, shape.link, shape.dates, shape.pager, shape.file if shape.has_file else None)
    return any(word in said for choice, words in _IN_THE_WAY if choice in choices for word in words)


# ---------------------------------------------------------------- accusations


@dataclass(frozen=True, slots=True)
class Accusation:
    """A breach that was told of, and why it was not one."""

    night: int
    check: str
    slug: str
    number: str
    why: str

    def __str__(self) -> str:
        return f"night {self.night} {self.check} {self.slug} {self.number}: {self.why}"


def wrong_accusations(
    story: Story, night: int, evidence: Iterable[Evidence], decisions: Mapping[str, Decision]
) -> list[Accusation]:
    """Breaches told on a night that are none."""
    found = []
    for item in evidence:
        if item.outcome is Outcome.BREACHED and item.decision in decisions:
            decision = decisions[item.decision]
            act = _act(story, decision.number)
            if why := _wrong(story, item, act):
                found.append(Accusation(night, item.check, item.slug, decision.number, why))
    return found


def _act(story: Story, number: str) -> Act | None:
    return next((act for act in story.acts if number in document_numbers(act.number)), None)


def _wrong(story: Story, item: Evidence, act: Act | None) -> str:
    """Why a breach is none; "" where it is one."""
    if act is None:
        return "no such decision"
    if item.check == PUBLISHED:
        return "published in time" if act.in_time else ""
    if item.check == UNCHANGED and story.shape.life in {Life.EDITED, Life.REDATED}:
        return ""
    return "everything was reported in time, and published as reported"


def told_late(
    story: Story, by_night: Sequence[Iterable[Evidence]], decisions: Mapping[str, Decision]
) -> tuple[dict[str, int], tuple[str, ...]]:
    """(by number, the first night on which a provable breach was told; numbers whose told breach was taken back)."""
    first: dict[str, int] = {}
    last: dict[str, int] = {}
    wanted = provable(story)
    for night, evidence in enumerate(by_night):
        for item in evidence:
            act = _act(story, decisions[item.decision].number) if item.decision in decisions else None
            if act and item.check == PUBLISHED and item.outcome is Outcome.BREACHED and not act.in_time:
                first.setdefault(act.number, night)
                last[act.number] = night
    taken_back = tuple(number for number in first if last[number] < len(by_night) - 1)
    return {number: night for number, night in first.items() if number in wanted}, taken_back

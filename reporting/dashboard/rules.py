"""口径: which readings of the scheme were in force, and what the other calendar would have said."""

from collections.abc import Iterable
from dataclasses import replace

from core.domain.interpretations import Interpretation
from core.domain.models import Evidence, Outcome
from core.domain.scheme import Deadline, Duty, Indicator, Scheme
from reporting import wording
from reporting.dashboard.view import RulesView
from reporting.evidence_items import item_view, other_calendar
from reporting.lookup import Lookup
from reporting.view_models import BREACHES, ItemView, ReadingLine

_OTHER = {"natural": "工作日", "working": "自然日", "both": "另一种日历"}
_DUTIES = {"yes": "应当公示", "no": "不须公示", "unknown": "是否须公示未定"}


def rules_view(lookup: Lookup) -> RulesView:
    """The rules in force, each marked 原文, 解读 or 原文缺失."""
    scheme = lookup.config.scheme
    here, other, uncompared = _differences(lookup)
    return RulesView(
        days=scheme.deadline.days,
        calendar=wording.CALENDARS[scheme.deadline.calendar],
        other_calendar=_OTHER[scheme.deadline.calendar],
        deadline_provenance=wording.PROVENANCE[scheme.deadline.provenance],
        only_here=here,
        only_other=other,
        not_compared=uncompared,
        lines=reading_lines(scheme),
    )


def reading_lines(scheme: Scheme) -> tuple[ReadingLine, ...]:
    """The deadline, the interpretations, the duties and the indicators of a scheme, each with where it comes from."""
    lines = (
        _deadline(scheme.deadline),
        *map(_reading, scheme.readings),
        *map(_duty, scheme.duties),
        *map(_indicator, scheme.indicators),
    )
    return tuple(_named(line, scheme.readings) for line in lines)


def _named(line: ReadingLine, readings: Iterable[Interpretation]) -> ReadingLine:
    """The line with the readings that its note refers to by their titles: a slug says nothing to who reads a report."""
    text = line.text
    for reading in sorted(readings, key=lambda reading: -len(reading.slug)):
        text = text.replace(reading.slug, f"“{wording.safe(reading.title)}”")
    return replace(line, text=text)


def _differences(lookup: Lookup) -> tuple[tuple[ItemView, ...], tuple[ItemView, ...], int]:
    """Breaches only the calendar in force sees, those only the other sees, and how many were not compared."""
    here: list[Evidence] = []
    other: list[Evidence] = []
    uncompared = 0
    for item in lookup.evaluation.everything:
        compared = other_calendar(lookup, item)
        if compared is None:
            uncompared += item.outcome is Outcome.BREACHED and item.deadline is not None
        elif compared.breached and item.outcome is not Outcome.BREACHED:
            other.append(item)
        elif not compared.breached and lookup.status(item) in BREACHES:
            here.append(item)
    return _items(lookup, here), _items(lookup, other), uncompared


def _items(lookup: Lookup, evidence: Iterable[Evidence]) -> tuple[ItemView, ...]:
    return tuple(item_view(lookup, item) for item in evidence)


def _deadline(deadline: Deadline) -> ReadingLine:
    return _line(
        "期限",
        f"作出决定之日起 {deadline.days} 天（{wording.CALENDARS[deadline.calendar]}）",
        deadline.note,
        deadline.provenance,
        True,
    )


def _reading(reading: Interpretation) -> ReadingLine:
    if not reading.choices:
        return _line("解读", reading.title, reading.text, reading.provenance, reading.enabled)
    others = "；".join(f"（{choice.name}）{choice.text}" for choice in reading.others)
    text = f"{reading.text}现用：{reading.taken.text}别的解读：{others}"
    return _line("解读", reading.title, text, reading.taken.provenance, enabled=True)


def _duty(duty: Duty) -> ReadingLine:
    since = f"，{duty.decided_from} 起" if duty.decided_from else ""
    until = f"，至 {duty.decided_to}" if duty.decided_to else ""
    what = f"{wording.KINDS[duty.kind]}{'（' + duty.category + '）' if duty.category else ''}"
    removal = {None: "", 0: "；不设最短公示期"}.get(duty.removal_months, f"；最短公示 {duty.removal_months} 个月")
    return _line("公示义务", f"{what}：{_DUTIES[duty.duty]}{since}{until}{removal}", duty.note, duty.provenance, True)


def _indicator(indicator: Indicator) -> ReadingLine:
    title = f"{indicator.code} {indicator.title}（{wording.points(indicator.points)} 分）"
    text = indicator.text + (f"〔说明〕{indicator.note}" if indicator.note else "")
    return _line("指标", title, text, indicator.provenance, indicator.enabled)


def _line(what: str, title: str, text: str, provenance: str, enabled: bool) -> ReadingLine:
    return ReadingLine(
        what=what,
        title=wording.safe(title),
        text=wording.safe(text),
        provenance=wording.PROVENANCE[provenance],
        mark=provenance,
        enabled=enabled,
    )

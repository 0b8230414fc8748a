"""Lists, a page at a time: every check's answer of a period, what units said, claims not to publish."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from core.domain.clock import ZONE
from core.domain.models import Objection, Outcome
from core.domain.ruling_validity import call_number
from desk.access import Asked
from desk.as_it_stands import Standing, reckoned
from desk.paging import page_of
from desk.site import current
from reporting import wording
from reporting.open_matters import about_item
from review.claims import CLAIM_STATES, ClaimRecord, claim_record, claimed_decisions
from review.objections import unanswered


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a list; `href`: where it leads, "" for nowhere."""

    text: str
    href: str = ""


def evidence(request: Asked) -> HttpResponse:
    """Every check's answer of a period, of a unit or an outcome where asked."""
    desk, unit, outcome = current(), request.GET.get("unit", ""), request.GET.get("outcome", "")
    with desk.session() as session:
        standing = reckoned(desk).standing(session, request.GET.get("period") or None)
    chosen = [e for e in standing.evaluation.everything if unit in ("", e.unit) and outcome in ("", e.outcome)]
    page = page_of(request, chosen)
    rows = [
        (
            Cell(standing.lookup.unit_name(e.unit)),
            Cell(about_item(standing.lookup, e), f"/items/{call_number(e.key)}"),
            Cell(standing.lookup.status(e).value),
            Cell(e.sentence),
        )
        for e in page.rows
    ]
    told = {
        "title": f"核查结论 {standing.period}", "heads": ("单位", "事项", "结论", "说明"), "rows": rows, "page": page,
        "outcomes": [(o.value, wording.OUTCOMES[o]) for o in Outcome], "outcome": outcome,
    }  # fmt: skip
    return render(request, "desk/list.html.j2", told | _units(unit))


def said(request: Asked) -> HttpResponse:
    """What units said of items, however it came: objections without an answer first, then the newest."""
    desk, unit = current(), request.GET.get("unit", "")
    with desk.session() as session:
        standing = reckoned(desk).standing(session)
        objections, rulings = session.objections.all(), session.rulings.all()
    waiting = {o.id for o in unanswered(objections, rulings)}
    chosen = sorted(
        (o for o in objections if unit in ("", o.unit)),
        key=lambda o: (o.id not in waiting, -o.received_at.timestamp()),
    )
    page = page_of(request, chosen)
    told = {
        "title": "单位说的：异议、说明、情况属实", "page": page,
        "rows": [_said(standing, o, waits=o.id in waiting) for o in page.rows],
        "heads": ("登记时间", "单位", "事项", "内容", "附件", "答复"),
    }  # fmt: skip
    return render(request, "desk/list.html.j2", told | _units(unit))


def _said(standing: Standing, objection: Objection, *, waits: bool) -> tuple[Cell, ...]:
    call = call_number(objection.evidence)
    known = standing.by_call.get(call)
    about = about_item(standing.lookup, known) if known else f"事项 {call}（不在本考核期的事项里了）"
    state = ("等裁定答复" if waits else "已裁定") if objection.kind == "objection" else "不用裁定"
    return (
        Cell(f"{objection.received_at.astimezone(ZONE):%Y-%m-%d %H:%M}"),
        Cell(standing.lookup.unit_name(objection.unit)),
        Cell(about, f"/items/{call}" if known else ""),
        Cell(f"{wording.name_of(wording.ANSWERS, objection.kind)}　{wording.safe(objection.text)}"),
        Cell("、".join(wording.safe(name) for name, _ in objection.papers)),
        Cell(state),
    )


def claims(request: Asked) -> HttpResponse:
    """Decisions that units report as not to be published, or not yet, those that nobody has answered first."""
    desk, unit = current(), request.GET.get("unit", "")
    with desk.session() as session:
        decisions = [d for d in session.evaluations.decisions().values() if unit in ("", d.unit)]
        rulings, today = session.rulings.all(), session.now().date()
        claimed = claimed_decisions(decisions, session.submissions.all(), rulings, today)
    page = page_of(request, claimed)
    names = {known.slug: known.name for known in desk.config.units}
    told = {
        "title": "不公开、暂缓公开的主张", "heads": ("单位", "决定", "主张和理由", "现状", "裁定"), "page": page,
        "rows": [_claim(claim_record(claim), names) for claim in page.rows],
    }  # fmt: skip
    return render(request, "desk/list.html.j2", told | _units(unit))


def _claim(record: ClaimRecord, names: Mapping[str, str]) -> tuple[Cell, ...]:
    state = CLAIM_STATES[record["standing"]] + (f"（{record['over_on']}）" if record["over_on"] else "")
    claim = f"{record['claim']}（到 {record['until']}）" if record["until"] else record["claim"]
    address = f"/decisions/one?{urlencode({'id': record['decision']})}"
    return (
        Cell(names.get(record["unit"], record["unit"])),
        Cell(f"{record['number'] or record['decision']}　{record['name']}", address),
        Cell(f"{claim}　{record['grounds']}"),
        Cell(state),
        Cell(f"{record['by']}：{record['why']}" if record["ruling"] else ""),
    )


def _units(unit: str) -> dict[str, object]:
    return {"unit": unit, "units": [(known.slug, known.name) for known in current().config.units]}

"""Lists, a page at a time: every check's answer of a period, what units said, claims not to publish."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core.domain.clock import ZONE
from core.domain.models import EvidenceSubject, Objection, Outcome
from core.domain.ruling_validity import call_number
from desk.access import Asked
from desk.as_it_stands import reckoned
from desk.paging import page_of
from desk.site import current
from pipeline.by_unit import lookup_of_subjects
from reporting import wording
from reporting.lookup import Lookup
from reporting.open_matters import about_item
from review.claims import CLAIM_STATES, ClaimRecord, claim_record, claimed_decisions
from review.objections import unanswered


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a list; `href`: where it leads, "" for nowhere."""

    text: str
    href: str = ""


def evidence(request: Asked) -> HttpResponse:
    """Every check's answer about a unit in a period, of an outcome where asked; the first unit where none is."""
    desk, outcome = current(), request.GET.get("outcome", "")
    known = [unit.slug for unit in desk.config.units]
    unit = request.GET.get("unit") or known[0]
    if unit not in known:
        raise Http404("没有这个单位")
    with desk.session() as session:
        kept = reckoned(desk)
        district = kept.listed(session, request.GET.get("period") or None)
        evaluation = kept.evaluation(session, district.shared, unit)
        page = page_of(request, [e for e in evaluation.everything if outcome in ("", e.outcome)])
        subjects = [EvidenceSubject(e.key) for e in page.rows]
        lookup = lookup_of_subjects(session, district.shared, subjects)
    rows = [
        (
            Cell(lookup.unit_name(e.unit)),
            Cell(about_item(lookup, e), f"/items/{call_number(e.key)}"),
            Cell(lookup.status(e).value),
            Cell(e.sentence),
        )
        for e in page.rows
    ]
    told = {
        "title": f"核查结论 {district.period}", "each": True, "page": page, "rows": rows,
        "heads": ("单位", "事项", "结论", "说明"),
        "outcomes": [(o.value, wording.OUTCOMES[o]) for o in Outcome], "outcome": outcome,
    }  # fmt: skip
    return render(request, "desk/list.html.j2", told | _units(unit))


def said(request: Asked) -> HttpResponse:
    """What units said of items, however it came: objections without an answer first, then the newest."""
    desk, unit = current(), request.GET.get("unit", "")
    with desk.session() as session:
        shared = reckoned(desk).listed(session).shared
        objections, rulings = session.objections.all(), session.rulings.all()
    waiting = {o.id for o in unanswered(objections, rulings)}
    chosen = sorted(
        (o for o in objections if unit in ("", o.unit)),
        key=lambda o: (o.id not in waiting, -o.received_at.timestamp()),
    )
    page = page_of(request, chosen)
    with desk.session() as session:
        lookup = lookup_of_subjects(session, shared, [EvidenceSubject(o.evidence) for o in page.rows])
    told = {
        "title": "单位说的：异议、说明、情况属实", "page": page,
        "rows": [_said(lookup, o, waits=o.id in waiting) for o in page.rows],
        "heads": ("登记时间", "单位", "事项", "内容", "附件", "答复"),
    }  # fmt: skip
    return render(request, "desk/list.html.j2", told | _units(unit))


def _said(lookup: Lookup, objection: Objection, *, waits: bool) -> tuple[Cell, ...]:
    call = call_number(objection.evidence)
    known = next(iter(lookup.known([objection.evidence])), None)
    about = about_item(lookup, known) if known else f"事项 {call}（不在本考核期的事项里了）"
    state = ("等裁定答复" if waits else "已裁定") if objection.kind == "objection" else "不用裁定"
    return (
        Cell(f"{objection.received_at.astimezone(ZONE):%Y-%m-%d %H:%M}"),
        Cell(lookup.unit_name(objection.unit)),
        Cell(about, f"/items/{call}" if known else ""),
        Cell(f"{wording.name_of(wording.ANSWERS, objection.kind)}　{wording.safe(objection.text)}"),
        Cell("、".join(wording.safe(name) for name, _ in objection.papers)),
        Cell(state),
    )


def claims(request: Asked) -> HttpResponse:
    """Decisions that units report as not to be published, or not yet, those that nobody has answered first."""
    desk, unit = current(), request.GET.get("unit", "")
    with desk.session() as session:
        rows, rulings, today = session.submissions.claiming(), session.rulings.all(), session.now().date()
        decisions = [d for d in session.evaluations.decisions_of(rows).values() if unit in ("", d.unit)]
        claimed = claimed_decisions(decisions, rows, rulings, today)
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

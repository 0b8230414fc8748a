"""Decisions: searched, and one with its sides, its looks, its evidence and every word ever said."""

import tempfile
from pathlib import Path
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from core.domain.models import ClaimSubject, Decision, EvidenceSubject, RepairSubject, RulingKind
from core.domain.ruling_validity import call_number
from core.domain.ruling_words import printed
from core.runtime.chromium import find_chromium
from core.storage.session import Session
from desk.access import Asked
from desk.item_page import compared, records_of
from desk.log import note
from desk.paging import ROWS
from desk.roles import Right
from desk.site import current
from pipeline.evidence_package import package_name, write_package
from pipeline.report_context import dossier, lookup_of_dossier
from reporting import wording
from reporting.evidence_items import item_view
from reporting.look_calendar import looks_around
from review.claims import claim_record, claimed_decisions
from review.rulings import newest_on


def listed(request: Asked) -> HttpResponse:
    """Decisions with a text in their number, party or titles, the newest first; a call number leads to its item."""
    desk, text, unit = current(), request.GET.get("q", "").strip()[:100], request.GET.get("unit", "")
    below = request.GET.get("below", "")
    with desk.session() as session:
        if session.evaluations.evidence_called(text.lower()):
            return redirect(f"/items/{text.lower()}")
        last = int(below) if below.isascii() and below.isdigit() and len(below) < 19 else None
        found = session.evaluations.search(text, unit, ROWS + 1, last)
    names = {u.slug: u.name for u in desk.config.units}
    rows = [
        {
            "id": d.id,
            "unit": names.get(d.unit, "单位未定"),
            "kind": wording.kind(d.kind),
            "number": wording.safe(d.number) or "（无文书号）",
            "name": wording.short(d.name, 40),
            "on": wording.days(d.decided_on),
            "sides": "、".join(filter(None, ("报送" if d.submissions else "", "公示" if d.findings else ""))),
        }
        for _, d in found[:ROWS]
    ]
    later = {"q": text, "unit": unit, "below": str(found[ROWS - 1][0])} if len(found) > ROWS else None
    context = {
        "rows": rows,
        "q": text,
        "unit": unit,
        "units": names.items(),
        "later": f"/decisions?{urlencode(later)}" if later else "",
        "first": not below,
    }
    return render(request, "desk/decisions.html.j2", context)


def decision(request: Asked) -> HttpResponse:
    """One decision."""
    desk, name = current(), request.GET.get("id", "")
    with desk.session() as session:
        try:
            evaluation = dossier(session, name, request.GET.get("unit") or None)
        except UsageError as error:
            raise Http404(str(error)) from None
        lookup = lookup_of_dossier(session, evaluation)
        objections = session.objections.about(item.key for item in evaluation.evidence)
        (known,) = evaluation.decisions.values()
        word = _words_on(session, known)
    keys = {item.key for item in evaluation.evidence}
    said = [
        (r.at, f"{wording.safe(r.by)}　{printed(r)}：{wording.safe(r.why)}")
        for r in lookup.facts.rulings
        if isinstance(r.subject, EvidenceSubject) and r.subject.key in keys
    ]
    said += [(o.received_at, f"单位　{wording.safe(o.text)}") for o in objections]
    calendars = {c.portal: c for item in evaluation.evidence for c in looks_around(lookup, item)}
    records = records_of(lookup, evaluation.evidence[0]) if evaluation.evidence else ()
    note(request, "saw", known.number or known.id, wording.safe(known.name))
    return render(
        request,
        "desk/decision.html.j2",
        {
            "decision": known,
            "title": " ".join(
                filter(None, (wording.kind(known.kind), wording.safe(known.number), wording.safe(known.name)))
            ),
            "unit_name": lookup.unit_name(known.unit) if known.unit else "单位未定",
            "on": wording.days(known.decided_on),
            "items": [(call_number(item.key), item_view(lookup, item)) for item in evaluation.evidence],
            "records": records,
            "fields": compared(records),
            "nights": tuple(calendars.values()),
            "may_rule": request.user.may(Right.RULE),
            **word,
            "said": [(wording.minute(at), text) for at, text in sorted(said, reverse=True)],
        },
    )


def _words_on(session: Session, known: Decision) -> dict[str, object]:
    """The unit's claim about the decision, if it makes one, its repair, and the newest words on both."""
    rulings, today = session.rulings.all(), session.now().date()
    claimed = claimed_decisions([known], session.submissions.by_id(known.submissions), rulings, today)
    claim = newest_on(rulings, ClaimSubject(known.id))
    repair = newest_on(rulings, RepairSubject(known.id))
    return {
        "claim": claim_record(claimed[0]) if claimed else None,
        "claim_seen": claimed[0].claim.fingerprint if claimed else "",
        "claim_newest": claim.id if claim else "",
        "repaired": repair.value if repair and repair.word is RulingKind.ACCEPT else "",
        "repair_newest": repair.id if repair else "",
    }


def package(request: Asked) -> FileResponse:
    """A decision's evidence package, made now."""
    desk = current()
    with desk.session() as session, tempfile.TemporaryDirectory() as folder:
        try:
            subject, _, target = write_package(
                session.at(session.now()),
                request.GET.get("id", ""),
                request.GET.get("unit") or None,
                lambda _: Path(folder) / "package.zip",
                find_chromium(),
            )
        except UsageError as error:
            raise Http404(str(error)) from None
        data = target.open("rb")  # open, it outlives its name
    note(request, "saw", subject.number or subject.id, "下载证据包")
    return FileResponse(data, as_attachment=True, filename=package_name(subject))

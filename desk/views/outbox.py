"""Letters: what waits, what failed, what each says, and sending again."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from desk.access import Asked
from desk.letters import text_of_letter
from desk.log import note
from desk.paging import page_of
from desk.site import current
from reporting import wording

TROUBLED = ("dead", "uncertain", "bounced")


def listed(request: Asked) -> HttpResponse:
    """Deliveries, those that need a person first; of one state where asked."""
    state = request.GET.get("state", "")
    with current().session() as session:
        counts = session.outbox.counts()
        deliveries = session.outbox.deliveries(state) if state else session.outbox.deliveries()
    deliveries.sort(key=lambda d: (d.state not in TROUBLED, d.state == "sent", -d.changed_at.timestamp()))
    states = [(name, word, counts[name]) for name, word in wording.DELIVERIES.items() if counts.get(name)]
    return render(
        request,
        "desk/outbox.html.j2",
        {"page": page_of(request, deliveries), "states": states, "state": state, "words": wording.DELIVERIES},
    )


def letter(request: Asked) -> HttpResponse:
    """One letter as it was written."""
    key = request.GET.get("key", "")
    with current().session() as session:
        data = session.outbox.letter(key)
        deliveries = [d for d in session.outbox.deliveries() if d.key == key]
    if data is None:
        raise Http404("没有这封信")
    said = text_of_letter(data)
    note(request, "saw", key, "信件")
    return render(
        request,
        "desk/letter.html.j2",
        {
            "key": key,
            "heads": said.heads,
            "lines": said.lines,
            "attachments": said.attachments,
            "deliveries": deliveries,
            "words": wording.DELIVERIES,
            "again": any(d.state in TROUBLED for d in deliveries),
        },
    )


def again(request: Asked) -> HttpResponse:
    """Put a letter that failed among those that wait."""
    key, desk = request.POST.get("key", ""), current()
    with desk.session() as session:
        count = session.outbox.again(key, session.now())
    if not count:
        raise UsageError(f"{key} 没有需要重发的收件人")
    note(request, "resent", key, f"{count} 个收件人")
    return redirect("/outbox")

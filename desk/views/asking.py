"""Asking a unit about an item, what waits for an answer, and what a unit says otherwise than at the desk."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from desk import questions
from desk.access import Asked
from desk.answers import keep_answer
from desk.as_it_stands import reckoned
from desk.item_page import close_up
from desk.log import note
from desk.paging import page_of
from desk.site import current
from desk.views.matters import item_again
from pipeline.quarter import quarter_in_question


def ask(request: Asked, call: str) -> HttpResponse:
    """Ask the item's unit; what cannot be asked leaves the page with what was typed."""
    desk = current()
    try:
        with desk.session() as session:
            known = close_up(session, call, period=request.POST.get("period") or None, fresh=True)
            text = questions.ask(session, known, request.POST.get("question", ""), request.user)
    except UsageError as error:
        return item_again(request, call, error)
    note(request, "asked", call, text)
    return redirect(f"/items/{call}#asked")


def said_on_paper(request: Asked, call: str) -> HttpResponse:
    """What a unit says of an item by letter, by telephone or in person, entered by the office as it came."""
    desk = current()
    try:
        with desk.session() as session:
            known = close_up(session, call, period=request.POST.get("period") or None, fresh=True)
            said, is_new = keep_answer(request, session, known.evidence)
    except UsageError as error:
        return item_again(request, call, error)
    reckoned(desk).heard()
    note(request, "entered-answer", call, f"{request.POST['word']}{'' if is_new else '（此前已登记）'}：{said.text}")
    return redirect(f"/items/{call}#said")


def listed(request: Asked) -> HttpResponse:
    """What units were asked and have not answered, the oldest first."""
    desk = current()
    with desk.session() as session:
        waiting, period = questions.all_waiting(session), quarter_in_question(session).name
    return render(request, "desk/questions.html.j2", {"page": page_of(request, waiting), "period": period})

"""The drop zone: anything that comes in, recognised by itself."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render

from core.domain.errors import UsageError
from desk.access import Asked
from desk.as_it_stands import reckoned
from desk.kept import status_of, words_of
from desk.log import note
from desk.review_book import take_review
from desk.roles import Right
from desk.site import current
from desk.uploads import laid_out
from pipeline.take_in import Inbox, take_in


def hand_in(request: Asked) -> HttpResponse:
    """Take in what was dropped; faults are shown at their cells, the good rows are kept."""
    desk, inbox, wrong, status = current(), None, "", 200
    sender = request.POST.get("sender", "").strip()
    if request.method == "POST":
        try:
            inbox = taken(request, sender)
        except UsageError as error:
            wrong, status = words_of(request, error), status_of(error)
    return render(
        request,
        "desk/hand_in.html.j2",
        {"inbox": inbox, "wrong": wrong, "units": desk.config.units, "sender": sender if wrong else ""},
        status=status,
    )


def taken(request: Asked, sender: str, unit: str = "") -> Inbox:
    """What came of the files of a form; UsageError as `laid_out` and `take_in` raise it."""
    desk = current()
    with laid_out(request.FILES.getlist("file")) as files, desk.session() as session:
        may_rule = not unit and request.user.may(Right.RULE)
        review = partial(take_review, request) if may_rule else None
        inbox = take_in(session, files, sender=sender, unit=unit, review=review)
    reckoned(desk).heard()
    note(
        request,
        "handed-in",
        unit or sender,
        "；".join(f"{f.name}：{'，'.join(f.good) or '没有收'}" for f in inbox.files),
    )
    return inbox

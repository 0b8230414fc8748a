"""Correcting by pointing: an element of a try's page, by mouse or by its words, becomes a value in the try's form."""

import threading
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import PictureError, UsageError
from desk.access import Asked
from desk.log import note
from desk.site import current
from desk.views.onboarding import found, print_of, tries
from pipeline.pointed import OUTLINE, Answer
from pipeline.pointing_process import Question, ask
from pipeline.portal_tries import Kept
from pipeline.try_pages import KINDS, element_at, outlined, page_file, picture_of

_OVERTAKEN = 409
_PATIENCE = 30.0  # seconds in which the turn of a question must come: one page is taken apart at a time
_DIGITS = 7  # of any element's number, place or pixel
_MOST_ROWS = 120  # that an address names
_turn = threading.Lock()


def point(request: Asked, attempt: str) -> HttpResponse:
    """A page of the try, what was pointed at on it, and what that could be; choosing fills in the form."""
    kept = found(attempt)
    if kept.state not in ("read", "failed") or not kept.stands or not kept.pages:
        raise Http404("这次试看没有可以指的网页")
    if request.method == "POST":
        return _taken(request, kept)
    return _shown(request, kept)


def picture(request: Asked, attempt: str) -> HttpResponse:
    """The page drawn without its scripts, what was pointed at outlined; where it cannot be drawn, why."""
    kept, desk = found(attempt), current()
    try:
        drawn = picture_of(desk.paths, tries(desk).folder(attempt), _kind(request, kept))
    except PictureError as error:
        raise Http404(str(error)) from None
    note(request, "saw", kept.begun.portal, "试看网页的图")
    rows = [number for text in request.GET.get("rows", "").split(",") if (number := _whole(text)) is not None]
    return HttpResponse(outlined(drawn, _whole(request.GET.get("e", "")), rows), content_type="image/png")


def _taken(request: Asked, kept: Kept) -> HttpResponse:
    """Take an element for what somebody chose, or forget all that was chosen."""
    desk, address = current(), f"/portals/new/{kept.number}"
    if request.POST.get("seen") != print_of(kept):
        return _shown(request, kept, "别人刚刚改过这份草案，没有记下您指的：请再看一遍", _OVERTAKEN)
    if request.POST.get("act") == "forget":
        tries(desk).unpoint(kept.number)
        return redirect(f"{address}#form")
    kind = _kind(request, kept)
    number = _whole(request.POST.get("e", ""))
    chosen = _asked(kept, kind, number).chosen
    offer = next((each for each in chosen.offers if each.key == request.POST.get("as")), None) if chosen else None
    if offer is None:
        return _shown(request, kept, "没有这一项：请再指一次", 422)
    tries(desk).point(kept.number, request.user.name, offer.changes, offer.word, offer.css)
    note(request, "pointed", kept.begun.portal, f"{offer.word}：{offer.css}")
    return redirect(f"{address}/point?{urlencode({'page': kind, 'e': number})}")


def _shown(request: Asked, kept: Kept, wrong: str = "", status: int = 200) -> HttpResponse:
    given = request.POST if request.method == "POST" else request.GET
    kind, find, start = _kind(request, kept), given.get("find", "")[:60].strip(), _whole(given.get("from", "")) or 0
    number = _whole(given.get("e", ""))
    if "at.x" in given and (number := _clicked(kept, kind, given.get("at.x", ""), given.get("at.y", ""))) is None:
        wrong = "那里没有认出什么：请指在字上，或在下面的文字里找"
    try:
        said = _asked(kept, kind, number, find, start)
    except UsageError as error:
        said = Answer(why=str(error))
    return render(
        request,
        "desk/portal_point.html.j2",
        {
            "kept": kept,
            "kind": kind,
            "kinds": [(name, KINDS[name]) for name in kept.pages],
            "said": said,
            "chosen": said.chosen,
            "find": find,
            "start": start,
            "later": start + OUTLINE,
            "earlier": max(start - OUTLINE, 0),
            "wrong": wrong or said.why,
            "seen": print_of(kept),
            "image": urlencode({"page": kind} | _outlines(said)),
        },
        status=status,
    )


def _outlines(said: Answer) -> dict[str, object]:
    """What is outlined on the picture."""
    if said.chosen is None:
        return {}
    return {"e": said.chosen.element.number, "rows": ",".join(map(str, said.chosen.rows[:_MOST_ROWS]))}


def _clicked(kept: Kept, kind: str, x: str, y: str) -> int | None:
    """The element that stands at a place of the picture."""
    left, top, desk = _whole(x), _whole(y), current()
    try:
        drawn = picture_of(desk.paths, tries(desk).folder(kept.number), kind)
    except PictureError:
        return None
    return None if left is None or top is None else element_at(drawn, left, top)


def _asked(kept: Kept, kind: str, number: int | None, find: str = "", start: int = 0) -> Answer:
    """What is on the page, and what an element of it could be. UsageError where that cannot be told."""
    if not _turn.acquire(timeout=_PATIENCE):
        raise UsageError("别人正在指另一页：请过一会儿再试")
    try:
        return ask(
            Question(
                page=page_file(tries(current()).folder(kept.number), kind),
                kind=kind,
                toml=kept.stands,
                changes=kept.pointed.changes if kept.pointed else {},
                number=number,
                find=find,
                start=start,
            )
        )
    finally:
        _turn.release()


def _kind(request: Asked, kept: Kept) -> str:
    """Which of the kept pages is meant: the likelier one where nobody says."""
    asked = request.POST.get("page") or request.GET.get("page", "")
    if asked in kept.pages:
        return asked
    if not kept.pages:
        raise Http404("没有存下网页")
    return kept.pages[0]


def _whole(text: str) -> int | None:
    """A number as a browser sends it; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None

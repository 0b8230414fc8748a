"""A unit's own page: what is said of it, what it rests on, and its answers. Of other units it sees nothing."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from core.domain.periods import parse_period
from desk.access import Asked, own_unit
from desk.answers import keep_answer
from desk.as_it_stands import reckoned
from desk.item_page import close_up, item_context, records_of
from desk.kept import status_of, words_of
from desk.letters import letters_to, mark_read, sign_for, text_of_letter
from desk.log import note
from desk.site import current
from desk.views.captures import text_of
from desk.views.hand_ins import taken
from desk.views.units import unit_context
from review.objections import closing_day


def shown(request: Asked) -> HttpResponse:
    """The unit's score, matters, letters, hand-ins."""
    desk, slug = current(), own_unit(request)
    with desk.session() as session:
        district = reckoned(desk).listed(session, units=[slug])
        context = unit_context(request, session, district, slug)
        until = closing_day(session.config, parse_period(district.period))
        if mark_read(context["letters"], slug, request.user, session.now()):
            context |= {"letters": letters_to(session, slug)}
    note(request, "saw", slug, "本单位页")
    return render(request, "desk/own.html.j2", context | {"until": until, "answered": request.GET.get("answered", "")})


def item(request: Asked, call: str) -> HttpResponse:
    """One of the unit's items with its proof, and the form to answer."""
    return _item(request, call, own_unit(request))


def _item(request: Asked, call: str, slug: str, error: UsageError | None = None) -> HttpResponse:
    desk = current()
    with desk.session() as session:
        context = item_context(session, close_up(session, call, slug, request.GET.get("period") or None))
    if error is None:
        note(request, "saw", call, context["view"].about)
    typed = {name: request.POST.get(name, "") for name in ("word", "text")}
    files = [str(file.name) for file in request.FILES.getlist("file")]
    return render(
        request,
        "desk/own_item.html.j2",
        context | {"wrong": words_of(request, error) if error else "", "typed": typed, "chosen": files},
        status=status_of(error) if error else 200,
    )


def text(request: Asked, call: str) -> HttpResponse:
    """An archived page that one of the unit's items rests on; no other."""
    desk, slug, name = current(), own_unit(request), request.GET.get("id", "")
    with desk.session() as session:
        known = close_up(session, call, slug, request.GET.get("period") or None)
    cited = {proof.ref for proof in known.evidence.proofs if proof.kind == "capture"}
    cited |= {record.capture for record in records_of(known.lookup, known.evidence) if record.capture}
    if name not in cited:
        note(request, "denied", name)
        raise Http404("没有这份网页存证")
    return text_of(request, name)


def answer(request: Asked, call: str) -> HttpResponse:
    """The unit agrees, explains or objects, with files."""
    desk, slug = current(), own_unit(request)
    try:
        with desk.session() as session:
            said, is_new = keep_answer(request, session, close_up(session, call, slug, fresh=True).evidence)
    except UsageError as error:
        return _item(request, call, slug, error)
    reckoned(desk).heard()
    note(request, "answered", call, f"{request.POST['word']}{'' if is_new else '（此前已收到）'}：{said.text}")
    return redirect("/own?answered=1")


def letter(request: Asked) -> HttpResponse:
    """What one of the unit's letters says; no other's."""
    desk, slug, key = current(), own_unit(request), request.GET.get("key", "")
    with desk.session() as session:
        mine = next((each for each in letters_to(session, slug) if each.key == key), None)
        data = session.outbox.letter(key) if mine is not None else None
    if mine is None or data is None:
        note(request, "denied", key)
        raise Http404("没有这封信")
    note(request, "saw", key, "信件")
    return render(request, "desk/own_letter.html.j2", {"letter": mine, "said": text_of_letter(data)})


def sign(request: Asked) -> HttpResponse:
    """The unit signs for one of its letters, or for all that it has not signed for."""
    desk, slug, key = current(), own_unit(request), request.POST.get("key", "")
    with desk.session() as session:
        letters, now = letters_to(session, slug), session.now()
    wanted = letters if key == "all" else [each for each in letters if each.key == key]
    if not wanted:
        note(request, "denied", key)
        raise Http404("没有这封信")
    signed = sign_for(wanted, slug, request.user, now)
    if signed:
        note(request, "signed-for", slug, "、".join(signed))
    return redirect("/own#letters")


def hand_in(request: Asked) -> HttpResponse:
    """Workbooks and lists of replies from the unit itself; what they say of others is not taken."""
    slug, inbox, wrong, status = own_unit(request), None, "", 200
    if request.method == "POST":
        try:
            inbox = taken(request, current().config.unit(slug).name, slug)
        except UsageError as error:
            wrong, status = words_of(request, error), status_of(error)
    return render(request, "desk/own_hand_in.html.j2", {"inbox": inbox, "wrong": wrong}, status=status)

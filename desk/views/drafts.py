"""Words that wait for a second person."""

from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from core.domain.ruling_kinds import CHOICES
from desk.access import Asked
from desk.log import note
from desk.models import Draft
from desk.roles import Right
from desk.say import agree, settle
from desk.site import current
from desk.words import person_of

RECENT = 30  # settled ones that are shown


def listed(request: Asked) -> HttpResponse:
    """What waits for a second person, and what became of the last ones."""
    waiting = Draft.objects.filter(settled_at=None).select_related("author").order_by("at")
    settled = Draft.objects.exclude(settled_at=None).select_related("author", "settled_by").order_by("-settled_at")
    return render(
        request,
        "desk/drafts.html.j2",
        {
            "waiting": waiting,
            "settled": settled[:RECENT],
            "units": {unit.slug: unit.name for unit in current().config.units},
            "choices": {kind.value: word for kind, word in CHOICES.items()},
            "may_rule": request.user.may(Right.RULE),
        },
    )


def settled(request: Asked, number: int) -> HttpResponse:
    """The second person's word: agree, and the ruling is recorded as its author's; or send it back with a remark."""
    draft = Draft.objects.filter(pk=number, settled_at=None).select_related("author").first()
    if draft is None:
        raise UsageError("这一项已经有人处理过了")
    if request.POST.get("word") == "同意":
        with current().session() as session:
            agree(session, draft, request.user)
        note(request, "approved", draft.page, f"{draft.author.name} 提出")
        return redirect("/drafts")
    person_of(current().config, request.user)
    settle(draft, request.user, "refused", request.POST.get("remark", ""))
    note(request, "refused", draft.page, request.POST.get("remark", ""))
    return redirect("/drafts")

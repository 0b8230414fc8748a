"""催办: whom the office would write to about a month's missing forms, and what; then the letters of those chosen."""

import hashlib

from django.http import HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from core.domain.periods import month_before
from core.storage.session import Session
from desk.access import Asked
from desk.letters import text_of_letter
from desk.log import note
from desk.site import current
from pipeline.chasing import Chase, chases_of, letter_of_chase, send_chases
from pipeline.newest import newest_night


class Changed(UsageError):
    """What a unit lacks has changed since it was shown: nothing was written to anybody."""


def chase(request: Asked) -> HttpResponse:
    """The list with a letter to look at; posted, the letters of those that are ticked."""
    desk, wrong = current(), ""
    month = (request.POST if request.method == "POST" else request.GET).get("month", "")
    with desk.session() as session:
        month = month or month_before(newest_night(session).date())
        chases = chases_of(session, month)
        if request.method == "POST":
            try:
                written = send_chases(session, _chosen(request, chases))
            except Changed as error:
                wrong = str(error)
            else:
                units = "、".join(each.unit for each in written)
                note(request, "chased", month, f"{len(written)} 封：{units}" if written else "今天都已写过")
                return redirect(f"/papers/chase?month={month}&written={len(written)}")
        shown = _letter_of(session, request.GET.get("unit", ""), chases)
    names = {unit.slug: unit.name for unit in desk.config.units}
    rows = [(each, names.get(each.unit, each.unit), _print_of(each)) for each in chases]
    return render(
        request,
        "desk/chase.html.j2",
        {
            "month": month, "rows": rows, "open": sum(bool(c.lacking) and not c.is_written for c in chases),
            "nobody": len(rows) == len(names), "letter": shown, "wrong": wrong,
            "written": request.GET.get("written", ""),
        },
        status=409 if wrong else 200,
    )  # fmt: skip


def _chosen(request: Asked, chases: tuple[Chase, ...]) -> list[Chase]:
    """Those that are ticked, each as it was shown; UsageError for none, Changed where one lacks something else now."""
    ticked = set(request.POST.getlist("unit"))
    chosen = [each for each in chases if each.unit in ticked]
    if not ticked:
        raise UsageError("没有选单位：先勾选，再写信")
    changed = ticked - {each.unit for each in chosen if request.POST.get(f"seen-{each.unit}", "") == _print_of(each)}
    if changed:
        raise Changed("您打开以后有单位报了或撤了表，一封信都没有写：下面是现在的样子，请看过再写")
    return chosen


def _print_of(chase: Chase) -> str:
    """What stands in a line of the list."""
    return hashlib.sha256("|".join((chase.month, chase.to, *chase.lacking)).encode()).hexdigest()[:16]


def _letter_of(session: Session, unit: str, chases: tuple[Chase, ...]) -> object:
    """What a unit's letter says, by default that of the first that lacks something; None for none."""
    lacking = [each for each in chases if each.lacking]
    wanted = next((each for each in lacking if each.unit == unit), lacking[0] if lacking else None)
    return text_of_letter(letter_of_chase(session, wanted).as_bytes()) if wanted else None

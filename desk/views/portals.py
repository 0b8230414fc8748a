"""The portals: how well each is watched, night by night."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from core.domain.look_reasons import faults_of, sentence
from desk.access import Asked
from desk.log import note
from desk.portal_states import portal_states
from desk.roles import Right
from desk.site import current
from pipeline.portal_switch import switch as switch_portal
from pipeline.status import checks_of, readings_of
from reporting import wording
from reporting.lookup import night_of, proves

NIGHTS = 30
SHORTEST = 4  # characters of a reason
_MARKS = {"whole": "全", "window": "窗", "": "否"}


def listed(request: Asked) -> HttpResponse:
    """Every portal with how it stands; those that need a hand first."""
    desk = current()
    with desk.session() as session:
        health = {h.portal: h for h in portal_states(session)}
        proving = session.looks.newest_proving()
        checks = {c.portal.id: c for c in checks_of(session)}
    rows = []
    for portal in desk.config.portals:
        state = health.get(portal.id)
        check = checks.get(portal.id)
        trouble = [
            *([f"已 {state.nights} 夜没有有效核查：{'、'.join(state.reasons)}"] if state and state.nights else []),
            *(["列出的条目读不出记录"] if state and state.unread else []),
            *(["读到的与浏览器里看到的不同"] if check and check.newest and check.newest.verdict == "differs" else []),
        ]
        rows.append(
            {
                "id": portal.id,
                "name": portal.name,
                "channel": wording.CHANNELS[portal.channel],
                "enabled": portal.enabled,
                "proving": wording.minute(proving[portal.id]) if portal.id in proving else "从未",
                "trouble": trouble,
                "reading": f"{state.reading.read}/{state.reading.listed}" if state and state.reading else "",
            }
        )
    rows.sort(key=lambda row: (not row["trouble"], not row["enabled"]))
    return render(request, "desk/portals.html.j2", {"rows": rows})


def switch(request: Asked, portal: str) -> HttpResponse:
    """Have a portal looked at every night, or no longer, with a reason; its file changes by that word alone."""
    desk, act, why = current(), request.POST.get("act"), request.POST.get("why", "").strip()
    if act not in ("on", "off"):
        raise UsageError("请求不完整，没有做任何事")
    try:
        if act == "off" and len(why) < SHORTEST:
            raise UsageError(f"停用要写理由（至少 {SHORTEST} 个字）")
        path = switch_portal(desk.folder, portal, on=act == "on")
    except UsageError as error:
        return _shown(request, portal, str(error), why)
    note(request, "portal", portal, "启用" if act == "on" else f"停用：{why}")
    return redirect(f"/portals/{path.stem}")


def portal(request: Asked, portal: str) -> HttpResponse:
    """One portal's last nights: what each look could show, what was listed and what was read."""
    return _shown(request, portal)


def _shown(request: Asked, portal: str, wrong: str = "", why: str = "") -> HttpResponse:
    desk = current()
    known = next((p for p in desk.config.portals if p.id == portal), None)
    if known is None:
        raise Http404("没有这个栏目")
    with desk.session() as session:
        looks = session.looks.looks(portal=portal)[-2 * NIGHTS :]
        readings = readings_of(session, portal)
    rows = [
        {
            "night": f"{night_of(look)}",
            "at": wording.minute(look.started_at),
            "kind": wording.look_kind(look),
            "mark": _MARKS[proves(look)],
            "pages": look.pages,
            "rows": look.rows,
            "total": "" if look.total is None else look.total,
            "why": "；".join(map(sentence, faults_of(look.reasons))),
        }
        for look in reversed(looks)
    ]
    return render(
        request,
        "desk/portal.html.j2",
        {
            "portal": known,
            "rows": rows,
            "readings": readings,
            "channel": wording.CHANNELS[known.channel],
            "may_switch": request.user.may(Right.PORTALS),
            "shortest": SHORTEST,
            "wrong": wrong,
            "why": why,
        },
        status=422 if wrong else 200,
    )

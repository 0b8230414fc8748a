"""A column that the district does not have yet: looked at, corrected and answered for, and written as its TOML."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from markupsafe import Markup, escape

from core.domain.errors import UsageError
from core.domain.printable import printable
from crawler.families import FAMILIES
from desk.access import Asked
from desk.failures import for_desk
from desk.log import note
from desk.roles import Right
from desk.site import Desk, current
from pipeline import portal_questions
from pipeline.onboard import Answers, table_lines
from pipeline.pointed import changed
from pipeline.portal_tries import Kept, Tries
from pipeline.trial_reading import Page
from pipeline.trial_words import KINDS
from reporting import wording

LATER = 3  # seconds after which a page asks again how far a look is
TABLES = {
    "options": "怎样读列表和详情（[options]）",
    "expect": "应当是什么样（[expect]）",
    "citizen": "人在浏览器里怎样读（[citizen]）",
}
ORDERS = {"newest-first": "新的在前", "none": "没有次序"}
_OVERTAKEN = 409
_tries: dict[Path, Tries] = {}
_lock = Lock()


def tries(desk: Desk) -> Tries:
    """The tries of a desk; one look is under way at a time."""
    root = desk.paths.root
    with _lock:
        return _tries.get(root) or _tries.setdefault(root, Tries(desk.paths))


def new(request: Asked) -> HttpResponse:
    """Ask for an address to be looked at; those that were."""
    desk, wrong = current(), ""
    if request.method == "POST":
        try:
            number = _begun(request, desk)
        except UsageError as error:
            wrong = str(error)
        else:
            return redirect(f"/portals/new/{number}")
    return render(
        request,
        "desk/portal_new.html.j2",
        {
            "wrong": wrong,
            "typed": {name: request.POST.get(name, "") for name in ("url", "id", "unit", "channel", "name")},
            "kinds": [(kind.value, word) for kind, word in wording.KINDS.items()],
            "asked": request.POST.getlist("kind") or [kind.value for kind in wording.KINDS],
            "channels": [(channel.value, word) for channel, word in wording.CHANNELS.items()],
            "units": desk.config.units,
            "tries": [(kept, _state(kept), wording.minute(kept.begun.at)) for kept in tries(desk).listed()],
        },
        status=422 if wrong else 200,
    )


def _begun(request: Asked, desk: Desk) -> str:
    """The number of a try that a form asks for; UsageError where it cannot be begun."""
    url, portal, name = (request.POST.get(field, "").strip() for field in ("url", "id", "name"))
    unit, channel = request.POST.get("unit", ""), request.POST.get("channel", "")
    config = desk.config
    known = {kind.value for kind in wording.KINDS}
    kinds = tuple(kind for kind in wording.KINDS if kind.value in request.POST.getlist("kind"))
    if channel not in {each.value for each in wording.CHANNELS}:
        raise UsageError("没有选渠道")
    if (channel == "department") != bool(unit) or (unit and unit not in {each.slug for each in config.units}):
        raise UsageError("部门网站的栏目要选单位；信用网站的不选")
    if not kinds or set(request.POST.getlist("kind")) - known:
        raise UsageError("至少选一种：行政许可、行政处罚")
    number = tries(desk).begin(
        config,
        desk.clock,
        request.user.name,
        url=url[:2000],
        portal=portal,
        name=name[:100],
        unit=unit or None,
        kinds=tuple(kind.value for kind in kinds),
    )
    note(request, "tried", portal, url)
    return number


def attempt(request: Asked, attempt: str) -> HttpResponse:
    """A try as it stands; while it looks, the page asks again by itself."""
    kept = found(attempt)
    if kept.state == "read":
        note(request, "saw", kept.begun.portal, "试看")
    return _shown(request, kept)


def say(request: Asked, attempt: str) -> HttpResponse:
    """Correct what was read and answer what only a person can; nothing is written yet."""
    desk, kept = current(), found(attempt)
    if request.POST.get("seen") != print_of(kept):
        return _shown(request, kept, "别人刚刚改过这份草案：下面是现在的样子，没有记下您填的", status=_OVERTAKEN)
    try:
        changes, answers = _said(request, desk, kept)
        left_out = tries(desk).say(attempt, desk.config, desk.clock, request.user.name, changes, answers)
    except UsageError as error:
        return _shown(request, kept, str(error), status=422)
    note(request, "corrected", kept.begun.portal, _signed(answers))
    if left_out:
        return _shown(request, found(attempt), left_out)
    return redirect(f"/portals/new/{attempt}#file")


def write(request: Asked, attempt: str) -> HttpResponse:
    """Write the TOML as it was shown; never over another."""
    desk, kept = current(), found(attempt)
    if kept.draft is None or request.POST.get("seen") != print_of(kept):
        return _shown(request, kept, "草案刚刚改过，没有写入：请再看一遍", status=_OVERTAKEN)
    try:
        tries(desk).write(attempt, desk.config, kept.draft.toml)
    except UsageError as error:
        return _shown(request, kept, str(error), status=422)
    sha = hashlib.sha256(kept.draft.toml.encode()).hexdigest()
    note(request, "portal", kept.begun.portal, f"写入（{request.user.name}），SHA-256 {sha}")
    return redirect(f"/portals/{kept.begun.portal}")


def end(request: Asked, attempt: str) -> HttpResponse:
    """Stop a look, or forget a try: whoever began it may, and who may write portals."""
    kept = found(attempt)
    if kept.begun.by != request.user.name and not request.user.may(Right.PORTALS):
        raise PermissionDenied("这次试看是别人要的")
    if kept.state == "looking":
        tries(current()).cancel(attempt)
        note(request, "tried", kept.begun.portal, "取消")
    else:
        tries(current()).drop(attempt)
        note(request, "tried", kept.begun.portal, "丢弃")
    return redirect("/portals/new")


def found(number: str) -> Kept:
    """A try as it stands; Http404 where there is none."""
    try:
        kept = tries(current()).kept(number)
    except UsageError:
        kept = None
    if kept is None:
        raise Http404("没有这次试看")
    return kept


def _state(kept: Kept) -> str:
    words = {"looking": "正在看", "failed": "没有读成", "read": "等人核对", "written": "已写入"}
    return words[kept.state]


def print_of(kept: Kept) -> str:
    """A hash of what stands on the page, so that nothing is said of what has changed since."""
    text = f"{kept.draft.toml if kept.draft else kept.stands}{kept.pointed or ''}"
    return hashlib.sha256(text.encode()).hexdigest()


def _said(request: Asked, desk: Desk, kept: Kept) -> tuple[dict[str, object], Answers]:
    """What a form corrects and answers. Only the office signs: what somebody else ticks is no signature."""
    posted, office, name = request.POST, request.user.may(Right.READ), request.user.name
    assert kept.reading is not None
    credit = "unit" not in tomllib.loads(kept.reading.toml)
    unit = posted.get("unit", "")
    if not posted.get("name", "").strip():
        raise UsageError("栏目名称必写")
    if not credit and unit not in {each.slug for each in desk.config.units}:
        raise UsageError("没有选单位")
    hosts = [host for host in re.split(r"[\s,，、]+", posted.get("hosts", "")) if host]
    changes: dict[str, object] = {
        "name": posted["name"].strip(),
        "marker": posted.get("marker", "").strip(),
        "unit": None if credit else unit,
        "kinds": [kind.value for kind in wording.KINDS if kind.value in posted.getlist("kind")],
        "family": posted.get("family", ""),
        "order": posted.get("order", ""),
        "hosts": hosts,
        "rendered": True if posted.get("rendered") else None,
        **{table: _table(table, posted.get(table, "")) for table in TABLES},
    }
    answers = Answers(
        on=desk.clock.now().date(),
        list_date=posted.get("list_date", ""),
        one_page_by=name if office and posted.get("one_page") == "yes" else "",
        may_be_empty=office and posted.get("may_be_empty") == "yes",
        verified_by=name if office and posted.get("verified") == "yes" else "",
    )
    return changes, answers


def _table(name: str, text: str) -> dict[str, object] | None:
    """A table's lines as facts; None for an empty one."""
    try:
        return tomllib.loads(text) or None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"[{name}] 写得不对：{error}") from None


def _signed(answers: Answers) -> str:
    """What somebody answered for, for the log."""
    told = [
        f"列表日期：{KINDS[answers.list_date]}",
        *(["签注只有一页"] if answers.one_page_by else []),
        *(["可以一条也没有"] if answers.may_be_empty else []),
        *(["已对照网页核对"] if answers.verified_by else []),
    ]
    return "；".join(told)


def _shown(request: Asked, kept: Kept, wrong: str = "", status: int = 200) -> HttpResponse:
    config = current().config
    context: dict[str, Any] = {
        "kept": kept,
        "state": _state(kept),
        "wrong": wrong,
        "at": wording.minute(kept.begun.at),
        "seconds": int(kept.seconds),
        "seen": Markup(print_of(kept)),
        "may_write": request.user.may(Right.PORTALS),
        "may_sign": request.user.may(Right.READ),
        "reading": kept.reading,
        "why": for_desk(kept.why),
    }
    if kept.reading is not None and not kept.reading.failed:
        context |= _to_check(kept)
    if kept.stands:
        context |= {"units": config.units, **_form(request, kept, typed=status != _OVERTAKEN)}
    response = render(request, "desk/portal_try.html.j2", context, status=status)
    if kept.state == "looking":
        response.headers["Refresh"] = f"{LATER}; url=/portals/new/{kept.number}"
    return response


def _to_check(kept: Kept) -> dict[str, object]:
    """What was read, beside the words of its pages."""
    assert kept.reading is not None
    reading = kept.reading
    details = [(detail, _marked(detail.page)) for detail in reading.details]
    return {"list_words": _marked(reading.page), "details": details, "date": KINDS[reading.list_date]}


def _marked(page: Page | None) -> list[list[tuple[str, bool]]]:
    """A page's lines in pieces, each with whether it was read."""
    if page is None:
        return []
    marks = sorted((mark for mark in page.marks if len(mark) > 1), key=len, reverse=True)
    split = re.compile("|".join(map(re.escape, marks))) if marks else None
    lines: list[list[tuple[str, bool]]] = []
    for line in page.words.splitlines():
        pieces, place = [], 0
        for found in split.finditer(line) if split else ():
            pieces += [(line[place : found.start()], False), (found[0], True)]
            place = found.end()
        lines.append([(text, read) for text, read in (*pieces, (line[place:], False)) if text])
    return lines


def _form(request: Asked, kept: Kept, *, typed: bool) -> dict[str, object]:
    """The form's values as they stand, or as somebody has just typed them; the file that would be written."""
    assert kept.reading is not None
    toml = kept.draft.toml if kept.draft else kept.reading.toml
    facts: dict[str, Any] = changed(tomllib.loads(toml), kept.pointed.changes if kept.pointed else {})
    answers = kept.draft.answers if kept.draft else None
    posted = request.POST if typed and "list_date" in request.POST else None

    def value(name: str, stands: str) -> Markup:
        return escape(stands if posted is None else posted.get(name, ""))  # as it is: it goes back into the file

    def ticked(name: str, stands: bool) -> bool:
        return stands if posted is None else posted.get(name, "no") not in ("", "no")

    name = request.user.name
    fields: Mapping[str, Markup] = {
        "name": value("name", str(facts.get("name", ""))),
        "marker": value("marker", str(facts.get("marker", ""))),
        "hosts": value("hosts", "、".join(facts.get("hosts", ()))),
        **{table: value(table, table_lines(facts.get(table, {}))) for table in TABLES},
    }
    return {
        "fields": fields,
        "chosen": {
            "unit": str(value("unit", str(facts.get("unit", "")))),
            "family": str(value("family", str(facts["family"]))),
            "order": str(value("order", str(facts.get("order", "newest-first")))),
            "list_date": str(value("list_date", answers.list_date if answers else kept.reading.list_date)),
            "kinds": list(facts.get("kinds", ())) if posted is None else posted.getlist("kind"),
        },
        "ticked": {
            "rendered": ticked("rendered", bool(facts.get("rendered"))),
            "one_page": ticked("one_page", bool(answers and answers.one_page_by == name)),
            "may_be_empty": ticked("may_be_empty", bool(answers and answers.may_be_empty)),
            "verified": ticked("verified", bool(answers and answers.verified_by == name)),
        },
        "answers": answers,
        "families": list(FAMILIES),
        "orders": list(ORDERS.items()),
        "kind_words": [(kind.value, word) for kind, word in wording.KINDS.items()],
        "dates": list(KINDS.items()),
        "tables": list(TABLES.items()),
        "questions": portal_questions,
        "file": [escape(printable(line)) for line in kept.draft.toml.splitlines()] if kept.draft else [],
        "url": facts["url"],
        "private": bool(facts.get("allow_private")),
        "is_credit": "unit" not in facts,
    }

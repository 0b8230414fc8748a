"""What waits for a word: the queues, one matter with its proof, and the word itself."""

from collections.abc import Sequence
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from core.domain.models import Evidence, RulingKind
from core.domain.ruling_kinds import CHOICES, LINK_CHOICES
from core.domain.ruling_validity import call_number, fingerprint, newest_words
from core.domain.ruling_words import value_of
from core.storage.session import Session
from desk.access import Asked
from desk.as_it_stands import Standing, reckoned
from desk.item_page import evidence_of, item_context, points_changed
from desk.log import note
from desk.models import Account, Assignment, Draft
from desk.paging import page_of
from desk.roles import Right
from desk.site import current
from desk.words import person_of
from reporting.evidence_items import record_line
from reporting.open_matters import MatterKind, about_item
from review.reviewers import Person
from review.rulings import (
    Overtaken,
    RulingRequest,
    on_evidence,
    on_lift,
    on_link,
    record_rulings,
)

MOST_TOGETHER = 100  # matters in one word
_BY_WORD = {"成立": "confirm", "不成立": "dismiss", "更正": "amend"}


# ---------------------------------------------------------------- the queues


def listed(request: Asked) -> HttpResponse:
    """What is open, of a kind, a unit or a person where asked; a page at a time."""
    desk = current()
    kind, unit, mine = request.GET.get("kind", ""), request.GET.get("unit", ""), request.GET.get("mine", "") == "1"
    with desk.session() as session:
        standing = reckoned(desk).standing(session)
    assigned = {a.matter: a.account for a in Assignment.objects.select_related("account")}
    chosen = [
        m
        for m in standing.matters
        if (not kind or m.kind.name == kind)
        and (not unit or m.unit == unit)
        and (not mine or ((assigned.get(m.call) or request.user).pk == request.user.pk and m.call in assigned))
    ]
    numbers: dict[MatterKind, int] = {}
    for m in standing.matters:
        numbers[m.kind] = numbers.get(m.kind, 0) + 1
    page = page_of(request, chosen)
    return render(
        request,
        "desk/matters.html.j2",
        {
            "page": page,
            "kinds": [(k.name, k.value, n) for k, n in numbers.items()],
            "kind": kind,
            "unit": unit,
            "mine": mine,
            "units": [(u.slug, u.name) for u in desk.config.units],
            "assigned": assigned,
            "may_rule": request.user.may(Right.RULE),
            "may_assign": request.user.may(Right.HAND_IN),
            "people": Account.objects.filter(is_active=True, role__in=["head", "reviewer", "clerk"]),
            "seen": {m.evidence: _seen(standing, m.evidence) for m in page.rows if m.evidence},
            "period": standing.period,
        },
    )


def _seen(standing: Standing, key: str) -> str:
    """What a reader of a list has seen of a matter, as a form carries it: its fingerprint and its newest word."""
    evidence = next(iter(standing.lookup.known([key])), None)
    word = newest_words(standing.lookup.facts.rulings).get(key)
    return f"{fingerprint(evidence) if evidence else ''}|{word.id if word else ''}"


def assign(request: Asked) -> HttpResponse:
    """Give matters to somebody, or take them back."""
    account = Account.objects.filter(username=request.POST.get("to", ""), is_active=True).first()
    calls = request.POST.getlist("call")[:MOST_TOGETHER]
    if not calls:
        raise UsageError("没有选事项：先勾选，再分派")
    for call in calls:
        Assignment.objects.filter(matter=call).delete()
        if account is not None:
            Assignment.objects.create(matter=call, account=account)
    note(request, "assigned", account.username if account else "", "、".join(calls))
    return redirect(_back(request))


def _back(request: Asked) -> str:
    """The page of this desk that a form came from."""
    back = request.POST.get("back", "")
    return back if back.startswith("/") and not back.startswith("//") and "\\" not in back else "/matters"


# ---------------------------------------------------------------- one matter


def item(request: Asked, call: str) -> HttpResponse:
    """One item with its proof, whatever its standing."""
    desk = current()
    with desk.session() as session:
        standing = reckoned(desk).standing(session, request.GET.get("period") or None)
        evidence = evidence_of(standing, call)
        context = item_context(session, standing, evidence)
        if request.user.may(Right.RULE):
            context |= {"changes": points_changed(session, standing, evidence)}
    note(request, "saw", call, context["view"].about)
    waiting = Draft.objects.filter(evidence=evidence.key, settled_at=None).select_related("author").first()
    return render(request, "desk/item.html.j2", context | {"draft": waiting, "may_rule": request.user.may(Right.RULE)})


def rule(request: Asked, call: str) -> HttpResponse:
    """A word on one item. What somebody else said meanwhile, or facts that changed, stop it: the page is shown again
    with what was typed."""
    desk = current()
    with desk.session() as session:
        standing = reckoned(desk).standing(session, request.POST.get("period") or None, fresh=True)
        evidence = evidence_of(standing, call)
        try:
            wanted = _request(request, evidence)
            said = _say(request, session, standing, [(evidence, wanted, request.POST.get("newest", ""))])
        except UsageError as error:
            standing = reckoned(desk).standing(session, request.POST.get("period") or None, fresh=True)
            evidence = evidence_of(standing, call)
            context = item_context(session, standing, evidence) | {
                "changes": points_changed(session, standing, evidence)
            }
            typed = {name: request.POST.get(name, "") for name in ("word", "value", "why", "until")}
            context |= {"may_rule": True, "draft": None, "wrong": str(error), "typed": typed}
            status = 409 if isinstance(error, (Overtaken, FactsChanged)) else 422
            return render(request, "desk/item.html.j2", context, status=status)
    return redirect(f"/items/{call}?said={said}")


class FactsChanged(UsageError):
    """What a word was to be said of says something else now."""


def _request(request: Asked, evidence: Evidence) -> RulingRequest:
    """What the form asks for; UsageError where it cannot be had, FactsChanged where it was looked at before."""
    if request.POST.get("seen", "") != fingerprint(evidence):
        raise FactsChanged(f"您打开以后事实有变化（现为：{evidence.sentence}），您的裁定没有记下，请看过再定")
    kind = _BY_WORD.get(request.POST.get("word", ""))
    if kind is None:
        raise UsageError("先选：成立、不成立还是更正")
    value = value_of(request.POST.get("value", "")) if kind == "amend" else ""
    until = request.POST.get("until", "").strip()
    try:
        last = datetime.strptime(until, "%Y-%m-%d").date() if until else None  # noqa: DTZ007 - a day has no zone
    except ValueError:
        raise UsageError(f"有效至要写成 2026-12-31 的样子，现为 {until}") from None
    return on_evidence(evidence, kind, request.POST.get("why", ""), value=value, until=last)


def _say(
    request: Asked, session: Session, standing: Standing, words: Sequence[tuple[Evidence, RulingRequest, str]]
) -> str:
    """Record the words or, where the district asks for two persons, put them up for the second; returns which."""
    desk = current()
    person = person_of(desk.config, request.user)
    if desk.config.district.review.two_persons:
        for evidence, wanted, newest in words:
            _draft(request, standing, evidence, wanted, newest)
        return "drafted"
    seen = {evidence.key: newest for evidence, _, newest in words}
    record_rulings(session, [wanted for _, wanted, _ in words], person, newest_seen=seen)
    reckoned(desk).heard()
    for evidence, wanted, _ in words:
        note(request, "ruled", call_number(evidence.key), f"{CHOICES[wanted.kind]} {wanted.value} {wanted.why}")
    return "ruled"


def _draft(request: Asked, standing: Standing, evidence: Evidence, wanted: RulingRequest, newest: str) -> None:
    open_already = Draft.objects.filter(evidence=evidence.key, settled_at=None).select_related("author").first()
    if open_already is not None:
        raise Overtaken(f"{open_already.author.name} 已就此提出裁定，正等第二人：请先看“待同意”里的那一项")
    word = newest_words(standing.lookup.facts.rulings).get(evidence.key)
    if (word.id if word else "") != newest:
        raise Overtaken("您打开以后有人裁定过，请看过再定")
    Draft.objects.create(
        evidence=evidence.key, call=call_number(evidence.key), unit=evidence.unit,
        about=about_item(standing.lookup, evidence), kind=wanted.kind, value=wanted.value, why=wanted.why,
        until=wanted.until, seen=wanted.seen, newest=newest, author=request.user, at=current().clock.now(),
    )  # fmt: skip
    note(request, "drafted", call_number(evidence.key), f"{CHOICES[wanted.kind]} {wanted.value} {wanted.why}")


def together(request: Asked) -> HttpResponse:
    """One word and one reason on several matters of a list, all or none."""
    desk, calls = current(), request.POST.getlist("call")
    if not calls:
        raise UsageError("没有选事项：先勾选，再裁定")
    if len(calls) > MOST_TOGETHER:
        raise UsageError(f"一次至多 {MOST_TOGETHER} 项")
    kind = _BY_WORD.get(request.POST.get("word", ""))
    if kind not in ("confirm", "dismiss"):
        raise UsageError("成批只能裁定成立或不成立；更正请逐项")
    with desk.session() as session:
        standing = reckoned(desk).standing(session, fresh=True)
        words = []
        for call in calls:
            evidence = evidence_of(standing, call)
            seen, _, newest = request.POST.get(f"seen-{call}", "").partition("|")
            if seen != fingerprint(evidence):
                raise FactsChanged(f"事项 {call} 在您打开以后有变化（现为：{evidence.sentence}），一项都没有记下")
            words.append((evidence, on_evidence(evidence, kind, request.POST.get("why", "")), newest))
        _say(request, session, standing, words)
    return redirect(_back(request))


def lift(request: Asked, call: str) -> HttpResponse:
    """Take one's newest word on an item back."""
    desk = current()
    with desk.session() as session:
        standing = reckoned(desk).standing(session, request.POST.get("period") or None, fresh=True)
        evidence = evidence_of(standing, call)
        rulings = session.rulings.all()
        wanted = on_lift(rulings, request.POST.get("ruling", ""), request.POST.get("why", ""))
        if wanted.subject.text not in {
            r.subject.text for r in rulings if getattr(r.subject, "key", "") == evidence.key
        }:
            raise UsageError("这不是对这一事项的裁定")
        record_rulings(
            session,
            [wanted],
            person_of(desk.config, request.user),
            newest_seen={evidence.key: request.POST.get("newest", "")},
        )
        reckoned(desk).heard()
    note(request, "lifted", call, request.POST.get("why", ""))
    return redirect(f"/items/{call}?said=lifted")


# ---------------------------------------------------------------- words that wait for a second person


def drafts(request: Asked) -> HttpResponse:
    """What waits for a second person, and what became of the last ones."""
    waiting = Draft.objects.filter(settled_at=None).select_related("author").order_by("at")
    settled = Draft.objects.exclude(settled_at=None).select_related("author", "settled_by").order_by("-settled_at")[:30]
    units = {unit.slug: unit.name for unit in current().config.units}
    return render(
        request,
        "desk/drafts.html.j2",
        {
            "waiting": waiting,
            "settled": settled,
            "units": units,
            "choices": {kind.value: word for kind, word in CHOICES.items()},
            "may_rule": request.user.may(Right.RULE),
        },
    )


def settle(request: Asked, number: int) -> HttpResponse:
    """The second person's word: agree, and the ruling is recorded as its author's; or send it back with a remark."""
    desk = current()
    draft = Draft.objects.filter(pk=number, settled_at=None).select_related("author").first()
    if draft is None:
        raise UsageError("这一项已经有人处理过了")
    if draft.author == request.user and request.POST.get("word") == "同意":
        raise UsageError("自己提出的裁定要另一名复核人同意")
    second = person_of(desk.config, request.user)
    if request.POST.get("word") != "同意":
        _settled(draft, request.user, "refused", request.POST.get("remark", ""))
        note(request, "refused", draft.call, request.POST.get("remark", ""))
        return redirect("/drafts")
    with desk.session() as session:
        standing = reckoned(desk).standing(session, fresh=True)
        evidence = next(iter(standing.lookup.known([draft.evidence])), None)
        if evidence is None or fingerprint(evidence) != draft.seen:
            _settled(draft, request.user, "stale", "提出以后事实有变化")
            raise FactsChanged("提出以后事实有变化，这项裁定没有记下：请重新看过这一事项")
        first = person_of(desk.config, draft.author)
        wanted = on_evidence(evidence, _said_kind(draft), draft.why, value=draft.value, until=draft.until)
        both = Person(first.name, f"{first.via}+{second.via}")
        record_rulings(session, [wanted], both, newest_seen={draft.evidence: draft.newest})
        reckoned(desk).heard()
    _settled(draft, request.user, "approved", "")
    note(request, "approved", draft.call, f"{draft.author.name} 提出")
    return redirect("/drafts")


def _said_kind(draft: Draft) -> str:
    return next(kind for kind in RulingKind if kind.value == draft.kind).value


def _settled(draft: Draft, by: Account, how: str, remark: str) -> None:
    draft.settled_at, draft.settled_by, draft.settled_as, draft.remark = current().clock.now(), by, how, remark[:500]
    draft.save()


# ---------------------------------------------------------------- records that may be one act


def pair(request: Asked, left: str, right: str) -> HttpResponse:
    """Two records side by side."""
    desk = current()
    with desk.session() as session:
        standing = reckoned(desk).standing(session)
    matter = next((m for m in standing.matters if m.pair and {m.pair.left, m.pair.right} == {left, right}), None)
    if matter is None:
        raise Http404("没有这一对，或已经有人定过")
    note(request, "saw", matter.call, matter.about)
    lines = [record_line(standing.lookup, name) for name in (left, right)]
    records = [_record(standing, name) for name in (left, right)]
    return render(
        request,
        "desk/pair.html.j2",
        {
            "matter": matter,
            "lines": lines,
            "records": records,
            "choices": LINK_CHOICES,
            "may_rule": request.user.may(Right.RULE),
        },
    )


def _record(standing: Standing, name: str) -> dict[str, str]:
    """What a record says, field by field, in words."""
    facts = standing.lookup.facts
    record = facts.submissions.get(name) or facts.findings.get(name)
    if record is None:
        return {}
    return {
        "决定文书号": record.number_text or "",
        "行政相对人": record.name or "",
        "决定日期": record.decided_on.isoformat() if record.decided_on else "",
    }


def rule_pair(request: Asked, left: str, right: str) -> HttpResponse:
    """One act, or two."""
    desk = current()
    kind = {"同一件": "confirm", "不是同一件": "dismiss"}.get(request.POST.get("word", ""), "")
    with desk.session() as session:
        wanted = on_link(left, right, kind, request.POST.get("why", ""))
        record_rulings(session, [wanted], person_of(desk.config, request.user))
        reckoned(desk).heard()
    note(request, "ruled", f"{left[:8]}＝{right[:8]}", f"{request.POST.get('word', '')} {request.POST.get('why', '')}")
    return redirect("/matters?kind=LINK")

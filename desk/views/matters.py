"""What waits for a word: the queues, one matter with its proof, and the word itself."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from core.domain.models import Evidence, EvidenceSubject
from core.domain.ruling_kinds import LINK_CHOICES
from core.domain.ruling_validity import call_number, fingerprint, newest_words
from core.domain.ruling_words import value_of
from desk.access import Asked
from desk.as_it_stands import Standing, reckoned
from desk.item_page import evidence_of, item_context, points_changed
from desk.kept import status_of
from desk.log import note
from desk.models import Account, Assignment, Draft
from desk.paging import page_of
from desk.questions import all_waiting, waiting_since
from desk.roles import Right
from desk.say import FactsChanged, Word, say
from desk.site import current
from desk.typed import own_page, typed_day
from reporting.evidence_items import record_line
from reporting.open_matters import MatterKind, OpenMatter, about_item
from review.rulings import Overtaken, RulingRequest, on_evidence, on_link

MOST_TOGETHER = 100  # matters in one word
_BY_WORD = {"成立": "confirm", "不成立": "dismiss", "更正": "amend"}


# ---------------------------------------------------------------- the queues


def listed(request: Asked) -> HttpResponse:
    """What is open, of a kind, a unit or a person where asked; a page at a time."""
    desk = current()
    kind, unit, mine = request.GET.get("kind", ""), request.GET.get("unit", ""), request.GET.get("mine", "") == "1"
    with desk.session() as session:
        standing = reckoned(desk).standing(session)
        asked = waiting_since(all_waiting(session, standing))
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
            "asked": asked,
            "may_rule": request.user.may(Right.RULE),
            "may_assign": request.user.may(Right.HAND_IN),
            "people": Account.objects.filter(is_active=True, role__in=["head", "reviewer", "clerk"]),
            "seen": _seen(standing, [m.evidence for m in page.rows if m.evidence]),
            "period": standing.period,
        },
    )


def _seen(standing: Standing, keys: list[str]) -> dict[str, str]:
    """What a reader of a list has seen of its matters, as a form carries it: fingerprint and newest word, by key."""
    known = {evidence.key: fingerprint(evidence) for evidence in standing.lookup.known(keys)}
    newest = newest_words(standing.lookup.facts.rulings)
    return {key: f"{known.get(key, '')}|{newest[key].id if key in newest else ''}" for key in keys}


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
    return redirect(own_page(request.POST.get("back", "")) or "/matters")


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
    waiting = (
        Draft.objects.filter(subject=EvidenceSubject(evidence.key).text, settled_at=None)
        .select_related("author")
        .first()
    )
    return render(request, "desk/item.html.j2", context | {"draft": waiting, "may_rule": request.user.may(Right.RULE)})


def rule(request: Asked, call: str) -> HttpResponse:
    """A word on one item. What somebody else said meanwhile, or facts that changed, stop it: the page is shown again
    with what was typed."""
    desk = current()
    try:
        with desk.session() as session:
            standing = reckoned(desk).standing(session, request.POST.get("period") or None, fresh=True)
            evidence = evidence_of(standing, call)
            wanted = _request(request, evidence)
            said = say(request, session, [_word(standing, evidence, wanted, request.POST.get("newest", ""))])
    except UsageError as error:
        return item_again(request, call, error)
    return redirect(f"/items/{call}?said={said}")


def item_again(request: Asked, call: str, error: UsageError) -> HttpResponse:
    """The page of an item as it now is, with what was typed and why it was not taken."""
    desk, may_rule = current(), request.user.may(Right.RULE)
    status = 409 if isinstance(error, (Overtaken, FactsChanged)) else status_of(error)
    with desk.session() as session:
        standing = reckoned(desk).standing(session, request.POST.get("period") or None, fresh=True)
        evidence = evidence_of(standing, call)
        context = item_context(session, standing, evidence) | {"may_rule": may_rule, "draft": None, "wrong": str(error)}
        if may_rule:
            context |= {"changes": points_changed(session, standing, evidence)}
    typed = {name: request.POST.get(name, "") for name in ("word", "value", "why", "until", "text", "question")}
    return render(request, "desk/item.html.j2", context | {"typed": typed}, status=status)


def _request(request: Asked, evidence: Evidence) -> RulingRequest:
    """What the form asks for; UsageError where it cannot be had, FactsChanged where it was looked at before."""
    if request.POST.get("seen", "") != fingerprint(evidence):
        raise FactsChanged(f"您打开以后事实有变化（现为：{evidence.sentence}），您的裁定没有记下，请看过再定")
    kind = _BY_WORD.get(request.POST.get("word", ""))
    if kind is None:
        raise UsageError("先选：成立、不成立还是更正")
    value = value_of(request.POST.get("value", "")) if kind == "amend" else ""
    last = typed_day(request.POST.get("until", ""), "有效至")
    return on_evidence(evidence, kind, request.POST.get("why", ""), value=value, until=last)


def _word(standing: Standing, evidence: Evidence, wanted: RulingRequest, newest: str) -> Word:
    return Word(
        request=wanted,
        newest=newest,
        about=about_item(standing.lookup, evidence),
        unit=evidence.unit,
        page=f"/items/{call_number(evidence.key)}",
    )


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
            wanted = on_evidence(evidence, kind, request.POST.get("why", ""))
            words.append(_word(standing, evidence, wanted, newest))
        say(request, session, words)
    return redirect(own_page(request.POST.get("back", "")) or "/matters")


# ---------------------------------------------------------------- records that may be one act


def pair(request: Asked, left: str, right: str) -> HttpResponse:
    """Two records side by side."""
    desk = current()
    with desk.session() as session:
        standing = reckoned(desk).standing(session)
    matter = _pair(standing, left, right)
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
    kind = {word: kind.value for kind, word in LINK_CHOICES.items()}.get(request.POST.get("word", ""), "")
    with desk.session() as session:
        standing = reckoned(desk).standing(session, fresh=True)
        matter = _pair(standing, left, right)
        wanted = on_link(left, right, kind, request.POST.get("why", ""))
        page = f"/pairs/{left}/{right}"
        say(request, session, [Word(request=wanted, newest="", about=matter.about, unit=matter.unit, page=page)])
    return redirect("/matters?kind=LINK")


def _pair(standing: Standing, left: str, right: str) -> OpenMatter:
    matter = next((m for m in standing.matters if m.pair and {m.pair.left, m.pair.right} == {left, right}), None)
    if matter is None:
        raise Http404("没有这一对，或已经有人定过")
    return matter

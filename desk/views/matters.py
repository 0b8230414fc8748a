"""What waits for a word: the queues, one matter with its proof, and the word itself."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from core.domain.models import Evidence, EvidenceSubject, Facts
from core.domain.ruling_kinds import LINK_CHOICES
from core.domain.ruling_validity import call_number, fingerprint, ruled_links
from core.domain.ruling_words import value_of
from core.storage.session import Session
from desk.access import Asked
from desk.as_it_stands import reckoned
from desk.district import CloseUp
from desk.item_page import close_up, item_context, points_changed
from desk.kept import status_of
from desk.log import note
from desk.models import Account, Assignment, Draft
from desk.paging import page_of
from desk.questions import all_waiting, waiting_since
from desk.roles import Right
from desk.say import FactsChanged, Word, say
from desk.site import current
from desk.typed import own_page, typed_day
from pipeline.by_unit import lookup_of_records
from reporting.evidence_items import record_line
from reporting.open_matters import OpenMatter, about_item
from review.rulings import Overtaken, RulingRequest, on_evidence, on_link

MOST_TOGETHER = 100  # matters in one word
_BY_WORD = {"成立": "confirm", "不成立": "dismiss", "更正": "amend"}


# ---------------------------------------------------------------- the queues


def listed(request: Asked) -> HttpResponse:
    """What is open, of a kind, a unit or a person where asked; a page at a time."""
    desk = current()
    kind, unit, mine = request.GET.get("kind", ""), request.GET.get("unit", ""), request.GET.get("mine", "") == "1"
    with desk.session() as session:
        district = reckoned(desk).listed(session)
        asked = waiting_since(all_waiting(session))
    matters: Sequence[OpenMatter] = district.matters.of(kind, unit)
    if mine:
        own = district.matters.called(Assignment.objects.filter(account=request.user).values_list("matter", flat=True))
        matters = [m for m in own if kind in ("", m.kind.name) and unit in ("", m.unit)]
    page = page_of(request, matters)
    given = Assignment.objects.filter(matter__in=[m.call for m in page.rows]).select_related("account")
    return render(
        request,
        "desk/matters.html.j2",
        {
            "page": page,
            "kinds": [(k.name, k.value, tally.number) for k, tally in district.matters.tallies.items()],
            "kind": kind,
            "unit": unit,
            "mine": mine,
            "units": [(u.slug, u.name) for u in desk.config.units],
            "assigned": {a.matter: a.account for a in given},
            "asked": asked,
            "may_rule": request.user.may(Right.RULE),
            "may_assign": request.user.may(Right.HAND_IN),
            "people": Account.objects.filter(is_active=True, role__in=["head", "reviewer", "clerk"]),
            "seen": {m.evidence: district.parts[district.shared.part(m.unit)].seen.get(m.call, "") for m in page.rows},
            "period": district.period,
            "lag": district.lag,
        },
    )


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
    with current().session() as session:
        known = close_up(session, call, period=request.GET.get("period") or None)
        context = item_context(session, known)
        if request.user.may(Right.RULE):
            context |= {"changes": points_changed(session, known)}
    note(request, "saw", call, context["view"].about)
    waiting = (
        Draft.objects.filter(subject=EvidenceSubject(known.evidence.key).text, settled_at=None)
        .select_related("author")
        .first()
    )
    return render(request, "desk/item.html.j2", context | {"draft": waiting, "may_rule": request.user.may(Right.RULE)})


def rule(request: Asked, call: str) -> HttpResponse:
    """A word on one item. What somebody else said meanwhile, or facts that changed, stop it: the page is shown again
    with what was typed."""
    try:
        with current().session() as session:
            known = close_up(session, call, period=request.POST.get("period") or None, fresh=True)
            wanted = _request(request, known.evidence)
            said = say(request, session, [_word(known, wanted, request.POST.get("newest", ""))])
    except UsageError as error:
        return item_again(request, call, error)
    return redirect(f"/items/{call}?said={said}")


def item_again(request: Asked, call: str, error: UsageError) -> HttpResponse:
    """The page of an item as it now is, with what was typed and why it was not taken."""
    may_rule = request.user.may(Right.RULE)
    status = 409 if isinstance(error, (Overtaken, FactsChanged)) else status_of(error)
    with current().session() as session:
        known = close_up(session, call, period=request.POST.get("period") or None, fresh=True)
        context = item_context(session, known) | {"may_rule": may_rule, "draft": None, "wrong": str(error)}
        if may_rule:
            context |= {"changes": points_changed(session, known)}
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


def _word(known: CloseUp, wanted: RulingRequest, newest: str) -> Word:
    return Word(
        request=wanted,
        newest=newest,
        about=about_item(known.lookup, known.evidence),
        unit=known.evidence.unit,
        page=f"/items/{call_number(known.evidence.key)}",
    )


def together(request: Asked) -> HttpResponse:
    """One word and one reason on several matters of a list, all or none."""
    calls = request.POST.getlist("call")
    if not calls:
        raise UsageError("没有选事项：先勾选，再裁定")
    if len(calls) > MOST_TOGETHER:
        raise UsageError(f"一次至多 {MOST_TOGETHER} 项")
    kind = _BY_WORD.get(request.POST.get("word", ""))
    if kind not in ("confirm", "dismiss"):
        raise UsageError("成批只能裁定成立或不成立；更正请逐项")
    with current().session() as session:
        words = []
        for call in calls:
            known = close_up(session, call, fresh=True)
            evidence = known.evidence
            seen, _, newest = request.POST.get(f"seen-{call}", "").partition("|")
            if seen != fingerprint(evidence):
                raise FactsChanged(f"事项 {call} 在您打开以后有变化（现为：{evidence.sentence}），一项都没有记下")
            wanted = on_evidence(evidence, kind, request.POST.get("why", ""))
            words.append(_word(known, wanted, newest))
        say(request, session, words)
    return redirect(own_page(request.POST.get("back", "")) or "/matters")


# ---------------------------------------------------------------- records that may be one act


def pair(request: Asked, left: str, right: str) -> HttpResponse:
    """Two records side by side."""
    with current().session() as session:
        matter = _pair(session, left, right)
        lookup = lookup_of_records(session, reckoned(current()).listed(session).shared, (left, right))
    note(request, "saw", matter.call, matter.about)
    lines = [record_line(lookup, name) for name in (left, right)]
    records = [_record(lookup.facts, name) for name in (left, right)]
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


def _record(facts: Facts, name: str) -> dict[str, str]:
    """What a record says, field by field, in words."""
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
    kind = {word: kind.value for kind, word in LINK_CHOICES.items()}.get(request.POST.get("word", ""), "")
    with current().session() as session:
        matter = _pair(session, left, right)
        wanted = on_link(left, right, kind, request.POST.get("why", ""))
        page = f"/pairs/{left}/{right}"
        say(request, session, [Word(request=wanted, newest="", about=matter.about, unit=matter.unit, page=page)])
    return redirect("/matters?kind=LINK")


def _pair(session: Session, left: str, right: str) -> OpenMatter:
    """The open question whether two records are one act; Http404 where nothing asks it any more, as of now."""
    decisions = session.evaluations.decisions_of([left, right]).values()
    asked = any({pair.left, pair.right} == {left, right} for decision in decisions for pair in decision.reviews)
    ruled = frozenset((left, right)) in ruled_links(session.rulings.all())
    matter = reckoned(current()).listed(session, units=[d.unit for d in decisions]).pair(frozenset((left, right)))
    if matter is None or ruled or not asked:
        raise Http404("没有这一对，或已经有人定过")
    return matter

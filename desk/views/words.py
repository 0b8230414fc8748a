"""The office's other words: on claims and repairs, months, records, units; and every word ever said, to be lifted."""

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import UsageError
from core.domain.models import Decision, Ruling, UnitSubject
from core.domain.periods import parse_period
from core.domain.ruling_kinds import CHOICES, UNIT_KINDS, RulingKind
from core.domain.ruling_words import value_of
from core.storage.session import Session
from desk.access import Asked
from desk.as_it_stands import reckoned
from desk.log import note
from desk.paging import page_of
from desk.roles import Right
from desk.say import Word, say
from desk.site import current
from desk.typed import own_page, typed_day
from pipeline.by_unit import evaluation_of_unit, lookup_of_subjects, units_of_rulings, with_filings_of_now
from pipeline.conduct import require_conduct
from pipeline.held import refusals_held
from reporting import wording
from review.claims import claimed_decision, on_claim, on_no_repair, on_repair
from review.months import month_subject, on_month
from review.records import on_record, record_named, troubled_records
from review.ruling_list import ruling_list
from review.rulings import newest_on, of_standing, on_lift, on_unit, ruling_named


def _decision(session: Session, name: str) -> Decision:
    known = session.evaluations.decisions([name]).get(name)
    if known is None:
        raise Http404("没有这件决定：事实有变化")
    return known


# ---------------------------------------------------------------- on a decision


def rule_claim(request: Asked) -> HttpResponse:
    """A unit's claim that a decision need not be published, or not yet: taken, or not."""
    with current().session() as session:
        decision, today = _decision(session, request.POST.get("id", "")), session.now().date()
        submissions = session.submissions.by_id(decision.submissions)
        claimed = claimed_decision(decision, submissions, session.rulings.all(), today)
        if request.POST.get("seen", "") != claimed.claim.fingerprint:
            raise UsageError("您打开以后单位的主张有变化，裁定没有记下，请看过再定")
        kind = {"采信": "accept", "不予采信": "dismiss"}.get(request.POST.get("word", ""), "")
        until = typed_day(request.POST.get("until", ""), "采信到哪一天")
        wanted = on_claim(claimed, kind, request.POST.get("why", ""), today, until=until)
        return _of_decision(request, session, decision, Word(
            request=wanted, newest=request.POST.get("newest", ""), unit=decision.unit, page=_page(decision),
            about=f"{_named(decision)}：{claimed.claim.kind}的主张",
        ))  # fmt: skip


def rule_repair(request: Asked) -> HttpResponse:
    """The repair of a decision put on record, or its record taken back."""
    with current().session() as session:
        decision, rulings = _decision(session, request.POST.get("id", "")), session.rulings.all()
        if request.POST.get("word") == "撤回登记":
            wanted = on_no_repair(decision, rulings, request.POST.get("why", ""))
        else:
            day = typed_day(request.POST.get("on", ""), "修复的日期")
            if day is None:
                raise UsageError("要写明哪一天修复的")
            wanted = on_repair(decision, day, request.POST.get("why", ""), session.now().date())
        return _of_decision(request, session, decision, Word(
            request=wanted, newest=request.POST.get("newest", ""), about=f"{_named(decision)}：信用修复",
            unit=decision.unit, page=_page(decision),
        ))  # fmt: skip


def _of_decision(request: Asked, session: Session, decision: Decision, word: Word) -> HttpResponse:
    say(request, session, [word])
    return redirect(_page(decision))


def _named(decision: Decision) -> str:
    return wording.safe(f"{wording.kind(decision.kind)} {decision.number or decision.id} {decision.name}")


def _page(decision: Decision) -> str:
    return f"/decisions/one?{urlencode({'id': decision.id})}"


# ---------------------------------------------------------------- on a unit


def rule_unit(request: Asked, slug: str) -> HttpResponse:
    """Note 2's deduction, a direct yellow, the conduct's ceiling."""
    desk = current()
    known = _unit(slug)
    period = parse_period(request.POST.get("period", ""))
    if period.interim:
        raise UsageError(f"{period.name} 不是季度")
    kind = {CHOICES[kind]: kind.value for kind in UNIT_KINDS}.get(request.POST.get("word", ""), "")
    value = value_of(request.POST.get("value", ""))
    with desk.session() as session:
        wanted = on_unit(slug, period.name, kind, value, request.POST.get("why", ""))
        wanted = of_standing(wanted, session.rulings.all(), session.now().date())
        if wanted.kind is RulingKind.CONDUCT:
            shared = reckoned(desk).listed(session, period.name).shared
            require_conduct(session, evaluation_of_unit(session, with_filings_of_now(session, shared), slug), slug)
        about = f"{known} {period.name} {CHOICES[wanted.kind]} {request.POST.get('value', '')}"
        newest = request.POST.get("newest", "")
        say(request, session, [Word(request=wanted, newest=newest, about=about, unit=slug, page=f"/units/{slug}")])
    return redirect(f"/units/{slug}?period={period.name}")


def rule_month(request: Asked, slug: str) -> HttpResponse:
    """All of a month's decisions of one kind were handed in; or this is taken back."""
    known = _unit(slug)
    with current().session() as session:
        month, kind = request.POST.get("month", ""), request.POST.get("kind", "")
        subject = month_subject(slug, kind, month, session.now().date())
        rulings = session.rulings.all()
        word = "dismiss" if request.POST.get("word") == "撤回" else "accept"
        wanted = on_month(subject, word, request.POST.get("why", ""), rulings)
        newest = newest_on(rulings, subject)
        about = f"{known} {month} {kind}已报齐"
        say(
            request,
            session,
            [Word(request=wanted, newest=newest.id if newest else "", about=about, unit=slug, page=f"/units/{slug}")],
        )
    return redirect(f"/units/{slug}")


def _unit(slug: str) -> str:
    known = next((unit.name for unit in current().config.units if unit.slug == slug), None)
    if known is None:
        raise Http404("没有这个单位")
    return known


# ---------------------------------------------------------------- on records


def records(request: Asked) -> HttpResponse:
    """What is set aside, was not taken, cannot be read or was withdrawn, each with where it stands."""
    desk = current()
    with desk.session() as session:
        shared, damaged = reckoned(desk).listed(session).shared, request.GET.get("damaged") == "1"
        filed = [item for each in shared.filed.values() for item in each]
        listed = troubled_records(session, filed, refusals_held(session), damaged=damaged)
    names = {unit.slug: unit.name for unit in desk.config.units}
    return render(
        request,
        "desk/records.html.j2",
        {
            "page": page_of(request, listed),
            "names": names,
            "damaged": damaged,
            "may_rule": request.user.may(Right.RULE),
        },
    )


def rule_record(request: Asked) -> HttpResponse:
    """Withdraw a record, or release it; the night takes it up."""
    kind = {"撤回": RulingKind.WITHDRAW, "放行": RulingKind.RELEASE}.get(request.POST.get("word", ""))
    if kind is None:
        raise UsageError("先选：撤回还是放行")
    with current().session() as session:
        _, record = record_named(session, request.POST.get("record", ""))
        wanted = on_record(session, record, kind, request.POST.get("why", ""))
        newest = newest_on(session.rulings.all(), wanted.subject)
        about = f"记录 {record[:12]} {CHOICES[kind]}"
        say(
            request,
            session,
            [Word(request=wanted, newest=newest.id if newest else "", about=about, unit="", page="/records")],
        )
    return redirect("/records")


# ---------------------------------------------------------------- every word


def rulings(request: Asked) -> HttpResponse:
    """Every ruling with what it is about and whether it still counts, the newest first."""
    desk = current()
    unit = request.GET.get("unit", "")
    with desk.session() as session:
        shared = reckoned(desk).listed(session, request.GET.get("period") or None).shared
        said = session.rulings.all()[::-1]
        units = units_of_rulings(session, shared, said) if unit else {}
        page = page_of(request, [ruling for ruling in said if not unit or units[ruling.id] == unit])
        rows = ruling_list(lookup_of_subjects(session, shared, [ruling.subject for ruling in page.rows]), page.rows)
    return render(
        request,
        "desk/rulings.html.j2",
        {
            "page": page,
            "rows": rows,
            "unit": unit,
            "units": [(u.slug, u.name) for u in desk.config.units],
            "names": {u.slug: u.name for u in desk.config.units},
            "may_rule": request.user.may(Right.RULE),
        },
    )


def lift(request: Asked) -> HttpResponse:
    """Take a word back: what was said before it counts again."""
    desk = current()
    with desk.session() as session:
        known = session.rulings.all()
        wanted = on_lift(known, request.POST.get("ruling", ""), request.POST.get("why", ""))
        named = ruling_named(known, request.POST.get("ruling", ""))
        about = f"撤回 {named.by} {named.at:%Y-%m-%d} 的裁定：{CHOICES[named.word]}"
        page = _shown_at(request, named)
        newest = newest_on(known, wanted.subject)
        word = Word(request=wanted, newest=newest.id if newest else "", about=about, unit="", page=page)
        done = say(request, session, [word])
        reckoned(desk).heard()
    if done == "ruled":  # and not put up for a second person
        note(request, "lifted", page, request.POST.get("why", ""))
    return redirect(page)


def _shown_at(request: Asked, ruling: Ruling) -> str:
    if isinstance(ruling.subject, UnitSubject):
        return f"/units/{ruling.subject.unit}"
    return own_page(request.POST.get("back", ""), "/items/", "/rulings") or "/rulings"

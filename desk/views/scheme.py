"""The scheme in force: indicators, readings with their alternatives, and what a change would do. Nothing is changed."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from django.http import HttpResponse
from django.shortcuts import render

from core.domain.errors import UsageError
from core.domain.models import Score
from core.domain.periods import parse_period
from core.domain.scheme import Scheme
from core.storage.session import Session
from desk.access import Asked
from desk.as_it_stands import reckoned
from desk.log import note
from desk.roles import Right
from desk.site import current
from desk.views.comparing import told_of
from pipeline.newest import newest_night
from pipeline.quarter import quarter_in_question
from pipeline.whatif import changed_scheme, if_read, if_scheme, score_changes
from reporting import wording
from reporting.explanation import RULE_WORDS

_ONE = Lock()  # another scheme judges everything anew on a copy of the store: one at a time


def shown(request: Asked) -> HttpResponse:
    """What is weighed, by which rule, with which parameters; and who would move under another reading (`reading`,
    `choice`) or with another value (`set`, `value`)."""
    desk = current()
    with desk.session() as session:
        period = quarter_in_question(session).name
        scheme = desk.config.on(parse_period(period).first).scheme
        tried, after = _tried(request, session, period, scheme)
        before = () if after is None else reckoned(desk).district(session, period).scores
    moves = None if after is None else [told_of(m) for m in score_changes(before, after) if not m.is_still]
    return render(
        request,
        "desk/scheme.html.j2",
        {
            "scheme": scheme,
            "period": period,
            "kinds": wording.UNIT_KINDS,
            "provenance": wording.PROVENANCE,
            "rules": RULE_WORDS,
            "names": {unit.slug: unit.name for unit in desk.config.units},
            "moves": moves,
            "tried": tried,
            "values": tuple(_values(scheme)),
            "asked": request.GET.get("set", ""),
            "value": request.GET.get("value", ""),
            "may_try": request.user.may(Right.RULE),
        },
    )


def _values(scheme: Scheme) -> Iterable[tuple[str, str]]:
    """(what `set` takes, its name with what it is now) of every value that may be tried."""
    yield "grades:red", f"红名单下限（现为 {scheme.grades.red.normalize():f}）"
    yield "grades:blue", f"蓝名单下限（现为 {scheme.grades.blue.normalize():f}）"
    for indicator in scheme.indicators:
        if indicator.enabled and indicator.points:
            yield (
                f"{indicator.code}:points",
                f"{indicator.code} {indicator.title} 分值（现为 {indicator.points.normalize():f}）",
            )
        for name, value in indicator.parameters.items() if indicator.enabled else ():
            yield (
                f"{indicator.code}:parameters.{name}",
                f"{indicator.code} {indicator.title} {name}（现为 {value.normalize():f}）",
            )


def _tried(request: Asked, session: Session, quarter: str, scheme: Scheme) -> tuple[str, tuple[Score, ...] | None]:
    """(what is tried, in words, the scores under it); ("", None) where nothing is asked."""
    desk, period = current(), parse_period(quarter)
    path, then = desk.folder / desk.config.district.scheme, session.at(newest_night(session))
    if slug := request.GET.get("reading", ""):
        choice, reading = request.GET.get("choice", ""), scheme.reading(slug)
        if reading is None or choice not in {c.name for c in reading.others}:
            raise UsageError("没有这种解读")
        note(request, "saw", slug, f"试算解读 {choice}")
        text = next(c.text for c in reading.others if c.name == choice)
        return f"{reading.title}：{text}", if_read(
            then, period, path, (f"{slug}:in_force={choice}", f"{slug}:enabled=true")
        )
    asked, value = request.GET.get("set", ""), request.GET.get("value", "").strip()[:12]
    if not asked:
        return "", None
    named = dict(_values(scheme)).get(asked)
    if named is None or not request.user.may(Right.RULE):
        raise UsageError("没有可以这样试算的值")
    note(request, "saw", asked, f"试算 {value}")
    return f"{named} 改为 {value}", _under(then, quarter, changed_scheme(path, [f"{asked}={value}"]))


def _under(session: Session, period: str, scheme: Scheme) -> tuple[Score, ...]:
    if not _ONE.acquire(blocking=False):
        raise UsageError("正有人在试算另一个值，请稍等再试")
    try:
        with tempfile.TemporaryDirectory(prefix="chengxin-desk-") as work:
            return if_scheme(session, parse_period(period), scheme, Path(work))
    finally:
        _ONE.release()

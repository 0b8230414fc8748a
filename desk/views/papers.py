"""What the office downloads and looks up beside the matters: forms, what is missing, rates, sheets, reports."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from django.http import FileResponse, HttpResponse
from django.shortcuts import render

from core.domain.config import Config
from core.domain.errors import UsageError
from core.domain.forms import forms
from core.domain.periods import month_before, parse_period
from desk.access import Asked, own_unit
from desk.as_it_stands import reckoned
from desk.log import note
from desk.paging import whole_number
from desk.site import current
from intake.template import write_template
from pipeline import publish as publishing
from pipeline.filings import missing_of
from pipeline.newest import evaluation_at, newest_night
from pipeline.worksheets import write_drawn, write_month
from reporting import wording
from reporting.unit_views import rates_view

AUDIENCES = {"dept-a": "A类部门", "dept-b": "B类部门", "town": "镇（街道）", "office": "提供数据的部门"}
MOST_EACH = 20  # decisions of a unit and kind in one sample


def listed(request: Asked) -> HttpResponse:
    """What there is to be had; the list of what is missing, or the rates, where one is asked for."""
    desk, month, period = current(), request.GET.get("month", ""), request.GET.get("rates", "")
    missing, rates = None, None
    with desk.session() as session:
        last = month_before(newest_night(session).date())
        quarter = reckoned(desk).standing(session).period
        if month:
            if not parse_period(month).interim:
                raise UsageError(f"{month} 不是月份，应写成 2026-08")
            missing = missing_of(session, month)
        if period:
            standing = reckoned(desk).standing(session, period)
            named = period if parse_period(period).interim else ""
            by_unit = publishing.unit_rates(desk.config, standing.evaluation, standing.lookup.facts, named)
            rates = [(wording.unit_name(desk.config, slug), rates_view(row)) for slug, row in by_unit.items()]
    return render(
        request,
        "desk/papers.html.j2",
        {
            "last": last,
            "quarter": quarter,
            "audiences": AUDIENCES.items(),
            "forms": [form.title for form in forms().values()],
            "formats": publishing.FORMATS,
            "month": month,
            "missing": missing,
            "names": {unit.slug: unit.name for unit in desk.config.units},
            "period": period,
            "rates": rates,
        },
    )


def template(request: Asked) -> FileResponse:
    """A form to hand out."""
    kind, audience = request.GET.get("kind", "全部"), request.GET.get("for", "")
    config = _today()
    name = f"{AUDIENCES.get(audience, '')}{'' if kind == '全部' else kind}报送表.xlsx"
    return _file(name, lambda out: write_template(kind, out, config, audience if kind == "全部" else ""))


def own_template(request: Asked) -> FileResponse:
    """All forms of one's own kind of unit."""
    config, slug = _today(), own_unit(request)
    return _file("报送表.xlsx", lambda out: write_template("全部", out, config, config.unit(slug).kind))


def _today() -> Config:
    return current().config.on(current().clock.now().date())


def month_sheet(request: Asked) -> FileResponse:
    """The month's 双公示 sheet."""
    month = request.GET.get("month", "")
    with current().session() as session:
        evaluation = evaluation_at(session, month or None)
        return _file(f"{month}双公示月报.xlsx", lambda out: write_month(session, evaluation, out))


def sample(request: Asked) -> FileResponse:
    """Decisions drawn by lot, to be compared by hand."""
    each = whole_number(request.GET.get("each", "2"))
    if not 1 <= each <= MOST_EACH:
        raise UsageError(f"每类抽几件写 1 到 {MOST_EACH} 的数")
    seed = request.GET.get("seed", "").strip()[:40]
    with current().session() as session:
        evaluation = evaluation_at(session, request.GET.get("period") or None)
        name = f"随机比对单-{evaluation.period}.xlsx"
        return _file(name, lambda out: write_drawn(session, evaluation, out, each, seed))


def report(request: Asked) -> FileResponse:
    """A report of a quarter, a quarter so far, or a year, in one form."""
    name, form = request.GET.get("period", ""), request.GET.get("form", "html")
    with current().session() as session:
        made = publishing.report_of(session.at(newest_night(session)), name)
        data = publishing.render(made, form)
    note(request, "saw", name, f"报告 {form}")
    return _file(f"{made.title}.{form}", lambda out: out.write_bytes(data))


def _file(name: str, write: Callable[[Path], object]) -> FileResponse:
    """What `write` writes, to be saved."""
    with tempfile.TemporaryDirectory(prefix="chengxin-desk-") as folder:
        out = Path(folder) / f"made{Path(name).suffix}"
        write(out)
        data = out.open("rb")  # open, it outlives its name
    return FileResponse(data, as_attachment=True, filename=name)

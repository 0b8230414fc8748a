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
from desk.log import note
from desk.paging import whole_number
from desk.site import current
from intake.template import write_template
from pipeline import publish as publishing
from pipeline.filings import missing_of
from pipeline.newest import evaluation_at, evidence_at, newest_night
from pipeline.quarter import quarter_in_question
from pipeline.report_context import facts_of
from pipeline.worksheets import write_drawn, write_month, write_reviewed
from reporting import wording
from reporting.formal.report import FormalReport, public_edition
from reporting.unit_views import rates_view

AUDIENCES = {"dept-a": "A类部门", "dept-b": "B类部门", "town": "镇（街道）", "office": "提供数据的部门"}
MOST_EACH = 20  # decisions of a unit and kind in one sample


def listed(request: Asked) -> HttpResponse:
    """What there is to be had; the list of what is missing, or the rates, where one is asked for."""
    desk, month, period = current(), request.GET.get("month", ""), request.GET.get("rates", "")
    missing, rates = None, None
    with desk.session() as session:
        last = month_before(newest_night(session).date())
        quarter = quarter_in_question(session).name
        if month:
            if not parse_period(month).interim:
                raise UsageError(f"{month} 不是月份，应写成 2026-08")
            missing = missing_of(session, month)
        if period:
            evaluation = evidence_at(session, period)
            named = period if parse_period(period).interim else ""
            by_unit = publishing.unit_rates(desk.config, evaluation, facts_of(session, evaluation), named)
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


def review_book(request: Asked) -> FileResponse:
    """What waits for a word, to be filled in by several people; handed in, its words are rulings."""
    with current().session() as session:
        evaluation = evaluation_at(session, request.GET.get("period") or None)
        return _file(f"复核表-{evaluation.period}.xlsx", lambda out: write_reviewed(session, evaluation, out))


def report(request: Asked) -> FileResponse:
    """A report of a quarter, a quarter so far, or a year, in one form; whole, as the public edition, the one page for
    leaders, or the letter to a unit's leader (`edition`: its slug)."""
    name, form, edition = (request.GET.get(field, "") for field in ("period", "form", "edition"))
    with current().session() as session:
        made = publishing.report_of(session.at(newest_night(session)), name)
    stem, data = _edition(public_edition(made) if edition == "public" else made, edition, form or "html")
    note(request, "saw", name, f"报告 {edition} {form}")
    return _file(f"{stem}.{form or 'html'}", lambda out: out.write_bytes(data))


def _edition(made: FormalReport, edition: str, form: str) -> tuple[str, bytes]:
    """(name, bytes) of a report's edition; UsageError for a unit that is not in it, or a form that it has not."""
    if edition in ("", "public"):
        return f"{made.title}{'（公开版）' if edition else ''}", publishing.render(made, form)
    if form not in ("html", "pdf"):
        raise UsageError("简报和告知书只有 html、pdf 两种格式")
    if edition == "brief" and made.leaders is None:
        raise UsageError("年度报告不评等级，没有简报：请写季度，例如 2026Q3")
    with tempfile.TemporaryDirectory(prefix="chengxin-desk-") as folder:
        if edition == "brief":
            files = publishing.write_brief(made, Path(folder), lambda _: None)
        else:
            unit = publishing.unit_of(made, edition)
            files = list(publishing.write_letters(made, [unit], Path(folder), lambda _: None))
        path = next(Path(folder) / file.name for file in files if file.name.endswith(f".{form}"))
        return path.stem, path.read_bytes()


def _file(name: str, write: Callable[[Path], object]) -> FileResponse:
    """What `write` writes, to be saved."""
    with tempfile.TemporaryDirectory(prefix="chengxin-desk-") as folder:
        out = Path(folder) / f"made{Path(name).suffix}"
        write(out)
        data = out.open("rb")  # open, it outlives its name
    return FileResponse(data, as_attachment=True, filename=name)

"""Reports of a period: the book from the store (or as frozen), every form of it, letters, the distribution set."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from checks import REASONS
from core.domain.config import Config
from core.domain.errors import DeliveryError, UsageError
from core.domain.models import Channel, Evaluation, Facts, Filing, FrozenResult, Score, UnitRates
from core.domain.periods import YEAR, Period, before, parse_period, period_of, quarters_of
from core.domain.ruling_validity import newest_words
from core.domain.text import printable
from core.runtime.atomic_write import write_whole
from core.storage.hash_chain import head
from core.storage.session import Session
from pipeline.open_matters import matters_of
from pipeline.report_context import lookup_of
from pipeline.score import evaluation_of
from pipeline.stamp import seal_told
from pipeline.versions import standing
from reporting.formal.annual import build_year
from reporting.formal.docx import report_docx
from reporting.formal.html import brief_html, formal_html, letter_html
from reporting.formal.json_form import report_json
from reporting.formal.pdf import to_pdf
from reporting.formal.press import Printer, press_for, printing_here
from reporting.formal.report import FormalReport, ReportFacts, build_report, public_edition
from reporting.formal.xlsx import report_xlsx
from reporting.lookup import Lookup
from reporting.open_matters import counted
from reporting.view_models import UnitView
from review.freeze import as_frozen
from review.objections import closing_day
from scoring.rates import RateFacts, rates_of, total_of

FORMATS = ("html", "pdf", "docx", "xlsx", "json")
HISTORY = 3  # quarters before, for movement and trend
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Written:
    """One file of a set: its name, its size in bytes, its SHA-256, and whom it is for."""

    name: str
    size: int
    sha256: str
    for_whom: str


def open_report(session: Session, period: Period) -> FormalReport:
    """The full edition of a period: as frozen where it is, else as it stands."""
    result = session.frozen.newest(period.name)
    evaluation = as_frozen(result) if result else evaluation_of(session, period)
    proposed = session.proposals.of(result) if result else None
    who = f"{proposed.by} 提议、{result.by} " if result and proposed else f"{result.by} " if result else ""
    fixed = f"已于 {result.at:%Y-%m-%d} 由 {who}冻结，第 {result.version} 版" if result else ""
    lookup = lookup_of(session, evaluation, export=True)
    rates = unit_rates(lookup.config, evaluation, lookup.facts)
    return build_report(
        lookup,
        ReportFacts(
            rates=rates,
            total=total_of(rates.values()),
            history=_history(session, period),
            surveys=_surveys(session, period, evaluation.at),
            objections_until=closing_day(lookup.config, period),
            fixed=fixed,
            left_open=_left_open(session, lookup, result),
            head=head(session.store),
            seal=seal_told(session),
        ),
    )


def _left_open(session: Session, lookup: Lookup, result: FrozenResult | None) -> str:
    """What was not settled when the quarter was frozen, and why it was all the same; of one that is not, what is not
    now: the counts that `pending`, `status` and the night's report give."""
    if result is not None:
        return f"冻结时还没有定的：{'；'.join(result.left_open)}。理由：{result.over}。" if result.over else ""
    open_now = "、".join(f"{kind.value} {number} 项" for kind, number in counted(matters_of(session, lookup)).items())
    return f"还没有定的：{open_now}（逐项见 chengxin pending）。" if open_now else ""


def _surveys(session: Session, period: Period, until: datetime) -> list[Filing]:
    """群众满意度 of the period, as handed in until then by the office."""
    filed = standing(session).between(f"{period.first:%Y-%m}", f"{period.last:%Y-%m}")
    return [filing for filing in filed if filing.form == "satisfaction" and filing.received_at <= until]


def unit_rates(config: Config, evaluation: Evaluation, facts: Facts, month: str = "") -> dict[str, UnitRates]:
    """The official rates of every unit with a decision in the period, or in one of its months."""
    channels = {p.id: p.channel for p in config.portals}
    decisions = {
        k: d
        for k, d in evaluation.decisions.items()
        if not month or (d.decided_on and f"{d.decided_on[-1]:%Y-%m}" == month)
    }
    seen: dict[str, frozenset[Channel]] = {}
    for name, decision in decisions.items():
        stood = (facts.findings[ref].portal for ref in decision.findings if ref in facts.findings)
        seen[name] = frozenset(channels[portal] for portal in stood if portal in channels)
    evidence = [e for e in evaluation.evidence if e.decision in decisions]
    words = newest_words(facts.rulings)
    rates = rates_of(
        RateFacts(
            decisions=decisions, evidence=evidence, seen=seen, words=words, today=evaluation.at.date(), reasons=REASONS
        )
    )
    return {unit.slug: rates[unit.slug] for unit in config.units if unit.slug in rates}


def _history(session: Session, period: Period) -> list[tuple[str, Sequence[Score]]]:
    """The quarters before, as frozen where they are; those of which nothing is known are left out."""
    begun = _begun(session)
    history: list[tuple[str, Sequence[Score]]] = []
    for back in range(HISTORY, 0, -1):
        earlier = period_of(before(period, back))
        result = session.frozen.newest(earlier.name)
        if result:
            history.append((earlier.name, as_frozen(result).scores))
        elif earlier.last >= begun:
            history.append((earlier.name, evaluation_of(session, earlier).scores))
    return history


def _begun(session: Session) -> date:
    """The day of the first night; today where none has run."""
    return session.runs.first_day() or session.now().date()


# ---------------------------------------------------------------- forms


def render(report: FormalReport, form: str, say: Progress = lambda _: None) -> bytes:
    """A book in one of FORMATS; UsageError for another."""
    if form == "html":
        return formal_html(report).encode()
    if form == "pdf":
        return to_pdf(formal_html(report), report.day, say)
    if form == "docx":
        return report_docx(report)
    if form == "xlsx":
        return report_xlsx(report)
    if form == "json":
        return report_json(report)
    raise UsageError(f"没有这种格式：{form}（可选：{'、'.join(FORMATS)}）")


def unit_of(report: FormalReport, slug: str) -> UnitView:
    """A unit of the report; UsageError where the report has none such."""
    unit = next((unit for unit in report.units if unit.slug == slug), None)
    if unit is None:
        raise UsageError(f"报告里没有这个单位：{slug}")
    return unit


def write(folder: Path, name: str, data: bytes, for_whom: str) -> Written:
    """Write a file whole or not at all; DeliveryError where that is not possible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, data)
    except OSError as error:
        raise DeliveryError(f"写不进去：{folder / name}：{error.strerror}") from error
    return Written(name, len(data), hashlib.sha256(data).hexdigest(), for_whom)


@dataclass(frozen=True, slots=True)
class Draft:
    """A file that is to be written: where, for whom, its bytes when asked for, and what is said before."""

    folder: Path
    name: str
    for_whom: str
    data: Callable[[], bytes]
    said: str = ""


def write_report(report: FormalReport, forms: Sequence[str], folder: Path, say: Progress) -> list[Written]:
    """The report in the forms asked for."""
    return list(_written(_report(report, forms, folder, printing_here(say)), say))


def write_brief(report: FormalReport, folder: Path, say: Progress) -> list[Written]:
    """The one page for leaders, as HTML and as PDF; none of a year's report."""
    return list(_written(_brief(report, folder, printing_here(say)), say))


def write_letters(report: FormalReport, units: Sequence[UnitView], folder: Path, say: Progress) -> Iterator[Written]:
    """The letter to each unit's leader, as HTML and as PDF."""
    with press_for(len(units), say) as printer:
        yield from _written(list(_letters(report, units, folder, printer)), say)


def write_set(report: FormalReport, folder: Path, say: Progress) -> list[Written]:
    """Report, brief, letters and public edition, each in its folder; all are begun before the first is written."""
    leaders, public = folder / "区领导和营商办", public_edition(report)
    with press_for(len(report.units) + 3, say) as printer:
        drafts = [
            *_report(report, FORMATS, leaders, printer),
            *_brief(report, leaders, printer),
            *_letters(report, report.units, folder / "各单位主要负责人", printer),
            *_report(public, ("html", "pdf", "docx"), folder / "公开版", printer),
        ]
        return list(_written(drafts, say))


def _written(drafts: Iterable[Draft], say: Progress) -> Iterator[Written]:
    for draft in drafts:
        if draft.said:
            say(draft.said)
        yield write(draft.folder, draft.name, draft.data(), draft.for_whom)


def _report(report: FormalReport, forms: Sequence[str], folder: Path, printer: Printer) -> Iterator[Draft]:
    full = report.edition == "full"
    stem, for_whom = (report.title, "区信用办") if full else (f"{report.title}（公开版）", "信用网站")
    for form in forms:
        made = printer(formal_html(report), report.day) if form == "pdf" else partial(render, report, form)
        yield Draft(folder, f"{_safe(stem)}.{form}", for_whom, made, f"生成 {form}")


def _brief(report: FormalReport, folder: Path, printer: Printer) -> Iterator[Draft]:
    if report.leaders is not None:
        page = brief_html(report)
        yield from _page(folder, f"{report.title}（简报）", "区领导", page, printer(page, report.day), "生成简报")


def _letters(report: FormalReport, units: Sequence[UnitView], folder: Path, printer: Printer) -> Iterator[Draft]:
    for number, unit in enumerate(units, 1):
        page, said = letter_html(report, unit), f"告知书 {number}/{len(units)}：{unit.short}"
        for_whom = f"{unit.name}主要负责人"
        yield from _page(folder, f"告知书-{unit.name}", for_whom, page, printer(page, report.day), said)


def _page(
    folder: Path, name: str, for_whom: str, page: str, printed: Callable[[], bytes], said: str
) -> Iterator[Draft]:
    """A page as HTML and as PDF."""
    yield Draft(folder, f"{_safe(name)}.html", for_whom, page.encode, said)
    yield Draft(folder, f"{_safe(name)}.pdf", for_whom, printed)


def publish(session: Session, period: Period, folder: Path, say: Progress) -> list[Written]:
    """The distribution set of a frozen quarter with its manifest; UsageError while it is not frozen."""
    result = session.frozen.newest(period.name)
    if result is None:
        raise UsageError(f"{period.name} 还没有冻结，不能分发（chengxin freeze {period.name} --check 说明还差什么）")
    report = open_report(session, period)
    written = write_set(report, folder, say)
    manifest = {
        "period": period.name, "version": result.version, "frozen_at": result.at.isoformat(), "frozen_by": result.by,
        "judgement_sha256": result.sha256, "scheme": result.scheme, "scheme_sha256": result.scheme_hash,
        "chain_head": result.head, "code": result.code_version,
        "files": [asdict(file) for file in written],
    }  # fmt: skip
    data = printable(json.dumps(manifest, ensure_ascii=False, indent=1)).encode()
    return [*written, write(folder, "清单.json", data, "区信用办")]


def _safe(text: str) -> str:
    """Words fit for a file's name: no path comes from a title."""
    return "".join(c if c.isalnum() or c in "〔〕（）-" else "_" for c in text)[:80]


def report_of(session: Session, name: str) -> FormalReport:
    """The book of a quarter (2026Q3), a quarter so far (2026-08), or a year (2026); UsageError for another name."""
    if re.fullmatch(YEAR, name):
        return _year(session, int(name))
    return open_report(session, parse_period(name))


def _year(session: Session, year: int) -> FormalReport:
    """The quarters of a year that have begun and in which nights ran."""
    begun = _begun(session)
    held = [quarter for quarter in quarters_of(year) if quarter.first <= session.now().date() and quarter.last >= begun]
    if not held:
        raise UsageError(f"{year} 年没有可以报告的季度")
    return build_year(year, [open_report(session, quarter) for quarter in held])

"""The formal report as JSON: the fields that readers have stored, and their order; nothing else is promised.

The names are older than the words of the records (`proofs`, `whose`, `todo`) and stay.
"""

import json
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from reporting import wording
from reporting.formal.report import FormalReport
from reporting.view_models import IndicatorView, ItemView, RatesView, RateView, UnitView

Fields = dict[str, object]


def report_json(report: FormalReport) -> bytes:
    """The report's bytes; decimals and days as text."""
    return json.dumps(_report(report), ensure_ascii=False, indent=1, default=_plain).encode()


def _plain(value: object) -> str:
    return str(value) if isinstance(value, Decimal | date) else repr(value)


def _report(report: FormalReport) -> Fields:
    return {
        "edition": report.edition,
        "district": report.district,
        "office": report.office,
        "credit_site": report.credit_site,
        "title": report.title,
        "period": report.period,
        "at": report.at,
        "day": report.day,
        "simulated": report.simulated,
        "fixed": report.fixed,
        "left_open": report.left_open,
        "scheme": report.scheme,
        "units": [_unit(unit) for unit in report.units],
        "grades": report.grades,
        "total": _rates(report.total),
        "timeliness": [asdict(bar) for bar in report.timeliness],
        "weeks": [asdict(bar) for bar in report.weeks],
        "delays": [asdict(bar) for bar in report.delays],
        "surveys": [asdict(survey) for survey in report.surveys],
        "trend": report.trend,
        "coverage": {name: value for name, value in asdict(report.coverage).items() if name != "changes"},  # a night's
        "readings": [asdict(line) for line in report.readings],
        "origin": {name: value for name, value in asdict(report.origin).items() if name != "seal" or value},
    }


def _unit(unit: UnitView) -> Fields:
    score = unit.graded
    return {
        "slug": unit.slug,
        "name": unit.name,
        "short": unit.short,
        "kind": unit.kind,
        "grade": score.grade,
        "withheld": score.withheld,
        "won": score.won,
        "open_points": score.open_points,
        "scaled": score.scaled,
        "deducted": score.deducted,
        "total": score.total,
        "low": score.low,
        "high": score.high,
        "ceiling": score.ceiling,
        "moved": score.moved,
        "sure": score.sure,
        "rows": [_row(row) for row in score.listed],
        "good": score.good,
        "mend": score.mend,
        "items": [_item(item) for item in unit.accused],
        "open_items": unit.open_items,
        "to_settle": score.to_settle,
        "rates": [_rate(rate) for rate in unit.rates],
    }


def _row(row: IndicatorView) -> Fields:
    return {
        "code": row.code,
        "title": row.title,
        "points": row.points,
        "won": row.net,
        "low": row.low,
        "high": row.high,
        "judged": row.judged,
        "provenance": row.provenance,
        "why": wording.short(row.why, 160),
    }


def _item(item: ItemView) -> Fields:
    return {
        "call": item.call,
        "status": item.status.value,
        "title": item.full_title,
        "about": item.about,
        "numbered": bool(item.decision),
        "sentence": item.sentence,
        "day": item.decided_on,
        "deadline": item.deadline,
        "late": item.late,
        "whose": item.responsible,
        "todo": item.action,
        "proofs": [line.text for line in item.citations],
        "ruling": item.ruling.text if item.ruling else "",
    }


def _rate(rate: RateView) -> Fields:
    return {
        "name": rate.name,
        "numerator": rate.numerator,
        "denominator": rate.denominator,
        "unknown": rate.unknown,
    }


def _rates(rates: RatesView) -> Fields:
    return {
        "unit": "",
        "decisions": rates.decisions,
        "rates": [_rate(rate) for rate in rates.rates],
        "cases": dict(rates.cases),
        "unclear": rates.unclear,
    }

"""From records to the view of a report. Pure: the same records give the same view."""

from collections.abc import Mapping

from core.domain.config import Config
from core.domain.models import CheckText, Facts, Judgement
from reporting import wording
from reporting.dashboard.coverage import coverage
from reporting.dashboard.overview import overview, reasons
from reporting.dashboard.quality import origin, quality
from reporting.dashboard.rules import rules_view
from reporting.dashboard.units import unit_sections
from reporting.dashboard.view import ReportView
from reporting.lookup import open_ledger


def build_view(
    config: Config, judgement: Judgement, facts: Facts, checks: Mapping[str, CheckText], *, head: str = ""
) -> ReportView:
    """Everything a report shows. `checks` in report order; `head` is the head of the manifest's hash chain."""
    ledger = open_ledger(config, judgement, facts, checks)
    units = unit_sections(ledger)
    district = config.district
    return ReportView(
        district=wording.safe(district.name),
        office=wording.safe(district.office),
        credit_site=wording.safe(district.credit_site),
        simulated=district.simulated,
        period=wording.period(judgement.period),
        at=wording.moment(judgement.at),
        overview=overview(ledger, units),
        units=units,
        reasons=reasons(ledger),
        coverage=coverage(ledger),
        rules=rules_view(ledger),
        quality=quality(ledger, units),
        origin=origin(ledger, head),
    )

"""One reading of an evaluation and its facts with the look-ups that every part of a report or a letter needs.

Made once for an evaluation (`open_lookup`) and handed to everything printed from it: it holds the whole quarter's
captures and rulings by key, and to index them again for each letter would cost a night more than all its letters.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from core.domain.clock import ZONE
from core.domain.config import Config, Portal, Unit
from core.domain.models import (
    Capture,
    Evaluation,
    Evidence,
    Facts,
    Finding,
    Look,
    Outcome,
    Ruling,
    RulingKind,
    Submission,
)
from core.domain.reason_codes import CheckText
from core.domain.ruling_validity import holds, newest_words
from reporting import wording
from reporting.view_models import Counts, Status
from scoring.adjudicated import amends_to_a_breach

_RULED = {
    RulingKind.CONFIRM: Status.CONFIRMED,
    RulingKind.DISMISS: Status.DISMISSED,
}
_PLAIN = {
    Outcome.MET: Status.MET,
    Outcome.PENDING: Status.PENDING,
    Outcome.INCONCLUSIVE: Status.INCONCLUSIVE,
    Outcome.NOT_APPLICABLE: Status.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Evaluation, facts and texts of one moment, indexed. Made by `open_lookup`."""

    config: Config
    evaluation: Evaluation
    facts: Facts
    checks: Mapping[str, CheckText]
    evidence: Mapping[str, Evidence]  # of the period, by key
    earlier: Mapping[str, Evidence]  # of the quarters before, by key
    rulings: Mapping[str, Ruling]  # evidence key → the ruling in force
    captures: Mapping[str, tuple[Capture, ...]]  # look id → its captures
    units: Mapping[str, Unit]
    portals: Mapping[str, Portal]
    hosts: frozenset[str]
    pages: frozenset[str]  # addresses of records, as their lists name them

    @property
    def today(self) -> date:
        """The day of the evaluation."""
        return self.evaluation.at.astimezone(ZONE).date()

    def known(self, keys: Iterable[str]) -> tuple[Evidence, ...]:
        """The evidence of these keys, of the period or of the quarters before; what is not there is left out."""
        pairs = (self.evidence.get(key) or self.earlier.get(key) for key in keys)
        return tuple(evidence for evidence in pairs if evidence is not None)

    def text(self, check: str) -> CheckText:
        """The texts of a check; a check without any is named openly, never dropped."""
        unknown = f"未登记的核查项：{wording.safe(check)}"
        return self.checks.get(check) or CheckText(
            name=check, title_met=unknown, title_breached=unknown, action="", responsible="office"
        )

    def title(self, evidence: Evidence) -> str:
        """The check's title for this outcome."""
        text = self.text(evidence.check)
        return wording.safe(text.title_breached if evidence.outcome is Outcome.BREACHED else text.title_met)

    def reason_text(self, evidence: Evidence) -> str:
        """What a reason means; the evidence's own sentence where the check has no text for it."""
        return wording.safe(self.text(evidence.check).sentence(evidence.slug) or evidence.sentence or evidence.slug)

    def responsible(self, evidence: Evidence) -> str:
        """Whose move it is: `unit` or `office`."""
        return evidence.whose or self.text(evidence.check).responsible

    def status(self, evidence: Evidence) -> Status:
        """How a reader must take it: a breach as it was ruled, unruled 待核实; anything else unless it was amended.

        What was amended to a breach, or to how grave it is, is a breach that was confirmed.
        """
        ruling = self.rulings.get(evidence.key)
        if ruling and ruling.word == RulingKind.AMEND:
            return Status.CONFIRMED if amends_to_a_breach(ruling) else Status.AMENDED
        if evidence.outcome is not Outcome.BREACHED:
            return _PLAIN[evidence.outcome]
        return Status.PROVISIONAL if ruling is None else _RULED.get(ruling.word, Status.PROVISIONAL)

    def counts(self, evidence: Iterable[Evidence]) -> Counts:
        """Number of evidence by status, every status named."""
        numbers = Counter(self.status(item) for item in evidence)
        return {status: numbers[status] for status in Status}

    def parties(self, evidence: Evidence) -> tuple[str, str, str]:
        """Party, document number and kind of the decision; records speak where the decision is silent."""
        decision = self.evaluation.decisions.get(evidence.decision)
        if decision is None:
            return "", "", ""
        records: list[Submission | Finding] = [
            *(self.facts.submissions[ref] for ref in decision.submissions if ref in self.facts.submissions),
            *(self.facts.findings[ref] for ref in decision.findings if ref in self.facts.findings),
        ]
        name = decision.name or next((record.name for record in records if record.name), "")
        number = decision.number or next((record.number_text for record in records if record.number_text), "")
        return wording.safe(name), wording.safe(number), wording.kind(decision.kind)

    def unit_name(self, slug: str) -> str:
        """A unit's short name, or its slug where the configuration no longer has it."""
        unit = self.units.get(slug)
        return wording.short_name(unit) if unit else wording.unit_name(self.config, slug)

    def portal_name(self, portal_id: str) -> str:
        """A portal's name, or its id where the configuration no longer has it."""
        portal = self.portals.get(portal_id)
        return wording.safe(portal.name) if portal else f"{wording.safe(portal_id)}（配置中没有）"

    def page(self, portal_id: str, url: str) -> str:
        """The address a person opens to see what was read at `url`: a record's own page, else its column's.

        Lists are asked for in pieces that nobody opens, and an interface answers no person.
        """
        portal = self.portals.get(portal_id)
        return wording.safe(portal.url if portal and (portal.is_interface or url not in self.pages) else url)

    def indicators(self, evidence: Evidence) -> tuple[str, ...]:
        """Codes of the indicators in force that weigh an evidence for its unit; () where no points hang on it."""
        unit = self.units.get(evidence.unit)
        indicators = self.config.scheme.indicators_of(unit.kind) if unit else ()
        return tuple(i.code for i in indicators if i.weighs(evidence.check, evidence.value))

    def link(self, url: str) -> str:
        """`url` when a reader may click it: http(s), a host of this district's portals, nothing masked in it."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return ""
        known = parts.scheme in {"http", "https"} and parts.hostname in self.hosts
        return url if known and wording.safe(url) == url and "@" not in parts.netloc else ""


def open_lookup(config: Config, evaluation: Evaluation, facts: Facts, checks: Mapping[str, CheckText]) -> Lookup:
    """Index everything once. `checks` in report order."""
    return Lookup(
        config=config,
        evaluation=evaluation,
        facts=facts,
        checks=checks,
        evidence={evidence.key: evidence for evidence in evaluation.everything},
        earlier={evidence.key: evidence for evidence in evaluation.earlier},
        rulings=_in_force(facts.rulings, evaluation),
        captures=_by_look(facts.captures.values()),
        units={unit.slug: unit for unit in config.units},
        portals={portal.id: portal for portal in config.portals},
        hosts=frozenset(
            host for portal in config.portals for host in (urlsplit(portal.url).hostname or "", *portal.hosts) if host
        ),
        pages=frozenset(
            record.url for records in (facts.findings, facts.sightings) for record in records.values() if record.url
        ),
    )


def _by_look(captures: Iterable[Capture]) -> dict[str, tuple[Capture, ...]]:
    """The captures of each look, as they came."""
    lists: defaultdict[str, list[Capture]] = defaultdict(list)
    for capture in captures:
        lists[capture.look].append(capture)
    return {look: tuple(sorted(captured, key=lambda c: (c.received_at, c.id))) for look, captured in lists.items()}


def _in_force(rulings: Iterable[Ruling], evaluation: Evaluation) -> dict[str, Ruling]:
    """The newest ruling on each evidence that was given by then and still holds."""
    today = evaluation.at.astimezone(ZONE).date()
    given = sorted((r for r in rulings if r.at <= evaluation.at), key=lambda r: r.at)  # of one moment: as recorded
    newest = newest_words(given)
    return {e.key: newest[e.key] for e in evaluation.with_earlier if e.key in newest and holds(newest[e.key], e, today)}


def proves(look: Look) -> str:
    """What a look could prove absent: `whole`, `window` or `` for nothing."""
    if not (look.genuine and look.parsed):
        return ""
    return "whole" if look.whole else "window" if look.floor is not None else ""


def night_of(look: Look) -> date:
    """The night a look belongs to: its run's name, else the day it began."""
    try:
        return date.fromisoformat(look.run)
    except ValueError:
        return look.started_at.astimezone(ZONE).date()

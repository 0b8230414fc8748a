"""One reading of judgement and facts with the look-ups that every part of a report needs."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from core.domain.clock import ZONE
from core.domain.config import Config
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

_RULED = {
    RulingKind.CONFIRM: Status.CONFIRMED,
    RulingKind.DISMISS: Status.DISMISSED,
    RulingKind.AMEND: Status.AMENDED,
}
_PLAIN = {
    Outcome.MET: Status.MET,
    Outcome.PENDING: Status.PENDING,
    Outcome.INCONCLUSIVE: Status.INCONCLUSIVE,
    Outcome.NOT_APPLICABLE: Status.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Judgement, facts and texts of one moment, indexed. Made by `open_ledger`."""

    config: Config
    judgement: Evaluation
    facts: Facts
    checks: Mapping[str, CheckText]
    rulings: Mapping[str, Ruling]  # evidence key → the ruling in force
    captures: Mapping[str, tuple[Capture, ...]]  # look id → its captures
    hosts: frozenset[str]

    @property
    def today(self) -> date:
        """The day of the judgement."""
        return self.judgement.at.astimezone(ZONE).date()

    def text(self, check: str) -> CheckText:
        """The texts of a check; a check without any is named openly, never dropped."""
        unknown = f"未登记的检查项：{wording.safe(check)}"
        return self.checks.get(check) or CheckText(
            name=check, title_met=unknown, title_breached=unknown, action="", responsible="office"
        )

    def slug_text(self, evidence: Evidence) -> str:
        """What a reason means; the evidence's own sentence where the check has no text for it."""
        return wording.safe(self.text(evidence.check).sentence(evidence.slug) or evidence.sentence or evidence.slug)

    def status(self, evidence: Evidence) -> Status:
        """How a reader must take it: a breach as it was ruled, unruled 待核实; anything else unless it was amended."""
        ruling = self.rulings.get(evidence.key)
        if evidence.outcome is not Outcome.BREACHED:
            return Status.AMENDED if ruling and ruling.word == RulingKind.AMEND else _PLAIN[evidence.outcome]
        return Status.PROVISIONAL if ruling is None else _RULED.get(ruling.word, Status.PROVISIONAL)

    def counts(self, evidence: Iterable[Evidence]) -> Counts:
        """Number of evidence by status, every status named."""
        found = Counter(self.status(one) for one in evidence)
        return {status: found[status] for status in Status}

    def parties(self, evidence: Evidence) -> tuple[str, str, str]:
        """Party, document number and kind of the decision; records speak where the decision is silent."""
        decision = self.judgement.decisions.get(evidence.decision)
        if decision is None:
            return "", "", ""
        records: list[Submission | Finding] = [
            *(self.facts.submissions[ref] for ref in decision.submissions if ref in self.facts.submissions),
            *(self.facts.findings[ref] for ref in decision.findings if ref in self.facts.findings),
        ]
        name = decision.name or next((one.name for one in records if one.name), "")
        number = decision.number or next((one.number_text for one in records if one.number_text), "")
        return wording.safe(name), wording.safe(number), wording.kind(decision.kind)

    def portal_name(self, portal: str) -> str:
        """A portal's name, or its id where the configuration no longer has it."""
        found = next((one for one in self.config.portals if one.id == portal), None)
        return wording.safe(found.name) if found else f"{wording.safe(portal)}（配置中没有）"

    def link(self, url: str) -> str:
        """`url` when a reader may click it: http(s), a host of this district's portals, nothing masked in it."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return ""
        known = parts.scheme in {"http", "https"} and parts.hostname in self.hosts
        return url if known and wording.safe(url) == url and "@" not in parts.netloc else ""


def open_lookup(config: Config, judgement: Evaluation, facts: Facts, checks: Mapping[str, CheckText]) -> Lookup:
    """Index everything once."""
    captures: defaultdict[str, list[Capture]] = defaultdict(list)
    for capture in facts.captures.values():
        captures[capture.look].append(capture)
    return Lookup(
        config=config,
        judgement=judgement,
        facts=facts,
        checks=checks,
        rulings=_in_force(facts.rulings, judgement),
        captures={look: tuple(sorted(found, key=lambda c: (c.received_at, c.id))) for look, found in captures.items()},
        hosts=frozenset(
            host for portal in config.portals for host in (urlsplit(portal.url).hostname or "", *portal.hosts) if host
        ),
    )


def _in_force(rulings: Iterable[Ruling], judgement: Evaluation) -> dict[str, Ruling]:
    """The newest ruling on each evidence that was given by then and still holds."""
    today = judgement.at.astimezone(ZONE).date()
    said = newest_words(r for r in sorted(rulings, key=lambda r: (r.at, r.id)) if r.at <= judgement.at)
    every = judgement.everything
    return {e.key: said[e.key] for e in every if e.key in said and holds(said[e.key], e, today)}


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

"""A person's word laid over a check's answer; the raw outcome stays beside it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.domain.models import Evidence, Outcome, Ruling, RulingKind
from core.domain.ruling_validity import holds
from core.domain.ruling_words import printed

SEVERITIES = ("minor", "moderate", "severe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjudicated:
    """Evidence as it counts: the outcome after a ruling, and whether a breach still waits for one.

    `severity`: of a conduct, as ruled; "" while nobody has said.
    """

    evidence: Evidence
    outcome: Outcome
    provisional: bool = False
    ruling: Ruling | None = None
    severity: str = ""

    @property
    def unknown(self) -> bool:
        """Whether it may still turn out either way."""
        return self.provisional or self.outcome in (Outcome.INCONCLUSIVE, Outcome.PENDING)

    @property
    def sentence(self) -> str:
        """What the check says, and the word laid over it where that says otherwise."""
        if self.ruling is None or self.ruling.word == RulingKind.CONFIRM or self.severity:
            return self.evidence.sentence
        return f"{self.evidence.sentence}（裁定{printed(self.ruling)}）"

    @property
    def rulings(self) -> tuple[str, ...]:
        """The id of the ruling, if any."""
        return (self.ruling.id,) if self.ruling else ()


def adjudicate(evidence: Evidence, words: Mapping[str, Ruling], today: date) -> Adjudicated:
    """The evidence as it counts today.

    confirm: a breach stands · dismiss: a breach does not, the requirement counts as met · amend: the outcome is the
    ruling's value; a severity as value makes it a confirmed breach of that severity.
    """
    ruling = words.get(evidence.key)
    if ruling is None or not holds(ruling, evidence, today):
        return Adjudicated(
            evidence=evidence, outcome=evidence.outcome, provisional=evidence.outcome is Outcome.BREACHED
        )
    severity = ruling.value if ruling.value in SEVERITIES else ""
    return Adjudicated(evidence=evidence, outcome=_ruled(evidence, ruling), ruling=ruling, severity=severity)


def _ruled(evidence: Evidence, ruling: Ruling) -> Outcome:
    if ruling.word == RulingKind.DISMISS:
        return Outcome.MET if evidence.outcome is Outcome.BREACHED else Outcome.NOT_APPLICABLE
    if ruling.word == RulingKind.AMEND:
        return Outcome.BREACHED if amends_to_a_breach(ruling) else Outcome(ruling.value)
    return evidence.outcome


def amends_to_a_breach(ruling: Ruling) -> bool:
    """Whether an amendment says that it is a breach, or how grave a one."""
    return ruling.value == Outcome.BREACHED or ruling.value in SEVERITIES

"""Reason codes: what an evidence says happened, as records declared once, with everything that follows from each.

A check declares its codes in its own file, beside its text; those of the law of proof stand beside the law
(`checks/cases/publication_verdict.py`), those that several checks give in `checks/cases/shared_reasons.py`. Whoever
must know what a code means asks the record: nobody else spells it. Stored is the code alone (`Evidence.slug`).
"""

from dataclasses import dataclass, replace
from enum import Enum

from core.domain.models import Outcome


class Settled(Enum):
    """When neither time nor looks can change an answer that is neither met nor not applicable (those are settled)."""

    OPEN = "never: evaluated again every night"
    ALWAYS = "it rests on what was before the first sighting, or on a person"
    ONCE_SEEN = "once the decision was seen, so that the days late are known; as the other calendar's answer always"
    BESIDE = "only as what the other calendar would have said"


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """理由代码: one answer of a check. `outcome`: the one it has, or all of which it may have one.

    `sentence` (Chinese) says what it means; everything after it says what follows from it, the same in every check.
    """

    code: str
    sentence: str
    outcome: Outcome | frozenset[Outcome]
    settled: Settled = Settled.OPEN
    needs_review: bool = False  # the office is told to look at it
    reminds: bool = False  # the unit is reminded of it before the deadline
    recheck: bool = False  # of a decision never seen and past its deadline: a full walk of its channel can say more
    while_shown: bool = False  # it holds until a look no longer shows the row
    absent: bool = False  # as far as can be said the channel does not show the decision
    unreported: bool = False  # collected, but not by the unit's report
    past_mending: bool = False  # nothing that the unit does now ends it: it is told once, and nobody is urged again
    responsible: str = ""  # whose move it is where it is not the check's usual one: "unit" | "office"

    def resolve(self, given: Outcome | None = None) -> Outcome:
        """The outcome of an evidence with this code; `given` where several are declared. ValueError for any other."""
        if isinstance(self.outcome, Outcome) and given in (None, self.outcome):
            return self.outcome
        if given is not None and isinstance(self.outcome, frozenset) and given in self.outcome:
            return given
        raise ValueError(f"reason code {self.code} has no outcome {given}: {self.outcome} is declared")

    def may_be(self, outcome: Outcome) -> bool:
        """Whether an evidence with this code may have the outcome."""
        return outcome in (self.outcome if isinstance(self.outcome, frozenset) else (self.outcome,))

    def worded(self, sentence: str, outcome: Outcome | None = None) -> "ReasonCode":
        """The same code in another check's words, and with the one outcome it has there."""
        return replace(self, sentence=sentence, outcome=self.resolve(outcome) if outcome else self.outcome)

    def means_the_same(self, other: "ReasonCode") -> bool:
        """Whether the same follows from both: only words and outcome are a check's own."""
        return replace(self, sentence=other.sentence, outcome=other.outcome) == other


# Every check may give it without declaring it: what was to be evaluated broke the evaluation (decision 0023).
SET_ASIDE = ReasonCode(
    "set-aside", "记录无法处理，已搁置，待人工核对，不据此认定", Outcome.INCONCLUSIVE, needs_review=True
)
# No breach, and no points either (reading `zero-report-monthly`): scoring asks for it.
ZERO_ALONE = ReasonCode("zero-alone", "该月各表都只有零报告，按现行解读没有归集到信息。", Outcome.NOT_APPLICABLE)

# Any check of filings may give it too: the row came in by somebody who may not hand that form in (decision 0037).
NOT_BY_PROVIDER = ReasonCode(
    "not-by-provider", "不是由可以报送该表的单位报来的，不计，也不据此认定", Outcome.NOT_APPLICABLE
)
_OF_ANY_CHECK = (SET_ASIDE, NOT_BY_PROVIDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckText:
    """What stands beside a check: its proposition in Chinese, both titles, whose move a breach is, and its codes.

    ValueError for a code declared twice.
    """

    name: str
    title_met: str
    title_breached: str
    action: str
    responsible: str  # "unit" | "office"
    action_office: str = ""  # what to do where the move is the office's
    action_past: str = ""  # what to do where nothing mends it any more
    codes: tuple[ReasonCode, ...] = ()

    def __post_init__(self) -> None:
        codes = [reason.code for reason in self.codes]
        if len(set(codes)) < len(codes):
            raise ValueError(f"{self.name} declares a reason code twice: {sorted(codes)}")

    def reason(self, code: str) -> ReasonCode | None:
        """The record of a code as stored; None for one that this check does not give (an older version's)."""
        return next((reason for reason in (*self.codes, *_OF_ANY_CHECK) if reason.code == code), None)

    def todo(self, code: str, responsible: str) -> str:
        """What is to be done about a breach with this code by whom the move is: "unit" or "office"."""
        if responsible == "office" and self.action_office:
            return self.action_office
        reason = self.reason(code)
        return self.action_past if reason and reason.past_mending and self.action_past else self.action

    def declared(self, reason: ReasonCode) -> ReasonCode:
        """This check's record of a code that it is about to give. ValueError for one that it does not declare."""
        known = self.reason(reason.code)
        if known is None:
            raise ValueError(f"{self.name} does not declare the reason code {reason.code}")
        return known

    def sentence(self, code: str) -> str:
        """What a code means, in Chinese; "" for one that this check does not give."""
        known = self.reason(code)
        return known.sentence if known else ""

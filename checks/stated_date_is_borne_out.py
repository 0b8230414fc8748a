"""stated_date_is_borne_out: complete looks do not contradict the publication date the site states.

"The site says S; complete looks after S did not show it": a fact for the office to ask about, never
"forged", and never a breach by itself.
"""

from checks.cases.decision_case import Case
from core.domain.models import Channel, Citation, Evidence, Outcome
from core.domain.reason_codes import CheckText, ReasonCode, Settled

NAME = "stated_date_is_borne_out"
_WHERE = {Channel.CREDIT: "信用网站", Channel.DEPARTMENT: "部门门户"}

STATED_DATE_BORNE_OUT = ReasonCode("stated-date-borne-out", "所载公示日期与核查记录相符", Outcome.MET)
STATED_DATE_NOT_BORNE_OUT = ReasonCode(
    "stated-date-not-borne-out",
    "网站所载公示日期之后的完整核查并未见到该条目",
    Outcome.INCONCLUSIVE,
    settled=Settled.ALWAYS,
    needs_review=True,
)
STATED_BEFORE_DECISION = ReasonCode(
    "stated-before-decision",
    "网站所载公示日期早于决定日期",
    Outcome.INCONCLUSIVE,
    settled=Settled.ALWAYS,
    needs_review=True,
)
TEXT = CheckText(
    name=NAME,
    title_met="所载公示日期与核查记录相符",
    title_breached="所载公示日期与核查记录不符",
    action="请说明该条目实际上线的时间和所载日期的由来。",
    responsible="unit",
    codes=(
        STATED_DATE_BORNE_OUT,
        STATED_DATE_NOT_BORNE_OUT,
        STATED_BEFORE_DECISION,
    ),
)


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence for each channel whose first listing states a publication date."""
    return tuple(e for channel in case.channels for e in _on_channel(case, channel))


def _on_channel(case: Case, channel: Channel) -> tuple[Evidence, ...]:
    stated = case.stated(channel)
    if stated is None:
        return ()
    absence = case.channels[channel].newest_absence()
    proofs: tuple[Citation, ...] = ()
    if absence is not None and stated.on < absence.at.date():
        reason = STATED_DATE_NOT_BORNE_OUT
        proofs = (Citation("look", absence.look, f"{absence.at:%Y-%m-%d %H:%M} 核查未见"),)
    elif case.decision.decided_on and stated.on < min(case.decision.decided_on):
        reason = STATED_BEFORE_DECISION
    else:
        reason = STATED_DATE_BORNE_OUT
    sentence = f"{_WHERE[channel]}：{reason.sentence}（所载 {stated.on.isoformat()}）"
    return (case.evidence(TEXT, reason, sentence, channel=channel, proofs=proofs),)

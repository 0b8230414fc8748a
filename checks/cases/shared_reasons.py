"""Reason codes that several checks give, each in its own words (`ReasonCode.worded`).

Those of the law of proof stand beside the law (`checks/cases/publication_verdict.py`), those of a list of documents or
commitments beside its look-up (`checks/cases/site_lookup.py`).
"""

from core.domain.models import Outcome
from core.domain.reason_codes import ReasonCode, Settled

NO_PORTAL = ReasonCode("no-portal", "没有配置该渠道的公示栏目，无法核查", Outcome.INCONCLUSIVE, settled=Settled.ALWAYS)
NOT_SUBMITTED = ReasonCode("not-submitted", "没有报送记录", frozenset({Outcome.BREACHED, Outcome.NOT_APPLICABLE}))
COMPLETE = ReasonCode("complete", "齐全", Outcome.MET)
FIELD_MISSING = ReasonCode("field-missing", "缺一项", Outcome.BREACHED, settled=Settled.ALWAYS)
AGREES = ReasonCode("agrees", "相符", Outcome.MET)
DIFFERS = ReasonCode(
    "differs", "不符", frozenset({Outcome.BREACHED, Outcome.INCONCLUSIVE}), settled=Settled.ALWAYS, needs_review=True
)
COUNTED_ONCE = ReasonCode("counted-once", "已经计过", Outcome.NOT_APPLICABLE)
PAPER_MISSING = ReasonCode("paper-missing", "材料没有附上", Outcome.INCONCLUSIVE)
CAME_NOT_TAKEN = ReasonCode("came-not-taken", "有报来而未收的行，待信用办核定", Outcome.INCONCLUSIVE, needs_review=True)

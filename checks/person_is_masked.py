"""person_is_masked: no personal data stands in the clear in what was published (docs/domain.md §1.8)."""

from checks.cases.decision_case import Case
from core.domain.models import Citation, Evidence, Outcome
from core.domain.reason_codes import CheckText, ReasonCode, Settled

NAME = "person_is_masked"

MASKED = ReasonCode("masked", "未发现未隐去的个人信息", Outcome.MET)
IDENTITY_NUMBER_IN_CLEAR = ReasonCode(
    "identity-number-in-clear",
    "公示页面有未隐去的居民身份证号码（校验位正确）",
    Outcome.BREACHED,
    settled=Settled.ALWAYS,
)
BANK_CARD_IN_CLEAR = ReasonCode(
    "bank-card-in-clear", "公示页面有未隐去的银行账号（校验位正确）", Outcome.BREACHED, settled=Settled.ALWAYS
)
PHONE_IN_CLEAR = ReasonCode(
    "phone-in-clear", "公示页面有未隐去的个人手机号码", Outcome.BREACHED, settled=Settled.ALWAYS
)
WEAKLY_MASKED = ReasonCode(
    "weakly-masked",
    "居民身份证号码只隐去四位，可被还原，待复核",
    Outcome.INCONCLUSIVE,
    settled=Settled.ALWAYS,
    needs_review=True,
)
ADDRESS_SHOWN = ReasonCode(
    "address-shown", "公示页面写有自然人的住址，待复核", Outcome.INCONCLUSIVE, settled=Settled.ALWAYS, needs_review=True
)
IDENTITY_NUMBER_DOUBTFUL = ReasonCode(
    "identity-number-doubtful",
    "公示页面有疑似居民身份证号码的数字，待复核",
    Outcome.INCONCLUSIVE,
    settled=Settled.ALWAYS,
    needs_review=True,
)
PHONE_DOUBTFUL = ReasonCode(
    "phone-doubtful",
    "公示页面有电话号码，是否属于个人待复核",
    Outcome.INCONCLUSIVE,
    settled=Settled.ALWAYS,
    needs_review=True,
)
BIRTH_DATE_SHOWN = ReasonCode(
    "birth-date-shown",
    "公示页面写有自然人的出生日期，待复核",
    Outcome.INCONCLUSIVE,
    settled=Settled.ALWAYS,
    needs_review=True,
)
TEXT = CheckText(
    name=NAME,
    title_met="公示中的个人信息已作隐去处理",
    title_breached="公示中有未隐去的个人信息",
    action="请立即隐去公示页面（含网址）中的身份证号、银行账号、个人电话和住址。",
    responsible="unit",
    codes=(
        MASKED,
        IDENTITY_NUMBER_IN_CLEAR,
        BANK_CARD_IN_CLEAR,
        PHONE_IN_CLEAR,
        WEAKLY_MASKED,
        IDENTITY_NUMBER_DOUBTFUL,
        PHONE_DOUBTFUL,
        ADDRESS_SHOWN,
        BIRTH_DATE_SHOWN,
    ),
)
# the worst first; only what its own digits prove is a breach
_BY_WEIGHT = (
    ("identity-number", IDENTITY_NUMBER_IN_CLEAR),
    ("bank-card", BANK_CARD_IN_CLEAR),
    ("phone", PHONE_IN_CLEAR),
    ("identity-number-weak", WEAKLY_MASKED),
    ("identity-number-unclear", IDENTITY_NUMBER_DOUBTFUL),
    ("phone-unclear", PHONE_DOUBTFUL),
    ("address", ADDRESS_SHOWN),
    ("birth-date", BIRTH_DATE_SHOWN),
)
_LABELS = {
    "identity_number": "证件号码",
    "legal_id_number": "法定代表人证件号码",
    "phone": "电话",
    "address": "住址",
    "name": "名称",
}


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence for a decision that was published; none for one that was not.

    What a page exposes in words or records that are no other decision's, every decision on it answers for.
    """
    if not case.findings:
        return ()
    exposed = [(f, e) for f in (*case.findings, *case.beside) for e in f.exposures]
    kinds = {exposure.what for _, exposure in exposed}
    reason = next((reason for kind, reason in _BY_WEIGHT if kind in kinds), MASKED)
    sentence = reason.sentence
    if exposed:
        sentence += "：" + "、".join(
            sorted({f"{_LABELS.get(e.label, e.label) or '正文'} {e.masked}" for _, e in exposed})
        )
    proofs = tuple(dict.fromkeys(Citation("capture", f.capture, f.url) for f, _ in exposed if f.capture))
    return (case.evidence(TEXT, reason, sentence, proofs=proofs),)

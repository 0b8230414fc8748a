"""person_is_masked: no personal data stands in the clear in what the unit published, addresses included (docs/domain.md §1.8)."""

from checks.cases.decision_case import Case
from core.domain.models import CheckText, Citation, Evidence, Outcome

NAME = "person_is_masked"

TEXT = CheckText(
    name=NAME,
    title_met="公示中的个人信息已作隐去处理",
    title_breached="公示中有未隐去的个人信息",
    todo="请立即隐去公示页面（含网址）中的身份证号、银行账号、个人电话和住址。",
    whose="unit",
    slugs=(
        ("masked", "未发现未隐去的个人信息"),
        ("identity-number-in-clear", "公示页面有未隐去的居民身份证号码（校验位正确）"),
        ("bank-card-in-clear", "公示页面有未隐去的银行账号（校验位正确）"),
        ("phone-in-clear", "公示页面有未隐去的个人手机号码"),
        ("weakly-masked", "居民身份证号码只隐去四位，可被还原，待复核"),
        ("address-shown", "公示页面写有自然人的住址，待复核"),
    ),
)
# the worst first; only what its own digits prove is a breach
_BY_WEIGHT = (
    ("identity-number", "identity-number-in-clear", Outcome.BREACHED),
    ("bank-card", "bank-card-in-clear", Outcome.BREACHED),
    ("phone", "phone-in-clear", Outcome.BREACHED),
    ("identity-number-weak", "weakly-masked", Outcome.INCONCLUSIVE),
    ("address", "address-shown", Outcome.INCONCLUSIVE),
)
_LABELS = {
    "identity_number": "证件号码",
    "legal_id_number": "法定代表人证件号码",
    "phone": "电话",
    "address": "住址",
    "name": "名称",
}


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence for a decision that was published; none for one that was not."""
    if not case.findings:
        return ()
    shown = [(f, e) for f in case.findings for e in f.exposures]
    slug, outcome = next(
        ((slug, outcome) for what, slug, outcome in _BY_WEIGHT if any(e.what == what for _, e in shown)),
        ("masked", Outcome.MET),
    )
    sentence = dict(TEXT.slugs)[slug]
    if shown:
        sentence += "：" + "、".join(
            sorted({f"{_LABELS.get(e.label, e.label) or '正文'} {e.masked}" for _, e in shown})
        )
    proofs = tuple(dict.fromkeys(Citation("capture", f.capture, f.url) for f, _ in shown if f.capture))
    return (case.evidence(NAME, outcome, slug, sentence, proofs=proofs),)

"""person_is_masked: no identity number stands in the clear in what the unit published (DOMAIN 1.8)."""

from checks.case import Case
from core.models import CheckText, Evidence, Outcome, Proof

NAME = "person_is_masked"

TEXT = CheckText(
    name=NAME,
    title_met="公示中的个人信息已作隐去处理",
    title_breached="公示中有未隐去的居民身份证号码",
    todo="请立即隐去公示页面（含网址）中的居民身份证号码。",
    whose="unit",
    slugs=(
        ("masked", "未发现未隐去的居民身份证号码"),
        ("identity-number-in-clear", "公示页面有未隐去的居民身份证号码（校验位正确）"),
        ("weakly-masked", "居民身份证号码只隐去四位，可被还原，待复核"),
    ),
)


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence for a decision that was published; none for one that was not."""
    if not case.findings:
        return ()
    clear = [(f, e) for f in case.findings for e in f.exposures if e.what == "identity-number"]
    weak = [(f, e) for f in case.findings for e in f.exposures if e.what == "identity-number-weak"]
    slug = "identity-number-in-clear" if clear else "weakly-masked" if weak else "masked"
    outcome = {"identity-number-in-clear": Outcome.BREACHED, "weakly-masked": Outcome.INCONCLUSIVE}.get(
        slug, Outcome.MET
    )
    shown = clear or weak
    sentence = dict(TEXT.slugs)[slug]
    if shown:
        sentence += "：" + "、".join(sorted({f"{e.label or '正文'} {e.masked}" for _, e in shown}))
    proofs = tuple(dict.fromkeys(Proof("capture", f.capture, f.url) for f, _ in shown if f.capture))
    return (case.evidence(NAME, outcome, slug, sentence, proofs=proofs),)

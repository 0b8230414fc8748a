"""published_matches_submitted: the record on the site says what the unit reported, field by field (错报).

Which of the two is wrong nobody can tell from here, so a difference is for review, never an accusation. Masked names
and fields that one side leaves out agree with anything.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from checks.cases.decision_case import Case
from checks.cases.shared_reasons import DIFFERS
from core.domain.amounts import read_amount
from core.domain.models import Channel, Citation, Evidence, Finding, Outcome, Submission
from core.domain.reason_codes import CheckText, ReasonCode
from core.domain.text import plain_name, read_code

NAME = "published_matches_submitted"

MATCHES = ReasonCode("matches", "公示与报送的各项一致", Outcome.MET)
TEXT = CheckText(
    name=NAME,
    title_met="公示内容与报送一致",
    title_breached="公示内容与报送不一致",
    action="请核对报送记录与公示内容哪一处有误，并更正有误的一处。",
    responsible="unit",
    codes=(
        MATCHES,
        DIFFERS.worded("公示与报送的内容不一致，待复核", Outcome.INCONCLUSIVE),
    ),
)
_WHERE = {Channel.CREDIT: "信用网站", Channel.DEPARTMENT: "部门门户"}
_MASKS = "*＊×某"


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence for each channel where a record of a reported decision was read."""
    if not case.submissions:
        return ()
    return tuple(e for channel in case.channels for e in _on(case, channel))


def _on(case: Case, channel: Channel) -> Iterator[Evidence]:
    findings = [f for f in case.findings if f.portal in case.portals_of(channel)]
    if not findings:
        return
    differences = [sorted(_differences(row, finding)) for finding in findings for row in case.submissions]
    # several rows of one decision (一书多人) each have a finding of their own: the closest is the one it is about
    least = min(differences, key=len)
    reason = TEXT.declared(DIFFERS if least else MATCHES)
    sentence = f"{_WHERE[channel]}：{reason.sentence}" + (f"：{'；'.join(least)}" if least else "")
    proofs = (*case.proof_of_submissions(), *(Citation("capture", f.capture, f.url) for f in findings if f.capture))
    yield case.evidence(TEXT, reason, sentence, channel=channel, proofs=tuple(dict.fromkeys(proofs)))


def _differences(row: Submission, finding: Finding) -> Iterator[str]:
    if row.numbers and finding.numbers and not set(row.numbers) & set(finding.numbers):
        yield f"文书号 报送 {row.number_text}，公示 {finding.number_text}"
    if not _same_name(row.name, finding.name):
        yield f"相对人 报送 {row.name}，公示 {finding.name}"
    mine, theirs = read_code(row.code), read_code(finding.code)
    if mine[1] == theirs[1] == "valid" and mine[0] != theirs[0]:
        yield f"代码 报送 {mine[0]}，公示 {theirs[0]}"
    if row.decided_on and finding.decided_on and row.decided_on != finding.decided_on:
        yield f"决定日期 报送 {row.decided_on}，公示 {finding.decided_on}"
    fines = fine_of(row), _yuan(dict(finding.fields).get("fine_yuan", ""))
    if None not in fines and fines[0] != fines[1]:
        yield f"罚款 报送 {_plain(fines[0])} 元，公示 {_plain(fines[1])} 元"


def _same_name(mine: str, theirs: str) -> bool:
    if not (mine and theirs) or any(c in _MASKS for c in mine + theirs):
        return True
    return plain_name(mine) == plain_name(theirs)


def fine_of(row: Submission) -> Decimal | None:
    """The reported fine in yuan: as its own column's unit says, else in 万元 as the form asks (docs/domain.md §1.3)."""
    fields = dict(row.fields)
    if "fine_yuan" in fields:
        return _yuan(fields["fine_yuan"])
    text = fields.get("fine_amount", "")
    return read_amount(text, "万元") if text else None


def _yuan(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _plain(amount: Decimal | None) -> str:
    return format(amount.normalize(), "f") if amount is not None else ""

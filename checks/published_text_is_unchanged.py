"""published_text_is_unchanged: what was published still says what it said when we first read it.

A page edited after publication is told field by field and left to a person: a correction is lawful, and so is
masking what should not have been shown.
"""

from collections.abc import Iterator
from itertools import pairwise

from checks.cases.decision_case import Case
from core.domain.models import Channel, Citation, Evidence, Finding, Outcome
from core.domain.personal_data import mask_prose
from core.domain.reason_codes import CheckText, ReasonCode
from core.domain.text import mask_identities, tight

NAME = "published_text_is_unchanged"
_WHERE = {Channel.CREDIT: "信用网站", Channel.DEPARTMENT: "部门门户"}
_LONG = 40  # characters of a value that are quoted
_TITLES = {
    "document_number": "决定文书号",
    "document_title": "决定文书名称",
    "name": "相对人名称",
    "code": "统一社会信用代码",
    "legal_person": "法定代表人",
    "authority": "决定机关",
    "decided_on": "决定日期",
    "licence_decided_on": "许可决定日期",
    "penalty_decided_on": "处罚决定日期",
    "valid_from": "有效期自",
    "valid_until": "有效期至",
    "public_until": "公示截止期",
    "content": "决定内容",
    "result": "处罚结果",
    "project": "项目名称",
    "facts": "违法事实",
    "basis": "依据",
    "penalty_category": "处罚类别",
    "licence_category": "许可类别",
    "licence_number": "许可编号",
    "fine_amount": "罚款金额",
    "confiscated_amount": "没收金额",
    "status": "当前状态",
}
_BESIDE = frozenset(
    {"text", "published", "fine_yuan"}
)  # the page's words and date line, and what we worked out ourselves

UNCHANGED = ReasonCode("unchanged", "各次读到的内容一致", Outcome.MET)
EDITED_AFTER_PUBLICATION = ReasonCode(
    "edited-after-publication", "公示之后内容有改动，待复核", Outcome.INCONCLUSIVE, needs_review=True
)
TEXT = CheckText(
    name=NAME,
    title_met="公示内容没有改动",
    title_breached="公示后内容有改动",
    action="请说明改动的原因；属更正的，请同时报送更正后的记录。",
    responsible="unit",
    codes=(
        UNCHANGED,
        EDITED_AFTER_PUBLICATION,
    ),
)


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence for each channel where a record of the decision was read."""
    return tuple(e for channel in case.channels for e in _on_channel(case, channel))


def _on_channel(case: Case, channel: Channel) -> tuple[Evidence, ...]:
    readings = _readings([f for f in case.findings if f.portal in case.portals_of(channel)])
    if not readings:
        return ()
    edits = [edit for records in readings for pair in pairwise(records) for edit in _edits(*pair)]
    if not edits:
        return (_evidence(case, channel, UNCHANGED, ""),)
    changed = {f.capture for records in readings if len(records) > 1 for f in records if f.capture}
    proofs = tuple(Citation("capture", capture, "改动前后的页面") for capture in sorted(changed))
    return (_evidence(case, channel, EDITED_AFTER_PUBLICATION, "；".join(edits), proofs),)


def _readings(findings: list[Finding]) -> list[list[Finding]]:
    """The readings of each record, oldest first."""
    records: dict[tuple[str, str, int], list[Finding]] = {}
    for finding in sorted(findings, key=lambda f: (f.observed_at, f.id)):
        records.setdefault((finding.portal, finding.row_key, finding.ordinal), []).append(finding)
    return list(records.values())


def _edits(then: Finding, now: Finding) -> Iterator[str]:
    """What one reading says otherwise than the one before it, field by field."""
    before, after = dict(then.fields), dict(now.fields)
    for field in dict.fromkeys([*before, *after]):
        a, b = (_masked(field, reading.get(field, "")) for reading in (before, after))
        if field not in _BESIDE and tight(a) != tight(b):
            yield f"{_TITLES.get(field, field)}由“{_short(a)}”改为“{_short(b)}”（{now.observed_at:%Y-%m-%d} 读到）"


def _masked(field: str, text: str) -> str:
    """Both readings as they are masked today: older code masked less, and that is no edit of the site's."""
    return mask_prose(field, mask_identities(text, field)[0])[0]


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def _evidence(
    case: Case, channel: Channel, reason: ReasonCode, what: str, proofs: tuple[Citation, ...] = ()
) -> Evidence:
    sentence = f"{_WHERE[channel]}：{reason.sentence}"
    return case.evidence(TEXT, reason, f"{sentence}：{what}" if what else sentence, channel=channel, proofs=proofs)

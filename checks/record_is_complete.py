"""record_is_complete: what was reported states every field that the national form demands (合规; docs/domain.md §1.3).

The form is that of 发改办财金〔2018〕424号. A row on an older form lacks whole columns: that is no omission of the
unit's, so it is told for review and no more.
"""

from collections.abc import Iterable, Mapping

from checks.cases.decision_case import Case
from checks.cases.shared_reasons import COMPLETE, FIELD_MISSING
from core.domain.models import Evidence, Kind, Outcome, Submission
from core.domain.reason_codes import CheckText, ReasonCode, Settled

NAME = "record_is_complete"

OLDER_FORM = ReasonCode(
    "older-form", "用的是旧版表样，没有新版的必填列，待复核", Outcome.INCONCLUSIVE, settled=Settled.ALWAYS
)
TEXT = CheckText(
    name=NAME,
    title_met="报送记录的必填项齐全",
    title_breached="报送记录缺必填项",
    action="请补齐所列必填项后重报该行。",
    responsible="unit",
    codes=(
        COMPLETE.worded("国家标准的必填项齐全"),
        FIELD_MISSING.worded("缺国家标准的必填项"),
        OLDER_FORM,
    ),
)

_BOTH = {
    "name": "行政相对人名称", "subject_type": "行政相对人类别", "authority_code": "机关统一社会信用代码",
    "source_unit": "数据来源单位", "source_unit_code": "数据来源单位统一社会信用代码",
}  # fmt: skip
_REQUIRED: dict[Kind, dict[str, str]] = {
    Kind.LICENCE: _BOTH | {
        "document_title": "许可决定文书名称", "licence_category": "许可类别", "content": "许可内容",
        "valid_from": "有效期自", "valid_until": "有效期至", "authority": "许可机关", "status": "当前状态",
    },
    Kind.PENALTY: _BOTH | {
        "violation_type": "违法行为类型", "facts": "违法事实", "basis": "处罚依据", "penalty_category": "处罚类别",
        "penalty_content": "处罚内容", "penalty_valid_until": "处罚有效期", "authority": "处罚机关",
    },
}  # fmt: skip
# any of these says as much; the canonical names of one label table serve both kinds
_INSTEAD = {"penalty_content": ("result", "content"), "content": ("result", "project"), "authority": ("source_unit",)}
_NEW_SINCE_2018 = ("subject_type", "authority_code", "source_unit", "source_unit_code")


def check(case: Case) -> tuple[Evidence, ...]:
    """One evidence for a decision that was reported."""
    if not case.submissions or case.kind is None:
        return ()
    missing = sorted({title for row in case.submissions for title in _missing(row, case.kind)})
    old = bool(missing) and all(
        not _states(row, name) for row in map(_stated, case.submissions) for name in _NEW_SINCE_2018
    )
    reason = COMPLETE if not missing else OLDER_FORM if old else FIELD_MISSING
    sentence = TEXT.declared(reason).sentence + (f"：{'、'.join(missing)}" if reason == FIELD_MISSING else "")
    return (case.evidence(TEXT, reason, sentence, proofs=case.proof_of_submissions()),)


def _is_old(rows: Iterable[Submission]) -> bool:
    """Whether no row has a column that only the newer form has."""
    return not any(_states(_stated(row), name) for row in rows for name in _NEW_SINCE_2018)


def _missing(row: Submission, kind: Kind) -> list[str]:
    stated = _stated(row)
    missing = [title for name, title in _REQUIRED[kind].items() if not _states(stated, name)]
    return missing + ([] if row.numbers or row.number_text else ["决定文书号"]) + _of_party(stated)


def _of_party(stated: Mapping[str, str]) -> list[str]:
    """What the form demands of one kind of party alone."""
    subject = stated.get("subject_type", "")
    if "法人" in subject and not _states(stated, "code"):
        return ["统一社会信用代码"]
    if "自然人" in subject and not _states(stated, "identity_number"):
        return ["证件号码"]
    return []


def _stated(row: Submission) -> dict[str, str]:
    return dict(row.fields)


def _states(stated: Mapping[str, str], name: str) -> bool:
    return any(stated.get(n, "").strip() for n in (name, *_INSTEAD.get(name, ())))

"""What a record's fields are called where a person reads them, of licences and penalties alike."""

from core.domain import labels

# the collection standard's words (docs/domain.md §1.2), without 许可 or 处罚 where one field serves both
_NAMES = {
    "document_number": "决定文书号", "document_title": "决定文书名称", "name": "行政相对人", "code": "统一社会信用代码",
    "subject_type": "相对人类别", "legal_person": "法定代表人", "authority": "决定机关",
    "authority_code": "决定机关代码", "source_unit": "数据来源单位", "source_unit_code": "数据来源单位代码",
    "decided_on": "决定日期", "penalty_decided_on": "决定日期", "licence_decided_on": "决定日期",
    "content": "决定内容", "result": "处罚结果", "penalty_content": "处罚内容", "penalty_category": "处罚类别",
    "penalty_category2": "处罚类别（二）", "licence_category": "许可类别", "violation_type": "违法行为类型",
    "facts": "违法事实", "basis": "依据", "fine_amount": "罚款金额（万元）", "fine_yuan": "罚款金额（元）",
    "valid_from": "有效期自", "valid_until": "有效期至", "penalty_valid_until": "处罚有效期",
    "public_until": "公示期限至", "status": "当前状态", "publicity": "公开属性", "reported_at": "报送时间",
    "receipt_at": "收件登记时间", "remark": "备注",
}  # fmt: skip


def field_name(field: str) -> str:
    """The name of a canonical field; the first label that is known for it, else the field itself."""
    return _NAMES.get(field) or labels.table().get(field, (field,))[0]

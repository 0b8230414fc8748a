"""The review workbook's form: written by reporting, read back by intake; both know it from here."""

from core.domain.ruling_kinds import CHOICES, EVIDENCE_KINDS, LINK_CHOICES, RECORD_KINDS

EVIDENCE_SHEET, LINKS_SHEET, RECORDS_SHEET, GUIDE_SHEET = "待核实事项", "疑似同一件", "撤回记录", "说明"
RULING, AMENDED, WHY, UNTIL, KEY, SEEN = (
    "裁定",
    "更正为",
    "理由",
    "有效至",
    "事项号",
    "指纹",
)  # the last two are not to be changed
EVIDENCE_HEADERS = (
    "序号", "类别", "单位", "核查项", "事项", "决定日期", "期限", "系统结论", "会改变", "依据", "单位异议", "此前裁定",
    RULING, AMENDED, WHY, UNTIL, KEY, SEEN,
)  # fmt: skip
LEFT, RIGHT = "记录一代号", "记录二代号"
LINKS_HEADERS = ("序号", "单位", "记录一", "记录二", "相似度", "为何疑似", RULING, WHY, LEFT, RIGHT)
RECORD = "记录代号"  # of a row that the office adds: the whole of it, or its beginning
RECORDS_HEADERS = ("序号", "单位", "类别", "在哪里", "现状", "说明", RULING, WHY, RECORD)
WORDS = {CHOICES[kind]: kind for kind in EVIDENCE_KINDS}
LINK_WORDS = {choice: kind for kind, choice in LINK_CHOICES.items()}
RECORD_WORDS = {CHOICES[kind]: kind for kind in RECORD_KINDS}
OUTCOMES = {
    "符合": "met",
    "不符合": "breached",
    "不适用": "not_applicable",
    "一般失信": "minor",
    "较重失信": "moderate",
    "严重失信": "severe",
}
STAMP = "导出时间 "

"""The list that goes with a digest and comes back filled in: written by reporting, read by intake."""

SHEET, GUIDE_SHEET = "事项清单", "填写说明"
UNIT_LINE, NIGHT_LINE = "单位代号", "批次"
NUMBER, CALL, REPLY, TEXT = "序号", "事项号", "答复", "答复内容"
HEADERS = (  # what is filled in stands first, then what it is about; what proves it stands to the right of the screen
    NUMBER, REPLY, TEXT, "事项", "情况", "怎么办", "期限", "状态",
    CALL, "核查项", "决定或发生日期", "还剩／已迟", "何时何处看过", "应由谁办",
)  # fmt: skip
HEADER_ROW = 4  # Excel's row of the headers
CONFIRM, NOTE, OBJECT = "确认", "说明", "异议"
KINDS = {CONFIRM: "confirm", NOTE: "note", OBJECT: "objection"}

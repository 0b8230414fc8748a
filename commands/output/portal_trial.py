"""What `portal try` shows: what was seen, how it would be read, and what a person must still say."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from commands.output.tables import add_row, console, print_findings, table_of
from core.domain.look_reasons import LookReason, sentence
from core.domain.models import Finding, Look

QUESTION = (
    "列表上的日期是什么？published 发布日期（只有它能作为网站所载公示日期）、decided 决定日期、"
    "effective 生效日期、document 成文日期、unknown 说不准"
)
_KINDS = {
    "published": "发布日期",
    "decided": "决定日期",
    "effective": "生效日期",
    "document": "成文日期",
    "unknown": "说不准",
}
_MEMBERS = {
    "number_text": "文书号",
    "name": "相对人",
    "code": "统一代码",
    "decided_on": "决定日期",
    "authority": "决定机关",
    "content": "内容",
}


def print_trial(look: Look, proposals: Sequence[Any], seen: Any, date_said: str, list_date: str) -> None:
    """The families that read the page, the first rows, the look, the fields of the details, and the date's question."""
    out = console()
    if seen is None:
        why = "、".join(sentence(reason) for reason in look.reasons if reason != LookReason.DETAIL_UNREAD)
        out.print(f"第一页没有读成：{why or '没有认出列表'}")
        return
    for number, proposal in enumerate(proposals):
        page = proposal.page
        total = "不写总数" if page.total is None else f"共 {page.total} 条"
        pages = "" if page.pages is None else f"、{page.pages} 页"
        out.print(
            f"{'采用' if number == 0 else '也可'}：{proposal.family}（{proposal.why}），首页 {len(page.rows)} 条，{total}{pages}"
        )
    chosen = proposals[0]
    out.print(f"栏目标志文字：{chosen.marker or '没有找到，请自己写 marker'}")
    rows = table_of("首页条目", "日期", "标题", "网址")
    for row in chosen.page.rows[:5]:
        add_row(rows, row.listed_on or "—", row.title[:40], row.url)
    out.print(rows)
    (done,) = seen.looks
    proves = "能作证" if done.genuine and done.parsed else "不能作证"
    reasons = "、".join(
        sentence(reason) for reason in done.reasons if reason != LookReason.DETAIL_UNREAD
    )  # only a few were asked for
    out.print(f"试看窗口：{done.pages} 页 {done.rows} 条，{proves}{f'（{reasons}）' if reasons else ''}")
    print_findings(seen.findings)
    out.print("详情里读到的项：" + "，".join(_filled(seen.findings)) if seen.findings else "没有读到详情")
    unknown = Counter(label for finding in seen.findings for label in finding.unknown_labels)
    if unknown:
        out.print(
            "不认识的项（请看是否有用）：" + "、".join(f"{label}×{count}" for label, count in unknown.most_common(20))
        )
    out.print(f"列表日期：{_KINDS[list_date]}。{date_said}")
    if list_date == "unknown":
        out.print(f"请核对：{QUESTION}；写在草稿的 list_date")


def _filled(findings: Sequence[Finding]) -> list[str]:
    return [
        f"{word} {sum(bool(getattr(f, name)) for f in findings)}/{len(findings)}" for name, word in _MEMBERS.items()
    ]

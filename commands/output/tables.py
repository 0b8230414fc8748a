"""Tables for people and JSON for programs: what the list commands print."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.domain.clock import ZONE
from core.domain.config import Config
from core.domain.look_reasons import sentence
from core.domain.models import Decision, Evaluation, Evidence, Finding, Look, Outcome, RulingKind, Score
from core.domain.reason_codes import CheckText
from core.domain.ruling_validity import call_number
from core.domain.ruling_words import CLAIM_CHOICES
from core.runtime.diagnostics import FEW_NIGHTS, MANY_NIGHTS
from core.storage.outbox import Delivery
from reporting.explanation import grade_text, plain, span
from reporting.wording import DELIVERIES, OUTCOMES, ceiling
from reporting.wording import DELIVERIES as STATES
from review.claims import ClaimRecord

_STANDINGS = {"open": "等待裁定", "accepted": "已采信", "over": "已失效"}
_STYLES = {Outcome.BREACHED: "bold red", Outcome.INCONCLUSIVE: "yellow", Outcome.PENDING: "cyan"}


def print_json(value: Any) -> None:
    """Anything as JSON, one document."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def console() -> Console:
    """Where people read; published words are no markup."""
    # a pipe has no width; tables wide enough not to cut what a program or a reader needs
    return Console(width=None if sys.stdout.isatty() else 200, highlight=False, markup=False)


def table_of(title: str, *columns: str, right: Sequence[str] = ()) -> Table:
    """A table whose cells fold rather than lose words."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def add_row(table: Table, *cells: object, style: str | None = None) -> None:
    """A row of any cells."""
    table.add_row(*(Text(str(cell)) for cell in cells), style=style)  # Text: published words are no markup


def outcome_text(outcome: Outcome) -> str:
    """An outcome in words; a breach nobody has reviewed says so."""
    return OUTCOMES[outcome] + ("（待核实）" if outcome is Outcome.BREACHED else "")


def print_night(
    run: str, looks: Sequence[Look], seconds: float, peak_kib: int, breached: int, letters: Sequence[Path], report: Path
) -> None:
    """What one night did, per portal."""
    table = table_of(
        f"批次 {run}",
        "栏目",
        "核查",
        "能作证",
        "条目",
        "请求",
        "字节",
        "秒",
        "原因",
        right=("条目", "请求", "字节", "秒"),
    )
    for portal in sorted({look.portal for look in looks}):
        own = [look for look in looks if look.portal == portal]
        proving = sum(look.genuine and look.parsed for look in own)
        reasons = "、".join(dict.fromkeys(sentence(r) for look in own for r in look.reasons))
        add_row(
            table,
            portal,
            len(own),
            proving,
            max(look.rows for look in own),
            sum(look.requests for look in own),
            sum(look.bytes for look in own),
            f"{sum(look.seconds for look in own):.1f}",
            reasons,
            style=None if proving == len(own) else "yellow",
        )
    out = console()
    out.print(table)
    out.print(
        f"请求 {sum(k.requests for k in looks)} 次，{sum(k.bytes for k in looks):,} 字节，用时 {seconds:.1f} 秒，"
        f"内存峰值 {peak_kib / 1024:.0f} MiB；未达要求（待核实）{breached} 项；新邮件 {len(letters)} 封；报告 {report}"
    )


def print_status(found: Mapping[str, Any]) -> None:
    """The state of the whole, at a glance."""
    out = console()
    last = found["last_run"]
    out.print(
        f"{found['district']}｜最近批次：{last['id']}（{last['state']}）"
        if last
        else f"{found['district']}｜还没有跑过夜间任务"
    )
    table = table_of(
        "栏目", "栏目", "名称", "最近有效核查", "连续未能核查（夜）", "原因", right=("连续未能核查（夜）",)
    )
    for row in found["portals"]:
        add_row(
            table,
            row["portal"],
            row["name"],
            row["last_proving"] or "从未",
            row["dark_nights"],
            "、".join(row["reasons"]),
            style="yellow" if row["dark_nights"] else None,
        )
    out.print(table)
    out.print(_disk(found["disk"]))
    counts = "，".join(f"{outcome_text(Outcome(name))} {n}" for name, n in found["outcomes"].items())
    out.print(f"决定事项 {found['decisions']} 件；证据：{counts or '无'}；没有写出的信 {found['unwritten_letters']} 封")
    sent = "，".join(f"{DELIVERIES.get(name, name)} {n}" for name, n in found["letters"]["counts"].items())
    out.print(f"发信：{sent or '没有经 SMTP 发过信'}")
    for letter in found["letters"]["troubled"]:
        out.print(
            Text(f"　{STATES[letter['state']]}：{letter['recipient']}（{letter['key']}）{letter['said']}", style="red")
        )


def _disk(disk: Mapping[str, Any]) -> str:
    """The room taken, and for how many nights there is more."""
    archive, store, free, night = (f"{disk[name] / 1024**2:,.1f} MB" for name in ("archive", "store", "free", "night"))
    taken = f"磁盘：存证 {archive}，数据库 {store}，可用 {free}"
    if disk["nights"] is None:
        return taken
    few = "（请尽快扩容，或缩短 [archive] keep_months）" if disk["nights"] < FEW_NIGHTS else ""
    if disk["nights"] > MANY_NIGHTS:
        return f"{taken}；每夜约 {night}，十年之内够用"
    until = datetime.now(ZONE).date() + timedelta(days=disk["nights"])
    return f"{taken}；每夜约 {night}，约可再用 {disk['nights']:,} 夜（至 {until}）{few}"


def print_looks(looks: Sequence[Look], names: Mapping[str, str]) -> None:
    """Looks, newest last."""
    table = table_of(
        "核查",
        "编号",
        "栏目",
        "开始",
        "方式",
        "能作证",
        "看全",
        "页",
        "条目",
        "总数",
        "原因",
        right=("页", "条目", "总数"),
    )
    for look in looks:
        proves = look.genuine and look.parsed
        kind = ("全量" if look.kind == "full" else "窗口") + ("·绕过缓存" if look.past_caches else "")
        add_row(
            table,
            look.id,
            names.get(look.portal, look.portal),
            f"{look.started_at:%m-%d %H:%M:%S}",
            kind,
            "是" if proves else "否",
            "全部" if look.whole else f"晚于 {look.floor}" if look.floor else "—",
            look.pages,
            look.rows,
            "—" if look.total is None else look.total,
            "、".join(sentence(reason) for reason in look.reasons),
            style=None if proves else "yellow",
        )
    console().print(table)


def print_findings(findings: Sequence[Finding]) -> None:
    """Records as read."""
    table = table_of(
        "公示记录", "栏目", "单位", "文号", "当事人", "决定日期", "所载公示日期", "首次读取", "未识别的标签"
    )
    for f in findings:
        add_row(
            table,
            f.portal,
            f.unit or "（未识别）",
            "、".join(f.numbers) or f.number_text or "—",
            f.name or "—",
            f.decided_on or "—",
            f"{f.published.on}（{f.published.source}）" if f.published else "—",
            f"{f.observed_at:%Y-%m-%d %H:%M}",
            "、".join(f.unknown_labels),
        )
    console().print(table)


def print_evidence(evidence: Sequence[Evidence], decisions: Mapping[str, Decision]) -> None:
    """Evidence with its sentence."""
    table = table_of("证据", "单位", "检查", "决定", "当事人", "结论", "理由", "期限")
    for e in evidence:
        d = decisions.get(e.decision)
        add_row(
            table,
            e.unit,
            e.check,
            d.number or d.id if d else "—",
            d.name if d else "—",
            outcome_text(e.outcome),
            e.sentence,
            f"{e.deadline:%Y-%m-%d}" if e.deadline else "—",
            style=_STYLES.get(e.outcome),
        )
    console().print(table)


def print_scores(scores: Sequence[Score], names: Mapping[str, str]) -> None:
    """One line a unit."""
    figures = ("实得 / 应得", "折算", "扣减", "得分")
    table = table_of("得分与等级", "单位", *figures, "上限", "等级", "最要紧的未定事项", right=figures)
    for s in scores:
        taken = sum((d.low for d in s.deductions), Decimal(0)), sum((d.high for d in s.deductions), Decimal(0))
        add_row(
            table,
            names[s.unit],
            f"{span(s.won)} / {plain(s.open_points)}",
            span(s.scaled, ".2f"),
            span(taken),
            span(s.total, ".2f"),
            ceiling(s.ceiling),
            grade_text(s),
            s.to_settle[0][:60] if s.to_settle else "—",
        )
    console().print(table)


def print_pending(items: Sequence[Evidence], found: Evaluation, config: Config, texts: Mapping[str, CheckText]) -> None:
    """What waits for a word, with the key that `rule` asks for."""
    table = table_of(f"待核实（{len(items)} 项）", "单位", "事项", "结论", "期限", "事项号")
    for e in items:
        decision = found.decisions.get(e.decision)
        what = (
            f"{decision.number or decision.id} {decision.name}"
            if decision
            else texts[e.check].title_breached
            if e.check in texts
            else e.subject
        )
        add_row(
            table,
            config.unit(e.unit).name,
            what,
            e.sentence,
            f"{e.deadline:%Y-%m-%d}" if e.deadline else "—",
            call_number(e.key),
        )
    console().print(table)


def print_objections(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """Objections, those without an answer first."""
    table = table_of("异议", "登记时间", "单位", "证据键", "理由", "附件", "答复")
    for row in rows:
        said = "已裁定" if row["answered"] else "未答复"
        papers = "、".join(name for name, _ in row["papers"]) or "—"
        style = None if row["answered"] else "yellow"
        add_row(
            table,
            f"{row['received_at']:%Y-%m-%d %H:%M}",
            names.get(row["unit"], row["unit"]),
            row["evidence"],
            row["text"],
            papers,
            said,
            style=style,
        )
    console().print(table)


def print_claims(records: Sequence[ClaimRecord], names: Mapping[str, str]) -> None:
    """Claims not to publish, those that nobody has answered first."""
    table = table_of(
        f"不公开、暂缓公开的主张（{len(records)}）", "单位", "决定文书号", "相对人", "主张", "理由", "现状", "裁定"
    )
    for record in records:
        claim = f"{record['claim']}（到 {record['until']}）" if record["until"] else record["claim"]
        standing = _STANDINGS[record["standing"]] + (f"（{record['over_on']}）" if record["over_on"] else "")
        add_row(
            table,
            names.get(record["unit"], record["unit"]),
            record["number"] or record["decision"],
            record["name"],
            claim,
            record["grounds"] or "—",
            standing,
            _ruled(record),
            style="yellow" if record["standing"] == "open" else None,
        )
    console().print(table)


def _ruled(record: ClaimRecord) -> str:
    """The newest ruling on a claim, in words."""
    if not record["ruling"]:
        return "—"
    until = f"，到 {record['ruled_until']}" if record["ruled_until"] else ""
    return f"{CLAIM_CHOICES[RulingKind(record['ruling'])]}{until}（{record['by']}：{record['why']}）"


def print_doctor(found: Sequence[Any]) -> None:
    """What this machine has and lacks."""
    table = table_of("本机检查", "项目", "状态", "说明")
    marks = {"good": "正常", "warn": "注意", "bad": "缺少"}
    for item in found:
        add_row(
            table, item.name, marks[item.state], item.detail, style={"warn": "yellow", "bad": "red"}.get(item.state)
        )
    console().print(table)


def print_deliveries(found: Sequence[Delivery]) -> None:
    """Each letter to each recipient: where it stands, and what the server said."""
    table = table_of(
        f"发件箱（{len(found)}）", "信件", "收件人", "状况", "次数", "下次", "服务器的答复", right=("次数",)
    )
    for d in found:
        when = f"{d.next_at:%m-%d %H:%M}" if d.state == "waiting" else "—"
        style = "red" if d.state in ("dead", "uncertain", "bounced") else None
        add_row(
            table,
            d.key,
            d.recipient,
            DELIVERIES.get(d.state, d.state) + ("（可能重复）" if d.repeats else ""),
            d.attempts,
            when,
            d.said,
            style=style,
        )
    console().print(table)

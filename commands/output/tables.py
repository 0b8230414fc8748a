"""Tables for people and JSON for programs: what the list commands print."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from checks.cases.publication_claim import ClaimState
from commands.output.terminal import console
from core.domain.forms.reply_worksheet import KINDS
from core.domain.look_reasons import sentence
from core.domain.models import Decision, Evidence, Finding, Look, Outcome, RulingKind, Score
from core.domain.ruling_kinds import CLAIM_CHOICES
from core.runtime.diagnostics import Diagnosis
from core.runtime.disk import Disk
from core.storage.outbox import Delivery
from reporting import wording
from reporting.unit_views import sum_of
from review.claims import CLAIM_STATES, ClaimRecord
from review.records import TroubledRecord

if TYPE_CHECKING:
    from pipeline.quarter import Step
    from scheduler import NightResult  # the scheduler itself would load the whole night

_KINDS = {kind: word for word, kind in KINDS.items()}
_STYLES = {Outcome.BREACHED: "bold red", Outcome.INCONCLUSIVE: "yellow", Outcome.PENDING: "cyan"}


def print_json(value: object) -> None:
    """Anything as JSON, one document."""
    json.dump(value, sys.stdout, ensure_ascii=False, indent=1, default=str)
    sys.stdout.write("\n")


def table_of(title: str, *columns: str, right: Sequence[str] = ()) -> Table:
    """A table whose cells fold rather than lose words."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    return table


def add_row(table: Table, *cells: object, style: str | None = None) -> None:
    """A row of any cells."""
    table.add_row(*(Text(str(cell)) for cell in cells), style=style)  # Text: published words are no markup


def outcome_text(outcome: Outcome) -> str:
    """An outcome in words; a breach nobody has reviewed says so."""
    return wording.OUTCOMES[outcome] + ("（待核实）" if outcome is Outcome.BREACHED else "")


def print_night(night: "NightResult", breached: int, page: Path) -> None:
    """What one night did, per portal; how many breaches stand, and where the report is."""
    figures = ("条目", "请求", "字节", "秒")
    table = table_of(f"批次 {night.run}", "栏目", "核查", "有效核查", *figures, "原因", right=figures)
    for portal in sorted({look.portal for look in night.looks}):
        _add_portal(table, portal, [look for look in night.looks if look.portal == portal])
    out = console()
    out.print(table)
    requests, size = sum(look.requests for look in night.looks), sum(look.bytes for look in night.looks)
    out.print(
        f"请求 {requests} 次，{size:,} 字节，用时 {night.seconds:.1f} 秒，内存峰值 {night.peak_kib / 1024:.0f} MiB；"
        f"{outcome_text(Outcome.BREACHED)} {breached} 项；新邮件 {len(night.letters)} 封；报告 {page}"
    )


def _add_portal(table: Table, portal: str, looks: Sequence[Look]) -> None:
    """One portal's looks of a night in one row."""
    proving = sum(look.genuine and look.parsed for look in looks)
    add_row(
        table,
        portal,
        len(looks),
        proving,
        max(look.rows for look in looks),
        sum(look.requests for look in looks),
        sum(look.bytes for look in looks),
        f"{sum(look.seconds for look in looks):.1f}",
        "、".join(dict.fromkeys(sentence(reason) for look in looks for reason in look.reasons)),
        style=None if proving == len(looks) else "yellow",
    )


def print_status(status: Mapping[str, Any]) -> None:
    """The state of the whole, at a glance; `status` as `status --json` prints it."""
    out = console()
    last, letters = status["last_run"], status["letters"]
    state = f"最近批次：{last['id']}（{last['state']}）" if last else "还没有跑过夜间任务"
    out.print(f"{status['district']}｜{state}")
    if status["network"]:
        out.print(status["network"], style="red")
    dark = "连续没有有效核查（夜）"
    read = "读出/列出"
    table = table_of("栏目", "栏目", "名称", "最近有效核查", dark, read, "原因", right=(dark, read))
    for row in status["portals"]:
        style = "red" if row["unread"] else "yellow" if row["dark_nights"] else None
        newest = next(iter(row["readings"]), None)
        ratio = f"{newest['read']}/{newest['listed']}" if newest else "—"
        proving, reasons = row["last_proving"] or "从未", "、".join(row["reasons"])
        add_row(table, row["portal"], row["name"], proving, row["dark_nights"], ratio, reasons, style=style)
    out.print(table)
    late = [
        f"{row['name']}（{row['check']['why']}）" for row in status["portals"] if row["check"] and row["check"]["late"]
    ]
    if late:
        out.print(f"很久没有用浏览器核对读取结果：{'、'.join(late)}", style="yellow")
    out.print(_disk(Disk(**status["disk"])))
    counts = "，".join(f"{wording.OUTCOMES[Outcome(name)]} {number}" for name, number in status["outcomes"].items())
    unwritten = status["unwritten_letters"]
    out.print(f"决定事项 {status['decisions']} 件；对它们的结论：{counts or '无'}；没有写出的信 {unwritten} 封")
    held = status["open_matters"]
    waiting = "，".join(f"{kind} {number}" for kind, number in held["counts"].items())
    out.print(
        f"{held['period']} 还没有定的：{waiting}（chengxin pending 逐项列出）"
        if waiting
        else f"{held['period']} 没有未定的事项"
    )
    sent = "，".join(f"{delivery_state(name)} {number}" for name, number in letters["counts"].items())
    out.print(f"发信：{sent or '没有经 SMTP 发过信'}")
    for each in status["proposed"]:
        text = (
            f"{each['period']}（第 {each['version']} 版）由 {each['by']} 于 {each['at']} 提议冻结，等第二名复核人冻结"
        )
        out.print(text, style="yellow")
    for letter in letters["troubled"]:
        state = delivery_state(letter["state"])
        out.print(Text(f"　{state}：{letter['recipient']}（{letter['key']}）{letter['said']}", style="red"))


def delivery_state(name: str) -> str:
    """A delivery's state in words."""
    return wording.name_of(wording.DELIVERIES, name)


def _disk(disk: Disk) -> str:
    """The room taken, and for how many nights there is more."""
    parts = {
        "存证": disk.archive,
        "数据库": disk.store,
        "附件": disk.attachments,
        "备份": disk.backups,
        "日志": disk.logs,
    }
    sizes = "，".join(f"{name} {size / 1024**2:,.1f} MB" for name, size in parts.items())
    few = "（请尽快扩容，或缩短 [archive] keep_months）" if disk.is_short else ""
    return f"磁盘：{sizes}，可用 {disk.free / 1024**2:,.1f} MB{disk.forecast}{few}"


def print_looks(looks: Sequence[Look], names: Mapping[str, str]) -> None:
    """Looks, newest last."""
    figures = ("页", "条目", "总数")
    table = table_of("核查", "编号", "栏目", "开始", "方式", "有效核查", "看全", *figures, "原因", right=figures)
    for look in looks:
        proves = look.genuine and look.parsed
        add_row(
            table,
            look.id,
            names.get(look.portal, look.portal),
            f"{look.started_at:%m-%d %H:%M:%S}",
            wording.look_kind(look),
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
        "公示记录", "栏目", "单位", "文书号", "行政相对人", "决定日期", "所载公示日期", "首次读取", "未识别的标签"
    )
    for finding in findings:
        add_row(
            table,
            finding.portal,
            finding.unit or "（未识别）",
            "、".join(finding.numbers) or finding.number_text or "—",
            finding.name or "—",
            finding.decided_on or "—",
            published_text(finding),
            f"{finding.observed_at:%Y-%m-%d %H:%M}",
            "、".join(finding.unknown_labels),
        )
    console().print(table)


def published_text(finding: Finding) -> str:
    """The stated publication date with where it stood, in Chinese; a dash where none is stated."""
    stated = finding.published
    return f"{stated.on}（{wording.name_of(wording.DATE_SOURCES, stated.source)}）" if stated else "—"


def print_evidence(evidence: Sequence[Evidence], decisions: Mapping[str, Decision]) -> None:
    """Evidence with its sentence."""
    table = table_of("证据", "单位", "核查项", "决定", "行政相对人", "结论", "理由", "期限")
    for item in evidence:
        decision = decisions.get(item.decision)
        add_row(
            table,
            item.unit,
            item.check,
            decision.number or decision.id if decision else "—",
            decision.name if decision else "—",
            outcome_text(item.outcome),
            item.sentence,
            _deadline(item),
            style=_STYLES.get(item.outcome),
        )
    console().print(table)


def print_scores(scores: Sequence[Score], names: Mapping[str, str]) -> None:
    """One line a unit."""
    figures = ("实得／应得", "折算", "扣减", "得分")
    table = table_of("得分与等级", "单位", *figures, "等级上限", "等级", "最要紧的待核清事项", right=figures)
    for score in scores:
        add_row(
            table,
            names[score.unit],
            f"{wording.points_range(score.won)}／{wording.points(score.open_points)}",
            wording.score_range(score.scaled),
            wording.points_range(sum_of(score.deductions)),
            wording.score_range(score.total),
            wording.ceiling(score.ceiling),
            wording.grade(score),
            score.to_settle[0][:60] if score.to_settle else "—",
        )
    console().print(table)


def _deadline(item: Evidence) -> str:
    return f"{item.deadline:%Y-%m-%d}" if item.deadline else "—"


def print_objections(rows: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> None:
    """Objections, those without an answer first."""
    table = table_of("异议和回复", "登记时间", "单位", "类别", "证据键", "内容", "附件", "答复")
    for row in rows:
        papers = "、".join(name for name, _ in row["papers"]) or "—"
        add_row(
            table,
            f"{row['received_at']:%Y-%m-%d %H:%M}",
            names.get(row["unit"], row["unit"]),
            _KINDS[row["kind"]],
            row["evidence"],
            row["text"] or "—",
            papers,
            ("已裁定" if row["answered"] else "未答复") if row["kind"] == "objection" else "不用裁定",
            style=None if row["answered"] else "yellow",
        )
    console().print(table)


def print_calendar(period: str, steps: Sequence["Step"], today: date) -> None:
    """A quarter's steps, what each lacks and how it is done; the next one is marked."""
    upcoming = next((step for step in steps if step.done is False), None)
    table = table_of(f"{period} 日程（今天 {today}）", "", "步骤", "日期", "状态", "还差什么、怎么办")
    for step in steps:
        state = {True: "已完成", False: "未完成", None: "不留记录"}[step.done]
        if step.done is False and step.day > today:
            state = f"还有 {(step.day - today).days} 天"
        lines = "\n".join((*step.lacking, *([step.todo] if step.todo else [])))
        add_row(
            table, "→" if step is upcoming else "", step.name, step.day, state, lines or "—",
            style="bold" if step is upcoming else None,
        )  # fmt: skip
    console().print(table)
    console().print(f"下一步：{upcoming.name}（{upcoming.day}）" if upcoming else f"{period} 已冻结；下一步：分发")


def print_claims(records: Sequence[ClaimRecord], names: Mapping[str, str]) -> None:
    """Claims not to publish, those that nobody has answered first."""
    table = table_of(
        f"不公开、暂缓公开的主张（{len(records)}）", "单位", "决定文书号", "相对人", "主张", "理由", "现状", "裁定"
    )
    for record in records:
        claim = f"{record['claim']}（到 {record['until']}）" if record["until"] else record["claim"]
        standing = CLAIM_STATES[record["standing"]] + (f"（{record['over_on']}）" if record["over_on"] else "")
        add_row(
            table,
            names.get(record["unit"], record["unit"]),
            record["number"] or record["decision"],
            record["name"],
            claim,
            record["grounds"] or "—",
            standing,
            _ruled(record),
            style="yellow" if record["standing"] is ClaimState.OPEN else None,
        )
    console().print(table)


def _ruled(record: ClaimRecord) -> str:
    """The newest ruling on a claim, in words."""
    if not record["ruling"]:
        return "—"
    until = f"，到 {record['ruled_until']}" if record["ruled_until"] else ""
    return f"{CLAIM_CHOICES[RulingKind(record['ruling'])]}{until}（{record['by']}：{record['why']}）"


def print_troubled(records: Sequence[TroubledRecord]) -> None:
    """Records set aside, damaged or withdrawn, each with the number that `withdraw` and `release` ask for."""
    heads = ("记录代号", "种类", "单位", "在哪里", "现状", "原因")
    table = table_of(f"搁置、报来未收、读不出和撤回的记录（{len(records)}）", *heads)
    for record in records:
        number, style = record["record"][:12], None if record["state"] == "已撤回" else "yellow"
        unit, place = record["unit"] or "—", record["place"] or "—"
        add_row(table, number, record["kind"], unit, place, record["state"], record["why"], style=style)
    console().print(table)


def print_doctor(diagnoses: Sequence[Diagnosis]) -> None:
    """What this machine has and lacks."""
    table = table_of("本机检查", "项目", "状态", "说明")
    marks = {"good": "正常", "warn": "注意", "bad": "缺少"}
    styles = {"warn": "yellow", "bad": "red"}
    for diagnosis in diagnoses:
        style = styles.get(diagnosis.state)
        add_row(table, diagnosis.name, marks[diagnosis.state], diagnosis.detail, style=style)
    console().print(table)


def print_deliveries(deliveries: Sequence[Delivery]) -> None:
    """Each letter to each recipient: where it stands, and what the server said."""
    heads = ("信件", "收件人", "状况", "次数", "下次", "服务器的答复")
    table = table_of(f"发件箱（{len(deliveries)}）", *heads, right=("次数",))
    for delivery in deliveries:
        add_row(
            table,
            delivery.key,
            delivery.recipient,
            delivery_state(delivery.state) + ("（可能重复）" if delivery.repeats else ""),
            delivery.attempts,
            f"{delivery.next_at:%m-%d %H:%M}" if delivery.state == "waiting" else "—",
            delivery.said,
            style="red" if delivery.state in ("dead", "uncertain", "bounced") else None,
        )
    console().print(table)

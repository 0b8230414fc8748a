"""What `portal try` shows: what was seen, how it would be read, and what a person must still say."""

from collections import Counter
from collections.abc import Sequence

from rich.console import Console

from commands.output.tables import add_row, console, print_findings, table_of
from core.domain.look_reasons import LookReason, end_of, faults_of, sentence
from core.domain.models import Finding, Look, Sighting
from crawler.discovery.propose import Proposal
from pipeline.portal_trial import Trial

KINDS = {
    "published": "发布日期",
    "decided": "决定日期",
    "effective": "生效日期",
    "document": "成文日期",
    "unknown": "说不准",
}
_MEMBERS = {
    "number_text": "文书号",
    "name": "行政相对人",
    "code": "统一代码",
    "decided_on": "决定日期",
    "authority": "决定机关",
    "content": "内容",
}


UNPROVED = (
    "没有看全的依据：这样的栏目证明不了“没有”。能翻页的请写明怎样翻页、总数在哪里；亲眼看过确实只有一页的，"
    "由操作人签注（--one-page-by 姓名）。一见到更多的迹象，签注作废"
)


def print_trial(trial: Trial, *, why: bool = False) -> None:
    """The families that read the page, the first rows, the look, the fields of the details, and the date's question.

    `why`: also what every family that was tried could not read.
    """
    out = console()
    if why:
        _print_refusals(out, trial)
    if trial.seen is None:
        out.print(f"没有读成：{_reasons(trial.look) or '网页上没有认出像决定公示的列表'}")
        return
    out.print(f"核对：{trial.compared}")
    _print_proposals(out, trial.proposals)
    _print_rows(out, trial.seen.sightings)
    print_look(trial.seen.looks[0])
    _print_details(out, trial.seen.findings)
    out.print(f"列表日期：{KINDS[trial.list_date]}。{trial.date_said}")
    if trial.list_date == "unknown":
        out.print("日期的含义要由人说：用 --date，或写在草稿的 list_date；只有发布日期能作为网站所载公示日期")


def _print_refusals(out: Console, trial: Trial) -> None:
    """What each family that was tried could not read."""
    rows = table_of("试过的读取方式", "家族", "没有读成的原因")
    for refusal in trial.refusals:
        add_row(rows, refusal.family, refusal.why)
    out.print(rows if trial.refusals else "没有一个家族认出这样的网页")


def _print_proposals(out: Console, proposals: Sequence[Proposal]) -> None:
    """Every family that reads the page, the chosen one first with its marker."""
    for number, proposal in enumerate(proposals):
        page = proposal.page
        total = "不写总数" if page.total is None else f"共 {page.total} 条"
        pages = "" if page.pages is None else f"、{page.pages} 页"
        head = f"{'采用' if number == 0 else '也可'}：{proposal.family}（{proposal.why}）"
        out.print(f"{head}，首页 {len(page.rows)} 条，{total}{pages}")
    chosen = proposals[0]
    out.print(f"栏目标志文字：{chosen.marker or '没有找到，请自己写 marker'}")


def _print_rows(out: Console, sightings: Sequence[Sighting]) -> None:
    """The first rows as the walk read them."""
    rows = table_of("最前的条目", "日期", "标题", "网址")
    for row in sorted(sightings, key=lambda s: s.position)[:5]:
        add_row(rows, row.listed_on or "—", row.title[:40], row.url)
    out.print(rows)


def print_look(look: Look) -> None:
    """What a look of a draft proves, and by what it was read whole."""
    out = console()
    proves = "有效核查" if look.genuine and look.parsed else "不算有效核查"
    reasons = _reasons(look)
    out.print(f"试看窗口：{look.pages} 页 {look.rows} 条，{proves}{f'（{reasons}）' if reasons else ''}")
    proof = end_of(look.reasons)
    if proof is None and look.floor:
        out.print(f"从最新的一条看到 {look.floor} 为止没有缺口；更早的由每周一次的全列表核查去看")
        return
    out.print(f"看全的依据：{proof.sentence}" if proof else UNPROVED)


def _print_details(out: Console, findings: Sequence[Finding]) -> None:
    """What was read of the details, and the labels that nobody knows."""
    print_findings(findings)
    out.print("详情里读到的项：" + "，".join(_filled(findings)) if findings else "没有读到详情")
    unknown = Counter(label for finding in findings for label in finding.unknown_labels)
    if unknown:
        labels = "、".join(f"{label}×{count}" for label, count in unknown.most_common(20))
        out.print(f"不认识的项（请看是否有用）：{labels}")


def _reasons(look: Look) -> str:
    """Why the look proves less; that details were left unread is no reason: only a few were asked for."""
    return "、".join(sentence(reason) for reason in faults_of(look.reasons) if reason != LookReason.DETAIL_UNREAD)


def _filled(findings: Sequence[Finding]) -> list[str]:
    """Of how many details each field could be read."""
    return [
        f"{word} {sum(bool(getattr(finding, name)) for finding in findings)}/{len(findings)}"
        for name, word in _MEMBERS.items()
    ]

"""What `portal try` shows: what was seen, how it would be read, and what a person must still say."""

import tomllib
from collections import Counter
from collections.abc import Sequence
from urllib.parse import urlsplit

from rich.console import Console

from commands.output.tables import add_row, published_text, table_of
from commands.output.terminal import console
from core.domain.models import Finding, Look, Sighting
from pipeline.onboard import Seen
from pipeline.portal_trial import Trial
from pipeline.trial_words import (
    KINDS,
    MEMBERS,
    Face,
    count,
    in_list_order,
    look_lines,
    next_step,
    proposals,
    unread_page,
    warnings,
)

_WARNING = "bold red"
FACE = Face(
    private="网站确实在内网的，加 --allow-private 再试",
    again="过一会儿再运行同一条命令",
    otherwise="请核对网址是不是列表的第一页；是的，加 --why 看试过的每种读取方式",
    mend="下一步：对照网页看缺了什么，再看下面“试看窗口”之后的一行怎样补上；补不上也可以启用，只是照上面所说证明不了“没有”",
    sign="；亲眼看过确实只有一页的，由操作人签注（--one-page-by 姓名），一见到更多的迹象，签注作废",
)


def print_trial(trial: Trial, *, why: bool = False) -> None:
    """What the draft does not read; the families that read the page, the first rows, the look, the details, the date.

    `why`: also what every family that was tried could not read.
    """
    out = console()
    if trial.seen is None:
        out.print(f"没有读成：{unread_page(trial)}", style=_WARNING)
        out.print(f"下一步：{next_step(trial.look, FACE)}")
    else:
        _print_warning(out, trial.look, trial.seen)
    if why:
        _print_refusals(out, trial)
    if trial.seen is None:
        return
    out.print(f"核对：{trial.compared}")
    for line in proposals(trial):
        out.print(line)
    _print_rows(out, trial.seen.sightings, tomllib.loads(trial.toml)["url"])
    print_look(trial.look)
    _print_details(out, trial.seen)
    out.print(f"列表日期：{KINDS[trial.list_date]}。{trial.date_said}")
    if trial.list_date == "unknown":
        out.print("日期的含义要由人说：用 --date，或写在草稿的 list_date；只有发布日期能作为网站所载公示日期")


def print_signed(trial: Trial) -> None:
    """The look again, as the draft was signed; and what the draft does not read even so."""
    assert trial.seen is not None
    _print_warning(console(), trial.look, trial.seen)
    print_look(trial.look)


def _print_warning(out: Console, look: Look, seen: Seen) -> None:
    """What a draft does not read, before anything else; nothing where it reads all."""
    for warning in warnings(look, seen, FACE):
        words, _, more = warning.partition("\n")
        out.print(f"注意：{words}", style=_WARNING)
        if more:
            out.print(more)


def _print_refusals(out: Console, trial: Trial) -> None:
    """What each family that was tried could not read."""
    rows = table_of("试过的读取方式", "家族", "没有读成的原因")
    for refusal in trial.refusals:
        add_row(rows, refusal.family, refusal.why)
    out.print(rows if trial.refusals else "没有一个家族认出这样的网页")


def _print_rows(out: Console, sightings: Sequence[Sighting], column: str) -> None:
    """The first rows as the walk read them; of the column's own site an address is told from its path on."""
    rows = table_of("最前的条目", "日期", "标题", "网址（同一网站的只写路径）")
    for row in sorted(sightings, key=lambda s: s.position)[:5]:
        add_row(rows, row.listed_on or "—", row.title[:40], row.url.removeprefix(_site(column)))
    out.print("", rows, "", sep="\n")


def _site(url: str) -> str:
    """An address up to its path."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def print_look(look: Look) -> None:
    """What a look of a draft proves, and by what it was read whole."""
    for line in look_lines(look, FACE):
        console().print(line)


def _print_details(out: Console, seen: Seen) -> None:
    """What was read of the details, in the list's order, and the labels that nobody knows."""
    findings = in_list_order(seen)
    table = table_of("公示记录", "文书号", "行政相对人", "单位", "决定日期", "所载公示日期")
    for finding in findings:
        add_row(
            table,
            "、".join(finding.numbers) or finding.number_text or "—",
            finding.name or "—",
            finding.unit or "（未识别）",
            finding.decided_on or "—",
            published_text(finding),
        )
    out.print("", table, "", sep="\n")
    out.print("详情里读到的项：" + "，".join(_filled(findings)) if findings else "没有读到详情")
    unknown = Counter(label for finding in findings for label in finding.unknown_labels)
    if unknown:
        labels = "、".join(f"{label}×{count}" for label, count in unknown.most_common(20))
        out.print(f"不认识的项（请看是否有用）：{labels}")


def _filled(findings: Sequence[Finding]) -> list[str]:
    """Of how many details each field could be read."""
    return [f"{word} {count(findings, name)}/{len(findings)}" for name, word in MEMBERS.items()]

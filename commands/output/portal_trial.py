"""What `portal try` shows: what was seen, how it would be read, and what a person must still say."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from rich.console import Console

from commands.output.tables import add_row, published_text, table_of
from commands.output.terminal import console
from core.domain.look_reasons import LookReason, end_of, faults_of, http_status, sentence
from core.domain.models import Finding, Look, Sighting
from crawler.discovery.propose import Proposal
from pipeline.onboard import SAMPLE, Seen
from pipeline.portal_trial import Trial, may_be_one_page
from pipeline.unread_details import why_unread

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
_NEEDED = ("number_text", "name", "decided_on")  # without these nobody can say whose decision it is, or when it was
UNPROVED = "没有看全的依据：这样的栏目证明不了“没有”。能翻页的，请在草案的 [options] 里写明怎样翻页、总数在哪里"
_SIGN = "；亲眼看过确实只有一页的，由操作人签注（--one-page-by 姓名），一见到更多的迹象，签注作废"
_ENDLESS = frozenset({LookReason.NO_END_SIGN, LookReason.MORE_SEEN, LookReason.TOTAL_MISMATCH})
_WARNING = "bold red"
_WAIT = "过一会儿再运行同一条命令；一直这样，请在浏览器里看能不能打开，并问网站的主办单位"
_ASK = "请换这个栏目不用验证、不用登录的网址；没有的，请网站的主办单位放行"
_ADDRESS = "请在浏览器里打开核对网址，用列表第一页的网址"
_OTHERWISE = "请核对网址是不是列表的第一页；是的，加 --why 看试过的每种读取方式"
_NEXT: dict[str, str] = {
    LookReason.PRIVATE_ADDRESS: "网站确实在内网的，加 --allow-private 再试",
    LookReason.BROWSER_MISSING: "运行 chengxin doctor，按它说的装上浏览器，再试",
    LookReason.ROBOTS: "请网站的主办单位在 robots.txt 里放行，或换别的网址",
    LookReason.TLS: "请网站的主办单位更换证书；能用 http:// 打开的，换成那个网址",
    LookReason.OUTSIDE_HOSTS: _ADDRESS,
    LookReason.REDIRECTED: _ADDRESS,
    LookReason.SOFT_404: _ADDRESS,
    http_status(404): _ADDRESS,
    **dict.fromkeys((LookReason.CAPTCHA, LookReason.LOGIN, LookReason.WAF_CHALLENGE, LookReason.FIREWALL), _ASK),
    **dict.fromkeys(
        (LookReason.CONNECTION, LookReason.TIMEOUT, LookReason.MAINTENANCE, LookReason.RATE_LIMITED,
         LookReason.SERVER_ERROR, LookReason.ROBOTS_UNREACHABLE, http_status(500), http_status(502), http_status(503)),
        _WAIT,
    ),
}  # fmt: skip


def print_trial(trial: Trial, *, why: bool = False) -> None:
    """What the draft does not read; the families that read the page, the first rows, the look, the details, the date.

    `why`: also what every family that was tried could not read.
    """
    out = console()
    if trial.seen is None:
        unread = f"详情没有读到：{trial.unread}" if trial.unread else ""
        said = "；".join(filter(None, (_reasons(trial.look.reasons), unread)))
        out.print(f"没有读成：{said or '网页上没有认出像决定公示的列表'}", style=_WARNING)
        out.print(f"下一步：{_next(trial.look)}")
    else:
        _print_warning(out, trial.look, trial.seen)
    if why:
        _print_refusals(out, trial)
    if trial.seen is None:
        return
    out.print(f"核对：{trial.compared}")
    _print_proposals(out, trial)
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


def _next(look: Look) -> str:
    """What the operator can do where nothing was read, by the first reason that has an answer."""
    return next((_NEXT[reason] for reason in look.reasons if reason in _NEXT), _OTHERWISE)


def _print_warning(out: Console, look: Look, seen: Seen) -> None:
    """What a draft does not read, before anything else; nothing where it reads all."""
    missed = _missed(look)
    if missed:
        out.print(f"注意：{missed}", style=_WARNING)
        out.print(
            "下一步：对照网页看缺了什么，再看下面“试看窗口”之后的一行怎样补上；补不上也可以启用，只是照上面所说证明不了“没有”"
        )
    lacking = _lacking(look, seen)
    if lacking:
        out.print(f"注意：详情没有读全：{lacking}。网页上写着而这里读不出的，请把网页发给开发者", style=_WARNING)


def _missed(look: Look) -> str:
    """How little of the list a look by the draft read or proves, in Chinese; "" where it proves what is asked of it."""
    if not (look.genuine and look.parsed and (look.whole or look.floor or end_of(look.reasons))):
        return f"这份草案只读到一部分，证明不了“没有”，不会判任何单位没有公示。没有读到的：{_unread(look)}"
    if _is_endless(look):
        return f"这份草案看不到列表的末尾（{_unread(look)}）：只证明得了晚于 {look.floor} 的条目，更早的证明不了“没有”"
    return ""


def _is_endless(look: Look) -> bool:
    """Whether a look went for the end of the list, and did not find it."""
    return end_of(look.reasons) is None and bool(_ENDLESS & {reason.partition(":")[0] for reason in look.reasons})


def _unread(look: Look) -> str:
    """What of the list a look did not read, in Chinese; of a total that was not reached the figures."""
    if look.total is None or look.total == look.rows:
        return _reasons(look.reasons) or "看不出列表到哪里为止"
    rest = _reasons(reason for reason in look.reasons if reason != LookReason.TOTAL_MISMATCH)
    return "；".join(filter(None, (f"列出 {look.rows} 条，网站写明共 {look.total} 条", rest)))


def _lacking(look: Look, seen: Seen) -> str:
    """What of the details that were asked for was not read, in Chinese; "" where all says whose decision it is."""
    asked, read = min(SAMPLE, look.rows), len({finding.row_key for finding in seen.findings})
    why = f"：{unread}" if (unread := why_unread(seen)) else ""
    pages = [f"详情试读 {asked} 条，读出 {read} 条{why}"] if read < asked or why else []
    poor = [
        f"{_MEMBERS[name]} {_count(seen.findings, name)}/{len(seen.findings)}"
        for name in _NEEDED
        if _count(seen.findings, name) < len(seen.findings)
    ]
    return "；".join([*pages, *poor])


def _print_refusals(out: Console, trial: Trial) -> None:
    """What each family that was tried could not read."""
    rows = table_of("试过的读取方式", "家族", "没有读成的原因")
    for refusal in trial.refusals:
        add_row(rows, refusal.family, refusal.why)
    out.print(rows if trial.refusals else "没有一个家族认出这样的网页")


def _print_proposals(out: Console, trial: Trial) -> None:
    """The chosen family with its marker, then the others that know the page, with what became of them."""
    chosen, *others = trial.proposals
    out.print(f"采用：{_recognised(chosen)}")
    why = {refusal.family: refusal.why for refusal in trial.refusals}
    for other in others:
        failed = why.get(other.family)
        said = f"认出列表但没有读成：{other.family}（{other.why}）：{failed}" if failed else ""
        out.print(said or f"也认出列表，没有采用：{_recognised(other)}")
    if not chosen.marker:
        out.print("栏目标志文字：没有找到，请自己写 marker")
    elif chosen.marker.isascii():
        out.print(f"栏目标志：{chosen.marker}（接口里的成员名）")
    else:
        out.print(f"栏目标志文字：{chosen.marker}")


def _recognised(proposal: Proposal) -> str:
    """A family with why it knows the page, and what it makes of the first one."""
    page = proposal.page
    total = "不写总数" if page.total is None else f"共 {page.total} 条"
    pages = "" if page.pages is None else f"、{page.pages} 页"
    return f"{proposal.family}（{proposal.why}），首页 {len(page.rows)} 条，{total}{pages}"


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
    out = console()
    proves = "有效核查" if look.genuine and look.parsed else "不算有效核查"
    reasons = _reasons(look.reasons)
    out.print(f"试看窗口：{look.pages} 页 {look.rows} 条，{proves}{f'（{reasons}）' if reasons else ''}")
    proof = end_of(look.reasons)
    sign = _SIGN if may_be_one_page(look) else ""
    if proof:
        out.print(f"看全的依据：{proof.sentence}")
    elif look.floor:
        older = f"更早的没有看全的依据{sign}" if _is_endless(look) else "更早的由每周一次的全列表核查去看"
        out.print(f"从最新的一条看到 {look.floor} 为止没有缺口；{older}")
    else:
        out.print(f"{UNPROVED}{sign}")


def _print_details(out: Console, seen: Seen) -> None:
    """What was read of the details, in the list's order, and the labels that nobody knows."""
    place = {row.row_key: row.position for row in seen.sightings}
    findings = sorted(seen.findings, key=lambda finding: place.get(finding.row_key, len(place)))
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


def _reasons(stored: Iterable[str]) -> str:
    """Why a look proves less; that details were left unread is no reason: only a few were asked for."""
    return "、".join(sentence(reason) for reason in faults_of(stored) if reason != LookReason.DETAIL_UNREAD)


def _filled(findings: Sequence[Finding]) -> list[str]:
    """Of how many details each field could be read."""
    return [f"{word} {_count(findings, name)}/{len(findings)}" for name, word in _MEMBERS.items()]


def _count(findings: Sequence[Finding], name: str) -> int:
    """How many records say a field."""
    return sum(bool(getattr(finding, name)) for finding in findings)

"""What `portal try` and the desk say of a trial: what its draft does not read or prove, and what can be done about it.

Each face has its own words for where a person turns next (a flag of the command, a place on the page): `Face`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.domain.look_reasons import LookReason, end_of, faults_of, http_status, sentence
from core.domain.models import Finding, Look
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
MEMBERS = {
    "number_text": "文书号",
    "name": "行政相对人",
    "code": "统一代码",
    "decided_on": "决定日期",
    "authority": "决定机关",
    "content": "内容",
}
_NEEDED = ("number_text", "name", "decided_on")  # without these nobody can say whose decision it is, or when it was
UNPROVED = "没有看全的依据：这样的栏目证明不了“没有”。能翻页的，请在草案的 [options] 里写明怎样翻页、总数在哪里"
_ENDLESS = frozenset({LookReason.NO_END_SIGN, LookReason.MORE_SEEN, LookReason.TOTAL_MISMATCH})
_ASK = "请换这个栏目不用验证、不用登录的网址；没有的，请网站的主办单位放行"
_ADDRESS = "请在浏览器里打开核对网址，用列表第一页的网址"
_NEXT: dict[str, str] = {
    LookReason.BROWSER_MISSING: "运行 chengxin doctor，按它说的装上浏览器，再试",
    LookReason.ROBOTS: "请网站的主办单位在 robots.txt 里放行，或换别的网址",
    LookReason.TLS: "请网站的主办单位更换证书；能用 http:// 打开的，换成那个网址",
    LookReason.OUTSIDE_HOSTS: _ADDRESS,
    LookReason.REDIRECTED: _ADDRESS,
    LookReason.SOFT_404: _ADDRESS,
    http_status(404): _ADDRESS,
    **dict.fromkeys((LookReason.CAPTCHA, LookReason.LOGIN, LookReason.WAF_CHALLENGE, LookReason.FIREWALL), _ASK),
}
_LATER = frozenset(
    {LookReason.CONNECTION, LookReason.TIMEOUT, LookReason.MAINTENANCE, LookReason.RATE_LIMITED,
     LookReason.SERVER_ERROR, LookReason.ROBOTS_UNREACHABLE, http_status(500), http_status(502), http_status(503)}
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """Where a face sends its reader, in Chinese: for a private address, to try again, for anything else, to mend what
    a warning says, to sign that a column is one page.
    """

    private: str
    again: str
    otherwise: str
    mend: str
    sign: str


def unread_page(trial: Trial) -> str:
    """Why nothing was read of an address."""
    unread = f"详情没有读到：{trial.unread}" if trial.unread else ""
    return "；".join(filter(None, (said(trial.look.reasons), unread))) or "网页上没有认出像决定公示的列表"


def next_step(look: Look, face: Face) -> str:
    """What the operator can do where nothing was read, by the first reason that has an answer."""
    known: Mapping[str, str] = {
        **_NEXT,
        LookReason.PRIVATE_ADDRESS: face.private,
        **dict.fromkeys(_LATER, f"{face.again}；一直这样，请在浏览器里看能不能打开，并问网站的主办单位"),
    }
    return next((known[reason] for reason in look.reasons if reason in known), face.otherwise)


def warnings(look: Look, seen: Seen, face: Face) -> tuple[str, ...]:
    """What a draft does not read or prove, before anything else; () where it reads all."""
    told = missed(look)
    lacking = _lacking(look, seen)
    return (
        *((f"{told}\n{face.mend}",) if told else ()),
        *((f"详情没有读全：{lacking}。网页上写着而这里读不出的，请把网页发给开发者",) if lacking else ()),
    )


def missed(look: Look) -> str:
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
        return said(look.reasons) or "看不出列表到哪里为止"
    rest = said(reason for reason in look.reasons if reason != LookReason.TOTAL_MISMATCH)
    return "；".join(filter(None, (f"列出 {look.rows} 条，网站写明共 {look.total} 条", rest)))


def _lacking(look: Look, seen: Seen) -> str:
    """What of the details that were asked for was not read, in Chinese; "" where all says whose decision it is."""
    asked, read = min(SAMPLE, look.rows), len({finding.row_key for finding in seen.findings})
    why = f"：{unread}" if (unread := why_unread(seen)) else ""
    pages = [f"详情试读 {asked} 条，读出 {read} 条{why}"] if read < asked or why else []
    poor = [
        f"{MEMBERS[name]} {count(seen.findings, name)}/{len(seen.findings)}"
        for name in _NEEDED
        if count(seen.findings, name) < len(seen.findings)
    ]
    return "；".join([*pages, *poor])


def proposals(trial: Trial) -> tuple[str, ...]:
    """The chosen family with its marker, then the others that know the page, with what became of them; a line each."""
    chosen, *others = trial.proposals
    why = {refusal.family: refusal.why for refusal in trial.refusals}
    lines = [f"采用：{_recognised(chosen)}"]
    for other in others:
        failed = why.get(other.family)
        lines.append(
            f"认出列表但没有读成：{other.family}（{other.why}）：{failed}"
            if failed
            else f"也认出列表，没有采用：{_recognised(other)}"
        )
    if not chosen.marker:
        lines.append("栏目标志文字：没有找到，请自己写 marker")
    elif chosen.marker.isascii():
        lines.append(f"栏目标志：{chosen.marker}（接口里的成员名）")
    else:
        lines.append(f"栏目标志文字：{chosen.marker}")
    return tuple(lines)


def _recognised(proposal: Proposal) -> str:
    """A family with why it knows the page, and what it makes of the first one."""
    page = proposal.page
    total = "不写总数" if page.total is None else f"共 {page.total} 条"
    pages = "" if page.pages is None else f"、{page.pages} 页"
    return f"{proposal.family}（{proposal.why}），首页 {len(page.rows)} 条，{total}{pages}"


def look_lines(look: Look, face: Face) -> tuple[str, str]:
    """What a look of a draft proves, and by what it was read whole."""
    proves = "有效核查" if look.genuine and look.parsed else "不算有效核查"
    reasons = said(look.reasons)
    first = f"试看窗口：{look.pages} 页 {look.rows} 条，{proves}{f'（{reasons}）' if reasons else ''}"
    proof = end_of(look.reasons)
    sign = face.sign if may_be_one_page(look) else ""
    if proof:
        return first, f"看全的依据：{proof.sentence}"
    if look.floor:
        older = f"更早的没有看全的依据{sign}" if _is_endless(look) else "更早的由每周一次的全列表核查去看"
        return first, f"从最新的一条看到 {look.floor} 为止没有缺口；{older}"
    return first, f"{UNPROVED}{sign}"


def said(stored: Iterable[str]) -> str:
    """Why a look proves less; that details were left unread is no reason: only a few were asked for."""
    return "、".join(sentence(reason) for reason in faults_of(stored) if reason != LookReason.DETAIL_UNREAD)


def count(findings: Sequence[Finding], member: str) -> int:
    """How many records say a member."""
    return sum(bool(getattr(finding, member)) for finding in findings)


def in_list_order(seen: Seen) -> list[Finding]:
    """The records in the list's order."""
    place = {row.row_key: row.position for row in seen.sightings}
    return sorted(seen.findings, key=lambda finding: place.get(finding.row_key, len(place)))

"""Every reason a look may carry, as records declared once: its code as stored, its sentence in Chinese, what follows.

A member is its code (`LookReason.TOO_DEEP == "too-deep"`), so that it is written and compared as what is stored. Only
`http-503` and its like are not listed: they are named by their number (`http_status`).
"""

from collections.abc import Iterable
from enum import Flag, StrEnum, auto


class Follows(Flag):
    """What follows from a reason beside being told."""

    NOTHING = 0
    ODD = auto()  # the portal is not as it was: the office is told at once
    PROOF = auto()  # it says by what a look proves, no fault
    DRIFT = auto()  # and until a person has looked, what is missing there accuses nobody


class EndProof(StrEnum):
    """By what a list was seen whole: a member is its code, its sentence is how it is told in Chinese."""

    sentence: str

    def __new__(cls, code: str, sentence: str) -> "EndProof":
        """A member that is its code."""
        member = str.__new__(cls, code)
        member._value_, member.sentence = code, sentence
        return member

    TOTAL = "total", "条数与所写总数相符"
    PAGES = "pages", "所写页数都已看过"
    LAST_PAGE = "last-page", "末页写明没有下一页"
    PRESSED = "pressed", "再往后按，列表不再有新内容"
    PROTOCOL = "protocol", "按该家族的规矩已到末尾"
    SIGNED = "signed", "操作人签注只有一页，未见更多的迹象"


class LookReason(StrEnum):
    """Why a look proves less than was asked for, or what was odd about its portal."""

    sentence: str
    follows: Follows

    def __new__(cls, code: str, sentence: str, follows: Follows = Follows.NOTHING) -> "LookReason":
        """A member that is its code."""
        member = str.__new__(cls, code)
        member._value_, member.sentence, member.follows = code, sentence, follows
        return member

    WAF_CHALLENGE = "waf-challenge", "网站防护要求通过浏览器验证"
    FIREWALL = "firewall", "网站防火墙拦截了访问"
    RATE_LIMITED = "rate-limited", "网站提示访问过于频繁"
    CAPTCHA = "captcha", "网站要求输入验证码"
    LOGIN = "login", "转到了登录页面"
    REDIRECTED = "redirected", "被转到别的地址"
    MAINTENANCE = "maintenance", "网站正在维护"
    JSON_REFUSED = "json-refused", "接口拒绝回答，或回答里没有应有的数据"
    NOT_JSON = "not-json", "接口返回的不是数据"
    SOFT_404 = "soft-404", "页面不存在（以正常状态返回）"
    SERVER_ERROR = "server-error", "网站服务器出错（以正常状态返回）"
    HIJACKED = "hijacked", "被备案提示、运营商、域名停放或上网认证页面顶替"
    BLANK_SKELETON = "blank-skeleton", "页面只有空壳，没有内容"
    TEMPLATE_UNFILLED = "template-unfilled", "页面模板没有填充"
    TRUNCATED = "truncated", "内容没有传完"
    EMPTY_BODY = "empty-body", "内容为空"
    MARKER_MISSING = "marker-missing", "页面没有该栏目的标志文字"
    LIST_MISSING = "list-missing", "页面没有列表"
    TOTAL_MISSING = "total-missing", "页面没有写明总数"
    ROW_UNREADABLE = "row-unreadable", "有条目读不出来"
    ROWS_OUT_OF_ORDER = "rows-out-of-order", "条目没有按日期排列"
    SHIFTED = "shifted", "翻页期间列表有变动"
    TOTAL_MISMATCH = "total-mismatch", "条目数与网站所写总数不符"
    NO_END_SIGN = "no-end-sign", "无法确认已到最后一页"
    PRESS_FAILED = "press-failed", "在网页上往后翻，没有翻成"
    MORE_SEEN = "more-seen", "页面另有更多的迹象，未必看全"
    SIGNATURE_VOID = "signature-void", "签注只有一页，却见到更多的迹象，签注作废", Follows.ODD
    ROWS_HIDDEN = "rows-hidden", "栏目里有网页不显示的条目，不算公示，也不能说没有", Follows.ODD
    LISTS_MIXED = "lists-mixed", "条目来自页面上几个分不开的列表，未必看的是该栏目"
    NO_RECORDS = "no-records", "栏目从未读出过一条决定（文号、相对人），未必看的是该栏目", Follows.ODD
    SEEN_WHOLE = "seen-whole", "看全的依据", Follows.PROOF
    CLOCK_SKEW = "clock-skew", "本机与网站时钟相差超过 60 秒"
    NOT_VISITED = "not-visited", "今夜没有访问：抓取的机器没有做完，或没有轮到"
    TIMEOUT = "timeout", "网站没有按时回答"
    CONNECTION = "connection", "连接失败"
    TOO_LARGE = "too-large", "内容超过大小限制"
    ROBOTS = "robots", "网站 robots.txt 不允许访问"
    ROBOTS_UNREACHABLE = "robots-unreachable", "网站的 robots.txt 读不到（服务器出错），按规矩不访问"
    TOO_SLOW = "too-slow", "网站 robots.txt 要求的访问间隔太长，一夜读不完"
    TLS = "tls", "网站证书验证不通过"
    CODING_BROKEN = "coding-broken", "内容的压缩格式损坏"
    PAGE_SLOW = "page-slow", "页面读得太久，已放弃"
    PAGE_MEMORY = "page-memory", "读这个页面要占的内存太多，已放弃"
    PAGE_CRASHED = "page-crashed", "读这个页面的进程中途死掉了"
    TOO_DEEP = "too-deep", "页面结构异常，解析会丢失内容"
    PAGE_LIMIT = "page-limit", "页数超过上限"
    WRONG_PAGE = "wrong-page", "返回的不是所要的那一页"
    DETAIL_UNREAD = "detail-unread", "有条目的详情没有读到"
    FILE_TYPE = "file-type", "文件的种类读不了"
    FILE_OLD_WORD = "file-old-word", "文件是旧版 Word（.doc），本机没有 antiword 或 catdoc，读不了"
    FILE_EMPTY = "file-empty", "文件是空的"
    FILE_DAMAGED = "file-damaged", "文件已损坏或没有传完"
    FILE_PASSWORD = "file-password", "文件设有密码"
    FILE_MACROS = "file-macros", "文件带有宏，不予打开"
    FILE_TOO_LARGE = "file-too-large", "文件超过大小限制"
    FILE_EXPANDS = "file-expands", "文件解压后超过大小限制"
    FILE_GRID = "file-grid", "文件里的表格超过大小限制"
    FILE_PAGES = "file-pages", "文件的页数超过限制"
    FILE_SLOW = "file-slow", "文件读得太久，已放弃"
    FILE_SCANNED = "file-scanned", "文件是扫描件，没有文字可读"
    FILE_GARBLED = "file-garbled", "文件里的文字是乱码"
    FILE_NO_TABLE = "file-no-table", "文件里没有表格"
    FILE_PARTLY = "file-partly", "文件里有图片或读不了的部分，没有读全"
    OUTSIDE_HOSTS = "outside-hosts", "地址不在允许的网站之内"
    PRIVATE_ADDRESS = "private-address", "域名指向内网地址"
    FAMILY_ERROR = "family-error", "解析程序出错"
    BROWSER_MISSING = "browser-missing", "本机没有浏览器"
    EMPTY_UNPROVED = (
        "empty-unproved",
        "接口说没有条目，但看不出说的就是该栏目（栏目确实可能是空的，请写 may_be_empty = true）",
    )
    REVALIDATED = "revalidated", "网站确认页面未变，未重新传送"
    DRIFT_ROWS = "drift-rows", "栏目的条目比以往少了很多", Follows.ODD | Follows.DRIFT
    DRIFT_VANISHED = "drift-vanished", "上次还在的条目一下子少了很多", Follows.ODD | Follows.DRIFT
    DRIFT_COLUMNS = "drift-columns", "栏目的列或项目有变化", Follows.ODD | Follows.DRIFT
    DRIFT_FILL = "drift-fill", "栏目里写明该项的记录比以往少了很多", Follows.ODD | Follows.DRIFT
    DRIFT_CITIZEN = "drift-citizen", "读到的条目与在浏览器里看到的不同", Follows.ODD | Follows.DRIFT
    DRIFT_AGENT = "drift-agent", "网站给普通浏览器的条目与给本系统的不同", Follows.ODD | Follows.DRIFT
    MANY_ROWS = "many-rows", "栏目的条目超出预期", Follows.ODD
    LIST_QUIET = "list-quiet", "栏目没有新条目的时间比以往都长", Follows.ODD

    def of(self, what: str) -> str:
        """The reason with what it is about, as stored: a column, or a member of the record."""
        return f"{self.value}:{what}"

    @property
    def is_odd(self) -> bool:
        """Whether the office is told of the portal."""
        return Follows.ODD in self.follows

    @property
    def is_proof(self) -> bool:
        """Whether it says by what a look proves, rather than why it proves less."""
        return Follows.PROOF in self.follows

    @property
    def is_drift(self) -> bool:
        """Whether the portal drifted, so that its looks prove no absence."""
        return Follows.DRIFT in self.follows


REASONS: dict[str, LookReason] = {reason.value: reason for reason in LookReason}
_HTTP = "http-"
_MEMBERS = {
    "number_text": "决定文书号",
    "name": "相对人名称",
    "decided_on": "决定日期",
    "authority": "决定机关",
    "content": "决定内容",
    **{proof.value: proof.sentence for proof in EndProof},
}


def reason_of(stored: str) -> LookReason | None:
    """The record of a reason as stored; None for an HTTP status and for what an older version wrote."""
    return REASONS.get(stored.partition(":")[0])


def http_status(status: int) -> str:
    """The reason for an answer with another status than 200."""
    return f"{_HTTP}{status}"


def sentence(stored: str) -> str:
    """A reason in Chinese, with what it is about in brackets; a status by its number; an unknown code as it is."""
    code, _, what = stored.partition(":")
    reason = REASONS.get(code)
    if what:
        return f"{reason.sentence if reason else code}（{_MEMBERS.get(what, what)}）"
    if stored.startswith(_HTTP):
        return f"网站返回状态 {stored.removeprefix(_HTTP)}"
    return reason.sentence if reason else stored


def faults_of(reasons: Iterable[str]) -> tuple[str, ...]:
    """The reasons of a look why it proves less, without what says by which proof it is whole."""
    return tuple(stored for stored in reasons if not ((reason := reason_of(stored)) and reason.is_proof))


def end_of(reasons: Iterable[str]) -> EndProof | None:
    """By what a look was seen whole, as its reasons say; None where it was not, or an older version made the look."""
    for stored in reasons:
        code, _, what = stored.partition(":")
        if code == LookReason.SEEN_WHOLE.value:
            return next((proof for proof in EndProof if proof.value == what), None)
    return None

"""Why an answer is not the page asked for, by its content (the reasons in Chinese: core/reasons.py).

Status codes alone judge nothing: a challenge may come at 412, 202 or 200, and a page that passed one still
carries its scripts. So a family asks for positive proof first, and this names the reason when that failed.
"""

import re

from core.text import tight
from crawler.extract.bounded import without_markup
from crawler.extract.charset import decode
from crawler.pages import Response

_CHALLENGE = re.compile(
    r"\$_ts\s*=|_\$[a-zA-Z0-9]{2,}\[['\"]\$_ts|__jsl_clearance|acw_sc__v2|var\s+arg1\s*=\s*['\"][0-9A-F]{40}", re.I
)
_SIGNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("rate-limited", re.compile(r"访问(?:过于|太)频繁|请求(?:过于|太)频繁|操作过于频繁|toomanyrequests", re.I)),
    ("captcha", re.compile(r"请?(?:输入|完成)(?:图形|滑动|安全)?验证码?以?继续|滑动(?:滑块|验证)|安全验证|人机验证")),
    (
        "maintenance",
        re.compile(r"(?:系统|网站|平台|服务器?)(?:正在)?(?:维护|升级|改版){1,2}(?:中|，|,|。|$)|维护公告|暂停服务|停机维护"),
    ),
    ("login", re.compile(r"type=[\"']?password|统一身份认证|用户登录|请先登录|请登录后", re.I)),
    (
        "soft-404",
        re.compile(
            r"页面(?:不存在|未找到|找不到|已删除|走丢)|(?:您)?访问的页面不存在|404NotFound|文件不存在或已删除", re.I
        ),
    ),
    (
        "waf-challenge",
        re.compile(r"网站防火墙|云防护|请求(?:已)?被(?:拦截|阻断)|非法请求|WebApplicationFirewall", re.I),
    ),
)
_OWN_META = re.compile(r"name\s*=\s*[\"']?(?:ArticleTitle|PubDate)\b", re.I)  # what only an article's page carries
_UNFILLED = re.compile(r"\{\{[^{}]+\}\}")


def why_not_genuine(response: Response) -> str | None:
    """The slug of the best reason why `response` is not a page of its site; None when nothing speaks against it."""
    text = decode(response.body, response.header("Content-Type")).text
    visible = tight(without_markup(text))
    if 300 <= response.status < 400:
        return "login" if "login" in response.header("Location").lower() else "redirected"
    own = _OWN_META.search(text) is not None
    if response.status in {412, 521} or (_CHALLENGE.search(text) and len(visible) < 200 and not own):
        return "waf-challenge"
    if response.status == 429:
        return "rate-limited"
    if response.status != 200:
        return f"http-{response.status}"
    if _is_short(response):
        return "truncated"
    return _by_content(text, visible, own)


def _is_short(response: Response) -> bool:
    """Whether fewer bytes came than the answer declares; of a compressed answer nothing can be said."""
    declared = response.header("Content-Length").strip()
    return declared.isdigit() and not response.header("Content-Encoding") and len(response.body) < int(declared)


def _by_content(text: str, visible: str, own: bool) -> str | None:
    if not text.strip():
        return "empty-body"
    if re.match(r"\s*\{.*[\"'](?:code|status)[\"']\s*:\s*[\"']?(?:4\d\d|5\d\d)", text[:2000], re.S):
        return "json-refused"
    short = len(visible) < 1500 and not own  # an article may speak of all these things, or have a log-in box
    for slug, sign in _SIGNS:
        if short and (sign.search(visible) or (slug == "login" and sign.search(text))):
            return slug
    if _UNFILLED.search(visible):
        return "template-unfilled"
    lowered = text.lower()
    if "<html" in lowered and "</html>" not in lowered:
        return "truncated"
    if len(visible) < 40 and "<" in text:
        return "blank-skeleton"
    return None

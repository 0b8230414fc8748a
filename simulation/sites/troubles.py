"""Answers of a site that is not itself: what each trouble looks like on the wire."""

from simulation.offices import BY_SLUG
from simulation.outages import Trouble
from simulation.sites.base import Request, SiteAnswer, html, json_answer

STALE_SECONDS = 25 * 3600
SKEW_SECONDS = 600

_CHALLENGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><meta http-equiv="Content-Type" content="text/html; \
charset=utf-8">
<meta content="{qqqqqqhF.QBiHq7YuBqkcCQqqqqql5120~RDbyRkl9kUfS1A1mltPpyJTSrs" r='m'>
<script type="text/javascript" charset="iso-8859-1" src="/ZvbYc1RuNkYg/6LweYeYIFMkG.a670748.js" r='m'></script>
<script type="text/javascript" r='m'>(function(){$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=51302;$_ts.cd="qEyxrrAl\
DaGqcGAtrsq6cqqtqAL";})();</script>
</head><body></body></html>
"""
_MAINTENANCE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>系统维护</title></head><body>
<div style="text-align:center;margin-top:120px"><h2>系统升级维护中</h2><p>网站正在升级维护，给您带来不便敬请谅解。</p>\
</div></body></html>
"""
_LOGIN = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>用户登录</title></head><body>
<form action="/login" method="post"><label>用户名</label><input name="username"><label>密码</label><input \
type="password" name="password">
<label>验证码</label><input name="captcha"><button>登录</button></form></body></html>
"""
_SOFT_404 = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>提示信息</title></head><body>
<div class="error"><p>抱歉，您访问的页面不存在或已删除！</p><a href="/">返回首页</a></div></body></html>
"""
_SKELETON = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{office}</title></head><body>
<div class="dqwz">当前位置：首页 &gt; 政务公开 &gt; {{{{column.name}}}}</div>
<div class="list-lb"><ul><li ng-repeat="item in list"><a href="{{{{item.url}}}}" title="{{{{item.title}}}}">\
{{{{item.title}}}}</a><div class="lb-time">{{{{item.date}}}}</div></li></ul></div>
<div class="page">{{{{pager}}}}</div></body></html>
"""
_OTHER_ROWS = (
    "我局召开季度工作例会",
    "我局开展夏季安全检查",
    "局领导带队走访企业",
    "我局组织党员学习活动",
    "暑期志愿服务活动圆满结束",
)


def instead(trouble: Trouble, portal: str, request: Request, page: int) -> SiteAnswer | None:
    """What `trouble` answers in the page's stead; None where the page itself comes (cut, stale, mistimed)."""
    if trouble is Trouble.UNAVAILABLE:
        return SiteAnswer(status=503, body=b"<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>")
    if trouble is Trouble.LOGIN:
        return SiteAnswer(status=302, body=b"", headers=(("Location", "/login?returnUrl=" + request.path),))
    if trouble is Trouble.CHALLENGE:
        return SiteAnswer(status=412, body=_CHALLENGE.encode())
    if trouble is Trouble.CODE_403:
        return json_answer('{"code":403,"msg":"访问过于频繁，请稍后再试","data":null}')
    if trouble is Trouble.OTHER_COLUMN:
        return _other_column(portal) if page else None
    pages = {Trouble.MAINTENANCE: _MAINTENANCE, Trouble.CHALLENGE_200: _CHALLENGE, Trouble.SOFT_404: _SOFT_404}
    if trouble in pages:
        return html(pages[trouble])
    if trouble is Trouble.SKELETON:
        return html(_SKELETON.format(office=BY_SLUG[portal].name))
    return None


def spoil(trouble: Trouble | None, answer: SiteAnswer, page: int) -> SiteAnswer:
    """The page itself, damaged on the way: cut short or with a length that its body does not have."""
    if trouble is Trouble.SHORT_BODY and page > 1:
        body = answer.body[: len(answer.body) * 3 // 5]
        return SiteAnswer(body=body, content_type=answer.content_type, claimed_length=len(answer.body))
    if trouble is Trouble.CUT_PAGE and page:
        middle = answer.body.rfind(b"<li", 0, len(answer.body) * 7 // 10)
        end = middle + 20 if middle >= 0 else len(answer.body) * 7 // 10
        return SiteAnswer(body=answer.body[:end], content_type=answer.content_type)
    return answer


def login_page() -> SiteAnswer:
    """Where LOGIN leads."""
    return html(_LOGIN)


def _other_column(portal: str) -> SiteAnswer:
    office = BY_SLUG[portal].name
    rows = "".join(
        f'<li><a href="/col/3_1/art/w/200000{n}/200000{n}.html" target="_blank" title="{title}">{title}</a>'
        f'<div class="lb-time">2026-09-0{9 - n}</div></li>\n'
        for n, title in enumerate(_OTHER_ROWS, 1)
    )
    return html(f"""<!DOCTYPE html><html><head><meta charset="utf-8"><meta name="SiteName" content="{office}">
<meta name="ColumnName" content="工作动态"><title>工作动态-{office}</title></head><body>
<div class="dqwz">当前位置：<a href="/">首页</a> &gt; 政务公开 &gt; <span>工作动态</span></div>
<div class="list-lb"><ul>{rows}</ul></div>
<div class="page"><script type="text/javascript">nsetpage(1,{len(_OTHER_ROWS)},15,"list","html");</script></div>\
</body></html>
""")

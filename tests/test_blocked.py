"""A refusal is named by what the answer holds; an article that speaks of refusals is none."""

import pytest

from core.reasons import REASONS
from crawler.blocked import why_not_genuine
from crawler.pages import PageRequest, Response

URL = "http://x.example.invalid/a.html"
ARTICLE = "本局于二〇二六年八月作出行政处罚决定，当事人在规定期限内履行完毕，现依法予以公示，接受社会监督。"


def answer(body: str, status: int = 200, **headers: str) -> Response:
    return Response(url=URL, status=status, body=body.encode(), headers=tuple(headers.items()), request=PageRequest(url=URL))


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}<title>t</title></head><body>{body}</body></html>"


META = '<meta name="ArticleTitle" content="某决定公示">'
REFUSED = {
    "ruishu, 412 with words": (answer(page(ARTICLE), 412), "waf-challenge"),
    "ruishu at 202": (answer(page("", "<script>_$aB['$_ts']</script>"), 200), "waf-challenge"),
    "acw": (answer(page("", "<script>var arg1='0123456789ABCDEF0123456789ABCDEF01234567';</script>")), "waf-challenge"),
    "jsl cookie": (answer("<script>document.cookie='__jsl_clearance=1';location.reload()</script>"), "waf-challenge"),
    "firewall page": (answer(page("<p>您的请求已被网站防火墙拦截，如有疑问请联系管理员</p>")), "waf-challenge"),
    "429": (answer(page(ARTICLE), 429), "rate-limited"),
    "too often": (answer(page("<p>请求太频繁，请稍候</p>")), "rate-limited"),
    "captcha": (answer(page("<p>请输入图形验证码继续</p>")), "captcha"),
    "maintenance": (answer(page("<p>网站升级中，敬请谅解</p>")), "maintenance"),
    "login form": (answer(page("<form><input type=password></form><p>统一身份认证</p>")), "login"),
    "redirect to a login": (answer("", 302, Location="https://sso.example.invalid/Login"), "login"),
    "redirect elsewhere": (answer("", 301, Location="/403/"), "redirected"),
    "soft 404": (answer(page("<p>您访问的页面不存在！</p>")), "soft-404"),
    "server error with words": (answer(page(ARTICLE), 502), "http-502"),
    "JSON refusal": (answer('{"msg":"x","code":"403"}'), "json-refused"),
    "nothing": (answer("  \n "), "empty-body"),
    "unfilled": (answer(page("<p>{{item.title}}</p><p>" + "信息公开目录" * 10 + "</p>")), "template-unfilled"),
    "cut": (answer(page(ARTICLE)[:-14]), "truncated"),
    "fewer bytes than declared": (answer(page(ARTICLE), **{"Content-Length": "9000"}), "truncated"),
    "skeleton": (answer(page("<div id=app></div>")), "blank-skeleton"),
}


@pytest.mark.parametrize(("response", "slug"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_named(response: Response, slug: str) -> None:
    assert why_not_genuine(response) == slug
    assert slug in REASONS or slug.startswith("http-")


GENUINE = {
    "an article": page(f"<p>{ARTICLE}</p>"),
    "a page that passed a challenge": page(f"<p>{ARTICLE}</p>", META + "<script r='m'>$_ts=window['$_ts'];</script>"),
    "a long page that passed a challenge, without META": page(f"<p>{ARTICLE * 5}</p>", "<script r='m'>$_ts=1;</script>"),
    "an article with a log-in box": page(f"<form><input type='password'></form><p>{ARTICLE}</p>", META),
    "an article on maintenance": page(f"<p>网站升级改版，系统维护中。{ARTICLE}</p>", META),
    "a long article on captchas": page(f"<p>请完成滑动验证后登录。{ARTICLE * 40}</p>"),
    "data with a good code": '{"code":200,"value":{"list":[],"total":0}}',
    "data with a status word": '{"status":"success","total":412}',
}


@pytest.mark.parametrize("body", GENUINE.values(), ids=GENUINE)
def test_a_page_that_is_itself_is_not_refused(body: str) -> None:
    assert why_not_genuine(answer(body)) is None
    assert why_not_genuine(answer(body, **{"Content-Length": "99999", "Content-Encoding": "gzip"})) is None

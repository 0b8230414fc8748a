"""A refusal is named by what the answer holds; an article that speaks of refusals is none. Measured on the corpus."""

import re
from dataclasses import replace

import pytest

from core.domain.look_reasons import REASONS
from core.domain.text import mask_identities
from crawler.extract.charset import decode
from crawler.fetching.block_detection import unfilled, why_not_genuine
from crawler.pages import PageRequest, Response
from tests.support.blocked_corpus import blocked, entered, faults, genuine, kinds, let_in, score, table, why
from tests.support.blocked_pages import CORPUS, at_list, hosts, own_host, pages

URL = "http://x.example.invalid/a.html"
ARTICLE = "本局于二〇二六年八月作出行政处罚决定，当事人在规定期限内履行完毕，现依法予以公示，接受社会监督。"


def answer(body: str, status: int = 200, /, **headers: str) -> Response:
    return Response(
        url=URL, status=status, body=body.encode(), headers=tuple(headers.items()), request=PageRequest(url=URL)
    )


def page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head>{head}<title>t</title></head><body>{body}</body></html>"


META = '<meta name="ArticleTitle" content="某决定公示">'
REFUSED = {
    "ruishu, 412 with words": (answer(page(ARTICLE), 412), "waf-challenge"),
    "ruishu at 200": (answer(page("", "<script>_$aB['$_ts']</script>"), 200), "waf-challenge"),
    "acw": (answer(page("", "<script>var arg1='0123456789ABCDEF0123456789ABCDEF01234567';</script>")), "waf-challenge"),
    "jsl cookie": (answer("<script>document.cookie='__jsl_clearance=1';location.reload()</script>"), "waf-challenge"),
    "firewall page": (answer(page("<p>您的请求已被网站防火墙拦截，如有疑问请联系管理员</p>")), "firewall"),
    "firewall at a status of its own": (answer(page("<p>您的请求疑似攻击行为</p>"), 418), "firewall"),
    "429": (answer(page(ARTICLE), 429), "rate-limited"),
    "too often": (answer(page("<p>请求太频繁，请稍候</p>")), "rate-limited"),
    "captcha": (answer(page("<p>请输入图形验证码继续</p>")), "captcha"),
    "maintenance": (answer(page("<p>网站升级中，敬请谅解</p>")), "maintenance"),
    "login form": (answer(page("<form><input type=password></form><p>统一身份认证</p>")), "login"),
    "redirect to a login": (answer("", 302, Location="https://sso.example.invalid/Login"), "login"),
    "redirect elsewhere": (answer("", 301, Location="/zwgk/"), "redirected"),
    "redirect to a refusal": (answer("", 302, Location="/403/"), "firewall"),
    "soft 404": (answer(page("<p>您访问的页面不存在！</p>")), "soft-404"),
    "server error with words": (answer(page(ARTICLE), 502), "http-502"),
    "a 404 that says so": (answer(page("<h1>页面不存在</h1>"), 404), "http-404"),
    "JSON refusal": (answer('{"msg":"x","code":"403"}'), "json-refused"),
    "JSON that fails by its success": (answer('{"success":false}'), "json-refused"),
    "JSON with words alone": (answer('{"msg":"参数错误","data":null}'), "json-refused"),
    "JSON that asks for a log-in": (answer('{"code":1,"msg":"登录已过期","data":{}}'), "login"),
    "JSON half come": (answer('{"code":200,"value":{"list":[{"title":"某'), "truncated"),
    "nothing": (answer("  \n "), "empty-body"),
    "unfilled": (answer(page("<p>{{item.title}}</p><p>" + "信息公开目录" * 10 + "</p>")), "template-unfilled"),
    "cut": (answer(page(ARTICLE)[:-14]), "truncated"),
    "fewer bytes than declared": (answer(page(ARTICLE), **{"Content-Length": "9000"}), "truncated"),
    "skeleton": (answer(page("<div id=app></div>")), "blank-skeleton"),
    "a frame around another page": (answer(page(f"<p>{ARTICLE}</p><iframe src='/x'></iframe>")), "blank-skeleton"),
}


@pytest.mark.parametrize(("response", "slug"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_is_named(response: Response, slug: str) -> None:
    assert why_not_genuine(response) == slug
    assert slug in REASONS or slug.startswith("http-")


GENUINE = {
    "an article": page(f"<p>{ARTICLE}</p>"),
    "a page that passed a challenge": page(f"<p>{ARTICLE}</p>", META + "<script r='m'>$_ts=window['$_ts'];</script>"),
    "a long page that passed a challenge, without META": page(
        f"<p>{ARTICLE * 5}</p>", "<script r='m'>$_ts=1;</script>"
    ),
    "an article with a log-in box": page(f"<form><input type='password'></form><p>{ARTICLE}</p>", META),
    "an article on maintenance": page(f"<p>网站升级改版，系统维护中。{ARTICLE}</p>", META),
    "an article with a frame": page(f"<p>{ARTICLE}</p><iframe src='/x'></iframe>", META),
    "a long article on captchas": page(f"<p>请完成滑动验证后登录。{ARTICLE * 40}</p>"),
    "a short licence of a fuelling station": page(
        "<p>准予建设楚汀综合能源站，用地三千平方米，位于城东新区，设加油机四台、充电桩十二个，自即日起两年内有效。</p>"
    ),
    "a short notice on a water source": page(
        "<p>准予收回源头水厂的取水许可，农村饮用水源站同时注销，管网由城区水厂接管，即日起施行，特此通知各有关单位知悉。</p>"
    ),
    "data with a good code": '{"code":200,"value":{"list":[],"total":0}}',
    "data with a status word": '{"status":"success","total":412}',
    "data beside a word of failure": '{"msg":"上次同步失败","rows":[{"id":1}]}',
}


@pytest.mark.parametrize("body", GENUINE.values(), ids=GENUINE)
def test_a_page_that_is_itself_is_not_refused(body: str) -> None:
    assert why_not_genuine(answer(body)) is None
    assert why_not_genuine(answer(body, **{"Content-Length": "99999", "Content-Encoding": "gzip"})) is None


def test_a_title_that_names_a_day_makes_no_list_of_a_log_in_page() -> None:
    news = "<ul><li><a href='/a'>2016年1月15日起实施积分制度</a></li></ul>"
    dated = "<ul><li><a href='/a'>积分制度</a><span>2016-01-15</span></li></ul>"
    form = "<form><input type='password'></form>"
    assert why_not_genuine(answer(page(news + form))) == "login"
    assert why_not_genuine(answer(page(dated + form))) is None


@pytest.mark.parametrize(("text", "so"), [
    ("{{row.title}}", True), ("${item.url}", True), ("[!--title--]", True), ("{dede:list}", True),
    ("某公司行政许可（2026）{1}", False), ("价格 $100", False), ("", False),
])  # fmt: skip
def test_a_place_holder_left_standing(text: str, so: bool) -> None:
    assert unfilled(text) is so


# ---------------------------------------------------------------- the corpus

# A template's place-holders in list items: `listing.row` takes them for a row. To be emptied when it does not.
TAKEN_FOR_A_LIST: set[str] = set()
# Another page of the same site has no words that say so: only the family's marker keeps it out of a list.
WITHOUT_WORDS = {"shell", "other-page"}
RECALL = {"json": 0.9, "skeleton": 0.8, **dict.fromkeys(WITHOUT_WORDS, 0.0)}  # by words alone; 1.0 where not said


def test_no_block_page_is_taken_for_a_list() -> None:
    lists = {p.name for p in blocked() if any(not way.endswith("#detail") for way in entered(p))}
    assert lists == TAKEN_FOR_A_LIST, table()


def test_the_structure_alone_keeps_block_pages_out() -> None:
    """A block page in the site's own frame carries the marker: it must not be all that keeps it out."""
    doors = [host for host in hosts("list") if host.portal.marker]
    found = {p.name for p in blocked() for host in doors if at_list(host, p.response, marker=False)}
    assert len(doors) > 25 and found == TAKEN_FOR_A_LIST


def test_no_block_page_is_taken_for_a_detail() -> None:
    details = {p.name for p in blocked() if any(way.endswith("#detail") for way in entered(p))}
    assert details == set(), table()


def test_no_genuine_page_is_called_blocked_or_refused() -> None:
    assert [p.name for p in genuine() if why(p) is not None] == [], table()
    assert [p.name for p in genuine() if not let_in(p)] == [], table()
    assert sum(p.real for p in genuine()) > 700


@pytest.mark.parametrize(("source", "kind"), kinds())
def test_block_pages_are_recognised_by_their_words(source: str, kind: str) -> None:
    got = score(kinds()[source, kind])
    assert got.recall >= RECALL.get(kind, 1.0), "\n".join([table(), *faults()])
    assert got.named == got.recognised or kind in WITHOUT_WORDS, "\n".join(faults())


def test_what_was_held_out_is_recognised_as_well() -> None:
    held = [p for p in blocked() if p.held_out]
    assert len(held) / sum(p.name.startswith(("made/", "real/")) for p in blocked()) > 0.25
    assert score(held).recall >= 0.95, "\n".join(faults())


def test_a_column_is_not_taken_for_another_of_the_same_site() -> None:
    columns = [p for p in pages() if p.portal is not None and p.portal.id == "sip-credit" and p.part == "list"]
    pairs = [(a, b) for a in columns for b in columns if a.portal and b.portal and a.portal.marker != b.portal.marker]
    assert len(pairs) > 4000
    assert [(a.name, b.name) for a, b in pairs if at_list(own_host(b), a.response)] == []


def test_the_corpus_says_where_each_page_comes_from_and_shows_no_person() -> None:
    phone = re.compile(r"(?<![\w.-])1[3-9]\d{9}(?!\w)")
    for file in CORPUS.glob("*/*/page.*"):
        text = decode(file.read_bytes()).text
        assert [e.masked for e in mask_identities(text)[1] if e.what == "identity-number"] == [], file
        assert [p for p in phone.findall(text) if not p.startswith("1390000")] == [], file
        about = (file.parent / "about.json").read_text("utf-8")
        assert ('"source": "real"' in about) == ('"saved":' in about), file
        assert file.parent.parent.name != "real" or '"saved":' in about, file
        assert file.parent.parent.name != "made" or '"source": "made"' in about, file


def test_every_name_of_a_block_page_is_a_reason() -> None:
    slugs = {slug for p in blocked() for slug in p.slugs} - {"other-page"}
    assert {slug for slug in slugs if slug not in REASONS and not slug.startswith("http-")} == set()


def test_a_challenge_at_any_status_is_recognised() -> None:
    first = next(p for p in blocked() if p.kind == "ruishu-200")
    assert {why_not_genuine(replace(first.response, status=status)) for status in (200, 202, 403, 412, 503)} == {
        "waf-challenge"
    }


def drawn(body: str, **headers: str) -> Response:
    made = answer(body, 200, **headers)
    return replace(made, request=PageRequest(url=URL, rendered=True))


CARDS = "".join(
    f"<div class='card'><a href='/{n}.html'>某公司行政处罚</a><span>2026-08-0{n}</span></div>" for n in range(1, 5)
)
FALSELY_REFUSED = {
    "a search box whose script did not run": answer(
        page(f"<div class='search-box'><span>{{{{keyword}}}}</span></div><p>{ARTICLE}</p>")
    ),
    "a query form whose script did not run": answer(
        page(f"<form><input name='q'><b>{{{{hot}}}}</b></form><p>{ARTICLE}</p>")
    ),
    "a query form with a captcha beside a dated list of cards": answer(
        page(f"<form>标题<input name='q'>验证码<input name='code'></form>{CARDS}")
    ),
    "a drawn page that is shorter than the wire's answer": drawn(
        page(f"<p>{ARTICLE}</p>"), **{"Content-Length": "999999"}
    ),
}


@pytest.mark.parametrize("response", FALSELY_REFUSED.values(), ids=FALSELY_REFUSED)
def test_a_genuine_page_is_not_refused_for_what_stands_beside_its_words(response: Response) -> None:
    assert why_not_genuine(response) is None


STILL_REFUSED = {
    "records unfilled beside a filled search box": (
        answer(page(f"<div class='search'>标题</div><ul><li>{{{{row.title}}}}</li></ul><p>{ARTICLE}</p>")),
        "template-unfilled",
    ),
    "records unfilled in a search's list": (
        answer(page(f"<div class='search'><a>{{{{row.title}}}}</a></div><p>{ARTICLE}</p>")),
        "template-unfilled",
    ),
    "records unfilled in a form around the page": (
        answer(page(f"<form><table><tr><td>{{{{row.title}}}}</td></tr></table></form><p>{ARTICLE}</p>")),
        "template-unfilled",
    ),
    "a captcha alone": (answer(page("<form>验证码<input name='code'></form>")), "captcha"),
    "a short answer of the wire": (answer(page(f"<p>{ARTICLE}</p>"), **{"Content-Length": "999999"}), "truncated"),
}  # fmt: skip


@pytest.mark.parametrize(("response", "reason"), STILL_REFUSED.values(), ids=STILL_REFUSED)
def test_what_is_no_page_stays_refused(response: Response, reason: str) -> None:
    assert why_not_genuine(response) == reason

"""Every reason a look may carry, in Chinese: what a reader of reports and mails is told."""

REASONS: dict[str, str] = {
    "waf-challenge": "网站防护要求通过浏览器验证",
    "firewall": "网站防火墙拦截了访问",
    "rate-limited": "网站提示访问过于频繁",
    "captcha": "网站要求输入验证码",
    "login": "转到了登录页面",
    "redirected": "被转到别的地址",
    "maintenance": "网站正在维护",
    "json-refused": "接口拒绝回答，或回答里没有应有的数据",
    "not-json": "接口返回的不是数据",
    "soft-404": "页面不存在（以正常状态返回）",
    "server-error": "网站服务器出错（以正常状态返回）",
    "hijacked": "被备案提示、运营商、域名停放或上网认证页面顶替",
    "blank-skeleton": "页面只有空壳，没有内容",
    "template-unfilled": "页面模板没有填充",
    "truncated": "内容没有传完",
    "empty-body": "内容为空",
    "marker-missing": "页面没有该栏目的标志文字",
    "list-missing": "页面没有列表",
    "total-missing": "页面没有写明总数",
    "row-unreadable": "有条目读不出来",
    "rows-out-of-order": "条目没有按日期排列",
    "shifted": "翻页期间列表有变动",
    "total-mismatch": "条目数与网站所写总数不符",
    "no-end-sign": "无法确认已到最后一页",
    "clock-skew": "本机与网站时钟相差超过 60 秒",
    "timeout": "网站没有按时回答",
    "connection": "连接失败",
    "too-large": "内容超过大小限制",
    "robots": "网站 robots.txt 不允许访问",
    "robots-unreachable": "网站的 robots.txt 读不到（服务器出错），按规矩不访问",
    "too-slow": "网站 robots.txt 要求的访问间隔太长，一夜读不完",
    "tls": "网站证书验证不通过",
    "coding-broken": "内容的压缩格式损坏",
    "too-deep": "页面结构异常，解析会丢失内容",
    "page-limit": "页数超过上限",
    "wrong-page": "返回的不是所要的那一页",
    "detail-unread": "有条目的详情没有读到",
    "file-type": "文件的种类读不了",
    "file-empty": "文件是空的",
    "file-damaged": "文件已损坏或没有传完",
    "file-password": "文件设有密码",
    "file-macros": "文件带有宏，不予打开",
    "file-too-large": "文件超过大小限制",
    "file-expands": "文件解压后超过大小限制",
    "file-grid": "文件里的表格超过大小限制",
    "file-pages": "文件的页数超过限制",
    "file-slow": "文件读得太久，已放弃",
    "file-scanned": "文件是扫描件，没有文字可读",
    "file-garbled": "文件里的文字是乱码",
    "file-no-table": "文件里没有表格",
    "file-partly": "文件里有图片或读不了的部分，没有读全",
    "outside-hosts": "地址不在允许的网站之内",
    "private-address": "域名指向内网地址",
    "family-error": "解析程序出错",
    "browser-missing": "本机没有浏览器",
    "empty-unproved": "接口说没有条目，但看不出说的就是该栏目（栏目确实是空的，请写 [expect] rows_min = 0）",
    "detail-of-another": "详情页与条目对不上",
    "revalidated": "网站确认页面未变，未重新传送",
    "drift-rows": "栏目的条目比以往少了很多",
    "drift-vanished": "上次还在的条目一下子少了很多",
    "drift-columns": "栏目的列或项目有变化",
    "drift-fill": "栏目里写明该项的记录比以往少了很多",
    "many-rows": "栏目的条目超出预期",
    "list-quiet": "栏目没有新条目的时间比以往都长",
}
_MEMBERS = {"number_text": "决定文书号", "name": "相对人名称", "decided_on": "决定日期", "authority": "决定机关", "content": "决定内容"}


def sentence(reason: str) -> str:
    """A reason in Chinese, with what it is about after a colon; an HTTP status by its number; an unknown slug as it is."""
    slug, _, what = reason.partition(":")
    if what:
        return f"{REASONS.get(slug, slug)}（{_MEMBERS.get(what, what)}）"
    if reason.startswith("http-"):
        return f"网站返回状态 {reason.removeprefix('http-')}"
    return REASONS.get(reason, reason)

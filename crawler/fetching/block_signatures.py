"""What pages say that stand in the place of a site's own: signs by reason, as data (`block_detection.py` reads them).

Wordings are those of the makers (安全狗, 云锁, 创宇盾, 雷池 …), of servers and of sites, by what they have in
common: who or what was stopped, and how. All are looked for in text without markup, white space or capitals; in
order, first wins.
"""

import re

from core.domain.look_reasons import LookReason

# ------------------------------------------------ in the source, whatever shows

CHALLENGES = re.compile(
    r"\$_ts\s*[=.\[]|_\$[a-zA-Z0-9]{2,}\[['\"]\$_ts|__jsl_clearance|acw_sc__v2|var\s+arg1\s*=\s*['\"][0-9A-F]{40}", re.I
)
CAPTCHA_SCRIPTS = re.compile(
    r"initgeetest|gt4?\.js|initnecaptcha|cstaticdun|tcaptcha|/awsc/|nocaptcha|recaptcha|hcaptcha|turnstile", re.I
)
PASSWORD = re.compile(r"type\s*=\s*[\"']?password", re.I)
REFRESH = re.compile(r"http-equiv\s*=\s*[\"']?refresh[\"']?[^>]{0,40}?url\s*=\s*[\"']?([^\"'>\s]+)", re.I)
LOCATION = re.compile(
    r"\b(?:location(?:\.href|\[\"href\"\])?\s*=|location\.(?:replace|assign)\s*\()\s*[\"']([^\"']+)", re.I
)
MESSAGES = ("msg", "message", "info", "text", "errmsg", "errormsg", "resultmsg", "error", "reason", "desc")
CODES = ("code", "status", "state", "result", "errcode", "resultcode", "retcode", "ret")

# ------------------------------------------------ where a redirect leads

LEADS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (LookReason.LOGIN, re.compile(r"log-?in|signin|\bsso\b|\bcas\b|passport|oauth|/auth\b", re.I)),
    (LookReason.HIJACKED, re.compile(r"e?portal/(?:auth|index\.jsp)|wlanuser|ac_portal", re.I)),
    (LookReason.FIREWALL, re.compile(r"\b403\b|block|forbidden", re.I)),
    (LookReason.SOFT_404, re.compile(r"\b404\b|notfound|error", re.I)),
)

# ------------------------------------------------ words

WORDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        LookReason.RATE_LIMITED,
        re.compile(
            r"(?:访问|请求|操作|刷新|提交|查询)\S{0,6}(?:频繁|频率(?:过高|限制)|太快|过快|次数(?:过多|超过|超出|已达|上限))"
            r"|toomanyrequests|ratelimit"
        ),
    ),
    (
        LookReason.WAF_CHALLENGE,
        re.compile(
            r"(?:检查|检测|验证)您?的?浏览器|浏览器(?:安全)?(?:检查|检测|验证)|(?:开启|启用)javascript(?:和cookie)?[并后]?(?:刷新|重新)"
            r"|checkingyourbrowser|environmentchecking|justamoment|enablejavascriptandcookies"
        ),
    ),
    (
        LookReason.HIJACKED,
        re.compile(
            r"(?:未|没有)\S{0,14}备案|备案状态|备案\S{0,6}(?:过期|注销|不符)|域名\S{0,8}(?:过期|到期|出售|转让|停放)"
            r"|domain\S{0,20}(?:expired|forsale|parked)|(?:宽带|账户|主机|空间)\S{0,8}(?:欠费|到期|过期)"
            r"|(?:网站|站点)\S{0,3}(?:已被?|被)(?:暂停|关闭|停用|停止)|没有找到\S{0,4}站点|上网(?:认证|登录)|(?:无线|网络|wi-?fi)\S{0,4}认证"
        ),
    ),
    (
        LookReason.LOGIN,
        re.compile(
            r"统一身份认证|(?:用户|账号|个人|法人|扫码|系统)登[录陆]|(?:请|需要?|须)您?(?:先|重新)登[录陆]|(?:请|需要?|须)登[录陆]后|(?:未|没有)登[录陆]"
            r"|登[录陆](?:已)?(?:超时|失效|过期|后(?:再|才|查看|访问))|会话(?:已)?(?:超时|失效|过期)|认证中心"
        ),
    ),
    (
        LookReason.CAPTCHA,
        re.compile(
            r"验证码|滑块|滑动\S{0,4}验证|拖动\S{0,8}(?:拼图|图片|完成)|(?:安全|人机|访问|图形)验证|请?完成\S{0,6}验证|机器人|captcha"
        ),
    ),
    (
        LookReason.FIREWALL,
        re.compile(
            r"防火墙|云防护|网站卫士|安全狗|云锁|[宇武网云]盾|d盾|网防g01|safeline|雷池|web应用防护|\bwaf|applicationfirewall"
            r"|(?:请求|访问|操作|行为|内容|连接|ip|地址)\S{0,30}(?:拦截|阻断|阻止|屏蔽|封禁|黑名单|被禁止|终止)"
            r"|禁止\S{0,6}访问|访问(?:已)?被?(?:禁止|拒绝|受限|限制)|(?:不能|无权|不允许)访问(?:本|该|此)"
            r"|(?:安全|造成)\S{0,4}(?:威胁|危险|风险)|存在威胁|(?:疑似|可疑)\S{0,3}(?:攻击|黑客)|攻击行为"
            r"|(?:恶意|非法|不合法|危险)\S{0,3}(?:请求|行为|内容|访问|参数|字符)|(?:请求|访问|行为)\S{0,8}异常"
            r"|(?:request|access|ip|you)\S{0,60}(?:blocked|denied)"
        ),
    ),
    (
        LookReason.MAINTENANCE,
        re.compile(
            r"(?:系统|网站|平台|栏目|服务器?|本站|机房)\S{0,6}(?:维护|升级|改版|改造|割接|检修|迁移|建设中)|(?:维护|升级|检修|迁移)(?:公告|通知|中)"
            r"|暂停(?:服务|访问|使用|开放)|停机|(?:临时|暂时)关闭|敬请期待|不在\S{0,4}(?:服务|开放)时间|undermaintenance|underconstruction"
        ),
    ),
    (
        LookReason.SOFT_404,
        re.compile(
            r"^(?:错误|提示|error)?404(?!号)|(?:页面?|网页|信息|文章|栏目|内容|资源|文件|链接|地址)"
            r"\S{0,12}(?:不存在|未找到|找不到|被?删除|移除|已?下线|走丢|失效|未启用|已关闭)"
            r"|(?:没有|无法|未能?|找不)(?:找)?到\S{0,10}(?:页|资源|信息|内容|文章)|404(?:notfound|错误|error|--)|notfound"
            r"|http\S{0,8}404|resourceisnotavailable"
        ),
    ),
    (
        LookReason.SERVER_ERROR,
        re.compile(
            r"^50[0234](?!号)|http\S{0,8}50\d|50\d(?:badgateway|gatewaytime|internal|service)"
            r"|(?:internal)?servererror|serviceunavailable|badgateway"
            r"|服务器?\S{0,4}(?:错误|异常|繁忙|开小差|不可用)|(?:应用程序|运行时)\S{0,4}错误|系统\S{0,3}(?:繁忙|异常|错误|出错)"
            r"|数据库\S{0,6}(?:失败)|databaseconnection|ora-\d{5}|sqlstate|\wexception\b|fatalerror|errorpage|403forbidden"
            r"|(?<!收)回源|(?<![能水气热电资货种粮光油])源站|源服务器|originserver|webserverisdown|welcometonginx|itworks!"
        ),
    ),
)
ANY_STATUS = frozenset(
    {
        LookReason.RATE_LIMITED,
        LookReason.WAF_CHALLENGE,
        LookReason.HIJACKED,
        LookReason.CAPTCHA,
        LookReason.FIREWALL,
        LookReason.MAINTENANCE,
    }
)
REFUSALS = re.compile(
    r"失败|错误|异常|非法|拒绝|拦截|过期|失效|无效|超时|无权|未授权|不存在|登[录陆]|频繁|验证码"
    r"|denied|forbidden|invalid|unauthori|fail|error|notfound"
)

# ------------------------------------------------ what a site's own page has

OWN_META = re.compile(r"name\s*=\s*[\"']?(?:ArticleTitle|PubDate)\b", re.I)
OWN_WORDS = re.compile(
    r"(?:发布|公开|发文|生成|成文|公示)(?:日期|时间)[:：]|索引号|信息来源[:：]|[〔\[【(（](?:19|20)\d\d[〕\]】)）]第?\d+号|行政相对人|暂无(?:数据|信息|内容|记录)"
)
ITEM = re.compile(r"<(?:li|tr|record)\b", re.I)
BOX = re.compile(r"<(?:div|dl|dt)\b", re.I)
ANCHOR = re.compile(r"<a\b[^>]*>.*?(?:</a>|\Z)", re.I | re.S)
DATE = re.compile(r">\s*[\[(【（]?\s*(?:19|20)\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}")
MAY_BE_UNFILLED = re.compile(r"[{﹛｛︷[［﹇]")  # as written, before widths are made one
UNFILLED = re.compile(r"\{\{[^{}]+\}\}|\$\{[\w.\[\]]+\}|\[!--[\w.]+--\]|\{(?:dede|pboot|eyou):[^{}]*\}")

"""A JSON interface that speaks HTML first (无锡), and a site whose list is drawn by script."""

import hashlib
import json
import re
from html import escape

from core.domain.models import Kind
from simulation.offices import BY_SLUG
from simulation.sites.base import Request, Site, SiteAnswer, Target, View, cut, html, json_answer, page_count
from simulation.sites.records import pairs, two_columns
from simulation.world import Posting

# ---------------------------------------------------------------- spj: POST getPContentByPage / getPContentInfo

SIZE = 10
TYPE_LICENCE = "1"
_BY_PAGE, _INFO = "/intertidwebapp/cxIndex/getPContentByPage", "/intertidwebapp/cxIndex/getPContentInfo"
_FIELDS = {
    "行政相对人名称": "XK_XDR_MC",
    "行政相对人类别": "XK_XDR_LB",
    "行政相对人代码_1(统一社会信用代码)": "XK_XDR_SHXYM",
    "法定代表人": "XK_FRDB",
    "证件类型": "XK_XDR_ZJLX",
    "证件号码": "XK_XDR_ZJHM",
    "行政许可决定文书名称": "XK_XKWS",
    "行政许可决定文书号": "XK_WSH",
    "许可类别": "XK_XKLB",
    "许可内容": "XK_NR",
    "许可决定日期": "XK_JDRQ",
    "有效期自": "XK_YXQZ",
    "有效期至": "XK_YXQZI",
    "许可机关": "XK_XKJG",
    "许可机关统一社会信用代码": "XK_XKJGDM",
    "当前状态": "XK_ZT",
    "数据来源单位": "XK_LYDW",
    "数据来源单位统一社会信用代码": "XK_LYDWDM",
    "备注": "BZ",
}


_SHELL_OF_API = """<html><head><title>行政许可公示</title></head><body><div id='list'></div><script>
fetch('/intertidwebapp/cxIndex/getPContentByPage', {method: 'POST',
  headers: {'Content-Type': 'application/x-www-form-urlencoded; charset=UTF-8'},
  body: 'type=1&pageSize=10&cpage=1&asc=desc&deptcode=undefined&orgbm=undefined&name='})
  .then(function (r) { return r.text(); }).then(function (t) {
    var rows = JSON.parse(t.slice(t.indexOf('{'))).mess.map(function (x) { return x.XK_XDR_MC; });
    document.getElementById('list').textContent = rows.join('；');
  });
</script></body></html>"""


def row_id(posting: Posting) -> str:
    """VAL_ID: 32 hexadecimal digits that mean nothing."""
    return hashlib.md5(posting.row.encode(), usedforsecurity=False).hexdigest()


def _json_route(request: Request) -> Target | None:
    if request.path == _BY_PAGE and request.value("type") == TYPE_LICENCE:
        page = request.value("cpage", "1")
        return Target(portal="spj", page=int(page) if page.isdigit() and int(page) else 1)
    return Target(portal="spj") if request.path in {_INFO, _BY_PAGE, "/xysgs/index.shtml"} else None


def _json_answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    if request.path == "/xysgs/index.shtml":
        return html(_SHELL_OF_API)
    if request.method != "POST":
        return None
    if request.path == _INFO:
        return _json_detail(request, view)
    rows = view.rows() if target.page else ()
    size = request.value("pageSize", str(SIZE))
    entries = [_json_row(view, p) for p in cut(rows, target.page, int(size) if size.isdigit() else SIZE)]
    text = json.dumps({"totalNum": len(rows), "mess": entries}, ensure_ascii=False)
    if target.page % 2:  # now and then markup comes before the JSON
        text = '<script type="text/javascript">var _s="";</script>\r\n' + text
    return SiteAnswer(body=text.encode(), content_type="text/html;charset=UTF-8")


def _json_row(view: View, posting: Posting) -> dict[str, str]:
    act = view.world.act(posting.acts[0])
    return {
        "VAL_ID": row_id(posting),
        "XK_XDR_MC": act.party.name,
        "XK_WSH": act.number_text,
        "XK_XKJG": BY_SLUG["spj"].name,
        "XK_JDRQ": posting.listed.isoformat(),
    }


def _json_detail(request: Request, view: View) -> SiteAnswer:
    posting = next((p for p in view.rows() if row_id(p) == request.value("valId")), None)
    if posting is None:
        return json_answer('{"mess":{},"flag":"0"}')
    coded = {_FIELDS[k]: v for k, v in pairs(view.world.act(posting.acts[0]))}
    return json_answer(json.dumps({"flag": "1", "mess": {"detail": coded}}, ensure_ascii=False))


SPJ = Site("spj", _json_route, _json_answer)

# ---------------------------------------------------------------- yjj: a list drawn by script from a JSON file

DRAWN_SIZE = 15
COLUMN_NAME = "应急管理双公示"
_SHELL, _DATA = "/xxgk/sgs/index.html", re.compile(r"^/xxgk/sgs/data/list_(\d+)\.json$")
_DRAWN_DETAIL = re.compile(r"^/xxgk/sgs/(\d{6})/t\d{8}_(\d+)\.html$")
SHELL_PAGE = """<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>%(column)s-%(office)s</title>
<meta name="SiteName" content="%(office)s"><meta name="ColumnName" content="%(column)s"></head>
<body><div class="crumb">首页 &gt; 政务公开 &gt; %(column)s</div>
<ul class="xxgk-list" id="list"></ul>
<div class="pager" id="pager"></div>
<script>
(function () {
  var found = /[?&]page=(\\d+)/.exec(location.search), page = found ? parseInt(found[1], 10) : 1;
  fetch('/xxgk/sgs/data/list_' + page + '.json').then(function (r) { return r.json(); }).then(function (d) {
    var list = document.getElementById('list');
    d.rows.forEach(function (row) {
      var li = document.createElement('li'), a = document.createElement('a'), s = document.createElement('span');
      a.href = row.url; a.title = row.title; a.textContent = row.title; s.className = 'date'; s.textContent = row.date;
      li.setAttribute('data-id', row.id); li.appendChild(a); li.appendChild(s); list.appendChild(li);
    });
    document.getElementById('pager').innerHTML = '第 <b class="now">' + page + '</b> 页 共 <b class="pages">' + \
d.pages +
      '</b> 页 共 <b class="total">' + d.total + '</b> 条' + (page < d.pages ? ' <a class="next" href="?page=' + \
(page + 1) + '">下一页</a>' : '');
    document.body.setAttribute('data-ready', '1');
  });
})();
</script>
<div class="foot">主办单位：%(office)s</div></body></html>
"""


def drawn_detail_path(posting: Posting) -> str:
    """./YYYYMM/tYYYYMMDD_id.html, the day the site claims."""
    return f"/xxgk/sgs/{posting.listed:%Y%m}/t{posting.listed:%Y%m%d}_{posting.row}.html"


def _drawn_route(request: Request) -> Target | None:
    data = _DATA.match(request.path)
    if data:
        return Target(portal="yjj", page=int(data[1]))
    return Target(portal="yjj") if request.path == _SHELL or _DRAWN_DETAIL.match(request.path) else None


def _drawn_answer(request: Request, target: Target, view: View) -> SiteAnswer | None:
    if target.page:
        rows = view.rows()
        entries = [
            {"id": p.row, "title": p.title, "url": drawn_detail_path(p), "date": p.listed.isoformat()}
            for p in cut(rows, target.page, DRAWN_SIZE)
        ]
        data = {"total": len(rows), "pages": page_count(len(rows), DRAWN_SIZE), "rows": entries}
        return json_answer(json.dumps(data, ensure_ascii=False))
    if request.path == _SHELL:
        return html(SHELL_PAGE % {"column": COLUMN_NAME, "office": BY_SLUG["yjj"].name})
    match = _DRAWN_DETAIL.match(request.path)
    posting = view.row(match[2]) if match else None
    return _drawn_detail(view, posting) if posting else None


def _drawn_detail(view: View, posting: Posting) -> SiteAnswer:
    stated = posting.stated or posting.up
    act = view.world.act(posting.acts[0])
    kind = "行政许可" if act.kind is Kind.LICENCE else "行政处罚"
    return html(f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>{escape(posting.title)}</title>
<meta name="ArticleTitle" content="{escape(posting.title)}">
<meta name="PubDate" content="{stated:%Y-%m-%d %H:%M}">
</head><body>
<table class="gkxx"><tr><td>索引号：</td><td>014{posting.row}/2026-0001</td><td>分类：</td><td>{kind}</td></tr>
<tr><td>发布机构：</td><td>{BY_SLUG["yjj"].name}</td><td>公开方式：</td><td>主动公开</td></tr></table>
<h1>{escape(posting.title)}</h1>
<div class="info">发布时间：{stated:%Y-%m-%d %H:%M}　来源：{BY_SLUG["yjj"].name}</div>
<div class="TRS_Editor">{two_columns(pairs(act), "wordtable")}</div>
</body></html>
""")


YJJ = Site("yjj", _drawn_route, _drawn_answer)

"""The district's 政府信息公开平台: one host, a column a unit, lists of documents as TRS writes them."""

import re
from html import escape

from simulation.materials import DOCUMENTS
from simulation.offices import BY_SLUG
from simulation.sites.base import Request, Site, SiteAnswer, Target, View, cut, html, page_count

SIZE = 10
COLUMN = "法定主动公开内容"
_LIST = re.compile(r"^/zwgk/(\w+)/index(?:_(\d+))?\.html$")


def _route(request: Request) -> Target | None:
    match = _LIST.match(request.path)
    if match and match[1] in DOCUMENTS:
        return Target(portal=DOCUMENTS[match[1]], page=int(match[2] or 0) + 1)
    return None


def _answer(_: Request, target: Target, view: View) -> SiteAnswer | None:
    rows, office = view.rows(), BY_SLUG[target.portal.removeprefix("zwgk-")].name
    pages = page_count(len(rows), SIZE)
    if target.page > pages:
        return None
    items = "\n".join(
        f'<li><a href="./{p.listed:%Y%m}/t{p.listed:%Y%m%d}_{p.row}.html" title="{escape(p.title)}">'
        f"{escape(p.title)}</a><span>{p.listed}</span></li>"
        for p in cut(rows, target.page, SIZE)
    )
    return html(f"""<!DOCTYPE html>
<html><head><meta charset="utf-8"><meta name="SiteName" content="楚汀区政府信息公开"><meta name="ColumnName" \
content="{COLUMN}">
<title>{COLUMN}-{office}</title></head><body>
<div class="position">当前位置：首页 &gt; 政府信息公开 &gt; {office} &gt; {COLUMN}</div>
<div class="gl_list"><ul id="gllist">
{items}
</ul></div>
<div class="pages"><script>createPageHTML({pages}, {target.page - 1}, "index", "html");</script></div>
</body></html>
""")


SITE = Site("zwgk", _route, _answer)

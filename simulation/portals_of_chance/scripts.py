"""What the scripts of a column of chance say: rows had from an interface, pages turned, details opened."""

import json
from collections.abc import Callable
from datetime import datetime

from core.domain.clock import ZONE
from simulation.portals_of_chance.detail import labels_of, members_of
from simulation.portals_of_chance.listing import go, holes_of, list_template, pager_template
from simulation.portals_of_chance.shape import (
    Address,
    Charset,
    Dates,
    Life,
    Link,
    Markup,
    Pager,
    Paging,
    Shape,
    Transport,
)
from simulation.portals_of_chance.story import Row, page_size

LIST_API, QUERY_API, XML_API = "/api/xzcf/list", "/api/xzcf/query", "/xzcf/data.xml"
JSONP_API, FRAGMENT_API, JPAGE_API = "/jsonp/list", "/xzcf/rows.html", "/module/web/jpage/dataproxy.jsp"
DETAIL_API = "/api/xzcf/detail"
# what interfaces call a row's id, title and day, and the count of rows
_NAMES = (
    ("infoId", "title", "publishDate", "total"),
    ("id", "bt", "fbsj", "totalCount"),
    ("docId", "docTitle", "releaseTime", "count"),
)


def names_of(shape: Shape) -> tuple[str, str, str, str]:
    """The names that this shape's interface has for id, title, day and total."""
    return _NAMES[shape.seed % len(_NAMES)]


def entry(shape: Shape, row: Row) -> dict[str, str | int]:
    """A row as the interface gives it."""
    id_, title, day, _ = names_of(shape)
    holes = holes_of(shape, row)
    moment = datetime.combine(row.listed, datetime.min.time(), ZONE)
    shown: str | int = int(moment.timestamp() * 1000) if shape.dates is Dates.MILLIS else f"{row.listed:%Y-%m-%d}"
    told: dict[str, str | int] = {id_: str(row.id), title: row.title, day: shown, "status": "0" if row.hidden else "1"}
    if row.pinned:
        told["isTop"] = 1
    if shape.link in {Link.RELATIVE, Link.ABSOLUTE, Link.ELSEWHERE, Link.VIEW, Link.FILE, Link.HOST}:
        told["url"] = holes["url"]
    if shape.link is Link.PANEL:
        told["panel"] = holes["panel"]
    if shape.dates is Dates.TWO:
        told["decideDate"] = holes["decided"]
    if shape.markup is Markup.RECORDS:
        told |= {f"f{n}": holes[f"v{n}"] for n in range(sum(bool(label) for label in labels_of(shape)))}
    return told


# ---------------------------------------------------------------- rows drawn by script

_DAYS = {
    Dates.SLASHES: "y+'/'+(+m)+'/'+(+d)", Dates.HAN: "y+'年'+(+m)+'月'+(+d)+'日'", Dates.BRACKETS: "'[ '+iso+' ]'",
    Dates.SHORT: "m+'-'+d", Dates.SHORT_BRACKETS: "'['+m+'-'+d+']'", Dates.NONE: "''",
}  # fmt: skip
_DRAW = """
var ALL='';
function fill(t,o){return t.replace(/@(\\w+)@/g,function(_,k){return o[k]===undefined?'':o[k];});}
function pager(n,total){
  var pages=Math.max(1,Math.ceil(total/SIZE)),o={n:n,pages:pages,total:total,size:SIZE},h=fill(PG.head,o),p;
  for(p=1;p<=pages;p++){o.p=p;h+=fill(p===n?PG.current:PG.number,o);}
  o.p=n+1;return h+PG.middle+fill(n<pages?PG.next:PG.ended,o)+PG.tail;
}
function show(rows,n,total,add){
  ALL=(add?ALL:'')+rows;
  document.getElementById('listbox').innerHTML=OPEN+ALL+CLOSE.replace('@pager@',pager(n,total));
  if(CLOSE.indexOf('@pager@')<0)document.getElementById('pager').innerHTML=pager(n,total);
}
function lead0(n){return (n<10?'0':'')+n;}
function holes(r){
  var raw=r[DAY],iso=raw;
  if(typeof raw==='number'){var t=new Date(raw+8*3600000);iso=t.toISOString().slice(0,10);}
  var y=iso.slice(0,4),m=iso.slice(5,7),d=iso.slice(8,10);
  var o={id:r[ID],title:r[TITLE],shown:CUT&&r[TITLE].length>16?r[TITLE].slice(0,14)+'…':r[TITLE],
    date:%s,dd:d,ym:y+'-'+m,
    url:r.url,panel:r.panel,decided:r.decideDate,pin:r.isTop?'<em>[置顶]</em>':'',hide:r.status==='0'?HIDE:''};
  for(var k in r)if(/^f\\d+$/.test(k))o['v'+k.slice(1)]=r[k];
  return o;
}
function draw(rows,n,total,add){show(rows.map(function(r){return fill(ROW,holes(r));}).join(''),n,total,add);}
function goPage(n){load(+n,false);}
function morePage(n){load(+n,true);}
"""


def drawing(shape: Shape, rows: tuple[Row, ...]) -> str:
    """The script that draws the list; `rows` are those that a script's variable holds."""
    made, pager = list_template(shape), pager_template(shape)
    pieces = {name: getattr(pager, name).replace("@go@", go(shape, "@p@")) for name in pager.__dataclass_fields__}
    id_, title, day, _ = names_of(shape)
    hide = " style='display:none'" if shape.life == "hidden-by-style" else " class='offline'"
    told: dict[str, object] = {
        "ROW": made.row, "OPEN": made.opening, "CLOSE": made.closing, "PG": pieces, "SIZE": page_size(shape), "ID": id_,
        "TITLE": title, "DAY": day, "CUT": shape.titles == "cut", "HIDE": hide,
    }  # fmt: skip
    told_ = "".join(f"var {name}={json.dumps(value, ensure_ascii=False)};\n" for name, value in told.items())
    held = f"var itemObj={json.dumps([entry(shape, r) for r in rows], ensure_ascii=False)};\n"
    return (
        (told_ + (held if shape.transport is Transport.SCRIPT else "") + _DRAW % _DAYS.get(shape.dates, "iso")
        + _LOADS[shape.transport](shape) + _scroll(shape) + "load(1,false);\n").replace("</", "<\\/")
    )  # fmt: skip


def _scroll(shape: Shape) -> str:
    if shape.pager is not Pager.SCROLL:
        return ""
    return (
        "var ASKED={};window.addEventListener('scroll',function(){var w=document.querySelector('.loading');"
        "if(w&&!ASKED[w.dataset.next]&&window.innerHeight+window.scrollY>=document.body.scrollHeight-80){"
        "ASKED[w.dataset.next]=1;morePage(w.dataset.next);}});\n"
    )


# of a list that only goes forward: what each answer says of the next, and as many rows as that makes
_CURSOR = "var NEXT={1:''};function count(d,n,total){NEXT[n+1]=d.next;return total||(n+(d.next?1:0))*SIZE;}\n"


def _json_get(shape: Shape) -> str:
    if shape.paging is Paging.CURSOR:
        return _CURSOR + (
            f"function load(n,add){{fetch('{LIST_API}?channelId=1042&cursor='+NEXT[n]+'&limit='+SIZE)"
            ".then(function(r){return r.json();}).then(function(d){"
            f"draw(d.data.rows,n,count(d.data,n,d.data.{names_of(shape)[3]}),add);}});}}\n"
        )
    return (
        f"function load(n,add){{fetch('{LIST_API}?channelId=1042&pageNo='+n+'&pageSize='+SIZE).then(function(r)"
        f"{{return r.json();}}).then(function(d){{draw(d.data.rows,n,d.data.{names_of(shape)[3]},add);}});}}\n"
    )


def _json_post(shape: Shape) -> str:
    if shape.paging is Paging.CURSOR:
        return _CURSOR + (
            f"function load(n,add){{fetch('{QUERY_API}',{{method:'POST',headers:{{'Content-Type':'application/json'}},"
            "body:JSON.stringify({channelId:'1042',cursor:NEXT[n],limit:SIZE})}).then(function(r){return r.json();})"
            f".then(function(d){{draw(d.result.records,n,count(d.result,n,d.result.{names_of(shape)[3]}),add);}});}}\n"
        )
    return (
        f"function load(n,add){{fetch('{QUERY_API}',{{method:'POST',headers:{{'Content-Type':'application/json'}},"
        f"body:JSON.stringify({{channelId:'1042',pageNum:n,pageSize:SIZE}})}}).then(function(r){{return r.json();}})"
        f".then(function(d){{draw(d.result.records,n,d.result.{names_of(shape)[3]},add);}});}}\n"
    )


def _xml(shape: Shape) -> str:
    if shape.pager is Pager.JPAGE:
        return _jpage()
    return (
        f"function load(n,add){{fetch('{XML_API}?page='+n).then(function(r){{return r.text();}}).then(function(t){{"
        "var x=new DOMParser().parseFromString(t,'text/xml'),out=[];x.querySelectorAll('row').forEach(function(w){"
        "var o={};[].forEach.call(w.children,function(c){o[c.tagName]=c.textContent;});o.isTop=o.isTop==='1';"
        "out.push(o);});"
        "draw(out,n,+x.documentElement.getAttribute('total'),add);});}\n"
    )


def _jpage() -> str:
    """hanweb's jpage: the first page stands in the page, the others come from dataproxy.jsp."""
    return (
        "function take(t,n,add){var x=new DOMParser().parseFromString(t,'text/xml'),h='';"
        "x.querySelectorAll('record').forEach(function(r){h+=r.textContent;});"
        "show(h,n,+x.querySelector('totalrecord').textContent,add);}\n"
        "function load(n,add){if(n===1)return take(document.getElementById('store').textContent,1,add);"
        f"fetch('{JPAGE_API}?startrecord='+((n-1)*SIZE+1)+'&endrecord='+(n*SIZE)+'&perpage='+SIZE+"
        "'&page='+n+'&appid=1&webid=14&path=/&columnid=1042&unitid=3321&webname=x&permissiontype=0')"
        ".then(function(r){return r.text();}).then(function(t){take(t,n,add);});}\n"
    )


def _jsonp(shape: Shape) -> str:
    return (
        "var NOW=1,ADD=false;function showList(d){draw(d.rows,NOW,d." + names_of(shape)[3] + ",ADD);}\n"
        "function load(n,add){NOW=n;ADD=add;var s=document.createElement('script');"
        f"s.src='{JSONP_API}?callback=showList&page='+n+'&rows='+SIZE;document.body.appendChild(s);}}\n"
    )


def _variable(shape: Shape) -> str:
    if shape.life is Life.PINNED_BEYOND:
        return (
            "var TOP=itemObj.filter(function(r){return r.isTop;}),REST=itemObj.filter(function(r){return !r.isTop;});\n"
            "function load(n,add){draw((n===1?TOP:[]).concat(REST.slice((n-1)*SIZE,n*SIZE)),n,REST.length,add);}\n"
        )
    return "function load(n,add){draw(itemObj.slice((n-1)*SIZE,n*SIZE),n,itemObj.length,add);}\n"


def _fragment(shape: Shape) -> str:
    del shape
    return (
        f"function load(n,add){{fetch('{FRAGMENT_API}?page='+n).then(function(r){{var total=+r.headers.get('X-Total');"
        "return r.text().then(function(t){show(t,n,total,add);});});}\n"
    )


_LOADS: dict[Transport, Callable[[Shape], str]] = {
    Transport.JSON_GET: _json_get, Transport.JSON_POST: _json_post, Transport.XML: _xml, Transport.JSONP: _jsonp,
    Transport.SCRIPT: _variable, Transport.FRAGMENT: _fragment,
}  # fmt: skip


# ---------------------------------------------------------------- pages turned and details opened

_PAGE_JS = """
function link(h,t){return h?'<a href="'+h+'">'+t+'</a> ':'<span class="off">'+t+'</span> ';}
function bar(n,pages,at){var h='',p;for(p=1;p<=pages;p++)h+=p===n?'<b>'+p+'</b> ':link(at(p),p);
  document.write(h+link(n<pages?at(n+1):'','下一页'));}
function createPageHTML(pages,n,name,ext){
  bar(n+1,pages,function(p){return p===1?name+'.'+ext:name+'_'+(p-1)+'.'+ext;});}
function nsetpage(n,total,size,name){
  bar(n,Math.max(1,Math.ceil(total/size)),function(p){return p===1?name+'.html':name+'_'+p+'.html';});}
var laypage={render:function(o){
  bar(o.curr,Math.max(1,Math.ceil(o.count/o.limit)),function(p){return 'javascript:laypage.turn('+p+')';});
  laypage.turn=function(p){o.jump({curr:p},false);};}};
"""


def page_js() -> str:
    """The file that platforms' pagers come from."""
    return _PAGE_JS


def platform_call(shape: Shape, page: int, total: int) -> str:
    """The call by which a platform's pager is drawn into a page sent as markup; "" for other pagers."""
    pages = max(1, -(-total // page_size(shape)))
    return {
        Pager.CREATE_PAGE: f'createPageHTML({pages}, {page - 1}, "index", "html");',
        Pager.NSETPAGE: f"nsetpage({page},{total},{page_size(shape)},'index');",
        Pager.LAYPAGE: f"laypage.render({{elem:'pager',count:{total},limit:{page_size(shape)},curr:{page},"
        "jump:function(o,first){if(!first)location.href='index.html?page='+o.curr;}});",
    }.get(shape.pager, "")


def turning(shape: Shape) -> str:
    """`goPage` of a list that is sent as markup."""
    if shape.transport is Transport.FORM:
        return "function goPage(n){var f=document.forms['pageForm'];f.pageNo.value=n;f.submit();}\n"
    where = {
        Address.INDEX: "(+n===1?'index.html':'index_'+n+'.html')",
        Address.ZERO: "(+n===1?'index.html':'index_'+(n-1)+'.html')",
        Address.PAGE_NO: "'index.html?pageNo='+n", Address.OFFSET: f"'index.html?offset='+(n-1)*{page_size(shape)}",
    }.get(shape.address, "'index.html?page='+n")  # fmt: skip
    return f"function goPage(n){{location.href={where};}}\n"


_DIALOGUE = (
    "function dialogue(h){var d=document.createElement('div');d.className='dialog';"
    "d.style.cssText='position:fixed;left:5%;top:5%;width:90%;height:90%;overflow:auto;background:#fff;z-index:9';"
    "d.innerHTML='<button onclick=\"this.parentNode.remove()\">关闭</button>'+h;document.body.appendChild(d);}\n"
)


def opening(shape: Shape, token: str = "") -> str:
    """The functions that open a row's detail. `token`: what the site asks to be sent with a guarded one."""
    decoder = "utf-8" if shape.charset in {Charset.UTF8, Charset.BOM} else "gb18030"
    return {
        Link.CLICK: "function openInfo(id){location.href='/xzcf/art/'+id+'.html';}\n",
        Link.ROW_CLICK: "function openInfo(id){location.href='/xzcf/art/'+id+'.html';}\n",
        Link.CALL: "function viewInfo(id){window.location='/xzcf/art/'+id+'.html';}\n",
        Link.DIALOG: _DIALOGUE + _fetched("", decoder),
        Link.DIALOG_TOKEN: _DIALOGUE
        + f"var TOKEN='{token}';\n"
        + _fetched(",{headers:{'X-Token':TOKEN,'X-Requested-With':'XMLHttpRequest'}}", decoder),
        Link.DIALOG_JSON: _DIALOGUE + f"var NAMES={json.dumps(members_of(shape), ensure_ascii=False)};\n"
        f"function showInfo(id){{fetch('{DETAIL_API}?id='+id).then(function(r){{return r.json();}}).then(function(d){{"
        "dialogue([].concat(d.data).map(function(o){return '<table class=\"xx\">'+NAMES.map(function(m){"
        "return '<tr><td>'+m[1]+'</td><td>'+o[m[0]]+'</td></tr>';}).join('')+'</table>';}).join(''));});}\n",
        Link.PANEL: "function showPanel(id){var p=document.getElementById('panel-'+id);"
        "p.style.display=p.style.display==='none'?'block':'none';}\n",
        Link.DATA_ID: "document.addEventListener('click',function(e){var a=e.target.closest('.info-link');"
        "if(a)window.open('/xzcf/art/'+a.dataset.id+'.html');});\n",
        Link.POST: "function postInfo(id){var f=document.createElement('form');f.method='post';"
        "f.action='/xzcf/detail.do';"
        "var i=document.createElement('input');i.type='hidden';i.name='infoId';i.value=id;f.appendChild(i);"
        "document.body.appendChild(f);f.submit();}\n",
    }.get(shape.link, "")


def _fetched(sent: str, decoder: str) -> str:
    """What shows a row's page above the list; `sent`: what else is sent to have it."""
    return (
        f"function showInfo(id){{fetch('/xzcf/art/'+id+'.html'{sent}).then(function(r){{return r.arrayBuffer();}})"
        f".then(function(b){{var t=new TextDecoder('{decoder}').decode(b);"
        "dialogue(new DOMParser().parseFromString(t,'text/html').body.innerHTML);});}\n"
    )

"""What a row leads to: detail pages in every layout, and attachments."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import escape

from simulation.portals_of_chance.shape import File, Labels, Layout, Matter, Parties, Shape, Stamp
from simulation.portals_of_chance.story import AUTHORITY, Act, Row
from simulation.sites.files import FILE_KINDS, Table

Pairs = tuple[tuple[str, str], ...]


def _form(labels: str) -> tuple[str, ...]:
    return tuple(labels.split("|"))


# fields in the order of the forms: number, party, code, head, facts, basis, kind, content, fine, day, authority
_PENALTY: dict[Labels, tuple[str, ...]] = {
    Labels.NATIONAL_2018: _form(
        "行政处罚决定书文号|行政相对人名称|统一社会信用代码|法定代表人|违法事实|"
        "处罚依据|处罚类别|处罚内容|罚款金额（万元）|处罚决定日期|处罚机关"
    ),
    Labels.NATIONAL_2015: _form(
        "行政处罚决定书文号|行政相对人名称|行政相对人代码_1(统一社会信用代码)|法定代表人姓名|处罚事由|"
        "处罚依据|处罚类别1|处罚结果||处罚决定日期|处罚机关"
    ),
    Labels.LOCAL: _form("文书号|受处罚人名称/姓名|社会信用代码|负责人|案由|依据|处罚种类|处罚结果||处罚时间|执法部门"),
    Labels.OTHER_LOCAL: _form(
        "决定书编号|被处罚人姓名|证件号码|法人代表|主要违法事实|"
        "处罚依据|处罚方式|处理结果|处罚金额|作出处罚日期|发文单位"
    ),
    Labels.FINANCE: _form(
        "行政处罚决定书文号|单位-名称||主要负责人姓名|主要违法违规事实（案由）|"
        "行政处罚依据||行政处罚决定||作出处罚决定的日期|作出处罚决定的机关名称"
    ),
}
_LICENCE: dict[Labels, tuple[str, ...]] = {
    Labels.NATIONAL_2018: _form(
        "行政许可决定文书号|行政相对人名称|统一社会信用代码|法定代表人|||许可类别|许可内容||许可决定日期|许可机关"
    ),
    Labels.NATIONAL_2015: _form(
        "行政许可决定书文号|行政相对人名称|行政相对人代码_1(统一社会信用代码)|法定代表人姓名||"
        "|审批类别|许可内容||许可决定日期|许可机关"
    ),
    Labels.LOCAL: _form("批准文号|申请单位|信用代码|负责人|||审批类别|审批事项||批准日期|审批部门"),
    Labels.OTHER_LOCAL: _form("许可证号|被许可人|证件号码|法人|||许可类型|许可事项||批准时间|发证机关"),
}
_SECOND = {Labels.FINANCE: "个人姓名"}


def labels_of(shape: Shape) -> tuple[str, ...]:
    """The labels of the shape's form, "" for a field that it does not have."""
    labels = _PENALTY[shape.labels] if shape.matter is Matter.PENALTY else _LICENCE[shape.labels]
    if shape.parties is Parties.FIRMS:
        return labels
    number, party, code, _, *rest = labels
    return (number, _SECOND.get(shape.labels, party), code and "身份证号码", "", *rest)


def pairs(shape: Shape, act: Act) -> Pairs:
    """Labels and values of one decision."""
    penalty = shape.matter is Matter.PENALTY
    values = (
        act.number, act.party.name, act.party.code, act.party.head, "经营超过保质期的食品",
        "《中华人民共和国食品安全法》第一百二十四条",
        "罚款" if penalty else "普通", act.content, _fine(shape, act.fine), day_of_field(shape, act.decided), AUTHORITY,
    )  # fmt: skip
    return tuple((label, value) for label, value in zip(labels_of(shape), values, strict=True) if label)


def _fine(shape: Shape, fine: Decimal | None) -> str:
    """In 万元 where the label says so, else with its unit."""
    if fine is None:
        return ""
    return f"{fine / 10_000:f}" if shape.labels is Labels.NATIONAL_2018 else f"{fine}元"


def day_of_field(shape: Shape, day: date) -> str:
    """A day as forms of this shape write it."""
    han = shape.labels in {Labels.FINANCE, Labels.OTHER_LOCAL}
    return f"{day.year}年{day.month}月{day.day}日" if han else f"{day:%Y-%m-%d}"


# ---------------------------------------------------------------- one record in each layout


def _two(shape: Shape, act: Act) -> str:
    rows = "".join(f"<tr><td>{escape(k)}</td><td>{escape(v)}</td></tr>" for k, v in pairs(shape, act))
    return f'<table border="1" class="xx">{rows}</table>'


def _four(shape: Shape, act: Act) -> str:
    said = pairs(shape, act)
    said += (("备注", ""),) * (len(said) % 2)
    rows = "".join(
        "<tr>" + "".join(f"<th>{escape(k)}</th><td>{escape(v)}</td>" for k, v in said[n : n + 2]) + "</tr>"
        for n in range(0, len(said), 2)
    )
    return f'<table border="1">{rows}</table>'


def _lines(shape: Shape, act: Act) -> str:
    return "".join(f"<p>{escape(k)}：{escape(v)}</p>" for k, v in pairs(shape, act))


def _dl(shape: Shape, act: Act) -> str:
    return "<dl>" + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in pairs(shape, act)) + "</dl>"


def _prose(shape: Shape, act: Act) -> str:
    """A decision as it is written, its number in a line of its own and its day in the text."""
    day, name = f"{act.decided.year}年{act.decided.month}月{act.decided.day}日", act.party.name
    if shape.matter is Matter.LICENCE:
        return (
            f"<p>{name}：</p><p>你单位提出的食品经营许可申请收悉。经审查，符合法定条件，{AUTHORITY}于{day}同意你单位从事"
            f"食品经营，决定文书号：{act.number}。</p>"
        )
    about = f"统一社会信用代码{act.party.code}，法定代表人{act.party.head}"
    if shape.parties is not Parties.FIRMS:
        about = f"身份证号码{act.party.code}"
    return (
        f"<p style='text-align:right'>{act.number}</p><p>当事人：{name}，{about}。</p>"
        "<p>经查，当事人经营超过保质期的食品，违反了《中华人民共和国食品安全法》第三十四条的规定。"
        f"{AUTHORITY}于{day}作出行政处罚决定：责令改正违法行为，并处{act.fine}元罚款。</p>"
    )


def _signed(shape: Shape, act: Act) -> str:
    """The same with authority and day in the signature alone."""
    day, penalty = f"{act.decided.year}年{act.decided.month}月{act.decided.day}日", shape.matter is Matter.PENALTY
    done = f"决定对你单位处以{act.fine}元罚款" if penalty else "决定准予你单位从事食品经营"
    return (
        f"<p align='center'>{act.number}</p><p>{act.party.name}：</p>"
        f"<p>你单位一案，经审理终结，依据有关规定，我局{done}。</p>"
        f"<p align='right'>{AUTHORITY}</p><p align='right'>{day}</p>"
    )


def _file(shape: Shape, act: Act) -> str:
    del shape, act
    return ""


def _subtables(shape: Shape, act: Act) -> str:
    """Tables within a table: the parties by their role, then the decision."""
    said = dict(pairs(shape, act))
    _, party, code, head = labels_of(shape)[:4]
    heads = (("角色", "当事人"), (party, act.party.name), (code or "证件号码", act.party.code), (head, act.party.head))
    cells = [pair for pair in heads if pair[0]]
    inner = "<table border='1'>" + "".join(
        f"<tr>{''.join(f'<td>{pair[n]}</td>' for pair in cells)}</tr>" for n in (0, 1)
    ) + "</table>"  # fmt: skip
    rest = "".join(
        f"<tr><td>{escape(k)}</td><td>{escape(v)}</td></tr>" for k, v in said.items() if k not in {party, code, head}
    )
    return f"<table border='1'><tr><td>当事人信息</td><td>{inner}</td></tr>{rest}</table>"


def _parties(shape: Shape, act: Act) -> str:
    """One number over several parties: the number's cell spans their rows."""
    labels = labels_of(shape)
    number, party, content, day, authority = labels[0], labels[1], labels[7], labels[9], labels[10]
    parties = [act.party, *([act.second] if act.second else [])]
    span = f" rowspan='{len(parties)}'" if act.second else ""
    head = "".join(f"<th>{escape(word)}</th>" for word in ("序号", number, party, content, day, authority))
    rows = [
        "<tr>" + (f"<td{span}>1</td><td{span}>{act.number}</td>" if n == 0 else "")
        + f"<td>{one.name}</td><td>{act.content}</td>"
        + (f"<td{span}>{day_of_field(shape, act.decided)}</td><td{span}>{AUTHORITY}</td>" if n == 0 else "") + "</tr>"
        for n, one in enumerate(parties)
    ]  # fmt: skip
    return f"<table border='1'><tr>{head}</tr>{''.join(rows)}</table>"


def _fines(shape: Shape, act: Act) -> str:
    """The same, with what each party pays in its own row."""
    labels = labels_of(shape)
    number, party, content, day, authority = labels[0], labels[1], labels[7], labels[9], labels[10]
    both = [(act.party, act.fine), *([(act.second, act.second_fine)] if act.second else [])]
    span = f" rowspan='{len(both)}'" if act.second else ""
    head = "".join(f"<th>{escape(word)}</th>" for word in ("序号", number, party, content, day, authority))
    rows = [
        "<tr>" + (f"<td{span}>1</td><td{span}>{act.number}</td>" if n == 0 else "")
        + f"<td>{one.name}</td><td>罚款人民币{fine}元</td>"
        + (f"<td{span}>{day_of_field(shape, act.decided)}</td><td{span}>{AUTHORITY}</td>" if n == 0 else "") + "</tr>"
        for n, (one, fine) in enumerate(both)
    ]  # fmt: skip
    return f"<table border='1'><tr>{head}</tr>{''.join(rows)}</table>"


def _word(shape: Shape, act: Act) -> str:
    """A table that came from Word: every word cut into spans."""
    rows = "".join(
        f"<tr><td><p class='MsoNormal'>{_cut(k)}</p></td><td><p class='MsoNormal'>{_cut(v)}<o:p></o:p></p></td></tr>"
        for k, v in pairs(shape, act)
    )
    return f"<table class='MsoTableGrid'>{rows}</table>"


def _cut(text: str) -> str:
    middle = len(text) // 2
    return f"<span lang='EN-US'>{escape(text[:middle])}</span><span>{escape(text[middle:])}</span>"


_LAYOUTS: dict[Layout, Callable[[Shape, Act], str]] = {
    Layout.TWO: _two, Layout.FOUR: _four, Layout.LINES: _lines, Layout.DL: _dl, Layout.PROSE: _prose,
    Layout.SIGNED: _signed, Layout.FILE: _file, Layout.SUBTABLE: _subtables, Layout.PARTIES: _parties,
    Layout.FINES: _fines, Layout.WORD: _word,
}  # fmt: skip


# ---------------------------------------------------------------- the page and the file


def detail_body(shape: Shape, row: Row, file_url: str) -> str:
    """The body of a row's page: title, stamp, one part a record, and the attachment where the records stand in one."""
    return (
        "<div class='crumb'>当前位置：首页 &gt; 政务公开 &gt; 双公示</div>"
        f"<div class='art'><h1>{escape(row.title)}</h1>"
        f"{_stamp(shape, row)}<div id='zoom' class='TRS_Editor'>{parts_of(shape, row, file_url)}</div></div>"
        f"<div class='foot'>主办单位：{AUTHORITY}　<a href='javascript:window.print()'>打印</a></div>"
    )


def parts_of(shape: Shape, row: Row, file_url: str) -> str:
    """What a row says of its decisions: one part a record, or the attachment where they stand."""
    if shape.layout is Layout.FILE:
        name = f"{escape(row.title)}.{shape.file.suffix}"
        return f"<p>现将有关信息予以公示，详见附件。</p><p>附件：<a href='{file_url}'>{name}</a></p>"
    return "".join(f"<div class='part'>{_LAYOUTS[shape.layout](shape, act)}</div>" for act in row.acts)


# what interfaces call the fields of the forms, in their order: by the standard's codes, by words, by first letters
_CODES = _form("WSH|XDR_MC|XDR_SHXYM|FR|SY|YJ|CFLB1|JG|NR_FK|JDRQ|XZJG")
_WORDS = _form(
    "docNo|partyName|creditCode|legalRep|factText|basisText|punishType|resultText|fineSum|decideDate|orgName"
)
_LETTERS = _form("wsh|xdrmc|xydm|fddbr|ay|yj|lb|nr|je|rq|jg")


def members_of(shape: Shape) -> tuple[tuple[str, str], ...]:
    """(what the interface calls a field, its label) of every field of the form."""
    prefix = "CF_" if shape.matter is Matter.PENALTY else "XK_"
    names = {Labels.NATIONAL_2015: tuple(prefix + code for code in _CODES), Labels.LOCAL: _LETTERS}.get(
        shape.labels, _WORDS
    )
    return tuple((name, label) for name, label in zip(names, labels_of(shape), strict=True) if label)


def entry_of_detail(shape: Shape, row: Row) -> list[dict[str, str]]:
    """A row's decisions as an interface gives them."""
    names = [name for name, _ in members_of(shape)]
    return [
        {"id": str(row.id), **dict(zip(names, (value for _, value in pairs(shape, act)), strict=True))}
        for act in row.acts
    ]


def _stamp(shape: Shape, row: Row) -> str:
    day, source = row.published, f"来源：{AUTHORITY}"
    return {
        Stamp.LABELLED: f"<div class='info'>发布时间：{day:%Y-%m-%d} 09:32　{source}　浏览次数：<span>12</span></div>",
        Stamp.UNLABELLED: f"<div class='info'>{day:%Y年%m月%d日} 09时32分　{source}</div>",
        Stamp.EMPTY: "<div class='info'>【发布日期： 】　【字号：大 中 小】</div>",
        Stamp.NONE: "",
    }[shape.stamp]


def file_of(shape: Shape, row: Row) -> tuple[bytes, str]:
    """(the attachment of a row, its media type)."""
    if shape.file is File.SCAN:
        return _scan(), "application/pdf"
    records = [dict(pairs(shape, act)) for act in row.acts]
    labels = tuple(records[0])
    table: Table = (labels, *(tuple(record[label] for label in labels) for record in records))
    _, write, media = next(kind for kind in reversed(FILE_KINDS) if kind[0] == shape.file)
    return write(table), media


def _scan() -> bytes:
    """A PDF of one page that is nothing but a picture: grey stripes, as a scanned letter is to a program."""
    width, height = 60, 80
    picture = bytes(0xB0 if line % 4 else 0x30 for line in range(height) for _ in range(width))
    drawn = b"q 595 0 0 842 0 0 cm /Im0 Do Q"
    told = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /XObject << /Im0 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< %s /Length %d >>\nstream\n%s\nendstream" % (told.encode(), len(picture), picture),
    )
    body, places = b"%PDF-1.4\n", list[int]()
    for number, inside in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, inside)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    return (
        body + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(body))
    )  # fmt: skip

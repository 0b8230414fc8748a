"""What a page says of a decision: labels of the 2018 standard (发改办财金〔2018〕424号) and values as printed."""

from datetime import date
from html import escape

from core.domain.models import Kind
from simulation.offices import BY_SLUG
from simulation.parties import Party
from simulation.world import Act

Pairs = list[tuple[str, str]]


def pairs(act: Act, *, on_credit: bool = False) -> Pairs:
    """(label, value) of every field a page prints, in the standard's order; empty values stay empty."""
    return (_licence if act.kind is Kind.LICENCE else _penalty)(act, on_credit)


def _party(party: Party, name: str) -> Pairs:
    rows = [
        ("行政相对人名称", party.name),
        ("行政相对人类别", party.kind),
        ("行政相对人代码_1(统一社会信用代码)", party.code),
        ("法定代表人", party.head),
    ]
    if party.identity:
        number = {"clear": party.identity, "weak": party.weak_identity}.get(name, party.masked_identity)
        rows += [("证件类型", "身份证"), ("证件号码", number)]
    return rows


def _licence(act: Act, on_credit: bool) -> Pairs:
    office = BY_SLUG[act.unit]
    rows = [
        *_party(act.party, act.credit_identity if on_credit else act.identity),
        ("行政许可决定文书名称", "行政许可决定书"),
        ("行政许可决定文书号", act.number_text),
        ("许可类别", act.category),
        ("许可内容", act.item),
    ]
    if act.printed_decided is not None:
        rows += [("许可决定日期", printed(act.printed_decided)), ("有效期自", printed(act.printed_decided))]
    return [
        *rows,
        ("有效期至", printed(act.valid_until)),
        ("许可机关", office.name),
        ("许可机关统一社会信用代码", office.code),
        ("当前状态", "1"),
        ("数据来源单位", office.name),
        ("数据来源单位统一社会信用代码", office.code),
        ("备注", ""),
    ]


def _penalty(act: Act, on_credit: bool) -> Pairs:
    office = BY_SLUG[act.unit]
    rows = [
        *_party(act.party, act.credit_identity if on_credit else act.identity),
        ("行政处罚决定书文号", act.number_text),
        ("违法行为类型", "违反行政管理秩序的行为"),
        ("违法事实", f"{act.party.name}未按规定履行义务"),
        ("处罚依据", "《中华人民共和国行政处罚法》第三十二条"),
        ("处罚类别", act.category),
        ("处罚内容", act.item),
        ("罚款金额（万元）", fine(act)),
    ]
    if act.printed_decided is not None:
        rows.append(("处罚决定日期", printed(act.printed_decided)))
    return [
        *rows,
        ("公示截止期", printed(act.public_until)),
        ("处罚机关", office.name),
        ("处罚机关统一社会信用代码", office.code),
        ("数据来源单位", office.name),
        ("数据来源单位统一社会信用代码", office.code),
        ("备注", ""),
    ]


def fine(act: Act) -> str:
    """The fine in 万元 with the standard's six decimals; empty where there is none."""
    digits = "".join(c for c in act.item if c.isdigit())
    return f"{int(digits) / 10000:.6f}" if act.category == "罚款" and digits else ""


def printed(day: date | None) -> str:
    """A date as pages print it; empty for none."""
    return day.isoformat() if day else ""


def chinese(text: str) -> str:
    """2026-07-05 as 2026年7月5日; anything else unchanged."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.year}年{day.month}月{day.day}日"


def two_columns(rows: Pairs, css: str = "xzcf_bg") -> str:
    """A table with a label and a value in each row."""
    lines = "".join(
        f'<tr><td class="xzcf_mc">{escape(k)}</td><td class="xzcf_xx">{escape(v)}</td></tr>\n' for k, v in rows
    )
    return f'<table class="{css}" border="1" cellspacing="0">\n{lines}</table>'


def four_columns(rows: Pairs) -> str:
    """A table with two labels and two values in each row."""
    padded = [*rows, *([("", "")] if len(rows) % 2 else [])]
    lines = []
    for (k1, v1), (k2, v2) in zip(padded[::2], padded[1::2], strict=True):
        lines.append(
            f"<tr><th>{escape(k1)}：</th><td>{escape(v1)}</td><th>{escape(k2) + '：' if k2 else ''}</th><td>"
            f"{escape(v2)}</td></tr>"
        )
    return '<table width="100%" class="MsoNormalTable">\n' + "\n".join(lines) + "\n</table>"


def one_row_each(records: list[Pairs]) -> str:
    """A table with the labels on top and one decision a row."""
    labels = list(dict.fromkeys(label for rows in records for label, _ in rows))
    head = "<td>序号</td>" + "".join(f"<td><p><strong>{escape(label)}</strong></p></td>" for label in labels)
    body = ""
    for n, rows in enumerate(records, 1):
        values = dict(rows)
        body += (
            f"<tr><td>{n}</td>" + "".join(f"<td><p>{escape(values.get(k, ''))}</p></td>" for k in labels) + "</tr>\n"
        )
    return f'<table border="1"><tbody>\n<tr>{head}</tr>\n{body}</tbody></table>'


def word_cells(rows: Pairs) -> str:
    """A table pasted from Word: one word cut into several spans, with o:p and zero-width marks between."""

    def spans(text: str) -> str:
        if len(text) < 4:
            return f"<span>{escape(text)}</span>"
        half = len(text) // 2
        return (
            f'<span lang="EN-US">{escape(text[:half])}</span><span style="font-family:宋体">'
            f"{escape(text[half:])}<o:p></o:p></span>"
        )

    lines = "".join(
        f'<tr><td><p class="MsoNormal">{spans(k)}</p></td><td><p class="MsoNormal">{spans(v)}&#8203;</p></td></tr>\n'
        for k, v in rows
    )
    return f'<table class="MsoTableGrid">\n{lines}</table>'

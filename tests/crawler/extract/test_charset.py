"""The charset of a page is told by what comes out."""

import pytest

from crawler.extract.charset import decode

SAMPLE = "淮安区市场监督管理局行政处罚决定信息公示：当事人某某餐饮管理有限公司，处罚决定日期二〇二六年八月一日。"
RARE = SAMPLE + "当事人：㛃䶮商行，地址：乂镇旮旯村。"
HOSTILE = {
    "utf-8 undeclared": (SAMPLE.encode(), "", "utf-8", ""),
    "utf-8 with a BOM, declared gbk": (b"\xef\xbb\xbf" + SAMPLE.encode(), "text/html; charset=gbk", "utf-8-sig", "gbk"),
    "utf-8 declared gb2312 in META": (b'<meta charset="gb2312">' + SAMPLE.encode(), "", "utf-8", "gb2312"),
    "gb18030 undeclared": (SAMPLE.encode("gb18030"), "", "gb18030", ""),
    "gb18030 declared utf-8": (SAMPLE.encode("gb18030"), "text/html;charset=UTF-8", "gb18030", "utf-8"),
    "gb18030 declared gb2312, rare characters": (
        b"<meta charset=gb2312>" + RARE.encode("gb18030"),
        "",
        "gb18030",
        "gb2312",
    ),
    "utf-16le with a BOM, declared gb2312": (
        b"\xff\xfe" + ("<meta charset='gb2312'>" + SAMPLE).encode("utf-16-le"),
        "",
        "utf-16-le",
        "gb2312",
    ),
    "utf-16be with a BOM": (b"\xfe\xff" + SAMPLE.encode("utf-16-be"), "", "utf-16-be", ""),
    "utf-16le without a BOM": (
        ("<html><head><title></title></head><body>" + SAMPLE).encode("utf-16-le"),
        "",
        "utf-16-le",
        "",
    ),
    "big5 undeclared": (
        "行政處罰決定書：當事人經營管理有限公司，違反規定，處罰機關市場監督管理局。".encode("big5"),
        "",
        "big5",
        "",
    ),
    "utf-8 cut inside a character": (SAMPLE.encode()[:-2], "", "utf-8", ""),
}


@pytest.mark.parametrize(("body", "header", "detected", "declared"), HOSTILE.values(), ids=HOSTILE)
def test_the_charset_is_told_by_what_comes_out(body: bytes, header: str, detected: str, declared: str) -> None:
    said = decode(body, header)
    assert (said.detected, said.declared) == (detected, declared)
    assert "行政" in said.text and "公司" in said.text

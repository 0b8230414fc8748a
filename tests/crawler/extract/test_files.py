"""Attachments: what is a file, what each kind says, what is refused, and how a page and its files are one reading."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import pytest
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from core.documents import documents, size_limits, subprocess_reader
from core.documents.size_limits import FileRefused
from core.domain.clock import ZONE
from core.domain.config import Portal
from core.domain.models import Channel, Finding, Kind
from core.domain.unit_names import UnitNames
from crawler.extract.body import Article
from crawler.extract.detail import read_detail
from crawler.extract.files import files_of, is_file, read_file, with_files
from crawler.extract.findings import read_findings
from crawler.extract.markup import tree_of
from crawler.pages import Detail, ListRow, NotGenuine, Response, Unparsed
from tests.support.file_samples import BASE, answer, html_page, pdf, saved, scan, word, xls
from tests.support.workbook_samples import xlsx

HEAD = ["处罚决定书文号", "当事人", "处罚决定日期"]
ROWS = [["甲罚〔2026〕1号", "甲公司", "2026-07-05"], ["甲罚〔2026〕2号", "乙公司", "2026年7月6日"]]
GRID = [HEAD, *ROWS]
SAID = [("甲罚〔2026〕1号", "甲公司", date(2026, 7, 5)), ("甲罚〔2026〕2号", "乙公司", date(2026, 7, 6))]
CSV = "\r\n".join(",".join(row) for row in GRID) + "\r\n"
EXPORT = (
    "<html><table>" + "".join(f"<tr>{''.join(f'<td>{v}</td>' for v in row)}</tr>" for row in GRID) + "</table></html>"
)
PORTAL = Portal.model_validate(
    {
        "id": "p",
        "name": "栏目",
        "channel": Channel.CREDIT,
        "kinds": (Kind.PENALTY,),
        "family": "cmsweb",
        "url": BASE,
        "marker": "栏目",
    }
)


def findings(detail: Detail, title: str = "") -> tuple[Finding, ...]:
    return read_findings(
        PORTAL,
        ListRow(key="k", sort_key="", title=title),
        detail,
        content_hash="h",
        capture="c",
        observed_at=datetime(2026, 8, 30, 1, tzinfo=ZONE),
        names=UnitNames((), (), "某区"),
    )


def told(detail: Detail) -> list[tuple[str, str, date | None]]:
    return [("、".join(f.numbers), f.name, f.decided_on) for f in findings(detail)]


KINDS = {
    "xlsx": answer(xlsx({"处罚": GRID}), "a.xlsx"),
    "xls": answer(xls(GRID), "a.xls"),
    "docx": answer(word(GRID), "a.docx"),
    "pdf": answer(pdf(GRID), "a.pdf"),
    "csv, utf-8 with a BOM": answer(b"\xef\xbb\xbf" + CSV.encode(), "a.csv"),
    "csv, gbk, named by a header": answer(
        CSV.encode("gb18030"), "down", Content_Disposition='attachment; filename="a.csv"'
    ),
    "csv, utf-16 between tabs": answer(b"\xff\xfe" + CSV.replace(",", "\t").encode("utf-16-le"), "a.csv"),
    "csv called a workbook": answer(CSV.encode("gb18030"), "a.xls"),
    "html called a workbook, gbk": answer(EXPORT.encode("gb18030"), "a.xls"),
    "a workbook called a page": answer(xlsx({"处罚": GRID}), "a.html", Content_Type="text/html"),
    "a pdf behind a download": answer(pdf(GRID), url=BASE + "download?id=5"),
}


@pytest.mark.parametrize("response", KINDS.values(), ids=KINDS)
def test_every_kind_of_file_says_the_same(response: Response) -> None:
    assert is_file(response)
    detail = read_detail(response)
    assert told(detail) == SAID
    assert "乙公司" in detail.body == detail.text


SPAN = [HEAD, ["甲罚〔2026〕1号", "甲公司", "2026-07-05"], ["", "乙公司", ""]]


@pytest.mark.parametrize(
    "body",
    [
        word(SPAN, merged=[(1, 0, 2, 0), (1, 2, 2, 2)]),
        pdf(SPAN, spans=[("SPAN", (0, 1), (0, 2)), ("SPAN", (2, 1), (2, 2))]),
    ],
    ids=["docx", "pdf"],
)
def test_a_merged_cell_speaks_for_every_row_it_spans(body: bytes) -> None:
    assert told(read_file(answer(body))) == [
        ("甲罚〔2026〕1号", "甲公司", date(2026, 7, 5)),
        ("甲罚〔2026〕1号", "乙公司", date(2026, 7, 5)),
    ]


def test_a_table_over_two_pages_of_a_pdf_is_read_under_its_first_head() -> None:
    rows = [[f"甲罚〔2026〕{n}号", f"公司{n}", "2026-07-05"] for n in range(1, 81)]
    found = told(read_file(answer(pdf([HEAD, *rows]))))
    assert [number for number, *_ in found] == [f"甲罚〔2026〕{n}号" for n in range(1, 81)]


def test_numbers_one_a_line_in_a_cell_are_numbers_each() -> None:
    grid = [HEAD, ["甲罚〔2026〕1号\n甲罚〔2026〕2号", "甲公司", "2026-07-05"]]
    for body in (xlsx({"表": grid}), word(grid), pdf(grid)):
        assert [f.numbers for f in findings(read_file(answer(body)))] == [("甲罚〔2026〕1号", "甲罚〔2026〕2号")]


def test_words_that_wrap_in_a_pdfs_cell_stay_one_word() -> None:
    grid = [HEAD, ["甲罚〔2026〕1号", "淮安市某某餐饮管理\n有限公司", "2026-\n07-05"]]
    (found,) = findings(read_file(answer(pdf(grid))))
    assert (found.name, found.decided_on) == ("淮安市某某餐饮管理有限公司", date(2026, 7, 5))


def test_labelled_lines_of_a_document_are_a_record() -> None:
    lines = ["行政处罚公示", "处罚决定书文号：甲罚〔2026〕1号", "当事人：甲公司", "处罚决定日期：2026年7月5日"]
    for body in (word(words=lines), pdf(words=lines)):
        assert told(read_file(answer(body))) == SAID[:1]


PAGES = {
    "a page": answer(b"<html><body><table><tr><td>a</td></tr></table></body></html>"),
    "a page at a file's address": answer("<html><body><p>页面不存在</p></body></html>".encode(), "a.xls"),
    "a page with a download's header": answer(
        b"<html><body>x</body></html>", "a", Content_Type="application/octet-stream"
    ),
    "json": answer(b'{"rows": [1, 2]}', "api?name=list"),
    "a page that tells of a pdf": answer("<html><body>请看 a.pdf %PD</body></html>".encode()),
}


@pytest.mark.parametrize("response", PAGES.values(), ids=PAGES)
def test_what_is_no_file(response: Response) -> None:
    assert not is_file(response)


# ---------------------------------------------------------------- what is refused


def zipped(**parts: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in parts.items():
            file.writestr(name.replace("__", "/").replace("_xml", ".xml"), body)
    return buffer.getvalue()


def with_document(xml: str) -> bytes:
    """A good .docx whose document part is another."""
    buffer, good = io.BytesIO(), zipfile.ZipFile(io.BytesIO(word(GRID)))
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name in good.namelist():
            file.writestr(name, xml if name == "word/document.xml" else good.read(name))
    return buffer.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LAUGHS = (
    '<!DOCTYPE w:document [<!ENTITY a "哈哈哈哈哈哈哈哈"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c '
    '"&b;&b;&b;&b;&b;&b;&b;&b;">]>'
    f"<w:document {W}><w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>"
)
DEEP = f"<w:document {W}><w:body>{'<w:p>' * 20_000}{'</w:p>' * 20_000}</w:body></w:document>"
OLE = size_limits.OLE_MAGIC + b"\0" * 600


def blank_pages(count: int) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for _ in range(count):
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


GARBLED = b"""%PDF-1.4
1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>> endobj
4 0 obj <</Length 55>> stream
BT /F 12 Tf 72 700 Td <0012001300140015001600170018> Tj ET
endstream endobj
5 0 obj <</Type/Font/Subtype/Type0/BaseFont/X/Encoding/Identity-H/DescendantFonts[6 0 R]>> endobj
6 0 obj <</Type/Font/Subtype/CIDFontType2/BaseFont/X/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>
/FontDescriptor 7 0 R>> endobj
7 0 obj <</Type/FontDescriptor/FontName/X/Flags 4>> endobj
trailer <</Root 1 0 R>>
%%EOF
"""  # a subset font that does not say which characters its shapes are


REFUSED = {
    "nothing": (b"", "file-empty"),
    "a file beyond the limit": (b"PK\x03\x04" + b"0" * size_limits.MAX_BYTES, "file-too-large"),
    "an encrypted .docx or .xlsx": (OLE + "EncryptedPackage".encode("utf-16-le"), "file-password"),
    "a damaged .xls": (OLE, "file-damaged"),
    "macros in a document": (zipped(**{"word__document_xml": b"<w/>", "word__vbaProject.bin": b"x"}), "file-macros"),
    "some other zip": (zipped(**{"readme.txt": b"x"}), "file-type"),
    "half a zip": (word(GRID)[:3000], "file-damaged"),
    "a .docx that expands": (zipped(word__document_xml=b"\0" * (201 * 1024 * 1024)), "file-expands"),
    "a .docx without its parts": (zipped(word__document_xml=b"<w/>"), "file-damaged"),
    "entities that expand": (with_document(LAUGHS), "file-damaged"),
    "xml nested too deep": (with_document(DEEP), "file-damaged"),
    "a picture": (b"\xff\xd8\xff\xe0" + b"0" * 400, "file-type"),
    "a scan": (scan(), "file-scanned"),
    "a PDF under a password": (pdf(words=["甲"], encrypt=StandardEncryption("x")), "file-password"),
    "half a PDF": (pdf(GRID)[:2500], "file-damaged"),
    "a PDF without its end": (pdf(GRID).partition(b"startxref")[0], "file-damaged"),
    "nonsense called a PDF": (b"%PDF-1.4\n" + b"nonsense" * 99 + b"%%EOF", "file-damaged"),
    "too many pages": (blank_pages(documents.MAX_PAGES + 1), "file-pages"),
    "a PDF without characters": (blank_pages(1), "file-scanned"),
    "letters that mean nothing": (GARBLED, "file-garbled"),
}


@pytest.mark.parametrize(("body", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_is_refused_by_name(body: bytes, reason: str) -> None:
    with pytest.raises(Unparsed) as refused:
        read_file(answer(body, "a.bin"))
    assert refused.value.reason == reason


@pytest.mark.parametrize(("module", "limit"), [(documents, "PDF_SECONDS"), (subprocess_reader, "CHILD_CPU")])
def test_a_pdf_that_takes_too_long_is_left(module: ModuleType, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    for _ in range(20):
        canvas.grid(range(10, 590, 5), range(10, 830, 5))
        canvas.showPage()
    canvas.save()
    monkeypatch.setattr(module, limit, 1)
    with pytest.raises(FileRefused, match="file-slow"):
        documents.read_document(buffer.getvalue())


def test_an_error_page_in_a_files_place_is_no_file() -> None:
    with pytest.raises(NotGenuine):
        read_file(answer("<html><title>404</title><body>您访问的页面不存在</body></html>".encode(), "a.xls"))
    with pytest.raises(Unparsed):
        read_file(answer(f"<html><body>{'<p>政务公开</p>' * 99}</body></html>".encode(), "a.xls"))
    with pytest.raises(NotGenuine, match="truncated"):
        read_file(answer(EXPORT[: EXPORT.index("</table>")].encode(), "a.xls"))


def test_what_a_machine_read_off_a_picture_proves_nothing_absent() -> None:
    detail = read_file(answer(scan(words="处罚决定书文号：甲罚〔2026〕1号 当事人：甲公司")))
    assert detail.body == "" and detail.records[-1] == ()
    number, rest = findings(detail)
    assert number.numbers == ("甲罚〔2026〕1号",)
    assert (rest.numbers, rest.name, rest.fields) == ((), "", ())


def test_a_picture_in_a_document_is_content_and_a_seal_is_none() -> None:
    import docx
    from PIL import Image

    for centimetres, whole in ((4.5, True), (12, False)):
        made, image = docx.Document(io.BytesIO(word(GRID))), io.BytesIO()
        Image.new("RGB", (9, 9)).save(image, "PNG")
        made.add_picture(image, width=int(centimetres * 360_000))
        assert bool(read_file(answer(saved(made))).body) is whole


# ---------------------------------------------------------------- attachments of an article

PROSE = "现将本月作出的行政处罚决定信息予以公示，公示期七个工作日，欢迎社会各界监督，具体内容以附表为准，特此公告。"


def links(body: str, charset: str = "utf-8", base: str = BASE + "art/1.html") -> list[str]:
    head = f"<head><meta charset='{charset}'></head>"
    return [request.url for request in files_of(Article(tree_of(f"<html>{head}<body>{body}</body></html>")), base)]


LINKS = {
    "relative": ("<a href='./P02026.pdf'>附件</a>", [BASE + "art/P02026.pdf"]),
    "twice and with a fragment": ("<a href='a.xls'>x</a><a href='a.xls#p'>x</a>", [BASE + "art/a.xls"]),
    "a servlet": (
        "<a href='/getfile.do?id={7A-B}&filename=双公示.xls'>双公示</a>",
        ["http://x.example.invalid/getfile.do?id=%7B7A-B%7D&filename=%E5%8F%8C%E5%85%AC%E7%A4%BA.xls"],
    ),
    "encoded in GBK already": (
        "<a href='/f?filename=%CB%AB.xls'>x</a>",
        ["http://x.example.invalid/f?filename=%CB%AB.xls"],
    ),
    "named in its words alone": ("<a href='/f?id=1'>双公示.docx</a>", ["http://x.example.invalid/f?id=1"]),
    "offered in words": ("<a href='/f/1234'>附件下载</a>", ["http://x.example.invalid/f/1234"]),
    "a page that is offered": ("<a href='/list.html'>附件</a>", []),
    "a script": ("<a href=\"javascript:down('a.xls')\">a.xls</a>", []),
    "mail, another scheme, an anchor": (
        "<a href='mailto:a@b.c?a.xls'>a</a><a href='file:///a.xls'>a</a><a href='#a.xls'>a</a>",
        [],
    ),
    "another host": ("<a href='https://y.example.invalid/a.pdf'>a</a>", ["https://y.example.invalid/a.pdf"]),
}


@pytest.mark.parametrize(("body", "urls"), LINKS.values(), ids=LINKS)
def test_links_to_attachments(body: str, urls: list[str]) -> None:
    assert links(f"<div class='nav'><a href='x.pdf'>手册.pdf</a></div><div id='zoom'>{body}</div>") == urls


def test_a_query_is_encoded_as_the_page_is_and_a_base_is_obeyed() -> None:
    assert links("<div id='zoom'><a href='/f?filename=双.xls'>x</a></div>", "gb2312") == [
        "http://x.example.invalid/f?filename=%CB%AB.xls"
    ]
    assert links("<base href='http://y.example.invalid/d/'><div id='zoom'><a href='a.xls'>x</a></div>") == [
        "http://y.example.invalid/d/a.xls"
    ]


TABLE = EXPORT.removeprefix("<html>").removesuffix("</html>")


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("甲罚〔2026〕1号.pdf", False),
        ("行政处罚决定书（甲罚[2026]第001号）.pdf", False),
        ("甲罚〔2026〕9号.pdf", True),
        ("附表.xls", True),
        ("甲罚〔2026〕1号、9号.pdf", True),
        ("甲罚〔2026〕1-2号.pdf", False),
        ("行政处罚决定书.pdf", True),
    ],
)
def test_the_document_of_a_record_itself_says_nothing_more(name: str, asked: bool) -> None:
    detail = read_detail(html_page(f"<div id='zoom'>{TABLE}<a href='/P0.pdf'>{name}</a></div>"))
    assert bool(detail.files) is asked


def test_a_sites_own_downloads_are_not_asked_for_beside_records() -> None:
    assert read_detail(html_page(f"{TABLE}<a href='/help.pdf'>使用手册.pdf</a>")).files == ()


# ---------------------------------------------------------------- a page and its files

ATTACHED = f"<div id='zoom'><p>{PROSE}</p><a href='a.xls'>附件：一览表.xls</a></div>"
SHEET, OTHER = (
    read_file(KINDS["xlsx"]),
    read_file(answer(xlsx({"表": [HEAD, ["甲罚〔2026〕3号", "丙公司", "2026-07-07"]]}))),
)
WORDS = read_file(answer(word(words=["关于安全生产的说明", PROSE])))
SCAN = read_file(answer(scan(words="处罚决定书文号：甲罚〔2026〕4号 当事人：丁公司")))
BLANK = ("", "", None)
NO_FILE_YET = read_detail(html_page(ATTACHED))
THIRD = ("甲罚〔2026〕3号", "丙公司", date(2026, 7, 7))


@pytest.mark.parametrize(
    ("body", "parts", "said", "whole"),
    [
        (ATTACHED, [SHEET], SAID, True),
        (ATTACHED, [SHEET, OTHER], [*SAID, THIRD], True),
        (ATTACHED, [SHEET, SHEET], SAID, True),
        (ATTACHED, [SHEET, None], [*SAID, BLANK], False),
        (ATTACHED, [SHEET, SCAN], [*SAID, ("甲罚〔2026〕4号", "丁公司", None), BLANK], False),
        (ATTACHED, [None, None], [], False),
        (ATTACHED, [WORDS], [BLANK], True),
        (ATTACHED, [WORDS, None], [], False),
        (ATTACHED.replace("</div>", "<img src='p.jpg'></div>"), [SHEET], [*SAID, BLANK], False),
        (ATTACHED.replace("</div>", "<img src='p.jpg'></div>"), [WORDS], [], False),
        (ATTACHED.replace("</div>", "<p>另见名单.doc</p></div>"), [WORDS], [], False),
        (f"<div id='zoom'>{TABLE}<a href='b.xls'>续表.xls</a></div>", [SHEET], SAID, True),
        (f"<div id='zoom'>{TABLE}<a href='b.xls'>续表.xls</a></div>", [OTHER], [*SAID, THIRD], True),
        (f"<div id='zoom'>{TABLE}<a href='b.xls'>续表.xls</a></div>", [None], [*SAID, BLANK], False),
    ],
)
def test_a_page_and_its_files_are_one_reading(
    body: str, parts: list[Detail | None], said: list[tuple[str, str, date | None]], whole: bool
) -> None:
    page = read_detail(html_page(body))
    assert page.files
    detail = with_files(page, parts)
    assert (told(detail), bool(detail.body), detail.files) == (said, whole, ())


def test_until_its_files_are_read_a_page_proves_nothing() -> None:
    assert NO_FILE_YET.body and findings(NO_FILE_YET) == ()
    number, rest = findings(NO_FILE_YET, title="甲市监罚〔2026〕12号")
    assert number.numbers == ("甲市监罚〔2026〕12号",) and rest.fields == ()


def test_what_all_files_say_is_the_text_that_rules_out() -> None:
    (text,) = findings(with_files(NO_FILE_YET, [WORDS]))
    said = dict(text.fields)["text"]
    assert "欢迎社会各界监督" in said and "关于安全生产的说明" in said


def test_a_file_fills_what_the_pages_record_leaves_open() -> None:
    page = read_detail(
        html_page(
            "<div id='zoom'><table><tr><td>文书号</td><td>甲罚〔2026〕1号</td></tr><tr><td>处罚内容</td><td>"
            "罚款</td></tr></table><a href='a.xls'>表.xls</a></div>"
        )
    )
    first, second = findings(with_files(page, [SHEET]))
    assert (first.numbers, first.name, first.decided_on, first.content) == (
        ("甲罚〔2026〕1号",),
        "甲公司",
        date(2026, 7, 5),
        "罚款",
    )
    assert second.name == "乙公司"


def test_one_number_over_two_parties_is_a_record_each() -> None:
    page = read_detail(html_page(f"<div id='zoom'>{TABLE}<a href='a.xls'>表.xls</a></div>"))
    other = read_file(answer(xlsx({"表": [HEAD, ["甲罚[2026]第001号", "丁公司", "2026-07-05"]]})))
    assert told(with_files(page, [other])) == [*SAID, ("甲罚〔2026〕1号", "丁公司", date(2026, 7, 5))]


def test_a_caption_with_its_file_is_whole() -> None:
    page = read_detail(
        html_page(f"<ul>{'<li>政务公开</li>' * 20}</ul><div id='zoom'><a href='a.xls'>双公示.xls</a></div>")
    )
    assert told(with_files(page, [SHEET])) == SAID
    assert told(with_files(page, [None])) == []


# ---------------------------------------------------------------- Word documents of the older kind

OLD_WORD = OLE + "WordDocument".encode("utf-16-le")


def with_program(folder: Path, name: str, script: str, patch: pytest.MonkeyPatch) -> None:
    """Only this program can be found; what `script` needs it names by its whole path."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)
    patch.setenv("PATH", str(folder))


def test_an_old_word_document_is_told_where_no_program_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unparsed) as refused:
        read_file(answer(OLD_WORD))
    assert refused.value.reason == "file-old-word"


@pytest.mark.parametrize(
    ("name", "said", "whole"),
    [
        ("antiword", "文书号：甲罚〔2026〕1号\n当事人：某公司\n", True),
        ("antiword", "[pic]\n文书号：甲罚〔2026〕1号\n当事人：某公司\n", False),
        ("antiword", "|文书号：甲罚〔2026〕1号|\n|当事人：某公司|\n", False),
        ("catdoc", "文书号：甲罚〔2026〕1号\n当事人：某公司\n", False),
    ],
)
def test_an_old_word_document_is_read_by_the_program_there_is(
    name: str, said: str, whole: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_program(tmp_path, name, f"/bin/cat <<'END'\n{said}END", monkeypatch)
    detail = read_file(answer(OLD_WORD))
    assert dict(detail.records[0]) == {"文书号": "甲罚〔2026〕1号", "当事人": "某公司"}
    assert bool(detail.body) == whole and (detail.records[-1] == ()) == (not whole)


def test_an_old_word_document_that_is_no_document_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_program(tmp_path, "antiword", "echo no document >&2; exit 1", monkeypatch)
    with pytest.raises(Unparsed) as refused:
        read_file(answer(OLD_WORD))
    assert refused.value.reason == "file-damaged"


def test_markup_that_cannot_be_read_is_no_file_whatever_it_is_called() -> None:
    """To ask whether it is one raised what reading it raises."""
    deep = "<table><tr><td>行政处罚决定书文号</td></tr><tr><td>" + "<b>" * 4000 + "某罚〔2026〕1号</td></tr></table>"
    response = answer(f"<html><body>{deep}</body></html>".encode(), "a.xls")
    assert not is_file(response)
    with pytest.raises(Unparsed, match="too-deep"):
        read_detail(response)

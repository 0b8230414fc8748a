"""Attachments: which answers are files, what they say, and which stand in an article.

A file is told by its bytes; its name and headers only where bytes say nothing (CSV, an HTML table called .xls).
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, quote, unquote, unquote_to_bytes, urlunsplit

from lxml.html import HtmlElement

from core.documents.csv_text import read_csv
from core.documents.documents import Document, is_pdf, read_document, text_of
from core.documents.html_table import looks_like_html
from core.documents.size_limits import OLE_MAGIC, ZIP_MAGIC, FileRefused
from core.domain.labels import canonical
from core.domain.look_reasons import LookReason
from core.domain.text import document_numbers, plain_name, tight
from core.domain.web_addresses import joined, parts_of
from crawler.extract.body import Article
from crawler.extract.charset import decode
from crawler.extract.cited_numbers import own_numbers
from crawler.extract.free_text import decision_in
from crawler.extract.label_pairs import blocks_of, names_a_decision
from crawler.extract.lines import Pairs, labelled_lines, text_lines
from crawler.extract.markup import text_of as words_in
from crawler.extract.markup import tree_of, words_of
from crawler.extract.tables import as_cell, records_of, records_of_grids
from crawler.fetching.block_detection import why_not_genuine
from crawler.pages import Detail, NotGenuine, PageRequest, Response, Unparsed

_OTHER_MAGICS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"Rar!", b"7z\xbc\xaf", b"{\\rtf")
_SHEET_NAME = re.compile(r"\.(?:xlsx?|csv|et)$", re.I)
_FILE_NAME = re.compile(r"\.(?:pdf|docx?|xlsx?|csv|rar|zip|7z|wps|et|ofd|ceb|txt|tiff?|jpe?g|png|bmp|gif)$", re.I)
_FILE_TYPE = re.compile(
    r"application/(?:pdf|msword|vnd\.(?:ms-|openxml|oasis|rar)|zip|x-rar|octet-stream|x-xls|force-download)"
    r"|text/csv|image/",
    re.I,
)
_SHEET_TYPE = re.compile(r"excel|spreadsheet|text/csv|x-xls", re.I)
_NAMED = re.compile(r"filename\*?\s*=\s*(?:[\w-]+'[\w-]*')?\"?([^\";]+)", re.I)
_SENT = "%&=+/:?@!$'()*,;~"  # characters that are sent as they are written


def is_file(response: Response) -> bool:
    """Whether an answer is a file and not a page of the site."""
    data = response.body
    if data.startswith((ZIP_MAGIC, OLE_MAGIC, *_OTHER_MAGICS)) or is_pdf(data):
        return True
    if looks_like_html(data):
        return _is_sheet(response) and _is_export(response)
    return any(map(_FILE_NAME.search, _names(response))) or bool(_FILE_TYPE.match(response.header("Content-Type")))


def ends_itself(data: bytes) -> bool:
    """Whether a file of this kind cannot be read when its end is missing; a CSV cut between lines looks whole."""
    return data.startswith((ZIP_MAGIC, OLE_MAGIC)) or is_pdf(data)


def _is_sheet(response: Response) -> bool:
    """Whether name or headers call the answer a workbook or CSV."""
    return any(map(_SHEET_NAME.search, _names(response))) or bool(_SHEET_TYPE.search(response.header("Content-Type")))


def _is_export(response: Response) -> bool:
    """Whether markup holds a table of records, and is no answer of a guard or an error in the file's place.

    Markup that cannot be read is none: as a page it is refused by its reason.
    """
    try:
        return not why_not_genuine(response) and any(map(names_a_decision, records_of(tree_of(words_in(response)))))
    except (NotGenuine, Unparsed):
        return False


def _names(response: Response) -> list[str]:
    """What the answer may be called: in its headers, in its address, in a value of its query."""
    parts = parts_of(response.url)
    names = _NAMED.findall(response.header("Content-Disposition"))
    values = [value for _, value in parse_qsl(parts.query, encoding="latin-1")]
    return [unquote(name).strip() for name in (*names, parts.path, *values)]


# ---------------------------------------------------------------- what a file says


def read_file(response: Response) -> Detail:
    """What a file says, as a page would. `body` holds its text only where all of it was read.

    Raises Unparsed (`file-…`) for what cannot be read, NotGenuine for an answer of the site in the file's place.
    """
    if looks_like_html(response.body):
        return _read_export(response)
    document = document_of(response)
    records = records_of_grids([[as_cell(cell) for cell in line] for line in grid] for grid in document.grids)
    decisions = tuple(filter(names_a_decision, records)) or _labelled(document.text)
    return _detail(decisions, document.text, whole=document.whole)


def document_of(response: Response) -> Document:
    """A file that is no markup, as grids and text. Raises Unparsed (`file-…`)."""
    try:
        return _document(response)
    except FileRefused as refused:
        raise Unparsed(refused.reason, refused.detail) from refused


def _document(response: Response) -> Document:
    if ends_itself(response.body) or not _is_sheet(response):
        return read_document(response.body)
    decoded = decode(response.body, response.header("Content-Type"))
    grid = read_csv(decoded.text)
    return Document(grids=(grid,), text=text_of([grid]), whole="\ufffd" not in decoded.text)


def _read_export(response: Response) -> Detail:
    """An HTML table that is called a workbook."""
    if reason := why_not_genuine(response):
        raise NotGenuine(reason)
    if not is_file(response):
        raise Unparsed(LookReason.FILE_TYPE, "html")
    text = words_in(response)
    if "</table>" not in text.lower()[text.lower().rfind("<tr") :]:
        raise NotGenuine(LookReason.TRUNCATED)
    root = tree_of(text)
    return _detail(tuple(filter(names_a_decision, records_of(root))), text_lines(root), whole="\ufffd" not in text)


def _labelled(text: str) -> tuple[Pairs, ...]:
    return tuple(filter(names_a_decision, blocks_of(labelled_lines(text))))


def _detail(records: tuple[Pairs, ...], text: str, *, whole: bool) -> Detail:
    """A file as a page; beside records that are not all of it an empty one, which rules nothing out."""
    rest: tuple[Pairs, ...] = () if whole or not records else ((),)
    return Detail(records=(*records, *rest), text=text, body=text if whole else "")


# ---------------------------------------------------------------- files of an article


def files_of(article: Article, base_url: str) -> tuple[PageRequest, ...]:
    """The attachments that stand in the article, each once, in order; http(s) alone."""
    return tuple(dict.fromkeys(_request(article.root, link, base_url) for link in article.file_links))


def files_beside(records: Sequence[Pairs], article: Article, base_url: str) -> tuple[PageRequest, ...]:
    """The attachments that may say more than the page's own records: not the document of one of these itself.

    Beside records, only where the article is marked off: a site's own downloads are none of its decisions.
    """
    if not records:
        return files_of(article, base_url)
    if article.body is None:
        return ()
    links = [link for link in article.file_links if not _is_own(link, records)]
    return tuple(dict.fromkeys(_request(article.root, link, base_url) for link in links))


def _is_own(link: HtmlElement, records: Sequence[Pairs]) -> bool:
    """Whether a file is called by the numbers of these records, and by no other."""
    href = link.get("href") or ""
    words = "\n".join((words_of(link), unquote(href), unquote_to_bytes(href).decode("gb18030", "replace")))
    values = [value for pairs in records for label, value in pairs if canonical(label) == "document_number"]
    known = {number for value in values for number in document_numbers(value)}
    named = {number for text in own_numbers(words, "") for number in document_numbers(text)}
    return bool(named) and named <= known


def _request(root: HtmlElement, link: HtmlElement, base_url: str) -> PageRequest:
    bases = (joined(base_url, tag.get("href")) for tag in root.iter("base") if tag.get("href"))
    base = next(filter(None, bases), base_url)
    parts = parts_of(joined(base, link.get("href") or ""))
    query = quote(parts.query, _SENT, encoding=_charset(root), errors="replace")
    return PageRequest(url=urlunsplit((parts.scheme, parts.netloc, quote(parts.path, _SENT), query, "")))


def _charset(root: HtmlElement) -> str:
    """What the page's own queries are encoded in: its declared charset (browsers do so), paths are always UTF-8."""
    for tag in root.iter("meta"):
        stated = f"{tag.get('charset') or ''} {tag.get('content') or ''}".lower()
        if re.search(r"\bgb(?:k|2312|18030)\b", stated):
            return "gb18030"
    return "utf-8"


# ---------------------------------------------------------------- a page with its files


def with_files(detail: Detail, parts: Sequence[Detail | None]) -> Detail:
    """The page's detail with what its files say; None stands for a file that could not be had or read.

    `body` is not empty only where the page's own words and every file were read in full. Where some file was not,
    an empty record beside the others rules nothing out; where nothing says anything, the row stays unread.
    """
    read = [part for part in parts if part is not None]
    whole = bool(detail.body) and len(read) == len(parts) and all(part.body for part in read)
    text = "\n".join(filter(None, (detail.text, *(part.text for part in read))))
    records = list(detail.records)
    for part in read:
        records = _joined(records, _told(part, alone=len(parts) == 1))
    filled = [record for record in records if record]
    unread = len(read) < len(parts) or not all(part.body for part in read) or not (detail.records or detail.body)
    return replace(
        detail,
        records=(*filled, *([()] if filled and unread else [])),
        text=text,
        body="\n".join((detail.body, *(part.body for part in read))) if whole else "",
        files=(),
    )


def _told(part: Detail, *, alone: bool) -> tuple[Pairs, ...]:
    """A file's records; of several letters each is one, a single one is read together with its page."""
    if part.records or alone:
        return part.records
    numbers, decision = own_numbers(part.title, part.text), decision_in(part.title, part.text)
    return ((("文书号", numbers[0]), *decision),) if len(numbers) == 1 else ()


def _joined(records: Sequence[Pairs], more: Sequence[Pairs]) -> list[Pairs]:
    """Records of the page, or of a file before, and those of another: the same number and party is one record."""
    joined = list(records)
    known = [_identity(record) for record in records]
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)  # by their numbers
    for n, (numbers, _) in enumerate(known):
        places[numbers].append(n)
    for record in more:
        numbers, name = _identity(record)
        same = next((n for n in places.get(numbers, ()) if _may_be_one(name, known[n][1])), None) if numbers else None
        if same is None:
            joined.append(record)
        else:
            joined[same] = (*joined[same], *record)
            known[same] = _identity(joined[same])
    return joined


def _may_be_one(name: str, other: str) -> bool:
    return name == other or not name or not other


def _identity(pairs: Pairs) -> tuple[tuple[str, ...], str]:
    values = {canonical(label): tight(value) for label, value in reversed(pairs)}
    return document_numbers(values.get("document_number", "")), plain_name(values.get("name", ""))

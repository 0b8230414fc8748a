"""HTML printed by WeasyPrint: bookmarks, page numbers, fonts inside; a long one in parts, so that memory stays flat.

A document says where it may be divided by `PART`; each part begins a page. Parts are laid out one after the other,
numbered on, and joined with their bookmarks.
"""

import gc
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from core.domain.errors import DeliveryError
from core.runtime.collector import collector_off

if TYPE_CHECKING:  # loaded only where something is printed
    from weasyprint.text.fonts import FontConfiguration

PART = "<!-- part -->"
PART_SIZE = 250_000  # characters of HTML, about sixty pages
FIRST_PAGE = "@page :first { @top-right { content: none; } }"  # the cover has no running head
Says = Callable[[str], None]


def to_pdf(html: str, day: date, say: Says = lambda _: None) -> bytes:
    """HTML printed; the same HTML gives the same bytes. DeliveryError where this machine lacks the libraries for it."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:  # pango is a library of the system
        raise DeliveryError(
            f"本机缺少排版库，打印不了 PDF：{error}；Debian 上安装 libpango-1.0-0、libpangoft2-1.0-0"
        ) from error
    nothing = URLFetcher(allowed_protocols=())  # no page of ours loads anything, whatever published text smuggled in
    parts = list(_parts(html))
    printed: list[bytes] = []
    pages = 0
    for number, part in enumerate(parts, 1):
        if len(parts) > 1:
            say(f"排版 {number}/{len(parts)}")
        with collector_off():
            document = HTML(string=_numbered(part, pages), url_fetcher=nothing).render(font_config=_fonts())
            pages += len(document.pages)
            printed.append(document.write_pdf(pdf_identifier=day.isoformat().encode()))
        del document
        gc.collect()  # each document leaves its Chinese fonts behind in cycles, 30 MB a letter
    return printed[0] if len(printed) == 1 else _joined(printed)


def _parts(html: str) -> Iterator[str]:
    """Whole documents of about PART_SIZE, divided where the document allows it."""
    head, body_tag, body = html.partition("<body>")
    held: list[str] = []
    for chunk in body.split(PART):
        if held and sum(map(len, held)) + len(chunk) > PART_SIZE:
            yield f"{head}{body_tag}{''.join(held)}</body></html>"
            held = []
        held.append(chunk)
    yield f"{head}{body_tag}{''.join(held)}"


def _numbered(part: str, pages: int) -> str:
    """A part that goes on after so many pages."""
    return part.replace(FIRST_PAGE, f"@page :first {{ counter-reset: page {pages + 1}; }}", 1) if pages else part


def _joined(printed: Sequence[bytes]) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer, first = PdfWriter(), PdfReader(io.BytesIO(printed[0]))
    for part in printed:
        writer.append(io.BytesIO(part), import_outline=True)
    writer.metadata = first.metadata
    writer.root_object.update({key: value for key, value in first.root_object.items() if key == "/Lang"})
    whole = io.BytesIO()
    writer.write(whole)
    return whole.getvalue()


@cache
def _fonts() -> "FontConfiguration":
    """One set of fonts for all documents of a process: a set of its own for each would never be given back."""
    from weasyprint.text.fonts import FontConfiguration

    return FontConfiguration()

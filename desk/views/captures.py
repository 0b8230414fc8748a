"""Archived pages and files handed in, as they may be shown: people masked, nothing of theirs run."""

import re
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from lxml import html as lxml_html

from core.domain.errors import ArchiveUnreachable, PictureError, StoreError, UsageError
from core.storage.warc_archive import read_exchange
from desk.access import Asked
from desk.log import note
from desk.roles import Right
from desk.site import current
from pipeline.page_picture import page_picture
from reporting import wording
from reporting.evidence_package.redact import charset_of, content_type_of, redact

MOST = 60_000  # characters of a page's text
_SHA256 = re.compile(r"[0-9a-f]{64}")


def text(request: Asked) -> HttpResponse:
    """The words of an archived page, with the place that a finding was read off marked."""
    return text_of(request, request.GET.get("id", ""))


def text_of(request: Asked, name: str) -> HttpResponse:
    """The same of a capture that somebody has been found to have a right to see."""
    desk, mark = current(), request.GET.get("mark", "")[:200]
    with desk.session() as session:
        capture = session.looks.captures_by_id([name]).get(name)
        if capture is None:
            raise Http404("没有这份网页存证")
        try:
            status, headers, body = read_exchange(session.shelf, capture.warc, capture.offset)
        except ArchiveUnreachable:
            raise  # it may be there: try again later
        except StoreError as error:
            raise Http404(f"这份存证读不出：{error}") from None
    kind = content_type_of(headers)
    masked = redact(body, kind)
    words = _words(masked.body, kind) if masked.kept else ""
    note(request, "saw", name, "网页存证")
    return render(
        request,
        "desk/capture.html.j2",
        {
            "capture": capture,
            "status": status,
            "kind": kind,
            "at": wording.minute(capture.received_at),
            "url": wording.safe(capture.url),
            "lines": _marked(words[:MOST], mark),
            "cut": len(words) > MOST,
            "kept": masked.kept,
            "picture": urlencode({"id": name, "mark": mark}) if request.user.may(Right.READ) else "",
        },
    )


def picture(request: Asked) -> HttpResponse:
    """The page as it was, drawn from the archive, with what is looked for outlined; where it cannot be drawn, why."""
    name, mark = request.GET.get("id", ""), request.GET.get("mark", "")[:200]
    with current().session() as session:
        try:
            drawn = page_picture(session, name, [mark] if mark else [])
        except ArchiveUnreachable:
            raise
        except (PictureError, StoreError, UsageError) as error:
            raise Http404(str(error)) from None
    note(request, "saw", name, "网页存证的图")
    return HttpResponse(drawn.png, content_type="image/png")


def _words(body: bytes, kind: str) -> str:
    """What a page says, a line a block; of anything but HTML the text as it is."""
    page = body.decode(charset_of(body, kind), "replace")
    if "html" not in kind.lower() and "<html" not in page[:2000].lower():
        return page
    try:
        root = lxml_html.document_fromstring(
            page.encode(), parser=lxml_html.HTMLParser(encoding="utf-8", huge_tree=True)
        )
    except (lxml_html.etree.ParserError, ValueError):
        return page
    for element in root.iter("script", "style", "noscript", "template"):
        element.text = None
    lines = (" ".join(str(line).split()) for line in root.itertext())
    return "\n".join(line for line in lines if line)


def _marked(words: str, mark: str) -> list[list[tuple[str, bool]]]:
    """Lines, each in pieces, with whether a piece is what is looked for."""
    lines = []
    for line in words.splitlines():
        pieces = line.split(mark) if mark else [line]
        told: list[tuple[str, bool]] = []
        for number, piece in enumerate(pieces):
            told += [(mark, True)] if number else []
            told += [(piece, False)] if piece else []
        lines.append(told)
    return lines


def attachment(request: Asked, sha256: str) -> FileResponse:
    """A file that came with an objection or a hand-in: given to be saved, never shown."""
    if not _SHA256.fullmatch(sha256):
        raise Http404("没有这个文件")
    found = next(iter(sorted(current().paths.attachments.glob(f"{sha256}*"))), None)
    if found is None:
        raise Http404("没有这个文件")
    note(request, "saw", sha256[:12], "附件")
    answer = FileResponse(
        found.open("rb"), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; frame-ancestors 'none'"
    return answer

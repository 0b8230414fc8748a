"""A kept answer drawn: a page by Chromium, a PDF by its own pages, other things as the text that was read of them.

Part of the drawing process (`crawler/picture_process.py`); nothing here bounds time or memory. No request leaves: the
page is answered for by `_answer` under an address that no machine has, its policy allows it nothing but its own styles
and pictures, and the browser behind it finds no host, no proxy and no network.
"""

import base64
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pdfplumber
from lxml.html import tostring
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psparser import PSException
from pdfplumber.utils.exceptions import PdfminerException
from PIL import Image

from core.documents.documents import Document, is_pdf
from core.documents.html_table import looks_like_html
from core.domain.errors import PictureError
from core.domain.look_reasons import sentence
from core.runtime.chromium import ChromiumOptions, launch_options
from crawler.discovery.pointing import elements_of
from crawler.extract.charset import decode
from crawler.extract.files import document_of, is_file
from crawler.extract.markup import text_of, tree_of
from crawler.pages import NotGenuine, Response, Unparsed
from crawler.picture_marks import Piece, places_of

if TYPE_CHECKING:  # loaded only where a browser draws
    from pdfplumber.page import Page as Sheet
    from playwright.sync_api import CDPSession, Route

WIDTH, HEIGHT, WINDOW = 1200, 4000, 800  # pixels: the picture at most, and the browser's window
MOST_BYTES = 16 * 1024**2  # of an answer
MOST_BOXES = 12_000  # of numbered elements: half a megabyte beside the picture
NUMBER = "data-chengxin-number"
MOST_SHEETS = 30  # of a PDF that are looked through
_ABOVE = 0.25  # of the picture that stays above the first mark where a page is cut
_ADDRESS = "http://page.invalid/"  # .invalid is nobody's (RFC 6761, 6.4)
_POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"
_NOWHERE = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://page.invalid:9",
    "--proxy-bypass-list=<-loopback>",
)
_BROKEN_FILE = (PdfminerException, PDFException, PSException)
_BROKEN_CONTENT = (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError, OSError)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"RIFF")
_SCRIPT = files("crawler").joinpath("picture.js").read_text("utf-8")

Box = tuple[float, float, float, float]  # left, top, right, bottom: pixels


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture, where the texts stand on it, and the numbers of those that stand on the page at all."""

    image: Image.Image
    boxes: tuple[Box, ...]
    marked: frozenset[int]
    numbered: tuple[tuple[int, ...], ...] = ()


def drawn(response: Response, texts: Sequence[str], chromium: str, *, numbered: bool = False) -> Drawn:
    """The answer as a picture; of a page with where its elements stand, if they are asked for. Raises PictureError."""
    if len(response.body) > MOST_BYTES:
        raise PictureError(f"内容太大（{len(response.body) // 1024**2} MiB）")
    if is_pdf(response.body):
        return _pdf(response.body, texts)
    if not chromium:
        raise PictureError("本机没有 Chromium")
    html = with_numbers(text_of(response)) if numbered else _html(response)
    return _page(html, texts, chromium, numbered=numbered)


def with_numbers(html: str) -> str:
    """A page as readers take it apart, each element with its number (`crawler.discovery.pointing`)."""
    try:
        tree = tree_of(html)
    except (NotGenuine, Unparsed):
        raise PictureError("网页读不出来") from None
    for number, element in enumerate(elements_of(tree)):
        element.set(NUMBER, str(number))
    return "<!DOCTYPE html>" + str(tostring(tree, encoding="unicode"))


# ---------------------------------------------------------------- what is laid out as a page


def _html(response: Response) -> str:
    """The answer as HTML: as it came, or what else it is laid out."""
    body = response.body
    if body.startswith(_PICTURES):
        return f'<img style="max-width:100%" src="data:image/png;base64,{base64.b64encode(body).decode()}">'
    if not looks_like_html(body) and is_file(response):
        return _document(response)
    text = decode(body, response.header("Content-Type")).text
    if not text.strip():
        raise PictureError("内容是空的")
    if text.lstrip().startswith(("{", "[")) or "<" not in text:
        return f"<pre style='font: 15px/1.8 monospace; white-space: pre-wrap'>{escape(_laid_out(text))}</pre>"
    return text.replace("<![CDATA[", "").replace("]]>", "")  # XML that carries a page's rows


def _laid_out(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return text


def _document(response: Response) -> str:
    try:
        document = document_of(response)
    except Unparsed as refused:
        raise PictureError(
            sentence(f"{refused.reason}:{refused.detail}" if refused.detail else refused.reason)
        ) from None
    return f"<p style='color:#666'>以下是文件里的文字，版式不是原样</p>{_tables(document)}"


def _tables(document: Document) -> str:
    if not document.grids:
        return f"<pre style='white-space: pre-wrap'>{escape(document.text)}</pre>"
    rows = ("".join(f"<td>{escape(str(cell))}" for cell in row) for grid in document.grids for row in ([], *grid))
    return f"<table border=1 cellpadding=4 style='border-collapse: collapse'><tr>{'<tr>'.join(rows)}</table>"


# ---------------------------------------------------------------- a page


def _page(html: str, texts: Sequence[str], chromium: str, *, numbered: bool) -> Drawn:
    from playwright.sync_api import Error, sync_playwright

    def answer(route: "Route") -> None:
        """The page itself, once; nothing else is answered."""
        if route.request.url == _ADDRESS and not asked:
            asked.append(_ADDRESS)
            route.fulfill(status=200, headers=_headers(), body=html.encode("utf-8", "replace"))
        else:
            route.abort()

    asked: list[str] = []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(**_options(chromium))
            size = {"width": WIDTH, "height": WINDOW}
            context = browser.new_context(viewport=size, java_script_enabled=False, offline=True)  # type: ignore[arg-type]
            context.route("**/*", answer)
            page = context.new_page()
            page.goto(_ADDRESS, wait_until="domcontentloaded")
            result = _shot(context.new_cdp_session(page), texts, numbered=numbered)
            browser.close()
            return result
    except Error as error:
        raise PictureError(_reason(error.message)) from error


def _options(chromium: str) -> ChromiumOptions:
    options = launch_options(chromium)
    return {**options, "args": [*options["args"], *_NOWHERE]}


def _headers() -> dict[str, str]:
    return {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": _POLICY}


def _reason(message: str) -> str:
    return "网页太大，浏览器放不下" if "crash" in message.lower() else "浏览器没有画成"


def _shot(session: "CDPSession", texts: Sequence[str], *, numbered: bool) -> Drawn:
    """What is kept of the page, and the boxes of the texts in it."""
    script = _script(session)
    pieces = [Piece(text=text, block=block) for text, block in _called(session, script, "pieces")]
    places = places_of(pieces, texts) if texts else []
    asked = [[[part.piece, part.start, part.end] for part in place.parts] for place in places]
    found = [
        (place, [(x, y, right, bottom) for x, y, right, bottom in boxes])
        for place, boxes in zip(places, _called(session, script, "boxes", asked), strict=True)
        if boxes
    ]
    size = session.send("Page.getLayoutMetrics")["cssContentSize"]
    left = cut_at([(p.text, b[0][0], b[0][2]) for p, b in found], size["width"], WIDTH)
    top = cut_at([(p.text, b[0][1], b[0][3]) for p, b in found], size["height"], HEIGHT)
    clip = {"x": left, "y": top, "width": WIDTH, "height": max(1, min(size["height"] - top, HEIGHT)), "scale": 1}
    asked_for = {"format": "png", "clip": clip, "captureBeyondViewport": True}
    data = base64.b64decode(session.send("Page.captureScreenshot", asked_for)["data"])
    return Drawn(
        image=Image.open(io.BytesIO(data)),
        boxes=tuple((a - left, b - top, c - left, d - top) for _, boxes in found for a, b, c, d in _lines(boxes)),
        marked=frozenset(place.text for place, _ in found),
        numbered=tuple(
            (number, a - int(left), b - int(top), c - int(left), d - int(top))
            for number, a, b, c, d in (_called(session, script, "numbered", NUMBER, MOST_BOXES) if numbered else ())
        ),
    )


def _script(session: "CDPSession") -> str:
    """The script in the page, by the name that the browser gives it."""
    answer = session.send("Runtime.evaluate", {"expression": _SCRIPT})
    _require(answer)
    return str(answer["result"]["objectId"])


def _called(session: "CDPSession", script: str, name: str, *given: object) -> list[Any]:
    """What a function of the script says."""
    call = {
        "objectId": script,
        "functionDeclaration": f"function (...given) {{ return this.{name}(...given) }}",
        "arguments": [{"value": value} for value in given],
        "returnByValue": True,
    }
    answer = session.send("Runtime.callFunctionOn", call)
    _require(answer)
    return list(answer["result"]["value"])


def _require(answer: dict[str, Any]) -> None:
    if "exceptionDetails" in answer:
        raise PictureError("浏览器读不出页面的文字")


def cut_at(places: Sequence[tuple[int, float, float]], whole: float, kept: int) -> float:
    """Where to begin keeping `kept` pixels of `whole` so that most of the texts stand in them, and as early as can be.

    `places`: of a text (its number) from where to where.
    """
    last = max(whole - kept, 0)
    starts = [0.0, *(min(max(begin - kept * _ABOVE, 0), last) for _, begin, _ in places)]
    shown = {s: len({text for text, begin, end in places if s <= begin and end <= s + kept}) for s in starts}
    return min(starts, key=lambda start: (-shown[start], start))


def _lines(boxes: Sequence[Box]) -> Iterator[Box]:
    """Boxes that follow each other on one line as one."""
    joined: list[Box] = []
    for box in boxes:
        if joined and _goes_on(joined[-1], box):
            left, top, right, bottom = joined.pop()
            box = (left, min(top, box[1]), max(right, box[2]), max(bottom, box[3]))
        joined.append(box)
    yield from joined


def _goes_on(one: Box, other: Box) -> bool:
    middle = (other[1] + other[3]) / 2
    return one[1] < middle < one[3] and -2 < other[0] - one[2] < (one[3] - one[1])


# ---------------------------------------------------------------- a PDF


def _pdf(data: bytes, texts: Sequence[str]) -> Drawn:
    """The sheets that show the texts, else the first ones, one below the other."""
    try:
        with pdfplumber.open(io.BytesIO(data)) as book:
            sheets = book.pages[:MOST_SHEETS]
            places = _on_sheets(sheets, texts)
            return _stacked(sheets, places)
    except (*_BROKEN_FILE, *_BROKEN_CONTENT) as error:
        locked = any(isinstance(each, PDFPasswordIncorrect) for each in (error, *error.args))
        raise PictureError("PDF 文件有密码" if locked else f"PDF 文件读不出来（{type(error).__name__}）") from error


def _on_sheets(sheets: Sequence["Sheet"], texts: Sequence[str]) -> list[tuple[int, int, tuple[Box, ...]]]:
    """(sheet, text, its boxes in points) of each place; a sheet's letters are pieces of one block."""
    letters = [(number, letter) for number, sheet in enumerate(sheets) for letter in sheet.chars] if texts else []
    pieces = [Piece(text=letter["text"], block=number) for number, letter in letters]
    found = []
    for place in places_of(pieces, texts):
        parts = [letters[part.piece] for part in place.parts]
        boxes = [(b["x0"], b["top"], b["x1"], b["bottom"]) for number, b in parts if number == parts[0][0]]
        found.append((parts[0][0], place.text, tuple(_lines(boxes))))
    return found


def _stacked(sheets: Sequence["Sheet"], places: Sequence[tuple[int, int, tuple[Box, ...]]]) -> Drawn:
    """As many sheets as the picture has room for: those of the texts first, in the order of the file."""
    wanted = dict.fromkeys([*(sheet for sheet, _, _ in places), *range(len(sheets))])
    chosen: list[tuple[int, float]] = []  # sheet, pixels a point
    room = float(HEIGHT)
    for number in wanted:
        sheet = sheets[number]
        scale = min(WIDTH / max(sheet.width, 1), HEIGHT / max(sheet.height, 1))
        if sheet.height * scale > room + 1:
            break
        room -= sheet.height * scale
        chosen.append((number, scale))
    images = {n: sheets[n].to_image(resolution=72 * scale, antialias=True).original for n, scale in sorted(chosen)}
    whole = Image.new("RGB", (WIDTH, min(HEIGHT, sum(image.height for image in images.values()))), "white")
    boxes: list[Box] = []
    top = 0
    for number, image in images.items():
        whole.paste(image, (0, top))
        scale = dict(chosen)[number]
        own = [box for sheet, _, some in places if sheet == number for box in some]
        boxes += [(a * scale, b * scale + top, c * scale, d * scale + top) for a, b, c, d in own]
        top += image.height
    return Drawn(
        image=whole, boxes=tuple(boxes), marked=frozenset(text for sheet, text, _ in places if sheet in images)
    )

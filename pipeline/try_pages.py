"""The pages of a try that can be pointed at: kept as text with people masked, drawn as a picture when one is asked for.

`plain` is the page as the site sent it, `drawn` as it stands after its scripts ran. They stand below the try's folder
and go with it.
"""

import io
from collections.abc import Collection
from pathlib import Path

from PIL import Image, ImageDraw

from core.domain.errors import PictureError, StoreError
from core.runtime.atomic_write import write_whole
from core.runtime.chromium import find_chromium
from core.runtime.locks import picture_lock
from core.runtime.paths import Paths
from crawler.extract.files import is_file
from crawler.extract.markup import text_of
from crawler.page_picture import PNG, SECONDS, Picture, draw
from crawler.pages import PageRequest, Response
from pipeline.onboard import Seen, response_of
from reporting.evidence_package.redact import mask

KINDS = {"plain": "网站发来的网页", "drawn": "运行脚本之后的网页"}
MOST = 2_000_000  # characters of a page; a list's page has a tenth of that at the most
_FOLDER = "pages"
_RED, _ROW = (224, 0, 36), (31, 78, 121)
_MOST_ROWS = 300  # that are outlined


def keep_page(folder: Path, kind: str, seen: Seen | None) -> None:
    """Keep the newest page that a look was answered, if it is one that can be pointed at."""
    text = _text(seen) if seen is not None else ""
    if text:
        place = folder / _FOLDER
        place.mkdir(exist_ok=True, mode=0o700)
        write_whole(place / f"{kind}.html", text, mode=0o600)
        (place / f"{kind}.png").unlink(missing_ok=True)


def _text(seen: Seen) -> str:
    if not seen.captures:
        return ""
    try:
        response = response_of(seen, seen.captures[-1])
    except StoreError:
        return ""
    if response.status != 200 or is_file(response):
        return ""
    text = text_of(response)
    return mask(text) if "<" in text[:5000] and len(text) <= MOST else ""


def kept_pages(folder: Path) -> tuple[str, ...]:
    """Which kinds are there, the likelier one first: the drawn page where the site sent little to see."""
    there = {kind: size for kind in KINDS if (size := _size(folder, kind))}
    return tuple(sorted(there, key=lambda kind: kind != "drawn")) if _is_shell(there) else tuple(there)


def _size(folder: Path, kind: str) -> int:
    try:
        return page_file(folder, kind).stat().st_size
    except OSError:
        return 0


def _is_shell(sizes: dict[str, int]) -> bool:
    return sizes.get("drawn", 0) > 2 * sizes.get("plain", 0)


def page_file(folder: Path, kind: str) -> Path:
    """Where a page is kept."""
    return folder / _FOLDER / f"{kind}.html"


def kept_response(folder: Path, kind: str) -> Response:
    """A kept page as an answer. Raises OSError."""
    url = "http://page.invalid/"
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    body = page_file(folder, kind).read_bytes()
    return Response(url=url, status=200, body=body, headers=headers, request=PageRequest(url=url))


def picture_of(paths: Paths, folder: Path, kind: str) -> Picture:
    """The page as a picture, with where its elements stand; drawn once. PictureError where it cannot be drawn."""
    target = folder / _FOLDER / f"{kind}.png"
    if (kept := _kept(target)) is not None:
        return kept
    with picture_lock(paths, 2 * SECONDS):
        if (kept := _kept(target)) is not None:
            return kept
        try:
            page = kept_response(folder, kind)
        except OSError:
            raise PictureError("没有存下这一页") from None
        picture = draw(page, [], find_chromium(), numbered=True)
        write_whole(target, picture.png, mode=0o600)
    return picture


def _kept(path: Path) -> Picture | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    return Picture(data) if data.startswith(PNG) else None


def element_at(picture: Picture, x: int, y: int) -> int | None:
    """The number of the smallest element that stands there, the later one of equals; None where there is none."""
    there = [
        ((right - left) * (bottom - top), -number)
        for number, left, top, right, bottom in picture.numbered
        if left <= x < right and top <= y < bottom
    ]
    return -min(there)[1] if there else None


def outlined(picture: Picture, element: int | None, rows: Collection[int]) -> bytes:
    """The picture with an element outlined in red, and thinner the rows that it is one of, as PNG."""
    with Image.open(io.BytesIO(picture.png)) as opened:
        image = opened.convert("RGB")
    pen, shown = ImageDraw.Draw(image), set(list(rows)[:_MOST_ROWS])
    for number, left, top, right, bottom in picture.numbered:
        if number in shown:
            pen.rectangle((left - 2, top - 1, right + 2, bottom + 1), outline=_ROW, width=1)
        if number == element:
            pen.rectangle((left - 4, top - 3, right + 4, bottom + 3), outline=_RED, width=3)
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()

"""Where a page's own content stands, and whether its words are all there is to read.

A decision may be published as an attachment, a picture or a frame: then the words around it prove nothing.
"""

import re
from collections.abc import Sequence
from functools import cached_property
from typing import cast
from urllib.parse import unquote

from lxml.etree import XPath
from lxml.html import HtmlElement

from core.domain.digits import whole_number
from core.domain.text import tight
from core.domain.web_addresses import is_address
from crawler.extract.lines import text_lines
from crawler.extract.markup import words_of

# Names that sites give to the article alone, or to more than it; never to a box beside it, as `.content` may be.
CONTAINERS = (
    "#zoom",
    "#zoomcon",
    "#artical",
    ".nr-zw",
    ".nrwz",
    ".wz3",
    ".TRS_Editor",
    ".TRS_UEDITOR",
    ".trs_editor_view",
    "#ivs_content",
    ".artnr",
    ".xxgk_content",
    ".article-content",
    ".bt_content",
    ".newscontnet",
    "#UCAP-CONTENT",
    "#content",
)
_RANK = {css: n for n, css in enumerate(CONTAINERS)}
_NAMED = XPath("descendant-or-self::*[@id or @class]")
MIN_VISIBLE = 30  # characters; less is a caption, not a text
_FILE = re.compile(
    r"\.(?:pdf|docx?|xlsx?|csv|rar|zip|7z|wps|et|ofd|ceb|gd|caj|txt|tiff?|jpe?g|png|bmp)(?![a-z0-9])", re.I
)
_FILE_ALONE = re.compile(r"(?:\n[^\n。，；：:]{1,80}\.(?:pdf|docx?|xlsx?|rar|zip|7z|wps|et|ofd|ceb)){1,9}$", re.I)
_ATTACHED = re.compile(r"见附[件表]")
_BELOW = re.compile(r"[见如]下图")
_FETCHES = re.compile(r"download|getfile|attach|fileserver", re.I)
_POINTS_ON = re.compile(r"附件|点击|查看|详见|下载")
_OFFERS = re.compile(r"附件|下载")
_PAGE = re.compile(r"\.(?:s?html?|jspx?|aspx?|php|do|action)(?:[?#]|$)|/$", re.I)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)
_FRAMES = ".//iframe|.//frame|.//object|.//embed|.//canvas|.//video"
_ICON_PIXELS = 32


class Article:
    """A page's own content: its containers, by the names that sites of these kinds use, and what they say and hold."""

    def __init__(self, root: HtmlElement) -> None:
        self.root = root
        self._read: dict[HtmlElement, str] = {}

    def lines(self, place: HtmlElement) -> str:
        """The visible text of a place, read once."""
        if place not in self._read:
            self._read[place] = text_lines(place)
        return self._read[place]

    @cached_property
    def _containers(self) -> list[HtmlElement]:
        return _containers(self.root)

    @property
    def body(self) -> HtmlElement | None:
        """The element that holds the article."""
        return next(iter(self._containers), None)

    @cached_property
    def _places(self) -> list[HtmlElement]:
        """Every known container that does not stand inside another; where there is none, the page."""
        containers = dict.fromkeys(self._containers)
        outer = [each for each in containers if not any(above in containers for above in each.iterancestors())]
        return outer or [self.root]

    @cached_property
    def file_links(self) -> list[HtmlElement]:
        """The links that lead to a file one can ask for."""
        return [link for place in self._places for link in place.iter("a") if _is_file_link(link)]

    def text(self) -> str:
        """The visible text; "" when it is too short or when what is published may stand outside it.

        Every container counts, as one of them may hold the picture and another the words; on a page without a known
        container the whole page does. What stands in files that can be asked for (`file_links`) is theirs to tell:
        with such files the text is whole only together with them.
        """
        return self._visible if _says_all(self._visible, [words_of(link) for link in self.file_links]) else ""

    def letter(self) -> str:
        """The visible text where it is not whole only because it speaks of an attachment that no link leads to.

        What a letter says of itself (whom it addresses, who signed it) its attachment does not change, nor does the
        name of a file below it.
        """
        if self.file_links:
            return ""
        letter = _FILE_ALONE.sub("", self._visible)
        unlinked = letter != self._visible or _ATTACHED.search(tight(letter))
        return letter if unlinked and _says_all(_ATTACHED.sub("", tight(letter)), []) else ""

    @cached_property
    def _visible(self) -> str:
        """The visible text; "" where something beside it may be what is published: a frame, a link, a picture."""
        places, asked_for = self._places, frozenset(self.file_links)
        if any(place.xpath(_FRAMES) for place in places):
            return ""
        if any(_leads_on(link) for place in places for link in place.iter("a") if link not in asked_for):
            return ""
        if any(_is_picture(image) for place in places for image in place.iter("img")):
            return ""
        return "\n".join(map(self.lines, places))


def _says_all(text: str, names: Sequence[str]) -> bool:
    """Whether words that stand beside files of these names speak of nothing else that is not shown."""
    bare = tight(text)
    for name in names:
        bare = bare.replace(tight(name), " ")
    if _BELOW.search(bare) or _FILE.search(bare):
        return False
    return bool(names) or (len(bare) >= MIN_VISIBLE and not _ATTACHED.search(bare))


def _containers(root: HtmlElement) -> list[HtmlElement]:
    """Every known container, by the order of their names, then of the page: one walk for all names."""
    found: list[tuple[int, HtmlElement]] = []
    for element in cast("list[HtmlElement]", _NAMED(root)):
        names = (f"#{element.get('id')}", *(f".{name}" for name in (element.get("class") or "").split()))
        ranks = [_RANK[name] for name in names if name in _RANK]
        if ranks:
            found.append((min(ranks), element))
    return [element for _, element in sorted(found, key=lambda each: each[0])]


def _is_file_link(link: HtmlElement) -> bool:
    href, words = (link.get("href") or "").strip(), words_of(link)
    scheme = href.partition(":")[0].lower() if _SCHEME.match(href) else "http"
    if not href or href.startswith("#") or scheme not in {"http", "https"} or not is_address(href):
        return False
    named = _FILE.search(unquote(href)) or _FILE.search(words) or _FETCHES.search(href)
    return bool(named or (_OFFERS.search(words) and not _PAGE.search(href)))


def _leads_on(link: HtmlElement) -> bool:
    """Whether a link leads to a file, or says that what is published stands behind it."""
    href = unquote((link.get("href") or "").strip())
    words = words_of(link)
    if not href or href.startswith("#"):
        return False
    return bool(_FILE.search(href) or _FILE.search(words) or _FETCHES.search(href) or _POINTS_ON.search(words))


def _is_picture(image: HtmlElement) -> bool:
    """Whether an image could hold content: everything that does not say it is as small as an icon."""
    sizes = [image.get(name, "").removesuffix("px").strip() for name in ("width", "height")]
    pixels = (whole_number(size) for size in sizes)
    return not any(size is not None and size <= _ICON_PIXELS for size in pixels)

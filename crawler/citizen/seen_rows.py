"""What a sitting reads of a drawn page: what its rows say, what turns it, what opens a row, how it is kept. Pure.

Each takes the page's markup and gives words, so that it can be done apart (`crawler.readers`).
"""

from collections.abc import Mapping, Sequence

from lxml.html import HtmlElement

from core.domain.text import plain
from crawler.citizen.drawn import MARK, PRESSED, Frame, document_of, text_of_document
from crawler.citizen.leads import Led, pressable, write_down
from crawler.citizen.pressed import Pressed
from crawler.extract.markup import is_hidden, words_of
from crawler.families.parsing.pager_rows import rows_in
from crawler.families.parsing.press_controls import Onward, onward
from crawler.pages import Sitting

MOST_ROWS = 200  # rows of a page whose leads are looked for
Frames = Mapping[int, Frame]


def words_seen(frames: Frames, sitting: Sitting) -> tuple[str, ...]:
    """What the rows say: whether a press changed anything is told by this."""
    return tuple(plain(words_of(row)) for row in rows_of(document_of(frames), sitting))


def onward_seen(frames: Frames, sitting: Sitting, page: int) -> Onward:
    """What a person would press on page `page`."""
    tree = document_of(frames)
    return onward(tree, rows_of(tree, sitting), page)


def places_seen(frames: Frames, sitting: Sitting) -> tuple[str, ...]:
    """The marks of what opens a row that has no address of its own."""
    return tuple(_places(document_of(frames), sitting))


def page_kept(frames: Frames, sitting: Sitting, leads: Sequence[tuple[str, Led]], said: Pressed) -> str:
    """The page as it is kept: beside rows where pressing them leads, by the marks of what is pressed."""
    tree = document_of(frames)
    places = _places(tree, sitting) if leads else {}
    for mark, led in leads:
        write_down(*places[mark], led)
    tree.getroottree().getroot().set(PRESSED, said)
    return text_of_document(tree)


def rows_of(tree: HtmlElement, sitting: Sitting) -> list[HtmlElement]:
    """The elements that are rows and seen, with something to say."""
    if not sitting.rows:
        return []
    return [row for row in rows_in(tree, sitting.box, sitting.rows) if not is_hidden(row) and words_of(row)]


def _places(tree: HtmlElement, sitting: Sitting) -> dict[str, tuple[HtmlElement, HtmlElement]]:
    """(row, what is pressed to open it) by the mark of the latter."""
    rows = rows_of(tree, sitting)[:MOST_ROWS]
    return {place.get(MARK, ""): (row, place) for row in rows if (place := pressable(row)) is not None}

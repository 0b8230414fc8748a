"""Whether a detail page without any labelled record is its row's own page, by positive proof: the row's title."""

import json

from rapidfuzz import fuzz

from core.domain.text import tight
from crawler.extract.markup import text_of
from crawler.pages import Detail, ListRow, Response

_ALIKE = 70  # points of 100: titles are cut in lists, and spelled otherwise on pages
_HEADING = 4  # characters; a shorter heading is part of any title
_ENOUGH = 60_000  # characters of a page in which its title stands
_MOST = 200  # characters of a title that are sought; the time that likeness takes grows faster than with the square


def speaks_of(row: ListRow, detail: Detail, response: Response) -> bool:
    """Whether the page carries the row's title, whole, cut or nearly so; a row without a title asks nothing.

    A block page that no sign betrays, or another page of the site, carries no record and not this title either.
    """
    wanted = tight(row.title).rstrip("….")
    if not wanted:
        return True
    heading = tight(detail.title)
    if detail.files and len(heading) >= _HEADING and heading in wanted:
        return True  # 「双公示信息」 over the file of one week: what stands behind it is asked before it is dropped
    words = tight(f"{detail.title}\n{detail.text}")[:_ENOUGH]
    if wanted in words or _alike(wanted, words):
        return True
    return _alike(wanted, tight(_unescaped(text_of(response)))[:_ENOUGH])


def _alike(wanted: str, words: str) -> bool:
    head = wanted[:_MOST]
    return len(words) >= len(wanted) and fuzz.partial_ratio(head, words, score_cutoff=_ALIKE) >= _ALIKE


def _unescaped(text: str) -> str:
    """A JSON answer's text with its escapes undone: the title may stand beside the article."""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except (ValueError, RecursionError):
        return text

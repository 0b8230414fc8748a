"""Where texts stand among the pieces of text that a page is made of: a document number may be split by markup.

Compared as Chinese text is: width, brackets of every kind, case and white space do not matter.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from core.domain.text import tight

MOST = 40  # places of one text that are marked
_NUMBER = re.compile(r"(.+?)\(?((?:19|20)\d\d)\)?年?(?:字?第|字)?0*(\d+)号?")
_BRACKETS = str.maketrans("【〔﹝[〖〈《{】〕﹞]〗〉》}", "(" * 8 + ")" * 8)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of text as it stands on a page. `block`: the paragraph or cell it is part of, past which no words go on."""

    text: str
    block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some of a piece: from `start` up to `end`, counted in UTF-16 units as browsers count."""

    piece: int
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one of the texts (`text`: its number among them) stands, piece by piece."""

    text: int
    parts: tuple[Part, ...]


def places_of(pieces: Sequence[Piece], texts: Sequence[str]) -> list[Place]:
    """Where the texts stand, of each the first `MOST` in the order of the page.

    A text is looked for inside blocks; where none holds it, across them: a title may be broken into paragraphs. A
    number is not found inside a longer one. A document number (文书号) that does not stand as it is given is looked for
    in its other written forms: (2011)第01071号.
    """
    page = _Page(pieces)
    return [place for number, text in enumerate(texts) for place in page.places(number, _compared(text))]


def _forms(text: str) -> list[re.Pattern[str]]:
    """What is looked for, one after another until something is found."""
    forms = [re.compile(re.escape(text))] if text else []
    if parts := _NUMBER.fullmatch(text):
        head, year, number = map(re.escape, parts.groups())
        forms.append(re.compile(rf"{head}\(?{year}\)?年?(?:字?第|字)?0*{number}号?"))
    return forms


def _compared(text: str) -> str:
    return tight(text).translate(_BRACKETS).lower()


class _Page:
    """A page's characters as they are compared, and where each of them comes from."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = pieces
        characters: list[str] = []
        self._from: list[tuple[int, int, int]] = []  # piece, start, end
        self._after_blank: set[int] = set()  # which of them a blank stands before
        known: dict[str, str] = {}
        for number, piece in enumerate(pieces):
            at = 0
            for character in piece.text:
                end = at + (2 if ord(character) > 0xFFFF else 1)
                if (compared := known.get(character)) is None:
                    compared = known[character] = _compared(character)
                if not compared:
                    self._after_blank.add(len(self._from))
                characters.append(compared)
                self._from += [(number, at, end)] * len(compared)
                at = end
        self._text = "".join(characters)

    def places(self, number: int, text: str) -> list[Place]:
        for form in _forms(text):
            for across in (False, True):
                if found := self._found(form, across=across):
                    return [Place(text=number, parts=self._parts(start, end)) for start, end in found]
        return []

    def _found(self, form: re.Pattern[str], *, across: bool) -> list[tuple[int, int]]:
        spans = (match.span() for match in form.finditer(self._text))
        fitting = (span for span in spans if (across or self._is_one_block(*span)) and not self._is_cut(*span))
        return list(islice(fitting, MOST))

    def _is_one_block(self, start: int, end: int) -> bool:
        return self._block(start) == self._block(end - 1)

    def _is_cut(self, start: int, end: int) -> bool:
        """Whether digits go on right before or after it in the same block: it is some of a longer number."""
        return any(
            0 < edge < len(self._text)
            and edge not in self._after_blank
            and self._text[edge - 1].isdecimal()
            and self._text[edge].isdecimal()
            and self._block(edge - 1) == self._block(edge)
            for edge in (start, end)
        )

    def _block(self, at: int) -> int:
        return self._pieces[self._from[at][0]].block

    def _parts(self, start: int, end: int) -> tuple[Part, ...]:
        parts: list[Part] = []
        for piece, first, last in self._from[start:end]:
            if parts and parts[-1].piece == piece:
                parts[-1] = Part(piece=piece, start=parts[-1].start, end=last)
            else:
                parts.append(Part(piece=piece, start=first, end=last))
        return tuple(parts)

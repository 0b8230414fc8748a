"""What a person presses to turn a list's page, and by what she sees that there is no further page. Pure.

Looked for: words, a class or a picture that say 下一页; the number after this page's among numbers; a select of pages;
a box for the page's number; a button that loads more. What is seen and cannot be pressed says that the list ends. Of
several the one that stands nearest to the list is its own: the arrow of a slide show and the pager of another list
neither lead on nor end it, as a false end would prove rows absent that stand on the next page.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lxml.html import HtmlElement

from core.domain.digits import whole_number
from core.domain.text import plain, tight
from crawler.citizen.drawn import DEAD, MARK, PRESS
from crawler.extract.markup import is_hidden, words_of
from crawler.families.parsing.pager_rows import says_a_pager
from crawler.families.parsing.pager_signs import goes, is_disabled, says, says_more, says_next, says_next_in_words

_TAGS = frozenset(
    {"a", "button", "input", "span", "li", "div", "em", "i", "b", "p", "td", "img", "label", "strong", "font", "select"}
)
_LONG = 14  # characters: what says more is no control
_PAGE = re.compile(r"[\[【(（<〈第]?\s*(\d{1,4})\s*(?:页)?\s*[\]】)）>〉]?")
_NUMBERS = re.compile(r"\d{1,4}")
_PAGES = re.compile(r"共\s*(\d{1,4})\s*页|[/／]\s*(\d{1,4})\s*页?|of\s+(\d{1,4})", re.I)
_GO = re.compile(r"go|跳\s*[转到至]?|确\s*[定认]|转\s*[到至]?|前往|转到该页|跳页", re.I)
_UPWARDS = 2  # boxes around a control that are its own whatever they say; further ones where they say a pager's words


class Way(StrEnum):
    """How a control is used."""

    PRESS = "press"
    SELECT = "select"
    TYPE = "type"
    MORE = "more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """Something to press, by its mark; `value`: what to choose in a select, or to type before `mark` is pressed into
    the box marked `box`; `words` as seen."""

    way: Way
    mark: str
    value: str = ""
    words: str = ""
    box: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """What leads on from a page; `ended`: a person sees that nothing does.

    `proves`: where a press of the control brings nothing, the list ends: it is the list's own by its place, and by its
    words or what stands around it a pager. `alone`: nothing else on the page leads on or ends a list.
    """

    control: Control | None = None
    ended: bool = False
    proves: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """Something that leads on, or (without a control) ends a list, and where it stands."""

    place: HtmlElement
    control: Control | None = None

    @property
    def is_named(self) -> bool:
        """Whether its words, or a pager around it, say what it is: not a picture or a class alone."""
        return bool(self.control is None or self.control.words) or _in_a_pager(self.place)


def onward(tree: HtmlElement, rows: Iterable[HtmlElement], page: int) -> Onward:
    """What a person would press on page `page` of a list whose rows are `rows`."""
    rows = list(rows)
    inside = {element for row in rows for element in row.iter()}
    seen = [e for e in tree.iter() if e.tag in _TAGS and e not in inside and not is_hidden(e)]
    near = _Nearness(tree, rows)
    looks = (_by_next, _by_number, _by_select, _by_box, _by_more)
    said = [each for look in looks for each in look(seen, page, near)]
    found = [each for each in said if each.is_named or near.is_own(each.place)]  # else the arrow of a slide show
    if not found:
        return Onward()
    nearest = max(near.to_list(each.place) for each in found)
    own = [each for each in found if near.to_list(each.place) == nearest]
    live = next((each for each in own if each.control), None)
    if live is None or live.control is None:
        return Onward(ended=any(near.is_own(each.place) for each in own))
    alike = [each for each in own if each.control is not None and each.control.words == live.control.words]
    proves = live.is_named and near.is_own(live.place)
    return Onward(control=live.control, proves=proves, alone=len(alike) == len(found))


class _Nearness:
    """How near the elements of a page stand to its list."""

    def __init__(self, tree: HtmlElement, rows: Sequence[HtmlElement]) -> None:
        self._rows = frozenset(rows)
        line = [rows[0], *rows[0].iterancestors()] if rows else []
        self._depth = {element: len(line) - place for place, element in enumerate(line)}
        self._order = {element: place for place, element in enumerate(tree.iter())}
        self._at = self._order.get(rows[-1], 0) if rows else 0

    def to_list(self, element: HtmlElement) -> int:
        """How deep the box is that holds the element and the list: the deeper, the nearer."""
        return next((self._depth[above] for above in element.iterancestors() if above in self._depth), 0)

    def is_own(self, element: HtmlElement) -> bool:
        """Whether an element is the list's own by its place: nothing but a pager stands in the box beside the list that
        holds it, and no other list between them."""
        branch = element
        for above in element.iterancestors():
            if above in self._depth:
                break
            branch = above
        if any(link is not element and _leads_elsewhere(link) for link in branch.iter("a")):
            return False
        before = next((box for box in branch.itersiblings(preceding=True) if self._is_list(box)), None)
        if before is not None:
            return self._holds_rows(before)
        after = next((box for box in branch.itersiblings() if self._is_list(box)), None)
        return after is None or self._holds_rows(after)

    def _is_list(self, box: HtmlElement) -> bool:
        return self._holds_rows(box) or sum(map(_leads_elsewhere, box.iter("a"))) > 1

    def _holds_rows(self, box: HtmlElement) -> bool:
        return not self._rows.isdisjoint(box.iter())

    def sorted(self, elements: Iterable[HtmlElement]) -> list[HtmlElement]:
        """The nearest first; in one box those that stand nearer to the last row."""
        return sorted(elements, key=lambda e: (-self.to_list(e), abs(self._order[e] - self._at)))


def _leads_elsewhere(link: HtmlElement) -> bool:
    """Whether a link says anything but a pager's words."""
    words = tight(words_of(link))
    return bool(words) and not says_a_pager(words)


def _by_next(seen: list[HtmlElement], _page: int, near: _Nearness) -> Iterator[_Found]:
    for element in near.sorted(e for e in seen if _short(e) and not _wraps(e) and says_next(e)):
        words = plain(says(element))
        if _takes_presses(element):
            yield _Found(element, Control(way=Way.PRESS, mark=element.get(MARK, ""), words=words))
        elif says_next_in_words(element) or _in_a_pager(element):
            yield _Found(element)


def _in_a_pager(element: HtmlElement) -> bool:
    """Whether what stands around an element is a pager's: a picture or a class alone says nothing of the list."""
    return any((words := words_of_apart(box).strip()) and says_a_pager(tight(words)) for box in _boxes(element))


def _by_number(seen: list[HtmlElement], page: int, near: _Nearness) -> Iterator[_Found]:
    """Numbers that stand together, this page's among them: the next is pressed, and the greatest is the last."""
    levels: defaultdict[int, dict[int, HtmlElement]] = defaultdict(dict)
    for element in seen:
        if (number := _number(element)) and not _wraps(element):
            levels[near.to_list(element)][number] = element
    for numbers in levels.values():
        yield from _among(numbers, page)


def _among(numbers: dict[int, HtmlElement], page: int) -> Iterator[_Found]:
    """What numbers at one distance from the list say."""
    together = {number: e for number, e in numbers.items() if _beside(e, numbers.values())}
    said = {number for e in together.values() for number in _numbers_beside(e)}
    if page not in said or (page == 1 and 2 not in together) or (page > 1 and 1 not in said | {page - 1}):
        return
    follows = together.get(page + 1)
    if follows is not None and _takes_presses(follows):
        yield _Found(follows, Control(way=Way.PRESS, mark=follows.get(MARK, ""), words=str(page + 1)))
    elif page == max(said) and page > 1:
        yield _Found(next(iter(together.values())))


def _numbers_beside(element: HtmlElement) -> set[int]:
    """Every number in the box that holds an element and another number, in an element of its own or not."""
    box = next((box for box in _boxes(element) if len(_NUMBERS.findall(words_of_apart(box))) > 1), None)
    words = _NUMBERS.findall(words_of_apart(box)) if box is not None else []
    return {number for text in words if (number := whole_number(text)) is not None}


def words_of_apart(box: HtmlElement) -> str:
    """A box's words, those of its elements kept apart: 1 2 3, never 123."""
    return " ".join(box.itertext())


def _by_select(seen: list[HtmlElement], page: int, near: _Nearness) -> Iterator[_Found]:
    for select in near.sorted(e for e in seen if e.tag == "select"):
        options = [(_page_of(words_of(option)), option) for option in select.iter("option")]
        numbers = [number for number, _ in options]
        if len(options) < 2 or numbers != list(range(1, len(options) + 1)):
            continue
        if page >= len(options):
            yield _Found(select)
            continue
        option = options[page][1]
        value = option.get("value") if option.get("value") is not None else plain(words_of(option))
        control = Control(way=Way.SELECT, mark=select.get(MARK, ""), value=str(value), words=str(page + 1))
        yield _Found(select, control)


def _by_box(seen: list[HtmlElement], page: int, near: _Nearness) -> Iterator[_Found]:
    """A box that holds this page's number, or none yet, with a button that goes to the page typed into it."""
    boxes = (e for e in seen if e.tag == "input" and (e.get("type") or "text").lower() in {"text", "number", "tel"})
    for box in near.sorted(boxes):
        written = plain(box.get("value") or "")
        around = next((above for above in _boxes(box) if _PAGES.search(words_of_apart(above))), None)
        button = next((e for e in around.iter() if _goes_there(e)), None) if around is not None else None
        if around is None or button is None or written not in {"", str(page)}:
            continue
        counts = {whole_number(next(filter(None, m.groups()))) for m in _PAGES.finditer(words_of_apart(around))}
        if counts == {page}:
            yield _Found(box)
            continue
        yield _Found(box, _typed(button, box, page))


def _typed(button: HtmlElement, box: HtmlElement, page: int) -> Control:
    mark, words = button.get(MARK, ""), plain(says(button))
    return Control(way=Way.TYPE, mark=mark, value=str(page + 1), words=words, box=box.get(MARK, ""))


def _goes_there(element: HtmlElement) -> bool:
    """Whether an element is a button that goes to the page typed beside it."""
    return (
        element.tag in _TAGS
        and not is_hidden(element)
        and _GO.fullmatch(plain(says(element))) is not None
        and not _wraps(element)
        and _takes_presses(element)
    )


def _by_more(seen: list[HtmlElement], _page: int, near: _Nearness) -> Iterator[_Found]:
    """A button that loads more into this list; a link that leads to another page is another list's."""
    for element in near.sorted(e for e in seen if _short(e) and not _wraps(e) and says_more(plain(says(e)))):
        leads = goes(element)
        if _takes_presses(element) and (not leads or leads.lower().startswith("javascript:")):
            words = plain(says(element))
            yield _Found(element, Control(way=Way.MORE, mark=element.get(MARK, ""), words=words))


def _short(element: HtmlElement) -> bool:
    return len(plain(says(element) if element.tag in {"a", "button", "input", "img"} else words_of(element))) <= _LONG


def _wraps(element: HtmlElement) -> bool:
    """Whether an element only stands around what is pressed, which is asked about itself."""
    parts = [e for e in element.iterdescendants() if isinstance(e.tag, str)]
    return any(e.tag in {"a", "button", "input", "select"} or e.get(PRESS) is not None for e in parts)


def _takes_presses(element: HtmlElement) -> bool:
    """Whether pressing it may do something: it is a link, a button, or the hand points at it, and it is not dead."""
    line = [element, *list(element.iterancestors())[:2]]
    if any(is_disabled(e) or e.get("aria-disabled") == "true" for e in line[:2]) or element.get(DEAD) is not None:
        return False
    if element.tag == "a":
        return bool(goes(element)) or element.get(PRESS) is not None
    return element.tag in {"button", "input"} or any(e.get(PRESS) is not None or e.get("onclick") for e in line)


def _number(element: HtmlElement) -> int | None:
    words = plain(says(element)) if element.tag in {"a", "button", "input"} else plain(words_of(element))
    return _page_of(words) if len(words) <= 6 else None


def _page_of(words: str) -> int | None:
    match = _PAGE.fullmatch(plain(words))
    number = whole_number(match[1]) if match else None
    return number if number and number < 10_000 else None


def _beside(element: HtmlElement, others: Iterable[HtmlElement]) -> bool:
    """Whether another number stands in the same box, or in the box around it."""
    boxes = set(_boxes(element))
    return any(other is not element and not boxes.isdisjoint(_boxes(other)) for other in others)


def _boxes(element: HtmlElement) -> Iterator[HtmlElement]:
    for number, above in enumerate(element.iterancestors()):
        if above.tag in {"body", "html"} or (number >= _UPWARDS and not says_a_pager(words_of_apart(above))):
            return
        yield above

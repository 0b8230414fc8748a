"""Visible text by lines, and "标签：值" in them."""

import re
from collections.abc import Iterator

from lxml.etree import iterwalk
from lxml.html import HtmlElement

from core.domain.labels import canonical, ignored
from core.domain.labels import plain as plain_label
from core.domain.text import plain, tight
from crawler.extract.markup import SILENT

Pairs = tuple[tuple[str, str], ...]

_BREAKS = dict.fromkeys(
    ("br", "tr", "table", "p", "div", "li", "dd", "dt", "section", "article", "h1", "h2", "h3", "h4", "option"), "\n"
) | {"td": " ", "th": " "}
_SOURCE_BREAK = re.compile(r"[\r\n\t]+")
_LINE = re.compile(r"^[\s\d一二三四五六七八九十、.．（）()]*([^：:]{2,30})[：:]\s*(.*)$")
_COLON = re.compile(r"[：:]")
_RUN = re.compile(r"(?:^|(?<=[\s，,；;。]))[^\s，,；;。：:]{2,30}$")
_LABEL_ALONE = re.compile(r"[^\s：:]{2,10}[：:]")  # what stands behind a label without a value
_EMPTY = re.compile(r"(?<=[^\s：:])\s+[^\s：:]{2,10}[：:]$")  # a label at a line's end that nothing stands behind
_SPACED = re.compile(r"(?<=\s)\S(?: \S){1,6}$")  # 主 题 词
_HAN = re.compile(r"[\u4e00-\u9fff（()）]{3,30}$")
_OPENS = "(（"  # a code stands in brackets behind its party's name
SHORT_FIELDS = frozenset({"document_number", "name", "authority", "code", "penalty_decided_on", "licence_decided_on"})
_CODE = re.compile(r"(?<=执照)(?:统一)?社会信用代码$")  # behind a licence's name; behind 机关 it is the authority's
_RUN_TOGETHER = 200  # characters; a longer line with blanks between its parts is a paper that lost its lines
_PARTED = re.compile(r"(?<=[。；;]) |(?<=决定书) |(?<=\d号) | (?=[^\s：:，,。；;]{2,20}[：:])")
_ENDS = "号日元司店厂局会府"  # what a value ends with that a label stands behind without anything between


def is_label(text: str) -> bool:
    """Whether a text is a known label."""
    return bool(text) and (canonical(text) is not None or plain_label(text) in ignored())


def labelled_lines(text: str) -> Pairs:
    """Every "标签：值" whose label is known, in order; several may share a line."""
    return tuple(pair for line in text.splitlines() for pair in _labelled(line))


def letter_lines(text: str) -> list[str]:
    """The lines of a letter without white space; a paper that a site keeps in one line is parted as its blanks part it.

    There a line ends behind a sentence, behind the heading and its number, and before a known label; at no other
    blank, as a name or a day may hold one.
    """
    parts = (part for line in map(plain, text.splitlines()) for part in _parts(line))
    return [line for line in map(tight, parts) if line]


def _parts(line: str) -> Iterator[str]:
    start = 0
    for blank in _PARTED.finditer(line) if len(line) > _RUN_TOGETHER else ():
        label = _COLON.split(line[blank.end() : blank.end() + 21], maxsplit=1)[0]
        if line[blank.start() - 1] in "。；;书号" or is_label(label):
            yield line[start : blank.start()]
            start = blank.end()
    yield line[start:]


def _labelled(line: str) -> Iterator[tuple[str, str]]:
    match = _LINE.match(plain(line))
    label = _without_half_brackets(match[1]) if match else ""
    if not match or not is_label(label):
        return
    rest, start = match[2], 0
    for colon in _COLON.finditer(rest):
        begin = _label_before(rest, start, colon.start())
        if begin is not None:
            yield label.strip(), _ended(rest[start:begin])
            label, start = rest[begin : colon.start()], colon.end()
    last = rest[start:].strip()
    if canonical(label) in SHORT_FIELDS:
        last = _EMPTY.sub("", last)
    yield label.strip(), "" if _LABEL_ALONE.fullmatch(last) else last


def _without_half_brackets(label: str) -> str:
    """A label that stands in brackets, or begins with some ((公司名称)：, (法人)名称：), without what closes them."""
    return label if re.search("[（(]", label) else re.sub("[）)]", "", label)


def _label_before(rest: str, start: int, end: int) -> int | None:
    """Where the known label begins that ends at `end`; None where none does."""
    said = rest[max(start, end - 32) : end]
    for pattern in (_RUN, _SPACED):
        if (match := pattern.search(said)) and is_label(match[0]):
            return end - len(match[0])
    if code := _CODE.search(said):
        return end - len(code[0])
    if run := _HAN.search(said):
        for place in range(max(run.start(), 1), len(said) - 2):
            ends = said[place - 1] in _ENDS + _OPENS and not said[:place].endswith("社会")
            field = canonical(said[place:]) if ends else None
            if field == "code" or (field and said[place - 1] in _ENDS):
                return end - len(said) + place
    return None


def _ended(value: str) -> str:
    return value.strip().rstrip("，,；;。" + _OPENS)


def text_lines(root: HtmlElement) -> str:
    """The visible text with a line break at every block and `br`, and nowhere else; a blank between cells."""
    if len(root) == 0:
        return "" if root.tag in SILENT else plain(_flat(root.text or ""))
    parts: list[str] = []
    _collect(root, parts)
    return "\n".join(line for line in (plain(line) for line in "".join(parts).split("\n")) if line)


def _collect(root: HtmlElement, parts: list[str]) -> None:
    """Every text node, what stands behind a comment or an instruction too: sites put their words between comments."""
    walk = iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walk:
        tag, is_start = element.tag, event == "start"
        if is_start and tag in SILENT:
            walk.skip_subtree()
            continue
        if (mark := _BREAKS.get(tag)) is not None:
            parts.append(mark)
        if text := element.text if is_start else None if element is root else element.tail:
            parts.append(_flat(text))


def _flat(text: str) -> str:
    """A text node as it shows: a line break in the source is a blank on the page."""
    return text if text.isprintable() else _SOURCE_BREAK.sub(" ", text)  # no break in it: most nodes

"""Labelled values outside tables, and blocks of them that stand one below the other."""

import re
from collections import Counter, defaultdict
from itertools import pairwise
from typing import cast

from lxml.etree import XPath
from lxml.html import HtmlElement

from core.domain.labels import canonical, plain
from core.domain.text import is_placeholder, tight
from crawler.extract.lines import SHORT_FIELDS, Pairs, is_label
from crawler.extract.markup import words_of
from crawler.extract.parties import is_name

HEAD = frozenset({"index_number", "issuer", "classification", "disclosure_mode", "disclosure_scope", "disclosure_time"})


def definition_lists(root: HtmlElement) -> tuple[Pairs, ...]:
    """One record a `dl` whose terms are known labels; a term's values are those that follow it."""
    records = []
    for listing in root.iter("dl"):
        pairs: list[tuple[str, str]] = []
        for element in listing.iter("dt", "dd"):
            words = words_of(element)
            if element.tag == "dt":
                pairs.append((words.rstrip(":： "), ""))
            elif pairs:
                label, value = pairs[-1]
                pairs[-1] = (label, f"{value} {words}".strip())
        if sum(is_label(label) for label, _ in pairs) >= 2:
            records.append(tuple(pairs))
    return tuple(records)


_OWN_TEXT = XPath("text()")


def boxed_pairs(root: HtmlElement) -> Pairs:
    """A known label and its value in two boxes of one element that holds nothing else, in document order."""
    return tuple(pair for element in root.iter("*") if len(element) > 1 and (pair := _boxed(element)))


def _boxed(element: HtmlElement) -> tuple[str, str] | None:
    boxes = [child for child in element if isinstance(child.tag, str)]
    if len(boxes) != 2 or tight("".join(cast("list[str]", _OWN_TEXT(element)))):
        return None
    label, box = words_of(boxes[0]), boxes[1]
    value = words_of(box) if canonical(label) else ""
    return (label.rstrip(":： "), value) if value and not is_label(value) else None


_NUMBERED = re.compile(r"[一二三四五六七八九十]{1,3}、\s*(?P<label>[^\s：:。，,；;]{2,30})")


def stacked_pairs(lines: str) -> Pairs:
    """Numbered headings that are known labels (一、处罚决定书编号), each above its value; () where none has a number.

    What should be one line and is several says nothing, as does what the last heading stands above: a page may follow.
    """
    each = [line.strip() for line in lines.splitlines() if line.strip()]
    heads = [(n, m["label"]) for n, line in enumerate(each) if (m := _NUMBERED.fullmatch(line))]
    pairs = []
    for (place, label), (end, _) in pairwise(heads):
        value = each[place + 1 : end]
        if value and is_label(label) and (len(value) == 1 or canonical(label) not in SHORT_FIELDS):
            pairs.append((label, "\n".join(value)))
    said = [value for label, value in pairs if canonical(label) == "document_number"]
    return tuple(pairs) if len(said) == 1 and "号" in said[0] else ()


def bare_pairs(lines: str) -> Pairs:
    """Known labels that stand each on a line of its own, above its value; () unless four do, one of them a number's.

    What should be one line and is several says nothing, as does what the last label stands above: a page may follow.
    """
    each = [line.strip().rstrip("：:") for line in lines.splitlines() if line.strip()]
    heads = [n for n, line in enumerate(each) if is_label(line)]
    pairs = [
        (each[place], "\n".join(value))
        for place, end in pairwise(heads)
        if (value := _of_one_label(each[place], each[place + 1 : end]))
    ]
    numbers = [value for label, value in pairs if canonical(label) == "document_number"]
    fields = {field for label, _ in pairs if (field := canonical(label))}
    return tuple(pairs) if len(numbers) == 1 and numbers[0].endswith("号") and len(fields - HEAD) > 3 else ()


def _of_one_label(label: str, lines: list[str]) -> list[str]:
    """The lines below a label that are its value; of a name's the first, where it is a name and no other line is."""
    if len(lines) < 2 or canonical(label) in _WORDS:
        return lines
    alone = is_name(lines[0]) and not any(map(is_name, lines[1:]))
    return lines[:1] if canonical(label) == "name" and alone else []


_WORDS = frozenset({"content", "result", "facts", "basis", "project"})
_WHEN = frozenset({"decided_on", "licence_decided_on", "penalty_decided_on"})
_WHAT = frozenset({"content", "result", "facts", "project"})


def names_a_decision(pairs: Pairs) -> bool:
    """Whether a record says a number, a party with something decided, or what was decided and when.

    The last keeps rows of a table that leaves their number empty: each of them is a decision published. The head
    of an information-disclosure page (索引号, 发布机构, 文号) is about the page: its number alone is no record.
    """
    names = {canonical(label) for label, value in pairs if not is_placeholder(value)}
    if ("document_number" in names and not names & HEAD) or ("name" in names and names & (_WHEN | _WHAT)):
        return True
    return bool(names & _WHEN and names & _WHAT)


def joined_parts(records: tuple[Pairs, ...]) -> tuple[Pairs, ...]:
    """Records with the parts of a single one made one: a page's panels, one of which names number or party alone.

    Parts say when, what or by whom; none says what another part says, or they are decisions of their own.
    """
    heads = [record for record in records if _fields(record) & {"document_number", "name"}]
    if len(heads) != 1 or _fields(heads[0]) & (_WHEN | _WHAT):
        return records
    parts = [r for r in records if r is not heads[0] and _fields(r) & (_WHEN | _WHAT | {"authority"})]
    fields = [field for part in (heads[0], *parts) for field in _fields(part)]
    if len(fields) > len(set(fields)):
        return records
    whole = tuple(pair for part in (heads[0], *parts) for pair in part)
    return tuple(whole if r is heads[0] else r for r in records if r not in parts)


def without_copies(records: tuple[Pairs, ...]) -> tuple[Pairs, ...]:
    """Records of one number and party that agree in all that both say made one: a second copy, for the printer."""
    kept: list[Pairs] = []
    said: list[dict[str, str]] = []
    places: dict[tuple[str, str], list[int]] = defaultdict(list)  # by number and party
    for record in records:
        words = _said(record)
        which = (words.get("document_number", ""), words.get("name", ""))
        place = next((n for n in places[which] if _agree(said[n], words)), None) if all(which) else None
        if place is None:
            places[which].append(len(kept))
            kept.append(record)
            said.append(words)
        else:
            kept[place] = (*kept[place], *(pair for pair in record if canonical(pair[0]) not in said[place]))
            said[place] = _said(kept[place])
    return tuple(kept)


def _agree(one: dict[str, str], two: dict[str, str]) -> bool:
    return all(one[field] == two[field] for field in one.keys() & two.keys())


def _said(pairs: Pairs) -> dict[str, str]:
    """What each known label of a record says, of several the first."""
    said: dict[str, str] = {}
    for label, value in pairs:
        if (field := canonical(label)) and field != "serial" and not is_placeholder(value):
            said.setdefault(field, tight(value))
    return said


def _fields(pairs: Pairs) -> frozenset[str]:
    return frozenset(_said(pairs))


def _without_head(pairs: Pairs) -> Pairs:
    """The side of an information-disclosure page's head (above or below it) that tells of a decision.

    The head's own 文号：无 is the page's and no decision's.
    """
    places = [n for n, (label, _) in enumerate(pairs) if canonical(label) in HEAD]
    if not places:
        return pairs
    below = pairs[places[-1] + 1 :]
    while below and canonical(below[0][0]) == "document_number" and is_placeholder(below[0][1]):
        below = below[1:]
    return next((side for side in (below, pairs[: places[0]]) if _tells(side)), pairs)


def _tells(pairs: Pairs) -> bool:
    return any(canonical(label) in {"document_number", "name"} and not is_placeholder(value) for label, value in pairs)


def blocks_of(pairs: Pairs) -> tuple[Pairs, ...]:
    """One record a block, where the labels of a decision come round again; what stands above them all fills each.

    A number that is repeated with another value opens a block; a party only on pages that state no number, or one
    a party (several parties of one number are one decision).
    """
    pairs = _without_head(pairs)
    labels = [plain(label) for label, _ in pairs]
    number, party = (_repeated(pairs, field) for field in ("document_number", "name"))
    numbers = sum(canonical(label) == "document_number" for label in labels)
    chosen = number or (party if party and numbers in (0, labels.count(party)) else "")
    if not chosen:
        return (pairs,)
    times = Counter(labels)
    start = next(label for label in labels if times[label] == times[chosen])
    opens = [n for n, label in enumerate(labels) if label == start]
    shared = pairs[: opens[0]]
    return tuple((*pairs[begin:end], *shared) for begin, end in zip(opens, [*opens[1:], len(pairs)], strict=True))


def _repeated(pairs: Pairs, field: str) -> str:
    """The label of `field` that stands with more than one value; "" for none."""
    values_of: dict[str, set[str]] = {}
    for label, value in pairs:
        if canonical(label) == field and tight(value):
            values_of.setdefault(plain(label), set()).add(tight(value))
    return next((label for label, values in values_of.items() if len(values) > 1), "")

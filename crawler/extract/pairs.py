"""Labelled values outside tables, and blocks of them that stand one below the other."""

from collections import Counter

from lxml.html import HtmlElement

from core.labels import canonical, plain
from core.text import is_placeholder, tight
from crawler.extract.lines import Pairs, is_label
from crawler.extract.markup import words_of

HEAD = frozenset({"index_number", "issuer", "classification", "disclosure_mode", "disclosure_scope", "disclosure_time"})
_PARTS = frozenset({"document_number", "name"})


def definition_lists(root: HtmlElement) -> tuple[Pairs, ...]:
    """One record a `dl` whose terms are known labels."""
    found = []
    for listing in root.iter("dl"):
        terms = [words_of(term) for term in listing.iter("dt")]
        values = [words_of(value) for value in listing.iter("dd")]
        pairs = tuple((t.rstrip(":： "), v) for t, v in zip(terms, values, strict=False))
        if sum(is_label(label) for label, _ in pairs) >= 2:
            found.append(pairs)
    return tuple(found)


def _without_head(pairs: Pairs) -> Pairs:
    """What follows the head of an information-disclosure page, whose 文号：无 is the page's own and no decision's."""
    last = max((n for n, (label, _) in enumerate(pairs) if canonical(label) in HEAD), default=-1)
    rest = pairs[last + 1 :]
    while rest and canonical(rest[0][0]) == "document_number" and is_placeholder(rest[0][1]) and last >= 0:
        rest = rest[1:]
    told = any(canonical(label) in _PARTS and not is_placeholder(value) for label, value in rest)
    return rest if told else pairs  # a head may stand at the foot


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
    return tuple(
        (*pairs[begin:end], *shared) for begin, end in zip(opens, [*opens[1:], len(pairs)], strict=True)
    )


def _repeated(pairs: Pairs, field: str) -> str:
    """The label of `field` that stands with more than one value; "" for none."""
    said: dict[str, set[str]] = {}
    for label, value in pairs:
        if canonical(label) == field and tight(value):
            said.setdefault(plain(label), set()).add(tight(value))
    return next((label for label, values in said.items() if len(values) > 1), "")

"""Labelled values outside tables, and blocks of them that stand one below the other."""

from collections import Counter

from lxml.html import HtmlElement

from core.domain.labels import canonical, plain
from core.domain.text import is_placeholder, tight
from crawler.extract.lines import Pairs, is_label
from crawler.extract.markup import words_of

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

"""Records of one number that agree throughout: one act, settled by one grouped pass before any pair is compared. Pure.

Nine acts in ten are told so. Nothing that any other record says changes them: whatever disputes a link, or keeps two
records apart, contradicts one of them or shares their number or their row, and then they are no such group.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations

from linking.clustering import Pair
from linking.comparison import Comparison, compare, contradictions
from linking.mentions import Mention
from linking.name_similarity import is_masked


def agreed_groups(ordered: Sequence[Mention], ruled: Collection[str]) -> list[list[int]]:
    """Places of the mentions of each such group, a submission and a finding among them, of each portal one at most."""
    by_number: defaultdict[str, list[int]] = defaultdict(list)
    rows: set[str] = set()
    read_again: set[str] = set()
    for index, mention in enumerate(ordered):
        if mention.number:
            by_number[mention.number].append(index)
        if mention.row:
            (read_again if mention.row in rows else rows).add(mention.row)
    return [
        members
        for members in by_number.values()
        if len(members) > 1 and _agree([ordered[n] for n in members], ruled, read_again)
    ]


def _agree(members: Sequence[Mention], ruled: Collection[str], read_again: Collection[str]) -> bool:
    portals = {m.portal for m in members}
    if len(portals) < len(members) or len({m.submitted for m in members}) < 2:
        return False
    if any(m.record in ruled or m.row in read_again for m in members):
        return False
    return all(_says_the_same(a, b) for a, b in combinations(members, 2))


def _says_the_same(a: Mention, b: Mention) -> bool:
    """Whether a pair of one number is surely linked with its party, and nothing at all speaks against it."""
    if (a.unit != b.unit and a.unit and b.unit) or (a.kind is not b.kind and a.kind and b.kind):
        return False
    if not (a.code == b.code if a.code and b.code else a.name == b.name != "" and not is_masked(a.name)):
        return False
    if a.decided_on != b.decided_on and a.decided_on and b.decided_on:
        return False
    return a.content == b.content or contradictions(a, b) == 0


def links_within(members: Sequence[int], ordered: Sequence[Mention]) -> Iterator[tuple[Pair, Comparison]]:
    """The links of a group, with their reasons."""
    for pair in combinations(members, 2):
        a, b = ordered[pair[0]], ordered[pair[1]]
        whole = a.code == b.code != "" and a.name == b.name != "" and a.decided_on == b.decided_on is not None
        yield pair, _THROUGHOUT if whole and not is_masked(a.name) else compare(a, b)


# what `compare` says of most of them
_THROUGHOUT = Comparison(True, False, "number", 100, "文书号相同，且代码、名称、决定日期一致")

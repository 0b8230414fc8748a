"""From linked pairs to clusters, the surest pairs first. Many-to-many is reported, never guessed. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from linking.comparison import Comparison, contents_of
from linking.mentions import Mention
from linking.number_similarity import loose

Pair = tuple[int, int]  # places in the ordered mentions, the lower first
TIERS: Mapping[str, int] = {
    "ruling": 0,
    "number": 1,
    "same-row": 1,
    "number-date": 2,
    "code-date-content": 3,
    "name-date-content": 3,
    "number-slip": 4,
}
# What keeps two mentions out of one cluster from that tier on, whoever else resembles both
BARS: Mapping[str, int] = {
    "ruling": 1,
    "other-unit": 1,
    "number-other-party": 1,
    "number-contested": 1,
    "number-contradicted": 2,
}
BARE = 3  # links without a number
SLIP = 4  # links over a mistyped number: last, when all others have found their partners
CANDIDATES = frozenset({"number-near", "number-slip", "number-alone", "number-contested", "resembling", "several"})


def cluster(
    ordered: Sequence[Mention], places: Sequence[int], verdicts: Mapping[Pair, Comparison]
) -> tuple[list[list[int]], dict[Pair, Comparison]]:
    """(clusters of `places`, links that turned out to be questions). Order of input never matters.

    A tier's links are taken together: where they would unite what is known to be two acts, none of them holds. Links
    without a number hold only between one act and one act that lacks just that side; those over a mistyped number, only
    where besides neither has anything else that could be its partner.
    """
    parent = list(range(len(ordered)))
    demoted: dict[Pair, Comparison] = {}
    for tier in range(SLIP + 1):
        edges = sorted(p for p, v in verdicts.items() if v.linked and TIERS[v.level] == tier)
        bars = [p for p, v in verdicts.items() if not v.linked and BARS.get(v.level, SLIP + 1) <= tier]
        held = _unambiguous(edges, ordered, parent) if tier >= BARE else edges
        if tier == SLIP:
            held = _alone(held, ordered, {**verdicts, **demoted}, parent)
        held = _unbarred(held, bars, parent)
        demoted |= {pair: _asked(verdicts[pair]) for pair in set(edges) - set(held)}
        _unite(parent, held)
    groups: dict[int, list[int]] = defaultdict(list)
    for index in places:
        groups[_root(parent, index)].append(index)
    return list(groups.values()), demoted


def _asked(verdict: Comparison) -> Comparison:
    if verdict.level == "number-slip":
        why = verdict.why.replace("，两侧均无其他可对应的记录", "；但另有可与之对应的记录")
        return replace(verdict, linked=False, review=True, level="number-near", score=88, why=why)
    why = f"{verdict.why}；但可与之对应的不止一条，或与其中之一不符"
    return replace(verdict, linked=False, review=True, level="several", why=why)


def _root(parent: list[int], index: int) -> int:
    while parent[index] != index:
        parent[index] = parent[parent[index]]
        index = parent[index]
    return index


def _unite(parent: list[int], edges: Iterable[Pair]) -> None:
    for left, right in edges:
        a, b = sorted((_root(parent, left), _root(parent, right)))
        parent[b] = a


def _unbarred(edges: Sequence[Pair], bars: Sequence[Pair], parent: list[int]) -> Sequence[Pair]:
    """The edges but those that would, together, unite a barred pair that no surer link has united."""
    if not bars or not edges:
        return edges
    tried = parent.copy()
    _unite(tried, edges)
    bad = {
        _root(tried, a) for a, b in bars if _root(tried, a) == _root(tried, b) and _root(parent, a) != _root(parent, b)
    }
    return [
        edge for edge in edges if _root(tried, edge[0]) not in bad or _root(parent, edge[0]) == _root(parent, edge[1])
    ]


def _unambiguous(edges: Sequence[Pair], ordered: Sequence[Mention], parent: list[int]) -> Sequence[Pair]:
    """The edges between two clusters that resemble nobody else and are not told by the same side or portal."""
    others: dict[int, set[int]] = defaultdict(set)
    for left, right in edges:
        a, b = _root(parent, left), _root(parent, right)
        if a != b:
            others[a].add(b)
            others[b].add(a)
    alone = {root for root, met in others.items() if len(met) == 1 and all(len(others[m]) == 1 for m in met)}
    kept: dict[int, set[str]] = defaultdict(set)
    for index, mention in enumerate(ordered):
        if (root := _root(parent, index)) in alone:
            kept[root].add(mention.portal)
    return [
        edge
        for edge in edges
        if (a := _root(parent, edge[0])) in alone and kept[a].isdisjoint(kept[_root(parent, edge[1])])
    ]


def _alone(
    edges: Sequence[Pair], ordered: Sequence[Mention], verdicts: Mapping[Pair, Comparison], parent: list[int]
) -> Sequence[Pair]:
    """The edges whose two clusters have no other candidate: none that may be theirs, no other act that says the same.

    Two acts of one party and one day, of one content, each missing on another side, look like one act mistyped.
    """
    if not edges:
        return edges
    portals: dict[int, set[str]] = defaultdict(set)
    for index, mention in enumerate(ordered):
        portals[_root(parent, index)].add(mention.portal)
    rivals: dict[int, set[int]] = defaultdict(set)
    for (left, right), verdict in verdicts.items():
        a, b = _root(parent, left), _root(parent, right)
        if a != b and verdict.level in CANDIDATES and portals[a].isdisjoint(portals[b]):
            rivals[a].add(b)
            rivals[b].add(a)
    alike = _acts_alike(edges, ordered, parent)
    return [
        edge
        for edge in edges
        if rivals[a := _root(parent, edge[0])] <= {b := _root(parent, edge[1])}
        and rivals[b] <= {a}
        and (loose(ordered[edge[0]].number) == loose(ordered[edge[1]].number) or alike[edge] <= {a, b})
    ]


def _acts_alike(edges: Sequence[Pair], ordered: Sequence[Mention], parent: list[int]) -> dict[Pair, set[int]]:
    """The clusters that say what an edge's records say: of their unit, party and day, with the same content."""
    wanted: dict[tuple[object, ...], set[Pair]] = defaultdict(set)
    for edge in edges:
        for mention in (ordered[index] for index in edge):
            for key in _party_days(mention):
                wanted[key].add(edge)
    found: dict[Pair, set[int]] = defaultdict(set)
    for index, mention in enumerate(ordered):
        for key in _party_days(mention):
            for edge in wanted.get(key, ()):
                if any(contents_of(mention, ordered[end]) == "same" for end in edge):
                    found[edge].add(_root(parent, index))
    return found


def _party_days(mention: Mention) -> Iterator[tuple[object, ...]]:
    for party in {mention.code, mention.name} - {""}:
        yield mention.unit, party, mention.decided_on

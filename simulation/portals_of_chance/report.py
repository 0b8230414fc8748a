"""The table of `make portals`: what became of every shape, by each choice on each axis, and the commonest causes."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from simulation.portals_of_chance.shape import AXES, Shape
from simulation.portals_of_chance.truth import Read

BY_AXIS = (
    *("transport", "paging", "markup", "pager", "dates", "link", "layout", "life", "outage", "around", "charset"),
    *("labels", "file", "parties"),
)
CAUSES, EXAMPLES = 30, 2
DRAWN = "citizen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What became of one shape. `provable`, `told`: by number, the first night it can be, and was, proved."""

    shape: Shape
    read: Read
    amiss: tuple[str, ...] = ()
    family: str = ""
    provable: Mapping[str, int] = field(default_factory=dict)
    told: Mapping[str, int] = field(default_factory=dict)
    accused: tuple[str, ...] = ()
    erased: tuple[str, ...] = ()
    contradicted: tuple[str, ...] = ()
    seconds: float = 0.0
    costs: tuple[tuple[str, int, float], ...] = ()  # (family, requests, seconds) of each reading of the list

    def as_json(self) -> dict[str, object]:
        """For one line of a file."""
        return {
            "shape": self.shape.line(), "read": self.read.value, "family": self.family, "amiss": self.amiss,
            "provable": dict(self.provable), "told": dict(self.told), "accused": self.accused, "erased": self.erased,
            "contradicted": self.contradicted, "seconds": round(self.seconds, 1), "costs": self.costs,
        }  # fmt: skip


def table(trials: Sequence[Trial]) -> str:
    """All of it as text."""
    return "\n".join([*_head(trials), "", *_shares(trials), "", *_causes(trials), "", *_wrongs(trials)]) + "\n"


def _head(trials: Sequence[Trial]) -> Iterable[str]:
    count = len(trials) or 1
    yield f"shapes tried: {len(trials)}, {sum(t.seconds for t in trials) / count:.0f} seconds each"
    reads = Counter(trial.read for trial in trials)
    yield from (f"  {read.value:<24} {reads[read]:>4}  {reads[read] / count:>5.0%}" for read in Read)
    able = sum(len(t.provable) for t in trials)
    told = sum(len(t.told) for t in trials)
    at_once = sum(night <= t.provable[number] for t in trials for number, night in t.told.items())
    yield f"provable breaches: {able}, told {told} ({told / (able or 1):.0%}), {at_once} on the first provable night"
    drafted = [t for t in trials if t.read in {Read.RIGHT, Read.UNPROVED, Read.PART, Read.NOTHING}]
    among = sum(len(t.provable) for t in drafted)
    yield f"  of drafted columns: {among}, told {told} ({told / (among or 1):.0%})"
    yield from _cost(trials)
    yield f"accused wrongly: {sum(map(len, (t.accused for t in trials)))}"
    yield f"proved breaches erased: {sum(map(len, (t.erased for t in trials)))}"
    yield f"statements that the archive contradicts: {sum(map(len, (t.contradicted for t in trials)))}"


def _cost(trials: Sequence[Trial]) -> Iterable[str]:
    """What a person's reading costs against a cheap family, where both read the column: medians of ratios."""
    pairs = [
        (drawn, plain)
        for trial in trials
        for drawn in trial.costs[-1:]
        for plain in trial.costs[:1]
        if drawn[0] == DRAWN != plain[0] and plain[1] and plain[2]
    ]
    if pairs:
        requests = median(drawn[1] / plain[1] for drawn, plain in pairs)
        seconds, each = (median(of) for of in ([d[2] / p[2] for d, p in pairs], [d[2] for d, _ in pairs]))
        told = f"requests x {requests:.1f}, seconds x {seconds:.0f} ({each:.0f} s a look)"
        yield f"a person's reading against a cheap one, {len(pairs)} columns that both read: {told}"


def _shares(trials: Sequence[Trial]) -> Iterable[str]:
    heads = f"{'n':>4} {'right':>6} {'unpr.':>6} {'part':>5} {'none':>5} {'refus.':>6} {'told':>9}"
    yield f"{'axis':<10} {'choice':<20} {heads}"
    for axis in BY_AXIS:
        groups: dict[str, list[Trial]] = defaultdict(list)
        for trial in trials:
            groups[str(getattr(trial.shape, axis))].append(trial)
        for choice in AXES[axis]:
            if group := groups[choice]:
                yield _share(axis, choice, group)


def _share(axis: str, choice: str, group: Sequence[Trial]) -> str:
    reads, count = Counter(trial.read for trial in group), len(group)
    refused = reads[Read.REFUSED] + reads[Read.REFUSED_TRULY] + reads[Read.BROKE]
    told = f"{sum(len(t.told) for t in group)}/{sum(len(t.provable) for t in group)}"
    parts = (reads[Read.UNPROVED], reads[Read.PART], reads[Read.NOTHING])
    width = 20 - sum(ord(letter) > 0x2E80 for letter in choice)
    return (
        f"{axis:<10} {choice:<{width}} {count:>4} {reads[Read.RIGHT] / count:>6.0%} {parts[0]:>6} {parts[1]:>5} "
        f"{parts[2]:>5} {refused:>6} {told:>9}"
    )


def _causes(trials: Sequence[Trial]) -> Iterable[str]:
    """What was amiss, the commonest first, with the shortest shapes that show it."""
    shown: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        for cause in trial.amiss:
            shown[f"{trial.read.value}: {cause}"].append(trial)
    yield "what was amiss"
    for cause, of in sorted(shown.items(), key=lambda item: -len(item[1]))[:CAUSES]:
        yield f"{len(of):>4}  {cause}"
        yield from (f"        {line}" for line in sorted((t.shape.line() for t in of), key=len)[:EXAMPLES])


def _wrongs(trials: Sequence[Trial]) -> Iterable[str]:
    for trial in trials:
        for what, said in (("accused", trial.accused), ("erased", trial.erased), ("contradicted", trial.contradicted)):
            yield from (f"{what}: {one}\n        {trial.shape.line()}" for one in said)

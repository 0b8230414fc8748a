"""`python -m benchmarks.simulate`: a night of a city, a province, the country, on machines that are not there.

Visits to hosts are drawn (how many columns a host has, how slow it is, whether it is down) and given to workers, the
longest of the night before first. What is measured elsewhere and what is assumed stands in docs/scale.md. Events in
virtual time: nothing is asked for.
"""

import argparse
import heapq
from dataclasses import dataclass
from random import Random

from benchmarks.measure import table

PACE = 2.0  # seconds between two requests to a host, as a district promises by default
PAGES, DETAILS = 6, 10  # requests a column and night: list pages in two passes, pages of new rows
TIMEOUT, TRIES = 20.0, 3  # seconds, of a host that is down; after so many requests it is left alone
START, READ = 1.5, 0.02  # seconds of processor: a district's crawl at a host, a page
BYTES = 12_000  # a page in the archive, compressed
SHARED = 0.6  # of a platform's columns stand on a list that other districts read too
WORKERS_A_MACHINE = 8  # visits at once on a machine of four processors: they wait for hosts nearly all the time
PROCESSORS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """How large a deployment is: cities of ten districts, sixty columns each, on hosts of the city's and their own."""

    name: str
    cities: int


@dataclass(frozen=True, slots=True)
class Visit:
    """One host of a night: for how long it is visited, the processor's share of it, bytes kept, columns read."""

    seconds: float
    processor: float
    kept: int
    columns: int


PLACES = (Place("a city", 1), Place("a province", 13), Place("3,000 districts", 300))


def city(random: Random) -> list[Visit]:
    """The hosts of ten districts: 600 columns on some sixty hosts, a third of them on the city's own platform."""
    sizes = [200, *(random.randint(20, 60) for _ in range(4)), *(random.randint(2, 8) for _ in range(55))]
    return [visit(random, columns, platform=n < 5) for n, columns in enumerate(sizes)]


def visit(random: Random, columns: int, *, platform: bool) -> Visit:
    """A host with so many columns. On a platform districts share lists; some hosts are slow, some are down."""
    districts = min(10, columns) if platform else 1
    start = START * districts
    if random.random() < 0.02:
        return Visit(TRIES * TIMEOUT + start, start, 0, 0)
    lists = columns * (1 - SHARED * (1 - 1 / districts)) if platform else columns
    requests = lists * PAGES + columns * DETAILS
    answer = min(random.lognormvariate(-1.2, 0.9), TIMEOUT)  # seconds; 0.3 in the middle, one in a hundred over 2.4
    processor = start + columns * (PAGES + DETAILS) * READ
    return Visit(start + requests * max(PACE, answer), processor, int(requests * BYTES), columns)


def night(visits: list[Visit], workers: int) -> float:
    """Seconds until the last visit has ended, the longest begun first."""
    free = [0.0] * workers
    for each in sorted(visits, key=lambda v: -v.seconds):
        heapq.heappush(free, heapq.heappop(free) + each.seconds)
    return max(free)


def main() -> None:
    """Print hours by machines for each size, and what a night cannot be shorter than."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    random, rows = Random(1), []
    for place in PLACES:
        visits = [v for _ in range(place.cities) for v in city(random)]
        longest = max(v.seconds for v in visits) / 3600
        processor = sum(v.processor for v in visits) / 3600
        kept = sum(v.kept for v in visits) / 2**30
        read = sum(v.columns for v in visits)
        for machines in _machines(place):
            hours = max(night(visits, machines * WORKERS_A_MACHINE) / 3600, processor / (machines * PROCESSORS))
            rows.append((
                place.name, f"{len(visits):,}", f"{read:,}", str(machines), f"{hours:.1f}", f"{longest:.1f}",
                f"{processor / (machines * PROCESSORS):.1f}", f"{kept:.1f}",
            ))  # fmt: skip
    table(("what", "hosts", "columns", "machines", "hours", "longest host", "processors alone", "GiB"), rows)


def _machines(place: Place) -> tuple[int, ...]:
    return (1, 2) if place.cities == 1 else (1, 3, 6) if place.cities < 100 else (20, 40, 80, 160)


if __name__ == "__main__":
    main()

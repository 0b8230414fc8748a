"""How `make faults --corpus` deals the saved block pages out to sites and nights."""

from benchmarks.fault_injection import NIGHTS, through_the_corpus
from benchmarks.fault_proxy import Fault, corpus
from simulation.server import SITES


def test_every_block_page_stands_before_every_site_for_a_night() -> None:
    pages = tuple(corpus().values())
    rounds = through_the_corpus(pages)
    assert len(pages) > 150 and len(rounds) == -(-len(pages) // NIGHTS)
    for site in range(len(SITES)):
        met: set[Fault] = {at(site, night) for at in rounds.values() for night in range(NIGHTS)}
        assert met == set(pages)


def test_the_sites_of_a_night_do_not_all_fail_alike() -> None:
    (first, *_) = through_the_corpus(tuple(corpus().values())).values()
    assert len({first(site, 0) for site in range(len(SITES))}) > len(SITES) / 2

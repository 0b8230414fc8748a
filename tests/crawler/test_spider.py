"""A portal that lies, hangs, redirects away or shows a block page: an unproving look with its reason."""

from datetime import date
from pathlib import Path

import pytest

from core.domain.look_reasons import REASONS
from core.storage.observations import Looks
from simulation.outages import OUTAGES, Outage, Trouble
from simulation.server import SimulatedSites
from tests.support.crawl_runs import look_at

EXPECTED: dict[Trouble, set[str]] = {
    Trouble.UNAVAILABLE: {"http-503"},
    Trouble.MAINTENANCE: {"maintenance"},
    Trouble.LOGIN: {"login"},
    Trouble.CHALLENGE: {"waf-challenge"},
    Trouble.CHALLENGE_200: {"waf-challenge"},
    Trouble.SHORT_BODY: {"truncated"},
    Trouble.CUT_PAGE: {"truncated", "list-missing"},
    Trouble.HANG: {"timeout", "connection"},
    Trouble.CODE_403: {"json-refused"},
    Trouble.SKELETON: {"template-unfilled", "blank-skeleton", "not-json"},
    Trouble.SOFT_404: {"soft-404"},
    Trouble.WRONG_CLOCK: {"clock-skew"},
    Trouble.OTHER_COLUMN: {"marker-missing"},
}
BLINDING = sorted(
    {o.trouble: o for o in OUTAGES if o.trouble in EXPECTED and o.portal != "yjj"}.values(), key=lambda o: o.trouble
)


def test_every_blinding_trouble_is_tried() -> None:
    assert {o.trouble for o in BLINDING} == set(EXPECTED)


@pytest.mark.parametrize("outage", BLINDING, ids=lambda o: o.trouble.value)
def test_a_troubled_site_proves_nothing_and_says_why(tmp_path: Path, simulated: SimulatedSites, outage: Outage) -> None:
    with look_at(tmp_path, simulated, outage.first, (outage.portal,), passes=1) as store:
        (look,) = Looks(store).looks()
        assert not (look.genuine and look.parsed)
        assert not look.proves_absent("9999") and not look.proves_absent(None)
        assert set(look.reasons) & EXPECTED[outage.trouble], look.reasons
        assert all(reason in REASONS or reason.startswith("http-") for reason in look.reasons)
        if outage.trouble not in (Trouble.HANG, Trouble.SHORT_BODY):
            assert Looks(store).captures(), "what the site showed instead is kept"


def test_a_list_that_moves_while_it_is_read_is_read_again(tmp_path: Path, simulated: SimulatedSites) -> None:
    with look_at(tmp_path, simulated, date(2026, 8, 19), ("credit-penalty",)) as store:
        first, second = Looks(store).looks()
        assert second.whole
        assert first.whole or first.reasons == ("shifted",)


def test_a_stale_copy_dates_absence_back_by_its_age(tmp_path: Path, simulated: SimulatedSites) -> None:
    with look_at(tmp_path, simulated, date(2026, 9, 2), ("credit-licence",)) as store:
        first, second = Looks(store).looks()
        assert first.age_seconds > 0
        assert second.age_seconds == 0 and second.past_caches

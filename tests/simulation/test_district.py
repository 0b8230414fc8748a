"""The folder of the simulated district is complete."""

from pathlib import Path

import pytest

from core.domain.config import load
from core.domain.models import Channel
from simulation.district import write as write_district
from simulation.materials import COMMITMENTS, DOCUMENTS
from simulation.offices import CREDIT, OFFICES
from simulation.server import SITES
from tests.support.simulated_sites import PAGES

CR, DEP = Channel.CREDIT, Channel.DEPARTMENT


# ---------------------------------------------------------------- the folder


def test_the_district_folder_is_complete(tmp_path: Path) -> None:
    write_district(tmp_path, {site.name: 9001 + n for n, site in enumerate(SITES)})
    config = load(tmp_path)
    assert config.district.simulated and config.district.crawl.delay_seconds == 0
    assert {u.slug: u.name for u in config.units} == {o.slug: o.name for o in OFFICES}
    assert {p.id for p in config.portals if p.lists == "decisions"} == set(PAGES)
    assert {p.id for p in config.portals if p.lists != "decisions"} == {*DOCUMENTS.values(), COMMITMENTS}
    assert all(contact.email.endswith("@example.invalid") for unit in config.units for contact in unit.contacts)
    for office in OFFICES:
        for kind in office.kinds:
            own = [p.id for p in config.channel(DEP, office.slug, kind)]
            assert own == ([office.portal] if office.portal else [])
            assert [p.id for p in config.channel(CR, office.slug, kind)] == [CREDIT[kind]]


def test_a_site_without_a_port_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        write_district(tmp_path, {"credit": 9001})

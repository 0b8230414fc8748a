"""A district with next to nothing: one unit, no delay, portals as they are given."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from core.domain.config import Config, load
from simulation.district import SCHEME, SCHEME_SOURCE

DISTRICT = """slug = "t"
name = "某区"
office = "某区信用办"
credit_site = "信用某区"
scheme = "scheme-2022.toml"
simulated = true
[crawl]
delay_seconds = 0
timeout_seconds = 5
{crawl}
[mail]
sender = "a@example.invalid"
office = "b@example.invalid"
office_name = "某区信用办"
"""


def district(folder: Path, portals: Mapping[str, str], crawl: str = "") -> Config:
    """Write a district of the portals given (id → TOML without its id) into a folder; `crawl`: lines of its [crawl]."""
    (folder / "portals").mkdir(parents=True, exist_ok=True)
    (folder / "district.toml").write_text(DISTRICT.format(crawl=crawl), "utf-8")
    (folder / "units.toml").write_text('[[unit]]\nslug = "u"\nname = "某局"\nkind = "dept-a"\n', "utf-8")
    shutil.copyfile(SCHEME_SOURCE, folder / SCHEME)
    for name, text in portals.items():
        (folder / "portals" / f"{name}.toml").write_text(f'id = "{name}"\n{text}', "utf-8")
    return load(folder)

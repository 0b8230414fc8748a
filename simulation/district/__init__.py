"""A ready district folder for the system to read: templates, ports filled in, the real scheme copied beside."""

import shutil
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).parent
SCHEME = "scheme-2022.toml"
SCHEME_SOURCE = HERE.parent.parent / "districts" / "huaian" / SCHEME


def write(folder: Path, port_map: Mapping[str, int]) -> None:
    """Write the district into `folder`, its portals at `port_map` (site name → loopback port).

    The scheme is the real district's, copied as it is now: the demonstration is graded by the same rules.
    Raises KeyError for a site without a port, FileNotFoundError where the scheme is missing.
    """
    portals = folder / "portals"
    portals.mkdir(parents=True, exist_ok=True)
    for name in ("district.toml", "units.toml"):
        shutil.copyfile(HERE / name, folder / name)
    shutil.copyfile(SCHEME_SOURCE, folder / SCHEME)
    for template in sorted((HERE / "portals").glob("*.toml")):
        (portals / template.name).write_text(_filled(template.read_text("utf-8"), port_map), "utf-8")


def _filled(text: str, port_map: Mapping[str, int]) -> str:
    """The template with every `{base:<site>}` replaced by that site's address."""
    for site, port in port_map.items():
        text = text.replace(f"{{base:{site}}}", f"http://127.0.0.1:{port}")
    if "{base:" in text:
        raise KeyError(text[text.index("{base:") :].split("}")[0] + "}")
    return text

"""Which code judged: evidence that other code made is not evidence of this code's."""

import hashlib
from functools import cache
from importlib.metadata import version

from core.runtime.paths import ROOT

_JUDGING = ("core", "linking", "checks")


@cache
def code_fingerprint() -> str:
    """A hash of the code and data that link and check, and of the calendar's release (it brings a year's holidays)."""
    files = [path for folder in _JUDGING for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".toml"}]
    digest = hashlib.sha256(version("chinesecalendar").encode())
    for path in sorted([*files, ROOT / "pipeline/case_facts.py", ROOT / "pipeline/evaluate.py"]):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]

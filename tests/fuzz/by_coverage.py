"""Pages of every family, mutated by what they reach. Started by `python -m tests.fuzz`; needs atheris."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["crawler", "core.domain"]):
    from tests.fuzz.test_portal_pages import LONG, read_all
from tests.support.portal_cases import CASES

SHORT = [case for case in CASES if len(case.response.body) < LONG][:250]


def try_one(data: bytes) -> None:
    """The first byte chooses the portal, the rest is its page."""
    if data:
        case = SHORT[data[0] % len(SHORT)]
        read_all(case.portal, replace(case.response, body=data[1:]), case.row)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate(SHORT):
            (Path(folder) / f"{number}").write_bytes(bytes([number]) + case.response.body)
        atheris.Setup([*sys.argv, "-timeout=20", folder], try_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()

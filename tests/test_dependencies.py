"""What is declared is imported, what is imported is declared, and the lower bounds are what the tests run with."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.support.paths import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SHIPPED: tuple[str, ...] = tuple(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"])
DEVELOPMENT = ("tests", "benchmarks", "hatch_build.py")
OWN = {Path(name).stem for name in (*SHIPPED, *DEVELOPMENT)}
SPELT_OTHERWISE = {"pdfminer": "pdfminer-six", "backports": "backports-zstd"}  # several distributions share the name
NEVER_IMPORTED = {
    "whitenoise": "desk/settings.py names its middleware",
    "django-stubs": "mypy's plugin",
    "tzdata": "zoneinfo reads it where the system has no time zones",
    "pytest-asyncio": "a plug-in of pytest",
    "pytest-socket": "a plug-in of pytest",
    "pytest-xdist": "a plug-in of pytest",
    "time-machine": "a plug-in of pytest",
    "pgserver": "cluster/local_postgres.py runs its programs",
    "s3fs": "fsspec loads it for the addresses of S3",
    "ruff": "run by make",
    "mypy": "run by make",
    "import-linter": "run by make",
    "types-requests": "read by mypy",
    "types-openpyxl": "read by mypy",
    "lxml-stubs": "read by mypy",
    "editables": "hatchling writes the editable installation with it",
}
ONLY_SOMEWHERE = {
    "compression": "Python 3.14's own",
    "atheris": "on request only: tests/fuzz/__main__.py says how",
    "recordlinkage": "benchmarks/link.in",
    "splink": "benchmarks/link.in",
}
ONLY_SOMEWHERE |= {"duckdb": "benchmarks/link.in", "pandas": "benchmarks/link.in"}


def _names(requirements: Iterable[str]) -> set[str]:
    return {re.split(r"[\[<>=;,\s]", line, maxsplit=1)[0] for line in requirements}


RUNTIME = _names(PROJECT["project"]["dependencies"])
EXTRAS = [line for lines in PROJECT["project"]["optional-dependencies"].values() for line in lines]
OPTIONAL = _names(EXTRAS)
GROUP = _names(PROJECT["dependency-groups"]["dev"])


def _sources(places: Iterable[str]) -> Iterator[Path]:
    for place in places:
        path = ROOT / place
        yield from [path] if path.is_file() else (p for p in path.rglob("*.py") if "fixtures" not in p.parts)


@cache
def _imports(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found.add(node.module.split(".")[0])
    return frozenset(found)


@cache
def _distributions(places: tuple[str, ...]) -> dict[str, str]:
    """Distribution (its name normalised) → a file that imports it, of everything that is not Python's or our own."""
    installed, found = packages_distributions(), {}
    for path in _sources(places):
        for name in _imports(path):
            if name in sys.stdlib_module_names or name in OWN or name in ONLY_SOMEWHERE:
                continue
            distribution = SPELT_OTHERWISE.get(name) or installed[name][0]
            found[re.sub(r"[-_.]+", "-", distribution).lower()] = str(path.relative_to(ROOT))
    return found


def test_what_the_program_imports_is_declared() -> None:
    imported = _distributions(SHIPPED)
    assert not {name: imported[name] for name in imported.keys() - RUNTIME - OPTIONAL}


def test_what_the_tests_import_is_declared() -> None:
    imported = _distributions(DEVELOPMENT)
    assert not {name: imported[name] for name in imported.keys() - RUNTIME - OPTIONAL - GROUP}


def test_what_is_declared_is_imported() -> None:
    assert _distributions(SHIPPED).keys() >= (RUNTIME | OPTIONAL) - NEVER_IMPORTED.keys()
    assert _distributions(DEVELOPMENT).keys() >= GROUP - NEVER_IMPORTED.keys()
    assert RUNTIME.isdisjoint(GROUP)
    assert NEVER_IMPORTED.keys() <= RUNTIME | OPTIONAL | GROUP


def _locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


def test_lower_bounds_are_the_versions_that_the_tests_run_with() -> None:
    locked = _locked("requirements.lock")
    for line in (*PROJECT["project"]["dependencies"], *EXTRAS, *PROJECT["dependency-groups"]["dev"]):
        (name,) = _names([line])
        assert re.search(r">=([^,;]+)", line), line
        assert re.findall(r">=([^,;]+)", line) == [locked[name]], line


def test_the_lock_of_what_runs_is_a_part_of_the_whole_lock() -> None:
    whole, run = _locked("requirements.lock"), _locked("requirements-run.lock")
    assert run.items() <= whole.items()
    assert run.keys() >= RUNTIME and run.keys().isdisjoint(OPTIONAL - {"requests"})
    assert run.keys().isdisjoint(GROUP - {"pillow", "requests", "pypdfium2"})


def test_the_locks_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-run.lock", "requirements-city.lock", "benchmarks/link.lock"):
        assert "://" not in (ROOT / name).read_text("utf-8")

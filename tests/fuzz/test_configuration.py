"""TOML of any kind in a district: read, or a ConfigError that names the file; and the arguments of commands."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.options import clock_of, day_of, unit_of
from core.domain.config import load
from core.domain.errors import ConfigError, UsageError
from core.domain.periods import parse_period
from crawler.families import parser_of
from simulation.district import write as write_district
from simulation.server import SITES
from tests.support.fuzzing import Mutation, fuzzed, mutations, spoil, texts
from tests.support.workbook_samples import district

HOSTILE = (
    *('""', '"\\u0000"', '"http://["', '"²"', '"../../x"', f'"{"9" * 5000}"', "0", "-1", "1e400", "nan", "inf", "-0.0"),
    *("9" * 400, "9" * 5000, "true", "[]", "[[]]", "{}", "[{}]", "{a=1}", "1979-05-27", "0001-01-01", "9999-12-31"),
    *(
        "00:00:00",
        "1979-05-27T00:32:00-07:00",
        '["x", 1]',
        '{"²"="x"}',
        "[" * 2000 + "]" * 2000,
        '"25:99"',
        '"99:99-00:00"',
    ),
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good")
    write_district(folder, {site.name: 9001 + n for n, site in enumerate(SITES)})
    return folder


def files_of(folder: Path) -> list[Path]:
    portals = sorted((folder / "portals").glob("*.toml"))
    return [*sorted(folder.glob("*.toml")), *portals[:: max(len(portals) // 6, 1)]]


def read_with(good: Path, file: Path, data: bytes) -> None:
    """The district with one file's bytes changed: it loads and its portals have readers, or the fault names a file."""
    before = file.read_bytes()
    try:
        file.write_bytes(data)
        config = load(good)
        for portal in config.portals:
            parser_of(portal)
    except ConfigError as error:
        assert error.where and str(error).encode()
    finally:
        file.write_bytes(before)


@fuzzed(15)
@given(data=st.data())
def test_any_value_under_any_key(good: Path, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(files_of(good)))
    lines = file.read_text("utf-8").splitlines()
    keyed = [n for n, line in enumerate(lines) if " = " in line and not line.lstrip().startswith("#")]
    place = data.draw(st.sampled_from(keyed))
    lines[place] = f"{lines[place].partition(' = ')[0]} = {data.draw(st.sampled_from(HOSTILE))}"
    read_with(good, file, "\n".join(lines).encode("utf-8", "surrogatepass"))


@fuzzed(8)
@given(data=st.data(), ways=mutations())
def test_a_file_that_is_spoilt(good: Path, data: st.DataObject, ways: Sequence[Mutation]) -> None:
    file = data.draw(st.sampled_from(files_of(good)))
    read_with(good, file, spoil(file.read_bytes(), ways))


@fuzzed(60)
@given(word=texts())
def test_arguments_are_understood_or_refused(word: str) -> None:
    config = district()
    simulated = config.model_copy(update={"district": config.district.model_copy(update={"simulated": True})})
    for read in (day_of, parse_period, lambda w: unit_of(config, w), lambda w: clock_of(simulated, w).now()):
        try:
            read(word)
        except UsageError:
            continue

"""JSON of every shape around, and instead of, what an API should answer: read or refused, and kept without a fault."""

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.json_types import Json
from crawler.families import FAMILIES
from crawler.families.parsing import json_decoding
from crawler.pages import NotGenuine
from tests.fuzz.test_portal_pages import read_all
from tests.support.fuzzing import fuzzed, json_values
from tests.support.portal_cases import CASES, Case


def _document(case: Case) -> Json | None:
    try:
        return json_decoding.json_of(case.response.body.decode("utf-8"))
    except (NotGenuine, UnicodeDecodeError):
        return None


ANSWERS = [case for case in CASES if isinstance(_document(case), dict | list)]


def paths_of(value: Json, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The place of every value in a document."""
    below: list[tuple[str | int, Json]] = []
    if isinstance(value, dict):
        below = list(value.items())
    elif isinstance(value, list):
        below = list(enumerate(value[:4]))
    return [path, *(place for name, each in below for place in paths_of(each, (*path, name)))]


def planted(document: Json, path: tuple[str | int, ...], value: Json) -> Json:
    """The document with another value at one place."""
    if not path:
        return value
    made: Any = copy.deepcopy(document)
    at = made
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    whole: Json = made
    return whole


BY_FAMILY = {family: [case for case in ANSWERS if case.portal.family == family] for family in FAMILIES}
SPEAKERS = [family for family, cases in BY_FAMILY.items() if cases]


@pytest.mark.parametrize("family", SPEAKERS)
@fuzzed(20)
@given(data=st.data())
def test_an_answer_with_something_else_in_some_places(family: str, data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(BY_FAMILY[family]))
    document = _document(case)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths_of(document)))
        document = planted(document, path, data.draw(json_values()))
    body = json.dumps(document, ensure_ascii=data.draw(st.booleans())).encode("utf-8", "surrogatepass")
    read_all(case.portal, replace(case.response, body=body), case.row)


@pytest.mark.parametrize("family", SPEAKERS)
@fuzzed(8)
@given(data=st.data(), document=json_values())
def test_an_answer_that_is_any_json(family: str, data: st.DataObject, document: Json) -> None:
    case = data.draw(st.sampled_from(BY_FAMILY[family]))
    read_all(case.portal, replace(case.response, body=json.dumps(document).encode()), case.row)

"""Decisions in data that nobody described: by known names of members, whole, and where they stand."""

import json
from typing import Any

import pytest

from crawler.families.parsing.json_details import decisions_in, is_data, place_of_decision
from crawler.pages import NotGenuine

ONE = {"CF_WSH": "淮罚〔2026〕1号", "CF_XDR_MC": "甲公司", "CF_JDRQ": "2026-06-01"}
TWO = ONE | {"CF_WSH": "淮罚〔2026〕2号"}
FOUND: dict[str, tuple[Any, int, str]] = {
    "the answer itself": (ONE, 1, "$"),
    "one": ({"code": 200, "data": ONE}, 1, "data"),
    "several": ({"code": 200, "data": [ONE, TWO]}, 2, "data"),
    "deep": ({"success": True, "result": {"detail": {"base": ONE, "files": []}}}, 1, "result.detail.base"),
    "with more inside": ({"data": ONE | {"org": {"name": "某局"}}}, 1, "data"),
    "nothing known": ({"data": {"docNo": "淮罚〔2026〕1号", "partyName": "甲公司"}}, 0, ""),
    "no data": ({"data": None}, 0, ""),
}


@pytest.mark.parametrize(("data", "count", "place"), FOUND.values(), ids=FOUND)
def test_decisions_are_found_by_the_names_of_their_members(data: Any, count: int, place: str) -> None:
    text = json.dumps(data, ensure_ascii=False)
    assert (len(decisions_in(text)), place_of_decision(text)) == (count, place)


def test_a_refusal_is_no_record() -> None:
    with pytest.raises(NotGenuine):
        decisions_in(json.dumps({"code": 403, "data": ONE}))
    with pytest.raises(NotGenuine):
        decisions_in('{"data": ')


def test_data_is_told_by_its_first_letter() -> None:
    assert is_data('\ufeff {"a": 1}') and is_data("[1]") and not is_data("<html>") and not is_data("")

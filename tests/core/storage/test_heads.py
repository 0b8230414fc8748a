"""Heads: both digests are the standards' own, whichever library gives them."""

import hashlib

import pytest

from core.storage.heads import sm3

ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"  # GB/T 32905-2016, A.1


@pytest.mark.parametrize("own", [True, False], ids=["Python's own", "without it"])
def test_sm3_is_the_standards(monkeypatch: pytest.MonkeyPatch, own: bool) -> None:
    if not own:
        monkeypatch.setattr(hashlib, "algorithms_available", {"sha256"})
    assert sm3(b"abc") == ABC and sm3(b"") != ABC

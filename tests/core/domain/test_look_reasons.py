"""Look reasons: their codes as stored, their sentences, and what follows from them."""

import json

import pytest

from core.domain.look_reasons import REASONS, Follows, LookReason, http_status, reason_of, sentence


@pytest.mark.parametrize(
    ("stored", "told"),
    [
        ("tls", "网站证书验证不通过"),
        (LookReason.DRIFT_FILL.of("decided_on"), "栏目里写明该项的记录比以往少了很多（决定日期）"),
        ("drift-columns:信用风险分档", "栏目的列或项目有变化（信用风险分档）"),
        (http_status(503), "网站返回状态 503"),
        ("of-an-older-version", "of-an-older-version"),
        ("of-an-older-version:name", "of-an-older-version（相对人名称）"),
    ],
)
def test_sentences(stored: str, told: str) -> None:
    assert sentence(stored) == told


def test_a_reason_is_written_as_its_code() -> None:
    assert json.dumps([LookReason.TOO_DEEP]) == '["too-deep"]' and "too-deep" in {LookReason.TOO_DEEP: 0}
    assert all(reason_of(code) is reason and reason.sentence for code, reason in REASONS.items())


def test_what_follows_is_read_from_what_is_stored() -> None:
    drift, quiet = reason_of("drift-fill:name"), reason_of("list-quiet")
    assert drift is not None and drift.is_drift and drift.is_odd
    assert quiet is not None and quiet.is_odd and not quiet.is_drift
    assert reason_of("http-503") is None and reason_of("no-longer-known:name") is None


def test_what_drifted_is_odd_and_every_consequence_is_some_reasons() -> None:
    assert all(reason.is_odd for reason in LookReason if reason.is_drift)
    assert {flag for reason in LookReason for flag in reason.follows} == set(Follows) - {Follows.NOTHING}

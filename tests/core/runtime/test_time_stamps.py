"""Time stamps of an authority outside, asked for over a real wire and checked by two programs."""

import hashlib
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.runtime.time_stamps import NoStampError, ask, checked_stamp, read_stamp
from tests.support.time_stamp_authority import Authority, time_stamp_authority

DATA = b'{"kind": "manifest", "id": "0", "sha256": "0"}\n'
DIGEST = hashlib.sha256(DATA).hexdigest()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with time_stamp_authority(tmp_path_factory.mktemp("tsa")) as made:
        yield made


def test_a_stamp_says_what_was_stamped_and_when(authority: Authority, tmp_path: Path) -> None:
    answer = ask(authority.url, DATA, 20)
    stamp = checked_stamp(answer, DIGEST, authority.ca)
    assert stamp == read_stamp(answer) and stamp.sha256 == DIGEST
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(minutes=1)
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "answer.tsr").write_bytes(answer)
    command = ["openssl", "ts", "-verify", "-data", "data", "-in", "answer.tsr", "-CAfile"]
    public = subprocess.run([*command, str(authority.ca)], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "Verification: OK" in public.stdout + public.stderr


def test_a_stamp_of_something_else_does_not_hold(authority: Authority) -> None:
    answer = ask(authority.url, DATA, 20)
    with pytest.raises(NoStampError, match="不成立"):
        checked_stamp(answer, hashlib.sha256(b"another").hexdigest(), authority.ca)


def test_a_stamp_of_somebody_else_does_not_hold(authority: Authority, tmp_path: Path) -> None:
    answer = ask(authority.url, DATA, 20)
    with time_stamp_authority(tmp_path / "other") as other, pytest.raises(NoStampError, match="不成立"):
        checked_stamp(answer, DIGEST, other.ca)


@pytest.mark.parametrize("position", [60, 200, -40])
def test_a_flipped_byte_is_found(authority: Authority, position: int) -> None:
    answer = bytearray(ask(authority.url, DATA, 20))
    answer[position] ^= 1
    with pytest.raises(NoStampError):
        checked_stamp(bytes(answer), DIGEST, authority.ca)


def test_certificates_that_cannot_be_read_are_named(authority: Authority, tmp_path: Path) -> None:
    answer = ask(authority.url, DATA, 20)
    (tmp_path / "no.pem").write_text("no certificate", "utf-8")
    for file, why in ((tmp_path / "none.pem", "读不出来"), (tmp_path / "no.pem", "不是 PEM")):
        with pytest.raises(NoStampError, match=why):
            checked_stamp(answer, DIGEST, file)


def test_an_authority_that_never_answers_holds_nobody(authority: Authority) -> None:
    authority.silent, began = True, time.monotonic()
    try:
        with pytest.raises(NoStampError, match=r"没有答复|问不到"):
            ask(authority.url, DATA, 1)
    finally:
        authority.silent = False
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://127.0.0.1:9:9/"])
def test_an_authority_that_is_not_there_is_named(url: str) -> None:
    with pytest.raises(NoStampError, match=r"127\.0\.0\.1:9"):
        ask(url, DATA, 5)


@pytest.mark.parametrize(
    "answer", [b"", b"0", b"0\x82", b"0\x00", b"0\x03\x02\x01\x00", b"<html>busy</html>", bytes(99)]
)
def test_what_is_no_answer_is_said(authority: Authority, monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(Authority, "answer", lambda *_: answer)
    with pytest.raises(NoStampError, match="读不出来"):
        ask(authority.url, DATA, 20)


def test_a_refusal_is_said(authority: Authority) -> None:
    """SHA-512 is none of this authority's digests: it grants nothing."""
    query = "openssl ts -query -digest " + "ab" * 64 + " -sha512"
    question = subprocess.run(query.split(), capture_output=True, check=True).stdout
    with pytest.raises(NoStampError, match="没有盖"):
        read_stamp(authority.answer(question))


def test_an_old_answer_is_not_taken_for_a_new_one(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    old = ask(authority.url, DATA, 20)
    monkeypatch.setattr(Authority, "answer", lambda *_: old)
    with pytest.raises(NoStampError, match="不是这一次"):
        ask(authority.url, DATA, 20)

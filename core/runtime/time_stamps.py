"""Time stamps of an authority outside (RFC 3161): asked for by HTTP, checked against the authority's certificates.

What is stamped is the SHA-256 of some bytes, so that `openssl ts -verify -data FILE` checks the same answer.
"""

import threading
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from urllib.error import URLError

from cryptography.x509 import load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from core.domain.clock import ZONE

_CERTIFICATES = 0xA0  # [0] of SignedData
MOST_BYTES = 64 * 1024  # of an answer; with its certificates one takes about 6 KB


class NoStampError(Exception):
    """No stamp was had, or it does not hold; why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What an answer states: the digest that was stamped, and when by the authority's clock, to the millisecond."""

    sha256: str
    at: datetime


def ask(url: str, data: bytes, seconds: float) -> bytes:
    """The authority's answer about the SHA-256 of `data`; NoStampError within `seconds`, however slowly it answers."""
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).cert_request(cert_request=True)
    built = request.build()
    answers: list[bytes | str] = []
    asking = threading.Thread(target=lambda: answers.append(_post(url, built.as_bytes(), seconds)), daemon=True)
    asking.start()
    asking.join(seconds)
    answer = answers[0] if answers else f"{seconds:g} 秒内没有答复"
    if isinstance(answer, str):
        raise NoStampError(f"时间戳机构 {url}：{answer}")
    stated = _decoded(answer)
    if stated.tst_info.nonce != built.nonce:
        raise NoStampError(f"时间戳机构 {url}：答复的不是这一次的请求")
    return answer


def _post(url: str, body: bytes, seconds: float) -> bytes | str:
    """The body of the answer, or why there is none. It runs in a thread of its own: nothing is raised."""
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    try:
        request = urllib.request.Request(url, data=body, headers=headers, method="POST")
        with urllib.request.urlopen(request, timeout=seconds) as answer:
            data: bytes = answer.read(MOST_BYTES + 1)
    except URLError as error:
        return f"问不到（{getattr(error, 'code', '') or error.reason}）"
    except (OSError, ValueError) as error:
        return f"问不到（{type(error).__name__}）"
    return data if len(data) <= MOST_BYTES else "答复太长"


def _decoded(response: bytes) -> TimeStampResponse:
    """An answer that grants a stamp; NoStampError for another."""
    try:
        answer = decode_timestamp_response(_with_sorted_certificates(response))
        if answer.status != 0:
            raise NoStampError(f"时间戳机构没有盖（{'、'.join(answer.status_string) or f'状态 {answer.status}'}）")
        _ = answer.tst_info.gen_time
    except (ValueError, IndexError) as error:
        raise NoStampError("时间戳读不出来") from error
    return answer


def _with_sorted_certificates(response: bytes) -> bytes:
    """The same answer with its certificates in DER's order of sets; ValueError where it is none.

    Authorities send them in the order of their chain, which CMS allows and the library refuses; no signature covers it.
    """
    (whole,) = _parts(response, 0, len(response))
    _, *token = _parts(response, *whole[1:])
    if not token:
        return response
    _, content = _parts(response, *token[0][1:])
    (signed,) = _parts(response, *content[1:])
    for tag, start, end in _parts(response, *signed[1:]):
        if tag == _CERTIFICATES:
            edges = [start, *(part[2] for part in _parts(response, start, end))]
            found = [response[a:b] for a, b in pairwise(edges)]
            return response[:start] + b"".join(sorted(found)) + response[end:]
    return response


def _parts(data: bytes, start: int, end: int) -> list[tuple[int, int, int]]:
    """(tag, start of the content, its end) of each DER value between two places; ValueError where they do not fit."""
    parts = []
    while start < end:
        tag, size, body = data[start], data[start + 1], start + 2
        if size & 0x80:
            body += size & 0x7F
            size = int.from_bytes(data[start + 2 : body])
        if body + size > end:
            raise ValueError("not DER")
        parts.append((tag, body, body + size))
        start = body + size
    return parts


def read_stamp(response: bytes) -> Stamp:
    """What a stored answer states, unchecked; NoStampError where it cannot be read."""
    stated = _decoded(response).tst_info
    at = stated.gen_time.astimezone(ZONE)
    return Stamp(sha256=stated.message_imprint.message.hex(), at=at.replace(microsecond=at.microsecond // 1000 * 1000))


def checked_stamp(response: bytes, sha256: str, ca_file: Path) -> Stamp:
    """What an answer states, with the authority's signature checked; NoStampError where it does not hold for `sha256`.

    Certificates need be valid at the moment stamped, not today.
    """
    answer = _decoded(response)
    builder = VerifierBuilder()
    try:
        for certificate in load_pem_x509_certificates(ca_file.read_bytes()):
            builder = builder.add_root_certificate(certificate)
        builder.build().verify(answer, bytes.fromhex(sha256))
    except OSError as error:
        raise NoStampError(f"时间戳机构的证书 {ca_file} 读不出来（{error.strerror}）") from error
    except VerificationError as error:
        raise NoStampError(f"时间戳不成立（{error}）") from error
    except ValueError as error:
        raise NoStampError(f"时间戳机构的证书 {ca_file} 不是 PEM（{error}）") from error
    return read_stamp(response)

"""What leaves the house: text with people masked in its own charset; what cannot be masked stays, named by its hash."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.domain.text import mask_identities

_PHONE = re.compile(r"(?<![\d.])(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_TEXT = re.compile(r"text/|json|xml|javascript|^$", re.I)
_BINARY = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A body as it may leave. `kept` is False for what cannot be masked: then `body` is empty."""

    body: bytes
    changed: bool
    kept: bool


def mask(text: str, own: Collection[str] = ()) -> str:
    """Text with identity numbers and mobile phones masked; the hashes `own` of the package itself stand whole in it."""
    if own:
        parts = re.split(f"({'|'.join(sorted(map(re.escape, own)))})", text)
        return "".join(part if part in own else mask(part) for part in parts)
    return _PHONE.sub(r"\1****\2", mask_identities(text)[0])


def content_type_of(headers: Iterable[tuple[str, str]]) -> str:
    """What an answer says it is, the first to say so; "" where it does not."""
    return next((value for name, value in headers if name.lower() == "content-type"), "")


def redact(body: bytes, content_type: str) -> Redacted:
    """The body with people masked, otherwise byte for byte as it was."""
    if body.startswith(_BINARY) or not _TEXT.search(content_type.split(";")[0].strip()):
        return Redacted(b"", True, False)
    charset = charset_of(body, content_type)
    text = body.decode(charset, "surrogateescape")
    masked = mask(text)
    return Redacted(masked.encode(charset, "surrogateescape") if masked != text else body, masked != text, True)


def charset_of(body: bytes, content_type: str) -> str:
    """A charset in which every byte of the body survives a round trip."""
    match = _CHARSET.search(content_type.encode()) or _CHARSET.search(body[:4096])
    declared = match[1].decode("ascii", "replace").lower() if match else ""
    candidates = ["utf-16"] if body[:2] in {b"\xff\xfe", b"\xfe\xff"} else []
    candidates += ["utf-8", "gb18030" if declared.startswith(("gb", "")) else declared]
    for charset in candidates:
        try:
            if body.decode(charset).encode(charset) == body:
                return charset
        except (UnicodeDecodeError, UnicodeEncodeError, LookupError):
            continue
    return "latin-1"

"""Bytes to text by a ladder: BOM, strict UTF-8, then UTF-16, GB18030 and Big5 weighed by what comes out.

Declarations lie (gb2312 declared and GB18030 or UTF-16 sent), so they only break ties. Detected and declared
are both kept: a mismatch is itself a finding.
"""

import codecs
import contextlib
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_RARE = re.compile(r"[\ufffd\ue000-\uf8ff\u0080-\u009f]|[\u3400-\u4dbf]")
_COMMON = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the charset it was read in, and the one declared ("" for none)."""

    text: str
    detected: str
    declared: str


def decode(body: bytes, content_type: str = "") -> Decoded:
    """The text of `body`; undecodable bytes become U+FFFD, never an error."""
    head = body[:8192].replace(b"\0", b"")  # a declaration inside UTF-16 is a declaration too
    match = _DECLARED.search(content_type.encode()) or _DECLARED.search(head)
    declared = match[1].decode("ascii", "replace").lower() if match else ""
    for bom, name in _BOMS:
        if body.startswith(bom):
            return Decoded(body.decode(name, "replace").lstrip("\ufeff"), name, declared)
    if body[:200].count(0) > 20:  # UTF-16 without a BOM: half the bytes of markup are nought
        name = "utf-16-le" if body[1:2] == b"\0" else "utf-16-be"
        return Decoded(body.decode(name, "replace"), name, declared)
    with contextlib.suppress(UnicodeDecodeError):
        return Decoded(body.decode("utf-8"), "utf-8", declared)
    names = ("gb18030", "big5", "utf-8")
    texts = {name: body.decode(name, "replace") for name in names}
    best = min(names, key=lambda name: (_oddness(texts[name]), name != declared, names.index(name)))
    return Decoded(texts[best], best, declared)


def _oddness(text: str) -> float:
    """Share of replacement, private and rare characters among the Chinese ones: the right reading has least."""
    return len(_RARE.findall(text)) / (len(_COMMON.findall(text)) + 1)

"""Label synonyms: one table, as data, for pages and workbooks alike (`labels.toml`).

`canonical("行政处罚决定书文号")` → "document_number". Labels are compared after normalisation
(width, spaces, brackets, trailing colon), so the table holds each wording once.
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

from core.domain.met_again import worked_out_once

_DROP = re.compile(r"[\s　:：*＊_＿—–\-、，,.。/]+")


@worked_out_once(8_192)
def plain(label: str) -> str:
    """A label as it is compared: half width, no spaces, colons, stars or dashes, round brackets, 或 for 或者."""
    text = (
        unicodedata.normalize("NFKC", label).replace("[", "(").replace("]", ")").replace("【", "(").replace("】", ")")
    )
    return _DROP.sub("", text).replace("或者", "或")


@cache
def table() -> dict[str, tuple[str, ...]]:
    """Canonical field → its labels, in the order of `labels.toml`."""
    data = tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8"))
    return {name: tuple(labels) for name, labels in data["labels"].items()}


@cache
def _index() -> dict[str, str]:
    index: dict[str, str] = {}
    for name, labels in table().items():
        for label in labels:
            index.setdefault(plain(label), name)
    return index


@cache
def ignored() -> frozenset[str]:
    """Labels that are known and carry nothing we keep (分享, 字号 …), as compared."""
    data = tomllib.loads(Path(__file__).with_name("labels.toml").read_text("utf-8"))
    return frozenset(plain(label) for label in data["ignored"])


def canonical(label: str) -> str | None:
    """The canonical field of a label, or None for a label nobody has seen before."""
    return _index().get(plain(label))

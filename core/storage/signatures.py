"""Signatures under people's words: each word made with a key carries one, over its text as it is stored."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from core.domain.clock import moment_text
from core.runtime.signing import SigningKey, holds
from core.storage.database import Store

# the tables of words: each has id, data (JSON; the speaker in `by`, but of an objection) and recorded_at
WORDS = ("rulings", "frozen", "proposals", "objections")


@dataclass(frozen=True, slots=True)
class Unsound:
    """A word whose signature does not hold, or lacks."""

    kind: str
    id: str
    why: str


class Signatures:
    """The signatures of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, kind: str, word: str, *, by: str, key: SigningKey, at: datetime) -> None:
        """Sign the word `word` of table `kind` as it stands there; to be called in the transaction that adds it."""
        ((data, recorded_at),) = self._store.rows(f"SELECT data, recorded_at FROM {kind} WHERE id = ?", word)
        signature = key.sign(signed_text(kind, word, by, recorded_at, data))
        self._store.db.execute(
            "INSERT INTO signatures VALUES (?, ?, ?, ?, ?, ?)",
            [kind, word, by, key.public, signature, moment_text(at)],
        )

    def count(self) -> int:
        """How many words are signed."""
        return int(self._store.rows("SELECT count(*) FROM signatures")[0][0])


def signed_text(kind: str, word: str, by: str, recorded_at: str, data: str) -> str:
    """What is signed of a word: everything that is stored of it."""
    return f"chengxin word 1\n{kind}\n{word}\n{by}\n{recorded_at}\n{data}\n"


Registered = Mapping[str, Mapping[str, str]]  # name → public key → from when it was registered


def registered_keys(store: Store, present: Mapping[str, str]) -> Registered:
    """Every reviewer's public keys by the configurations that nights ran under, and those of `present` (name → key).

    Only what a night has recorded obliges: a word said before may have been said without the key.
    """
    known: dict[str, dict[str, str]] = {}
    for recorded_at, files in store.rows("SELECT recorded_at, files FROM configs ORDER BY recorded_at"):
        for name, key in _keys_in(files):
            known.setdefault(name, {}).setdefault(key, recorded_at)
    for name, key in present.items():
        known.setdefault(name, {}).setdefault(key, "9999")
    return known


def _keys_in(files: str) -> Iterator[tuple[str, str]]:
    """(name, public key) of the reviewers in a recorded configuration."""
    try:
        district = tomllib.loads(json.loads(files).get("district.toml", ""))
    except ValueError:
        return
    for reviewer in district.get("review", {}).get("reviewer", ()):
        if reviewer.get("public_key"):
            yield str(reviewer.get("name", "")).strip(), str(reviewer["public_key"])


def first_unsound(store: Store, known: Registered) -> Unsound | None:
    """The first word whose signature does not hold, or that lacks the signature its speaker must give."""
    return next((unsound for kind in WORDS for unsound in _unsound(store, kind, known)), None) or _orphan(store)


def _unsound(store: Store, kind: str, known: Registered) -> Iterator[Unsound]:
    rows = store.db.execute(
        f"SELECT w.id, w.data, w.recorded_at, json_extract(w.data, '$.by'), json_extract(w.data, '$.via'), s.by,"
        f" s.public_key, s.signature FROM {kind} w LEFT JOIN signatures s ON s.kind = ? AND s.word = w.id"
        " ORDER BY w.rowid",
        [kind],
    )
    for word, data, recorded_at, speaker, via, by, public, signature in rows:
        why = (
            _missing(known.get(speaker or "", {}), speaker, via, recorded_at)
            if signature is None
            else _wrong(known, signed_text(kind, word, by, recorded_at, data), (speaker, by), public, signature)
        )
        if why:
            yield Unsound(kind, word, why)


def _missing(keys: Mapping[str, str], speaker: str, via: str | None, recorded_at: str) -> str:
    """Why a word without a signature should have one; "" where it need not."""
    if (via or "").startswith("signed:"):
        return "写明有签名，签名却不见了"
    registered = min(keys.values(), default="9999")
    return f"{speaker} 已登记签名公钥，这句话却没有签名" if registered <= recorded_at else ""


def _wrong(known: Registered, text: str, speakers: tuple[str | None, str], public: str, signature: str) -> str:
    """Why a signature does not hold; "" where it does. `speakers`: who the word says spoke, and who signed."""
    speaker, by = speakers
    if speaker is not None and speaker != by:
        return f"写的是 {speaker} 说的，签名人却是 {by}"
    if not holds(public, text, signature):
        return f"内容与 {by} 的签名不符"
    return "" if public in known.get(by, {}) else f"签名用的公钥 {public[:12]}… 没有登记为 {by} 的"


def _orphan(store: Store) -> Unsound | None:
    """A signature whose word is gone."""
    for kind, word in store.rows("SELECT DISTINCT kind, word FROM signatures ORDER BY rowid"):
        if kind not in WORDS or not store.rows(f"SELECT 1 FROM {kind} WHERE id = ?", word):
            return Unsound(kind, word, "签了名的话不见了")
    return None

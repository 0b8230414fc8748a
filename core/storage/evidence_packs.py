"""What is met, packed: most evidence says so, and says it in the same words. One compressed text a decision.

A text compresses to a twentieth where another one of its kind is known beforehand: the first of a store is kept as that
sample. It is a cache as the evaluation is, and goes with it.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from core.domain.models import Evidence
from core.storage.database import Store
from core.storage.serialization import dump_all, parse_all

_LEVEL = 3  # the first that is nearly as small as the last
_WINDOW = 32_768  # bytes of a sample that zlib looks back on
_SAMPLE, _PACK = range(2)


class EvidencePacks:
    """Evidence that is met, by decision."""

    def __init__(self, store: Store) -> None:
        self._store, self._run = store, store.db.conn

    def clear(self) -> None:
        """Forget all."""
        for table in ("met_evidence", "evidence_samples", "evidence_codes"):
            self._run.execute(f"DELETE FROM {table}")

    def replace(self, met: Mapping[str, Sequence[Evidence]]) -> None:
        """Put what is met in the place of what was, by decision id; nothing where a decision has none."""
        self._run.executemany("DELETE FROM met_evidence WHERE decision = ?", ((name,) for name in met))
        texts = {name: dump_all(pieces) for name, pieces in met.items() if pieces}
        if not texts:
            return
        number, sample = self._sample(texts.values())
        codes = self._numbers({piece.slug for pieces in met.values() for piece in pieces})
        self._run.executemany(
            "INSERT INTO met_evidence VALUES (?, ?, ?, ?, ?)",
            (
                (name, len(met[name]), _listed({codes[each.slug] for each in met[name]}), number, _packed(text, sample))
                for name, text in texts.items()
            ),
        )

    def of(self, where: str = "1", *parameters: object) -> Iterator[Evidence]:
        """What is met of the decisions that a condition on `met_evidence` names, in no order.

        One statement reads packs and samples, lest another program renew them in between.
        """
        rows = self._store.rows(
            f"SELECT {_SAMPLE}, id, data FROM evidence_samples"
            f" UNION ALL SELECT {_PACK}, sample, data FROM met_evidence WHERE {where}",
            *parameters,
        )
        samples = {number: data for what, number, data in rows if what == _SAMPLE}
        for what, number, data in rows:
            if what == _PACK:
                yield from parse_all(Evidence, _unpacked(data, samples[number]))

    def with_codes(self, codes: Iterable[str]) -> tuple[str, list[Any]]:
        """(a condition on `met_evidence`, its parameters): a decision of which one of these codes is said."""
        listed = json.dumps(sorted(codes))
        if not self._store.rows("SELECT 1 FROM evidence_codes WHERE code IN (SELECT value FROM json_each(?))", listed):
            return "0", []
        return (
            "EXISTS (SELECT 1 FROM json_each(codes) c JOIN evidence_codes k ON k.id = c.value"
            " WHERE k.code IN (SELECT value FROM json_each(?)))",
            [listed],
        )

    def count(self) -> int:
        """How many pieces there are."""
        return int(self._store.rows("SELECT coalesce(sum(pieces), 0) FROM met_evidence")[0][0])

    def _sample(self, texts: Iterable[bytes]) -> tuple[int, bytes]:
        """(number, text) of the store's sample; the longest of these where it has none."""
        if not (rows := self._store.rows("SELECT id, data FROM evidence_samples")):
            self._run.execute("INSERT INTO evidence_samples VALUES (1, ?)", [max(texts, key=len)[:_WINDOW]])
            rows = self._store.rows("SELECT id, data FROM evidence_samples")
        return rows[0]

    def _numbers(self, codes: set[str]) -> dict[str, int]:
        self._run.executemany(
            "INSERT OR IGNORE INTO evidence_codes (code) VALUES (?)", ((each,) for each in sorted(codes))
        )
        return dict(self._store.rows("SELECT code, id FROM evidence_codes"))


def _listed(numbers: set[int]) -> str:
    return json.dumps(sorted(numbers), separators=(",", ":"))


def _packed(text: bytes, sample: bytes) -> bytes:
    made = zlib.compressobj(_LEVEL, zdict=sample)
    return made.compress(text) + made.flush()


def _unpacked(data: bytes, sample: bytes) -> bytes:
    return zlib.decompressobj(zdict=sample).decompress(data)

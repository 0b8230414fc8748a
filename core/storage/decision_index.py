"""Where a decision is found: by what stands in it, and by the call number of any evidence about it.

It goes with the evaluation that it indexes and is made again from it. Words are kept as pairs of characters (two are
the least that people type of a name or a number), and figures that follow each other as one word too: what is left of
a document number without its brackets, and seldom the same twice. What is found by words is compared with the records
themselves, so that a word too many finds nothing.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from core.domain.models import Decision, Evidence
from core.domain.ruling_validity import call_number
from core.storage.database import Store
from core.storage.evidence_packs import EvidencePacks
from core.storage.serialization import parse, parsed

MOST_COMPARED = 5_000  # decisions with all the words of a text that one search compares with it
_DAY_BITS = 32  # a decision's number: the last day that it states, then the order in which it was noted
_NO_NUMBER = 2**62  # above all
_BATCH = 1_000
_FIGURES = re.compile(r"[0-9]{3,}")
_KNOWN_FIGURES = re.compile(r"(?<=[^0-9])[0-9]{3,}(?=[^0-9])")  # whole: nothing that was not typed belongs to them
_IN = "IN (SELECT value FROM json_each(?))"
_BY_WORDS = "SELECT rowid FROM decision_words WHERE decision_words MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?"
_BY_NUMBER = "SELECT number FROM numbered_decisions WHERE ? = '' AND number < ? ORDER BY number DESC LIMIT ?"


class DecisionIndex:
    """Numbers, words and call numbers of the decisions that are cached."""

    def __init__(self, store: Store) -> None:
        self._store, self._run = store, store.db.conn

    def clear(self) -> None:
        """Forget all."""
        self._run.execute("INSERT INTO decision_words (decision_words) VALUES ('delete-all')")
        for table in ("numbered_decisions", "call_numbers"):
            self._run.execute(f"DELETE FROM {table}")

    def replace(self, old: Iterable[str], new: Sequence[Decision]) -> None:
        """Put the decisions `new`, whose members are noted, in the place of those named `old`.

        No number is given twice: words and calls of the old stay behind under numbers that nothing has any more, until
        all is made again.
        """
        rows = self._store.rows(f"SELECT number FROM numbered_decisions WHERE decision {_IN}", _listed(old))
        self._run.executemany("DELETE FROM numbered_decisions WHERE number = ?", rows)
        last = self.last()
        numbers = {d.id: _number(d, n) for n, d in enumerate(new, last + 1)}
        self._run.execute("INSERT OR REPLACE INTO decision_counter VALUES (1, ?)", [last + len(numbers)])
        self._run.executemany("INSERT INTO numbered_decisions VALUES (?, ?)", ((n, d) for d, n in numbers.items()))
        texts = self._texts(new)
        self._run.executemany(
            "INSERT INTO decision_words (rowid, words) VALUES (?, ?)",
            ((numbers[d.id], " ".join(sorted(_words(texts[d.id]) | {_of_unit(d.unit)}))) for d in new),
        )

    def last(self) -> int:
        """How many decisions were ever noted."""
        return int(self._store.rows("SELECT coalesce(max(last), 0) FROM decision_counter")[0][0])

    def set_calls(self, judged: Mapping[str, Iterable[Evidence]]) -> None:
        """Note the evidence of decisions, by id, beside what was noted of them: who asks compares."""
        rows = self._store.rows(
            f"SELECT decision, number FROM numbered_decisions WHERE decision {_IN}", _listed(judged)
        )
        numbers: dict[str, int] = dict(rows)
        made = {(int(call_number(e.key), 16), numbers[name]) for name, all_ in judged.items() for e in all_}
        self._run.executemany("INSERT OR IGNORE INTO call_numbers VALUES (?, ?)", sorted(made))

    def of_call(self, call: str) -> tuple[str, ...]:
        """The ids of the decisions that have, or had, an evidence of this call number; seldom more than one."""
        if len(call) > 10 or not call.isascii() or not all(c in "0123456789abcdef" for c in call):
            return ()
        self._fill()
        sql = "SELECT decision FROM call_numbers JOIN numbered_decisions USING (number) WHERE call = ? ORDER BY 1"
        return tuple(row[0] for row in self._store.rows(sql, int(call or "0", 16)))

    def found(self, text: str, unit: str = "", below: int | None = None) -> Iterator[tuple[int, Decision]]:
        """(number, decision) of those in whose number, party or titles a text stands, marks and spaces left
        out; of a unit where one is named, numbered below `below`. The newest stated day first, undated ones last.

        It gives up after `MOST_COMPARED` that have the words of the text and not the text.
        """
        self._fill()
        wanted = _plain(text)
        if text.strip() and not wanted:
            return
        compared = 0
        for numbers in self._with_pairs(wanted, unit, _NO_NUMBER if below is None else below):
            decisions = self._numbered(numbers)
            texts = self._texts([d for _, d in decisions]) if len(wanted) > 2 else {}
            for number, decision in decisions:
                if len(wanted) <= 2 or any(wanted in part for part in texts[decision.id]):
                    yield number, decision
                else:
                    compared += 1
            if compared > MOST_COMPARED:
                return

    def _with_pairs(self, wanted: str, unit: str, before: int) -> Iterator[list[int]]:
        """Numbers of decisions that have every word of a text, so many at a time, the highest first."""
        terms = [f'"{word}"' for word in sorted(_asked(wanted))]
        if wanted and not terms:
            terms = [f'"{wanted}"*']  # what begins a pair, or is a last character
        terms += [f'"{_of_unit(unit)}"'] if unit else []
        asked, size = " AND ".join(terms), 64
        sql = _BY_WORDS if asked else _BY_NUMBER
        while numbers := [row[0] for row in self._store.rows(sql, asked, before, size)]:
            yield numbers
            if len(numbers) < size:
                return
            before, size = numbers[-1], min(2 * size, _BATCH)

    def _numbered(self, numbers: Sequence[int]) -> list[tuple[int, Decision]]:
        sql = f"SELECT number, data FROM numbered_decisions n JOIN decisions d ON d.id = n.decision WHERE number {_IN}"
        rows = self._store.rows(sql, json.dumps(numbers))
        return [(number, parse(Decision, data)) for number, data in sorted(rows, reverse=True)]

    def _texts(self, decisions: Sequence[Decision]) -> dict[str, list[str]]:
        """By id: what is searched of decisions and their records, each part without marks and spaces."""
        names = _listed(name for d in decisions for name in (*d.submissions, *d.findings))
        said = {
            name: texts
            for table, title in (("submissions", "''"), ("findings", "data ->> '$.title'"))
            for name, *texts in self._store.rows(
                f"SELECT id, data ->> '$.number_text', data ->> '$.name', {title} FROM {table}"
                f" WHERE id {_IN} AND json_valid(data)",
                names,
            )
        }
        return {d.id: list(dict.fromkeys(filter(None, map(_plain, _parts(d, said))))) for d in decisions}

    def _fill(self) -> None:
        """Index what an older program evaluated."""
        missing = "SELECT EXISTS (SELECT 1 FROM decisions) AND NOT EXISTS (SELECT 1 FROM numbered_decisions)"
        if not self._store.rows(missing)[0][0]:
            return
        with self._store.transaction():
            if not self._store.rows(missing)[0][0]:  # another program did it meanwhile
                return
            last, sql = "", "SELECT data FROM decisions WHERE id > ? ORDER BY id LIMIT ?"
            while decisions := list(parsed(Decision, self._store.rows(sql, last, _BATCH))):
                self.replace((), decisions)
                ids = [d.id for d in decisions]
                judged: dict[str, list[Evidence]] = {name: [] for name in ids}
                rows = self._store.rows(f"SELECT data FROM evidence WHERE decision {_IN}", _listed(ids))
                for item in (*parsed(Evidence, rows), *EvidencePacks(self._store).of(f"decision {_IN}", _listed(ids))):
                    judged[item.decision].append(item)
                self.set_calls(judged)
                last = ids[-1]


def _number(decision: Decision, count: int) -> int:
    days = decision.decided_on
    return (days[-1].toordinal() if days else 0) << _DAY_BITS | count


def _parts(decision: Decision, said: Mapping[str, Sequence[str | None]]) -> Iterator[str]:
    yield from (decision.number, decision.name, decision.id)
    for name in (*decision.submissions, *decision.findings):
        yield from (text or "" for text in said.get(name, ()))


def _plain(text: str) -> str:
    """Letters, figures and Chinese characters alone, wide ones as narrow ones."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _words(parts: Iterable[str]) -> set[str]:
    """What parts are found by: every two characters that follow each other, the last one alone, figures together."""
    return {word for part in parts for word in (*(part[n : n + 2] for n in range(len(part))), *_FIGURES.findall(part))}


def _asked(text: str) -> set[str]:
    """The words that a part has in which this text stands: its pairs, but for figures that are whole those at once."""
    figures = list(_KNOWN_FIGURES.finditer(text))
    within = {n for found in figures for n in range(found.start(), found.end() - 1)}
    return {found[0] for found in figures} | {text[n : n + 2] for n in range(len(text) - 1) if n not in within}


def _of_unit(slug: str) -> str:
    """A unit as a word that is no pair."""
    return f"unit{slug.encode().hex()}"


def _listed(names: Iterable[str]) -> str:
    return json.dumps(sorted(set(names)))

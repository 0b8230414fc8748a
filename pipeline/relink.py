"""Linking the blocks that new records touch; a record that breaks it is set aside, and everything else is linked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from checks.cases.set_aside import alone, error_of
from core.domain.models import DamagedFinding, DamagedSubmission, Decision, Finding, Submission
from core.domain.ruling_validity import records_of_pairs, ruled_links, ruled_records
from core.runtime.boundary import Boundary, Failed
from core.storage.session import Session
from linking import Mention, block_keys, link, meeting, mentions_of_finding, mentions_of_submission

Record = Submission | Finding
Settled = Mapping[frozenset[str], bool]
DAMAGED = (DamagedFinding, DamagedSubmission)
_LOST = "x|"  # the one key of a record that has no others because they could not be made


@dataclass(frozen=True, slots=True)
class Relinked:
    """The ids of the decisions that came of it, and whether what is set aside is no longer what it was."""

    touched: tuple[str, ...]
    set_aside_changed: bool


def relink(session: Session, since: Mapping[str, int], boundary: Boundary) -> Relinked:
    """Link anew the blocks that new records and rulings touch, and put the decisions in the place of the old ones."""
    cache = session.evaluations
    new_records: list[Record] = [
        *session.submissions.all(after=since.get("submissions", 0)).values(),
        *session.findings.all(after=since.get("findings", 0)).values(),
    ]
    keys = {record.id: _keys(record, boundary) for record in new_records}
    cache.add_keys(keys)
    new_rulings = session.rulings.all(after=since.get("rulings", 0))
    ruled = records_of_pairs(new_rulings) | ruled_records(new_rulings)
    names = cache.closure({*(name for name, made in keys.items() if made), *ruled})
    old = cache.decisions_of(names)
    records: dict[str, Record] = {**session.submissions.by_id(names), **session.findings.by_id(names)}
    withdrawn = session.rulings.withdrawn()  # they keep their keys, so that a night and a full evaluation agree
    records = {name: record for name, record in records.items() if name not in withdrawn}
    lost = cache.keyed(_LOST + name for name in names)
    new = _linked(records, lost, ruled_links(session.rulings.all()), boundary)
    cache.replace_decisions(old, new)
    return Relinked(
        touched=tuple(decision.id for decision in new),
        set_aside_changed=_set_aside(old.values()) != _set_aside(new),
    )


def _set_aside(decisions: Iterable[Decision]) -> set[str]:
    return {decision.id for decision in decisions if error_of(decision)}


def mentions_of(record: Record) -> tuple[Mention, ...]:
    """What a record says of its decisions."""
    return mentions_of_submission(record) if isinstance(record, Submission) else mentions_of_finding(record)


def _keys(record: Record, boundary: Boundary) -> set[str]:
    """The block keys of a record, none where it mentions nothing; of one that breaks down a key of its own."""
    if isinstance(record, DAMAGED):
        return {_LOST + record.id}
    keys = boundary.attempt(
        f"keys of {record.id}", lambda: {key for mention in mentions_of(record) for key in block_keys(mention)}
    )
    return {_LOST + record.id} if isinstance(keys, Failed) else keys


def _linked(records: Mapping[str, Record], lost: set[str], settled: Settled, boundary: Boundary) -> list[Decision]:
    failed: dict[str, str] = {}
    mentions: list[Mention] = []
    for name, record in records.items():
        if isinstance(record, DAMAGED):
            failed[name] = record.error
            continue
        made = boundary.attempt(f"mentions of {name}", partial(_mentioned, record, check=name in lost))
        if isinstance(made, Failed):
            failed[name] = made.error
        else:
            mentions += made
    whole = boundary.attempt("linking", partial(link, mentions, settled))
    decisions = list(whole) if not isinstance(whole, Failed) else _block_by_block(mentions, settled, boundary, failed)
    return decisions + [alone(records[name], error) for name, error in sorted(failed.items())]


def _mentioned(record: Record, *, check: bool) -> tuple[Mention, ...]:
    """The mentions of a record; of one that was lost its keys are made once more, so that it fails as it did."""
    mentions = mentions_of(record)
    if check:
        for mention in mentions:
            block_keys(mention)
    return mentions


def _block_by_block(
    mentions: Sequence[Mention], settled: Settled, boundary: Boundary, failed: dict[str, str]
) -> list[Decision]:
    """Each block by itself. Of one that cannot be linked the record goes without which it can, else all of them."""
    decisions: list[Decision] = []
    for block in _blocks(mentions):
        made = boundary.attempt("linking a block", partial(link, block, settled))
        if not isinstance(made, Failed):
            decisions += made
            continue
        records = sorted({mention.record for mention in block})
        failed |= dict.fromkeys(records, made.error)
        for name in records:
            rest = [mention for mention in block if mention.record != name]
            without = boundary.attempt(f"linking without {name}", partial(link, rest, settled))
            if not isinstance(without, Failed):
                decisions += without
                for other in records:
                    if other != name:
                        del failed[other]
                break
    return decisions


def _blocks(mentions: Iterable[Mention]) -> list[list[Mention]]:
    """The mentions apart by what they could be compared with: closed under block keys, in order of record."""
    by_record: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_record[mention.record].append(mention)
    keys = {name: {key for mention in all_ for key in block_keys(mention)} for name, all_ in by_record.items()}
    holders: dict[str, list[str]] = defaultdict(list)
    for name, all_keys in keys.items():
        for key in all_keys:
            holders[key].append(name)
    left, blocks = set(by_record), []
    for first in sorted(by_record):
        if first not in left:
            continue
        block, waiting = set(), [first]
        left.discard(first)
        while waiting:
            name = waiting.pop()
            block.add(name)
            near = {other for key in keys[name] for met in meeting(key) for other in holders.get(met, ())} & left
            left -= near
            waiting += near
        blocks.append([mention for name in sorted(block) for mention in by_record[name]])
    return blocks

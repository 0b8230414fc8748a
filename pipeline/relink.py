"""Linking the blocks that new records touch; a record that breaks it is set aside, and everything else is linked."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain

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
    """Link anew the blocks that new records and rulings touch, and put the decisions in the place of the old ones.

    Where nothing was linked yet (`since` empty) every record is new: then no block is asked for, and none read twice.
    """
    cache = session.evaluations
    fresh = _take_up(session, since, boundary)
    new_rulings = session.rulings.all(after=since.get("rulings", 0))
    ruled = records_of_pairs(new_rulings) | ruled_records(new_rulings)
    names = {*fresh.keyed, *ruled}
    if since:
        names = cache.closure(names)
    old = cache.decisions_of(names) if since else {}
    withdrawn = session.rulings.withdrawn()  # they keep their keys, so that a night and a full evaluation agree
    names -= withdrawn.keys()
    new = _linked(session, names, fresh, ruled_links(session.rulings.all()), boundary)
    cache.replace_decisions(old, new)
    return Relinked(
        touched=tuple(decision.id for decision in new),
        set_aside_changed=_set_aside(old.values()) != _set_aside(new),
    )


@dataclass(frozen=True, slots=True)
class _Fresh:
    """The new records: who has keys, and what those say that did not break down, submissions before findings."""

    keyed: set[str]
    submissions: dict[str, tuple[Mention, ...]]
    findings: dict[str, tuple[Mention, ...]]


def _take_up(session: Session, since: Mapping[str, int], boundary: Boundary) -> _Fresh:
    """Read the new records one by one and note their keys; kept of them is what they mention."""
    fresh = _Fresh(set(), {}, {})
    submissions = session.submissions.each(after=since.get("submissions", 0))
    findings = session.findings.each(after=since.get("findings", 0))
    session.evaluations.add_keys(
        chain(
            _keyed(submissions, fresh.keyed, fresh.submissions, boundary),
            _keyed(findings, fresh.keyed, fresh.findings, boundary),
        )
    )
    return fresh


def _keyed(
    records: Iterable[Record], keyed: set[str], mentioned: dict[str, tuple[Mention, ...]], boundary: Boundary
) -> Iterator[tuple[str, set[str]]]:
    for record in records:
        said = _said(record, boundary)
        if said is None:
            keys = {_LOST + record.id}
        else:
            mentioned[record.id], keys = said
        if keys:
            keyed.add(record.id)
        yield record.id, keys


def _set_aside(decisions: Iterable[Decision]) -> set[str]:
    return {decision.id for decision in decisions if error_of(decision)}


def mentions_of(record: Record) -> tuple[Mention, ...]:
    """What a record says of its decisions."""
    return mentions_of_submission(record) if isinstance(record, Submission) else mentions_of_finding(record)


def _said(record: Record, boundary: Boundary) -> tuple[tuple[Mention, ...], set[str]] | None:
    """What a record mentions, with its block keys (none where it mentions nothing); None of one that breaks down."""
    if isinstance(record, DAMAGED):
        return None
    said = boundary.attempt(f"keys of {record.id}", partial(_mentions_and_keys, record))
    return None if isinstance(said, Failed) else said


def _mentions_and_keys(record: Record) -> tuple[tuple[Mention, ...], set[str]]:
    mentions = mentions_of(record)
    return mentions, {key for mention in mentions for key in block_keys(mention)}


def _linked(session: Session, names: set[str], fresh: _Fresh, settled: Settled, boundary: Boundary) -> list[Decision]:
    """The decisions of these records. What is not fresh, or broke down when it was, is read from the store."""
    rest = names - fresh.submissions.keys() - fresh.findings.keys()
    lost = session.evaluations.keyed(_LOST + name for name in rest)
    failed: dict[str, str] = {}
    read: dict[str, Record] = {}
    mentions: list[Mention] = []
    sides: tuple[tuple[dict[str, tuple[Mention, ...]], Mapping[str, Record]], ...] = (
        (fresh.submissions, session.submissions.by_id(rest)),
        (fresh.findings, session.findings.by_id(rest)),
    )
    for known, stored in sides:
        read |= stored
        for name in sorted(names & (known.keys() | stored.keys())):
            if name in known:
                mentions += known[name]
                continue
            made = _made(stored[name], boundary, check=name in lost)
            if isinstance(made, Failed):
                failed[name] = made.error
            else:
                mentions += made
    whole = boundary.attempt("linking", partial(link, mentions, settled))
    decisions = list(whole) if not isinstance(whole, Failed) else _block_by_block(mentions, settled, boundary, failed)
    return decisions + [alone(_record(session, name, read), error) for name, error in sorted(failed.items())]


def _record(session: Session, name: str, read: Mapping[str, Record]) -> Record:
    """A record that failed; one that was linked fresh and broke linking itself is read once more."""
    if name in read:
        return read[name]
    submissions, findings = session.submissions.by_id([name]), session.findings.by_id([name])
    return submissions[name] if name in submissions else findings[name]


def _made(record: Record, boundary: Boundary, *, check: bool) -> tuple[Mention, ...] | Failed:
    if isinstance(record, DAMAGED):
        return Failed(record.error)
    return boundary.attempt(f"mentions of {record.id}", partial(_mentioned, record, check=check))


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

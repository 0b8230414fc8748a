"""Block keys: under which a mention meets those that could be the same act. Pure.

Two mentions that any level links or suspects share a key, or ask and offer one (`meeting`). Keys are narrow, since
blocks are closed under them: a party alone would chain every act of a large company into one block.

- `n` a number, its brackets aside
- `s` unit, kind, year and serial: the number with its prefix written otherwise
- `q` party and number; a mention without a date or a unit also asks for the numbers one slip away
- `h` unit, party, week and the number less a digit, for a slip in the number where the days disagree too
- `p` unit, party and day; a mention with neither unit nor number asks for party and day, `?d`
- `g` unit, day and a fragment of the name, for names misspelt, cut or masked; without a number also the days near it
- `?a` unit and party of a mention with neither number nor date; the others offer theirs under `!a`
- `c` unit, party and content: one without a number asks for one without a date
- `w` the row of a portal
"""

from collections.abc import Iterator

from core.domain.models import Kind
from linking.comparison import NEAR_DAYS
from linking.mentions import Mention
from linking.name_similarity import hooks, is_masked
from linking.number_similarity import loose, serial_of, slips_of, stubs_of

ASK, OFFER = "?", "!"
WEEK = 7  # more than twice NEAR_DAYS


def block_keys(mention: Mention) -> frozenset[str]:
    """The keys of a mention. Sharing one, or one asking what the other offers, is enough to be compared."""
    keys = {*_number_keys(mention), *_party_keys(mention), *name_keys(mention), *_slip_keys(mention)}
    if mention.row:
        keys.add(f"w|{mention.row}")
    return frozenset(keys or {f"r|{mention.record}"})


def meeting(key: str) -> tuple[str, ...]:
    """The keys under which others meet one that has `key`: itself, or the other half. Offers meet askers alone."""
    if key[0] == OFFER:
        return (ASK + key[1:],)
    if key[0] == ASK:
        return key, OFFER + key[1:]
    return (key,)


def _number_keys(mention: Mention) -> Iterator[str]:
    if not mention.number:
        return
    yield f"n|{loose(mention.number)}"
    if mention.unit and (serial := serial_of(mention.number)):
        kinds = (mention.kind,) if mention.kind else Kind  # a kind that is not known may be any
        yield from (f"s|{mention.unit}|{kind}|{serial}" for kind in kinds)


def _party_keys(mention: Mention) -> Iterator[str]:
    number, day = mention.number, mention.decided_on
    slips = slips_of(number) if day is None or not mention.unit else ()
    for party in parties(mention):
        if number:
            yield f"q|{party}|{loose(number)}"
        yield from (f"q|{party}|{loose(slip)}" for slip in slips)
        if day is not None:
            yield from _day_keys(mention, f"|{party}|{day.toordinal()}")
        if mention.unit:
            yield from _undated_keys(mention, f"|{mention.unit}|{party}")


def _slip_keys(mention: Mention) -> Iterator[str]:
    """For a slip in the number where the days disagree too. Weeks overlap by half: days NEAR_DAYS apart share one."""
    if mention.unit and mention.number and mention.decided_on is not None and not is_masked(mention.name):
        day, party = mention.decided_on.toordinal(), mention.name or mention.code
        weeks = (f"{day // WEEK}", f"{(day + NEAR_DAYS) // WEEK}+")
        yield from (
            f"h|{mention.unit}|{party}|{stub}|{week}" for stub in stubs_of(mention.number) for week in weeks if party
        )


def _day_keys(mention: Mention, key: str) -> Iterator[str]:
    """Party and day within a unit; with neither unit nor number it may be any of the party's that day."""
    if mention.unit:
        yield f"p|{mention.unit}{key}"
        yield f"{OFFER}d{key}"
    elif not mention.number:
        yield f"{ASK}d{key}"


def _undated_keys(mention: Mention, party: str) -> Iterator[str]:
    """How a mention of a party meets those that cannot be told by day."""
    yield OFFER + "a" + party
    if not mention.number and mention.decided_on is None:
        yield ASK + "a" + party
    if mention.content and not mention.number:
        yield f"{ASK}c{party}|{mention.content}"
    elif mention.content and mention.decided_on is None:
        yield f"{OFFER}c{party}|{mention.content}"


def parties(mention: Mention) -> set[str]:
    """What identifies the party of a mention; a masked name does not."""
    names = mention.names or {mention.name}
    return {mention.code, *(name for name in names if not is_masked(name))} - {""}


def name_keys(mention: Mention) -> Iterator[str]:
    """By fragments of the name, within one unit and day."""
    if mention.unit and mention.decided_on is not None:
        day, reach = mention.decided_on.toordinal(), 0 if mention.number else NEAR_DAYS
        for hook in hooks(mention.name):
            yield from (f"g|{mention.unit}|{day + step}|{hook}" for step in range(-reach, reach + 1))

"""Block keys: under which a mention meets those that could be the same act. Pure.

Two mentions that any level links or suspects share a key, or ask and offer one (`meeting`). Keys are narrow, since blocks
are closed under them: a party alone would chain every act of a large company into one block.

- `n` a number, its brackets aside; an undated mention also asks for the numbers one slip away
- `s` unit, year and serial: the number with its prefix written otherwise
- `p` party and day; a mention without a number asks for the days near it
- `?p` a mention with neither number nor date asks for its whole party, which offers itself under `!p`
- `c` party and content, for one without a number and one without a date
- `g` unit, day and a fragment of the name, for names misspelt, cut or masked
- `w` the row of a portal
"""

from collections.abc import Iterator
from datetime import date, timedelta

from linking.levels import NEAR_DAYS
from linking.mentions import Mention
from linking.names import hooks, is_masked
from linking.numbers import loose, serial_of, slips_of

ASK, OFFER = "?", "!"


def block_keys(mention: Mention) -> frozenset[str]:
    """The keys of a mention. Sharing one, or one asking what the other offers, is enough to be compared."""
    keys = {*_number_keys(mention), *_party_keys(mention), *_name_keys(mention)}
    if mention.row:
        keys.add(f"w|{mention.row}")
    return frozenset(keys or {f"r|{mention.record}"})


def meeting(key: str) -> tuple[str, ...]:
    """The keys under which others meet one that has `key`: itself, or the other half. Those who offer meet askers alone."""
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
        yield f"s|{mention.unit}|{serial}"
    if mention.decided_on is None:
        yield from (f"n|{loose(number)}" for number in slips_of(mention.number))


def _party_keys(mention: Mention) -> Iterator[str]:
    for party in parties(mention):
        yield f"{OFFER}p|{party}"
        for day in _days(mention):
            yield f"p|{party}|{day.toordinal()}"
        if not mention.number and mention.decided_on is None:
            yield f"{ASK}p|{party}"
        if mention.content and not mention.number:
            yield f"{ASK}c|{party}|{mention.content}"
        elif mention.content and mention.decided_on is None:
            yield f"{OFFER}c|{party}|{mention.content}"


def parties(mention: Mention) -> set[str]:
    """What identifies the party of a mention; a masked name does not."""
    names = mention.names or {mention.name}
    return {mention.code, *(name for name in names if not is_masked(name))} - {""}


def _days(mention: Mention) -> Iterator[date]:
    """The day of the act; without a number also the days near it."""
    if mention.decided_on is not None:
        reach = 0 if mention.number else NEAR_DAYS
        yield from (mention.decided_on + timedelta(days=n) for n in range(-reach, reach + 1))


def _name_keys(mention: Mention) -> Iterator[str]:
    if mention.unit:
        for day in _days(mention):
            yield from (f"g|{mention.unit}|{day.toordinal()}|{hook}" for hook in hooks(mention.name))


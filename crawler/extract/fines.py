"""The fine of a record, in yuan, and of one among several parties: only where it is sure, and whose."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from core.domain.amounts import amounts_behind, amounts_imposed, read_amount, unit_of
from core.domain.labels import plain
from core.domain.text import tight

_ANOTHERS = re.compile(
    r"[，,；;。](?:[\d一二三四五六七八九十]{1,2}[、.．])?(?:对|给予(?!警告|罚款|行政|通报|没收|以下|如下))"
)
_EACH = re.compile(r"(?:各|分别)(?:给予|处以|处)?(?:警告[，,、]?(?:并|并处)?)?(?:人民币)?[^，。；;]{0,12}罚款")
_SHARED = re.compile(r"分别|各|共同|合计|共计|连带")
_NOT_IMPOSED = re.compile(r"不(?:再)?(?:作出|予|给予)[^，。；;]{0,6}处罚")  # what it then works out is no fine
_DEALT_WITH = r"(?=给予|处以|处|责令|罚款|警告|没收|作出|[、和及与，,])"  # behind a short name: it ends there
_JOINED = re.compile(r"[、，,和及与其]*(?:法定代表人|负责人|主要负责人|经营者|责任人员?)?")


def fine_under(label: str, value: str) -> str:
    """A fine in yuan by a label that says 罚款 and, where the value does not, its unit; the standard's own is 万元."""
    if "罚款" not in label and plain(label) != plain("CF_NR_FK"):
        return ""
    return _yuan(read_amount(value, unit_of(label) or ("万元" if "CF_NR_FK" in label else "")))


def with_fine(values: Mapping[str, str], words: Sequence[str]) -> dict[str, str]:
    """The fine in yuan (`fine_yuan`) where words or a labelled amount say it with its unit, and nothing disagrees."""
    amounts = {amount for name in words for amount in _fines(values.get(name, ""))}
    fines = {fine for fine in (*map(_yuan, amounts), values.get("fine_yuan", "")) if fine}
    rest = {name: value for name, value in values.items() if name != "fine_yuan"}
    return {**rest, "fine_yuan": fines.pop()} if len(fines) == 1 and None not in amounts else rest


def fines_of(parties: Sequence[str], text: str, called: Mapping[str, str] | None = None) -> dict[str, str]:
    """Party → the fine in yuan that `text` imposes on it, of several; without those whose fine is not clear.

    `called`: short name → the party that the paper calls so; read where a measure stands right behind it.
    Clear is 对甲罚款5万元，对乙罚款1万元, each behind its party's name, and 各罚款1万元, one amount for each.
    """
    flat = tight(text)
    if _EACH.search(flat) and _fines(text) == {read_amount(text)}:
        return dict.fromkeys(parties, _yuan(read_amount(text)))
    if _SHARED.search(flat):
        return {}
    said: dict[str, set[Decimal | None]] = {}
    for name, words in _said_of(flat, parties, called or {}):
        said.setdefault(name, set()).update(_fines(words))
    own = {party: said.get(tight(party), set()) for party in parties}
    return {party: _yuan(amounts.pop()) for party, amounts in own.items() if len(amounts) == 1 and None not in amounts}


def _said_of(flat: str, parties: Sequence[str], called: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """(party, what is said behind its name, up to the next party or whoever else); not of parties named together."""
    names = sorted(map(tight, parties), key=len, reverse=True)
    short = [rf"(?<=对){re.escape(name)}{_DEALT_WITH}" for name in sorted(called, key=len, reverse=True)]
    found = list(re.finditer("|".join((*map(re.escape, names), *short)), flat))
    joined = False
    for place, match in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(flat)
        said = flat[match.end() : end]
        together = place + 1 < len(found) and _JOINED.fullmatch(said) is not None
        if not joined and not together:
            yield tight(called.get(match[0], match[0])), _ANOTHERS.split(said)[0]
        joined = together


def _fines(text: str) -> set[Decimal | None]:
    if _NOT_IMPOSED.search(text):
        return set()
    return {amount for find in (amounts_behind, amounts_imposed) for amount in find("罚款", text)}


def _yuan(amount: Decimal | None) -> str:
    return "" if amount is None else format(amount.normalize(), "f")

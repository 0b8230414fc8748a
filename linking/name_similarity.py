"""Names of parties: what a cell names, and how two names stand to each other. Pure.

Nothing is repaired: an old name in brackets, a cut end, a mask only widen what a name may be compared with. A branch is
never its company, and a masked name never identifies anybody (docs/domain.md §5.3).
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

from core.domain.text import is_placeholder, plain_name, tight

# same: one party · alike: a slip or a cut end between them · masked: the mask fits · other · unknown: not both named
Likeness = Literal["same", "alike", "masked", "other", "unknown"]

_CUT = re.compile(r"(?:\.{2,}|…+)$")
_AND_STAFF = re.compile(r"(?:及其?(?:相关)?责任人员?|\(时任[^()]*\))$")
_RENAMED = re.compile(r"^原?(.+?)\((?:现名?|原名?|曾用名|现?更名为)[:：]?(.{4,}?)\)$")
_BRANCH = re.compile(r"公司(.+(?:分公司|分店|门店|营业部|支行|分行|项目部|店))$")
_COUNTED = re.compile(r"\d+|[一二三四五六七八九十]+(?=分|店|号|厂|部|中|小)")
_OWNED = re.compile(r"^(?:(?P<shop>.{6,})\((?P<owner>[^()]{2,4})\)|(?P<trader>[^()]{2,4})\((?P<firm>[^()]{6,})\))$")
_NO_OWNER = re.compile(r"合伙|有限|个体|公司|[区市县镇省店部厂]$")
_PLACE = re.compile(r"^(?:江苏省?)?(?:淮安市?)?(?:淮安区|楚州区)?")
_MASKS = "*某x×"
PERSON = 4  # letters of a person's name at most; 某 masks only in so short a name
MIN_ALIKE = 6  # letters below which a slip makes another name


@dataclass(frozen=True, slots=True)
class PartyName:
    """What a cell names: `text` as compared, every name of the party in `known`, whether it is cut or masked."""

    text: str
    known: frozenset[str]
    cut: bool
    masked: bool


@lru_cache(maxsize=1 << 16)
def read_name(text: str) -> PartyName:
    """The party that a cell names."""
    compact = tight(text)
    name = "" if is_placeholder(text) else _AND_STAFF.sub("", plain_name(text))
    match = _RENAMED.match(name) if name.endswith(")") else None
    known = frozenset({name, match[1], match[2]}) if match else frozenset({name, _shop(name)} - {""})
    return PartyName(match[1] if match else name, known, _CUT.search(compact) is not None, is_masked(name))


def _shop(name: str) -> str:
    """The shop of a name written with its owner's: 某某便利店(张三), 张三(某某便利店); "" for any other name."""
    match = _OWNED.match(name) if name.endswith(")") else None
    if match is None or _NO_OWNER.search(match["owner"] or match["trader"]):
        return ""
    return match["shop"] or match["firm"]


def is_masked(name: str) -> bool:
    """Whether letters of a name are hidden: 张*, 张某某, 淮安**公司."""
    return "*" in name or (1 < len(name) <= PERSON and "某" in name[1:])


def likeness(left: str, right: str, *, cut: bool = False) -> Likeness:
    """How two names, read by `read_name`, stand to each other; `cut`: one of them lost its end."""
    if not left or not right:
        return "unknown"
    if is_masked(left) or is_masked(right):
        return "masked" if _mask_fits(left, right) else "other"
    if left == right:
        return "same"
    return "alike" if _alike(left, right, cut) else "other"


def _mask_fits(left: str, right: str) -> bool:
    """Whether two names may be one under their masks. Masks need not be as long as what they hide."""
    if is_masked(left) and is_masked(right):
        return left[0] == right[0] and left[0] not in _MASKS
    masked, clear = (left, right) if is_masked(left) else (right, left)
    pattern = re.sub(r"(?:\\\*|某)+", ".{1,4}", re.escape(masked))
    return re.fullmatch(pattern, clear) is not None


def _alike(left: str, right: str, cut: bool) -> bool:
    short, long = sorted((left, right), key=len)
    if len(short) < MIN_ALIKE:
        return False
    if cut and long.startswith(short):
        return True
    if _branch(left) != _branch(right) or _COUNTED.findall(left) != _COUNTED.findall(right):
        return False
    return OSA.distance(left, right, score_cutoff=1) <= 1 or _PLACE.sub("", left) == _PLACE.sub("", right)


def _branch(name: str) -> str:
    match = _BRANCH.search(name)
    return match[1] if match else ""


def hooks(name: str) -> tuple[str, ...]:
    """Fragments of a name by which a misspelt, cut or masked writing of it is still found: its two ends."""
    if not name:
        return ()
    if len(name) <= PERSON:
        return (name[0],) if name[0] not in _MASKS else ()
    core = _PLACE.sub("", name) or name
    ending = core.partition("有限公司")[0]
    return (core[:2], f"…{ending[-2:]}") if len(ending) >= PERSON else (core[:2],)

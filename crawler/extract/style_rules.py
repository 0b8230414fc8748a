"""What a page's own styles hide: declarations that leave nothing to see, and simple rules of its `<style>`. Pure.

No style sheet beside the page is read and no script runs: what these hide the weekly check in a browser finds
(decision 0035). A rule counts only where nothing in the page overrides it, by the cascade of CSS: importance, then
style attribute, then specificity, then order.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import cssselect
from lxml.html import HtmlElement

from crawler.extract.selectors import select

STYLED = "data-cx-styled"  # on an element that a rule of the page hides
DRAWN = "data-cx-drawn"  # on the root of a page as a browser drew it: what is seen there was asked for already
_LONGEST_SHEET, _LONGEST_SELECTOR = 200_000, 500  # characters
_MOST_SHEETS, _MOST_RULES, _MOST_SELECTORS = 20, 2_000, 400
_MOST_HELD = 200_000  # pairs of an element and a rule that are weighed; a page with more says nothing by its rules
_DEEPEST = 8  # blocks within blocks
_FOR_SOME = re.compile(r"@(?:media|supports|layer|container)\b", re.IGNORECASE)
_MARKS = re.compile("[{};]")
_DYNAMIC = re.compile(r":(?!first-child|last-child|nth-child|not\(|first-of-type|last-of-type|nth-of-type|only-child)")
_NOTHING = re.compile(r"[-+]?0*(?:\.0*)?(?:px|em|rem|pt|%)?")
_FAR = re.compile(r"-(?:\d{4,}|9\d\d)(?:\.\d+)?(?:px|pt)|-\d{2,}(?:\.\d+)?(?:em|rem)|-\d{3,}(?:\.\d+)?(?:vw|vh|%)")
_CLIPPED = re.compile(r"rect\((?:[01](?:px)?[\s,]*){4}\)")
_CUT_AWAY = re.compile(r"inset\((?:50|100)%.*\)|circle\(0(?:px|%)?(?:\s.*)?\)")
_SHRUNK = re.compile(r"scale[xy]?\(0(?:[\s,]+0)?\)")
_SIZES = ("width", "height", "max-width", "max-height")


def declared(style: str) -> dict[str, tuple[str, bool]]:
    """A style's declarations: property → (value, whether it is !important); the last of each that counts."""
    found: dict[str, tuple[str, bool]] = {}
    for part in style.split(";"):
        name, colon, value = part.partition(":")
        name, value = name.strip().lower(), value.strip().lower()
        if not colon or not value:
            continue
        important = value.endswith("!important")
        if important or not found.get(name, ("", False))[1]:
            found[name] = (value.removesuffix("!important").strip(), important)
    return found


def shows_nothing(style: str) -> bool:
    """Whether a style attribute by itself leaves nothing of its element to see."""
    return ":" in style and _hides({name: value for name, (value, _) in declared(style).items()})


def _hides(style: dict[str, str]) -> bool:
    said = style.get
    away = said("position", "static") in {"absolute", "fixed"}
    return (
        said("display") == "none"
        or said("visibility") in {"hidden", "collapse"}
        or said("content-visibility") == "hidden"
        or any(_NOTHING.fullmatch(style[name]) is not None for name in ("opacity", "font-size") if name in style)
        or said("color") in {"transparent", "rgba(0,0,0,0)", "rgba(0, 0, 0, 0)"}
        or any(_FAR.fullmatch(said(name, "")) for name in ("text-indent", "margin-left", "margin-top"))
        or (away and any(_FAR.fullmatch(said(name, "")) for name in ("left", "top", "right", "bottom")))
        or (away and _CLIPPED.fullmatch(said("clip", "")) is not None)
        or _CUT_AWAY.fullmatch(said("clip-path", "")) is not None
        or _SHRUNK.fullmatch(said("transform", "")) is not None
        or (said("overflow") in {"hidden", "clip"} and any(_NOTHING.fullmatch(said(s, "-")) for s in _SIZES))
    )


@dataclass(frozen=True, slots=True)
class _Rule:
    """One selector with what it declares. `weight`: by specificity, then order. `sometimes`: for some screens only."""

    selector: str
    style: dict[str, tuple[str, bool]]
    weight: tuple[tuple[int, int, int], int]
    sometimes: bool


def marked_by_rules(tree: HtmlElement) -> HtmlElement:
    """The tree with every element marked (`STYLED`) that the page's own `<style>` hides.

    None is marked where the page holds more rules than are read: one of those left out might show it again.
    """
    if tree.getroottree().getroot().get(DRAWN) is not None:
        return tree
    rules = _rules_of([sheet.text or "" for sheet in tree.iter("style") if _is_for_screens(sheet)])
    hiding = [rule for rule in rules or () if not rule.sometimes and _may_hide(rule)]
    names = {name for rule in hiding for name in rule.style}
    telling = [rule for rule in rules or () if names & rule.style.keys()]
    selectors = {rule.selector for rule in telling}
    if len(selectors) > _MOST_SELECTORS:
        return tree
    found = {selector: _matches(tree, selector) for selector in selectors}
    if sum(len(found[rule.selector]) for rule in telling) > _MOST_HELD:
        return tree
    matched: dict[HtmlElement, list[_Rule]] = {e: [] for rule in hiding for e in found[rule.selector]}
    for rule in telling:
        for element in found[rule.selector]:
            if element in matched:
                matched[element].append(rule)
    for element, those in matched.items():
        if not any(rule.sometimes for rule in those) and _hides(_cascade(element, those)):
            element.set(STYLED, "")
    return tree


def _may_hide(rule: _Rule) -> bool:
    return _hides({name: value for name, (value, _) in rule.style.items()})


def _is_for_screens(sheet: HtmlElement) -> bool:
    media = (sheet.get("media") or "all").lower()
    return media.strip() in {"all", "screen", ""}


def _rules_of(sheets: list[str]) -> list[_Rule] | None:
    """The rules of a page's sheets in their order; None where there is more than is read."""
    if len(sheets) > _MOST_SHEETS or any(len(sheet) > _LONGEST_SHEET for sheet in sheets):
        return None
    rules: list[_Rule] = []
    for sheet in sheets:
        for block, sometimes in _blocks(_without_comments(sheet)):
            selectors, _, body = block.partition("{")
            style = declared(body)
            if len(rules) > _MOST_RULES or len(selectors) > _LONGEST_SELECTOR:
                return None
            weighed = ((part.strip(), _specificity(part.strip())) for part in selectors.split(",") if style)
            rules += [_Rule(name, style, (weight, len(rules)), sometimes) for name, weight in weighed if weight]
    return rules


def _blocks(text: str, depth: int = 0) -> Iterator[tuple[str, bool]]:
    """A sheet's rules without their closing brace, and whether each holds for some screens only; none for print."""
    outside, at = [], 0
    while (start := text.find("@", at)) >= 0:
        outside.append(text[at:start])
        at = _end_of(text, start)
        head, brace, inner = text[start:at].partition("{")
        if brace and depth < _DEEPEST and _FOR_SOME.match(head) and "print" not in head:
            yield from ((block, True) for block, _ in _blocks(inner.rstrip().removesuffix("}"), depth + 1))
    yield from ((block, False) for block in "".join([*outside, text[at:]]).split("}") if "{" in block)


@lru_cache(maxsize=8192)  # the pages of a site share their sheets
def _specificity(selector: str) -> tuple[int, int, int] | None:
    """How much a selector weighs; None for what is none, or holds at some moments only."""
    try:
        (parsed,) = cssselect.parse(selector)
    except (cssselect.SelectorError, ValueError, RecursionError):
        return None
    return None if _DYNAMIC.search(selector) else parsed.specificity()


def _without_comments(text: str) -> str:
    kept, at = [], 0
    while (start := text.find("/*", at)) >= 0:
        kept.append(text[at:start])
        end = text.find("*/", start + 2)
        if end < 0:
            return "".join(kept)
        at = end + 2
    return "".join([*kept, text[at:]])


def _end_of(text: str, start: int) -> int:
    depth = 0
    for found in _MARKS.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if (found[0] == ";" and not depth) or (found[0] == "}" and depth <= 0):
            return found.end()
    return len(text)


def _matches(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    try:
        return select(tree, selector)
    except (cssselect.SelectorError, ValueError):
        return []


def _cascade(element: HtmlElement, rules: list[_Rule]) -> dict[str, str]:
    """What holds for an element by the rules and its own style."""
    own = declared(element.get("style") or "")
    held: dict[str, tuple[tuple[bool, bool, tuple[tuple[int, int, int], int]], str]] = {}
    every = [(False, rule.weight, rule.style) for rule in rules] + [(True, ((0, 0, 0), 0), own)]
    for inline, weight, style in every:
        for name, (value, important) in style.items():
            rank = (important, inline, weight)
            if name not in held or held[name][0] <= rank:
                held[name] = (rank, value)
    return {name: value for name, (_, value) in held.items()}

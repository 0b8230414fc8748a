"""Where presses lead, as a sitting notes it: what is pressed, what is a row's own, how it is written down. Pure."""

import json
from collections import Counter
from typing import TypedDict

from lxml.html import HtmlElement

from crawler.citizen.drawn import DEAD, HEARS, LEADS, MARK, PRESS, SENDS, SENT_AS, SENT_WITH, put_shown
from crawler.extract.markup import is_hidden, words_of
from crawler.families.parsing.json_details import decisions_in, is_data
from crawler.families.parsing.listing import absolute, leads
from crawler.pages import NotGenuine

# headers that a browser sends of itself, or that carry a person's session: none of them is the page's own token
_NOT_ITS_OWN = frozenset(
    {"accept", "user-agent", "referer", "origin", "content-type", "content-length", "cookie", "authorization", "host",
     "connection", "cache-control", "pragma", "upgrade-insecure-requests", "dnt", "te", "range", "priority"}
)  # fmt: skip


class Led(TypedDict, total=False):
    """Where a press would have led, as `watch.js` wrote it down, or what it would have fetched into the page."""

    url: str
    body: str
    type: str
    headers: dict[str, str]  # that the page's script adds
    fetched: bool  # the page stays, and shows it above the list
    shown: str  # the markup that the press shows, where it leads nowhere


def pressable(row: HtmlElement) -> HtmlElement | None:
    """What a person presses to open a row that has no address of its own; None for a row that has one, or nothing."""
    links = [e for e in row.iter("a") if not is_hidden(e)]
    if any(leads(link.get("href") or "") for link in links):
        return None
    places = [e for e in row.iter() if isinstance(e.tag, str) and not is_hidden(e) and e.get(DEAD) is None]
    live = [e for e in places if not {PRESS, HEARS, "onclick"}.isdisjoint(e.attrib) or e.tag == "button"]
    named = max((e for e in live if e.tag == "a"), key=lambda e: len(words_of(e)), default=None)
    if named is not None:
        return named
    above = next((e for e in row.iterancestors() if e.get(PRESS) is not None), None)
    return max(live, key=lambda e: len(words_of(e)), default=row if above is not None and MARK in row.attrib else None)


def own_leads(found: list[tuple[str, Led | None]], *, lasting: bool) -> list[tuple[str, Led]]:
    """The leads without what several presses fetch or show, which is a counter's or the list's own, and opens nothing.

    Each by the mark of what is pressed. `lasting`: what is fetched is the same at every press; else it is no lead.
    """
    led = [(place, lead) for place, lead in found if lead]
    asked, shown = Counter(sent_by(lead) for _, lead in led), Counter(lead.get("shown", "") for _, lead in led)
    own: list[tuple[str, Led]] = []
    for place, lead in led:
        words = lead.pop("shown", "")
        seen = Led(shown=words) if words and shown[words] == 1 else Led()
        is_own = not lead.get("fetched") or (lasting and asked[sent_by(lead)] == 1)
        if is_own and lead.get("url"):
            own.append((place, lead | seen))
        elif seen:
            own.append((place, seen))
    return own


def sent_by(lead: Led) -> tuple[str, str]:
    """What a lead asks for, without what only passes caches."""
    return absolute(lead.get("url", ""), ""), lead.get("body", "")


def write_down(row: HtmlElement, place: HtmlElement, led: Led) -> None:
    """Write down in the document what came of a press."""
    if led.get("shown"):
        put_shown(row, led["shown"])
    if not led.get("url"):
        return
    place.set(LEADS, led.get("url", ""))
    if "body" in led:
        place.set(SENDS, led["body"])
        place.set(SENT_AS, led.get("type", ""))
    if led.get("headers"):
        place.set(SENT_WITH, json.dumps(led["headers"]))


def speaks(answer: str) -> bool:
    """Whether an answer says by itself what a page makes of it: a page by its labels, data by known names alone."""
    try:
        return not is_data(answer) or bool(decisions_in(answer))
    except NotGenuine:
        return False


def is_its_own(header: str) -> bool:
    """Whether a header is none that a browser sends of itself: the page's script added it."""
    return header not in _NOT_ITS_OWN and not header.startswith(("sec-", "accept-", ":", "if-"))


def place_of(url: str) -> str:
    """An address without a fragment that is only a place on its page; one that names a record (#/detail/7) is kept."""
    page, _, fragment = url.partition("#")
    return url if fragment.startswith(("/", "!")) else page

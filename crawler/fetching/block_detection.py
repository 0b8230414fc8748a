"""Why an answer is not the page asked for, by its content (the reasons in Chinese: core/domain/look_reasons.py).

Status codes alone judge nothing: a challenge may come at 412, 202 or 200, and a page that passed one still
carries its scripts. So a family asks for positive proof first, and this names the reason when that failed.
Its signs: `crawler/fetching/block_signatures.py`; how well it does: `python -m tests.support.blocked_corpus`.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml.etree import ParserError

from core.domain.digits import whole_number
from core.domain.json_types import Json
from core.domain.look_reasons import LookReason, http_status
from core.domain.text import tight
from crawler.extract.bounded_parser import parse_bounded, without_markup
from crawler.extract.charset import decode
from crawler.fetching import block_signatures as signs
from crawler.pages import NotGenuine, Response, Unparsed

_NOTICE = 1500  # characters: what says no more than this may be a notice in a page's place
_NEXT_TO_NOTHING = 40
_SEVERAL = 3
_ROW = 600  # characters of source in which a row's link and date stand
_ASIDE = re.compile(r"<title\b[^>]*>[^<]*|<noscript\b.*?(?:</noscript>|\Z)", re.I | re.S)
_QUERY = " or ".join(f"contains(@class, '{word}') or contains(@id, '{word}')" for word in ("search", "Search", "query"))
_IN_FORM = "ancestor::form[not(.//table or .//li or .//a) and string-length(.) < 400]"
_IN_SEARCH_BOX = f"ancestor::*[self::div or self::span or self::ul][{_QUERY}][not(.//table)][not(.//a)]"
_OUTSIDE_QUERIES = (
    "//body//text()[not(ancestor::script or ancestor::style or ancestor::template or ancestor::noscript)"
    f" and not({_IN_FORM} or {_IN_SEARCH_BOX})]"
)
_CALL = re.compile(r"[\w.$]+\s*\((.*)\)\s*;?", re.S)
_ROOT = re.compile(r"(?:<\?xml[^>]*\?>\s*)?<([a-z]\w*)", re.I)


@dataclass(frozen=True, slots=True)
class _Seen:
    """An answer's text, and what shows of it, without white space or capitals; `own`: a mark that a site's page has."""

    text: str
    words: str
    site_words: bool

    @property
    def notice(self) -> bool:
        """Whether it says so little that it may be a notice: an article may speak of all these things."""
        return len(self.words) < _NOTICE and not self.site_words


def unfilled(text: str) -> bool:
    """Whether a template's place-holders stand where their values should ({{row.title}}, ${item.url})."""
    return signs.UNFILLED.search(text) is not None


@lru_cache(2)  # the page that is read is asked about more than once
def unfilled_page(text: str) -> bool:
    """Whether place-holders show on a page where its records should be: not in a form or a search box alone."""
    shown = without_markup(text)
    if not signs.MAY_BE_UNFILLED.search(shown) or not unfilled(tight(shown)):
        return False
    try:
        root = parse_bounded(text.encode("utf-8", "replace").decode("utf-8").lstrip("\ufeff"))
    except (ParserError, ValueError, NotGenuine, Unparsed):
        return True
    return unfilled(tight("".join(root.xpath(_OUTSIDE_QUERIES))))


def why_not_genuine(response: Response) -> str | None:
    """The slug of the best reason why `response` is not a page of its site; None when nothing speaks against it."""
    if 300 <= response.status < 400:
        return _leads(response.header("Location"))
    seen = _seen(decode(response.body, response.header("Content-Type")).text)
    if response.status in {412, 521} or (
        signs.CHALLENGES.search(seen.text) and len(seen.words) < 200 and not seen.site_words
    ):
        return LookReason.WAF_CHALLENGE
    if response.status == 429:
        return LookReason.RATE_LIMITED
    if response.status != 200:
        reason = _by_words(seen) if seen.notice else None
        return reason if reason in signs.ANY_STATUS else http_status(response.status)
    if not response.request.rendered and _is_short(response):  # the wire's length says nothing of a drawn page
        return LookReason.TRUNCATED
    return _by_content(seen, response.header("Content-Type"))


def _seen(text: str) -> _Seen:
    words = tight(without_markup(text)).lower()
    site_words = signs.OWN_META.search(text) or signs.OWN_WORDS.search(words)
    rows = any(_is_row(part[:_ROW]) for part in signs.ITEM.split(text)[1:])
    return _Seen(text, words, bool(site_words) or rows or _has_rows_of_boxes(text))


def _has_rows_of_boxes(text: str) -> bool:
    """Whether several boxes of a page are a list's rows: cards and definition lists have no item's tags."""
    rows = (part for part in signs.BOX.split(text)[1:] if _is_row(part[:_ROW]))
    return len(list(islice(rows, _SEVERAL))) == _SEVERAL


def _is_row(item: str) -> bool:
    """Whether an item of a page is a list's row: a link, and a date outside it (a title may name a day too)."""
    rest, links = signs.ANCHOR.subn(" ", item)
    return links > 0 and signs.DATE.search(rest) is not None


def _leads(target: str) -> str:
    return next((slug for slug, sign in signs.LEADS if sign.search(target)), LookReason.REDIRECTED)


def _is_short(response: Response) -> bool:
    """Whether fewer bytes came than the answer declares; of a compressed answer nothing can be said."""
    declared = whole_number(response.header("Content-Length").strip())
    return declared is not None and not response.header("Content-Encoding") and len(response.body) < declared


def _by_content(seen: _Seen, kind: str) -> str | None:
    if not seen.text.strip():
        return LookReason.EMPTY_BODY
    if (document := _json(seen.text)) is not None:
        return _by_json(*document)
    if seen.notice and (reason := _by_words(seen)):
        return reason
    if unfilled_page(seen.text):
        return LookReason.TEMPLATE_UNFILLED
    return LookReason.TRUNCATED if _is_cut(seen.text, kind) else _by_emptiness(seen)


def _by_words(seen: _Seen) -> str | None:
    if signs.PASSWORD.search(seen.text):
        return LookReason.LOGIN
    reason = next((slug for slug, sign in signs.WORDS if sign.search(seen.words)), None)
    if reason is None and len(seen.words) < 200 and signs.CAPTCHA_SCRIPTS.search(seen.text):
        return LookReason.CAPTCHA
    return reason


def _is_cut(text: str, kind: str) -> bool:
    """Whether markup ends before its own end tag."""
    lowered, root = text.lower(), _ROOT.match(text.lstrip("\ufeff \r\n\t"))
    if "xml" in kind.lower() and root:
        return not lowered.rstrip().endswith(f"</{root[1].lower()}>")
    return "<html" in lowered and "</html>" not in lowered


def _by_emptiness(seen: _Seen) -> str | None:
    """Next to nothing shows: a page that only leads on, a frame around another page, a shell for scripts."""
    if seen.site_words or "<" not in seen.text:
        return None
    words = tight(without_markup(_ASIDE.sub(" ", seen.text)))
    if len(words) >= 3 * _NEXT_TO_NOTHING:
        return None
    if target := signs.REFRESH.search(seen.text):
        return _leads(target[1])
    framed = re.search(r"<i?frame\b", seen.text, re.I)
    if len(words) < _NEXT_TO_NOTHING and not framed and (target := signs.LOCATION.search(seen.text)):
        return _leads(target[1])
    return LookReason.BLANK_SKELETON if framed or len(words) < _NEXT_TO_NOTHING else None


# ---------------------------------------------------------------- JSON


def _json(text: str) -> tuple[Json] | None:
    """The document in a JSON or JSONP answer, (None,) for one that is cut; None for an answer of another kind."""
    text = text.strip("\ufeff \r\n\t")
    call = _CALL.fullmatch(text) if text[:1] not in {"{", "[", "<"} else None
    body = call[1].strip() if call else text
    if not body.startswith(("{", "[")):
        return None
    try:
        return (json.loads(body),)
    except (ValueError, RecursionError):
        return (None,)


def _by_json(document: Json) -> str | None:
    """What a JSON answer says against itself: a failing code, or words of refusal beside no data."""
    if document is None:
        return LookReason.TRUNCATED
    if not isinstance(document, dict):
        return None
    members = {str(name).lower().replace("_", ""): value for name, value in document.items()}
    words = tight(" ".join(str(members[name]) for name in signs.MESSAGES if isinstance(members.get(name), str))).lower()
    if any(_fails(members.get(name)) for name in signs.CODES) or str(members.get("success")).lower() == "false":
        return LookReason.JSON_REFUSED
    if _has_data(members) or not signs.REFUSALS.search(words):
        return None
    named = next((slug for slug, sign in signs.WORDS if sign.search(words)), "")
    return (
        named if named in {LookReason.RATE_LIMITED, LookReason.LOGIN, LookReason.CAPTCHA} else LookReason.JSON_REFUSED
    )


def _fails(code: Json) -> bool:
    return re.fullmatch(r"[45]\d\d|fail(?:ed|ure)?|error", str(code).strip().lower()) is not None


def _has_data(members: dict[str, Json]) -> bool:
    """Whether any member holds more than a word: an object with something in it, or a list, which may be empty."""
    return any(value if isinstance(value, dict) else isinstance(value, list) for value in members.values())

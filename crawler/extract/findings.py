"""From labelled records to findings: normalised, masked, resolved to a unit; nothing unknown is dropped."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.domain.config import Portal
from core.domain.labels import canonical, ignored, plain
from core.domain.models import Exposure, Finding, Kind, StatedDate
from core.domain.personal_data import is_natural, mask_personal
from core.domain.text import (
    MAX_CELL,
    MAX_NAME,
    MAX_NUMBER_TEXT,
    MAX_TITLE,
    document_numbers,
    is_placeholder,
    last_day,
    mask_identities,
    parse_day,
    stored,
    tight,
)
from core.domain.unit_names import UnitNames
from crawler.extract.cited_numbers import has_other_numbers, head_number, own_numbers
from crawler.extract.fines import fine_under
from crawler.extract.free_text import decision_in, is_headed, letters_in, names_its_party
from crawler.extract.letter_kinds import is_another
from crawler.extract.parties import CONTENT, each_party, further_party, party_in
from crawler.extract.publication_date import adopt, of_record
from crawler.extract.titled_parties import party_of_case, party_of_title
from crawler.pages import Detail, ListRow

Values = dict[str, str]
_DECIDED = ("penalty_decided_on", "licence_decided_on", "decided_on")
_PENALTY = frozenset({"penalty_decided_on", "penalty_category", "facts", "basis", "violation_type", "result"})
_LICENCE = frozenset(
    {"licence_decided_on", "licence_category", "licence_number", "valid_from", "certificate_name", "document_title"}
)
_OF_DECISION = re.compile(
    r"(?:[罚许审决执批准]|人社监理)(?=[^〔\[【﹝（(]*[〔\[【﹝（(](?:19|20)\d\d)"
)  # not a notice's own number
_PAPER = re.compile(r"(?<=号)[》」\s]*(?:行政)?(?:处罚|许可)决定书$")  # behind a number in its cell
_REVOKED = re.compile(r"撤销|无效|作废|注销")
MAX_TEXT = 20_000  # characters; of a longer text what it does not mention could not be told


Record = tuple[Values, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _PageRead:
    """A row and its page as they were read; `adopted` and `dates`: the page's, `alone`: it has one record."""

    portal: Portal
    row: ListRow
    content_hash: str
    capture: str
    observed_at: datetime
    names: UnitNames
    adopted: StatedDate | None
    dates: tuple[StatedDate, ...]
    alone: bool


def read_findings(
    portal: Portal,
    row: ListRow,
    detail: Detail,
    *,
    content_hash: str,
    capture: str,
    observed_at: datetime,
    names: UnitNames,
) -> tuple[Finding, ...]:
    """One finding a record and party, and one for numbers that stand beside the records. No labelled record: one
    with the page's own number, if it has one, and one with its text, so that a decision can be told not to stand
    there. Neither number nor text: (), the row counts as unread.
    """
    adopted, dates = adopt(detail, row, portal)
    records = _records(detail, row)
    page = _PageRead(
        portal=portal,
        row=row,
        content_hash=content_hash,
        capture=capture,
        observed_at=observed_at,
        names=names,
        adopted=adopted,
        dates=dates,
        alone=len(records) == 1,
    )
    each = [(values, unknown) for record, unknown in records for values in each_party(record)]
    return tuple(_finding(page, ordinal, *record) for ordinal, record in enumerate(each))


def _finding(page: _PageRead, ordinal: int, values: Values, unknown: list[tuple[str, str]]) -> Finding:
    portal, row = page.portal, page.row
    values, unknown = _entered(values), [(stored(label, MAX_TITLE), stored(value)) for label, value in unknown]
    fields, exposures = _masked(values, unknown)
    title, in_title = mask_identities(stored(row.title, MAX_TITLE))
    url, in_url = mask_identities(row.url)
    number_text = fields.get("document_number") or fields.get("licence_number", "")
    kind, decided = _kind(portal, fields), _first_day(fields, _DECIDED)
    published, stated = of_record(fields.get("published", ""), page.adopted, page.dates, alone=page.alone)
    return Finding(
        id=_identity(portal.id, row.key, page.content_hash, str(ordinal)),
        portal=portal.id,
        row_key=row.key,
        content_hash=page.content_hash,
        ordinal=ordinal,
        kind=kind,
        unit=_unit(portal, fields, page.names, decided or page.observed_at.date()),
        authority=fields.get("authority", ""),
        name=_said(fields.get("name", "")),
        code=_said(fields.get("code", "")),
        numbers=document_numbers(_PAPER.sub("", number_text)),
        number_text=number_text,
        decided_on=decided,
        published=published,
        stated=stated,
        category=_category(fields, kind),
        content=_first_text(fields, CONTENT),
        valid_until=last_day(fields.get("valid_until", "")),
        public_until=last_day(fields.get("public_until", "")),
        revoked=bool(_REVOKED.search(fields.get("status", ""))),
        exposures=(*exposures, *in_title, *in_url),
        fields=tuple(fields.items()),
        unknown_labels=tuple(mask_identities(label)[0] for label, _ in unknown),
        title=title,
        url=url,
        capture=page.capture,
        observed_at=page.observed_at,
    )


def _records(detail: Detail, row: ListRow) -> list[Record]:
    """The labelled records, else the page's text. What the list shows belongs to a record that stands alone."""
    labelled = [_values(pairs) for pairs in detail.records if pairs]
    if not labelled:
        return _from_text(detail, row)
    if len(labelled) == 1:
        labelled = [_with_list(_with_letter(labelled[0], detail, row), row)]
    unread: list[Record] = [({}, []) for pairs in detail.records if not pairs]
    return [*labelled, *_beside(detail), *unread]


def _whole(detail: Detail) -> str:
    """The words that all of the page's content is in; "" while files of it are still to be read, or when too long."""
    return detail.body if len(detail.body) <= MAX_TEXT and not detail.files else ""


def _letter(detail: Detail) -> str:
    """The words of a letter: all of the page's content, or all but an attachment that it speaks of."""
    return _whole(detail) or (detail.letter if len(detail.letter) <= MAX_TEXT else "")


def _beside(detail: Detail) -> list[Record]:
    """The page's text as a record of its own where it carries numbers that no labelled record holds.

    Without it a decision told of beside a table would seem not to be published. A text too long to keep is an
    empty record, which rules out nothing.
    """
    values = "\n".join(value for pairs in detail.records for _, value in pairs)
    if not has_other_numbers(detail.text, values):
        return []
    text = _whole(detail) or detail.text
    return [({"text": text} if len(text) <= MAX_TEXT else {}, [])]


def _values(pairs: Sequence[tuple[str, str]]) -> Record:
    """Canonical field → text (the first that says something), and what no label is known for."""
    values: Values = {}
    unknown: list[tuple[str, str]] = []
    names: Values = {}  # field → the label that its value was read under
    for label, value in pairs:
        name = _field(label)
        if name == "name":
            value, code = party_in(value)
            values.setdefault("code", code)
        if name == "name" and names.get(name) == label:
            values[name] = further_party(values[name], label, value)
        elif name is not None:
            if not values.get(name) or (is_placeholder(values[name]) and not is_placeholder(value)):
                values[name] = value
                names |= {name: label} if value else {}
                if name in {"amount", "fine_amount"} and (fine := fine_under(label, value)):
                    values["fine_yuan"] = fine
        elif plain(label) not in ignored() and plain(label):
            unknown.append((label, value))
    return {name: value for name, value in values.items() if value or name != "code"}, unknown


def _field(label: str) -> str | None:
    """The canonical field of a label; 生效 alone is not the decision's day, whatever the form calls it."""
    name = canonical(label)
    return "effective_on" if name in _DECIDED and "生效" in label and "决定" not in label else name


def _with_list(record: Record, row: ListRow) -> Record:
    """What only the list shows fills what the detail leaves empty; its unknown labels are kept too."""
    values, unknown = record
    for label, value in row.fields:
        name = _field(label)
        if name is None and plain(label) not in ignored() and label not in dict(unknown):
            unknown.append((label, value))
        if name is not None and not values.get(name):
            values[name] = value
    return values, unknown


def _from_text(detail: Detail, row: ListRow) -> list[Record]:
    """A page without labelled records: its own number where exactly one stands out, and its text beside it.

    The text stays a record of its own: the page may publish what its number does not cover. Where the text
    cannot be had (an attachment, a picture) that record is empty and rules out nothing.
    """
    title, body = _titles(detail, row), _whole(detail)
    numbers, text = own_numbers(title, detail.text), ({"text": body} if body else {})
    if letters := letters_in(title, _letter(detail)):
        return [*map(_values, letters), (text, [])]
    values, _ = _values(decision_in(title, _letter(detail)))
    if len(numbers) == 1:
        party = _titled_party(detail, row)
        named = values if values.get("name") or not party else {**values, "name": party}
        return [_with_list(({"document_number": numbers[0], **named}, []), row), (text, [])]
    if not numbers and values.get("name") and (day := _first_day(values, _DECIDED)):
        return [_with_list(({**_number_of_head(detail, day), **values}, []), row), (text, [])]
    if not numbers and text and (party := _party_by_heading(title, detail, row, values)):
        number = head_number(detail.text)
        of_head = {"document_number": number} if _OF_DECISION.search(number) else {}
        return [_with_list(({**of_head, **values, "name": party}, []), row), (text, [])]
    return [_with_list((text, []), row)] if text else []


def _party_by_heading(title: str, detail: Detail, row: ListRow, values: Values) -> str:
    """On whom a letter without number and day is, where its heading says that it is a penalty's; else "".

    Either the letter says by whom too, or the title is nothing but the heading of a penalty on that very party.
    """
    name = values.get("name", "")
    if name and values.get("authority") and is_headed(title, _letter(detail), name):
        return name
    titled = _titled_party(detail, row)
    sure = titled and name in {"", titled} and names_its_party(title, titled)
    return titled if sure and not is_another("", map(tight, _letter(detail).splitlines())) else ""


def _number_of_head(detail: Detail, day: date) -> Values:
    """The number that the page's head gives a letter without one, where it is of the year of the letter's day."""
    number = head_number(detail.text)
    return {"document_number": number} if f"〔{day.year}〕" in "".join(document_numbers(number)) else {}


def _titles(detail: Detail, row: ListRow) -> str:
    return f"{row.title}\n{detail.title}"


def _titled_party(detail: Detail, row: ListRow) -> str:
    titles = [title for title in (row.title, detail.title) if not is_another(title)]
    return next(filter(None, map(party_of_title, titles)), "") or next(filter(None, map(party_of_case, titles)), "")


def _with_letter(record: Record, detail: Detail, row: ListRow) -> Record:
    """What a record that stands alone leaves unsaid, from the letter around it: its number, its signature.

    Only where no other number than the record's stands out on the page.
    """
    values, unknown = record
    numbers = own_numbers(_titles(detail, row), detail.text)
    own = document_numbers(values.get("document_number", ""))
    if len(numbers) > 1 or (own and numbers and document_numbers(numbers[0]) != own):
        return record
    more, _ = _values(decision_in(_titles(detail, row), _letter(detail)))
    if numbers and not own and not values.get("licence_number") and _OF_DECISION.search(numbers[0]):
        more["document_number"] = numbers[0]
    if any(parse_day(values.get(name, "")) for name in _DECIDED):
        more = {name: value for name, value in more.items() if name not in _DECIDED}
    more.pop("code", None)  # a code in a letter's words may be the authority's; whose it is only a record says
    said = {name: value for name, value in values.items() if not is_placeholder(value)}
    if not said.get("name") and "name" not in more and (party := _titled_party(detail, row)):
        more["name"] = party
    return {**values, **{name: value for name, value in more.items() if name not in said}}, unknown


def _entered(values: Values) -> Values:
    """What a page says, through the door: a name as long as names are, a number as numbers are."""
    most = {"name": MAX_NAME, "document_number": MAX_NUMBER_TEXT + 1, "licence_number": MAX_NUMBER_TEXT + 1}
    return {name: stored(value, most.get(name, MAX_CELL)) for name, value in values.items()}


def _masked(values: Values, unknown: Sequence[tuple[str, str]]) -> tuple[Values, tuple[Exposure, ...]]:
    fields: Values = {}
    exposures: list[Exposure] = []
    natural = is_natural(values)
    for label, value in (*values.items(), *unknown):
        name, in_name = mask_identities(label)
        while name in fields:  # a site's own "name" or "status", or the same label twice: never over a known field
            name += "′"
        masked, in_value = mask_identities(value, name)
        fields[name], more = mask_personal(name, masked, natural=natural)
        exposures += (*in_name, *in_value, *more)
    return fields, tuple(exposures)


def _kind(portal: Portal, values: Values) -> Kind | None:
    if len(portal.kinds) == 1:
        return portal.kinds[0]
    penalty, licence = len(_PENALTY & values.keys()), len(_LICENCE & values.keys())
    if penalty == licence:
        return None
    return Kind.PENALTY if penalty > licence else Kind.LICENCE


def _category(values: Values, kind: Kind | None) -> str:
    if kind is Kind.LICENCE:
        return values.get("licence_category", "")
    return ";".join(filter(None, (values.get("penalty_category", ""), values.get("penalty_category2", ""))))


def _first_day(values: Values, names: Sequence[str]) -> date | None:
    return next((day for name in names if (day := parse_day(values.get(name, "")))), None)


def _first_text(values: Values, names: Sequence[str]) -> str:
    return next((values[name] for name in names if values.get(name)), "")


def _said(text: str) -> str:
    return "" if is_placeholder(text) else text


def _unit(portal: Portal, fields: Values, names: UnitNames, day: date) -> str | None:
    """Whose decision it is: the portal's own unit, else whom the authority's name means on `day`."""
    stated = (fields.get("authority", ""), fields.get("source_unit", ""))
    return portal.unit or next((slug for name in stated if name and (slug := names.slug_on(name, day))), None)


def _identity(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]

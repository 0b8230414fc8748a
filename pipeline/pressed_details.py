"""A JSON list held beside the rows that were pressed in a browser: how its details are asked for."""

from collections.abc import Iterator, Mapping

from core.domain.config import Portal
from core.domain.json_types import Json
from crawler.extract.markup import text_of
from crawler.families import parser_of
from crawler.families.parsing.json_decoding import at_path, json_of
from crawler.families.parsing.json_details import is_data, place_of_decision
from crawler.families.parsing.json_options import JsonApiOptions
from crawler.families.parsing.json_rows import entry_of, row_of
from crawler.pages import ListRow, NotGenuine, PageRequest, Response, Unparsed
from crawler.two_readings import are_one_title, said_of
from pipeline.onboard import Seen, response_of


def portal_of(seen: Seen) -> Portal:
    """The one portal of a bench's district."""
    (portal,) = seen.config.portals
    return portal


def led_rows(listed: Seen, options: Mapping[str, object], pressed: Seen) -> list[tuple[dict[str, Json], PageRequest]]:
    """Every row of a JSON list with the request that pressing it led to; [] where one of them led nowhere."""
    try:
        entries, presses = _entries(listed, options), _rows(pressed)
    except (NotGenuine, Unparsed):
        return []
    led: list[tuple[dict[str, Json], PageRequest]] = []
    for row, entry in entries:
        alike = [press.detail for press in presses if _are_one(row, press)]
        if len(alike) != 1 or alike[0] is None:
            return []
        led.append((entry, alike[0]))
    return led


def _are_one(row: ListRow, press: ListRow) -> bool:
    """Whether two readings of a row are of the same: its day, and its title, which one of them may cut."""
    (one, day), (other, on) = said_of(row), said_of(press)
    return day == on and are_one_title(one, other)


def _rows(seen: Seen) -> list[ListRow]:
    """The rows of every list page of a walk, each once."""
    parser = parser_of(portal_of(seen))
    pages = (parser.parse_list(answer) for answer in _list_pages(seen, rendered=True))
    return list({row.key: row for page in pages for row in page.rows}.values())


def _entries(seen: Seen, options_: Mapping[str, object]) -> list[tuple[ListRow, dict[str, Json]]]:
    """The rows of a JSON list with what the interface says of them, each once."""
    portal, options = portal_of(seen), JsonApiOptions.model_validate(options_)
    found: dict[str, tuple[ListRow, dict[str, Json]]] = {}
    for answer in _list_pages(seen):
        listed = at_path(json_of(text_of(answer)), options.rows)
        for value in listed if isinstance(listed, list) else ():
            entry = entry_of(options, value)
            row = row_of(portal, options, entry)
            found[row.key] = (row, entry)
    return list(found.values())


def _list_pages(seen: Seen, *, rendered: bool = False) -> Iterator[Response]:
    """The answers that a walk's rows stand in."""
    ids = {sighting.capture for sighting in seen.sightings}
    return (response_of(seen, c, rendered=rendered) for c in seen.captures if c.id in ids)


def place_in_answers(seen: Seen) -> str:
    """Where the details that were read, being data, say what was decided; "" for pages, and where they differ."""
    read = {finding.capture for finding in seen.findings}
    texts = [text_of(response_of(seen, c)) for c in seen.captures if c.id in read]
    places = {place_of_decision(text) for text in texts if is_data(text)}
    return places.pop() if len(places) == 1 else ""

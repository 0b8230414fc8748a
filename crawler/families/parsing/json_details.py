"""Decisions in a JSON answer that nobody described: told by the known names of its members. Pure."""

from collections.abc import Iterator

from core.domain.json_types import Json
from crawler.extract.label_pairs import joined_parts, names_a_decision
from crawler.extract.lines import Pairs
from crawler.families.parsing.json_claims import require_well
from crawler.families.parsing.json_decoding import inner, json_of
from crawler.families.parsing.json_options import JsonApiOptions
from crawler.families.parsing.json_rows import records_of

_ANY = JsonApiOptions(rows="$", pager="none", id=("id",), detail="none")
_DEEPEST = 8


def is_data(text: str) -> bool:
    """Whether a text is a JSON object or list by its first letter."""
    return text.lstrip("\ufeff \r\n\t")[:1] in {"{", "["}


def decisions_in(text: str) -> tuple[Pairs, ...]:
    """The records whose members say by known names what was decided; () for none. NotGenuine for a refusal."""
    data = json_of(text)
    require_well(_ANY, data)
    return joined_parts(_below(data, 0))


def place_of_decision(text: str) -> str:
    """The path of the one object, or list of objects, whose members say what was decided; "" where there is none."""
    data = json_of(text)
    found = [path for path, value in _objects(data, "", 0) if _below(value, 0) and not _holds_elsewhere(value)]
    return next(iter(found), "")


def _objects(data: Json, path: str, depth: int) -> Iterator[tuple[str, Json]]:
    """The objects and lists of an answer with their paths, those outside first."""
    yield path or "$", data
    if isinstance(data, dict) and depth < _DEEPEST:
        for name, value in data.items():
            if isinstance(value, (dict, list)):
                yield from _objects(value, f"{path}.{name}".lstrip("."), depth + 1)


def _holds_elsewhere(data: Json) -> bool:
    """Whether an object says nothing of a decision itself, but by something in it."""
    return isinstance(data, dict) and not any(names_a_decision(record) for record in records_of(_ANY, _own(data)))


def _own(data: dict[str, Json]) -> Json:
    return {name: value for name, value in data.items() if not isinstance(value, (dict, list))}


def _below(data: Json, depth: int) -> tuple[Pairs, ...]:
    """The outermost objects whose own members say it, with all that stands in them."""
    data = inner(data)
    if depth > _DEEPEST:
        return ()
    if isinstance(data, list):
        return tuple(record for item in data for record in _below(item, depth + 1))
    if not isinstance(data, dict):
        return ()
    if not _holds_elsewhere(data):
        return records_of(_ANY, data)
    parts = [
        record for value in data.values() if isinstance(value, (dict, list)) for record in _below(value, depth + 1)
    ]
    return tuple(parts)

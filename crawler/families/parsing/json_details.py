"""Decisions in a JSON answer that nobody described: told by the known names of its members. Pure."""

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


def _below(data: Json, depth: int) -> tuple[Pairs, ...]:
    """The outermost objects whose own members say it, with all that stands in them."""
    data = inner(data)
    if depth > _DEEPEST:
        return ()
    if isinstance(data, list):
        return tuple(record for item in data for record in _below(item, depth + 1))
    if not isinstance(data, dict):
        return ()
    own: Json = {name: value for name, value in data.items() if not isinstance(value, (dict, list))}
    if any(names_a_decision(record) for record in records_of(_ANY, own)):
        return records_of(_ANY, data)
    parts = [
        record for value in data.values() if isinstance(value, (dict, list)) for record in _below(value, depth + 1)
    ]
    return tuple(parts)

"""What a JSON document may hold, as a type, and readers for its members."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
JsonObject: TypeAlias = "dict[str, Json]"


def json_list(values: Iterable[Json]) -> list[Json]:
    """Values as a JSON list."""
    return list(values)


def json_object(members: Mapping[str, str]) -> JsonObject:
    """Words under names as a JSON object."""
    return dict(members)

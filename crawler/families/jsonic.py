"""JSON answers as sites send them: markup before the JSON, numbers as strings, refusals at status 200."""

import json
import re
from typing import Any

from crawler.pages import NotGenuine

_START = re.compile(r"[\[{]")
_REFUSED = re.compile(r"[45]\d\d")


def json_of(text: str) -> Any:
    """The JSON document in `text`, after any markup before it; NotGenuine when there is none or it refuses."""
    cleaned = re.sub(r"^(?:\s*<script\b.*?</script>)+", "", text.lstrip("\ufeff"), flags=re.S | re.I).lstrip()
    found = _START.match(cleaned)
    if found is None:
        raise NotGenuine("not-json", cleaned[:60])
    try:
        data = json.loads(cleaned)
    except (json.JSONDecodeError, RecursionError) as error:
        raise NotGenuine("truncated", str(error)) from error
    if isinstance(data, dict) and _REFUSED.fullmatch(str(data.get("code", data.get("status", "")))):
        raise NotGenuine("json-refused", str(data.get("code", data.get("status"))))
    return data


def at_path(data: Any, path: str) -> Any:
    """The value at a dotted path, or None."""
    for part in filter(None, path.split(".")):
        if not isinstance(data, dict):
            return None
        data = data.get(part)
    return data


def count(value: Any) -> int | None:
    """A total given as number or text; None for anything else, and for a negative one."""
    text = str(value).strip()
    return int(text) if text.isdigit() and not isinstance(value, bool) else None

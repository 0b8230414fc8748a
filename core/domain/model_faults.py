"""What pydantic found wrong with a value, in Chinese: of a TOML file and of what a program asks the desk."""

from collections.abc import Mapping
from typing import Any

# what pydantic says, by its type of error (docs.pydantic.dev, Validation Errors), with its own figures
_WORDS = {
    "extra_forbidden": "没有这个键（拼写有误？）",
    "missing": "缺少这一项",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "应大于 {gt}",
    "less_than_equal": "不能大于 {le}",
    "less_than": "应小于 {lt}",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
    "string_type": "应是加引号的文字",
    "string_too_short": "至少 {min_length} 个字",
    "string_too_long": "最多 {max_length} 个字",
    "string_pattern_mismatch": "写法不对，应符合 {pattern}",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    **dict.fromkeys(("int_type", "int_parsing", "int_from_float"), "应是整数"),
    **dict.fromkeys(("float_type", "float_parsing", "decimal_type", "decimal_parsing"), "应是数"),
    **dict.fromkeys(("bool_type", "bool_parsing"), "应是 true 或 false"),
    **dict.fromkeys(("tuple_type", "list_type", "frozen_set_type", "set_type"), "应是方括号里的列表"),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), "应是一节（[名称] 下的若干键）"),
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "应是日期，例如 2026-07-01",
    ),
}


def fault_in_words(fault: Mapping[str, Any]) -> str:
    """One of a ValidationError's `errors()`, with the value that is there where one was written."""
    kind, words, value = fault["type"], fault["msg"], fault.get("input")
    shown = {key: str(each).replace(" or ", "、").replace(", ", "、") for key, each in fault.get("ctx", {}).items()}
    message = str(_WORDS[kind].format_map(shown) if kind in _WORDS else words.removeprefix("Value error, "))
    whole = kind in ("extra_forbidden", "missing") or "input" not in fault or isinstance(value, (dict, list))
    return message if whole else f"{message}（现值 {value!r}）"

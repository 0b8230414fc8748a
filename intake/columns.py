"""The columns of the collection workbook as data (`columns.toml`): order, duty to fill, format, choices."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

from core.domain import labels
from core.domain.config_model import Frozen
from core.domain.models import Kind

KIND_WORDS = {Kind.LICENCE: "行政许可", Kind.PENALTY: "行政处罚"}
ZERO_SHEET = "零报告"
ZERO_HEADERS = ("单位", "月份", "类别")
GUIDE_SHEET = "填报说明"
UNITS_SHEET = "单位名单"
PUBLICITY = ("公开", "暂缓公开", "不公开")


class Column(Frozen):
    """One column of a kind's sheet. `open` allows values outside `choices`."""

    kind: Kind
    header: str
    required: Literal["必填", "条件", "选填"]
    format: str
    note: str = ""
    style: Literal["text", "date", "amount", "moment"] = "text"
    choices: tuple[str, ...] = ()
    open: bool = False

    @property
    def field(self) -> str:
        """The canonical field of the header; KeyError when the label table does not know it."""
        name = labels.canonical(self.header)
        if name is None:
            raise KeyError(self.header)
        return name


class _Columns(Frozen):
    column: tuple[Column, ...]


@cache
def _all() -> tuple[Column, ...]:
    data = tomllib.loads(Path(__file__).with_name("columns.toml").read_text("utf-8"))
    return _Columns.model_validate(data).column


@cache
def columns(kind: Kind) -> tuple[Column, ...]:
    """The columns of `kind`'s sheet in official order."""
    return tuple(column for column in _all() if column.kind is kind)


@cache
def by_field(kind: Kind) -> dict[str, Column]:
    """Canonical field → column of `kind`'s sheet."""
    return {column.field: column for column in columns(kind)}

"""Every form that is handed in beside 双公示, as data: one TOML a form in this folder.

Adding a form: one file. Its first column is always 单位 (who is graded); what a column means is said by its `style`:
`title` names the row, `date` is the day it speaks of (one a form), `month` is the month itself, `papers` names files
that lie beside the workbook, `code` keeps eighteen digits as text, `day` is any other date, `count` and `amount` are
figures, `url` an address.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from core.domain import labels, text
from core.domain.config_model import Frozen, Slug, UnitKind

Style = Literal["text", "title", "date", "month", "day", "count", "amount", "code", "url", "papers"]
UNIT_HEADER = "单位"
UNIT_ALIASES = ("报送单位", "填报单位", "上报单位", "单位名称", "被评价单位", "涉及单位", "镇街", "镇(街道)")
WHOLE_DISTRICT = "全区"  # in a 零报告: an office that provides data has none about anybody
EXAMPLE = "【示例】"  # a row with it is ours, not the unit's


class FormColumn(Frozen):
    """One column. `aliases` are other wordings of its header; `open` allows values outside `choices`."""

    field: str = Field(pattern=r"^[a-z_]+$")
    header: str
    aliases: tuple[str, ...] = ()
    required: Literal["必填", "条件", "选填"]
    style: Style = "text"
    choices: tuple[str, ...] = ()
    open: bool = False
    example: str = ""
    note: str = ""

    def is_headed(self, label: str) -> bool:
        """Whether a header cell as written heads this column."""
        heading = labels.plain(label)
        return any(labels.plain(name) == heading for name in (self.header, *self.aliases))


class Form(Frozen):
    """One form. `kinds`: who hands it in, each unit about itself; or `provider`, an office, about any unit, known by
    its `provider_names` too. Nobody else may (core.domain.senders). `monthly`: every month. `key`: which columns name
    the act, in alternatives, the surest first; `field:year` (quarter, month) takes a day's year alone. Rows of one unit
    (`across`: of any unit) with one key are versions of one another (decision 0037).

    `group`: forms that a single 零报告 may speak for together.
    """

    slug: Slug
    title: str
    order: int
    group: str = ""
    monthly: bool = False
    kinds: tuple[UnitKind, ...] = ()
    provider: str = ""
    provider_names: tuple[str, ...] = ()
    key: tuple[tuple[str, ...], ...] = Field(min_length=1)
    across: bool = False
    note: str = ""
    columns: tuple[FormColumn, ...] = Field(alias="column")

    @model_validator(mode="after")
    def _is_whole(self) -> "Form":
        days = [c for c in self.columns if c.style in ("date", "month")]
        titles = [c for c in self.columns if c.style == "title"]
        if len(days) != 1 or len(titles) != 1:
            raise ValueError(f"form {self.slug} needs exactly one date (or month) and one title column")
        if bool(self.kinds) == bool(self.provider):
            raise ValueError(f"form {self.slug} is handed in either by units or by a provider")
        return self

    @model_validator(mode="after")
    def _key_is_of_its_columns(self) -> "Form":
        styles = {column.field: column.style for column in self.columns}
        for name in (name for alternative in self.key for name in alternative):
            field, _, part = name.partition(":")
            if field not in styles or part not in ("", *_PARTS) or (part and styles[field] not in ("date", "month")):
                raise ValueError(f"form {self.slug} has no column for its key {name}")
        return self

    def keys(self, fields: Mapping[str, str]) -> tuple[str, ...]:
        """What a row says under each alternative of the key, "" where it leaves any of its columns empty."""
        return tuple(_joined([_key_part(name, fields) for name in alternative]) for alternative in self.key)

    def column(self, field: str) -> FormColumn:
        """The column of `field`; StopIteration for an unknown one."""
        return next(c for c in self.columns if c.field == field)

    @property
    def day(self) -> FormColumn:
        """The column of the day, or the month, that a row speaks of."""
        return next(c for c in self.columns if c.style in ("date", "month"))

    @property
    def name(self) -> FormColumn:
        """The column that names a row."""
        return next(c for c in self.columns if c.style == "title")

    def of(self, style: Style) -> tuple[FormColumn, ...]:
        """The columns of one style."""
        return tuple(c for c in self.columns if c.style == style)


def _key_part(name: str, fields: Mapping[str, str]) -> str:
    field, _, part = name.partition(":")
    value = text.tight(fields.get(field, "")).translate(_BRACKETS).upper()
    return _PARTS[part](value) if part and value else value


def _joined(parts: Sequence[str]) -> str:
    return "|".join(parts) if all(parts) else ""


def _quarter(day: str) -> str:
    return f"{day[:4]}Q{(int(day[5:7]) + 2) // 3 if day[5:7].isdecimal() else 0}"


_PARTS: dict[str, Callable[[str], str]] = {"year": lambda d: d[:4], "quarter": _quarter, "month": lambda d: d[:7]}
_BRACKETS = str.maketrans("〔［[【﹝（", "((((((", "") | str.maketrans("〕］]】﹞）", "))))))")


@cache
def forms() -> dict[str, Form]:
    """Every form by its slug, in the scheme's order."""
    read = [
        Form.model_validate(tomllib.loads(path.read_text("utf-8"))) for path in Path(__file__).parent.glob("*.toml")
    ]
    return {form.slug: form for form in sorted(read, key=lambda form: form.order)}


def titles() -> dict[str, str]:
    """Form → what people call it."""
    return {slug: form.title for slug, form in forms().items()}


def forms_named(word: str) -> tuple[str, ...]:
    """The forms that a word of a 零报告 means: by title, by group (其他行政信息) or by slug; () for an unknown word."""
    wanted = labels.plain(word)
    return tuple(
        form.slug
        for form in forms().values()
        if word == form.slug or (wanted and wanted in (labels.plain(form.title), labels.plain(form.group)))
    )


def monthly(forms_: Sequence[str]) -> tuple[str, ...]:
    """Those of the forms named that are due every month."""
    return tuple(slug for slug in forms_ if forms()[slug].monthly)


def kind_word(kind: str) -> str:
    """What people call what a 零报告 speaks of: 许可, 处罚, or a form."""
    return {"licence": "行政许可", "penalty": "行政处罚"}.get(kind) or titles().get(kind, kind)

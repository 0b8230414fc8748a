"""A district's folder to start from: its files written out of templates and a few answers."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from string import Template

from core.domain.errors import UsageError
from core.runtime.paths import ROOT, TEMPLATES

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
SCHEME = "scheme-2022.toml"
_FILES = ("district.toml", "units.toml", "portals/sljb-penalty.toml")
_PLACE = re.compile(r".+?(?:自治区|自治州|自治县|省|市|州|盟|县|旗|区)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDistrict:
    """The answers. `account` or `public_key` says how the reviewer is known (`review/reviewers.py`)."""

    slug: str
    name: str
    office: str
    credit_site: str
    reviewer: str
    account: str = ""
    public_key: str = ""  # hex digits


def write_district(folder: Path, district: NewDistrict) -> tuple[Path, ...]:
    """Write the folder's files and return them. UsageError for a folder not empty, or an answer that fits nowhere."""
    refuse_unless_empty(folder)
    if not SLUG.fullmatch(district.slug):
        raise UsageError(f"区县代号只能用小写字母、数字、短横：{district.slug}")
    values = _values(district)
    texts = {name: Template((TEMPLATES / "district" / name).read_text("utf-8")).substitute(values) for name in _FILES}
    (folder / "portals").mkdir(parents=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    copyfile(ROOT / "districts/huaian" / SCHEME, folder / SCHEME)
    return tuple(folder / name for name in (*_FILES, SCHEME))


def refuse_unless_empty(folder: Path) -> None:
    """UsageError unless `folder` is free to be written: not there, or an empty folder."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} 是一个文件，请换一个文件夹")
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} 不是空的，不改动它：请换一个文件夹")


def _values(district: NewDistrict) -> dict[str, str]:
    """What stands in the templates' places: TOML values, but for `place` in a comment."""
    known_by = (
        f"public_key = {_toml(district.public_key)}" if district.public_key else f"account = {_toml(district.account)}"
    )
    return {
        "place": " ".join(district.name.split()),
        "slug": _toml(district.slug),
        "name": _toml(district.name),
        "office": _toml(district.office),
        "credit_site": _toml(district.credit_site),
        "places": _toml(_PLACE.findall(district.name)),
        "reviewer": _toml(district.reviewer),
        "known_by": known_by,
        "example_department": _toml(f"{district.name}示例局"),
        "example_town": _toml("示例镇"),
    }


def _toml(value: str | Sequence[str]) -> str:
    """A string or list as TOML writes it: JSON's escapes are TOML's. UsageError for control characters."""
    for text in (value,) if isinstance(value, str) else value:
        if not text.isprintable():
            raise UsageError(f"里面有不能写的字符：{text!r}")
    return json.dumps(value, ensure_ascii=False)

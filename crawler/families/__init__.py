"""Portal families: one module each, all by TOML. Adding one: a module and a line in FAMILIES."""

from types import ModuleType
from typing import Any

from pydantic import ValidationError

from core.domain.config import Portal
from core.domain.errors import ConfigError
from crawler.families import (
    cmsweb,
    cmsweb_api,
    credit_json,
    credit_static,
    html_list,
    jpage,
    json_api,
    one_table,
    rendered,
    trs,
)

FAMILIES: dict[str, ModuleType] = {
    "cmsweb": cmsweb,
    "cmsweb-api": cmsweb_api,
    "hanweb-jpage": jpage,
    "credit-static": credit_static,
    "credit-json": credit_json,
    "rendered-list": rendered,
    "one-table": one_table,
    "html-list": html_list,
    "json-api": json_api,
    "trs": trs,
}

_WRONG = {"extra_forbidden": "该家族没有这个键（拼写有误？）", "missing": "缺少这一项"}


def load_options(portal: Portal) -> Any:
    """The portal's options, checked by its family; ConfigError names the portal's file and the key."""
    where = f"portals/{portal.id}.toml"
    family = FAMILIES.get(portal.family)
    if family is None:
        raise ConfigError(where, "family", f"没有这种栏目家族：{portal.family}（可用：{'、'.join(FAMILIES)}）")
    try:
        return family.Options.model_validate(portal.options)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(["options", *(str(part) for part in first["loc"])])
        said = _WRONG.get(first["type"], f"{first['msg']}（现值 {first.get('input')!r}）")
        raise ConfigError(where, key, said) from None

"""Portal families: one module each, all by TOML. Adding one: a module and a line in FAMILIES."""

from collections.abc import Mapping

from pydantic import ValidationError

from core.domain.config import Portal
from core.domain.errors import ConfigError
from crawler.families import (
    citizen,
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
from crawler.families.parsing.json_options import JsonApiOptions
from crawler.family import Family, FamilyEntry, OptionsT, PortalParser, RegisteredFamily


def _entry(family: Family[OptionsT], options: type[OptionsT]) -> RegisteredFamily:
    return FamilyEntry(family, options)


FAMILIES: Mapping[str, RegisteredFamily] = {
    "cmsweb": _entry(cmsweb, cmsweb.CmswebOptions),
    "cmsweb-api": _entry(cmsweb_api, cmsweb_api.CmswebApiOptions),
    "hanweb-jpage": _entry(jpage, jpage.JpageOptions),
    "credit-static": _entry(credit_static, credit_static.CreditStaticOptions),
    "credit-json": _entry(credit_json, credit_json.CreditJsonOptions),
    "rendered-list": _entry(rendered, rendered.RenderedListOptions),
    "citizen": _entry(citizen, citizen.CitizenOptions),
    "one-table": _entry(one_table, one_table.OneTableOptions),
    "html-list": _entry(html_list, html_list.HtmlListOptions),
    "json-api": _entry(json_api, JsonApiOptions),
    "trs": _entry(trs, trs.TrsOptions),
}

_WRONG = {"extra_forbidden": "该家族没有这个键（拼写有误？）", "missing": "缺少这一项"}


def parser_of(portal: Portal) -> PortalParser:
    """The portal's family with its options; ConfigError names the portal's file and the key of the first fault."""
    family, faults = FAMILIES.get(portal.family), option_faults(portal)
    if family is None or faults:
        raise faults[0]
    return family.parser_of(portal)


def option_faults(portal: Portal) -> tuple[ConfigError, ...]:
    """Every fault of a portal's family and options; () where a look can be made."""
    where, family = f"portals/{portal.id}.toml", FAMILIES.get(portal.family)
    if family is None:
        return (ConfigError(where, "family", f"没有这种栏目家族：{portal.family}（可用：{'、'.join(FAMILIES)}）"),)
    try:
        family.parser_of(portal)
    except ValidationError as error:
        found = ((".".join(["options", *map(str, each["loc"])]), each) for each in error.errors())
        said = "{msg}（现值 {input!r}）"
        return tuple(ConfigError(where, key, _WRONG.get(each["type"], said.format(**each))) for key, each in found)
    return ()


def as_a_citizen(portal: Portal) -> Portal:
    """The portal as a person in a browser reads its list: by its `[citizen]`, which must be there."""
    assert portal.citizen is not None
    options = portal.citizen.model_dump(exclude={"marker"}, exclude_defaults=True)
    marker = portal.citizen.marker or portal.marker
    return portal.model_copy(
        update={"family": "citizen", "rendered": True, "marker": marker, "options": options, "citizen": None}
    )

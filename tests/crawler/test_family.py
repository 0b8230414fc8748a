"""Every module of `crawler/families/` is a family, with options of its own. mypy checks the assignments below."""

from core.domain.config_model import Frozen
from crawler.families import (
    FAMILIES,
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
from crawler.families.citizen import CitizenOptions
from crawler.families.cmsweb import CmswebOptions
from crawler.families.cmsweb_api import CmswebApiOptions
from crawler.families.credit_json import CreditJsonOptions
from crawler.families.credit_static import CreditStaticOptions
from crawler.families.html_list import HtmlListOptions
from crawler.families.jpage import JpageOptions
from crawler.families.one_table import OneTableOptions
from crawler.families.parsing.json_options import JsonApiOptions
from crawler.families.rendered import RenderedListOptions
from crawler.families.trs import TrsOptions
from crawler.family import Family, FamilyEntry
from tests.support.paths import ROOT

CITIZEN: Family[CitizenOptions] = citizen
CMSWEB: Family[CmswebOptions] = cmsweb
CMSWEB_API: Family[CmswebApiOptions] = cmsweb_api
CREDIT_JSON: Family[CreditJsonOptions] = credit_json
CREDIT_STATIC: Family[CreditStaticOptions] = credit_static
HTML_LIST: Family[HtmlListOptions] = html_list
JPAGE: Family[JpageOptions] = jpage
JSON_API: Family[JsonApiOptions] = json_api
ONE_TABLE: Family[OneTableOptions] = one_table
RENDERED: Family[RenderedListOptions] = rendered
TRS: Family[TrsOptions] = trs
TYPED = (CMSWEB, CMSWEB_API, CREDIT_JSON, CREDIT_STATIC, HTML_LIST, JPAGE, JSON_API, ONE_TABLE, RENDERED, TRS, CITIZEN)


def test_every_registered_family_is_checked_above() -> None:
    registered = {id(entry.family) for entry in FAMILIES.values() if isinstance(entry, FamilyEntry)}
    assert registered == {id(family) for family in TYPED} and len(registered) == len(FAMILIES)


def test_every_module_of_the_folder_is_registered() -> None:
    modules = [path for path in (ROOT / "crawler" / "families").glob("*.py") if path.stem != "__init__"]
    assert len(modules) == len(FAMILIES)


def test_no_two_families_share_their_options() -> None:
    options = [family.options for family in FAMILIES.values()]
    assert len(set(options)) == len({kind.__name__ for kind in options}) == len(FAMILIES)
    assert all(issubclass(kind, Frozen) and kind.__name__ != "Options" for kind in options)

"""Every setting is documented, and every command says an example; commands and options: test_commands.py."""

import re

import pytest
from pydantic import BaseModel

import cli
from core.domain import config, interpretations, scheme
from crawler.families import FAMILIES
from tests.support.paths import ROOT

CONFIGURATION = (ROOT / "docs/configuration.md").read_text("utf-8")
OLDER = {"may_be_empty"}  # accepted in options, but the portal's own key is the one that is documented
SECTIONS = CONFIGURATION.split("\n## ")
MODELS: dict[str, type[BaseModel]] = {
    "`district.toml`": config.District,
    "### `[crawl]`": config.Crawl,
    "### `[mail]`": config.Mail,
    "### `[mail.smtp]`": config.Smtp,
    "### `[archive]`": config.Keeping,
    "### `[review]`": config.ReviewSettings,
    "### `[desk]`": config.DeskSettings,
    "### `[desk.ldap]`": config.Ldap,
    "### `[desk.oidc]`": config.Oidc,
    "### `[watch]`": config.Watch,
    "### `[[webhook]]`": config.Webhook,
    "### `[[apprise]]`": config.GroupRobot,
    "### `[expect]`": config.Expect,
    "### `[citizen]`": config.CitizenReading,
    "`units.toml`": config.Unit,
    "### `[[unit.contact]]`": config.Contact,
    "`portals/<id>.toml`": config.Portal,
    "The scheme file": scheme.Scheme,
}


def _keys(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _section(heading: str) -> str:
    if heading.startswith("###"):
        return CONFIGURATION.split(heading)[1].split("\n#")[0]
    body = next(s for s in SECTIONS if s.startswith(heading))
    return body if heading == "The scheme file" else body.split("\n### ")[0]


@pytest.mark.parametrize("heading", MODELS)
def test_every_key_is_documented(heading: str) -> None:
    section = _section(heading)
    missing = [k for k in _keys(MODELS[heading]) if not re.search(rf"[\[`.]{k}[\]`]", section)]
    assert not missing


@pytest.mark.parametrize("heading", [heading for heading in MODELS if heading != "The scheme file"])
def test_every_documented_key_exists(heading: str) -> None:
    rows = re.findall(r"^\| (`.+?) \|", _section(heading), re.M)
    documented = {word for row in rows for word in re.findall(r"`(\w+)`", row)}
    assert documented and documented <= _keys(MODELS[heading])


def test_every_nested_scheme_key_is_documented() -> None:
    section = _section("The scheme file")
    for model in (
        scheme.Deadline,
        scheme.Grades,
        interpretations.Interpretation,
        interpretations.Choice,
        scheme.Duty,
        scheme.Indicator,
        scheme.PromiseField,
    ):
        assert not [k for k in _keys(model) if f"`{k}`" not in section], model


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_and_option_is_documented(family: str) -> None:
    line = next(x for x in CONFIGURATION.splitlines() if x.startswith(f"| `{family}`"))
    assert set(re.findall(r"`(\w+)`", line)) == _keys(FAMILIES[family].options) - OLDER | (
        {family} if "-" not in family else set()
    )


def test_every_command_has_an_example() -> None:
    for command in cli.app.registered_commands:
        assert command.callback is not None
        assert "例：chengxin" in (command.callback.__doc__ or ""), command.callback.__name__

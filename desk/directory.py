"""What the directories of the house may say at the desk: who somebody is, and nothing more.

An account is there before, by its name, in use, with a role that was given here, and comes by the directory because the
desk says so. The three powers and units that come by links never do: whoever runs the directory gains neither.
"""

import os
from importlib.util import find_spec

from core.domain.config import Config
from core.domain.errors import ChengxinError, ConfigError
from desk.models import Account
from desk.roles import POWERS, Role
from desk.site import Desk

_NEEDS = {"ldap": "ldap3", "oidc": "authlib"}
OURS_ALONE = POWERS | {Role.LINK}


class DirectoryError(ChengxinError):
    """A directory cannot be asked; nothing is known of anybody's password. `status`: of the page that says so."""

    status = 503


class NotProven(DirectoryError):
    """A directory was asked, and what came back does not prove who somebody is."""

    status = 403


def account_of(username: object) -> Account | None:
    """The account that a directory may name; None where none may come by it under that name."""
    if not isinstance(username, str):
        return None
    account = Account.objects.filter(username=username, is_active=True, by_directory=True).first()
    return None if account is None or Role(account.role) in OURS_ALONE else account


def is_there(desk: Desk) -> bool:
    """Whether the district names any directory, or is one of a city whose accounts say who somebody is."""
    settings = desk.config.district.desk
    return settings.ldap is not None or settings.oidc is not None or bool(desk.people)


def check(config: Config) -> None:
    """ConfigError where a directory is named whose package is not installed, or whose secret is not there."""
    desk = config.district.desk
    for name, package in _NEEDS.items():
        if getattr(desk, name) is not None and find_spec(package) is None:
            raise _fault(config, f"desk.{name}", f"这台机器没有装它用的包：pip install chengxin[{name}]")
    if desk.ldap is not None and desk.ldap.base:
        secret(config, "desk.ldap.password_env", desk.ldap.password_env)
    if desk.oidc is not None:
        secret(config, "desk.oidc.secret_env", desk.oidc.secret_env)
    for name in _NEEDS:
        authority(config, name)


def secret(config: Config, key: str, variable: str) -> str:
    """A secret of the environment; ConfigError where it is not set or empty."""
    if not (said := os.environ.get(variable, "")):
        raise _fault(config, key, f"环境变量 {variable} 没有设置")
    return said


def authority(config: Config, name: str) -> str | None:
    """The file that a directory's certificate is held against, None for the machine's own; ConfigError where it is not
    there: to go on with the machine's own would trust whom nobody named.
    """
    settings = getattr(config.district.desk, name)
    if settings is None or not settings.ca_file:
        return None
    file = config.folder / settings.ca_file
    if not file.is_file():
        raise _fault(config, f"desk.{name}.ca_file", f"没有这个文件：{file}")
    return str(file)


def _fault(config: Config, key: str, why: str) -> ConfigError:
    return ConfigError(config.folder / "district.toml", key, why)

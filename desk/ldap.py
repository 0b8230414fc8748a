"""Signing in with the name and password of an LDAP directory, for accounts that come by it.

TLS always, before any password is sent, held against the server's certificate and name by Python's own ssl, of which
ldap3 brings a copy. A referral to another server is not followed, for it would get the password.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.http import HttpRequest

from core.domain.config import Config, Ldap
from desk.directory import DirectoryError, account_of, authority, check, secret
from desk.models import Account
from desk.site import current

if TYPE_CHECKING:
    from ldap3 import Connection

_DOWN = "统一账号的目录现在连不上，请稍后再试；用本地密码的账号照常登录"
_BUSY = {51, 52}  # busy, unavailable (RFC 4511, appendix A): nothing was said of the password
_NO_ATTRIBUTES = "1.1"


class LdapBackend:
    """How `authenticate(request, username=…, password=…)` asks the directory; DirectoryError where it cannot."""

    def authenticate(
        self, _: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> Account | None:
        """The account, where the directory takes its password. An empty one is not sent: a directory answers a bind
        without a password with success (RFC 4513, 5.1.2).
        """
        config = current().config
        settings = config.district.desk.ldap
        account = account_of(username)
        if settings is None or account is None or not password:
            return None
        return account if knows(config, settings, account.username, password) else None


def knows(config: Config, settings: Ldap, username: str, password: str) -> bool:
    """Whether the directory has this name with this password. DirectoryError where it cannot be asked."""
    check(config)
    from ldap3.core.exceptions import LDAPException

    try:
        name = _entry(config, settings, username) if settings.base else _named(settings, username)
        if not name:
            return False
        with _opened(config, settings, name, password) as connection:
            return _is_taken(connection)
    except (LDAPException, OSError) as error:
        raise DirectoryError(_DOWN) from error


def _named(settings: Ldap, username: str) -> str:
    from ldap3.utils.dn import escape_rdn

    return settings.user_dn.replace("{username}", escape_rdn(username))


def _entry(config: Config, settings: Ldap, username: str) -> str:
    """The name of the one entry that is found, "" where none is, or more than one."""
    from ldap3.utils.conv import escape_filter_chars

    password = secret(config, "desk.ldap.password_env", settings.password_env)
    with _opened(config, settings, settings.bind_dn, password) as connection:
        if not _is_taken(connection):
            raise DirectoryError("统一账号的目录不接受查找用的账号（[desk.ldap] bind_dn），请告诉管机器的人")
        wanted = settings.filter.replace("{username}", escape_filter_chars(username))
        connection.search(settings.base, wanted, attributes=[_NO_ATTRIBUTES], size_limit=2)
        found = [entry["dn"] for entry in connection.response or () if entry["type"] == "searchResEntry"]
    return str(found[0]) if len(found) == 1 else ""


def _is_taken(connection: "Connection") -> bool:
    if connection.bind():
        return True
    if connection.result["result"] in _BUSY:
        raise DirectoryError(_DOWN)
    return False


@contextmanager
def _opened(config: Config, settings: Ldap, name: str, password: str) -> Iterator["Connection"]:
    """A connection under TLS; whose name and password it is to bind with."""
    from ldap3 import NONE, Connection, Server, Tls
    from ldap3.core.exceptions import LDAPException

    class _Verified(Tls):  # type: ignore[misc]  # it has no types
        def wrap_socket(self, connection: Connection, do_handshake: bool = True) -> None:  # noqa: ARG002
            context = ssl.create_default_context(cafile=authority(config, "ldap"))
            connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)

    place = urlsplit(settings.url)
    server = Server(
        place.hostname, port=place.port, use_ssl=place.scheme == "ldaps", tls=_Verified(), get_info=NONE,
        connect_timeout=settings.seconds,
    )  # fmt: skip
    connection = Connection(
        server, name, password, receive_timeout=settings.seconds, auto_referrals=False, read_only=True,
        return_empty_attributes=False,
    )  # fmt: skip
    try:
        connection.open()
        if place.scheme == "ldap":
            _start_tls(connection)
        yield connection
    finally:
        with suppress(LDAPException, OSError):
            connection.unbind()


def _start_tls(connection: "Connection") -> None:
    if not connection.start_tls(read_server_info=False):
        raise DirectoryError(_DOWN)

"""Signing in at a district's desk with the name and password of one's account in the city.

The city's accounts stand in its PostgreSQL, made at the city's desk. As with every directory (desk.directory) they say
who somebody is and nothing more: who belongs to a district, and as what, its own administrators say. A district that
names a directory of its own has that one alone. Of the city's database a district's desk reads one table,
`desk_account`, and writes nothing. It reads it again while somebody is here: whom the city switched off is out.
"""

import time

from django.contrib.auth.hashers import check_password
from django.db import DatabaseError, connections
from django.http import HttpRequest

from desk.directory import DirectoryError, NotProven, account_of
from desk.models import Account
from desk.site import CITY, Desk, current

_ASKED_AGAIN, _UNASKED = 5 * 60, 30 * 60  # seconds; the latter where the city cannot be asked
_TRIED_AGAIN = 60  # seconds after which it is tried again
_PROVEN = "city"  # in the session: when the city last said who it is, when to ask again, by which password
_DOWN = "全市账号的数据库现在连不上，请稍后再试；用本地密码的账号照常登录"
_FIRST = "全市账号第一次登录，请先到全市的工作台改密码，再回来登录"


class CityBackend:
    """How `authenticate(request, username=…, password=…)` asks the city; DirectoryError where it cannot."""

    def authenticate(
        self, _: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> Account | None:
        """The district's account of that name, where the city takes its password."""
        account, desk = account_of(username), current()
        if not _is_directory(desk) or account is None or not password:
            return None
        known = _known(account)
        if known is None or not check_password(password, known.password):
            return None
        if known.must_change:
            raise NotProven(_FIRST)
        return account


def is_still_known(request: HttpRequest, account: Account) -> bool:
    """Whether the city still says of who is signed in what it said when they came: its account is in use, and its
    password the same. Asked every five minutes; DirectoryError where it could not be asked for half an hour."""
    if not account.by_directory or not _is_directory(current()):
        return True
    now, kept = time.time(), request.session.get(_PROVEN) or {"at": 0.0, "next": 0.0, "hash": ""}
    if kept["at"] <= now < kept["next"]:
        return True
    try:
        known = _known(account)
    except DirectoryError:
        if not kept["at"] <= now < kept["at"] + _UNASKED:
            raise
        request.session[_PROVEN] = kept | {"next": now + _TRIED_AGAIN}
        return True
    by = known.get_session_auth_hash() if known else ""
    if not by or kept["hash"] not in ("", by):
        return False
    request.session[_PROVEN] = {"at": now, "next": now + _ASKED_AGAIN, "hash": by}
    return True


def _is_directory(desk: Desk) -> bool:
    """Whether the city's accounts are this desk's directory: an account comes by one, and whoever runs another of its
    names is not in."""
    settings = desk.shown.district.desk
    return bool(desk.people) and settings.ldap is None and settings.oidc is None


def _known(account: Account) -> Account | None:
    """The city's account of that name, in use; DirectoryError where the city cannot be asked."""
    try:
        return Account.objects.using(CITY).filter(username=account.username, is_active=True).first()
    except DatabaseError as error:
        connections[CITY].close()  # the next one is tried anew
        raise DirectoryError(_DOWN) from error

"""Signing in at a district's desk with the name and password of one's account in the city.

The city's accounts stand in its PostgreSQL, made at the city's desk. As with every directory (desk.directory) they say
who somebody is and nothing more: who belongs to a district, and as what, its own administrators say. A district that
names a directory of its own has that one alone. Of the city's database a district's desk reads one table,
`desk_account`, and writes nothing.
"""

from django.contrib.auth.hashers import check_password
from django.db import DatabaseError
from django.http import HttpRequest

from desk.directory import DirectoryError, NotProven, account_of
from desk.models import Account
from desk.site import CITY, current

_DOWN = "全市账号的数据库现在连不上，请稍后再试；用本地密码的账号照常登录"
_FIRST = "全市账号第一次登录，请先到全市的工作台改密码，再回来登录"


class CityBackend:
    """How `authenticate(request, username=…, password=…)` asks the city; DirectoryError where it cannot."""

    def authenticate(
        self, _: HttpRequest | None, username: str | None = None, password: str | None = None
    ) -> Account | None:
        """The district's account of that name, where the city takes its password."""
        account, desk = account_of(username), current()
        settings = desk.config.district.desk
        if not desk.people or settings.ldap or settings.oidc or account is None or not password:
            return None  # an account comes by one directory: whoever runs another of its names is not in
        try:
            known = Account.objects.using(CITY).filter(username=account.username, is_active=True).first()
        except DatabaseError as error:
            raise DirectoryError(_DOWN) from error
        if known is None or not check_password(password, known.password):
            return None
        if known.must_change:
            raise NotProven(_FIRST)
        return account

"""Pages: the reports' Jinja2 environment as it is, with what every page of the desk shows around its own part."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from jinja2 import Environment

from desk.failures import for_desk
from desk.models import Account, Draft
from desk.navigation import entries
from desk.site import current
from reporting.rendering import environment as reports_environment


def environment(**_: object) -> Environment:
    """The reports' own environment and macros; what it is asked with (Django's loaders) is not needed."""
    own = reports_environment().overlay()
    own.filters = dict(own.filters) | {"for_desk": for_desk}
    own.globals = dict(own.globals) | {"url": _url}
    return own


def _url(name: str, *arguments: object) -> str:
    return reverse(name, args=arguments)


def around(request: HttpRequest) -> Mapping[str, Any]:
    """What stands around a page: the district, who is signed in, where they may go."""
    account = request.user if isinstance(request.user, Account) else None
    waiting = Draft.objects.filter(settled_at=None).count() if account is not None and account.unit == "" else 0
    return {
        "district": current().shown.district,
        "account": account,
        "menu": entries(account, request.path),
        "drafts": waiting,
        "now": current().clock.now(),
        "session_seconds": settings.SESSION_COOKIE_AGE,
    }

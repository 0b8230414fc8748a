"""How somebody comes in, once it is known who they are: at once, or after the code of their second factor.

Between the two nobody is signed in: the session holds who showed the first, for five minutes, and ends whoever was
signed in before. It is taken back where the account is switched off or its password changes meanwhile.
"""

import secrets
import time
from dataclasses import dataclass

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from desk import second_factor
from desk.log import note
from desk.models import Account
from desk.roles import Right
from desk.typed import own_page

PATIENCE = 5 * 60  # seconds between the first step and the second
_HALF = "half"
_BACKEND = "django.contrib.auth.backends.ModelBackend"  # finds the account of a session, however it came
_FIRST = (
    (Right.READ, "/"),
    (Right.CITY, "/"),
    (Right.OWN, "/own"),
    (Right.ACCOUNTS, "/people"),
    (Right.ROLES, "/roles"),
    (Right.LOG, "/log"),
)


@dataclass(frozen=True, slots=True)
class Half:
    """A sign-in that waits for its code. `number`: of this one, so that another window's code is not taken for it;
    `by`: what was shown first; `then`: where to go.
    """

    account: Account
    number: str
    by: str
    then: str


def first_page(account: Account) -> str:
    """Where somebody begins."""
    return next((address for right, address in _FIRST if account.may(right)), "/password")


def wanted_page(request: HttpRequest) -> str:
    """Where somebody wanted to go: a page of this desk, or nowhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return own_page(wanted) if wanted != "/" else ""


def come_in(request: HttpRequest, account: Account, by: str, then: str) -> HttpResponse:
    """Sign in who showed the first (`by`, in words), or ask for the second. `then`: as of `wanted_page`."""
    if second_factor.device_of(account) is None:
        return _sign_in(request, account, by, then)
    logout(request)
    request.session[_HALF] = {
        "account": account.pk,
        "hash": account.get_session_auth_hash(),
        "number": secrets.token_urlsafe(12),
        "at": time.time(),
        "by": by,
        "then": then,
    }
    return redirect("/login/code")


def half_of(request: HttpRequest) -> Half | None:
    """The sign-in that waits for its code in this session; None where none does, or no longer may."""
    kept = request.session.get(_HALF)
    if not kept or not 0 <= time.time() - kept["at"] <= PATIENCE:
        return None
    account = Account.objects.filter(pk=kept["account"], is_active=True).first()
    if account is None or not constant_time_compare(account.get_session_auth_hash(), kept["hash"]):
        return None
    return Half(account, kept["number"], kept["by"], kept["then"])


def drop_half(request: HttpRequest) -> None:
    """Begin anew."""
    request.session.pop(_HALF, None)


def complete(request: HttpRequest, half: Half, with_what: str) -> HttpResponse:
    """Sign in after the second."""
    drop_half(request)
    device = second_factor.device_of(half.account)
    answer = _sign_in(request, half.account, f"{half.by}和{with_what}", half.then)
    if device is not None:
        request.session[second_factor.PROVEN] = device.pk
    return answer


def _sign_in(request: HttpRequest, account: Account, by: str, then: str) -> HttpResponse:
    login(request, account, _BACKEND)
    type(request.session).clear_expired()  # nothing else does
    note(request, "signed-in", "", by)
    return redirect(then or first_page(account))

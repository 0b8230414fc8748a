"""Who may open a page: asked once, before the page's own code runs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from desk.city_accounts import is_still_known
from desk.kept import is_worth, shown_again
from desk.log import note
from desk.middleware import failed
from desk.models import Account
from desk.roles import Right, Role
from desk.second_factor import PROVEN, device_of, is_owed
from desk.site import current

View = Callable[..., HttpResponseBase]
_OUT = "，已经退出登录，这次没有记下；写的内容都在下面"
SIGNED_OUT = f"半小时没有操作{_OUT}"
UNTIL = "link-until"  # in the session of a unit that came by a link: the link's last moment


class Asked(HttpRequest):
    """A request of somebody who signed in."""

    user: Account


def guarded(view: View, right: Right | None, methods: tuple[str, ...]) -> View:
    """The view behind its right (None: anybody) and its methods; who may not is told so, and the log keeps it."""

    @wraps(view)
    def answered(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        if request.method not in methods:
            return HttpResponseNotAllowed(methods)
        if right is None:
            return view(request, *arguments, **named)
        account = request.user
        if not isinstance(account, Account) or not account.is_active:
            return _to_sign_in(request)
        if account.role == Role.LINK and not _link_lives(request):
            note(request, "link-refused", account.unit, "登录期间链接到期")
            logout(request)
            words = "信里的链接已到期，已退出：请用新的信里的链接，或请信用办重新寄一个"
            return shown_again(request, 410, words, sign_in=True) if is_worth(request) else failed(request, 410, words)
        if not is_still_known(request, account):
            note(request, "city-refused", "", "登录期间停用或换了密码")
            logout(request)
            return _to_sign_in(request, f"全市账号已停用或换了密码{_OUT}")
        if not _showed_its_code(request, account):
            logout(request)
            return _to_sign_in(request)
        if account.must_change and request.path not in ("/password", "/logout"):
            return redirect("/password")
        if not account.must_change and is_owed(account) and request.path not in ("/second-factor", "/logout"):
            return redirect("/second-factor")
        if not account.may(right):
            note(request, "denied", request.path)
            raise PermissionDenied(f"{account.role_name}不能打开这一页")
        return view(request, *arguments, **named)

    return answered


def _to_sign_in(request: HttpRequest, words: str = SIGNED_OUT) -> HttpResponse:
    """The sign-in page; a form that somebody filled is given back instead, to be sent once they have signed in."""
    if is_worth(request):
        return shown_again(request, 403, words, sign_in=True)
    return redirect(f"/login?next={request.path}" if request.method == "GET" else "/login")


def _link_lives(request: HttpRequest) -> bool:
    """Whether the link by which a unit came has not expired since; nobody stays longer than it lasts."""
    until = request.session.get(UNTIL)
    return isinstance(until, float) and current().clock.now().timestamp() < until


def _showed_its_code(request: HttpRequest, account: Account) -> bool:
    """Whether this session's sign-in showed a code of the account's second factor, where it has one: one that was set
    up elsewhere ends the sessions of before.
    """
    device = device_of(account)
    return device is None or request.session.get(PROVEN) == device.pk


def own_unit(request: Asked) -> str:
    """The slug of the unit that a contact speaks for; PermissionDenied where it is none of the district's."""
    known = {unit.slug for unit in current().config.units}
    if request.user.unit not in known:
        raise PermissionDenied("账号没有写明单位，请联系信用办")
    return request.user.unit


def require_own(request: Asked, slug: str) -> None:
    """Http404 where a contact asks for what is another unit's: it is not even said that it exists."""
    if request.user.may(Right.OWN) and request.user.unit != slug:
        note(request, "denied", request.path)
        raise Http404("没有这一页")

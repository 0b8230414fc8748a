"""Signing in and out, and one's own password."""

from django.contrib.auth import authenticate, login, logout, password_validation, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from desk.access import SIGNED_OUT, Asked
from desk.kept import is_worth, shown_again
from desk.log import note
from desk.middleware import failed
from desk.models import Account
from desk.roles import Right
from desk.typed import own_page

_FIRST = (
    (Right.READ, "/"),
    (Right.OWN, "/own"),
    (Right.ACCOUNTS, "/people"),
    (Right.ROLES, "/roles"),
    (Right.LOG, "/log"),
)


def first_page(account: Account) -> str:
    """Where somebody begins."""
    return next((address for right, address in _FIRST if account.may(right)), "/password")


def start(request: Asked) -> HttpResponse:
    """Go to one's own first page."""
    return redirect(first_page(request.user))


def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what it says."""
    username = request.POST.get("username", "").strip()[:64]
    wrong = ""
    if request.method == "POST":
        account = authenticate(request, username=username, password=request.POST.get("password", ""))
        if isinstance(account, Account):
            login(request, account)
            note(request, "signed-in")
            return redirect(_next(request) or first_page(account))
        note(request, "failed", account=username)
        wrong = "用户名或密码不对，或账号已停用"
    return render(request, "desk/sign_in.html.j2", {"username": username, "wrong": wrong, "next": _next(request)})


def _next(request: HttpRequest) -> str:
    """Where somebody wanted to go: a page of this desk, or nowhere."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return own_page(wanted) if wanted != "/" else ""


def sign_out(request: Asked) -> HttpResponse:
    """Away."""
    note(request, "signed-out")
    logout(request)
    return redirect("/login")


def locked_out(request: HttpRequest, *_: object, **__: object) -> HttpResponse:
    """After too many wrong passwords."""
    note(request, "locked", account=request.POST.get("username", ""))
    return failed(request, 429, "密码错得太多，这个账号在本机锁定半小时；急用请安全管理员解锁")


def no_token(request: HttpRequest, **_: object) -> HttpResponse:
    """A form that did not come from a page of this desk, or from one that is older than the newest sign-in.

    Where the browser says that it came from a page of ours, it is given back with what was typed, to be sent once more:
    another site cannot say so, and nothing is done before somebody presses. What came from elsewhere is not shown.
    """
    if request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}" and is_worth(request):
        if isinstance(request.user, Account):
            return shown_again(request, 403, "这一页打开以后重新登录过，这次没有记下；写的内容还在，请再按一次")
        return shown_again(request, 403, SIGNED_OUT, sign_in=True)
    return failed(request, 403, "这一页开得太久，或不是从工作台打开的，没有做任何事：请返回重新打开那一页再提交")


def password(request: Asked) -> HttpResponse:
    """One's own password."""
    wrong: list[str] = []
    if request.method == "POST":
        old, new = request.POST.get("old", ""), request.POST.get("new", "")
        if not request.user.check_password(old):
            wrong.append("现在的密码不对")
        if new != request.POST.get("again", ""):
            wrong.append("两次写的新密码不一样")
        if new == old:
            wrong.append("新密码和现在的一样")
        try:
            password_validation.validate_password(new, request.user)
        except ValidationError as error:
            wrong.extend(error.messages)
        if not wrong:
            request.user.set_password(new)
            request.user.must_change = False
            request.user.save()
            update_session_auth_hash(request, request.user)
            note(request, "password", request.user.username)
            return redirect(first_page(request.user))
    return render(request, "desk/password.html.j2", {"wrong": wrong})

"""Signing in and out, and one's own password."""

from collections.abc import Mapping

from django.contrib.auth import authenticate, logout, password_validation, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from desk.access import SIGNED_OUT, Asked
from desk.directory import DirectoryError
from desk.entrance import come_in, drop_half, first_page, wanted_page
from desk.kept import is_worth, shown_again
from desk.log import note
from desk.middleware import failed
from desk.models import Account
from desk.views.by_directory import unanswered


def start(request: Asked) -> HttpResponse:
    """Go to one's own first page."""
    return redirect(first_page(request.user))


def stay(_request: Asked) -> HttpResponse:
    """Nothing: that it was asked for is what keeps somebody signed in (`desk.js`)."""
    return HttpResponse(status=204)


def sign_in(request: HttpRequest) -> HttpResponse:
    """The form, and what it says."""
    username = request.POST.get("username", "").strip()[:64]
    wrong = ""
    if request.method == "POST":
        try:
            account = authenticate(request, username=username, password=request.POST.get("password", ""))
        except DirectoryError as error:
            return unanswered(request, username, error)
        if isinstance(account, Account):
            return come_in(request, account, "目录密码" if account.by_directory else "密码", wanted_page(request))
        note(request, "failed", account=username)
        wrong = "用户名或密码不对，或账号已停用"
    return render(request, "desk/sign_in.html.j2", {"username": username, "wrong": wrong, "next": wanted_page(request)})


def sign_out(request: Asked) -> HttpResponse:
    """Away."""
    note(request, "signed-out")
    logout(request)
    return redirect("/login")


def locked_out(
    request: HttpRequest, _: HttpResponse | None = None, credentials: Mapping[str, str] | None = None
) -> HttpResponse:
    """After too many wrong passwords or codes."""
    drop_half(request)
    note(request, "locked", account=(credentials or request.POST).get("username") or "")
    return failed(request, 429, "密码或验证码错得太多，这个账号在本机锁定半小时；急用请安全管理员解锁")


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

"""The second page of signing in, which asks for the code; and the page where one sets a second factor up."""

import segno
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from markupsafe import Markup, escape

from core.domain.clock import ZONE
from desk import second_factor
from desk.access import Asked
from desk.entrance import complete, drop_half, first_page, half_of
from desk.log import note
from desk.models import Account
from desk.roles import Role
from desk.site import current

_KEY = "second-factor-key"  # in the session: what is shown until a code of it was typed
_LATE = "登录已过五分钟，或在别的窗口里重新开始了，请重新登录"
_WRONG = "验证码不对，或已经用过；请看验证器现在显示的六位数（手机的时间要准）"
_WAIT = "输错次数多了，请过 {seconds} 秒后再输"


def code(request: HttpRequest) -> HttpResponse:
    """The second page of signing in."""
    half = half_of(request)
    if half is None or (request.method == "POST" and request.POST.get("half") != half.number):
        return _begin_anew(request)
    wrong = ""
    if request.method == "POST":
        typed = request.POST.get("code", "")
        wrong = _wrong(request, half.account, typed)
        if not wrong:
            return complete(request, half, _with_what(half.account, typed))
    return render(request, "desk/code.html.j2", {"name": half.account.name, "half": half.number, "wrong": wrong})


def _begin_anew(request: HttpRequest) -> HttpResponse:
    drop_half(request)
    if request.user.is_authenticated:
        return redirect("/start")
    if request.method != "POST":
        return redirect("/login")
    return render(request, "desk/sign_in.html.j2", {"username": "", "wrong": _LATE, "next": ""})


def _with_what(account: Account, typed: str) -> str:
    left = second_factor.codes_left(account)
    return f"恢复代码，还剩 {left} 个" if second_factor.is_recovery(typed) else "验证码"


def _wrong(request: HttpRequest, account: Account, typed: str) -> str:
    """Why a code is not taken, "" where it was. A wrong one is counted like a wrong password."""
    if seconds := second_factor.seconds_to_wait(account, typed):
        return _WAIT.format(seconds=seconds)
    if authenticate(request, username=account.username, token=typed) is not None:
        return ""
    note(request, "failed", "", "验证码不对", account=account.username)
    return _WRONG


def shown(request: Asked) -> HttpResponse:
    """One's own second factor: set up, its recovery codes made anew, removed."""
    if request.user.role == Role.LINK or current().config.district.desk.second_factor == "off":
        raise Http404("本区没有启用第二因素" if request.user.role != Role.LINK else "凭信件链接进入，不用第二因素")
    device = second_factor.device_of(request.user)
    if request.method == "POST" and (device is None) != (request.POST.get("act") == "enrol"):
        return redirect("/second-factor")  # another window was quicker
    if device is None:
        return _enrol(request)
    wrong = ""
    if request.method == "POST":
        wrong = _wrong(request, request.user, request.POST.get("code", ""))
        if not wrong:
            return _change(request, request.POST.get("act", ""))
    left = second_factor.codes_left(request.user)
    since = device.created_at.astimezone(ZONE) if device.created_at else current().clock.now()
    context = {
        "since": f"{since:%Y-%m-%d}",
        "left": left,
        "owed": second_factor.is_asked_of(request.user),
        "wrong": wrong,
    }
    return render(request, "desk/second_factor.html.j2", context, status=422 if wrong else 200)


def _change(request: Asked, act: str) -> HttpResponse:
    if act == "codes":
        note(request, "factor", "", "换恢复代码")
        return _codes(request, second_factor.new_codes(request.user), "旧的恢复代码都作废了。")
    second_factor.forget(request.user)
    request.session.pop(second_factor.PROVEN, None)
    note(request, "factor", "", "停用")
    return redirect("/second-factor")


def _enrol(request: Asked) -> HttpResponse:
    """Show a key, the same in every window of this session, until a code of it is typed."""
    key, wrong = request.session.setdefault(_KEY, second_factor.new_key()), ""
    if request.method == "POST":
        codes = second_factor.enrol(request.user, key, request.POST.get("code", ""))
        if codes:
            return _enrolled(request, codes)
        wrong = "验证码不对：请看验证器现在显示的六位数，手机的时间要准"
    address = second_factor.address_of(request.user, key)
    context = {
        "picture": Markup(segno.make(address, error="m", micro=False).svg_inline(omitsize=True, light="#fff")),
        "address": Markup(escape(address)),
        "secret": _in_fours(second_factor.secret_of(key)),
        "owed": second_factor.is_owed(request.user),
        "wrong": wrong,
    }
    return render(request, "desk/second_factor_new.html.j2", context, status=422 if wrong else 200)


def _enrolled(request: Asked, codes: tuple[str, ...]) -> HttpResponse:
    """From now on this session is one that showed a code; others of the account end, for they did not."""
    device = second_factor.device_of(request.user)
    del request.session[_KEY]
    request.session.cycle_key()
    request.session[second_factor.PROVEN] = device.pk if device is not None else None
    note(request, "factor", "", "绑定")
    return _codes(request, codes, "第二因素已绑定。")


def _codes(request: Asked, codes: tuple[str, ...], said: str) -> HttpResponse:
    context = {"said": said, "codes": [Markup(code) for code in codes], "onward": first_page(request.user)}
    return render(request, "desk/recovery_codes.html.j2", context)


def _in_fours(secret: str) -> Markup:
    """Parted, so that it can be typed; as it is, for what masks numbers on pages must not touch it."""
    return Markup(" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)))

"""Accounts, roles and the log: three powers, each with its own page."""

import hashlib
import secrets
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module

from axes.utils import reset
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core.domain.clock import ZONE
from core.domain.errors import UsageError
from desk.access import Asked
from desk.api import SCOPES, Scope
from desk.directory import is_there
from desk.log import ACTIONS, note
from desk.models import Account, LogEntry, Token
from desk.paging import ROWS, number_of, page_of, whole_number
from desk.roles import LINKED, POWERS, RIGHTS, ROLES, Role
from desk.second_factor import end_waiting, forget, with_factor
from desk.site import current
from desk.typed import typed_day

_USERNAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


def accounts(request: Asked) -> HttpResponse:
    """The system administrator's page: who has an account; make one."""
    if request.method != "POST":
        return _people(request)
    username, name = request.POST.get("username", "").strip(), request.POST.get("name", "").strip()
    if wrong := _wrong_name(username, name):
        return _people(request, wrong=wrong)
    first = _first_password(request.POST.get("by") == "directory")
    made = Account.objects.make(username, name, current().least, first or None)
    made.is_active = False  # until the security administrator gives a role
    made.must_change, made.by_directory = bool(first), not first
    made.save()
    note(request, "account", username, f"建立（{name}）" if first else f"建立（{name}），用统一账号登录")
    return _people(request, made=username, first=first)


def _first_password(by_directory: bool) -> str:
    """A password to begin with, "" for who comes by the directory."""
    if by_directory and not is_there(current()):
        raise UsageError("这里没有配置统一账号（[desk.ldap] 或 [desk.oidc]）")
    return "" if by_directory else secrets.token_urlsafe(9)


def _wrong_name(username: str, name: str) -> str:
    """Why nobody can be called that, "" where they can."""
    if not username or set(username) - _USERNAME or len(username) > 32 or not name or len(name) > 64:
        return "用户名用小写字母、数字、短横、下划线（至多 32 个字）；姓名必写"
    if username.startswith(LINKED):
        return f"{LINKED} 开头的用户名留给凭信件链接进入的单位"
    return f"已有账号 {username}" if Account.objects.filter(username=username).exists() else ""


def _people(request: Asked, *, wrong: str = "", made: str = "", first: str = "") -> HttpResponse:
    """`made`: whose account was made or given the first password `first`, none where a directory says who they are."""
    context = {
        "accounts": Account.objects.order_by("username"),
        "directory": is_there(current()),
        "wrong": wrong,
        "made": made,
        "first": first,
    }
    return render(request, "desk/people.html.j2", context, status=422 if wrong else 200)


def account(request: Asked, username: str) -> HttpResponse:
    """Switch an account off, give it a new first password, or let it come by the directory. The last two switch it off
    until the security administrator has it back: who gives passwords out, or runs the directory, could otherwise speak
    in anybody's name by themselves.
    """
    known = _named(username)
    if known == request.user:
        raise UsageError("不能改自己的账号")
    if Role(known.role) in POWERS:
        raise UsageError(f"系统、安全、审计管理员的账号由命令行管（{current().by_hand}），这里不能停用、重设")
    if request.POST.get("act") == "off":
        known.is_active = False
        known.save()
        note(request, "account", username, "停用")
        return redirect("/people")
    if known.role == Role.LINK:
        raise UsageError("凭信件链接进入的单位没有密码；停用了，就凭链接也进不来")
    first = _first_password(request.POST.get("act") == "directory")
    known.set_password(first or None)
    known.is_active, known.must_change, known.by_directory = False, bool(first), not first
    known.save()
    note(request, "account", username, "重设密码，停用待恢复" if first else "改用统一账号登录，停用待恢复")
    return _people(request, made=username, first=first)


def roles(request: Asked) -> HttpResponse:
    """The security administrator's page: who may do what."""
    asked_for = {page.right for page in import_module(current().urls).PAGES}
    return render(
        request,
        "desk/roles.html.j2",
        {
            "accounts": Account.objects.order_by("username"),
            "factors": with_factor(),
            "roles": [(role.value, word) for role, word in ROLES.items() if role in current().roles],
            "rights": [
                (ROLES[role], sorted(right.value for right in rights & asked_for))
                for role, rights in RIGHTS.items()
                if role in current().known
            ],
            "units": [(unit.slug, unit.name) for unit in current().config.units],
        },
    )


def role(request: Asked, username: str) -> HttpResponse:
    """Give an account its role and switch it on, unlock it after wrong passwords, or remove a second factor."""
    known = _named(username)
    if known == request.user:
        raise UsageError("不能改自己的角色")
    if request.POST.get("act") == "unlock":
        reset(username=username)
        end_waiting(known)
        note(request, "account", username, "解锁")
        return redirect("/roles")
    if Role(known.role) in POWERS:
        raise UsageError(f"系统、安全、审计管理员的账号由命令行指定（{current().by_hand}），这里不能改")
    if request.POST.get("act") == "factor":
        return _without_factor(request, known)
    if known.role != Role.LINK and not (known.has_usable_password() or known.by_directory):
        raise UsageError("这个账号还没有密码：先请系统管理员重设密码，再恢复")
    if request.POST.get("act") == "on":
        known.is_active = True
        known.save()
        note(request, "account", username, "恢复链接进入" if known.role == Role.LINK else "恢复")
        return redirect("/roles")
    if known.role == Role.LINK:
        raise UsageError("凭信件链接进入的单位只能停用、恢复，不能改成别的角色")
    wanted = next((r for r in current().roles if r.value == request.POST.get("role")), None)
    unit = request.POST.get("unit", "")
    slugs = {unit.slug for unit in current().config.units}
    if wanted is None:
        raise UsageError("没有选角色")
    if wanted is Role.CONTACT and unit not in slugs:
        raise UsageError("单位联系人要选单位")
    known.role, known.unit, known.is_active = wanted.value, unit if wanted is Role.CONTACT else "", True
    known.save()
    note(request, "account", username, f"角色 {ROLES[wanted]} {known.unit}")
    return redirect("/roles")


def _without_factor(request: Asked, known: Account) -> HttpResponse:
    """Remove the second factor of somebody who lost it. The account is shut by that: it has no password and comes by no
    directory until the system administrator says so. Else this power would need only a password that it has seen.
    """
    forget(known)
    known.set_unusable_password()
    known.is_active = known.by_directory = False
    known.save()
    note(request, "account", known.username, "解除第二因素，停用，待重设密码")
    return redirect("/roles")


def _named(username: str) -> Account:
    known = Account.objects.filter(username=username).first()
    if known is None:
        raise Http404("没有这个账号")
    return known


def tokens(request: Asked) -> HttpResponse:
    """Tokens of programs: made with their scopes, switched off."""
    wrong, made, secret = "", "", ""
    if request.method == "POST" and request.POST.get("act") == "off":
        Token.objects.filter(pk=whole_number(request.POST.get("number", ""))).update(is_active=False)
        note(request, "account", "接口令牌", "停用")
        return redirect("/tokens")
    if request.method == "POST":
        name = request.POST.get("name", "").strip()
        scopes = [scope.value for scope in Scope if scope.value in request.POST.getlist("scope")]
        if not name or len(name) > 64 or Token.objects.filter(name=name).exists():
            wrong = "名称必写、不能和已有的相同"
        elif not scopes:
            wrong = "至少选一项权限"
        else:
            made, secret = name, secrets.token_urlsafe(32)
            digest = hashlib.sha256(secret.encode()).hexdigest()
            Token.objects.create(name=name, digest=digest, scopes=" ".join(scopes))
            note(request, "account", f"接口令牌 {name}", "、".join(scopes))
    context = {"tokens": Token.objects.order_by("name"), "scopes": [(s.value, w) for s, w in SCOPES.items()]}
    return render(
        request,
        "desk/tokens.html.j2",
        context | {"wrong": wrong, "made": made, "secret": secret},
        status=422 if wrong else 200,
    )


def log(request: Asked) -> HttpResponse:
    """The auditor's page: who saw and did what, the newest first."""
    who, action, day = (request.GET.get(name, "").strip() for name in ("who", "action", "day"))
    entries = LogEntry.objects.order_by("-at", "-pk")
    entries = entries.filter(account=who) if who else entries
    entries = entries.filter(action=action) if action else entries
    if (on := typed_day(day, "日期")) is not None:
        first, end = _whole(on)
        entries = entries.filter(at__gte=first, at__lt=end)
    number, total = number_of(request), entries.count()
    page = page_of(request, list(entries[(number - 1) * ROWS : number * ROWS]), total)
    return render(
        request,
        "desk/log.html.j2",
        {
            "page": page,
            "actions": ACTIONS,
            "who": who,
            "action": action,
            "day": day,
            "role_words": {r.value: w for r, w in ROLES.items()},
        },
    )


def _whole(day: date) -> tuple[datetime, datetime]:
    """The moments at which a day begins and ends; UsageError for what is none that a log could have."""
    try:
        first = datetime.combine(day, time.min, ZONE)
        return first.astimezone(UTC), (first + timedelta(days=1)).astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar have no hours beyond
        raise UsageError(f"{day} 不会有操作记录") from None

"""Coming by a link from a letter: to one unit's own page, for fourteen days, in one browser session.

To open the link does nothing: programs that read mail open links too. The button on its page enters. It enters again
in the same browser until that is closed; anywhere else the link is used.
"""

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from core.domain.errors import ChengxinError, UsageError
from core.runtime.desk_secret import desk_secret
from core.runtime.entry_links import PATH, EntryPass, read_token
from desk.access import UNTIL
from desk.log import note
from desk.models import MAX_NAME, Account, UsedLink
from desk.roles import LINKED, Role
from desk.site import current
from pipeline.unit_letters import send_link
from reporting import wording

COOKIE = "chengxin-browser"
_EXPIRED = "这个链接已于 {until} 过期。"
_USED = "这个链接已经在别的浏览器里用过（或者那个浏览器关过），不能再用。"
_SENT = "新链接已写好，寄到本单位登记的联系人邮箱，工作时间内发出。"
_SENT_BEFORE = "今天已经给本单位的联系人寄过新链接，请查收邮箱。"
_CLOSED = "这个单位的链接进入已停用。"


def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link, and its two buttons: enter, or have a new one sent to the unit's own contact."""
    desk = current()
    said = read_token(desk_secret(desk.paths), token)
    unit = next((u for u in desk.config.units if said is not None and u.slug == said.unit), None)
    if said is None or unit is None:
        note(request, "link-refused", "", "不是本系统发出的链接")
        raise Http404("没有这个链接：请检查是否复制完整，或请信用办重新寄一个")
    now, told = desk.clock.now(), ""
    wrong = _refused(request, token, said, now)
    if request.method == "POST" and request.POST.get("act") == "again":
        told, wrong = _sent_again(request, said, wrong)
    elif request.method == "POST" and not wrong:
        browser = request.COOKIES.get(COOKIE) or secrets.token_urlsafe(24)
        if _take(token, said, browser, now):
            return _entered(request, said, unit.name, browser)
        wrong = _USED
    if wrong and not told:
        note(request, "link-refused", said.unit, f"{said.letter}：{wrong}")
    return render(
        request,
        "desk/enter.html.j2",
        {
            "unit": unit, "wrong": wrong, "told": told, "until": wording.minute(said.until), "token": token,
            "ask": wording.whom_to_ask(desk.config.district.mail), "office": desk.config.district.office,
        },
        status=410 if wrong else 200,
    )  # fmt: skip


def _refused(request: HttpRequest, token: str, said: EntryPass, now: datetime) -> str:
    """Why a genuine link does not enter here and now; "" where it does."""
    if now >= said.until:
        return _EXPIRED.format(until=wording.minute(said.until))
    if Account.objects.filter(role=Role.LINK, unit=said.unit, is_active=False).exists():
        return _CLOSED
    used = UsedLink.objects.filter(digest=_hash(token)).first()
    return _USED if used is not None and used.browser != _hash(request.COOKIES.get(COOKIE, "")) else ""


def _take(token: str, said: EntryPass, browser: str, now: datetime) -> bool:
    """Bind a link to the browser session that uses it first; whether it is this one."""
    used, _ = UsedLink.objects.get_or_create(
        digest=_hash(token), defaults={"unit": said.unit, "letter": said.letter, "browser": _hash(browser), "at": now}
    )
    return bool(used.browser == _hash(browser))


def _entered(request: HttpRequest, said: EntryPass, name: str, browser: str) -> HttpResponse:
    """Sign in as the unit, until the link's last moment, whoever was signed in before."""
    login(request, _account_of(said.unit, name), "django.contrib.auth.backends.ModelBackend")
    request.session[UNTIL] = said.until.timestamp()
    note(request, "entered", said.unit, f"凭信件 {said.letter} 的链接，至 {wording.minute(said.until)}")
    answer = redirect("/own")
    answer.set_cookie(
        COOKIE, browser, path=PATH, secure=bool(settings.SESSION_COOKIE_SECURE), httponly=True, samesite="Lax"
    )
    return answer


def _account_of(unit: str, name: str) -> Account:
    """The account as which a unit comes by its links: no password opens it, nobody gives it another role."""
    known = Account.objects.filter(role=Role.LINK, unit=unit).first()
    if known is not None:
        return known
    username = f"{LINKED}{unit}"
    if len(username) > 32:
        username = f"{LINKED}{_hash(unit)[:16]}"
    if Account.objects.filter(username=username).exists():
        raise UsageError(f"用户名 {username} 已被别的账号占用，请联系系统管理员")
    return Account.objects.make(username, name[:MAX_NAME], Role.LINK, None, unit=unit)


def _sent_again(request: HttpRequest, said: EntryPass, wrong: str) -> tuple[str, str]:
    """Send the unit's contact a new link, once a day; what to say of it, and what is wrong with the old one."""
    try:
        with current().session() as session:
            new = send_link(session, said.unit)
    except ChengxinError as error:
        return "", f"{wrong}没有寄出：{error}"
    note(request, "link-sent", said.unit, "" if new else "当天已寄过")
    return _SENT if new else _SENT_BEFORE, wrong


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()

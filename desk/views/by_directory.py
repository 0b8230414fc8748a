"""To the identity provider, and back from it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core.domain.config import Config, Oidc
from core.runtime.failures import LOG
from desk import oidc
from desk.directory import DirectoryError, account_of
from desk.entrance import come_in, wanted_page
from desk.log import note
from desk.site import current

_NOBODY = "统一身份认证认得您，但工作台没有给您用它登录的账号（或已停用）：请找系统管理员"


def away(request: HttpRequest) -> HttpResponse:
    """Send somebody to the identity provider."""
    config, settings = _named()
    return oidc.away(request, config, settings, wanted_page(request))


def back(request: HttpRequest) -> HttpResponse:
    """Who came back from it comes in; else the page for signing in says why not."""
    config, settings = _named()
    try:
        named, then = oidc.came_back(request, config, settings)
    except DirectoryError as error:
        return unanswered(request, "", error)
    account = account_of(named)
    if account is None:
        return _refused(request, str(named)[:64], _NOBODY, 403)
    return come_in(request, account, settings.name, then)


def unanswered(request: HttpRequest, username: str, error: DirectoryError) -> HttpResponse:
    """The page for signing in, where a directory did not say who somebody is; why goes to the log of events."""
    LOG.paths = current().paths
    LOG.note(error, f"{error}（{error.__cause__ or '没有说明'}）")
    return _refused(request, username, str(error), error.status)


def _refused(request: HttpRequest, username: str, why: str, status: int) -> HttpResponse:
    note(request, "failed", "", why, account=username)
    context = {"username": username, "wrong": why, "next": wanted_page(request)}
    return render(request, "desk/sign_in.html.j2", context, status=status)


def _named() -> tuple[Config, Oidc]:
    config = current().config
    if config.district.desk.oidc is None:
        raise Http404("本区没有用统一身份认证")
    return config, config.district.desk.oidc

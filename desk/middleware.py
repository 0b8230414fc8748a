"""Headers of every answer, and failures said in words."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    DisallowedHost,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import render

from desk.failures import told
from desk.kept import is_worth, shown_again, words_of
from desk.site import Busy, current
from desk.uploads import MOST_FILES

Answer = Callable[[HttpRequest], HttpResponse]
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
API, NOT_FOUND = "/api/", "没有这一页"
# what is wrong with a request before any of our code has seen what it says
_REFUSED: tuple[tuple[tuple[type[Exception], ...], int, str], ...] = (
    ((TooManyFilesSent,), 400, f"一次至多交 {MOST_FILES} 个文件：多的请压缩成 zip 或分几次交"),
    ((TooManyFieldsSent,), 400, "表单里的项太多，没有做任何事"),
    ((RequestDataTooBig,), 413, "表单里写的字太多，没有做任何事"),
    (
        (SuspiciousOperation, BadRequest, MultiPartParserError, UnreadablePostError),
        400,
        "请求不完整或写法不对，没有做任何事",
    ),
)


class Headers:
    """What every answer says to the browser: nothing from elsewhere, no inline script or style, no frame, no cache."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer with its headers; a name that this desk does not go by is asked nothing (400)."""
        try:
            request.get_host()
        except DisallowedHost:
            return HttpResponse("请用工作台的地址打开", status=400, content_type="text/plain; charset=utf-8")
        response = self._answer(request)
        if settings.SECURE_HSTS_SECONDS:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}")
        for name, value in (
            ("Content-Security-Policy", POLICY),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
        ):
            response.headers.setdefault(name, value)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class Failures:
    """A failure is a page with one Chinese sentence and its status; what nobody foresaw goes to the log."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer as it is; to a program, also that a method is none of an address's."""
        answer = self._answer(request)
        if isinstance(answer, HttpResponseNotAllowed) and request.path.startswith(API):
            told = failed(request, 405, "这个地址不能这样请求")
            told.headers["Allow"] = answer.headers["Allow"]
            return told
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Django asks this for what a view raised."""
        if isinstance(error, PermissionDenied):
            return failed(request, 403, str(error) or "没有权限")
        if known := refused(error):
            return failed(request, *known)
        if isinstance(error, Http404):
            status, words = 404, ("" if request.path.startswith(API) else str(error)) or NOT_FOUND
        else:
            status, words = told(error)
        if is_worth(request):
            return shown_again(request, status, words_of(request, error) if isinstance(error, Busy) else words)
        return failed(request, status, words)


def refused(error: Exception | None) -> tuple[int, str] | None:
    """(status, words) of a request that cannot be read as one; None for any other error."""
    return next(((status, words) for kinds, status, words in _REFUSED if isinstance(error, kinds)), None)


def without_places(words: str) -> str:
    """An error's words for whoever is not on this machine: where its folders lie is not theirs to know."""
    desk = current()
    for folder in (desk.paths.root, desk.folder, desk.folder.resolve()):
        words = words.replace(f"{folder}/", "").replace(str(folder), "数据文件夹")
    return words


def failed(request: HttpRequest, status: int, words: str) -> HttpResponse:
    """The page of a failure; a program that asked gets JSON."""
    words = without_places(words)
    if request.path.startswith(API):
        return JsonResponse({"detail": words}, status=status, json_dumps_params={"ensure_ascii": False})
    return render(request, "desk/failed.html.j2", {"words": words, "status": status}, status=status)
